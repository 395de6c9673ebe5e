//! What a design stands on: an anchor with the code around it, and the values that sentences may name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::generate::deed;
use crate::generate::kinds::raises;
use crate::generate::phrase::{code, list, noun, shown, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{Chunk, ChunkId, Neighbour, Predicate, Raise};

/// The most pieces of code that a design rests on, the subject among them.
const MAX_EVIDENCE: usize = 8;

/// Names of values, and what they stand for.
pub(super) type Values = BTreeMap<&'static str, String>;

/// Something that holds the design to a rule, with its proof.
pub(super) struct Held {
    pub says: String,
    pub predicate: Predicate,
    pub cite: usize,
}

/// A piece of the code that a group of lines is told of.
pub(super) struct Member {
    /// The number of its evidence.
    pub cite: usize,
    pub values: Values,
}

pub(super) struct Ground {
    pub tongue: Tongue,
    subject: Arc<Chunk>,
    pub neighbours: Vec<Neighbour>,
    pub values: Values,
    pub groups: BTreeMap<&'static str, Vec<Member>>,
    pub held: Vec<Held>,
    /// Calls that the code makes: who, what as written, and the claim that says so.
    pub calls: Vec<(usize, String)>,
}

impl Ground {
    pub(super) fn new(tongue: Tongue, subject: &Arc<Chunk>) -> Self {
        let mut ground = Self {
            tongue,
            subject: subject.clone(),
            neighbours: Vec::new(),
            values: Values::new(),
            groups: BTreeMap::new(),
            held: Vec::new(),
            calls: Vec::new(),
        };
        let own = ground.values_of(subject);
        ground.values = own.clone();
        ground.groups.insert("subject", vec![Member { cite: 1, values: own }]);
        ground
    }

    /// Takes a chunk in as evidence and gives its number; None where there is no room left.
    pub(super) fn cite(&mut self, chunk: &Arc<Chunk>) -> Option<usize> {
        if chunk.id == self.subject.id {
            return Some(1);
        }
        if let Some(at) = self.neighbours.iter().position(|known| known.chunk.id == chunk.id) {
            return Some(at + 2);
        }
        if self.neighbours.len() + 1 == MAX_EVIDENCE {
            return None;
        }
        self.neighbours.push(Neighbour::of(chunk.clone()));
        Some(self.neighbours.len() + 1)
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.values.insert(name, value);
        }
    }

    /// Sets a value that is source text; one that cannot stand in prose is not set.
    pub(super) fn set_code(&mut self, name: &'static str, value: &str) {
        self.set(name, code(value).unwrap_or_default());
    }

    pub(super) fn set_list(&mut self, name: &'static str, items: &[String]) {
        self.set(name, list(self.tongue, items));
    }

    /// Adds a piece of code to a group; more values of it come with `more`.
    pub(super) fn member(&mut self, group: &'static str, chunk: &Arc<Chunk>, more: Vec<(&'static str, String)>) -> bool {
        let Some(cite) = self.cite(chunk) else { return false };
        let mut values = self.values_of(chunk);
        values.extend(more.into_iter().filter(|(_, value)| !value.is_empty()));
        self.groups.entry(group).or_default().push(Member { cite, values });
        true
    }

    pub(super) fn hold(&mut self, says: impl Into<String>, predicate: Predicate, cite: usize) {
        if !self.held.iter().any(|held| held.predicate == predicate) {
            self.held.push(Held { says: says.into(), predicate, cite });
        }
    }

    /// Holds the design to the errors that a chunk promises.
    pub(super) fn hold_to_raises(&mut self, chunk: &Arc<Chunk>, most: usize) {
        let Some(cite) = self.cite(chunk) else { return };
        let told: Vec<Raise> = raises::promised(&chunk.facts.raises).filter(|raise| !raise.when.is_empty()).take(most).cloned().collect();
        for raise in told {
            self.hold(raises::statement(self.tongue, chunk, &raise), raises::predicate(chunk, &raise), cite);
        }
    }

    /// Notes a call that the code makes, for the workflow.
    pub(super) fn note_call(&mut self, chunk: &Arc<Chunk>, callee: &str) {
        if let (Some(cite), Some(_)) = (self.cite(chunk), code(callee))
            && !self.calls.iter().any(|(who, what)| *who == cite && what == callee)
        {
            self.calls.push((cite, callee.to_owned()));
        }
    }

    pub(super) fn chunk(&self, cite: usize) -> &Arc<Chunk> {
        if cite < 2 { &self.subject } else { &self.neighbours[cite - 2].chunk }
    }

    pub(super) fn id(&self, cite: usize) -> &ChunkId {
        &self.chunk(cite).id
    }

    /// What can be said of every chunk.
    fn values_of(&self, chunk: &Chunk) -> Values {
        let mut values = Values::from([
            ("name", symbol(chunk)),
            ("symbol", shown(chunk).to_owned()),
            ("bare", chunk.name.clone()),
            ("slug", deed::split(&chunk.name).join("_").to_lowercase()),
            ("path", chunk.path.clone()),
            ("file", format!("`{}`", chunk.path)),
            ("noun", noun(self.tongue, chunk).to_owned()),
        ]);
        if let Some(class) = chunk.symbol.rsplit_once('.').map(|(class, _)| class).filter(|_| !chunk.is_nested()) {
            values.insert("class", class.to_owned());
            values.insert("prefix", format!("{class}."));
        } else {
            values.insert("prefix", String::new());
        }
        if let Some(deed) = deed::documented(chunk) {
            values.insert("deed", deed.sentence());
        }
        values
    }
}
