//! How a call ends: what it returns, what it throws.

use super::conditions::conditions;
use super::{Alone, bare, unwrapped};
use crate::parse::syntax::NodeId;

/// Where the definition returns `value`; empty for a bare `return`.
pub(super) fn returned(chunk: &Alone, value: &str, when: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let body = syntax.child(chunk.inner, "body").filter(|_| syntax.kind(chunk.inner) == "arrow_function");
    if let Some(body) = body.filter(|&body| syntax.kind(body) != "statement_block") {
        return (bare(syntax, body) == value && when.is_empty()).then_some(body);
    }
    chunk.own_kind("return_statement").find(|&node| {
        let stated = syntax.parts(node).next().map(|value| bare(syntax, value)).unwrap_or_default();
        chunk.runs(node) && stated == value && conditions(chunk, node) == when
    })
}

pub(super) fn raised(chunk: &Alone, exception: &str, when: &str) -> Option<NodeId> {
    chunk
        .own_kind("throw_statement")
        .find(|&node| chunk.runs(node) && exception_of(chunk, node) == exception && conditions(chunk, node) == when)
}

/// What a `throw` throws, without its arguments.
pub(super) fn exception_of(chunk: &Alone, node: NodeId) -> String {
    let syntax = chunk.syntax;
    let Some(value) = syntax.parts(node).next().map(|value| unwrapped(syntax, value)) else { return String::new() };
    let made = syntax.child(value, "constructor").or(syntax.child(value, "function"));
    bare(syntax, made.unwrap_or(value))
}
