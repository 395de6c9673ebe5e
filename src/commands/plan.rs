//! `plan`, and `update --dry-run`: what an update would do.

use crate::commands::review::Reviews;
use crate::commands::survey::survey;
use crate::commands::workspace::Workspace;
use crate::commands::{DATASET, Progress, align, ask};
use crate::plan::Plan;

/// The very plan that `update` would carry out now. Writes nothing.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> anyhow::Result<Plan> {
    if let Some(plan) = nothing(workspace)? {
        return Ok(plan);
    }
    // Where an update runs right now, what it does is what is to be seen.
    if let Some(lock) = workspace.repository.try_lock().ok().flatten() {
        align::align(workspace, &lock)?;
    }
    let dataset = workspace.dataset()?;
    let mut survey = survey(workspace, dataset.as_ref(), progress)?;
    if let Some(asking) = &workspace.asking {
        ask::announce(workspace, asking, &mut survey)?;
    }
    Ok(survey.plan)
}

/// The empty plan, where the dataset and the index mirror today's source already.
pub(crate) fn nothing(workspace: &Workspace) -> anyhow::Result<Option<Plan>> {
    let source = workspace.source()?;
    let Some(tip) = workspace.repository.dataset(DATASET)? else { return Ok(None) };
    let mirrored = workspace.mirror().is_some_and(|mirror| mirror.dataset_commit == tip.commit.to_string());
    if !mirrored || !workspace.is_current(&tip) || Reviews::is_waiting(workspace) {
        return Ok(None);
    }
    let kept = tip.trailer("Samples").and_then(|count| count.parse().ok()).unwrap_or_default();
    let commit = source.commit.to_string();
    Ok(Some(Plan {
        from: commit.clone(),
        to: commit,
        to_tree: source.tree.to_string(),
        counts: crate::plan::Counts::of(&[], kept),
        ..Plan::default()
    }))
}
