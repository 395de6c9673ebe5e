//! How callees, types and constants are written.

use crate::parse::conditions::UNTOLD;
use crate::parse::syntax::{NodeId, Syntax};

/// A callee longer than this is told by its last name.
const MAX_CALLEE: usize = 80;
/// Code longer than this is not repeated.
const MAX_TEXT: usize = 2000;

/// What is called, without type arguments: `this.stock.reserve`, `Order` of `new Order<>()`.
pub(super) fn callee(syntax: &Syntax, call: NodeId) -> Option<String> {
    match syntax.kind(call) {
        "object_creation_expression" => {
            let of = syntax.child(call, "type")?;
            Some(type_name(&syntax.folded(of))).filter(|name| !name.is_empty() && name.len() <= MAX_CALLEE)
        }
        "explicit_constructor_invocation" => Some(syntax.text(syntax.child(call, "constructor")?).to_owned()),
        _ => {
            let name = syntax.text(syntax.child(call, "name")?);
            let Some(object) = syntax.child(call, "object") else { return Some(name.to_owned()) };
            let long = syntax.end_byte(object) - syntax.start_byte(object) > MAX_CALLEE || syntax.text(object).contains('\n');
            let whole = if long { String::new() } else { format!("{}.{name}", syntax.folded(object)) };
            let plain = !whole.is_empty() && whole.len() <= MAX_CALLEE && !whole.contains(['{', '"']);
            Some(if plain { whole } else { format!("….{name}") })
        }
    }
}

/// A type without what it is given: `Map.Entry` of `Map.Entry<K, V>`.
pub(super) fn type_name(text: &str) -> String {
    text.split('<').next().unwrap_or_default().trim().to_owned()
}

/// The type that an expression makes; empty when the code does not say.
pub(super) fn constructed(syntax: &Syntax, value: NodeId) -> String {
    match syntax.kind(value) {
        "object_creation_expression" => syntax.child(value, "type").map(|of| syntax.folded(of)).unwrap_or_default(),
        "cast_expression" => syntax.child(value, "type").map(|of| syntax.folded(of)).unwrap_or_default(),
        _ => String::new(),
    }
}

/// `MAX_ITEMS`, `A1`: how constants are written.
pub(super) fn is_constant(name: &str) -> bool {
    name.len() >= 2
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

pub(super) fn shortened(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// A node without the brackets around the whole.
pub(super) fn bare(syntax: &Syntax, node: NodeId) -> NodeId {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression" {
        match syntax.parts(node).next() {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}

/// The text of a condition or a value, without brackets around the whole.
pub(super) fn told(syntax: &Syntax, node: NodeId) -> String {
    let node = bare(syntax, node);
    if syntax.end_byte(node) - syntax.start_byte(node) > MAX_TEXT { UNTOLD.to_owned() } else { syntax.folded(node) }
}
