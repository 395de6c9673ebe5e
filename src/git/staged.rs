//! What the next commit would hold: the git index, as a tree that is nowhere on the disk.
//!
//! `HEAD`'s tree and the index are walked together, and a folder is left out where the index remembers
//! that it is the one of `HEAD`: the cost follows what is staged, not the size of the repository. In a
//! hook `GIT_INDEX_FILE` names the index that git is about to commit, which for `commit -a` and for
//! `commit -- path` is not the usual one.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result};
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use gix::index::{File, State, extension};
use gix::objs::tree::{Editor, EntryKind, EntryMode};
use gix::objs::{FindExt, TreeRefIter};
use gix::{ObjectId, index};

use super::{Oid, Repository};

/// The next commit's tree beside that of `HEAD`.
pub(crate) struct Staged {
    /// Knows the staged tree besides all that is on the disk. Nothing that it writes gets there.
    pub repository: Repository,
    /// The tree of `HEAD`; the empty one before the first commit.
    pub head: Oid,
    pub tree: Oid,
}

impl Repository {
    /// What is staged. Paths that are in conflict count as `HEAD` has them: git refuses to commit these.
    pub(crate) fn staged(&self) -> Result<Staged> {
        let repository = Repository::from(self.raw().clone().with_object_memory());
        let raw = repository.raw();
        let head = raw.head_tree_id_or_empty().context("could not read the tree of `HEAD`")?.detach();
        // The checksum of the whole file costs more than all the rest, and git has just written it.
        let unread = || format!("could not read the git index `{}`", raw.index_path().display());
        let index =
            File::at_or_default(raw.index_path(), raw.object_hash(), true, index::decode::Options::default()).with_context(unread)?;
        let mut walk = Walk { repository: raw, index: &index, gone: Vec::new(), come: Vec::new() };
        walk.folder(0..index.entries().len(), 0, index.tree(), Some(head)).with_context(unread)?;
        let tree = walk.tree(head).context("could not tell what the next commit holds")?;
        let (head, tree) = (Oid::from(head), Oid::from(tree));
        Ok(Staged { repository, head, tree })
    }
}

struct Walk<'w> {
    repository: &'w gix::Repository,
    index: &'w State,
    gone: Vec<BString>,
    come: Vec<(BString, EntryKind, ObjectId)>,
}

impl Walk<'_> {
    /// Compares one folder: the entries of the index in `range`, whose paths are the same up to `prefix`,
    /// with a tree of `HEAD`, if that has one there.
    fn folder(&mut self, range: Range<usize>, prefix: usize, known: Option<&extension::Tree>, head: Option<ObjectId>) -> Result<()> {
        let entries = self.index.entries();
        let whole = known.and_then(|known| known.num_entries).is_some_and(|count| count as usize == range.len());
        if let (true, Some(known), Some(head)) = (whole, known, head)
            && known.id == head
        {
            return Ok(());
        }
        let tree = head.map(|id| self.repository.find_tree(id)).transpose()?;
        let mut left: HashMap<&BStr, (EntryMode, ObjectId)> = HashMap::new();
        for entry in tree.iter().flat_map(|tree| TreeRefIter::from_bytes(&tree.data, self.repository.object_hash())) {
            let entry = entry?;
            left.insert(entry.filename, (entry.mode, entry.oid.to_owned()));
        }
        let here: BString = entries.get(range.start).map(|entry| entry.path(self.index)[..prefix].into()).unwrap_or_default();
        let mut at = range.start;
        while at < range.end {
            let entry = &entries[at];
            let path = entry.path(self.index);
            let rest = &path[prefix..];
            let Some(slash) = rest.find_byte(b'/') else {
                at += 1;
                self.file(entry, left.remove(rest.as_bstr()));
                continue;
            };
            let name = rest[..slash].as_bstr();
            let was = left.get(name).filter(|(mode, _)| mode.is_tree()).map(|(_, id)| *id);
            if was.is_some() {
                left.remove(name);
            }
            if entry.mode == Mode::DIR {
                // A sparse index holds the folder as one entry.
                at += 1;
                if was != Some(entry.id) {
                    self.come.push((path[..prefix + slash].into(), EntryKind::Tree, entry.id));
                }
                continue;
            }
            let folder = &path[..=prefix + slash];
            let end = at + entries[at..range.end].partition_point(|entry| entry.path(self.index).starts_with(folder));
            let child = known.and_then(|known| known.children.iter().find(|child| child.name.as_slice() == name.as_bytes()));
            self.folder(at..end, prefix + slash + 1, child, was)?;
            at = end;
        }
        self.gone.extend(left.keys().map(|name| {
            let mut path = here.clone();
            path.extend_from_slice(name);
            path
        }));
        Ok(())
    }

    fn file(&mut self, entry: &index::Entry, was: Option<(EntryMode, ObjectId)>) {
        let path = entry.path(self.index).to_owned();
        if entry.stage() != Stage::Unconflicted {
            return;
        }
        if entry.flags.contains(Flags::INTENT_TO_ADD) {
            // Announced, and not in the commit.
            self.gone.extend(was.map(|_| path));
            return;
        }
        let mode = entry.mode.to_tree_entry_mode();
        if let Some(mode) = mode.filter(|mode| was != Some((*mode, entry.id))) {
            self.come.push((path, mode.kind(), entry.id));
        }
    }

    fn tree(self, head: ObjectId) -> Result<ObjectId> {
        if self.gone.is_empty() && self.come.is_empty() {
            return Ok(head);
        }
        let root = match head.is_empty_tree() {
            true => gix::objs::Tree::default(),
            false => self.repository.objects.find_tree(&head, &mut Vec::new())?.into(),
        };
        let mut editor = Editor::new(root, &self.repository.objects, self.repository.object_hash());
        for path in &self.gone {
            editor.remove(path.split_str("/").map(BStr::new))?;
        }
        for (path, kind, id) in self.come {
            editor.upsert(path.split_str("/").map(BStr::new), kind, id)?;
        }
        Ok(editor.write(|tree| self.repository.write_object(tree).map(gix::Id::detach))?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;

    /// The staged tree is the one that git would commit, and nothing was written to find out.
    #[track_caller]
    fn check(sandbox: &Sandbox) {
        let before = sandbox.git(&["count-objects", "-v"]);
        let staged = sandbox.open().staged().unwrap();
        assert_eq!(sandbox.git(&["count-objects", "-v"]), before);
        assert_eq!(staged.tree.to_string(), sandbox.git(&["write-tree"]));
        let told: Vec<String> = staged
            .repository
            .tree_changes(staged.head, staged.tree)
            .unwrap()
            .iter()
            .map(|change| String::from_utf8_lossy(&change.path).into_owned())
            .collect();
        let wanted = sandbox.git(&["-c", "core.quotePath=off", "diff", "--cached", "--no-renames", "--name-only"]);
        assert_eq!(told.join("\n"), wanted);
    }

    #[test]
    fn what_git_would_commit() {
        let sandbox = Sandbox::with(&[("a/b/c.py", "1"), ("a/b/d.py", "1"), ("a.b", "1"), ("e/f", "1"), ("top", "1")]);
        check(&sandbox);
        sandbox.write("a/b/c.py", "2");
        check(&sandbox);
        sandbox.git(&["add", "a/b/c.py"]);
        check(&sandbox);
        sandbox.write("a/b/c.py", "3");
        sandbox.git(&["rm", "-rq", "e"]);
        sandbox.write("e", "now a file");
        sandbox.git(&["rm", "-q", "top"]);
        sandbox.write("top/is/a/folder", "1");
        sandbox.write("a/b.py", "between");
        sandbox.git(&["add", "e", "top", "a/b.py"]);
        check(&sandbox);
        sandbox.git(&["commit", "-q", "-m", "two"]);
        check(&sandbox);
        sandbox.git(&["rm", "-rqf", "."]);
        check(&sandbox);
    }

    #[test]
    fn before_the_first_commit() {
        let sandbox = Sandbox::new();
        check(&sandbox);
        sandbox.write("a/b", "1");
        sandbox.git(&["add", "-A"]);
        check(&sandbox);
    }

    #[test]
    fn a_file_that_is_only_announced_is_not_staged() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        sandbox.write("b/c", "1");
        sandbox.git(&["add", "-N", "b/c"]);
        let staged = sandbox.open().staged().unwrap();
        assert_eq!(staged.head, staged.tree);
    }

    #[test]
    fn a_sparse_index() {
        let sandbox = Sandbox::with(&[("a/b", "1"), ("c/d", "1"), ("e", "1")]);
        sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
        check(&sandbox);
        sandbox.write("a/b", "2");
        sandbox.git(&["add", "a/b"]);
        check(&sandbox);
    }

    #[test]
    fn a_conflict_counts_as_head_has_it() {
        let sandbox = Sandbox::with(&[("a", "1"), ("b", "1")]);
        sandbox.git(&["checkout", "-q", "-b", "side"]);
        sandbox.commit("theirs", &[("a", "2"), ("b", "2")]);
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.commit("ours", &[("a", "3")]);
        let mut merge = std::process::Command::new("git");
        merge.current_dir(sandbox.path("")).env("GIT_CONFIG_GLOBAL", "/dev/null").args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=b",
            "merge",
            "-q",
            "side",
        ]);
        assert!(!merge.output().unwrap().status.success());
        let staged = sandbox.open().staged().unwrap();
        let changes = staged.repository.tree_changes(staged.head, staged.tree).unwrap();
        assert_eq!(changes.iter().map(|change| change.path.as_slice()).collect::<Vec<_>>(), [b"b"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_modes_and_odd_names() {
        use std::os::unix::ffi::OsStrExt;
        let sandbox = Sandbox::with(&[("a b/c", "1"), ("d", "1")]);
        std::os::unix::fs::symlink("d", sandbox.path("link")).unwrap();
        std::fs::write(sandbox.path("").join(std::ffi::OsStr::from_bytes(b"\xff\n")), "1").unwrap();
        sandbox.git(&["add", "-A"]);
        sandbox.git(&["update-index", "--chmod=+x", "d"]);
        let staged = sandbox.open().staged().unwrap();
        assert_eq!(staged.tree.to_string(), sandbox.git(&["write-tree"]));
    }
}
