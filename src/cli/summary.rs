//! The page that a runner shows for a step: Markdown, with links to the code at that very commit.
//!
//! Words of the repository are shown as words: each sign that Markdown or HTML would read is escaped.

use std::fmt::Write;

use super::words::{short as seven, thousands};
use crate::commands::ci::{Done, Place, Report, Sample};
use crate::commands::preview::Preview;
use crate::commands::push::{Pushed, State};
use crate::plan::{Plan, Verb};

/// A runner drops a summary of more than 1 MiB whole.
const MAX_BYTES: usize = 900 << 10;
/// How many lines a table has at most.
const LISTED: usize = 200;

/// Where the code can be looked at.
pub(super) struct Links {
    /// None outside of a server's runner.
    base: Option<String>,
}

impl Links {
    pub(super) fn new(server: Option<&str>, repository: Option<&str>, commit: &str) -> Self {
        Self { base: server.zip(repository).map(|(server, repository)| format!("{server}/{repository}/blob/{commit}/")) }
    }

    fn to(&self, place: &Place) -> String {
        let (start, end) = (place.lines.start, place.lines.end);
        let shown = escaped(&format!("{}:{start}", place.path));
        match &self.base {
            Some(base) if !place.path.is_empty() => format!("[{shown}]({base}{}#L{start}-L{end})", encoded(&place.path)),
            _ => shown,
        }
    }
}

/// The whole page.
pub(super) fn markdown(report: &Report, links: &Links) -> String {
    let mut out = format!("## Dataset\n\n{}\n", short(report));
    for note in &report.notes {
        _ = writeln!(out, "> {}\n", escaped(note));
    }
    match &report.done {
        Done::Pushed { pushed, samples } => {
            if let Some(outcome) = &pushed.outcome {
                counts(&mut out, &outcome.plan);
            }
            table(&mut out, samples, links);
        }
        Done::Previewed { preview, plan } => {
            if let Some(plan) = plan {
                counts(&mut out, plan);
                let tokens = thousands((plan.cost.tokens_in + plan.cost.tokens_out) as i64);
                let calls = thousands(plan.cost.model_calls as i64);
                _ = writeln!(out, "The cost: {calls} calls of a model, {tokens} tokens, at most ${:.2}.\n", plan.cost.price);
            }
            groups(&mut out, preview, links);
        }
    }
    cut(out)
}

/// The page of a step that failed.
pub(super) fn failure(told: &str) -> String {
    let lines: Vec<String> = told.lines().map(|line| format!("{}  \n", escaped(line.trim()))).collect();
    format!("## Dataset\n\n{}", lines.concat())
}

/// What happened, in a line or two.
pub(super) fn short(report: &Report) -> String {
    match &report.done {
        Done::Pushed { pushed, .. } => {
            let Pushed { state, outcome, tip, retries, .. } = pushed.as_ref();
            let samples = outcome.as_ref().map(|outcome| thousands(outcome.samples)).unwrap_or_default();
            let again = if *retries > 0 { format!(", after {retries} other pushes") } else { String::new() };
            match state {
                State::Newer => format!("The dataset {} mirrors a newer commit than {}.\n", seven(tip), seven(&report.commit)),
                State::UpToDate => format!("The dataset {} mirrors {} already: {samples} samples.\n", seven(tip), seven(&report.commit)),
                State::Pushed => {
                    format!("Pushed: the dataset {} mirrors {}, {samples} samples{again}.\n", seven(tip), seven(&report.commit))
                }
            }
        }
        Done::Previewed { preview, .. } => {
            let heads: Vec<&str> = preview.groups.iter().map(|group| group.says.as_str()).collect();
            let heads = if heads.is_empty() { "nothing changes".to_owned() } else { heads.join(", ") };
            format!("A preview of {}: {heads}.\n", seven(&report.commit))
        }
    }
}

fn counts(out: &mut String, plan: &Plan) {
    let names: Vec<&str> = Verb::ALL.iter().map(|verb| verb.name()).collect();
    let values: Vec<String> = Verb::ALL.iter().map(|verb| thousands(plan.counts.get(*verb) as i64)).collect();
    _ = writeln!(out, "| {} | keep |\n|{}", names.join(" | "), "---:|".repeat(names.len() + 1));
    _ = writeln!(out, "| {} | {} |\n", values.join(" | "), thousands(plan.counts.keep as i64));
}

fn table(out: &mut String, samples: &[Sample], links: &Links) {
    if samples.is_empty() {
        return;
    }
    out.push_str("| | sample | evidence |\n|---|---|---|\n");
    for sample in samples.iter().take(LISTED) {
        let places: Vec<String> = sample.evidence.iter().map(|place| links.to(place)).collect();
        _ = writeln!(out, "| {} | {} | {} |", sample.verb.name(), escaped(&sample.question), places.join("<br>"));
    }
    out.push('\n');
}

fn groups(out: &mut String, preview: &Preview, links: &Links) {
    for group in &preview.groups {
        _ = writeln!(out, "### {}\n\n| | why |\n|---|---|", group.says);
        for item in group.items.iter().take(LISTED) {
            let place = Place { path: item.path.clone(), lines: item.lines };
            let shown = if item.path.is_empty() { escaped(&item.id) } else { format!("{} {}", escaped(&item.id), links.to(&place)) };
            _ = writeln!(out, "| {shown} | {} |", escaped(&item.says));
        }
        if group.items.len() > LISTED {
            _ = writeln!(out, "| and {} more | |", group.items.len() - LISTED);
        }
        out.push('\n');
    }
    if !preview.no_plan.is_empty() {
        _ = writeln!(out, "Which samples go stale is not known: {}.\n", escaped(&preview.no_plan));
    }
}

/// Cut after a whole line, where it is too long.
fn cut(mut out: String) -> String {
    if out.len() > MAX_BYTES {
        let end = out.as_bytes()[..MAX_BYTES].iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        out.truncate(end);
        out.push_str("\n\nThe rest was cut: a runner shows no more than 1 MiB.\n");
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            c if c.is_control() => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_ascii_punctuation() && !"/.,:;-?'\"=".contains(c) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Links, MAX_BYTES, cut, encoded, escaped};
    use crate::commands::ci::Place;
    use crate::model::Lines;

    #[test]
    fn words_of_the_repository_stay_words() {
        assert_eq!(escaped("a|b\n<img src=x> **c** [d](e)"), "a\\|b &lt;img src=x&gt; \\*\\*c\\*\\* \\[d\\]\\(e\\)");
        assert_eq!(encoded("a b/ä(1).py"), "a%20b/%C3%A4%281%29.py");
        let place = Place { path: "a b.py".to_owned(), lines: Lines { start: 2, end: 5 } };
        let links = Links::new(Some("https://github.com"), Some("us/shop"), "12ab");
        assert_eq!(links.to(&place), "[a b.py:2](https://github.com/us/shop/blob/12ab/a%20b.py#L2-L5)");
        assert_eq!(Links::new(None, None, "12ab").to(&place), "a b.py:2");
    }

    #[test]
    fn a_long_page_is_cut_after_a_line() {
        let page = cut("| ä | b |\n".repeat(200_000));
        assert!(page.len() < MAX_BYTES + 100 && page.ends_with("| ä | b |\n\nThe rest was cut: a runner shows no more than 1 MiB.\n"));
    }
}
