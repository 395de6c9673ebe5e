//! What a sample says in short, by which samples are found that say nearly the same.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Row;

/// The runs of three words of a sample, as hashes: of question, answer and further turns, code blocks left out.
/// Names between backticks stay in: they are most of what tells two facts from each other.
///
/// Two samples are near by the share of all their runs that both have (Jaccard). In the order of the
/// numbers runs with a long word come first. Those are rare, and of two samples that are near some of the
/// first runs of the one are among the first of the other: so nothing that is near is missed, and
/// little else is met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u8>", into = "Vec<u8>")]
pub(crate) struct Saying(Arc<[u32]>);

/// Words of a run.
const RUN: usize = 3;
const LONGEST: u32 = 63;
const HASH_BITS: u32 = 26;
/// What a share may fall short of by the way it is computed.
const SLACK: f64 = 1e-9;

impl Saying {
    pub(crate) fn of(row: &Row) -> Self {
        let turns = row.followups.iter().flat_map(|turn| [turn.question.as_str(), turn.answer.as_str()]);
        Self::of_texts([row.question.as_str(), row.answer.as_str()].into_iter().chain(turns))
    }

    pub(crate) fn of_texts<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut words = Vec::new();
        texts.for_each(|text| text.split("```").step_by(2).for_each(|prose| read(prose, &mut words)));
        let runs = words.windows(RUN.min(words.len()).max(1));
        let mut runs: Vec<u32> = runs.map(run).collect();
        runs.sort_unstable();
        runs.dedup();
        Self(runs.into())
    }

    /// Of two sayings that are near from `least` on, one of these is in both, if they are of the same language.
    pub(crate) fn marks(&self, lang: &str, least: f64) -> impl Iterator<Item = u64> {
        let all = self.0.len();
        let first = all - (((all as f64 * least) - SLACK).ceil().max(0.0) as usize).min(all) + 1;
        let lang = fnv(lang.as_bytes()) | 1 << 31;
        self.0.iter().take(first).map(move |run| (lang & 0xffff_ffff) << 32 | u64::from(*run))
    }

    /// The share of runs that both have, if it is not below `least`.
    pub(crate) fn share(&self, other: &Self, least: f64) -> Option<f64> {
        let (one, two) = (&self.0, &other.0);
        let all = (one.len() + two.len()) as f64;
        let needed = least * all / (1.0 + least) - SLACK;
        if one.is_empty() || two.is_empty() || (one.len().min(two.len()) as f64) < needed {
            return None;
        }
        let (mut at, mut both) = (0, 0);
        for run in one.iter() {
            while two.get(at).is_some_and(|other| other < run) {
                at += 1;
            }
            if two.get(at) == Some(run) {
                both += 1;
            }
        }
        let both = f64::from(both);
        (both >= needed).then(|| both / (all - both))
    }
}

impl From<Vec<u8>> for Saying {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.chunks_exact(4).map(|run| u32::from_le_bytes([run[0], run[1], run[2], run[3]])).collect())
    }
}

impl From<Saying> for Vec<u8> {
    fn from(saying: Saying) -> Self {
        saying.0.iter().flat_map(|run| run.to_le_bytes()).collect()
    }
}

/// A word by its hash, and its length in letters.
#[derive(Clone, Copy)]
struct Word {
    hash: u64,
    letters: u32,
}

/// The words of a text, in any case the same. A sign beyond ASCII, so a Chinese one, is a word of its own.
fn read(text: &str, words: &mut Vec<Word>) {
    let mut open = false;
    for c in text.chars() {
        let joins = c.is_ascii_alphanumeric() || c == '_';
        if joins && open {
            if let Some(word) = words.last_mut() {
                *word = Word { hash: step(word.hash, c.to_ascii_lowercase() as u8), letters: word.letters + 1 };
            }
        } else if joins {
            words.push(Word { hash: step(FNV, c.to_ascii_lowercase() as u8), letters: 1 });
        } else if c.is_alphanumeric() {
            let mut bytes = [0; 4];
            words.push(Word { hash: fnv(c.encode_utf8(&mut bytes).as_bytes()), letters: 1 });
        }
        open = joins;
    }
}

/// Its longest word in the first bits, so that the order of the numbers is that of their lengths.
fn run(words: &[Word]) -> u32 {
    let longest = words.iter().map(|word| word.letters).max().unwrap_or_default().min(LONGEST);
    let hash = words.iter().fold(FNV, |hash, word| (hash ^ word.hash).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
    let hash = (hash ^ hash >> 31).wrapping_mul(0x94d0_49bb_1331_11eb);
    (LONGEST - longest) << HASH_BITS | (hash >> (64 - HASH_BITS)) as u32
}

/// FNV-1a: it must never change, and words are short.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(FNV, |hash, byte| step(hash, *byte))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::{prop_assert, proptest};

    use super::Saying;

    fn saying(text: &str) -> Saying {
        Saying::of_texts(std::iter::once(text))
    }

    #[track_caller]
    fn check(one: &str, other: &str, want: Option<f64>) {
        let hundredths = |share: f64| (share * 100.0).round() / 100.0;
        assert_eq!(saying(one).share(&saying(other), 0.1).map(hundredths), want);
    }

    #[test]
    fn the_share_is_that_of_runs_of_three_words() {
        check("It raises `Sold` when there is none.", "it  raises Sold, when there is none", Some(1.0));
        check("a b c d e f", "a b c d e g", Some(0.6));
        check("a b c d e f", "a b c", Some(0.25));
        check("It returns `a.b` then.\n```\ncode here\n```", "It returns `a.b` then.\n```\nother code\n```", Some(1.0));
        check("返回已创建的订单", "返回已创建的客户", Some(0.5));
        check("a b c", "d e f", None);
        check("", "", None);
        check("a", "a", Some(1.0));
    }

    #[test]
    fn a_run_is_the_same_on_every_machine() {
        assert_eq!(saying("It returns `None`.").0[..], [3_773_844_648]);
        let kept = saying("It returns `None` when `qty` is 0");
        assert_eq!(Saying::from(Vec::<u8>::from(kept.clone())), kept);
    }

    proptest! {
        /// Nothing near is missed.
        #[test]
        fn those_that_are_near_share_a_mark(words in vec(0..40_u8, 1..40), edits in vec((0..40_usize, 0..40_u8), 0..4)) {
            let mut other = words.clone();
            for (at, word) in edits {
                let at = at % other.len();
                other[at] = word;
            }
            let text = |words: &[u8]| words.iter().map(|word| "w".repeat(1 + usize::from(*word) % 7) + &word.to_string()).collect::<Vec<_>>().join(" ");
            let (one, other) = (saying(&text(&words)), saying(&text(&other)));
            if one.share(&other, 0.7).is_some() {
                let marks: Vec<u64> = other.marks("en", 0.7).collect();
                prop_assert!(one.marks("en", 0.7).any(|mark| marks.contains(&mark)));
                prop_assert!(!one.marks("zh", 0.7).any(|mark| marks.contains(&mark)));
            }
        }
    }
}
