//! `status`: what the dataset and the index mirror, and what would change.

use serde::Serialize;

use crate::commands::workspace::Workspace;
use crate::commands::{Progress, changed, hook, plan};
use crate::plan::Counts;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Status {
    /// The tracked branch; empty when `HEAD` is detached.
    pub branch: String,
    /// Its tip; empty when there is no commit.
    pub source_commit: String,
    pub source_subject: String,
    /// Tip of the dataset branch; empty when there is none.
    pub dataset: String,
    /// The source commit that the dataset mirrors.
    pub mirrors: String,
    pub samples: i64,
    pub held: Vec<String>,
    /// The source commit that the index mirrors; empty when there is none.
    pub index: String,
    pub index_chunks: u64,
    pub index_bytes: u64,
    pub current: bool,
    /// Why everything would be looked at; empty when only a change would be.
    pub full_because: String,
    /// What an update would do; absent when that takes a full run to know.
    pub would: Option<Counts>,
    /// What the last run in the background said; absent where no hook asked for one.
    pub background: Option<hook::Entry>,
}

pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> anyhow::Result<Status> {
    let background = hook::last_run(&workspace.repository);
    let mut status = Status { branch: workspace.branch.clone(), background, ..Status::default() };
    let Some(source) = &workspace.source else { return Ok(status) };
    status.source_commit = source.commit.to_string();
    status.source_subject = source.subject.clone();
    let dataset = workspace.dataset()?;
    if let Some(dataset) = &dataset {
        status.dataset = dataset.commit.to_string();
        if let Some(manifest) = &dataset.manifest {
            status.mirrors = manifest.source.commit.clone();
            status.samples = manifest.tally.samples;
            status.held = manifest.held.iter().cloned().collect();
        }
    }
    if let Some(index) = workspace.index()? {
        let stats = index.stats()?;
        status.index = index.mirror().source_commit.clone();
        status.index_chunks = stats.chunks;
        status.index_bytes = stats.bytes;
    }
    status.current = plan::nothing(workspace)?.is_some();
    if status.current {
        return Ok(status);
    }
    match changed::base(workspace, dataset.as_ref())? {
        Ok(_) => status.would = Some(plan::run(workspace, progress)?.counts),
        Err(reason) => status.full_because = reason,
    }
    Ok(status)
}
