//! `review`: rows go out to people, and their verdicts come back.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;

use super::args::Args;
use super::words::{DIM, Words, plain, short};
use super::{DONE, LOOK, needs_a_look, show};
use crate::commands::review::{self, Imported, Wanted};
use crate::commands::{Progress, Workspace};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Write rows as JSON lines, to be filled in
    ///
    /// A person fills in `verdict` (accept, reject or edit) and, if they like, `note`; with `edit` the question, the
    /// answer and the follow-ups in the line are the ones that count from then on.
    Export {
        /// Write at most this many rows
        #[arg(long, value_name = "N")]
        limit: Option<usize>,

        /// Only rows of this kind
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,

        /// Only rows that nobody reviewed, or whose code changed since
        #[arg(long)]
        open: bool,

        /// Write to this file instead of the terminal
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Take verdicts in: one commit on the dataset branch, or none
    Import {
        /// What `export` wrote, filled in
        file: PathBuf,
    },
}

pub(super) fn answer(args: &Args, verb: &Verb, workspace: &Workspace, told: &Words, progress: &Progress) -> anyhow::Result<(String, u8)> {
    match verb {
        Verb::Export { limit, kind, open, out } => {
            let wanted = Wanted { limit: *limit, kind: kind.clone(), open: *open };
            let (lines, count) = review::export(workspace, &wanted)?;
            let code = if count == 0 { LOOK } else { DONE };
            let Some(out) = out else { return Ok((String::from_utf8(lines)?, code)) };
            std::fs::write(out, lines).with_context(|| format!("could not write `{}`", out.display()))?;
            Ok((
                format!(
                    "wrote {count} rows to {}\nfill in `verdict`, then: git trainset review import FILE\n",
                    plain(&out.display().to_string())
                ),
                code,
            ))
        }
        Verb::Import { file } => {
            let imported = review::import(workspace, file, progress)?;
            let code = if needs_a_look(&imported.outcome) { LOOK } else { DONE };
            Ok((show(args, &imported, || told.imported(&imported))?, code))
        }
    }
}

impl Words {
    fn imported(&self, imported: &Imported) -> String {
        let mut out = String::new();
        let Imported { accepted, rejected, edited, passed_over, outcome } = imported;
        _ = writeln!(out, "{accepted} accepted, {rejected} rejected, {edited} edited, {passed_over} without a verdict");
        if outcome.tip == outcome.before {
            _ = writeln!(out, "  {DIM}the dataset says so already{DIM:#}");
        } else {
            _ = writeln!(out, "  {DIM}dataset {} holds {} samples{DIM:#}", short(&outcome.tip), outcome.samples);
        }
        self.rejects(&mut out, &outcome.rejects);
        out
    }
}
