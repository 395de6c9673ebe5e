//! Alterations of the conditions around a place.

use super::place::Place;
use super::tree::{Edit, Tree, norm};

/// Is the condition one of those that `when` joins?
fn is_part(when: &str, condition: &str) -> bool {
    let (when, condition) = (norm(when), norm(condition));
    let plain = condition.trim_start_matches('(').trim_end_matches(')').to_owned();
    [condition, plain].iter().any(|one| {
        let negated = format!("not({one})");
        when == *one
            || when.contains(&negated)
            || when.starts_with(&format!("{one}and"))
            || when.ends_with(&format!("and{one}"))
            || when.contains(&format!("and{one}and"))
    })
}

fn conditions(tree: &Tree, when: &str) -> Vec<usize> {
    let fields = tree.of_kind(&["if_statement", "elif_clause", "while_statement", "if_expression", "while_expression"]);
    let stated = fields.filter_map(|at| tree.child(at, "condition"));
    let guards = tree.of_kind(&["if_clause", "match_pattern"]).filter_map(|at| match tree.nodes[at].kind {
        "if_clause" => tree.parts(at).first().copied(),
        _ => tree.child(at, "condition"),
    });
    let loops = tree.of_kind(&["for_statement"]).filter(|_| tree.java).filter_map(|at| tree.child(at, "condition"));
    let all: Vec<usize> = stated.chain(guards).chain(loops).filter(|&at| is_part(when, tree.text(at))).collect();
    all
}

/// The comparison turned into its neighbour.
fn turned(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "<" => "<=",
        "<=" => "<",
        ">" => ">=",
        ">=" => ">",
        "==" => "!=",
        "!=" => "==",
        "is" => "is not",
        "is not" => "is",
        "in" => "not in",
        "not in" => "in",
        "and" => "or",
        "or" => "and",
        "&&" => "||",
        "||" => "&&",
        _ => return None,
    })
}

/// Alters every condition that `when` names.
pub(crate) fn alter(place: &mut Place, when: &str) {
    let tree = place.tree();
    let found = conditions(tree, when);
    // Written as no claim writes it: a twin on the other side must not take the claim over.
    let untrue = if tree.rust || tree.java { ") == false" } else { ") is False" };
    // Some grammars count the brackets around a condition to it.
    let bracketed = |at: usize| tree.nodes[at].kind == "parenthesized_expression" && tree.java;
    let negated: Vec<Edit> =
        found.iter().map(|&at| if bracketed(at) { tree.around(at, "((", ") == false)") } else { tree.around(at, "(", untrue) }).collect();
    let widened: Vec<Edit> = found.iter().map(|&at| tree.instead(at, if bracketed(at) { "(zz_flag)" } else { "zz_flag" })).collect();
    let operators = found.iter().filter_map(|&at| {
        let tokens = (at..tree.nodes[at].last).filter(|&token| {
            tree.is_leaf(token) && !tree.nodes[token].named
                || tree.nodes[token].kind.starts_with("is ")
                || tree.nodes[token].kind.starts_with("not ")
        });
        let mut found = tokens.filter_map(|token| Some(tree.instead(token, turned(tree.text(token))?)));
        found.next()
    });
    let operators: Vec<Edit> = operators.collect();
    // Only where each of them has one: else a claim may live on the others.
    let operators = if operators.len() == found.len() { operators } else { Vec::new() };
    let sources: Vec<Edit> = loops(tree, when);
    let handlers: Vec<Edit> = handlers(tree, when);
    let patterns: Vec<Edit> = patterns(tree, when);
    place.push("the guard negated", negated);
    place.push("the guard replaced", widened);
    place.push("the operator of the guard turned", operators);
    place.push("the loop over something else", sources);
    place.push("the handler of another exception", handlers);
    place.push("the case of another pattern", patterns);
}

fn loops(tree: &Tree, when: &str) -> Vec<Edit> {
    let all = tree.of_kind(&["for_statement", "for_expression", "enhanced_for_statement"]);
    let named = all.filter_map(|at| {
        let pattern = tree.child(at, "left").or_else(|| tree.child(at, "pattern")).or_else(|| tree.child(at, "name"))?;
        let source = tree.child(at, "right").or_else(|| tree.child(at, "value"))?;
        let told = format!("for{}in{}", norm(tree.text(pattern)), norm(tree.text(source)));
        norm(when).contains(&told).then(|| tree.instead(source, "zz_items"))
    });
    named.collect()
}

fn handlers(tree: &Tree, when: &str) -> Vec<Edit> {
    let named = tree.of_kind(&["except_clause"]).filter_map(|at| {
        let Some(value) = tree.child(at, "value") else {
            let colon = tree.children(at).into_iter().find(|&child| tree.text(child) == ":")?;
            return when.contains("except any exception").then(|| tree.instead(colon, " ZzError:"));
        };
        let kinds = if tree.nodes[value].kind == "as_pattern" { *tree.parts(value).first()? } else { value };
        norm(when).contains(&format!("except{}", norm(tree.text(kinds)))).then(|| tree.instead(kinds, "ZzError"))
    });
    let caught = tree.of_kind(&["catch_type"]).filter(|&at| norm(when).contains(&format!("except{}", norm(tree.text(at)))));
    named.chain(caught.map(|at| tree.instead(at, "ZzError"))).collect()
}

fn patterns(tree: &Tree, when: &str) -> Vec<Edit> {
    let told = norm(when);
    let named = tree.of_kind(&["case_pattern", "match_pattern"]).filter_map(|at| {
        let inner = *tree.parts(at).first()?;
        let pattern = if tree.rust { inner } else { at };
        let other = if tree.rust { "Zz::Pattern" } else { "Zz.PATTERN" };
        told.contains(&format!(":{}", norm(tree.text(pattern)))).then(|| tree.instead(pattern, other))
    });
    let labels = tree.of_kind(&["switch_label"]).filter_map(|at| {
        let stated = *tree.parts(at).first()?;
        let inside = |told: &str| told.contains(&norm(tree.text(stated)));
        told.split("case").skip(1).any(inside).then(|| tree.instead(stated, "ZZ_OTHER"))
    });
    named.chain(labels).collect()
}

/// Puts each of these statements or expressions under one more condition.
pub(crate) fn under(place: &mut Place, nodes: &[usize]) {
    let tree = place.tree();
    let edits = nodes.iter().map(|&at| {
        let at = tree.statement(at);
        let statement = tree.nodes[at].kind.ends_with("_statement")
            || tree.nodes[at].kind == "assignment"
            || tree.nodes[at].kind == "augmented_assignment";
        match (tree.rust, statement) {
            (false, true) if tree.java => tree.around(at, "if (zz_flag) ", ""),
            (false, false) if tree.java => tree.around(at, "(zz_flag ? ", " : null)"),
            (false, true) => tree.around(at, "if zz_flag: ", ""),
            (false, false) => tree.around(at, "(zz_flag and ", ")"),
            (true, _) => tree.around(at, "if zz_flag { ", " }"),
        }
    });
    let edits = edits.collect();
    place.push("moved under a condition", edits);
}

/// Moves statements out of the innermost branch that they stand in, where each stands in one
/// that `when` names.
pub(crate) fn hoist(place: &mut Place, nodes: &[usize], when: &str) {
    let tree = place.tree();
    let known = conditions(tree, when);
    let nodes: Vec<usize> = nodes.iter().map(|&at| tree.statement(at)).collect();
    let branch = |at: usize| {
        let branch = tree.above(at).find(|&above| matches!(tree.nodes[above].kind, "if_statement" | "if_expression"))?;
        let block = tree.child(branch, "consequence")?;
        let inside =
            (block..tree.nodes[block].last).contains(&at) && tree.child(branch, "condition").is_some_and(|stated| known.contains(&stated));
        // A branch that is an `elif` or a value has no place in front of it.
        let alone = matches!(tree.nodes[tree.nodes[branch].parent].kind, "block" | "expression_statement")
            && tree.nodes[branch].field != "alternative";
        (inside && alone).then_some(branch)
    };
    let branches: Vec<Option<usize>> = nodes.iter().map(|&at| branch(at)).collect();
    let empty = match (tree.rust, tree.java) {
        (true, _) => "()",
        (_, true) => "zz_value();",
        _ => "pass",
    };
    let mut edits: Vec<Edit> = Vec::new();
    for (&at, branch) in nodes.iter().zip(&branches) {
        let Some(branch) = branch else { return };
        let start = tree.nodes[*branch].start;
        let column = tree.text[..start].rsplit('\n').next().unwrap_or_default().len();
        let before = if tree.rust { format!("{}; ", tree.text(at)) } else { format!("{}\n{}", tree.text(at), " ".repeat(column)) };
        edits.push((start, start, before));
        edits.push(tree.instead(at, empty));
    }
    place.push("moved out of its condition", edits);
}
