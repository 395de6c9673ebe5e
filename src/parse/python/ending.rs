//! How control leaves a body.

use crate::parse::syntax::{NodeId, Syntax};

/// May control run past the end of a block? Where that is not plain, it may. The last statement is
/// looked into so deep.
pub(super) fn runs_past(syntax: &Syntax, block: NodeId, deep: usize) -> bool {
    let mut open = vec![(block, 0)];
    while let Some((block, depth)) = open.pop() {
        let Some(last) = syntax.parts(block).last().filter(|_| depth < deep) else { return true };
        let sides: Vec<NodeId> = syntax.parts(last).filter(|&side| syntax.kind(side).ends_with("_clause")).collect();
        let body = syntax.child(last, "consequence").or(syntax.child(last, "body"));
        let blocks = sides.iter().filter_map(|&side| syntax.parts(side).find(|&part| syntax.kind(part) == "block"));
        match syntax.kind(last) {
            "return_statement" | "raise_statement" => (),
            "with_statement" => open.extend(body.map(|body| (body, depth + 1))),
            "while_statement" => {
                let forever = syntax.child(last, "condition").is_some_and(|condition| matches!(syntax.text(condition), "True" | "1"));
                if !forever || (last..syntax.end(last)).any(|node| syntax.kind(node) == "break_statement") {
                    return true;
                }
            }
            "if_statement" if sides.last().is_some_and(|&side| syntax.kind(side) == "else_clause") => {
                open.extend(body.into_iter().chain(blocks).map(|block| (block, depth + 1)));
            }
            "try_statement" => {
                // With an `else` the body runs on into it; a `finally` that ends does not change the rest.
                let otherwise = sides.iter().any(|&side| syntax.kind(side) == "else_clause");
                let handlers = sides.iter().filter(|&&side| syntax.kind(side) != "finally_clause");
                let handled = handlers.filter_map(|&side| syntax.parts(side).find(|&part| syntax.kind(part) == "block"));
                open.extend(body.filter(|_| !otherwise).into_iter().chain(handled).map(|block| (block, depth + 1)));
            }
            _ => return true,
        }
    }
    false
}
