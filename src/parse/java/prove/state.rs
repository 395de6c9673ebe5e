//! State that a body writes and reads, and the names that are its own.

use super::conditions::conditions;
use super::{bare, first, in_nameless, is_own, is_type, own, runs, unwrapped};
use crate::parse::syntax::{NodeId, Syntax};

/// An assignment to a place that outlives the call: a field, an item of one.
pub(super) struct Write {
    pub(super) target: NodeId,
    /// The assigned expression, or `+= expression`.
    pub(super) value: String,
}

/// What a node assigns, and to what; None where it assigns nothing.
fn assignment(syntax: &Syntax, node: NodeId) -> Option<Write> {
    match syntax.kind(node) {
        "assignment_expression" => {
            let operator = syntax.child(node, "operator").map(|operator| syntax.text(operator))?;
            let right = bare(syntax, syntax.child(node, "right")?);
            let value = if operator == "=" { right } else { format!("{operator} {right}") };
            Some(Write { target: unwrapped(syntax, syntax.child(node, "left")?), value })
        }
        "update_expression" => {
            let up = syntax.text(node).starts_with("++") || syntax.text(node).ends_with("++");
            Some(Write { target: unwrapped(syntax, syntax.parts(node).next()?), value: if up { "+= 1" } else { "-= 1" }.to_owned() })
        }
        "variable_declarator" | "resource" => {
            Some(Write { target: syntax.child(node, "name")?, value: bare(syntax, syntax.child(node, "value")?) })
        }
        _ => None,
    }
}

/// Places where the body assigns to `target`.
pub(super) fn writes<'s>(syntax: &'s Syntax, top: NodeId, target: &'s str) -> impl Iterator<Item = Write> + 's {
    own(syntax, top).filter_map(move |node| {
        let write = assignment(syntax, node).filter(|_| !matches!(syntax.kind(node), "variable_declarator" | "resource"))?;
        let state = match syntax.kind(write.target) {
            "field_access" => true,
            "array_access" => syntax.child(write.target, "array").is_some_and(|of| match syntax.kind(of) {
                "field_access" => true,
                "identifier" => !binds(syntax, top, syntax.text(of)),
                _ => false,
            }),
            "identifier" => !binds(syntax, top, syntax.text(write.target)),
            _ => false,
        };
        (state && syntax.folded(write.target) == target && runs(syntax, top, node)).then_some(write)
    })
}

pub(super) fn written(syntax: &Syntax, top: NodeId, target: &str, value: &str, when: &str) -> Option<NodeId> {
    let mut all = writes(syntax, top, target).filter(|write| value.is_empty() || write.value == value);
    all.find(|write| conditions(syntax, top, write.target) == *when).map(|write| write.target)
}

/// An assignment to a variable of the body's own.
pub(super) fn assigned(syntax: &Syntax, top: NodeId, target: &str, value: &str, when: &str) -> Option<NodeId> {
    own(syntax, top).find(|&node| {
        let found = assignment(syntax, node).filter(|write| {
            let named = syntax.kind(write.target) == "identifier" && syntax.text(write.target) == target;
            named && binds(syntax, top, target) && write.value == value
        });
        found.is_some_and(|write| runs(syntax, top, node) && conditions(syntax, top, write.target) == when)
    })
}

/// A place where the chunk reads `name`, which is not its own.
pub(super) fn read(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    let head = name.split('.').next().unwrap_or_default();
    if head != "this" && binds(syntax, top, head) {
        return None;
    }
    let fields =
        move |node: NodeId| is_type(syntax, top) && syntax.ancestors(node).any(|above| syntax.kind(above).ends_with("_declaration"));
    let mut all = own(syntax, top).filter(|&node| matches!(syntax.kind(node), "identifier" | "field_access"));
    all.find(|&node| syntax.folded(node) == name && is_read(syntax, node) && (!is_type(syntax, top) || fields(node)))
}

fn is_read(syntax: &Syntax, node: NodeId) -> bool {
    let above = syntax.parent(node).unwrap_or_default();
    let target = syntax.kind(above) == "assignment_expression"
        && syntax.field(node) == "left"
        && syntax.child(above, "operator").is_some_and(|operator| syntax.text(operator) == "=");
    let named = matches!(syntax.field(node), "name" | "field" | "key");
    let stated =
        syntax.ancestors(node).any(|outer| matches!(syntax.kind(outer), "annotation" | "marker_annotation" | "import_declaration"));
    let label = matches!(syntax.kind(above), "labeled_statement" | "break_statement" | "continue_statement" | "scoped_identifier");
    !target && !named && !stated && !label
}

/// Does the chunk give `name` a meaning of its own: as a parameter, a variable, of a handler, a pattern or a lambda?
pub(super) fn binds(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    let start = if top == 0 { first(syntax) } else { top };
    (start + 1..syntax.end(start))
        .any(|node| syntax.kind(node) == "identifier" && syntax.text(node) == name && is_bound(syntax, node) && is_own(syntax, top, node))
}

fn is_bound(syntax: &Syntax, node: NodeId) -> bool {
    let above = syntax.parent(node).unwrap_or_default();
    let in_nameless_type = syntax.ancestors(node).any(|outer| in_nameless(syntax, outer));
    let field = syntax.parent(above).is_some_and(|outer| matches!(syntax.kind(outer), "field_declaration" | "constant_declaration"));
    let bound = match (syntax.kind(above), syntax.field(node)) {
        ("variable_declarator", "name") => !field,
        ("formal_parameter" | "catch_formal_parameter" | "enhanced_for_statement" | "resource" | "instanceof_expression", "name") => true,
        ("lambda_expression", "parameters") | ("inferred_parameters", _) => true,
        ("type_pattern" | "record_pattern_component", _) => syntax.parts(above).last() == Some(node),
        _ => false,
    };
    bound && !in_nameless_type
}
