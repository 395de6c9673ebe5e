//! A bare repository that allows no step back, and clones of it in which people and machines work.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::{Ran, clean};

pub(crate) struct Remote {
    dir: tempfile::TempDir,
}

/// A clone, or the remote itself.
pub(crate) struct Place<'r> {
    remote: &'r Remote,
    pub(crate) folder: PathBuf,
}

impl Remote {
    /// One that holds nothing.
    pub(crate) fn empty() -> Self {
        let remote = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(remote.dir.path().join("home")).unwrap();
        let there = remote.there();
        remote.at("").git(&["init", "-q", "--bare", "-b", "main", there.folder.to_str().unwrap()]);
        for (key, value) in [("receive.denyNonFastForwards", "true"), ("receive.denyDeletes", "true"), ("core.logAllRefUpdates", "always")]
        {
            there.git(&["config", key, value]);
        }
        remote
    }

    /// One with a first commit.
    pub(crate) fn new() -> Self {
        let remote = Self::empty();
        let seed = remote.clone("seed");
        seed.write("app/stock.py", 0);
        seed.commit("start");
        seed.git(&["push", "-q", "origin", "main"]);
        remote
    }

    pub(crate) fn there(&self) -> Place<'_> {
        self.at("there.git")
    }

    pub(crate) fn clone(&self, name: &str) -> Place<'_> {
        self.clone_with(name, &[])
    }

    pub(crate) fn clone_with(&self, name: &str, flags: &[&str]) -> Place<'_> {
        let clone = self.at(name);
        let url = format!("file://{}", self.there().folder.display());
        self.at("").git(&[&["clone", "-q"], flags, &[&url, clone.folder.to_str().unwrap()]].concat());
        clone
    }

    pub(crate) fn at(&self, name: &str) -> Place<'_> {
        Place { remote: self, folder: self.dir.path().join(name) }
    }

    /// The remote's dataset mirrors the tip of its branch and is what a rebuild gives, and it never took a step back.
    #[track_caller]
    pub(crate) fn is_whole(&self) {
        let there = self.there();
        let (source, tree) = (there.line(&["rev-parse", "main"]), there.line(&["rev-parse", "dataset^{tree}"]));
        let message = there.line(&["log", "-1", "--format=%B", "dataset"]);
        assert!(message.contains(&format!("Source-Commit: {source}\n")), "the dataset does not mirror {source}: {message}");
        let fresh = self.clone("fresh");
        assert!(matches!(fresh.tool(&["update"]).code, 0 | 1));
        assert_eq!(fresh.line(&["rev-parse", "dataset^{tree}"]), tree, "not what a rebuild gives");
        std::fs::remove_dir_all(&fresh.folder).unwrap();
        let steps = there.line(&["log", "-g", "--format=%H", "refs/heads/dataset"]);
        let steps: Vec<&str> = steps.lines().collect();
        for step in steps.windows(2) {
            assert_eq!(there.command("git", &["merge-base", "--is-ancestor", step[1], step[0]]).status().unwrap().code(), Some(0));
        }
        let fsck = there.line(&["fsck", "--strict", "--no-dangling"]);
        assert!(!fsck.contains("error"), "{fsck}");
    }
}

/// Each clone merges so many times and pushes the dataset after each.
pub(crate) fn race(clones: usize, merges: usize) {
    let remote = Remote::new();
    std::thread::scope(|scope| {
        for number in 0..clones {
            let remote = &remote;
            scope.spawn(move || {
                let clone = remote.clone(&format!("clone-{number}"));
                for state in 0..merges {
                    clone.merges(&format!("app/part_{number}.py"), state + 1);
                    clone.pushes();
                }
            });
        }
    });
    remote.is_whole();
    let there = remote.there();
    let message = there.line(&["log", "--format=%s", "main"]);
    assert_eq!(message.lines().filter(|line| line.starts_with("app/part_")).count(), clones * merges);
    // Every commit of the dataset says of which source it is, and none of an older one than that before it.
    let sources = there.line(&["log", "--reverse", "--format=%(trailers:key=Source-Commit,valueonly,separator=)", "dataset"]);
    let sources: Vec<&str> = sources.lines().filter(|line| !line.is_empty()).collect();
    for pair in sources.windows(2) {
        there.git(&["merge-base", "--is-ancestor", pair[0], pair[1]]);
    }
}

impl Place<'_> {
    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = clean(self.remote.dir.path(), program);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
            command.env(format!("GIT_{who}_DATE"), "1700000000 +0200");
        }
        command.args(args).current_dir(&self.folder);
        command
    }

    pub(crate) fn tool_command(&self, args: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_git-trainset"), args)
    }

    pub(crate) fn tool(&self, args: &[&str]) -> Ran {
        self.tool_command(args).output().unwrap().into()
    }

    /// Updates and pushes, and gives what was said of it.
    #[track_caller]
    pub(crate) fn pushes(&self) -> serde_json::Value {
        let ran = self.tool(&["update", "--push", "--json"]);
        assert!(matches!(ran.code, 0 | 1), "{ran:#?}");
        ran.json()
    }

    pub(crate) fn try_git(&self, args: &[&str]) -> Ran {
        self.command("git", args).output().unwrap().into()
    }

    #[track_caller]
    pub(crate) fn git(&self, args: &[&str]) -> Ran {
        let ran = self.try_git(args);
        assert_eq!(ran.code, 0, "git {args:?}: {ran:#?}");
        ran
    }

    #[track_caller]
    pub(crate) fn line(&self, args: &[&str]) -> String {
        self.git(args).stdout.trim().to_owned()
    }

    /// Writes a file with a function and some state of it.
    pub(crate) fn write(&self, path: &str, state: usize) {
        let name = Path::new(path).file_stem().unwrap().to_str().unwrap();
        let text = format!(
            "def {name}(item, count: int) -> int:\n    \"\"\"Takes items from the shelf.\"\"\"\n    if count > {state}:\n        \
             raise LookupError(\"sold out\")\n    return item.stock - count\n"
        );
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.line(&["rev-parse", "HEAD"])
    }

    /// One more state of a file, merged into the branch over there.
    pub(crate) fn merges(&self, path: &str, state: usize) {
        self.write(path, state);
        self.commit(&format!("{path} {state}"));
        while self.try_git(&["push", "-q", "origin", "main"]).code != 0 {
            self.git(&["pull", "-q", "--no-rebase", "--no-edit", "origin", "main"]);
        }
    }
}
