//! What a definition has not. The caller sees to it that all of the definition is shown.

use super::outcomes::exception_of;
use super::{head, is_method, is_type, members};
use crate::parse::syntax::{NodeId, Syntax};

pub(super) fn absent(syntax: &Syntax, top: NodeId, what: &str, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    if top == 0 || last.is_empty() {
        return false;
    }
    match what {
        "parameter" => is_method(syntax, top) && head::parameters(syntax, top).all(|part| !stands(syntax, part, last)),
        "raises" => is_method(syntax, top) && throws_others(syntax, top, last) && !in_head(syntax, top, last),
        "calls" => is_method(syntax, top) && !stands(syntax, top, last),
        // What a type inherits is no method of its own; what its code names may be one.
        "method" => {
            is_type(syntax, top) && members::methods(syntax, top).all(|method| syntax.text(method) != last) && !stands(syntax, top, last)
        }
        "attribute" => is_type(syntax, top) && !stands(syntax, top, last),
        "name" => !stands(syntax, top, last),
        _ => false,
    }
}

/// Is it plain that every `throw` throws something else?
fn throws_others(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    let mut thrown = (top..syntax.end(top)).filter(|&node| syntax.kind(node) == "throw_statement");
    let asserts = (top..syntax.end(top)).any(|node| syntax.kind(node) == "assert_statement");
    let others = thrown.all(|node| {
        let stated = exception_of(syntax, top, node);
        let mut kinds = stated.split('|').map(|one| one.trim().rsplit('.').next().unwrap_or_default().to_owned());
        // A variable may hold anything; a handler of a wide class passes anything on.
        kinds.all(|kind| kind.starts_with(char::is_uppercase) && !matches!(kind.as_str(), "Exception" | "Throwable") && kind != name)
    });
    others && !(asserts && name == "AssertionError")
}

/// Does the head say that the definition throws it?
fn in_head(syntax: &Syntax, top: NodeId, name: &str) -> bool {
    let stated = syntax.parts(top).filter(|&part| syntax.kind(part) == "throws");
    stated.into_iter().any(|part| stands(syntax, part, name))
}

/// Does the name stand in the code, outside of strings and comments?
fn stands(syntax: &Syntax, from: NodeId, name: &str) -> bool {
    (from..syntax.end(from)).any(|node| {
        let word = syntax.kind(node).ends_with("identifier") || matches!(syntax.kind(node), "this" | "super");
        word && syntax.text(node) == name
    })
}
