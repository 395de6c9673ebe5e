//! A conversation of two to four turns about one chunk: what it is for, what it decides, who
//! would feel a change. Each turn is a sample of another kind, asked as one goes on to ask.

use crate::facts::View;
use crate::generate::kinds::purpose::is_stated;
use crate::generate::kinds::raises::promised;
use crate::generate::kinds::{KINDS, Kind, Material, rule};
use crate::generate::offline::Answer;
use crate::generate::phrase::pick;
use crate::generate::tongue::Tongue;
use crate::model::{Brief, Draft, Followup, key};

pub(super) static KIND: Kind = Kind { name: "dialogue", version: 1, intent: "how", weight, material, draft };

/// One in so many of the chunks that could have one has a dialogue; the others are asked one by one.
const SHARE: u64 = 5;

/// The order in which one asks; of each line the first that has something to say.
const TURNS: &[&[&str]] = &[&["purpose", "contract"], &["rule", "effects"], &["errors"], &["callers"]];

/// How a kind is asked when the chunk is already being talked about.
const GOING_ON: &[(&str, &[&str], &[&str])] = &[
    (
        "effects",
        &["What does it change along the way?", "Does it leave anything behind?", "And which side effects does it have?"],
        &["执行过程中会改动什么？", "它有哪些副作用？", "那它会影响哪些状态？"],
    ),
    (
        "errors",
        &["And when does it fail?", "Which errors do I have to be ready for?", "What can go wrong there?"],
        &["那它什么时候会失败？", "调用时需要处理哪些异常？", "可能会出什么错？"],
    ),
    (
        "callers",
        &["Who would notice if I changed it?", "What should I look at before I change it?", "And who depends on it?"],
        &["如果修改它，会影响到谁？", "修改之前要先看哪些地方？", "有哪些代码依赖它？"],
    ),
];

/// The kinds whose turns make up the dialogue of a chunk.
fn turns(view: &View) -> Vec<&'static Kind> {
    if !key("dialogue", view.chunk.id.as_str()).is_multiple_of(SHARE) {
        return Vec::new();
    }
    let says = |kind: &Kind| (kind.weight)(view) > 0 || kind.name == "purpose" && is_stated(&view.chunk);
    let worth = |name: &str| KINDS.iter().copied().find(|kind| kind.name == name && says(kind));
    let mut found: Vec<&Kind> = TURNS.iter().filter_map(|line| line.iter().find_map(|name| worth(name))).collect();
    // A contract tells already what comes back, and of the errors.
    if found.iter().any(|kind| kind.name == "contract") {
        let errors = promised(&view.chunk.facts.raises).next().is_some();
        found.retain(|kind| kind.name != "rule" && (kind.name != "errors" || !errors));
    }
    let least = if found.iter().any(|kind| kind.name == "contract") { 2 } else { 3 };
    if found.len() < least { Vec::new() } else { found }
}

fn weight(view: &View) -> u32 {
    // Where there is one, it stands for the samples that it is made of.
    if turns(view).is_empty() { 0 } else { 200 }
}

fn material(view: &View) -> Material {
    Material { turns: turns(view), ..Material::default() }
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let mut answer = Answer::default();
    let mut told: Vec<&Brief> = Vec::new();
    for turn in &brief.turns {
        let Draft(row) = &*turn.draft;
        // A turn that says what was said before is no answer.
        if row.claims.iter().all(|claim| answer.claims.iter().any(|said| said.predicate == claim.predicate)) {
            continue;
        }
        told.push(turn);
        let cite = |id: &String| -> usize {
            let chunk = row.evidence.iter().find(|evidence| evidence.id == *id).map(|evidence| &evidence.chunk_id);
            1 + brief.evidence.iter().position(|evidence| Some(&evidence.chunk_id) == chunk).unwrap_or_default()
        };
        for claim in &row.claims {
            answer.claim(claim.says.clone(), claim.predicate.clone(), claim.cites.first().map_or(1, cite));
            if let Some(said) = answer.claims.iter_mut().find(|said| said.predicate == claim.predicate) {
                said.cites = claim.cites.iter().map(|id| format!("E{}", cite(id))).collect();
            }
        }
        // Of each turn the step that leads furthest.
        if let Some(step) = row.trace.iter().rfind(|step| step.op != "conclude").or(row.trace.last()) {
            let cites: Vec<usize> = step.cites.iter().map(cite).collect();
            answer.step(&step.op, step.says.clone(), &cites);
        }
    }
    let [first, later @ ..] = told.as_slice() else { return Answer::default() };
    if later.is_empty() {
        return Answer::default();
    }
    let Draft(row) = &*first.draft;
    answer.question = row.question.clone();
    answer.answer = row.answer.clone();
    for turn in later {
        let Draft(row) = &*turn.draft;
        let asked = GOING_ON.iter().find(|(kind, ..)| *kind == row.kind);
        let question = match asked {
            Some((_, english, chinese)) => pick(tongue, &row.id, english, chinese).to_owned(),
            None => rule::going_on(turn).unwrap_or_else(|| row.question.clone()),
        };
        answer.followups.push(Followup { question, answer: row.answer.clone() });
    }
    answer.difficulty = if brief.turns.iter().any(|turn| turn.draft.0.difficulty == "hard") { "hard" } else { "medium" };
    answer
}
