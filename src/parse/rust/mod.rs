//! Rust, after tree-sitter-rust 0.24.

mod body;
mod conditions;
mod extract;
mod failure;
mod imports;
mod names;
mod outside;
mod place;
mod prove;
mod state;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use super::Language;
use super::language::Grammar;

static GRAMMAR: OnceLock<Grammar> = OnceLock::new();

pub(super) static LANGUAGE: Language = Language {
    name: "rust",
    extensions: &["rs"],
    folder_stems: &["mod", "lib", "main"],
    test_globs: &["**/tests/**", "**/benches/**", "**/tests.rs"],
    exceptions: false,
    comments: &["line_comment", "block_comment"],
    grammar_of: || tree_sitter_rust::LANGUAGE.into(),
    grammar: &GRAMMAR,
    chunks: extract::chunks,
    indented: false,
    top: prove::top,
    doc: |_, _| None,
    prove: prove::prove,
};
