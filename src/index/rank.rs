//! BM25 by hand over tantivy's postings.
//!
//! tantivy's own scores count deleted documents, and all kinds of document together, so they would drift from those of
//! a rebuilt index. Here each number is a function of the living documents alone: lengths are taken as they are kept
//! in the index (rounded), frequencies without the deleted, and terms are added up in a fixed order.

use anyhow::Result;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Searcher, SegmentReader, Term};

use super::lookup::{each_document, postings};
use super::schema::{Fields, kind};

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// What BM25 has to know of the whole index.
pub(super) struct Statistics {
    pub(super) called: Lengths,
    pub(super) title: Lengths,
    pub(super) folder: Lengths,
    pub(super) body: Lengths,
    pub(super) question: Lengths,
    pub(super) answer: Lengths,
    pub(super) message: Lengths,
}

/// A field that is searched.
pub(super) struct Lengths {
    pub(super) field: Field,
    /// How many documents of its kind there are.
    pub(super) documents: u64,
    average: f32,
    /// The part of BM25 that depends on the length, by the byte in which a length is kept.
    norms: Box<[f32; 256]>,
}

impl Statistics {
    pub(super) fn count(searcher: &Searcher, fields: &Fields) -> Result<Statistics> {
        let chunks = count_of_kind(searcher, fields, kind::CHUNK)? + count_of_kind(searcher, fields, kind::ASIDE)?;
        let samples = count_of_kind(searcher, fields, kind::SAMPLE)?;
        Ok(Statistics {
            called: Lengths::count(searcher, fields.called, chunks)?,
            title: Lengths::count(searcher, fields.title, chunks)?,
            folder: Lengths::count(searcher, fields.folder, chunks)?,
            body: Lengths::count(searcher, fields.body, chunks)?,
            question: Lengths::count(searcher, fields.question, samples)?,
            answer: Lengths::count(searcher, fields.answer, samples)?,
            message: Lengths::count(searcher, fields.message, count_of_kind(searcher, fields, kind::COMMIT)?)?,
        })
    }
}

impl Lengths {
    fn count(searcher: &Searcher, field: Field, documents: u64) -> Result<Lengths> {
        let mut by_length = [0u64; 256];
        for segment in searcher.segment_readers() {
            let lengths = segment.get_fieldnorms_reader(field)?;
            let alive = segment.alive_bitset();
            for document in 0..segment.max_doc() {
                if alive.is_none_or(|alive| alive.is_alive(document)) {
                    by_length[usize::from(lengths.fieldnorm_id(document))] += 1;
                }
            }
        }
        let words: u64 =
            (0u8..=255).zip(by_length).map(|(length, documents)| documents * u64::from(FieldNormReader::id_to_fieldnorm(length))).sum();
        let average = (words as f32 / documents.max(1) as f32).max(1.0);
        let mut lengths = Lengths { field, documents, average, norms: Box::new([0.0; 256]) };
        *lengths.norms = lengths.norms(B).map(|norm| K1 * norm);
        Ok(lengths)
    }

    /// What a length takes away when lengths count so much, by the byte in which it is kept.
    pub(super) fn norms(&self, b: f32) -> [f32; 256] {
        let mut norms = [0.0; 256];
        for (length, norm) in (0u8..=255).zip(&mut norms) {
            *norm = 1.0 - b + b * FieldNormReader::id_to_fieldnorm(length) as f32 / self.average;
        }
        norms
    }
}

/// One word in one field.
pub(super) struct Weighted<'a> {
    term: Term,
    lengths: &'a Lengths,
    weight: f32,
    /// The number of the word in the query, below 64.
    word: usize,
}

impl<'a> Weighted<'a> {
    /// None if no living document has the word in the field.
    pub(super) fn new(lengths: &'a Lengths, share: f32, text: &str, word: usize, frequency: u64) -> Option<Weighted<'a>> {
        if frequency == 0 {
            return None;
        }
        let weight = share * rarity(frequency, lengths.documents) * (1.0 + K1);
        Some(Weighted { term: Term::from_field_text(lengths.field, text), lengths, weight, word })
    }
}

/// What a word weighs that so many of so many documents have.
pub(super) fn rarity(frequency: u64, documents: u64) -> f32 {
    let (frequency, documents) = (frequency as f32, documents as f32);
    (1.0 + (documents - frequency + 0.5).max(0.0) / (frequency + 0.5)).ln()
}

/// The scores of one segment, reused from one segment to the next.
#[derive(Default)]
pub(super) struct Scores {
    pub(super) score: Vec<f32>,
    /// Which words of the query a document has, a bit each.
    pub(super) words: Vec<u64>,
    /// Every document with a word, deleted ones too.
    pub(super) touched: Vec<DocId>,
}

impl Scores {
    pub(super) fn fill(&mut self, segment: &SegmentReader, terms: &[Weighted<'_>]) -> Result<()> {
        let documents = segment.max_doc() as usize;
        self.score.clear();
        self.score.resize(documents, 0.0);
        self.words.clear();
        self.words.resize(documents, 0);
        self.touched.clear();
        for term in terms {
            let field = term.lengths.field;
            let Some(mut postings) = postings(segment, field, &term.term, IndexRecordOption::WithFreqs)? else {
                continue;
            };
            let lengths = segment.get_fieldnorms_reader(field)?;
            while !postings.docs().is_empty() {
                for (&document, &times) in postings.docs().iter().zip(postings.freqs()) {
                    let at = document as usize;
                    self.note(document, term.word);
                    let times = times as f32;
                    let norm = term.lengths.norms[usize::from(lengths.fieldnorm_id(document))];
                    self.score[at] += term.weight * times / (times + norm);
                }
                postings.advance();
            }
        }
        Ok(())
    }

    /// Takes down that a document has a word of the query.
    pub(super) fn note(&mut self, document: DocId, word: usize) {
        let words = &mut self.words[document as usize];
        if *words == 0 {
            self.touched.push(document);
        }
        *words |= 1 << word;
    }
}

/// How many living documents have the word in the field.
pub(super) fn frequency(searcher: &Searcher, field: Field, text: &str) -> Result<u64> {
    let term = Term::from_field_text(field, text);
    let mut frequency = 0;
    for segment in searcher.segment_readers() {
        frequency += count(segment, &term)?;
    }
    Ok(frequency)
}

/// How many living documents of a kind there are.
pub(super) fn count_of_kind(searcher: &Searcher, fields: &Fields, kind: u64) -> Result<u64> {
    let term = Term::from_field_u64(fields.kind, kind);
    let mut documents = 0;
    for segment in searcher.segment_readers() {
        documents += count(segment, &term)?;
    }
    Ok(documents)
}

fn count(segment: &SegmentReader, term: &Term) -> Result<u64> {
    if !segment.has_deletes() {
        return Ok(segment.inverted_index(term.field())?.doc_freq(term)?.into());
    }
    let mut documents = 0;
    each_document(segment, term, |_| documents += 1)?;
    Ok(documents)
}
