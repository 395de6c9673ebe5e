//! The manual as pages for `man`: git opens one where somebody types `git trainset --help`.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use super::args::Args;

/// Writes a page for the program and one for each verb into a folder, and says what then opens them.
///
/// # Errors
/// The folder cannot be written to.
pub(super) fn write(folder: &Path) -> anyhow::Result<String> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    // Pages are named as git looks for them.
    let command = Args::command().name("git-trainset").bin_name("git-trainset").display_name("git-trainset");
    clap_mangen::generate_to(command, folder).with_context(|| format!("cannot write into `{}`", folder.display()))?;
    let place = folder.display();
    Ok(format!(
        "wrote {place}/git-trainset.1 and a page for each verb\n`git trainset --help` opens them where {place} is a `man1` folder of your MANPATH\n"
    ))
}
