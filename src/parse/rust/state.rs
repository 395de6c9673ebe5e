//! What a body changes beyond its own variables, and which constants and variants it reads.

use crate::model::Write;
use crate::parse::rust::body::{MAX_ITEMS, Walk};
use crate::parse::rust::names::{self, UNTOLD, told};
use crate::parse::syntax::{NodeId, Syntax};

/// A value longer than this is told by its place alone.
const MAX_VALUE: usize = 120;
/// More constants than this in one chunk make a table.
const MAX_REFS: usize = 60;
/// Methods that lend what lies behind a reference: a variable that is made by one is no value of
/// its own.
const LENDING: &[&str] = &[
    "lock",
    "write",
    "borrow_mut",
    "get_mut",
    "as_mut",
    "as_deref_mut",
    "entry",
    "or_default",
    "or_insert",
    "or_insert_with",
    "first_mut",
    "last_mut",
    "iter_mut",
    "values_mut",
    "peek_mut",
    "split_at_mut",
];

impl Walk<'_, '_> {
    /// `left = right`, `left += right`.
    pub(super) fn written(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(left), Some(right)) = (syntax.child(node, "left"), syntax.child(node, "right")) else { return };
        let left = bare(syntax, left);
        let target = syntax.folded(left);
        if !self.lasts(left) || target.len() > MAX_VALUE || target.contains(UNTOLD) || self.facts.writes.len() >= MAX_ITEMS {
            return;
        }
        let Some(when) = self.when() else { return };
        let step = syntax.child(node, "operator").map(|operator| format!("{} ", syntax.text(operator))).unwrap_or_default();
        let value = format!("{step}{}", told(syntax, right));
        let value = if value.len() > MAX_VALUE || value.contains(UNTOLD) { String::new() } else { value };
        self.facts.writes.push(Write { target, value, when });
    }

    /// Does what is assigned to outlive the call: a field, an item, what a reference points to, a static?
    fn lasts(&self, left: NodeId) -> bool {
        let syntax = self.syntax;
        let within = match syntax.kind(left) {
            "field_expression" | "index_expression" => true,
            "unary_expression" => syntax.text(left).starts_with('*'),
            "identifier" | "scoped_identifier" => false,
            _ => return false,
        };
        root(syntax, left).is_some_and(|root| match syntax.kind(root) {
            "identifier" if names::is_constant(syntax.text(root)) => true,
            "identifier" => within && !self.is_owned(syntax.text(root)),
            _ => true,
        })
    }

    fn is_owned(&self, name: &str) -> bool {
        self.owned.iter().any(|owned| owned == name)
    }

    /// `mut` in front of a name: it holds a value of its own, unless that is lent.
    pub(super) fn mutable(&mut self, specifier: NodeId) {
        let syntax = self.syntax;
        let Some(holder) = syntax.parent(specifier) else { return };
        let above = syntax.parent(holder).map_or("", |above| syntax.kind(above));
        let pattern = match syntax.kind(holder) {
            "let_declaration" | "parameter" => syntax.child(holder, "pattern"),
            "mut_pattern" if above != "ref_pattern" => Some(holder),
            _ => None,
        };
        let lent = syntax.child(holder, "value").is_some_and(|value| is_lent(syntax, value));
        if let Some(pattern) = pattern.filter(|_| !lent) {
            self.owned.extend(names::bound(syntax, pattern).into_iter().map(str::to_owned));
        }
    }

    /// What a pattern takes out of a value is the function's own where the value is.
    pub(super) fn inherits(&mut self, pattern: Option<NodeId>, value: Option<NodeId>) {
        let syntax = self.syntax;
        let (Some(pattern), Some(value)) = (pattern, value) else { return };
        if !self.owned.is_empty() && root(syntax, value).is_some_and(|root| self.is_owned(syntax.text(root))) {
            self.owned.extend(names::bound(syntax, pattern).into_iter().map(str::to_owned));
        }
    }

    /// A name that may be a constant's or a variant's.
    pub(super) fn reference(&mut self, node: NodeId) {
        if self.facts.refs.len() >= MAX_REFS {
            return;
        }
        let Some(name) = reference(self.syntax, node) else { return };
        if !self.facts.refs.contains(&name) {
            self.anchor(node, &name);
            self.facts.refs.push(name);
        }
    }
}

fn bare(syntax: &Syntax, node: NodeId) -> NodeId {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression" {
        match syntax.parts(node).next() {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}

/// The variable, or the path, that a place or a value begins with: `self` of `self.items[0].price`,
/// `stock` of `stock.get_mut(sku)?`.
fn root(syntax: &Syntax, node: NodeId) -> Option<NodeId> {
    let mut node = node;
    loop {
        node = match syntax.kind(node) {
            "self" | "identifier" | "scoped_identifier" => return Some(node),
            "field_expression" => syntax.child(node, "value")?,
            "call_expression" => receiver(syntax, node)?.0,
            "unary_expression" if !syntax.text(node).starts_with('*') => return None,
            "index_expression" | "unary_expression" | "parenthesized_expression" | "try_expression" | "await_expression" => {
                syntax.parts(node).next()?
            }
            "reference_expression" => syntax.child(node, "value")?,
            _ => return None,
        }
    }
}

/// What a method is called on, and the name of the method.
fn receiver<'t>(syntax: &Syntax<'t>, call: NodeId) -> Option<(NodeId, &'t str)> {
    let function = syntax.child(call, "function")?;
    let function = if syntax.kind(function) == "generic_function" { syntax.child(function, "function")? } else { function };
    let of = syntax.child(function, "value").filter(|_| syntax.kind(function) == "field_expression")?;
    Some((of, syntax.text(syntax.child(function, "field")?)))
}

/// Is a value a reference to what another holds?
fn is_lent(syntax: &Syntax, value: NodeId) -> bool {
    let mut node = value;
    loop {
        node = match syntax.kind(node) {
            "reference_expression" => return syntax.parts(node).any(|part| syntax.kind(part) == "mutable_specifier"),
            "try_expression" | "await_expression" | "parenthesized_expression" => match syntax.parts(node).next() {
                Some(inner) => inner,
                None => return false,
            },
            "call_expression" => match receiver(syntax, node) {
                Some((_, name)) if LENDING.contains(&name) => return true,
                // Whether it was lent is not changed by taking it out of an `Option` or a `Result`.
                Some((of, "unwrap" | "expect" | "unwrap_or_else" | "ok")) => of,
                _ => return false,
            },
            _ => return false,
        }
    }
}

fn reference(syntax: &Syntax, node: NodeId) -> Option<String> {
    let above = syntax.kind(syntax.parent(node)?);
    let field = syntax.field(node);
    if matches!(field, "function" | "macro" | "name") || field == "left" && above == "assignment_expression" {
        return None;
    }
    let text = syntax.text(node);
    match syntax.kind(node) {
        "identifier" => names::is_constant(text).then(|| text.to_owned()),
        "scoped_type_identifier" if above != "struct_pattern" => None,
        _ => {
            let (of, name) = text.rsplit_once("::").filter(|_| names::is_path(text))?;
            let upper = |name: &str| name.starts_with(char::is_uppercase);
            let member = names::is_constant(name) || upper(name) && of.rsplit("::").next().is_some_and(upper);
            member.then(|| text.to_owned())
        }
    }
}
