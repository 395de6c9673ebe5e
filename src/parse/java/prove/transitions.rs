//! Moves of a field from one value to another.

use super::conditions::{Met, cases, met, subject};
use super::state::{Write, writes};
use super::unwrapped;
use crate::model::GuardKind;
use crate::parse::syntax::{NodeId, Syntax};

/// What a condition says of a field.
enum Says {
    /// It has one of these values.
    Is(Vec<String>),
    /// It has none of these.
    IsNot(Vec<String>),
}

/// The assignment of `to` to `field`, reached only where the field may be `from`, if one is named.
pub(super) fn moved(syntax: &Syntax, top: NodeId, field: &str, from: &str, to: &str) -> Option<NodeId> {
    let all: Vec<Write> = writes(syntax, top, field).collect();
    let found = all.iter().find(|write| write.value == to && (from.is_empty() || comes_from(syntax, top, field, from, write.target, &all)));
    found.map(|write| write.target)
}

fn comes_from(syntax: &Syntax, top: NodeId, field: &str, from: &str, here: NodeId, all: &[Write]) -> bool {
    let mut stated = false;
    for met in met(syntax, top, here) {
        let Some(condition) = met.stated else { continue };
        // What was written in between is the value now.
        let holder = |node: NodeId| {
            let mut above = syntax.ancestors(node);
            above.find(|&above| matches!(syntax.kind(above), "block" | "constructor_body" | "switch_block_statement_group"))
        };
        let on_the_way = |write: &Write| {
            condition < write.target
                && write.target < here
                && holder(write.target).is_some_and(|block| block < here && here < syntax.end(block))
        };
        let says = of_guard(syntax, &met, condition, field);
        if !says.is_empty() && all.iter().any(on_the_way) {
            return false;
        }
        for says in says {
            match says {
                Says::Is(values) if values.iter().any(|value| value == from) => stated = true,
                Says::IsNot(values) if !values.iter().any(|value| value == from) => (),
                _ => return false,
            }
        }
    }
    stated
}

fn of_guard(syntax: &Syntax, met: &Met, stated: NodeId, field: &str) -> Vec<Says> {
    match met.guard.kind {
        GuardKind::If | GuardKind::While => of_condition(syntax, stated, true, field),
        GuardKind::Unless | GuardKind::Past | GuardKind::Skip => of_condition(syntax, stated, false, field),
        GuardKind::Case if subject(syntax, stated).is_some_and(|subject| syntax.folded(unwrapped(syntax, subject)) == field) => {
            let values = cases(syntax, stated).iter().flat_map(|label| label.split(", ")).map(str::to_owned).collect();
            vec![Says::Is(values)]
        }
        _ => Vec::new(),
    }
}

/// What follows for the field where a condition holds, or where it does not.
fn of_condition(syntax: &Syntax, condition: NodeId, holds: bool, field: &str) -> Vec<Says> {
    let mut out = Vec::new();
    let mut open = vec![(condition, holds)];
    while let Some((node, holds)) = open.pop() {
        let node = unwrapped(syntax, node);
        let operator = syntax.child(node, "operator").map(|operator| syntax.text(operator)).unwrap_or_default();
        match syntax.kind(node) {
            "unary_expression" if operator == "!" => open.extend(syntax.child(node, "operand").map(|inner| (inner, !holds))),
            // Both sides are known only of `a && b` that holds and of `a || b` that does not.
            "binary_expression" if operator == if holds { "&&" } else { "||" } => open.extend(syntax.parts(node).map(|side| (side, holds))),
            "binary_expression" if matches!(operator, "&&" | "||") => out.extend(one_of(syntax, node, holds, field)),
            _ => out.extend(compared(syntax, node, holds, field)),
        }
    }
    out
}

/// `field == A || field == B`: one of both.
fn one_of(syntax: &Syntax, node: NodeId, holds: bool, field: &str) -> Option<Says> {
    let mut all = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let node = unwrapped(syntax, node);
        match syntax.child(node, "operator").map(|operator| syntax.text(operator)) {
            Some(operator @ ("&&" | "||")) if (operator == "&&") == holds => return None,
            Some("&&" | "||") => open.extend(syntax.parts(node)),
            _ => match compared(syntax, node, holds, field)? {
                Says::Is(values) => all.extend(values),
                Says::IsNot(_) => return None,
            },
        }
    }
    Some(Says::Is(all))
}

/// `field == A`, `field != A`, `A.equals(field)`.
fn compared(syntax: &Syntax, node: NodeId, holds: bool, field: &str) -> Option<Says> {
    let text = |node: NodeId| syntax.folded(unwrapped(syntax, node));
    let (left, right, same) = match syntax.kind(node) {
        "binary_expression" => {
            let operator = syntax.child(node, "operator").map(|operator| syntax.text(operator))?;
            let same = match operator {
                "==" => true,
                "!=" => false,
                _ => return None,
            };
            (text(syntax.child(node, "left")?), text(syntax.child(node, "right")?), same)
        }
        "method_invocation" if syntax.child(node, "name").is_some_and(|name| syntax.text(name) == "equals") => {
            let list = syntax.child(node, "arguments")?;
            let mut all = syntax.parts(list);
            let (only, None) = (all.next()?, all.next()) else { return None };
            (text(syntax.child(node, "object")?), text(only), true)
        }
        _ => return None,
    };
    let other = match (left == field, right == field) {
        (true, false) => right,
        (false, true) => left,
        _ => return None,
    };
    Some(if same == holds { Says::Is(vec![other]) } else { Says::IsNot(vec![other]) })
}
