//! `hook`: what git calls, and what a person calls to put it in.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Subcommand;

use super::args::Args;
use super::asking;
use super::words::{BOLD, DIM, Words, plain, short};
use super::{DONE, LOOK, fault, show};
use crate::commands::hook::{self, Check, Deed, Does, Setup, Status};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Let git call the tool: a check before each commit, an update after it
    Install {
        /// Print what would be done and stop
        #[arg(long)]
        dry_run: bool,

        /// Also beside a program that manages hooks, and in a folder outside of the repository
        #[arg(long)]
        anyway: bool,
    },
    /// Take the hooks out again; what was there before comes back
    Uninstall {
        /// Print what would be done and stop
        #[arg(long)]
        dry_run: bool,
    },
    /// Say what is installed, and what the last runs said
    Status,
    /// What a hook calls: the name of the event, then what git hands it
    Run {
        event: String,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Work off what the hooks asked for
    #[command(hide = true)]
    Work,
}

/// How many things of one kind are listed.
const LISTED: usize = 5;

pub(super) fn answer(args: &Args, verb: &Verb, told: &Words) -> anyhow::Result<(String, u8)> {
    let folder = &args.folder;
    let setup = |setup: Setup, dry_run: bool| -> anyhow::Result<(String, u8)> {
        let code = if setup.other.is_empty() { DONE } else { LOOK };
        Ok((show(args, &setup, || told.setup(&setup, dry_run))?, code))
    };
    match verb {
        Verb::Install { dry_run, anyway } => setup(hook::install(folder, &program()?, *anyway, *dry_run)?, *dry_run),
        Verb::Uninstall { dry_run } => setup(hook::uninstall(folder, *dry_run)?, *dry_run),
        Verb::Status => {
            let status = hook::status(folder)?;
            Ok((show(args, &status, || told.hooks(&status))?, DONE))
        }
        Verb::Work => hook::work(folder, &now, &asking::of_hook()).map(|()| (String::new(), DONE)),
        Verb::Run { event, arguments } => Ok(run(args, event, arguments, told)),
    }
}

/// git goes on whatever happens here, but for a change that the settings say should not be committed.
fn run(args: &Args, event: &str, arguments: &[OsString], told: &Words) -> (String, u8) {
    let skip = std::env::var_os("TRAINSET_SKIP").is_some_and(|value| !value.is_empty());
    let Some(event) = hook::event(event).filter(|_| !skip) else { return (String::new(), DONE) };
    let folder = &args.folder;
    // What went wrong is told once, and not at each commit.
    let once = |kind: &str, says: String| if hook::first_time(folder, kind, &says) { says } else { String::new() };
    if event.does != Does::Check {
        let asked = program().and_then(|program| hook::after(folder, event.does, arguments, &program));
        let text = match asked {
            Ok(None) => String::new(),
            Ok(Some(says)) => format!("git-trainset: the last run failed\n{}", fault::told(&anyhow::anyhow!(says))),
            Err(error) => once("ask", fault::told(&error)),
        };
        return (text, DONE);
    }
    match hook::check(folder) {
        Ok(check) => {
            hook::forget(folder, "check");
            let Some(check) = check else { return (String::new(), DONE) };
            let text = show(args, &check, || told.check(&check)).unwrap_or_default();
            (text, if check.blocked { LOOK } else { DONE })
        }
        Err(error) => (once("check", fault::told(&error)), DONE),
    }
}

fn program() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn ago(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..7_200 => format!("{} min ago", seconds / 60),
        7_200..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

impl Words {
    fn setup(&self, setup: &Setup, dry_run: bool) -> String {
        let mut out = String::new();
        if !setup.other.is_empty() {
            _ = writeln!(out, "{BOLD}{}{BOLD:#} manages the hooks of this repository; add this to its settings:\n", setup.other);
            out.push_str(setup.snippet);
            _ = writeln!(out, "\n{DIM}or `git trainset hook install --anyway` puts shims beside it{DIM:#}");
            return out;
        }
        for step in &setup.steps {
            let place = plain(&step.place);
            _ = match step.deed {
                Deed::Write => writeln!(out, "write      {place}"),
                Deed::SetAside => writeln!(out, "set aside  {place} {DIM}(it still runs, first){DIM:#}"),
                Deed::Configure => writeln!(out, "configure  {place} {DIM}in the repository's git config{DIM:#}"),
                Deed::PutBack => writeln!(out, "put back   {place}"),
                Deed::Remove => writeln!(out, "remove     {place}"),
                Deed::Unconfigure => writeln!(out, "remove     {place} {DIM}from the repository's git config{DIM:#}"),
            };
        }
        if setup.steps.is_empty() {
            out.push_str("nothing to do\n");
        } else if dry_run {
            out.push_str("nothing was done: a dry run\n");
        }
        if !setup.note.is_empty() {
            _ = writeln!(out, "note: {}", plain(&setup.note));
        }
        out
    }

    fn hooks(&self, status: &Status) -> String {
        let mut out = String::new();
        for event in &status.events {
            let by = if event.by.is_empty() { "not installed" } else { event.by };
            _ = writeln!(out, "{:<14}{by} {DIM}{}{DIM:#}", event.event, plain(&event.place));
        }
        _ = writeln!(out, "{:<14}{}", "on commit", status.on_commit);
        let state = match (status.running, status.waiting) {
            (true, _) => "running".to_owned(),
            (false, 0) => "nothing to do".to_owned(),
            (false, waiting) => format!("{waiting} waiting for the next hook, or for `git trainset update`"),
        };
        _ = writeln!(out, "{:<14}{state}", "background");
        let now = now();
        for entry in &status.log {
            let fault = if entry.fault { "failed: " } else { "" };
            let says = plain(&entry.says).replace('\n', "; ");
            _ = writeln!(out, "  {DIM}{:<12}{DIM:#}{fault}{says}", ago(now.saturating_sub(entry.at)));
        }
        out
    }

    fn check(&self, check: &Check) -> String {
        let preview = &check.preview;
        let mut out = String::new();
        if self.quiet && !check.blocked {
            return out;
        }
        if !preview.too_much.is_empty() {
            _ = writeln!(out, "{BOLD}trainset{BOLD:#} {}", preview.too_much);
        }
        if preview.groups.is_empty() {
            return out;
        }
        let heads: Vec<&str> = preview.groups.iter().map(|group| group.says.as_str()).collect();
        _ = writeln!(out, "{BOLD}trainset{BOLD:#} {}", heads.join(", "));
        for group in &preview.groups {
            let listed = if self.verbose { group.items.len() } else { LISTED };
            for item in group.items.iter().take(listed) {
                _ = writeln!(out, "  {} {DIM}{}{DIM:#}", plain(&item.id), plain(&item.says));
            }
            if group.items.len() > listed {
                _ = writeln!(out, "  {DIM}and {} more{DIM:#}", group.items.len() - listed);
            }
        }
        if !preview.since.is_empty() {
            _ = writeln!(out, "  {DIM}samples: since {}, which the dataset mirrors{DIM:#}", short(&preview.since));
        } else if !preview.no_plan.is_empty() {
            _ = writeln!(out, "  {DIM}which samples go stale is not known: {}{DIM:#}", plain(&preview.no_plan));
        }
        if check.blocked {
            let why: Vec<&str> = preview.groups.iter().filter(|group| group.blocks).map(|group| group.source).collect();
            _ = writeln!(out, "error: not committed, because of: {}", why.join(", "));
            _ = writeln!(out, "  mend: change it, or `git config trainset.block none`, or `TRAINSET_SKIP=1 git commit` this once");
        }
        out
    }
}
