//! One file a verb: takes values, returns an outcome, prints nothing.
//!
//! This room joins the others: `git → parse → facts → plan → generate → check → store`, and the
//! index beside it. [`survey`] is the part that `plan` and `update` share: it finds out what an
//! update has to do, looking at everything or only at what a change may reach.

mod align;
pub(crate) mod answer;
pub(crate) mod around;
pub(crate) mod ask;
mod atlas;
mod board;
mod borders;
mod carry;
mod changed;
mod checkout;
pub(crate) mod ci;
pub(crate) mod context;
pub(crate) mod desk;
pub(crate) mod dups;
pub(crate) mod embed;
pub(crate) mod eval;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod facts;
mod filed;
mod full;
mod history;
pub(crate) mod hook;
pub(crate) mod init;
pub(crate) mod journal;
mod kin;
mod leaks;
mod ledger;
mod mine;
pub(crate) mod plan;
pub(crate) mod preview;
pub(crate) mod propose;
pub(crate) mod push;
pub(crate) mod query;
mod reading;
pub(crate) mod rejects;
pub(crate) mod repeated;
mod repeats;
pub(crate) mod review;
mod rows;
mod shards;
pub(crate) mod show;
mod sources;
pub(crate) mod stats;
pub(crate) mod status;
mod survey;
pub(crate) mod update;
mod vectors;
pub(crate) mod verify;
mod workspace;

/// For the front door, which fills them.
pub(crate) use crate::config::{AskFlags, EmbeddingFlags, Front};
pub(crate) use workspace::{Options, Workspace};

/// The branch that holds the dataset.
pub(crate) const DATASET: &str = "dataset";

/// How far long work has come: what is being done, how much of how much.
pub(crate) type Progress<'p> = dyn Fn(&str, usize, usize) + Sync + 'p;

/// Version of all that shapes the rows and the index besides their schemas: a dataset or an
/// index of another one is made anew.
pub(crate) const TOOL: &str = env!("CARGO_PKG_VERSION");
