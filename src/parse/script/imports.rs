//! Which names a file takes from others, and under which names it hands them on.

use crate::model::Import;
use crate::parse::script::names;
use crate::parse::syntax::{NodeId, Syntax};

/// The name under which a file hands on one thing that bears no name.
pub(super) const DEFAULT: &str = "default";
/// What stands in front of the name of a package: nothing in the repository is named like it.
pub(super) const PACKAGE: &str = "npm/";
/// Extensions that an import may name.
const EXTENSIONS: &[&str] = &[".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue"];
/// First names of paths that tools resolve from the root of a project, and what is left of those.
const ROOTS: &[(&str, &str)] = &[("@/", ""), ("~/", ""), ("src/", "src/"), ("app/", "app/"), ("lib/", "lib/")];

/// The names that a statement binds or hands on.
pub(super) fn imports(syntax: &Syntax, statement: NodeId, path: &str) -> Vec<Import> {
    match syntax.kind(statement) {
        "import_statement" => imported(syntax, statement, path),
        "export_statement" => exported(syntax, statement, path),
        "lexical_declaration" | "variable_declaration" => syntax
            .parts(statement)
            .filter(|&part| syntax.kind(part) == "variable_declarator")
            .flat_map(|part| required(syntax, part, path))
            .collect(),
        "expression_statement" => handed_on(syntax, statement, path),
        _ => Vec::new(),
    }
}

fn import(local: &str, module: &str, symbol: &str) -> Import {
    Import { local: local.to_owned(), module: module.to_owned(), symbol: symbol.to_owned() }
}

fn imported(syntax: &Syntax, statement: NodeId, path: &str) -> Vec<Import> {
    let mut out = Vec::new();
    let whole = syntax.parts(statement).find(|&part| syntax.kind(part) == "import_require_clause");
    let Some(source) = syntax.child(whole.unwrap_or(statement), "source").and_then(|source| names::string(syntax, source)) else {
        return out;
    };
    let module = module(path, source);
    if let Some(name) = whole.and_then(|clause| syntax.parts(clause).next()) {
        out.push(import(syntax.text(name), &module, ""));
    }
    let clause = syntax.parts(statement).find(|&part| syntax.kind(part) == "import_clause");
    for part in clause.into_iter().flat_map(|clause| syntax.parts(clause)) {
        match syntax.kind(part) {
            "identifier" => out.push(import(syntax.text(part), &module, DEFAULT)),
            "namespace_import" => out.extend(syntax.parts(part).next().map(|name| import(syntax.text(name), &module, ""))),
            "named_imports" => {
                for specifier in syntax.parts(part).filter(|&specifier| syntax.kind(specifier) == "import_specifier") {
                    let Some((name, local)) = renamed(syntax, specifier) else { continue };
                    out.push(import(local, &module, name));
                }
            }
            _ => (),
        }
    }
    out
}

/// The name there and the name here.
fn renamed<'t>(syntax: &Syntax<'t>, specifier: NodeId) -> Option<(&'t str, &'t str)> {
    let name = syntax.text(syntax.child(specifier, "name")?);
    Some((name, syntax.child(specifier, "alias").map_or(name, |alias| syntax.text(alias))))
}

fn exported(syntax: &Syntax, statement: NodeId, path: &str) -> Vec<Import> {
    let mut out = Vec::new();
    let source = syntax.child(statement, "source").and_then(|source| names::string(syntax, source));
    let from = source.map(|source| module(path, source));
    let own = own_module(path);
    let word = |word: &str| syntax.children(statement).any(|child| syntax.text(child) == word && !syntax.is_named(child));
    for part in syntax.parts(statement) {
        match syntax.kind(part) {
            "export_clause" => {
                for specifier in syntax.parts(part).filter(|&specifier| syntax.kind(specifier) == "export_specifier") {
                    let Some((name, local)) = renamed(syntax, specifier) else { continue };
                    match &from {
                        Some(from) => out.push(import(local, from, name)),
                        None if name != local => out.push(import(local, &own, name)),
                        None => (),
                    }
                }
            }
            "namespace_export" => {
                let name = syntax.parts(part).next();
                out.extend(from.iter().zip(name).map(|(from, name)| import(syntax.text(name), from, "")));
            }
            "identifier" if word("=") || word("default") => out.push(import(DEFAULT, &own, syntax.text(part))),
            _ => (),
        }
    }
    if let Some(from) = from.filter(|_| word("*")) {
        out.push(import("*", &from, "*"));
    }
    // `export default class Order` is found by either name.
    if let Some(name) = syntax.child(statement, "declaration").filter(|_| word("default")).and_then(|item| syntax.child(item, "name")) {
        out.push(import(DEFAULT, &own, syntax.text(name)));
    }
    out
}

/// `const a = require("./a")`, `const { b } = require("./b")`, `const c = require("./c").c`.
fn required(syntax: &Syntax, declarator: NodeId, path: &str) -> Vec<Import> {
    let mut out = Vec::new();
    let (Some(pattern), Some(value)) = (syntax.child(declarator, "name"), syntax.child(declarator, "value")) else { return out };
    let Some((module, member)) = requires(syntax, value, path) else { return out };
    match syntax.kind(pattern) {
        "identifier" => out.push(import(syntax.text(pattern), &module, member.unwrap_or_default())),
        "object_pattern" if member.is_none() => {
            for part in syntax.parts(pattern) {
                match syntax.kind(part) {
                    "shorthand_property_identifier_pattern" => out.push(import(syntax.text(part), &module, syntax.text(part))),
                    "pair_pattern" => {
                        let (Some(key), Some(value)) = (syntax.child(part, "key"), syntax.child(part, "value")) else { continue };
                        if syntax.kind(value) == "identifier" {
                            out.push(import(syntax.text(value), &module, syntax.text(key)));
                        }
                    }
                    _ => (),
                }
            }
        }
        _ => (),
    }
    out
}

/// The module of `require("./a")`, and the name of `require("./a").b`.
pub(super) fn requires<'t>(syntax: &Syntax<'t>, value: NodeId, path: &str) -> Option<(String, Option<&'t str>)> {
    let member = syntax.child(value, "property").filter(|_| syntax.kind(value) == "member_expression");
    let call = if member.is_some() { syntax.child(value, "object")? } else { value };
    if syntax.kind(call) != "call_expression" || syntax.text(syntax.child(call, "function")?) != "require" {
        return None;
    }
    let source = syntax.child(call, "arguments").and_then(|list| syntax.parts(list).next())?;
    Some((module(path, names::string(syntax, source)?), member.map(|member| syntax.text(member))))
}

/// `module.exports = Order`, `exports.total = sum`, `module.exports = { total: sum }`, `exports.a = require("./a")`.
fn handed_on(syntax: &Syntax, statement: NodeId, path: &str) -> Vec<Import> {
    let mut out = Vec::new();
    let own = own_module(path);
    let mut next = syntax.parts(statement).next().filter(|&part| syntax.kind(part) == "assignment_expression");
    let mut targets: Vec<&str> = Vec::new();
    while let Some(assignment) = next {
        let (Some(left), Some(right)) = (syntax.child(assignment, "left"), syntax.child(assignment, "right")) else { return out };
        if matches!(syntax.kind(left), "identifier" | "member_expression") {
            targets.push(syntax.text(left));
        }
        next = (syntax.kind(right) == "assignment_expression").then_some(right);
        if next.is_some() {
            continue;
        }
        for target in &targets {
            let name = match *target {
                "module.exports" | "exports" => DEFAULT,
                name => match name.strip_prefix("module.exports.").or(name.strip_prefix("exports.")) {
                    Some(name) => name,
                    None => continue,
                },
            };
            match syntax.kind(right) {
                "identifier" if syntax.text(right) != name => out.push(import(name, &own, syntax.text(right))),
                "function_expression" | "class" => {
                    let inner =
                        syntax.child(right, "name").map(|inner| syntax.text(inner)).filter(|inner| *inner != name && name == DEFAULT);
                    out.extend(inner.map(|inner| import(name, &own, inner)));
                }
                "object" if name == DEFAULT => {
                    for pair in syntax.parts(right).filter(|&part| syntax.kind(part) == "pair") {
                        let (Some(key), Some(value)) = (syntax.child(pair, "key"), syntax.child(pair, "value")) else { continue };
                        if syntax.kind(value) == "identifier" && syntax.text(key) != syntax.text(value) {
                            out.push(import(syntax.text(key), &own, syntax.text(value)));
                        } else if let Some((module, member)) = requires(syntax, value, path) {
                            out.push(import(syntax.text(key), &module, member.unwrap_or_default()));
                        }
                    }
                }
                _ => {
                    if let Some((module, member)) = requires(syntax, right, path) {
                        out.push(import(name, &module, member.unwrap_or_default()));
                    }
                }
            }
        }
    }
    out.dedup();
    out
}

/// The module that a file is.
fn own_module(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let stem = if stem == "index" { "" } else { stem.strip_suffix("/index").unwrap_or(stem) };
    format!("/{stem}")
}

/// The module that the file at `path` means by `source`.
fn module(path: &str, source: &str) -> String {
    let plain = source.split(['?', '#']).next().filter(|plain| !plain.is_empty()).unwrap_or(source);
    let plain = EXTENSIONS.iter().find_map(|extension| plain.strip_suffix(extension)).unwrap_or(plain);
    if !plain.starts_with('.') {
        let rooted = ROOTS.iter().find_map(|(start, kept)| plain.strip_prefix(start).map(|rest| format!("{kept}{rest}")));
        let rooted = rooted.map(|rooted| rooted.strip_suffix("/index").unwrap_or(&rooted).to_owned());
        return rooted.unwrap_or_else(|| format!("{PACKAGE}{}", plain.strip_prefix("node:").unwrap_or(plain)));
    }
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    for part in plain.split('/') {
        match part {
            "" | "." => (),
            ".." => _ = folders.pop(),
            name => folders.push(name),
        }
    }
    if folders.last() == Some(&"index") {
        folders.pop();
    }
    format!("/{}", folders.join("/"))
}
