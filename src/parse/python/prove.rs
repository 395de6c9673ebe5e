//! Proofs of claims from the code of one chunk.
//!
//! Works from the place in question upwards to the definition, where the extraction works
//! downwards with a stack; the two share the syntax tree and nothing else.

use crate::model::{Guard, GuardKind};
use crate::parse::syntax::{NodeId, Syntax};

const DEFINITIONS: &[&str] = &["function_definition", "class_definition", "lambda"];

/// Does the chunk that `syntax` holds alone fulfil the predicate?
pub(super) fn prove(syntax: &Syntax, name: &str, args: &[&str]) -> bool {
    let Some(top) = (0..syntax.len()).find(|&node| matches!(syntax.kind(node), "function_definition" | "class_definition")) else {
        return false;
    };
    match (name, args) {
        ("documented", [sentence]) => documented(syntax, top, sentence),
        ("parameter", [name, annotation, default]) => parameter(syntax, top, name, annotation, default),
        ("result", [annotation]) => {
            syntax.child(top, "return_type").is_some_and(|result| squeezed(&syntax.folded(result)) == squeezed(annotation))
        }
        ("returns", [value, when]) => own(syntax, top, "return_statement").any(|node| {
            let stated = syntax.parts(node).next().map(|value| bare(syntax, value)).unwrap_or_default();
            stated == *value && conditions(syntax, top, node) == *when
        }),
        ("raises", ["AssertionError", when]) if own(syntax, top, "assert_statement").any(|node| asserts(syntax, top, node, when)) => true,
        ("raises", [exception, when]) => own(syntax, top, "raise_statement")
            .any(|node| raised(syntax, top, node) == *exception && conditions(syntax, top, node) == *when),
        ("calls", [callee]) => called(syntax, top, callee).next().is_some(),
        ("returns_call", [callee]) => called(syntax, top, callee).any(|call| stands_in(syntax, call, "return_statement")),
        ("ignores_call", [callee]) => called(syntax, top, callee).any(|call| stands_in(syntax, call, "expression_statement")),
        ("assigns_call", [callee, target]) => called(syntax, top, callee).any(|call| is_text(&assigned(syntax, call), target)),
        ("handles", [callee, exception]) => called(syntax, top, callee).any(|call| handled(syntax, top, call, exception)),
        ("decorated", [decorator]) => syntax.parent(top).is_some_and(|above| {
            syntax.children(above).any(|child| {
                syntax.kind(child) == "decorator" && squeezed(syntax.folded(child).trim_start_matches('@')) == squeezed(decorator)
            })
        }),
        ("base", [base]) => syntax
            .child(top, "superclasses")
            .is_some_and(|list| syntax.parts(list).any(|item| squeezed(syntax.text(item)) == squeezed(base))),
        ("method", [method]) => {
            members(syntax, top).any(|member| syntax.child(member, "name").is_some_and(|name| syntax.text(name) == *method))
        }
        ("attribute", [attribute, value]) => has_attribute(syntax, top, attribute, value),
        _ => false,
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Nodes of a kind in the body of `top` itself, not of a definition inside it.
fn own<'s>(syntax: &'s Syntax, top: NodeId, kind: &'s str) -> impl Iterator<Item = NodeId> + 's {
    (top + 1..syntax.end(top)).filter(move |&node| {
        syntax.kind(node) == kind && syntax.ancestors(node).find(|&above| DEFINITIONS.contains(&syntax.kind(above))) == Some(top)
    })
}

fn documented(syntax: &Syntax, top: NodeId, sentence: &str) -> bool {
    let Some(first) = syntax.child(top, "body").and_then(|block| syntax.parts(block).next()) else { return false };
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(string) = syntax.parts(first).next() else { return false };
    syntax.kind(string) == "string" && !sentence.trim().is_empty() && folded(syntax.text(string)).contains(&folded(sentence))
}

fn parameter(syntax: &Syntax, top: NodeId, name: &str, annotation: &str, default: &str) -> bool {
    let mut want = name.to_owned();
    if !annotation.is_empty() {
        want = format!("{want}:{annotation}");
    }
    if !default.is_empty() {
        want = format!("{want}={default}");
    }
    let plain = |text: &str| squeezed(text).trim_end_matches(',').replace(",)", ")").replace(",]", "]").replace(",}", "}");
    syntax.child(top, "parameters").is_some_and(|list| {
        syntax.parts(list).any(|part| {
            let commented = (part..syntax.end(part)).any(|node| syntax.is_comment(node));
            let text = if commented { syntax.folded(part) } else { syntax.text(part).to_owned() };
            plain(&text) == plain(&want)
        })
    })
}

/// Calls of `callee` in the chunk's own body. `….name` stands for a call of `name` on a longer
/// expression.
fn called<'s>(syntax: &'s Syntax, top: NodeId, callee: &'s str) -> impl Iterator<Item = NodeId> + 's {
    own(syntax, top, "call").filter(move |&node| {
        let Some(function) = syntax.child(node, "function") else { return false };
        match callee.strip_prefix("….") {
            Some(name) => syntax.child(function, "attribute").is_some_and(|attribute| syntax.text(attribute) == name),
            None => squeezed(&syntax.folded(function)) == squeezed(callee),
        }
    })
}

/// The statement that a call is the whole of, `await` and parentheses aside.
fn stands_in(syntax: &Syntax, call: NodeId, statement: &str) -> bool {
    let outer = syntax.ancestors(call).find(|&above| !matches!(syntax.kind(above), "await" | "parenthesized_expression" | "not_operator"));
    outer.is_some_and(|outer| syntax.kind(outer) == statement)
}

/// What an assignment of the whole call assigns to.
fn assigned(syntax: &Syntax, call: NodeId) -> String {
    let mut below = call;
    for above in syntax.ancestors(call) {
        match syntax.kind(above) {
            "await" | "parenthesized_expression" | "not_operator" => below = above,
            "assignment" if syntax.field(below) == "right" => {
                return syntax.child(above, "left").map(|left| syntax.folded(left)).unwrap_or_default();
            }
            _ => break,
        }
    }
    String::new()
}

/// Is it the text, or a text that begins like it and was cut with `…`?
fn is_text(whole: &str, told: &str) -> bool {
    told.strip_suffix('…').map_or(whole == told, |start| !start.is_empty() && whole.starts_with(start))
}

fn handled(syntax: &Syntax, top: NodeId, call: NodeId, exception: &str) -> bool {
    let mut below = call;
    for above in syntax.ancestors(call) {
        if above == top {
            return false;
        }
        if syntax.kind(above) == "try_statement" && syntax.field(below) == "body" {
            let named = syntax.children(above).filter(|&child| syntax.kind(child) == "except_clause").any(|clause| {
                match syntax.child(clause, "value") {
                    None => exception == "*",
                    Some(value) => {
                        let kinds = syntax.parts(value).next().filter(|_| syntax.kind(value) == "as_pattern").unwrap_or(value);
                        let inner = syntax.parts(kinds).next().filter(|_| syntax.kind(kinds) == "parenthesized_expression");
                        let kinds = inner.unwrap_or(kinds);
                        let list = if syntax.kind(kinds) == "tuple" { syntax.parts(kinds).collect() } else { vec![kinds] };
                        list.iter().any(|&kind| squeezed(syntax.text(kind)) == squeezed(exception))
                    }
                }
            });
            if named {
                return true;
            }
        }
        below = above;
    }
    false
}

fn raised(syntax: &Syntax, top: NodeId, node: NodeId) -> String {
    let clause = |alias: Option<&str>| {
        syntax.ancestors(node).take_while(|&above| above != top).filter(|&above| syntax.kind(above) == "except_clause").find_map(|clause| {
            let Some(value) = syntax.child(clause, "value") else { return alias.is_none().then(|| "any exception".to_owned()) };
            let named = syntax.child(value, "alias").map(|name| syntax.text(name));
            let kinds = if named.is_some() { syntax.parts(value).next()? } else { value };
            (alias.is_none() || named == alias).then(|| bare(syntax, kinds))
        })
    };
    match syntax.parts(node).find(|&part| syntax.field(part) != "cause") {
        None => clause(None).unwrap_or_default(),
        Some(value) if syntax.kind(value) == "call" => syntax.child(value, "function").map(|name| syntax.folded(name)).unwrap_or_default(),
        Some(value) => clause(Some(syntax.text(value))).unwrap_or_else(|| syntax.folded(value)),
    }
}

fn asserts(syntax: &Syntax, top: NodeId, node: NodeId, when: &str) -> bool {
    let stated = syntax.parts(node).next().map(|condition| format!("not ({})", bare(syntax, condition))).unwrap_or_default();
    let around = conditions(syntax, top, node);
    when == if around.is_empty() { stated } else { format!("{around} and {stated}") }
}

/// Ways out of `block` before the statement `here`, in source order. A later side of a branch
/// counts only if all sides before it leave; what ends the call in other ways counts untold.
fn earlier_ways_out(syntax: &Syntax, block: NodeId, here: NodeId) -> Vec<Guard> {
    let mut out = Vec::new();
    for statement in syntax.parts(block).take_while(|&part| part < here) {
        let mut rest: Vec<NodeId> = vec![statement];
        if syntax.kind(statement) == "if_statement" {
            let mut sides: Vec<NodeId> = vec![statement];
            sides.extend(syntax.children(statement).filter(|&child| syntax.kind(child) == "elif_clause"));
            let leaving = |side: &NodeId| {
                let exit = syntax.child(*side, "consequence").and_then(|inner| syntax.parts(inner).last()).map(|last| syntax.kind(last));
                match exit {
                    Some("return_statement" | "raise_statement") => Some(GuardKind::Past),
                    Some("break_statement" | "continue_statement") => Some(GuardKind::Skip),
                    _ => None,
                }
            };
            let kinds: Vec<GuardKind> = sides.iter().map_while(leaving).collect();
            for (side, kind) in sides.iter().zip(&kinds) {
                let text = syntax.child(*side, "condition").map(|part| bare(syntax, part)).unwrap_or_default();
                out.push(Guard { kind: *kind, text });
            }
            // The sides behind those that leave.
            let all = std::iter::once(statement).chain(syntax.children(statement).filter(|&child| syntax.field(child) == "alternative"));
            rest = all
                .skip(kinds.len())
                .map(|side| if side == statement { syntax.child(statement, "consequence").unwrap_or(side) } else { side })
                .collect();
            if kinds.is_empty() {
                rest = vec![statement];
            }
        }
        let compound = matches!(
            syntax.kind(statement),
            "if_statement" | "for_statement" | "while_statement" | "try_statement" | "with_statement" | "match_statement"
        );
        let ends = |node: NodeId| {
            let inner = (node..syntax.end(node)).filter(|&inner| matches!(syntax.kind(inner), "return_statement" | "raise_statement"));
            inner.into_iter().any(|inner| {
                !syntax.ancestors(inner).take_while(|&above| above >= node).any(|above| DEFINITIONS.contains(&syntax.kind(above)))
            })
        };
        if compound && rest.into_iter().any(ends) {
            out.push(Guard { kind: GuardKind::Past, text: "…".to_owned() });
        }
    }
    out
}

/// The conditions between `node` and `top`, the outermost first.
fn conditions(syntax: &Syntax, top: NodeId, node: NodeId) -> String {
    let mut inner_first: Vec<Guard> = Vec::new();
    let mut push = |kind, text: String| inner_first.push(Guard { kind, text });
    let mut below = node;
    for above in syntax.ancestors(node) {
        if above == top {
            break;
        }
        let condition = |of: NodeId| syntax.child(of, "condition").map(|part| bare(syntax, part)).unwrap_or_default();
        let body = syntax.kind(below) == "block";
        if syntax.kind(above) == "block" {
            earlier_ways_out(syntax, above, below).into_iter().rev().for_each(|guard| push(guard.kind, guard.text));
        }
        match syntax.kind(above) {
            "if_statement" if syntax.field(below) == "consequence" => push(GuardKind::If, condition(above)),
            "if_statement" if syntax.field(below) == "alternative" => {
                let earlier: Vec<NodeId> =
                    syntax.children(above).filter(|&child| child < below && syntax.kind(child) == "elif_clause").collect();
                for side in earlier.into_iter().rev() {
                    push(GuardKind::Unless, condition(side));
                }
                push(GuardKind::Unless, condition(above));
            }
            "elif_clause" if body => push(GuardKind::If, condition(above)),
            "while_statement" if syntax.field(below) == "body" => push(GuardKind::While, condition(above)),
            "for_statement" if syntax.field(below) == "body" => {
                let part = |field| syntax.child(above, field).map(|part| syntax.folded(part)).unwrap_or_default();
                push(GuardKind::For, format!("{} in {}", part("left"), part("right")));
            }
            "except_clause" if body => {
                let kinds = syntax.child(above, "value").map(|value| if syntax.kind(value) == "as_pattern" { value + 1 } else { value });
                push(GuardKind::Except, kinds.map(|kinds| bare(syntax, kinds)).unwrap_or_else(|| "any exception".to_owned()));
            }
            "case_clause" if syntax.field(below) == "consequence" => {
                if let Some(guard) = syntax.child(above, "guard") {
                    push(GuardKind::If, syntax.parts(guard).next().map(|part| bare(syntax, part)).unwrap_or_default());
                }
                let patterns: Vec<String> =
                    syntax.parts(above).filter(|&part| syntax.kind(part) == "case_pattern").map(|part| syntax.folded(part)).collect();
                let subject = syntax
                    .ancestors(above)
                    .find_map(|outer| syntax.child(outer, "subject"))
                    .map(|subject| syntax.folded(subject))
                    .unwrap_or_default();
                push(GuardKind::Case, format!("{subject}: {}", patterns.join(", ")));
            }
            _ => (),
        }
        below = above;
    }
    inner_first.reverse();
    Guard::joined(&inner_first)
}

/// The folded text without parentheses around the whole.
fn bare(syntax: &Syntax, node: NodeId) -> String {
    match syntax.kind(node) {
        "parenthesized_expression" => syntax.parts(node).next().map(|inner| bare_once(syntax, inner)).unwrap_or_default(),
        _ => syntax.folded(node),
    }
}

fn bare_once(syntax: &Syntax, node: NodeId) -> String {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression"
        && let Some(inner) = syntax.parts(node).next()
    {
        node = inner;
    }
    syntax.folded(node)
}

fn members<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    (top + 1..syntax.end(top)).filter(move |&node| {
        syntax.kind(node) == "function_definition"
            && syntax.ancestors(node).find(|&above| DEFINITIONS.contains(&syntax.kind(above))) == Some(top)
    })
}

fn has_attribute(syntax: &Syntax, top: NodeId, attribute: &str, value: &str) -> bool {
    own(syntax, top, "assignment").any(|node| {
        let part = |field| syntax.child(node, field).map(|part| syntax.folded(part)).unwrap_or_default();
        part("left") == attribute && (value.is_empty() || part("right") == value)
    })
}
