//! Bulk building, small commits, and the merging between them.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::fs;
use std::hash::BuildHasher;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, ensure};
use tantivy::directory::{INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::{Directory, IndexSettings, IndexWriter, TantivyDocument, TantivyError, Term};

use super::damage::guard;
use super::directory::Unflushed;
use super::entry::{Change, ChunkEntry, CommitEntry, FileEntry, Mirror, SampleEntry};
use super::schema::Fields;
use super::{Index, payload, register_tokenizer, schema};

const BULK_THREADS: usize = 2;
const BULK_HEAP_A_THREAD: usize = 40 << 20;
const COMMIT_HEAP: usize = 15_000_000;

/// A bulk ends with at most this many segments. Fewer would mean to write everything twice.
const SEGMENTS_AFTER_BULK: usize = 8;
/// Commits leave one small segment each; these tiers keep their number, and with it the cost of a look-up, flat.
/// Sixteen segments of a tier become one. The segments of a bulk lie above the tiers, mostly: rewriting them would make
/// a small change pay for the size of the repository.
const TIERS: [Range<u32>; 2] = [0..2_000, 2_000..16_000];
const SEGMENTS_OF_A_TIER: usize = 16;

/// An index that is being built in a folder of its own. Entries come from any number of threads.
pub(crate) struct Bulk {
    folder: PathBuf,
    building: PathBuf,
    version: String,
    fields: Fields,
    writer: IndexWriter,
    /// Hashes of the keys so far: only an id that comes again has to pay for the look-up that replaces it.
    seen: Mutex<HashSet<u64>>,
    hasher: RandomState,
}

impl Bulk {
    pub(super) fn start(folder: &Path, version: &str) -> Result<Bulk> {
        let building = beside(folder, ".building")?;
        if building.exists() {
            // Held to the end of the sweep: another process may be building there right now.
            let _lock = MmapDirectory::open(&building)
                .map_err(|cause| anyhow!("{cause}"))
                .and_then(|held| held.acquire_lock(&INDEX_WRITER_LOCK).map_err(|_| busy(folder)))?;
            fs::remove_dir_all(&building).with_context(|| sweep_failed(&building))?;
        }
        fs::create_dir_all(&building).with_context(|| format!("while making the folder `{}`", building.display()))?;
        let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let (schema, fields) = schema::schema();
        let files = tantivy::Index::create(Unflushed::open(&building)?, schema, settings)?;
        register_tokenizer(&files);
        Ok(Bulk {
            folder: folder.to_path_buf(),
            building,
            version: version.to_string(),
            fields,
            writer: writer(&files, BULK_THREADS, BULK_HEAP_A_THREAD)?,
            seen: Mutex::default(),
            hasher: RandomState::new(),
        })
    }

    pub(crate) fn add_chunk(&self, chunk: &ChunkEntry) -> Result<()> {
        self.add(self.fields.chunk_key(&chunk.id), self.fields.chunk(chunk))
    }

    pub(crate) fn add_sample(&self, sample: &SampleEntry) -> Result<()> {
        self.add(self.fields.sample_key(&sample.id), self.fields.sample(sample))
    }

    pub(crate) fn add_file(&self, file: &FileEntry) -> Result<()> {
        self.add(self.fields.file_key(&file.path), self.fields.file(file))
    }

    pub(crate) fn add_commit(&self, commit: &CommitEntry) -> Result<()> {
        self.add(self.fields.commit_key(&commit.id), self.fields.commit(commit))
    }

    fn add(&self, key: Term, document: TantivyDocument) -> Result<()> {
        let hash = self.hasher.hash_one(key.serialized_value_bytes());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.insert(hash) {
            self.writer.delete_term(key);
        }
        drop(seen);
        self.writer.add_document(document)?;
        Ok(())
    }

    /// Commits, and puts the new index in the place of the old one.
    pub(crate) fn finish(self, mirror: Mirror) -> Result<Index> {
        let Bulk { folder, building, version, mut writer, .. } = self;
        ensure!(mirror.version == version, "the rebuild is of version `{version}`, what it mirrors of `{}`", mirror.version);
        guard(&building, || {
            commit(&mut writer, &mirror)?;
            let mut segments = writer.index().searchable_segment_metas()?;
            if segments.len() > SEGMENTS_AFTER_BULK {
                segments.sort_by_key(|segment| (segment.num_docs(), segment.id()));
                // The big ones stay as they are.
                let small = &segments[..=segments.len() - SEGMENTS_AFTER_BULK];
                let small: Vec<_> = small.iter().map(|segment| segment.id()).collect();
                writer.merge(&small).wait()?;
            }
            Ok(writer.wait_merging_threads()?)
        })?;
        take_place(&building, &folder)?;
        Index::open(&folder, &version)?.with_context(|| format!("the index in `{}` was built but does not open", folder.display()))
    }
}

/// One commit: what is removed, then what is added, then the merging that is due.
pub(super) fn apply(files: &tantivy::Index, fields: &Fields, change: Change, mirror: &Mirror) -> Result<()> {
    let mut writer = writer(files, 1, COMMIT_HEAP)?;
    for id in &change.remove_chunks {
        writer.delete_term(fields.chunk_key(id));
    }
    for id in &change.remove_samples {
        writer.delete_term(fields.sample_key(id));
    }
    for path in &change.remove_files {
        writer.delete_term(fields.file_key(path));
    }
    for chunk in &change.chunks {
        writer.delete_term(fields.chunk_key(&chunk.id));
        writer.add_document(fields.chunk(chunk))?;
    }
    for sample in &change.samples {
        writer.delete_term(fields.sample_key(&sample.id));
        writer.add_document(fields.sample(sample))?;
    }
    for file in &change.files {
        writer.delete_term(fields.file_key(&file.path));
        writer.add_document(fields.file(file))?;
    }
    for id in &change.remove_commits {
        writer.delete_term(fields.commit_key(id));
    }
    for commit in &change.commits {
        writer.delete_term(fields.commit_key(&commit.id));
        writer.add_document(fields.commit(commit))?;
    }
    commit(&mut writer, mirror)?;
    while let Some(segments) = due_for_merging(files)? {
        writer.merge(&segments).wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(())
}

/// The segments that are to become one, or the one most of which is deleted.
fn due_for_merging(files: &tantivy::Index) -> Result<Option<Vec<SegmentId>>> {
    let segments = files.searchable_segment_metas()?;
    let worn = segments.iter().find(|segment| !TIERS[0].contains(&segment.max_doc()) && segment.num_docs() < segment.max_doc() / 2);
    if let Some(worn) = worn {
        return Ok(Some(vec![worn.id()]));
    }
    for tier in TIERS {
        let of_tier: Vec<SegmentId> =
            segments.iter().filter(|segment| tier.contains(&segment.num_docs())).map(|segment| segment.id()).collect();
        if of_tier.len() >= SEGMENTS_OF_A_TIER {
            return Ok(Some(of_tier));
        }
    }
    Ok(None)
}

fn writer(files: &tantivy::Index, threads: usize, heap_a_thread: usize) -> Result<IndexWriter> {
    let options =
        IndexWriterOptions::builder().num_worker_threads(threads).memory_budget_per_thread(heap_a_thread).num_merge_threads(1).build();
    let writer: IndexWriter = match files.writer_with_options(options) {
        Err(held @ TantivyError::LockFailure(..)) => {
            return Err(held).context("another process is writing the index\nmend: wait until it is done and try again");
        }
        other => other?,
    };
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok(writer)
}

fn commit(writer: &mut IndexWriter, mirror: &Mirror) -> Result<()> {
    let payload = payload(mirror)?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload);
    prepared.commit()?;
    Ok(())
}

/// A kill between the two renames leaves no index, which is as good as an old one.
pub(super) fn take_place(building: &Path, folder: &Path) -> Result<()> {
    let old = beside(folder, ".old")?;
    remove(&old).with_context(|| sweep_failed(&old))?;
    match fs::rename(folder, &old) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            return Err(cause).with_context(|| format!("while moving `{}` away", folder.display()));
        }
        _ => {}
    }
    fs::rename(building, folder).with_context(|| format!("while moving the new index to `{}`", folder.display()))?;
    // What cannot be removed now is swept by the next rebuild.
    remove(&old).unwrap_or_default();
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(entry) if entry.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(cause),
    }
}

pub(super) fn beside(folder: &Path, ending: &str) -> Result<PathBuf> {
    let name = folder.file_name().with_context(|| format!("the index needs a folder of its own, not `{}`", folder.display()))?;
    let mut name = OsString::from(name);
    name.push(ending);
    Ok(folder.with_file_name(name))
}

fn busy(folder: &Path) -> anyhow::Error {
    anyhow!("another process is rebuilding the index in `{}`\nmend: wait until it is done and try again", folder.display())
}

fn sweep_failed(path: &Path) -> String {
    format!("while sweeping `{}`", path.display())
}
