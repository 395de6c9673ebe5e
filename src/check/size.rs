//! A row fits into a training example.

use super::{Bench, Rule};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "size", judge };

const MAX_QUESTION: usize = 600;
const MAX_ANSWER: usize = 6_000;
const MAX_DESIGN: usize = 12_000;
const MAX_EVIDENCE: usize = 48_000;

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    let within = |name: &str, size: usize, limit: usize, unit: &str| {
        if size <= limit { Ok(()) } else { Err(format!("{name} has {size} {unit}, the limit is {limit}")) }
    };
    // In bytes, Chinese would be three times as long as it is.
    within("the question", row.question.chars().count(), MAX_QUESTION, "characters")?;
    let design = row.design.iter().flat_map(|design| design.prose()).map(|text| text.chars().count()).sum();
    within("the design", design, MAX_DESIGN, "characters")?;
    within("the answer", row.answer.chars().count(), MAX_ANSWER, "characters")?;
    within("the evidence", row.evidence.iter().map(|evidence| evidence.code.len()).sum(), MAX_EVIDENCE, "bytes")
}
