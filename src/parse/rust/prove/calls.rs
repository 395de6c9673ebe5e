//! Calls: where they stand, which comes first.

use super::conditions::{conditions, is_certain, leaves};
use super::{is_own, plain, runs};
use crate::model::GuardKind;
use crate::parse::syntax::{NodeId, Syntax};

/// Calls of `callee`, those in closures with them. `….name` stands for a call of `name` on a
/// longer expression.
pub(super) fn called<'s>(syntax: &'s Syntax, top: NodeId, callee: &'s str) -> impl Iterator<Item = NodeId> + 's {
    let want = plain(callee);
    (top..syntax.end(top)).filter(move |&node| {
        let Some(function) = syntax.child(node, "function").filter(|_| syntax.kind(node) == "call_expression") else { return false };
        let same = match callee.strip_prefix("….") {
            Some(name) => {
                let path = syntax.child(function, "function").unwrap_or(function);
                syntax.child(path, "field").is_some_and(|field| syntax.text(field) == name)
            }
            None if syntax.text(function).len() > 4000 => false,
            None => plain(&without_turbofish(syntax, function)) == want,
        };
        same && is_own(syntax, top, node)
    })
}

pub(super) fn called_when(syntax: &Syntax, top: NodeId, callee: &str, when: &str) -> Option<NodeId> {
    let mut calls = called(syntax, top, callee).filter(|&call| runs(syntax, top, call) && is_certain(syntax, call));
    calls.find(|&call| conditions(syntax, top, call) == when)
}

/// A call of `second` that runs after a call of `first` has come back, where both may run in the
/// same call of the chunk.
pub(super) fn in_order(syntax: &Syntax, top: NodeId, first: &str, second: &str) -> Option<NodeId> {
    let earlier: Vec<NodeId> = called(syntax, top, first).filter(|&call| runs(syntax, top, call)).collect();
    let mut later = called(syntax, top, second).filter(|&call| runs(syntax, top, call));
    later.find(|&later| earlier.iter().any(|&call| goes_before(syntax, call, later)))
}

fn goes_before(syntax: &Syntax, call: NodeId, later: NodeId) -> bool {
    // Arguments and receivers are made before the call that takes them.
    if call == later || syntax.end_byte(call) >= syntax.end_byte(later) {
        return false;
    }
    let Some(joint) = syntax.ancestors(call).find(|&above| above < later && later < syntax.end(above)) else { return false };
    let here = syntax.children(joint).find(|&child| child <= call && call < syntax.end(child)).unwrap_or(joint);
    let one_of = match syntax.kind(joint) {
        // One side is taken.
        "if_expression" => syntax.field(here) == "consequence",
        "match_block" => true,
        _ => false,
    };
    let between = |node: NodeId| syntax.ancestors(node).take_while(move |&above| above > joint);
    let gone = between(call).any(|above| match syntax.kind(above) {
        "return_expression" => true,
        "block" => match leaves(syntax, above) {
            Some(GuardKind::Past) => true,
            // What leaves a loop goes on behind it.
            Some(_) => !between(above).any(|outer| matches!(syntax.kind(outer), "for_expression" | "while_expression" | "loop_expression")),
            None => false,
        },
        _ => false,
    });
    !one_of && !gone
}

/// The source without type arguments: `parse::<Vec<u8>>` is `parse`.
fn without_turbofish(syntax: &Syntax, path: NodeId) -> String {
    let mut out = String::new();
    let mut from = syntax.start_byte(path);
    for node in path + 1..syntax.end(path) {
        let generic = syntax.kind(node) == "type_arguments" && syntax.text(node - 1) == "::";
        if generic && syntax.start_byte(node) >= from {
            out.push_str(syntax.source().get(from..syntax.start_byte(node - 1)).unwrap_or_default());
            from = syntax.end_byte(node);
        }
    }
    out + syntax.source().get(from..syntax.end_byte(path)).unwrap_or_default()
}
