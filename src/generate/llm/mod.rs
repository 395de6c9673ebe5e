//! A language model as generator, behind any OpenAI-compatible server.
//!
//! The only place that knows HTTP and async. It asks for samples of the kinds that the offline
//! generator writes, from the same briefs, and offers the facts that were proved; the model may word
//! them better and choose the question, and that is all it may do.
//!
//! Invariants:
//! - Nothing is sent but to the address in the [`Settings`], which come from the person who runs the
//!   program. The key is sent there and shown nowhere.
//! - A reply is put on record before it is used, under the hash of what was asked, and what is on record
//!   is not asked again.
//! - A reply alone makes no sample: what it says goes through the gate that its caller brings along.
//!
//! Beside the samples, `embed` asks such a server for vectors, for the second view of a search.

mod batch;
mod budget;
mod client;
mod dialogue;
mod draft;
mod embed;
mod order;
mod pace;
mod price;
mod prompt;
mod recorded;
mod reply;
mod secret;
mod session;
mod settings;
mod talk;
mod wire;

pub(crate) use batch::{read as read_batch, write as write_batch};
pub(crate) use dialogue::Desk;
pub(crate) use embed::{Embedder, Embedding};
pub(crate) use order::Order;
pub(crate) use price::Price;
pub(crate) use recorded::Recorded;
pub(crate) use secret::Secret;
pub(crate) use session::Model;
pub(crate) use settings::{Clock, Limits, Prose, Recipes, Settings, Timeouts, after, is_refused, is_settled};
pub(crate) use talk::{Record, Talk, hear};
pub(crate) use wire::Request;
