//! The conditions under which a place in a body is reached.

use super::{DEFINITIONS, bare};
use crate::model::{Guard, GuardKind};
use crate::parse::syntax::{NodeId, Syntax};

/// A condition on the way to a place, with the node that states it: the expression, or the
/// clause of a `match`.
pub(super) struct Met {
    pub(super) guard: Guard,
    pub(super) stated: Option<NodeId>,
}

/// The conditions between `node` and `top` as one expression, the outermost first.
pub(super) fn conditions(syntax: &Syntax, top: NodeId, node: NodeId) -> String {
    let guards: Vec<Guard> = met(syntax, top, node).into_iter().map(|met| met.guard).collect();
    Guard::joined(&guards)
}

/// The conditions between `node` and `top`, the outermost first.
pub(super) fn met(syntax: &Syntax, top: NodeId, node: NodeId) -> Vec<Met> {
    let mut inner_first: Vec<Met> = Vec::new();
    let mut below = node;
    for above in syntax.ancestors(node) {
        if above == top {
            break;
        }
        let mut push = |kind, stated: Option<NodeId>, text: String| inner_first.push(Met { guard: Guard { kind, text }, stated });
        let condition = |of: NodeId| syntax.child(of, "condition");
        let told = |stated: Option<NodeId>| stated.map(|part| bare(syntax, part)).unwrap_or_default();
        let body = syntax.kind(below) == "block";
        if syntax.kind(above) == "block" {
            for met in earlier_ways_out(syntax, above, below).into_iter().rev() {
                push(met.guard.kind, met.stated, met.guard.text);
            }
        }
        match syntax.kind(above) {
            "if_statement" if syntax.field(below) == "consequence" => push(GuardKind::If, condition(above), told(condition(above))),
            "if_statement" if syntax.field(below) == "alternative" => {
                let earlier: Vec<NodeId> =
                    syntax.children(above).filter(|&child| child < below && syntax.kind(child) == "elif_clause").collect();
                for side in earlier.into_iter().rev() {
                    push(GuardKind::Unless, condition(side), told(condition(side)));
                }
                push(GuardKind::Unless, condition(above), told(condition(above)));
            }
            "elif_clause" if body => push(GuardKind::If, condition(above), told(condition(above))),
            "while_statement" if syntax.field(below) == "body" => push(GuardKind::While, condition(above), told(condition(above))),
            "for_statement" if syntax.field(below) == "body" => {
                let part = |field| syntax.child(above, field).map(|part| syntax.folded(part)).unwrap_or_default();
                push(GuardKind::For, None, format!("{} in {}", part("left"), part("right")));
            }
            "except_clause" if body => {
                let kinds = syntax.child(above, "value").map(|value| if syntax.kind(value) == "as_pattern" { value + 1 } else { value });
                let text = kinds.map(|kinds| bare(syntax, kinds)).unwrap_or_else(|| "any exception".to_owned());
                push(GuardKind::Except, None, text);
            }
            "case_clause" if syntax.field(below) == "consequence" => {
                if let Some(guard) = syntax.child(above, "guard") {
                    let stated = syntax.parts(guard).next();
                    push(GuardKind::If, stated, told(stated));
                }
                let patterns: Vec<String> =
                    syntax.parts(above).filter(|&part| syntax.kind(part) == "case_pattern").map(|part| syntax.folded(part)).collect();
                let subject = subject(syntax, above).map(|subject| syntax.folded(subject)).unwrap_or_default();
                push(GuardKind::Case, Some(above), format!("{subject}: {}", patterns.join(", ")));
            }
            _ => (),
        }
        below = above;
    }
    inner_first.reverse();
    inner_first
}

/// What the `match` around a clause looks at.
pub(super) fn subject(syntax: &Syntax, clause: NodeId) -> Option<NodeId> {
    syntax.ancestors(clause).find_map(|outer| syntax.child(outer, "subject"))
}

/// Ways out of `block` before the statement `here`, in source order. A later side of a branch
/// counts only if all sides before it leave; what ends the call in other ways counts untold.
fn earlier_ways_out(syntax: &Syntax, block: NodeId, here: NodeId) -> Vec<Met> {
    let mut out = Vec::new();
    for statement in syntax.parts(block).take_while(|&part| part < here) {
        let mut rest: Vec<NodeId> = vec![statement];
        if syntax.kind(statement) == "if_statement" {
            let mut sides: Vec<NodeId> = vec![statement];
            sides.extend(syntax.children(statement).filter(|&child| syntax.kind(child) == "elif_clause"));
            let leaving = |side: &NodeId| way_out(syntax, syntax.child(*side, "consequence")?);
            let kinds: Vec<GuardKind> = sides.iter().map_while(leaving).collect();
            for (side, kind) in sides.iter().zip(&kinds) {
                let stated = syntax.child(*side, "condition");
                let text = stated.map(|part| bare(syntax, part)).unwrap_or_default();
                out.push(Met { guard: Guard { kind: *kind, text }, stated });
            }
            // The sides behind those that leave.
            let all = std::iter::once(statement).chain(syntax.children(statement).filter(|&child| syntax.field(child) == "alternative"));
            rest = all
                .skip(kinds.len())
                .map(|side| if side == statement { syntax.child(statement, "consequence").unwrap_or(side) } else { side })
                .collect();
            if kinds.is_empty() {
                rest = vec![statement];
            }
        }
        let compound = matches!(
            syntax.kind(statement),
            "if_statement" | "for_statement" | "while_statement" | "try_statement" | "with_statement" | "match_statement"
        );
        if compound && rest.into_iter().any(|node| ends(syntax, node)) {
            out.push(Met { guard: Guard { kind: GuardKind::Past, text: "…".to_owned() }, stated: None });
        }
    }
    out
}

/// How control leaves at the end of a block, where its last statement says so.
pub(super) fn way_out(syntax: &Syntax, block: NodeId) -> Option<GuardKind> {
    match syntax.kind(syntax.parts(block).last()?) {
        "return_statement" | "raise_statement" => Some(GuardKind::Past),
        "break_statement" | "continue_statement" => Some(GuardKind::Skip),
        _ => None,
    }
}

/// Does the call end anywhere inside of `node`?
fn ends(syntax: &Syntax, node: NodeId) -> bool {
    let mut ways = (node..syntax.end(node)).filter(|&inner| matches!(syntax.kind(inner), "return_statement" | "raise_statement"));
    ways.any(|inner| !syntax.ancestors(inner).take_while(|&above| above >= node).any(|above| DEFINITIONS.contains(&syntax.kind(above))))
}

/// Does a place run whenever the statement around it does? Not where an operator, a conditional
/// expression or a comprehension decides.
pub(super) fn is_certain(syntax: &Syntax, node: NodeId) -> bool {
    let mut below = node;
    for above in syntax.ancestors(node) {
        let part = |at: usize| syntax.parts(above).nth(at) == Some(below);
        match syntax.kind(above) {
            "boolean_operator" if syntax.field(below) == "right" => return false,
            "conditional_expression" if !part(1) => return false,
            "assert_statement" if !part(0) => return false,
            "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression" => {
                // What is looped over first is looked at once and in any case.
                let first = syntax.children(above).find(|&child| syntax.kind(child) == "for_in_clause");
                let source = first.and_then(|clause| syntax.child(clause, "right"));
                let inside = source.is_some_and(|source| (source..syntax.end(source)).contains(&node));
                if first != Some(below) || !inside {
                    return false;
                }
            }
            "block" | "module" => return true,
            _ => (),
        }
        below = above;
    }
    true
}
