//! Calls: where they stand, what becomes of their results, which comes first.

use super::conditions::{conditions, is_certain, way_out};
use super::own_kind;
use crate::model::GuardKind;
use crate::parse::syntax::{NodeId, Syntax};

/// Calls of `callee` in the chunk's own body. `….name` stands for a call of `name` on a longer
/// expression.
pub(super) fn called<'s>(syntax: &'s Syntax, top: NodeId, callee: &'s str) -> impl Iterator<Item = NodeId> + 's {
    own_kind(syntax, top, "call").filter(move |&node| {
        let Some(function) = syntax.child(node, "function") else { return false };
        match callee.strip_prefix("….") {
            Some(name) => syntax.child(function, "attribute").is_some_and(|attribute| syntax.text(attribute) == name),
            None => syntax.folded(function) == callee,
        }
    })
}

pub(super) fn called_when(syntax: &Syntax, top: NodeId, callee: &str, when: &str) -> Option<NodeId> {
    called(syntax, top, callee).find(|&call| is_certain(syntax, call) && conditions(syntax, top, call) == when)
}

/// Calls of `callee` that take `argument`, as it is written.
pub(super) fn passed<'s>(syntax: &'s Syntax, top: NodeId, callee: &'s str, argument: &'s str) -> impl Iterator<Item = NodeId> + 's {
    called(syntax, top, callee).filter(move |&call| {
        let list = syntax.child(call, "arguments");
        list.is_some_and(|list| syntax.parts(list).any(|part| is_text(&syntax.folded(part), argument)))
    })
}

pub(super) fn passed_when(syntax: &Syntax, top: NodeId, callee: &str, argument: &str, when: &str) -> Option<NodeId> {
    passed(syntax, top, callee, argument).find(|&call| is_certain(syntax, call) && conditions(syntax, top, call) == when)
}

/// The statement that a call is the whole of, `await` and parentheses aside.
pub(super) fn stands_in(syntax: &Syntax, call: NodeId, statement: &str) -> bool {
    let outer = syntax.ancestors(call).find(|&above| !matches!(syntax.kind(above), "await" | "parenthesized_expression" | "not_operator"));
    outer.is_some_and(|outer| syntax.kind(outer) == statement)
}

pub(super) fn assigned_to(syntax: &Syntax, top: NodeId, callee: &str, target: &str) -> Option<NodeId> {
    called(syntax, top, callee).find(|&call| is_text(&assigned(syntax, call), target))
}

/// What an assignment of the whole call assigns to.
fn assigned(syntax: &Syntax, call: NodeId) -> String {
    let mut below = call;
    for above in syntax.ancestors(call) {
        match syntax.kind(above) {
            "await" | "parenthesized_expression" | "not_operator" => below = above,
            "assignment" if syntax.field(below) == "right" => {
                return syntax.child(above, "left").map(|left| syntax.folded(left)).unwrap_or_default();
            }
            _ => break,
        }
    }
    String::new()
}

/// Is it the text, or a text that begins like it and was cut with `…`?
fn is_text(whole: &str, told: &str) -> bool {
    told.strip_suffix('…').map_or(whole == told, |start| !start.is_empty() && whole.starts_with(start))
}

/// Does the call stand in a `with` that wants this error to come up?
pub(super) fn expected(syntax: &Syntax, top: NodeId, call: NodeId, error: &str) -> bool {
    let blocks = syntax.ancestors(call).take_while(|&above| above != top).filter(|&above| syntax.kind(above) == "with_statement");
    let wants = |item: NodeId| {
        let function = syntax.child(item, "function").map(|function| syntax.folded(function)).unwrap_or_default();
        let named = matches!(function.rsplit('.').next(), Some("raises" | "assertRaises" | "assertRaisesRegex"));
        let first = syntax.child(item, "arguments").and_then(|list| syntax.parts(list).next());
        named && first.is_some_and(|first| syntax.folded(first) == error)
    };
    blocks.into_iter().any(|block| {
        let Some(body) = syntax.child(block, "body").filter(|&body| body < call) else { return false };
        (block..body).any(|item| syntax.kind(item) == "call" && wants(item))
    })
}

/// The clause that handles an exception of the call.
pub(super) fn handled(syntax: &Syntax, top: NodeId, call: NodeId, exception: &str) -> Option<NodeId> {
    let mut below = call;
    for above in syntax.ancestors(call).take_while(|&above| above != top) {
        if syntax.kind(above) == "try_statement" && syntax.field(below) == "body" {
            let mut clauses = syntax.children(above).filter(|&child| syntax.kind(child) == "except_clause");
            let found = clauses.find(|&clause| handles(syntax, clause, exception));
            if found.is_some() {
                return found;
            }
        }
        below = above;
    }
    None
}

fn handles(syntax: &Syntax, clause: NodeId, exception: &str) -> bool {
    let Some(value) = syntax.child(clause, "value") else { return exception == "*" };
    let kinds = syntax.parts(value).next().filter(|_| syntax.kind(value) == "as_pattern").unwrap_or(value);
    let inner = syntax.parts(kinds).next().filter(|_| syntax.kind(kinds) == "parenthesized_expression");
    let kinds = inner.unwrap_or(kinds);
    let list = if syntax.kind(kinds) == "tuple" { syntax.parts(kinds).collect() } else { vec![kinds] };
    list.iter().any(|&kind| syntax.folded(kind) == *exception)
}

/// A call of `second` that runs after a call of `first` has come back, where both may run in the
/// same call of the chunk.
pub(super) fn in_order(syntax: &Syntax, top: NodeId, first: &str, second: &str) -> Option<NodeId> {
    let earlier: Vec<NodeId> = called(syntax, top, first).collect();
    called(syntax, top, second).find(|&later| earlier.iter().any(|&call| goes_before(syntax, call, later)))
}

fn goes_before(syntax: &Syntax, call: NodeId, later: NodeId) -> bool {
    // Arguments are made before the call that takes them.
    if call == later || syntax.end_byte(call) >= syntax.end_byte(later) {
        return false;
    }
    let Some(joint) = syntax.ancestors(call).find(|&above| above < later && later < syntax.end(above)) else { return false };
    let side = |node: NodeId| syntax.children(joint).find(|&child| child <= node && node < syntax.end(child)).unwrap_or(joint);
    let (here, there) = (side(call), side(later));
    let decides = |node: NodeId| syntax.child(here, "condition").is_some_and(|part| (part..syntax.end(part)).contains(&node));
    let one_of = match syntax.kind(joint) {
        // One side is taken; only the conditions of the sides before it run as well.
        "if_statement" => matches!(syntax.kind(here), "block" | "elif_clause" | "else_clause") && !decides(call),
        "block" => syntax.kind(here) == "case_clause",
        "conditional_expression" => syntax.parts(joint).nth(1) != Some(here),
        "try_statement" => syntax.kind(here) == "except_clause" && syntax.kind(there) != "finally_clause",
        _ => false,
    };
    !one_of && (syntax.kind(there) == "finally_clause" || !leaves(syntax, call, joint))
}

/// Does the way from `call` leave before what stands behind it in `joint` is reached?
fn leaves(syntax: &Syntax, call: NodeId, joint: NodeId) -> bool {
    let between = |node: NodeId| syntax.ancestors(node).take_while(move |&above| above > joint);
    between(call).any(|above| match syntax.kind(above) {
        "return_statement" | "raise_statement" => true,
        "block" => match way_out(syntax, above) {
            Some(GuardKind::Past) => true,
            // What leaves a loop goes on behind it.
            Some(_) => !between(above).any(|outer| matches!(syntax.kind(outer), "for_statement" | "while_statement")),
            None => false,
        },
        _ => false,
    })
}
