//! Every identifier that the prose names stands in the cited evidence.
//!
//! Measured against the evidence and not against the whole repository: a symbol table lets
//! every near miss through, the cited code hardly any.

use super::{Bench, Rule, design};
use crate::model::{Evidence, KEYWORDS, Row, STALE, has_word, words};

/// Names that a word of the language stands for.
const IMPLIED: &[(&str, &str)] = &[("assert", "AssertionError")];

pub(super) static RULE: Rule = Rule { name: "identifiers", judge };

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    let mut found: Vec<&str> = Vec::new();
    let says = row.claims.iter().map(|claim| &claim.says).chain(row.trace.iter().map(|step| &step.says));
    // Words about code that has changed since are marked, and may name what is gone.
    let prose = row.told().filter(|_| row.review != STALE).chain(says.map(String::as_str));
    let new = design::new_names(row);
    for text in prose {
        if !text.matches('`').count().is_multiple_of(2) {
            return Err("a backtick has no partner".to_owned());
        }
        for span in text.split('`').skip(1).step_by(2) {
            for word in words(span) {
                if KEYWORDS.contains(&word) || found.contains(&word) {
                    continue;
                }
                if !new.contains(word) && !row.evidence.iter().any(|evidence| names(evidence, word)) {
                    return Err(format!("`{word}` is not in the evidence"));
                }
                found.push(word);
            }
        }
    }
    Ok(())
}

/// Does a piece of evidence hold this word, or one that stands for it?
pub(super) fn names(evidence: &Evidence, word: &str) -> bool {
    let implied = IMPLIED.iter().find(|(_, name)| *name == word).map(|(by, _)| *by);
    let texts = [&evidence.symbol, &evidence.path, &evidence.code];
    texts.iter().any(|text| has_word(text, word) || implied.is_some_and(|by| has_word(text, by)))
}
