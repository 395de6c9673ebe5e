//! Finding the repository, and refusing the ones that we cannot serve.

use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::{Context, Result, anyhow, bail};
use gix::open::Permissions;
use gix::sec::{Permission, Trust};

/// How many packs one handle can come to know. A long run sees packs appear, its own and others'; the
/// default leaves room for few.
const PACK_SLOTS: u16 = 1024;

/// An open repository.
///
/// It may be sent to another thread but not shared: take a [`handle`](Repository::handle) for each.
pub(crate) struct Repository {
    inner: gix::Repository,
}

impl Repository {
    /// Opens the repository that `dir` lies in.
    ///
    /// With `.` the variables that git sets for hooks (`GIT_DIR` and its kin) come first, as they do for
    /// git. For any other folder they are ignored: they speak of a different repository.
    pub(crate) fn open(dir: &Path) -> Result<Repository> {
        clean_up_on_signals();
        let from_here = dir == Path::new(".");
        // What gix finds by a relative path, it looks for again from elsewhere. A folder that is not there keeps its name.
        let whole = if from_here { None } else { dir.canonicalize().ok() };
        let dir = whole.as_deref().unwrap_or(dir);
        let mut permissions = Permissions::all();
        if !from_here {
            permissions.env.git_prefix = Permission::Deny;
        }
        let options =
            gix::open::Options::default().permissions(permissions).object_store_slots(gix::odb::store::init::Slots::Given(PACK_SLOTS));
        let by_trust = gix::sec::trust::Mapping { full: options.clone(), reduced: options };
        let opened = if from_here {
            gix::ThreadSafeRepository::discover_with_environment_overrides_opts(dir, gix::discover::upwards::Options::default(), by_trust)
        } else {
            gix::ThreadSafeRepository::discover_opts(dir, gix::discover::upwards::Options::default(), by_trust)
        };
        let mut inner = match opened {
            Ok(shared) => shared.to_thread_local(),
            Err(error) => return Err(unopened(dir, error)),
        };
        inner.make_paths_absolute().context("could not tell where the repository lies")?;
        refuse_foreign_owner(&inner)?;
        refuse_other_ref_storage(&inner)?;
        Ok(Repository { inner })
    }

    /// A repository that is open already.
    pub(super) fn from(inner: gix::Repository) -> Repository {
        Repository { inner }
    }

    /// The same repository for another thread. Cheap: the object store is shared.
    pub(crate) fn handle(&self) -> Repository {
        Repository { inner: self.inner.clone() }
    }

    /// The folder with the checked-out files; none in a bare repository.
    pub(crate) fn work_tree(&self) -> Option<PathBuf> {
        self.inner.workdir().map(Path::to_owned)
    }

    /// Where the tool keeps what is its own in this repository. Shared by all linked work trees; it need
    /// not exist yet.
    pub(crate) fn private_dir(&self) -> PathBuf {
        self.common_dir().join("trainset")
    }

    /// The short name of the branch that `HEAD` is on, also when that branch has no commit yet. None when
    /// `HEAD` is detached.
    pub(crate) fn head_branch(&self) -> Result<Option<String>> {
        let name = self.inner.head_name().context("could not read `HEAD`")?;
        Ok(name.map(|name| name.shorten().to_string()))
    }

    /// The tree without entries, in this repository's hash.
    #[cfg(test)]
    pub(crate) fn empty_tree(&self) -> super::Oid {
        super::Oid::from(gix::ObjectId::empty_tree(self.inner.object_hash()))
    }

    pub(super) fn raw(&self) -> &gix::Repository {
        &self.inner
    }

    /// The git folder that linked work trees share.
    pub(super) fn common_dir(&self) -> PathBuf {
        let dir = self.inner.common_dir();
        dir.canonicalize().unwrap_or_else(|_| dir.to_owned())
    }
}

/// Lock files and half-written objects go when a person stops the program. Once a process, and before
/// the first of them is made.
fn clean_up_on_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gix::tempfile::signal::setup(gix::tempfile::signal::handler::Mode::DeleteTempfilesOnTerminationAndRestoreDefaultBehaviour);
    });
}

fn unopened(dir: &Path, error: gix::Error) -> anyhow::Error {
    if error.is_not_found() {
        return anyhow!(
            "no git repository at `{}` or above it\nmend: run this inside a repository, or make one with `git init`",
            dir.display()
        );
    }
    anyhow::Error::new(error).context(format!("could not open the repository at `{}`", dir.display()))
}

/// gix would open it with less trust and still write to it; git refuses, and so do we.
fn refuse_foreign_owner(repository: &gix::Repository) -> Result<()> {
    if repository.git_dir_trust() == Trust::Full {
        return Ok(());
    }
    let place = repository.workdir().unwrap_or(repository.git_dir());
    bail!(
        "the repository belongs to somebody else: `{0}`\nmend: if you trust it, run `git config --global --add safe.directory '{0}'`",
        place.display()
    )
}

/// gix opens a repository with other ref storage and then sees no refs at all.
fn refuse_other_ref_storage(repository: &gix::Repository) -> Result<()> {
    match repository.config_snapshot().string("extensions.refStorage") {
        Some(storage) if storage != "files" => bail!(
            "the repository keeps its refs in a way that is not supported: `{}`\nmend: run `git refs migrate --ref-format=files`",
            storage.escape_ascii()
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::sandbox::Sandbox;
    use super::Repository;

    #[track_caller]
    fn refusal(dir: &Path) -> String {
        match Repository::open(dir) {
            Ok(_) => panic!("opened"),
            Err(error) => format!("{error}"),
        }
    }

    #[test]
    fn a_work_tree_and_a_folder_in_it() {
        let sandbox = Sandbox::with(&[("app/a.py", "a")]);
        for dir in [sandbox.path(""), sandbox.path("app"), sandbox.path(".git")] {
            let repository = Repository::open(&dir).unwrap();
            assert_eq!(repository.private_dir(), sandbox.path(".git/trainset"));
            assert_eq!(repository.head_branch().unwrap().unwrap(), "main");
        }
        assert_eq!(sandbox.open().work_tree().unwrap(), sandbox.path(""));
    }

    #[test]
    fn a_bare_repository() {
        let sandbox = Sandbox::init(&["--bare"]);
        let repository = sandbox.open();
        assert_eq!(repository.work_tree(), None);
        assert_eq!(repository.private_dir(), sandbox.path("trainset"));
    }

    #[test]
    fn a_relative_path_to_a_bare_clone_that_shares_objects() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        sandbox.git(&["clone", "-q", "--bare", "--shared", ".", "../shared"]);
        let shared = sandbox.path("../shared").canonicalize().unwrap();
        let here = std::env::current_dir().unwrap();
        let up: PathBuf = here.components().skip(1).map(|_| "..").collect();
        let repository = Repository::open(&up.join(shared.strip_prefix("/").unwrap())).unwrap();
        assert_eq!(repository.private_dir(), shared.join("trainset"));
        assert_eq!(repository.tip(None).unwrap(), sandbox.open().tip(None).unwrap());
    }

    #[test]
    fn a_linked_work_tree_shares_the_private_folder() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        sandbox.git(&["worktree", "add", "-q", "-b", "side", "../side"]);
        let side = sandbox.path("../side").canonicalize().unwrap();
        let repository = Repository::open(&side).unwrap();
        assert_eq!(repository.private_dir(), sandbox.path(".git/trainset"));
        assert_eq!(repository.work_tree().unwrap(), side);
        assert_eq!(repository.head_branch().unwrap().unwrap(), "side");
        assert!(repository.checked_out("side").unwrap());
        assert!(repository.checked_out("main").unwrap());
        assert!(sandbox.open().checked_out("side").unwrap());
        assert!(!sandbox.open().checked_out("dataset").unwrap());
    }

    #[test]
    fn a_handle_goes_to_another_thread() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        let repository = sandbox.open();
        let handle = repository.handle();
        let there = std::thread::spawn(move || handle.tip(None).unwrap());
        assert_eq!(there.join().unwrap(), repository.tip(None).unwrap());
    }

    #[test]
    fn no_repository() {
        let dir = tempfile::tempdir().unwrap();
        let said = refusal(dir.path());
        assert!(said.starts_with("no git repository at "), "{said}");
        assert!(said.contains("\nmend: "), "{said}");
    }

    #[test]
    fn refs_in_a_reftable() {
        let sandbox = Sandbox::init(&["--ref-format=reftable"]);
        let said = refusal(&sandbox.path(""));
        assert!(said.contains("`reftable`\nmend: "), "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn somebody_elses_repository() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        let nobody = Some(65534);
        for path in [".git", ""] {
            if std::os::unix::fs::chown(sandbox.path(path), nobody, nobody).is_err() {
                return; // only root may give files away
            }
        }
        let said = refusal(&sandbox.path(""));
        assert!(said.contains("belongs to somebody else"), "{said}");
    }
}
