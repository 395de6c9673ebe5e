//! `query`: related chunks and samples.

use std::collections::HashMap;

use anyhow::Context;
use serde::Serialize;

use crate::commands::atlas::{ChunkRecord, FileRecord, SampleRecord, read};
use crate::commands::checkout;
use crate::commands::workspace::Workspace;
use crate::index::{HitKind, Lookup, Query};
use crate::model::{Chunk, ChunkId, Lines};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    /// The source commit that the index mirrors.
    pub source_commit: String,
    /// Do the tracked branch and what is checked out point elsewhere by now?
    pub behind: bool,
    pub hits: Vec<Hit>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Hit {
    pub path: String,
    pub line: u32,
    /// `chunk` or `sample`.
    pub what: &'static str,
    pub id: String,
    pub symbol: String,
    /// The signature of a chunk, the question of a sample.
    pub says: String,
    pub score: f32,
    /// The words of the query that it matched.
    pub terms: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, text: &str, limit: usize) -> anyhow::Result<Found> {
    let index = checkout::nearest(workspace)?.context("there is no index yet\nmend: git trainset update")?;
    let lookup = index.lookup();
    let hits = lookup.search(&Query { text: text.to_owned(), limit, samples: true, chunks: true, path: None })?;
    let mut places: HashMap<String, HashMap<ChunkId, Lines>> = HashMap::new();
    let mut found = Vec::with_capacity(hits.len());
    for hit in hits {
        let (subject, what, asked) = match hit.what {
            HitKind::Chunk => (hit.id.clone(), "chunk", None),
            HitKind::Sample => {
                let record: SampleRecord = read(&hit.record)?;
                (record.subject, "sample", Some(record.question))
            }
        };
        let Some(chunk) = chunk(&lookup, &subject)? else { continue };
        if !places.contains_key(&chunk.path) {
            places.insert(chunk.path.clone(), places_of(&lookup, &chunk.path)?);
        }
        let line = places.get(&chunk.path).and_then(|file| file.get(&chunk.id)).map_or(1, |lines| lines.start);
        let says = match asked {
            Some(question) => question,
            None if chunk.signature.is_empty() => chunk.summary().to_owned(),
            None => chunk.signature.clone(),
        };
        found.push(Hit {
            path: chunk.path.clone(),
            line,
            what,
            id: hit.id,
            symbol: chunk.symbol.clone(),
            says,
            score: hit.score,
            terms: hit.terms,
        });
    }
    let source_commit = index.mirror().source_commit.clone();
    let tips = [workspace.source.clone(), workspace.repository.tip(None)?];
    let behind = !tips.iter().flatten().any(|tip| tip.commit.to_string() == source_commit);
    Ok(Found { source_commit, behind, hits: found })
}

fn chunk(lookup: &Lookup, id: &str) -> anyhow::Result<Option<Chunk>> {
    lookup.chunk(id)?.map(|bytes| ChunkRecord::read(&bytes).map(|record| record.chunk)).transpose()
}

fn places_of(lookup: &Lookup, path: &str) -> anyhow::Result<HashMap<ChunkId, Lines>> {
    let record = lookup.file(path)?.map(|bytes| read::<FileRecord>(&bytes)).transpose()?.unwrap_or_default();
    Ok(record.places.into_iter().collect())
}
