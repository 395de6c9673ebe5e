//! What the messages of earlier commits say of the code: the index keeps, for the last commits before the one that it
//! mirrors, which functions and files each of them changed. A requirement is often worded like the commits before it.
//!
//! The commits depend on the source commit alone, and each entry on its commit alone, so an index that was brought
//! forward step by step holds what a rebuilt one does.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::commands::sources::Handles;
use crate::commands::workspace::Workspace;
use crate::config::Scope;
use crate::git::{Ancestor, Oid, Repository};
use crate::index::{Change, CommitEntry};
use crate::model::ChunkId;
use crate::parse;

/// How many commits are looked back. Measured: more of them find no more.
const DEPTH: usize = 1_000;
/// A commit that changes more files than these is about none of them.
const MOST_FILES: usize = 40;
/// Larger files are not looked into: only their names count.
const LARGEST: u64 = 1 << 20;

/// Puts into `change` what brings the commits that an index knows to those of `tip`.
pub(crate) fn follow(workspace: &Workspace, known: Vec<String>, tip: Oid, change: &mut Change) -> anyhow::Result<()> {
    let scope = workspace.settings.scope()?;
    let handles = Handles::new(&workspace.repository);
    let mut left: HashSet<String> = known.into_iter().collect();
    let mut fresh = workspace.repository.ancestry(tip, DEPTH)?;
    fresh.retain(|commit| !left.remove(&commit.id.to_string()));
    let entries: anyhow::Result<Vec<CommitEntry>> =
        fresh.par_iter().map_init(|| handles.take(), |repository, commit| entry(repository, &scope, commit)).collect();
    change.commits = entries?;
    change.remove_commits = left.into_iter().collect();
    change.remove_commits.sort_unstable();
    Ok(())
}

/// A merge tells nothing of its own; it has an entry all the same, so that nobody looks at it again.
fn entry(repository: &Repository, scope: &Scope, commit: &Ancestor) -> anyhow::Result<CommitEntry> {
    let mut entry = CommitEntry { id: commit.id.to_string(), ..CommitEntry::default() };
    let &[parent] = &commit.parents[..] else { return Ok(entry) };
    // Beyond the end of a shallow clone.
    let Some(before) = repository.commit_at(parent)? else { return Ok(entry) };
    let Some(after) = repository.commit_at(commit.id)? else { return Ok(entry) };
    let changes = repository.tree_changes(before.tree, after.tree)?;
    if changes.len() > MOST_FILES {
        return Ok(entry);
    }
    entry.subject = after.message.lines().next().unwrap_or_default().trim().to_owned();
    for change in changes {
        let Ok(path) = String::from_utf8(change.path) else { continue };
        let Some(language) = scope.may_read(&path) else { continue };
        let text = |side: Option<Oid>| -> anyhow::Result<String> {
            let Some(id) = side else { return Ok(String::new()) };
            let small = repository.blob_size(id)?.is_some_and(|size| size <= LARGEST);
            let bytes = if small { repository.blob(id)? } else { None };
            Ok(String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default())
        };
        let symbols = parse::touched(language, &text(change.old)?, &text(change.new)?);
        entry.chunks.extend(symbols.iter().map(|symbol| ChunkId::new(&path, symbol).to_string()));
        entry.paths.push(path);
    }
    Ok(entry)
}
