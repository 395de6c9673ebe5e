//! How an error starts: `Err`, `?` on a missing value, macros that fail.

use super::conditions::conditions;
use super::outcomes::leaves;
use super::{bare, runs};
use crate::parse::syntax::{NodeId, Syntax};

pub(super) fn raised(syntax: &Syntax, top: NodeId, exception: &str, when: &str) -> Option<NodeId> {
    (top..syntax.end(top)).find(|&node| raises(syntax, top, node, exception, when))
}

fn raises(syntax: &Syntax, top: NodeId, node: NodeId, exception: &str, when: &str) -> bool {
    let Some((fault, condition)) = failure(syntax, top, node).filter(|_| runs(syntax, top, node)) else { return false };
    let named = match fault {
        Fault::Macro(name) => exception.strip_suffix('!') == Some(name),
        Fault::Value(error) => names_error(syntax, error, exception),
    };
    let around = conditions(syntax, top, node);
    let whole = match condition {
        Some(condition) if around.is_empty() => condition,
        Some(condition) => format!("{around} and {condition}"),
        None => around,
    };
    named && whole == when
}

enum Fault<'t> {
    Macro(&'t str),
    Value(NodeId),
}

/// The error that starts at a node, and a condition that the node itself states.
fn failure<'t>(syntax: &Syntax<'t>, top: NodeId, node: NodeId) -> Option<(Fault<'t>, Option<String>)> {
    let child = |field| syntax.child(node, field);
    match syntax.kind(node) {
        "macro_invocation" => {
            let name = child("macro").map(|name| syntax.text(name).rsplit("::").next().unwrap_or_default())?;
            match name {
                "bail" | "panic" | "unreachable" | "todo" | "unimplemented" => Some((Fault::Macro(name), None)),
                "ensure" | "assert" => Some((Fault::Macro(name), first_argument(syntax, node).map(|text| format!("not ({text})")))),
                _ => None,
            }
        }
        "call_expression" => {
            let function = child("function")?;
            let tried = syntax.parent(node).is_some_and(|above| syntax.kind(above) == "try_expression");
            let error = child("arguments").and_then(|list| syntax.parts(list).next())?;
            if matches!(syntax.text(function), "Err" | "Result::Err") {
                return (tried || leaves(syntax, top, node)).then_some((Fault::Value(error), None));
            }
            let (receiver, name) = (syntax.child(function, "value")?, syntax.child(function, "field")?);
            let missing = tried && matches!(syntax.text(name), "ok_or" | "ok_or_else");
            missing.then(|| (Fault::Value(error), Some(format!("case {}: None", bare(syntax, receiver)))))
        }
        _ => None,
    }
}

/// The tokens of a macro call up to the first comma on its level.
fn first_argument(syntax: &Syntax, node: NodeId) -> Option<String> {
    let list = syntax.parts(node).last().filter(|&list| syntax.kind(list) == "token_tree")?;
    let tokens: Vec<NodeId> = syntax.children(list).skip(1).take_while(|&token| syntax.text(token) != ",").collect();
    let tokens = tokens.strip_suffix(&[syntax.end(list) - 1]).unwrap_or(&tokens);
    let mut out = String::new();
    for (at, &token) in tokens.iter().enumerate() {
        let apart = at > 0 && syntax.end_byte(tokens[at - 1]) < syntax.start_byte(token);
        out.push_str(if apart && syntax.text(token) != "." { " " } else { "" });
        out.push_str(&syntax.folded(token));
    }
    (!out.is_empty()).then_some(out)
}

/// Is `exception` the name of an error value: of a path that stands, seen upwards, for the whole?
fn names_error(syntax: &Syntax, error: NodeId, exception: &str) -> bool {
    let found = (error..syntax.end(error)).find(|&node| {
        let kind = syntax.kind(node);
        (kind.ends_with("identifier") || matches!(kind, "self" | "field_expression" | "macro_invocation"))
            && stands_for(syntax, node, error)
    });
    let Some(found) = found else { return exception == "Err" };
    if let Some(name) = syntax.child(found, "macro") {
        return exception.strip_suffix('!') == Some(syntax.text(name));
    }
    let path = syntax.folded(found);
    let upper = |name: &str| name.starts_with(char::is_uppercase);
    let names: Vec<&str> = path.split("::<").next().unwrap_or_default().split("::").collect();
    match names.as_slice() {
        [of @ .., type_name, constructor] if upper(type_name) && constructor.starts_with(char::is_lowercase) => {
            [of, &[type_name]].concat().join("::") == exception
        }
        _ => names.join("::") == exception,
    }
}

fn stands_for(syntax: &Syntax, node: NodeId, error: NodeId) -> bool {
    let wraps = |field: NodeId| {
        let name = syntax.child(field, "field").map(|name| syntax.text(name));
        syntax.field(field) == "function" && matches!(name, Some("into" | "to_string" | "to_owned" | "clone" | "context" | "with_context"))
    };
    if syntax.kind(node) == "field_expression" && wraps(node) {
        return false;
    }
    let mut below = node;
    for above in syntax.ancestors(node).take_while(|&above| above >= error) {
        let through = match (syntax.kind(above), syntax.field(below)) {
            ("call_expression" | "generic_function", "function") | ("struct_expression", "name") | ("closure_expression", "body") => true,
            ("field_expression", "value") => wraps(above),
            ("block", _) => syntax.parts(above).count() == 1,
            ("parenthesized_expression" | "reference_expression" | "try_expression", _) => true,
            _ => false,
        };
        if !through {
            return false;
        }
        below = above;
    }
    true
}
