//! The rows of a shard as they stand on the branch: told apart by id, read when they are needed.
//!
//! A commit touches a few rows of a long shard; the others go back as the bytes they came as.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;

use crate::git::{Oid, Repository};
use crate::model::{ChunkId, Row};
use crate::store;

#[derive(Clone, Default)]
pub(crate) struct OldRows {
    lines: BTreeMap<String, Vec<u8>>,
}

impl OldRows {
    pub(crate) fn read(repository: &Repository, tree: Oid, shards: &[String]) -> anyhow::Result<Self> {
        let mut lines = BTreeMap::new();
        for shard in shards {
            let Some(id) = repository.file(tree, shard)? else { continue };
            let bytes = repository.blob(id)?.with_context(|| format!("{shard} is not in this clone\nmend: git fetch origin dataset"))?;
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                let id = store::row_id(line).with_context(|| format!("a line of {shard} has no id"))?;
                lines.insert(id, line.to_vec());
            }
        }
        Ok(Self { lines })
    }

    /// The rows about a chunk.
    pub(crate) fn of(&self, chunk: &ChunkId) -> anyhow::Result<Vec<Row>> {
        let prefix = format!("qa:{chunk}:");
        let of_chunk = self.lines.range(prefix.clone()..).take_while(|(id, _)| id.starts_with(&prefix));
        let rows: anyhow::Result<Vec<Row>> = of_chunk.map(|(id, line)| read(id, line)).collect();
        Ok(rows?.into_iter().filter(|row| subject(row) == *chunk).collect())
    }

    pub(crate) fn one(&self, id: &str) -> anyhow::Result<Option<Row>> {
        self.lines.get(id).map(|line| read(id, line)).transpose()
    }

    pub(crate) fn all(&self) -> anyhow::Result<Vec<Row>> {
        self.lines.iter().map(|(id, line)| read(id, line)).collect()
    }

    /// All rows but those with the ids of `others`.
    pub(crate) fn all_but(&self, others: &[Row]) -> anyhow::Result<Vec<Row>> {
        let others: HashSet<&str> = others.iter().map(|row| row.id.as_str()).collect();
        self.lines.iter().filter(|(id, _)| !others.contains(id.as_str())).map(|(id, line)| read(id, line)).collect()
    }

    /// All rows by the chunk that they ask about.
    pub(crate) fn by_subject(&self) -> anyhow::Result<BTreeMap<ChunkId, Vec<Row>>> {
        let mut out: BTreeMap<ChunkId, Vec<Row>> = BTreeMap::new();
        for row in self.all()? {
            out.entry(subject(&row)).or_default().push(row);
        }
        Ok(out)
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.lines.remove(id).is_some()
    }

    pub(crate) fn put(&mut self, row: &Row) -> anyhow::Result<()> {
        self.lines.insert(row.id.clone(), store::write_rows(&[row])?);
        Ok(())
    }

    /// The shard.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.lines.values().map(Vec::len).sum());
        self.lines.values().for_each(|line| bytes.extend_from_slice(line));
        bytes
    }
}

fn read(id: &str, line: &[u8]) -> anyhow::Result<Row> {
    serde_json::from_slice(line).with_context(|| format!("while reading the row `{id}` on the dataset branch"))
}

/// The chunk that a row asks about.
fn subject(row: &Row) -> ChunkId {
    row.evidence.iter().find(|evidence| evidence.role == "subject").map(|evidence| evidence.chunk_id.clone()).unwrap_or_default()
}
