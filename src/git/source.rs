//! What a tree holds, and what differs between two of them.
//!
//! The plumbing diff is used on purpose: the comfortable one of gix builds an index from `HEAD` first in
//! a bare repository, which costs more than all the rest of a small update. Renames are left to the callers: they
//! join by blob id, and by function where that fails.

use anyhow::{Context, Result, bail};
use gix::diff::tree::Recorder;
use gix::diff::tree::recorder::Change;
use gix::objs::tree::EntryMode;
use gix::objs::{Kind, TreeRefIter};

use super::{Oid, Repository};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A regular file, executable or not.
    File,
    /// A symbolic link. Its blob is the text of its target; nobody follows it.
    Link,
    /// A submodule. Its id names a commit of another repository.
    Submodule,
}

/// One entry of a tree that is not a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TreeFile {
    /// Bytes, as git has it: it may be no UTF-8, and hold newlines.
    pub path: Vec<u8>,
    pub id: Oid,
    pub kind: FileKind,
}

/// A regular file that is not the same in two trees. At least one side is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileChange {
    pub path: Vec<u8>,
    /// None: it was not there, or was no regular file.
    pub old: Option<Oid>,
    /// None: it is gone, or is no regular file any more.
    pub new: Option<Oid>,
}

impl Repository {
    /// Everything in a tree, sorted by path.
    pub(crate) fn tree_files(&self, tree: Oid) -> Result<Vec<TreeFile>> {
        let unread = || format!("could not list the tree `{tree}`");
        let mut recorder = gix::traverse::tree::Recorder::default();
        let root = self.raw().find_tree(tree.raw()).with_context(unread)?;
        root.traverse().breadthfirst(&mut recorder).with_context(unread)?;
        let mut files: Vec<TreeFile> = recorder
            .records
            .into_iter()
            .filter_map(|entry| Some(TreeFile { kind: kind_of(entry.mode)?, path: entry.filepath.into(), id: Oid::from(entry.oid) }))
            .collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// The paths of the regular files in a folder of a tree, and below it, sorted.
    pub(crate) fn files_below(&self, tree: Oid, folder: &str) -> Result<Vec<String>> {
        let unread = || format!("could not look up `{}`", folder.escape_debug());
        let root = self.raw().find_tree(tree.raw()).with_context(unread)?;
        let entry = root.lookup_entry(folder.split('/').map(str::as_bytes)).with_context(unread)?;
        let Some(entry) = entry.filter(|entry| entry.mode().is_tree()) else { return Ok(Vec::new()) };
        let files = self.tree_files(Oid::from(entry.object_id()))?;
        let files = files.into_iter().filter(|file| file.kind == FileKind::File);
        Ok(files.filter_map(|file| Some(format!("{folder}/{}", String::from_utf8(file.path).ok()?))).collect())
    }

    /// The regular files that differ between two trees, sorted by path.
    ///
    /// A file that turns into a link, a submodule or a folder is a removal, and the other way round an
    /// addition. A change of the mode alone is none.
    pub(crate) fn tree_changes(&self, old: Oid, new: Oid) -> Result<Vec<FileChange>> {
        if old == new {
            return Ok(Vec::new());
        }
        let tree = |id: Oid| self.raw().find_tree(id.raw()).with_context(|| format!("could not read the tree `{id}`"));
        let (before, after) = (tree(old)?, tree(new)?);
        let hash = self.raw().object_hash();
        let mut recorder = Recorder::default();
        gix::diff::tree(
            TreeRefIter::from_bytes(&before.data, hash),
            TreeRefIter::from_bytes(&after.data, hash),
            gix::diff::tree::State::default(),
            &self.raw().objects,
            &mut recorder,
        )
        .with_context(|| format!("could not compare the trees `{old}` and `{new}`"))?;
        let mut changes: Vec<FileChange> = recorder.records.into_iter().filter_map(file_change).collect();
        changes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// The bytes of a blob. None when the object is not here, as in a partial clone.
    pub(crate) fn blob(&self, id: Oid) -> Result<Option<Vec<u8>>> {
        let found = self.raw().try_find_object(id.raw()).with_context(|| format!("could not read the blob `{id}`"))?;
        match found {
            None => Ok(None),
            Some(object) if object.kind == Kind::Blob => Ok(Some(object.detach().data)),
            Some(object) => bail!("not a blob but a {}: `{id}`", object.kind),
        }
    }

    /// How long a blob is, without unpacking it. None when the object is not here.
    pub(crate) fn blob_size(&self, id: Oid) -> Result<Option<u64>> {
        let found = self.raw().try_find_header(id.raw()).with_context(|| format!("could not read the blob `{id}`"))?;
        match found {
            None => Ok(None),
            Some(header) if header.kind() == Kind::Blob => Ok(Some(header.size())),
            Some(header) => bail!("not a blob but a {}: `{id}`", header.kind()),
        }
    }

    /// The blob of the regular file at `path`, if there is one.
    pub(crate) fn file(&self, tree: Oid, path: &str) -> Result<Option<Oid>> {
        let unread = || format!("could not look up `{}`", path.escape_debug());
        let entry =
            self.raw().find_tree(tree.raw()).and_then(|tree| tree.lookup_entry(path.split('/').map(str::as_bytes))).with_context(unread)?;
        Ok(entry.filter(|entry| entry.mode().is_blob()).map(|entry| Oid::from(entry.object_id())))
    }
}

fn kind_of(mode: EntryMode) -> Option<FileKind> {
    if mode.is_blob() {
        Some(FileKind::File)
    } else if mode.is_link() {
        Some(FileKind::Link)
    } else if mode.is_commit() {
        Some(FileKind::Submodule)
    } else {
        None
    }
}

fn file_change(change: Change) -> Option<FileChange> {
    let file = |mode: EntryMode, id: gix::ObjectId| mode.is_blob().then(|| Oid::from(id));
    let (path, old, new) = match change {
        Change::Addition { entry_mode, oid, path, .. } => (path, None, file(entry_mode, oid)),
        Change::Deletion { entry_mode, oid, path, .. } => (path, file(entry_mode, oid), None),
        Change::Modification { previous_entry_mode, previous_oid, entry_mode, oid, path } => {
            (path, file(previous_entry_mode, previous_oid), file(entry_mode, oid))
        }
    };
    (old != new).then(|| FileChange { path: path.into(), old, new })
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;
    use super::super::{Oid, Repository};
    use super::FileKind;

    fn tree(repository: &Repository) -> Oid {
        repository.tip(None).unwrap().unwrap().tree
    }

    /// `+` added, `-` removed, `~` changed.
    #[track_caller]
    fn check(before: &[(&str, &str)], change: impl Fn(&Sandbox), want: &[&str]) {
        let sandbox = Sandbox::with(before);
        let repository = sandbox.open();
        let old = tree(&repository);
        change(&sandbox);
        sandbox.commit("two", &[]);
        let new = tree(&repository);
        let told = |old, new| -> Vec<String> {
            let changes = repository.tree_changes(old, new).unwrap();
            let tell = |change: &super::FileChange| {
                let sign = match (change.old, change.new) {
                    (None, _) => '+',
                    (_, None) => '-',
                    _ => '~',
                };
                format!("{sign} {}", String::from_utf8_lossy(&change.path))
            };
            changes.iter().map(tell).collect()
        };
        assert_eq!(told(old, new), want);
        let back: Vec<String> = want.iter().map(|line| line.replace(['+', '-'], if line.starts_with('+') { "-" } else { "+" })).collect();
        assert_eq!(told(new, old), back, "the other way round");
    }

    #[test]
    fn changes_are_files_sorted_by_path() {
        check(
            &[("a/x", "1"), ("a.b", "1"), ("gone", "1"), ("same", "1")],
            |sandbox| {
                sandbox.write("a/x", "2");
                sandbox.write("a.b", "2");
                sandbox.write("new/deep/er", "1");
                std::fs::remove_file(sandbox.path("gone")).unwrap();
            },
            &["~ a.b", "~ a/x", "- gone", "+ new/deep/er"],
        );
    }

    #[test]
    fn a_move_is_a_removal_and_an_addition() {
        check(&[("old", "1")], |sandbox| std::fs::rename(sandbox.path("old"), sandbox.path("new")).unwrap(), &["+ new", "- old"]);
    }

    #[test]
    fn a_file_becomes_a_folder() {
        check(
            &[("a", "1")],
            |sandbox| {
                std::fs::remove_file(sandbox.path("a")).unwrap();
                sandbox.write("a/b", "1");
            },
            &["- a", "+ a/b"],
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_becomes_a_link() {
        check(
            &[("a", "1"), ("b", "1")],
            |sandbox| {
                std::fs::remove_file(sandbox.path("a")).unwrap();
                std::os::unix::fs::symlink("b", sandbox.path("a")).unwrap();
            },
            &["- a"],
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_alone_is_no_change() {
        check(
            &[("a", "1")],
            |sandbox| {
                sandbox.git(&["update-index", "--chmod=+x", "a"]);
                sandbox.git(&["commit", "-q", "-m", "mode"]);
                sandbox.git(&["checkout", "-q", "-f"]);
            },
            &[],
        );
    }

    #[cfg(unix)]
    #[test]
    fn every_kind_of_file_is_listed() {
        let sandbox = Sandbox::with(&[("b/c", "c"), ("a\nb", "x"), ("b.d", "d")]);
        std::os::unix::fs::symlink("../outside", sandbox.path("link")).unwrap();
        let commit = sandbox.open().tip(None).unwrap().unwrap().commit;
        sandbox.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
        sandbox.git(&["add", "link"]);
        sandbox.git(&["commit", "-q", "-m", "two"]);
        let repository = sandbox.open();
        let files = repository.tree_files(tree(&repository)).unwrap();
        let told: Vec<(&[u8], FileKind)> = files.iter().map(|file| (&file.path[..], file.kind)).collect();
        assert_eq!(
            told,
            [
                (&b"a\nb"[..], FileKind::File),
                (b"b.d", FileKind::File),
                (b"b/c", FileKind::File),
                (b"link", FileKind::Link),
                (b"sub", FileKind::Submodule),
            ]
        );
        let empty = repository.empty_tree();
        assert_eq!(repository.tree_files(empty).unwrap(), []);
        let added = repository.tree_changes(empty, tree(&repository)).unwrap();
        assert_eq!(added.len(), 3);
        assert_eq!(repository.file(tree(&repository), "link").unwrap(), None);
        assert_eq!(repository.file(tree(&repository), "b").unwrap(), None);
    }

    #[test]
    fn a_blob_its_size_and_its_absence() {
        let sandbox = Sandbox::with(&[("a/b", "hello")]);
        let repository = sandbox.open();
        let id = repository.file(tree(&repository), "a/b").unwrap().unwrap();
        assert_eq!(repository.blob(id).unwrap().unwrap(), b"hello");
        assert_eq!(repository.blob_size(id).unwrap(), Some(5));
        let absent = Oid::parse(&"1".repeat(40)).unwrap();
        assert_eq!(repository.blob(absent).unwrap(), None);
        assert_eq!(repository.blob_size(absent).unwrap(), None);
        assert_eq!(repository.commit_at(absent).unwrap(), None);
        assert_eq!(repository.file(tree(&repository), "a/c").unwrap(), None);
        assert_eq!(repository.blob(tree(&repository)).unwrap_err().to_string(), format!("not a blob but a tree: `{}`", tree(&repository)));
    }
}
