//! `eval`: the table.

use std::fmt::Write;

use super::asking::Answering;
use super::words::{plain, short};
use crate::commands::eval::{Evaluated, Score, Wanted};

#[derive(clap::Args)]
pub(super) struct Eval {
    /// The rows to ask: test, validation or train
    #[arg(long, value_name = "SPLIT", default_value = "test")]
    split: String,

    /// Ask so many questions, the same ones every time
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,

    /// Show code beside the evidence that is nearly about the question
    #[arg(long)]
    distractors: bool,

    /// Compare with these models behind the same address
    #[arg(long, value_name = "NAME")]
    against: Vec<String>,

    #[command(flatten)]
    pub(super) answering: Answering,
}

impl Eval {
    pub(super) fn wanted(&self, configured: Option<&str>) -> Wanted {
        let models = configured.map(str::to_owned).into_iter().chain(self.against.iter().cloned()).collect();
        Wanted { split: self.split.clone(), limit: self.limit, distractors: self.distractors, models }
    }
}

/// A table in Markdown, to be pasted.
pub(super) fn evaluated(evaluated: &Evaluated) -> String {
    let rows = evaluated.scores.first().map_or(0, |score| score.rows);
    let mut out = format!("{rows} questions of the split {} of dataset {}\n\n", evaluated.split, short(&evaluated.dataset));
    out.push_str(
        "| model | in form | grounded answers | citations right | facts found | false premises refused |\n|---|---|---|---|---|---|\n",
    );
    for score in &evaluated.scores {
        let Score { rows, formed, grounded, cited, facts, found, premises, denied, .. } = *score;
        let cells =
            [(formed, rows), (grounded, rows), (cited, rows), (found, facts), (denied, premises)].map(|(part, all)| share(part, all));
        _ = writeln!(out, "| {} | {} |", score.model.replace('|', "/"), cells.join(" | "));
    }
    let refused = evaluated.scores.iter().filter(|score| !score.faults.is_empty());
    for score in refused {
        _ = write!(out, "\n{}:\n", plain(&score.model));
        score.faults.iter().for_each(|(rule, (count, first))| _ = writeln!(out, "- {rule}: {count}, such as {}", plain(first)));
    }
    out
}

fn share(part: usize, all: usize) -> String {
    if all == 0 { "–".to_owned() } else { format!("{:.1} % ({part} of {all})", part as f64 * 100.0 / all as f64) }
}
