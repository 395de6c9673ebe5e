//! From source text to chunks with their facts, and back from a claim to the code that proves it.
//!
//! The only room that knows tree-sitter. One folder a language: grammar, extraction
//! (`extract.rs`, from the top down) and proofs (`prove/`, from the bottom up and written
//! apart from the extraction, so that one cannot hide the other's mistake).
//!
//! Invariants: the same text gives the same chunks on every machine (no clock, no threads in
//! here); nothing recurses over a syntax tree; a file in which the parser had to guess gives no
//! chunks at all.

mod conditions;
mod java;
mod language;
mod origin;
mod outline;
mod pair;
mod predicate;
mod prover;
mod python;
mod rust;
mod script;
mod sketch;
mod syntax;
mod tokens;

pub(crate) use language::{LANGUAGES, Language, by_path};
pub(crate) use origin::is_foreign;
pub(crate) use predicate::{PREDICATES, in_words, sort_of};
pub(crate) use prover::{Beside, Proof, Prover};
pub(crate) use sketch::touched;
pub(crate) use syntax::{Syntax, Tree, Trouble};

use crate::model::{Chunk, Finding};

/// Byte offset at which each line starts, first line first.
pub(crate) fn line_starts(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1)).collect()
}

/// The bytes of whole lines (counted from 1, both ends included), the last line break left out.
/// None where the text has no such lines.
pub(crate) fn lines_of<'t>(text: &'t str, starts: &[u32], start: u32, end: u32) -> Option<&'t str> {
    if start == 0 || end < start {
        return None;
    }
    let from = *starts.get(start as usize - 1)? as usize;
    let code = match starts.get(end as usize) {
        Some(&next) => text.get(from..next as usize - 1)?,
        None if end as usize == starts.len() => text.get(from..)?,
        None => return None,
    };
    Some(code.strip_suffix('\r').unwrap_or(code))
}

/// The chunks of one file, sorted by id, or the finding that says why there are none.
pub(crate) fn chunks(language: &'static Language, path: &str, text: &str) -> Result<Vec<Chunk>, Finding> {
    let text = &*script::sections(path, text);
    let tree = Tree::parse(language, text).map_err(|trouble| match trouble {
        Trouble::TooLarge => Finding::new("too-large", path, format!("{} bytes, the limit is {}", text.len(), Tree::MAX_BYTES)),
        Trouble::TooHard => Finding::new("too-hard", path, "the parser gave up on it"),
    })?;
    let syntax = tree.of(text);
    if syntax.is_broken() {
        let line = syntax.broken_line().unwrap_or(1);
        return Err(Finding::new("syntax", path, format!("does not parse at line {line}; its samples are held")));
    }
    let mut chunks = (language.chunks)(&syntax, path);
    chunks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(chunks)
}

#[cfg(test)]
mod agreement;

#[cfg(test)]
mod tests {
    use super::{line_starts, lines_of};

    #[test]
    fn lines_are_whole() {
        let text = "a\nb\r\nc";
        let starts = line_starts(text);
        let lines = |start, end| lines_of(text, &starts, start, end);
        assert_eq!((lines(1, 1), lines(2, 2), lines(1, 3)), (Some("a"), Some("b"), Some("a\nb\r\nc")));
        assert_eq!((lines(0, 1), lines(3, 4), lines(2, 1)), (None, None, None));
    }
}
