//! What `git config` says, and what git is in the middle of.

use std::path::PathBuf;

use super::Repository;

/// Files that stand in the git folder while git is in the middle of something that will move `HEAD` again.
const UNDER_WAY: &[(&str, &str)] = &[("rebase-merge", "a rebase"), ("rebase-apply", "a rebase"), ("BISECT_LOG", "a bisect")];

impl Repository {
    /// The value of a key of `git config`, wherever it is set.
    pub(crate) fn setting(&self, key: &str) -> Option<String> {
        self.raw().config_snapshot().string(key).map(|value| value.to_string())
    }

    /// The git folder of this very work tree.
    pub(crate) fn git_dir(&self) -> PathBuf {
        let dir = self.raw().git_dir();
        dir.canonicalize().unwrap_or_else(|_| dir.to_owned())
    }

    /// What git is in the middle of, if that moves `HEAD` about.
    pub(crate) fn under_way(&self) -> Option<&'static str> {
        let dir = self.raw().git_dir();
        UNDER_WAY.iter().find(|(file, _)| dir.join(file).exists()).map(|(_, what)| *what)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;

    #[test]
    fn settings_are_read_as_git_reads_them() {
        let sandbox = Sandbox::new();
        assert_eq!(sandbox.open().setting("trainset.onCommit"), None);
        sandbox.git(&["config", "trainset.oncommit", "index"]);
        assert_eq!(sandbox.open().setting("trainset.onCommit").unwrap(), "index");
    }

    #[test]
    fn a_bisect_is_under_way() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        assert_eq!(sandbox.open().under_way(), None);
        sandbox.git(&["bisect", "start"]);
        assert_eq!(sandbox.open().under_way(), Some("a bisect"));
        sandbox.git(&["bisect", "reset"]);
        assert_eq!(sandbox.open().under_way(), None);
    }
}
