//! Behind the person's back: works off what the hooks asked for, one process at a time.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::ask::{Request, waiting};
use super::{Clock, Does, Entry, OnCommit, log};
use crate::commands::checkout::{self, Refreshed};
use crate::commands::update;
use crate::commands::workspace::{Options, Workspace};
use crate::config::Front;
use crate::git::Repository;
use crate::plan::Verb;

/// Requests that follow each other within this time are one run.
const SETTLES: Duration = Duration::from_millis(300);
/// But a run is not put off for longer than so many times of it.
const PATIENCE: usize = 20;

/// How long the end of a rebase or bisect is waited for, once its last hook has run. Where it takes
/// longer, the hooks of what follows will ask again.
const ENDS: (Duration, usize) = (Duration::from_millis(50), 200);

/// Works off all that is asked for. Leaves at once where somebody else does.
pub(crate) fn work(folder: &Path, now: &Clock, front: &Front) -> anyhow::Result<()> {
    let private_dir = Repository::open(folder)?.private_dir();
    loop {
        let Some(held) = held_soon(&private_dir)? else { return Ok(()) };
        let left = work_off(&private_dir, now, front)?;
        drop(held);
        // Whoever came while we held the lock has gone again and relies on us.
        let asked: BTreeSet<PathBuf> = waiting(&private_dir).into_iter().map(|request| request.file).collect();
        if asked.is_subset(&left) {
            return Ok(());
        }
    }
}

/// Whether somebody is at it right now.
pub(super) fn is_at_work(private_dir: &Path) -> bool {
    private_dir.join(LOCK).exists() && matches!(hold(private_dir), Ok(None))
}

const LOCK: &str = "hook.lock";

/// The lock; `status` may have it for the moment of a look.
fn held_soon(private_dir: &Path) -> anyhow::Result<Option<File>> {
    for _ in 0..3 {
        if let Some(held) = hold(private_dir)? {
            return Ok(Some(held));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(None)
}

/// The kernel gives the lock back however its holder ends.
fn hold(private_dir: &Path) -> anyhow::Result<Option<File>> {
    let path = private_dir.join(LOCK);
    let failed = || format!("could not lock `{}`", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(&path).with_context(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(failed),
    }
}

/// One run a work tree. Gives the requests that have to wait.
fn work_off(private_dir: &Path, now: &Clock, front: &Front) -> anyhow::Result<BTreeSet<PathBuf>> {
    let asked = settled(private_dir);
    let mut left = BTreeSet::new();
    // The work tree that asked last comes last.
    let mut places: Vec<&PathBuf> = Vec::new();
    for request in &asked {
        places.retain(|place| **place != request.git_dir);
        places.push(&request.git_dir);
    }
    for place in places {
        let here: Vec<&Request> = asked.iter().filter(|request| request.git_dir == *place).collect();
        let does = if here.iter().any(|request| request.does == Does::Update) { Does::Update } else { Does::Refresh };
        let entry = match run(place, does, front) {
            Ok(Ran::Done(says)) => Entry { at: now(), says, fault: false },
            Ok(Ran::Waits(what)) => {
                left.extend(here.into_iter().map(|request| request.file.clone()));
                Entry { at: now(), says: format!("{what} is under way; the dataset follows when it is over"), fault: false }
            }
            Err(error) => Entry { at: now(), says: format!("{error:#}"), fault: true },
        };
        if !entry.fault {
            log::forget(private_dir, "run");
        }
        // The log is all that there is to complain to.
        _ = log::write(private_dir, &entry);
        for request in asked.iter().filter(|request| request.git_dir == *place && !left.contains(&request.file)) {
            _ = fs::remove_file(&request.file);
        }
    }
    Ok(left)
}

/// What is asked for, once nothing new comes for a moment.
fn settled(private_dir: &Path) -> Vec<Request> {
    let mut asked = waiting(private_dir);
    for _ in 0..PATIENCE {
        std::thread::sleep(SETTLES);
        let now = waiting(private_dir);
        if now == asked {
            break;
        }
        asked = now;
    }
    asked
}

enum Ran {
    Done(String),
    Waits(&'static str),
}

fn run(git_dir: &Path, does: Does, front: &Front) -> anyhow::Result<Ran> {
    let repository = Repository::open(git_dir)?;
    let on_commit = OnCommit::read(&repository)?;
    if on_commit == OnCommit::Off {
        return Ok(Ran::Done("`trainset.onCommit` is off".to_owned()));
    }
    for _ in 0..ENDS.1 {
        if repository.under_way().is_none() {
            break;
        }
        std::thread::sleep(ENDS.0);
    }
    if let Some(what) = repository.under_way() {
        return Ok(Ran::Waits(what));
    }
    let (workspace, note) = open(git_dir, on_commit, front)?;
    if workspace.source.is_none() {
        return Ok(Ran::Done("there is no commit yet".to_owned()));
    }
    let says = match (does, on_commit) {
        (Does::Update, OnCommit::Offline | OnCommit::Llm) if workspace.is_tracked()? => update(&workspace)? + &note,
        _ => refresh(&workspace)?,
    };
    Ok(Ran::Done(says))
}

/// The workspace with the model that the person wants to be asked. Where that is not set up the
/// samples are made offline, and the log says why.
fn open(git_dir: &Path, on_commit: OnCommit, front: &Front) -> anyhow::Result<(Workspace, String)> {
    if on_commit != OnCommit::Llm {
        return Ok((Workspace::open(git_dir, &Options::default())?, String::new()));
    }
    let options = Options { front: Some(front.clone()), ..Options::default() };
    Workspace::open(git_dir, &options).map(|workspace| (workspace, String::new())).or_else(|error| {
        let why = error.to_string().lines().next().unwrap_or_default().to_owned();
        Ok((Workspace::open(git_dir, &Options::default())?, format!("; made offline: {why}")))
    })
}

fn update(workspace: &Workspace) -> anyhow::Result<String> {
    let outcome = update::run(workspace, &|_, _, _| ())?;
    let short = |id: &str| id.get(..7).unwrap_or(id).to_owned();
    let counts = &outcome.plan.counts;
    let done = Verb::ALL.iter().filter(|verb| counts.get(**verb) > 0).map(|verb| format!("{} {}", verb.name(), counts.get(*verb)));
    let mut done: Vec<String> = done.collect();
    if outcome.tip == outcome.before {
        done = vec!["up to date".to_owned()];
    }
    if !outcome.rejects.is_empty() {
        done.push(format!("{} drafts refused", outcome.rejects.len()));
    }
    if let Some(asked) = &outcome.asked {
        let open: usize = asked.open.values().sum();
        done.push(format!("{} in the words of {}, {} refused, {open} open", asked.taken, asked.model, asked.refused));
    }
    let says =
        format!("dataset {} mirrors {}, {} samples: {}", short(&outcome.tip), short(&outcome.plan.to), outcome.samples, done.join(", "));
    Ok(says)
}

fn refresh(workspace: &Workspace) -> anyhow::Result<String> {
    Ok(match checkout::refresh(workspace)? {
        Refreshed::Done { chunks } => format!("the index follows what is checked out: {chunks} pieces of code differ"),
        Refreshed::Already => "the index mirrors what is checked out".to_owned(),
        Refreshed::No(reason) => format!("the index stays as it is: {reason}"),
    })
}
