//! From what a reply says to a draft: only what the offered facts carry comes through.

use std::collections::HashSet;

use crate::generate::kinds::hides_subject;
use crate::generate::llm::order::Order;
use crate::generate::llm::reply::{Stated, Statement, Step, Told, Turn};
use crate::generate::llm::settings::Prose;
use crate::model::{Claim, Followup, Predicate, Row, TraceStep, words};

/// A reply in the form of a row, and the prose of it that no fact covers.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub row: Row,
    /// Statements of the answer, in order.
    statements: Vec<Covered>,
}

#[derive(Clone, Debug)]
struct Covered {
    says: String,
    /// Places of its facts in the floor's claims; none where it is not covered.
    facts: Vec<usize>,
}

/// Puts a reply together as a row. Err: the finding, as `rule: what is wrong`.
pub(super) fn assemble(order: &Order, told: &Told, prose: Prose) -> Result<Attempt, String> {
    let floor = &order.floor;
    let facts = Facts::of(floor, &told.claims)?;
    let mut statements = facts.statements(&told.answer, prose)?;
    if prose == Prose::Cut {
        statements.retain(|statement| !statement.facts.is_empty());
    }
    let turns = facts.turns(&told.followups, prose)?;
    let later = turns.iter().flat_map(|(_, statements)| statements);
    let used: HashSet<usize> = statements.iter().chain(later).flat_map(|statement| statement.facts.iter().copied()).collect();
    if let Some(missing) = (0..floor.claims.len()).find(|fact| !used.contains(fact)) {
        return Err(format!("complete: no statement that is covered tells C{}, {}", missing + 1, floor.claims[missing].predicate));
    }
    let mut trace = Vec::new();
    for step in &told.trace {
        trace.extend(facts.step(step)?.map(|says| (step, says)));
    }
    let trace: Vec<TraceStep> = (1..)
        .zip(trace)
        .map(|(number, (step, says))| TraceStep { step: number, op: step.op.clone(), says, cites: step.cites.clone() })
        .collect();
    let mut row = Row {
        question: tidy(&told.question),
        generator: "llm".to_owned(),
        recipe: order.recipe.clone(),
        // A reasoning of one step is none.
        trace: if trace.len() < 2 { floor.trace.clone() } else { trace },
        ..floor.clone()
    };
    row.answer = joined(&statements);
    if !turns.is_empty() {
        row.followups = turns.iter().map(|(question, answer)| Followup { question: question.clone(), answer: joined(answer) }).collect();
    }
    names_subject(&row, &floor.question)?;
    Ok(Attempt { row, statements })
}

impl Attempt {
    /// Prose that waits for a judge.
    pub(super) fn uncovered(&self) -> Vec<String> {
        self.statements.iter().filter(|statement| statement.facts.is_empty()).map(|statement| statement.says.clone()).collect()
    }

    /// Keeps of the uncovered prose what the judge supports, by its numbers from 1 on, and marks
    /// it as judged.
    pub(super) fn judged(mut self, supported: &[u64]) -> Row {
        let mut number = 0;
        self.statements.retain(|statement| {
            number += u64::from(statement.facts.is_empty());
            !statement.facts.is_empty() || supported.contains(&number)
        });
        let cites: Vec<String> = self.row.evidence.iter().map(|evidence| evidence.id.clone()).collect();
        for statement in self.statements.iter().filter(|statement| statement.facts.is_empty()) {
            let verdict = "judged".to_owned();
            self.row.claims.push(Claim { says: statement.says.clone(), predicate: Predicate::default(), cites: cites.clone(), verdict });
        }
        self.row.answer = joined(&self.statements);
        self.row
    }
}

/// The facts that were offered, and which of them a reply took up.
struct Facts<'f> {
    floor: &'f Row,
    /// The reply's own ids of claims, and the facts that they are.
    ids: Vec<(&'f str, usize)>,
}

impl<'f> Facts<'f> {
    fn of(floor: &'f Row, stated: &'f [Stated]) -> Result<Self, String> {
        let mut ids = Vec::new();
        for claim in stated {
            let squeezed = |args: &[String]| -> Vec<String> { args.iter().map(|arg| arg.split_whitespace().collect()).collect() };
            let same = |fact: &&Claim| fact.predicate.name == claim.name && squeezed(&fact.predicate.args) == squeezed(&claim.args);
            let Some(at) = floor.claims.iter().position(|fact| same(&fact)) else {
                return Err(format!("claims: {}({}) is not one of the facts", claim.name, brief(&claim.args.join(", "))));
            };
            if let Some(cite) = claim.cites.iter().find(|cite| !floor.claims[at].cites.contains(cite)) {
                return Err(format!("claims: {} is proved by {}, not by {}", claim.id, floor.claims[at].cites.join(" "), brief(cite)));
            }
            ids.push((claim.id.as_str(), at));
        }
        Ok(Self { floor, ids })
    }

    fn statements(&self, told: &[Statement], prose: Prose) -> Result<Vec<Covered>, String> {
        let covered = told.iter().map(|Statement { says, claims }| {
            let facts = self.cover(says, claims)?;
            if facts.is_empty() && prose == Prose::Refuse {
                return Err(format!("prose: no fact covers `{}`", brief(says)));
            }
            Ok(Covered { says: tidy(says), facts })
        });
        covered.collect()
    }

    /// The further turns, where the sample is a conversation. What no fact covers is left out, and
    /// so is a turn of which nothing is left.
    fn turns(&self, told: &[Turn], prose: Prose) -> Result<Vec<(String, Vec<Covered>)>, String> {
        let mut turns = Vec::new();
        for turn in told.iter().filter(|_| !self.floor.followups.is_empty()) {
            let mut answer = self.statements(&turn.answer, prose)?;
            answer.retain(|statement| !statement.facts.is_empty());
            if !answer.is_empty() && !turn.question.trim().is_empty() {
                turns.push((tidy(&turn.question), answer));
            }
        }
        Ok(turns)
    }

    /// The facts that a text states, by the ids that it gives; none where it says something that
    /// they do not say. Err: it says the opposite.
    fn cover(&self, says: &str, claims: &[String]) -> Result<Vec<usize>, String> {
        let mut facts: Vec<usize> = Vec::new();
        for id in claims {
            match self.ids.iter().find(|(own, _)| own == id) {
                Some((_, at)) => facts.push(*at),
                None => return Err(format!("claims: a statement names {}, which is not among the claims", brief(id))),
            }
        }
        facts.sort_unstable();
        facts.dedup();
        if facts.is_empty() {
            return Ok(facts);
        }
        let told: Vec<&Claim> = facts.iter().map(|at| &self.floor.claims[*at]).collect();
        let about = self.names();
        let source: String = told.iter().map(|claim| format!("{} {} ", claim.says, claim.predicate)).collect();
        let known: HashSet<&str> = words(&source).chain(about.iter().flat_map(|name| words(name))).collect();
        let foreign = spans(says).flat_map(words).any(|word| !known.contains(word));
        let silent = told.iter().any(|claim| salient(claim).is_some_and(|word| !says.contains(word)));
        if foreign || silent || numbers(says).any(|number| !numbers(&source).any(|known| known == number)) {
            return Ok(Vec::new());
        }
        if negates(says) && !negates(&source) {
            return Err(format!("contradiction: `{}` denies what {} says", brief(says), told[0].predicate));
        }
        Ok(facts)
    }

    /// A step of the reasoning; None where no fact carries it and it says more than where it looks.
    fn step(&self, step: &Step) -> Result<Option<String>, String> {
        if let Some(cite) = step.cites.iter().find(|cite| !self.floor.evidence.iter().any(|evidence| evidence.id == **cite)) {
            return Err(format!("evidence: a step cites {}, which is not there", brief(cite)));
        }
        let about = self.names();
        let looks = matches!(step.op.as_str(), "read" | "locate") && step.claims.is_empty();
        let known: HashSet<&str> = about.iter().flat_map(|name| words(name)).collect();
        let only_names = spans(&step.says).flat_map(words).all(|word| known.contains(word));
        let harmless = looks && only_names && numbers(&step.says).next().is_none() && !negates(&step.says);
        let carried = harmless || !self.cover(&step.says, &step.claims)?.is_empty();
        Ok((carried && !step.cites.is_empty()).then(|| tidy(&step.says)))
    }

    /// Symbols and paths of the evidence.
    fn names(&self) -> Vec<&str> {
        self.floor.evidence.iter().flat_map(|evidence| [evidence.symbol.as_str(), evidence.path.as_str()]).collect()
    }
}

/// The word of a fact that a statement of it cannot do without: the last name in what it is about,
/// the error, the value, the callee. None where the fact itself leaves it to the code.
fn salient(claim: &Claim) -> Option<&str> {
    words(claim.predicate.args.get(1)?).last().filter(|word| claim.says.contains(word))
}

/// Code in a text.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Does a text deny something? Conditions of code count, too: a fact may well say `not`.
fn negates(text: &str) -> bool {
    const CHINESE: [&str; 5] = ["不", "没", "无", "未", "否"];
    let lower = text.to_lowercase();
    let word = |word: &str| {
        matches!(
            word,
            "not" | "no" | "never" | "none" | "neither" | "nor" | "cannot" | "without" | "unless" | "nothing" | "else" | "otherwise"
        )
    };
    words(&lower).any(word)
        || lower.contains("n't")
        || lower.contains("!=")
        || text.contains('!')
        || CHINESE.iter().any(|sign| text.contains(sign))
}

/// The question names the subject where the kind's own question does. One that asks where something
/// is would give the answer away.
fn names_subject(row: &Row, usual: &str) -> Result<(), String> {
    let subject = row.evidence.iter().find(|evidence| evidence.role == "subject");
    let name = subject.map(|subject| subject.symbol.split('#').next().unwrap_or_default()).unwrap_or_default();
    let last = words(name).last().unwrap_or_default();
    let names = |question: &str| spans(question).any(|span| words(span).any(|word| word == last));
    match (hides_subject(&row.kind), names(&row.question)) {
        (true, true) => Err(format!("question: it names `{name}`, which gives the answer away")),
        (false, false) if names(usual) => Err(format!("question: it does not name `{name}` in backticks")),
        _ => Ok(()),
    }
}

fn joined(statements: &[Covered]) -> String {
    let mut out = String::new();
    for statement in statements {
        let listed = statement.says.starts_with("- ");
        if !out.is_empty() {
            let wide = out.ends_with(['。', '！', '？']);
            out.push_str(if listed {
                "\n"
            } else if wide {
                ""
            } else {
                " "
            });
        }
        out.push_str(&statement.says);
    }
    out
}

fn tidy(text: &str) -> String {
    text.trim().to_owned()
}

/// A text of the model, short enough for a message.
fn brief(text: &str) -> String {
    let mut out: String = text.chars().take(80).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::assemble;
    use crate::generate::llm::order::Order;
    use crate::generate::llm::reply::{Stated, Statement, Step, Told, Turn};
    use crate::generate::llm::settings::Prose;
    use crate::model::{Claim, Evidence, Followup, Predicate, Row, TraceStep};

    fn order() -> Order {
        let fact = |says: &str, predicate| Claim { says: says.to_owned(), predicate, cites: vec!["E1".to_owned()], ..Claim::default() };
        let evidence =
            Evidence { id: "E1".into(), role: "subject".into(), path: "a.py".into(), symbol: "Shop.take".into(), ..Evidence::default() };
        let floor = Row {
            id: "qa:a.py::Shop.take:errors:en".into(),
            question: "When does `Shop.take` fail?".into(),
            claims: vec![
                fact("`Shop.take` raises `Sold` when `n > 3`", Predicate::new("raises", ["a.py::Shop.take", "Sold", "n > 3"])),
                fact("`Shop.take` calls `log.add`", Predicate::new("calls", ["a.py::Shop.take", "log.add"])),
            ],
            evidence: vec![evidence],
            trace: vec![TraceStep::default()],
            ..Row::default()
        };
        Order { floor, recipe: "llm/errors".into() }
    }

    fn told(answer: &[(&str, &[&str])]) -> Told {
        let stated = |id: &str, name: &str, args: &[&str]| Stated {
            id: id.into(),
            name: name.into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            cites: vec!["E1".into()],
        };
        Told {
            question: "What can go wrong in `take`?".into(),
            answer: answer
                .iter()
                .map(|(says, claims)| Statement { says: (*says).into(), claims: claims.iter().map(|id| (*id).into()).collect() })
                .collect(),
            followups: Vec::new(),
            trace: Vec::new(),
            claims: vec![
                stated("C1", "raises", &["a.py::Shop.take", "Sold", "n>3"]),
                stated("C2", "calls", &["a.py::Shop.take", "log.add"]),
            ],
        }
    }

    const GOOD: [(&str, &[&str]); 2] = [("It raises `Sold` when `n > 3`.", &["C1"]), ("It calls `log.add`.", &["C2"])];

    #[track_caller]
    fn refused(told: &Told, prose: Prose, want: &str) {
        let got = assemble(&order(), told, prose).unwrap_err();
        assert!(got.starts_with(want), "{got}");
    }

    #[test]
    fn facts_in_other_words_come_through() {
        let attempt = assemble(&order(), &told(&GOOD), Prose::Refuse).unwrap();
        assert_eq!(attempt.row.answer, "It raises `Sold` when `n > 3`. It calls `log.add`.");
        assert_eq!((attempt.row.generator.as_str(), attempt.row.claims.len()), ("llm", 2));
        assert!(attempt.uncovered().is_empty());
    }

    #[test]
    fn what_no_fact_says_is_cut_or_refused_or_judged() {
        for lie in [("It is thread safe.", &[][..]), ("It raises `Sold` through `audit`.", &["C1"]), ("It raises `Sold` 7 times.", &["C1"])]
        {
            let all = [GOOD[0], GOOD[1], lie];
            let cut = assemble(&order(), &told(&all), Prose::Cut).unwrap();
            assert!(!cut.row.answer.contains(lie.0), "{}", cut.row.answer);
            refused(&told(&all), Prose::Refuse, "prose: ");
            let attempt = assemble(&order(), &told(&all), Prose::Judge).unwrap();
            assert_eq!(attempt.uncovered(), [lie.0]);
            let row = attempt.clone().judged(&[1]);
            assert!(row.answer.contains(lie.0) && row.claims[2].verdict == "judged");
            assert!(!attempt.judged(&[]).answer.contains(lie.0));
        }
    }

    #[test]
    fn denials_gaps_and_inventions_are_refused() {
        refused(&told(&[("It never raises `Sold`, even when `n > 3`.", &["C1"]), GOOD[1]]), Prose::Cut, "contradiction: ");
        refused(&told(&GOOD[..1]), Prose::Cut, "complete: no statement that is covered tells C2");
        refused(&told(&[GOOD[0], ("It calls `log.add`.", &["C9"])]), Prose::Cut, "claims: a statement names C9");
        let mut invented = told(&GOOD);
        invented.claims[0].args[1] = "Gone".into();
        refused(&invented, Prose::Cut, "claims: raises(");
        let mut miscited = told(&GOOD);
        miscited.claims[0].cites = vec!["E1:99-120".into()];
        refused(&miscited, Prose::Cut, "claims: C1 is proved by E1, not by E1:99-120");
        let mut vague = told(&GOOD);
        vague.question = "What can go wrong?".into();
        refused(&vague, Prose::Cut, "question: it does not name");
        let mut order = order();
        order.floor.question = "Where is the stock checked?".into();
        assert!(assemble(&order, &vague, Prose::Cut).is_ok());
        order.floor.kind = "where".into();
        assert!(assemble(&order, &told(&GOOD), Prose::Cut).unwrap_err().starts_with("question: it names"));
    }

    #[test]
    fn a_conversation_tells_its_facts_over_its_turns() {
        let mut order = order();
        order.floor.followups = vec![Followup { question: "And then?".into(), answer: "Floor.".into() }];
        let mut reply = told(&GOOD[..1]);
        let later = Statement { says: GOOD[1].0.into(), claims: vec!["C2".into()] };
        let idle = Statement { says: "It is fast.".into(), claims: Vec::new() };
        reply.followups = vec![
            Turn { question: "What does it call?".into(), answer: vec![later, idle.clone()] },
            Turn { question: "Is it fast?".into(), answer: vec![idle] },
        ];
        let row = assemble(&order, &reply, Prose::Cut).unwrap().row;
        assert_eq!(row.followups, [Followup { question: "What does it call?".into(), answer: "It calls `log.add`.".into() }]);
        // Where the sample is no conversation, there are no further turns.
        order.floor.followups.clear();
        assert!(assemble(&order, &reply, Prose::Cut).unwrap_err().contains("C2"));
        assert_eq!(assemble(&order, &told(&GOOD), Prose::Cut).unwrap().row.followups, []);
    }

    #[test]
    fn reasoning_stays_on_the_facts() {
        let step = |op: &str, says: &str, claims: &[&str]| Step {
            op: op.into(),
            says: says.into(),
            cites: vec!["E1".into()],
            claims: claims.iter().map(|id| (*id).into()).collect(),
        };
        let mut reply = told(&GOOD);
        reply.trace = vec![
            step("read", "`Shop.take` is in `a.py`.", &[]),
            step("check", "It raises `Sold` when `n > 3`.", &["C1"]),
            step("decide", "So it is slow.", &[]),
        ];
        let row = assemble(&order(), &reply, Prose::Cut).unwrap().row;
        assert_eq!(row.trace.iter().map(|step| step.op.as_str()).collect::<Vec<_>>(), ["read", "check"]);
        reply.trace[0].cites = vec!["E7".into()];
        refused(&reply, Prose::Cut, "evidence: a step cites E7");
        reply.trace.clear();
        assert_eq!(assemble(&order(), &reply, Prose::Cut).unwrap().row.trace, order().floor.trace);
    }
}
