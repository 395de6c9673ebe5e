//! How a call ends: what it returns, what it throws.

use super::conditions::{conditions, handled};
use super::{bare, own, runs, unwrapped};
use crate::parse::syntax::{NodeId, Syntax};

fn statements<'s>(syntax: &'s Syntax, top: NodeId, kind: &'static str) -> impl Iterator<Item = NodeId> + 's {
    own(syntax, top).filter(move |&node| syntax.kind(node) == kind && runs(syntax, top, node))
}

pub(super) fn returned(syntax: &Syntax, top: NodeId, value: &str, when: &str) -> Option<NodeId> {
    statements(syntax, top, "return_statement").find(|&node| {
        let stated = syntax.parts(node).next().map(|value| bare(syntax, value)).unwrap_or_default();
        stated == *value && conditions(syntax, top, node) == *when
    })
}

pub(super) fn raised(syntax: &Syntax, top: NodeId, exception: &str, when: &str) -> Option<NodeId> {
    let mut thrown = statements(syntax, top, "throw_statement");
    let named = thrown.find(|&node| is_thrown(syntax, top, node, exception) && conditions(syntax, top, node) == *when);
    named.or_else(|| {
        let asserts = |&node: &NodeId| {
            let stated = syntax.parts(node).next().map(|condition| format!("not ({})", bare(syntax, condition))).unwrap_or_default();
            let around = conditions(syntax, top, node);
            when == if around.is_empty() { stated } else { format!("{around} and {stated}") }
        };
        statements(syntax, top, "assert_statement").filter(|_| exception == "AssertionError").find(asserts)
    })
}

/// Does a `throw` throw an error of this type? Of a variable that a handler names, what that handles.
fn is_thrown(syntax: &Syntax, top: NodeId, node: NodeId, exception: &str) -> bool {
    let stated = exception_of(syntax, top, node);
    exception.strip_suffix('…').map_or(stated == exception, |start| !start.is_empty() && stated.starts_with(start))
}

pub(super) fn exception_of(syntax: &Syntax, top: NodeId, node: NodeId) -> String {
    let Some(value) = syntax.parts(node).next().map(|value| unwrapped(syntax, value)) else { return String::new() };
    if syntax.kind(value) == "object_creation_expression" {
        let made = syntax.child(value, "type").map(|of| syntax.folded(of)).unwrap_or_default();
        return made.split('<').next().unwrap_or_default().trim().to_owned();
    }
    let clauses = syntax.ancestors(node).take_while(|&above| above != top).filter(|&above| syntax.kind(above) == "catch_clause");
    let named = |clause: &NodeId| {
        let names = *clause + 1..syntax.child(*clause, "body").unwrap_or(*clause + 1);
        names.into_iter().any(|name| syntax.field(name) == "name" && syntax.text(name) == syntax.text(value))
    };
    let handler = clauses.into_iter().find(named);
    handler.map_or_else(|| bare(syntax, value), |clause| handled(syntax, clause).join(" | "))
}
