//! Git, as the rest of the program sees it: trees and blobs to read, and one branch to write.
//!
//! This is the only room that knows gix. It reads source trees straight from the object store, and it
//! appends to the dataset branch with a compare-and-swap, so that an update lands as one commit or not at
//! all.
//!
//! What it does not do: it knows nothing of samples, shards or settings; it does not parse, and it decides
//! nothing about what belongs on the branch. Transfer is left to the `git` program.
//!
//! Invariants:
//! - The work tree, the git index, `HEAD` and every ref but the dataset's own (its remote-tracking one among them) are
//!   never written.
//! - What is written depends on its input alone: author and committer are fixed, the time is passed in, and
//!   the root commit is the same in every clone.
//! - A ref moves only after all that it needs is in the object store, and only while the caller holds the
//!   [`UpdateLock`].
//! - A kill at any instant leaves nothing that a person must remove.
//! - Paths are bytes when they come out of a source tree, and checked UTF-8 when they go into the dataset.

mod advance;
mod append;
mod attributes;
mod binary;
mod branch;
mod history;
mod lock;
mod oid;
mod pack;
mod path;
mod preference;
mod remote;
mod repository;
#[cfg(test)]
mod sandbox;
mod setting;
mod source;
mod staged;
mod tip;
mod writer;

pub(crate) use append::Append;
pub(crate) use attributes::{Attributes, FILE as ATTRIBUTES, Said};
pub(crate) use binary::LOCAL_VARIABLES;
pub(crate) use branch::DatasetTip;
pub(crate) use history::{Ancestor, Known};
pub(crate) use lock::UpdateLock;
pub(crate) use oid::Oid;
pub(crate) use remote::{Login, Push, Remote};
pub(crate) use repository::Repository;
pub(crate) use source::{FileChange, FileKind, TreeFile};
pub(crate) use tip::Tip;
pub(crate) use writer::Writer;
