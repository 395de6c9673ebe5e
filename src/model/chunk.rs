//! A chunk: one unit of code, cut at syntax.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Facts, Sketch};

/// The name of a chunk: `path::Outer.name`, with `#2` where a name repeats. It survives an
/// edit of the body.
///
/// Invariant: made by [`ChunkId::new`] alone or read back as it was stored, and never taken apart
/// again: a chunk carries its path and symbol beside its id.
///
/// Whoever knows of a chunk holds its id, so all of them share one text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ChunkId(Arc<str>);

impl ChunkId {
    pub(crate) fn new(path: &str, symbol: &str) -> Self {
        Self(format!("{path}::{symbol}").into())
    }

    /// An id as a row or the index holds it.
    pub(crate) fn stored(id: String) -> Self {
        Self(id.into())
    }

    /// The id of what is left of a file when its definitions are taken out.
    pub(crate) fn module(path: &str) -> Self {
        Self::new(path, Chunk::MODULE)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for ChunkId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'d> Deserialize<'d> for ChunkId {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IdVisitor)
    }
}

struct IdVisitor;

impl de::Visitor<'_> for IdVisitor {
    type Value = ChunkId;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("the id of a chunk")
    }

    fn visit_str<E: de::Error>(self, id: &str) -> Result<ChunkId, E> {
        Ok(ChunkId(id.into()))
    }
}

impl std::fmt::Display for ChunkId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChunkKind {
    #[default]
    Module,
    /// A class, struct, enum or trait.
    Class,
    Function,
    Method,
    /// A named value at the top of a file: `MAX_ITEMS = 50`.
    Constant,
}

impl ChunkKind {
    pub(crate) const ALL: [Self; 5] = [Self::Module, Self::Class, Self::Function, Self::Method, Self::Constant];

    /// As it is written in the dataset.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Class => "class",
            Self::Function => "function",
            Self::Method => "method",
            Self::Constant => "constant",
        }
    }
}

/// Lines of a file, counted from 1, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Lines {
    pub start: u32,
    pub end: u32,
}

impl Lines {
    pub(crate) fn count(self) -> u32 {
        self.end + 1 - self.start
    }
}

/// What tells one state of a chunk from another; 16 hex digits each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprints {
    /// Its bytes.
    pub raw: String,
    /// Its syntax without layout, comments, docstring and its own name. Of a class: without
    /// the bodies of its methods, which are chunks of their own.
    pub shape: String,
    /// Name, parameters, result and decorators.
    pub signature: String,
    /// Its docstring.
    pub doc: String,
}

/// A unit of code and what static analysis says of it: one line of a `facts/` shard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chunk {
    pub id: ChunkId,
    pub path: String,
    /// `Outer.name`, with `#2` where it repeats in the file.
    pub symbol: String,
    /// The defined name alone; empty for a module.
    pub name: String,
    /// Symbol of the definition around it; empty at the top of a file.
    pub container: String,
    pub kind: ChunkKind,
    pub lines: Lines,
    /// How many lines from the start make its head: all of them, or of a class what stands
    /// before its first method.
    pub head: u32,
    /// Do its lines hold what nobody should see? Then it is neither told of nor cited.
    #[serde(default)]
    pub withheld: bool,
    pub signature: String,
    /// The docstring, with quotes and common indentation taken off.
    pub doc: String,
    pub fingerprints: Fingerprints,
    pub facts: Facts,
    /// Its tokens, for the index alone: `facts/` shards go without.
    #[serde(skip)]
    pub sketch: Sketch,
}

impl Chunk {
    /// The symbol of what is left of a file when its definitions are taken out.
    pub(crate) const MODULE: &str = "<module>";

    /// The first sentence of the docstring; empty without one.
    pub(crate) fn summary(&self) -> &str {
        first_sentence(self.opening())
    }

    /// The first paragraph of the docstring; empty without one.
    pub(crate) fn opening(&self) -> &str {
        self.doc.split("\n\n").next().unwrap_or_default().trim()
    }

    /// Is it defined inside a function? Such chunks are part of their container's evidence.
    pub(crate) fn is_nested(&self) -> bool {
        self.kind == ChunkKind::Function && !self.container.is_empty()
    }

    /// The same chunk, wherever in its file it stands.
    pub(crate) fn unplaced(&self) -> Self {
        Self { lines: Lines::default(), ..self.clone() }
    }
}

/// A text up to the end of its first sentence.
pub(crate) fn first_sentence(text: &str) -> &str {
    let ends = |at: usize, mark: &str| {
        let rest = &text[at + mark.len()..];
        let word = text[..at].rsplit([' ', '(', '\n']).next().unwrap_or_default();
        let abbreviated = word.len() < 2 || word.contains('.') || matches!(word, "etc" | "vs" | "cf" | "approx" | "resp");
        let wide = matches!(mark, "。" | "！" | "？");
        wide || (rest.is_empty() || rest.starts_with(char::is_whitespace)) && !abbreviated
    };
    let end = text.match_indices(['.', '!', '?', '。', '！', '？']).find(|(at, mark)| ends(*at, mark));
    end.map_or(text, |(at, mark)| &text[..at + mark.len()])
}
