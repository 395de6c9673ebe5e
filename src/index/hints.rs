//! What speaks for a chunk without standing in it: earlier commits whose messages have the words of the query and that
//! changed it, or its file, and samples about it whose questions have them.

use std::collections::HashMap;

use anyhow::Result;
use rustc_hash::FxBuildHasher;
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, SegmentReader};

use super::lookup::Lookup;
use super::rank::{Scores, Weighted};
use super::schema;

/// A message that leads to many chunks says less of each: its score is divided by this power of their number.
const DILUTION: f32 = 0.25;
const MESSAGE_FOR_CHUNK: f32 = 0.35;
const MESSAGE_FOR_FILE: f32 = 0.17;
const QUESTION: f32 = 0.04;

type Map<T> = HashMap<u64, T, FxBuildHasher>;

/// A commit that speaks for a chunk.
struct Spoken {
    score: f32,
    /// Hash of its id, which decides between equals: the order of the segments must not.
    commit: u64,
    address: DocAddress,
}

/// What speaks for the chunks and the files of the repository, by the hashes that the columns hold.
#[derive(Default)]
pub(super) struct Hints {
    chunks: Map<Spoken>,
    files: Map<f32>,
    questions: Map<f32>,
}

impl Hints {
    /// Of all commits that changed a chunk the one that fits best counts, and so of all samples about it.
    pub(super) fn read(lookup: &Lookup, messages: &[Weighted<'_>], questions: &[Weighted<'_>]) -> Result<Hints> {
        let mut hints = Hints::default();
        let mut scores = Scores::default();
        for (at, segment) in (0..).zip(lookup.searcher().segment_readers()) {
            scores.fill(segment, messages)?;
            if !scores.touched.is_empty() {
                let (chunks, files) = (column(segment, schema::CHANGED)?, column(segment, schema::CHANGED_FILES)?);
                let about = column(segment, schema::ABOUT)?;
                for document in living(segment, &scores.touched) {
                    let score = scores.score[document as usize];
                    let address = DocAddress::new(at, document);
                    let share = score / (chunks.values_for_doc(document).count() as f32).powf(DILUTION);
                    let commit = about.first(document).unwrap_or_default();
                    for chunk in chunks.values_for_doc(document) {
                        let best = hints.chunks.entry(chunk).or_insert(Spoken { score: share, commit, address });
                        if (share, commit) > (best.score, best.commit) {
                            *best = Spoken { score: share, commit, address };
                        }
                    }
                    let share = score / (files.values_for_doc(document).count() as f32).powf(DILUTION);
                    for file in files.values_for_doc(document) {
                        let best = hints.files.entry(file).or_insert(share);
                        *best = best.max(share);
                    }
                }
            }
            scores.fill(segment, questions)?;
            if !scores.touched.is_empty() {
                let about = column(segment, schema::ABOUT)?;
                for document in living(segment, &scores.touched) {
                    let score = scores.score[document as usize];
                    let best = hints.questions.entry(about.first(document).unwrap_or_default()).or_insert(score);
                    *best = best.max(score);
                }
            }
        }
        Ok(hints)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.chunks.is_empty() && self.questions.is_empty()
    }

    /// What a chunk gains, and the commit that speaks for it most.
    pub(super) fn of(&self, columns: &Columns, document: DocId) -> (f32, Option<DocAddress>) {
        let about = columns.about.first(document).unwrap_or_default();
        let place = columns.place.first(document).unwrap_or_default();
        let chunk = self.chunks.get(&about);
        let file = self.files.get(&place).copied().unwrap_or_default();
        let question = self.questions.get(&about).copied().unwrap_or_default();
        let score = MESSAGE_FOR_CHUNK * chunk.map_or(0.0, |chunk| chunk.score) + MESSAGE_FOR_FILE * file + QUESTION * question;
        (score, chunk.map(|chunk| chunk.address))
    }
}

/// The columns of a segment by which hints are found.
pub(super) struct Columns {
    about: Column<u64>,
    place: Column<u64>,
}

impl Columns {
    pub(super) fn open(segment: &SegmentReader) -> Result<Columns> {
        Ok(Columns { about: column(segment, schema::ABOUT)?, place: column(segment, schema::PLACE)? })
    }
}

/// A column of numbers; empty where no document of the segment has any.
pub(super) fn column(segment: &SegmentReader, name: &str) -> Result<Column<u64>> {
    let column = segment.fast_fields().column_opt(name)?;
    Ok(column.unwrap_or_else(|| Column::build_empty_column(segment.max_doc())))
}

fn living<'s>(segment: &'s SegmentReader, documents: &'s [DocId]) -> impl Iterator<Item = DocId> + 's {
    let alive = segment.alive_bitset();
    documents.iter().copied().filter(move |document| alive.is_none_or(|alive| alive.is_alive(*document)))
}
