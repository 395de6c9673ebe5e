//! JavaScript and TypeScript, after tree-sitter-javascript 0.25 and tree-sitter-typescript 0.23.
//!
//! One reading for all of them: what TypeScript adds is there or not. A method is cited without its class
//! and an entry of an object without the object; neither parses alone, so `frame.rs` puts one around.

mod body;
mod conditions;
mod constants;
mod ending;
mod extract;
mod frame;
mod imports;
mod members;
mod names;
mod outside;
mod prove;
mod sections;
mod shape;
mod state;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub(super) use self::sections::sections;
use super::Language;
use super::language::{Grammar, Scopes};
use super::sketch::leading_name;

static JAVASCRIPT_GRAMMAR: OnceLock<Grammar> = OnceLock::new();
static TYPESCRIPT_GRAMMAR: OnceLock<Grammar> = OnceLock::new();
static TSX_GRAMMAR: OnceLock<Grammar> = OnceLock::new();

const SCOPES: Scopes = Scopes {
    own: &["this"],
    base: "super",
    family: "script",
    scattered: false,
    modules_within: false,
    folder: false,
    members: false,
    typed: false,
    overloads: false,
};

const TESTS: &[&str] = &[
    "**/tests/**",
    "**/test/**",
    "**/__tests__/**",
    "**/__mocks__/**",
    "**/spec/**",
    "**/e2e/**",
    "**/cypress/**",
    "**/*.test.*",
    "**/*.spec.*",
    "**/*.e2e-spec.*",
    "**/*.stories.*",
];

pub(super) static JAVASCRIPT: Language = Language {
    name: "javascript",
    extensions: &["js", "jsx", "mjs", "cjs"],
    folder_stems: &["index"],
    test_globs: TESTS,
    exceptions: true,
    scopes: SCOPES,
    comments: &["comment", "html_comment", "hash_bang_line"],
    grammar_of: || tree_sitter_javascript::LANGUAGE.into(),
    grammar: &JAVASCRIPT_GRAMMAR,
    chunks: extract::chunks,
    indented: false,
    definition,
    frame: |code| frame::frame(&JAVASCRIPT, code),
    top: prove::top,
    doc: |_, _| None,
    prove: prove::prove,
};

/// With it the script blocks of single-file components, which may as well be JavaScript.
pub(super) static TYPESCRIPT: Language = Language {
    name: "typescript",
    extensions: &["ts", "mts", "cts", "vue"],
    grammar_of: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    grammar: &TYPESCRIPT_GRAMMAR,
    frame: |code| frame::frame(&TYPESCRIPT, code),
    ..JAVASCRIPT
};

pub(super) static TSX: Language = Language {
    name: "typescript",
    extensions: &["tsx"],
    grammar_of: || tree_sitter_typescript::LANGUAGE_TSX.into(),
    grammar: &TSX_GRAMMAR,
    frame: |code| frame::frame(&TSX, code),
    ..JAVASCRIPT
};

fn definition(line: &str) -> Option<&str> {
    const MODIFIERS: [&str; 14] = [
        "export",
        "default",
        "async",
        "static",
        "public",
        "private",
        "protected",
        "readonly",
        "abstract",
        "declare",
        "override",
        "get",
        "set",
        "const",
    ];
    const NO_NAMES: [&str; 10] = ["if", "for", "while", "switch", "catch", "return", "function", "with", "else", "do"];
    let mut rest = line;
    let mut word = "";
    while let Some((first, after)) = rest.split_once(' ')
        && MODIFIERS.contains(&first)
    {
        (rest, word) = (after.trim_start(), first);
    }
    for keyword in ["function* ", "function *", "function ", "class ", "interface ", "enum ", "namespace "] {
        if let Some(after) = rest.strip_prefix(keyword) {
            return leading_name(after.trim_start());
        }
    }
    let name = leading_name(rest).filter(|name| !NO_NAMES.contains(name))?;
    let after = rest[name.len()..].trim_start();
    let bound = word == "const" && (after.contains("=>") || after.contains("function"));
    let method = after.starts_with(['(', '<']) && line.trim_end().ends_with('{');
    (bound || method).then_some(name)
}
