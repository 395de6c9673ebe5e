//! One commit on the dataset branch, or none.

use anyhow::{Result, bail};
use gix::ObjectId;
use gix::actor::Signature;
use gix::date::Time;
use gix::objs::Commit;
use gix::refs::FullName;

use super::advance::{move_branch, refuse_moved};
use super::branch::branch_ref;
use super::writer::lock;
use super::{Oid, Repository, UpdateLock, Writer, pack};

pub(super) const NAME: &str = "git-trainset";
pub(super) const EMAIL: &str = "git-trainset@localhost";

/// The first commit of every dataset. Nothing in it depends on the clone it is made in, so that two clones
/// that start on their own still share history.
const ROOT_MESSAGE: &str = "git-trainset: root of the dataset\n";

/// What to put on the branch.
pub(crate) struct Append<'a> {
    /// The short name of the dataset branch.
    pub branch: &'a str,
    /// The tip that the edits were made for. None: the branch is not there yet.
    pub expected: Option<Oid>,
    /// The tree that the edits apply to; the empty one when there is none.
    pub base: Option<Oid>,
    /// Path and blob, or path and nothing to remove it.
    pub edits: Vec<(String, Option<Oid>)>,
    pub message: String,
    /// Author and committer time, in seconds since 1970.
    pub seconds: i64,
}

/// What the branch points to afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Appended {
    pub commit: Oid,
    pub tree: Oid,
}

impl Writer {
    /// Makes one commit and moves the branch to it, if the branch is still where it is expected.
    ///
    /// None: the branch holds exactly that tree already, and nothing was written. Fails with [`BranchMoved`]
    /// when somebody else was faster.
    pub(crate) fn append(self, held: &UpdateLock, append: Append<'_>) -> Result<Option<Appended>> {
        let repository = lock(&self.repository).handle();
        if !held.covers(&repository) {
            bail!("the update lock is of another repository");
        }
        let branch = branch_ref(append.branch)?;
        refuse_checked_out(&repository, &branch)?;
        refuse_moved(&repository, &branch, append.expected)?;

        let tree = self.tree(append.base, &append.edits)?;
        let parent = match append.expected {
            Some(tip) => {
                if let Some(tip) = repository.commit_at(tip)?
                    && tip.tree == tree
                {
                    return Ok(None);
                }
                tip.raw()
            }
            None => self.root_commit()?,
        };
        let commit = self.write_commit(&commit(tree, parent, &append))?;
        let packs = self.flush()?;
        let now = held.drop_crumb(&branch, Oid::from(commit))?;
        let moved = move_branch(&repository, &branch, &append, commit);
        held.clear_crumb()?;
        moved?;
        // From here on the ref protects them.
        drop(packs);
        pack::sweep(repository.raw(), now);
        Ok(Some(Appended { commit: Oid::from(commit), tree }))
    }

    fn root_commit(&self) -> Result<ObjectId> {
        self.write_commit(&Commit {
            tree: self.tree(None, &[])?.raw(),
            parents: Vec::new().into(),
            author: signature(0),
            committer: signature(0),
            encoding: None,
            message: ROOT_MESSAGE.into(),
            extra_headers: Vec::new(),
        })
    }
}

fn commit(tree: Oid, parent: ObjectId, append: &Append<'_>) -> Commit {
    Commit {
        tree: tree.raw(),
        parents: [parent].into(),
        author: signature(append.seconds),
        committer: signature(append.seconds),
        encoding: None,
        message: format!("{}\n", append.message.trim_end()).into(),
        extra_headers: Vec::new(),
    }
}

/// Always ours: who happens to run the update must not show in the commit's id.
fn signature(seconds: i64) -> Signature {
    Signature { name: NAME.into(), email: EMAIL.into(), time: Time::new(seconds, 0) }
}

pub(super) fn refuse_checked_out(repository: &Repository, branch: &FullName) -> Result<()> {
    match repository.checked_out_at(branch)? {
        None => Ok(()),
        Some(git_dir) => bail!(
            "the dataset branch is checked out: `{}`\nbecause: the work tree of `{}` is on it, and would look edited by hand\nmend: switch that work tree to another branch",
            branch.shorten(),
            git_dir.display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::advance::BranchMoved;
    use super::super::sandbox::{Sandbox, append, append_on};

    #[test]
    fn two_commits_on_an_orphan_branch() {
        let sandbox = Sandbox::with(&[("app.py", "a")]);
        let repository = sandbox.open();
        assert_eq!(repository.dataset("dataset").unwrap(), None);
        let one = append(&repository, &[("qa/a.jsonl", Some("1\n")), ("README.md", Some("r\n"))]);
        let one = one.unwrap().unwrap();
        let two = append(&repository, &[("qa/b/c.jsonl", Some("2\n")), ("README.md", None)]);
        let two = two.unwrap().unwrap();

        let tip = repository.dataset("dataset").unwrap().unwrap();
        assert_eq!((tip.commit, tip.tree), (two.commit, two.tree));
        assert_eq!(tip.trailer("Source-Commit"), Some("1234"));
        assert_eq!(
            sandbox.git(&["log", "--format=%an <%ae> %cn %at %ai %s", "dataset"]),
            "git-trainset <git-trainset@localhost> git-trainset 1700000000 2023-11-14 22:13:20 +0000 say what happened\n\
             git-trainset <git-trainset@localhost> git-trainset 1700000000 2023-11-14 22:13:20 +0000 say what happened\n\
             git-trainset <git-trainset@localhost> git-trainset 0 1970-01-01 00:00:00 +0000 git-trainset: root of the dataset"
        );
        assert_eq!(sandbox.git(&["rev-parse", "dataset~1"]), one.commit.to_string());
        assert_eq!(sandbox.git(&["ls-tree", "-r", "--name-only", "dataset"]), "qa/a.jsonl\nqa/b/c.jsonl");
        assert_eq!(sandbox.git(&["fsck", "--strict", "--no-dangling"]), "");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        assert_eq!(sandbox.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    }

    #[test]
    fn the_same_work_makes_the_same_commits_anywhere() {
        let told = |sandbox: Sandbox| {
            append(&sandbox.open(), &[("a", Some("1"))]).unwrap().unwrap();
            sandbox.git(&["rev-list", "dataset"])
        };
        let here = told(Sandbox::with(&[("app.py", "a")]));
        assert_eq!(here.lines().count(), 2);
        assert_eq!(here, told(Sandbox::init(&["--bare"])));
    }

    #[test]
    fn nothing_new_is_no_commit() {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        append(&repository, &[("a", Some("1"))]).unwrap().unwrap();
        let before = sandbox.git(&["rev-parse", "dataset"]);
        assert_eq!(append(&repository, &[("a", Some("1")), ("b", None)]).unwrap(), None);
        assert_eq!(sandbox.git(&["rev-parse", "dataset"]), before);
    }

    #[test]
    fn an_emptied_folder_vanishes() {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        append(&repository, &[("a/b/c", Some("1")), ("d", Some("1"))]).unwrap();
        append(&repository, &[("a/b/c", None)]).unwrap().unwrap();
        assert_eq!(sandbox.git(&["ls-tree", "-r", "-t", "--name-only", "dataset"]), "d");
        append(&repository, &[("d", None)]).unwrap().unwrap();
        assert_eq!(sandbox.git(&["ls-tree", "dataset"]), "");
        assert_eq!(sandbox.git(&["fsck", "--strict", "--no-dangling"]), "");
    }

    #[test]
    fn whoever_is_late_is_told_so() {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        let one = append(&repository, &[("a", Some("1"))]).unwrap().unwrap().commit;
        let two = append(&repository, &[("a", Some("2"))]).unwrap().unwrap().commit;
        let error = append_on(&repository, Some(one), &[("a", Some("3"))]).unwrap_err();
        assert_eq!(error.downcast_ref::<BranchMoved>(), Some(&BranchMoved { expected: Some(one), found: Some(two) }));
        assert_eq!(
            error.to_string(),
            format!(
                "the dataset branch moved while we were writing\nbecause: expected {}, found {}\nmend: run `update` again; nothing was lost",
                one.short(),
                two.short()
            )
        );
        assert!(append_on(&repository, None, &[("a", Some("3"))]).unwrap_err().is::<BranchMoved>());
        sandbox.git(&["update-ref", "-d", "refs/heads/dataset"]);
        assert!(append_on(&repository, Some(two), &[("a", Some("3"))]).unwrap_err().is::<BranchMoved>());
    }

    #[test]
    fn packed_refs_do_not_matter() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        let repository = sandbox.open();
        append(&repository, &[("a", Some("1"))]).unwrap().unwrap();
        sandbox.git(&["gc", "-q"]);
        append(&repository, &[("a", Some("2"))]).unwrap().unwrap();
        assert_eq!(sandbox.git(&["show", "dataset:a"]), "2");
        assert!(!sandbox.path(".git/packed-refs.lock").exists());
        assert_eq!(sandbox.git(&["fsck", "--strict", "--no-dangling"]), "");
    }

    #[test]
    fn a_checked_out_branch_is_refused() {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        append(&repository, &[("a", Some("1"))]).unwrap();
        sandbox.git(&["worktree", "add", "-q", "../data", "dataset"]);
        let error = append(&repository, &[("a", Some("2"))]).unwrap_err();
        assert!(error.to_string().starts_with("the dataset branch is checked out: `dataset`\n"), "{error}");
    }

    #[test]
    fn a_repository_on_the_unborn_dataset_branch_is_refused() {
        let sandbox = Sandbox::init(&["--initial-branch=dataset"]);
        assert!(append(&sandbox.open(), &[("a", Some("1"))]).is_err());
    }

    #[test]
    fn the_lock_must_be_of_the_same_repository() {
        let (here, there) = (Sandbox::new(), Sandbox::new());
        let append = super::Append { branch: "dataset", expected: None, base: None, edits: Vec::new(), message: String::new(), seconds: 0 };
        let lock = there.open().lock().unwrap();
        assert!(here.open().writer().append(&lock, append).is_err());
    }

    #[test]
    fn writers_that_race_lose_nothing() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        let repository = sandbox.open();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let repository = repository.handle();
                scope.spawn(move || {
                    for turn in 0..5 {
                        let name = format!("{thread}/{turn}");
                        while let Err(error) = append(&repository, &[(&name, Some(&name))]) {
                            assert!(error.is::<BranchMoved>(), "{error:?}");
                        }
                    }
                });
            }
        });
        assert_eq!(sandbox.git(&["ls-tree", "-r", "--name-only", "dataset"]).lines().count(), 20);
        assert_eq!(sandbox.git(&["rev-list", "--count", "dataset"]), "21");
    }
}
