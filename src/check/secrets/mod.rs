//! Secrets and personal data, in code and in replies: found by rules, in the format of gitleaks.
//!
//! Nothing that looks at code sees one. A file is read with each secret replaced by a word that names its
//! sort (`redacted_github_token`), so no fact, no index and no model ever holds it. Evidence has to be the
//! very bytes of the file, so a chunk whose lines hold a secret is neither told of nor cited. A comment that
//! asks for a secret to be let through is not heard: whoever may write code may write that, too.

mod rules;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use self::rules::Rule;
use super::{Bench, prose, written_freely};
use crate::model::Row;
use aho_corasick::{AhoCorasick, AhoCorasickKind};

pub(super) static RULE: super::Rule = super::Rule { name: "secrets", judge };

fn judge(row: &Row, bench: &Bench) -> Result<(), String> {
    if !written_freely(row) {
        return Ok(());
    }
    match prose(row).find_map(|text| bench.secrets.first("", text)) {
        Some(sort) => Err(format!("a text holds what looks like {sort}")),
        None => Ok(()),
    }
}

/// Finds secrets.
pub(crate) struct Secrets {
    personal: bool,
    of_user: Vec<Rule>,
    own: OnceLock<(Vec<Rule>, Keywords)>,
}

/// The words that call for a rule, all sought at once.
struct Keywords {
    words: Option<AhoCorasick>,
    /// For each word its rule; the user's stand behind our own.
    rules: Vec<usize>,
    /// Rules without a word.
    always: Vec<usize>,
}

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leak {
    pub rule: String,
    /// Its sort, in a few words.
    pub says: String,
    /// Its bytes. They are never shown.
    pub range: Range<usize>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self { personal: false, of_user: Vec::new(), own: OnceLock::new() }
    }
}

impl Secrets {
    /// With the rules of the user's file, and those for personal data if `personal`. The error says what is
    /// wrong in the file.
    pub(crate) fn new(of_user: &str, personal: bool) -> Result<Self, String> {
        Ok(Self { personal, of_user: if of_user.is_empty() { Vec::new() } else { rules::of_user(of_user)? }, own: OnceLock::new() })
    }

    /// The secrets of a text, in its order. Of two that overlap the one whose rule is named first counts.
    pub(crate) fn find(&self, path: &str, text: &str) -> Vec<Leak> {
        let (own, keywords) = self.own.get_or_init(|| {
            let own = rules::own(self.personal);
            let keywords = Keywords::new(own.iter().chain(&self.of_user));
            (own, keywords)
        });
        // None of them overlaps another, so the last that begins before an end is the only one in the way.
        let mut found: BTreeMap<usize, Leak> = BTreeMap::new();
        for at in keywords.called(text, own.len() + self.of_user.len()) {
            let Some(rule) = own.get(at).or_else(|| self.of_user.get(at - own.len())) else { continue };
            for range in rule.find(path, text) {
                if found.range(..range.end).next_back().is_none_or(|(_, known)| known.range.end <= range.start) {
                    found.insert(range.start, Leak { rule: rule.id.clone(), says: rule.description.clone(), range });
                }
            }
        }
        found.into_values().collect()
    }

    /// The sort of the first secret in a text.
    pub(crate) fn first(&self, path: &str, text: &str) -> Option<String> {
        self.find(path, text).into_iter().next().map(|leak| leak.says)
    }

    /// What a row holds that nobody should see, wherever in it.
    pub(crate) fn in_row(&self, row: &Row) -> Option<String> {
        let claims = row.claims.iter().flat_map(|claim| std::iter::once(&claim.says).chain(&claim.predicate.args));
        let texts = prose(row).chain(claims.map(String::as_str)).find_map(|text| self.first("", text));
        texts.or_else(|| row.evidence.iter().find_map(|evidence| self.first(&evidence.path, &evidence.code)))
    }

    /// A text without its secrets: the same lines, and the lines that are not what they were.
    pub(crate) fn redact<'t>(&self, path: &str, text: &'t str) -> (Cow<'t, str>, Vec<u32>) {
        let leaks = self.find(path, text);
        if leaks.is_empty() {
            return (Cow::Borrowed(text), Vec::new());
        }
        let mut out = String::with_capacity(text.len());
        let mut lines = Vec::new();
        let (mut line, mut done) = (1, 0);
        for leak in leaks {
            line += text[done..leak.range.start].matches('\n').count() as u32;
            out.push_str(&text[done..leak.range.start]);
            let secret = &text[leak.range.clone()];
            replace(secret, &format!("redacted_{}", leak.rule.replace(|c: char| !c.is_ascii_alphanumeric(), "_")), &mut out);
            let last = line + secret.matches('\n').count() as u32;
            lines.extend(line..=last);
            (line, done) = (last, leak.range.end);
        }
        out.push_str(&text[done..]);
        lines.dedup();
        (Cow::Owned(out), lines)
    }
}

/// Words alone are replaced: what holds them together (quotes, line breaks) may be part of the code.
fn replace(secret: &str, word: &str, out: &mut String) {
    let holds = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\\' | '(' | ')' | '[' | ']' | '{' | '}' | '#' | ',' | ';');
    let mut rest = secret;
    while !rest.is_empty() {
        let end = rest.find(holds).unwrap_or(rest.len());
        // A sign alone joins two strings, or is too short to be anything.
        out.push_str(if rest[..end].len() > 2 { word } else { &rest[..end] });
        let next = rest[end..].find(|c| !holds(c)).map_or(rest.len(), |at| end + at);
        out.push_str(&rest[end..next]);
        rest = &rest[next..];
    }
}

impl Keywords {
    fn new<'r>(rules: impl Iterator<Item = &'r Rule>) -> Self {
        let (mut words, mut of_rule, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (at, rule) in rules.enumerate() {
            if rule.keywords.iter().all(String::is_empty) {
                always.push(at);
                continue;
            }
            for word in rule.keywords.iter().filter(|word| !word.is_empty()) {
                words.push(word.to_ascii_lowercase());
                of_rule.push(at);
            }
        }
        // Every file that is read goes through it, so it has to be fast and may be large.
        let words = AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(words).ok();
        Self { words, rules: of_rule, always }
    }

    /// The rules that a text calls for, first named first.
    fn called(&self, text: &str, count: usize) -> Vec<usize> {
        let mut called = vec![false; count];
        self.always.iter().for_each(|at| called[*at] = true);
        // Without the short cut every rule has to look.
        let Some(words) = &self.words else { return (0..count).collect() };
        for hit in words.find_overlapping_iter(text) {
            called[self.rules[hit.pattern().as_usize()]] = true;
        }
        (0..count).filter(|at| called[*at]).collect()
    }
}

#[cfg(test)]
mod tests;
