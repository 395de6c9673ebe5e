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
    let found = all.iter().find(|write| write.value == to && (from.is_empty() || comes_from(syntax, top, field, from, write.target, &all)));
    found.map(|write| write.target)
}

fn comes_from(syntax: &Syntax, top: NodeId, field: &str, from: &str, here: NodeId, all: &[Write]) -> bool {
    let mut stated = false;
    for met in met(syntax, top, here) {
        let Some(condition) = met.stated else { continue };
        // What was written in between is the value now.
        let block = |node: NodeId| syntax.ancestors(node).find(|&above| matches!(syntax.kind(above), "block" | "match_arm"));
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
        GuardKind::Case if subject(syntax, stated).is_some_and(|subject| syntax.folded(unwrapped(syntax, subject)) == field) => {
            let pattern = syntax.child(stated, "pattern").and_then(|pattern| syntax.parts(pattern).next());
            vec![Says::Is(pattern.map(|pattern| alternatives(syntax, pattern)).unwrap_or_default())]
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
            "unary_expression" if syntax.text(node).starts_with('!') => {
                open.extend(syntax.parts(node).next().map(|inner| (inner, !holds)));
            }
            // Both sides are known only of `a && b` that holds and of `a || b` that does not.
            "let_chain" if holds => open.extend(syntax.parts(node).map(|side| (side, holds))),
            "binary_expression" if operator == if holds { "&&" } else { "||" } => {
                open.extend(syntax.parts(node).map(|side| (side, holds)));
            }
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
            Some("&&" | "||") if (syntax.text(syntax.child(node, "operator")?) == "&&") == holds => return None,
            Some("&&" | "||") => open.extend(syntax.parts(node)),
            _ => match compared(syntax, node, holds, field)? {
                Says::Is(values) => all.extend(values),
                Says::IsNot(_) => return None,
            },
        }
    }
    Some(Says::Is(all))
}

fn compared(syntax: &Syntax, node: NodeId, holds: bool, field: &str) -> Option<Says> {
    if syntax.kind(node) == "macro_invocation" {
        return matched(syntax, node, holds, field);
    }
    let operator = syntax.child(node, "operator").map(|operator| syntax.text(operator))?;
    let side = |name| syntax.child(node, name).map(|side| syntax.folded(unwrapped(syntax, side))).unwrap_or_default();
    let other = match (side("left") == field, side("right") == field) {
        (true, false) => side("right"),
        (false, true) => side("left"),
        _ => return None,
    };
    match operator {
        "==" | "!=" if (operator == "==") == holds => Some(Says::Is(vec![other])),
        "==" | "!=" => Some(Says::IsNot(vec![other])),
        _ => None,
    }
}

/// `matches!(field, A | B)`.
fn matched(syntax: &Syntax, node: NodeId, holds: bool, field: &str) -> Option<Says> {
    let text = syntax.text(node).strip_prefix("matches!")?.trim().strip_prefix('(')?.strip_suffix(')')?;
    let (subject, patterns) = text.split_once(',')?;
    let plain = !patterns.contains([',', '(', '{', '"']) && !patterns.contains(" if ");
    let folded = |text: &str| text.split_whitespace().collect::<String>();
    let values = patterns.split('|').map(folded).collect();
    let says = if holds { Says::Is(values) } else { Says::IsNot(values) };
    (plain && folded(subject) == folded(field)).then_some(says)
}

/// The patterns of `A | B`.
fn alternatives(syntax: &Syntax, pattern: NodeId) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = vec![pattern];
    while let Some(node) = open.pop() {
        if syntax.kind(node) == "or_pattern" {
            open.extend(syntax.parts(node));
        } else {
            out.push(syntax.folded(node));
        }
    }
    out
}
