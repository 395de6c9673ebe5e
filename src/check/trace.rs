//! The reasoning is numbered, and every step of it cites evidence that the row has.

use super::{Bench, Rule};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "trace", judge };

const OPS: &[&str] = &["read", "locate", "follow", "compare", "check", "decide", "conclude"];

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    if row.trace.is_empty() || row.trace.len() > 12 {
        return Err(format!("{} steps", row.trace.len()));
    }
    let known = |cite: &String| row.evidence.iter().any(|evidence| &evidence.id == cite);
    for (number, step) in (1..).zip(&row.trace) {
        if step.step != number || !OPS.contains(&step.op.as_str()) || step.says.trim().is_empty() {
            return Err(format!("step {number} is malformed"));
        }
        if step.cites.is_empty() || !step.cites.iter().all(known) {
            return Err(format!("step {number} cites {:?}", step.cites));
        }
    }
    Ok(())
}
