//! Rows of the dataset in the forms that trainers and earlier tools read.
//!
//! Pure: rows in, bytes out, and the name of the file that they belong to. One file a format, one line in [`FORMATS`].
//! Nothing is held back: a format sees one item at a time, so a dataset of any size streams through.
//!
//! Invariants:
//! - What a model is trained on and what `ask` sends it come from one template, [`Conversation`].
//! - No text of a repository can be taken for a control token of a chat template.
//! - Every row of every format leads back to a row of the dataset: by its id, or by a list of ids beside it.

mod answer;
mod conversation;
mod dependencies;
mod design;
mod formats;
mod mixed;
mod piece;
mod shorten;
mod style;
mod tame;
mod tokens;

use crate::model::{Chunk, Row, TraceRow};

pub(crate) use answer::{Said, read as read_answer};
pub(crate) use conversation::{Conversation, prompt, system};
pub(crate) use dependencies::Dependencies;
pub(crate) use formats::FORMATS;
pub(crate) use mixed::mixed;
pub(crate) use piece::{Framing, Piece};
pub(crate) use shorten::shortened;
pub(crate) use style::{Reasoning, Shown, Style};
pub(crate) use tame::Tame;
pub(crate) use tokens::Counter;

/// A form to export to.
pub(crate) struct Format {
    pub name: &'static str,
    /// What it is for, in a line.
    pub about: &'static str,
    pub needs: Needs,
    /// Has it a field for reasoning?
    pub has_field: bool,
    begin: fn(&Opening) -> Vec<Piece>,
    pieces: fn(&Item, &Opening) -> Vec<Piece>,
    end: fn(&[String]) -> Vec<Piece>,
}

/// What a format is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    pub rows: bool,
    /// Answers that were true once, beside those that are true now.
    pub pairs: bool,
    pub calls: bool,
    /// The source files with their chunks.
    pub files: bool,
}

/// What is known before the first item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opening {
    /// Name of the repository's folder.
    pub root: String,
    pub readme: String,
    /// The source files, in order.
    pub paths: Vec<String>,
    pub dependencies: Dependencies,
}

/// One thing to write.
pub(crate) enum Item<'i> {
    Sample {
        row: &'i Row,
        talk: &'i Conversation,
    },
    /// The same question with the answer of today and one of before.
    Pair {
        row: &'i Row,
        now: &'i Conversation,
        before: &'i Conversation,
    },
    Calls(&'i TraceRow),
    File {
        path: &'i str,
        chunks: &'i [(Chunk, String)],
    },
}

impl Format {
    pub(crate) fn named(name: &str) -> Option<&'static Format> {
        FORMATS.iter().copied().find(|format| format.name == name)
    }

    pub(crate) fn begin(&self, opening: &Opening) -> Vec<Piece> {
        (self.begin)(opening)
    }

    pub(crate) fn pieces(&self, item: &Item, opening: &Opening) -> Vec<Piece> {
        (self.pieces)(item, opening)
    }

    /// What stands behind all, by the names of the files that rows went to.
    pub(crate) fn end(&self, files: &[String]) -> Vec<Piece> {
        (self.end)(files)
    }
}

#[cfg(test)]
mod tests;
