//! Doors to the outside: routes of web frameworks, tasks.

use super::head::decorators;
use super::{Alone, plain_string};
use crate::parse::syntax::{NodeId, Syntax};

const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "all"];
/// Decorators that make a task of a method.
const TASKS: &[&str] = &["Cron", "Interval", "Timeout", "Process", "OnEvent", "EventPattern", "MessagePattern", "SubscribeMessage"];

/// The path of a call that hands a route to a router.
pub(super) fn served(syntax: &Syntax, call: NodeId) -> Option<NodeId> {
    let function = syntax.child(call, "function").filter(|&function| syntax.kind(function) == "member_expression")?;
    let verb = syntax.text(syntax.child(function, "property")?);
    let path = syntax.child(call, "arguments").and_then(|list| syntax.parts(list).next())?;
    let text = plain_string(syntax, path)?;
    let plain = text.starts_with('/') && text.len() <= 80 && !text.contains(['.', '#', '\\', ' ', '`', '(', '\n']);
    (VERBS.contains(&verb) && plain).then_some(path)
}

/// The name by which a handler at its route goes: `POST /orders`.
pub(super) fn name_of(syntax: &Syntax, call: NodeId) -> Option<String> {
    let path = served(syntax, call)?;
    let verb = syntax.child(call, "function").and_then(|function| syntax.child(function, "property"))?;
    Some(format!("{} {}", syntax.text(verb).to_uppercase(), plain_string(syntax, path)?))
}

/// The call, or the decorator, that serves `path` for a verb.
pub(super) fn route(chunk: &Alone, verb: &str, path: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    if chunk.top != 0 && syntax.kind(chunk.top) == "call_expression" {
        return (name_of(syntax, chunk.top)? == format!("{verb} {path}")).then(|| served(syntax, chunk.top)).flatten();
    }
    decorators(chunk).find(|&decorator| {
        let Some(call) = syntax.parts(decorator).next().filter(|&call| syntax.kind(call) == "call_expression") else { return false };
        let name = syntax.child(call, "function").map(|name| syntax.text(name)).unwrap_or_default();
        let stated =
            syntax.child(call, "arguments").and_then(|list| syntax.parts(list).next()).and_then(|first| plain_string(syntax, first));
        let upper = name.starts_with(|c: char| c.is_ascii_uppercase());
        let known = VERBS.iter().any(|known| known.eq_ignore_ascii_case(name));
        let written = stated.unwrap_or_default();
        upper && known && name.to_uppercase() == verb && (written == path || format!("/{written}") == path)
    })
}

/// The decorator that makes a task. It may be told with its arguments or without.
pub(super) fn command(chunk: &Alone, told: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    decorators(chunk).find(|&decorator| {
        let Some(inner) = syntax.parts(decorator).next() else { return false };
        let name = syntax.folded(syntax.child(inner, "function").unwrap_or(inner));
        TASKS.contains(&name.as_str()) && (name == told || syntax.folded(inner) == told)
    })
}
