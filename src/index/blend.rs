//! How well the words of a query fit a chunk.
//!
//! A word counts once, wherever it stands: its occurrences in name, symbol, path and code are added up, each by its
//! field's weight, before they saturate (BM25F). Scores of separate fields that are added up instead count one word up
//! to four times, so that it wins over three that the code has. Beside that stands how much of the name and of the
//! symbol the query covers.

use anyhow::Result;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader, Term};

use super::lookup::postings;
use super::rank::{Lengths, Scores, Statistics, rarity};

/// What an occurrence in the name, the symbol, the path and the code counts.
const WEIGHTS: [f32; 4] = [0.4, 1.5, 3.0, 1.0];
/// How much the length of each of these takes away.
const LENGTH: [f32; 4] = [0.9, 0.9, 0.9, 0.65];
const SATURATION: f32 = 1.15;
const SHARE: f32 = 1.65;
/// What it counts that the query covers the name, and the symbol.
const COVERED: [f32; 2] = [0.3, 0.2];

/// The words of a query against the chunks of an index.
pub(super) struct Blend<'a> {
    fields: [&'a Lengths; 4],
    /// By field and by the byte in which a length is kept.
    norms: [[f32; 256]; 4],
    words: Vec<Blended>,
}

/// One word of the query.
struct Blended {
    terms: [Option<Term>; 4],
    rarities: [f32; 4],
}

/// What is added up for each document of a segment.
#[derive(Default)]
struct Sums {
    blended: Vec<f32>,
    has_word: Vec<DocId>,
    /// Of name and symbol: how much the covered words weigh, and how many they are.
    covered: [Vec<(f32, u16)>; 2],
}

impl<'a> Blend<'a> {
    /// Each word with its frequencies in name, symbol, path and code.
    pub(super) fn new<'w>(statistics: &'a Statistics, words: impl Iterator<Item = (&'w str, &'w [u64])>) -> Blend<'a> {
        let fields = [&statistics.called, &statistics.title, &statistics.folder, &statistics.body];
        let blended = |(text, frequencies): (&str, &[u64])| Blended {
            terms: std::array::from_fn(|at| (frequencies[at] > 0).then(|| Term::from_field_text(fields[at].field, text))),
            rarities: std::array::from_fn(|at| rarity(frequencies[at], fields[at].documents)),
        };
        Blend { fields, norms: std::array::from_fn(|at| fields[at].norms(LENGTH[at])), words: words.map(blended).collect() }
    }

    /// Adds the scores of one segment up.
    pub(super) fn add(&self, segment: &SegmentReader, scores: &mut Scores) -> Result<()> {
        let documents = segment.max_doc() as usize;
        let mut sums = Sums { blended: vec![0.0; documents], ..Sums::default() };
        sums.covered.iter_mut().for_each(|covered| covered.resize(documents, (0.0, 0)));
        for (number, word) in self.words.iter().enumerate() {
            self.count(segment, word, &mut sums)?;
            let weight = SHARE * word.rarities[3];
            for document in sums.has_word.drain(..) {
                let at = document as usize;
                let times = std::mem::take(&mut sums.blended[at]);
                scores.note(document, number);
                scores.score[at] += weight * times / (times + SATURATION);
            }
        }
        for (at, covered) in sums.covered.iter().enumerate() {
            let lengths = segment.get_fieldnorms_reader(self.fields[at].field)?;
            for &document in &scores.touched {
                let (weight, words) = covered[document as usize];
                if words > 0 {
                    // The whole identifier is a word of its own, and none that a query need have.
                    let parts = FieldNormReader::id_to_fieldnorm(lengths.fieldnorm_id(document)).saturating_sub(1).max(1);
                    scores.score[document as usize] += COVERED[at] * weight * (f32::from(words) / parts as f32).min(1.0);
                }
            }
        }
        Ok(())
    }

    fn count(&self, segment: &SegmentReader, word: &Blended, sums: &mut Sums) -> Result<()> {
        for (at, term) in word.terms.iter().enumerate() {
            let Some(term) = term else { continue };
            let field = self.fields[at].field;
            let Some(mut postings) = postings(segment, field, term, IndexRecordOption::WithFreqs)? else { continue };
            let lengths = segment.get_fieldnorms_reader(field)?;
            while !postings.docs().is_empty() {
                for (&document, &times) in postings.docs().iter().zip(postings.freqs()) {
                    let place = document as usize;
                    if sums.blended[place] == 0.0 {
                        sums.has_word.push(document);
                    }
                    let norm = self.norms[at][usize::from(lengths.fieldnorm_id(document))];
                    sums.blended[place] += WEIGHTS[at] * times as f32 / norm;
                    if let Some(covered) = sums.covered.get_mut(at) {
                        covered[place].0 += word.rarities[at];
                        covered[place].1 += 1;
                    }
                }
                postings.advance();
            }
        }
        Ok(())
    }
}
