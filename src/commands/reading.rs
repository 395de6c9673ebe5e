//! Which files of a tree are read: what the settings say, and what the repository says of its own files.

use std::collections::BTreeSet;

use crate::commands::full::readable;
use crate::config::Scope;
use crate::git::{ATTRIBUTES, Attributes, FileChange, FileKind, Oid, Repository, Said, TreeFile};
use crate::parse::Language;

/// How a file is read.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) language: &'static Language,
    /// Does the repository say that people wrote it? Then its looks do not count.
    pub(crate) own: bool,
}

/// The files of one tree.
pub(crate) struct Reading<'r> {
    scope: &'r Scope,
    attributes: Attributes,
}

impl<'r> Reading<'r> {
    /// For every file of a tree.
    pub(crate) fn of_files(repository: &Repository, files: &[TreeFile], scope: &'r Scope) -> anyhow::Result<Self> {
        let named = files.iter().filter(|file| file.kind == FileKind::File && is_attributes(&file.path));
        let named = named.filter_map(|file| Some((String::from_utf8(file.path.clone()).ok()?, file.id)));
        Ok(Self { scope, attributes: repository.attributes(named.collect())? })
    }

    /// For the files of some changes: the folders above them are looked at, and no others.
    pub(crate) fn of_changes(repository: &Repository, tree: Oid, changes: &[FileChange], scope: &'r Scope) -> anyhow::Result<Self> {
        let mut folders: BTreeSet<&str> = BTreeSet::new();
        let read = changes.iter().filter_map(|change| readable(&change.path).ok()).filter(|path| scope.may_read(path).is_some());
        for path in read {
            folders.extend(path.match_indices('/').map(|(at, _)| &path[..=at]).chain([""]));
        }
        let mut files = Vec::new();
        for folder in folders {
            let path = format!("{folder}{ATTRIBUTES}");
            files.extend(repository.file(tree, &path)?.map(|id| (path, id)));
        }
        Ok(Self { scope, attributes: repository.attributes(files)? })
    }

    /// How a file is read; None when it is not.
    pub(crate) fn manner(&self, path: &str) -> Option<Manner> {
        let language = self.scope.may_read(path)?;
        match self.attributes.of(path) {
            Said::Foreign => None,
            Said::Own => Some(Manner { language, own: true }),
            Said::Nothing => (!self.scope.is_foreign(path)).then_some(Manner { language, own: false }),
        }
    }
}

/// What differs between two trees, and how the files of the second are read. Where attributes changed, the files
/// that are read otherwise now are among the changes, though their bytes are the same.
pub(crate) fn changes<'r>(repository: &Repository, old: Oid, new: Oid, scope: &'r Scope) -> anyhow::Result<(Vec<FileChange>, Reading<'r>)> {
    let mut changes = repository.tree_changes(old, new)?;
    if !changes.iter().any(|change| is_attributes(&change.path)) {
        let reading = Reading::of_changes(repository, new, &changes, scope)?;
        return Ok((changes, reading));
    }
    let files = repository.tree_files(new)?;
    let before = Reading::of_files(repository, &repository.tree_files(old)?, scope)?;
    let reading = Reading::of_files(repository, &files, scope)?;
    let known: BTreeSet<Vec<u8>> = changes.iter().map(|change| change.path.clone()).collect();
    for file in files.iter().filter(|file| file.kind == FileKind::File && !known.contains(&file.path)) {
        let Ok(path) = readable(&file.path) else { continue };
        let own = |reading: &Reading| reading.manner(path).map(|manner| manner.own);
        if own(&before) != own(&reading) {
            changes.push(FileChange { path: file.path.clone(), old: Some(file.id), new: Some(file.id) });
        }
    }
    changes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok((changes, reading))
}

fn is_attributes(path: &[u8]) -> bool {
    path.strip_suffix(ATTRIBUTES.as_bytes()).is_some_and(|folder| folder.is_empty() || folder.ends_with(b"/"))
}
