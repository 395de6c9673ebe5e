//! What people said of samples, as the branch has it, and on its way there.
//!
//! Reviews that an import took in, or that a push found in this clone alone, wait in a file of the git folder until
//! a commit holds them: a kill in between loses none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context;

use crate::commands::workspace::{Dataset, Workspace};
use crate::git::{Oid, Repository};
use crate::model::Review;
use crate::store::{self, REVIEWS};

/// The reviews of one source file, by the sample.
pub(crate) type OfFile = BTreeMap<String, Review>;

pub(crate) struct Reviews {
    repository: Mutex<Repository>,
    /// The dataset's tip.
    tree: Option<Oid>,
    /// By source file.
    waiting: BTreeMap<String, OfFile>,
}

impl Reviews {
    pub(crate) fn read(workspace: &Workspace, dataset: Option<&Dataset>) -> anyhow::Result<Self> {
        let mut waiting: BTreeMap<String, OfFile> = BTreeMap::new();
        for (path, review) in waiting_in(&workspace.repository.private_dir())? {
            waiting.entry(path).or_default().insert(review.id.clone(), review);
        }
        Ok(Self { repository: Mutex::new(workspace.repository.handle()), tree: dataset.map(|dataset| dataset.tree), waiting })
    }

    /// Those of one tree of the branch, and none that wait.
    pub(crate) fn at(workspace: &Workspace, tree: Oid) -> Self {
        Self { repository: Mutex::new(workspace.repository.handle()), tree: Some(tree), waiting: BTreeMap::new() }
    }

    /// The reviews of a source file.
    pub(crate) fn of(&self, path: &str) -> anyhow::Result<OfFile> {
        let mut reviews = match self.tree {
            Some(tree) => {
                let repository = self.repository.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                stored(&repository, tree, path)?
            }
            None => OfFile::new(),
        };
        reviews.extend(self.waiting.get(path).cloned().unwrap_or_default());
        Ok(reviews)
    }

    /// The source files whose reviews are not those of another tree of the branch, with the samples that they concern.
    pub(crate) fn beside(&self, repository: &Repository, base: Option<Oid>) -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
        let mut paths: BTreeSet<String> = self.waiting.keys().cloned().collect();
        match (base, self.tree) {
            (Some(base), Some(tree)) => {
                for change in repository.tree_changes(base, tree)? {
                    paths.extend(std::str::from_utf8(&change.path).ok().and_then(store::reviewed_path).map(str::to_owned));
                }
            }
            (None, Some(tree)) => paths.extend(reviewed(repository, tree)?),
            _ => (),
        }
        let mut out = BTreeMap::new();
        for path in paths {
            let now = self.of(&path)?;
            let before = base.map_or(Ok(OfFile::new()), |base| stored(repository, base, &path))?;
            let differs = |id: &&String| now.get(*id) != before.get(*id);
            let ids: BTreeSet<String> = now.keys().chain(before.keys()).filter(differs).cloned().collect();
            if !ids.is_empty() {
                out.insert(path, ids);
            }
        }
        Ok(out)
    }

    /// Is there anything that no commit holds yet?
    pub(crate) fn is_waiting(workspace: &Workspace) -> bool {
        file(&workspace.repository.private_dir()).exists()
    }
}

/// The reviews of a source file in a tree of the branch.
pub(crate) fn stored(repository: &Repository, tree: Oid, path: &str) -> anyhow::Result<OfFile> {
    let shard = store::reviews_shard(path);
    let Some(id) = repository.file(tree, &shard)? else { return Ok(OfFile::new()) };
    let bytes = repository.blob(id)?.with_context(|| format!("{shard} is not in this clone\nmend: git fetch origin dataset"))?;
    Ok(store::read_rows::<Review>(&shard, &bytes)?.into_iter().map(|review| (review.id.clone(), review)).collect())
}

/// The source files that have reviews in a tree of the branch.
fn reviewed(repository: &Repository, tree: Oid) -> anyhow::Result<Vec<String>> {
    let files = repository.tree_files(tree)?.into_iter().filter(|file| file.path.starts_with(REVIEWS.as_bytes()));
    let paths = files.filter_map(|file| store::reviewed_path(std::str::from_utf8(&file.path).ok()?).map(str::to_owned));
    Ok(paths.collect())
}

/// The reviews in one tree of the branch that another one does not have, with their source file.
pub(crate) fn only_in(repository: &Repository, tree: Oid, other: Option<Oid>) -> anyhow::Result<Vec<(String, Review)>> {
    let mut out = Vec::new();
    let paths = match other {
        Some(other) => {
            let changes = repository.tree_changes(other, tree)?.into_iter().filter(|change| change.new.is_some());
            changes.filter_map(|change| store::reviewed_path(std::str::from_utf8(&change.path).ok()?).map(str::to_owned)).collect()
        }
        None => reviewed(repository, tree)?,
    };
    for path in paths {
        let known = other.map_or(Ok(OfFile::new()), |other| stored(repository, other, &path))?;
        let own = stored(repository, tree, &path)?.into_values().filter(|review| known.get(&review.id) != Some(review));
        out.extend(own.map(|review| (path.clone(), review)));
    }
    Ok(out)
}

fn file(folder: &Path) -> PathBuf {
    folder.join("reviews")
}

fn waiting_in(folder: &Path) -> anyhow::Result<Vec<(String, Review)>> {
    let path = file(folder);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("could not read `{}`", path.display())),
    };
    serde_json::from_slice(&bytes)
        .with_context(|| format!("`{}` cannot be read\nmend: delete it, and import the reviews again", path.display()))
}

/// Puts reviews where the next update finds them, beside those that wait already. A later word counts.
pub(crate) fn wait(workspace: &Workspace, reviews: Vec<(String, Review)>) -> anyhow::Result<()> {
    if reviews.is_empty() {
        return Ok(());
    }
    let folder = workspace.repository.private_dir();
    let failed = || format!("could not write to `{}`", folder.display());
    std::fs::create_dir_all(&folder).with_context(failed)?;
    let mut all = waiting_in(&folder)?;
    all.extend(reviews);
    let mut whole = tempfile::NamedTempFile::new_in(&folder).with_context(failed)?;
    serde_json::to_writer(&mut whole, &all).context("could not write the reviews down")?;
    whole.as_file().sync_all().with_context(failed)?;
    whole.persist(file(&folder)).with_context(failed)?;
    Ok(())
}

/// A commit holds them now.
pub(crate) fn landed(workspace: &Workspace) -> anyhow::Result<()> {
    let path = file(&workspace.repository.private_dir());
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}
