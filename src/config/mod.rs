//! Settings: what `.trainset.toml` says, turned at once into what the rooms need.
//!
//! The file lies in the repository, so it may say what is in the dataset and nothing else: no
//! address, no key, no command. Unknown keys are refused.

mod asking;
mod embedding;

use anyhow::{Context, bail};
use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use crate::facts::{self, Shares};
use crate::generate::{Choice, KINDS, Tongue};
use crate::model::{Nearness, fingerprint};
use crate::parse::{self, LANGUAGES, Language};

pub(crate) use asking::{AskFlags, Asking, Front, asking};
pub(crate) use embedding::{EmbeddingFlags, embedding};

/// The name of the file at the top of the repository.
pub(crate) const FILE: &str = ".trainset.toml";
/// The documented defaults are the real ones: this text is read first, the repository's file
/// over it, and `init` writes it out.
pub(crate) const DEFAULTS: &str = include_str!("../trainset.toml");

/// Code that has less than this in common is not looked for: of it too few would be found.
const LEAST_SHARE: f64 = 0.7;

/// The settings as the file has them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub branch: String,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub generated: Vec<String>,
    pub tests: bool,
    pub code: Vec<String>,
    pub languages: Vec<String>,
    pub kinds: Vec<String>,
    pub qa_count: usize,
    pub designs: bool,
    pub history_limit: usize,
    pub near: Near,
    pub split: Split,
    pub secrets: Secrets,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Near {
    pub tell: f64,
    pub shadow: f64,
    pub say: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    pub validation: u32,
    pub test: u32,
    pub hold_out: Vec<String>,
}

/// What is found in code and kept out of the dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secrets {
    pub personal: bool,
    /// A file in the repository, at the commit that the settings are of.
    pub rules: String,
    /// Its text: what decides is what it says.
    #[serde(skip)]
    pub rules_text: String,
}

impl Settings {
    /// Reads the text of a settings file over the defaults. `place` names the file in errors.
    pub(crate) fn read(text: &str, place: &str) -> anyhow::Result<Self> {
        let mut table: toml::Table = DEFAULTS.parse().context("while reading the default settings")?;
        let own: toml::Table =
            text.parse().map_err(|error: toml::de::Error| anyhow::anyhow!("{place} is not valid TOML: {}", error.to_string().trim()))?;
        lay_over(&mut table, own, "", place)?;
        let settings: Self = table.try_into().map_err(|error: toml::de::Error| anyhow::anyhow!("{place}: {}", error.message()))?;
        settings.check(place)?;
        Ok(settings)
    }

    fn check(&self, place: &str) -> anyhow::Result<()> {
        known(place, "kinds", &self.kinds, &KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>())?;
        known(place, "code", &self.code, &LANGUAGES.iter().map(|language| language.name).collect::<Vec<_>>())?;
        known(place, "languages", &self.languages, &Tongue::CODES)?;
        if let Some(twice) = (1..self.languages.len()).find(|&at| self.languages[..at].contains(&self.languages[at])) {
            bail!("{place}: languages names `{}` twice", self.languages[twice]);
        }
        if self.split.validation + self.split.test > 100 {
            bail!("{place}: split.validation and split.test are more than 100 percent together");
        }
        for (key, share) in [("tell", self.near.tell), ("shadow", self.near.shadow), ("say", self.near.say)] {
            if !(LEAST_SHARE..=1.0).contains(&share) {
                bail!("{place}: near.{key} is {share}\nmend: a share from {LEAST_SHARE} to 1");
            }
        }
        for glob in [&self.include, &self.exclude, &self.generated, &self.split.hold_out].into_iter().flatten() {
            Glob::new(glob).with_context(|| format!("{place}: `{glob}` is not a glob"))?;
        }
        Ok(())
    }

    /// Hash of all that decides what is in the dataset; the tracked branch does not.
    pub(crate) fn hash(&self) -> String {
        let content = Self { branch: String::new(), ..self.clone() };
        fingerprint(format!("{content:?}").as_bytes())
    }

    pub(crate) fn nearness(&self) -> Nearness {
        Nearness { tell: self.near.tell, shadow: self.near.shadow, say: self.near.say }
    }

    pub(crate) fn choice(&self) -> Choice {
        Choice { kinds: self.kinds.clone(), qa_count: self.qa_count, languages: self.languages.clone() }
    }

    /// The languages in which designs are written.
    pub(crate) fn designs(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().filter(|_| self.designs).map(String::as_str)
    }

    pub(crate) fn scope(&self) -> anyhow::Result<Scope> {
        let tests = LANGUAGES.iter().flat_map(|language| language.test_globs).copied();
        Ok(Scope {
            include: globs(self.include.iter().map(String::as_str))?,
            exclude: globs(self.exclude.iter().map(String::as_str))?,
            generated: globs(self.generated.iter().map(String::as_str))?,
            test_globs: globs(tests)?,
            tests: self.tests,
            hold_out: globs(self.split.hold_out.iter().map(String::as_str))?,
            code: self.code.clone(),
            shares: Shares { validation: self.split.validation, test: self.split.test },
        })
    }
}

/// Which files are read, and which split each belongs to.
pub(crate) struct Scope {
    include: GlobSet,
    exclude: GlobSet,
    generated: GlobSet,
    test_globs: GlobSet,
    /// Are tests read?
    tests: bool,
    hold_out: GlobSet,
    code: Vec<String>,
    shares: Shares,
}

impl Scope {
    /// The language in which a file is read, unless others wrote it; None when it is not.
    pub(crate) fn may_read(&self, path: &str) -> Option<&'static Language> {
        let language = parse::by_path(path).filter(|language| self.code.iter().any(|name| name == language.name))?;
        let read = self.include.is_match(path) && !self.exclude.is_match(path) && (self.tests || !self.is_test(path));
        read.then_some(language)
    }

    /// Did others write it, going by its path?
    pub(crate) fn is_foreign(&self, path: &str) -> bool {
        self.generated.is_match(path)
    }

    /// Is it a test, by the conventions of its language?
    pub(crate) fn is_test(&self, path: &str) -> bool {
        self.test_globs.is_match(path)
    }

    /// The split of what was mined from a commit of that second.
    pub(crate) fn split_of_time(&self, seconds: i64) -> &'static str {
        facts::split_of_time(seconds, self.shares)
    }

    pub(crate) fn split(&self, path: &str) -> &'static str {
        if self.hold_out.is_match(path) { "test" } else { facts::split(path, self.shares) }
    }
}

fn globs<'g>(list: impl Iterator<Item = &'g str>) -> anyhow::Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for glob in list {
        set.add(Glob::new(glob).with_context(|| format!("`{glob}` is not a glob"))?);
    }
    set.build().context("while reading the globs of the settings")
}

/// Lays `over` over `under`; a key that the defaults do not have is refused.
fn lay_over(under: &mut toml::Table, over: toml::Table, prefix: &str, place: &str) -> anyhow::Result<()> {
    let names: Vec<String> = under.keys().cloned().collect();
    for (key, value) in over {
        if prefix.is_empty() && asking::is_personal(&key) {
            bail!(
                "{place} sets `{key}`, which a repository may not: it decides who is sent code\nmend: git config --global trainset.{} …",
                asking::spelled(&key)
            );
        }
        let Some(slot) = under.get_mut(&key) else {
            bail!("{place} has the unknown key `{prefix}{key}`{}", nearest(&key, &names.iter().map(String::as_str).collect::<Vec<_>>()));
        };
        match (slot, value) {
            (toml::Value::Table(under), toml::Value::Table(over)) => lay_over(under, over, &format!("{prefix}{key}."), place)?,
            (slot, value) => *slot = value,
        }
    }
    Ok(())
}

fn known(place: &str, key: &str, values: &[String], known: &[&str]) -> anyhow::Result<()> {
    match values.iter().find(|value| !known.contains(&value.as_str())) {
        Some(value) => bail!("{place}: `{value}` is not one of the {key}{}", nearest(value, known)),
        None => Ok(()),
    }
}

/// The mend of a mistyped word.
fn nearest(word: &str, known: &[&str]) -> String {
    match similar::get_close_matches(word, known, 1, 0.6).first() {
        Some(near) => format!("\nmend: write `{near}`"),
        None => format!("\nmend: use one of {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let settings = Settings::read("", "test").unwrap();
        assert_eq!((settings.qa_count, settings.tests), (3, false));
        let scope = settings.scope().unwrap();
        let read = |path: &str| scope.may_read(path).is_some() && !scope.is_foreign(path);
        assert!(read("shop/orders.py") && read("src/lib.rs") && read("attest/latest.py"));
        assert!(!read("tests/test_orders.py") && !read("shop/orders_test.py") && !read("a/vendor/x.py") && !read("a.txt"));
    }

    #[test]
    fn a_mistake_names_the_mend() {
        let error = |text: &str| Settings::read(text, ".trainset.toml").unwrap_err().to_string();
        assert!(error("qa_cuont = 2").ends_with("unknown key `qa_cuont`\nmend: write `qa_count`"));
        assert!(error("[split]\ntets = 2").contains("`split.tets`\nmend: write `test`"));
        assert!(error("kinds = [\"error\"]").contains("mend: write `errors`"));
        assert!(error("languages = [\"zh-cn\"]").contains("mend: use one of en, zh"));
        assert!(error("languages = [\"zhh\"]").contains("mend: write `zh`"));
        assert!(error("languages = [\"zh\", \"zh\"]").contains("names `zh` twice"));
        assert!(error("qa_count = \"x\"").contains("invalid type"));
        assert!(error("include = [\"[\"]").contains("is not a glob"));
        assert!(error("qa_count = ").contains("not valid TOML"));
        assert!(error("[near]\ntell = 0.2").contains("near.tell is 0.2\nmend: a share from 0.7 to 1"));
        assert!(error("[split]\ntest = 80\nvalidation = 30").contains("more than 100"));
    }

    #[test]
    fn the_tracked_branch_is_no_content() {
        let hash = |text: &str| Settings::read(text, "test").unwrap().hash();
        assert_eq!(hash(""), hash("branch = \"main\""));
        assert_ne!(hash(""), hash("qa_count = 2"));
    }
}
