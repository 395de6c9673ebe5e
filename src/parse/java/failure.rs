//! How an error is written, and how control leaves.

use crate::model::GuardKind;
use crate::parse::java::names::{bare, type_name};
use crate::parse::syntax::{NodeId, Syntax};

/// How control leaves in a statement, or at the end of a block, where it never comes back from it.
pub(super) fn leaving(syntax: &Syntax, statement: NodeId) -> Option<GuardKind> {
    let last = if syntax.kind(statement) == "block" { syntax.parts(statement).last()? } else { statement };
    match syntax.kind(last) {
        "return_statement" | "throw_statement" => Some(GuardKind::Past),
        "break_statement" | "continue_statement" => Some(GuardKind::Skip),
        _ => None,
    }
}

/// The type of what is thrown; None for a variable.
pub(super) fn exception(syntax: &Syntax, thrown: NodeId) -> Option<String> {
    let made = Some(bare(syntax, thrown)).filter(|&made| syntax.kind(made) == "object_creation_expression")?;
    syntax.child(made, "type").map(|of| type_name(&syntax.folded(of)))
}

/// The text that an error is made with, where that is the first of its arguments and others are no texts.
pub(super) fn message(syntax: &Syntax, thrown: NodeId) -> String {
    let list = syntax.child(bare(syntax, thrown), "arguments");
    let all: Vec<NodeId> = list.into_iter().flat_map(|list| syntax.parts(list)).collect();
    let Some((&first, rest)) = all.split_first() else { return String::new() };
    let plain = rest.len() < 2 && rest.iter().all(|&other| syntax.kind(other) == "identifier");
    string(syntax, first).filter(|_| plain).unwrap_or_default()
}

/// What a string holds, where it can stand in a sentence.
pub(super) fn string(syntax: &Syntax, node: NodeId) -> Option<String> {
    let text = syntax.text(node);
    let inner = text.strip_prefix('"')?.strip_suffix('"').filter(|_| syntax.kind(node) == "string_literal")?;
    (inner.len() <= 160 && !inner.contains(['\n', '\r', '\\', '`', '"'])).then(|| inner.trim().to_owned())
}

/// May control run past the end of a body? Where that is not plain, it may.
pub(super) fn runs_past(syntax: &Syntax, block: NodeId, deep: usize) -> bool {
    let mut open = vec![(block, 0)];
    while let Some((node, depth)) = open.pop() {
        let block = matches!(syntax.kind(node), "block" | "constructor_body");
        let Some(last) = (if block { syntax.parts(node).last() } else { Some(node) }).filter(|_| depth < deep) else { return true };
        let mut further = |node: Option<NodeId>| open.extend(node.map(|node| (node, depth + 1)));
        match syntax.kind(last) {
            "return_statement" | "throw_statement" => (),
            "block" => further(Some(last)),
            "synchronized_statement" => further(syntax.child(last, "body")),
            "while_statement" => {
                let forever = syntax.child(last, "condition").is_some_and(|condition| syntax.text(bare(syntax, condition)) == "true");
                if !forever || (last..syntax.end(last)).any(|node| syntax.kind(node) == "break_statement") {
                    return true;
                }
            }
            "if_statement" if syntax.child(last, "alternative").is_some() => {
                further(syntax.child(last, "consequence"));
                further(syntax.child(last, "alternative"));
            }
            "try_statement" | "try_with_resources_statement" => {
                further(syntax.child(last, "body"));
                for clause in syntax.parts(last).filter(|&part| syntax.kind(part) == "catch_clause") {
                    further(syntax.child(clause, "body"));
                }
            }
            _ => return true,
        }
    }
    false
}
