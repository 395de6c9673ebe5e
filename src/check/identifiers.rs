//! Every identifier that the prose names stands in the cited evidence.
//!
//! Measured against the evidence and not against the whole repository: a symbol table lets
//! every near miss through, the cited code hardly any.

use std::collections::HashSet;

use super::{Bench, Rule};
use crate::model::{Evidence, Row, words};

/// Words of the languages themselves, which name nothing.
const KEYWORDS: &[&str] = &["None", "True", "False", "not", "is", "in", "and", "or", "if", "else", "for", "while", "let"];

/// Names that a word of the language stands for.
const IMPLIED: &[(&str, &str)] = &[("assert", "AssertionError")];

pub(super) static RULE: Rule = Rule { name: "identifiers", judge };

fn judge(row: &Row, bench: &Bench) -> Result<(), String> {
    let known = |word: &str| {
        let implied = IMPLIED.iter().find(|(_, name)| *name == word).map(|(by, _)| *by);
        row.evidence.iter().any(|evidence| bench.names(evidence, word) || implied.is_some_and(|by| bench.names(evidence, by)))
    };
    let prose = [&row.question, &row.answer].into_iter().chain(row.followups.iter().flat_map(|turn| [&turn.question, &turn.answer]));
    let prose = prose.chain(row.claims.iter().map(|claim| &claim.says)).chain(row.trace.iter().map(|step| &step.says));
    for text in prose {
        if !text.matches('`').count().is_multiple_of(2) {
            return Err("a backtick has no partner".to_owned());
        }
        for span in text.split('`').skip(1).step_by(2) {
            if let Some(word) = words(span).find(|word| !KEYWORDS.contains(word) && !known(word)) {
                return Err(format!("`{word}` is not in the evidence"));
            }
        }
    }
    Ok(())
}

/// Every word of a piece of evidence.
pub(super) fn words_of(evidence: &Evidence) -> HashSet<&str> {
    [&evidence.code, &evidence.path, &evidence.symbol].into_iter().flat_map(|text| words(text)).collect()
}
