//! One chunk with its code, and what stands around it.

use anyhow::Context;
use serde::Serialize;

use crate::commands::atlas::{ChunkRecord, SampleRecord, edge_key, read};
use crate::commands::query::{Places, chunk_at};
use crate::commands::sources::Sources;
use crate::commands::workspace::Workspace;
use crate::facts;
use crate::git::Oid;
use crate::index::{Index, Lookup};
use crate::model::{ChunkId, Edge, Guard};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unit {
    pub source_commit: String,
    pub id: String,
    pub path: String,
    pub line: u32,
    pub end: u32,
    pub signature: String,
    pub domain: String,
    /// What happens under a condition.
    pub rules: Vec<String>,
    pub code: String,
    /// Was the code cut to the budget?
    pub cut: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Around {
    pub source_commit: String,
    pub id: String,
    pub calls: Vec<Spot>,
    pub callers: Vec<Spot>,
    /// What else is defined in its file.
    pub beside: Vec<Spot>,
    pub samples: Vec<Asked>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Spot {
    pub id: String,
    pub path: String,
    pub line: u32,
    pub says: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Asked {
    pub id: String,
    pub question: String,
}

/// The chunk that an id or `PATH:LINE` names.
pub(crate) fn unit(workspace: &Workspace, index: &Index, place: &str, letters: usize) -> anyhow::Result<Unit> {
    let lookup = index.lookup();
    let (record, mut places) = (record_at(&lookup, place)?, Places::default());
    let chunk = record.chunk;
    let lines = places.lines(&lookup, &chunk.path, &chunk.id)?.context("the index has lost a place\nmend: git trainset update")?;
    let sources = Sources::new(workspace.repository.handle(), Oid::parse(&index.mirror().source_tree)?, &workspace.secrets);
    let mut code = sources.shown(&chunk.path, lines.start, lines.end).context("the code is not in this clone")?;
    let cut = code.chars().count() > letters;
    if cut {
        code = code.chars().take(letters).collect();
    }
    let rule = |rule: facts::Rule| {
        let then: Vec<String> = rule.outcomes.iter().map(facts::Outcome::says).collect();
        format!("when {}: {}", Guard::joined(&rule.when), then.join("; "))
    };
    Ok(Unit {
        source_commit: index.mirror().source_commit.clone(),
        domain: facts::domain(&chunk.path),
        rules: facts::rules(&chunk).into_iter().map(rule).collect(),
        id: chunk.id.to_string(),
        path: chunk.path,
        line: lines.start,
        end: lines.end,
        signature: chunk.signature,
        code,
        cut,
    })
}

pub(crate) fn around(index: &Index, place: &str) -> anyhow::Result<Around> {
    let lookup = index.lookup();
    let record = record_at(&lookup, place)?;
    let chunk = record.chunk;
    let mut places = Places::default();
    let mut spots = |ids: Vec<String>| -> anyhow::Result<Vec<Spot>> {
        let mut spots = Vec::new();
        for id in ids.into_iter().filter(|id| id != chunk.id.as_str()) {
            let Some(bytes) = lookup.chunk(&id)? else { continue };
            let other = ChunkRecord::read(&bytes)?.chunk;
            let Some(lines) = places.lines(&lookup, &other.path, &other.id)? else { continue };
            spots.push(Spot { id, line: lines.start, says: other.signature, path: other.path });
        }
        Ok(spots)
    };
    let called = record.edges.iter().filter_map(Edge::sure).map(ChunkId::to_string).collect();
    let beside = lookup.chunks_of(&chunk.path)?.into_iter().map(|(id, _)| id).collect();
    let mut samples = Vec::new();
    for (id, bytes) in lookup.samples_about(chunk.id.as_str())? {
        samples.push(Asked { id, question: read::<SampleRecord>(&bytes)?.question });
    }
    Ok(Around {
        source_commit: index.mirror().source_commit.clone(),
        id: chunk.id.to_string(),
        calls: spots(called)?,
        callers: spots(lookup.callers(edge_key(&chunk.id))?)?,
        beside: spots(beside)?,
        samples,
    })
}

fn record_at(lookup: &Lookup, place: &str) -> anyhow::Result<ChunkRecord> {
    let id = chunk_at(lookup, place)?;
    let bytes = lookup.chunk(id.as_str())?.context("the index has lost a chunk\nmend: git trainset update")?;
    ChunkRecord::read(&bytes)
}
