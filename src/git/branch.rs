//! The dataset branch as it stands.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use gix::ObjectId;
use gix::objs::Kind;
use gix::refs::{FullName, Target};

use super::{Oid, Repository};

/// A commit of the dataset branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DatasetTip {
    pub commit: Oid,
    pub tree: Oid,
    pub message: String,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
}

impl DatasetTip {
    /// The value of a trailer: a line `Key: value` of the last paragraph. The last one wins.
    pub(crate) fn trailer(&self, key: &str) -> Option<&str> {
        let (_, last_paragraph) = self.message.trim_end().rsplit_once("\n\n")?;
        last_paragraph.lines().rev().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(key).then_some(value.trim())
        })
    }
}

impl Repository {
    /// The tip of the dataset branch, if there is one.
    pub(crate) fn dataset(&self, branch: &str) -> Result<Option<DatasetTip>> {
        let Some(commit) = self.branch_tip(&branch_ref(branch)?)? else {
            return Ok(None);
        };
        match self.commit_at(Oid::from(commit))? {
            Some(tip) => Ok(Some(tip)),
            None => bail!(
                "the branch `{branch}` points to a commit that is not here: `{commit}`\nmend: fetch it again from a remote that has it"
            ),
        }
    }

    /// A commit, wherever it stands. None when the object is gone.
    pub(crate) fn commit_at(&self, commit: Oid) -> Result<Option<DatasetTip>> {
        let unread = || format!("could not read the commit `{commit}`");
        let found = self.raw().try_find_object(commit.raw()).with_context(unread)?;
        let Some(object) = found else {
            return Ok(None);
        };
        if object.kind != Kind::Commit {
            bail!("not a commit but a {}: `{commit}`", object.kind);
        }
        let object = object.into_commit();
        let tree = object.tree_id().with_context(unread)?.detach();
        let message = String::from_utf8_lossy(object.message_raw_sloppy()).into_owned();
        let seconds = object.time().with_context(unread)?.seconds;
        Ok(Some(DatasetTip { commit, tree: Oid::from(tree), message, seconds }))
    }

    /// Whether some work tree has the branch checked out. To move it then would make that work tree look
    /// edited by hand.
    pub(crate) fn checked_out(&self, branch: &str) -> Result<bool> {
        Ok(self.checked_out_at(&branch_ref(branch)?)?.is_some())
    }

    /// The git folder of a work tree that is on the branch, or in the middle of rebasing it.
    pub(super) fn checked_out_at(&self, branch: &FullName) -> Result<Option<PathBuf>> {
        let common = self.common_dir();
        let mut git_dirs = Vec::new();
        if self.raw().config_snapshot().boolean("core.bare") != Some(true) {
            git_dirs.push(common.clone());
        }
        match fs::read_dir(common.join("worktrees")) {
            Ok(entries) => {
                for entry in entries {
                    git_dirs.push(entry.context("could not list the work trees")?.path());
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context("could not list the work trees"),
        }
        let name = branch.as_bstr();
        Ok(git_dirs.into_iter().find(|dir| is_on(dir, name)))
    }

    /// What the branch points to right now.
    pub(super) fn branch_tip(&self, branch: &FullName) -> Result<Option<ObjectId>> {
        let found = self
            .raw()
            .try_find_reference(branch)
            .with_context(|| format!("could not read `{}`", branch.as_bstr()))?
            .filter(|found| found.name() == branch.as_ref());
        match found.map(|found| found.inner.target) {
            None => Ok(None),
            Some(Target::Object(id)) => Ok(Some(id)),
            Some(Target::Symbolic(to)) => bail!(
                "the dataset branch is only a name for another one: `{}` stands for `{}`\nmend: choose another name for the dataset branch",
                branch.as_bstr(),
                to.as_bstr()
            ),
        }
    }
}

/// `refs/heads/<branch>`, if that is a name at all.
pub(super) fn branch_ref(branch: &str) -> Result<FullName> {
    FullName::try_from(format!("refs/heads/{branch}")).map_err(|_| anyhow!("not a name for a branch: `{}`", branch.escape_debug()))
}

/// Whether the work tree with this git folder is on the branch.
fn is_on(git_dir: &Path, branch: &[u8]) -> bool {
    let says = |file: &str, prefix: &[u8]| {
        fs::read(git_dir.join(file)).is_ok_and(|text| text.strip_prefix(prefix).is_some_and(|rest| rest.trim_ascii() == branch))
    };
    says("HEAD", b"ref:") || says("rebase-merge/head-name", b"") || says("rebase-apply/head-name", b"")
}

#[cfg(test)]
mod tests {
    use super::super::Oid;
    use super::super::sandbox::Sandbox;
    use super::DatasetTip;

    #[test]
    fn trailers_stand_in_the_last_paragraph() {
        let id = Oid::parse(&"1".repeat(40)).unwrap();
        let tip = |message: &str| DatasetTip { commit: id, tree: id, message: message.to_owned(), seconds: 0 };
        let told = tip("say\n\nTool-Version: no\n\nSource-Commit: 12\nTool-Version: 0.1: b\n");
        assert_eq!(told.trailer("source-commit"), Some("12"));
        assert_eq!(told.trailer("Tool-Version"), Some("0.1: b"));
        assert_eq!(told.trailer("say"), None);
        assert_eq!(tip("Subject: alone").trailer("Subject"), None);
    }

    #[test]
    fn a_symbolic_branch_is_refused() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        sandbox.git(&["symbolic-ref", "refs/heads/dataset", "refs/heads/main"]);
        let error = sandbox.open().dataset("dataset").unwrap_err();
        assert!(error.to_string().contains("stands for `refs/heads/main`"), "{error}");
    }

    #[test]
    fn a_branch_in_the_middle_of_a_rebase_is_checked_out() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        assert!(!sandbox.open().checked_out("dataset").unwrap());
        sandbox.write(".git/rebase-merge/head-name", "refs/heads/dataset\n");
        assert!(sandbox.open().checked_out("dataset").unwrap());
    }

    #[test]
    fn a_bare_repository_has_nothing_checked_out() {
        let sandbox = Sandbox::init(&["--bare", "--initial-branch=dataset"]);
        assert!(!sandbox.open().checked_out("dataset").unwrap());
    }

    #[test]
    fn no_name_for_a_branch() {
        let sandbox = Sandbox::new();
        for bad in ["", "../../HEAD", "a..b", "a b", "a.lock"] {
            assert!(sandbox.open().dataset(bad).is_err(), "{bad}");
        }
    }
}
