//! The register of languages: one entry each, everything else is in the language's folder.

use std::sync::OnceLock;

use super::syntax::NodeId;
use super::{Syntax, java, python, rust, script};
use crate::model::Chunk;

/// A programming language. A new one is one folder, one line in [`LANGUAGES`] and a fixture.
pub(crate) struct Language {
    /// As in `.trainset.toml`.
    pub name: &'static str,
    pub extensions: &'static [&'static str],
    /// File stems, without the extension, that stand for the folder they are in.
    pub folder_stems: &'static [&'static str],
    /// Path globs of tests and of generated code, by the language's conventions.
    pub test_globs: &'static [&'static str],
    /// Does an error pass through every caller that does not handle it?
    pub(crate) exceptions: bool,
    pub(crate) scopes: Scopes,
    pub(super) comments: &'static [&'static str],
    pub(super) grammar_of: fn() -> tree_sitter::Language,
    pub(super) grammar: &'static OnceLock<Grammar>,
    pub(super) chunks: fn(&Syntax, &str) -> Vec<Chunk>,
    /// Does indentation alone say where a definition ends?
    pub(super) indented: bool,
    /// The name that a line defines, indentation taken off; a guess by the first words.
    pub(super) definition: fn(&str) -> Option<&str>,
    /// What has to stand around the lines of a chunk for the grammar to take them, on the same lines.
    pub(super) frame: fn(&str) -> Option<Frame>,
    /// The definition that lines begin with; the root where they begin with none.
    pub(super) top: fn(&Syntax) -> NodeId,
    /// The documentation of a definition, where it is part of the code.
    pub(super) doc: fn(&Syntax, NodeId) -> Option<NodeId>,
    /// The node that proves a predicate about the chunk which the syntax holds alone.
    pub(super) prove: fn(&Syntax, &str, &[&str]) -> Option<NodeId>,
}

/// What names mean, as far as languages differ in it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scopes {
    /// Words for the object that a method is called on, or its type.
    pub own: &'static [&'static str],
    /// What the methods of a base class are called on.
    pub base: &'static str,
    /// What languages have in common whose files import each other; empty for one that stands alone.
    pub family: &'static str,
    /// May methods of a type stand in another file than the type?
    pub scattered: bool,
    /// Are there modules written out within a file?
    pub modules_within: bool,
    /// Do the files of a folder see each other's names?
    pub folder: bool,
    /// Are the members of the classes around in scope by their names alone?
    pub members: bool,
    /// Does the code state the type of everything? Then a name alone is no hint.
    pub typed: bool,
    /// May several definitions of one name stand side by side and be told apart by their parameters?
    pub overloads: bool,
}

/// Text in front of and behind lines, without line breaks.
pub(crate) struct Frame {
    pub(crate) before: &'static str,
    pub(crate) behind: String,
    /// Do the lines end before the definition that they begin with does?
    pub(crate) unfinished: bool,
}

/// Every language the tool reads.
pub(crate) static LANGUAGES: &[&Language] =
    &[&python::LANGUAGE, &rust::LANGUAGE, &java::LANGUAGE, &script::JAVASCRIPT, &script::TYPESCRIPT, &script::TSX];

/// The language of a file, by its extension.
pub(crate) fn by_path(path: &str) -> Option<&'static Language> {
    let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    LANGUAGES.iter().copied().find(|language| language.extensions.contains(&extension))
}

impl Language {
    /// Is it the same language, or one whose files import its own?
    pub(crate) fn sees(&self, other: &Self) -> bool {
        self.name == other.name || !self.scopes.family.is_empty() && self.scopes.family == other.scopes.family
    }

    pub(super) fn grammar(&self) -> &'static Grammar {
        self.grammar.get_or_init(|| Grammar::new((self.grammar_of)()))
    }

    /// The module that a file of this language is: its path without extension, a folder's main
    /// file standing for the folder.
    pub(crate) fn module(&self, path: &str) -> String {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        if self.folder_stems.contains(&name) { folder.to_owned() } else { stem.to_owned() }
    }
}

/// A grammar with its names by number.
pub(super) struct Grammar {
    language: tree_sitter::Language,
    kinds: Vec<String>,
    named: Vec<bool>,
    fields: Vec<String>,
}

impl Grammar {
    fn new(language: tree_sitter::Language) -> Self {
        let kinds = (0..language.node_kind_count() as u16).map(|id| language.node_kind_for_id(id).unwrap_or_default().to_owned()).collect();
        let named = (0..language.node_kind_count() as u16).map(|id| language.node_kind_is_named(id)).collect();
        let fields = (0..=language.field_count() as u16).map(|id| language.field_name_for_id(id).unwrap_or_default().to_owned()).collect();
        Self { language, kinds, named, fields }
    }

    pub(super) fn language(&self) -> &tree_sitter::Language {
        &self.language
    }

    pub(super) fn kind(&'static self, id: u16) -> &'static str {
        self.kinds.get(id as usize).map_or("ERROR", String::as_str)
    }

    pub(super) fn is_named(&self, id: u16) -> bool {
        self.named.get(id as usize).copied().unwrap_or(true)
    }

    pub(super) fn field(&'static self, id: u16) -> &'static str {
        self.fields.get(id as usize).map_or("", String::as_str)
    }
}
