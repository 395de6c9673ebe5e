//! The definitions that a query names: they go before whatever merely has its words.

use std::collections::HashMap;

use anyhow::Result;
use tantivy::{DocAddress, Term};

use super::lookup::{Lookup, each_document};

/// Names in a query that are looked up as definitions.
const MOST_NAMES: usize = 8;
/// Share of the best score that a definition gains when the query merely holds its name.
const NAMED_BONUS: f32 = 0.5;

/// The chunks that the query names, each with its bonus in units of the best score.
pub(super) fn named_chunks(lookup: &Lookup, text: &str) -> Result<HashMap<DocAddress, f32>> {
    let fields = lookup.fields();
    let mut named = HashMap::new();
    let mut name_as = |term: Term, path: Option<&str>, bonus: f32| {
        lookup.each_segment(&[term], |at, segment, documents| {
            let mut documents = documents.to_vec();
            if let Some(path) = path {
                let mut there = Vec::new();
                let of_path = fields.exact(fields.path, path);
                each_document(segment, &of_path, |document| there.push(document))?;
                documents.retain(|document| there.binary_search(document).is_ok());
            }
            for document in documents {
                let best = named.entry(DocAddress::new(at, document)).or_insert(bonus);
                *best = bonus.max(*best);
            }
            Ok(())
        })
    };
    let mut name = |name: &str, bonus: f32| -> Result<()> {
        if let Some((path, symbol)) = name.rsplit_once("::") {
            name_as(fields.exact(fields.symbol, symbol), Some(path), 3.0 * bonus)?;
        }
        name_as(fields.chunk_key(name), None, 4.0 * bonus)?;
        name_as(fields.exact(fields.symbol, name), None, 2.0 * bonus)?;
        name_as(fields.exact(fields.name, name), None, bonus)
    };
    // An id may hold a parameter list, and so a space.
    name(text, 1.0)?;
    let parts = text.split_whitespace().map(trim_name);
    for part in parts.filter(|part| *part != text && looks_like_name(part)).take(MOST_NAMES) {
        name(part, NAMED_BONUS / 4.0)?;
    }
    if let Some(call) = text.strip_suffix("()") {
        name(call, 1.0)?;
    }
    Ok(named)
}

fn trim_name(word: &str) -> &str {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '(' | ')'));
    let word = word.strip_suffix("()").unwrap_or(word);
    word.trim_matches(['(', ')'])
}

/// Whether a word among others is meant as a name of the code.
fn looks_like_name(word: &str) -> bool {
    let mut letters = word.chars().skip(1).zip(word.chars());
    word.len() > 2
        && word.len() < 1_000
        && (word.contains(['_', '.', ':']) || letters.any(|(letter, before)| letter.is_uppercase() && before.is_lowercase()))
}
