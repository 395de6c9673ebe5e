//! Calls: where they stand, what becomes of their results, which comes first.

use super::conditions::{APART, conditions, handled as handled_by, is_certain, leaves};
use super::{own, runs};
use crate::model::GuardKind;
use crate::parse::syntax::{NodeId, Syntax};

/// What does not change which value an expression has, as far as a claim speaks of it.
const THROUGH: &[&str] = &["parenthesized_expression", "cast_expression"];

/// Calls of `callee` in the chunk, those in lambdas with them. `….name` stands for a call of `name` on a longer
/// expression; a type for one that makes an object of it.
pub(super) fn called<'s>(syntax: &'s Syntax, top: NodeId, callee: &'s str) -> impl Iterator<Item = NodeId> + 's {
    own(syntax, top).filter(move |&node| match syntax.kind(node) {
        "method_invocation" => {
            let name = syntax.child(node, "name").map(|name| syntax.text(name)).unwrap_or_default();
            let object = syntax.child(node, "object");
            match callee.strip_prefix("….") {
                Some(told) => object.is_some() && told == name,
                None => match (object, callee.rsplit_once('.')) {
                    (None, _) => callee == name,
                    (Some(object), Some((of, told))) => {
                        told == name && syntax.end_byte(object) - syntax.start_byte(object) <= 200 && syntax.folded(object) == of
                    }
                    (Some(_), None) => false,
                },
            }
        }
        "object_creation_expression" => {
            let made = syntax.child(node, "type").map(|of| syntax.folded(of)).unwrap_or_default();
            made.split('<').next().unwrap_or_default().trim() == callee
        }
        "explicit_constructor_invocation" => syntax.child(node, "constructor").is_some_and(|of| syntax.text(of) == callee),
        _ => false,
    })
}

pub(super) fn called_when(syntax: &Syntax, top: NodeId, callee: &str, when: &str) -> Option<NodeId> {
    let mut calls = called(syntax, top, callee).filter(|&call| runs(syntax, top, call) && is_certain(syntax, call));
    calls.find(|&call| conditions(syntax, top, call) == when)
}

/// Calls of `callee` that take `argument`, as it is written.
pub(super) fn passed<'s>(syntax: &'s Syntax, top: NodeId, callee: &'s str, argument: &'s str) -> impl Iterator<Item = NodeId> + 's {
    called(syntax, top, callee).filter(move |&call| {
        let list = syntax.child(call, "arguments");
        list.is_some_and(|list| syntax.parts(list).any(|part| is_text(&syntax.folded(part), argument)))
    })
}

pub(super) fn passed_when(syntax: &Syntax, top: NodeId, callee: &str, argument: &str, when: &str) -> Option<NodeId> {
    let mut calls = passed(syntax, top, callee, argument).filter(|&call| runs(syntax, top, call) && is_certain(syntax, call));
    calls.find(|&call| conditions(syntax, top, call) == when)
}

/// Is a call the whole of a statement of this kind, a negation aside?
pub(super) fn stands_in(syntax: &Syntax, top: NodeId, call: NodeId, statement: &str) -> bool {
    if syntax.kind(call) == "explicit_constructor_invocation" {
        return statement == "expression_statement";
    }
    let negates = |above: NodeId| syntax.kind(above) == "unary_expression" && syntax.text(above).starts_with('!');
    let outer = syntax.ancestors(call).find(|&above| !THROUGH.contains(&syntax.kind(above)) && !negates(above));
    outer.is_some_and(|outer| syntax.kind(outer) == statement) && runs(syntax, top, call)
}

/// A call whose value `target` takes.
pub(super) fn assigned_to(syntax: &Syntax, top: NodeId, callee: &str, target: &str) -> Option<NodeId> {
    called(syntax, top, callee).find(|&call| {
        let mut below = call;
        for above in syntax.ancestors(call) {
            let field = syntax.field(below);
            let taken = match syntax.kind(above) {
                kind if THROUGH.contains(&kind) => None,
                "unary_expression" if syntax.text(above).starts_with('!') => None,
                "variable_declarator" | "resource" if field == "value" => Some(syntax.child(above, "name")),
                "assignment_expression" if field == "right" => {
                    let plain = syntax.child(above, "operator").is_some_and(|operator| syntax.text(operator) == "=");
                    Some(syntax.child(above, "left").filter(|_| plain))
                }
                _ => Some(None),
            };
            match taken {
                None => below = above,
                Some(taken) => return taken.is_some_and(|taken| is_text(&syntax.folded(taken), target)),
            }
        }
        false
    })
}

/// Is it the text, or a text that begins like it and was cut with `…`?
fn is_text(whole: &str, told: &str) -> bool {
    told.strip_suffix('…').map_or(whole == told, |start| !start.is_empty() && whole.starts_with(start))
}

/// The clause that handles an error of the call.
pub(super) fn handled(syntax: &Syntax, top: NodeId, call: NodeId, exception: &str) -> Option<NodeId> {
    let mut below = call;
    for above in syntax.ancestors(call).take_while(|&above| above != top) {
        let tries = matches!(syntax.kind(above), "try_statement" | "try_with_resources_statement");
        if tries && matches!(syntax.field(below), "body" | "resources") {
            let mut clauses = syntax.parts(above).filter(|&part| syntax.kind(part) == "catch_clause");
            let found = clauses.find(|&clause| handled_by(syntax, clause).iter().any(|of| of == exception));
            if found.is_some() {
                return found;
            }
        }
        below = above;
    }
    None
}

/// A call of `second` that runs after a call of `first` has come back, where both may run in the same call of the chunk.
pub(super) fn in_order(syntax: &Syntax, top: NodeId, first: &str, second: &str) -> Option<NodeId> {
    // What runs when others say keeps its own order.
    let apart = |call: NodeId| syntax.ancestors(call).take_while(|&above| above != top).find(|&above| APART.contains(&syntax.kind(above)));
    let earlier: Vec<NodeId> = called(syntax, top, first).collect();
    called(syntax, top, second).find(|&later| {
        // What stands behind a call is made after it, and runs no earlier.
        let known = |call: NodeId| apart(call).is_none_or(|around| around < later && later < syntax.end(around));
        earlier.iter().any(|&call| known(call) && goes_before(syntax, call, later))
    })
}

fn goes_before(syntax: &Syntax, call: NodeId, later: NodeId) -> bool {
    // What a call is made on, and takes, is made before it.
    if call == later || syntax.end_byte(call) >= syntax.end_byte(later) {
        return false;
    }
    let holds = |above: NodeId, node: NodeId| above < node && node < syntax.end(above);
    if holds(later, call) {
        return true;
    }
    let Some(joint) = syntax.ancestors(call).find(|&above| holds(above, later)) else { return false };
    let side = |node: NodeId| syntax.children(joint).find(|&child| child <= node && node < syntax.end(child)).unwrap_or(joint);
    let (here, there) = (side(call), side(later));
    let finally = syntax.kind(there) == "finally_clause";
    let one_of = match syntax.kind(joint) {
        // One side is taken.
        "if_statement" | "ternary_expression" => syntax.field(here) == "consequence",
        "switch_block" => {
            syntax.kind(here) == "switch_rule" || syntax.parts(here).last().is_some_and(|last| leaves(syntax, last).is_some())
        }
        "try_statement" | "try_with_resources_statement" => syntax.kind(here) == "catch_clause" && !finally,
        // The update of a loop runs behind its body.
        "for_statement" => syntax.field(here) == "update",
        _ => false,
    };
    !one_of && (finally || !left_on_the_way(syntax, call, joint))
}

/// Does the way from `call` leave before what stands behind it in `joint` is reached?
fn left_on_the_way(syntax: &Syntax, call: NodeId, joint: NodeId) -> bool {
    let between = |node: NodeId| syntax.ancestors(node).take_while(move |&above| above > joint);
    let round = |above: NodeId| {
        matches!(syntax.kind(above), "for_statement" | "while_statement" | "do_statement" | "enhanced_for_statement" | "switch_block")
    };
    between(call).any(|above| match syntax.kind(above) {
        "return_statement" | "throw_statement" => true,
        "block" | "switch_block_statement_group" => match syntax.parts(above).last().and_then(|last| leaves(syntax, last)) {
            Some(GuardKind::Past) => true,
            // What leaves a loop goes on behind it.
            Some(_) => !between(above).any(round),
            None => false,
        },
        _ => false,
    })
}
