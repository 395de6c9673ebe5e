//! What a class or a module holds.

use super::{own_kind, unwrapped};
use crate::parse::syntax::{NodeId, Syntax};

/// The bases of a class as written.
pub(super) fn bases<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let list = syntax.child(top, "superclasses").into_iter();
    list.flat_map(|list| syntax.parts(list)).filter(|&base| syntax.kind(base) != "keyword_argument")
}

/// The base whose last name is `name`.
pub(super) fn derives(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    bases(syntax, top).find(|&base| {
        let named = if syntax.kind(base) == "subscript" { syntax.child(base, "value").unwrap_or(base) } else { base };
        syntax.folded(named).rsplit('.').next() == Some(name)
    })
}

/// The names of the methods of a class.
pub(super) fn methods<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let functions = own_kind(syntax, top, "function_definition").filter(move |_| syntax.kind(top) == "class_definition");
    functions.filter_map(|function| syntax.child(function, "name"))
}

/// The last assignment to an attribute in the body of a class.
pub(super) fn attribute(syntax: &Syntax, top: NodeId, attribute: &str, value: &str) -> Option<NodeId> {
    let part = |node, field| syntax.child(node, field).map(|part| syntax.folded(part)).unwrap_or_default();
    let last = own_kind(syntax, top, "assignment").filter(|&node| part(node, "left") == attribute).last();
    // Of `OPEN, CLOSED = "open", "closed"` each name has a value of its own.
    last.filter(|&node| value.is_empty() || part(node, "right") == value).or_else(|| constant(syntax, top, attribute, value))
}

/// The last assignment to a name at the top of the lines or of the class, where nothing but
/// plain assignments give it a value.
pub(super) fn constant(syntax: &Syntax, top: NodeId, name: &str, value: &str) -> Option<NodeId> {
    let last = assigned(syntax, top, name)?;
    let (mut right, mut targets) = (syntax.child(last, "right")?, syntax.child(last, "left")?);
    while syntax.kind(right) == "assignment" {
        if syntax.text(targets) != name {
            targets = syntax.child(right, "left")?;
        }
        right = syntax.child(right, "right")?;
    }
    let stated = if syntax.kind(targets) == "identifier" {
        right
    } else {
        let at = syntax.parts(targets).position(|part| syntax.text(part) == name)?;
        let listed = matches!(syntax.kind(right), "expression_list" | "tuple" | "list");
        let even = listed && syntax.parts(right).count() == syntax.parts(targets).count();
        syntax.parts(right).nth(at).filter(|_| even)?
    };
    let told = syntax.folded(stated) == value || syntax.folded(unwrapped(syntax, stated)) == value;
    (syntax.kind(last) == "assignment" && told && !value.is_empty()).then_some(last)
}

/// The pair of a table that has the key, where no other has it.
pub(super) fn item(syntax: &Syntax, top: NodeId, name: &str, key: &str, value: &str) -> Option<NodeId> {
    let table = syntax.child(assigned(syntax, top, name)?, "right").filter(|&table| syntax.kind(table) == "dictionary")?;
    let part = |pair: NodeId, field| syntax.child(pair, field).map(|part| syntax.folded(part));
    let mut pairs = syntax.parts(table).filter(|&pair| part(pair, "key").as_deref() == Some(key));
    let found = pairs.next().filter(|_| pairs.next().is_none())?;
    (part(found, "value").as_deref() == Some(value)).then_some(found)
}

/// The last statement at the top that gives a value to a name.
fn assigned(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    let body = match syntax.kind(top) {
        "module" => top,
        "class_definition" => syntax.child(top, "body")?,
        _ => return None,
    };
    let targets = (body + 1..syntax.end(body)).filter(|&node| {
        let target = matches!(syntax.kind(node), "identifier") && syntax.text(node) == name;
        target && syntax.ancestors(node).find(|&above| matches!(syntax.kind(above), "block" | "module")) == Some(body)
    });
    let mut statements = targets.filter_map(|node| {
        let outer = |above: &NodeId| matches!(syntax.kind(*above), "assignment" | "augmented_assignment");
        let mut below = node;
        for above in syntax.ancestors(node) {
            match (syntax.kind(above), syntax.field(below)) {
                ("pattern_list" | "tuple_pattern" | "list_pattern", _) => below = above,
                ("assignment" | "augmented_assignment", "left") => {
                    // Of `a = b = 1` the outermost.
                    return syntax.ancestors(above).take_while(outer).last().or(Some(above));
                }
                _ => return None,
            }
        }
        None
    });
    statements.next_back()
}

/// The definition or the assignment at the top that gives `name` its meaning.
pub(super) fn defined(syntax: &Syntax, top: NodeId, name: &str) -> Option<NodeId> {
    if top == 0 {
        return assigned(syntax, top, name);
    }
    syntax.child(top, "name").filter(|&node| syntax.text(node) == name)
}
