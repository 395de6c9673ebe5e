//! What can only be seen from outside: laws, stories, and the rules of the house.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may stop loudly"))]

#[path = "../mutants/mod.rs"]
mod mutants;
#[path = "../pairs/mod.rs"]
mod pairs;
mod sandbox;
mod story;
mod want;

mod ask;
mod ci;
mod claims;
mod cli;
mod designs;
mod export;
mod history;
mod hook_setup;
mod hooks;
mod house;
mod kill;
mod languages;
mod laws;
mod llm;
mod mcp;
mod mutation;
mod near;
mod push;
mod query;
mod random;
mod readme;
mod remote;
mod review;
mod training;
mod workflows;
