//! Outcomes in words: short, aligned, saying what to do next.

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use crate::check::Reject;
use crate::commands::embed::Embedded;
use crate::commands::facts::Told;
use crate::commands::push::{Pushed, State};
use crate::commands::show::Shown;
use crate::commands::status::Status;
use crate::commands::update::Outcome;
use crate::commands::verify::Verdict;
use crate::model::{Chunk, Finding, Row};
use crate::plan::{Counts, Plan, Verb};

pub(super) struct Words {
    pub(super) verbose: bool,
    pub(super) quiet: bool,
}

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const PLACE: Style = AnsiColor::Cyan.on_default();

/// Text from a repository, safe for a terminal: control characters are spelled out.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { c.escape_default().to_string() } else { c.to_string() }).collect()
}

pub(super) fn short(id: &str) -> &str {
    id.get(..7).unwrap_or(id)
}

pub(super) fn thousands(number: i64) -> String {
    let digits = number.abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0 { format!("-{out}") } else { out }
}

pub(super) fn took(time: Duration) -> String {
    if time.as_secs() >= 10 { format!("{:.0} s", time.as_secs_f64()) } else { format!("{:.2} s", time.as_secs_f64()) }
}

impl Words {
    pub(super) fn outcome(&self, outcome: &Outcome, time: Duration) -> String {
        let plan = &outcome.plan;
        let mut out = String::new();
        if outcome.tip == outcome.before {
            _ = writeln!(out, "up to date with {}: {} samples", short(&plan.to), thousands(outcome.samples));
        } else {
            _ = writeln!(out, "{BOLD}dataset{BOLD:#} {} {DIM}mirrors {}{DIM:#}", short(&outcome.tip), short(&plan.to));
            out.push_str(&counts(&plan.counts, &["made", "remade", "re-anchored", "moved", "retired", "held", "postponed"]));
            mined(&mut out, plan);
            if !outcome.rejects.is_empty() {
                _ = writeln!(out, "  {:<12}{:>9}", "rejected", thousands(outcome.rejects.len() as i64));
            }
            _ = writeln!(out, "  {:<12}{:>9}   in {}", "samples", thousands(outcome.samples), took(time));
        }
        if let Some(asked) = &outcome.asked {
            self.asked(&mut out, asked);
        }
        if self.quiet {
            out.clear();
        }
        self.rejects(&mut out, &outcome.rejects);
        self.steps(&mut out, plan);
        self.findings(&mut out, &plan.findings);
        out
    }

    pub(super) fn pushed(&self, pushed: &Pushed, time: Duration) -> String {
        let mut out = pushed.outcome.as_ref().map(|outcome| self.outcome(outcome, time)).unwrap_or_default();
        let again = match pushed.retries {
            0 => String::new(),
            tries => format!(", after {tries} others"),
        };
        if !self.quiet {
            _ = match pushed.state {
                State::Pushed => writeln!(out, "pushed to {}{again}", plain(&pushed.remote)),
                State::UpToDate => writeln!(out, "{} has it already", plain(&pushed.remote)),
                State::Newer => writeln!(out, "nothing to do: the dataset on {} mirrors a newer commit", plain(&pushed.remote)),
            };
        }
        if !pushed.note.is_empty() {
            _ = writeln!(out, "note: {}", pushed.note);
        }
        out
    }

    pub(super) fn plan(&self, plan: &Plan) -> String {
        let mut out = String::new();
        let nothing = plan.steps.is_empty() && plan.from == plan.to;
        if nothing {
            _ = writeln!(out, "nothing to do: the dataset mirrors {} already", short(&plan.to));
        } else {
            let from = if plan.from.is_empty() { "nothing" } else { short(&plan.from) };
            _ = writeln!(
                out,
                "{BOLD}plan{BOLD:#} from {from} to {} {DIM}({} files read){DIM:#}",
                short(&plan.to),
                thousands(plan.files as i64)
            );
            if !plan.reason.is_empty() {
                _ = writeln!(out, "  everything is looked at: {}", plan.reason);
            }
            out.push_str(&counts(&plan.counts, &["make", "remake", "re-anchor", "move", "retire", "hold", "postpone"]));
            mined(&mut out, plan);
            self.calls(&mut out, &plan.cost);
        }
        self.steps(&mut out, plan);
        self.findings(&mut out, &plan.findings);
        out
    }

    fn steps(&self, out: &mut String, plan: &Plan) {
        if !self.verbose {
            return;
        }
        for id in &plan.history {
            _ = writeln!(out, "{:<10} {} {DIM}its commit added behaviour{DIM:#}", "mine", plain(id));
        }
        for step in &plan.steps {
            let was = if step.was.is_empty() || step.was == step.id { String::new() } else { format!(" from {}", plain(&step.was)) };
            _ = writeln!(out, "{:<10} {}{was} {DIM}{}{DIM:#}", step.verb.name(), plain(&step.id), plain(&step.why));
        }
    }

    pub(super) fn rejects(&self, out: &mut String, rejects: &[Reject]) {
        if rejects.is_empty() {
            return;
        }
        if !self.verbose {
            let mut by_rule: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
            rejects.iter().for_each(|reject| *by_rule.entry(&reject.rule).or_default() += 1);
            let told: Vec<String> = by_rule.iter().map(|(rule, count)| format!("{count} by {rule}")).collect();
            _ = writeln!(out, "drafts refused: {} {DIM}(--verbose lists them){DIM:#}", told.join(", "));
            return;
        }
        for reject in rejects {
            _ = writeln!(out, "rejected   {} {DIM}{}: {}{DIM:#}", plain(&reject.id), reject.rule, plain(&reject.says));
        }
    }

    fn findings(&self, out: &mut String, findings: &[Finding]) {
        let shown = if self.verbose { findings.len() } else { 5 };
        for finding in findings.iter().take(shown) {
            _ = writeln!(out, "{PLACE}{}{PLACE:#}: {} {DIM}[{}]{DIM:#}", plain(&finding.path), plain(&finding.says), finding.rule);
        }
        if findings.len() > shown {
            _ = writeln!(out, "and {} more findings {DIM}(--verbose lists them){DIM:#}", findings.len() - shown);
        }
    }

    pub(super) fn embedded(&self, done: &Embedded, dry: bool) -> String {
        let [chunks, known, made, withheld, requests, bytes] =
            [done.chunks, done.known, done.made, done.withheld, done.requests, done.bytes].map(|number| thousands(number as i64));
        let verb = if dry { "to make" } else { "made" };
        let model = plain(&done.model);
        format!(
            "vectors of {model} for {chunks} chunks at {}: {known} known, {made} {verb} in {requests} requests of {bytes} bytes, {withheld} withheld\n",
            short(&done.source_commit)
        )
    }

    pub(super) fn status(&self, status: &Status) -> String {
        let mut out = String::new();
        let mut line = |name: &str, text: String| _ = writeln!(out, "{name:<9}{text}");
        if status.source_commit.is_empty() {
            line("source", "no commit yet".to_owned());
            return out;
        }
        let branch = if status.branch.is_empty() { "detached" } else { &status.branch };
        line("source", format!("{} {} {}", short(&status.source_commit), plain(branch), plain(&status.source_subject)));
        match (status.dataset.is_empty(), status.mirrors.is_empty()) {
            (true, _) => line("dataset", "none yet".to_owned()),
            (_, true) => line("dataset", format!("{} of another schema", short(&status.dataset))),
            _ => line(
                "dataset",
                format!("{} mirrors {}, {} samples", short(&status.dataset), short(&status.mirrors), thousands(status.samples)),
            ),
        }
        match status.index.is_empty() {
            true => line("index", "none".to_owned()),
            false => line(
                "index",
                format!(
                    "mirrors {}, {} chunks, {:.1} MB",
                    short(&status.index),
                    thousands(status.index_chunks as i64),
                    status.index_bytes as f64 / 1e6
                ),
            ),
        }
        for path in &status.held {
            line("held", format!("{} does not parse", plain(path)));
        }
        if let Some(run) = &status.background {
            let fault = if run.fault { "failed: " } else { "" };
            line("hooks", format!("{fault}{}", plain(&run.says).replace('\n', "; ")));
        }
        if status.current {
            line("update", "nothing to do".to_owned());
        } else if let Some(would) = &status.would {
            let told: Vec<String> =
                Verb::ALL.iter().filter(|verb| would.get(**verb) > 0).map(|verb| format!("{} {}", verb.name(), would.get(*verb))).collect();
            let told = if told.is_empty() { "no sample changes".to_owned() } else { told.join(", ") };
            line("update", format!("would {told}; run `git trainset update`"));
        } else {
            line("update", format!("would look at everything, since {}; run `git trainset update`", status.full_because));
        }
        out
    }

    pub(super) fn shown(&self, shown: &Shown) -> String {
        match shown {
            Shown::Sample(row) => sample(row),
            Shown::Chunk(chunk) => self::chunk(chunk),
        }
    }

    pub(super) fn facts(&self, facts: &Told) -> String {
        let mut out = String::new();
        for row in facts.chunks.iter().filter(|row| self.verbose || !row.chunk.name.is_empty()) {
            let chunk = &row.chunk;
            let head = if chunk.signature.is_empty() { &chunk.symbol } else { &chunk.signature };
            let place = format!("{}:{}", chunk.path, chunk.lines.start);
            _ = writeln!(out, "{PLACE}{}{PLACE:#} {BOLD}{}{BOLD:#}", plain(&place), plain(head));
            for write in &chunk.facts.writes {
                _ = writeln!(out, "  writes  {}", plain(&write.target));
            }
            for effect in &chunk.facts.effects {
                _ = writeln!(out, "  {:<7} {}", effect.on.name(), plain(&effect.callee));
            }
            for rule in &row.rules {
                _ = writeln!(out, "  rule    {} {DIM}→{DIM:#} {}", plain(&rule.when), plain(&rule.then.join("; ")));
            }
            for (number, step) in (1..).zip(row.flow.iter()) {
                let when = if step.when.is_empty() { String::new() } else { format!(" {DIM}when {}{DIM:#}", plain(&step.when)) };
                let below = if step.from == 0 { "" } else { "  " };
                _ = writeln!(out, "  flow {number:<2} {below}{}{when}", plain(step.chunk.as_str()));
            }
        }
        out
    }

    pub(super) fn verdict(&self, verdict: &Verdict) -> String {
        let mut out = String::new();
        for reject in &verdict.wrong {
            _ = writeln!(out, "wrong {} {DIM}{}: {}{DIM:#}", plain(&reject.id), reject.rule, plain(&reject.says));
        }
        if !self.quiet {
            let held = if verdict.held > 0 { format!(", {} held", thousands(verdict.held as i64)) } else { String::new() };
            let history = if verdict.history > 0 { format!(", {} of history", thousands(verdict.history as i64)) } else { String::new() };
            let word =
                if verdict.wrong.is_empty() { "proved".to_owned() } else { format!("{} wrong", thousands(verdict.wrong.len() as i64)) };
            _ = writeln!(
                out,
                "{BOLD}{word}{BOLD:#}: {} samples, {} claims, {} pieces of evidence{history}{held}; {} call-graph rows, {} calls; {} chunks {DIM}at {}{DIM:#}",
                thousands(verdict.samples as i64),
                thousands(verdict.claims as i64),
                thousands(verdict.evidence as i64),
                thousands(verdict.traces as i64),
                thousands(verdict.calls as i64),
                thousands(verdict.chunks as i64),
                short(&verdict.source_commit)
            );
            if verdict.beyond > 0 {
                let count = thousands(verdict.beyond as i64);
                _ = writeln!(out, "{count} of history not looked at: their commits are not in this clone\n  mend: git fetch --unshallow");
            }
        }
        out
    }
}

/// Designs that commits give.
fn mined(out: &mut String, plan: &Plan) {
    if !plan.history.is_empty() {
        _ = writeln!(out, "  {:<12}{:>9}", "history", thousands(plan.history.len() as i64));
    }
}

fn counts(counts: &Counts, words: &[&str]) -> String {
    let mut out = String::new();
    for (verb, word) in Verb::ALL.iter().zip(words) {
        let count = counts.get(*verb);
        if count > 0 {
            _ = writeln!(out, "  {word:<12}{:>9}", thousands(count as i64));
        }
    }
    _ = writeln!(out, "  {:<12}{:>9}", if words.contains(&"made") { "kept" } else { "keep" }, thousands(counts.keep as i64));
    out
}

fn sample(row: &Row) -> String {
    let mut out = format!(
        "{BOLD}{}{BOLD:#}\n{DIM}{} · {} · {} · {} · {}{DIM:#}\n\n",
        plain(&row.id),
        row.kind,
        row.domain,
        row.difficulty,
        row.split,
        row.recipe
    );
    _ = write!(out, "{BOLD}Q{BOLD:#} {}\n\n{BOLD}A{BOLD:#} {}\n", plain(&row.question), plain(&row.answer));
    _ = writeln!(out, "\n{BOLD}Reasoning{BOLD:#}");
    for step in &row.trace {
        _ = writeln!(out, "  {}. {} [{}] {DIM}{}{DIM:#}", step.step, plain(&step.says), step.cites.join(" "), step.op);
    }
    _ = writeln!(out, "\n{BOLD}Claims{BOLD:#}");
    for claim in &row.claims {
        _ = writeln!(
            out,
            "  {} {} [{}] {DIM}{}{DIM:#}",
            claim.verdict,
            plain(&claim.says),
            claim.cites.join(" "),
            plain(&claim.predicate.to_string())
        );
    }
    for evidence in &row.evidence {
        _ = writeln!(
            out,
            "\n{BOLD}{}{BOLD:#} {PLACE}{}:{}{PLACE:#} {DIM}{}{DIM:#}\n{}",
            evidence.id,
            plain(&evidence.path),
            evidence.start_line,
            evidence.role,
            plain(&evidence.code)
        );
    }
    out
}

fn chunk(chunk: &Chunk) -> String {
    let mut out = format!(
        "{BOLD}{}{BOLD:#}\n{PLACE}{}:{}{PLACE:#}-{}\n{}\n",
        plain(chunk.id.as_str()),
        plain(&chunk.path),
        chunk.lines.start,
        chunk.lines.end,
        plain(&chunk.signature)
    );
    if !chunk.doc.is_empty() {
        _ = writeln!(out, "\n{}", plain(&chunk.doc));
    }
    let facts = &chunk.facts;
    for raise in &facts.raises {
        _ = writeln!(out, "raises   {} {DIM}{}{DIM:#}", plain(&raise.exception), plain(&crate::model::Guard::joined(&raise.when)));
    }
    for exit in &facts.exits {
        _ = writeln!(out, "returns  {} {DIM}{}{DIM:#}", plain(&exit.value), plain(&crate::model::Guard::joined(&exit.when)));
    }
    for call in &facts.calls {
        _ = writeln!(out, "calls    {}({})", plain(&call.callee), plain(&call.arguments.join(", ")));
    }
    out
}
