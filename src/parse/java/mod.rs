//! Java, after tree-sitter-java 0.23.

mod body;
mod docs;
mod extract;
mod failure;
mod frame;
mod imports;
mod names;
mod outside;
mod prove;
mod state;
mod types;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use super::Language;
use super::language::{Grammar, Scopes};
use super::sketch::leading_name;

static GRAMMAR: OnceLock<Grammar> = OnceLock::new();

pub(super) static LANGUAGE: Language = Language {
    name: "java",
    extensions: &["java"],
    folder_stems: &["package-info"],
    test_globs: &[
        "**/src/test/**",
        "**/src/testFixtures/**",
        "**/src/integrationTest/**",
        "**/*Test.java",
        "**/*Tests.java",
        "**/*TestCase.java",
        "**/*IT.java",
    ],
    exceptions: true,
    scopes: SCOPES,
    comments: &["line_comment", "block_comment"],
    grammar_of: || tree_sitter_java::LANGUAGE.into(),
    grammar: &GRAMMAR,
    chunks: extract::chunks,
    indented: false,
    definition,
    frame: frame::around,
    top: prove::top,
    doc: |_, _| None,
    prove: prove::prove,
};

const SCOPES: Scopes = Scopes {
    own: &["this"],
    base: "super",
    scattered: false,
    modules_within: false,
    folder: true,
    members: true,
    typed: true,
    overloads: true,
    family: "",
};

/// Words in front of a definition that say nothing of what it is.
const MODIFIERS: &[&str] = &[
    "public",
    "protected",
    "private",
    "static",
    "abstract",
    "final",
    "sealed",
    "non-sealed",
    "strictfp",
    "default",
    "synchronized",
    "native",
    "transient",
    "volatile",
];

fn definition(line: &str) -> Option<&str> {
    let mut rest = line;
    let mut modified = false;
    while let Some((word, after)) = rest.split_once(' ')
        && MODIFIERS.contains(&word)
    {
        rest = after.trim_start();
        modified = true;
    }
    if let Some((word, after)) = rest.split_once(' ')
        && matches!(word, "class" | "interface" | "enum" | "record" | "@interface")
    {
        return leading_name(after.trim_start());
    }
    // `Order place(`, `Order(`: a name in front of a bracket, a type or a modifier before it, no statement.
    let (head, _) = rest.split_once('(')?;
    let (of, name) = head.rsplit_once([' ', '>']).map_or(("", head), |(of, name)| (of.trim(), name));
    let statement = rest.ends_with(';') && !modified || head.contains(['=', '.', '"', '@', '?', '-', '+']);
    let keyword = matches!(of.split(' ').next(), Some("return" | "new" | "throw" | "else" | "case" | "assert"));
    let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !matches!(name, "if" | "for" | "while" | "switch" | "catch");
    leading_name(name).filter(|_| !statement && !keyword && named && (modified || !of.is_empty()))
}
