//! The dataset as numbers, in words.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::words::{BOLD, DIM, plain, short, thousands};
use crate::commands::stats::Stats;

/// So many names of a kind are listed; the others are summed up.
const LISTED: usize = 15;

pub(super) fn stats(stats: &Stats, verbose: bool) -> String {
    let mut out = String::new();
    _ = writeln!(out, "{BOLD}dataset{BOLD:#} {} {DIM}mirrors {}{DIM:#}", short(&stats.dataset), short(&stats.source_commit));
    let mut line = |name: &str, number: usize, note: &str| {
        _ = writeln!(out, "  {:<22}{:>9}  {DIM}{}{DIM:#}", plain(name), thousands(number as i64), plain(note));
    };
    line("rows", stats.rows, "");
    for split in &stats.splits {
        let files = format!("in {} files", thousands(split.files as i64));
        line(&format!("  {}", split.name), split.rows, if split.warning.is_empty() { &files } else { &split.warning });
    }
    let coverage = &stats.coverage;
    let matter = format!("of {} with anything to ask about", thousands(coverage.that_matter as i64));
    line("functions with samples", coverage.with_samples, &format!("{matter}, {}", share(coverage.with_samples, coverage.that_matter)));
    line("claims", stats.claims.all, &format!("{} proved, {} judged", thousands(stats.claims.proved as i64), stats.claims.judged));
    let evidence = &stats.evidence;
    line("pieces of evidence", evidence.pieces, &format!("{} read so at the tip", share(evidence.fresh, evidence.pieces)));
    line("near-duplicates", stats.duplicates, &share(stats.duplicates, stats.rows));
    let [one, two, three] = stats.distinct;
    _ = writeln!(out, "  {:<22}{:>9.2}  {DIM}of one word, {two:.2} of two, {three:.2} of three{DIM:#}", "distinct in questions", one);
    for (name, counts) in &stats.by {
        // One name for all of them says nothing.
        if counts.len() > 1 || verbose {
            list(&mut out, &format!("by {name}"), counts, verbose);
        }
    }
    if !stats.left_out.is_empty() {
        list(&mut out, "left out", &stats.left_out, verbose);
    }
    out
}

fn list(out: &mut String, head: &str, counts: &BTreeMap<String, usize>, verbose: bool) {
    _ = writeln!(out, "{BOLD}{head}{BOLD:#}");
    let mut sorted: Vec<(&String, &usize)> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let listed = if verbose { sorted.len() } else { LISTED };
    for (name, count) in sorted.iter().take(listed) {
        _ = writeln!(out, "  {:<22}{:>9}", plain(name), thousands(**count as i64));
    }
    if sorted.len() > listed {
        let rest: usize = sorted[listed..].iter().map(|(_, count)| **count).sum();
        _ = writeln!(out, "  {DIM}{:<22}{:>9}{DIM:#}", format!("{} more", sorted.len() - listed), thousands(rest as i64));
    }
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "none".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / whole as f64) }
}
