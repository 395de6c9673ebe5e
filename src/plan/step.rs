//! The steps of a plan.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::model::{Brief, Draft, Finding, Row};

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
    /// Designs that commits give: they are added and stay.
    pub history: Vec<String>,
    pub findings: Vec<Finding>,
    #[serde(flatten)]
    pub cost: Cost,
}

/// What is asked of a model: nothing, offline.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Cost {
    /// Samples that a model is asked for.
    pub model_calls: usize,
    /// Samples of a model for which every reply is in the journal: they cost nothing.
    pub answered: usize,
    /// Calls at most: a reply that the gate refuses is sent back once.
    pub most_calls: u64,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// Upper bound in US dollars; 0 where no price is known.
    pub price: f64,
    /// How long the calls take at the rate that the journal has seen; 0 where it has seen none.
    pub seconds: f64,
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
    /// This row, whose words a model found, follows its chunk to another id.
    Carry(Box<Row>),
}

/// The reason of every re-anchoring.
pub(crate) const MOVED: &str = "its code moved or was laid out anew";
/// A word of a person that changes nothing else about a sample.
const REVIEWED: &str = "a person reviewed it";

/// What is known of the rows that a chunk has, for planning.
pub(crate) struct Old<'r> {
    pub rows: Vec<&'r Row>,
    /// Rows of the chunk that this one was under another id.
    pub before: Vec<&'r Row>,
}

/// What a plan asks of rows that are there.
pub(crate) struct Ways<'w> {
    /// The row with its evidence as the code reads today; None where that cannot be.
    pub anchored: &'w dyn Fn(&Row) -> Option<Row>,
    /// Was the row made by those whom the settings ask? Else it is made anew, and why.
    pub settled: &'w dyn Fn(&Row, &Brief) -> Result<(), &'static str>,
    /// The row of a chunk that has another id now, in its words; None where they do not carry over.
    pub carried: &'w dyn Fn(&Row, &Brief) -> Option<Row>,
    /// Is a sample that moves made for nothing, or has a model to be asked for it?
    pub asks: bool,
}

/// Plans the rows of one chunk from its briefs of today.
pub(crate) fn for_subject(briefs: Vec<Brief>, old: &Old, why: &str, ways: &Ways) -> (Vec<Action>, Vec<Step>) {
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
                if let Err(why) = (ways.settled)(row, &brief) {
                    steps.push(step(id, Verb::Remake, "", why));
                    actions.push(Action::Make(Box::new(brief)));
                    continue;
                }
                let Draft(floor) = &*brief.draft;
                match (ways.anchored)(row).map(|fresh| Row { near: floor.near.clone(), ..fresh }) {
                    Some(fresh) if fresh == **row => (),
                    Some(fresh) => {
                        let why = match () {
                            () if fresh.evidence != row.evidence => MOVED,
                            () if fresh.near != row.near => "its near-copies changed",
                            () => REVIEWED,
                        };
                        steps.push(step(id, Verb::ReAnchor, "", why));
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
                if let Some((row, carried)) = before.and_then(|row| Some((row, (ways.carried)(row, &brief)?))) {
                    steps.push(step(id, Verb::Move, &row.id, why));
                    actions.push(Action::Carry(Box::new(carried)));
                    continue;
                }
                match before {
                    Some(row) if ways.asks => steps.push(step(id, Verb::Remake, &row.id, why)),
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
