//! The conditions under which a place in a body is reached.

use super::{Alone, bare, bears_a_name, is_function};
use crate::model::{Guard, GuardKind};
use crate::parse::syntax::{NodeId, Syntax};

/// What stands for conditions that are not told.
const UNTOLD: &str = "…";
const LOOPS: &[&str] = &["for_statement", "for_in_statement", "while_statement", "do_statement"];

/// A condition on the way to a place, with the node that states it: the expression, or the case.
pub(super) struct Met {
    pub(super) guard: Guard,
    pub(super) stated: Option<NodeId>,
}

/// Does a node hold statements that run one after the other?
pub(super) fn is_block(syntax: &Syntax, node: NodeId) -> bool {
    matches!(syntax.kind(node), "statement_block" | "program" | "switch_case" | "switch_default" | "class_static_block")
}

/// The conditions between `node` and the definition as one expression, the outermost first.
pub(super) fn conditions(chunk: &Alone, node: NodeId) -> String {
    let guards: Vec<Guard> = met(chunk, node).into_iter().map(|met| met.guard).collect();
    Guard::joined(&guards)
}

/// The conditions between `node` and the definition, the outermost first.
pub(super) fn met(chunk: &Alone, node: NodeId) -> Vec<Met> {
    let syntax = chunk.syntax;
    let mut inner_first: Vec<Met> = Vec::new();
    let mut below = node;
    for above in syntax.ancestors(node).take_while(|&above| above != chunk.inner) {
        let text = |of: NodeId, field| syntax.child(of, field).map(|part| bare(syntax, part)).unwrap_or_default();
        let mut push = |kind, stated: Option<NodeId>, text: String| inner_first.push(Met { guard: Guard { kind, text }, stated });
        if is_block(syntax, above) {
            let earlier: Vec<NodeId> = syntax.parts(above).take_while(|&part| part < below).collect();
            for statement in earlier.into_iter().rev() {
                let told = ways_out(syntax, statement);
                let known: Vec<NodeId> = told.iter().filter_map(|(branch, _)| syntax.child(*branch, "consequence")).collect();
                if let Some(kind) = leaves_within(syntax, statement, &known) {
                    push(kind, None, UNTOLD.to_owned());
                }
                told.into_iter().rev().for_each(|(branch, kind)| push(kind, syntax.child(branch, "condition"), text(branch, "condition")));
            }
        }
        let mut on = |kind, of: NodeId| push(kind, syntax.child(of, "condition"), text(of, "condition"));
        match (syntax.kind(above), syntax.field(below)) {
            ("if_statement", "consequence") => on(GuardKind::If, above),
            ("if_statement", "alternative") => on(GuardKind::Unless, above),
            ("while_statement", "body") => on(GuardKind::While, above),
            ("for_statement", "body") if syntax.child(above, "condition").is_some_and(|condition| syntax.is_named(condition)) => {
                on(GuardKind::While, above);
            }
            ("for_in_statement", "body") => push(GuardKind::For, None, format!("{} in {}", text(above, "left"), text(above, "right"))),
            ("catch_clause", "body") => push(GuardKind::Except, None, "any exception".to_owned()),
            ("switch_case" | "switch_default", "body") => push(GuardKind::Case, Some(above), case(syntax, above)),
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

/// The values for which a case runs: those of the empty ones before it, too; `…` where another runs on into it.
fn case(syntax: &Syntax, case: NodeId) -> String {
    let Some(body) = syntax.parent(case) else { return UNTOLD.to_owned() };
    let value = |case: NodeId| syntax.child(case, "value").map_or_else(|| "default".to_owned(), |value| bare(syntax, value));
    let mut values = vec![value(case)];
    let before: Vec<NodeId> = syntax.parts(body).take_while(|&part| part < case).collect();
    for &earlier in before.iter().rev() {
        let statements = statements(syntax, earlier);
        match statements.last() {
            None => values.push(value(earlier)),
            Some(&last) if leaves(syntax, last).is_none() => return UNTOLD.to_owned(),
            Some(_) => break,
        }
    }
    values.reverse();
    let subject = subject(syntax, case).map(|subject| bare(syntax, subject)).unwrap_or_default();
    format!("{subject}: {}", values.join(" | "))
}

fn statements(syntax: &Syntax, case: NodeId) -> Vec<NodeId> {
    syntax.children(case).filter(|&part| syntax.field(part) == "body" && !syntax.is_comment(part)).collect()
}

/// What the `switch` around a case looks at.
pub(super) fn subject(syntax: &Syntax, case: NodeId) -> Option<NodeId> {
    let whole = syntax.ancestors(case).find(|&outer| syntax.kind(outer) == "switch_statement")?;
    syntax.child(whole, "value")
}

/// The values that a case is for; None where another case runs on into it.
pub(super) fn values(syntax: &Syntax, place: NodeId) -> Option<Vec<String>> {
    let told = case(syntax, place);
    let (_, values) = told.split_once(": ").filter(|_| told != UNTOLD)?;
    Some(values.split(" | ").map(str::to_owned).collect())
}

/// The branches of an `if` that stands as a statement, with how each leaves the block around it, up to
/// the first that does not.
fn ways_out(syntax: &Syntax, statement: NodeId) -> Vec<(NodeId, GuardKind)> {
    let mut out = Vec::new();
    let mut next = Some(statement);
    while let Some(branch) = next.filter(|&next| syntax.kind(next) == "if_statement") {
        let Some(kind) = syntax.child(branch, "consequence").and_then(|body| leaves(syntax, body)) else { break };
        out.push((branch, kind));
        next = syntax.child(branch, "alternative").and_then(|otherwise| syntax.parts(otherwise).next());
    }
    out
}

/// How control may leave inside of a statement, blocks whose condition is known left out.
fn leaves_within(syntax: &Syntax, statement: NodeId, known: &[NodeId]) -> Option<GuardKind> {
    (statement..syntax.end(statement)).find_map(|node| {
        let kind = syntax.kind(node);
        let labelled = syntax.child(node, "label").is_some();
        let way = match kind {
            "return_statement" | "throw_statement" => GuardKind::Past,
            "break_statement" | "continue_statement" if labelled => GuardKind::Past,
            "break_statement" | "continue_statement" => GuardKind::Skip,
            _ => return None,
        };
        let stays = std::iter::once(node).chain(syntax.ancestors(node)).take_while(|&above| above >= statement).any(|above| {
            let inner = syntax.kind(above);
            let round = way == GuardKind::Skip && LOOPS.contains(&inner);
            let switch = kind == "break_statement" && way == GuardKind::Skip && inner == "switch_statement";
            known.contains(&above) || round || switch || is_function(syntax, above) || bears_a_name(syntax, above)
        });
        (!stays).then_some(way)
    })
}

/// How control leaves at the end of a statement or a block, where that says so.
pub(super) fn leaves(syntax: &Syntax, statement: NodeId) -> Option<GuardKind> {
    let mut node = statement;
    while syntax.kind(node) == "statement_block" {
        node = syntax.parts(node).last()?;
    }
    match syntax.kind(node) {
        "return_statement" | "throw_statement" => Some(GuardKind::Past),
        "break_statement" | "continue_statement" if syntax.child(node, "label").is_some() => Some(GuardKind::Past),
        "break_statement" | "continue_statement" => Some(GuardKind::Skip),
        _ => None,
    }
}

/// Does a place run whenever the statement around it does? Not where an operator or a conditional
/// expression decides.
pub(super) fn is_certain(syntax: &Syntax, node: NodeId) -> bool {
    let mut below = node;
    for above in syntax.ancestors(node) {
        let lazy = || {
            syntax
                .child(above, "operator")
                .is_some_and(|operator| matches!(syntax.text(operator), "&&" | "||" | "??" | "&&=" | "||=" | "??="))
        };
        let optional = || (above..below).any(|part| syntax.kind(part) == "optional_chain");
        match syntax.kind(above) {
            "binary_expression" | "augmented_assignment_expression" if syntax.field(below) == "right" && lazy() => return false,
            "ternary_expression" if syntax.field(below) != "condition" => return false,
            "call_expression" | "member_expression" | "subscript_expression"
                if matches!(syntax.field(below), "arguments" | "index") && optional() =>
            {
                return false;
            }
            "assignment_pattern" | "switch_case" if matches!(syntax.field(below), "right" | "value") => return false,
            "for_statement" if matches!(syntax.field(below), "condition" | "increment") => return false,
            _ if is_block(syntax, above) || is_function(syntax, above) => return true,
            _ => (),
        }
        below = above;
    }
    true
}
