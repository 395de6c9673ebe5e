//! A proposal on demand: somebody's requirement, met by the code that fits its words best.
//!
//! Which code that is, the index has decided. What the proposal says of it carries predicates, as every design does;
//! what it adds is marked as new, named after the requirement, and goes where its siblings are.

use std::sync::Arc;

use super::ground::Ground;
use super::{history, storage};
use crate::facts::{Entry, View, domain, evidence_lines};
use crate::generate::brief::evidence_of;
use crate::generate::deed;
use crate::generate::kinds::raises;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, list, noun, stopped, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{
    Alternative, Chunk, ChunkId, ChunkKind, Constraint, DESIGN, Design, Draft, Evidence, Part, Predicate, Row, Stage, Touch, fingerprint,
};

const EN: Tongue = Tongue::English;
const KIND: &str = "proposal";
/// So many places beside the first are told of, so many of its callers, and of what it calls.
const MOST_OTHERS: usize = 2;
const MOST_AROUND: usize = 2;
const MOST_HELD: usize = 4;

/// Code that fits the requirement.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    pub chunk: Arc<Chunk>,
    /// The words of the requirement that it has.
    pub terms: Vec<String>,
}

/// The requirement with the code that fits it, the best first. `view` shows the first among its neighbours, `code`
/// gives lines of a file. None where nothing stands around it, or the requirement has no words.
pub(crate) fn draft(wanted: &str, fits: &[Fit], view: &View, code: &dyn Fn(&str, u32, u32) -> Option<String>) -> Option<Draft> {
    let (first, others) = fits.split_first()?;
    let wanted = history::stated(wanted)?;
    let mut proposal = Proposal::new(&wanted, first, others, view);
    proposal.around(view);
    if proposal.ground.neighbours.is_empty() {
        return None;
    }
    let all = 1..=proposal.ground.neighbours.len() + 1;
    let evidence: Option<Vec<Evidence>> = all
        .map(|cite| {
            let mut evidence = evidence_of(proposal.ground.chunk(cite), cite, if cite == 1 { "subject" } else { "support" });
            evidence.code = code(&evidence.path, evidence.start_line, evidence.end_line)?;
            Some(evidence)
        })
        .collect();
    let mut answer = Answer { question: wanted.clone(), ..Answer::default() };
    let design = proposal.design(&mut answer);
    proposal.trace(&design, &mut answer)?;
    let mut row = Row {
        id: format!("{DESIGN}:{KIND}:{}:en", fingerprint(wanted.as_bytes())),
        task: DESIGN.to_owned(),
        kind: KIND.to_owned(),
        lang: "en".to_owned(),
        split: "train".to_owned(),
        domain: domain(&view.chunk.path),
        intent: "how".to_owned(),
        difficulty: "medium".to_owned(),
        question: answer.question,
        source: "file".to_owned(),
        design: Some(Box::new(design)),
        trace: answer.trace,
        claims: answer.claims,
        evidence: evidence?,
        generator: "offline".to_owned(),
        recipe: format!("offline/design/{KIND}/1"),
        ..Row::default()
    };
    row.fingerprint = fingerprint(serde_json::to_string(&row).ok()?.as_bytes());
    Some(Draft(row))
}

struct Proposal<'p> {
    wanted: &'p str,
    first: &'p Fit,
    ground: Ground,
    /// The symbol of what is new, and its bare name.
    symbol: String,
    name: String,
    entry: Option<Entry>,
    others: Vec<(usize, &'p Fit)>,
    callers: Vec<(usize, String)>,
    callees: Vec<(usize, String)>,
    tests: Vec<String>,
}

impl<'p> Proposal<'p> {
    fn new(wanted: &'p str, first: &'p Fit, others: &'p [Fit], view: &View) -> Self {
        let mut ground = Ground::new(EN, &view.chunk);
        let name = name_of(wanted);
        let subject = &view.chunk;
        let class = match subject.kind {
            ChunkKind::Method => subject.container.as_str(),
            ChunkKind::Class => subject.symbol.as_str(),
            _ => "",
        };
        let symbol = if class.is_empty() { name.clone() } else { format!("{class}.{name}") };
        let citable = |fit: &&Fit| evidence_lines(&fit.chunk).is_some() && fit.chunk.kind != ChunkKind::Module && !fit.chunk.is_nested();
        let others = others.iter().filter(citable).take(MOST_OTHERS).filter_map(|fit| Some((ground.cite(&fit.chunk)?, fit))).collect();
        let tests = view.tests.iter().map(|test| test.chunk.symbol.clone()).take(2).collect();
        let entry = view.entry.clone();
        Self { wanted, first, ground, symbol, name, entry, others, callers: Vec::new(), callees: Vec::new(), tests }
    }

    /// Takes in who calls the code, and what it calls.
    fn around(&mut self, view: &View) {
        for caller in view.callers.iter().take(MOST_AROUND) {
            if let (Some(call), Some(cite)) =
                (caller.calls.first().filter(|call| code(&call.callee).is_some()), self.ground.cite(&caller.chunk))
            {
                self.callers.push((cite, call.callee.clone()));
            }
        }
        let real = view.callees.iter().filter(|callee| !callee.chunk.facts.stub && !callee.chunk.name.starts_with("__"));
        for callee in real.take(MOST_AROUND) {
            if let (Some(call), Some(cite)) =
                (callee.calls.first().filter(|call| code(&call.callee).is_some()), self.ground.cite(&callee.chunk))
            {
                self.callees.push((cite, call.callee.clone()));
            }
        }
        let class = view
            .class
            .iter()
            .chain(view.siblings.iter().map(|sibling| &sibling.chunk))
            .chain(view.members.iter().map(|member| &member.chunk));
        if let Some(class) = class.into_iter().find(|class| evidence_lines(class).is_some()).filter(|_| self.ground.neighbours.is_empty()) {
            self.ground.cite(class);
        }
    }

    fn subject(&self) -> &Arc<Chunk> {
        self.ground.chunk(1)
    }

    fn of(&self, cite: usize, status: &str, says: String) -> Part {
        let chunk = self.ground.chunk(cite);
        Part {
            name: chunk.symbol.clone(),
            path: chunk.path.clone(),
            chunk_id: chunk.id.clone(),
            status: status.to_owned(),
            says,
            cites: vec![format!("E{cite}")],
        }
    }

    fn design(&self, answer: &mut Answer) -> Design {
        let subject = self.subject();
        let (name, what) = (symbol(subject), self.wanted.trim_end_matches('.'));
        let new = |name: &str, path: &str, says: String| Part {
            name: name.to_owned(),
            path: path.to_owned(),
            status: "new".to_owned(),
            says,
            ..Part::default()
        };
        let mut components = vec![
            self.of(
                1,
                "changed",
                format!(
                    "{name} is the closest to what is asked for{}. It hands on to `{}` what is new.",
                    told(&self.first.terms),
                    self.name
                ),
            ),
            new(
                &self.symbol,
                &subject.path,
                format!(
                    "A new {} beside {name} that does what is asked for beyond what is there.",
                    if self.symbol == self.name { "function" } else { "method" }
                ),
            ),
        ];
        for (cite, fit) in &self.others {
            let chunk = self.ground.chunk(*cite);
            let does =
                deed::documented(chunk).map(|deed| format!(" It is there for: {}.", deed.sentence().replace('`', ""))).unwrap_or_default();
            components.push(self.of(*cite, "reused", format!("{} is near to it, too{}.{does}", symbol(chunk), told(&fit.terms))));
        }
        for (cite, callee) in self.callers.iter().filter(|(cite, _)| !self.others.iter().any(|(other, _)| other == cite)) {
            components.push(self.of(
                *cite,
                "reused",
                format!("{} comes here by `{callee}` and stays as it is.", symbol(self.ground.chunk(*cite))),
            ));
        }
        for (cite, callee) in self.callees.iter().filter(|(cite, _)| !self.others.iter().any(|(other, _)| other == cite)) {
            components.push(self.of(
                *cite,
                "reused",
                format!("{} does its part when `{callee}` is called, and stays as it is.", symbol(self.ground.chunk(*cite))),
            ));
        }
        let constraints = self.constraints(answer);
        let api = match &self.entry {
            Some(Entry::Route { verb, path }) => {
                vec![self.of(1, "changed", format!("The route {verb} `{path}` of {name} stays; what is new comes in as an option of it."))]
            }
            _ => vec![new(&self.symbol, "", format!("`{}` can be called by whoever wants it without {name}.", self.name))],
        };
        let slug = self.name.trim_start_matches('_');
        let mut tests: Vec<Part> = self
            .tests
            .iter()
            .map(|test| new(&format!("{test}_still"), "", format!("{name} does what it did, for those who ask for nothing new.")))
            .collect();
        tests.push(new(&format!("test_{slug}"), "", format!("Holds `{}` to “{what}”, with a case that is refused.", self.name)));
        Design {
            overview: format!(
                "“{what}” starts from {name} in `{}`{}. What is missing there goes into `{}`, which is new.",
                subject.path,
                told(&self.first.terms),
                self.symbol
            ),
            components,
            api_changes: api,
            domain_model: Vec::new(),
            data_storage: storage::told(&self.ground),
            workflow: self.workflow(answer),
            constraints,
            assumptions: vec![
                format!("Who uses {name} today and asks for nothing new gets what they get today."),
                format!(
                    "What is asked for belongs to the area \"{}\"; nothing outside of `{}` has to know of it.",
                    domain(&subject.path),
                    subject.path
                ),
            ],
            alternatives: vec![self.alternative()],
            risks: self.risks(),
            tests,
            touches: vec![
                Touch {
                    path: subject.path.clone(),
                    symbol: subject.symbol.clone(),
                    chunk_id: subject.id.clone(),
                    status: "change".to_owned(),
                },
                Touch { path: subject.path.clone(), symbol: self.symbol.clone(), chunk_id: ChunkId::default(), status: "add".to_owned() },
            ],
        }
    }

    fn workflow(&self, answer: &mut Answer) -> Vec<Stage> {
        let mut out: Vec<Stage> = Vec::new();
        let name = symbol(self.subject());
        let links = self.callers.iter().map(|(cite, callee)| (*cite, callee)).chain(self.callees.iter().map(|(_, callee)| (1, callee)));
        for (cite, callee) in links {
            let chunk = self.ground.chunk(cite);
            answer.claim(format!("{} calls `{callee}`", symbol(chunk)), Predicate::new("calls", [chunk.id.as_str(), callee]), cite);
            out.push(Stage {
                actor: chunk.symbol.clone(),
                chunk_id: chunk.id.clone(),
                calls: callee.clone(),
                status: "existing".to_owned(),
                says: format!("{} calls `{callee}`.", symbol(chunk)),
                cites: vec![format!("E{cite}")],
                ..Stage::default()
            });
        }
        let new = |actor: &str, says: String| Stage {
            actor: actor.to_owned(),
            calls: self.name.clone(),
            status: "new".to_owned(),
            says,
            ..Stage::default()
        };
        out.push(new(&self.subject().symbol, format!("{name} asks `{}` where the new case is at hand.", self.name)));
        out.push(new(
            &self.symbol,
            format!("`{}` refuses what it cannot do before anything is changed, and else does what was asked for.", self.name),
        ));
        (1..).zip(&mut out).for_each(|(number, stage)| stage.step = number);
        out
    }

    fn constraints(&self, answer: &mut Answer) -> Vec<Constraint> {
        let subject = self.subject();
        let mut found: Vec<(String, Predicate, usize)> = Vec::new();
        let raised = raises::promised(&subject.facts.raises).filter(|raise| !raise.when.is_empty()).take(2);
        found.extend(raised.map(|raise| (raises::statement(EN, subject, raise), raises::predicate(subject, raise), 1)));
        for (cite, callee) in &self.callers {
            let chunk = self.ground.chunk(*cite);
            found.push((format!("{} calls `{callee}`", symbol(chunk)), Predicate::new("calls", [chunk.id.as_str(), callee]), *cite));
        }
        let own = |name: &str| !matches!(name, "self" | "cls") && code(name).is_some();
        for one in
            subject.facts.parameters.iter().filter(|one| own(&one.name) && one.default.len() < 60 && one.annotation.len() < 80).take(1)
        {
            let predicate = Predicate::new("parameter", [subject.id.as_str(), &one.name, &one.annotation, &one.default]);
            found.push((format!("{} takes `{}`", symbol(subject), one.name), predicate, 1));
        }
        for base in subject.facts.bases.iter().filter(|base| code(base).is_some()).take(1) {
            found.push((format!("{} derives from `{base}`", symbol(subject)), Predicate::new("base", [subject.id.as_str(), base]), 1));
        }
        if found.is_empty() {
            found.push((
                format!("{} is defined there", symbol(subject)),
                Predicate::new("defined_at", [subject.id.as_str(), &subject.name]),
                1,
            ));
        }
        let mut out: Vec<Constraint> = Vec::new();
        for (says, predicate, cite) in found.into_iter().take(MOST_HELD) {
            let (says, cites) = (stopped(EN, &says), vec![format!("E{cite}")]);
            answer.claim(says.clone(), predicate, cite);
            if answer.claims.iter().any(|claim| claim.says == says && claim.cites == cites) {
                out.push(Constraint { says, cites });
            }
        }
        out
    }

    fn alternative(&self) -> Alternative {
        let subject = self.subject();
        let name = symbol(subject);
        match self.others.first() {
            Some((cite, fit)) => {
                let other = symbol(self.ground.chunk(*cite));
                let more: Vec<String> =
                    self.first.terms.iter().filter(|term| !fit.terms.contains(term)).map(|term| format!("\"{term}\"")).take(3).collect();
                Alternative {
                    says: format!("Start from {other} instead."),
                    against: match more.is_empty() {
                        true => format!("It has the same words, but the name, the path and the history of {name} speak more for that."),
                        false => format!("It has nothing of {}, which {name} has.", list(EN, &more)),
                    },
                }
            }
            None => Alternative {
                says: format!("Write all of it into {name}."),
                against: format!("Then nobody could call or test it without everything else that the {} does.", noun(EN, subject)),
            },
        }
    }

    fn risks(&self) -> Vec<String> {
        let subject = self.subject();
        let name = symbol(subject);
        let callers: Vec<String> = self.callers.iter().map(|(cite, _)| symbol(self.ground.chunk(*cite))).collect();
        let mut out = Vec::new();
        if !callers.is_empty() {
            out.push(format!("{} run through {name} and would notice a mistake in it.", list(EN, &callers)));
        }
        if let Some(effect) = subject.facts.effects.iter().find(|effect| code(&effect.callee).is_some()) {
            out.push(format!("{name} reaches out of the program by `{}`; what is new must not leave that half done.", effect.callee));
        }
        if out.is_empty() {
            out.push(format!("No caller of {name} was found, so whoever uses it from outside has to be asked."));
        }
        out
    }

    fn trace(&self, design: &Design, answer: &mut Answer) -> Option<()> {
        let subject = self.subject();
        let name = symbol(subject);
        answer.step("read", format!("Asked for is: {}", stopped(EN, self.wanted)), &[1]);
        answer.step(
            "locate",
            format!("The {} {name} in `{}` fits best{}.", noun(EN, subject), subject.path, told(&self.first.terms)),
            &[1],
        );
        let around: Vec<usize> = (2..=self.ground.neighbours.len() + 1).collect();
        let names: Vec<String> = around.iter().map(|cite| symbol(self.ground.chunk(*cite))).collect();
        answer.step("follow", format!("Around it stand {}.", list(EN, &names)), &around);
        let way = design.alternatives.first()?;
        answer.step("compare", format!("{} {}", way.says, way.against), &[1]);
        answer.step("decide", format!("So {name} changes and `{}` is added beside it.", self.symbol), &[1]);
        let held = design.constraints.first()?;
        let cite: usize = held.cites.first()?.strip_prefix('E')?.parse().ok()?;
        answer.step("check", format!("{} That stays so.", held.says), &[cite]);
        Some(())
    }
}

/// The words that the code has, as part of a sentence.
fn told(terms: &[String]) -> String {
    let terms: Vec<String> = terms
        .iter()
        .filter(|term| term.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')))
        .map(|term| format!("\"{term}\""))
        .take(4)
        .collect();
    if terms.is_empty() { String::new() } else { format!(" (it speaks of {})", list(EN, &terms)) }
}

/// A name for what is new: the first words of the requirement that say what it is about.
fn name_of(wanted: &str) -> String {
    let words =
        wanted.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 2 && deed::informative(&word.to_lowercase()) > 0);
    let words: Vec<String> =
        words.map(str::to_lowercase).filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).take(3).collect();
    if words.is_empty() { "requirement".to_owned() } else { words.join("_") }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn what_is_new_is_named_after_the_requirement() {
        assert_eq!(name_of("Customers can put a paid order on hold."), "customers_put_paid");
        assert_eq!(name_of("2 of it"), "requirement");
    }
}
