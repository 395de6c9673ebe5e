//! The catalogue of recurring needs: a data file, one for each tongue that has one.
//!
//! A need names the anchor that it starts from and says, sentence by sentence, what follows. A sentence may
//! name values of the anchor as `{value}`; where one of them is not there, the sentence is left out. A line
//! with `of` is told once for each piece of code of that group: the subject, its readers, its callers.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::facts::Anchor;

/// A catalogue: needs, and what is said of every anchor of a sort.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    pub anchor: BTreeMap<String, Found>,
    pub need: Vec<Need>,
}

/// How an anchor was found, for the reasoning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    pub located: String,
    pub followed: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Need {
    pub name: String,
    /// Raised when its words change: designs of the older version are then stale.
    pub version: u32,
    /// The sort of code that it starts from.
    anchor: String,
    /// `pattern` where the repository's own code shows the need; else `catalogue`.
    #[serde(default = "catalogue")]
    pub source: String,
    /// At most so many designs of it in one repository, each of another domain.
    #[serde(default = "one")]
    pub most: usize,
    /// Wordings of the requirement, one of which is taken.
    pub(super) requirement: Vec<String>,
    pub(super) overview: Vec<String>,
    pub(super) reads: String,
    pub(super) decides: String,
    pub(super) components: Vec<Line>,
    #[serde(default)]
    pub(super) api_changes: Vec<Line>,
    #[serde(default)]
    pub(super) domain_model: Vec<Line>,
    #[serde(default)]
    pub(super) data_storage: Vec<Line>,
    pub(super) workflow: Vec<Move>,
    pub(super) assumptions: Vec<String>,
    pub(super) alternatives: Vec<Way>,
    pub(super) risks: Vec<String>,
    pub(super) tests: Vec<Line>,
}

/// Something that the design names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Line {
    /// The code that it is; empty for what is new.
    pub of: String,
    /// `new`, unless it is of code.
    pub status: String,
    pub name: String,
    pub path: String,
    pub says: String,
}

/// A step of the work.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Move {
    pub of: String,
    pub actor: String,
    /// The call that the code makes there today.
    pub calls: String,
    pub says: String,
}

/// Another way, and what speaks against it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Way {
    pub says: String,
    pub against: String,
}

fn catalogue() -> String {
    "catalogue".to_owned()
}

fn one() -> usize {
    1
}

const ENGLISH: &str = include_str!("catalogue.en.toml");

static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

/// The catalogue of a tongue; None where there is none yet, and then there are no designs in it.
pub(super) fn of(lang: &str) -> Option<&'static Catalogue> {
    (lang == "en").then(|| CATALOGUE.get_or_init(|| toml::from_str(ENGLISH).unwrap_or_default()))
}

impl Need {
    pub(crate) fn anchor(&self) -> Option<Anchor> {
        Anchor::ALL.iter().find(|(_, name)| *name == self.anchor).map(|(anchor, _)| *anchor)
    }

    pub(super) fn found(&self, catalogue: &'static Catalogue) -> Option<&'static Found> {
        catalogue.anchor.get(&self.anchor)
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, ENGLISH};
    use crate::facts::Anchor;

    #[test]
    fn the_catalogue_is_whole() {
        let catalogue: Catalogue = toml::from_str(ENGLISH).unwrap();
        for need in &catalogue.need {
            assert!(need.anchor().is_some() && catalogue.anchor.contains_key(&need.anchor), "{}", need.name);
            assert!(["catalogue", "pattern"].contains(&need.source.as_str()), "{}", need.name);
            let enough = need.requirement.len() >= 2 && !need.alternatives.is_empty() && !need.risks.is_empty() && !need.tests.is_empty();
            assert!(enough, "{} says too little", need.name);
            assert_eq!(catalogue.need.iter().filter(|other| other.name == need.name).count(), 1, "{}", need.name);
        }
        for (anchor, name) in Anchor::ALL {
            assert!(catalogue.need.iter().any(|need| need.anchor() == Some(anchor)), "nothing starts from {name}");
        }
    }
}
