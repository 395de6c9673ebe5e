//! Alterations of calls.

use super::place::Place;
use super::tree::{Edit, last};

/// Every call of the callee renamed, dropped, made on something else.
pub(crate) fn alter(place: &mut Place, at: usize, callee: &str) {
    let calls = place.calls(at, callee);
    let tree = &place.trees[at];
    let name = last(callee.trim_start_matches("….")).to_owned();
    let functions: Vec<(usize, usize)> = calls.iter().filter_map(|&call| tree.callee(call)).collect();
    let renamed: Vec<Edit> = functions
        .iter()
        .filter_map(|&(start, end)| {
            let inside = |leaf: &usize| start <= tree.nodes[*leaf].start && tree.nodes[*leaf].end <= end;
            let leaf = (0..tree.nodes.len()).rev().filter(inside).find(|&leaf| tree.is_leaf(leaf) && tree.text(leaf) == name)?;
            Some(tree.instead(leaf, format!("zz_{name}")))
        })
        .collect();
    let dropped = calls.iter().map(|&call| tree.instead(call, if tree.java { "zz_value()" } else { "zz_value" })).collect();
    let objects = functions.iter().map(|&(start, end)| (start, end, format!("{}{name}", if tree.rust { "zz::" } else { "zz." })));
    let objects: Vec<Edit> = if callee.starts_with("….") { Vec::new() } else { objects.collect() };
    let renamed = if renamed.len() == functions.len() { renamed } else { Vec::new() };
    // A call in a lambda is still one of the code.
    let deferred: Vec<Edit> =
        if tree.rust || tree.java { Vec::new() } else { calls.iter().map(|&call| tree.around(call, "(lambda: ", ")")).collect() };
    place.push_of(at, "the callee renamed", renamed);
    place.push_of(at, "the call dropped", dropped);
    place.push_of(at, "the call on another object", objects);
    place.push_of(at, "the call put off", deferred);
}

/// The two callees exchanged, where no call of the second stands before one of the first.
pub(crate) fn exchange(place: &mut Place, first: &str, second: &str) {
    let (before, behind) = (place.calls(0, first), place.calls(0, second));
    let tree = place.tree();
    let ends = before.iter().map(|&call| tree.nodes[call].end).max().unwrap_or_default();
    let apart = behind.iter().all(|&call| tree.nodes[call].start >= ends);
    let other = |calls: &[usize], name: &str| -> Vec<Edit> {
        calls.iter().filter_map(|&call| tree.callee(call).map(|(start, end)| (start, end, name.to_owned()))).collect()
    };
    let mut edits = other(&before, second);
    edits.extend(other(&behind, first));
    if apart && !first.starts_with('…') && !second.starts_with('…') {
        place.push("the calls exchanged", edits);
    }
}

/// Does the statement or the tail of a block consist of the call?
fn whole(place: &Place, call: usize, kind: &str) -> Option<usize> {
    let tree = place.tree();
    let through = ["await", "parenthesized_expression", "not_operator", "try_expression", "await_expression", "reference_expression"];
    let above = tree.above(call).find(|&above| !through.contains(&tree.nodes[above].kind))?;
    (tree.nodes[above].kind == kind).then_some(above)
}

/// A result that was returned is kept instead.
pub(crate) fn keep_returned(place: &mut Place, callee: &str) {
    let calls = place.calls(0, callee);
    let tree = place.tree();
    let mut edits: Vec<Edit> = Vec::new();
    for &call in &calls {
        if tree.rust {
            // What a tail or a `return` hands on.
            let end = tree.above(call).find(|&above| matches!(tree.nodes[above].kind, "return_expression" | "block"));
            edits.push(match end.filter(|&end| tree.nodes[end].kind == "return_expression") {
                Some(end) => tree.instead(end, format!("zz_value = {}", tree.text(call))),
                None => tree.around(call, "zz_value(", ")"),
            });
        } else if let Some(statement) = whole(place, call, "return_statement") {
            let keyword = tree.nodes[statement].start;
            edits.push((keyword, keyword + "return".len(), "zz_value =".to_owned()));
        } else if tree.java {
            edits.push(tree.around(call, "zz_value(", ")"));
        }
    }
    place.push("the result kept", edits);
}

/// A result that was dropped is used.
pub(crate) fn use_dropped(place: &mut Place, callee: &str) {
    let calls = place.calls(0, callee);
    let tree = place.tree();
    let edits = calls.iter().map(|&call| tree.around(call, "zz_use(", ")")).collect();
    place.push("the result used", edits);
}

/// An error that was handed on is not.
pub(crate) fn keep_error(place: &mut Place, callee: &str) {
    let calls = place.calls(0, callee);
    let tree = place.tree();
    let edits = calls.iter().map(|&call| tree.around(call, "zz_settled(", ")")).collect();
    place.push("the error settled", edits);
}

/// Another variable takes the result.
pub(crate) fn assign_elsewhere(place: &mut Place, callee: &str) {
    let calls = place.calls(0, callee);
    let tree = place.tree();
    let assigned = |call: usize| {
        let above = tree.above(call).find(|&above| {
            matches!(
                tree.nodes[above].kind,
                "assignment" | "let_declaration" | "assignment_expression" | "variable_declarator" | "resource"
            )
        })?;
        tree.child(above, "left").or_else(|| tree.child(above, "pattern")).or_else(|| tree.child(above, "name"))
    };
    let edits = calls.iter().filter_map(|&call| Some(tree.instead(assigned(call)?, "zz_target"))).collect();
    place.push("the result assigned to another target", edits);
}
