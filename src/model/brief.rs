//! Everything that one sample is made from. Nothing is fetched later.

use std::sync::Arc;

use serde::Serialize;

use super::{Call, Chunk, ChunkId, Draft, Evidence, Raise, Review};

/// The place of a sample in the dataset; it survives regeneration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Slot {
    pub task: String,
    pub subject: ChunkId,
    pub kind: String,
    pub lang: String,
}

impl Slot {
    /// The id of the sample: `qa:app/orders.py::OrderService.place:errors:en`.
    pub(crate) fn id(&self) -> String {
        format!("{}:{}:{}:{}", self.task, self.subject, self.kind, self.lang)
    }
}

/// What one sample is made from: subject, neighbours, and the evidence in the order of its
/// citation (`E1` is the subject).
#[derive(Clone, Debug)]
pub(crate) struct Brief {
    pub slot: Slot,
    pub split: String,
    pub domain: String,
    pub subject: Arc<Chunk>,
    /// Chunks whose facts the sample tells, callees or callers as the kind wants.
    pub neighbours: Vec<Neighbour>,
    /// Are there more such neighbours than are shown?
    pub more: bool,
    /// Calls that the answer mentions without telling of them, as written.
    pub asides: Vec<String>,
    /// How many other definitions bear the subject's name.
    pub namesakes: usize,
    /// The code to cite: subject, then neighbours. The draft has those that it does cite, and their bytes are filled in last.
    pub evidence: Vec<Evidence>,
    /// Of a dialogue: what its turns are made from.
    pub turns: Vec<Brief>,
    /// Is it itself one of the turns of a dialogue?
    pub turn: bool,
    /// What the offline generator says, without the bytes of the evidence.
    pub draft: Box<Draft>,
    /// Hash of the subject, of what the offline generator says of it, and of the recipe.
    pub fingerprint: String,
    /// Generator, kind and version.
    pub recipe: String,
    /// The words of a person, which stay whatever becomes of the code.
    pub pinned: Option<Box<Review>>,
}

impl Brief {
    /// The brief once its draft is written. What that was made from is of no use any more, and to keep it until a plan is
    /// carried out would take more memory than all else.
    pub(crate) fn told(self) -> Self {
        Self { neighbours: Vec::new(), asides: Vec::new(), evidence: Vec::new(), turns: Vec::new(), ..self }
    }
}

/// A chunk beside the subject, with what joins them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Neighbour {
    pub chunk: Arc<Chunk>,
    /// Which piece of evidence leads here: 0 is the subject, 1 the first neighbour.
    pub from: usize,
    /// Constants and members of the one that the other reads, as written.
    pub reads: Vec<String>,
    /// Is it shown for what differs?
    pub contrast: bool,
    /// The calls between the two, in source order.
    pub calls: Vec<Call>,
    /// Errors of a callee that reach its caller.
    pub raises: Vec<Raise>,
    /// Names in the conditions of those that only the callee's body binds.
    pub inner_names: Vec<String>,
}

impl Neighbour {
    /// A neighbour of the subject that no call joins to it.
    pub(crate) fn of(chunk: Arc<Chunk>) -> Self {
        Self { chunk, ..Self::default() }
    }
}
