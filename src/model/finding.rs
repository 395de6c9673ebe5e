//! Something about the data that a person may want to look at. Never stops a run.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// The rule that found it, for instance `syntax` or `too-large`.
    pub rule: String,
    pub path: String,
    pub says: String,
}

impl Finding {
    pub(crate) fn new(rule: &str, path: &str, says: impl Into<String>) -> Self {
        Self { rule: rule.to_owned(), path: path.to_owned(), says: says.into() }
    }
}
