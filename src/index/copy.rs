//! A second index that starts as the first one: what is in it costs nothing, only the difference is written.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::write::{beside, take_place};
use super::{Change, Index, Mirror};

impl Index {
    /// Puts into `folder` what this index holds, with a change on top. This one stays as it is.
    ///
    /// An index never writes into a file that is there, so the copy shares the files.
    pub(crate) fn copy_with(&self, folder: &Path, change: Change, mirror: Mirror) -> Result<()> {
        let building = beside(folder, ".building")?;
        let failed = || format!("while copying the index to `{}`", folder.display());
        if building.exists() {
            fs::remove_dir_all(&building).with_context(failed)?;
        }
        fs::create_dir_all(&building).with_context(failed)?;
        for file in fs::read_dir(&self.folder).with_context(failed)? {
            let file = file.with_context(failed)?;
            let name = file.file_name();
            let left_out = [".lock", ".new", ".tmp"].iter().any(|end| name.to_string_lossy().ends_with(end));
            if !left_out && file.file_type().is_ok_and(|kind| kind.is_file()) {
                let to = building.join(&name);
                fs::hard_link(file.path(), &to).or_else(|_| fs::copy(file.path(), &to).map(drop)).with_context(failed)?;
            }
        }
        let mut copy = Index::open(&building, &self.mirror.version)?.with_context(failed)?;
        copy.apply(change, mirror)?;
        drop(copy);
        take_place(&building, folder)
    }
}
