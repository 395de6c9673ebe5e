//! One update at a time, and no lock that outlives its owner.
//!
//! The kernel frees the lock on our own file when the process goes, however it goes. git's lock files are
//! not like that: a `kill -9` in the middle of the ref transaction leaves `refs/heads/<branch>.lock` and,
//! where packed refs exist, `packed-refs.lock`, and these would block git as well. So the writer leaves a
//! crumb before the transaction that says what it is about to write. Whoever takes the lock next and finds
//! the crumb knows that its writer is dead, and removes the lock files that it can prove to be that writer's.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use gix::refs::FullName;

use super::{Oid, Repository};

/// A living git process holds a lock file that is still empty for far less.
const STANDS_STILL: Duration = Duration::from_millis(200);

/// Proof that no other update runs in this repository. Given up when dropped.
#[derive(Debug)]
pub(crate) struct UpdateLock {
    _file: File,
    private_dir: PathBuf,
}

impl Repository {
    /// Waits until no other update runs, and keeps others waiting.
    pub(crate) fn lock(&self) -> Result<UpdateLock> {
        let file = self.lock_file()?;
        file.lock().context("could not lock the repository for an update")?;
        self.locked(file)
    }

    /// The same without waiting. None: another update runs right now.
    pub(crate) fn try_lock(&self) -> Result<Option<UpdateLock>> {
        let file = self.lock_file()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(self.locked(file)?)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).context("could not lock the repository for an update"),
        }
    }

    fn lock_file(&self) -> Result<File> {
        let dir = self.private_dir();
        let unmade = || format!("could not write to `{}`", dir.display());
        fs::create_dir_all(&dir).with_context(unmade)?;
        File::options().create(true).truncate(false).write(true).open(dir.join("update.lock")).with_context(unmade)
    }

    fn locked(&self, file: File) -> Result<UpdateLock> {
        let lock = UpdateLock { _file: file, private_dir: self.private_dir() };
        lock.clean_up_after_the_dead(&self.common_dir())?;
        Ok(lock)
    }
}

impl UpdateLock {
    /// Whether this is the lock of that repository.
    pub(super) fn covers(&self, repository: &Repository) -> bool {
        self.private_dir == repository.private_dir()
    }

    /// Notes that `branch` is about to move to `commit`. Returns the time by the file system's clock.
    pub(super) fn drop_crumb(&self, branch: &FullName, commit: Oid) -> Result<SystemTime> {
        let path = self.crumb();
        fs::write(&path, format!("{commit}\n{}\n", branch.as_bstr()))
            .and_then(|()| fs::metadata(&path)?.modified())
            .with_context(|| format!("could not write `{}`", path.display()))
    }

    /// The transaction is over, one way or the other.
    pub(super) fn clear_crumb(&self) -> Result<()> {
        let path = self.crumb();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("could not remove `{}`", path.display()))
            }
            _ => Ok(()),
        }
    }

    fn crumb(&self) -> PathBuf {
        self.private_dir.join("append.crumb")
    }

    /// We hold the lock, so the writer of a crumb that is still there is dead.
    fn clean_up_after_the_dead(&self, common_dir: &Path) -> Result<()> {
        let path = self.crumb();
        let Ok(crumb) = fs::read_to_string(&path) else {
            return Ok(());
        };
        let written = fs::metadata(&path).and_then(|about| about.modified());
        if let (Some((commit, branch)), Ok(written)) = (read_crumb(&crumb), written) {
            let wanted = format!("{commit}\n");
            let ref_lock = common_dir.join(format!("{}.lock", branch.as_bstr()));
            remove_stale(&ref_lock, written, |text| wanted.as_bytes().starts_with(text))?;
            // git takes this lock too and leaves it empty while it writes the new file beside it. Without
            // such a file, an empty lock is that of a transaction like ours, which only reads.
            if !common_dir.join("packed-refs.new").exists() {
                remove_stale(&common_dir.join("packed-refs.lock"), written, <[u8]>::is_empty)?;
            }
        }
        self.clear_crumb()
    }
}

/// A crumb that was cut short says that the transaction had not begun: nothing is there to clean up.
fn read_crumb(text: &str) -> Option<(Oid, FullName)> {
    let (commit, branch) = text.strip_suffix('\n')?.split_once('\n')?;
    let branch = FullName::try_from(branch).ok()?;
    let of_a_branch = branch.as_bstr().starts_with(b"refs/heads/");
    Some((Oid::parse(commit).ok()?, branch)).filter(|_| of_a_branch)
}

/// Removes a lock file that came after the crumb, holds what its dead writer would have written, and
/// does not change while we look.
fn remove_stale(path: &Path, crumb: SystemTime, ours: impl Fn(&[u8]) -> bool) -> Result<()> {
    let look = || {
        let changed = fs::metadata(path).and_then(|about| about.modified()).ok()?;
        let text = fs::read(path).ok()?;
        (changed >= crumb && ours(&text)).then_some((changed, text))
    };
    let Some(first) = look() else {
        return Ok(());
    };
    std::thread::sleep(STANDS_STILL);
    if look() != Some(first) {
        return Ok(());
    }
    fs::remove_file(path).with_context(|| format!("could not remove the lock that a killed run left: `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::super::sandbox::{Sandbox, append};

    const CRUMB: &str = ".git/trainset/append.crumb";
    const REF_LOCK: &str = ".git/refs/heads/dataset.lock";
    const PACKED_LOCK: &str = ".git/packed-refs.lock";
    const COMMIT: &str = "1111111111111111111111111111111111111111";

    fn after_a_kill(locks: &[(&str, &str)]) -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.write(CRUMB, &format!("{COMMIT}\nrefs/heads/dataset\n"));
        for (lock, text) in locks {
            sandbox.write(lock, text);
        }
        sandbox
    }

    #[test]
    fn one_at_a_time() {
        let sandbox = Sandbox::new();
        let held = sandbox.open().lock().unwrap();
        assert!(sandbox.open().try_lock().unwrap().is_none());
        drop(held);
        // A child of another test may hold a copy of the file for the moment before it starts.
        drop(sandbox.open().lock().unwrap());
    }

    #[test]
    fn the_locks_of_a_killed_writer_go() {
        let whole = format!("{COMMIT}\n");
        for text in ["", "1111", &whole] {
            let sandbox = after_a_kill(&[(REF_LOCK, text), (PACKED_LOCK, "")]);
            append(&sandbox.open(), &[("a", Some("1"))]).unwrap().unwrap();
            for gone in [CRUMB, REF_LOCK, PACKED_LOCK] {
                assert!(!sandbox.path(gone).exists(), "{gone} after {text:?}");
            }
        }
    }

    #[test]
    fn somebody_elses_locks_stay() {
        let other = "2".repeat(40) + "\n";
        let sandbox = after_a_kill(&[(REF_LOCK, &other), (PACKED_LOCK, ""), (".git/packed-refs.new", "# half of it")]);
        drop(sandbox.open().lock().unwrap());
        assert!(!sandbox.path(CRUMB).exists());
        assert!(sandbox.path(REF_LOCK).exists());
        assert!(sandbox.path(PACKED_LOCK).exists());
        let error = append(&sandbox.open(), &[("a", Some("1"))]).unwrap_err().to_string();
        assert!(error.starts_with("the dataset branch stays locked: `dataset`\n"), "{error}");
        assert!(error.contains("mend: when no git process is running, remove `"), "{error}");
        assert!(error.contains("refs/heads/dataset.lock`"), "{error}");
    }

    #[test]
    fn a_lock_from_before_the_crumb_stays() {
        let sandbox = after_a_kill(&[(REF_LOCK, "")]);
        let file = std::fs::File::options().write(true).open(sandbox.path(REF_LOCK)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
        drop(sandbox.open().lock().unwrap());
        assert!(sandbox.path(REF_LOCK).exists());
    }

    #[test]
    fn without_a_crumb_no_lock_is_touched() {
        let sandbox = Sandbox::new();
        sandbox.write(REF_LOCK, "");
        drop(sandbox.open().lock().unwrap());
        assert!(sandbox.path(REF_LOCK).exists());
    }

    #[test]
    fn a_crumb_that_is_cut_short_or_points_elsewhere_is_only_cleared() {
        for crumb in ["", "1111", "1111111111111111111111111111111111111111\nHEAD\n", "x\n../../y\n"] {
            let sandbox = after_a_kill(&[(REF_LOCK, "")]);
            sandbox.write(CRUMB, crumb);
            sandbox.write(".git/HEAD.lock", "");
            drop(sandbox.open().lock().unwrap());
            assert!(!sandbox.path(CRUMB).exists());
            assert!(sandbox.path(REF_LOCK).exists());
            assert!(sandbox.path(".git/HEAD.lock").exists());
        }
    }
}
