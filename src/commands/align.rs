//! The index after the branch, where another clone moved that.
//!
//! What was fetched is what would have been made here, so the index can be brought to it as to any other
//! source commit, and the next plan starts from the branch's tip: it says the same in every clone.

use crate::commands::review::Reviews;
use crate::commands::workspace::Workspace;
use crate::commands::{changed, update};
use crate::git::{Oid, UpdateLock};
use crate::index::Mirror;

/// Brings the index to the dataset's tip, if it mirrors an earlier or another one. Where that cannot be done
/// from what is here, the index stays, and the update goes on from where it is.
pub(crate) fn align(workspace: &Workspace, _held: &UpdateLock) -> anyhow::Result<()> {
    let Some(tip) = workspace.dataset()? else { return Ok(()) };
    let Ok((mut index, base)) = changed::base(workspace, Some(&tip))? else { return Ok(()) };
    let Some(manifest) = tip.manifest.as_ref().filter(|_| base.commit != tip.commit) else { return Ok(()) };
    if workspace.repository.commit_at(Oid::parse(&manifest.source.commit)?)?.is_none() {
        return Ok(());
    }
    let Some(source) = workspace.repository.tip(Some(&manifest.source.commit))? else { return Ok(()) };
    let Ok(mut survey) = changed::survey(workspace, &source, &index, &base, Reviews::at(workspace, tip.tree)) else { return Ok(()) };
    let writer = workspace.repository.writer();
    let report = update::carry_out(workspace, &mut survey, &writer, None, &|_, _, _| ())?;
    // The sums are those of every row: where they agree, the fetched dataset is the one that was made just now.
    if survey.manifest != *manifest {
        return Ok(());
    }
    let mirror = Mirror {
        source_commit: manifest.source.commit.clone(),
        source_tree: manifest.source.tree.clone(),
        dataset_commit: tip.commit.to_string(),
        ..index.mirror().clone()
    };
    index.apply(update::for_index(workspace, &survey, report.change)?, mirror)
}
