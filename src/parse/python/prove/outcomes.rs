//! How a call ends: what it returns, what it raises.

use super::conditions::conditions;
use super::{bare, own_kind};
use crate::parse::syntax::{NodeId, Syntax};

pub(super) fn returned(syntax: &Syntax, top: NodeId, value: &str, when: &str) -> Option<NodeId> {
    own_kind(syntax, top, "return_statement").find(|&node| {
        let stated = syntax.parts(node).next().map(|value| bare(syntax, value)).unwrap_or_default();
        stated == *value && conditions(syntax, top, node) == *when
    })
}

pub(super) fn raised(syntax: &Syntax, top: NodeId, exception: &str, when: &str) -> Option<NodeId> {
    let asserted = || own_kind(syntax, top, "assert_statement").find(|&node| asserts(syntax, top, node, when));
    let named = || {
        own_kind(syntax, top, "raise_statement")
            .find(|&node| exception_of(syntax, top, node) == *exception && conditions(syntax, top, node) == *when)
    };
    if exception == "AssertionError" { asserted().or_else(named) } else { named() }
}

/// The exception that a `raise` names; of a bare one or of a handler's alias what the handler
/// names.
pub(super) fn exception_of(syntax: &Syntax, top: NodeId, node: NodeId) -> String {
    let clause = |alias: Option<&str>| {
        syntax.ancestors(node).take_while(|&above| above != top).filter(|&above| syntax.kind(above) == "except_clause").find_map(|clause| {
            let Some(value) = syntax.child(clause, "value") else { return alias.is_none().then(|| "any exception".to_owned()) };
            let named = syntax.child(value, "alias").map(|name| syntax.text(name));
            let kinds = if named.is_some() { syntax.parts(value).next()? } else { value };
            (alias.is_none() || named == alias).then(|| bare(syntax, kinds))
        })
    };
    match syntax.parts(node).find(|&part| syntax.field(part) != "cause") {
        None => clause(None).unwrap_or_default(),
        Some(value) if syntax.kind(value) == "call" => syntax.child(value, "function").map(|name| syntax.folded(name)).unwrap_or_default(),
        Some(value) => clause(Some(syntax.text(value))).unwrap_or_else(|| syntax.folded(value)),
    }
}

fn asserts(syntax: &Syntax, top: NodeId, node: NodeId, when: &str) -> bool {
    let stated = syntax.parts(node).next().map(|condition| format!("not ({})", bare(syntax, condition))).unwrap_or_default();
    let around = conditions(syntax, top, node);
    when == if around.is_empty() { stated } else { format!("{around} and {stated}") }
}
