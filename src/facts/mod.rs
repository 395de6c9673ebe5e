//! What the chunks say of each other: resolved calls, callers, split, domain.
//!
//! Pure: values in, values out. What lies outside of a chunk is reached through [`World`] alone,
//! and every look-up leaves a key in [`Reads`]. A later update asks the index who read a key
//! whose value changed; nothing else decides what has to be looked at again.

mod docs;
mod place;
mod resolve;
mod view;
mod world;

pub(crate) use docs::{parameter_docs, plain_prose, raise_docs};
pub(crate) use place::{Shares, domain, split};
pub(crate) use resolve::edges;
pub(crate) use view::{View, evidence_lines, has_exceptions, view};
pub(crate) use world::{Changed, Reads, World, changed_keys, module_stem};
