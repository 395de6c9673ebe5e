//! OpenAI's fine-tuning files: each line holds `messages` and no other key, since unknown ones are refused. The ids
//! stand beside it, line for line.

use serde::Serialize;

use super::{Message, Origin, ROWS, jsonl, messages, no_end, nothing};
use crate::export::{Format, Item, Opening, Piece};

pub(super) static FORMAT: Format = Format {
    name: "openai",
    about: "OpenAI's fine-tuning form, only documented keys; ids in files beside it",
    needs: ROWS,
    has_field: false,
    begin: nothing,
    pieces,
    end: no_end,
};

#[derive(Serialize)]
struct Line<'r> {
    messages: Vec<Message<'r>>,
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    let Item::Sample { row, talk } = item else { return Vec::new() };
    let line = Piece::line(jsonl(&row.split), &Line { messages: messages(talk) });
    let id = Piece { is_row: false, ..Piece::line(format!("ids/{}", jsonl(&row.split)), &Origin::of(row)) };
    vec![line, id]
}
