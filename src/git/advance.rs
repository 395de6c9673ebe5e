//! Moving the branch: only from where it is expected, and with patience for git's own short locks.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use gix::ObjectId;
use gix::actor::SignatureRef;
use gix::refs::transaction::{PreviousValue, RefEdit};
use gix::refs::{FullName, Target};

use super::append::{EMAIL, NAME, refuse_checked_out};
use super::branch::branch_ref;
use super::{Append, Oid, Repository, UpdateLock};

/// git packs refs and collects garbage whenever it likes; each of these can get in our way once or twice.
const TRIES: u32 = 10;

/// Somebody else wrote to the branch since the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the dataset branch moved while we were writing\nbecause: expected {}, found {}\nmend: run `update` again; nothing was lost",
    in_words(*.expected),
    in_words(*.found)
)]
pub(crate) struct BranchMoved {
    pub expected: Option<Oid>,
    pub found: Option<Oid>,
}

pub(super) fn refuse_moved(repository: &Repository, branch: &FullName, expected: Option<Oid>) -> Result<()> {
    let found = repository.branch_tip(branch)?.map(Oid::from);
    if found != expected {
        return Err(BranchMoved { expected, found }.into());
    }
    Ok(())
}

impl Repository {
    /// Puts the branch where another clone has it. What it held stays in its reflog.
    pub(crate) fn follow(&self, held: &UpdateLock, branch: &str, expected: Option<Oid>, to: Oid) -> Result<()> {
        if !held.covers(self) {
            bail!("the update lock is of another repository");
        }
        let name = branch_ref(branch)?;
        refuse_checked_out(self, &name)?;
        let seconds = self.raw().find_commit(to.raw()).and_then(|commit| commit.time());
        let seconds = seconds.with_context(|| format!("could not read the commit `{to}`"))?.seconds;
        held.drop_crumb(&name, to)?;
        let moved = move_to(self, &name, expected, to.raw(), seconds, "as another clone has it");
        held.clear_crumb()?;
        moved
    }
}

pub(super) fn move_branch(repository: &Repository, branch: &FullName, append: &Append<'_>, commit: ObjectId) -> Result<()> {
    let subject = append.message.lines().next().unwrap_or_default();
    move_to(repository, branch, append.expected, commit, append.seconds, subject)
}

fn move_to(repository: &Repository, branch: &FullName, from: Option<Oid>, to: ObjectId, seconds: i64, why: &str) -> Result<()> {
    let time = format!("{seconds} +0000");
    let committer = SignatureRef { name: NAME.into(), email: EMAIL.into(), time: &time };
    let expected = match from {
        None => PreviousValue::MustNotExist,
        Some(tip) => PreviousValue::MustExistAndMatch(Target::Object(tip.raw())),
    };
    let edit = RefEdit::update(branch.clone(), to, expected, format!("trainset: {why}"));
    let mut tries = 1;
    loop {
        let Err(error) = repository.raw().edit_references_as([edit.clone()], Some(committer)) else {
            return Ok(());
        };
        // The class of the error does not say whether the branch moved: the branch does.
        refuse_moved(repository, branch, from)?;
        if !(error.is_retryable() || error.is_conflict() || error.is_not_found()) {
            return Err(error).with_context(|| format!("could not move `{}`", branch.as_bstr()));
        }
        if tries == TRIES {
            return Err(locked(repository, branch, error));
        }
        std::thread::sleep(Duration::from_millis(10 * u64::from(tries)));
        tries += 1;
    }
}

fn locked(repository: &Repository, branch: &FullName, error: gix::Error) -> anyhow::Error {
    let common = repository.common_dir();
    let locks = [format!("{}.lock", branch.as_bstr()), "packed-refs.lock".to_owned()];
    let in_the_way: Vec<PathBuf> = locks.iter().map(|name| common.join(name)).filter(|path| path.exists()).collect();
    match in_the_way.first() {
        None => anyhow::Error::new(error).context(format!("could not move `{}`", branch.as_bstr())),
        Some(path) => anyhow!(
            "the dataset branch stays locked: `{}`\nbecause: {error}\nmend: when no git process is running, remove `{}`",
            branch.shorten(),
            path.display()
        ),
    }
}

fn in_words(tip: Option<Oid>) -> String {
    tip.map_or_else(|| "no branch".to_owned(), Oid::short)
}
