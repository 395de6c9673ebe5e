//! `init`: writes a commented settings file.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::commands::workspace::Workspace;
use crate::config;

/// Writes the defaults to `.trainset.toml` at the top of the work tree and gives its path.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let top = workspace
        .repository
        .work_tree()
        .context("a bare repository has no place for settings\nmend: run `init` in a clone with a work tree, and commit the file")?;
    let path = top.join(config::FILE);
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    match file {
        Ok(mut file) => std::io::Write::write_all(&mut file, config::DEFAULTS.as_bytes())
            .with_context(|| format!("could not write {}", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} is there already\nmend: edit it; every key is optional", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("could not write {}", path.display())),
    }
    Ok(path)
}
