//! State that a body writes and reads, and the names that are its own.

use super::conditions::conditions;
use super::{first_item, own, runs, unwrapped};
use crate::parse::syntax::{NodeId, Syntax};

/// An assignment to a place that outlives the call: a field, an item, what a reference points
/// to, a static.
pub(super) struct Write {
    pub(super) target: NodeId,
    /// The assigned expression, or `+= expression`.
    pub(super) value: String,
}

/// Places where the body assigns to `target`.
pub(super) fn writes<'s>(syntax: &'s Syntax, top: NodeId, target: &'s str) -> impl Iterator<Item = Write> + 's {
    own(syntax, top).filter_map(move |node| {
        let kind = syntax.kind(node);
        if !matches!(kind, "assignment_expression" | "compound_assignment_expr") {
            return None;
        }
        let left = unwrapped(syntax, syntax.child(node, "left")?);
        let state = match syntax.kind(left) {
            "field_expression" | "index_expression" | "scoped_identifier" => true,
            "unary_expression" => syntax.text(left).starts_with('*'),
            "identifier" => !binds(syntax, top, syntax.text(left)),
            _ => false,
        };
        let right = super::bare(syntax, syntax.child(node, "right")?);
        let value = match syntax.child(node, "operator").filter(|_| kind == "compound_assignment_expr") {
            Some(operator) => format!("{} {right}", syntax.text(operator)),
            None => right,
        };
        (state && syntax.folded(left) == target && runs(syntax, top, node)).then_some(Write { target: left, value })
    })
}

pub(super) fn written(syntax: &Syntax, top: NodeId, target: &str, value: &str, when: &str) -> Option<NodeId> {
    let mut all = writes(syntax, top, target).filter(|write| value.is_empty() || write.value == value);
    all.find(|write| conditions(syntax, top, write.target) == *when).map(|write| write.target)
}

/// A place where the body reads `name`, which is not its own.
pub(super) fn read(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    let first = name.split(['.', ':']).next().unwrap_or_default();
    // A variable does not hide a module or a type in front of `::`.
    if !name.contains("::") && first != "self" && binds(syntax, top, first) {
        return None;
    }
    let body = if top == 0 { syntax.child(first_item(syntax), "value")? } else { syntax.child(top, "body")? };
    own(syntax, top).filter(|&node| node >= body).find(|&node| {
        let named = match syntax.kind(node) {
            "identifier" | "scoped_identifier" | "field_expression" => true,
            // A variant by its fields.
            "scoped_type_identifier" => syntax.parent(node).is_some_and(|above| syntax.kind(above) == "struct_pattern"),
            _ => false,
        };
        named && syntax.folded(node) == name && is_read(syntax, node)
    })
}

fn is_read(syntax: &Syntax, node: NodeId) -> bool {
    let above = syntax.parent(node).unwrap_or_default();
    let called = syntax.kind(above) == "generic_function" || syntax.field(node) == "function";
    let target = syntax.kind(above) == "assignment_expression" && syntax.field(node) == "left";
    let part = matches!(
        (syntax.kind(above), syntax.field(node)),
        ("scoped_identifier" | "scoped_type_identifier", _)
            | ("struct_expression", "name")
            | ("field_initializer", "field")
            | ("const_item" | "static_item", "name")
            | ("enum_variant" | "macro_invocation", _)
    );
    let outside = syntax.ancestors(node).any(|outer| matches!(syntax.kind(outer), "token_tree" | "use_declaration" | "attribute_item"));
    !called && !target && !part && !outside
}

/// Does the chunk give `name` a meaning of its own: as a parameter or a local variable?
pub(super) fn binds(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    (top + 1..syntax.end(top)).any(|node| {
        matches!(syntax.kind(node), "identifier" | "shorthand_field_identifier") && syntax.text(node) == name && is_bound(syntax, node)
    })
}

/// Does the name stand in a pattern, where it takes a value? A name in capitals is looked up.
fn is_bound(syntax: &Syntax, node: NodeId) -> bool {
    let constant = syntax.text(node).chars().all(|c| !c.is_lowercase()) && syntax.text(node).contains(|c: char| c.is_uppercase());
    let mut below = node;
    for above in syntax.ancestors(node) {
        let kind = syntax.kind(above);
        if matches!(syntax.field(below), "pattern" | "parameters" | "left") && kind != "assignment_expression" && !kind.contains("binary") {
            return kind != "compound_assignment_expr" && !constant;
        }
        let pattern = kind.ends_with("_pattern") || matches!(kind, "match_pattern" | "closure_parameters");
        if kind == "closure_parameters" {
            return true;
        }
        if !pattern || matches!(syntax.field(below), "type" | "condition") {
            return false;
        }
        below = above;
    }
    false
}
