//! What a class, a type or a module holds.

use super::{Alone, bare, doors, unwrapped_function};
use crate::parse::syntax::{NodeId, Syntax};

/// The bases of a class as written.
pub(super) fn bases<'c>(chunk: &'c Alone) -> impl Iterator<Item = NodeId> + 'c {
    let syntax = chunk.syntax;
    let class = Some(chunk.inner).filter(|_| chunk.is_class() || chunk.is_type());
    let head = class.into_iter().flat_map(move |class| {
        let body = syntax.child(class, "body").unwrap_or(syntax.end(class));
        class + 1..body
    });
    head.filter(move |&node| {
        let above = syntax.parent(node).map(|above| syntax.kind(above)).unwrap_or_default();
        let clause = matches!(syntax.kind(node), "extends_clause" | "implements_clause" | "type_arguments") || syntax.is_comment(node);
        matches!(above, "class_heritage" | "extends_clause" | "implements_clause" | "extends_type_clause")
            && syntax.is_named(node)
            && !clause
    })
}

/// The base whose last name is `name`.
pub(super) fn derives(chunk: &Alone, name: &str) -> Option<NodeId> {
    bases(chunk).find(|&base| {
        let text = chunk.syntax.folded(base);
        text.split('<').next().unwrap_or_default().rsplit('.').next() == Some(name)
    })
}

fn members<'c>(chunk: &'c Alone) -> impl Iterator<Item = NodeId> + 'c {
    let syntax = chunk.syntax;
    let of_type = syntax.child(chunk.inner, "body").or(syntax.child(chunk.inner, "value")).filter(|_| chunk.is_class() || chunk.is_type());
    of_type.into_iter().flat_map(|body| syntax.parts(body))
}

fn name(syntax: &Syntax, member: NodeId) -> Option<NodeId> {
    let bare = matches!(syntax.kind(member), "property_identifier" | "string").then_some(member);
    syntax.child(member, "name").or(syntax.child(member, "property")).or(bare)
}

/// A name without the quotes that an odd one needs.
pub(super) fn plain_name<'t>(syntax: &Syntax<'t>, name: NodeId) -> &'t str {
    syntax.text(name).trim_matches(['"', '\''])
}

fn is_method(syntax: &Syntax, member: NodeId) -> bool {
    let held = || syntax.child(member, "value").is_some_and(|value| unwrapped_function(syntax, value).is_some());
    matches!(syntax.kind(member), "method_definition" | "method_signature" | "abstract_method_signature") || held()
}

/// The names of the methods of a class or an interface.
pub(super) fn methods<'c>(chunk: &'c Alone) -> impl Iterator<Item = NodeId> + 'c {
    let syntax = chunk.syntax;
    members(chunk).filter(|&member| is_method(syntax, member)).filter_map(|member| name(syntax, member))
}

/// A field, a property of a type, a member of an enum; what a constructor declares by a parameter.
pub(super) fn attribute(chunk: &Alone, attribute: &str, value: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    members(chunk).find(|&member| {
        let named = name(syntax, member).is_some_and(|name| plain_name(syntax, name) == attribute);
        let stated = syntax.child(member, "value").map(|stated| syntax.folded(stated));
        named && !is_method(syntax, member) && (value.is_empty() || stated.as_deref() == Some(value))
    })
}

/// The only declaration at the top of the lines that gives a value to a name.
fn declared(chunk: &Alone, wanted: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let mut all = (1..syntax.len()).filter(|&node| {
        let named =
            syntax.kind(node) == "variable_declarator" && syntax.child(node, "name").is_some_and(|name| syntax.text(name) == wanted);
        let depth = syntax.ancestors(node).take_while(|&above| above != 0).count();
        named && depth <= 2
    });
    let found = all.next().filter(|_| all.next().is_none())?;
    let again = |node: NodeId| {
        matches!(syntax.kind(node), "assignment_expression" | "augmented_assignment_expression")
            && syntax.child(node, "left").is_some_and(|left| syntax.text(left) == wanted)
    };
    (!(1..syntax.len()).any(again)).then_some(found)
}

pub(super) fn constant(chunk: &Alone, name: &str, value: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    if chunk.is_type() {
        return attribute(chunk, name, value).filter(|_| !value.is_empty());
    }
    let found = declared(chunk, name).filter(|_| chunk.top == 0 && !value.is_empty())?;
    let stated = syntax.child(found, "value")?;
    (syntax.folded(stated) == value || bare(syntax, stated) == value).then_some(found)
}

/// The pair of a table that has the key, where no other has it.
pub(super) fn item(chunk: &Alone, name: &str, key: &str, value: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let mut table = syntax.child(declared(chunk, name)?, "value")?;
    // `Object.freeze({ … })`, `{ … } as const`
    while syntax.kind(table) != "object" {
        table = match syntax.kind(table) {
            "as_expression" | "satisfies_expression" | "parenthesized_expression" => syntax.parts(table).next()?,
            "call_expression" if syntax.text(syntax.child(table, "function")?) == "Object.freeze" => {
                syntax.child(table, "arguments").and_then(|list| syntax.parts(list).next())?
            }
            _ => return None,
        };
    }
    if syntax.parts(table).any(|part| syntax.kind(part) == "spread_element") {
        return None;
    }
    let part = |pair: NodeId, field| syntax.child(pair, field).map(|part| syntax.folded(part));
    let mut pairs = syntax.parts(table).filter(|&pair| part(pair, "key").as_deref() == Some(key));
    let found = pairs.next().filter(|_| pairs.next().is_none())?;
    (part(found, "value").as_deref() == Some(value)).then_some(found)
}

/// The definition or the declaration at the top that gives `name` its meaning.
pub(super) fn defined(chunk: &Alone, name: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    if chunk.top == 0 {
        return declared(chunk, name);
    }
    if syntax.kind(chunk.top) == "call_expression" && doors::served(syntax, chunk.top).is_some() {
        return doors::name_of(syntax, chunk.top).filter(|own| own == name).map(|_| chunk.top);
    }
    chunk.name().filter(|&node| plain_name(syntax, node) == name)
}
