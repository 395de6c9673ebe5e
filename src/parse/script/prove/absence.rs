//! What a definition has not. The caller sees to it that all of the definition is shown.

use super::outcomes::exception_of;
use super::{Alone, head, members};
use crate::parse::syntax::NodeId;

pub(super) fn absent(chunk: &Alone, what: &str, name: &str) -> bool {
    let syntax = chunk.syntax;
    let last = name.rsplit('.').next().unwrap_or_default();
    if chunk.top == 0 || last.is_empty() {
        return false;
    }
    match what {
        "parameter" => {
            let open = |part: NodeId| (part..syntax.end(part)).any(|node| syntax.kind(node) == "rest_pattern");
            chunk.is_function()
                && !stands_in(chunk, chunk.inner, "arguments")
                && head::parameters(chunk).all(|(part, _)| !open(part) && !stands_in(chunk, part, name))
        }
        "raises" => {
            let throws = (chunk.top..syntax.end(chunk.top)).filter(|&node| syntax.kind(node) == "throw_statement");
            chunk.is_function() && throws.into_iter().all(|node| throws_another(chunk, node, last))
        }
        "calls" | "name" => !stands(chunk, last),
        "method" => {
            let open = chunk.is_class() && stands(chunk, "prototype");
            (chunk.is_class() || chunk.is_type())
                && !open
                && members::methods(chunk).all(|method| members::plain_name(syntax, method) != last)
                && members::attribute(chunk, last, "").is_none()
        }
        "attribute" => (chunk.is_class() || chunk.is_type()) && !stands(chunk, last) && !quoted(chunk, last),
        _ => false,
    }
}

/// Is it plain that a `throw` throws something else? A variable may hold anything.
fn throws_another(chunk: &Alone, node: NodeId, name: &str) -> bool {
    let thrown = exception_of(chunk, node);
    let stated = thrown.rsplit('.').next().unwrap_or_default();
    stated.starts_with(char::is_uppercase) && stated != name
}

/// Does the name stand in the code, outside of strings and comments?
fn stands(chunk: &Alone, name: &str) -> bool {
    stands_in(chunk, 0, name)
}

fn stands_in(chunk: &Alone, from: NodeId, name: &str) -> bool {
    let syntax = chunk.syntax;
    (from..syntax.end(from)).any(|node| {
        let kind = syntax.kind(node);
        (kind.contains("identifier") || kind == "super" || kind == "this") && syntax.is_leaf(node) && syntax.text(node) == name
    })
}

/// Is a string of the code exactly the name?
fn quoted(chunk: &Alone, name: &str) -> bool {
    let syntax = chunk.syntax;
    (0..syntax.len()).any(|node| syntax.kind(node) == "string_fragment" && syntax.text(node) == name)
}
