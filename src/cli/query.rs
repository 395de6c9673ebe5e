//! `query`: where the words come from, and the hits in the form that was asked for.

use std::fmt::Write;
use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;

use super::args::Args;
use super::asking::Embedding;
use super::words::{BOLD, DIM, PLACE, Words, plain, short};
use crate::commands::query::{Ask, Found, Hit};

#[derive(clap::Args)]
pub(super) struct Query {
    /// Words, a symbol, or a requirement; `-` reads them from standard input
    #[arg(value_name = "WORDS")]
    words: Vec<String>,

    /// Take the words from a file, for instance a requirement
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    context_for: Option<PathBuf>,

    /// Print at most this many hits
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,

    /// Only this file, folder or glob; repeat it for more
    #[arg(long, value_name = "GLOB")]
    path: Vec<String>,

    /// Only this kind: function, method, class, module or constant; of samples errors, rule, …
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,

    /// Only this language: python, rust; of samples en or zh, too
    #[arg(long, value_name = "LANGUAGE")]
    lang: Vec<String>,

    /// Only this domain
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,

    /// Find samples of the dataset instead of code
    #[arg(long)]
    samples: bool,

    /// Find samples of one task: qa, design
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    /// What this chunk calls, what calls it and what stands beside it goes up
    #[arg(long, value_name = "ID|PATH:LINE")]
    near: Option<String>,

    /// How to print the hits
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    pub(super) embedding: Embedding,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    /// One JSON object a hit
    Jsonl,
    /// A list to paste into a document
    Markdown,
    /// `path:line:column:text`, for editors
    Vimgrep,
}

impl Query {
    pub(super) fn ask(&self) -> anyhow::Result<Ask> {
        let text = match &self.context_for {
            Some(file) => std::fs::read(file)
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .with_context(|| format!("could not read `{}`", file.display()))?,
            None => words(&self.words)?,
        };
        Ok(Ask {
            text,
            limit: self.limit,
            samples: self.samples,
            task: self.task.clone(),
            paths: self.path.clone(),
            kinds: self.kind.clone(),
            languages: self.lang.clone(),
            domains: self.domain.clone(),
            near: self.near.clone(),
        })
    }

    pub(super) fn told(&self, args: &Args, found: &Found, words: &Words) -> anyhow::Result<String> {
        let format = if args.json { Format::Json } else { self.format };
        Ok(match format {
            Format::Json => serde_json::to_string_pretty(found)? + "\n",
            Format::Jsonl => {
                let lines: Result<Vec<String>, _> = found.hits.iter().map(serde_json::to_string).collect();
                lines?.iter().map(|line| format!("{line}\n")).collect()
            }
            Format::Markdown => found.hits.iter().map(markdown).collect(),
            Format::Vimgrep => {
                found.hits.iter().map(|hit| format!("{}:{}:1:{}\n", one_line(&hit.path), hit.line, one_line(&hit.says))).collect()
            }
            Format::Text => text(found, words),
        })
    }
}

/// The words of the command line, or what `-` stands for.
pub(super) fn words(words: &[String]) -> anyhow::Result<String> {
    if words != ["-"] {
        return Ok(words.join(" "));
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).context("could not read standard input")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn text(found: &Found, words: &Words) -> String {
    let mut out = String::new();
    for hit in &found.hits {
        _ = writeln!(out, "{PLACE}{}:{}{PLACE:#} {}", one_line(&hit.path), hit.line, one_line(&hit.says));
        if !words.quiet {
            let why = [hit.terms.join(" ")].into_iter().chain(hit.why.iter().cloned()).filter(|why| !why.is_empty());
            _ = writeln!(out, "    {BOLD}{}{BOLD:#} {DIM}{}{DIM:#}", one_line(&hit.symbol), one_line(&why.collect::<Vec<_>>().join("; ")));
        }
        if words.verbose {
            _ = writeln!(out, "    {DIM}{} {:.2}{DIM:#}", one_line(&hit.id), hit.score);
        }
    }
    if found.hits.is_empty() {
        out.push_str("nothing found\n");
    }
    if !found.note.is_empty() && !words.quiet {
        _ = writeln!(out, "{DIM}{}{DIM:#}", one_line(&found.note));
    }
    if found.behind && !words.quiet {
        _ = writeln!(
            out,
            "{DIM}the index mirrors {}, which is not the tip; `git trainset update` brings it forward{DIM:#}",
            short(&found.source_commit)
        );
    }
    out
}

fn markdown(hit: &Hit) -> String {
    let says = one_line(&hit.says).replace('`', "'");
    format!("- `{}:{}` **{}** `{says}`\n", one_line(&hit.path), hit.line, one_line(&hit.symbol).replace('*', "\\*"))
}

/// Safe for a terminal, and on one line.
fn one_line(text: &str) -> String {
    plain(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
