//! How control leaves a body.

use crate::parse::script::conditions::Way;
use crate::parse::script::names;
use crate::parse::syntax::{NodeId, Syntax};

/// How a statement leaves, where it never comes back from it: the last statement of a block decides.
pub(super) fn leaving(syntax: &Syntax, statement: NodeId) -> Option<Way> {
    let mut node = statement;
    loop {
        return match syntax.kind(node) {
            "return_statement" | "throw_statement" => Some(Way::Call),
            "break_statement" | "continue_statement" if syntax.child(node, "label").is_some() => Some(Way::Call),
            "break_statement" => Some(Way::Loop),
            "continue_statement" => Some(Way::Round),
            "statement_block" => {
                node = syntax.parts(node).last()?;
                continue;
            }
            _ => None,
        };
    }
}

/// May control run past the end of a body? Where that is not plain, it may. The last statement is looked
/// into so deep.
pub(super) fn runs_past(syntax: &Syntax, body: NodeId, deep: usize) -> bool {
    if syntax.kind(body) != "statement_block" {
        return false;
    }
    let mut open = vec![(body, 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > deep {
            return true;
        }
        let mut push = |part: Option<NodeId>| part.map(|part| open.push((part, depth + 1))).is_none();
        let child = |field| syntax.child(node, field);
        match syntax.kind(node) {
            "return_statement" | "throw_statement" => (),
            "statement_block" => {
                if push(syntax.parts(node).last()) {
                    return true;
                }
            }
            "if_statement" => {
                let otherwise = child("alternative").and_then(|clause| syntax.parts(clause).next());
                if push(child("consequence")) || push(otherwise) {
                    return true;
                }
            }
            "while_statement" => {
                let forever = child("condition").is_some_and(|condition| matches!(names::told(syntax, condition).as_str(), "true" | "1"));
                if !forever || (node..syntax.end(node)).any(|inner| syntax.kind(inner) == "break_statement") {
                    return true;
                }
            }
            "try_statement" => {
                let handled = child("handler").and_then(|handler| syntax.child(handler, "body"));
                if push(child("body")) || child("handler").is_some() && push(handled) {
                    return true;
                }
            }
            _ => return true,
        }
    }
    false
}
