//! What a type holds.

use super::{first, is_method, is_type, unwrapped};
use crate::parse::syntax::{NodeId, Syntax};

/// The types that a type extends and implements.
pub(super) fn bases<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let end = syntax.child(top, "body").unwrap_or(top);
    let stated = move |node: &NodeId| {
        let above = syntax.parent(*node).unwrap_or_default();
        let holder = if syntax.kind(above) == "type_list" { syntax.parent(above).unwrap_or_default() } else { above };
        matches!(syntax.kind(holder), "superclass" | "super_interfaces" | "extends_interfaces") && syntax.is_named(*node) && *node != above
    };
    (top + 1..end).filter(move |node| is_type(syntax, top) && syntax.kind(*node) != "type_list" && stated(node))
}

/// The base whose last name is `name`.
pub(super) fn derives(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    bases(syntax, top).find(|&base| {
        let text = syntax.folded(base);
        text.split('<').next().unwrap_or_default().rsplit('.').next().is_some_and(|last| last.trim() == name)
    })
}

/// Members that stand directly in a type, behind the constants of an enum, too.
fn members<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let body = syntax.child(top, "body").filter(|_| is_type(syntax, top));
    let direct = move |node: &NodeId| {
        let above = syntax.parent(*node);
        above == body || above.is_some_and(|above| syntax.kind(above) == "enum_body_declarations" && syntax.parent(above) == body)
    };
    body.into_iter().flat_map(move |body| body + 1..syntax.end(body)).filter(direct)
}

/// The names of the methods of a type; of a method its own.
pub(super) fn methods<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let functions = members(syntax, top).filter(move |&member| syntax.kind(member) == "method_declaration");
    functions.filter_map(|function| syntax.child(function, "name"))
}

/// The declarators of the fields of a type, or of the one field that the lines hold.
fn declarators(syntax: &Syntax, top: NodeId) -> Vec<NodeId> {
    let fields: Vec<NodeId> = if top == 0 { vec![first(syntax)] } else { members(syntax, top).collect() };
    let fields = fields.into_iter().filter(|&field| matches!(syntax.kind(field), "field_declaration" | "constant_declaration"));
    fields.flat_map(|field| syntax.parts(field)).filter(|&part| syntax.kind(part) == "variable_declarator").collect()
}

/// A field, a constant of an enum, a component of a record, an element of an annotation.
pub(super) fn attribute(syntax: &Syntax, top: NodeId, attribute: &str, value: &str) -> Option<NodeId> {
    let named = |node: &NodeId| syntax.child(*node, "name").is_some_and(|name| syntax.text(name) == attribute);
    let states = |node: &NodeId| {
        let stated = syntax.child(*node, "value").or_else(|| syntax.child(*node, "arguments"));
        value.is_empty() || stated.is_some_and(|stated| syntax.folded(stated) == value)
    };
    let component = || {
        let list = syntax.child(top, "parameters").filter(|_| syntax.kind(top) == "record_declaration");
        list.into_iter().flat_map(|list| syntax.parts(list)).find(|part| named(part) && value.is_empty())
    };
    if !is_type(syntax, top) {
        return None;
    }
    let listed = |node: &NodeId| matches!(syntax.kind(*node), "enum_constant" | "annotation_type_element_declaration");
    let field = declarators(syntax, top).into_iter().find(|node| named(node) && states(node));
    field.or_else(|| members(syntax, top).filter(listed).find(|node| named(node) && states(node))).or_else(component)
}

/// A field that nothing may give another value, or a constant of an enum with what it is made of.
pub(super) fn constant(syntax: &Syntax, top: NodeId, name: &str, value: &str) -> Option<NodeId> {
    if value.is_empty() || is_method(syntax, top) {
        return None;
    }
    let named = |node: &NodeId| syntax.child(*node, "name").is_some_and(|stated| syntax.text(stated) == name);
    let found = declarators(syntax, top).into_iter().find(|&declarator| {
        let stated = syntax.child(declarator, "value");
        let told = stated.is_some_and(|stated| syntax.folded(stated) == value || syntax.folded(unwrapped(syntax, stated)) == value);
        named(&declarator) && told && is_final(syntax, declarator)
    });
    found.or_else(|| {
        let mut constants = members(syntax, top).filter(|&member| syntax.kind(member) == "enum_constant");
        constants.find(|member| named(member) && syntax.child(*member, "arguments").is_some_and(|list| syntax.folded(list) == value))
    })
}

/// Is the field `final`? Those of an interface are.
fn is_final(syntax: &Syntax, declarator: NodeId) -> bool {
    let Some(field) = syntax.parent(declarator) else { return false };
    let modifiers = syntax.parts(field).find(|&part| syntax.kind(part) == "modifiers");
    let fixed = modifiers.is_some_and(|list| syntax.children(list).any(|word| syntax.text(word) == "final"));
    // Lines of one field do not show whether a class or an interface is around it.
    let alone = first(syntax) == field && modifiers.is_none_or(|list| !syntax.children(list).any(|word| syntax.text(word) == "private"));
    fixed || syntax.kind(field) == "constant_declaration" || alone
}

/// The name of the definition, or of the field that the lines hold.
pub(super) fn defined(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    let holders = if top == 0 { declarators(syntax, 0) } else { vec![top] };
    holders.into_iter().filter_map(|holder| syntax.child(holder, "name")).find(|&node| syntax.text(node) == name)
}
