//! `hook status`: what is installed, what is asked for, and what the last runs said.

use std::path::Path;

use serde::Serialize;

use super::{EVENTS, Entry, OnCommit, ask, install, log, work};
use crate::git::Repository;

/// How many lines of the log are shown.
const LINES: usize = 10;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Status {
    pub events: Vec<Installed>,
    /// `git config trainset.onCommit`.
    pub on_commit: &'static str,
    /// Requests that nobody has worked off.
    pub waiting: usize,
    /// Is somebody at it right now?
    pub running: bool,
    pub log: Vec<Entry>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Installed {
    pub event: &'static str,
    /// `shim`, `config`, `by hand`, the name of a program that manages hooks; empty where nobody listens.
    pub by: &'static str,
    pub place: String,
}

pub(crate) fn status(folder: &Path) -> anyhow::Result<Status> {
    let repository = Repository::open(folder)?;
    let private_dir = repository.private_dir();
    let mut events = Vec::new();
    for event in EVENTS {
        let (by, place) = install::installed(&repository, event.name)?;
        events.push(Installed { event: event.name, by, place });
    }
    // Asked in this order: what is asked for after the look at the lock is somebody's for certain.
    let running = work::is_at_work(&private_dir);
    Ok(Status {
        events,
        on_commit: OnCommit::read(&repository)?.name(),
        waiting: ask::waiting(&private_dir).len(),
        running,
        log: log::last(&private_dir, LINES),
    })
}
