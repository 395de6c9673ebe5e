//! What stands before a body: decorators, parameters, documentation.

use super::{Alone, doors, plain_string};
use crate::parse::syntax::{NodeId, Syntax};

/// The comment of documentation right before the code.
fn comment(chunk: &Alone) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let first = (1..syntax.len()).find(|&node| {
        syntax.is_named(node) && (syntax.is_leaf(node) || syntax.kind(node) == "decorator") && !syntax.kind(node).starts_with("type")
    })?;
    Some(first).filter(|&first| syntax.is_comment(first) && syntax.text(first).starts_with("/**"))
}

pub(super) fn documented(chunk: &Alone, sentence: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let comment = comment(chunk)?;
    let lines = syntax.text(comment).lines().map(|line| line.trim().trim_start_matches(['/', '*']).trim_end_matches("*/"));
    let (text, sentence) = (folded(&lines.collect::<Vec<_>>().join("\n")), folded(sentence));
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Whole words: a sentence does not begin or end in the middle of one.
    let whole = text.match_indices(&sentence).any(|(at, found)| {
        let before = inside(text[..at].chars().next_back()) && inside(found.chars().next());
        let after = inside(text[at + found.len()..].chars().next()) && inside(found.chars().next_back());
        !before && !after
    });
    (whole && !sentence.is_empty()).then_some(comment)
}

/// The parameters, each with what it is bound by.
pub(super) fn parameters<'s>(chunk: &'s Alone) -> impl Iterator<Item = (NodeId, NodeId)> + 's {
    let syntax = chunk.syntax;
    let single = syntax.child(chunk.inner, "parameter").filter(|_| chunk.is_function());
    let list = syntax.child(chunk.inner, "parameters").filter(|_| chunk.is_function());
    let several = list.into_iter().flat_map(|list| syntax.parts(list)).map(|part| {
        let pattern =
            syntax.child(part, "pattern").or_else(|| syntax.child(part, "left").filter(|_| syntax.kind(part) == "assignment_pattern"));
        (part, pattern.unwrap_or(part))
    });
    single.map(|only| (only, only)).into_iter().chain(several)
}

fn stated(syntax: &Syntax, part: NodeId, fields: &[&str]) -> String {
    let found = fields.iter().find_map(|field| syntax.child(part, field));
    found.map(|node| syntax.folded(node)).unwrap_or_default()
}

fn type_of(syntax: &Syntax, part: NodeId) -> String {
    stated(syntax, part, &["type"]).trim_start_matches(':').trim().to_owned()
}

/// The default: of `a = 1` the right side.
fn default_of(syntax: &Syntax, part: NodeId) -> String {
    match syntax.kind(part) {
        "assignment_pattern" => stated(syntax, part, &["right"]),
        "optional_parameter" if syntax.child(part, "value").is_none() => "undefined".to_owned(),
        "required_parameter" | "optional_parameter" => stated(syntax, part, &["value"]),
        _ => String::new(),
    }
}

pub(super) fn parameter(chunk: &Alone, name: &str, annotation: &str, default: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let found = parameters(chunk)
        .find(|&(part, named)| syntax.folded(named) == name && type_of(syntax, part) == annotation && default_of(syntax, part) == default);
    found.map(|(part, _)| part)
}

pub(super) fn default(chunk: &Alone, name: &str, value: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let found =
        parameters(chunk).find(|&(part, named)| syntax.folded(named) == name && default_of(syntax, part) == value && !value.is_empty());
    found.map(|(part, _)| part)
}

pub(super) fn result(chunk: &Alone, annotation: &str) -> Option<NodeId> {
    let stated = chunk.syntax.child(chunk.inner, "return_type").filter(|_| chunk.is_function())?;
    (chunk.syntax.folded(stated).trim_start_matches(':').trim() == annotation).then_some(stated)
}

/// The decorators in front of the definition.
pub(super) fn decorators<'s>(chunk: &'s Alone) -> impl Iterator<Item = NodeId> + 's {
    let syntax = chunk.syntax;
    let body = chunk.body().start;
    let list = syntax.child(chunk.inner, "parameters").map_or(0..0, |list| list..syntax.end(list));
    (1..body).filter(move |&node| syntax.kind(node) == "decorator" && !list.contains(&node))
}

/// A decorator as it is written behind the `@`; a router's call stands for one.
pub(super) fn decorated(chunk: &Alone, decorator: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let written = decorators(chunk).find(|&node| syntax.parts(node).next().is_some_and(|inner| syntax.folded(inner) == decorator));
    written.or_else(|| {
        let call = Some(chunk.top).filter(|&top| top != 0 && syntax.kind(top) == "call_expression")?;
        let path = doors::served(syntax, call)?;
        let router = syntax.folded(syntax.child(call, "function")?);
        (format!("{router}({})", syntax.folded(path)) == decorator && plain_string(syntax, path).is_some()).then_some(path)
    })
}
