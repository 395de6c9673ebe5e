//! A second view of the chunks beside that of the words, for instance by vectors: whoever asks brings along how well
//! what a chunk says fits, and the two lists become one by the ranks in them.

use std::collections::HashMap;

use anyhow::Result;
use tantivy::{DocAddress, DocId, SegmentReader};

use super::hints::column;
use super::schema;

/// How well what a chunk says fits, by the hash of it; None where that is not known.
pub(crate) type Fit<'f> = &'f dyn Fn(u64) -> Option<f32>;

/// How many of each list count.
pub(super) const CONSIDERED: usize = 100;
/// The usual constant of reciprocal rank fusion: the first ranks do not decide alone.
const SMOOTHING: f32 = 60.0;

/// What fits best in the second view.
pub(super) struct Fitting<'f> {
    fit: Fit<'f>,
    pub(super) found: Vec<(f32, DocAddress)>,
}

impl<'f> Fitting<'f> {
    pub(super) fn new(fit: Fit<'f>) -> Self {
        Self { fit, found: Vec::new() }
    }

    /// Looks at the documents of a segment that may be found.
    pub(super) fn look(&mut self, at: u32, segment: &SegmentReader, allowed: impl Fn(DocId) -> bool) -> Result<()> {
        let contents = column(segment, schema::CONTENT)?;
        for document in 0..segment.max_doc() {
            let Some(fit) = contents.first(document).and_then(self.fit) else { continue };
            if allowed(document) {
                self.found.push((fit, DocAddress::new(at, document)));
            }
        }
        Ok(())
    }

    /// The best, with all that are as good as the last of them.
    pub(super) fn best(mut self) -> Vec<(f32, DocAddress)> {
        if self.found.len() > CONSIDERED {
            let (_, last, _) = self.found.select_nth_unstable_by(CONSIDERED - 1, |left, right| right.0.total_cmp(&left.0));
            let last = last.0;
            self.found.retain(|(fit, _)| *fit >= last);
        }
        self.found
    }
}

/// Scores by the ranks in two lists of keys, the best first.
pub(super) fn fused<'k>(first: impl Iterator<Item = &'k str>, second: impl Iterator<Item = &'k str>) -> HashMap<&'k str, f32> {
    let mut scores: HashMap<&str, f32> = HashMap::new();
    let ranked = |list: &mut dyn Iterator<Item = &'k str>, scores: &mut HashMap<&'k str, f32>| {
        for (rank, key) in (1u16..).zip(list.take(CONSIDERED)) {
            *scores.entry(key).or_default() += 1.0 / (SMOOTHING + f32::from(rank));
        }
    };
    ranked(&mut { first }, &mut scores);
    ranked(&mut { second }, &mut scores);
    scores
}

#[cfg(test)]
mod tests {
    use super::fused;

    #[test]
    fn what_both_lists_have_goes_first() {
        let scores = fused(["a", "b", "c"].into_iter(), ["d", "c", "a"].into_iter());
        let mut keys: Vec<&str> = scores.keys().copied().collect();
        keys.sort_by(|left, right| scores[right].total_cmp(&scores[left]));
        assert_eq!(keys, ["a", "c", "d", "b"]);
    }
}
