//! From briefs to drafts.
//!
//! One file a kind of sample, one line in [`KINDS`]. The offline generator writes by rule from
//! the facts of a brief; it looks at nothing else, so the same brief always gives the same
//! draft. Nothing here is believed: `check` proves every draft or refuses it.

mod brief;
mod chinese;
mod condition;
mod coverage;
mod deed;
pub(crate) mod design;
mod expression;
mod fingerprint;
mod generator;
pub(crate) mod kinds;
pub(crate) mod llm;
mod meaning;
mod offline;
mod phrase;
mod plain;
mod term;
mod tongue;
mod usage;
mod verb;

pub(crate) use brief::recipe;
pub(crate) use brief::{Choice, briefs, current, earns};
pub(crate) use generator::{Generator, Offline, Said};
pub(crate) use kinds::{KINDS, Kind};
pub(crate) use offline::draft;
pub(crate) use tongue::Tongue;
