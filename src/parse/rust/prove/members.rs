//! What a type or a module holds.

use super::{TYPES, bare};
use crate::parse::syntax::{NodeId, Syntax};

/// The traits that a trait asks for.
pub(super) fn bases<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    syntax.child(top, "bounds").into_iter().flat_map(|list| syntax.parts(list))
}

fn members<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    syntax.child(top, "body").into_iter().flat_map(|body| syntax.parts(body))
}

/// The names of the functions of a trait.
pub(super) fn methods<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let of_type = members(syntax, top).filter(move |_| TYPES.contains(&syntax.kind(top)));
    let functions = of_type.filter(|&member| matches!(syntax.kind(member), "function_item" | "function_signature_item"));
    functions.filter_map(|function| syntax.child(function, "name"))
}

/// A field by its name or its number, a variant, a constant of a trait.
pub(super) fn attribute(syntax: &Syntax, top: NodeId, attribute: &str, value: &str) -> Option<NodeId> {
    if !TYPES.contains(&syntax.kind(top)) {
        return None;
    }
    if let Ok(at) = attribute.parse::<usize>() {
        let unnamed =
            syntax.child(top, "body").filter(|&body| syntax.kind(body) == "ordered_field_declaration_list" && value.is_empty())?;
        return syntax.children(unnamed).filter(|&child| syntax.field(child) == "type").nth(at);
    }
    members(syntax, top).find(|&member| {
        let text = |field| syntax.child(member, field).map(|part| syntax.folded(part));
        let function = matches!(syntax.kind(member), "function_item" | "function_signature_item");
        !function
            && text("name").as_deref() == Some(attribute)
            && (value.is_empty() || text("body").or(text("value")).as_deref() == Some(value))
    })
}

/// A constant or a static at the top of the lines or in a trait, or a variant with its number.
pub(super) fn constant(syntax: &Syntax, top: NodeId, name: &str, value: &str) -> Option<NodeId> {
    let body = if top == 0 { Some(0) } else { syntax.child(top, "body").filter(|_| TYPES.contains(&syntax.kind(top))) };
    let found = body.into_iter().flat_map(|body| syntax.parts(body)).find(|&item| {
        matches!(syntax.kind(item), "const_item" | "static_item" | "enum_variant")
            && syntax.child(item, "name").is_some_and(|stated| syntax.text(stated) == name)
    })?;
    let stated = syntax.child(found, "value")?;
    (!value.is_empty() && (syntax.folded(stated) == value || bare(syntax, stated) == value)).then_some(found)
}

/// The name of the definition, or of an item at the top of the lines.
pub(super) fn defined(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    let items: Vec<NodeId> = if top == 0 { syntax.parts(0).collect() } else { vec![top] };
    items.into_iter().filter_map(|item| syntax.child(item, "name")).find(|&node| syntax.text(node) == name)
}
