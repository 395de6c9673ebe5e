//! Proofs of claims from the code of one chunk.
//!
//! Works from the place in question upwards to the definition, where the extraction works downwards and hands places
//! on; the two share the syntax tree and nothing else. A file a noun; each answers with the node that proves the claim.

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

const METHODS: &[&str] = &["method_declaration", "constructor_declaration", "compact_constructor_declaration"];
const TYPES: &[&str] =
    &["class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "annotation_type_declaration"];

/// The node of the chunk that `syntax` holds alone which fulfils the predicate.
pub(super) fn prove(syntax: &Syntax, name: &str, args: &[&str]) -> Option<NodeId> {
    let top = top(syntax);
    match (name, args) {
        ("documented", [sentence]) => head::documented(syntax, top, sentence),
        ("parameter", [name, annotation, ""]) => head::parameter(syntax, top, name, annotation),
        ("result", [annotation]) => syntax.child(top, "type").filter(|&of| is_method(syntax, top) && same(&syntax.folded(of), annotation)),
        ("returns", [value, when]) => outcomes::returned(syntax, top, value, when),
        ("raises", [exception, when]) => outcomes::raised(syntax, top, exception, when),
        ("calls", [callee]) => calls::called(syntax, top, callee).next(),
        ("calls_when", [callee, when]) => calls::called_when(syntax, top, callee, when),
        ("passes", [callee, argument]) => calls::passed(syntax, top, callee, argument).next(),
        ("passes_when", [callee, argument, when]) => calls::passed_when(syntax, top, callee, argument, when),
        ("calls_in_order", [first, second]) => calls::in_order(syntax, top, first, second),
        ("returns_call", [callee]) => {
            calls::called(syntax, top, callee).find(|&call| calls::stands_in(syntax, top, call, "return_statement"))
        }
        ("ignores_call", [callee]) => {
            calls::called(syntax, top, callee).find(|&call| calls::stands_in(syntax, top, call, "expression_statement"))
        }
        ("assigns_call", [callee, target]) => calls::assigned_to(syntax, top, callee, target),
        ("handles", [callee, exception]) => {
            calls::called(syntax, top, callee).find_map(|call| calls::handled(syntax, top, call, exception))
        }
        ("writes", [target, value, when]) => state::written(syntax, top, target, value, when),
        ("assigns", [target, value, when]) => state::assigned(syntax, top, target, value, when),
        ("reads", [name]) => state::read(syntax, top, name),
        ("transitions", [field, from, to]) => transitions::moved(syntax, top, field, from, to),
        ("effect", [category, callee]) => effects::effect(syntax, top, category, callee),
        ("decorated", [annotation]) => head::annotations(syntax, top).find(|&node| same(head::written(syntax, node), annotation)),
        ("route", [verb, path]) => doors::route(syntax, top, verb, path),
        ("command", [annotation]) => doors::command(syntax, top, annotation),
        ("base", [base]) => members::bases(syntax, top).find(|&of| same(&syntax.folded(of), base)),
        ("derives", [name]) => members::derives(syntax, top, name),
        ("method", [method]) => members::methods(syntax, top).find(|&name| syntax.text(name) == *method),
        ("attribute", [attribute, value]) => members::attribute(syntax, top, attribute, value),
        ("constant", [name, value]) => members::constant(syntax, top, name, value),
        ("defined_at", [name]) => members::defined(syntax, top, name),
        ("absent", [what, name]) => absence::absent(syntax, top, what, name).then_some(top),
        _ => None,
    }
}

/// The definition that the lines begin with; the root for lines of a file or of a field.
pub(super) fn top(syntax: &Syntax) -> NodeId {
    Some(first(syntax)).filter(|&first| is_method(syntax, first) || is_type(syntax, first)).unwrap_or_default()
}

/// What the lines begin with. Lines of a member are read in a type that is made up.
fn first(syntax: &Syntax) -> NodeId {
    let outer = syntax.parts(0).next().unwrap_or_default();
    let made_up = syntax.child(outer, "name").is_some_and(|name| outer != 0 && syntax.text(name) == super::frame::AROUND);
    let inner = syntax.child(outer, "body").filter(|_| made_up).and_then(|body| syntax.parts(body).next());
    if made_up { inner.unwrap_or_default() } else { outer }
}

fn is_method(syntax: &Syntax, node: NodeId) -> bool {
    METHODS.contains(&syntax.kind(node))
}

fn is_type(syntax: &Syntax, node: NodeId) -> bool {
    TYPES.contains(&syntax.kind(node))
}

/// The same text, white space aside.
fn same(one: &str, other: &str) -> bool {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    squeezed(one) == squeezed(other)
}

/// The code of the chunk itself: the body of a method, the value of a field.
fn range(syntax: &Syntax, top: NodeId) -> std::ops::Range<NodeId> {
    let node = if top == 0 { first(syntax) } else { top };
    node + 1..syntax.end(node)
}

/// Nodes of the chunk itself, not of a type inside it.
fn own<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    range(syntax, top).filter(move |&node| is_own(syntax, top, node))
}

fn is_own(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    let around = |above: &NodeId| is_method(syntax, *above) && !in_nameless(syntax, *above) || is_type(syntax, *above);
    let holder = syntax.ancestors(node).find(around).unwrap_or_default();
    holder == top || top == 0 && !is_method(syntax, holder)
}

/// Is it a member of a type without a name?
fn in_nameless(syntax: &Syntax, node: NodeId) -> bool {
    let body = syntax.parent(node).filter(|&body| syntax.kind(body) == "class_body");
    body.and_then(|body| syntax.parent(body))
        .is_some_and(|made| matches!(syntax.kind(made), "object_creation_expression" | "enum_constant"))
}

/// Does it run as part of `top` itself, not of a lambda or a type without a name?
fn runs(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    let apart = |above: NodeId| matches!(syntax.kind(above), "lambda_expression" | "class_body");
    is_own(syntax, top, node) && !syntax.ancestors(node).take_while(|&above| above > range(syntax, top).start - 1).any(apart)
}

/// The folded text without brackets around the whole; `…` for a text that is too long.
fn bare(syntax: &Syntax, node: NodeId) -> String {
    let node = unwrapped(syntax, node);
    if syntax.text(node).len() > 2000 { "…".to_owned() } else { syntax.folded(node) }
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

/// What a string holds.
fn string<'t>(syntax: &Syntax<'t>, node: NodeId) -> Option<&'t str> {
    syntax.text(node).strip_prefix('"')?.strip_suffix('"').filter(|text| syntax.kind(node) == "string_literal" && !text.starts_with('"'))
}
