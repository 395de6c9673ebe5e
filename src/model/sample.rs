//! A sample of the dataset, its draft, and the rows that are written.

use serde::{Deserialize, Serialize};

use super::{ChunkId, Design, Lines};

/// One line of a `qa/` or a `design/` shard; see [`super::wire`] for how it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "super::wire::Wire")]
pub(crate) struct Row {
    pub id: String,
    pub task: String,
    pub kind: String,
    pub lang: String,
    pub split: String,
    pub domain: String,
    pub intent: String,
    pub difficulty: String,
    /// Of a design: the requirement.
    pub question: String,
    /// Of a design: empty.
    pub answer: String,
    pub followups: Vec<Followup>,
    /// Of a design: where the requirement comes from, `pattern`, `catalogue`, `history` or `file`.
    pub source: String,
    /// None of a question.
    pub design: Option<Box<Design>>,
    pub trace: Vec<TraceStep>,
    pub claims: Vec<Claim>,
    pub evidence: Vec<Evidence>,
    pub generator: String,
    pub model: String,
    pub recipe: String,
    pub fingerprint: String,
    pub near: Vec<String>,
    pub review: String,
}

impl Row {
    /// The piece of evidence that the row is about.
    pub(crate) fn subject(&self) -> Option<&Evidence> {
        self.evidence.iter().find(|evidence| evidence.role == "subject")
    }

    /// What it tells beside claims and reasoning.
    pub(crate) fn told(&self) -> impl Iterator<Item = &str> {
        let turns = self.followups.iter().flat_map(|turn| [turn.question.as_str(), turn.answer.as_str()]);
        let design = self.design.iter().flat_map(|design| design.prose());
        [self.question.as_str(), self.answer.as_str()].into_iter().chain(turns).chain(design)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Followup {
    pub question: String,
    pub answer: String,
}

/// One step of the reasoning, with the evidence that it rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TraceStep {
    pub step: u32,
    /// read, locate, follow, compare, check, decide or conclude.
    pub op: String,
    pub says: String,
    pub cites: Vec<String>,
}

/// One checkable statement of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub says: String,
    pub predicate: Predicate,
    pub cites: Vec<String>,
    /// `proved` once `check` has proved it.
    pub verdict: String,
}

/// A statement about code that can be refuted, for instance
/// `raises(app/orders.py::place, OutOfStock, qty > stock)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Predicate {
    pub name: String,
    pub args: Vec<String>,
}

impl Predicate {
    pub(crate) fn new<const N: usize>(name: &str, args: [&str; N]) -> Self {
        Self { name: name.to_owned(), args: args.map(str::to_owned).into() }
    }
}

impl std::fmt::Display for Predicate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.name, self.args.join(", "))
    }
}

/// Code that proves: exactly the bytes of those lines of that file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Evidence {
    pub id: String,
    pub chunk_id: ChunkId,
    pub path: String,
    pub symbol: String,
    pub start_line: u32,
    pub end_line: u32,
    /// subject, support or contrast.
    pub role: String,
    pub code: String,
}

impl Evidence {
    pub(crate) fn lines(&self) -> Lines {
        Lines { start: self.start_line, end: self.end_line }
    }
}

/// An unproved sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft(pub Row);

/// A proved sample: `check` alone makes one out of a draft.
///
/// Invariant: every claim is proved by the evidence it cites, and the evidence is exactly the
/// bytes of its lines in the source tree it was checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample(Row);

impl Sample {
    /// For `check`, which has just proved it, and for rows that were proved before and whose
    /// evidence was compared with the code of today.
    pub(crate) fn proved(row: Row) -> Self {
        Self(row)
    }

    pub(crate) fn into_row(self) -> Row {
        self.0
    }
}

/// One line of a `trace/` shard: a function and what it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TraceRow {
    pub function: ChunkId,
    pub path: String,
    pub split: String,
    pub calls: Vec<TracedCall>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TracedCall {
    /// As written in the function.
    pub callee: String,
    /// The chunk that is called; empty where the call is ambiguous or leaves the repository.
    pub target: String,
    /// exact, inferred, name, ambiguous or outside.
    pub certainty: String,
}
