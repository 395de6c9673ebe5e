//! Alterations of what stands before a body, and of what a class or a module holds.

use super::place::Place;
use super::tree::{Edit, norm, words};

/// The parameters of the definition by name: the whole, and its name.
fn parameters(place: &Place, name: &str) -> Vec<(usize, usize)> {
    let tree = place.tree();
    let Some(list) = tree.top().and_then(|top| tree.child(top, "parameters")) else { return Vec::new() };
    let wanted = name.trim_start_matches('*');
    let mut out = Vec::new();
    for part in tree.parts(list) {
        let stated = |field| tree.child(part, field);
        let declared = || tree.children(part).into_iter().find(|&child| tree.nodes[child].kind == "variable_declarator");
        let named = stated("name").or_else(|| stated("pattern")).or_else(declared).unwrap_or(part);
        let typed = stated("type");
        let leaf = (named..tree.nodes[named].last).find(|&leaf| {
            let inside = typed.is_some_and(|typed| (typed..tree.nodes[typed].last).contains(&leaf));
            tree.is_leaf(leaf) && tree.text(leaf) == wanted && !inside
        });
        out.extend(leaf.map(|leaf| (part, leaf)));
    }
    out
}

pub(crate) fn renamed(place: &mut Place, name: &str) {
    let found = parameters(place, name);
    let tree = place.tree();
    let edits = found.iter().map(|&(_, leaf)| tree.around(leaf, "zz_", "")).collect();
    place.push("the parameter renamed", edits);
}

pub(crate) fn parameter(place: &mut Place, name: &str) {
    renamed(place, name);
    let found = parameters(place, name);
    let tree = place.tree();
    let dropped: Vec<Edit> =
        found.iter().map(|&(part, _)| tree.instead(part, if tree.java { "Zz zz_other" } else { "zz_other" })).collect();
    let retyped = found.iter().map(|&(part, leaf)| match tree.child(part, "type") {
        Some(of) => tree.instead(of, "ZzType"),
        None if tree.java => (tree.nodes[part].start, tree.nodes[part].start, "ZzType ".to_owned()),
        None => tree.around(leaf, "", ": ZzType"),
    });
    let retyped = retyped.collect();
    place.push("the parameter dropped", dropped);
    place.push("the type changed", retyped);
}

pub(crate) fn default(place: &mut Place, name: &str) {
    let found = parameters(place, name);
    let tree = place.tree();
    let value = |part: usize| tree.child(part, "value");
    let changed: Vec<Edit> = found
        .iter()
        .filter(|_| !name.starts_with('*'))
        .map(|&(part, _)| match value(part) {
            Some(value) => tree.instead(value, "zz_default"),
            None => tree.around(part, "", " = zz_default"),
        })
        .collect();
    let dropped: Vec<Edit> = found
        .iter()
        .filter_map(|&(part, _)| {
            let before = tree.children(part).into_iter().find(|&child| tree.text(child) == "=")?;
            Some((tree.nodes[before].start, tree.nodes[value(part)?].end, String::new()))
        })
        .collect();
    if !place.rust() && !place.java() {
        place.push("the default changed", changed);
        place.push("the default dropped", dropped);
    }
}

pub(crate) fn result(place: &mut Place) {
    let tree = place.tree();
    let found = tree.top().and_then(|top| tree.child(top, if tree.java { "type" } else { "return_type" }));
    let changed: Vec<Edit> = found.map(|of| tree.instead(of, "ZzType")).into_iter().collect();
    let wrapped: Vec<Edit> = found
        .map(|of| if tree.rust || tree.java { tree.around(of, "Zz<", ">") } else { tree.around(of, "Zz[", "]") })
        .into_iter()
        .collect();
    place.push("the result type changed", changed);
    place.push("the result type wrapped", wrapped);
}

pub(crate) fn documented(place: &mut Place, sentence: &str) {
    let word = words(sentence).max_by_key(|word| word.len()).unwrap_or_default().to_owned();
    if word.is_empty() {
        return;
    }
    let code = place.trial.exhibits[0].code.clone();
    place.push_code(0, "a word of the documentation changed", code.replace(&word, &format!("zz{word}")));
    let tree = place.tree();
    let edits: Vec<Edit> = match tree.rust || tree.java {
        true => tree.of_kind(&["line_comment", "block_comment"]).map(|at| tree.instead(at, "\n")).collect(),
        false => {
            let top = tree.top().unwrap_or_default();
            let body = tree.child(top, "body").unwrap_or_default();
            tree.parts(body).first().map(|&first| tree.instead(first, "pass")).into_iter().collect()
        }
    };
    place.push("the documentation dropped", edits);
}

/// The decorators or attributes in front of the definition: the whole, and what is written in it.
pub(crate) fn decorators(place: &Place) -> Vec<(usize, usize)> {
    let tree = place.tree();
    let top = tree.top().unwrap_or_default();
    let own = tree.of_kind(&["decorator", "attribute_item"]).filter(|&at| tree.nodes[at].parent == tree.nodes[top].parent && at < top);
    if tree.java {
        let modifiers = tree.children(top).into_iter().filter(|&child| tree.nodes[child].kind == "modifiers");
        let annotations = modifiers.flat_map(|list| tree.parts(list)).filter(|&at| tree.nodes[at].kind.ends_with("annotation"));
        return annotations.map(|at| (at, at)).collect();
    }
    own.filter_map(|at| Some((at, *tree.parts(at).first()?))).collect()
}

/// Decorators that the claim names, by its text with arguments or without.
pub(crate) fn decorated(place: &mut Place, told: &str) {
    let wanted = norm(told);
    let all = decorators(place);
    let tree = place.tree();
    let named = |inner: usize| {
        let text = norm(tree.text(inner).trim_start_matches('@'));
        text == wanted || text.starts_with(&format!("{wanted}("))
    };
    let found: Vec<(usize, usize)> = all.into_iter().filter(|&(_, inner)| named(inner)).collect();
    let renamed: Vec<Edit> = found
        .iter()
        .filter_map(|&(_, inner)| {
            let path = tree.child(inner, "function").unwrap_or(inner);
            let path = if tree.rust || tree.java { *tree.parts(inner).first()? } else { path };
            let leaf = (path..tree.nodes[path].last).rev().find(|&leaf| tree.is_leaf(leaf))?;
            Some(tree.around(leaf, "zz_", ""))
        })
        .collect();
    let dropped: Vec<Edit> = found.iter().map(|&(whole, _)| tree.instead(whole, "")).collect();
    place.push("the decorator renamed", renamed);
    if found.iter().all(|&(whole, _)| whole > 0) {
        place.push("the decorator dropped", dropped);
    }
}

pub(crate) fn route(place: &mut Place, verb: &str, path: &str) {
    let all = decorators(place);
    let tree = place.tree();
    let strings = |wanted: String| -> Vec<usize> {
        let inside = all.iter().flat_map(|&(whole, _)| whole..tree.nodes[whole].last);
        let quoted = |at: &usize| {
            matches!(tree.nodes[*at].kind, "string" | "string_literal")
                && tree.text(*at).trim_matches(['"', '\'']).eq_ignore_ascii_case(&wanted)
        };
        inside.filter(quoted).collect()
    };
    let paths: Vec<Edit> = strings(path.to_owned()).into_iter().map(|at| tree.instead(at, "\"/zz\"")).collect();
    let mut verbs: Vec<Edit> = strings(verb.to_owned()).into_iter().map(|at| tree.instead(at, "\"ZZ\"")).collect();
    let dropped: Vec<Edit> = all.iter().map(|&(whole, _)| tree.instead(whole, "")).collect();
    for &(whole, _) in &all {
        let leaves = (whole..tree.nodes[whole].last).filter(|&leaf| tree.is_leaf(leaf));
        for leaf in leaves {
            let mapping = tree.text(leaf).strip_suffix("Mapping").is_some_and(|of| of.eq_ignore_ascii_case(verb) || of == "Request");
            if tree.java && mapping {
                verbs.push(tree.instead(leaf, "ZzMapping"));
            } else if tree.text(leaf).eq_ignore_ascii_case(verb) {
                verbs.push(tree.instead(leaf, "connect"));
            } else if tree.text(leaf) == "route" && verbs.is_empty() {
                // What stands without a verb is for one.
                verbs.push(tree.instead(leaf, "connect"));
            }
        }
    }
    place.push("the path swapped", paths);
    place.push("the verb swapped", verbs);
    place.push("the route dropped", dropped);
}

pub(crate) fn base(place: &mut Place, base: &str) {
    let tree = place.tree();
    let list = tree.top().and_then(|top| tree.child(top, "superclasses").or_else(|| tree.child(top, "bounds")));
    let mut parts = list.map(|list| tree.parts(list)).unwrap_or_default();
    let stated = tree.of_kind(&["superclass", "super_interfaces", "extends_interfaces"]).filter(|_| tree.java);
    parts.extend(stated.flat_map(|list| list + 1..tree.nodes[list].last).filter(|&at| tree.nodes[at].kind != "type_list"));
    let found: Vec<usize> = parts.into_iter().filter(|&part| norm(tree.text(part)) == norm(base)).collect();
    let renamed = found.iter().map(|&part| tree.instead(part, "ZzBase")).collect();
    place.push("the base swapped", renamed);
}

/// Every definition of the method renamed, or made a member of something else.
pub(crate) fn method(place: &mut Place, at: usize, method: &str) {
    let tree = &place.trees[at];
    let functions = tree.of_kind(&["function_definition", "function_item", "function_signature_item", "method_declaration"]);
    let named: Vec<usize> =
        functions.filter_map(|function| tree.child(function, "name")).filter(|&name| tree.text(name) == method).collect();
    let renamed = named.iter().map(|&name| tree.around(name, "zz_", "")).collect();
    place.push_of(at, "the method renamed", renamed);
}

/// Assignments to a name in a class or a module, constants, fields, variants.
pub(crate) fn value(place: &mut Place, name: &str, value: &str) {
    let tree = place.tree();
    let kinds = ["assignment", "const_item", "static_item", "enum_variant", "field_declaration", "variable_declarator", "enum_constant"];
    let mut targets: Vec<usize> = Vec::new();
    let mut values: Vec<usize> = Vec::new();
    for at in tree.of_kind(&kinds) {
        let Some(target) = tree.child(at, "left").or_else(|| tree.child(at, "name")) else { continue };
        let leaves = (target..tree.nodes[target].last).filter(|&leaf| tree.is_leaf(leaf) && tree.text(leaf) == name);
        let found: Vec<usize> = leaves.collect();
        if !found.is_empty() {
            targets.extend(found);
            let stated = tree.child(at, "right").or_else(|| tree.child(at, "value")).or_else(|| tree.child(at, "arguments"));
            values.extend(stated.or_else(|| tree.child(at, "body")));
        }
    }
    let renamed = targets.iter().map(|&target| tree.around(target, "zz_", "")).collect();
    let other = |&stated: &usize| match tree.nodes[stated].kind {
        "ordered_field_declaration_list" => tree.instead(stated, "(Zz)"),
        "argument_list" => tree.instead(stated, "(zz_value)"),
        "field_declaration_list" => tree.instead(stated, "{ zz: u8 }"),
        _ => tree.instead(stated, "zz_value"),
    };
    let changed: Vec<Edit> = if value.is_empty() { Vec::new() } else { values.iter().map(other).collect() };
    let nudged = values
        .iter()
        .filter(|&&stated| !value.is_empty() && !tree.nodes[stated].kind.ends_with("_list"))
        .map(|&stated| tree.around(stated, "", " + 1"));
    let nudged = nudged.collect();
    place.push("the name changed", renamed);
    place.push("the value changed", changed);
    place.push("the value raised by one", nudged);
}

/// The definition and every assignment of the name under another one.
pub(crate) fn defined(place: &mut Place, at: usize, name: &str) {
    let tree = &place.trees[at];
    let edits =
        (0..tree.nodes.len()).filter(|&leaf| tree.is_leaf(leaf) && tree.text(leaf) == name).map(|leaf| tree.around(leaf, "zz_", ""));
    let edits = edits.collect();
    place.push_of(at, "the definition renamed", edits);
}
