//! For each predicate the alterations that refute it.

use super::place::Place;
use super::tree::{Edit, last, norm, words};
use super::{Mutant, Trial, calls, guards, head};

pub(crate) fn alter(trial: &Trial) -> Vec<Mutant> {
    let mut place = Place::new(trial);
    let told = trial.told();
    match (trial.predicate.as_str(), told.as_slice()) {
        ("documented", [sentence]) => head::documented(&mut place, sentence),
        ("parameter", [name, ..]) => {
            head::parameter(&mut place, name);
            head::default(&mut place, name);
        }
        ("default", [name, _]) => {
            head::renamed(&mut place, name);
            head::default(&mut place, name);
        }
        ("result", _) => head::result(&mut place),
        ("returns", [value, when]) => returns(&mut place, value, when),
        ("raises", [exception, when]) => raises(&mut place, exception, when),
        ("calls", [callee]) => calls::alter(&mut place, 0, callee),
        ("calls_when", [callee, when]) => {
            calls::alter(&mut place, 0, callee);
            guards::alter(&mut place, when);
            let found = place.calls(0, callee);
            guards::under(&mut place, &found);
        }
        ("passes", [callee, argument]) => passes(&mut place, callee, argument),
        ("passes_when", [callee, argument, when]) => {
            passes(&mut place, callee, argument);
            guards::alter(&mut place, when);
            let found = place.calls(0, callee);
            guards::under(&mut place, &found);
        }
        ("expects", [callee, error]) => {
            calls::alter(&mut place, 0, callee);
            place.rename(0, "another error expected", last(error));
            let tree = place.tree();
            let wants = |at: &usize| tree.text(*at).contains("aises") && tree.child(*at, "function").is_some();
            let edits = tree.of_kind(&["call"]).filter(wants).map(|at| tree.instead(at, "zz_block()")).collect();
            place.push("nothing expected", edits);
        }
        ("calls_in_order", [first, second]) => {
            calls::alter(&mut place, 0, first);
            calls::alter(&mut place, 0, second);
            calls::exchange(&mut place, first, second);
        }
        ("returns_call", [callee]) => {
            calls::alter(&mut place, 0, callee);
            calls::keep_returned(&mut place, callee);
        }
        ("ignores_call", [callee]) => {
            calls::alter(&mut place, 0, callee);
            calls::use_dropped(&mut place, callee);
        }
        ("hands_on", [callee]) => {
            calls::alter(&mut place, 0, callee);
            calls::keep_error(&mut place, callee);
        }
        ("assigns_call", [callee, _]) => {
            calls::alter(&mut place, 0, callee);
            calls::assign_elsewhere(&mut place, callee);
        }
        ("handles", [callee, exception]) => {
            calls::alter(&mut place, 0, callee);
            handles(&mut place, exception);
        }
        ("writes" | "assigns", [target, value, when]) => writes(&mut place, target, value, when),
        ("reads", [name]) => reads(&mut place, name),
        ("transitions", [field, from, to]) => transitions(&mut place, field, from, to),
        ("effect", [_, callee]) => effect(&mut place, callee),
        ("decorated" | "command", [told]) => {
            head::decorated(&mut place, told);
            head::base(&mut place, told);
        }
        ("route", [verb, path]) => head::route(&mut place, verb, path),
        ("base", [base]) => head::base(&mut place, base),
        ("method", [method]) => head::method(&mut place, 0, method),
        ("attribute" | "constant", [name, value]) => head::value(&mut place, name, value),
        ("item", [name, key, value]) => item(&mut place, name, key, value),
        ("defined_at", [name]) => head::defined(&mut place, 0, name),
        ("absent", [what, name]) => absent(&mut place, what, name),
        ("same_except", [only_first, only_second]) => same_except(&mut place, only_first, only_second),
        ("overrides", [method]) => {
            head::method(&mut place, 0, method);
            head::method(&mut place, 1, method);
            let tree = place.tree();
            let bases = tree.top().and_then(|top| tree.child(top, "superclasses"));
            let types =
                tree.of_kind(&["type_identifier"]).filter(|&at| tree.text(at) == last(&place.trial.exhibits[1].symbol)).collect::<Vec<_>>();
            let edits: Vec<Edit> = match bases {
                Some(list) => vec![tree.instead(list, "(ZzBase)")],
                None => types.into_iter().map(|at| tree.instead(at, "ZzBase")).collect(),
            };
            place.push("the base swapped", edits);
        }
        ("called_by", [written]) => {
            calls::alter(&mut place, 1, written);
            head::defined(&mut place, 0, last(written));
        }
        _ => (),
    }
    place.mutants
}

/// The statements `return value`, or what stands at the end of a body as its value.
fn returns(place: &mut Place, value: &str, when: &str) {
    let tree = place.tree();
    let wanted = norm(value);
    let bare = |text: &str| norm(text.trim().trim_start_matches("return").trim().trim_end_matches(';'));
    let fits = |stated: &str| bare(stated) == wanted || bare(stated) == format!("({wanted})");
    let statements: Vec<usize> = tree.of_kind(&["return_statement", "return_expression"]).filter(|&at| fits(tree.text(at))).collect();
    let tails = if tree.rust && !value.is_empty() { place.reading(0, value) } else { Vec::new() };
    let end = if tree.java { ";" } else { "" };
    let other: Vec<Edit> = statements.iter().map(|&at| tree.instead(at, format!("return zz_value{end}"))).collect();
    let nothing = format!("{}{end}", if tree.rust || tree.java { "zz_value()" } else { "pass" });
    let dropped: Vec<Edit> = statements.iter().map(|&at| tree.instead(at, nothing.as_str())).collect();
    let both =
        |edits: Vec<Edit>, text: &str| edits.into_iter().chain(tails.iter().map(|&at| tree.instead(at, text))).collect::<Vec<Edit>>();
    let (other, dropped) = (both(other, "zz_value"), both(dropped, "zz_value"));
    place.push("another value returned", other);
    place.push("the return dropped", dropped);
    guards::alter(place, when);
    if !place.rust() {
        guards::under(place, &statements);
        guards::hoist(place, &statements, when);
    }
}

fn raises(place: &mut Place, exception: &str, when: &str) {
    let name = exception.trim_end_matches('!');
    // Of `(A, B)` one is enough; `Err` names nothing.
    let word = if name.starts_with('(') { words(name).next().unwrap_or_default() } else { last(name) };
    if !matches!(word, "Err" | "any" | "exception" | "AssertionError") {
        place.rename(0, "the exception swapped", word);
    }
    let tree = place.tree();
    let raised = |at: &usize| {
        let stated = tree.text(*at);
        stated == "raise" || words(stated).any(|stated| stated == word) || exception == "AssertionError"
    };
    let named = |at: usize| -> bool {
        let alias = words(tree.text(at)).nth(1).unwrap_or_default();
        let clauses = tree.above(at).filter(|&above| matches!(tree.nodes[above].kind, "except_clause" | "catch_clause"));
        let names = [format!("as {alias}"), format!(" {alias})")];
        let line = |clause: usize| tree.text(clause).lines().next().unwrap_or_default();
        clauses.into_iter().any(|clause| names.iter().any(|name| line(clause).contains(name)))
    };
    let kinds = ["raise_statement", "assert_statement", "throw_statement"];
    let statements: Vec<usize> = tree.of_kind(&kinds).filter(|at| raised(at) || named(*at)).collect();
    let dropped = statements.iter().map(|&at| tree.instead(at, if tree.java { "zz_value();" } else { "pass" })).collect();
    place.push("the raise dropped", dropped);
    if exception == "AssertionError" {
        let tree = place.tree();
        let asserted = tree.of_kind(&["assert_statement"]).filter_map(|at| {
            let negated = if tree.java { "!(" } else { "not (" };
            tree.parts(at).first().map(|&first| tree.around(first, negated, ")"))
        });
        let edits = asserted.collect();
        place.push("the assertion negated", edits);
    }
    // What an assertion asks is no guard around it.
    let tree = place.tree();
    let asked = tree.of_kind(&["assert_statement"]).filter_map(|at| tree.parts(at).first().map(|&first| tree.text(first).to_owned()));
    let asked: Vec<String> = asked.map(|asked| format!("not ({asked})")).collect();
    let when = asked.iter().find_map(|asked| when.strip_suffix(asked.as_str())).unwrap_or(when);
    let when = when.strip_suffix(" and ").unwrap_or(when);
    guards::alter(place, when);
    if !place.rust() {
        guards::under(place, &statements);
        guards::hoist(place, &statements, when);
    }
}

fn handles(place: &mut Place, exception: &str) {
    let tree = place.tree();
    let mut edits: Vec<Edit> = Vec::new();
    for stated in tree.of_kind(&["catch_type"]).flat_map(|list| tree.parts(list)) {
        edits.extend((norm(tree.text(stated)) == norm(exception)).then(|| tree.instead(stated, "ZzError")));
    }
    for clause in tree.of_kind(&["except_clause"]) {
        match tree.child(clause, "value") {
            Some(value) => {
                let found = (value..tree.nodes[value].last).filter(|&at| norm(tree.text(at)) == norm(exception));
                edits.extend(found.map(|at| tree.instead(at, "ZzError")));
            }
            None if exception == "*" => {
                let colon = tree.children(clause).into_iter().find(|&child| tree.text(child) == ":");
                edits.extend(colon.map(|colon| tree.instead(colon, " ZzError:")));
            }
            None => (),
        }
    }
    place.push("another exception handled", edits);
}

/// The argument of the calls swapped.
fn passes(place: &mut Place, callee: &str, argument: &str) {
    calls::alter(place, 0, callee);
    let calls = place.calls(0, callee);
    let tree = place.tree();
    let lists = calls.iter().filter_map(|&call| tree.child(call, "arguments"));
    let told = |at: usize| match argument.strip_suffix('…') {
        Some(start) => norm(tree.text(at)).starts_with(&norm(start)),
        None => norm(tree.text(at)) == norm(argument),
    };
    let edits: Vec<Edit> =
        lists.flat_map(|list| tree.parts(list)).filter(|&part| told(part)).map(|part| tree.instead(part, "zz_value")).collect();
    let doubled = edits.iter().map(|(start, end, _)| (*start, *end, format!("zz({})", &tree.text[*start..*end]))).collect();
    place.push("another argument passed", edits);
    place.push("the argument wrapped", doubled);
}

/// The pair of the table under another key, or with another value.
fn item(place: &mut Place, name: &str, key: &str, value: &str) {
    place.rename(0, "the table renamed", name);
    let tree = place.tree();
    let pairs = |field: &str, text: &str| -> Vec<usize> {
        let parts = tree.of_kind(&["pair"]).filter(|&at| tree.child(at, "key").is_some_and(|at| norm(tree.text(at)) == norm(key)));
        parts.filter_map(|at| tree.child(at, field)).filter(|&at| norm(tree.text(at)) == norm(text)).collect()
    };
    let keys = pairs("key", key).into_iter().map(|at| tree.instead(at, "zz_key")).collect();
    let values = pairs("value", value).into_iter().map(|at| tree.instead(at, "zz_value")).collect();
    place.push("another key", keys);
    place.push("another value", values);
}

/// Assignments to the target: the whole, the target, the value.
fn assignments(place: &Place, target: &str) -> Vec<(usize, usize, Option<usize>)> {
    let tree = place.tree();
    let kinds = [
        "assignment",
        "augmented_assignment",
        "delete_statement",
        "assignment_expression",
        "compound_assignment_expr",
        "named_expression",
        "update_expression",
        "variable_declarator",
    ];
    let mut out = Vec::new();
    for at in tree.of_kind(&kinds) {
        let left = tree.child(at, "left").or_else(|| tree.child(at, "name")).unwrap_or(at);
        let found = (left..tree.nodes[left].last).find(|&node| norm(tree.text(node)) == norm(target) && node != at);
        let right = tree.child(at, "right").or_else(|| tree.child(at, "value"));
        // What counts up is no statement of its own where nothing follows but its target.
        out.extend(found.or((tree.nodes[at].kind == "update_expression").then(|| at + 1)).map(|found| (at, found, right)));
    }
    out
}

fn writes(place: &mut Place, target: &str, value: &str, when: &str) {
    let found = assignments(place, target);
    let tree = place.tree();
    let elsewhere: Vec<Edit> = found.iter().map(|&(_, target, _)| tree.instead(target, "zz.field")).collect();
    let changed: Vec<Edit> = found.iter().filter_map(|&(_, _, right)| Some(tree.instead(right?, "zz_value"))).collect();
    let changed = if value.is_empty() || value == "del" { Vec::new() } else { changed };
    let operators = found.iter().filter_map(|&(at, _, _)| {
        let operator = tree.child(at, "operator")?;
        Some(tree.instead(operator, if tree.text(operator) == "-=" { "+=" } else { "-=" }))
    });
    let operators: Vec<Edit> = if value.contains("= ") { operators.collect() } else { Vec::new() };
    let read: Vec<Edit> = found.iter().map(|&(at, target, _)| tree.instead(at, format!("zz({})", tree.text(target)))).collect();
    let statements: Vec<usize> = found.iter().map(|&(at, _, _)| at).collect();
    place.push("another target written", elsewhere);
    place.push("another value written", changed);
    place.push("the operator swapped", operators);
    place.push("read instead of written", read);
    guards::alter(place, when);
    guards::under(place, &statements);
    if !place.rust() {
        guards::hoist(place, &statements, when);
    }
}

fn reads(place: &mut Place, name: &str) {
    let found = place.reading(0, name);
    let tree = place.tree();
    let all: Vec<usize> = (1..tree.nodes.len()).filter(|&node| norm(tree.text(node)) == norm(name)).collect();
    let other = all.iter().map(|&at| tree.instead(at, "zz_value")).collect();
    place.push("something else read", other);
    let called: Vec<Edit> = {
        let tree = place.tree();
        let targets: Vec<usize> = assignments(place, name).iter().map(|&(_, target, _)| target).collect();
        found.iter().filter(|at| !targets.contains(at)).map(|&at| tree.instead(at, format!("\"{}\"", name.replace('"', "")))).collect()
    };
    place.push("told as a string", called);
    let first = words(name).next().unwrap_or_default().to_owned();
    if !matches!(first.as_str(), "self" | "cls" | "crate" | "super" | "Self") && first.starts_with(char::is_lowercase) {
        shadow(place, &first);
    }
}

/// The name becomes a parameter.
fn shadow(place: &mut Place, name: &str) {
    let tree = place.tree();
    let list = tree.top().and_then(|top| tree.child(top, "parameters"));
    let edit = list.map(|list| {
        let at = tree.nodes[list].end - 1;
        let comma = if tree.parts(list).is_empty() || tree.text(list).trim_end_matches(')').trim_end().ends_with(',') { "" } else { ", " };
        let parameter = match (tree.rust, tree.java) {
            (true, _) => format!("{name}: Zz"),
            (_, true) => format!("Zz {name}"),
            _ => name.to_owned(),
        };
        (at, at, format!("{comma}{parameter}"))
    });
    place.push("the name made a parameter", edit.into_iter().collect());
}

fn transitions(place: &mut Place, field: &str, from: &str, to: &str) {
    let found = assignments(place, field);
    let tree = place.tree();
    let changed: Vec<Edit> = found
        .iter()
        .filter_map(|&(_, _, right)| right)
        .filter(|&right| norm(tree.text(right)) == norm(to))
        .map(|right| tree.instead(right, "zz_value"))
        .collect();
    let elsewhere: Vec<Edit> = found.iter().map(|&(_, target, _)| tree.instead(target, "zz.field")).collect();
    place.push("another value written", changed);
    place.push("another field written", elsewhere);
    if from.is_empty() {
        return;
    }
    // What is written stays, what is asked for changes.
    let tree = place.tree();
    let written: Vec<usize> = found.iter().filter_map(|&(_, _, right)| right).collect();
    let asked = |text: &str| -> Vec<usize> {
        let all = (1..tree.nodes.len()).filter(|&at| tree.nodes[at].named && norm(tree.text(at)) == norm(text));
        all.filter(|&at| !written.iter().any(|&right| (right..tree.nodes[right].last).contains(&at))).collect()
    };
    let from_other: Vec<Edit> =
        asked(from).into_iter().map(|at| tree.instead(at, if tree.rust { "Zz::Other" } else { "Zz.OTHER" })).collect();
    let targets: Vec<usize> = found.iter().map(|&(_, target, _)| target).collect();
    let other_field: Vec<Edit> =
        asked(field).into_iter().filter(|at| !targets.contains(at)).map(|at| tree.instead(at, "zz.field")).collect();
    let patterns = tree.rust && other_field.is_empty();
    place.push("another value asked for", from_other);
    if !patterns {
        place.push("another field asked about", other_field);
    }
    let tree = place.tree();
    let conditions: Vec<Edit> = tree
        .of_kind(&["if_statement", "elif_clause", "while_statement", "if_expression"])
        .filter_map(|at| Some(tree.instead(tree.child(at, "condition")?, if tree.java { "(zz_flag)" } else { "zz_flag" })))
        .chain(tree.of_kind(&["match_statement", "match_expression", "switch_expression"]).filter_map(|at| {
            let subject = tree.child(at, "subject").or_else(|| tree.child(at, "value")).or_else(|| tree.child(at, "condition"))?;
            Some(tree.instead(subject, if tree.java { "(zz_flag)" } else { "zz_flag" }))
        }))
        .collect();
    place.push("no condition asks", conditions);
}

fn effect(place: &mut Place, callee: &str) {
    if !place.calls(0, callee).is_empty() {
        calls::alter(place, 0, callee);
    }
    let first = words(callee).next().unwrap_or_default().to_owned();
    if place.calls(0, callee).is_empty() {
        place.rename(0, "the name swapped", &first);
    }
}

fn absent(place: &mut Place, what: &str, name: &str) {
    let name = last(name).to_owned();
    let tree = place.tree();
    let top = tree.top().unwrap_or_default();
    let body = tree.child(top, "body").unwrap_or(top);
    let inside = |text: String| -> Vec<Edit> {
        // In front of the last part: what stands first may be documentation.
        let Some(at) = tree.parts(body).last().map(|&at| tree.nodes[at].start) else { return Vec::new() };
        let column = tree.text[..at].rsplit('\n').next().unwrap_or_default();
        let margin: String = column.chars().take_while(|c| c.is_whitespace()).collect();
        vec![(at, at, format!("{text}\n{margin}"))]
    };
    let class = matches!(tree.nodes[top].kind, "class_definition" | "struct_item" | "enum_item" | "trait_item")
        || tree.java && !tree.nodes[top].kind.starts_with("method") && !tree.nodes[top].kind.starts_with("constructor");
    let added = match (what, tree.rust) {
        ("parameter", rust) => {
            let list = tree.child(top, "parameters");
            let edit = list.map(|list| {
                let at = tree.nodes[list].start + 1;
                let comma = if tree.parts(list).is_empty() { "" } else { ", " };
                let stated = match (rust, tree.java) {
                    (true, _) => format!("{name}: Zz"),
                    (_, true) => format!("Zz {name}"),
                    _ => name.clone(),
                };
                (at, at, format!("{stated}{comma}"))
            });
            edit.into_iter().collect()
        }
        ("raises", false) if tree.java => inside(format!("if (zz_flag) throw new {name}();")),
        ("calls", false) if tree.java => inside(format!("{name}();")),
        ("method", false) if tree.java => inside(format!("void {name}() {{ }}")),
        ("attribute", false) if tree.java => inside(format!("int {name};")),
        ("name", false) if tree.java && class => inside(format!("int {name};")),
        ("name", false) if tree.java => inside(format!("zz = {name};")),
        ("raises", false) => inside(format!("raise {name}(\"zz\")")),
        ("raises", true) => inside(format!("return Err({name});")),
        ("calls", rust) => inside(format!("{name}(){}", if rust { ";" } else { "" })),
        ("method", false) => inside(format!("def {name}(self): return 1")),
        ("method", true) => inside(format!("fn {name}(&self);")),
        ("attribute", false) => inside(format!("{name} = 1")),
        ("attribute", true) => inside(format!("{name}: Zz,")),
        ("name", false) => inside(format!("{name} = 1")),
        ("name", true) if class => inside(format!("{name}: Zz,")),
        ("name", true) => inside(format!("let zz = {name};")),
        _ => Vec::new(),
    };
    let exhibit = place.trial.exhibits[0].clone();
    place.push("the absent added", added);
    // Shown without its last line it may go on with anything.
    let Some((start, end)) = exhibit.code.rsplit_once('\n') else { return };
    let margin = |line: &str| line.len() - line.trim_start().len();
    let first = margin(&exhibit.code);
    if margin(end) > first || place.rust() || place.java() {
        let mut exhibits = place.trial.exhibits.clone();
        exhibits[0].code = start.to_owned();
        exhibits[0].rest = format!("{end}\n{}", exhibit.rest);
        place.mutants.push(Mutant { how: "not all of it shown", exhibits });
    }
}

fn same_except(place: &mut Place, only_first: &str, only_second: &str) {
    for (at, text) in [(0, only_first), (1, only_second)] {
        let found = place.reading(at, text.trim_end_matches(';'));
        let tree = &place.trees[at];
        let edits: Vec<Edit> = found.iter().map(|&node| tree.instead(node, "zz_other")).collect();
        if !text.is_empty() {
            place.push_of(at, "the difference changed", edits);
        }
    }
    // The difference on both sides is none.
    for (from, to, text) in [(0, 1, only_first), (1, 0, only_second)] {
        let tree = &place.trees[to];
        let top = tree.top().unwrap_or_default();
        let last = tree.child(top, "body").and_then(|body| tree.parts(body).last().copied());
        if let (Some(last), false) = (last, text.is_empty()) {
            let start = tree.nodes[last].start;
            let column = tree.text[..start].rsplit('\n').next().unwrap_or_default();
            let margin: String = column.chars().take_while(|c| c.is_whitespace()).collect();
            let end = if (tree.rust || tree.java) && !text.ends_with(';') { ";" } else { "" };
            let whole = place.reading(from, text.trim_end_matches(';')).first().map(|&node| place.trees[from].text(node).to_owned());
            let edits = whole.map(|whole| (start, start, format!("{whole}{end}\n{margin}"))).into_iter().collect();
            place.push_of(to, "the difference on both sides", edits);
        }
    }
    let name = last(&place.trial.exhibits[1].symbol).to_owned();
    let (head, item) = if place.java() {
        ("void", " {\n    zz_a.b(1);\n    zz_c.d(2);\n    zz_e();\n}")
    } else if place.rust() {
        ("fn", " {\n    zz_a.b(1);\n    zz_c.d(2);\n    zz_e\n}")
    } else {
        ("def", ":\n    zz_a.b(1)\n    zz_c.d(2)\n    return zz_e")
    };
    place.push_code(1, "the other is another thing", format!("{head} {name}(){item}"));
}
