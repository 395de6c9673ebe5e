//! Moves of a field from one value to another.

use super::conditions::{Met, met, subject};
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
    let found = all.iter().find(|write| {
        let named = write.value.as_deref() == Some(to);
        named && (from.is_empty() || comes_from(syntax, top, field, from, write.target, &all))
    });
    found.map(|write| write.target)
}

fn comes_from(syntax: &Syntax, top: NodeId, field: &str, from: &str, here: NodeId, all: &[Write]) -> bool {
    let mut stated = false;
    for met in met(syntax, top, here) {
        let Some(condition) = met.stated else { continue };
        // What was written in between is the value now.
        let block = |node: NodeId| syntax.ancestors(node).find(|&above| matches!(syntax.kind(above), "block" | "module"));
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
        GuardKind::Case if subject(syntax, stated).is_some_and(|subject| syntax.folded(subject) == field) => {
            let patterns = syntax.parts(stated).filter(|&part| syntax.kind(part) == "case_pattern");
            let values: Vec<String> = patterns
                .flat_map(|pattern| {
                    let inner = syntax.parts(pattern).next().unwrap_or(pattern);
                    if syntax.kind(inner) == "union_pattern" { syntax.parts(inner).collect() } else { vec![inner] }
                })
                .map(|value| syntax.folded(value))
                .collect();
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
            "not_operator" => open.extend(syntax.parts(node).next().map(|inner| (inner, !holds))),
            // Both sides are known only of `a and b` that holds and of `a or b` that does not.
            "boolean_operator" if (operator == "and") == holds => open.extend(syntax.parts(node).map(|side| (side, holds))),
            "boolean_operator" => out.extend(one_of(syntax, node, holds, field)),
            "comparison_operator" => out.extend(compared(syntax, node, holds, field)),
            _ => (),
        }
    }
    out
}

/// `field == A or field == B`: one of both.
fn one_of(syntax: &Syntax, node: NodeId, holds: bool, field: &str) -> Option<Says> {
    let mut all = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let node = unwrapped(syntax, node);
        if syntax.kind(node) == "boolean_operator" {
            let operator = syntax.child(node, "operator").map(|operator| syntax.text(operator)).unwrap_or_default();
            if (operator == "and") == holds {
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
    let sides: Vec<NodeId> = syntax.parts(node).filter(|_| syntax.kind(node) == "comparison_operator").collect();
    let [left, right] = sides.as_slice() else { return None };
    let operator = syntax.children(node).find(|&child| syntax.field(child) == "operators").map(|child| syntax.folded(child))?;
    let (left, right) = (unwrapped(syntax, *left), unwrapped(syntax, *right));
    let (same, values) = match operator.as_str() {
        "==" | "is" | "!=" | "is not" => {
            let other = match (syntax.folded(left) == field, syntax.folded(right) == field) {
                (true, false) => right,
                (false, true) => left,
                _ => return None,
            };
            (matches!(operator.as_str(), "==" | "is"), vec![syntax.folded(other)])
        }
        "in" | "not in" if syntax.folded(left) == field && matches!(syntax.kind(right), "tuple" | "list" | "set") => {
            (operator == "in", syntax.parts(right).map(|part| syntax.folded(part)).collect())
        }
        _ => return None,
    };
    Some(if same == holds { Says::Is(values) } else { Says::IsNot(values) })
}
