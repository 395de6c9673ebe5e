//! How work runs from one chunk on.

use serde::{Deserialize, Serialize};

use super::ChunkId;

/// One step: a chunk that is called on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FlowStep {
    pub chunk: ChunkId,
    /// The call, as its caller writes it.
    pub call: String,
    /// The step that calls it, counted from 1; 0 is the start.
    pub from: usize,
    /// The conditions of the call as one expression; empty for none.
    pub when: String,
}
