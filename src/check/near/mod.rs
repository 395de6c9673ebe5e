//! What is nearly the same as what, and which of two stays.
//!
//! Candidates come from whoever holds all of them, by the bands of their sketches; here they are
//! compared and decided over. Nothing depends on the order in which things came to be.

mod likeness;
mod print;
mod relation;
mod settle;
mod text;

pub(crate) use likeness::{Likeness, likeness};
pub use print::Print;
pub(crate) use relation::Relation;
pub(crate) use settle::settle;
pub(crate) use text::{near_copies, near_sayings};
