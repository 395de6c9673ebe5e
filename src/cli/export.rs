//! `export`: what to write, and what was written.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum;

use super::words::{BOLD, DIM, plain, short, thousands};
use crate::commands::export::{Exported, Limit, Reasoning, Shown, Style, Wanted};

#[derive(clap::Args)]
pub(super) struct Export {
    /// The form to write
    #[arg(long, value_name = "FORMAT", default_value = "prompt-completion")]
    format: String,

    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Replace an earlier export
    #[arg(long)]
    force: bool,

    /// Only this split: train, validation or test; repeat it for more
    #[arg(long, value_name = "SPLIT")]
    split: Vec<String>,

    /// Only this task: qa, design, or trace; repeat it for more
    #[arg(long, value_name = "TASK")]
    task: Vec<String>,

    /// Where the reasoning goes
    #[arg(long, value_name = "WHERE", default_value = "answer")]
    reasoning: ReasoningTo,

    /// What the prompt shows
    #[arg(long, value_name = "WHAT", default_value = "open")]
    context: ContextOf,

    /// A commit of the dataset branch, such as `dataset~5`
    #[arg(long = "ref", value_name = "COMMIT")]
    reference: Option<String>,

    /// Shorten, and then leave out, what is longer than this in the trained model's tokens
    #[arg(long, value_name = "N", requires = "tokenizer")]
    max_tokens: Option<usize>,

    /// The model's tokenizer.json
    #[arg(long, value_name = "FILE", requires = "max_tokens")]
    tokenizer: Option<PathBuf>,

    /// Its chat template, Jinja or tokenizer_config.json; without it what lies beside the tokenizer
    #[arg(long, value_name = "FILE", requires = "tokenizer")]
    chat_template: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ReasoningTo {
    /// A part of the answer, in front
    Answer,
    /// In `<think>`, before the answer
    Inline,
    /// In a field of its own, which many chat templates drop
    Field,
    /// Left out, and the claims with it
    Drop,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ContextOf {
    /// The question alone
    Closed,
    /// The evidence
    Open,
    /// The evidence, among code that is nearly about it
    Distractors,
}

impl ContextOf {
    pub(super) fn shown(self) -> Shown {
        match self {
            Self::Closed => Shown::Closed,
            Self::Open => Shown::Open,
            Self::Distractors => Shown::Distractors,
        }
    }
}

impl Export {
    pub(super) fn wanted(&self) -> anyhow::Result<Wanted> {
        let reasoning = match self.reasoning {
            ReasoningTo::Answer => Reasoning::Answer,
            ReasoningTo::Inline => Reasoning::Inline,
            ReasoningTo::Field => Reasoning::Field,
            ReasoningTo::Drop => Reasoning::Drop,
        };
        let limit = match (self.max_tokens, &self.tokenizer) {
            (Some(0), _) => bail!("`--max-tokens` is at least 1"),
            (Some(tokens), Some(tokenizer)) => Some(Limit { tokens, tokenizer: tokenizer.clone(), template: self.chat_template.clone() }),
            _ => None,
        };
        Ok(Wanted {
            format: self.format.clone(),
            out: self.out.clone(),
            force: self.force,
            splits: self.split.clone(),
            tasks: self.task.clone(),
            style: Style { reasoning, context: self.context.shown() },
            reference: self.reference.clone(),
            limit,
        })
    }
}

pub(super) fn exported(exported: &Exported) -> String {
    let mut out = String::new();
    let many = |count: usize| thousands(count as i64);
    let (of, to) = (short(&exported.dataset), plain(&exported.out));
    _ = writeln!(out, "{BOLD}{}{BOLD:#} rows of dataset {of} as {} in {to}", many(exported.rows), exported.format);
    let width = exported.files.keys().map(String::len).max().unwrap_or_default();
    for (name, written) in &exported.files {
        let size = written.bytes.div_ceil(1024);
        _ = writeln!(out, "  {name:width$} {:>9} rows {DIM}{:>9} KiB{DIM:#}", many(written.rows), many(size));
    }
    let mut note = |count: usize, what: &str| {
        if count > 0 {
            _ = writeln!(out, "  {} {what}", many(count));
        }
    };
    note(exported.longest, "tokens in the longest row");
    note(exported.shortened, "rows with shortened evidence; the text says where lines are left out");
    note(exported.refused, "rows left out: too long even with shortened evidence");
    note(exported.tamed, "rows held text that reads like a control token; it does so no more");
    note(exported.inactive, "rows left out: they do not hold today");
    for refused in &exported.named {
        _ = writeln!(out, "    {DIM}{} tokens{DIM:#} {}", many(refused.tokens), plain(&refused.id));
    }
    if exported.refused > exported.named.len() {
        _ = writeln!(out, "    {DIM}and {} more{DIM:#}", many(exported.refused - exported.named.len()));
    }
    if exported.rows == 0 {
        _ = writeln!(out, "nothing was written: no row is of what was asked for");
    }
    out
}
