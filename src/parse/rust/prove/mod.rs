//! Proofs of claims from the code of one chunk.
//!
//! Works from the place in question upwards to the definition, where the extraction works
//! downwards and hands places on; the two share the syntax tree and nothing else. A method is
//! cited without its `impl` and proves as it stands. A file a noun; each answers with the node
//! that proves the claim.

mod absence;
mod calls;
mod conditions;
mod doors;
mod effects;
mod faults;
mod head;
mod members;
mod outcomes;
mod state;
mod transitions;

use crate::parse::syntax::{NodeId, Syntax};

const FUNCTION: &str = "function_item";
const TYPES: &[&str] = &["struct_item", "enum_item", "union_item", "trait_item"];
const CLOSURES: &[&str] = &["closure_expression", "async_block", "gen_block"];

/// The node of the chunk that `syntax` holds alone which fulfils the predicate.
pub(super) fn prove(syntax: &Syntax, name: &str, args: &[&str]) -> Option<NodeId> {
    let top = top(syntax);
    match (name, args) {
        ("documented", [sentence]) => head::documented(syntax, top, sentence),
        ("parameter", [name, annotation, ""]) => head::parameter(syntax, top, name, annotation),
        ("result", [annotation]) => syntax.child(top, "return_type").filter(|&result| plain(&syntax.folded(result)) == plain(annotation)),
        ("returns", [value, when]) => {
            outcomes::returned(syntax, top, value).find(|&node| conditions::conditions(syntax, top, node) == *when)
        }
        ("raises", [exception, when]) => faults::raised(syntax, top, exception, when),
        ("calls", [callee]) => calls::called(syntax, top, callee).next(),
        ("calls_when", [callee, when]) => calls::called_when(syntax, top, callee, when),
        ("calls_in_order", [first, second]) => calls::in_order(syntax, top, first, second),
        ("returns_call", [callee]) => outcomes::of_calls(syntax, top, callee, &outcomes::Fate::Returned),
        ("ignores_call", [callee]) => outcomes::of_calls(syntax, top, callee, &outcomes::Fate::Dropped),
        ("assigns_call", [callee, target]) => outcomes::of_calls(syntax, top, callee, &outcomes::Fate::Bound((*target).to_owned())),
        ("hands_on", [callee]) => outcomes::hands_on(syntax, top, callee),
        ("writes", [target, value, when]) => state::written(syntax, top, target, value, when),
        ("reads", [name]) => state::read(syntax, top, name),
        ("transitions", [field, from, to]) => transitions::moved(syntax, top, field, from, to),
        ("effect", [category, callee]) => effects::effect(syntax, top, category, callee),
        ("decorated", [attribute]) => head::attributes(syntax, top).find(|&node| plain(&syntax.folded(node)) == plain(attribute)),
        ("route", [verb, path]) => doors::route(syntax, top, verb, path),
        ("command", [attribute]) => doors::command(syntax, top, attribute),
        ("base", [base]) => members::bases(syntax, top).find(|&bound| plain(syntax.text(bound)) == plain(base)),
        ("method", [method]) => members::methods(syntax, top).find(|&name| syntax.text(name) == *method),
        ("attribute", [attribute, value]) => members::attribute(syntax, top, attribute, value),
        ("constant", [name, value]) => members::constant(syntax, top, name, value),
        ("defined_at", [name]) => members::defined(syntax, top, name),
        ("absent", [what, name]) => absence::absent(syntax, top, what, name).then_some(top),
        _ => None,
    }
}

/// The definition that the lines begin with, attributes aside; the root for lines of a module.
pub(super) fn top(syntax: &Syntax) -> NodeId {
    Some(first_item(syntax)).filter(|&first| is_definition(syntax, first)).unwrap_or_default()
}

/// What the lines begin with, attributes aside: a definition, or a constant.
fn first_item(syntax: &Syntax) -> NodeId {
    let first = syntax.parts(0).find(|&part| !matches!(syntax.kind(part), "attribute_item" | "inner_attribute_item"));
    first.unwrap_or_default()
}

fn is_definition(syntax: &Syntax, node: NodeId) -> bool {
    let kind = syntax.kind(node);
    kind == FUNCTION || kind == "macro_definition" || TYPES.contains(&kind)
}

/// The text without white space and without the comma in front of a closing bracket.
fn plain(text: &str) -> String {
    let squeezed: String = text.split_whitespace().collect();
    squeezed.replace(",)", ")").replace(",]", "]").replace(",>", ">").replace(",}", "}")
}

/// Nodes of the chunk itself, not of an item inside it.
fn own<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    (top + 1..syntax.end(top)).filter(move |&node| is_own(syntax, top, node))
}

/// Does the node belong to `top` itself, not to an item inside it?
fn is_own(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    let item = |above: &NodeId| is_definition(syntax, *above) || syntax.kind(*above) == "impl_item";
    syntax.ancestors(node).find(item).unwrap_or_default() == top
}

/// Does it run as part of `top` itself, not of a closure?
fn runs(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    is_own(syntax, top, node)
        && !syntax.ancestors(node).take_while(|&above| above != top).any(|above| CLOSURES.contains(&syntax.kind(above)))
}

/// The folded text without parentheses around the whole; `…` for a text that is too long.
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
    let plain = matches!(syntax.kind(node), "string_literal" | "raw_string_literal");
    let text = syntax.text(node).trim_start_matches('r').trim_matches('#');
    text.strip_prefix('"')?.strip_suffix('"').filter(|_| plain)
}
