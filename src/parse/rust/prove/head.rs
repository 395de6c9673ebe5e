//! What stands before a body: attributes, parameters, documentation.

use super::{first_item, plain};
use crate::parse::syntax::{NodeId, Syntax};

pub(super) fn documented(syntax: &Syntax, top: NodeId, sentence: &str) -> Option<NodeId> {
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let item = if top == 0 { first_item(syntax) } else { top };
    let comments = || (0..item).filter(|&node| syntax.is_comment(node) && syntax.child(node, "outer").is_some());
    let mut lines: Vec<&str> = Vec::new();
    for comment in comments() {
        for line in syntax.text(comment).lines() {
            lines.push(line.trim().trim_start_matches(['/', '*']).trim_end_matches("*/"));
        }
    }
    let (text, sentence) = (folded(&lines.join("\n")), folded(sentence));
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Whole words: a sentence does not begin or end in the middle of one.
    let whole = text.match_indices(&sentence).any(|(at, found)| {
        let before = inside(text[..at].chars().next_back()) && inside(found.chars().next());
        let after = inside(text[at + found.len()..].chars().next()) && inside(found.chars().next_back());
        !before && !after
    });
    comments().next().filter(|_| whole && !sentence.is_empty())
}

/// The parameters; the receiver is none.
pub(super) fn parameters<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let list = syntax.child(top, "parameters").into_iter();
    list.flat_map(|list| syntax.parts(list)).filter(|&part| syntax.kind(part) == "parameter")
}

pub(super) fn parameter(syntax: &Syntax, top: NodeId, name: &str, annotation: &str) -> Option<NodeId> {
    parameters(syntax, top).find(|&part| {
        let stated = |field| syntax.child(part, field).map(|node| plain(&syntax.folded(node))).unwrap_or_default();
        // A pattern `mut x` is one of its own only in some places of the grammar.
        let named = stated("pattern");
        let bare = syntax.child(part, "pattern").and_then(|pattern| syntax.folded(pattern).strip_prefix("mut ").map(plain));
        (named == plain(name) || bare.is_some_and(|bare| bare == plain(name))) && stated("type") == plain(annotation)
    })
}

/// The attributes in front of the definition.
pub(super) fn attributes<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let top = if top == 0 { first_item(syntax) } else { top };
    let items = (0..top).filter(move |&node| syntax.kind(node) == "attribute_item" && syntax.parent(node) == syntax.parent(top));
    items.filter_map(|item| syntax.parts(item).next())
}
