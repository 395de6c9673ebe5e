//! What models were asked, in words.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use crate::cli::words::{BOLD, DIM, Words, plain, short, thousands, took};
use crate::commands::ask::Asked;
use crate::commands::journal::{Listing, Spent};
use crate::commands::rejects::Rejects;
use crate::plan::Cost;

/// More of a reply is for `--verbose`.
const SHOWN: usize = 400;

impl Words {
    /// What a plan asks of a model.
    pub(super) fn calls(&self, out: &mut String, cost: &Cost) {
        let tokens = thousands((cost.tokens_in + cost.tokens_out) as i64);
        _ = write!(out, "  {:<12}{:>9}   ", "model calls", thousands(cost.model_calls as i64));
        if cost.model_calls == 0 {
            _ = writeln!(out, "{DIM}nobody is asked{DIM:#}");
        } else {
            let price = if cost.price > 0.0 { format!("${:.2}", cost.price) } else { "a price that is not known".to_owned() };
            let time = if cost.seconds > 0.0 { format!(", about {}", took(Duration::from_secs_f64(cost.seconds))) } else { String::new() };
            _ = writeln!(out, "{} with repairs, {tokens} tokens, {price}, each at most{time}", thousands(cost.most_calls as i64));
        }
        if cost.answered > 0 {
            _ = writeln!(out, "  {:<12}{:>9}   {DIM}by replies in the journal{DIM:#}", "answered", thousands(cost.answered as i64));
        }
    }

    /// What came of asking one.
    pub(super) fn asked(&self, out: &mut String, asked: &Asked) {
        let price = if asked.dollars > 0.0 { format!(", ${:.4}", asked.dollars) } else { String::new() };
        _ = writeln!(
            out,
            "{BOLD}{}{BOLD:#} took over {}, was refused {} {DIM}({} replies, {} tokens{price}){DIM:#}",
            plain(&asked.model),
            thousands(asked.taken as i64),
            thousands(asked.refused as i64),
            thousands(asked.replies as i64),
            thousands((asked.tokens_in + asked.tokens_out) as i64),
        );
        if asked.refused > 0 {
            _ = writeln!(out, "  {DIM}`git trainset rejects` shows what it said and why that was refused{DIM:#}");
        }
        if asked.written > 0 {
            _ = writeln!(out, "  {} requests written; bring the replies with `update --batch-in FILE`", thousands(asked.written as i64));
            return;
        }
        if asked.unused > 0 {
            _ = writeln!(out, "  {} replies of the file are of no use here", thousands(asked.unused as i64));
        }
        for (why, count) in &asked.open {
            let mut lines = why.lines();
            _ = writeln!(out, "  {} stay offline for now: {}", thousands(*count as i64), plain(lines.next().unwrap_or_default()));
            for line in lines {
                _ = writeln!(out, "    {}", plain(line));
            }
        }
        if !asked.open.is_empty() {
            _ = writeln!(out, "  {DIM}a later `update` asks again{DIM:#}");
        }
    }

    pub(super) fn listing(&self, listing: &Listing) -> String {
        let mut out = String::new();
        for reply in &listing.replies {
            let what = if reply.fault.is_empty() { reply.text.clone() } else { reply.fault.clone() };
            _ = writeln!(
                out,
                "{BOLD}{}{BOLD:#} {:<6} {} {DIM}{} {}+{} tokens, {}{DIM:#}",
                short(&reply.key),
                reply.turn,
                plain(&reply.slot),
                plain(&reply.model),
                thousands(reply.tokens_in as i64),
                thousands(reply.tokens_out as i64),
                took(Duration::from_millis(reply.millis)),
            );
            if self.verbose {
                _ = writeln!(out, "{}\n", plain(&what));
            }
        }
        _ = writeln!(out, "{} replies in the journal", thousands(listing.all as i64));
        if listing.damaged > 0 {
            _ = writeln!(out, "{} lines cannot be read any more and count as never asked", thousands(listing.damaged as i64));
        }
        out
    }

    pub(super) fn costs(&self, costs: &BTreeMap<String, Spent>) -> String {
        let mut out = String::new();
        for (model, cost) in costs {
            let turns: Vec<String> = cost.turns.iter().map(|(turn, count)| format!("{} {turn}", thousands(*count as i64))).collect();
            let price = if cost.dollars > 0.0 { format!("${:.4}", cost.dollars) } else { "no price known".to_owned() };
            _ = writeln!(
                out,
                "{BOLD}{}{BOLD:#}  {} replies ({}), {} tokens in ({} cached), {} out, {price}",
                plain(model),
                thousands(cost.replies as i64),
                turns.join(", "),
                thousands(cost.tokens_in as i64),
                thousands(cost.cached as i64),
                thousands(cost.tokens_out as i64),
            );
        }
        if costs.is_empty() {
            out.push_str("no model was asked yet\n");
        }
        out
    }

    pub(super) fn rejected(&self, rejects: &Rejects) -> String {
        let mut out = String::new();
        for rejected in &rejects.rejects {
            let refusal = &rejected.refusal;
            _ = writeln!(out, "{BOLD}{}{BOLD:#} {DIM}{}{DIM:#}", plain(&refusal.slot), plain(&refusal.model));
            _ = writeln!(out, "  {}: {}", refusal.rule, plain(&refusal.says));
            let most = if self.verbose { usize::MAX } else { SHOWN };
            let mut reply: String = rejected.reply.chars().take(most).collect();
            if reply.len() < rejected.reply.len() {
                reply.push_str(" …");
            }
            for line in reply.lines() {
                _ = writeln!(out, "  {DIM}|{DIM:#} {}", plain(line));
            }
        }
        _ = writeln!(out, "{} refused", thousands(rejects.all as i64));
        out
    }
}
