//! The wanted dataset of a story, in a form that people can read and diff.
//!
//! A row of `qa/`, `design/` or `history/` becomes a few lines without the code that it cites; `trace/`,
//! `context/` and `dataset.json` stand as they are. `facts/` and the card are left to law 1, which
//! compares bytes. A story with the line `want: every byte` keeps every file as it is.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use serde_json::Value;
use similar::Algorithm;

use crate::sandbox::{Files, walk};
use crate::story::Story;

/// Compares a dataset with the story's `want/`, or rewrites that when `BLESS=1` is set.
///
/// The answer is what is wrong, as a diff; empty if nothing is.
pub(crate) fn compare(story: &Story, dataset: &BTreeMap<String, Vec<u8>>, steps: String) -> String {
    let folder = story.folder.join("want");
    let mut got = readable(dataset, story.about.lines().any(|line| line == "want: every byte"));
    got.insert("steps.txt".to_owned(), steps);
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in &got {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return String::new();
    }
    if !folder.is_dir() {
        return format!("{}: want/ is missing; `BLESS=1 cargo test` writes it\n", story.name);
    }
    let mut files = Files::new();
    walk(&folder, &folder, &mut files);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let want = files.iter().map(|(path, file)| (path.clone(), text(&file.bytes))).collect();
    diff(&story.name, &want, &got)
}

/// The files that differ, as one unified diff.
pub(crate) fn diff(name: &str, want: &BTreeMap<String, String>, got: &BTreeMap<String, String>) -> String {
    let none = String::new();
    let paths: std::collections::BTreeSet<&String> = want.keys().chain(got.keys()).collect();
    let mut out = String::new();
    for path in paths {
        let (before, after) = (want.get(path).unwrap_or(&none), got.get(path).unwrap_or(&none));
        let (left, right) = (format!("{name}/want/{path}"), format!("{name}/got/{path}"));
        if before != after || want.contains_key(path) != got.contains_key(path) {
            let _ = writeln!(out, "{left}");
            out += &similar::udiff::unified_diff(Algorithm::Myers, before, after, 3, Some((&left, &right)));
        }
    }
    out
}

fn readable(dataset: &BTreeMap<String, Vec<u8>>, every_byte: bool) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (path, bytes) in dataset {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let path = path.replace(char::is_control, "?");
        match path.split('/').next().unwrap_or_default() {
            _ if every_byte => drop(files.insert(path, text)),
            "qa" | "design" | "history" => drop(files.insert(path.replace(".jsonl", ".txt"), digest(&text))),
            "trace" | "context" | "dataset.json" => drop(files.insert(path, text)),
            _ => (),
        }
    }
    files
}

fn digest(rows: &str) -> String {
    let rows: Vec<String> = rows.lines().map(|row| digest_row(&serde_json::from_str(row).unwrap())).collect();
    rows.join("\n")
}

fn digest_row(row: &Value) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let words = |value: &Value| list(value).iter().map(word).collect::<Vec<_>>().join(", ");
    let mut out = format!("{}\n", word(&row["id"]));
    let labels = ["kind", "split", "domain", "intent", "difficulty", "generator", "review"];
    let labels: Vec<String> = labels.iter().map(|key| word(&row[key])).filter(|label| !label.is_empty()).collect();
    let _ = writeln!(out, "  {}", labels.join(" · "));
    for (mark, key) in [("Q", "question"), ("A", "answer"), ("R", "requirement")] {
        if let Some(text) = row[key].as_str() {
            let _ = writeln!(out, "  {mark}  {}", text.replace('\n', "\n     "));
        }
    }
    for (key, value) in row["design"].as_object().into_iter().flatten() {
        let _ = writeln!(out, "  {key}: {}", word(value));
    }
    for claim in list(&row["claims"]) {
        let predicate = &claim["predicate"];
        let (name, args) = (word(&predicate["name"]), words(&predicate["args"]));
        let _ = writeln!(out, "  -  {name}({args}) {} [{}]", word(&claim["verdict"]), words(&claim["cites"]));
    }
    for step in list(&row["trace"]) {
        let _ = writeln!(out, "  {}  {}: {} [{}]", step["step"], word(&step["op"]), word(&step["says"]), words(&step["cites"]));
    }
    for piece in list(&row["evidence"]) {
        let [id, path, symbol, role] = ["id", "path", "symbol", "role"].map(|key| word(&piece[key]));
        let _ = writeln!(out, "  {id} {path}:{}-{} {symbol} {role}", piece["start_line"], piece["end_line"]);
    }
    for near in list(&row["near"]) {
        let _ = writeln!(out, "  near {}", word(near));
    }
    out
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn a_row_reads_well() {
    let row = r#"{"id": "qa:a.py::f:errors:en", "kind": "errors", "split": "train", "question": "When?", "answer": "If x.\nOr y.",
        "claims": [{"says": "s", "predicate": {"name": "raises", "args": ["f", "E", "x"]}, "cites": ["E1"], "verdict": "proved"}],
        "trace": [{"step": 1, "op": "read", "says": "look", "cites": ["E1"]}],
        "evidence": [{"id": "E1", "path": "a.py", "symbol": "f", "start_line": 1, "end_line": 3, "role": "subject", "code": "def f()"}]}"#;
    let want = "\
qa:a.py::f:errors:en
  errors · train · null · null · null · null · null
  Q  When?
  A  If x.
     Or y.
  -  raises(f, E, x) proved [E1]
  1  read: look [E1]
  E1 a.py:1-3 f subject
";
    assert_eq!(digest_row(&serde_json::from_str(row).unwrap()), want);
}

#[test]
fn a_diff_names_the_file() {
    let files = |text: &str| BTreeMap::from([("a.txt".to_owned(), text.to_owned())]);
    assert_eq!(diff("s", &files("x\n"), &files("x\n")), "");
    let got = diff("s", &files("x\n"), &files("y\n"));
    assert!(got.contains("s/want/a.txt") && got.contains("-x") && got.contains("+y"), "{got}");
    assert!(diff("s", &BTreeMap::new(), &files("")).contains("a.txt"));
}
