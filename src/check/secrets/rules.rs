//! Rules in the format of gitleaks, as text and ready for use.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

/// What a pattern may weigh once it is compiled.
const MOST_BYTES: usize = 8 << 20;
/// Rules of this tag are for those who ask for them.
const PERSONAL: &str = "personal";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "the format has it, for those who read the file")]
    #[serde(default)]
    title: String,
    #[serde(default)]
    rules: Vec<RuleText>,
    allowlist: Option<AllowText>,
    #[serde(default)]
    allowlists: Vec<AllowText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RuleText {
    id: String,
    #[serde(default)]
    description: String,
    regex: String,
    path: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    secret_group: usize,
    #[serde(default)]
    tags: Vec<String>,
    allowlist: Option<AllowText>,
    #[serde(default)]
    allowlists: Vec<AllowText>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AllowText {
    #[expect(dead_code, reason = "the format has it, for those who read the file")]
    #[serde(default)]
    description: String,
    #[serde(default)]
    regexes: Vec<String>,
    regex_target: Option<Target>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
}

/// What the patterns of an allow list look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// One sort of secret.
pub(super) struct Rule {
    pub(super) id: String,
    /// In a few words, for people.
    pub(super) description: String,
    pub(super) keywords: Vec<String>,
    regex: Pattern,
    path: Option<Pattern>,
    entropy: f64,
    group: usize,
    allow: Vec<Allow>,
}

struct Allow {
    regexes: Vec<Pattern>,
    target: Target,
    /// In lower case.
    stopwords: Vec<String>,
    paths: Vec<Pattern>,
}

/// A pattern that is compiled when a text first asks for it: most never are.
struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// None where it is no pattern, which [`read`] refuses in a file of the user's.
    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.text).ok()).as_ref()
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).unicode(false).size_limit(MOST_BYTES).build()
}

/// The rules of our own; with those for personal data if `personal`.
pub(super) fn own(personal: bool) -> Vec<Rule> {
    read(include_str!("rules.toml"), personal).unwrap_or_default()
}

/// The rules of a file that the settings name. Every pattern is tried now, since people write them.
pub(super) fn of_user(text: &str) -> Result<Vec<Rule>, String> {
    let rules = read(text, true)?;
    let known = own(true);
    for (at, rule) in rules.iter().enumerate() {
        if known.iter().chain(&rules[..at]).any(|other| other.id == rule.id) {
            return Err(format!("there is a rule `{}` already", rule.id.escape_debug()));
        }
        let of_allow = rule.allow.iter().flat_map(|allow| allow.regexes.iter().chain(&allow.paths));
        for pattern in std::iter::once(&rule.regex).chain(&rule.path).chain(of_allow) {
            let fault = |error: regex::Error| format!("`{}` of rule `{}`: {error}", pattern.text.escape_debug(), rule.id.escape_debug());
            compile(&pattern.text).map_err(fault)?;
        }
        if let Some(regex) = rule.regex.regex().filter(|regex| regex.captures_len() <= rule.group) {
            return Err(format!("rule `{}` has {} groups, not {}", rule.id.escape_debug(), regex.captures_len() - 1, rule.group));
        }
    }
    Ok(rules)
}

fn read(text: &str, personal: bool) -> Result<Vec<Rule>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?;
    let everywhere: Vec<AllowText> = file.allowlist.into_iter().chain(file.allowlists).collect();
    let rules = file.rules.into_iter().filter(|rule| personal || !rule.tags.iter().any(|tag| tag == PERSONAL));
    let rules = rules.map(|rule| Rule {
        description: if rule.description.is_empty() { format!("a secret ({})", rule.id) } else { rule.description },
        id: rule.id,
        keywords: rule.keywords,
        regex: Pattern::new(rule.regex),
        path: rule.path.map(Pattern::new),
        entropy: rule.entropy,
        group: rule.secret_group,
        allow: everywhere.iter().cloned().chain(rule.allowlist).chain(rule.allowlists).map(Allow::new).collect(),
    });
    Ok(rules.collect())
}

impl Allow {
    fn new(text: AllowText) -> Self {
        Self {
            regexes: text.regexes.into_iter().map(Pattern::new).collect(),
            target: text.regex_target.unwrap_or_default(),
            stopwords: text.stopwords.iter().map(|word| word.to_ascii_lowercase()).collect(),
            paths: text.paths.into_iter().map(Pattern::new).collect(),
        }
    }

    fn allows(&self, path: &str, text: &str, whole: &std::ops::Range<usize>, secret: &std::ops::Range<usize>) -> bool {
        let looked_at = match self.target {
            Target::Secret => &text[secret.clone()],
            Target::Match => &text[whole.clone()],
            Target::Line => {
                let start = text[..whole.start].rfind('\n').map_or(0, |at| at + 1);
                let end = text[whole.end..].find('\n').map_or(text.len(), |at| whole.end + at);
                &text[start..end]
            }
        };
        let lower = text[secret.clone()].to_ascii_lowercase();
        self.stopwords.iter().any(|word| lower.contains(word.as_str()))
            || self.regexes.iter().any(|regex| regex.is_in(looked_at.as_bytes()))
            || self.paths.iter().any(|regex| regex.is_in(path.as_bytes()))
    }
}

impl Rule {
    /// Where a text holds such secrets.
    pub(super) fn find(&self, path: &str, text: &str) -> Vec<std::ops::Range<usize>> {
        if self.path.as_ref().is_some_and(|wanted| !wanted.is_in(path.as_bytes())) {
            return Vec::new();
        }
        let Some(regex) = self.regex.regex() else { return Vec::new() };
        let mut found = Vec::new();
        for groups in regex.captures_iter(text.as_bytes()) {
            let Some(whole) = groups.get(0).map(|whole| on_characters(text, whole.range())) else { continue };
            let first = if self.group > 0 { groups.get(self.group) } else { groups.iter().skip(1).flatten().next() };
            let secret = first.map_or(whole.clone(), |group| on_characters(text, group.range()));
            let plain = self.allow.iter().any(|allow| allow.allows(path, text, &whole, &secret));
            if !secret.is_empty() && !plain && entropy(&text.as_bytes()[secret.clone()]) >= self.entropy {
                found.push(secret);
            }
        }
        found
    }
}

/// Patterns look at bytes: a range that cuts a character is widened to whole ones.
fn on_characters(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = (0..=range.start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let end = (range.end..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    start..end
}

/// Bits a byte, by how often each occurs.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let share = |count: u32| f64::from(count) / bytes.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| -share(*count) * share(*count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::{of_user, own};

    #[test]
    fn every_rule_of_our_own_is_sound() {
        let rules = own(true);
        assert!(rules.len() > 40);
        for rule in &rules {
            assert!(rule.regex.regex().is_some(), "{}: {}", rule.id, rule.regex.text);
            assert!(!rule.keywords.is_empty() && rule.keywords.iter().all(|word| !word.is_empty()), "{}", rule.id);
            let patterns = rule.allow.iter().flat_map(|allow| allow.regexes.iter().chain(&allow.paths)).chain(&rule.path);
            patterns.for_each(|pattern| assert!(pattern.regex().is_some(), "{}: {}", rule.id, pattern.text));
            assert_eq!(rules.iter().filter(|other| other.id == rule.id).count(), 1, "{}", rule.id);
        }
        assert!(own(false).len() < rules.len());
    }

    #[test]
    fn a_mistake_in_the_rules_of_the_user_is_named() {
        let error = |text: &str| of_user(text).err().unwrap_or_default();
        assert!(error("[[rules]]\nid = 'a'\nregex = '('").contains("rule `a`"));
        assert!(error("[[rules]]\nid = 'a'\nregex = 'x'\nsecretGroup = 1").contains("has 0 groups"));
        assert!(error("[[rules]]\nid = 'github-token'\nregex = 'x'").contains("already"));
        assert!(error("[[rules]]\nid = 'a'\nregex = 'x'\n[[rules]]\nid = 'a'\nregex = 'x'").contains("already"));
        assert!(error("[[rules]]\nid = 'a'\nregx = 'x'").contains("regx"));
        assert!(error("[extend]\nuseDefault = true").contains("extend"));
        assert!(error("[[rules]]\nid = 'a'\nregex = 'x{1000}{1000}'").contains("rule `a`"));
        assert_eq!(error("title = 'ours'\n[[rules]]\nid = 'a'\nregex = 'key-(x+)'\nsecretGroup = 1\nkeywords = ['key-']"), "");
    }
}
