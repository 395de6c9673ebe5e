//! For a process that answers many questions: the index stays open as long as it is the right one.

use std::path::PathBuf;

use anyhow::Context;

use crate::commands::checkout;
use crate::commands::workspace::{Options, Workspace};
use crate::index::Index;

pub(crate) struct Desk {
    folder: PathBuf,
    options: Options,
    open: Option<Index>,
}

impl Desk {
    pub(crate) fn new(folder: PathBuf, options: Options) -> Self {
        Self { folder, options, open: None }
    }

    /// Answers from the repository as it is now.
    pub(crate) fn ask<T>(&mut self, answer: impl FnOnce(&Workspace, &Index) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let workspace = Workspace::open(&self.folder, &self.options)?;
        let index = checkout::fresh(&workspace, self.open.take())?.context("there is no index yet\nmend: git trainset update")?;
        let index = self.open.insert(index);
        answer(&workspace, index)
    }
}
