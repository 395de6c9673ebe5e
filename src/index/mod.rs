//! The index: exact look-ups that keep the cost of an update flat as a repository grows, and search by words for
//! people. The only room that knows tantivy.
//!
//! It does not decide what is stale, reads no source, knows no git and no other room: it takes entries and gives their
//! records back as they came.
//!
//! Invariants:
//! - The index is a cache: deleting it is always safe. Whatever is wrong with it, the answer is to rebuild it.
//! - It names what it mirrors, in the same commit as the documents: the two never disagree.
//! - A kill leaves the state before or after a commit. A rebuild grows in a folder beside the index and takes its place
//!   when it is complete.
//! - One document an id; what was removed is never found. An index that was updated step by step gives the same
//!   answers, scores included, as one that was rebuilt.
//! - Damage is an error or no index, never a panic. Flipped bits inside a file of the right length can go unseen.
//! - One writer at a time: the caller holds a lock of its own, a second writer gets an error.

mod blend;
mod copy;
mod damage;
mod directory;
mod entry;
mod hints;
mod lookup;
mod named;
mod rank;
mod schema;
mod search;
mod second;
mod tokens;
mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{IndexReader, ReloadPolicy};

pub(crate) use self::entry::{Change, ChunkEntry, ChunkText, CommitEntry, FileEntry, Mirror, SampleEntry};
pub(crate) use self::lookup::Lookup;
pub(crate) use self::search::{Query, What};
pub(crate) use self::write::Bulk;

use self::damage::guard;
use self::directory::Unflushed;
use self::rank::Statistics;
use self::schema::{FORMAT, Fields, kind};
use self::tokens::IdentifierTokenizer;

/// An index on the disk, open for reading; [`Index::apply`] writes.
pub(crate) struct Index {
    folder: PathBuf,
    mirror: Mirror,
    fields: Fields,
    files: tantivy::Index,
    reader: IndexReader,
    /// Counted at the first search, and again after a change.
    statistics: Arc<OnceLock<Statistics>>,
}

/// How big the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stats {
    pub chunks: u64,
    pub samples: u64,
    pub files: u64,
    pub segments: usize,
    /// Of the folder, with what waits to be swept.
    pub bytes: u64,
}

impl Index {
    /// Opens the index in `folder`. None: there is none, it is damaged, or of another version; rebuild it.
    pub(crate) fn open(folder: &Path, version: &str) -> Result<Option<Index>> {
        let Some(mirror) = Index::peek(folder, version) else {
            return Ok(None);
        };
        let opened = guard(folder, || {
            let files = open_files(folder)?;
            let fields = schema::schema().1;
            let reader = open_reader(&files)?;
            check_segments(&reader, &fields)?;
            Ok(Index { folder: folder.to_path_buf(), mirror, fields, files, reader, statistics: Arc::default() })
        });
        Ok(opened.ok())
    }

    /// What the index in `folder` mirrors, without opening it. None: there is none, or of another version.
    pub(crate) fn peek(folder: &Path, version: &str) -> Option<Mirror> {
        let meta = fs::read(folder.join("meta.json")).ok()?;
        let meta: Meta = serde_json::from_slice(&meta).ok()?;
        let payload: Payload = serde_json::from_str(&meta.payload?).ok()?;
        let known = payload.format == FORMAT && payload.mirror.version == version;
        known.then_some(payload.mirror)
    }

    /// Starts an empty index, which takes the place of the one in `folder` when it is finished.
    pub(crate) fn rebuild(folder: &Path, version: &str) -> Result<Bulk> {
        Bulk::start(folder, version)
    }

    /// Does it hold what lies in `folder` now?
    pub(crate) fn is_still(&self, folder: &Path, version: &str) -> bool {
        self.folder == folder && Index::peek(folder, version).as_ref() == Some(&self.mirror)
    }

    pub(crate) fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// A snapshot: later changes do not show in it.
    pub(crate) fn lookup(&self) -> Lookup {
        Lookup::new(&self.folder, self.reader.searcher(), self.fields, Arc::clone(&self.statistics))
    }

    /// Carries out `change` in one commit that names the new `mirror`. Without a change it writes nothing.
    pub(crate) fn apply(&mut self, change: Change, mirror: Mirror) -> Result<()> {
        ensure!(
            mirror.version == self.mirror.version,
            "the index is of version `{}`, the change of `{}`\nmend: rebuild the index",
            self.mirror.version,
            mirror.version
        );
        if change.is_empty() && mirror == self.mirror {
            return Ok(());
        }
        guard(&self.folder, || {
            write::apply(&self.files, &self.fields, change, &mirror)?;
            Ok(self.reader.reload()?)
        })?;
        self.mirror = mirror;
        self.statistics = Arc::default();
        Ok(())
    }

    pub(crate) fn stats(&self) -> Result<Stats> {
        guard(&self.folder, || {
            let searcher = self.reader.searcher();
            let count = |kind| rank::count_of_kind(&searcher, &self.fields, kind);
            Ok(Stats {
                chunks: count(kind::CHUNK)? + count(kind::ASIDE)?,
                samples: count(kind::SAMPLE)?,
                files: count(kind::FILE)?,
                segments: searcher.segment_readers().len(),
                bytes: folder_bytes(&self.folder)?,
            })
        })
    }
}

/// The part of tantivy's `meta.json` that is ours.
#[derive(Deserialize)]
struct Meta {
    payload: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    format: u32,
    mirror: Mirror,
}

fn payload(mirror: &Mirror) -> Result<String> {
    let payload = Payload { format: FORMAT, mirror: mirror.clone() };
    serde_json::to_string(&payload).context("while writing what the index mirrors")
}

fn open_files(folder: &Path) -> Result<tantivy::Index> {
    let files = tantivy::Index::open(Unflushed::open(folder)?)?;
    ensure!(files.schema() == schema::schema().0, "the schema is another one");
    register_tokenizer(&files);
    Ok(files)
}

/// tantivy keeps only the name of a tokenizer on the disk.
fn register_tokenizer(files: &tantivy::Index) {
    let tokenizer = TextAnalyzer::from(IdentifierTokenizer::new());
    files.tokenizers().register(tokens::NAME, tokenizer);
}

fn open_reader(files: &tantivy::Index) -> tantivy::Result<IndexReader> {
    files.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}

/// Touches the entrance of each part of each segment: cheap, and what is cut short shows here.
fn check_segments(reader: &IndexReader, fields: &Fields) -> Result<()> {
    for segment in reader.searcher().segment_readers() {
        let documents = segment.max_doc();
        for field in [fields.key, fields.kind, fields.path] {
            segment.inverted_index(field)?;
        }
        for field in fields.searched() {
            segment.inverted_index(field)?;
            let lengths = segment.get_fieldnorms_reader(field)?.num_docs();
            ensure!(lengths == documents, "a segment has lengths of {lengths} documents, not {documents}");
        }
        let keys = segment.fast_fields().str(schema::KEY)?;
        let keys = keys.map_or(0, |keys| keys.num_rows());
        ensure!(keys == documents, "a segment has keys of {keys} documents, not {documents}");
    }
    Ok(())
}

fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for file in fs::read_dir(folder)? {
        bytes += file?.metadata().map_or(0, |file| file.len());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
