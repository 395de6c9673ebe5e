//! Traces as JSON: the call graph as the branch has it, and the reasoning of the rows.

use serde::Serialize;

use super::{Origin, no_end};
use crate::export::{Format, Framing, Item, Needs, Opening, Piece};
use crate::model::TraceStep;

pub(super) static FORMAT: Format = Format {
    name: "json",
    about: "traces: the call graph and the steps of reasoning, as JSON arrays",
    needs: Needs { rows: true, pairs: false, calls: true, files: false },
    has_field: false,
    begin,
    pieces,
    end: no_end,
};

const CALLS: &str = "calls.json";
const STEPS: &str = "steps.json";

#[derive(Serialize)]
struct Reasoned<'r> {
    #[serde(flatten)]
    origin: Origin<'r>,
    split: &'r str,
    question: &'r str,
    trace: &'r [TraceStep],
}

fn begin(_: &Opening) -> Vec<Piece> {
    vec![Piece::empty(CALLS, Framing::Array), Piece::empty(STEPS, Framing::Array)]
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    match item {
        Item::Calls(row) => vec![Piece::element(CALLS, row)],
        Item::Sample { row, .. } => {
            let reasoned = Reasoned { origin: Origin::of(row), split: &row.split, question: &row.question, trace: &row.trace };
            vec![Piece::element(STEPS, &reasoned)]
        }
        _ => Vec::new(),
    }
}
