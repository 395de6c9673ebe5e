//! One sample to ask the model for.

use crate::model::{Row, fingerprint};

/// Invariant: the claims of the floor are proved, and its evidence has its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The offline sample, which stays where the model does no better.
    pub floor: Row,
    /// The recipe of the sample that the model makes.
    pub recipe: String,
}

impl Order {
    /// The key of the request for a draft. It is made of what the sample is made from, so the
    /// answer counts as long as the sample would stay fresh, wherever its lines stand and whatever
    /// the summary of the repository says by then.
    pub(super) fn key(&self) -> String {
        fingerprint(format!("{}\n{}\n{}", self.floor.id, self.floor.fingerprint, self.recipe).as_bytes())
    }

    /// The key of a further request, which a reply led to.
    pub(super) fn further(&self, turn: &str) -> String {
        fingerprint(format!("{}\n{turn}", self.key()).as_bytes())
    }
}
