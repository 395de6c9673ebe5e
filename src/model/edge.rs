//! An edge of the call graph.

use serde::{Deserialize, Serialize};

use super::ChunkId;

/// How an edge was found, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Certainty {
    /// By scope: defined here, imported by name, or a method of the same class.
    Exact,
    /// By a stated type: an annotation, a constructor call, a base class.
    Inferred,
    /// By name alone: one definition in the repository bears it.
    Name,
    /// Several definitions bear the name.
    Ambiguous,
    /// None of the repository's definitions.
    Outside,
}

impl Certainty {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Inferred => "inferred",
            Self::Name => "name",
            Self::Ambiguous => "ambiguous",
            Self::Outside => "outside",
        }
    }
}

/// A call of a chunk, or a constant or member that it reads, resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Edge {
    /// What is called or read, as written in the caller.
    pub callee: String,
    /// Is it read and not called?
    pub read: bool,
    /// None for ambiguous and outside calls.
    pub target: Option<ChunkId>,
    pub certainty: Certainty,
}

impl Edge {
    /// The target of a call or of a read, where an answer may rest on it.
    pub(crate) fn sure(&self) -> Option<&ChunkId> {
        self.target.as_ref().filter(|_| self.certainty <= Certainty::Inferred)
    }
}
