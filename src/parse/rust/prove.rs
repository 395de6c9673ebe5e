//! Proofs of claims from the code of one chunk.
//!
//! Works from the place in question upwards to the definition, where the extraction works
//! downwards and hands places on; the two share the syntax tree and nothing else. A method is
//! cited without its `impl` and proves as it stands.

use crate::model::{Guard, GuardKind};
use crate::parse::syntax::{NodeId, Syntax};

const FUNCTION: &str = "function_item";
const TYPES: &[&str] = &["struct_item", "enum_item", "union_item", "trait_item"];
const CLOSURES: &[&str] = &["closure_expression", "async_block", "gen_block"];
/// Expressions that hand on the value inside.
const BRANCHES: &[&str] = &["if_expression", "else_clause", "match_expression", "match_block", "match_arm"];
/// Expressions that are no value of their own: their parts are.
const SHELLS: &[&str] = &[
    "if_expression",
    "match_expression",
    "block",
    "unsafe_block",
    "parenthesized_expression",
    "return_expression",
    "expression_statement",
];

/// Does the chunk that `syntax` holds alone fulfil the predicate?
pub(super) fn prove(syntax: &Syntax, name: &str, args: &[&str]) -> bool {
    let Some(top) = (0..syntax.len()).find(|&node| is_definition(syntax, node)) else { return false };
    match (name, args) {
        ("documented", [sentence]) => documented(syntax, top, sentence),
        ("parameter", [name, annotation, ""]) => parameter(syntax, top, name, annotation),
        ("result", [annotation]) => {
            syntax.child(top, "return_type").is_some_and(|result| plain(&syntax.folded(result)) == plain(annotation))
        }
        ("returns", [value, when]) => returned(syntax, top, value).any(|node| conditions(syntax, top, node) == *when),
        ("raises", [exception, when]) => (top..syntax.end(top)).any(|node| raises(syntax, top, node, exception, when)),
        ("calls", [callee]) => called(syntax, top, callee).next().is_some(),
        ("returns_call", [callee]) => called(syntax, top, callee).any(|call| fate(syntax, top, call) == Fate::Returned),
        ("ignores_call", [callee]) => called(syntax, top, callee).any(|call| fate(syntax, top, call) == Fate::Dropped),
        ("assigns_call", [callee, target]) => {
            called(syntax, top, callee).any(|call| fate(syntax, top, call) == Fate::Bound((*target).to_owned()))
        }
        ("decorated", [attribute]) => attributes(syntax, top).any(|node| plain(&syntax.folded(node)) == plain(attribute)),
        ("base", [base]) => {
            syntax.child(top, "bounds").is_some_and(|list| syntax.parts(list).any(|bound| plain(syntax.text(bound)) == plain(base)))
        }
        ("method", [method]) => members(syntax, top).any(|member| {
            let function = matches!(syntax.kind(member), "function_item" | "function_signature_item");
            function && syntax.child(member, "name").is_some_and(|name| syntax.text(name) == *method)
        }),
        ("attribute", [attribute, value]) => has_attribute(syntax, top, attribute, value),
        _ => false,
    }
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

fn documented(syntax: &Syntax, top: NodeId, sentence: &str) -> bool {
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines: Vec<&str> = Vec::new();
    for comment in (0..top).filter(|&node| syntax.is_comment(node) && syntax.child(node, "outer").is_some()) {
        for line in syntax.text(comment).lines() {
            lines.push(line.trim().trim_start_matches(['/', '*']).trim_end_matches("*/"));
        }
    }
    !sentence.trim().is_empty() && folded(&lines.join("\n")).contains(&folded(sentence))
}

fn parameter(syntax: &Syntax, top: NodeId, name: &str, annotation: &str) -> bool {
    let want = plain(&format!("{name}:{annotation}"));
    syntax.child(top, "parameters").is_some_and(|list| {
        syntax.parts(list).filter(|&part| syntax.kind(part) == "parameter").any(|part| {
            let text = syntax.folded(part);
            plain(&text) == want || text.strip_prefix("mut ").is_some_and(|rest| plain(rest) == want)
        })
    })
}

/// The attributes in front of the definition.
fn attributes<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let items = (0..top).filter(move |&node| syntax.kind(node) == "attribute_item" && syntax.parent(node) == syntax.parent(top));
    items.filter_map(|item| syntax.parts(item).next())
}

fn members<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    syntax.child(top, "body").into_iter().flat_map(|body| syntax.parts(body))
}

fn has_attribute(syntax: &Syntax, top: NodeId, attribute: &str, value: &str) -> bool {
    if let Ok(at) = attribute.parse::<usize>() {
        let unnamed = syntax.child(top, "body").filter(|&body| syntax.kind(body) == "ordered_field_declaration_list");
        return value.is_empty()
            && unnamed.is_some_and(|list| syntax.children(list).filter(|&child| syntax.field(child) == "type").nth(at).is_some());
    }
    members(syntax, top).any(|member| {
        let text = |field| syntax.child(member, field).map(|part| syntax.folded(part));
        text("name").as_deref() == Some(attribute) && (value.is_empty() || text("body").or(text("value")).as_deref() == Some(value))
    })
}

/// Does the node belong to `top` itself, not to an item inside it?
fn is_own(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    syntax.ancestors(node).find(|&above| is_definition(syntax, above) || syntax.kind(above) == "impl_item") == Some(top)
}

/// Does it run as part of `top` itself, not of a closure?
fn runs(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    is_own(syntax, top, node)
        && !syntax.ancestors(node).take_while(|&above| above != top).any(|above| CLOSURES.contains(&syntax.kind(above)))
}

/// Calls of `callee`, those in closures with them. `….name` stands for a call of `name` on a
/// longer expression.
fn called<'s>(syntax: &'s Syntax, top: NodeId, callee: &'s str) -> impl Iterator<Item = NodeId> + 's {
    let want = plain(callee);
    (top..syntax.end(top)).filter(move |&node| {
        let Some(function) = syntax.child(node, "function").filter(|_| syntax.kind(node) == "call_expression") else { return false };
        let same = match callee.strip_prefix("….") {
            Some(name) => {
                let path = syntax.child(function, "function").unwrap_or(function);
                syntax.child(path, "field").is_some_and(|field| syntax.text(field) == name)
            }
            None if syntax.text(function).len() > 4000 => false,
            None => plain(&without_turbofish(syntax, function)) == want,
        };
        same && is_own(syntax, top, node)
    })
}

/// The source without type arguments: `parse::<Vec<u8>>` is `parse`.
fn without_turbofish(syntax: &Syntax, path: NodeId) -> String {
    let mut out = String::new();
    let mut from = syntax.start_byte(path);
    for node in path + 1..syntax.end(path) {
        let generic = syntax.kind(node) == "type_arguments" && syntax.text(node - 1) == "::";
        if generic && syntax.start_byte(node) >= from {
            out.push_str(syntax.source().get(from..syntax.start_byte(node - 1)).unwrap_or_default());
            from = syntax.end_byte(node);
        }
    }
    out + syntax.source().get(from..syntax.end_byte(path)).unwrap_or_default()
}

#[derive(PartialEq)]
enum Fate {
    Returned,
    Dropped,
    Bound(String),
    Other,
}

/// What becomes of the value of a call.
fn fate(syntax: &Syntax, top: NodeId, call: NodeId) -> Fate {
    let (mut below, mut tried, mut branched) = (call, false, false);
    for above in syntax.ancestors(call) {
        let dropped = if tried { Fate::Other } else { Fate::Dropped };
        match syntax.kind(above) {
            "try_expression" => tried = true,
            "await_expression" | "reference_expression" | "parenthesized_expression" | "unsafe_block" => (),
            "block" if is_tail(syntax, above, below) => (),
            "expression_statement" if !syntax.text(above).ends_with(';') => {
                if syntax.parent(above).is_some_and(|block| !is_tail(syntax, block, above)) {
                    return dropped;
                }
            }
            "expression_statement" => return dropped,
            kind if BRANCHES.contains(&kind) && carries(syntax, above, below) => branched = true,
            "while_expression" | "for_expression" | "loop_expression" if syntax.field(below) == "body" => return dropped,
            "let_declaration" if syntax.field(below) == "alternative" => return dropped,
            "let_declaration" | "assignment_expression" if matches!(syntax.field(below), "value" | "right") => {
                let target = syntax.child(above, "pattern").or(syntax.child(above, "left"));
                return match target.map(|target| bare(syntax, target)) {
                    Some(target) if target == "_" => dropped,
                    Some(target) if !branched => Fate::Bound(target),
                    _ => Fate::Other,
                };
            }
            "return_expression" => return if runs(syntax, top, call) { Fate::Returned } else { Fate::Other },
            FUNCTION if above == top => return if has_result(syntax, top) { Fate::Returned } else { dropped },
            _ => return Fate::Other,
        }
        below = above;
    }
    Fate::Other
}

/// Is `below` the last expression of a block?
fn is_tail(syntax: &Syntax, block: NodeId, below: NodeId) -> bool {
    syntax.kind(block) == "block"
        && syntax.parts(block).last() == Some(below)
        && !matches!(syntax.kind(below), "let_declaration" | "empty_statement")
}

/// Is the value of a branch the value of the whole?
fn carries(syntax: &Syntax, above: NodeId, below: NodeId) -> bool {
    match syntax.kind(above) {
        "if_expression" => matches!(syntax.field(below), "consequence" | "alternative"),
        "match_expression" => syntax.field(below) == "body",
        "match_arm" => syntax.field(below) == "value",
        "else_clause" | "match_block" => true,
        _ => false,
    }
}

fn has_result(syntax: &Syntax, top: NodeId) -> bool {
    syntax.child(top, "return_type").is_some_and(|result| !matches!(plain(syntax.text(result)).as_str(), "()" | "!"))
}

/// Is the whole value of `node` what `top` returns?
fn leaves(syntax: &Syntax, top: NodeId, node: NodeId) -> bool {
    let mut below = node;
    for above in syntax.ancestors(node) {
        match syntax.kind(above) {
            "return_expression" => return runs(syntax, top, above),
            FUNCTION => return above == top && syntax.field(below) == "body" && has_result(syntax, top),
            "parenthesized_expression" | "unsafe_block" => (),
            "expression_statement" if !syntax.text(above).ends_with(';') => (),
            "block" if is_tail(syntax, above, below) => (),
            kind if BRANCHES.contains(&kind) && carries(syntax, above, below) => (),
            _ => return false,
        }
        below = above;
    }
    false
}

/// Places where `top` returns `value`; empty for a bare `return`.
fn returned<'s>(syntax: &'s Syntax, top: NodeId, value: &'s str) -> impl Iterator<Item = NodeId> + 's {
    (top..syntax.end(top)).filter(move |&node| {
        let kind = syntax.kind(node);
        if value.is_empty() {
            return kind == "return_expression" && syntax.parts(node).next().is_none() && runs(syntax, top, node);
        }
        let whole = syntax.is_named(node) && !SHELLS.contains(&kind);
        whole && leaves(syntax, top, node) && syntax.folded(node) == *value
    })
}

fn raises(syntax: &Syntax, top: NodeId, node: NodeId, exception: &str, when: &str) -> bool {
    let Some((fault, condition)) = failure(syntax, top, node).filter(|_| runs(syntax, top, node)) else { return false };
    let named = match fault {
        Fault::Macro(name) => exception.strip_suffix('!') == Some(name),
        Fault::Value(error) => names_error(syntax, error, exception),
    };
    let around = conditions(syntax, top, node);
    let whole = match condition {
        Some(condition) if around.is_empty() => condition,
        Some(condition) => format!("{around} and {condition}"),
        None => around,
    };
    named && whole == when
}

enum Fault<'t> {
    Macro(&'t str),
    Value(NodeId),
}

/// The error that starts at a node, and a condition that the node itself states.
fn failure<'t>(syntax: &Syntax<'t>, top: NodeId, node: NodeId) -> Option<(Fault<'t>, Option<String>)> {
    let child = |field| syntax.child(node, field);
    match syntax.kind(node) {
        "macro_invocation" => {
            let name = child("macro").map(|name| syntax.text(name).rsplit("::").next().unwrap_or_default())?;
            match name {
                "bail" | "panic" | "unreachable" | "todo" | "unimplemented" => Some((Fault::Macro(name), None)),
                "ensure" | "assert" => Some((Fault::Macro(name), first_argument(syntax, node).map(|text| format!("not ({text})")))),
                _ => None,
            }
        }
        "call_expression" => {
            let function = child("function")?;
            let tried = syntax.parent(node).is_some_and(|above| syntax.kind(above) == "try_expression");
            let error = child("arguments").and_then(|list| syntax.parts(list).next())?;
            if matches!(syntax.text(function), "Err" | "Result::Err") {
                return (tried || leaves(syntax, top, node)).then_some((Fault::Value(error), None));
            }
            let (receiver, name) = (syntax.child(function, "value")?, syntax.child(function, "field")?);
            let missing = tried && matches!(syntax.text(name), "ok_or" | "ok_or_else");
            missing.then(|| (Fault::Value(error), Some(format!("case {}: None", bare(syntax, receiver)))))
        }
        _ => None,
    }
}

/// The tokens of a macro call up to the first comma on its level.
fn first_argument(syntax: &Syntax, node: NodeId) -> Option<String> {
    let list = syntax.parts(node).last().filter(|&list| syntax.kind(list) == "token_tree")?;
    let tokens: Vec<NodeId> = syntax.children(list).skip(1).take_while(|&token| syntax.text(token) != ",").collect();
    let tokens = tokens.strip_suffix(&[syntax.end(list) - 1]).unwrap_or(&tokens);
    let mut out = String::new();
    for (at, &token) in tokens.iter().enumerate() {
        let apart = at > 0 && syntax.end_byte(tokens[at - 1]) < syntax.start_byte(token);
        out.push_str(if apart && syntax.text(token) != "." { " " } else { "" });
        out.push_str(&syntax.folded(token));
    }
    (!out.is_empty()).then_some(out)
}

/// Is `exception` the name of an error value: of a path that stands, seen upwards, for the whole?
fn names_error(syntax: &Syntax, error: NodeId, exception: &str) -> bool {
    let found = (error..syntax.end(error)).find(|&node| {
        let kind = syntax.kind(node);
        (kind.ends_with("identifier") || matches!(kind, "self" | "field_expression" | "macro_invocation"))
            && stands_for(syntax, node, error)
    });
    let Some(found) = found else { return exception == "Err" };
    if let Some(name) = syntax.child(found, "macro") {
        return exception.strip_suffix('!') == Some(syntax.text(name));
    }
    let path = syntax.folded(found);
    let upper = |name: &str| name.starts_with(char::is_uppercase);
    let names: Vec<&str> = path.split("::<").next().unwrap_or_default().split("::").collect();
    match names.as_slice() {
        [of @ .., type_name, constructor] if upper(type_name) && constructor.starts_with(char::is_lowercase) => {
            [of, &[type_name]].concat().join("::") == exception
        }
        _ => names.join("::") == exception,
    }
}

fn stands_for(syntax: &Syntax, node: NodeId, error: NodeId) -> bool {
    let wraps = |field: NodeId| {
        let name = syntax.child(field, "field").map(|name| syntax.text(name));
        syntax.field(field) == "function" && matches!(name, Some("into" | "to_string" | "to_owned" | "clone" | "context" | "with_context"))
    };
    if syntax.kind(node) == "field_expression" && wraps(node) {
        return false;
    }
    let mut below = node;
    for above in syntax.ancestors(node).take_while(|&above| above >= error) {
        let through = match (syntax.kind(above), syntax.field(below)) {
            ("call_expression" | "generic_function", "function") | ("struct_expression", "name") | ("closure_expression", "body") => true,
            ("field_expression", "value") => wraps(above),
            ("block", _) => syntax.parts(above).count() == 1,
            ("parenthesized_expression" | "reference_expression" | "try_expression", _) => true,
            _ => false,
        };
        if !through {
            return false;
        }
        below = above;
    }
    true
}

/// The conditions between `node` and `top`, the outermost first.
fn conditions(syntax: &Syntax, top: NodeId, node: NodeId) -> String {
    let mut inner_first: Vec<Guard> = Vec::new();
    let mut below = node;
    for above in syntax.ancestors(node).take_while(|&above| above != top) {
        let text = |of: NodeId, field| syntax.child(of, field).map(|part| bare(syntax, part)).unwrap_or_default();
        let mut push = |kind, text: String| inner_first.push(Guard { kind, text });
        if syntax.kind(above) == "block" {
            for branch in syntax.parts(above).take_while(|&part| part < below).collect::<Vec<_>>().into_iter().rev() {
                if let Some(kind) = way_out(syntax, branch) {
                    push(kind, text(branch + 1, "condition"));
                }
            }
        }
        match (syntax.kind(above), syntax.field(below)) {
            ("if_expression", "consequence") => push(GuardKind::If, text(above, "condition")),
            ("if_expression", "alternative") => push(GuardKind::Unless, text(above, "condition")),
            ("while_expression", "body") => push(GuardKind::While, text(above, "condition")),
            ("for_expression", "body") => push(GuardKind::For, format!("{} in {}", text(above, "pattern"), text(above, "value"))),
            ("let_declaration", "alternative") => {
                push(GuardKind::Unless, format!("let {} = {}", text(above, "pattern"), text(above, "value")))
            }
            ("match_arm", "value") => {
                let pattern = syntax.child(above, "pattern").unwrap_or(above);
                if syntax.child(pattern, "condition").is_some() {
                    push(GuardKind::If, text(pattern, "condition"));
                }
                let shape: Vec<String> =
                    syntax.children(pattern).take_while(|&part| syntax.text(part) != "if").map(|part| syntax.folded(part)).collect();
                let subject = syntax.ancestors(above).find(|&outer| syntax.kind(outer) == "match_expression");
                push(GuardKind::Case, format!("{}: {}", subject.map(|of| text(of, "value")).unwrap_or_default(), shape.join(" ")));
            }
            _ => (),
        }
        below = above;
    }
    inner_first.reverse();
    Guard::joined(&inner_first)
}

/// How an `if` without `else` that stands as a statement leaves the block around it.
fn way_out(syntax: &Syntax, statement: NodeId) -> Option<GuardKind> {
    let branch = syntax
        .parts(statement)
        .next()
        .filter(|&branch| syntax.kind(statement) == "expression_statement" && syntax.kind(branch) == "if_expression")?;
    if syntax.child(branch, "alternative").is_some() {
        return None;
    }
    let last = syntax.child(branch, "consequence").and_then(|body| syntax.parts(body).last())?;
    let value = if syntax.kind(last) == "expression_statement" { syntax.parts(last).next()? } else { last };
    match syntax.kind(value) {
        "return_expression" => Some(GuardKind::Past),
        "continue_expression" | "break_expression" => Some(GuardKind::Skip),
        "macro_invocation" => {
            let name = syntax.child(value, "macro").map(|name| syntax.text(name).rsplit("::").next().unwrap_or_default());
            name.filter(|name| matches!(*name, "bail" | "panic" | "unreachable" | "todo" | "unimplemented")).map(|_| GuardKind::Past)
        }
        _ => None,
    }
}

/// The folded text without parentheses around the whole; `…` for a text that is too long.
fn bare(syntax: &Syntax, node: NodeId) -> String {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression"
        && let Some(inner) = syntax.parts(node).next()
    {
        node = inner;
    }
    if syntax.text(node).len() > 2000 { "…".to_owned() } else { syntax.folded(node) }
}
