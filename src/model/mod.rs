//! The nouns that every room speaks: chunk, brief, sample, finding.
//!
//! Values only. Nothing here reads a file, asks git or decides anything; what crosses a
//! boundary (the dataset, the report, the wire) derives `Serialize`.

mod brief;
mod chunk;
mod design;
mod edge;
mod facts;
mod finding;
mod flow;
mod hash;
mod near;
mod reply;
mod review;
mod sample;
mod saying;
mod sketch;
mod wire;
mod words;

pub(crate) use brief::{Brief, Neighbour, Slot};
pub(crate) use chunk::{Chunk, ChunkId, ChunkKind, Fingerprints, Lines, first_sentence};
pub(crate) use design::{Alternative, Constraint, Design, Part, Stage, Touch};
pub(crate) use edge::{Certainty, Edge};
pub(crate) use facts::{Attribute, Call, CallUse, Effect, Exit, Facts, Guard, GuardKind, Import, Local, Outside, Parameter, Raise, Write};
pub(crate) use finding::Finding;
pub(crate) use flow::FlowStep;
pub(crate) use hash::{Hash64, fingerprint, key};
pub(crate) use near::{Near, Nearness};
pub(crate) use reply::{Refusal, Reply};
pub(crate) use review::{Review, STALE, Verdict, is_of_person, words_of};
pub(crate) use sample::{Claim, Draft, Evidence, Followup, Predicate, Row, Sample, TraceRow, TraceStep, TracedCall};
pub(crate) use saying::Saying;
pub(crate) use sketch::{Sketch, TokenSort};
pub(crate) use wire::{DESIGN, QA};
pub(crate) use words::{KEYWORDS, has_word, words};
