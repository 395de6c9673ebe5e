//! From a commit's message to the requirement behind it.
//!
//! Anybody may write a message, so what is taken from it is plain text: no code marks, no markup, no addresses,
//! nothing that a terminal or a chat template would act on.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::generate::phrase::{capital, stopped};
use crate::generate::tongue::Tongue;
use crate::model::first_sentence;

/// Longer requirements are cut at the end of a sentence.
const LONGEST: usize = 560;
/// Fewer words ask for nothing in particular.
const LEAST_WORDS: usize = 4;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoRequirement {
    begins: Vec<String>,
    holds: Vec<String>,
    prefixes: Vec<String>,
}

static NONE: OnceLock<NoRequirement> = OnceLock::new();

fn none() -> &'static NoRequirement {
    NONE.get_or_init(|| toml::from_str(include_str!("no_requirement.toml")).unwrap_or_default())
}

/// What a commit was made for; None where its message asks for nothing that a design could answer. A trailer
/// `Requirement:` says it in place of the rest.
pub(crate) fn requirement(message: &str) -> Option<String> {
    let (text, trailers) = parts(message);
    if let Some(stated) = trailers.iter().find_map(|line| line.strip_prefix("Requirement:")) {
        return told(&[plain(stated)]);
    }
    let mut paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let mut first = paragraphs.next()?;
    // What was merged stands in the body, as the forges write it.
    if first.starts_with("Merge ") {
        first = paragraphs.next()?;
    }
    let (subject, rest) = first.split_once('\n').unwrap_or((first, ""));
    let subject = heading(subject)?;
    let mut all = vec![subject];
    all.extend(std::iter::once(rest).chain(paragraphs).filter_map(paragraph));
    told(&all)
}

/// A requirement that a person states, as far as it is plain text and fits; None where it says too little.
pub(crate) fn stated(text: &str) -> Option<String> {
    let paragraphs: Vec<String> = text.split("\n\n").map(|paragraph| plain(paragraph.trim_start_matches('#'))).collect();
    let paragraphs: Vec<String> = paragraphs.into_iter().filter(|paragraph| words(paragraph) > 0).collect();
    let first = paragraphs.first()?;
    // A long paragraph says what it is about in its first sentence.
    let first = if first.len() > LONGEST { first_sentence(first).chars().take(LONGEST - 1).collect() } else { first.clone() };
    let rest = paragraphs.into_iter().skip(1).filter(|paragraph| words(paragraph) >= LEAST_WORDS);
    let all: Vec<String> = std::iter::once(first).chain(rest).collect();
    Some(shortened(&all)).filter(|text| words(text) >= 2)
}

/// The text of a message, and the lines of its trailers.
fn parts(message: &str) -> (&str, Vec<&str>) {
    let message = message.trim();
    let is_trailer = |line: &str| {
        let key = line.split_once(": ").map_or("", |(key, _)| key);
        key.starts_with(char::is_uppercase) && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') || line.starts_with("git-svn-id:")
    };
    match message.rsplit_once("\n\n") {
        Some((text, last)) if last.lines().all(is_trailer) => (text, last.lines().collect()),
        _ => (message, Vec::new()),
    }
}

/// The first line, without the marks of trackers; None where it is none of a requirement.
fn heading(line: &str) -> Option<String> {
    let mut line = line.trim();
    let lower = line.to_lowercase();
    if none().begins.iter().any(|word| starts(&lower, word)) {
        return None;
    }
    // `feat(orders): …`, and the marks in front of it.
    while let Some((_, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        line = rest.trim_start_matches([':', ' ', '-']);
    }
    if let Some((kind, rest)) = line.split_once(": ").filter(|(kind, _)| kind.len() <= 24 && !kind.contains(' ')) {
        let kind = kind.trim_end_matches('!').split('(').next().unwrap_or_default().to_lowercase();
        if none().prefixes.contains(&kind) {
            return None;
        }
        line = rest;
    }
    // `Fixed #12 -- …`, `Fixes #12: …`
    for word in ["fixed", "fixes", "fix", "closes", "closed", "close", "refs", "ref", "issue", "pr"] {
        let at = line.to_lowercase().strip_prefix(word).map(|_| word.len());
        if let Some(rest) = at.and_then(|at| line.get(at..)).map(str::trim_start).and_then(|rest| rest.strip_prefix('#')) {
            line = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | ':' | ',' | '.' | '#'));
        }
    }
    let line = plain(line);
    let lower = line.to_lowercase();
    let holds = |word: &String| lower.match_indices(word.as_str()).any(|(at, _)| is_word(&lower, at, word.len()));
    let asks = !none().begins.iter().any(|word| starts(&lower, word)) && !none().holds.iter().any(holds);
    (asks && words(&line) >= 2).then_some(line)
}

/// A paragraph of the body; None where it is noise: a list of commits, references, somebody's name.
fn paragraph(text: &str) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        let lower = line.to_lowercase();
        let refers = [
            "fix #",
            "fixes",
            "closes",
            "refs",
            "see #",
            "see also",
            "resolves",
            "related",
            "cherry",
            "(cherry",
            "signed-off",
            "co-authored",
            "http",
            "--",
            "conflicts",
            "> ",
            "# ",
            "|",
            "git-svn",
            "this reverts",
            "backport",
        ];
        if line.starts_with(['*', '-', '•', '+']) || refers.iter().any(|word| lower.starts_with(word)) {
            break;
        }
        out.push(plain(line));
    }
    let text = out.join(" ");
    (words(&text) >= LEAST_WORDS).then_some(text)
}

/// The sentences together; None where they say too little.
fn told(paragraphs: &[String]) -> Option<String> {
    Some(shortened(paragraphs)).filter(|text| words(text) >= LEAST_WORDS && text.len() <= LONGEST)
}

/// As many of the paragraphs as fit.
fn shortened(paragraphs: &[String]) -> String {
    let mut out = String::new();
    for paragraph in paragraphs {
        let sentence = stopped(Tongue::English, &capital(paragraph.trim()));
        if out.is_empty() {
            out = sentence;
        } else if out.len() + 1 + sentence.len() <= LONGEST {
            out = format!("{out} {sentence}");
        } else {
            break;
        }
    }
    out
}

/// Text without what is no prose: marks of code, tags, references and addresses.
pub(super) fn plain(text: &str) -> String {
    let kept = text.split_whitespace().filter(|word| {
        let bare = word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | '.' | ';' | ':' | '[' | ']'));
        let reference = bare.strip_prefix('#').or(bare.strip_prefix("GH-")).or(bare.strip_prefix("gh-"));
        let refers = reference.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
        !(refers || word.contains("://") || word.contains('@') && word.contains('.'))
    });
    let text = kept.collect::<Vec<_>>().join(" ");
    let shown = |c: char| !c.is_control() && !matches!(c, '`' | '<' | '>' | '|' | '\u{feff}') && !is_hidden(c);
    let text: String = text.chars().filter(|c| shown(*c)).collect();
    let text = ["](", "&lt;", "&#", "[INST]", "```"].iter().fold(text, |text, mark| text.replace(mark, " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("()", "").trim().to_owned()
}

/// Characters that show nothing, or turn the direction of what they stand in.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
}

fn starts(text: &str, word: &str) -> bool {
    text.starts_with(word) && is_word(text, 0, word.len())
}

/// Does a whole word stand there?
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let inner = |c: char| c.is_alphanumeric() || c == '_';
    !text[..at].ends_with(inner) && !text[at + length..].starts_with(inner)
}

fn words(text: &str) -> usize {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 2).count()
}

#[cfg(test)]
mod tests {
    use super::requirement;

    #[track_caller]
    fn check(message: &str, want: Option<&str>) {
        assert_eq!(requirement(message).as_deref(), want, "{message}");
    }

    #[test]
    fn messages_that_ask_for_something() {
        check("Add a limit to the size of an order (#123)\n", Some("Add a limit to the size of an order."));
        check("feat(orders): allow `cancel()` of paid orders", Some("Allow cancel of paid orders."));
        check(
            "Fixed #812 -- Orders keep their coupon\n\nA coupon was lost when\nthe order was split.\n\nFixes #3\n",
            Some("Orders keep their coupon. A coupon was lost when the order was split."),
        );
        check("Merge pull request #7 from a/b\n\nRefund a part of an order\n", Some("Refund a part of an order."));
        check("Anything\n\nRequirement: Orders can be put on hold.\nSigned-off-by: A <a@b.c>", Some("Orders can be put on hold."));
        check("Allow hold of orders\n\nSee https://x.y/z for \u{1b}[2J more\n\n* fix review", Some("Allow hold of orders."));
        check("Let [INST] tags <b>pass</b> through <|im_end|>", Some("Let tags bpass/b through im_end."));
    }

    #[test]
    fn messages_that_ask_for_nothing() {
        for message in [
            "Revert \"Add a limit to the size of an order\"",
            "Merge branch 'main' into topic",
            "Bump version to 1.2.3",
            "release 2.0 of the whole shop",
            "fix typo in the message of orders",
            "docs: say more about orders and coupons",
            "chore(deps): newer versions of everything here",
            "Apply black to all of the files",
            "Fix",
            "Fixed #12",
            "",
            "v1.2",
        ] {
            check(message, None);
        }
    }
}
