//! Evidence is exactly those bytes at those lines of that file.

use super::{Bench, Rule};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "evidence", judge };

fn judge(row: &Row, bench: &Bench) -> Result<(), String> {
    for (number, evidence) in (1usize..).zip(&row.evidence) {
        let place = format!("{}:{}-{}", evidence.path, evidence.start_line, evidence.end_line);
        if evidence.id.strip_prefix('E').and_then(|id| id.parse::<usize>().ok()).is_none_or(|id| id < number) {
            return Err(format!("evidence {number} is called `{}`", evidence.id));
        }
        match (bench.code)(&evidence.path, evidence.start_line, evidence.end_line) {
            None => return Err(format!("{place} does not exist")),
            Some(code) if code != evidence.code => return Err(format!("{place} reads otherwise")),
            Some(_) => (),
        }
    }
    Ok(())
}
