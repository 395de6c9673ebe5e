//! Every identifier that the prose names stands in the cited evidence.
//!
//! Measured against the evidence and not against the whole repository: a symbol table lets
//! every near miss through, the cited code hardly any.

use std::collections::HashSet;

use super::{Bench, Rule};
use crate::model::Row;

/// Words of the languages themselves, which name nothing.
const KEYWORDS: &[&str] = &["None", "True", "False", "not", "is", "in", "and", "or", "if", "else", "for", "while", "let"];

/// Names that a word of the language stands for.
const IMPLIED: &[(&str, &str)] = &[("assert", "AssertionError")];

pub(super) static RULE: Rule = Rule { name: "identifiers", judge };

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    let mut known: HashSet<&str> = HashSet::new();
    for evidence in &row.evidence {
        for text in [&evidence.code, &evidence.path, &evidence.symbol] {
            known.extend(words(text));
        }
    }
    for (word, name) in IMPLIED {
        if known.contains(word) {
            known.insert(name);
        }
    }
    let prose = [&row.question, &row.answer].into_iter().chain(row.followups.iter().flat_map(|turn| [&turn.question, &turn.answer]));
    let prose = prose.chain(row.claims.iter().map(|claim| &claim.says)).chain(row.trace.iter().map(|step| &step.says));
    for text in prose {
        if text.matches('`').count() % 2 != 0 {
            return Err("a backtick has no partner".to_owned());
        }
        for span in text.split('`').skip(1).step_by(2) {
            if let Some(word) = words(span).find(|word| !known.contains(word) && !KEYWORDS.contains(word)) {
                return Err(format!("`{word}` is not in the evidence"));
            }
        }
    }
    Ok(())
}

/// Identifiers: runs of letters, digits and underscores that do not begin with a digit.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}
