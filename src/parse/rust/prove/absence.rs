//! What a definition has not. The caller sees to it that all of the definition is shown.

use super::{FUNCTION, TYPES, head, members};
use crate::parse::syntax::{NodeId, Syntax};

pub(super) fn absent(syntax: &Syntax, top: NodeId, what: &str, name: &str) -> bool {
    let last = name.trim_end_matches('!').rsplit([':', '.']).next().unwrap_or_default();
    let kind = syntax.kind(top);
    if top == 0 || last.is_empty() {
        return false;
    }
    match what {
        "parameter" => kind == FUNCTION && head::parameters(syntax, top).all(|part| !stands(syntax, part, last)),
        "raises" | "calls" => kind == FUNCTION && !stands(syntax, top, last),
        "name" => !stands(syntax, top, last),
        // The methods of a struct stand in its `impl`s, which are not shown with it.
        "method" => kind == "trait_item" && members::methods(syntax, top).all(|method| syntax.text(method) != last),
        "attribute" => TYPES.contains(&kind) && members::attribute(syntax, top, last, "").is_none() && !stands(syntax, top, last),
        _ => false,
    }
}

/// Does the name stand in the code, outside of strings and comments?
fn stands(syntax: &Syntax, from: NodeId, name: &str) -> bool {
    (from..syntax.end(from)).any(|node| syntax.kind(node).ends_with("identifier") && syntax.text(node) == name)
}
