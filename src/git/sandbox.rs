//! Throw-away repositories made by git itself, with nothing of this machine leaking in.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::append::Appended;
use super::{Append, Oid, Repository};

pub(super) struct Sandbox {
    home: TempDir,
    at: PathBuf,
}

impl Sandbox {
    /// A repository without a commit.
    pub(super) fn new() -> Sandbox {
        Sandbox::init(&["--initial-branch=main"])
    }

    pub(super) fn init(options: &[&str]) -> Sandbox {
        let home = tempfile::tempdir().unwrap();
        let at = home.path().canonicalize().unwrap().join("repo");
        std::fs::create_dir(&at).unwrap();
        let sandbox = Sandbox { home, at };
        sandbox.git(&[&["init", "-q"], options, &["."]].concat());
        sandbox
    }

    /// A repository with one commit.
    pub(super) fn with(files: &[(&str, &str)]) -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.commit("one", files);
        sandbox
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.at.join(name)
    }

    pub(super) fn open(&self) -> Repository {
        Repository::open(&self.at).unwrap()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn commit(&self, message: &str, files: &[(&str, &str)]) -> Oid {
        for (name, text) in files {
            self.write(name, text);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"]).parse().unwrap()
    }

    #[track_caller]
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.at, arguments)
    }

    #[track_caller]
    pub(super) fn git_in(&self, dir: &Path, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(dir)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Ada")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "ada@example.org")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_DATE"), "1700000000 +0200")))
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }
}

/// Puts `edits` on top of the branch `dataset`.
pub(super) fn append(repository: &Repository, edits: &[(&str, Option<&str>)]) -> anyhow::Result<Option<Appended>> {
    let tip = repository.dataset("dataset")?;
    append_on(repository, tip.as_ref().map(|tip| tip.commit), edits)
}

/// The same on top of any commit, which may not be the tip.
pub(super) fn append_on(
    repository: &Repository,
    expected: Option<Oid>,
    edits: &[(&str, Option<&str>)],
) -> anyhow::Result<Option<Appended>> {
    let lock = repository.lock()?;
    let writer = repository.writer();
    let edits = edits
        .iter()
        .map(|(path, text)| {
            let blob = text.map(|text| writer.write_blob(text.as_bytes().to_vec())).transpose()?;
            Ok(((*path).to_owned(), blob))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let base = match expected {
        None => None,
        Some(commit) => repository.commit_at(commit)?.map(|tip| tip.tree),
    };
    writer.append(
        &lock,
        Append {
            branch: "dataset",
            expected,
            base,
            edits,
            message: "say what happened\n\nSource-Commit: 1234\n".to_owned(),
            seconds: 1_700_000_000,
        },
    )
}
