//! Definitions, parameters, documentation, fields.

use std::collections::{HashMap, HashSet};

use crate::model::{Attribute, Chunk, ChunkKind, Effect, Facts, Import, Local, Parameter};
use crate::parse::outline::{self, Definition, MAX_DEPTH, dedent};
use crate::parse::rust::body::{self, Body};
use crate::parse::rust::imports::Home;
use crate::parse::rust::outside;
use crate::parse::syntax::{NodeId, Syntax};

/// A where clause longer than this is left out of the signature.
const MAX_WHERE: usize = 60;
/// A value longer than this is a table, not a fact.
const MAX_VALUE: usize = 200;
/// Attributes that make a test or a benchmark of a function, by the last name of their path.
const TESTS: &[&str] = &["test", "bench", "rstest", "test_case", "quickcheck"];

/// What an item that is still open means for the definitions in it.
enum Around {
    /// A function: the definition with this index.
    Function(usize),
    /// A module, `impl` or trait, with all its names since the function around it.
    Scope { text: String, methods: bool },
}

pub(super) fn chunks(syntax: &Syntax, path: &str) -> Vec<Chunk> {
    let home = Home::new(syntax, path);
    let mut definitions: Vec<Definition> = Vec::new();
    let mut tests: HashSet<NodeId> = HashSet::new();
    let mut open: Vec<(NodeId, Around)> = Vec::new();
    // Attributes and documentation in front of the next item, by what is around them.
    let mut pending: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    let mut node = if is_test_file(syntax) { syntax.len() } else { 1 };
    while node < syntax.len() {
        let here = node;
        node += 1;
        if !syntax.is_named(here) {
            continue;
        }
        let above = syntax.parent(here).unwrap_or_default();
        if syntax.is_comment(here) || syntax.kind(here) == "attribute_item" {
            if !syntax.is_comment(here) || syntax.child(here, "outer").is_some() {
                pending.entry(above).or_default().push(here);
            }
            node = syntax.end(here);
            continue;
        }
        let front = pending.remove(&above).unwrap_or_default();
        while open.last().is_some_and(|(end, _)| *end <= here) {
            open.pop();
        }
        let constant = is_constant(syntax, here);
        if !constant && !body::ITEMS.contains(&syntax.kind(here)) {
            continue;
        }
        if front.iter().any(|&attribute| is_test(syntax, attribute)) {
            tests.insert(here);
            node = syntax.end(here);
            continue;
        }
        if open.len() >= MAX_DEPTH {
            node = syntax.end(here);
            continue;
        }
        let scope = match open.last() {
            Some((_, Around::Scope { text, .. })) => text.clone(),
            _ => String::new(),
        };
        let within = match syntax.kind(here) {
            "mod_item" => Around::Scope { text: joined(&scope, name_of(syntax, here)), methods: false },
            "impl_item" => Around::Scope { text: implementation(syntax, here, &scope), methods: true },
            kind => {
                let parent = open.iter().rev().find_map(|(_, around)| match around {
                    Around::Function(at) => Some(*at),
                    Around::Scope { .. } => None,
                });
                if constant && parent.is_some() {
                    continue;
                }
                let method = matches!(open.last(), Some((_, Around::Scope { methods: true, .. })));
                let Some(definition) = definition(syntax, here, &front, (parent, scope.clone(), method), &home) else { continue };
                definitions.push(definition);
                match kind {
                    "trait_item" => Around::Scope { text: joined(&scope, name_of(syntax, here)), methods: true },
                    _ => Around::Function(definitions.len() - 1),
                }
            }
        };
        open.push((syntax.end(here), within));
    }
    let mut module = module(syntax, &home, &tests);
    let imports = std::mem::take(&mut module.facts.imports);
    for definition in &mut definitions {
        effects(&mut definition.facts, &imports);
    }
    effects(&mut module.facts, &imports);
    module.facts.imports = imports;
    outline::chunks(syntax, path, module, definitions)
}

/// Which calls and macros reach out of the program. Names are looked up as the chunk or its file
/// imports them.
fn effects(facts: &mut Facts, of_file: &[Import]) {
    let macros = std::mem::take(&mut facts.effects);
    let called = macros.iter().map(|reached| &reached.callee).chain(facts.calls.iter().map(|call| &call.callee));
    let bound =
        |name: &str| facts.locals.iter().any(|local| local.name == name) || facts.parameters.iter().any(|parameter| parameter.name == name);
    let mut effects: Vec<Effect> = Vec::new();
    for callee in called {
        let Some(on) = outside::reached(callee, of_file.iter().chain(&facts.imports), bound) else { continue };
        let effect = Effect { on, callee: callee.clone() };
        if !effects.contains(&effect) {
            effects.push(effect);
        }
    }
    facts.effects = effects;
}

fn module(syntax: &Syntax, home: &Home, tests: &HashSet<NodeId>) -> Definition {
    let mut facts = body::facts(syntax, 0, &Body { home, skip: tests, own_type: "", returns: false });
    facts.attributes = constants(syntax, 0);
    let inner: Vec<&str> =
        syntax.children(0).filter(|&child| syntax.child(child, "inner").is_some()).map(|child| syntax.text(child)).collect();
    Definition {
        parent: None,
        scope: String::new(),
        name: String::new(),
        name_node: 0,
        kind: ChunkKind::Module,
        node: 0,
        roots: syntax.children(0).filter(|child| !tests.contains(child)).collect(),
        start_line: 1,
        overload: String::new(),
        signature: String::new(),
        doc: doc_text(&inner),
        doc_node: None,
        facts,
    }
}

fn definition(syntax: &Syntax, node: NodeId, front: &[NodeId], place: (Option<usize>, String, bool), home: &Home) -> Option<Definition> {
    let (parent, scope, method) = place;
    let name_node = syntax.child(node, "name")?;
    let (kind, mut facts) = match syntax.kind(node) {
        "function_item" => {
            let own_type = if method { own_type(&scope) } else { "" };
            (if method { ChunkKind::Method } else { ChunkKind::Function }, function_facts(syntax, node, home, own_type))
        }
        "macro_definition" => (ChunkKind::Function, Facts::default()),
        "const_item" | "static_item" => (ChunkKind::Constant, constant_facts(syntax, node, home, own_type(&scope))),
        _ => (ChunkKind::Class, type_facts(syntax, node)),
    };
    let attributes: Vec<NodeId> = front.iter().copied().filter(|&part| syntax.kind(part) == "attribute_item").collect();
    let written = attributes.iter().filter_map(|&part| syntax.parts(part).next()).map(|part| syntax.folded(part));
    facts.decorators = written.filter(|text| !text.starts_with("doc =") && !text.starts_with("doc=")).collect();
    let docs: Vec<&str> = front.iter().filter(|&&part| syntax.is_comment(part)).map(|&part| syntax.text(part)).collect();
    Some(Definition {
        parent,
        scope,
        name: syntax.text(name_node).to_owned(),
        name_node,
        kind,
        node,
        roots: attributes.into_iter().chain([node]).collect(),
        start_line: syntax.start_line(front.first().copied().unwrap_or(node)),
        overload: String::new(),
        signature: signature(syntax, node),
        doc: doc_text(&docs),
        doc_node: None,
        facts,
    })
}

/// A named value in a file, in a module that is written out, or of a type. What an implementation
/// of a trait sets is told of by the trait.
fn is_constant(syntax: &Syntax, item: NodeId) -> bool {
    if !matches!(syntax.kind(item), "const_item" | "static_item") || name_of(syntax, item) == "_" {
        return false;
    }
    let list = syntax.parent(item).unwrap_or_default();
    let holder = syntax.parent(list).unwrap_or_default();
    list == 0 || syntax.kind(holder) == "mod_item" || syntax.kind(holder) == "impl_item" && syntax.child(holder, "trait").is_none()
}

fn constant_facts(syntax: &Syntax, item: NodeId, home: &Home, own_type: &str) -> Facts {
    let value = syntax.child(item, "value");
    let around = Body { home, skip: &HashSet::new(), own_type, returns: false };
    let facts = value.map(|value| body::facts(syntax, value, &around)).unwrap_or_default();
    Facts { attributes: vec![constant(syntax, item)], ..facts }
}

fn name_of<'t>(syntax: &Syntax<'t>, item: NodeId) -> &'t str {
    syntax.child(item, "name").map(|name| syntax.text(name)).unwrap_or_default()
}

fn joined(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// `Order`, or `<Order as Display>` for the implementation of a trait.
fn implementation(syntax: &Syntax, node: NodeId, scope: &str) -> String {
    let written = |field| syntax.child(node, field).map(|part| type_name(&syntax.folded(part))).unwrap_or_default();
    let (path, name) = written("type");
    let name = if path { name } else { joined(scope, &name) };
    match syntax.child(node, "trait") {
        Some(_) => format!("<{name} as {}>", written("trait").1),
        None => name,
    }
}

/// A type without its arguments and the path in front, and whether there was such a path.
fn type_name(text: &str) -> (bool, String) {
    let plain = text.split('<').next().unwrap_or_default().trim();
    let is_path = !plain.is_empty() && plain.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
    match plain.rsplit_once("::") {
        Some((_, name)) if is_path => (true, name.to_owned()),
        _ if plain.is_empty() => (false, text.to_owned()),
        _ => (false, plain.to_owned()),
    }
}

/// The type whose methods a scope holds.
fn own_type(scope: &str) -> &str {
    let implemented = scope.strip_prefix('<').and_then(|rest| rest.split(" as ").next());
    implemented.unwrap_or(scope).rsplit('.').next().unwrap_or_default()
}

fn is_test_file(syntax: &Syntax) -> bool {
    syntax.children(0).any(|child| syntax.kind(child) == "inner_attribute_item" && is_test(syntax, child))
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, unix))]`.
fn is_test(syntax: &Syntax, attribute: NodeId) -> bool {
    let Some(inner) = syntax.parts(attribute).next().filter(|_| !syntax.is_comment(attribute)) else { return false };
    let text: String = syntax.text(inner).split_whitespace().collect();
    if let Some(condition) = text.strip_prefix("cfg(") {
        let named = condition.split(['(', ')', ',']).any(|part| part == "test");
        return named && !condition.contains("not(") && !condition.contains("any(");
    }
    let path = text.split(['(', '=']).next().unwrap_or_default();
    TESTS.contains(&path.rsplit("::").next().unwrap_or_default())
}

/// The text of documentation comments, without their marks.
fn doc_text(comments: &[&str]) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for comment in comments {
        if let Some(block) = comment.strip_prefix("/**").or(comment.strip_prefix("/*!")) {
            let inner = block.strip_suffix("*/").unwrap_or(block);
            lines.extend(inner.lines().map(|line| line.trim_start().strip_prefix('*').unwrap_or(line.trim_start())));
        } else {
            lines.push(comment.get(3..).unwrap_or_default().trim_end());
        }
    }
    let lines: Vec<&str> = lines.into_iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    dedent(&lines.join("\n"))
}

/// `pub fn place(&mut self, qty: u32) -> Result<Order, Error>`, `pub struct Order<T>`.
fn signature(syntax: &Syntax, node: NodeId) -> String {
    if syntax.kind(node) == "macro_definition" {
        return format!("macro_rules! {}", name_of(syntax, node));
    }
    let mut out = String::new();
    let mut before = syntax.start_byte(node);
    for child in syntax.children(node).filter(|&child| !syntax.is_comment(child)) {
        if syntax.field(child) == "body" || matches!(syntax.text(child), ";" | "=") {
            break;
        }
        let text = syntax.folded(child);
        if syntax.kind(child) == "where_clause" {
            let text = text.trim_end_matches(',');
            if text.len() <= MAX_WHERE {
                out = format!("{} {text}", out.trim_end());
            }
            break;
        }
        if syntax.start_byte(child) > before {
            out.push(' ');
        }
        before = syntax.end_byte(child);
        out.push_str(&text);
    }
    out
}

fn function_facts(syntax: &Syntax, node: NodeId, home: &Home, own_type: &str) -> Facts {
    let Some(block) = syntax.child(node, "body") else { return Facts::default() };
    let returns = syntax.child(node, "return_type").map(|result| syntax.folded(result)).unwrap_or_default();
    let has_value = !matches!(returns.as_str(), "" | "()" | "!");
    let mut facts = body::facts(syntax, block, &Body { home, skip: &HashSet::new(), own_type, returns: has_value });
    facts.returns = returns;
    let list = syntax.child(node, "parameters").into_iter().flat_map(|list| syntax.parts(list));
    let parameters = list.filter(|&part| syntax.kind(part) == "parameter").map(|part| {
        let text = |field| syntax.child(part, field).map(|node| syntax.folded(node)).unwrap_or_default();
        Parameter { name: text("pattern"), annotation: text("type"), default: String::new() }
    });
    facts.parameters = parameters.filter(|parameter| parameter.name != "self").collect();
    facts
}

fn type_facts(syntax: &Syntax, node: NodeId) -> Facts {
    let body = syntax.child(node, "body");
    let members = || body.into_iter().flat_map(|body| syntax.parts(body));
    let mut facts = Facts::default();
    match syntax.kind(node) {
        "trait_item" => {
            let bounds = syntax.child(node, "bounds").into_iter().flat_map(|bounds| syntax.parts(bounds));
            facts.bases = bounds.filter(|&bound| syntax.kind(bound) != "lifetime").map(|bound| syntax.folded(bound)).collect();
            let functions = members().filter(|&member| matches!(syntax.kind(member), "function_item" | "function_signature_item"));
            facts.methods = functions.map(|function| name_of(syntax, function).to_owned()).collect();
            facts.attributes = body.map(|body| constants(syntax, body)).unwrap_or_default();
        }
        "enum_item" => {
            let variants = members().filter(|&member| syntax.kind(member) == "enum_variant");
            facts.attributes = variants
                .map(|variant| Attribute {
                    name: name_of(syntax, variant).to_owned(),
                    annotation: String::new(),
                    value: variant_value(syntax, variant),
                    late: false,
                })
                .collect();
        }
        _ => facts.attributes = fields(syntax, body),
    }
    let own = facts.attributes.iter().filter(|_| !matches!(syntax.kind(node), "enum_item" | "trait_item"));
    facts.locals = own.map(|field| Local { name: format!("self.{}", field.name), of: field.annotation.clone() }).collect();
    facts.statements = (facts.attributes.len() + facts.methods.len()) as u32;
    facts.stub = facts.statements == 0;
    facts
}

fn fields(syntax: &Syntax, body: Option<NodeId>) -> Vec<Attribute> {
    let Some(body) = body else { return Vec::new() };
    let field = |name: String, of: NodeId| Attribute { name, annotation: syntax.folded(of), ..Attribute::default() };
    if syntax.kind(body) == "ordered_field_declaration_list" {
        let types = syntax.children(body).filter(|&child| syntax.field(child) == "type");
        return types.enumerate().map(|(at, of)| field(at.to_string(), of)).collect();
    }
    let declared = syntax.parts(body).filter(|&part| syntax.kind(part) == "field_declaration");
    declared.filter_map(|part| Some(field(name_of(syntax, part).to_owned(), syntax.child(part, "type")?))).collect()
}

/// What a variant carries, or its number.
fn variant_value(syntax: &Syntax, variant: NodeId) -> String {
    let held = syntax.child(variant, "body").or(syntax.child(variant, "value"));
    held.map(|held| syntax.folded(held)).filter(|text| text.len() <= MAX_VALUE).unwrap_or_default()
}

/// Constants and statics directly in a file or a trait.
fn constants(syntax: &Syntax, block: NodeId) -> Vec<Attribute> {
    let items = syntax.parts(block).filter(|&part| matches!(syntax.kind(part), "const_item" | "static_item"));
    items.map(|item| constant(syntax, item)).collect()
}

fn constant(syntax: &Syntax, item: NodeId) -> Attribute {
    let text = |field| syntax.child(item, field).map(|part| syntax.folded(part)).unwrap_or_default();
    Attribute {
        name: text("name"),
        annotation: text("type"),
        value: Some(text("value")).filter(|text| text.len() <= MAX_VALUE).unwrap_or_default(),
        late: false,
    }
}
