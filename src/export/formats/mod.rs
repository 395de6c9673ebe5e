//! The formats, one file each.

mod alpaca;
mod auto_code;
mod csv;
mod data_factory;
mod dpo;
mod json;
mod llama_factory;
mod messages;
mod openai;
mod prompt_completion;
mod sharegpt;
mod traingen;

use serde::Serialize;

use super::{Conversation, Format, Needs, Opening, Piece};
use crate::model::Row;

/// The recommended one first, then those of trainers, of traces, and of earlier tools.
pub(crate) static FORMATS: &[&Format] = &[
    &prompt_completion::FORMAT,
    &messages::FORMAT,
    &alpaca::FORMAT,
    &sharegpt::FORMAT,
    &openai::FORMAT,
    &dpo::FORMAT,
    &csv::FORMAT,
    &json::FORMAT,
    &traingen::FORMAT,
    &data_factory::FORMAT,
    &auto_code::FORMAT,
];

const ROWS: Needs = Needs { rows: true, pairs: false, calls: false, files: false };

fn nothing(_: &Opening) -> Vec<Piece> {
    Vec::new()
}

fn no_end(_: &[String]) -> Vec<Piece> {
    Vec::new()
}

/// Where a row comes from: flat, so that every loader keeps it or leaves it out in peace.
#[derive(Serialize)]
struct Origin<'r> {
    id: &'r str,
    task: &'r str,
    kind: &'r str,
    path: &'r str,
    start_line: u32,
    end_line: u32,
}

impl<'r> Origin<'r> {
    fn of(row: &'r Row) -> Self {
        let subject = row.subject();
        Self {
            id: &row.id,
            task: &row.task,
            kind: &row.kind,
            path: subject.map_or("", |subject| &subject.path),
            start_line: subject.map_or(0, |subject| subject.start_line),
            end_line: subject.map_or(0, |subject| subject.end_line),
        }
    }
}

/// A message as trainers and servers write it.
#[derive(Serialize)]
struct Message<'t> {
    role: &'static str,
    content: &'t str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reasoning_content: &'t str,
}

impl<'t> Message<'t> {
    fn new(role: &'static str, content: &'t str) -> Self {
        Self { role, content, reasoning_content: "" }
    }
}

fn messages(talk: &Conversation) -> Vec<Message<'_>> {
    let system = std::iter::once(Message::new("system", &talk.system));
    let turns = talk.turns.iter().flat_map(|turn| {
        let answer = Message { role: "assistant", content: &turn.answer, reasoning_content: &turn.reasoning };
        [Message::new("user", &turn.asked), answer]
    });
    system.chain(turns).collect()
}

/// The design of a row as text, without citations.
fn design_of(row: &Row) -> String {
    row.design.as_ref().map(|design| crate::export::design::text(design, &|_| String::new())).unwrap_or_default()
}

fn jsonl(split: &str) -> String {
    format!("{split}.jsonl")
}
