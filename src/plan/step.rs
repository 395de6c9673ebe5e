//! The steps of a plan.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::model::{Brief, Finding, Row};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verb {
    Make,
    Remake,
    /// Text or lines moved, the meaning did not.
    ReAnchor,
    /// The sample's chunk has another id now.
    Move,
    Retire,
    /// Its file does not parse today.
    Hold,
    /// Left for a later run by `--limit`.
    Postpone,
}

impl Verb {
    pub(crate) const ALL: [Self; 7] = [Self::Make, Self::Remake, Self::ReAnchor, Self::Move, Self::Retire, Self::Hold, Self::Postpone];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Make => "make",
            Self::Remake => "remake",
            Self::ReAnchor => "re-anchor",
            Self::Move => "move",
            Self::Retire => "retire",
            Self::Hold => "hold",
            Self::Postpone => "postpone",
        }
    }
}

/// One sample's fate. Samples that are kept as they are have no step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Step {
    pub id: String,
    pub verb: Verb,
    /// The id of the sample it follows, when it is moved; else empty.
    pub was: String,
    pub why: String,
}

/// Everything that an update does, before it does it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Plan {
    /// The source commit that the dataset mirrors; empty when there is no dataset.
    pub from: String,
    pub to: String,
    pub to_tree: String,
    /// Is everything looked at, or only what the change may reach?
    pub full: bool,
    /// Why everything is looked at; empty otherwise.
    pub reason: String,
    /// Files of known languages that changed, or that are read in a full run.
    pub files: usize,
    pub counts: Counts,
    pub steps: Vec<Step>,
    pub findings: Vec<Finding>,
    /// What the model will be asked: nothing, offline.
    pub model_calls: usize,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// Upper bound in US dollars.
    pub price: f64,
}

/// Number of samples by verb, and of those that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub keep: usize,
    #[serde(flatten)]
    pub by_verb: BTreeMap<&'static str, usize>,
}

impl Counts {
    pub(crate) fn of(steps: &[Step], keep: usize) -> Self {
        let mut by_verb: BTreeMap<&'static str, usize> = Verb::ALL.iter().map(|verb| (verb.name(), 0)).collect();
        for step in steps {
            *by_verb.entry(step.verb.name()).or_default() += 1;
        }
        Self { keep, by_verb }
    }

    pub(crate) fn get(&self, verb: Verb) -> usize {
        self.by_verb.get(verb.name()).copied().unwrap_or_default()
    }
}

/// What becomes of the rows of one chunk. A row without an action stays as it is.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// This row takes the place of the one with its id: the same, but for its evidence.
    Anchor(Box<Row>),
    /// The row with this id goes.
    Drop(String),
    Make(Box<Brief>),
}

/// The reason of every re-anchoring.
pub(crate) const MOVED: &str = "its code moved or was laid out anew";

/// What is known of the rows that a chunk has, for planning.
pub(crate) struct Old<'r> {
    pub rows: Vec<&'r Row>,
    /// Rows of the chunk that this one was under another id.
    pub before: Vec<&'r Row>,
}

/// Plans the rows of one chunk from its briefs of today. `anchored` gives a row with its
/// evidence as the code reads today; None where that cannot be.
pub(crate) fn for_subject(briefs: Vec<Brief>, old: &Old, why: &str, anchored: &dyn Fn(&Row) -> Option<Row>) -> (Vec<Action>, Vec<Step>) {
    let known: HashMap<&str, &Row> = old.rows.iter().map(|row| (row.id.as_str(), *row)).collect();
    let mut actions = Vec::new();
    let mut steps = Vec::new();
    let mut wanted: Vec<String> = Vec::new();
    let step = |id: String, verb, was: &str, why: &str| Step { id, verb, was: was.to_owned(), why: why.to_owned() };
    for brief in briefs {
        let id = brief.slot.id();
        wanted.push(id.clone());
        match known.get(id.as_str()) {
            Some(row) if row.fingerprint == brief.fingerprint => {
                match anchored(row) {
                    Some(fresh) if fresh == **row => (),
                    Some(fresh) => {
                        steps.push(step(id, Verb::ReAnchor, "", MOVED));
                        actions.push(Action::Anchor(Box::new(fresh)));
                    }
                    None => {
                        steps.push(step(id, Verb::Remake, "", why));
                        actions.push(Action::Make(Box::new(brief)));
                    }
                }
                continue;
            }
            Some(_) => steps.push(step(id, Verb::Remake, "", why)),
            None => {
                let before = old.before.iter().find(|row| row.kind == brief.slot.kind && row.lang == brief.slot.lang);
                match before {
                    Some(row) => steps.push(step(id, Verb::Move, &row.id, why)),
                    None => steps.push(step(id, Verb::Make, "", why)),
                }
            }
        }
        actions.push(Action::Make(Box::new(brief)));
    }
    for row in old.rows.iter().filter(|row| !wanted.contains(&row.id)) {
        steps.push(step(row.id.clone(), Verb::Retire, "", if wanted.is_empty() { why } else { "other questions say more" }));
        actions.push(Action::Drop(row.id.clone()));
    }
    (actions, steps)
}
