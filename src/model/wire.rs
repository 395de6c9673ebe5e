//! How a row is written: the keys of its task, in their order, all of them and none that is null.
//!
//! A question has `question`, `answer` and `followups`; a design has `requirement`,
//! `requirement_source` and `design` in their place.

use serde::{Deserialize, Serialize, Serializer};

use super::{Claim, Design, Evidence, Followup, Row, TraceStep};

/// The task whose rows are questions, and the one whose rows are designs.
pub(crate) const QA: &str = "qa";
pub(crate) const DESIGN: &str = "design";

#[derive(Serialize)]
struct Question<'r> {
    id: &'r str,
    task: &'r str,
    kind: &'r str,
    lang: &'r str,
    split: &'r str,
    domain: &'r str,
    intent: &'r str,
    difficulty: &'r str,
    question: &'r str,
    answer: &'r str,
    followups: &'r [Followup],
    #[serde(flatten)]
    rest: Rest<'r>,
}

#[derive(Serialize)]
struct Proposal<'r> {
    id: &'r str,
    task: &'r str,
    kind: &'r str,
    lang: &'r str,
    split: &'r str,
    domain: &'r str,
    intent: &'r str,
    difficulty: &'r str,
    requirement: &'r str,
    requirement_source: &'r str,
    design: &'r Design,
    #[serde(flatten)]
    rest: Rest<'r>,
}

/// What every task ends with.
#[derive(Serialize)]
struct Rest<'r> {
    trace: &'r [TraceStep],
    claims: &'r [Claim],
    evidence: &'r [Evidence],
    generator: &'r str,
    model: &'r str,
    recipe: &'r str,
    fingerprint: &'r str,
    near: &'r [String],
    review: &'r str,
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, task, kind, lang, split, domain, intent, difficulty, question, answer, followups, .. } = self;
        let rest = Rest {
            trace: &self.trace,
            claims: &self.claims,
            evidence: &self.evidence,
            generator: &self.generator,
            model: &self.model,
            recipe: &self.recipe,
            fingerprint: &self.fingerprint,
            near: &self.near,
            review: &self.review,
        };
        match &self.design {
            None => Question { id, task, kind, lang, split, domain, intent, difficulty, question, answer, followups, rest }
                .serialize(serializer),
            Some(design) => {
                let (requirement, requirement_source) = (question, &self.source);
                Proposal { id, task, kind, lang, split, domain, intent, difficulty, requirement, requirement_source, design, rest }
                    .serialize(serializer)
            }
        }
    }
}

/// A row as it was written, of either task.
#[derive(Deserialize)]
pub(super) struct Wire {
    id: String,
    task: String,
    kind: String,
    lang: String,
    split: String,
    domain: String,
    intent: String,
    difficulty: String,
    question: Option<String>,
    answer: Option<String>,
    followups: Option<Vec<Followup>>,
    requirement: Option<String>,
    requirement_source: Option<String>,
    design: Option<Box<Design>>,
    trace: Vec<TraceStep>,
    claims: Vec<Claim>,
    evidence: Vec<Evidence>,
    generator: String,
    model: String,
    recipe: String,
    fingerprint: String,
    near: Vec<String>,
    review: String,
}

impl TryFrom<Wire> for Row {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let missing = |key: &str| format!("missing field `{key}`");
        let (question, answer, followups, source, design) = if wire.task == DESIGN {
            let design = wire.design.ok_or_else(|| missing("design"))?;
            let source = wire.requirement_source.ok_or_else(|| missing("requirement_source"))?;
            (wire.requirement.ok_or_else(|| missing("requirement"))?, String::new(), Vec::new(), source, Some(design))
        } else {
            let answer = wire.answer.ok_or_else(|| missing("answer"))?;
            let followups = wire.followups.ok_or_else(|| missing("followups"))?;
            (wire.question.ok_or_else(|| missing("question"))?, answer, followups, String::new(), None)
        };
        Ok(Self {
            id: wire.id,
            task: wire.task,
            kind: wire.kind,
            lang: wire.lang,
            split: wire.split,
            domain: wire.domain,
            intent: wire.intent,
            difficulty: wire.difficulty,
            question,
            answer,
            followups,
            source,
            design,
            trace: wire.trace,
            claims: wire.claims,
            evidence: wire.evidence,
            generator: wire.generator,
            model: wire.model,
            recipe: wire.recipe,
            fingerprint: wire.fingerprint,
            near: wire.near,
            review: wire.review,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Design, Row};

    #[test]
    fn each_task_has_its_own_keys_and_comes_back() {
        let question = Row { task: super::QA.into(), question: "Why?".into(), answer: "So.".into(), ..Row::default() };
        let design = Some(Box::new(Design { overview: "Do it.".into(), ..Design::default() }));
        let design =
            Row { task: super::DESIGN.into(), question: "We need it.".into(), source: "catalogue".into(), design, ..Row::default() };
        for (row, keys) in [(question, ["question", "answer", "followups"]), (design, ["requirement", "requirement_source", "design"])] {
            let text = serde_json::to_string(&row).unwrap();
            assert!(text.starts_with("{\"id\":"), "{text}");
            let at: Vec<usize> =
                ["difficulty"].iter().chain(&keys).chain(&["trace"]).map(|key| text.find(&format!("\"{key}\":")).unwrap()).collect();
            assert!(at.is_sorted(), "{text}");
            assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
            let less = text.replacen(keys[0], "other", 1);
            assert!(serde_json::from_str::<Row>(&less).unwrap_err().to_string().contains(keys[0]));
        }
    }
}
