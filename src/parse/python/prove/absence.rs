//! What a definition has not. The caller sees to it that all of the definition is shown.

use super::outcomes::exception_of;
use super::{head, members};
use crate::parse::syntax::{NodeId, Syntax};

pub(super) fn absent(syntax: &Syntax, top: NodeId, what: &str, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_class = syntax.kind(top) == "class_definition";
    if top == 0 || last.is_empty() {
        return false;
    }
    match what {
        "parameter" => {
            !is_class
                && head::parameters(syntax, top).all(|(_, stated)| {
                    // What is starred takes names that are not written.
                    let plain = syntax.parent(stated).is_some_and(|above| !syntax.kind(above).ends_with("splat_pattern"));
                    plain && syntax.text(stated) != name
                })
        }
        "raises" => {
            kind(syntax, top, "raise_statement").all(|node| raises_another(syntax, top, node, last))
                && !(last == "AssertionError" && kind(syntax, top, "assert_statement").next().is_some())
        }
        "calls" => !stands(syntax, top, last),
        "method" => is_class && !stands_as_member(syntax, top, last),
        "attribute" => {
            let open = ["__getattr__", "__getattribute__", "__slots__", "setattr", "__dict__"];
            is_class && !stands(syntax, top, last) && !quoted(syntax, top, last) && !open.iter().any(|open| stands(syntax, top, open))
        }
        "name" => !stands(syntax, top, last),
        _ => false,
    }
}

fn kind<'s>(syntax: &'s Syntax, top: NodeId, kind: &'s str) -> impl Iterator<Item = NodeId> + 's {
    (top..syntax.end(top)).filter(move |&node| syntax.kind(node) == kind)
}

/// Is it plain that a `raise` raises something else?
fn raises_another(syntax: &Syntax, top: NodeId, node: NodeId, name: &str) -> bool {
    let raised = exception_of(syntax, top, node);
    let names: Vec<&str> =
        raised.trim_matches(['(', ')']).split(',').map(|one| one.trim().rsplit('.').next().unwrap_or_default()).collect();
    let bare = syntax.parts(node).next().is_none();
    names.iter().all(|stated| {
        // A variable may hold anything; a handler of a wide class passes anything on.
        let known = stated.starts_with(char::is_uppercase);
        let wide = bare && matches!(*stated, "Exception" | "BaseException");
        known && !wide && *stated != name
    })
}

/// Does the name stand in the code, outside of strings and comments?
fn stands(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    let from = syntax.parent(top).filter(|&above| syntax.kind(above) == "decorated_definition").unwrap_or(top);
    (from..syntax.end(top)).any(|node| syntax.kind(node) == "identifier" && syntax.text(node) == name)
}

/// Is a string of the code exactly the name?
fn quoted(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    (top..syntax.end(top)).any(|node| syntax.kind(node) == "string_content" && syntax.text(node) == name)
}

fn stands_as_member(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    members::methods(syntax, top).any(|method| syntax.text(method) == name)
        || super::own(syntax, top).any(|node| syntax.kind(node) == "identifier" && syntax.text(node) == name)
}
