use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result};
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, Searcher, SegmentReader, TantivyDocument, Term};

use super::damage::guard;
use super::rank::Statistics;
use super::schema::{self, Fields, id_of, is_chunk};
use super::search::{self, Hit, Query};

/// The index at one moment. It may be shared between threads, and outlives later changes.
#[derive(Clone)]
pub(crate) struct Lookup {
    folder: PathBuf,
    searcher: Searcher,
    fields: Fields,
    statistics: Arc<OnceLock<Statistics>>,
}

impl Lookup {
    pub(super) fn new(folder: &Path, searcher: Searcher, fields: Fields, statistics: Arc<OnceLock<Statistics>>) -> Lookup {
        Lookup { folder: folder.to_path_buf(), searcher, fields, statistics }
    }

    /// The records of the chunks with exactly this name, in any order.
    pub(crate) fn definitions(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        self.guarded(|| {
            let mut records = Vec::new();
            self.each_segment(&[self.fields.exact(self.fields.name, name)], |at, _, documents| {
                for &document in documents {
                    records.push(self.record(DocAddress::new(at, document))?);
                }
                Ok(())
            })?;
            Ok(records)
        })
    }

    /// The record of a chunk.
    pub(crate) fn chunk(&self, id: &str) -> Result<Option<Vec<u8>>> {
        self.guarded(|| self.record_of(self.fields.chunk_key(id)))
    }

    /// The ids and records of the chunks of a file, by id.
    pub(crate) fn chunks_of(&self, path: &str) -> Result<Vec<(String, Vec<u8>)>> {
        self.guarded(|| {
            let mut chunks = Vec::new();
            self.each_segment(&[self.fields.exact(self.fields.path, path)], |at, segment, documents| {
                for (document, key) in keys_of(segment, documents)? {
                    if is_chunk(&key) {
                        let record = self.record(DocAddress::new(at, document))?;
                        chunks.push((id_of(&key).to_string(), record));
                    }
                }
                Ok(())
            })?;
            chunks.sort_unstable();
            Ok(chunks)
        })
    }

    /// The ids of the chunks that were derived from any of these keys, sorted.
    pub(crate) fn dependents(&self, keys: &[u64]) -> Result<Vec<String>> {
        self.guarded(|| {
            let mut keys = keys.to_vec();
            keys.sort_unstable();
            keys.dedup();
            let terms: Vec<Term> = keys.into_iter().map(|key| Term::from_field_u64(self.fields.deps, key)).collect();
            self.ids(&terms)
        })
    }

    /// The ids of the chunks that have this edge, sorted.
    pub(crate) fn callers(&self, edge: u64) -> Result<Vec<String>> {
        self.guarded(|| self.ids(&[Term::from_field_u64(self.fields.edges, edge)]))
    }

    /// The ids of the chunks that have this edge, each with its path, in any order. Of a name that everybody calls that
    /// is much less to read than their records.
    pub(crate) fn placed_callers(&self, edge: u64) -> Result<Vec<(String, String)>> {
        self.guarded(|| {
            let mut found = Vec::new();
            self.each_segment(&[Term::from_field_u64(self.fields.edges, edge)], |_, segment, documents| {
                let mut paths = HashMap::with_capacity(documents.len());
                each_text(segment, schema::PATH, documents, |document, path| _ = paths.insert(document, path.to_owned()))?;
                each_key(segment, documents, |document, key| {
                    found.extend(paths.remove(&document).map(|path| (id_of(key).to_owned(), path)));
                })
            })?;
            Ok(found)
        })
    }

    /// The ids and records of the chunks that share a band with these, in any order.
    pub(crate) fn alike(&self, bands: &[u64]) -> Result<Vec<(String, Vec<u8>)>> {
        self.guarded(|| {
            let terms: Vec<Term> = bands.iter().map(|band| Term::from_field_u64(self.fields.bands, *band)).collect();
            let mut found = Vec::new();
            self.each_segment(&terms, |at, segment, documents| {
                for (document, key) in keys_of(segment, documents)? {
                    found.push((id_of(&key).to_string(), self.record(DocAddress::new(at, document))?));
                }
                Ok(())
            })?;
            Ok(found)
        })
    }

    /// Visits the records of all chunks, in any order.
    pub(crate) fn each_chunk(&self, mut visit: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.guarded(|| {
            let kinds = [schema::kind::CHUNK, schema::kind::ASIDE].map(|kind| Term::from_field_u64(self.fields.kind, kind));
            self.each_segment(&kinds, |at, _, documents| {
                documents.iter().try_for_each(|&document| visit(&self.record(DocAddress::new(at, document))?))
            })
        })
    }

    /// The record of a sample.
    #[cfg(test)]
    pub(crate) fn sample(&self, id: &str) -> Result<Option<Vec<u8>>> {
        self.guarded(|| self.record_of(self.fields.sample_key(id)))
    }

    /// The ids and records of the samples about a chunk, by id.
    pub(crate) fn samples_about(&self, subject: &str) -> Result<Vec<(String, Vec<u8>)>> {
        self.guarded(|| {
            let mut samples = Vec::new();
            self.each_segment(&[self.fields.exact(self.fields.subject, subject)], |at, segment, documents| {
                for (document, key) in keys_of(segment, documents)? {
                    samples.push((id_of(&key).to_string(), self.record(DocAddress::new(at, document))?));
                }
                Ok(())
            })?;
            samples.sort_unstable();
            Ok(samples)
        })
    }

    /// The ids of the samples about a chunk, sorted.
    #[cfg(test)]
    pub(crate) fn samples_of(&self, subject: &str) -> Result<Vec<String>> {
        self.guarded(|| self.ids(&[self.fields.exact(self.fields.subject, subject)]))
    }

    /// The record of a file.
    pub(crate) fn file(&self, path: &str) -> Result<Option<Vec<u8>>> {
        self.guarded(|| self.record_of(self.fields.file_key(path)))
    }

    /// The paths of the files with this stem, sorted.
    pub(crate) fn files_with_stem(&self, stem: &str) -> Result<Vec<String>> {
        self.guarded(|| self.ids(&[self.fields.exact(self.fields.stem, stem)]))
    }

    /// The ids of the commits whose words are known, in any order.
    pub(crate) fn commits(&self) -> Result<Vec<String>> {
        self.guarded(|| self.ids(&[Term::from_field_u64(self.fields.kind, schema::kind::COMMIT)]))
    }

    /// What fits the words of the query best, the best first.
    pub(crate) fn search(&self, query: &Query<'_>) -> Result<Vec<Hit>> {
        self.guarded(|| {
            if query.limit == 0 {
                return Ok(Vec::new());
            }
            let statistics = match self.statistics.get() {
                Some(statistics) => statistics,
                None => {
                    let counted = Statistics::count(&self.searcher, &self.fields)?;
                    self.statistics.get_or_init(|| counted)
                }
            };
            search::search(self, query, statistics)
        })
    }

    pub(super) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    pub(super) fn record(&self, address: DocAddress) -> Result<Vec<u8>> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let record = document.get_first(self.fields.record).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
        record.context("a document has no record")
    }

    /// Calls `visit(segment number, segment, documents)` with the living documents that have any of the terms, once
    /// each and in order.
    pub(super) fn each_segment(&self, terms: &[Term], mut visit: impl FnMut(u32, &SegmentReader, &[DocId]) -> Result<()>) -> Result<()> {
        let mut documents = Vec::new();
        for (at, segment) in (0..).zip(self.searcher.segment_readers()) {
            documents.clear();
            for term in terms {
                each_document(segment, term, |document| documents.push(document))?;
            }
            if terms.len() > 1 {
                documents.sort_unstable();
                documents.dedup();
            }
            if !documents.is_empty() {
                visit(at, segment, &documents)?;
            }
        }
        Ok(())
    }

    fn ids(&self, terms: &[Term]) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        self.each_segment(terms, |_, segment, documents| each_key(segment, documents, |_, key| ids.push(id_of(key).to_string())))?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    fn record_of(&self, key: Term) -> Result<Option<Vec<u8>>> {
        let mut record = None;
        self.each_segment(&[key], |at, _, documents| {
            if let Some(&document) = documents.last() {
                record = Some(self.record(DocAddress::new(at, document))?);
            }
            Ok(())
        })?;
        Ok(record)
    }

    fn guarded<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        guard(&self.folder, work)
    }
}

/// The living documents of a segment that have the term, in order.
pub(super) fn each_document(segment: &SegmentReader, term: &Term, mut visit: impl FnMut(DocId)) -> Result<()> {
    let alive = segment.alive_bitset();
    if let Some(mut postings) = postings(segment, term.field(), term, IndexRecordOption::Basic)? {
        while !postings.docs().is_empty() {
            for &document in postings.docs() {
                if alive.is_none_or(|alive| alive.is_alive(document)) {
                    visit(document);
                }
            }
            postings.advance();
        }
    }
    Ok(())
}

pub(super) fn postings(
    segment: &SegmentReader,
    field: Field,
    term: &Term,
    option: IndexRecordOption,
) -> Result<Option<BlockSegmentPostings>> {
    Ok(segment.inverted_index(field)?.read_block_postings(term, option)?)
}

/// The keys of documents, each with its document.
pub(super) fn keys_of(segment: &SegmentReader, documents: &[DocId]) -> Result<Vec<(DocId, String)>> {
    let mut keys = Vec::with_capacity(documents.len());
    each_key(segment, documents, |document, key| keys.push((document, key.to_string())))?;
    Ok(keys)
}

fn each_key(segment: &SegmentReader, documents: &[DocId], visit: impl FnMut(DocId, &str)) -> Result<()> {
    each_text(segment, schema::KEY, documents, visit)
}

/// Reads a column of text in the order of its dictionary, which reads each block of it once.
pub(super) fn each_text(segment: &SegmentReader, column: &str, documents: &[DocId], mut visit: impl FnMut(DocId, &str)) -> Result<()> {
    let texts = segment.fast_fields().str(column)?.context("a segment has no column of keys")?;
    let mut ordinals = Vec::with_capacity(documents.len());
    for &document in documents {
        let ordinal = texts.ords().first(document).context("a document has no key")?;
        ordinals.push((ordinal, document));
    }
    ordinals.sort_unstable();
    let sorted: Vec<u64> = ordinals.iter().map(|(ordinal, _)| *ordinal).collect();
    let mut documents = ordinals.iter().map(|(_, document)| *document);
    let mut sound = true;
    let complete = texts.dictionary().sorted_ords_to_term_cb(&sorted, |text| match (documents.next(), std::str::from_utf8(text)) {
        (Some(document), Ok(text)) => visit(document, text),
        _ => sound = false,
    })?;
    anyhow::ensure!(complete && sound, "a column of text has holes");
    Ok(())
}
