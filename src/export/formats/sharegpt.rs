//! ShareGPT, as LLaMA-Factory reads it.

use serde::Serialize;
use serde_json::json;

use super::{Origin, ROWS, jsonl, llama_factory, nothing};
use crate::export::{Format, Item, Opening, Piece};

pub(super) static FORMAT: Format = Format {
    name: "sharegpt",
    about: "conversations of human and gpt, with the dataset_info.json of LLaMA-Factory",
    needs: ROWS,
    has_field: false,
    begin: nothing,
    pieces,
    end,
};

#[derive(Serialize)]
struct Line<'r> {
    conversations: Vec<Spoken<'r>>,
    system: &'r str,
    #[serde(flatten)]
    origin: Origin<'r>,
}

#[derive(Serialize)]
struct Spoken<'r> {
    from: &'static str,
    value: &'r str,
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    let Item::Sample { row, talk } = item else { return Vec::new() };
    let spoken =
        talk.turns.iter().flat_map(|turn| [Spoken { from: "human", value: &turn.asked }, Spoken { from: "gpt", value: &turn.answer }]);
    vec![Piece::line(jsonl(&row.split), &Line { conversations: spoken.collect(), system: &talk.system, origin: Origin::of(row) })]
}

fn end(files: &[String]) -> Vec<Piece> {
    llama_factory::info(files, &json!({"formatting": "sharegpt", "columns": {"messages": "conversations", "system": "system"}}))
}
