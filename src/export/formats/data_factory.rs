//! The files of the code data factory: the skeleton of the project, its chunks, and both scenes, raw and for training,
//! with its keys. `meta` and `metadata` carry the ids.

use std::fmt::Write;

use serde::Serialize;

use super::no_end;
use crate::export::dependencies::Dependencies;
use crate::export::shorten::numbered;
use crate::export::{Format, Framing, Item, Needs, Opening, Piece};
use crate::model::{ChunkKind, Evidence, Row};

pub(super) static FORMAT: Format = Format {
    name: "data-factory",
    about: "the files of the code data factory: project_skeleton, chunks.json, scene1_*, scene2_*, combined_sft.jsonl",
    needs: Needs { rows: true, pairs: false, calls: false, files: true },
    has_field: false,
    begin,
    pieces,
    end: no_end,
};

/// So many lines of the skeleton stand in a prompt, and so many paths in a raw row: as that tool has it.
const MOST_ENTRIES: usize = 400;

#[derive(Serialize)]
struct Skeleton<'o> {
    root: &'o str,
    paths: &'o [String],
    dependencies: &'o Dependencies,
}

#[derive(Serialize)]
struct CodeChunk<'c> {
    file_path: &'c str,
    class_name: &'c str,
    content_with_lines: String,
    language: &'c str,
    metadata: Metadata<'c>,
}

#[derive(Serialize)]
struct Metadata<'c> {
    deps: &'c Dependencies,
    id: &'c str,
    start_line: u32,
    end_line: u32,
}

#[derive(Serialize)]
struct FirstRaw<'r> {
    file_path: &'r str,
    class_name: &'r str,
    code: &'r str,
    question: &'r str,
    thinking_trace: &'r str,
    answer: &'r str,
    id: &'r str,
    start_line: u32,
    end_line: u32,
}

/// That tool's generator and its next step name the same things otherwise; both find theirs here.
#[derive(Serialize)]
struct SecondRaw<'r> {
    project_files: &'r [String],
    sample_files: Vec<&'r str>,
    feature_title: &'r str,
    instruction: &'r str,
    thinking_trace: &'r str,
    design_spec: &'r str,
    design_output: &'r crate::model::Design,
    project_skeleton: &'r str,
    id: &'r str,
}

#[derive(Serialize)]
struct Tuning<'r> {
    instruction: &'r str,
    input: String,
    output: String,
    meta: Meta<'r>,
}

#[derive(Serialize)]
struct Meta<'r> {
    file_path: &'r str,
    class_name: &'r str,
    id: &'r str,
    split: &'r str,
    start_line: u32,
    end_line: u32,
}

fn begin(opening: &Opening) -> Vec<Piece> {
    let skeleton = Skeleton { root: &opening.root, paths: &opening.paths, dependencies: &opening.dependencies };
    let skeleton = serde_json::to_string_pretty(&skeleton).unwrap_or_default();
    let rows = ["scene1_raw.jsonl", "scene1_sft.jsonl", "scene2_raw.jsonl", "scene2_sft.jsonl", "combined_sft.jsonl"];
    let mut out = vec![
        Piece::text("project_skeleton.txt", tree(opening, usize::MAX)),
        Piece::text("project_skeleton.json", skeleton),
        Piece::empty("chunks.json", Framing::Array),
    ];
    out.extend(rows.map(|file| Piece::empty(file, Framing::Plain)));
    out
}

fn pieces(item: &Item, opening: &Opening) -> Vec<Piece> {
    match item {
        Item::File { path, chunks, .. } => {
            let shown = chunks.iter().filter(|(chunk, _)| chunk.kind != ChunkKind::Module);
            let language = path.rsplit_once('.').map_or("", |(_, end)| end);
            shown
                .map(|(chunk, code)| {
                    let (start_line, end_line) = (chunk.lines.start, chunk.lines.end);
                    let metadata = Metadata { deps: &opening.dependencies, id: chunk.id.as_str(), start_line, end_line };
                    let content_with_lines = numbered(code, start_line);
                    let class_name = if chunk.container.is_empty() { stem(path) } else { &chunk.container };
                    Piece::element("chunks.json", &CodeChunk { file_path: path, class_name, content_with_lines, language, metadata })
                })
                .collect()
        }
        Item::Sample { row, .. } => match &row.design {
            None => question(row),
            Some(design) => proposal(row, design, opening),
        },
        _ => Vec::new(),
    }
}

fn question(row: &Row) -> Vec<Piece> {
    let nothing = Evidence::default();
    let subject = row.subject().unwrap_or(&nothing);
    let (code, thinking) = (numbered(&subject.code, subject.start_line), thinking(row));
    let class_name = class_of(subject);
    let raw = FirstRaw {
        file_path: &subject.path,
        class_name,
        code: &code,
        question: &row.question,
        thinking_trace: &thinking,
        answer: &row.answer,
        id: &row.id,
        start_line: subject.start_line,
        end_line: subject.end_line,
    };
    let output = format!("### 思考过程\n{thinking}\n\n### 回答\n{}", row.answer);
    let tuning = Tuning { instruction: &row.question, input: code.clone(), output, meta: meta(row, subject) };
    vec![Piece::line("scene1_raw.jsonl", &raw), Piece::line("scene1_sft.jsonl", &tuning), Piece::line("combined_sft.jsonl", &tuning)]
}

fn proposal(row: &Row, design: &crate::model::Design, opening: &Opening) -> Vec<Piece> {
    let nothing = Evidence::default();
    let subject = row.subject().unwrap_or(&nothing);
    let (thinking, skeleton, spec) = (thinking(row), tree(opening, MOST_ENTRIES), super::design_of(row));
    let raw = SecondRaw {
        project_files: &opening.paths[..opening.paths.len().min(MOST_ENTRIES)],
        sample_files: row.evidence.iter().map(|evidence| evidence.path.as_str()).collect(),
        feature_title: crate::model::first_sentence(&row.question),
        instruction: &row.question,
        thinking_trace: &thinking,
        design_spec: &spec,
        design_output: design,
        project_skeleton: &skeleton,
        id: &row.id,
    };
    let pretty = serde_json::to_string_pretty(design).unwrap_or_default();
    let output = format!("### 架构分析\n{thinking}\n\n### 设计方案\n```json\n{pretty}\n```");
    let input = format!("Project structure:\n{skeleton}");
    let tuning = Tuning { instruction: &row.question, input, output, meta: meta(row, subject) };
    vec![Piece::line("scene2_raw.jsonl", &raw), Piece::line("scene2_sft.jsonl", &tuning), Piece::line("combined_sft.jsonl", &tuning)]
}

fn meta<'r>(row: &'r Row, subject: &'r Evidence) -> Meta<'r> {
    let (start_line, end_line) = (subject.start_line, subject.end_line);
    Meta { file_path: &subject.path, class_name: class_of(subject), id: &row.id, split: &row.split, start_line, end_line }
}

/// The class around a symbol, or the name of its file.
fn class_of(subject: &Evidence) -> &str {
    subject.symbol.rsplit_once('.').map_or_else(|| stem(&subject.path), |(class, _)| class)
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn thinking(row: &Row) -> String {
    row.trace.iter().map(|step| format!("{}. {}", step.step, step.says)).collect::<Vec<_>>().join("\n")
}

/// The folders and files, two spaces a level.
fn tree(opening: &Opening, most: usize) -> String {
    let mut out = format!("{}/", opening.root);
    let mut open: Vec<&str> = Vec::new();
    let mut lines = 0;
    for path in &opening.paths {
        let mut parts: Vec<&str> = path.split('/').collect();
        let name = parts.pop().unwrap_or_default();
        let same = open.iter().zip(&parts).take_while(|(a, b)| a == b).count();
        open.truncate(same);
        for folder in &parts[same..] {
            open.push(folder);
            _ = write!(out, "\n{}{folder}/", "  ".repeat(open.len()));
            lines += 1;
        }
        _ = write!(out, "\n{}{name}", "  ".repeat(open.len() + 1));
        lines += 1;
        if lines >= most {
            out.push_str("\n  ... (truncated)");
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{class_of, tree};
    use crate::export::Opening;
    use crate::model::Evidence;

    #[test]
    fn a_tree_has_each_folder_once() {
        let paths = ["a.py", "b/c.py", "b/d/e.py", "b/f.py"].map(str::to_owned).into();
        let opening = Opening { root: "shop".into(), paths, ..Opening::default() };
        assert_eq!(tree(&opening, 99), "shop/\n  a.py\n  b/\n    c.py\n    d/\n      e.py\n    f.py");
        assert!(tree(&opening, 2).ends_with("\n  ... (truncated)"));
    }

    #[test]
    fn a_function_belongs_to_its_class_or_its_file() {
        let of = |symbol: &str| class_of(&Evidence { symbol: symbol.into(), path: "x/orders.py".into(), ..Evidence::default() }).to_owned();
        assert_eq!((of("Order.place"), of("place")), ("Order".to_owned(), "orders".to_owned()));
    }
}
