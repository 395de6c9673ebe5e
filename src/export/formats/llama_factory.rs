//! `dataset_info.json`: what LLaMA-Factory has to be told of the files.

use serde_json::{Map, Value, json};

use super::{Piece, jsonl};

const SPLITS: [&str; 3] = ["train", "validation", "test"];

pub(super) fn info(files: &[String], entry: &Value) -> Vec<Piece> {
    let mut all = Map::new();
    for split in SPLITS {
        let file = jsonl(split);
        if files.contains(&file) {
            let mut of_file = entry.clone();
            of_file["file_name"] = json!(file);
            all.insert(format!("trainset_{split}"), of_file);
        }
    }
    let text = serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default();
    vec![Piece::text("dataset_info.json", text + "\n")]
}
