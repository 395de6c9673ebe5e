//! `ci`: the step of a workflow, told in the files and lines that its runner reads.
//!
//! A runner takes a line of output that starts with `::` for a command, so nothing of the repository's own text
//! stands at the start of a line there, and what stands in an annotation is escaped.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;

use super::args::Args;
use super::{DONE, fault, summary};
use crate::commands::Progress;
use crate::commands::ci::{self, Done, Report, Runner};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Inside GitHub Actions: update and push on the tracked branch, preview elsewhere
    Github {
        /// The remote to push to, if it is not the branch's own
        #[arg(long, value_name = "NAME")]
        remote: Option<String>,

        /// Do all but push
        #[arg(long)]
        no_push: bool,
    },
}

/// As many as a runner shows of one kind and step.
const ANNOTATIONS: usize = 10;

pub(super) fn answer(args: &Args, verb: &Verb, progress: &Progress) -> anyhow::Result<(String, u8)> {
    let Verb::Github { remote, no_push } = verb;
    let runner = runner(!no_push);
    let remote = remote.clone().or_else(|| value("TRAINSET_REMOTE"));
    match ci::github(&args.folder, &runner, remote.as_deref(), progress) {
        Ok(report) => {
            let links = summary::Links::new(runner.server.as_deref(), runner.repository.as_deref(), &report.commit);
            append("GITHUB_STEP_SUMMARY", &summary::markdown(&report, &links))?;
            let outputs: String = ci::outputs(&report).iter().map(|(name, value)| format!("{name}={value}\n")).collect();
            append("GITHUB_OUTPUT", &outputs)?;
            let text = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { lines(&report) };
            Ok((text, DONE))
        }
        Err(error) => {
            let told = fault::told(&error);
            append("GITHUB_STEP_SUMMARY", &summary::failure(&told)).ok();
            _ = writeln!(anstream::stdout(), "::error title=trainset::{}", data(told.trim_end()));
            Err(error)
        }
    }
}

/// Inputs of the action reach the tool through the environment alone.
fn runner(push: bool) -> Runner {
    Runner {
        event_name: value("GITHUB_EVENT_NAME"),
        event_path: value("GITHUB_EVENT_PATH").map(PathBuf::from),
        git_ref: value("GITHUB_REF"),
        commit: value("GITHUB_SHA"),
        repository: value("GITHUB_REPOSITORY"),
        server: value("GITHUB_SERVER_URL"),
        token: value("TRAINSET_TOKEN").or_else(|| value("GITHUB_TOKEN")),
        push: push && value("TRAINSET_PUSH").is_none_or(|wish| wish != "false"),
    }
}

fn value(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Adds to the file that a variable names, where it names one.
fn append(variable: &str, text: &str) -> anyhow::Result<()> {
    let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) else { return Ok(()) };
    let written = OpenOptions::new().create(true).append(true).open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("could not write to the file that `{variable}` names"))
}

/// Annotations, then what happened in short.
fn lines(report: &Report) -> String {
    let mut out = String::new();
    let warnings: Vec<(&str, &str, &str)> = match &report.done {
        Done::Pushed { pushed, .. } => {
            let outcome = pushed.outcome.iter();
            outcome.flat_map(|outcome| &outcome.plan.findings).map(|finding| (&*finding.path, "not read", &*finding.says)).collect()
        }
        Done::Previewed { preview, .. } => {
            let groups = preview.groups.iter().filter(|group| group.annotated);
            groups.flat_map(|group| &group.items).map(|item| (&*item.path, "trainset", &*item.says)).collect()
        }
    };
    for (path, title, says) in warnings.iter().take(ANNOTATIONS - 1) {
        out.push_str(&format!("::warning file={},line=1,title={}::{}\n", property(path), property(title), data(says)));
    }
    for note in report.notes.iter().take(ANNOTATIONS) {
        out.push_str(&format!("::notice title=trainset::{}\n", data(note)));
    }
    out.push_str(&summary::short(report));
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_gets_out_of_an_annotation() {
        assert_eq!(data("100%\n::error::x\r"), "100%25%0A::error::x%0D");
        assert_eq!(property("a,b:c\n"), "a%2Cb%3Ac%0A");
    }
}
