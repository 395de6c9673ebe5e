//! `dataset.json`: what the dataset is made of, and sums that an update can bring forward.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::model::{Chunk, ChunkKind, Row};

/// Version of the row schema and of the layout. A dataset of another version is made anew.
pub(crate) const SCHEMA: u32 = 1;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub schema: u32,
    pub tool: String,
    pub source: Source,
    /// Hash of the settings that decide what is in the dataset.
    pub settings: String,
    /// Did a limit leave samples for a later run?
    pub complete: bool,
    pub recipes: BTreeSet<String>,
    /// The recipes of the model that was asked for every sample; empty when not every one was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asked: String,
    #[serde(flatten)]
    pub tally: Tally,
    /// Files that do not parse today. Their rows are what they were when they last did, and
    /// are in none of the numbers.
    pub held: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub commit: String,
    pub tree: String,
}

/// Numbers that add up file by file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub files: i64,
    pub chunks: i64,
    pub functions: i64,
    pub samples: i64,
    pub traces: i64,
    pub by_kind: BTreeMap<String, i64>,
    pub by_split: BTreeMap<String, i64>,
    pub by_difficulty: BTreeMap<String, i64>,
    pub by_lang: BTreeMap<String, i64>,
    /// How many of the samples of each split are designs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub designs: BTreeMap<String, i64>,
    /// Files, functions and samples of each domain.
    pub by_domain: BTreeMap<String, [i64; 3]>,
}

impl Tally {
    /// Adds (`sign` 1) or takes away (`sign` -1) the code of one file.
    pub(crate) fn code(&mut self, domain: &str, chunks: &[impl AsRef<Chunk>], traces: usize, sign: i64) {
        if chunks.is_empty() {
            return;
        }
        let functions = chunks.iter().filter(|chunk| matches!(chunk.as_ref().kind, ChunkKind::Function | ChunkKind::Method)).count() as i64;
        self.files += sign;
        self.chunks += sign * chunks.len() as i64;
        self.functions += sign * functions;
        self.traces += sign * traces as i64;
        self.area(domain, [sign, sign * functions, 0]);
    }

    /// Adds or takes away one sample.
    pub(crate) fn sample(&mut self, row: &Row, sign: i64) {
        self.samples += sign;
        add(&mut self.by_kind, &row.kind, sign);
        add(&mut self.by_split, &row.split, sign);
        add(&mut self.by_difficulty, &row.difficulty, sign);
        add(&mut self.by_lang, &row.lang, sign);
        if row.design.is_some() {
            add(&mut self.designs, &row.split, sign);
        }
        self.area(&row.domain, [0, 0, sign]);
    }

    /// Adds other numbers to these.
    pub(crate) fn absorb(&mut self, other: Self) {
        let Self { files, chunks, functions, samples, traces, by_kind, by_split, by_difficulty, by_lang, designs, by_domain } = other;
        self.files += files;
        self.chunks += chunks;
        self.functions += functions;
        self.samples += samples;
        self.traces += traces;
        let sums = [
            (&mut self.by_kind, by_kind),
            (&mut self.by_split, by_split),
            (&mut self.by_difficulty, by_difficulty),
            (&mut self.by_lang, by_lang),
            (&mut self.designs, designs),
        ];
        for (sums, more) in sums {
            more.iter().for_each(|(key, more)| add(sums, key, *more));
        }
        by_domain.iter().for_each(|(domain, more)| self.area(domain, *more));
    }

    fn area(&mut self, domain: &str, more: [i64; 3]) {
        let area = self.by_domain.entry(domain.to_owned()).or_default();
        area.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        if *area == [0; 3] {
            self.by_domain.remove(domain);
        }
    }
}

/// Adds to a sum; sums of nothing are left out.
fn add(sums: &mut BTreeMap<String, i64>, key: &str, more: i64) {
    let Some(sum) = sums.get_mut(key) else {
        if more != 0 {
            sums.insert(key.to_owned(), more);
        }
        return;
    };
    *sum += more;
    if *sum == 0 {
        sums.remove(key);
    }
}

impl Manifest {
    pub(crate) fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).context("while writing dataset.json")?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// None where it is of another schema: such a dataset is made anew, its rows are not read.
    pub(crate) fn from_bytes(bytes: &[u8]) -> anyhow::Result<Option<Self>> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let version: Version = serde_json::from_slice(bytes).context("while reading dataset.json")?;
        if version.schema != SCHEMA {
            return Ok(None);
        }
        serde_json::from_slice(bytes).map(Some).context("while reading dataset.json")
    }
}

#[cfg(test)]
mod tests {
    use super::{Manifest, SCHEMA, Tally};
    use crate::model::{Chunk, Row};

    #[test]
    fn sums_come_back_to_nothing() {
        let mut tally = Tally::default();
        let row = Row { kind: "errors".into(), split: "train".into(), domain: "orders".into(), ..Row::default() };
        let chunks = [std::sync::Arc::new(Chunk::default())];
        tally.code("orders", &chunks, 2, 1);
        tally.sample(&row, 1);
        assert_eq!((tally.samples, tally.by_kind["errors"], tally.by_domain["orders"]), (1, 1, [1, 0, 1]));
        tally.sample(&row, -1);
        tally.code("orders", &chunks, 2, -1);
        assert_eq!(tally, Tally::default());
    }

    #[test]
    fn another_schema_is_not_read() {
        let now = Manifest { schema: SCHEMA, ..Manifest::default() };
        assert_eq!(Manifest::from_bytes(&now.to_bytes().unwrap()).unwrap(), Some(now));
        assert_eq!(Manifest::from_bytes(b"{\"schema\": 0, \"rows\": []}").unwrap(), None);
        assert!(Manifest::from_bytes(b"{").is_err());
    }
}
