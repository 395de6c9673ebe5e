//! Conversational `prompt` and `completion`: TRL trains on the completion alone, with no option set.

use serde::Serialize;

use super::{Message, Origin, ROWS, jsonl, messages, no_end, nothing};
use crate::export::{Format, Item, Opening, Piece};

pub(super) static FORMAT: Format = Format {
    name: "prompt-completion",
    about: "conversational prompt and completion, for TRL: the loss covers the answer alone (recommended)",
    needs: ROWS,
    has_field: true,
    begin: nothing,
    pieces,
    end: no_end,
};

#[derive(Serialize)]
struct Line<'r> {
    prompt: &'r [Message<'r>],
    completion: &'r [Message<'r>],
    #[serde(flatten)]
    origin: Origin<'r>,
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    let Item::Sample { row, talk } = item else { return Vec::new() };
    let all = messages(talk);
    let Some((prompt, completion)) = all.split_last_chunk::<1>() else { return Vec::new() };
    vec![Piece::line(jsonl(&row.split), &Line { prompt, completion, origin: Origin::of(row) })]
}
