//! Python, after tree-sitter-python 0.25.

mod body;
mod ending;
mod extract;
mod outside;
mod prove;
mod state;

use std::sync::OnceLock;

use super::Language;
use super::language::{Grammar, Scopes};
use super::sketch::leading_name;

static GRAMMAR: OnceLock<Grammar> = OnceLock::new();

pub(super) static LANGUAGE: Language = Language {
    name: "python",
    extensions: &["py", "pyi"],
    folder_stems: &["__init__"],
    test_globs: &["**/tests/**", "**/test/**", "**/testing/**", "**/test_*.py", "**/*_test.py", "**/*_tests.py", "**/conftest.py"],
    exceptions: true,
    scopes: SCOPES,
    comments: &["comment", "line_continuation"],
    grammar_of: || tree_sitter_python::LANGUAGE.into(),
    grammar: &GRAMMAR,
    chunks: extract::chunks,
    indented: true,
    definition,
    frame: |_| None,
    top: prove::top,
    doc: prove::doc,
    prove: prove::prove,
};

const SCOPES: Scopes = Scopes {
    own: &["self", "cls"],
    base: "super()",
    family: "",
    scattered: false,
    modules_within: false,
    folder: false,
    members: false,
    typed: false,
    overloads: false,
};

fn definition(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line).trim_start();
    let rest = line.strip_prefix("def ").or_else(|| line.strip_prefix("class "))?;
    leading_name(rest.trim_start())
}
