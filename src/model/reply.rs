//! What a model said, and why it was not believed. The journal keeps both.

use serde::{Deserialize, Serialize};

/// The answer to one request, for ever: no request with this key is sent again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reply {
    /// Hash of the request.
    pub key: String,
    /// The sample that was asked for.
    pub slot: String,
    /// draft, repair or judge.
    pub turn: String,
    pub model: String,
    pub text: String,
    /// Why there is no text to use, in the words of the server or ours; empty when there is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fault: String,
    pub tokens_in: u64,
    /// Of those, found in the server's cache.
    #[serde(default)]
    pub cached: u64,
    pub tokens_out: u64,
    /// In US dollars, by the price at that time; 0 where none was known.
    #[serde(default)]
    pub dollars: f64,
    pub millis: u64,
    /// Seconds since 1970.
    pub at: u64,
}

/// A model's answer that did not pass, after all its turns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub slot: String,
    /// The key of the last reply.
    pub key: String,
    pub model: String,
    pub rule: String,
    pub says: String,
    pub at: u64,
}
