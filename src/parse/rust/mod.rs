//! Rust, after tree-sitter-rust 0.24.

mod body;
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
use super::language::{Grammar, Scopes};
use super::sketch::leading_name;

static GRAMMAR: OnceLock<Grammar> = OnceLock::new();

pub(super) static LANGUAGE: Language = Language {
    name: "rust",
    extensions: &["rs"],
    folder_stems: &["mod", "lib", "main"],
    test_globs: &["**/tests/**", "**/benches/**", "**/tests.rs"],
    exceptions: false,
    scopes: SCOPES,
    comments: &["line_comment", "block_comment"],
    grammar_of: || tree_sitter_rust::LANGUAGE.into(),
    grammar: &GRAMMAR,
    chunks: extract::chunks,
    indented: false,
    definition,
    frame: |_| None,
    top: prove::top,
    doc: |_, _| None,
    prove: prove::prove,
};

const SCOPES: Scopes = Scopes {
    own: &["self", "Self"],
    base: "",
    family: "",
    scattered: true,
    modules_within: true,
    folder: false,
    members: false,
    typed: false,
    overloads: false,
};

fn definition(line: &str) -> Option<&str> {
    const MODIFIERS: [&str; 6] = ["async", "const", "default", "extern", "pub", "unsafe"];
    let mut rest = line;
    while let Some((word, after)) = rest.split_once(' ')
        && (MODIFIERS.contains(&word) || word.starts_with("pub(") || word.starts_with('"'))
    {
        rest = after.trim_start();
    }
    let (word, after) = rest.split_once([' ', '<'])?;
    match word {
        "fn" | "struct" | "enum" | "trait" | "union" => leading_name(after.trim_start()),
        "impl" => {
            let of = after.rsplit_once(" for ").map_or_else(|| after.rsplit_once("> ").map_or(after, |(_, of)| of), |(_, of)| of);
            leading_name(of.trim_start())
        }
        _ => None,
    }
}
