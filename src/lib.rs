//! Keeps a fine-tuning dataset in step with a code repository.
#![doc = include_str!("README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop loudly"))]

mod check;
mod cli;
mod commands;
mod config;
mod export;
mod facts;
mod generate;
mod git;
mod index;
mod mcp;
mod model;
mod parse;
mod plan;
mod store;

pub use check::{Exhibit, Print, Published, ShownCode, holds, predicates};
pub use cli::run;
