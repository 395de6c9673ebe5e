//! Everything that one sample is made from. Nothing is fetched later.

use std::sync::Arc;

use serde::Serialize;

use super::{Call, Chunk, ChunkId, Evidence, Raise};

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
    /// The cited code: subject, then neighbours. Its bytes are filled in last, before drafting.
    pub evidence: Vec<Evidence>,
    /// Hash of all of the above that an answer may depend on, and of the recipe.
    pub fingerprint: String,
    /// Generator, kind and version.
    pub recipe: String,
}

/// A chunk beside the subject, with the calls that join them.
#[derive(Clone, Debug)]
pub(crate) struct Neighbour {
    pub chunk: Arc<Chunk>,
    /// The calls between the two, in source order.
    pub calls: Vec<Call>,
    /// Errors of a callee that reach its caller.
    pub raises: Vec<Raise>,
    /// Names in the conditions of those that only the callee's body binds.
    pub inner_names: Vec<String>,
}
