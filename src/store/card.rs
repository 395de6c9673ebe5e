//! The dataset card with its pinned features, and the small files in `context/`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::model::{DESIGN, QA};
use crate::store::{Manifest, SPLITS};

/// `README.md` of the dataset: the Hugging Face header, then words.
pub(crate) fn card(manifest: &Manifest) -> String {
    let tally = &manifest.tally;
    let mut out = String::from(
        "---\npretty_name: Code Q&A, kept in step with its repository\ntask_categories:\n- question-answering\n- text-generation\n",
    );
    let langs: Vec<&str> = tally.by_lang.keys().map(String::as_str).collect();
    _ = write!(out, "language:\n{}tags:\n- code\n- grounded\n", langs.iter().map(|lang| format!("- {lang}\n")).collect::<String>());
    out.push_str("configs:\n");
    let of = |sums: &BTreeMap<String, i64>, split: &str| sums.get(split).copied().unwrap_or_default();
    let questions = |split: &&str| of(&tally.by_split, split) > of(&tally.designs, split);
    config(&mut out, QA, "  default: true\n", SPLITS.into_iter().filter(questions));
    config(&mut out, DESIGN, "", SPLITS.into_iter().filter(|split| of(&tally.designs, split) > 0));
    if manifest.recipes.iter().any(|recipe| recipe.contains("/design/history/")) {
        out.push_str("- config_name: history\n  data_files:\n  - split: train\n    path: history/**/*.jsonl\n");
    }
    if tally.traces > 0 {
        out.push_str("- config_name: trace\n  data_files:\n  - split: train\n    path: trace/**/*.jsonl\n");
    }
    out.push_str("dataset_info:\n");
    _ = write!(out, "- config_name: qa\n  features:\n{}", features(&qa_features(), 2));
    _ = write!(out, "- config_name: design\n  features:\n{}", features(&design_features(), 2));
    _ = write!(out, "- config_name: history\n  features:\n{}", features(&design_features(), 2));
    _ = write!(out, "- config_name: trace\n  features:\n{}", features(&trace_features(), 2));
    out.push_str("---\n\n# Questions and answers about this repository's code\n\n");
    _ = write!(
        out,
        "Made by git-trainset {} from source tree `{}`: {} samples and {} call-graph rows about {} functions in {} files.\n\
         Every claim is proved against the code it cites, and every piece of evidence is exactly the bytes of its lines.\n\n",
        manifest.tool, manifest.source.tree, tally.samples, tally.traces, tally.functions, tally.files,
    );
    out.push_str(&table("kind", tally.by_kind.iter().map(|(name, count)| (name.as_str(), *count))));
    out.push_str(&table("split", SPLITS.into_iter().filter_map(|split| tally.by_split.get(split).map(|count| (split, *count)))));
    out.push_str(&table("difficulty", tally.by_difficulty.iter().map(|(name, count)| (name.as_str(), *count))));
    out.push_str(
        "## Layout\n\n- `qa/<split>/<source path>.jsonl`: questions with answer, claims, reasoning steps and evidence\n\
         - `design/<split>/<domain>.jsonl`: requirements with a design, its reasoning and the code that it rests on\n\
         - `history/<year>/<commit>.jsonl`: designs that commits carried out, on the code before them; `split` by weeks\n\
         - `trace/<source path>.jsonl`: the call graph, one line a function\n\
         - `facts/<source path>.jsonl`: the chunks of a file, what static analysis says of them, their rules and flows\n\
         - `context/`: the repository in short\n- `dataset.json`: versions, source, numbers\n\n\
         The split is a property of the source path; a sample takes its evidence from its own split alone.\n\n\
         ```python\nfrom datasets import load_dataset\n\
         rows = load_dataset(\"path/to/this/checkout\", \"qa\")\n```\n",
    );
    if !manifest.held.is_empty() {
        _ = write!(
            out,
            "\nHeld until they parse again: {}\n",
            manifest.held.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
        );
    }
    out
}

/// The files of a task, by split.
fn config<'s>(out: &mut String, task: &str, more: &str, splits: impl Iterator<Item = &'s str>) {
    let files: String = splits.map(|split| format!("  - split: {split}\n    path: {task}/{split}/**/*.jsonl\n")).collect();
    if !files.is_empty() {
        _ = write!(out, "- config_name: {task}\n{more}  data_files:\n{files}");
    }
}

/// `context/repo_summary.md`.
pub(crate) fn summary(manifest: &Manifest) -> String {
    let tally = &manifest.tally;
    let mut domains: Vec<(&String, &[i64; 3])> = tally.by_domain.iter().collect();
    domains.sort_by(|a, b| b.1[1].cmp(&a.1[1]).then(a.0.cmp(b.0)));
    let mut summary = format!(
        "# The repository in short\n\n{} files, {} functions, {} samples.\n\n| domain | files | functions | samples |\n|---|---|---|---|\n",
        tally.files, tally.functions, tally.samples
    );
    for (name, [files, functions, samples]) in domains.iter().take(60) {
        _ = writeln!(summary, "| {name} | {files} | {functions} | {samples} |");
    }
    if domains.len() > 60 {
        _ = writeln!(summary, "\n{} smaller domains are in `domain_map.json`.", domains.len() - 60);
    }
    summary
}

fn table<'a>(name: &str, rows: impl Iterator<Item = (&'a str, i64)>) -> String {
    let rows: String = rows.map(|(key, count)| format!("| {key} | {count} |\n")).collect();
    if rows.is_empty() { String::new() } else { format!("| {name} | samples |\n|---|---|\n{rows}\n") }
}

/// The features of a qa row, in the order of its keys. A test holds them equal to [`crate::model::Row`].
fn qa_features() -> Value {
    let text = json!("string");
    row_features(&json!([["question", text], ["answer", text], ["followups", {"list": [["question", text], ["answer", text]]}]]))
}

/// The features of a design row.
fn design_features() -> Value {
    let text = json!("string");
    let texts = json!({"sequence": text});
    let part = json!({"list": [["name", text], ["path", text], ["chunk_id", text], ["status", text], ["says", text], ["cites", texts]]});
    let design = json!({"struct": [
        ["overview", text],
        ["components", part],
        ["api_changes", part],
        ["domain_model", part],
        ["data_storage", part],
        ["workflow", {"list": [
            ["step", "int64"], ["actor", text], ["chunk_id", text], ["calls", text], ["status", text], ["says", text], ["cites", texts]
        ]}],
        ["constraints", {"list": [["says", text], ["cites", texts]]}],
        ["assumptions", texts],
        ["alternatives", {"list": [["says", text], ["against", text]]}],
        ["risks", texts],
        ["tests", part],
        ["touches", {"list": [["path", text], ["symbol", text], ["chunk_id", text], ["status", text]]}],
    ]});
    row_features(&json!([["requirement", text], ["requirement_source", text], ["design", design]]))
}

/// The features of a row, those of its task in the middle.
fn row_features(task: &Value) -> Value {
    let text = json!("string");
    let evidence = json!([
        ["id", text],
        ["chunk_id", text],
        ["path", text],
        ["symbol", text],
        ["start_line", "int64"],
        ["end_line", "int64"],
        ["role", text],
        ["code", text]
    ]);
    let before = json!([
        ["id", text],
        ["task", text],
        ["kind", text],
        ["lang", text],
        ["split", text],
        ["domain", text],
        ["intent", text],
        ["difficulty", text],
    ]);
    let behind = json!([
        ["trace", {"list": [["step", "int64"], ["op", text], ["says", text], ["cites", {"sequence": text}]]}],
        ["claims", {"list": [["says", text], ["predicate", {"struct": [["name", text], ["args", {"sequence": text}]]}], ["cites", {"sequence": text}], ["verdict", text]]}],
        ["evidence", {"list": evidence}],
        ["generator", text], ["model", text], ["recipe", text], ["fingerprint", text], ["near", {"sequence": text}], ["review", text],
    ]);
    [&before, task, &behind].into_iter().filter_map(Value::as_array).flatten().cloned().collect()
}

fn trace_features() -> Value {
    json!([["function", "string"], ["path", "string"], ["split", "string"], ["calls", {"list": [["callee", "string"], ["target", "string"], ["certainty", "string"]]}]])
}

/// Features in the card's YAML dialect.
fn features(list: &Value, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut out = String::new();
    for item in list.as_array().into_iter().flatten() {
        let name = item[0].as_str().unwrap_or_default();
        match &item[1] {
            Value::String(of) => _ = write!(out, "{pad}- name: {name}\n{pad}  dtype: {of}\n"),
            nested => {
                if let Some(of) = nested.get("sequence").and_then(Value::as_str) {
                    _ = write!(out, "{pad}- name: {name}\n{pad}  sequence: {of}\n");
                }
                for form in ["list", "struct"] {
                    if let Some(inner) = nested.get(form) {
                        _ = write!(out, "{pad}- name: {name}\n{pad}  {form}:\n{}", features(inner, indent + 2));
                    }
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{design_features, qa_features, trace_features};
    use crate::model::{
        Alternative, Claim, Constraint, Design, Evidence, Followup, Part, Row, Stage, Touch, TraceRow, TraceStep, TracedCall,
    };

    /// Keys of a row with one item in each list, in the form of the features.
    fn shape(value: &Value) -> Value {
        match value {
            Value::Object(map) => map.iter().map(|(key, value)| Value::Array(vec![key.clone().into(), shape(value)])).collect(),
            Value::Array(items) => match items.first() {
                Some(item @ Value::Object(_)) => serde_json::json!({"list": shape(item)}),
                _ => serde_json::json!({"sequence": "string"}),
            },
            Value::Number(_) => "int64".into(),
            _ => "string".into(),
        }
    }

    /// Every key of the features, and of a row.
    fn names(features: &Value) -> std::collections::BTreeSet<String> {
        let mut out = std::collections::BTreeSet::new();
        for item in features.as_array().into_iter().flatten() {
            out.insert(item[0].as_str().unwrap().to_owned());
            for form in ["list", "struct"] {
                item[1].get(form).into_iter().for_each(|inner| out.extend(names(inner)));
            }
        }
        out
    }

    fn of_value(value: &Value) -> std::collections::BTreeSet<String> {
        match value {
            Value::Object(map) => map.iter().flat_map(|(key, value)| of_value(value).into_iter().chain([key.clone()])).collect(),
            Value::Array(items) => items.iter().flat_map(of_value).collect(),
            _ => std::collections::BTreeSet::new(),
        }
    }

    fn keyed(text: &str) -> String {
        text.replace("\"struct\":", "\"list\":").replace(['{', '}'], "")
    }

    #[test]
    fn the_card_pins_every_key_of_a_row() {
        let row = Row {
            followups: vec![Followup::default()],
            trace: vec![TraceStep::default()],
            claims: vec![Claim::default()],
            evidence: vec![Evidence::default()],
            ..Row::default()
        };
        let text = serde_json::to_string(&row).unwrap();
        for feature in qa_features().as_array().unwrap() {
            assert!(text.contains(&format!("{}:", feature[0])), "{feature}");
        }
        assert_eq!(qa_features().as_array().unwrap().len(), shape(&serde_json::to_value(&row).unwrap()).as_array().unwrap().len());
        let part = vec![Part { cites: vec![String::new()], ..Part::default() }];
        let design = Design {
            components: part.clone(),
            api_changes: part.clone(),
            domain_model: part.clone(),
            data_storage: part.clone(),
            workflow: vec![Stage::default()],
            constraints: vec![Constraint::default()],
            alternatives: vec![Alternative::default()],
            tests: part,
            touches: vec![Touch::default()],
            ..Design::default()
        };
        let row = Row { design: Some(Box::new(design)), followups: Vec::new(), ..row };
        let written = serde_json::to_value(&row).unwrap();
        assert_eq!(names(&design_features()), of_value(&written));
        let row = TraceRow { calls: vec![TracedCall::default()], ..TraceRow::default() };
        let want = keyed(&shape(&serde_json::to_value(&row).unwrap()).to_string());
        let mut got: Vec<String> = trace_features().as_array().unwrap().iter().map(|item| item[0].to_string()).collect();
        got.sort();
        for name in got {
            assert!(want.contains(&name), "{name}");
        }
    }
}
