//! `update --push`: the dataset brought forward here and on a remote, whoever else does the same.
//!
//! What the remote has is fetched and built upon, so a push is always a step forward. Where somebody was
//! faster the same is done again on top of what they pushed: commits of ours that nobody has seen are made
//! again there, and come out the same but for their parent. Nothing is forced and nothing of others is lost.

use std::time::Duration;

use anyhow::{Context, bail};
use serde::Serialize;

use crate::commands::update::{self, Outcome};
use crate::commands::workspace::Workspace;
use crate::commands::{DATASET, Progress, review};
use crate::git::{Known, Oid, Push, Remote};

/// How often others may be faster.
const TRIES: u32 = 40;
/// How often the remote may refuse while its branch stays where it is: a rule, and not a race.
const REFUSALS: u32 = 3;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pushed {
    /// What was done here; nothing when the remote is ahead.
    pub outcome: Option<Outcome>,
    pub remote: String,
    pub state: State,
    /// Tip of the dataset on the remote.
    pub tip: String,
    /// How often somebody else was faster.
    pub retries: u32,
    /// Commits that only this clone had, and that were made again on top of the remote's.
    pub replayed: usize,
    /// Something about the clone that the person should know.
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    Pushed,
    /// The remote has it already.
    UpToDate,
    /// The remote's dataset mirrors a newer commit, and stays.
    Newer,
}

/// What is said of a clone with a short history.
pub(crate) const SHALLOW: &str = "this clone holds only the end of the history, so it may not tell older from newer; \
                       fetch all of it: `fetch-depth: 0` for actions/checkout, `git fetch --unshallow` elsewhere";

/// Updates and pushes.
pub(crate) fn run(workspace: &Workspace, remote: &Remote, progress: &Progress) -> anyhow::Result<Pushed> {
    let mut pushed = Pushed {
        outcome: None,
        remote: remote.name().to_owned(),
        state: State::UpToDate,
        tip: String::new(),
        retries: 0,
        replayed: 0,
        note: if workspace.repository.is_shallow() { SHALLOW.to_owned() } else { String::new() },
    };
    let mut refused = 0;
    loop {
        let theirs = fetch(workspace, remote)?;
        if !advances(workspace, remote, &theirs)? {
            pushed.state = State::Newer;
            pushed.tip = theirs.dataset.map(|id| id.to_string()).unwrap_or_default();
            return Ok(pushed);
        }
        pushed.replayed += adopt(workspace, remote, theirs.dataset)?;
        let outcome = update::run(workspace, progress)?;
        pushed.tip.clone_from(&outcome.tip);
        let is_there = theirs.dataset.is_some_and(|id| id.to_string() == outcome.tip);
        pushed.outcome = Some(pushed.outcome.take().map_or(outcome.clone(), |first| Outcome { before: first.before, ..outcome }));
        if is_there {
            return Ok(pushed);
        }
        let Push::Refused(reason) = remote.push(DATASET)? else {
            pushed.state = State::Pushed;
            return Ok(pushed);
        };
        refused = if remote.tips([DATASET])? == [theirs.dataset] { refused + 1 } else { 0 };
        pushed.retries += 1;
        if refused == REFUSALS || pushed.retries == TRIES {
            bail!(
                "`{}` does not take the dataset\nbecause: {reason}\nmend: allow pushes to the branch `{DATASET}`, then run it again; nothing was lost",
                remote.name()
            );
        }
        std::thread::sleep(pause(pushed.retries));
    }
}

/// Brings the local branch to what the remote has, where that loses nothing.
pub(crate) fn follow(workspace: &Workspace, remote: &Remote) -> anyhow::Result<()> {
    let theirs = fetch(workspace, remote)?;
    adopt(workspace, remote, theirs.dataset).map(drop)
}

/// Where the remote stands.
struct Theirs {
    dataset: Option<Oid>,
    /// Tip of the branch that the dataset follows.
    source: Option<Oid>,
}

fn fetch(workspace: &Workspace, remote: &Remote) -> anyhow::Result<Theirs> {
    let branch = workspace.branch.as_str();
    let [dataset, source] = if branch.is_empty() {
        let [dataset] = remote.tips([DATASET])?;
        [dataset, None]
    } else {
        remote.tips([DATASET, branch])?
    };
    let others: Vec<&str> = source.iter().map(|_| branch).collect();
    remote.fetch(dataset.map(|_| DATASET), &others)?;
    let dataset = if dataset.is_some() { remote.tracked(DATASET)? } else { None };
    Ok(Theirs { dataset, source })
}

/// Whether our source commit is a step forward from the one that the remote's dataset mirrors.
fn advances(workspace: &Workspace, remote: &Remote, theirs: &Theirs) -> anyhow::Result<bool> {
    let ours = workspace.source()?.commit;
    let Some(tip) = theirs.dataset else { return Ok(true) };
    let tip = workspace.repository.commit_at(tip)?.context("what was fetched is not there\nmend: run it again")?;
    // A dataset that names no source, such as the bare root, is nobody's step forward.
    let Some(mirrored) = tip.trailer("Source-Commit").and_then(|id| Oid::parse(id).ok()) else { return Ok(true) };
    let repository = &workspace.repository;
    if repository.contains(ours, mirrored)? == Known::Yes {
        return Ok(true);
    }
    if repository.contains(mirrored, ours)? == Known::Yes {
        return Ok(false);
    }
    // Neither comes from the other. The branch over there says which of them still counts.
    let unsaid = if repository.is_shallow() { Known::Beyond } else { Known::No };
    let counts = |commit: Oid| theirs.source.map_or(Ok(unsaid), |source| repository.contains(source, commit));
    match (counts(ours)?, counts(mirrored)?) {
        // At the very tip of the branch nothing is newer, however short the history.
        _ if theirs.source == Some(ours) => Ok(true),
        (Known::Yes, Known::No) => Ok(true),
        (Known::Yes, Known::Yes) => Ok(false),
        (Known::Beyond, _) | (_, Known::Beyond) => bail!(
            "it cannot be told whether {} comes before or after {}, which the dataset on `{}` mirrors\nbecause: this clone is shallow\nmend: fetch the whole history: `fetch-depth: 0` for actions/checkout, `git fetch --unshallow` elsewhere",
            ours.short(),
            mirrored.short(),
            remote.name()
        ),
        (Known::No, _) => bail!(
            "the dataset on `{}` mirrors {}, which {} does not build upon\nbecause: `{}` went on without this commit\nmend: pull or rebase, push, then run it again",
            remote.name(),
            mirrored.short(),
            ours.short(),
            if workspace.branch.is_empty() { "the remote" } else { &workspace.branch }
        ),
    }
}

/// Builds upon what the remote has. Gives the number of our commits that are to be made again for that.
fn adopt(workspace: &Workspace, remote: &Remote, theirs: Option<Oid>) -> anyhow::Result<usize> {
    let repository = &workspace.repository;
    let Some(theirs) = theirs else { return Ok(0) };
    let held = repository.lock()?;
    let ours = repository.dataset(DATASET)?.map(|tip| tip.commit);
    let Some(ours) = ours else { return repository.follow(&held, DATASET, None, theirs).map(|()| 0) };
    if ours == theirs || repository.contains(ours, theirs)? == Known::Yes {
        return Ok(0);
    }
    let beyond = repository.commits_beyond(ours, theirs)?;
    let foreign = repository.made_by_others(&beyond)?;
    if let Some(commit) = foreign.first() {
        bail!(
            "the branch `{DATASET}` has a commit that an update cannot make again: {}\nbecause: somebody else made it, and `{}` does not have it\nmend: rebase it onto `{1}/{DATASET}` by hand, then run it again",
            commit.short(),
            remote.name()
        );
    }
    // What people said here goes along; what an update made is made again.
    let tree = |commit: Oid| repository.commit_at(commit).map(|tip| tip.map(|tip| tip.tree));
    let fork = repository.fork_point(ours, theirs)?.map_or(Ok(None), tree)?;
    if let Some(ours) = tree(ours)? {
        review::wait(workspace, review::only_in(repository, ours, fork)?)?;
    }
    repository.follow(&held, DATASET, Some(ours), theirs)?;
    Ok(beyond.len())
}

/// Longer each time, and not the same for two processes that collide.
fn pause(tries: u32) -> Duration {
    let own = std::process::id().wrapping_mul(2_654_435_761) >> 26;
    Duration::from_millis(u64::from(tries.min(10) * (10 + own)))
}
