//! How callees, patterns and types are written.

pub(super) use crate::parse::conditions::UNTOLD;
use crate::parse::syntax::{NodeId, Syntax};

/// A callee longer than this is told by its last name.
const MAX_CALLEE: usize = 80;
/// Code longer than this is not repeated.
const MAX_TEXT: usize = 2000;

/// What is called, without type arguments, where it can be written on one short line.
pub(super) fn callee(syntax: &Syntax, function: NodeId) -> Option<String> {
    let generic = syntax.kind(function) == "generic_function";
    let path = if generic { syntax.child(function, "function")? } else { function };
    let field = syntax.child(path, "field").filter(|_| syntax.kind(path) == "field_expression");
    if field.is_none() && !matches!(syntax.kind(path), "identifier" | "scoped_identifier") {
        return None;
    }
    if syntax.text(path).len() > MAX_TEXT || syntax.text(path).contains('\n') {
        return field.map(|field| format!("….{}", syntax.text(field)));
    }
    let text = without_turbofish(syntax, path);
    if text.len() <= MAX_CALLEE {
        return Some(text);
    }
    field.map(|field| format!("….{}", syntax.text(field)))
}

fn without_turbofish(syntax: &Syntax, path: NodeId) -> String {
    let mut text = syntax.folded(path);
    let mut node = path;
    while node < syntax.end(path) {
        let after_colons = node > 0 && syntax.text(node - 1) == "::";
        if syntax.kind(node) == "type_arguments" && after_colons {
            text = text.replacen(&format!("::{}", syntax.folded(node)), "", 1);
            node = syntax.end(node);
        } else {
            node += 1;
        }
    }
    text
}

/// The type that an expression makes: `Order` of `Order::new(..)`, `Order { .. }` and
/// `Order::default()`; empty when the code does not say.
pub(super) fn constructed(syntax: &Syntax, value: NodeId) -> String {
    let mut node = value;
    while matches!(syntax.kind(node), "try_expression" | "await_expression" | "parenthesized_expression" | "reference_expression") {
        match syntax.parts(node).last() {
            Some(inner) => node = inner,
            None => return String::new(),
        }
    }
    let path = match syntax.kind(node) {
        "call_expression" => syntax.child(node, "function").filter(|&function| syntax.kind(function) != "field_expression"),
        "struct_expression" => syntax.child(node, "name"),
        _ => None,
    };
    let Some(path) = path else { return String::new() };
    let path = if syntax.kind(path) == "generic_function" { path + 1 } else { path };
    let text = without_turbofish(syntax, path);
    let upper = |path: &str| path.rsplit("::").next().is_some_and(|name| name.starts_with(char::is_uppercase));
    match text.rsplit_once("::") {
        Some((of, _)) if upper(of) => of.to_owned(),
        _ if upper(&text) && !matches!(text.as_str(), "Ok" | "Err" | "Some") => text,
        _ => String::new(),
    }
}

/// The pattern of a match arm without its condition.
pub(super) fn pattern(syntax: &Syntax, node: NodeId) -> String {
    let parts = syntax.children(node).filter(|&part| syntax.field(part) != "condition" && !matches!(syntax.text(part), "if" | "|"));
    parts.filter(|&part| !syntax.is_comment(part)).map(|part| syntax.folded(part)).collect::<Vec<_>>().join(" ")
}

/// The names that a pattern binds.
pub(super) fn bound<'t>(syntax: &Syntax<'t>, pattern: NodeId) -> Vec<&'t str> {
    let names = (pattern..syntax.end(pattern)).filter(|&node| {
        let path = syntax.parent(node).is_some_and(|above| matches!(syntax.kind(above), "scoped_identifier" | "scoped_type_identifier"));
        let name = matches!(syntax.kind(node), "identifier" | "shorthand_field_identifier") && syntax.field(node) != "type" && !path;
        name && syntax.text(node).starts_with(|c: char| c.is_lowercase() || c == '_')
    });
    names.map(|node| syntax.text(node)).collect()
}

/// `limits::MAX_ITEMS`: names with `::` between them and nothing else.
pub(super) fn is_path(text: &str) -> bool {
    text.len() <= MAX_CALLEE && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':')
}

/// `MAX_ITEMS`, `_CACHE`: how constants and statics are written.
pub(super) fn is_constant(name: &str) -> bool {
    let bare = name.trim_start_matches('_');
    bare.len() >= 2
        && bare.starts_with(|c: char| c.is_ascii_uppercase())
        && bare.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

pub(super) fn shortened(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The text of a condition or a target, without parentheses around the whole.
pub(super) fn told(syntax: &Syntax, node: NodeId) -> String {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression" {
        match syntax.parts(node).next() {
            Some(inner) => node = inner,
            None => break,
        }
    }
    if syntax.text(node).len() > MAX_TEXT { UNTOLD.to_owned() } else { syntax.folded(node) }
}
