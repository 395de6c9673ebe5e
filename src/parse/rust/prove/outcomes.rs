//! How a call ends: what it returns, what becomes of what it calls.

use super::calls::called;
use super::{FUNCTION, bare, plain, runs};
use crate::parse::syntax::{NodeId, Syntax};

/// Expressions that hand on the value inside.
const BRANCHES: &[&str] = &["if_expression", "else_clause", "match_expression", "match_block", "match_arm"];
/// Expressions that are no value of their own: their parts are.
const SHELLS: &[&str] = &[
    "if_expression",
    "match_expression",
    "block",
    "unsafe_block",
    "parenthesized_expression",
    "return_expression",
    "expression_statement",
];

/// A call of `callee` whose value has this fate.
pub(super) fn of_calls(syntax: &Syntax, top: NodeId, callee: &str, wanted: &Fate) -> Option<NodeId> {
    called(syntax, top, callee).find(|&call| fate(syntax, top, call) == *wanted)
}

#[derive(PartialEq)]
pub(super) enum Fate {
    Returned,
    Dropped,
    Bound(String),
    Other,
}

/// What becomes of the value of a call.
fn fate(syntax: &Syntax, top: NodeId, call: NodeId) -> Fate {
    let (mut below, mut tried, mut branched) = (call, false, false);
    for above in syntax.ancestors(call) {
        let dropped = if tried { Fate::Other } else { Fate::Dropped };
        match syntax.kind(above) {
            "try_expression" => tried = true,
            "await_expression" | "reference_expression" | "parenthesized_expression" | "unsafe_block" => (),
            "block" if is_tail(syntax, above, below) => (),
            "expression_statement" if !syntax.text(above).ends_with(';') => {
                if syntax.parent(above).is_some_and(|block| !is_tail(syntax, block, above)) {
                    return dropped;
                }
            }
            "expression_statement" => return dropped,
            kind if BRANCHES.contains(&kind) && carries(syntax, above, below) => branched = true,
            "while_expression" | "for_expression" | "loop_expression" if syntax.field(below) == "body" => return dropped,
            "let_declaration" if syntax.field(below) == "alternative" => return dropped,
            "let_declaration" | "assignment_expression" if matches!(syntax.field(below), "value" | "right") => {
                let target = syntax.child(above, "pattern").or(syntax.child(above, "left"));
                return match target.map(|target| bare(syntax, target)) {
                    Some(target) if target == "_" => dropped,
                    Some(target) if !branched => Fate::Bound(target),
                    _ => Fate::Other,
                };
            }
            "return_expression" => return if runs(syntax, top, call) { Fate::Returned } else { Fate::Other },
            FUNCTION if above == top => return if has_result(syntax, top) { Fate::Returned } else { dropped },
            _ => return Fate::Other,
        }
        below = above;
    }
    Fate::Other
}

/// A call of `callee` whose error leaves `top`: by a `?`, or as part of what is returned.
pub(super) fn hands_on(syntax: &Syntax, top: NodeId, callee: &str) -> Option<NodeId> {
    called(syntax, top, callee).find(|&call| runs(syntax, top, call) && (is_tried(syntax, call) || leaves(syntax, top, call)))
}

/// Does a `?` stand behind the value?
fn is_tried(syntax: &Syntax, value: NodeId) -> bool {
    let mut below = value;
    for above in syntax.ancestors(value) {
        match syntax.kind(above) {
            "try_expression" => return true,
            "await_expression" | "parenthesized_expression" | "unsafe_block" => (),
            "block" if is_tail(syntax, above, below) => (),
            kind if BRANCHES.contains(&kind) && carries(syntax, above, below) => (),
            _ => return false,
        }
        below = above;
    }
    false
}

/// Is `below` the last expression of a block?
fn is_tail(syntax: &Syntax, block: NodeId, below: NodeId) -> bool {
    syntax.kind(block) == "block"
        && syntax.parts(block).last() == Some(below)
        && !matches!(syntax.kind(below), "let_declaration" | "empty_statement")
}

/// Is the value of a branch the value of the whole?
fn carries(syntax: &Syntax, above: NodeId, below: NodeId) -> bool {
    match syntax.kind(above) {
        "if_expression" => matches!(syntax.field(below), "consequence" | "alternative"),
        "match_expression" => syntax.field(below) == "body",
        "match_arm" => syntax.field(below) == "value",
        "else_clause" | "match_block" => true,
        _ => false,
    }
}

fn has_result(syntax: &Syntax, top: NodeId) -> bool {
    syntax.child(top, "return_type").is_some_and(|result| !matches!(plain(syntax.text(result)).as_str(), "()" | "!"))
}

/// Is the whole value of `node` what `top` returns?
pub(super) fn leaves(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    let mut below = node;
    for above in syntax.ancestors(node) {
        match syntax.kind(above) {
            "return_expression" => return runs(syntax, top, above),
            FUNCTION => return above == top && syntax.field(below) == "body" && has_result(syntax, top),
            "parenthesized_expression" | "unsafe_block" => (),
            "expression_statement" if !syntax.text(above).ends_with(';') => (),
            "block" if is_tail(syntax, above, below) => (),
            kind if BRANCHES.contains(&kind) && carries(syntax, above, below) => (),
            _ => return false,
        }
        below = above;
    }
    false
}

/// Places where `top` returns `value`; empty for a bare `return`.
pub(super) fn returned<'s>(syntax: &'s Syntax, top: NodeId, value: &'s str) -> impl Iterator<Item = NodeId> + 's {
    (top..syntax.end(top)).filter(move |&node| {
        let kind = syntax.kind(node);
        if value.is_empty() {
            return kind == "return_expression" && syntax.parts(node).next().is_none() && runs(syntax, top, node);
        }
        let whole = syntax.is_named(node) && !SHELLS.contains(&kind);
        whole && leaves(syntax, top, node) && syntax.folded(node) == *value
    })
}
