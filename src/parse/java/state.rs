//! What a body changes beyond its own variables, and which constants it reads.

use crate::model::Write;
use crate::parse::conditions::UNTOLD;
use crate::parse::java::body::{MAX_ITEMS, Walk};
use crate::parse::java::names::{self, told};
use crate::parse::syntax::{NodeId, Syntax};

/// A value longer than this is told by its place alone.
const MAX_VALUE: usize = 120;
/// More constants than this in one chunk make a table.
const MAX_REFS: usize = 60;

impl Walk<'_, '_> {
    /// `left = right`, `left += right`, `left++`. False where it is not told.
    pub(super) fn written(&mut self, node: NodeId) -> bool {
        let syntax = self.syntax;
        let (left, value) = if syntax.kind(node) == "update_expression" {
            let step = if syntax.children(node).any(|part| syntax.text(part) == "++") { "+= 1" } else { "-= 1" };
            (syntax.parts(node).next(), step.to_owned())
        } else {
            let operator = syntax.child(node, "operator").map(|operator| syntax.text(operator)).filter(|operator| *operator != "=");
            let step = operator.map(|operator| format!("{operator} ")).unwrap_or_default();
            let value = syntax.child(node, "right").map(|right| told(syntax, right)).unwrap_or_default();
            (syntax.child(node, "left"), format!("{step}{value}"))
        };
        let Some(left) = left.map(|left| names::bare(syntax, left)) else { return false };
        let lasting = match syntax.kind(left) {
            "field_access" => true,
            "array_access" => syntax.child(left, "array").is_some_and(|of| self.outlives(of)),
            "identifier" => self.outlives(left),
            _ => false,
        };
        let target = syntax.folded(left);
        let value = if value.len() > MAX_VALUE || value.contains(UNTOLD) { String::new() } else { value };
        if !lasting {
            self.bound(left, node, &value);
            return false;
        }
        if target.len() > MAX_VALUE || target.contains(UNTOLD) || self.facts.writes.len() >= MAX_ITEMS {
            return false;
        }
        let Some(when) = self.when() else { return false };
        self.facts.writes.push(Write { target, value, when });
        true
    }

    /// Is it a field, or what a field holds?
    fn outlives(&self, of: NodeId) -> bool {
        match self.syntax.kind(of) {
            "field_access" => true,
            "identifier" => !self.own.contains(self.syntax.text(of)),
            _ => false,
        }
    }

    /// A variable of its own that takes its value from a constant or the environment.
    pub(super) fn bound(&mut self, name: NodeId, value_in: NodeId, value: &str) {
        let syntax = self.syntax;
        let looked_up = || (value_in..syntax.end(value_in)).any(|node| node != name && reference(syntax, node).is_some());
        let around = value.contains("getenv") || value.contains("getProperty") || looked_up();
        if syntax.kind(name) != "identifier" || value.is_empty() || !around || self.facts.bindings.len() >= MAX_ITEMS {
            return;
        }
        let Some(when) = self.when() else { return };
        self.facts.bindings.push(Write { target: syntax.text(name).to_owned(), value: value.to_owned(), when });
    }

    /// A name that may be a constant's.
    pub(super) fn reference(&mut self, node: NodeId) {
        if let Some(name) = reference(self.syntax, node) {
            let first = name.split('.').next().unwrap_or_default();
            if !self.own.contains(first) {
                keep(&mut self.facts.refs, name);
            }
        }
    }
}

/// The constants that are read below a node.
pub(super) fn references(syntax: &Syntax, top: NodeId, out: &mut Vec<String>) {
    for node in top..syntax.end(top) {
        if let Some(name) = reference(syntax, node) {
            keep(out, name);
        }
    }
}

fn keep(refs: &mut Vec<String>, name: String) {
    if refs.len() < MAX_REFS && !refs.contains(&name) {
        refs.push(name);
    }
}

/// `MAX_ITEMS`, `Limits.MAX_ITEMS`, `Status.PAID`.
fn reference(syntax: &Syntax, node: NodeId) -> Option<String> {
    let above = syntax.parent(node)?;
    let assigned = syntax.field(node) == "left" && syntax.kind(above) == "assignment_expression";
    match syntax.kind(node) {
        "identifier" => {
            let label = matches!(syntax.kind(above), "switch_label" | "break_statement" | "continue_statement" | "labeled_statement");
            let annotated = matches!(syntax.kind(above), "annotation" | "marker_annotation" | "element_value_pair" | "scoped_identifier");
            let read = !assigned && !label && !annotated && !matches!(syntax.field(node), "name" | "field" | "object");
            (read && names::is_constant(syntax.text(node))).then(|| syntax.text(node).to_owned())
        }
        "field_access" => {
            let field = syntax.text(syntax.child(node, "field")?);
            let of = syntax.text(syntax.child(node, "object")?);
            let class = of.rsplit('.').next().is_some_and(|name| name.starts_with(char::is_uppercase)) || of == "this";
            let plain = of.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'));
            (class && plain && !assigned && names::is_constant(field)).then(|| format!("{of}.{field}"))
        }
        _ => None,
    }
}
