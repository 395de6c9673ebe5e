//! Every field holds what its name says.

use super::{Bench, Rule, is_judged};
use crate::model::{DESIGN, QA, Row};

pub(super) static RULE: Rule = Rule { name: "schema", judge };

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    let one_of =
        |field: &str, value: &str, known: &[&str]| if known.contains(&value) { Ok(()) } else { Err(format!("{field} is `{value}`")) };
    let filled = |field: &str, value: &str| if value.trim().is_empty() { Err(format!("{field} is empty")) } else { Ok(()) };
    one_of("task", &row.task, &[QA, DESIGN])?;
    one_of("split", &row.split, &["train", "validation", "test"])?;
    one_of("intent", &row.intent, &["what", "why", "where", "how"])?;
    one_of("difficulty", &row.difficulty, &["easy", "medium", "hard"])?;
    one_of("generator", &row.generator, &["offline", "llm", "person"])?;
    for (field, value) in
        [("id", &row.id), ("kind", &row.kind), ("domain", &row.domain), ("question", &row.question), ("recipe", &row.recipe)]
    {
        filled(field, value)?;
    }
    match &row.design {
        None => filled("answer", &row.answer)?,
        Some(_) => one_of("requirement_source", &row.source, &["pattern", "catalogue", "history", "file"])?,
    }
    if row.design.is_some() != (row.task == DESIGN) {
        return Err(format!("a row of the task `{}` is none of it", row.task));
    }
    if row.fingerprint.len() != 16 || !row.fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!("fingerprint is `{}`", row.fingerprint));
    }
    if row.claims.iter().all(is_judged) {
        return Err("nothing is claimed".to_owned());
    }
    if row.generator != "llm" && row.claims.iter().any(is_judged) {
        return Err("a claim is judged and not proved".to_owned());
    }
    match row.evidence.iter().filter(|evidence| evidence.role == "subject").count() {
        1 => Ok(()),
        count => Err(format!("{count} pieces of evidence are the subject")),
    }
}
