//! The conditions under which a place in a body is reached.

use super::{METHODS, TYPES, bare};
use crate::model::{Guard, GuardKind};
use crate::parse::syntax::{NodeId, Syntax};

/// What stands for conditions that are not told.
const UNTOLD: &str = "…";
const LOOPS: &[&str] = &["while_statement", "for_statement", "do_statement", "enhanced_for_statement"];
/// What is not run by the code around it.
pub(super) const APART: &[&str] = &["lambda_expression", "class_body"];

/// A condition on the way to a place, with the node that states it: the expression, or the cases of a `switch`.
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
        let kind = syntax.kind(above);
        if holds_statements(syntax, above) {
            for statement in syntax.parts(above).take_while(|&part| part < below).collect::<Vec<_>>().into_iter().rev() {
                let told = ways_out(syntax, statement);
                let known: Vec<NodeId> = told.iter().filter_map(|(branch, _)| syntax.child(*branch, "consequence")).collect();
                if let Some(kind) = ends_early(syntax, statement, &known) {
                    push(kind, None, UNTOLD.to_owned());
                }
                told.into_iter().rev().for_each(|(branch, kind)| push(kind, syntax.child(branch, "condition"), text(branch, "condition")));
            }
        }
        let mut on = |kind| push(kind, syntax.child(above, "condition"), text(above, "condition"));
        match (kind, syntax.field(below)) {
            ("if_statement", "consequence") => on(GuardKind::If),
            ("if_statement", "alternative") => on(GuardKind::Unless),
            ("while_statement", "body") => on(GuardKind::While),
            ("for_statement", "body") if syntax.child(above, "condition").is_some() => on(GuardKind::While),
            ("enhanced_for_statement", "body") => {
                push(GuardKind::For, None, format!("{} in {}", text(above, "name"), text(above, "value")))
            }
            ("catch_clause", "body") => push(GuardKind::Except, None, handled(syntax, above).join(" | ")),
            ("switch_block_statement_group" | "switch_rule", _) if syntax.kind(below) != "switch_label" => {
                let subject = subject(syntax, above).map(|subject| bare(syntax, subject)).unwrap_or_default();
                push(GuardKind::Case, Some(above), format!("{subject}: {}", cases(syntax, above).join(", ")));
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

fn holds_statements(syntax: &Syntax, node: NodeId) -> bool {
    matches!(syntax.kind(node), "block" | "constructor_body" | "switch_block_statement_group")
}

/// What the `switch` around a case looks at.
pub(super) fn subject(syntax: &Syntax, case: NodeId) -> Option<NodeId> {
    let whole = syntax.ancestors(case).find(|&outer| syntax.kind(outer) == "switch_expression")?;
    syntax.child(whole, "condition")
}

/// The labels in front of a case, and those of the cases before it that run on into it.
pub(super) fn cases(syntax: &Syntax, case: NodeId) -> Vec<String> {
    let labels = |group: NodeId| -> Vec<String> {
        let own = syntax.parts(group).filter(|&part| syntax.kind(part) == "switch_label");
        own.map(|label| syntax.folded(label).trim_start_matches("case ").to_owned()).collect()
    };
    let mut out = labels(case);
    if syntax.kind(case) == "switch_rule" {
        return out;
    }
    let earlier: Vec<NodeId> =
        syntax.parent(case).into_iter().flat_map(|block| syntax.parts(block)).filter(|&group| group < case).collect();
    for group in earlier.into_iter().rev() {
        if syntax.parts(group).last().is_some_and(|last| leaves(syntax, last).is_some()) {
            break;
        }
        out.splice(0..0, labels(group));
    }
    out
}

/// The types of errors that a handler names.
pub(super) fn handled(syntax: &Syntax, clause: NodeId) -> Vec<String> {
    let all = clause + 1..syntax.child(clause, "body").unwrap_or(clause + 1);
    let list = all.into_iter().find(|&node| syntax.kind(node) == "catch_type");
    list.into_iter().flat_map(|list| syntax.parts(list)).map(|of| syntax.folded(of)).collect()
}

/// The branches of an `if`, with how each leaves the block around it, up to the first that does not.
fn ways_out(syntax: &Syntax, statement: NodeId) -> Vec<(NodeId, GuardKind)> {
    let mut out = Vec::new();
    let mut next = Some(statement);
    while let Some(branch) = next.filter(|&next| syntax.kind(next) == "if_statement") {
        let Some(kind) = syntax.child(branch, "consequence").and_then(|body| leaves(syntax, body)) else { break };
        out.push((branch, kind));
        next = syntax.child(branch, "alternative");
    }
    out
}

/// How control may leave inside of a statement, blocks whose condition is known left out.
fn ends_early(syntax: &Syntax, statement: NodeId, known: &[NodeId]) -> Option<GuardKind> {
    (statement..syntax.end(statement)).find_map(|node| {
        let labelled = syntax.parts(node).next().is_some();
        let breaks = syntax.kind(node) == "break_statement";
        let kind = match syntax.kind(node) {
            "return_statement" | "throw_statement" => GuardKind::Past,
            "break_statement" | "continue_statement" if labelled => GuardKind::Past,
            "break_statement" | "continue_statement" => GuardKind::Skip,
            _ => return None,
        };
        let stays = syntax.ancestors(node).take_while(|&above| above >= statement).any(|above| {
            let inner = syntax.kind(above);
            let round = kind == GuardKind::Skip && LOOPS.contains(&inner);
            let case = kind == GuardKind::Skip && breaks && matches!(inner, "switch_block_statement_group" | "switch_rule");
            known.contains(&above) || round || case || APART.contains(&inner) || METHODS.contains(&inner) || TYPES.contains(&inner)
        });
        (!stays && !known.contains(&node)).then_some(kind)
    })
}

/// How control leaves at the end of a block, or of a statement without one, where it says so.
pub(super) fn leaves(syntax: &Syntax, block: NodeId) -> Option<GuardKind> {
    let last = if syntax.kind(block) == "block" { syntax.parts(block).last()? } else { block };
    match syntax.kind(last) {
        "return_statement" | "throw_statement" => Some(GuardKind::Past),
        "break_statement" | "continue_statement" => Some(GuardKind::Skip),
        _ => None,
    }
}

/// Does a place run whenever the statement around it does? Not where `&&`, `||` or `?` decides.
pub(super) fn is_certain(syntax: &Syntax, node: NodeId) -> bool {
    let mut below = node;
    for above in syntax.ancestors(node) {
        let lazy = || syntax.child(above, "operator").is_some_and(|operator| matches!(syntax.text(operator), "&&" | "||"));
        match syntax.kind(above) {
            "binary_expression" if syntax.field(below) == "right" && lazy() => return false,
            "ternary_expression" if syntax.field(below) != "condition" => return false,
            "assert_statement" | "for_statement" | "while_statement" if syntax.field(below) != "body" => return false,
            kind if APART.contains(&kind) => return false,
            _ if holds_statements(syntax, above) => return true,
            _ => (),
        }
        below = above;
    }
    true
}
