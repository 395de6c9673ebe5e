//! Calls: where they stand, what becomes of their results, which comes first.

use super::conditions::{conditions, is_block, is_certain, leaves};
use super::{Alone, bare, is_text};
use crate::model::GuardKind;
use crate::parse::syntax::{NodeId, Syntax};

/// What hands a value on unchanged.
const SHELLS: &[&str] = &["await_expression", "parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression"];

/// Calls of `callee`, those in functions that are handed on with them. `….name` stands for a call of
/// `name` on a longer expression.
pub(super) fn called<'c>(chunk: &'c Alone, callee: &'c str) -> impl Iterator<Item = NodeId> + 'c {
    let syntax = chunk.syntax;
    chunk.body().filter(move |&node| {
        let function = match syntax.kind(node) {
            "call_expression" => syntax.child(node, "function"),
            "new_expression" => syntax.child(node, "constructor"),
            _ => None,
        };
        let Some(function) = function else { return false };
        let same = match callee.strip_prefix("….") {
            Some(name) => syntax.child(function, "property").is_some_and(|property| syntax.text(property) == name),
            None => syntax.text(function).len() <= 2000 && syntax.folded(function) == callee,
        };
        same && chunk.is_own(node)
    })
}

pub(super) fn called_when(chunk: &Alone, callee: &str, when: &str) -> Option<NodeId> {
    called(chunk, callee).find(|&call| chunk.runs(call) && is_certain(chunk.syntax, call) && conditions(chunk, call) == when)
}

/// Calls of `callee` that take `argument`, as it is written.
pub(super) fn passed<'c>(chunk: &'c Alone, callee: &'c str, argument: &'c str) -> impl Iterator<Item = NodeId> + 'c {
    let syntax = chunk.syntax;
    called(chunk, callee).filter(move |&call| {
        let list = syntax.child(call, "arguments");
        list.is_some_and(|list| syntax.parts(list).any(|part| is_text(&bare(syntax, part), argument)))
    })
}

pub(super) fn passed_when(chunk: &Alone, callee: &str, argument: &str, when: &str) -> Option<NodeId> {
    passed(chunk, callee, argument).find(|&call| chunk.runs(call) && is_certain(chunk.syntax, call) && conditions(chunk, call) == when)
}

/// The first node around the value of a call that does something with it, and what stands in that.
fn taker(syntax: &Syntax, call: NodeId) -> Option<(NodeId, NodeId)> {
    let mut below = call;
    for above in syntax.ancestors(call) {
        if !SHELLS.contains(&syntax.kind(above)) {
            return Some((above, below));
        }
        below = above;
    }
    None
}

pub(super) fn is_returned(chunk: &Alone, call: NodeId) -> bool {
    let Some((taker, below)) = taker(chunk.syntax, call).filter(|_| chunk.runs(call)) else { return false };
    let value = taker == chunk.inner && chunk.syntax.kind(taker) == "arrow_function" && chunk.syntax.field(below) == "body";
    chunk.syntax.kind(taker) == "return_statement" || value
}

pub(super) fn is_dropped(chunk: &Alone, call: NodeId) -> bool {
    chunk.runs(call) && taker(chunk.syntax, call).is_some_and(|(taker, _)| chunk.syntax.kind(taker) == "expression_statement")
}

pub(super) fn assigned_to(chunk: &Alone, callee: &str, target: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    called(chunk, callee).find(|&call| {
        let Some((taker, below)) = taker(syntax, call) else { return false };
        let left = match (syntax.kind(taker), syntax.field(below)) {
            ("variable_declarator", "value") => syntax.child(taker, "name"),
            ("assignment_expression", "right") => syntax.child(taker, "left"),
            _ => None,
        };
        chunk.runs(call) && left.is_some_and(|left| is_text(&bare(syntax, left), target))
    })
}

/// The clause that stops the errors of the call.
pub(super) fn handler(chunk: &Alone, call: NodeId) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let mut below = call;
    for above in syntax.ancestors(call).take_while(|&above| above != chunk.inner) {
        if syntax.kind(above) == "try_statement" && syntax.field(below) == "body" && chunk.runs(call) {
            let found = syntax.child(above, "handler");
            if found.is_some() {
                return found;
            }
        }
        below = above;
    }
    None
}

/// A call of `second` that runs after a call of `first` has come back, where both may run in the
/// same call of the chunk.
pub(super) fn in_order(chunk: &Alone, first: &str, second: &str) -> Option<NodeId> {
    let earlier: Vec<NodeId> = called(chunk, first).filter(|&call| chunk.runs(call)).collect();
    let mut later = called(chunk, second).filter(|&call| chunk.runs(call));
    later.find(|&later| earlier.iter().any(|&call| goes_before(chunk.syntax, call, later)))
}

fn goes_before(syntax: &Syntax, call: NodeId, later: NodeId) -> bool {
    // Arguments and what a method is called on are made before the call that takes them.
    if call == later || syntax.end_byte(call) >= syntax.end_byte(later) {
        return false;
    }
    let inside = later < call && call < syntax.end(later);
    let Some(joint) = syntax.ancestors(call).find(|&above| above == later || above < later && later < syntax.end(above)) else {
        return false;
    };
    let side = |node: NodeId| syntax.children(joint).find(|&child| child <= node && node < syntax.end(child)).unwrap_or(joint);
    let (here, there) = (side(call), side(later));
    let one_of = match syntax.kind(joint) {
        // One side is taken.
        "if_statement" => syntax.field(here) == "consequence",
        "ternary_expression" => syntax.field(here) == "consequence",
        "switch_body" => true,
        "try_statement" => syntax.field(here) == "handler" && syntax.field(there) != "finalizer",
        _ => false,
    };
    // The step of a loop runs behind its body.
    let step = syntax.kind(joint) == "for_statement" && syntax.field(here) == "increment";
    inside || !one_of && !step && (syntax.field(there) == "finalizer" || !is_left(syntax, call, joint))
}

/// Does the way from `call` leave before what stands behind it in `joint` is reached?
fn is_left(syntax: &Syntax, call: NodeId, joint: NodeId) -> bool {
    let between = |node: NodeId| syntax.ancestors(node).take_while(move |&above| above > joint);
    between(call).any(|above| match syntax.kind(above) {
        "return_statement" | "throw_statement" => true,
        _ if is_block(syntax, above) => match syntax.parts(above).last().and_then(|last| leaves(syntax, last)) {
            Some(GuardKind::Past) => true,
            // What leaves a loop or a `switch` goes on behind it.
            Some(_) => !between(above).any(|outer| {
                matches!(syntax.kind(outer), "for_statement" | "for_in_statement" | "while_statement" | "do_statement" | "switch_statement")
            }),
            None => false,
        },
        _ => false,
    })
}
