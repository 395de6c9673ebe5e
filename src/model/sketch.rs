//! The tokens of a chunk in short, by which near-copies are found.

use std::sync::{Arc, OnceLock};

/// The tokens of a chunk without layout, comments, documentation and its own name. Empty where it is
/// too short to be told from others, or no unit of its own.
///
/// Two bytes a token: what sort it is of, and a hash. So one sequence holds both views, as written
/// and with names and literals blinded, in 400 bytes for a usual function.
#[derive(Clone, Debug)]
pub(crate) struct Sketch(Arc<Tokens>);

#[derive(Debug)]
struct Tokens {
    tokens: Box<[u16]>,
    /// Asked for twice, to find near-copies and to be found by them, and the dearest of it all.
    bands: OnceLock<Box<[u32]>>,
}

impl PartialEq for Sketch {
    fn eq(&self, other: &Self) -> bool {
        self.0.tokens == other.0.tokens
    }
}

impl Eq for Sketch {}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenSort {
    /// A keyword, an operator, a bracket: the same in every view.
    Fixed,
    Name,
    Text,
    Number,
}

const HASH_BITS: u32 = 14;
/// Bands of so many smallest hashes each. Of two chunks that share half of their runs of tokens every
/// second pair meets in a band, of those that share seven in ten 99 of 100, of unrelated ones few.
const BANDS: usize = 25;
const ROWS: usize = 5;
/// Tokens of a run.
const RUN: usize = 3;

impl Default for Sketch {
    fn default() -> Self {
        Self::of(Box::default())
    }
}

impl Sketch {
    /// Shorter code is alike by chance.
    pub(crate) const LEAST: usize = 50;
    /// Longer code is a table or no evidence; to compare it costs more than it tells.
    pub(crate) const MOST: usize = 4_000;

    fn of(tokens: Box<[u16]>) -> Self {
        Self(Arc::new(Tokens { tokens, bands: OnceLock::new() }))
    }

    pub(crate) fn new(tokens: &[u16]) -> Self {
        if (Self::LEAST..=Self::MOST).contains(&tokens.len()) { Self::of(tokens.into()) } else { Self::default() }
    }

    pub(crate) fn token(sort: TokenSort, text: &[u8]) -> u16 {
        // FNV-1a: it must never change, and texts are short.
        let hash = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        let folded = (hash ^ (hash >> 23) ^ (hash >> 41)) as u16 & ((1 << HASH_BITS) - 1);
        folded | (sort as u16) << HASH_BITS
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.tokens.is_empty()
    }

    pub(crate) fn tokens(&self) -> &[u16] {
        &self.0.tokens
    }

    /// The tokens with names and literals told apart by their sort alone.
    pub(crate) fn blind(&self) -> Vec<u16> {
        self.0.tokens.iter().map(|token| blind(*token)).collect()
    }

    /// Two chunks that are nearly the same have one of these in common, almost surely.
    pub(crate) fn bands(&self) -> Vec<u32> {
        if self.is_empty() {
            return Vec::new();
        }
        let run = |run: &[u16]| mixed(run.iter().fold(0, |all, token| all << 16 | u64::from(*token)));
        let found = || bands(self.blind().windows(RUN).map(run).collect()).into();
        self.0.bands.get_or_init(found).to_vec()
    }

    /// For the index.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.tokens.iter().flat_map(|token| token.to_le_bytes()).collect()
    }

    /// What [`Sketch::bytes`] gave.
    pub(crate) fn stored(bytes: &[u8]) -> Self {
        Self::of(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect())
    }
}

fn blind(token: u16) -> u16 {
    if token >> HASH_BITS == TokenSort::Fixed as u16 { token } else { token >> HASH_BITS << HASH_BITS }
}

/// The bands of a set of hashes: MinHash with frozen seeds, cut into bands.
fn bands(mut hashes: Vec<u64>) -> Vec<u32> {
    hashes.sort_unstable();
    hashes.dedup();
    let mut seed = 0x5eed_u64;
    let mut next = || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(seed)
    };
    (0..BANDS as u64)
        .map(|band| {
            let smallest = (0..ROWS).fold(band, |all, _| {
                let (factor, shift) = (next() | 1, next());
                let least = hashes.iter().map(|hash| (hash.wrapping_mul(factor).wrapping_add(shift) >> 32) as u32).min();
                mixed(all ^ u64::from(least.unwrap_or_default()))
            });
            (smallest >> 32) as u32
        })
        .collect()
}

/// SplitMix64's last step: every bit of the number decides over every bit of the answer.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Sketch, TokenSort};

    fn sketch(names: usize, keywords: usize) -> Sketch {
        let name = |at: usize| Sketch::token(TokenSort::Name, format!("n{}", at % names).as_bytes());
        let word = |at: usize| Sketch::token(TokenSort::Fixed, format!("k{}", at * at % keywords).as_bytes());
        let tokens: Vec<u16> = (0..60).flat_map(|at| [name(at), word(at)]).collect();
        Sketch::new(&tokens)
    }

    #[test]
    fn names_do_not_decide_over_bands() {
        assert_eq!(sketch(7, 31).bands(), sketch(11, 31).bands());
        assert_ne!(sketch(7, 31).tokens(), sketch(11, 31).tokens());
        assert_eq!(sketch(7, 31).blind(), sketch(11, 31).blind());
        let other = sketch(7, 29).bands();
        assert!(!sketch(7, 31).bands().iter().any(|band| other.contains(band)));
    }

    #[test]
    fn a_band_is_the_same_on_every_machine() {
        assert_eq!(Sketch::token(TokenSort::Name, b"qty"), 17_066);
        assert_eq!(sketch(7, 31).bands()[..3], [301_333_173, 1_879_841_360, 1_738_007_739]);
    }

    #[test]
    fn what_is_short_or_a_table_has_none() {
        assert!(Sketch::new(&[7; Sketch::LEAST - 1]).is_empty() && Sketch::new(&[7; Sketch::MOST + 1]).is_empty());
        assert!(Sketch::default().bands().is_empty());
        let kept = sketch(7, 31);
        assert_eq!(Sketch::stored(&kept.bytes()), kept);
    }
}
