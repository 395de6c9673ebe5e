//! What happens to each sample, and why. Pure.
//!
//! A sample is fresh as long as the fingerprint of its brief stays the same; nothing else
//! decides. `update --dry-run` prints the very [`Plan`] that `update` carries out.

mod change;
mod step;

pub(crate) use change::{Change, Pairs, classify, pair};
pub(crate) use step::{Action, Cost, Counts, MOVED, Old, Plan, Step, Verb, Ways, for_subject};
