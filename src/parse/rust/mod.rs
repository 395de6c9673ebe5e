//! Rust, after tree-sitter-rust 0.24.

use std::sync::OnceLock;

use super::Language;
use super::language::Grammar;

static GRAMMAR: OnceLock<Grammar> = OnceLock::new();

pub(super) static LANGUAGE: Language = Language {
    name: "rust",
    extensions: &["rs"],
    folder_stems: &["mod", "lib", "main"],
    test_globs: &["**/tests/**", "**/benches/**"],
    comments: &["line_comment", "block_comment"],
    grammar_of: || tree_sitter_rust::LANGUAGE.into(),
    grammar: &GRAMMAR,
    chunks: |_, _| Vec::new(),
    prove: |_, _, _| false,
};
