//! `show`: a sample or a chunk, read from the branch.

use anyhow::{Context, bail};
use serde::Serialize;

use crate::commands::workspace::Workspace;
use crate::model::{Chunk, Row};
use crate::store;

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Shown {
    Sample(Box<Row>),
    Chunk(Box<Chunk>),
}

/// Finds the sample or the chunk with this id at the branch's tip.
/// `verb` is named where another id is suggested.
pub(crate) fn run(workspace: &Workspace, id: &str, verb: &str) -> anyhow::Result<Shown> {
    let dataset = workspace.dataset()?.context("there is no dataset yet\nmend: git trainset update")?;
    let mut near = Vec::new();
    for file in workspace.repository.tree_files(dataset.tree)? {
        let Ok(shard) = String::from_utf8(file.path) else { continue };
        let Some((folder, rest)) = shard.strip_suffix(".jsonl").and_then(|stem| stem.split_once('/')) else { continue };
        let source = match (folder, rest.split_once('/')) {
            ("qa", Some((_, source))) => source,
            // A design stands with those of its area; its id names the chunk that it starts from.
            ("design", _) if id.starts_with("design:") => "",
            ("history", Some((_, commit))) if id.contains(commit) => "",
            ("facts", _) => rest,
            _ => continue,
        };
        // An id holds its path whole, so only shards of that path can have it.
        if !source.is_empty() && !id.contains(&format!("{source}::")) {
            continue;
        }
        let bytes = workspace.repository.blob(file.id)?.unwrap_or_default();
        if folder != "facts" {
            for row in store::read_rows::<Row>(&shard, &bytes)? {
                if row.id == id {
                    return Ok(Shown::Sample(Box::new(row)));
                }
                near.push(row.id);
            }
        } else {
            for chunk in store::read_rows::<Chunk>(&shard, &bytes)? {
                if chunk.id.as_str() == id {
                    return Ok(Shown::Chunk(Box::new(chunk)));
                }
                near.push(chunk.id.to_string());
            }
        }
    }
    let known: Vec<&str> = near.iter().map(String::as_str).collect();
    match similar::get_close_matches(id, &known, 1, 0.5).first() {
        Some(other) => bail!("no sample and no chunk has the id `{id}`\nmend: git trainset {verb} '{other}'"),
        None => bail!("no sample and no chunk has the id `{id}`\nmend: `git trainset query WORDS` finds ids"),
    }
}
