//! The conditions under which a place in a body is reached.

use super::{CLOSURES, bare, is_definition};
use crate::model::{Guard, GuardKind};
use crate::parse::syntax::{NodeId, Syntax};

/// What stands for conditions that are not told.
const UNTOLD: &str = "…";

/// A condition on the way to a place, with the node that states it: the expression, or the arm
/// of a `match`.
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
    for above in syntax.ancestors(node).take_while(|&above| above != top) {
        let text = |of: NodeId, field| syntax.child(of, field).map(|part| bare(syntax, part)).unwrap_or_default();
        let mut push = |kind, stated: Option<NodeId>, text: String| inner_first.push(Met { guard: Guard { kind, text }, stated });
        if syntax.kind(above) == "block" {
            for statement in syntax.parts(above).take_while(|&part| part < below).collect::<Vec<_>>().into_iter().rev() {
                let told = ways_out(syntax, statement);
                let known: Vec<NodeId> = told.iter().filter_map(|(branch, _)| syntax.child(*branch, "consequence")).collect();
                if let Some(kind) = ends_early(syntax, statement, &known) {
                    push(kind, None, UNTOLD.to_owned());
                }
                told.into_iter().rev().for_each(|(branch, kind)| push(kind, syntax.child(branch, "condition"), text(branch, "condition")));
            }
        }
        let mut on = |kind, of: NodeId| push(kind, syntax.child(of, "condition"), text(of, "condition"));
        match (syntax.kind(above), syntax.field(below)) {
            ("if_expression", "consequence") => on(GuardKind::If, above),
            ("if_expression", "alternative") => on(GuardKind::Unless, above),
            ("while_expression", "body") => on(GuardKind::While, above),
            ("for_expression", "body") => push(GuardKind::For, None, format!("{} in {}", text(above, "pattern"), text(above, "value"))),
            ("let_declaration", "alternative") => {
                push(GuardKind::Unless, None, format!("let {} = {}", text(above, "pattern"), text(above, "value")))
            }
            ("match_arm", "value") => {
                let pattern = syntax.child(above, "pattern").unwrap_or(above);
                if syntax.child(pattern, "condition").is_some() {
                    on(GuardKind::If, pattern);
                }
                let shape: Vec<String> =
                    syntax.children(pattern).take_while(|&part| syntax.text(part) != "if").map(|part| syntax.folded(part)).collect();
                let subject = subject(syntax, above).map(|subject| bare(syntax, subject)).unwrap_or_default();
                push(GuardKind::Case, Some(above), format!("{subject}: {}", shape.join(" ")));
            }
            _ => (),
        }
        below = above;
    }
    inner_first.reverse();
    // That control may leave on the way is told once.
    let mut left = false;
    inner_first.retain(|met| {
        let untold = met.guard.text == UNTOLD && matches!(met.guard.kind, GuardKind::Past | GuardKind::Skip);
        !(untold && std::mem::replace(&mut left, true))
    });
    inner_first
}

/// What the `match` around an arm looks at.
pub(super) fn subject(syntax: &Syntax, arm: NodeId) -> Option<NodeId> {
    let whole = syntax.ancestors(arm).find(|&outer| syntax.kind(outer) == "match_expression")?;
    syntax.child(whole, "value")
}

/// The branches of an `if` that stands as a statement, with how each leaves the block around it, up to
/// the first that does not.
fn ways_out(syntax: &Syntax, statement: NodeId) -> Vec<(NodeId, GuardKind)> {
    let mut out = Vec::new();
    let mut next = syntax.parts(statement).next().filter(|_| syntax.kind(statement) == "expression_statement");
    while let Some(branch) = next.filter(|&next| syntax.kind(next) == "if_expression") {
        let Some(kind) = syntax.child(branch, "consequence").and_then(|body| leaves(syntax, body)) else { break };
        out.push((branch, kind));
        next = syntax.child(branch, "alternative").and_then(|otherwise| syntax.parts(otherwise).next());
    }
    out
}

/// How control may leave inside of a statement, blocks whose condition is known left out.
fn ends_early(syntax: &Syntax, statement: NodeId, known: &[NodeId]) -> Option<GuardKind> {
    (statement..syntax.end(statement)).find_map(|node| {
        let name = || syntax.child(node, "macro").map(|name| syntax.text(name).rsplit("::").next().unwrap_or_default());
        let kind = match syntax.kind(node) {
            "return_expression" | "try_expression" => GuardKind::Past,
            "macro_invocation" if matches!(name(), Some("bail" | "ensure" | "panic" | "todo" | "unimplemented")) => GuardKind::Past,
            "break_expression" | "continue_expression" => GuardKind::Skip,
            _ => return None,
        };
        let stays = syntax.ancestors(node).take_while(|&above| above >= statement).any(|above| {
            let inner = syntax.kind(above);
            let round = kind == GuardKind::Skip && matches!(inner, "for_expression" | "while_expression" | "loop_expression");
            known.contains(&above) || round || CLOSURES.contains(&inner) || is_definition(syntax, above) || inner == "impl_item"
        });
        (!stays).then_some(kind)
    })
}

/// How control leaves at the end of a block, where its last statement says so.
pub(super) fn leaves(syntax: &Syntax, block: NodeId) -> Option<GuardKind> {
    let last = syntax.parts(block).last()?;
    let value = if syntax.kind(last) == "expression_statement" { syntax.parts(last).next()? } else { last };
    match syntax.kind(value) {
        "return_expression" => Some(GuardKind::Past),
        "continue_expression" | "break_expression" => Some(GuardKind::Skip),
        "macro_invocation" => {
            let name = syntax.child(value, "macro").map(|name| syntax.text(name).rsplit("::").next().unwrap_or_default());
            name.filter(|name| matches!(*name, "bail" | "panic" | "unreachable" | "todo" | "unimplemented")).map(|_| GuardKind::Past)
        }
        _ => None,
    }
}

/// Does a place run whenever the statement around it does? Not where `&&` or `||` decides.
pub(super) fn is_certain(syntax: &Syntax, node: NodeId) -> bool {
    let mut below = node;
    for above in syntax.ancestors(node) {
        let lazy = || syntax.child(above, "operator").is_some_and(|operator| matches!(syntax.text(operator), "&&" | "||"));
        match syntax.kind(above) {
            "binary_expression" if syntax.field(below) == "right" && lazy() => return false,
            "let_chain" if syntax.parts(above).next() != Some(below) => return false,
            "block" => return true,
            _ => (),
        }
        below = above;
    }
    true
}
