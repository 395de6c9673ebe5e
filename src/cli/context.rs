//! `context` as a document to paste.

use std::fmt::Write;

use super::words::{plain, short};
use crate::commands::context::{Pack, Spot};

#[derive(clap::Args)]
pub(super) struct Context {
    /// A requirement; `-` reads it from standard input
    #[arg(required = true, value_name = "REQUIREMENT")]
    pub(super) words: Vec<String>,

    /// About this many tokens at most
    #[arg(long, value_name = "TOKENS", default_value_t = 4_000)]
    pub(super) budget: usize,
}

/// The pack in Markdown. What comes from the repository is quoted as code, so that nothing in it is taken for markup.
pub(crate) fn markdown(pack: &Pack) -> String {
    let mut out =
        format!("# Code for: {}\n\nAt commit {}, about {} tokens", line(&pack.requirement), short(&pack.source_commit), pack.tokens);
    let _ = match pack.left_out {
        0 => writeln!(out, "."),
        pieces => writeln!(out, "; {pieces} more pieces are left out by the budget."),
    };
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            _ = write!(out, "\n## {title}\n\n{}", lines.concat());
        }
    };
    let of_area = |area: &crate::commands::context::Area| {
        let entities = if area.entities.is_empty() { String::new() } else { format!(": {}", code(&area.entities.join(", "))) };
        format!("- **{}** ({} files, {} functions){entities}\n", line(&area.name), area.files, area.functions)
    };
    section("Domains", pack.domains.iter().map(of_area).collect());
    section("Skeleton", pack.skeleton.iter().map(spot).collect());
    let piece = |piece: &crate::commands::context::Piece| {
        let fence = fence(&piece.code);
        let place = format!("{}:{}-{}", line(&piece.path), piece.line, piece.end);
        format!("{}\n\n{fence}\n{}\n{fence}\n\n", code(&place), plain(&piece.code))
    };
    section("Code", pack.code.iter().map(piece).collect());
    let rule = |rule: &crate::commands::context::Ruled| {
        let place = code(&format!("{}:{} {}", rule.path, rule.line, rule.symbol));
        format!("- {place}: when {} then {}\n", code(&rule.when), code(&rule.then.join("; ")))
    };
    section("Rules", pack.rules.iter().map(rule).collect());
    let flow = |flow: &crate::commands::context::Flowing| {
        let steps: Vec<String> = flow.steps.iter().map(|step| code(step)).collect();
        format!("- {}: {}\n", code(&format!("{}:{} {}", flow.path, flow.line, flow.symbol)), steps.join(" → "))
    };
    section("Flows", pack.flows.iter().map(flow).collect());
    let sample = |sample: &crate::commands::context::Sampled| {
        format!("- {} ({}, {})\n", line(&sample.question), code(&format!("{}:{}", sample.path, sample.line)), code(&sample.id))
    };
    section("Earlier designs and answers", pack.samples.iter().map(sample).collect());
    let called = |called: &crate::commands::context::Called| {
        let callers: Vec<String> = called.callers.iter().map(|caller| format!("  {}", spot(caller))).collect();
        format!("- {}\n{}", code(&called.symbol), callers.concat())
    };
    section("Who calls what would change", pack.callers.iter().map(called).collect());
    out
}

fn spot(spot: &Spot) -> String {
    format!("- {} {}\n", code(&format!("{}:{}", spot.path, spot.line)), code(&spot.says))
}

pub(super) fn line(text: &str) -> String {
    plain(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A span of code, whatever ticks are in it.
pub(super) fn code(text: &str) -> String {
    let text = line(text);
    if text.is_empty() {
        return text;
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if ticks.len() > 1 { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

fn fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{code, fence};

    #[test]
    fn ticks_do_not_end_code() {
        assert_eq!((code("a"), code("a `b`\n c"), code("")), ("`a`".to_owned(), "`` a `b` c ``".to_owned(), String::new()));
        assert_eq!((fence("x"), fence("```\nx")), ("```".to_owned(), "````".to_owned()));
    }
}
