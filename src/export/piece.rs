//! What a format gives out: bytes, and the file and the framing that they belong to.

use serde::Serialize;

/// How the pieces of a file are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// As they are, one behind the other.
    Plain,
    /// A JSON array, one element a piece. A piece without bytes is none.
    Array,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub file: String,
    pub framing: Framing,
    pub bytes: Vec<u8>,
    /// Does it count as a row of its file?
    pub is_row: bool,
}

impl Piece {
    /// One JSON object on a line.
    pub(super) fn line(file: impl Into<String>, value: &impl Serialize) -> Self {
        let mut bytes = json(value);
        bytes.push(b'\n');
        Self { file: file.into(), framing: Framing::Plain, bytes, is_row: true }
    }

    /// An element of a JSON array.
    pub(super) fn element(file: impl Into<String>, value: &impl Serialize) -> Self {
        Self { file: file.into(), framing: Framing::Array, bytes: json(value), is_row: true }
    }

    pub(super) fn text(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: file.into(), framing: Framing::Plain, bytes: text.into().into_bytes(), is_row: false }
    }

    /// A file that is there even if nothing is written to it.
    pub(super) fn empty(file: impl Into<String>, framing: Framing) -> Self {
        Self { file: file.into(), framing, bytes: Vec::new(), is_row: false }
    }
}

/// Our own structs have texts as keys and no map with others, so this cannot fail.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
