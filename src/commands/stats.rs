//! `stats`: the dataset as numbers.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;

use crate::check;
use crate::commands::Progress;
use crate::commands::filed::filed;
use crate::commands::ledger::Ledger;
use crate::commands::sources::{Handles, Sources};
use crate::commands::workspace::Workspace;
use crate::generate;
use crate::model::{Chunk, ChunkId, ChunkKind, Row};
use crate::store::{self, SPLITS};

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Stats {
    pub dataset: String,
    pub source_commit: String,
    pub rows: usize,
    /// Numbers of rows by what the key says, and then by name.
    pub by: BTreeMap<&'static str, BTreeMap<String, usize>>,
    pub coverage: Coverage,
    /// Of all runs of one, two and three words in the questions, the share that are told apart.
    pub distinct: [f64; 3],
    /// Rows that nearly repeat an earlier one.
    pub duplicates: usize,
    pub claims: Claims,
    pub evidence: Freshness,
    pub splits: Vec<Split>,
    /// What is not in the dataset, by the reason.
    pub left_out: BTreeMap<String, usize>,
}

/// Functions with anything to ask about.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Coverage {
    pub functions: usize,
    pub that_matter: usize,
    pub with_samples: usize,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Claims {
    pub all: usize,
    pub proved: usize,
    /// Found true by a model or a person, and not by a proof.
    pub judged: usize,
}

/// How much of what is cited reads the same at the tip of the tracked branch.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Freshness {
    pub pieces: usize,
    pub fresh: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Split {
    pub name: &'static str,
    pub rows: usize,
    pub files: usize,
    /// A score measured on it is known to so many points of a hundred, nineteen times in twenty.
    pub margin: f64,
    /// What is wrong with it; empty where it will do.
    pub warning: String,
}

/// A score that is not known better than this measures nothing.
const MOST_MARGIN: f64 = 10.0;

/// What one shard adds.
#[derive(Default)]
struct Part {
    rows: Vec<Row>,
    chunks: Vec<Chunk>,
    source: String,
    fresh: usize,
}

pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> anyhow::Result<Stats> {
    let dataset = workspace.dataset()?.context("there is no dataset yet\nmend: git trainset update")?;
    let manifest = dataset.manifest.context("the dataset has another schema\nmend: git trainset update")?;
    let sources = Sources::new(workspace.repository.handle(), workspace.source()?.tree, &workspace.secrets);
    let shards = filed(&workspace.repository, dataset.tree)?;
    let handles = Handles::new(&workspace.repository);
    let parts: anyhow::Result<Vec<Part>> = shards
        .par_iter()
        .map_init(
            || handles.take(),
            |repository, shard| {
                let mut part = Part { source: shard.source.clone(), ..Part::default() };
                match shard.folder.as_str() {
                    "qa" | "design" => part.rows = store::read_rows(&shard.path, &shard.bytes(repository)?)?,
                    "facts" => part.chunks = store::read_rows(&shard.path, &shard.bytes(repository)?)?,
                    _ => (),
                }
                let cited = part.rows.iter().flat_map(|row| &row.evidence);
                part.fresh = cited
                    .filter(|shown| sources.code(&shown.path, shown.start_line, shown.end_line).as_deref() == Some(shown.code.as_str()))
                    .count();
                Ok(part)
            },
        )
        .collect();
    let parts = parts?;
    progress("counting", 1, 1);
    let rows: Vec<&Row> = parts.iter().flat_map(|part| &part.rows).collect();
    let chunks: Vec<&Chunk> = parts.iter().flat_map(|part| &part.chunks).collect();
    let splits = SPLITS.into_iter().map(|name| {
        let of_split = parts.iter().filter(|part| part.rows.first().is_some_and(|row| row.split == name));
        split(name, &rows, of_split.map(|part| &part.source).collect::<BTreeSet<_>>().len())
    });
    let splits = splits.collect();
    let mut left_out = refusals(workspace)?;
    let mut add = |why: &str, count: usize| {
        if count > 0 {
            _ = left_out.insert(why.to_owned(), count)
        }
    };
    add("code that holds a secret", chunks.iter().filter(|chunk| chunk.withheld).count());
    add("files that do not parse today", manifest.held.len());
    Ok(Stats {
        dataset: dataset.commit.to_string(),
        source_commit: manifest.source.commit,
        rows: rows.len(),
        by: by(&rows),
        coverage: coverage(&chunks, &rows),
        distinct: distinct(&rows),
        duplicates: duplicates(&rows, workspace.settings.nearness().say),
        claims: claims(&rows),
        evidence: Freshness { pieces: rows.iter().map(|row| row.evidence.len()).sum(), fresh: parts.iter().map(|part| part.fresh).sum() },
        splits,
        left_out,
    })
}

/// Rows that say nearly what another says.
fn duplicates(rows: &[&Row], least: f64) -> usize {
    let (questions, designs): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.design.is_none());
    check::near_copies(&questions, least).iter().chain(&check::near_designs(&designs)).flatten().count()
}

fn by(rows: &[&Row]) -> BTreeMap<&'static str, BTreeMap<String, usize>> {
    type Field = fn(&Row) -> &str;
    let fields: [(&'static str, Field); 7] = [
        ("kind", |row| &row.kind),
        ("domain", |row| &row.domain),
        ("language", |row| &row.lang),
        ("difficulty", |row| &row.difficulty),
        ("intent", |row| &row.intent),
        ("generator", |row| &row.generator),
        ("review", |row| if row.review.is_empty() { "none" } else { &row.review }),
    ];
    let mut out = BTreeMap::new();
    for (name, field) in fields {
        let counts: &mut BTreeMap<String, usize> = out.entry(name).or_default();
        rows.iter().for_each(|row| *counts.entry(field(row).to_owned()).or_default() += 1);
    }
    out
}

fn coverage(chunks: &[&Chunk], rows: &[&Row]) -> Coverage {
    let told: HashSet<&ChunkId> = rows
        .iter()
        .flat_map(|row| row.evidence.iter().filter(|evidence| evidence.role == "subject"))
        .map(|evidence| &evidence.chunk_id)
        .collect();
    let is_function = |chunk: &&&Chunk| matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method);
    let functions: Vec<&&Chunk> = chunks.iter().filter(is_function).collect();
    let matter = || functions.iter().filter(|chunk| generate::earns(chunk));
    Coverage {
        functions: functions.len(),
        that_matter: matter().count(),
        with_samples: matter().filter(|chunk| told.contains(&chunk.id)).count(),
    }
}

fn distinct(rows: &[&Row]) -> [f64; 3] {
    let words: Vec<Vec<String>> =
        rows.iter().map(|row| row.question.to_lowercase().split_whitespace().map(str::to_owned).collect()).collect();
    [1, 2, 3].map(|length| {
        let runs = || words.iter().flat_map(|words: &Vec<String>| words.windows(length));
        let all = runs().count();
        if all == 0 { 0.0 } else { runs().collect::<HashSet<_>>().len() as f64 / all as f64 }
    })
}

fn claims(rows: &[&Row]) -> Claims {
    let verdicts = || rows.iter().flat_map(|row| &row.claims).map(|claim| claim.verdict.as_str());
    let of = |wanted: &str| verdicts().filter(|verdict| *verdict == wanted).count();
    Claims { all: verdicts().count(), proved: of("proved"), judged: of("judged") }
}

fn split(name: &'static str, rows: &[&Row], files: usize) -> Split {
    let rows = rows.iter().filter(|row| row.split == name).count();
    // Half the width of the interval for a share of one half, where it is widest.
    let margin = if rows == 0 { 100.0 } else { 98.0 / (rows as f64).sqrt() };
    let warning = match (name, rows) {
        ("train", _) => String::new(),
        (_, 0) => "empty: hold out more files, `[split]` in .trainset.toml".to_owned(),
        _ if margin > MOST_MARGIN => format!("too small to measure anything: a score on it is known to ±{margin:.0} points"),
        _ if files < 5 => format!("{files} files: what is measured on it is measured on those"),
        _ => String::new(),
    };
    Split { name, rows, files, margin, warning }
}

/// Why replies of models were not believed.
fn refusals(workspace: &Workspace) -> anyhow::Result<BTreeMap<String, usize>> {
    let ledger = Ledger::open(&workspace.repository.private_dir())?;
    let mut out = BTreeMap::new();
    for refusal in ledger.refusals().iter() {
        *out.entry(format!("replies of a model: {}", refusal.rule)).or_default() += 1;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{distinct, split};
    use crate::model::Row;

    fn rows(questions: &[&str]) -> Vec<Row> {
        questions.iter().map(|text| Row { question: (*text).to_owned(), split: "test".to_owned(), ..Row::default() }).collect()
    }

    #[test]
    fn words_that_come_again_are_not_distinct() {
        let rows = rows(&["what does f return", "What does g return"]);
        let [one, two, three] = distinct(&rows.iter().collect::<Vec<_>>());
        assert_eq!((one, two, three), (5.0 / 8.0, 5.0 / 6.0, 1.0));
        assert_eq!(distinct(&[]), [0.0; 3]);
    }

    #[test]
    fn a_small_split_is_warned_of() {
        let some = rows(&["a"; 24]);
        let many = rows(&["a"; 100]);
        let told = |rows: &[Row], files| split("test", &rows.iter().collect::<Vec<_>>(), files).warning;
        assert!(told(&some, 9).contains("±20 points"));
        assert!(told(&[], 0).starts_with("empty"));
        assert_eq!((told(&many, 9).as_str(), told(&many, 4).as_str()), ("", "4 files: what is measured on it is measured on those"));
    }
}
