//! Moves of a field from one value to another.

use super::conditions::{Met, is_block, met, subject, values};
use super::state::{Write, writes};
use super::{Alone, unwrapped};
use crate::model::GuardKind;
use crate::parse::syntax::{NodeId, Syntax};

/// What a condition says of a field.
enum Says {
    /// It has one of these values.
    Is(Vec<String>),
    /// It has not this value.
    IsNot(String),
}

/// The assignment of `to` to `field`, reached only where the field may be `from`, if one is named.
pub(super) fn moved(chunk: &Alone, field: &str, from: &str, to: &str) -> Option<NodeId> {
    let all: Vec<Write> = writes(chunk, field).collect();
    let found = all.iter().find(|write| write.value == to && (from.is_empty() || comes_from(chunk, field, from, write.target, &all)));
    found.map(|write| write.target)
}

fn comes_from(chunk: &Alone, field: &str, from: &str, here: NodeId, all: &[Write]) -> bool {
    let syntax = chunk.syntax;
    let mut stated = false;
    for met in met(chunk, here) {
        let Some(condition) = met.stated else { continue };
        // What was written in between is the value now.
        let block = |node: NodeId| syntax.ancestors(node).find(|&above| is_block(syntax, above));
        let on_the_way = |write: &Write| {
            condition < write.target
                && write.target < here
                && block(write.target).is_some_and(|block| block < here && here < syntax.end(block))
        };
        let says = of_guard(syntax, &met, condition, field);
        if !says.is_empty() && all.iter().any(on_the_way) {
            return false;
        }
        for says in says {
            match says {
                Says::Is(values) if values.iter().any(|value| value == from) => stated = true,
                Says::IsNot(value) if value != from => (),
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
            values(syntax, stated).map(Says::Is).into_iter().collect()
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
        match (syntax.kind(node), operator) {
            ("unary_expression", "!") => open.extend(syntax.child(node, "argument").map(|inner| (inner, !holds))),
            // Both sides are known only of `a && b` that holds and of `a || b` that does not.
            ("binary_expression", "&&" | "||") if (operator == "&&") == holds => {
                open.extend(syntax.parts(node).map(|side| (side, holds)));
            }
            ("binary_expression", "&&" | "||") => out.extend(one_of(syntax, node, holds, field)),
            _ => out.extend(compared(syntax, node, holds, field)),
        }
    }
    out
}

/// `field === A || field === B`: one of both.
fn one_of(syntax: &Syntax, node: NodeId, holds: bool, field: &str) -> Option<Says> {
    let mut all = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let node = unwrapped(syntax, node);
        let operator = syntax.child(node, "operator").map(|operator| syntax.text(operator)).unwrap_or_default();
        if matches!(operator, "&&" | "||") && syntax.kind(node) == "binary_expression" {
            if (operator == "&&") == holds {
                return None;
            }
            open.extend(syntax.parts(node));
            continue;
        }
        match compared(syntax, node, holds, field)? {
            Says::Is(values) => all.extend(values),
            Says::IsNot(_) => return None,
        }
    }
    Some(Says::Is(all))
}

fn compared(syntax: &Syntax, node: NodeId, holds: bool, field: &str) -> Option<Says> {
    let operator = syntax.text(syntax.child(node, "operator").filter(|_| syntax.kind(node) == "binary_expression")?);
    let same = match operator {
        "===" | "==" => true,
        "!==" | "!=" => false,
        _ => return None,
    };
    let (left, right) = (unwrapped(syntax, syntax.child(node, "left")?), unwrapped(syntax, syntax.child(node, "right")?));
    let other = match (syntax.folded(left) == field, syntax.folded(right) == field) {
        (true, false) => right,
        (false, true) => left,
        _ => return None,
    };
    let value = syntax.folded(other);
    Some(if same == holds { Says::Is(vec![value]) } else { Says::IsNot(value) })
}
