//! A row fits into a training example.

use super::{Bench, Rule};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "size", judge };

const MAX_QUESTION: usize = 600;
const MAX_ANSWER: usize = 6_000;
const MAX_EVIDENCE: usize = 48_000;

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    let within = |name: &str, size: usize, limit: usize| {
        if size <= limit { Ok(()) } else { Err(format!("{name} has {size} bytes, the limit is {limit}")) }
    };
    within("the question", row.question.len(), MAX_QUESTION)?;
    within("the answer", row.answer.len(), MAX_ANSWER)?;
    within("the evidence", row.evidence.iter().map(|evidence| evidence.code.len()).sum(), MAX_EVIDENCE)
}
