//! What happens when git commits, merges, rewrites or checks out.
//!
//! Before a commit the staged change is looked at, within the time that a person does not notice. After it
//! nothing is done but to ask for a run: one detached process at a time works the requests off, many of
//! them in one run. A hook never makes git's own work fail, but for what the settings say should stop a
//! commit.

mod ask;
mod check;
mod install;
mod log;
mod others;
mod status;
mod work;

use std::path::Path;

use anyhow::bail;

use crate::commands::preview::{Blocks, SOURCES};
use crate::git::Repository;

pub(crate) use self::ask::after;
pub(crate) use self::check::{Check, check};
pub(crate) use self::install::{Deed, Setup, install, uninstall};
pub(crate) use self::log::Entry;
pub(crate) use self::status::{Status, status};
pub(crate) use self::work::work;

/// Tells the time, in seconds since 1970: the clock is the front door's.
pub(crate) type Clock<'c> = dyn Fn() -> u64 + 'c;

/// An event of git that we listen to.
pub(crate) struct Event {
    pub name: &'static str,
    pub does: Does,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// Looks at what is staged.
    Check,
    /// Brings the dataset after the branch.
    Update,
    /// Brings the index after what is checked out.
    Refresh,
}

pub(crate) static EVENTS: &[Event] = &[
    Event { name: "pre-commit", does: Does::Check },
    Event { name: "post-commit", does: Does::Update },
    Event { name: "post-merge", does: Does::Update },
    Event { name: "post-rewrite", does: Does::Update },
    Event { name: "post-checkout", does: Does::Refresh },
];

/// The event with this name, if we listen to it.
pub(crate) fn event(name: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|event| event.name == name)
}

/// What the last run in the background said.
pub(crate) fn last_run(repository: &Repository) -> Option<Entry> {
    log::last(&repository.private_dir(), 1).pop()
}

/// Whether a message has not been told yet. It is, from now on, until [`forget`] or another one of that kind.
pub(crate) fn first_time(folder: &Path, kind: &str, message: &str) -> bool {
    let Ok(repository) = Repository::open(folder) else { return true };
    log::first_time(&repository.private_dir(), kind, message)
}

/// The trouble is over; should it come back, it is told again.
pub(crate) fn forget(folder: &Path, kind: &str) {
    if let Ok(repository) = Repository::open(folder) {
        log::forget(&repository.private_dir(), kind);
    }
}

/// `git config trainset.onCommit`: what happens after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnCommit {
    Off,
    Index,
    Offline,
    Llm,
}

impl OnCommit {
    const ALL: [(&'static str, Self); 4] = [("index", Self::Index), ("offline", Self::Offline), ("llm", Self::Llm), ("off", Self::Off)];

    fn read(repository: &Repository) -> anyhow::Result<Self> {
        let Some(value) = repository.setting("trainset.onCommit") else { return Ok(Self::Offline) };
        match Self::ALL.iter().find(|(name, _)| *name == value) {
            Some((_, known)) => Ok(*known),
            None => bail!(
                "`git config trainset.onCommit` is `{}`\nmend: set it to {}",
                value.escape_debug(),
                Self::ALL.map(|(name, _)| name).join(", ")
            ),
        }
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

/// `git config trainset.block`: names of sources, divided by commas or blanks; `none` for none.
fn blocks(repository: &Repository) -> anyhow::Result<Blocks> {
    let Some(value) = repository.setting("trainset.block") else { return Ok(Blocks::Usual) };
    let names: Vec<String> = value.split([',', ' ']).filter(|name| !name.is_empty() && *name != "none").map(str::to_owned).collect();
    if let Some(unknown) = names.iter().find(|name| !SOURCES.iter().any(|source| source.name == *name)) {
        let known: Vec<&str> = SOURCES.iter().map(|source| source.name).chain(["none"]).collect();
        bail!("`git config trainset.block` names `{}`\nmend: use {}", unknown.escape_debug(), known.join(", "));
    }
    Ok(Blocks::These(names))
}
