//! State that a body writes and reads, and the names that are its own.

use super::conditions::conditions;
use super::{is_own, own};
use crate::parse::syntax::{NodeId, Syntax};

/// An assignment to `target`, which outlives the call: an attribute, an item, a global name.
pub(super) struct Write {
    pub(super) target: NodeId,
    /// The assigned expression, `+= expression`, or `del`; None where one value is taken apart.
    pub(super) value: Option<String>,
}

/// Places where the body assigns to `target`.
pub(super) fn writes<'s>(syntax: &'s Syntax, top: NodeId, target: &'s str) -> impl Iterator<Item = Write> + 's {
    own(syntax, top).filter_map(move |node| {
        let state = match syntax.kind(node) {
            "attribute" | "subscript" => true,
            "identifier" => is_declared(syntax, top, syntax.text(node)),
            _ => false,
        };
        (state && syntax.folded(node) == target).then(|| write(syntax, node)).flatten()
    })
}

pub(super) fn written(syntax: &Syntax, top: NodeId, target: &str, value: &str, when: &str) -> Option<NodeId> {
    let wanted = |write: &Write| value.is_empty() || write.value.as_deref() == Some(value);
    writes(syntax, top, target).find(|write| wanted(write) && conditions(syntax, top, write.target) == *when).map(|write| write.target)
}

/// An assignment to a variable of the body's own.
pub(super) fn assigned(syntax: &Syntax, top: NodeId, target: &str, value: &str, when: &str) -> Option<NodeId> {
    let own_name = |node: NodeId| syntax.kind(node) == "identifier" && syntax.text(node) == target && !is_declared(syntax, top, target);
    own(syntax, top).find(|&node| {
        own_name(node)
            && write(syntax, node).is_some_and(|write| write.value.as_deref() == Some(value))
            && conditions(syntax, top, node) == when
    })
}

/// What is assigned to `node`; None where it is no target.
fn write(syntax: &Syntax, node: NodeId) -> Option<Write> {
    let (mut below, mut at) = (node, None);
    for above in syntax.ancestors(node) {
        let folded = |field| syntax.child(above, field).map(|part| syntax.folded(part));
        let value = match (syntax.kind(above), syntax.field(below)) {
            ("pattern_list" | "tuple_pattern" | "list_pattern" | "expression_list", _) if at.is_none() => {
                at = syntax.parts(above).position(|part| part == below);
                below = above;
                continue;
            }
            ("delete_statement", _) => Some("del".to_owned()),
            ("augmented_assignment", "left") => {
                Some(format!("{} {}", folded("operator")?, super::bare(syntax, syntax.child(above, "right")?)))
            }
            ("assignment", "left") => {
                let mut right = syntax.child(above, "right")?;
                while syntax.kind(right) == "assignment" {
                    right = syntax.child(right, "right")?;
                }
                match at {
                    None => Some(super::bare(syntax, right)),
                    Some(at) => nth(syntax, below, right, at).map(|value| super::bare(syntax, value)),
                }
            }
            ("named_expression", "name") => folded("value"),
            _ => return None,
        };
        return Some(Write { target: node, value });
    }
    None
}

/// The value that a list of targets takes for one of them, where both sides are written out.
fn nth(syntax: &Syntax, targets: NodeId, values: NodeId, at: usize) -> Option<NodeId> {
    let listed = matches!(syntax.kind(values), "expression_list" | "tuple" | "list");
    let splat = |list: NodeId| syntax.parts(list).any(|part| matches!(syntax.kind(part), "list_splat" | "list_splat_pattern"));
    let even = listed && syntax.parts(targets).count() == syntax.parts(values).count() && !splat(targets) && !splat(values);
    syntax.parts(values).nth(at).filter(|_| even)
}

/// A place where the body reads `name`, which is not its own.
pub(super) fn read(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    let first = name.split('.').next().unwrap_or_default();
    if !matches!(first, "self" | "cls") && binds(syntax, top, first) {
        return None;
    }
    own(syntax, top).find(|&node| {
        matches!(syntax.kind(node), "identifier" | "attribute" | "dotted_name") && syntax.folded(node) == name && is_read(syntax, node)
    })
}

fn is_read(syntax: &Syntax, node: NodeId) -> bool {
    let above = syntax.parent(node).unwrap_or_default();
    let stated = syntax.ancestors(node).take_while(|&above| !matches!(syntax.kind(above), "block" | "module"));
    let named = ["type", "import_statement", "import_from_statement", "global_statement", "nonlocal_statement", "parameters"];
    if stated.into_iter().any(|above| named.contains(&syntax.kind(above))) {
        return false;
    }
    let name_of = matches!(
        (syntax.kind(above), syntax.field(node)),
        ("attribute", "attribute")
            | ("keyword_argument", "name")
            | ("call", "function")
            | ("function_definition" | "class_definition", "name")
    );
    let pattern = syntax.kind(node) == "dotted_name" || syntax.kind(above) == "dotted_name";
    if name_of || pattern && !(syntax.kind(node) == "dotted_name" && syntax.text(node).contains('.')) {
        return false;
    }
    !matches!(binding(syntax, node), Some(kind) if kind != "augmented_assignment")
}

/// Does the chunk give `name` a meaning of its own: as a parameter, a local variable or an alias?
pub(super) fn binds(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    let named = |node: NodeId| syntax.kind(node) == "identifier" && syntax.text(node) == name;
    let local = |node: NodeId| named(node) && is_own(syntax, top, node) && binding(syntax, node).is_some();
    let inner = |node: NodeId| {
        let above = syntax.parent(node).unwrap_or_default();
        named(node)
            && above != top
            && syntax.field(node) == "name"
            && matches!(syntax.kind(above), "function_definition" | "class_definition")
            && is_own(syntax, top, above)
    };
    let found = (top + 1..syntax.end(top)).any(|node| local(node) || inner(node));
    found && !is_declared(syntax, top, name)
}

/// Is the name said to be one of the module or of a function around?
fn is_declared(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    (top + 1..syntax.end(top)).any(|node| {
        syntax.kind(node) == "identifier"
            && syntax.text(node) == name
            && syntax.parent(node).is_some_and(|above| matches!(syntax.kind(above), "global_statement" | "nonlocal_statement"))
            && is_own(syntax, top, node)
    })
}

/// The kind of node that gives a value to `node`, seen upwards through patterns; None where it
/// is no target.
fn binding(syntax: &Syntax, node: NodeId) -> Option<&'static str> {
    let mut below = node;
    for above in syntax.ancestors(node) {
        let kind = syntax.kind(above);
        match (kind, syntax.field(below)) {
            ("pattern_list" | "tuple_pattern" | "list_pattern" | "list_splat_pattern" | "dictionary_splat_pattern", _)
            | ("as_pattern_target" | "case_pattern" | "splat_pattern", _)
            | ("dotted_name" | "typed_parameter", "")
            | ("default_parameter" | "typed_default_parameter", "name") => below = above,
            ("as_pattern", "alias")
            | ("assignment" | "augmented_assignment" | "for_statement" | "for_in_clause", "left")
            | ("named_expression", "name")
            | ("aliased_import", "alias")
            | ("delete_statement" | "parameters" | "lambda_parameters" | "case_clause", _) => return Some(kind),
            _ => return None,
        }
        // A path in a pattern is looked up, not bound.
        if kind == "dotted_name" && syntax.text(above).contains('.') {
            return None;
        }
    }
    None
}
