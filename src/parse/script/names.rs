//! How callees, patterns and types are written.

use crate::parse::syntax::{NodeId, Syntax};

/// A callee longer than this is told by its last name.
const MAX_CALLEE: usize = 80;
/// Code longer than this is not repeated.
const MAX_TEXT: usize = 2000;
/// What stands for code that is too long, or of several lines.
pub(super) const UNTOLD: &str = "…";

/// What is called, where it can be written on one short line.
pub(super) fn callee(syntax: &Syntax, function: NodeId) -> Option<String> {
    let member = syntax.child(function, "property").filter(|_| syntax.kind(function) == "member_expression");
    let plain = member.is_some() || matches!(syntax.kind(function), "identifier" | "super");
    if !plain {
        return None;
    }
    let short = syntax.text(function).len() <= MAX_TEXT;
    let text = if short { syntax.folded(function) } else { String::new() };
    if short && text.len() <= MAX_CALLEE && !text.contains(['{', '…', '`']) {
        return Some(text);
    }
    member.map(|member| format!("….{}", syntax.text(member)))
}

/// The class that an expression makes an object of: `Order` of `new Order(..)`; empty when the code does not say.
pub(super) fn constructed(syntax: &Syntax, value: NodeId) -> String {
    let inner = if syntax.kind(value) == "await_expression" { syntax.parts(value).next().unwrap_or(value) } else { value };
    let class = syntax.child(inner, "constructor").filter(|_| syntax.kind(inner) == "new_expression");
    class.and_then(|class| callee(syntax, class)).unwrap_or_default()
}

/// A stated type without its colon.
pub(super) fn annotation(syntax: &Syntax, node: NodeId, field: &str) -> String {
    let stated = syntax.child(node, field);
    stated.map(|stated| syntax.folded(stated).trim_start_matches(':').trim_start().to_owned()).unwrap_or_default()
}

/// The names that a pattern binds.
pub(super) fn bound<'t>(syntax: &Syntax<'t>, pattern: NodeId) -> Vec<&'t str> {
    let mut out = Vec::new();
    let mut node = pattern;
    while node < syntax.end(pattern) {
        let field = syntax.field(node);
        match syntax.kind(node) {
            // What is set in another object is bound already, and a default is looked up.
            "member_expression" | "subscript_expression" => node = syntax.end(node),
            _ if field == "right" && node != pattern
                || field == "key"
                || matches!(field, "type" | "decorator" | "value") && is_stated(syntax, node) =>
            {
                node = syntax.end(node);
            }
            kind => {
                if matches!(kind, "identifier" | "shorthand_property_identifier_pattern") {
                    out.push(syntax.text(node));
                }
                node += 1;
            }
        }
    }
    out
}

/// Does the node say something of a parameter, rather than name it?
fn is_stated(syntax: &Syntax, node: NodeId) -> bool {
    syntax.parent(node).is_some_and(|above| matches!(syntax.kind(above), "required_parameter" | "optional_parameter"))
}

/// `MAX_ITEMS`, `_CACHE`: the field's way to write a constant.
pub(super) fn is_constant(name: &str) -> bool {
    let bare = name.trim_start_matches('_');
    bare.len() >= 2
        && bare.starts_with(|c: char| c.is_ascii_uppercase())
        && bare.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

pub(super) fn shortened(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The text of a condition, a value or a target, without parentheses around the whole.
pub(super) fn told(syntax: &Syntax, node: NodeId) -> String {
    let node = bare(syntax, node);
    if syntax.text(node).len() > MAX_TEXT { UNTOLD.to_owned() } else { syntax.folded(node) }
}

/// A node without parentheses around the whole.
pub(super) fn bare(syntax: &Syntax, node: NodeId) -> NodeId {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression"
        && let Some(inner) = syntax.parts(node).next()
    {
        node = inner;
    }
    node
}

/// What a plain string holds.
pub(super) fn string<'t>(syntax: &Syntax<'t>, node: NodeId) -> Option<&'t str> {
    let text = syntax.text(node);
    let plain = match syntax.kind(node) {
        "string" => true,
        "template_string" => !(node..syntax.end(node)).any(|part| syntax.kind(part) == "template_substitution"),
        _ => false,
    };
    text.get(1..text.len().saturating_sub(1)).filter(|_| plain)
}
