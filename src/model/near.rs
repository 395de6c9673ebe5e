//! How chunks stand to their near-copies.

use serde::{Deserialize, Serialize};

use super::ChunkId;

/// How much of two chunks has to agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Nearness {
    /// From this share of tokens on people are told of two.
    pub tell: f64,
    /// From this share on the second gives no samples.
    pub shadow: f64,
    /// How much of the words of two samples has to agree, from which on the second is left out.
    pub say: f64,
}

/// Where a chunk stands among its near-copies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Near {
    /// The first of those before it that are kept: it gives the samples of both. None: this one is kept.
    pub keeper: Option<ChunkId>,
    /// Those whose keeper this one is, sorted.
    pub copies: Vec<ChunkId>,
    /// Is it shadowed, and does something near it stand in another split? Then it is no evidence.
    pub torn: bool,
}
