//! `ask`: the answer with what proves it, or what is wrong with it and the code to look at.

use std::fmt::Write;

use super::asking::Answering;
use super::words::{BOLD, DIM, PLACE, plain};
use crate::commands::answer::Answered;

#[derive(clap::Args)]
pub(super) struct Ask {
    /// The question, or the requirement; `-` reads it from standard input
    #[arg(value_name = "QUESTION", required = true)]
    pub(super) words: Vec<String>,

    /// Ask for a design that meets the requirement
    #[arg(long)]
    pub(super) design: bool,

    /// Show the model at most this many tokens of code
    #[arg(long, value_name = "TOKENS", default_value_t = 4000)]
    pub(super) budget: usize,

    #[command(flatten)]
    pub(super) answering: Answering,
}

pub(super) fn answered(answered: &Answered, verbose: bool) -> String {
    let mut out = String::new();
    if !answered.answer.is_empty() {
        _ = writeln!(out, "{}\n", plain(&answered.answer));
    }
    let proved = answered.claims.iter().filter(|claim| claim.proved).count();
    if answered.proved {
        _ = writeln!(out, "{BOLD}proved{BOLD:#}: {proved} of {proved} claims");
    } else {
        _ = writeln!(
            out,
            "{BOLD}not proved{BOLD:#}: {proved} of {} claims hold, after {} replies",
            answered.claims.len(),
            answered.replies
        );
        answered.faults.iter().for_each(|fault| _ = writeln!(out, "  {}: {}", fault.rule, plain(&fault.says)));
    }
    for claim in &answered.claims {
        let verdict = if claim.proved { "proved" } else { "not proved" };
        _ = writeln!(out, "  {DIM}{verdict:10}{DIM:#} {} {DIM}{}{DIM:#}", plain(&claim.says), plain(&claim.cites.join(" ")));
    }
    if verbose {
        answered.reasoning.iter().zip(1..).for_each(|(step, number)| _ = writeln!(out, "  {number}. {}", plain(step)));
    }
    if !answered.evidence.is_empty() {
        _ = writeln!(out, "\nShown to {}:", plain(&answered.model));
    }
    for piece in &answered.evidence {
        _ = writeln!(out, "  {} {PLACE}{}:{}{PLACE:#} {}", piece.id, plain(&piece.path), piece.start_line, plain(&piece.symbol));
        if !answered.proved || verbose {
            piece.code.lines().for_each(|line| _ = writeln!(out, "     {DIM}{}{DIM:#}", plain(line)));
        }
    }
    out
}
