//! A design: what to build for a requirement, on the code that is there.

use serde::{Deserialize, Serialize};

use super::ChunkId;

/// The answer of a `design/` row. Every section is a list of the same keys, so that loaders see one schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Design {
    pub overview: String,
    pub components: Vec<Part>,
    pub api_changes: Vec<Part>,
    pub domain_model: Vec<Part>,
    pub data_storage: Vec<Part>,
    pub workflow: Vec<Stage>,
    pub constraints: Vec<Constraint>,
    pub assumptions: Vec<String>,
    pub alternatives: Vec<Alternative>,
    pub risks: Vec<String>,
    pub tests: Vec<Part>,
    pub touches: Vec<Touch>,
}

/// Something that the design names: a component, a function or a route, an entity or a field, a store, a test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub name: String,
    /// Its file; empty where it has none of its own.
    pub path: String,
    /// The chunk that it is today; empty where it is new or no chunk.
    pub chunk_id: ChunkId,
    /// `new`, `changed`, `reused`, or `none` for what was looked for and not found.
    pub status: String,
    pub says: String,
    pub cites: Vec<String>,
}

/// One step of the work, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stage {
    pub step: u32,
    /// Who does it.
    pub actor: String,
    /// The chunk that it is today; empty where it is new.
    pub chunk_id: ChunkId,
    /// What it calls, as the code writes it; empty where the step is no call. Of a new step: what comes with it.
    pub calls: String,
    /// `existing` or `new`.
    pub status: String,
    pub says: String,
    pub cites: Vec<String>,
}

/// What the code at hand holds the design to. A claim of the row proves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Constraint {
    pub says: String,
    pub cites: Vec<String>,
}

/// Another way, and the reason against it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alternative {
    pub says: String,
    pub against: String,
}

/// A place that the work touches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Touch {
    pub path: String,
    pub symbol: String,
    /// Empty where it is added.
    pub chunk_id: ChunkId,
    /// `change`, `add` or `remove`.
    pub status: String,
}

impl Design {
    /// Every section of parts, with its name.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        [&self.components, &self.api_changes, &self.domain_model, &self.data_storage, &self.tests].into_iter().flatten()
    }

    /// Every sentence of it.
    pub(crate) fn prose(&self) -> impl Iterator<Item = &str> {
        let parts = self.parts().map(|part| part.says.as_str());
        let stages = self.workflow.iter().map(|stage| stage.says.as_str());
        let constraints = self.constraints.iter().map(|constraint| constraint.says.as_str());
        let ways = self.alternatives.iter().flat_map(|way| [way.says.as_str(), way.against.as_str()]);
        let rest = self.assumptions.iter().chain(&self.risks).map(String::as_str);
        std::iter::once(self.overview.as_str()).chain(parts).chain(stages).chain(constraints).chain(ways).chain(rest)
    }
}
