//! Secrets that a change brings, in whatever file: before they are part of the history is the time to see them.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::check::{Leak, Secrets};
use crate::commands::preview::Item;
use crate::commands::sources::Handles;
use crate::commands::workspace::Workspace;
use crate::git::{FileChange, Oid, Repository};
use crate::model::Lines;

/// Of a larger file nothing is looked at: no person wrote it.
const MOST_BYTES: u64 = 5 << 20;

/// The secrets that stand in `after` and not in the same file of `before`: file, line and sort, and nothing else.
pub(crate) fn leaks(workspace: &Workspace, before: Oid, after: Oid) -> anyhow::Result<Vec<Item>> {
    let changes = workspace.repository.tree_changes(before, after)?;
    // A file that only got another name brings nothing new.
    let known: HashSet<String> = changes.iter().filter_map(|change| Some(change.old?.to_string())).collect();
    let fresh = |change: &&FileChange| change.new.is_some_and(|blob| !known.contains(&blob.to_string()));
    let changes: Vec<&FileChange> = changes.iter().filter(fresh).collect();
    let handles = Handles::new(&workspace.repository);
    let secrets = &workspace.secrets;
    let of_each = |repository: &mut Repository, change: &&FileChange| of_file(repository, secrets, change);
    let found: anyhow::Result<Vec<Vec<Item>>> = changes.par_iter().map_init(|| handles.take(), of_each).collect();
    let mut items: Vec<Item> = found?.into_iter().flatten().collect();
    items.sort_by(|a, b| (&a.path, a.lines, &a.says).cmp(&(&b.path, b.lines, &b.says)));
    items.dedup();
    Ok(items)
}

fn of_file(repository: &Repository, secrets: &Secrets, change: &FileChange) -> anyhow::Result<Vec<Item>> {
    let path = String::from_utf8_lossy(&change.path).into_owned();
    let find = |blob: Option<Oid>| -> anyhow::Result<(String, Vec<Leak>)> {
        let text = blob.map_or(Ok(None), |blob| text(repository, blob))?.unwrap_or_default();
        let leaks = secrets.find(&path, &text);
        Ok((text, leaks))
    };
    let (text, leaks) = find(change.new)?;
    if leaks.is_empty() {
        return Ok(Vec::new());
    }
    let (old, known) = find(change.old)?;
    let known: HashSet<&str> = known.iter().map(|leak| &old[leak.range.clone()]).collect();
    let (mut line, mut done) = (1, 0);
    let mut items = Vec::new();
    for leak in leaks.iter().filter(|leak| !known.contains(&text[leak.range.clone()])) {
        line += text[done..leak.range.start].matches('\n').count() as u32;
        done = leak.range.start;
        let place = Lines { start: line, end: line };
        items.push(Item { id: format!("{path}:{line}"), says: format!("{} ({})", leak.says, leak.rule), path: path.clone(), lines: place });
    }
    Ok(items)
}

/// A file as text; None where it is none.
fn text(repository: &Repository, blob: Oid) -> anyhow::Result<Option<String>> {
    if repository.blob_size(blob)?.is_none_or(|size| size > MOST_BYTES) {
        return Ok(None);
    }
    let bytes = repository.blob(blob)?.filter(|bytes| !bytes[..bytes.len().min(8_000)].contains(&0));
    Ok(bytes.map(|bytes| String::from_utf8(bytes).unwrap_or_else(|bytes| String::from_utf8_lossy(bytes.as_bytes()).into_owned())))
}
