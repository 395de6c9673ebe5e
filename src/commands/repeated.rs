//! `dups --rows`: samples that are left out, since another says nearly the same.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use serde::Serialize;

use crate::check::Relation;
use crate::commands::atlas::ChunkRecord;
use crate::commands::checkout;
use crate::commands::repeats::Telling;
use crate::commands::workspace::Workspace;
use crate::model::{Chunk, ChunkId};

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Repeated {
    /// The source commit that was looked at.
    pub source_commit: String,
    /// Samples that the code earns.
    pub compared: usize,
    pub groups: Vec<Group>,
}

/// A sample, and those in whose place it stands.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Group {
    pub of: String,
    pub repeats: Vec<Repeat>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Repeat {
    pub id: String,
    /// Share of runs of three words that both have.
    pub alike: f64,
    /// How the code of both hangs together: successor, clone or duplicate.
    pub relation: &'static str,
}

/// All groups that touch a path, the largest first.
pub(crate) fn run(workspace: &Workspace, path: &str) -> anyhow::Result<Repeated> {
    let index = checkout::fresh(workspace, None)?.context("there is no index yet\nmend: git trainset update")?;
    let nearness = workspace.settings.nearness();
    let mut chunks: HashMap<ChunkId, Chunk> = HashMap::new();
    let mut all: BTreeMap<String, (ChunkId, Telling)> = BTreeMap::new();
    index.lookup().each_chunk(|record| {
        let chunk = ChunkRecord::read(record)?.chunk;
        for telling in ChunkRecord::tellings_of(record)? {
            all.insert(telling.id.clone(), (chunk.id.clone(), telling));
        }
        chunks.insert(chunk.id.clone(), chunk);
        Ok(())
    })?;
    let mut groups: BTreeMap<&str, Vec<Repeat>> = BTreeMap::new();
    for (chunk, telling) in all.values() {
        let Some(of) = &telling.repeats else { continue };
        let (Some((_, other)), Some(one), Some(two)) = (all.get(&of.id), chunks.get(chunk), chunks.get(&of.chunk)) else { continue };
        if ![one, two].iter().any(|chunk| super::dups::is_under(&chunk.path, path)) {
            continue;
        }
        let alike = telling.saying.share(&other.saying, nearness.say).unwrap_or_default();
        let relation = Relation::of(one, two, nearness.tell).name();
        let repeat = Repeat { id: telling.id.clone(), alike: (alike * 100.0).round() / 100.0, relation };
        groups.entry(&of.id).or_default().push(repeat);
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(of, repeats)| Group { of: of.to_owned(), repeats }).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.repeats.len()));
    Ok(Repeated { source_commit: index.mirror().source_commit.clone(), compared: all.len(), groups })
}
