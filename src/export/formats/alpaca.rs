//! Alpaca, as LLaMA-Factory reads it; `history` holds the earlier turns of a conversation.

use serde::Serialize;
use serde_json::json;

use super::{Origin, ROWS, jsonl, llama_factory, nothing};
use crate::export::{Format, Item, Opening, Piece};

pub(super) static FORMAT: Format = Format {
    name: "alpaca",
    about: "instruction, input and output, with the dataset_info.json of LLaMA-Factory",
    needs: ROWS,
    has_field: false,
    begin: nothing,
    pieces,
    end,
};

#[derive(Serialize)]
struct Line<'r> {
    instruction: &'r str,
    input: &'r str,
    output: &'r str,
    system: &'r str,
    history: Vec<[&'r str; 2]>,
    #[serde(flatten)]
    origin: Origin<'r>,
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    let Item::Sample { row, talk } = item else { return Vec::new() };
    let Some((last, earlier)) = talk.turns.split_last() else { return Vec::new() };
    let history = earlier.iter().map(|turn| [turn.asked.as_str(), turn.answer.as_str()]).collect();
    let line = Line { instruction: &last.asked, input: "", output: &last.answer, system: &talk.system, history, origin: Origin::of(row) };
    vec![Piece::line(jsonl(&row.split), &line)]
}

fn end(files: &[String]) -> Vec<Piece> {
    let columns = json!({"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"});
    llama_factory::info(files, &json!({"formatting": "alpaca", "columns": columns}))
}
