//! What the chunks say of each other: resolved calls, callers, split, domain.
//!
//! Pure: values in, values out. What lies outside of a chunk is reached through [`World`] alone,
//! and every look-up leaves a key in [`Reads`]. A later update asks the index who read a key
//! whose value changed; nothing else decides what has to be looked at again.

mod docs;
mod entry;
mod flow;
mod offers;
mod passing;
mod paths;
mod place;
mod reading;
mod resolve;
mod rules;
mod scope;
mod uses;
mod view;
mod world;

pub(crate) use docs::{parameter_docs, plain_prose, raise_docs, return_docs};
pub(crate) use entry::{Entry, entry, of_handler, prefix, verbs};
pub(crate) use flow::flow_steps;
pub(crate) use offers::{Anchor, BEST, offer_key, offers};
pub(crate) use passing::comes_through;
pub(crate) use place::{Shares, domain, split, split_of_time};
pub(crate) use resolve::{Overridden, edges};
pub(crate) use rules::{Outcome, Rule, rules};
pub(crate) use uses::{Does, Use, is_member, mentions, sets_member, uses};
pub(crate) use view::{Borders, View, evidence_lines, has_exceptions, is_enum, is_told, view};
pub(crate) use world::{Changed, Reads, World, changed_keys, edges_key, module_stem};
