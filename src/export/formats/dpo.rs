//! Preference pairs, as TRL's DPO takes them: the answer that is true now against the one that the code outgrew.

use serde::Serialize;

use super::{Message, Origin, jsonl, messages, no_end, nothing};
use crate::export::{Format, Item, Needs, Opening, Piece};

pub(super) static FORMAT: Format = Format {
    name: "dpo",
    about: "preference pairs from the branch's history: true today against outgrown",
    needs: Needs { rows: false, pairs: true, calls: false, files: false },
    has_field: true,
    begin: nothing,
    pieces,
    end: no_end,
};

#[derive(Serialize)]
struct Line<'r> {
    prompt: &'r [Message<'r>],
    chosen: &'r [Message<'r>],
    rejected: &'r [Message<'r>],
    #[serde(flatten)]
    origin: Origin<'r>,
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    let Item::Pair { row, now, before } = item else { return Vec::new() };
    // Of a conversation the first answer is compared.
    let (now, before) = (messages(now), messages(before));
    let ([system, asked, chosen, ..], [_, _, rejected, ..]) = (&now[..], &before[..]) else { return Vec::new() };
    let prompt = [Message::new("system", system.content), Message::new("user", asked.content)];
    let (chosen, rejected) = (std::slice::from_ref(chosen), std::slice::from_ref(rejected));
    vec![Piece::line(jsonl(&row.split), &Line { prompt: &prompt, chosen, rejected, origin: Origin::of(row) })]
}
