//! What stands before a body: decorators, parameters, the docstring.

use super::doc;
use crate::parse::syntax::{NodeId, Syntax};

pub(super) fn documented(syntax: &Syntax, top: NodeId, sentence: &str) -> Option<NodeId> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let sentence = words(sentence).join(" ");
    let statement = doc(syntax, top)?;
    let text = words(syntax.text(statement)).join(" ");
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Whole words: a sentence does not begin or end in the middle of one.
    let whole = text.match_indices(&sentence).any(|(at, found)| {
        let before = inside(text[..at].chars().next_back()) && inside(found.chars().next());
        let after = inside(text[at + found.len()..].chars().next()) && inside(found.chars().next_back());
        !before && !after
    });
    (whole && !sentence.is_empty()).then_some(statement)
}

/// The parameters, each with the node of its name.
pub(super) fn parameters<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + 's {
    let list = syntax.child(top, "parameters");
    list.into_iter().flat_map(move |list| (list + 1..syntax.end(list)).filter(move |&node| syntax.kind(node) == "identifier")).filter_map(
        move |name| {
            let list = syntax.child(top, "parameters")?;
            let mut part = name;
            while syntax.parent(part)? != list {
                let above = syntax.parent(part)?;
                let names = match syntax.kind(above) {
                    "list_splat_pattern" | "dictionary_splat_pattern" => true,
                    "typed_parameter" => syntax.field(part) != "type",
                    "default_parameter" | "typed_default_parameter" => syntax.field(part) == "name",
                    _ => false,
                };
                if !names {
                    return None;
                }
                part = above;
            }
            Some((part, name))
        },
    )
}

/// The name of a parameter with its stars.
pub(super) fn starred(syntax: &Syntax, name: NodeId) -> String {
    let above = syntax.parent(name).unwrap_or(name);
    let splat = matches!(syntax.kind(above), "list_splat_pattern" | "dictionary_splat_pattern");
    syntax.text(if splat { above } else { name }).to_owned()
}

pub(super) fn parameter(syntax: &Syntax, top: NodeId, name: &str, annotation: &str, default: &str) -> Option<NodeId> {
    let stated = |part: NodeId, field: &str| syntax.child(part, field).map(|node| syntax.folded(node)).unwrap_or_default();
    let found = parameters(syntax, top)
        .find(|&(part, named)| starred(syntax, named) == name && stated(part, "type") == annotation && stated(part, "value") == default);
    found.map(|(part, _)| part)
}

pub(super) fn default(syntax: &Syntax, top: NodeId, name: &str, value: &str) -> Option<NodeId> {
    let found = parameters(syntax, top).find(|&(part, named)| {
        syntax.text(named) == name && syntax.child(part, "value").is_some_and(|stated| syntax.folded(stated) == value)
    });
    found.map(|(part, _)| part)
}

pub(super) fn decorators<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let above = syntax.parent(top).filter(|_| top != 0);
    above.into_iter().flat_map(|above| syntax.children(above)).filter(|&child| syntax.kind(child) == "decorator")
}

/// A decorator as it is written behind the `@`.
pub(super) fn decorator_text(syntax: &Syntax, decorator: NodeId) -> String {
    syntax.parts(decorator).next().map(|inner| syntax.folded(inner)).unwrap_or_default()
}
