//! From source text to chunks with their facts, and back from a claim to the code that proves it.
//!
//! The only room that knows tree-sitter. One folder a language: grammar, extraction
//! (`extract.rs`, from the top down) and proofs (`prove.rs`, from the bottom up and written
//! apart from the extraction, so that one cannot hide the other's mistake).
//!
//! Invariants: the same text gives the same chunks on every machine (no clock, no threads in
//! here); nothing recurses over a syntax tree; a file in which the parser had to guess gives no
//! chunks at all.

mod language;
mod outline;
mod python;
mod rust;
mod syntax;

pub(crate) use language::{LANGUAGES, Language, by_path};
pub(crate) use syntax::{Syntax, Trouble};

use crate::model::{Chunk, Finding, Predicate};

/// Byte offset at which each line starts, first line first.
pub(crate) fn line_starts(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect()
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
    let syntax = Syntax::parse(language, text).map_err(|trouble| match trouble {
        Trouble::TooLarge => Finding::new("too-large", path, format!("{} bytes, the limit is {}", text.len(), Syntax::MAX_BYTES)),
        Trouble::TooHard => Finding::new("too-hard", path, "the parser gave up on it"),
    })?;
    if syntax.is_broken() {
        let line = syntax.broken_line().unwrap_or(1);
        return Err(Finding::new("syntax", path, format!("does not parse at line {line}; its samples are held")));
    }
    let mut chunks = (language.chunks)(&syntax, path);
    chunks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(chunks)
}

/// Proves claims about one chunk from its code alone: the cited lines, parsed by themselves.
pub(crate) struct Prover<'t> {
    syntax: Option<Syntax<'t>>,
}

impl<'t> Prover<'t> {
    pub(crate) fn new(language: &'static Language, code: &'t str) -> Self {
        Self { syntax: Syntax::parse(language, code.trim_start()).ok() }
    }

    /// Does the code prove the predicate? Its first argument names the chunk and is the
    /// caller's to match with the evidence.
    pub(crate) fn proves(&self, predicate: &Predicate) -> bool {
        let Some(syntax) = &self.syntax else { return false };
        let args: Vec<&str> = predicate.args.iter().skip(1).map(String::as_str).collect();
        (syntax.language.prove)(syntax, &predicate.name, &args)
    }
}
