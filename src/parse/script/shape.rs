//! What counts as a definition, and what belongs to the code around it.

use crate::parse::syntax::{NodeId, Syntax};

pub(super) const FUNCTIONS: &[&str] = &[
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "generator_function",
    "arrow_function",
    "method_definition",
];
pub(super) const CLASSES: &[&str] = &["class_declaration", "abstract_class_declaration", "class"];
/// Types that say what an object holds.
pub(super) const CONTRACTS: &[&str] = &["interface_declaration", "enum_declaration", "type_alias_declaration"];
/// Calls that give back the function they are handed, as far as its callers can see.
const TRANSPARENT: &[&str] =
    &["memo", "React.memo", "forwardRef", "React.forwardRef", "observer", "useCallback", "React.useCallback", "asyncHandler", "catchAsync"];

pub(super) fn is_function(syntax: &Syntax, node: NodeId) -> bool {
    FUNCTIONS.contains(&syntax.kind(node))
}

/// The function or class that a value is, seen through calls that only wrap it.
pub(super) fn value(syntax: &Syntax, value: NodeId) -> Option<NodeId> {
    let mut node = value;
    for _ in 0..4 {
        let kind = syntax.kind(node);
        if is_function(syntax, node) || kind == "class" {
            return Some(node);
        }
        let wraps = || syntax.child(node, "function").is_some_and(|function| TRANSPARENT.contains(&syntax.text(function)));
        node = match kind {
            "parenthesized_expression" | "as_expression" | "satisfies_expression" => syntax.parts(node).next()?,
            "call_expression" if wraps() => syntax
                .child(node, "arguments")
                .filter(|&list| syntax.kind(list) == "arguments")
                .and_then(|list| syntax.parts(list).next())?,
            _ => return None,
        };
    }
    None
}

/// Is a function or a class inside of a body a definition with a name of its own, and not a part of the code
/// around it?
pub(super) fn is_named(syntax: &Syntax, node: NodeId) -> bool {
    let kind = syntax.kind(node);
    if matches!(kind, "function_declaration" | "generator_function_declaration") || CLASSES.contains(&kind) || CONTRACTS.contains(&kind) {
        return true;
    }
    if !is_function(syntax, node) {
        return false;
    }
    let mut below = node;
    for above in syntax.ancestors(node).take(8) {
        match syntax.kind(above) {
            "variable_declarator" => return syntax.child(above, "value").and_then(|held| value(syntax, held)) == Some(node),
            "parenthesized_expression" | "as_expression" | "satisfies_expression" | "arguments" | "call_expression" => below = above,
            "public_field_definition" | "field_definition" => return syntax.field(below) == "value",
            "class_body" => return true,
            _ => return false,
        }
    }
    false
}

/// Do the lines of a definition hold nothing else? Only then is it a unit that can be shown.
pub(super) fn has_own_lines(syntax: &Syntax, first: NodeId, last: NodeId) -> bool {
    let source = syntax.source();
    let (start, end) = (syntax.start_byte(first), syntax.end_byte(last));
    let before = source[..start].rsplit('\n').next().unwrap_or_default();
    let behind = source[end..].split('\n').next().unwrap_or_default().trim();
    let behind = behind.strip_prefix([';', ',']).unwrap_or(behind).trim_start();
    before.trim().is_empty() && (behind.is_empty() || behind.starts_with("//"))
}
