//! `messages`, as TRL, ms-swift, unsloth and axolotl take them.

use serde::Serialize;

use super::{Message, Origin, ROWS, jsonl, messages, no_end, nothing};
use crate::export::{Format, Item, Opening, Piece};

pub(super) static FORMAT: Format = Format {
    name: "messages",
    about: "lists of messages, for TRL, ms-swift, unsloth and axolotl",
    needs: ROWS,
    has_field: true,
    begin: nothing,
    pieces,
    end: no_end,
};

#[derive(Serialize)]
struct Line<'r> {
    messages: Vec<Message<'r>>,
    #[serde(flatten)]
    origin: Origin<'r>,
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    let Item::Sample { row, talk } = item else { return Vec::new() };
    vec![Piece::line(jsonl(&row.split), &Line { messages: messages(talk), origin: Origin::of(row) })]
}
