//! Before a commit: what the staged change does to functions and samples. Writes nothing.

use std::path::Path;

use serde::Serialize;

use crate::commands::preview::{Depth, Preview, preview};
use crate::commands::workspace::{Options, Workspace};
use crate::git::Tip;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    #[serde(flatten)]
    pub preview: Preview,
    /// Whether git should not commit.
    pub blocked: bool,
}

/// Looks at what the next commit holds. None where that is what `HEAD` holds.
pub(crate) fn check(folder: &Path) -> anyhow::Result<Option<Check>> {
    let mut workspace = Workspace::open(folder, &Options::default())?;
    let staged = workspace.repository.staged()?;
    if staged.head == staged.tree {
        return Ok(None);
    }
    let blocks = super::blocks(&workspace.repository)?;
    let tracked = workspace.is_tracked()?;
    workspace.repository = staged.repository;
    // It has no commit yet, so it stands for none.
    let (commit, seconds) = workspace.source.as_ref().map_or((staged.tree, 0), |tip| (tip.commit, tip.seconds));
    let next = Tip { commit, tree: staged.tree, seconds, subject: String::new() };
    let depth = if tracked { Depth::Quick } else { Depth::Functions };
    let (preview, _) = preview(&workspace, staged.head, &next, &depth, &blocks)?;
    let blocked = preview.groups.iter().any(|group| group.blocks);
    Ok(Some(Check { preview, blocked }))
}
