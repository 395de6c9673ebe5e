//! The register of sample kinds.

mod api;
mod callers;
mod compare;
mod config;
mod contract;
mod contrast;
mod dialogue;
mod effects;
mod errors;
mod flow;
mod lifecycle;
mod parameters;
mod point;
mod premise;
mod prompts;
mod purpose;
pub(super) mod raises;
mod result;
mod rule;
mod test;
mod whereabouts;

use crate::facts::View;
use crate::generate::offline::Answer;
use crate::model::{Brief, Neighbour};

pub(super) use point::is_noise;
pub(crate) use prompts::{hides_subject, prompt};

/// What an answer tells of besides its subject.
#[derive(Clone, Default)]
pub(crate) struct Material {
    pub neighbours: Vec<Neighbour>,
    /// Are there more such neighbours?
    pub more: bool,
    /// Calls that are mentioned without being told of, as written, or what else the kind chose.
    pub asides: Vec<String>,
    /// Kinds whose samples make up this one, and are then not asked by themselves.
    pub turns: Vec<&'static Kind>,
}

/// A kind of question that is asked of a chunk.
pub(crate) struct Kind {
    pub name: &'static str,
    /// Raised when the wording or the choice of facts changes: samples of the older version
    /// are then stale.
    pub version: u32,
    /// what, why, where or how.
    pub intent: &'static str,
    /// How much the kind has to say of this chunk; 0 when it should not be asked.
    pub weight: fn(&View) -> u32,
    /// What the answer tells of besides the subject.
    pub material: fn(&View) -> Material,
    /// Writes the sample. It may look at the brief alone, and not at the bytes of the evidence.
    pub(super) draft: fn(&Brief) -> Answer,
}

/// Every kind, in the order in which equals are preferred.
pub(crate) static KINDS: &[&Kind] = &[
    &dialogue::KIND,
    &flow::KIND,
    &rule::KIND,
    &effects::KIND,
    &errors::KIND,
    &contract::KIND,
    &callers::KIND,
    &purpose::KIND,
    &whereabouts::KIND,
    &compare::KIND,
    &premise::KIND,
    &config::KIND,
    &lifecycle::KIND,
    &api::KIND,
    &test::KIND,
];
