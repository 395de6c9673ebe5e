//! `facts`: what static analysis says of a file or of one symbol, with rules and flows.

use anyhow::{Context, anyhow};
use serde::Serialize;

use crate::commands::workspace::Workspace;
use crate::store::{self, FactsRow};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Told {
    pub source_commit: String,
    pub chunks: Vec<FactsRow<'static>>,
}

/// The facts of `PATH` or `PATH::SYMBOL` as the branch's tip has them, in the order of the file.
pub(crate) fn run(workspace: &Workspace, place: &str) -> anyhow::Result<Told> {
    let dataset = workspace.dataset()?.context("there is no dataset yet\nmend: git trainset update")?;
    let manifest = dataset.manifest.context("the dataset has another schema\nmend: git trainset update")?;
    let (path, symbol) = place.split_once("::").map_or((place, ""), |(path, symbol)| (path, symbol));
    let path = path.trim_start_matches("./");
    let shard = store::facts_shard(path);
    let Some(file) = workspace.repository.file(dataset.tree, &shard)? else {
        let mut known: Vec<String> = Vec::new();
        for file in workspace.repository.tree_files(dataset.tree)? {
            let stem =
                String::from_utf8(file.path).ok().and_then(|path| Some(path.strip_prefix("facts/")?.strip_suffix(".jsonl")?.to_owned()));
            known.extend(stem);
        }
        return Err(unknown("file", path, &known, |near| near.to_owned()));
    };
    let bytes =
        workspace.repository.blob(file)?.with_context(|| format!("{shard} is not in this clone\nmend: git fetch origin dataset"))?;
    let mut chunks: Vec<FactsRow> = store::read_rows(&shard, &bytes)?;
    if !symbol.is_empty() {
        let symbols: Vec<String> = chunks.iter().map(|row| row.chunk.symbol.clone()).collect();
        let within = format!("{symbol}.");
        chunks.retain(|row| row.chunk.symbol == symbol || row.chunk.symbol.starts_with(&within));
        if chunks.is_empty() {
            return Err(unknown("symbol", symbol, &symbols, |near| format!("{path}::{near}")));
        }
    }
    chunks.sort_by_key(|row| (row.chunk.lines.start, std::cmp::Reverse(row.chunk.lines.end)));
    Ok(Told { source_commit: manifest.source.commit, chunks })
}

fn unknown(what: &str, name: &str, known: &[String], place: impl Fn(&str) -> String) -> anyhow::Error {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mend = match similar::get_close_matches(name, &known, 1, 0.5).first() {
        Some(near) => format!("git trainset facts '{}'", place(near)),
        None => "`git trainset query WORDS` finds code".to_owned(),
    };
    anyhow!("the dataset knows no {what} `{name}`\nmend: {mend}")
}
