//! A throw-away repository into which nothing leaks: home, clock, names and git's settings are
//! fixed, so the same files give the same commit ids on every machine.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gix::ObjectId;
use gix::objs::tree::EntryKind;

/// What a tree holds, by path.
pub(crate) type Files = BTreeMap<String, File>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) kind: EntryKind,
    pub(crate) bytes: Vec<u8>,
}

impl File {
    pub(crate) fn plain(bytes: impl Into<Vec<u8>>) -> Self {
        File { kind: EntryKind::Blob, bytes: bytes.into() }
    }
}

/// How a program ended and what it said.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Everything that the tool has no business to change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Untouched {
    pub(crate) head: Vec<u8>,
    pub(crate) refs: BTreeMap<String, String>,
    pub(crate) index: Option<Vec<u8>>,
    pub(crate) work_tree: Files,
}

pub(crate) struct Sandbox {
    dir: tempfile::TempDir,
    repo: gix::Repository,
    /// Invariant: counts the commits made, so that no two have the same time.
    commits: i64,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("home")).unwrap();
        let repo = gix::ThreadSafeRepository::init_opts(
            dir.path().join("repo"),
            gix::create::Kind::WithWorktree,
            gix::create::Options::default(),
            gix::open::Options::isolated(),
        );
        let repo = repo.unwrap().to_thread_local();
        fs::write(repo.git_dir().join("HEAD"), "ref: refs/heads/main\n").unwrap();
        Sandbox { dir, repo, commits: 0 }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    pub(crate) fn git_dir(&self) -> &Path {
        self.repo.git_dir()
    }

    /// Where the tool keeps its index.
    pub(crate) fn index_dir(&self) -> PathBuf {
        self.git_dir().join("trainset/index")
    }

    // What the repository holds.

    /// The commit that a revision such as `main~2` names.
    pub(crate) fn commit_id(&self, revision: &str) -> Option<ObjectId> {
        self.repo.rev_parse_single(revision).ok().map(|id| id.detach())
    }

    pub(crate) fn tree_id(&self, revision: &str) -> Option<ObjectId> {
        let commit = self.repo.find_commit(self.commit_id(revision)?).unwrap();
        Some(commit.tree_id().unwrap().detach())
    }

    pub(crate) fn message(&self, revision: &str) -> Option<String> {
        let commit = self.repo.find_commit(self.commit_id(revision)?).unwrap();
        Some(commit.message_raw().unwrap().to_string())
    }

    /// Every file of a revision; none where there is no such revision.
    pub(crate) fn files(&self, revision: &str) -> Files {
        let Some(tree) = self.tree_id(revision) else {
            return Files::new();
        };
        let entries = self.repo.find_tree(tree).unwrap().traverse().breadthfirst.files().unwrap();
        let blobs = entries.into_iter().filter(|entry| entry.mode.is_blob_or_symlink());
        blobs
            .map(|entry| {
                let bytes = self.repo.find_object(entry.oid).unwrap().detach().data;
                (entry.filepath.to_string(), File { kind: entry.mode.kind(), bytes })
            })
            .collect()
    }

    pub(crate) fn dataset(&self) -> BTreeMap<String, Vec<u8>> {
        self.files("dataset").into_iter().map(|(path, file)| (path, file.bytes)).collect()
    }

    // How it comes about.

    /// Commits exactly these files to the branch checked out.
    pub(crate) fn commit(&mut self, message: &str, files: &Files) -> ObjectId {
        let parents = Vec::from_iter(self.commit_id("HEAD"));
        self.commit_onto(parents, message, files)
    }

    /// Commits exactly these files onto other parents than the branch's tip, and moves the branch there.
    pub(crate) fn commit_onto(&mut self, parents: Vec<ObjectId>, message: &str, files: &Files) -> ObjectId {
        self.commits += 1;
        let mut tree = self.repo.edit_tree(self.repo.empty_tree().id).unwrap();
        for (path, file) in files {
            let blob = self.repo.write_blob(&file.bytes).unwrap();
            tree.upsert(path.as_str(), file.kind, blob).unwrap();
        }
        let tree = tree.write().unwrap();
        let time = gix::date::Time::new(1_700_000_000 + self.commits * 60, 0);
        let ada = gix::actor::Signature { name: "Ada".into(), email: "ada@example.org".into(), time };
        let mut buffer = gix::date::parse::TimeBuf::default();
        let ada = ada.to_ref(&mut buffer);
        let commit = self.repo.new_commit_as(ada, ada, message, tree, parents).unwrap().id;
        self.point(&self.branch(), commit);
        commit
    }

    /// The branch checked out.
    pub(crate) fn branch(&self) -> String {
        let head = fs::read_to_string(self.git_dir().join("HEAD")).unwrap();
        head.trim().strip_prefix("ref: refs/heads/").unwrap().to_owned()
    }

    pub(crate) fn checkout(&self, branch: &str) {
        fs::write(self.git_dir().join("HEAD"), format!("ref: refs/heads/{branch}\n")).unwrap();
    }

    pub(crate) fn point(&self, branch: &str, commit: ObjectId) {
        let path = self.git_dir().join("refs/heads").join(branch);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{commit}\n")).unwrap();
    }

    /// Brings work tree and git's index to what `HEAD` holds.
    pub(crate) fn populate(&self) {
        for entry in fs::read_dir(self.root()).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() && entry.file_name() != ".git" {
                fs::remove_dir_all(entry.path()).unwrap();
            } else if entry.file_name() != ".git" {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        for (path, file) in self.files("HEAD") {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match file.kind {
                EntryKind::Link => link(&String::from_utf8(file.bytes).unwrap(), &path),
                _ => fs::write(path, file.bytes).unwrap(),
            }
        }
        let read = self.git(&["read-tree", "HEAD"]);
        assert_eq!(read.code, 0, "{read:#?}");
    }

    pub(crate) fn untouched(&self) -> Untouched {
        let mut work_tree = Files::new();
        walk(&self.root(), &self.root(), &mut work_tree);
        work_tree.retain(|path, _| !path.starts_with(".git/"));
        let refs = self.git(&["for-each-ref", "--format=%(refname) %(objectname)"]).stdout;
        let refs = refs.lines().map(|line| line.split_once(' ').unwrap());
        Untouched {
            head: fs::read(self.git_dir().join("HEAD")).unwrap(),
            refs: refs.filter(|(name, _)| *name != "refs/heads/dataset").map(|(name, id)| (name.to_owned(), id.to_owned())).collect(),
            index: fs::read(self.git_dir().join("index")).ok(),
            work_tree,
        }
    }

    // Who works on it.

    /// The tool, in this repository.
    pub(crate) fn trainset(&self, args: &[&str]) -> Ran {
        self.trainset_command(args).output().unwrap().into()
    }

    pub(crate) fn trainset_command(&self, args: &[&str]) -> Command {
        let mut command = self.clean(env!("CARGO_BIN_EXE_git-trainset"));
        command.arg("-C").arg(self.root()).args(args);
        command
    }

    /// The real git, in this repository.
    pub(crate) fn git(&self, args: &[&str]) -> Ran {
        self.clean("git").arg("-C").arg(self.root()).args(args).output().unwrap().into()
    }

    #[track_caller]
    pub(crate) fn fsck(&self) {
        let ran = self.git(&["fsck", "--strict", "--no-dangling"]);
        let quiet = !(ran.stdout.clone() + &ran.stderr).contains("warning");
        assert!(ran.code == 0 && quiet, "{ran:#?}");
    }

    pub(crate) fn clean(&self, program: &str) -> Command {
        clean(self.dir.path(), program)
    }
}

/// A program for which `folder` is all there is: its home lies in it, and nothing of this machine shows.
pub(crate) fn clean(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", without_the_tool(&path))))
        .env("HOME", folder.join("home"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", folder.join("home/.gitconfig"))
        .env("TERM", "dumb")
        .current_dir(folder)
        .stdin(std::process::Stdio::null());
    command
}

/// Hooks run the first tool on the path: one that is installed is not the one under test.
fn without_the_tool(path: &OsStr) -> OsString {
    let folders = std::env::split_paths(path).filter(|folder| !folder.join("git-trainset").exists());
    std::env::join_paths(folders).unwrap()
}

/// Every file below a folder, by its path from `root`.
pub(crate) fn walk(root: &Path, dir: &Path, found: &mut Files) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.map(Result::unwrap) {
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            walk(root, &path, found);
            continue;
        }
        let file = if kind.is_symlink() {
            let target = fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes();
            File { kind: EntryKind::Link, bytes: target }
        } else {
            File::plain(fs::read(&path).unwrap())
        };
        let name: Vec<_> = path.strip_prefix(root).unwrap().iter().map(|part| part.to_string_lossy()).collect();
        found.insert(name.join("/"), file);
    }
}

#[cfg(unix)]
fn link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).unwrap();
}

/// As git does where `core.symlinks` is off.
#[cfg(not(unix))]
fn link(target: &str, path: &Path) {
    fs::write(path, target).unwrap();
}

#[test]
fn commit_ids_are_the_same_in_each_run() {
    let files = Files::from([("app.py".to_owned(), File::plain("x = 1\n"))]);
    let mut sandbox = Sandbox::new();
    let first = sandbox.commit("first", &files);
    assert_eq!(first.to_string(), "888532b557bc508fdd90bf8aa712c1b33496fec8");
    assert_eq!(sandbox.files("HEAD"), files);
}

#[test]
fn what_the_tool_may_not_touch_is_seen() {
    let mut sandbox = Sandbox::new();
    sandbox.commit("first", &Files::from([("a/b.py".to_owned(), File::plain("x = 1\n"))]));
    sandbox.populate();
    let before = sandbox.untouched();
    assert_eq!(before.refs.len(), 1);
    assert_eq!(before.work_tree, sandbox.files("HEAD"));

    fs::write(sandbox.root().join("a/b.py"), "x = 2\n").unwrap();
    assert_ne!(sandbox.untouched(), before);
    sandbox.populate();
    assert_eq!(sandbox.untouched(), before);

    sandbox.point("dataset", sandbox.commit_id("main").unwrap());
    assert_eq!(sandbox.untouched(), before);
    sandbox.point("dataset2", sandbox.commit_id("main").unwrap());
    assert_ne!(sandbox.untouched(), before);
    sandbox.fsck();
}
