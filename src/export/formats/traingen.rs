//! The files of TrainGen: `functions.json`, `repo_summary.txt`, `qa_data.jsonl`, `requirement_data.jsonl`, with its keys
//! and, behind them, the id of the row and its lines.

use std::fmt::Write;

use serde::Serialize;

use super::no_end;
use crate::export::{Format, Framing, Item, Needs, Opening, Piece};
use crate::model::{ChunkKind, Row};

pub(super) static FORMAT: Format = Format {
    name: "traingen",
    about: "the files of TrainGen: functions.json, repo_summary.txt, qa_data.jsonl, requirement_data.jsonl",
    needs: Needs { rows: true, pairs: false, calls: false, files: true },
    has_field: false,
    begin,
    pieces,
    end: no_end,
};

const FUNCTIONS: &str = "functions.json";
const SUMMARY: &str = "repo_summary.txt";
const QA: &str = "qa_data.jsonl";
const REQUIREMENTS: &str = "requirement_data.jsonl";

#[derive(Serialize)]
struct Function<'c> {
    file: &'c str,
    function: &'c str,
    docstring: Option<&'c str>,
    code: &'c str,
    id: &'c str,
    start_line: u32,
    end_line: u32,
}

#[derive(Serialize)]
struct Asked<'r> {
    file: &'r str,
    code: &'r str,
    function_name: &'r str,
    question: &'r str,
    answer: &'r str,
    trace: String,
    id: &'r str,
    start_line: u32,
    end_line: u32,
    split: &'r str,
}

#[derive(Serialize)]
struct Required<'r> {
    requirement: &'r str,
    design: String,
    trace: String,
    id: &'r str,
    file: &'r str,
    start_line: u32,
    end_line: u32,
    split: &'r str,
}

fn begin(opening: &Opening) -> Vec<Piece> {
    let readme =
        if opening.readme.is_empty() { String::new() } else { format!("# README 信息摘要：\n\n{}\n\n\n", opening.readme.trim()) };
    vec![
        Piece::empty(FUNCTIONS, Framing::Array),
        Piece::text(SUMMARY, format!("{readme}# 项目结构摘要：\n\n")),
        Piece::empty(QA, Framing::Plain),
        Piece::empty(REQUIREMENTS, Framing::Plain),
    ]
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    match item {
        Item::File { path, chunks, .. } => {
            let mut out = Vec::new();
            let mut summary = format!("## {path}\n");
            for (chunk, code) in chunks.iter().filter(|(chunk, _)| matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method)) {
                let docstring = Some(chunk.doc.as_str()).filter(|doc| !doc.is_empty());
                let first = docstring.map_or("(no docstring)", |doc| doc.trim().lines().next().unwrap_or_default());
                _ = writeln!(summary, "- {}: {first}", chunk.name);
                let function = Function {
                    file: path,
                    function: &chunk.name,
                    docstring,
                    code,
                    id: chunk.id.as_str(),
                    start_line: chunk.lines.start,
                    end_line: chunk.lines.end,
                };
                out.push(Piece::element(FUNCTIONS, &function));
            }
            if !out.is_empty() {
                out.push(Piece::text(SUMMARY, summary + "\n"));
            }
            out
        }
        Item::Sample { row, .. } if row.design.is_none() => {
            let subject = row.subject();
            let asked = Asked {
                file: subject.map_or("", |subject| &subject.path),
                code: subject.map_or("", |subject| &subject.code),
                function_name: subject.map_or("", |subject| &subject.symbol),
                question: &row.question,
                answer: &row.answer,
                trace: trace(row),
                id: &row.id,
                start_line: subject.map_or(0, |subject| subject.start_line),
                end_line: subject.map_or(0, |subject| subject.end_line),
                split: &row.split,
            };
            vec![Piece::line(QA, &asked)]
        }
        Item::Sample { row, .. } => {
            let origin = super::Origin::of(row);
            let (file, start_line, end_line) = (origin.path, origin.start_line, origin.end_line);
            let design = super::design_of(row);
            let required = Required {
                requirement: &row.question,
                design,
                trace: trace(row),
                id: &row.id,
                file,
                start_line,
                end_line,
                split: &row.split,
            };
            vec![Piece::line(REQUIREMENTS, &required)]
        }
        _ => Vec::new(),
    }
}

/// The steps of the reasoning in one text.
fn trace(row: &Row) -> String {
    row.trace.iter().map(|step| step.says.as_str()).collect::<Vec<_>>().join(" ")
}
