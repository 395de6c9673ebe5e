//! The sketch of one function from outside, for the tests and campaigns that ask what is found.

use super::likeness;
use crate::model::Sketch;
use crate::parse;

/// A function by which its near-copies are found.
#[derive(Clone, Debug)]
pub struct Print(Sketch);

impl Print {
    /// The first function of a text in the language of the path; None where it is too short.
    pub fn of(path: &str, text: &str) -> Option<Self> {
        let chunks = parse::chunks(parse::by_path(path)?, path, text).ok()?;
        chunks.into_iter().map(|chunk| chunk.sketch).find(|sketch| !sketch.is_empty()).map(Self)
    }

    /// The terms that stand in the index.
    pub fn bands(&self) -> Vec<u32> {
        self.0.bands()
    }

    /// How much of both agrees, for whoever shares a band with it.
    pub fn share(&self, other: &Self) -> f64 {
        likeness(&self.0, &other.0, 0.0).map_or(0.0, |found| found.share())
    }

    /// The share where the two would be compared at all; 0 where no band leads from one to the other.
    pub fn found(&self, other: &Self) -> f64 {
        let bands = other.bands();
        if self.bands().iter().any(|band| bands.contains(band)) { self.share(other) } else { 0.0 }
    }
}
