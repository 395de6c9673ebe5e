//! Proves that nothing crosses the borders of the splits: no code that a row shows, and nothing that
//! nearly copies it, is shown in a row of another split; and of near-copies the first alone gives rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::Reject;
use crate::commands::full::{chunks_of, readable};
use crate::commands::kin;
use crate::commands::reading::Reading;
use crate::commands::sources::{Handles, Sources};
use crate::commands::workspace::Workspace;
use crate::git::{FileKind, Oid};
use crate::model::{Chunk, ChunkId, Row};

/// What of a row bears on the splits.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    id: String,
    split: String,
    subject: ChunkId,
    cited: Vec<ChunkId>,
    near: Vec<String>,
    /// Does it stand because a person said so?
    reviewed: bool,
}

impl Shown {
    pub(crate) fn of(row: &Row) -> Self {
        let subject = row.evidence.iter().find(|evidence| evidence.role == "subject");
        Self {
            id: row.id.clone(),
            split: row.split.clone(),
            subject: subject.map(|evidence| evidence.chunk_id.clone()).unwrap_or_default(),
            cited: row.evidence.iter().map(|evidence| evidence.chunk_id.clone()).collect(),
            near: row.near.clone(),
            reviewed: !row.review.is_empty(),
        }
    }
}

/// Everything wrong with the splits, from the source alone: its chunks are read again.
pub(crate) fn check(workspace: &Workspace, tree: Oid, sources: &Sources, rows: &[Shown]) -> anyhow::Result<Vec<Reject>> {
    let chunks = chunks_at(workspace, tree, sources)?;
    let chunks: Vec<&Arc<Chunk>> = chunks.iter().collect();
    let scope = workspace.settings.scope()?;
    let nearness = workspace.settings.nearness();
    let standing = kin::at_once(&chunks, nearness, &|path| scope.split(path));
    let mut wrong = Vec::new();
    for row in rows {
        let near = standing.get(&row.subject).cloned().unwrap_or_default();
        let mut reject = |says: String| wrong.push(Reject { id: row.id.clone(), rule: "near-duplicate".to_owned(), says });
        if let Some(keeper) = near.keeper.as_ref().filter(|_| !row.reviewed) {
            reject(format!("its code nearly copies {keeper}, which gives the samples of both"));
        }
        if near.copies.iter().map(ChunkId::as_str).ne(row.near.iter().map(String::as_str)) {
            let copies: Vec<&str> = near.copies.iter().map(ChunkId::as_str).collect();
            reject(format!("near-copies of its code are [{}], and it names [{}]", copies.join(", "), row.near.join(", ")));
        }
    }
    // For each chunk that is shown the splits, and a row of each.
    let mut shown: BTreeMap<&ChunkId, BTreeMap<&str, &str>> = BTreeMap::new();
    for row in rows {
        for cited in &row.cited {
            shown.entry(cited).or_default().entry(&row.split).or_insert(&row.id);
        }
    }
    let numbers: HashMap<&ChunkId, usize> = chunks.iter().enumerate().map(|(at, chunk)| (&chunk.id, at)).collect();
    let alike = kin::alike(&chunks, nearness.shadow);
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (id, splits) in &shown {
        let near = numbers.get(id).into_iter().flat_map(|at| &alike[*at]).map(|(other, _)| &chunks[*other].id);
        for other in near.chain([*id]) {
            for (here, row) in splits {
                for (there, elsewhere) in shown.get(other).into_iter().flatten().filter(|(there, _)| here < *there) {
                    if told.insert((row, elsewhere)) {
                        let says = format!("shows {id} in {here}, and {elsewhere} shows {other} in {there}");
                        wrong.push(Reject { id: (*row).to_owned(), rule: "split".to_owned(), says });
                    }
                }
            }
        }
    }
    Ok(wrong)
}

/// The chunks of every file that is read and parses.
fn chunks_at(workspace: &Workspace, tree: Oid, sources: &Sources) -> anyhow::Result<Vec<Arc<Chunk>>> {
    let scope = workspace.settings.scope()?;
    let handles = Handles::new(&workspace.repository);
    let files = workspace.repository.tree_files(tree)?;
    let reading = Reading::of_files(&workspace.repository, &files, &scope)?;
    let read = files.par_iter().filter(|file| file.kind == FileKind::File).filter_map(|file| {
        let path = readable(&file.path).ok()?;
        chunks_of(&handles.take(), path, file.id, reading.manner(path)?, sources).ok()
    });
    Ok(read.flatten_iter().collect())
}
