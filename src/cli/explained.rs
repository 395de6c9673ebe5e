//! A sample and the proofs of its claims in words.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::cli::words::{BOLD, DIM, PLACE, plain};
use crate::commands::explain::{Against, Explained, Explanation};

const PROVED: Style = AnsiColor::Green.on_default();
const REFUTED: Style = AnsiColor::Red.on_default().bold();

pub(super) fn explained(explained: &Explained) -> String {
    let row = &explained.sample;
    let mut out = format!("{BOLD}{}{BOLD:#}\n{DIM}{} · {} · {}{DIM:#}\n", plain(&row.id), row.kind, row.domain, row.recipe);
    _ = write!(out, "\n{BOLD}Q{BOLD:#} {}\n\n{BOLD}A{BOLD:#} {}\n", plain(&row.question), plain(&row.answer));
    let commit = explained.source_commit.get(..7).unwrap_or_default();
    let held = if explained.held { ", held: a file of it does not parse" } else { "" };
    _ = writeln!(out, "\n{BOLD}Claims{BOLD:#} {DIM}proved now, at {commit}{held}{DIM:#}");
    for claim in &explained.claims {
        one(&mut out, claim);
    }
    if let Some(wrong) = &explained.wrong {
        _ = writeln!(out, "\n{REFUTED}wrong{REFUTED:#} {}: {}", wrong.rule, plain(&wrong.says));
    }
    out
}

fn one(out: &mut String, claim: &Explanation) {
    let style = if claim.verdict == "proved" { PROVED } else { REFUTED };
    _ = writeln!(out, "\n  {style}{}{style:#} {}", claim.verdict, plain(&claim.says));
    _ = writeln!(out, "    {DIM}{}:{DIM:#} {}", plain(&claim.predicate.name), plain(&claim.means));
    for Against { evidence, path, start_line, end_line, line, code } in &claim.against {
        _ = write!(out, "    {evidence} {PLACE}{}:{start_line}-{end_line}{PLACE:#}", plain(path));
        _ = match line {
            0 => writeln!(out),
            _ => writeln!(out, " {DIM}line {line}:{DIM:#} {}", plain(code)),
        };
    }
}
