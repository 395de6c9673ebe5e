//! The `git` program, for what gix does not do: transfer, and settings to write.

use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use super::Repository;

/// Variables that tie a process to one repository. git sets some of them for a hook; whoever starts a
/// program for another repository, or for later, takes them away.
pub(crate) const LOCAL_VARIABLES: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

impl Repository {
    /// A call of git in this very repository, whatever the environment says.
    pub(crate) fn git(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        for name in LOCAL_VARIABLES {
            command.env_remove(name);
        }
        let git_dir = self.git_dir();
        command.env("GIT_DIR", &git_dir);
        match self.work_tree() {
            Some(top) => command.env("GIT_WORK_TREE", &top).current_dir(top),
            None => command.current_dir(git_dir),
        };
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// What git prints, without the newline at its end. Fails with git's own words.
    pub(crate) fn ask_git(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let output = run(&mut self.git(arguments))?;
        if !output.status.success() {
            bail!("`git {}` failed\nbecause: {}", arguments.first().copied().unwrap_or_default(), told(&output));
        }
        let mut out = output.stdout;
        if out.ends_with(b"\n") {
            out.pop();
        }
        Ok(out)
    }

    /// Major and minor version of git.
    pub(crate) fn git_version(&self) -> Result<(u32, u32)> {
        let said = self.ask_git(&["--version"])?;
        let said = String::from_utf8_lossy(&said);
        let mut numbers = said.split_whitespace().nth(2).unwrap_or_default().split('.').map(|part| part.parse().unwrap_or(0));
        Ok((numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)))
    }
}

pub(super) fn run(command: &mut Command) -> Result<Output> {
    command.output().context("could not run `git`\nmend: install git, or put it on the PATH")
}

/// What git said on its way out, on one line.
pub(super) fn told(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("hint:")).collect();
    lines.join("; ")
}
