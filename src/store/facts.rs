//! A row of a `facts/` shard: a chunk, the rules it holds, and the flow that starts in it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{Chunk, FlowStep};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FactsRow<'c> {
    #[serde(flatten)]
    pub chunk: Cow<'c, Chunk>,
    pub rules: Vec<RuleRow>,
    pub flow: Cow<'c, [FlowStep]>,
}

/// A condition and what follows from it, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RuleRow {
    pub when: String,
    pub then: Vec<String>,
}
