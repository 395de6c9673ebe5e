//! State that a body writes and reads, and the names that are its own.

use super::conditions::conditions;
use super::{Alone, bare};
use crate::parse::syntax::{NodeId, Syntax};

/// An assignment to `target`, which outlives the call: a property, an item, a name from outside.
pub(super) struct Write {
    pub(super) target: NodeId,
    /// The assigned expression, `+= expression`, or `del`.
    pub(super) value: String,
}

/// Places where the body assigns to `target`.
pub(super) fn writes<'c>(chunk: &'c Alone, target: &'c str) -> impl Iterator<Item = Write> + 'c {
    let syntax = chunk.syntax;
    chunk.own().filter_map(move |node| {
        let state = match syntax.kind(node) {
            "member_expression" | "subscript_expression" => true,
            "identifier" => !binds(chunk, syntax.text(node)),
            _ => false,
        };
        (state && syntax.folded(node) == target && chunk.runs(node)).then(|| write(syntax, node)).flatten()
    })
}

pub(super) fn written(chunk: &Alone, target: &str, value: &str, when: &str) -> Option<NodeId> {
    let wanted = |write: &Write| value.is_empty() || write.value == value;
    writes(chunk, target)
        .find(|write| wanted(write) && is_sure(chunk.syntax, write.target) && conditions(chunk, write.target) == *when)
        .map(|write| write.target)
}

/// Is the assignment a statement, so that nothing but conditions decide on it?
fn is_sure(syntax: &Syntax, target: NodeId) -> bool {
    let chain =
        ["assignment_expression", "augmented_assignment_expression", "update_expression", "unary_expression", "parenthesized_expression"];
    let outer = syntax.ancestors(target).find(|&above| !chain.contains(&syntax.kind(above)));
    outer
        .is_some_and(|outer| matches!(syntax.kind(outer), "expression_statement" | "return_statement" | "for_statement" | "arrow_function"))
}

/// An assignment to a variable of the body's own.
pub(super) fn assigned(chunk: &Alone, target: &str, value: &str, when: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    chunk.own().find(|&node| {
        let named = syntax.kind(node) == "identifier" && syntax.text(node) == target && binds(chunk, target);
        named && chunk.runs(node) && write(syntax, node).is_some_and(|write| write.value == value) && conditions(chunk, node) == when
    })
}

/// What is assigned to `node`; None where it is no target.
fn write(syntax: &Syntax, node: NodeId) -> Option<Write> {
    let above = syntax.parent(node)?;
    let last = |from: NodeId, field: &str| {
        let mut right = syntax.child(from, field)?;
        while syntax.kind(right) == "assignment_expression" {
            right = syntax.child(right, "right")?;
        }
        Some(bare(syntax, right))
    };
    let value = match (syntax.kind(above), syntax.field(node)) {
        ("assignment_expression", "left") => last(above, "right")?,
        ("variable_declarator", "name") => last(above, "value")?,
        ("augmented_assignment_expression", "left") => {
            format!("{} {}", syntax.text(syntax.child(above, "operator")?), bare(syntax, syntax.child(above, "right")?))
        }
        ("update_expression", "argument") => {
            let up = syntax.child(above, "operator").is_some_and(|operator| syntax.text(operator) == "++");
            if up { "+= 1".to_owned() } else { "-= 1".to_owned() }
        }
        ("unary_expression", "argument") if syntax.text(syntax.child(above, "operator")?) == "delete" => "del".to_owned(),
        _ => return None,
    };
    Some(Write { target: node, value })
}

/// A place where the body reads `name`, which is not its own.
pub(super) fn read(chunk: &Alone, name: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let first = name.split('.').next().unwrap_or_default();
    if first != "this" && binds(chunk, first) {
        return None;
    }
    let mut nodes = chunk.body().filter(|&node| chunk.is_class() || chunk.is_own(node));
    nodes.find(|&node| {
        matches!(syntax.kind(node), "identifier" | "member_expression") && syntax.folded(node) == name && is_read(syntax, node)
    })
}

fn is_read(syntax: &Syntax, node: NodeId) -> bool {
    let above = syntax.parent(node).unwrap_or_default();
    let named = matches!(
        (syntax.kind(above), syntax.field(node)),
        ("call_expression", "function")
            | ("new_expression", "constructor")
            | ("assignment_expression", "left")
            | ("variable_declarator", "name")
            | ("member_expression", "property")
            | ("pair" | "pair_pattern", "key")
            | ("formal_parameters" | "import_specifier" | "export_specifier" | "namespace_import" | "import_clause", _)
    );
    let stated = || {
        syntax
            .ancestors(node)
            .any(|outer| matches!(syntax.kind(outer), "type_annotation" | "type_arguments" | "import_statement" | "decorator"))
    };
    !named && !stated()
}

/// Does the chunk give `name` a meaning of its own: as a parameter, a variable, a function inside?
pub(super) fn binds(chunk: &Alone, name: &str) -> bool {
    let syntax = chunk.syntax;
    if chunk.top == 0 {
        return false;
    }
    (chunk.inner + 1..syntax.end(chunk.inner)).any(|node| {
        matches!(syntax.kind(node), "identifier" | "shorthand_property_identifier_pattern" | "type_identifier")
            && syntax.text(node) == name
            && is_bound(syntax, node, chunk.inner)
    })
}

/// Does the name stand where it takes a value?
fn is_bound(syntax: &Syntax, node: NodeId, top: NodeId) -> bool {
    let mut below = node;
    for above in syntax.ancestors(node) {
        match (syntax.kind(above), syntax.field(below)) {
            ("object_pattern" | "array_pattern" | "rest_pattern", _)
            | ("pair_pattern", "value")
            | ("object_assignment_pattern" | "assignment_pattern", "left")
            | ("required_parameter" | "optional_parameter", "pattern") => below = above,
            ("variable_declarator", "name")
            | ("arrow_function", "parameter")
            | ("catch_clause", "parameter")
            | ("formal_parameters", _) => return true,
            ("for_in_statement", "left") => return syntax.child(above, "kind").is_some(),
            ("function_declaration" | "generator_function_declaration" | "class_declaration" | "function_expression", "name") => {
                return above != top;
            }
            _ => return false,
        }
    }
    false
}
