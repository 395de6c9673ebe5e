//! What a body changes beyond its own variables, and which constants it reads.

use crate::model::{Effect, Outside, Write};
use crate::parse::script::body::{MAX_ITEMS, Walk};
use crate::parse::script::names::{self, UNTOLD, told};
use crate::parse::syntax::{NodeId, Syntax};

/// A value longer than this is told by its place alone.
const MAX_VALUE: usize = 120;
/// More constants than this in one chunk make a table.
const MAX_REFS: usize = 60;

impl Walk<'_, '_> {
    /// `left = right`, `left += right`.
    pub(super) fn written(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(left), Some(mut right)) = (syntax.child(node, "left"), syntax.child(node, "right")) else { return };
        // Of `a = b = 1` each target gets the last value.
        while syntax.kind(right) == "assignment_expression"
            && let Some(inner) = syntax.child(right, "right")
        {
            right = inner;
        }
        let step = match syntax.child(node, "operator").filter(|_| syntax.kind(node) == "augmented_assignment_expression") {
            Some(operator) => format!("{} ", syntax.text(operator)),
            None => String::new(),
        };
        let value = format!("{step}{}", told(syntax, right));
        self.put(left, value);
        if step.is_empty() {
            self.bound(left, right);
        }
    }

    /// `target++`
    pub(super) fn updated(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(target), Some(operator)) = (syntax.child(node, "argument"), syntax.child(node, "operator")) else { return };
        let value = if syntax.text(operator) == "++" { "+= 1" } else { "-= 1" };
        self.put(target, value.to_owned());
    }

    /// `delete target`
    pub(super) fn deleted(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let deletes = syntax.child(node, "operator").is_some_and(|operator| syntax.text(operator) == "delete");
        if let Some(target) = syntax.child(node, "argument").filter(|_| deletes) {
            self.put(target, "del".to_owned());
        }
    }

    fn put(&mut self, target: NodeId, value: String) {
        let value = if value.len() > MAX_VALUE || value.contains(UNTOLD) { String::new() } else { value };
        if !self.write(target, value) {
            self.untold();
        }
    }

    /// False where it is not told.
    fn write(&mut self, target: NodeId, value: String) -> bool {
        let syntax = self.syntax;
        let lasting = match syntax.kind(target) {
            "member_expression" => true,
            "subscript_expression" => syntax.child(target, "object").is_some_and(|of| {
                syntax.kind(of) == "member_expression" || syntax.kind(of) == "identifier" && !self.own.contains(syntax.text(of))
            }),
            "identifier" => !self.own.contains(syntax.text(target)),
            _ => false,
        };
        let text = told(syntax, target);
        if !lasting || text.len() > MAX_VALUE || text.contains(['…', '{', '`']) || self.facts.writes.len() >= MAX_ITEMS {
            return false;
        }
        let Some(when) = self.when() else { return false };
        // What an operator decides may not happen.
        let certain = syntax
            .ancestors(target)
            .skip(1)
            .find(|&above| !matches!(syntax.kind(above), "parenthesized_expression" | "assignment_expression"));
        if !certain.is_some_and(|above| {
            matches!(syntax.kind(above), "expression_statement" | "for_statement" | "return_statement" | "arrow_function")
        }) {
            return false;
        }
        self.facts.writes.push(Write { target: text, value, when });
        true
    }

    /// A variable that takes its value from a constant, the environment or a request.
    pub(super) fn bound(&mut self, left: NodeId, right: NodeId) {
        let syntax = self.syntax;
        let own = syntax.kind(left) == "identifier" && self.own.contains(syntax.text(left));
        let value = told(syntax, right);
        let asked = ["process.env", "import.meta.env", "req.", "request.", "ctx."].iter().any(|start| value.contains(start));
        let looked_up = || (right..syntax.end(right)).any(|node| reference(syntax, node).is_some());
        if !own
            || value.is_empty()
            || value.len() > MAX_VALUE
            || value.contains(['…', '{', '`'])
            || !(asked || looked_up())
            || self.facts.bindings.len() >= MAX_ITEMS
        {
            return;
        }
        let Some(when) = self.when() else { return };
        self.facts.bindings.push(Write { target: syntax.text(left).to_owned(), value, when });
    }

    /// A name that may be a constant's, or a look at the environment.
    pub(super) fn reference(&mut self, node: NodeId) {
        let named = reference(self.syntax, node);
        if let Some(name) = named.filter(|name| !self.own.contains(name.split('.').next().unwrap_or_default())) {
            keep(&mut self.facts.refs, name);
        }
        let text = self.syntax.text(node);
        if matches!(text, "process.env" | "import.meta.env") {
            let effect = Effect { on: Outside::Environment, callee: text.to_owned() };
            if !self.facts.effects.contains(&effect) {
                self.facts.effects.push(effect);
            }
        }
    }
}

/// The constants and members that are read below a node.
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

fn reference(syntax: &Syntax, node: NodeId) -> Option<String> {
    let above = syntax.parent(node)?;
    let field = syntax.field(node);
    let assigned = matches!((syntax.kind(above), field), ("assignment_expression", "left") | ("variable_declarator", "name"));
    if assigned || matches!(field, "function" | "constructor" | "property" | "key" | "parameter" | "alias") {
        return None;
    }
    match syntax.kind(node) {
        "identifier" => (field != "name" && names::is_constant(syntax.text(node))).then(|| syntax.text(node).to_owned()),
        "member_expression" => {
            let member = syntax.text(syntax.child(node, "property")?);
            let of = syntax.text(syntax.child(node, "object")?);
            let plain = of.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) && of != "process.env";
            // A member of a set is written like a type, as is what it is a member of.
            let upper = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase());
            let of_set = upper(of) && !of.contains('.') && upper(member);
            (plain && (names::is_constant(member) || of_set)).then(|| format!("{of}.{member}"))
        }
        _ => None,
    }
}
