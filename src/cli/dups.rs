//! Near-copies in words: who copies whom, and the lines that differ side by side.

use std::fmt::Write;

use super::words::{BOLD, DIM, PLACE, plain, short, thousands};
use crate::commands::dups::{Copy, Dups, Place};
use crate::commands::repeated::Repeated;

/// Of each pair so many lines are shown, unless more is asked for.
const LINES: usize = 6;
const WIDTH: usize = 58;

pub(super) fn dups(dups: &Dups, limit: usize, verbose: bool, quiet: bool) -> String {
    let mut out = String::new();
    for group in dups.groups.iter().take(limit) {
        _ = writeln!(out, "{}", placed(&group.of));
        for copy in &group.copies {
            _ = writeln!(out, "  {:>3.0} %  {}{}", 100.0 * copy.alike, placed(&copy.place), said(copy));
            if !quiet {
                differences(&mut out, copy, if verbose { usize::MAX } else { LINES });
            }
        }
    }
    let copies: usize = dups.groups.iter().map(|group| group.copies.len()).sum();
    match dups.groups.len() {
        0 => _ = writeln!(out, "none of {} functions and classes nearly copies another", thousands(dups.compared as i64)),
        groups => {
            let (groups, copies, all) = (thousands(groups as i64), thousands(copies as i64), thousands(dups.compared as i64));
            _ = writeln!(
                out,
                "{DIM}{copies} near-copies in {groups} groups, of {all} functions and classes at {}{DIM:#}",
                short(&dups.source_commit)
            );
        }
    }
    if dups.groups.len() > limit {
        _ = writeln!(out, "{DIM}the first {limit} groups are shown: --limit N shows more, a PATH fewer{DIM:#}");
    }
    out
}

/// Samples in whose place another stands.
pub(super) fn rows(found: &Repeated, limit: usize) -> String {
    let mut out = String::new();
    for group in found.groups.iter().take(limit) {
        _ = writeln!(out, "{BOLD}{}{BOLD:#}", plain(&group.of));
        for repeat in &group.repeats {
            _ = writeln!(out, "  {:>3.0} %  {}  {DIM}{}{DIM:#}", 100.0 * repeat.alike, plain(&repeat.id), repeat.relation);
        }
    }
    let left_out: usize = found.groups.iter().map(|group| group.repeats.len()).sum();
    let (left_out, all) = (thousands(left_out as i64), thousands(found.compared as i64));
    _ = writeln!(out, "{DIM}{left_out} of {all} samples are left out at {}{DIM:#}", short(&found.source_commit));
    if found.groups.len() > limit {
        _ = writeln!(out, "{DIM}the first {limit} groups are shown: --limit N shows more, a PATH fewer{DIM:#}");
    }
    out
}

fn placed(place: &Place) -> String {
    let symbol = place.id.rsplit("::").next().unwrap_or_default();
    format!("{PLACE}{}:{}{PLACE:#} {BOLD}{}{BOLD:#}", plain(&place.path), place.lines.start, plain(symbol))
}

fn said(copy: &Copy) -> String {
    let written = format!("{:.0} % to the letter", 100.0 * copy.written);
    format!("  {DIM}{written}{}{DIM:#}", if copy.shadowed { ", gives no samples of its own" } else { "" })
}

fn differences(out: &mut String, copy: &Copy, most: usize) {
    if copy.differs.is_empty() {
        _ = writeln!(out, "         {DIM}line by line the same{DIM:#}");
    }
    for pair in copy.differs.iter().take(most) {
        _ = writeln!(out, "         {} {DIM}|{DIM:#} {}", column(&pair.of), column(&pair.copy).trim_end());
    }
    if copy.differs.len() > most {
        _ = writeln!(out, "         {DIM}… {} more lines differ{DIM:#}", copy.differs.len() - most);
    }
}

/// A line cut or filled to the width of a column.
fn column(line: &str) -> String {
    let line = plain(line);
    let mut cut: String = line.chars().take(WIDTH).collect();
    if line.chars().count() > WIDTH {
        cut.pop();
        cut.push('…');
    }
    format!("{cut:WIDTH$}")
}
