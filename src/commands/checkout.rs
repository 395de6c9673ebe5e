//! The index of what is checked out, where the dataset follows another commit.
//!
//! It starts as the index of the dataset and takes in what differs, so that a search finds the code that
//! one has before one's eyes. Samples that do not hold for it are left out; none is made for it.

use std::path::PathBuf;

use crate::commands::review::Reviews;
use crate::commands::workspace::Workspace;
use crate::commands::{TOOL, changed, update};
use crate::git::{Oid, Tip, UpdateLock};
use crate::index::{Change, Index, Mirror};
use crate::plan::Verb;

/// A search brings the index forward by itself up to this many files that changed: more would keep people waiting.
const FEW_FILES: usize = 20;

/// What became of the index.
pub(crate) enum Refreshed {
    Done {
        chunks: usize,
    },
    Already,
    /// There is nothing to start from, and why.
    No(String),
}

/// Brings the index to what is checked out. The dataset stays where it is.
pub(crate) fn refresh(workspace: &Workspace) -> anyhow::Result<Refreshed> {
    let Some(head) = workspace.repository.tip(None)? else { return Ok(Refreshed::No("there is no commit yet".to_owned())) };
    if current(workspace, &head) {
        return Ok(Refreshed::Already);
    }
    // An update would take away the files that are copied.
    let lock = workspace.repository.lock()?;
    bring(workspace, &head, &lock)
}

fn bring(workspace: &Workspace, head: &Tip, _held: &UpdateLock) -> anyhow::Result<Refreshed> {
    let dataset = workspace.dataset()?;
    let (index, base) = match changed::base(workspace, dataset.as_ref())? {
        Ok(base) => base,
        Err(reason) => return Ok(Refreshed::No(reason)),
    };
    let survey = changed::survey(workspace, head, &index, &base, Reviews::at(workspace, base.tree))?;
    let outdated = survey.plan.steps.iter().filter(|step| step.verb != Verb::Make && step.verb != Verb::ReAnchor);
    let remove_samples = outdated.map(|step| if step.was.is_empty() { step.id.clone() } else { step.was.clone() }).collect();
    let change = update::for_index(workspace, &survey, Change { remove_samples, ..Change::default() })?;
    let chunks = change.chunks.len() + change.remove_chunks.len();
    let mirror = Mirror { source_commit: head.commit.to_string(), source_tree: head.tree.to_string(), ..index.mirror().clone() };
    index.copy_with(&folder(workspace), change, mirror)?;
    Ok(Refreshed::Done { chunks })
}

/// Where the index to search in lies: that of what is checked out where there is one, else that of the dataset.
fn nearest(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let head = workspace.repository.tip(None)?.map(|tip| tip.tree.to_string());
    let mirrors = |mirror: Option<Mirror>| mirror.map(|mirror| mirror.source_tree) == head;
    let folder = folder(workspace);
    let other = head.is_some() && !mirrors(workspace.mirror()) && mirrors(Index::peek(&folder, TOOL));
    Ok(if other { folder } else { workspace.index_folder() })
}

/// The index to search in as it stands, if there is one.
pub(crate) fn at_hand(workspace: &Workspace) -> anyhow::Result<Option<Index>> {
    Index::open(&nearest(workspace)?, TOOL)
}

/// The index to search in, brought to what is checked out first where that is a matter of a moment. One that is open
/// stays so as long as it is the right one.
pub(crate) fn fresh(workspace: &Workspace, open: Option<Index>) -> anyhow::Result<Option<Index>> {
    if let Some(head) = workspace.repository.tip(None)?
        && let Some(mirror) = workspace.mirror()
        && !current(workspace, &head)
        && few_changes(workspace, &mirror, &head)
        // Somebody is updating: what is there will do.
        && let Some(lock) = workspace.repository.try_lock()?
    {
        bring(workspace, &head, &lock)?;
    }
    let nearest = nearest(workspace)?;
    match open {
        Some(open) if open.is_still(&nearest, TOOL) => Ok(Some(open)),
        _ => Index::open(&nearest, TOOL),
    }
}

fn few_changes(workspace: &Workspace, mirror: &Mirror, head: &Tip) -> bool {
    let Ok(tree) = Oid::parse(&mirror.source_tree) else { return false };
    workspace.repository.tree_changes(tree, head.tree).is_ok_and(|changes| changes.len() <= FEW_FILES)
}

fn current(workspace: &Workspace, head: &Tip) -> bool {
    let tree = head.tree.to_string();
    let Some(mirror) = workspace.mirror() else { return false };
    let copy = Index::peek(&folder(workspace), TOOL);
    mirror.source_tree == tree || copy.is_some_and(|copy| copy.source_tree == tree && copy.dataset_commit == mirror.dataset_commit)
}

/// Each work tree has its own.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.repository.git_dir().join("trainset").join("checkout")
}
