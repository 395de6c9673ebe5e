//! How an error is written: what fails, and with which message.

use crate::model::GuardKind;
use crate::parse::syntax::{NodeId, Syntax};

/// Macros that end the function, and those of them that do so when a condition fails.
const FAILING: &[&str] = &["bail", "panic", "unreachable", "todo", "unimplemented", "ensure", "assert"];
const CHECKING: &[&str] = &["ensure", "assert"];
/// Methods that only wrap or convert an error.
const WRAPPERS: &[&str] = &["into", "to_string", "to_owned", "clone", "context", "with_context"];

/// The name of a macro call, where it fails or may fail.
pub(super) fn failing_macro<'t>(syntax: &Syntax<'t>, node: NodeId) -> Option<&'t str> {
    let name = syntax.child(node, "macro").map(|name| syntax.text(name))?;
    let name = name.rsplit("::").next().unwrap_or(name).trim();
    FAILING.contains(&name).then_some(name)
}

/// Is a macro one that ends the call as a matter of course? Others state what cannot be.
pub(super) fn ends_call(name: &str) -> bool {
    !matches!(name, "assert" | "unreachable")
}

/// How control leaves in this statement, where it never comes back from it.
pub(super) fn leaving(syntax: &Syntax, statement: NodeId) -> Option<GuardKind> {
    let inner = if syntax.kind(statement) == "expression_statement" { syntax.parts(statement).next()? } else { statement };
    match syntax.kind(inner) {
        "return_expression" => Some(GuardKind::Past),
        "break_expression" | "continue_expression" => Some(GuardKind::Skip),
        "macro_invocation" => failing_macro(syntax, inner).filter(|name| !CHECKING.contains(name)).map(|_| GuardKind::Past),
        _ => None,
    }
}

/// The condition that a macro call checks; None for those that always fail.
pub(super) fn checked(syntax: &Syntax, node: NodeId) -> Option<String> {
    failing_macro(syntax, node).filter(|name| CHECKING.contains(name))?;
    let tokens = arguments(syntax, node)?;
    let mut out = String::new();
    let mut before = None;
    for token in syntax.children(tokens).skip(1) {
        let text = syntax.folded(token);
        let last = syntax.end(token) == syntax.end(tokens);
        if text == "," || last && !syntax.is_named(token) {
            break;
        }
        if before.is_some_and(|before| before < syntax.start_byte(token)) && text != "." {
            out.push(' ');
        }
        out.push_str(&text);
        before = Some(syntax.end_byte(token));
    }
    (!out.is_empty()).then_some(out)
}

pub(super) fn arguments(syntax: &Syntax, node: NodeId) -> Option<NodeId> {
    syntax.children(node).find(|&child| syntax.kind(child) == "token_tree")
}

/// The error of `Err(e)`; None for other expressions.
pub(super) fn error_of(syntax: &Syntax, node: NodeId) -> Option<NodeId> {
    let function = syntax.child(node, "function").filter(|_| syntax.kind(node) == "call_expression")?;
    let named = matches!(syntax.text(function), "Err" | "Result::Err");
    syntax.child(node, "arguments").filter(|_| named).and_then(|list| syntax.parts(list).next())
}

/// Receiver and error of `x.ok_or(e)` and `x.ok_or_else(|| e)`.
pub(super) fn missing_value(syntax: &Syntax, node: NodeId) -> Option<(NodeId, NodeId)> {
    let function = syntax.child(node, "function").filter(|&function| syntax.kind(function) == "field_expression")?;
    let name = syntax.child(function, "field").map(|field| syntax.text(field));
    let error = syntax.child(node, "arguments").and_then(|list| syntax.parts(list).next())?;
    let receiver = syntax.child(function, "value")?;
    matches!(name, Some("ok_or" | "ok_or_else")).then_some((receiver, error))
}

/// What an error value is: `Error::OutOfStock` of `Error::OutOfStock(sku).into()`, `io::Error`
/// of `io::Error::new(..)`, `anyhow!` of a macro call, `Err` of what has no name.
pub(super) fn exception(syntax: &Syntax, error: NodeId) -> String {
    let mut node = error;
    loop {
        let part = |field| syntax.child(node, field);
        let inner = match syntax.kind(node) {
            "parenthesized_expression" | "reference_expression" | "try_expression" => syntax.parts(node).last(),
            "closure_expression" => part("body"),
            "block" if syntax.parts(node).count() == 1 => syntax.parts(node).next(),
            "call_expression" | "generic_function" => match part("function") {
                Some(function) if syntax.kind(function) != "field_expression" => Some(function),
                Some(function) => {
                    let wraps = syntax.child(function, "field").is_some_and(|name| WRAPPERS.contains(&syntax.text(name)));
                    if !wraps {
                        return named(&syntax.folded(function));
                    }
                    syntax.child(function, "value")
                }
                None => None,
            },
            "struct_expression" => part("name"),
            "identifier" | "scoped_identifier" | "type_identifier" | "scoped_type_identifier" | "field_expression" | "self" => {
                return named(&syntax.folded(node));
            }
            "macro_invocation" => return part("macro").map(|name| format!("{}!", syntax.folded(name))).unwrap_or_default(),
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return "Err".to_owned(),
        }
    }
}

/// A path without the constructor function at its end: `io::Error` of `io::Error::new`.
fn named(path: &str) -> String {
    let path = path.split("::<").next().unwrap_or(path);
    match path.rsplit_once("::") {
        Some((of, constructor))
            if constructor.starts_with(char::is_lowercase)
                && of.rsplit("::").next().is_some_and(|name| name.starts_with(char::is_uppercase)) =>
        {
            of.to_owned()
        }
        _ => path.to_owned(),
    }
}

/// The first string in the code of an error, where it can stand in a sentence.
pub(super) fn message(syntax: &Syntax, error: NodeId) -> String {
    let string = (error..syntax.end(error)).find(|&node| matches!(syntax.kind(node), "string_literal" | "raw_string_literal"));
    let Some(string) = string.filter(|&string| !syntax.text(string).starts_with(['b', 'c'])) else { return String::new() };
    let text = syntax.text(string);
    let inner = text.trim_start_matches('r').trim_matches('#');
    let inner = inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    let plain = inner.len() <= 160 && !inner.contains(['\n', '\r', '\\', '`']);
    if plain { inner.trim().to_owned() } else { String::new() }
}
