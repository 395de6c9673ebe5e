//! Proofs of claims from the code of one chunk.
//!
//! Works from the place in question upwards to the definition, where the extraction works
//! downwards with a stack; the two share the syntax tree and nothing else. A file a noun; each
//! answers with the node that proves the claim.

mod absence;
mod calls;
mod conditions;
mod doors;
mod effects;
mod head;
mod members;
mod outcomes;
mod state;
mod transitions;

use crate::parse::syntax::{NodeId, Syntax};

const DEFINITIONS: &[&str] = &["function_definition", "class_definition", "lambda"];

/// The node of the chunk that `syntax` holds alone which fulfils the predicate.
pub(super) fn prove(syntax: &Syntax, name: &str, args: &[&str]) -> Option<NodeId> {
    let top = top(syntax);
    match (name, args) {
        ("documented", [sentence]) => head::documented(syntax, top, sentence),
        ("parameter", [name, annotation, default]) => head::parameter(syntax, top, name, annotation, default),
        ("default", [name, value]) => head::default(syntax, top, name, value),
        ("result", [annotation]) => syntax.child(top, "return_type").filter(|&result| syntax.folded(result) == *annotation),
        ("returns", [value, when]) => outcomes::returned(syntax, top, value, when),
        ("raises", [exception, when]) => outcomes::raised(syntax, top, exception, when),
        ("calls", [callee]) => calls::called(syntax, top, callee).next(),
        ("calls_when", [callee, when]) => calls::called_when(syntax, top, callee, when),
        ("passes", [callee, argument]) => calls::passed(syntax, top, callee, argument).next(),
        ("passes_when", [callee, argument, when]) => calls::passed_when(syntax, top, callee, argument, when),
        ("calls_in_order", [first, second]) => calls::in_order(syntax, top, first, second),
        ("returns_call", [callee]) => calls::called(syntax, top, callee).find(|&call| calls::stands_in(syntax, call, "return_statement")),
        ("ignores_call", [callee]) => {
            calls::called(syntax, top, callee).find(|&call| calls::stands_in(syntax, call, "expression_statement"))
        }
        ("assigns_call", [callee, target]) => calls::assigned_to(syntax, top, callee, target),
        ("handles", [callee, exception]) => {
            calls::called(syntax, top, callee).find_map(|call| calls::handled(syntax, top, call, exception))
        }
        ("expects", [callee, error]) => calls::called(syntax, top, callee).find(|&call| calls::expected(syntax, top, call, error)),
        ("writes", [target, value, when]) => state::written(syntax, top, target, value, when),
        ("assigns", [target, value, when]) => state::assigned(syntax, top, target, value, when),
        ("reads", [name]) => state::read(syntax, top, name),
        ("transitions", [field, from, to]) => transitions::moved(syntax, top, field, from, to),
        ("effect", [category, callee]) => effects::effect(syntax, top, category, callee),
        ("decorated", [decorator]) => head::decorators(syntax, top).find(|&node| head::decorator_text(syntax, node) == *decorator),
        ("route", [verb, path]) => doors::route(syntax, top, verb, path),
        ("command", [decorator]) => doors::command(syntax, top, decorator),
        ("base", [base]) => members::bases(syntax, top).find(|&item| syntax.folded(item) == *base),
        ("derives", [name]) => members::derives(syntax, top, name),
        ("method", [method]) => members::methods(syntax, top).find(|&name| syntax.text(name) == *method),
        ("attribute", [attribute, value]) => members::attribute(syntax, top, attribute, value),
        ("constant", [name, value]) => members::constant(syntax, top, name, value),
        ("item", [name, key, value]) => members::item(syntax, top, name, key, value),
        ("defined_at", [name]) => members::defined(syntax, top, name),
        ("absent", [what, name]) => absence::absent(syntax, top, what, name).then_some(top),
        _ => None,
    }
}

/// The definition that the lines begin with; the root for lines of a module.
pub(super) fn top(syntax: &Syntax) -> NodeId {
    let first = syntax.parts(0).next().unwrap_or_default();
    let inner = syntax.child(first, "definition").filter(|_| syntax.kind(first) == "decorated_definition").unwrap_or(first);
    if matches!(syntax.kind(inner), "function_definition" | "class_definition") { inner } else { 0 }
}

/// The docstring's statement.
pub(super) fn doc(syntax: &Syntax, top: NodeId) -> Option<NodeId> {
    let first = syntax.child(top, "body").and_then(|block| syntax.parts(block).next())?;
    let string = syntax.parts(first).next()?;
    (syntax.kind(first) == "expression_statement" && syntax.kind(string) == "string").then_some(first)
}

/// Nodes of the body of `top` itself, not of a definition inside it.
fn own<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let body = if top == 0 { Some(0) } else { syntax.child(top, "body") };
    body.into_iter().flat_map(move |body| body + 1..syntax.end(body)).filter(move |&node| is_own(syntax, top, node))
}

fn is_own(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    syntax.ancestors(node).find(|&above| DEFINITIONS.contains(&syntax.kind(above))).unwrap_or_default() == top
}

/// Nodes of a kind in the body of `top` itself.
fn own_kind<'s>(syntax: &'s Syntax, top: NodeId, kind: &'s str) -> impl Iterator<Item = NodeId> + 's {
    let body = if top == 0 { Some(0) } else { syntax.child(top, "body") };
    let all = body.into_iter().flat_map(move |body| body + 1..syntax.end(body));
    all.filter(move |&node| syntax.kind(node) == kind && is_own(syntax, top, node))
}

/// The folded text without parentheses around the whole.
fn bare(syntax: &Syntax, node: NodeId) -> String {
    syntax.folded(unwrapped(syntax, node))
}

fn unwrapped(syntax: &Syntax, node: NodeId) -> NodeId {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression"
        && let Some(inner) = syntax.parts(node).next()
    {
        node = inner;
    }
    node
}

/// What a plain string holds.
fn plain_string<'t>(syntax: &Syntax<'t>, node: NodeId) -> Option<&'t str> {
    let parts: Vec<NodeId> = syntax.children(node).filter(|_| syntax.kind(node) == "string").collect();
    let (first, last) = (*parts.first()?, *parts.last()?);
    let plain = syntax.text(first).trim_start_matches(['r', 'R', 'u', 'U']).starts_with(['"', '\'']);
    let whole = parts.iter().all(|&part| syntax.kind(part) != "interpolation");
    (plain && whole).then(|| syntax.source().get(syntax.end_byte(first)..syntax.start_byte(last)).unwrap_or_default())
}
