//! `ci github`: the whole step of a workflow.
//!
//! On the tracked branch the dataset is brought forward and pushed, from what the branch `dataset` says it
//! mirrors: an event's own range is not to be trusted, since runs are cancelled and repeated. Everywhere else,
//! on pull requests above all, it is said what would happen, and nothing is pushed.

mod event;

use std::path::Path;

use serde::Serialize;

pub(crate) use self::event::Runner;
use self::event::{Event, Pull};
use crate::commands::preview::{Blocks, Depth, Preview, preview};
use crate::commands::push::{self, Pushed};
use crate::commands::show::{self, Shown};
use crate::commands::workspace::{Follow, Options, Workspace};
use crate::commands::{DATASET, Progress};
use crate::git::{Login, Oid, Repository};
use crate::model::Lines;
use crate::plan::{Plan, Verb};

/// How many samples are shown with their questions.
const SHOWN: usize = 50;

/// What the step did, or found that it would do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub event: String,
    /// The source commit that was looked at.
    pub commit: String,
    /// The branch that the dataset follows.
    pub branch: String,
    pub done: Done,
    /// What the person should know of the clone and the event.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Done {
    Pushed {
        pushed: Box<Pushed>,
        /// Samples that are new or other than before.
        samples: Vec<Sample>,
    },
    Previewed {
        preview: Preview,
        plan: Option<Box<Plan>>,
    },
}

/// A sample and the code that proves it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sample {
    pub id: String,
    pub verb: Verb,
    pub question: String,
    pub evidence: Vec<Place>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Place {
    pub path: String,
    pub lines: Lines,
}

pub(crate) fn github(folder: &Path, runner: &Runner, remote: Option<&str>, progress: &Progress) -> anyhow::Result<Report> {
    let event = Event::read(runner)?;
    let mut workspace = Workspace::open(folder, &Options { follow: Follow::CheckedOut, ..Options::default() })?;
    let source = workspace.source()?.clone();
    let mut notes = Vec::new();
    if workspace.settings.branch.is_empty() {
        // On a runner every branch is checked out at some time; only one of them is followed.
        workspace.branch = event.default_branch.clone().or(event.branch.clone()).unwrap_or(workspace.branch);
    }
    let fork = event.pull.as_ref().is_some_and(|pull| pull.fork);
    let tracked = event.pull.is_none() && event.branch.as_ref() == Some(&workspace.branch);
    let server = runner.server.clone().unwrap_or_else(|| "https://github.com".to_owned());
    let login = runner.token.clone().filter(|_| !fork).map(|token| Login { server, token });
    let repository = workspace.repository.handle();
    let report = |done: Done, notes: Vec<String>| Report {
        event: event.name.clone(),
        commit: source.commit.to_string(),
        branch: workspace.branch.clone(),
        done,
        notes,
    };
    if tracked && runner.push {
        let pushed = push::run(&workspace, &repository.remote(remote, &workspace.branch, login)?, progress)?;
        notes.extend(Some(pushed.note.clone()).filter(|note| !note.is_empty()));
        let samples = pushed.outcome.as_ref().map(|outcome| changed_samples(&workspace, &outcome.plan)).unwrap_or_default();
        return Ok(report(Done::Pushed { pushed: Box::new(pushed), samples }, notes));
    }
    notes.push(why_not(&event, &workspace.branch, runner.push));
    let known = repository.remote(remote, &workspace.branch, login).and_then(|remote| push::follow(&workspace, &remote));
    if let Err(error) = known {
        notes.push(format!("what the remote has could not be fetched: {error:#}"));
    }
    let merged = event.pull.is_some() && runner.commit == Some(source.commit.to_string());
    let before = match started_from(&repository, source.commit, event.pull.as_ref(), merged, &workspace.branch)? {
        Some(before) => before,
        None => {
            notes.push(push::SHALLOW.to_owned());
            source.tree
        }
    };
    let (preview, plan) = preview(&workspace, before, &source, &Depth::Whole(progress), &Blocks::Usual)?;
    Ok(report(Done::Previewed { preview, plan: plan.map(Box::new) }, notes))
}

fn why_not(event: &Event, branch: &str, push: bool) -> String {
    match &event.pull {
        Some(Pull { fork: true, .. }) => "a pull request from a fork: nothing is pushed, and no key was looked at".to_owned(),
        Some(_) => "a pull request: nothing is pushed".to_owned(),
        None if push => format!("the dataset follows `{branch}`: nothing is pushed"),
        None => "nothing is pushed, as was asked for".to_owned(),
    }
}

/// The tree that the change started from. None where the clone does not hold it.
fn started_from(repository: &Repository, head: Oid, pull: Option<&Pull>, merged: bool, branch: &str) -> anyhow::Result<Option<Oid>> {
    let tree = |commit: Oid| anyhow::Ok(repository.commit_at(commit)?.map(|commit| commit.tree));
    // What a runner checks out for a pull request is a merge into the branch as it is today.
    if let (true, [base, _, ..]) = (merged, repository.parents(head)?.as_slice()) {
        return tree(*base);
    }
    let base = match pull {
        Some(pull) => pull.base.as_deref().and_then(|id| Oid::parse(id).ok()),
        None => repository.remote_branch(branch)?,
    };
    let fork = base.map(|base| repository.fork_point(base, head)).transpose()?.flatten();
    fork.map_or(Ok(None), tree)
}

/// Those that an update made, with their questions and where their code stands.
fn changed_samples(workspace: &Workspace, plan: &Plan) -> Vec<Sample> {
    let changed = plan.steps.iter().filter(|step| matches!(step.verb, Verb::Make | Verb::Remake | Verb::Move));
    let sample = |step: &crate::plan::Step| match show::run(workspace, &step.id, "show") {
        Ok(Shown::Sample(row)) => Some(Sample {
            id: row.id.clone(),
            verb: step.verb,
            question: row.question.clone(),
            evidence: row
                .evidence
                .iter()
                .map(|evidence| Place { path: evidence.path.clone(), lines: Lines { start: evidence.start_line, end: evidence.end_line } })
                .collect(),
        }),
        // Refused by the gate, or gone again meanwhile.
        _ => None,
    };
    changed.filter_map(sample).take(SHOWN).collect()
}

/// What goes into the outputs of the step, by name.
pub(crate) fn outputs(report: &Report) -> Vec<(&'static str, String)> {
    let counts = |plan: Option<&Plan>| {
        let count = |verb: Verb| plan.map_or(0, |plan| plan.counts.get(verb)).to_string();
        [("made", count(Verb::Make)), ("remade", count(Verb::Remake)), ("retired", count(Verb::Retire))]
    };
    let mut out = vec![("source-commit", report.commit.clone())];
    match &report.done {
        Done::Pushed { pushed, .. } => {
            let outcome = pushed.outcome.as_ref();
            out.push(("pushed", (pushed.state == push::State::Pushed).to_string()));
            out.push(("dataset-commit", pushed.tip.clone()));
            out.push(("samples", outcome.map(|outcome| outcome.samples.to_string()).unwrap_or_default()));
            out.extend(counts(outcome.map(|outcome| &outcome.plan)));
        }
        Done::Previewed { plan, .. } => {
            out.push(("pushed", "false".to_owned()));
            out.push(("dataset-commit", String::new()));
            out.push(("samples", String::new()));
            out.extend(counts(plan.as_deref()));
        }
    }
    out.push(("branch", DATASET.to_owned()));
    out
}
