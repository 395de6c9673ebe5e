//! Proofs over two chunks.

use similar::{Algorithm, capture_diff_slices, diff_ratio};

use super::Syntax;
use super::syntax::NodeId;

/// Two chunks are near copies from this share of common tokens.
const LIKE: f32 = 0.6;
/// Longer code is not compared: the work grows with the square.
const MAX_TOKENS: usize = 8_000;

/// The nodes of both chunks that prove a predicate about the two.
pub(super) fn prove(first: &Syntax, second: &Syntax, name: &str, args: &[&str]) -> Option<(NodeId, NodeId)> {
    match (name, args) {
        ("same_except", [only_first, only_second]) => same_except(first, second, only_first, only_second),
        ("overrides", [method]) => overrides(first, second, method),
        ("called_by", [written]) => called_by(first, second, written),
        _ => None,
    }
}

fn ask(syntax: &Syntax, name: &str, args: &[&str]) -> Option<NodeId> {
    (syntax.language.prove)(syntax, name, args)
}

/// The name that the chunk defines.
fn name<'t>(syntax: &Syntax<'t>) -> Option<&'t str> {
    let top = (syntax.language.top)(syntax);
    syntax.child(top, "name").filter(|_| top != 0).map(|name| syntax.text(name))
}

/// Both are near copies, and what tells them apart stands in the one and not in the other.
fn same_except(first: &Syntax, second: &Syntax, only_first: &str, only_second: &str) -> Option<(NodeId, NodeId)> {
    if only_first.is_empty() && only_second.is_empty() {
        return None;
    }
    let alone = |here: &Syntax, there: &Syntax, text: &str| match text {
        "" => Some((here.language.top)(here)),
        _ => found(here, text).filter(|_| found(there, text).is_none()),
    };
    let places = (alone(first, second, only_first)?, alone(second, first, only_second)?);
    let (left, right) = (tokens(first), tokens(second));
    if left == right || left.len().max(right.len()) > MAX_TOKENS {
        return None;
    }
    let changes = capture_diff_slices(Algorithm::Myers, &left, &right);
    (diff_ratio(&changes, left.len(), right.len()) >= LIKE).then_some(places)
}

/// A statement or an expression of the chunk that reads like this.
fn found(syntax: &Syntax, text: &str) -> Option<NodeId> {
    let skip = documentation(syntax);
    let length: usize = text.chars().filter(|c| !c.is_whitespace()).map(char::len_utf8).sum();
    (1..syntax.len()).find(|&node| {
        // The node is no shorter than its text folded.
        let fits = syntax.end_byte(node) - syntax.start_byte(node) >= length;
        let code = !skip.iter().any(|&root| (root..syntax.end(root)).contains(&node)) && !syntax.is_comment(node);
        fits && code && syntax.is_named(node) && syntax.folded(node).trim_end_matches(';') == text.trim_end_matches(';')
    })
}

/// The tokens of a chunk: no comments, no documentation, not its own name.
fn tokens<'t>(syntax: &Syntax<'t>) -> Vec<&'t str> {
    let top = (syntax.language.top)(syntax);
    let mut skip = documentation(syntax);
    skip.extend(syntax.child(top, "name").filter(|_| top != 0));
    let mut out = Vec::new();
    let mut node = 0;
    while node < syntax.len() {
        let whole = syntax.kind(node) == "string" || syntax.kind(node).ends_with("string_literal");
        if skip.contains(&node) || syntax.is_comment(node) {
            node = syntax.end(node);
            continue;
        }
        if whole || syntax.is_leaf(node) {
            out.extend(Some(syntax.text(node).trim()).filter(|text| !text.is_empty()));
        }
        node = if whole { syntax.end(node) } else { node + 1 };
    }
    out
}

fn documentation(syntax: &Syntax) -> Vec<NodeId> {
    (syntax.language.doc)(syntax, (syntax.language.top)(syntax)).into_iter().collect()
}

/// A class and its base both define the method.
fn overrides(class: &Syntax, base: &Syntax, method: &str) -> Option<(NodeId, NodeId)> {
    ask(class, "derives", &[name(base)?])?;
    Some((ask(class, "method", &[method])?, ask(base, "method", &[method])?))
}

/// The caller calls what the callee is named; of a constructor the class.
fn called_by(callee: &Syntax, caller: &Syntax, written: &str) -> Option<(NodeId, NodeId)> {
    let last = written.rsplit(['.', ':']).next().unwrap_or_default();
    let named = name(callee).filter(|name| *name == last)?;
    Some((ask(callee, "defined_at", &[named])?, ask(caller, "calls", &[written])?))
}
