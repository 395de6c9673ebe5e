//! Definitions, parameters, documentation, fields.

use std::collections::HashMap;

use crate::model::{Attribute, Chunk, ChunkKind, Effect, Facts, Import, Local, Parameter};
use crate::parse::outline::{self, Definition, MAX_DEPTH, dedent};
use crate::parse::script::body::{self, Body};
use crate::parse::script::members::{self, MAX_ATTRIBUTE, short};
use crate::parse::script::names::{self, UNTOLD};
use crate::parse::script::shape::{self, CLASSES, CONTRACTS};
use crate::parse::script::{constants, imports, outside};
use crate::parse::syntax::{NodeId, Syntax};

/// Verbs of routers that are handed a path and a function.
pub(super) const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "all"];

/// What an item that is still open means for the definitions in it.
enum Around {
    /// The definition with this index.
    Definition(usize),
    /// A namespace, or an object with a name, with all its names since the definition around it.
    Scope(String),
}

/// A definition before its facts are read.
struct Found {
    name: String,
    name_node: NodeId,
    kind: ChunkKind,
    /// The function, the class or the type itself.
    inner: NodeId,
    /// The node whose lines are the chunk's.
    whole: NodeId,
    scope: String,
}

pub(super) fn chunks(syntax: &Syntax, path: &str) -> Vec<Chunk> {
    let mut definitions: Vec<Definition> = Vec::new();
    let mut open: Vec<(NodeId, Around)> = Vec::new();
    // Documentation and decorators in front of a node.
    let mut pending: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    let mut fronts: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    // Nodes that are chunks of their own.
    let mut taken: HashMap<NodeId, usize> = HashMap::new();
    let mut node = 1;
    while node < syntax.len() {
        let here = node;
        node += 1;
        if !syntax.is_named(here) {
            continue;
        }
        let above = syntax.parent(here).unwrap_or_default();
        let decorator = syntax.kind(here) == "decorator" && syntax.kind(above) == "class_body";
        if syntax.is_comment(here) || decorator {
            pending.entry(above).or_default().push(here);
            node = syntax.end(here);
            continue;
        }
        if let Some(front) = pending.remove(&above) {
            fronts.insert(here, front);
        }
        while open.last().is_some_and(|(end, _)| *end <= here) {
            open.pop();
        }
        if let Some(name) = constants::named(syntax, here).filter(|_| open.is_empty()) {
            let doc = fronts.get(&here).and_then(|front| front.last()).copied().filter(|&comment| is_doc(syntax, comment));
            definitions.push(constants::chunk(syntax, here, name, path, doc));
            node = syntax.end(here);
            continue;
        }
        let parent = open.iter().rev().find_map(|(_, around)| match around {
            Around::Definition(at) => Some(*at),
            Around::Scope(_) => None,
        });
        let scope = match open.last() {
            Some((_, Around::Scope(text))) => text.clone(),
            _ => String::new(),
        };
        // Deeper objects bear no name: hostile nesting would make long ones.
        let deep = open.len() > MAX_DEPTH;
        if let Some(name) = scope_name(syntax, here, parent.is_some(), !scope.is_empty()).filter(|_| !deep) {
            open.push((syntax.end(here), Around::Scope(joined(&scope, &name))));
        }
        let in_class = parent.is_some_and(|at| definitions[at].kind == ChunkKind::Class);
        let Some(found) = found(syntax, here, parent.is_some(), in_class, &scope) else { continue };
        if open.len() > MAX_DEPTH || taken.contains_key(&found.inner) {
            continue;
        }
        let front = fronts.get(&found.whole).cloned().unwrap_or_default();
        let decorators: Vec<NodeId> = front.iter().copied().filter(|&part| syntax.kind(part) == "decorator").collect();
        let first = decorators.first().copied().unwrap_or(found.whole);
        if !shape::has_own_lines(syntax, first, found.whole) {
            continue;
        }
        taken.insert(found.inner, definitions.len());
        open.push((syntax.end(found.whole), Around::Definition(definitions.len())));
        definitions.push(definition(syntax, path, parent, found, &decorators, &front));
    }
    fields_of_classes(&mut definitions);
    let module = module(syntax, path, &taken);
    let mut module = module;
    effects(&mut module, &mut definitions);
    outline::chunks(syntax, path, module, definitions)
}

fn joined(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// The name of what holds definitions without being one: a namespace, an object with a name.
fn scope_name(syntax: &Syntax, node: NodeId, within: bool, nested: bool) -> Option<String> {
    let text = |field| syntax.child(node, field).map(|name| syntax.text(name).trim_matches(['"', '\'']).to_owned());
    let held = |value: Option<NodeId>| {
        value.is_some_and(|value| {
            matches!(
                syntax.kind(names::bare(syntax, value)),
                "object" | "call_expression" | "new_expression" | "as_expression" | "satisfies_expression"
            )
        })
    };
    let name = match syntax.kind(node) {
        "internal_module" | "module" => text("name"),
        "variable_declarator" if !within && !nested && held(syntax.child(node, "value")) => text("name"),
        "pair" if nested && !within && syntax.child(node, "value").is_some_and(|value| syntax.kind(value) == "object") => text("key"),
        "export_statement" if !within && held(syntax.child(node, "value")) => Some(imports::DEFAULT.to_owned()),
        "assignment_expression" if !within && !nested && held(syntax.child(node, "right")) => {
            let left = syntax.text(syntax.child(node, "left")?);
            let name = left.strip_prefix("module.exports.").or(left.strip_prefix("exports.")).unwrap_or(left);
            Some(name.strip_suffix(".prototype").unwrap_or(name).to_owned())
        }
        _ => None,
    }?;
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
    (plain && !matches!(name.as_str(), "module.exports" | "exports")).then_some(name)
}

/// What a node defines, if anything. `within`: inside of another definition.
fn found(syntax: &Syntax, node: NodeId, within: bool, in_class: bool, scope: &str) -> Option<Found> {
    let above = syntax.parent(node)?;
    let kind = syntax.kind(node);
    let named = |field: &str| syntax.child(node, field);
    let make = |name_node: NodeId, kind, inner, whole| {
        let name = syntax.text(name_node).trim_matches(['"', '\'']).to_owned();
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '-'));
        plain.then(|| Found { name, name_node, kind, inner, whole, scope: scope.to_owned() })
    };
    let function = |inner: NodeId| if syntax.kind(inner) == "class" { ChunkKind::Class } else { ChunkKind::Function };
    match kind {
        "function_declaration" | "generator_function_declaration" => {
            make(named("name")?, ChunkKind::Function, node, exported(syntax, node))
        }
        kind if CLASSES.contains(&kind) && kind != "class" || CONTRACTS.contains(&kind) => {
            make(named("name")?, ChunkKind::Class, node, exported(syntax, node))
        }
        "variable_declarator" => {
            let inner = shape::value(syntax, named("value")?)?;
            let alone = syntax.parts(above).filter(|&part| syntax.kind(part) == "variable_declarator").count() == 1;
            let name = named("name").filter(|&name| alone && syntax.kind(name) == "identifier")?;
            make(name, function(inner), inner, exported(syntax, above))
        }
        "variable_declaration" | "lexical_declaration" => None,
        "method_definition" if syntax.kind(above) == "class_body" => {
            let direct = syntax.parent(above).is_some_and(|class| CLASSES.contains(&syntax.kind(class)));
            make(named("name")?, ChunkKind::Method, node, node).filter(|_| direct && in_class)
        }
        "public_field_definition" | "field_definition" if in_class => {
            let inner = shape::value(syntax, named("value")?).filter(|&inner| syntax.kind(inner) != "class")?;
            make(named("name").or(named("property"))?, ChunkKind::Method, inner, node)
        }
        "method_definition" if !within && !scope.is_empty() && is_open(syntax, node) => make(named("name")?, ChunkKind::Method, node, node),
        "pair" if !within && !scope.is_empty() => {
            let inner = shape::value(syntax, named("value")?)?;
            make(named("key")?, ChunkKind::Method, inner, node).filter(|_| is_open(syntax, node))
        }
        "export_statement" if !within && syntax.child(node, "value").is_some() => {
            let inner = shape::value(syntax, named("value")?)?;
            let name = syntax.children(node).find(|&child| syntax.text(child) == imports::DEFAULT)?;
            make(syntax.child(inner, "name").unwrap_or(name), function(inner), inner, node)
        }
        "assignment_expression" if !within && syntax.kind(above) == "expression_statement" => assigned(syntax, node, above),
        "call_expression" if !within && syntax.kind(above) == "expression_statement" => served(syntax, node, above),
        _ => None,
    }
}

/// Is an entry of an object part of what has a name, and not of what a function makes?
fn is_open(syntax: &Syntax, node: NodeId) -> bool {
    !syntax.ancestors(node).any(|above| shape::is_function(syntax, above) || CLASSES.contains(&syntax.kind(above)))
}

/// `app.use = function () {}`, `Order.prototype.total = function () {}`, `module.exports = function make() {}`.
fn assigned(syntax: &Syntax, assignment: NodeId, statement: NodeId) -> Option<Found> {
    let mut last = assignment;
    while let Some(right) = syntax.child(last, "right").filter(|&right| syntax.kind(right) == "assignment_expression") {
        last = right;
    }
    let left = syntax.child(last, "left").filter(|&left| syntax.kind(left) == "member_expression")?;
    let inner = shape::value(syntax, syntax.child(last, "right")?)?;
    let (of, property) = (syntax.text(syntax.child(left, "object")?), syntax.child(left, "property")?);
    let own = syntax.child(inner, "name");
    let name_node = match syntax.text(left) {
        "module.exports" => own?,
        _ => property,
    };
    let holder = of.strip_suffix(".prototype").unwrap_or(of);
    let scope = if matches!(of, "module" | "exports" | "module.exports") { "" } else { holder };
    let kind = match (syntax.kind(inner), scope) {
        ("class", _) => ChunkKind::Class,
        (_, "") => ChunkKind::Function,
        _ => ChunkKind::Method,
    };
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
    let name = syntax.text(name_node).to_owned();
    let fits = plain(scope) && syntax.parent(statement) == Some(0) && syntax.kind(property) == "property_identifier";
    fits.then(|| Found { name, name_node, kind, inner, whole: statement, scope: scope.to_owned() })
}

/// A handler that is written where its route is: `router.post("/orders", async (req, res) => { … })`, or another
/// function with a name that a call at the top is handed: `defineGetter(req, "host", function host() { … })`.
fn served(syntax: &Syntax, call: NodeId, statement: NodeId) -> Option<Found> {
    let list = syntax.child(call, "arguments")?;
    let inner = shape::value(syntax, syntax.parts(list).last()?).filter(|&inner| syntax.kind(inner) != "class")?;
    let (name, name_node) = match route(syntax, call) {
        Some(route) => route,
        None => syntax.child(inner, "name").map(|name| (syntax.text(name).to_owned(), name))?,
    };
    let found = Found { name, name_node, kind: ChunkKind::Function, inner, whole: statement, scope: String::new() };
    is_open(syntax, call).then_some(found)
}

/// Verb and path of a call that serves a route, with the node of the path.
fn route(syntax: &Syntax, call: NodeId) -> Option<(String, NodeId)> {
    let function = syntax.child(call, "function").filter(|&function| syntax.kind(function) == "member_expression")?;
    let verb = syntax.text(syntax.child(function, "property")?);
    let path = syntax.child(call, "arguments").and_then(|list| syntax.parts(list).next())?;
    let text = names::string(syntax, path)?;
    let plain = text.starts_with('/') && text.len() <= 80 && !text.contains(['.', '#', '\\', ' ', '`', '(', '\n']);
    (VERBS.contains(&verb) && plain).then(|| (format!("{} {text}", verb.to_uppercase()), path))
}

/// The statement that hands a declaration on, or the declaration.
fn exported(syntax: &Syntax, node: NodeId) -> NodeId {
    let outer = syntax.parent(node).filter(|&above| matches!(syntax.kind(above), "export_statement" | "ambient_declaration"));
    let outer = outer.unwrap_or(node);
    syntax.parent(outer).filter(|&above| syntax.kind(above) == "export_statement" && outer != node).unwrap_or(outer)
}

fn definition(syntax: &Syntax, path: &str, parent: Option<usize>, found: Found, decorators: &[NodeId], front: &[NodeId]) -> Definition {
    let Found { name, name_node, kind, inner, whole, scope } = found;
    let mut facts = match kind {
        ChunkKind::Class if CLASSES.contains(&syntax.kind(inner)) => members::class_facts(syntax, inner),
        ChunkKind::Class => members::contract_facts(syntax, inner),
        _ => function_facts(syntax, inner, path),
    };
    let within = syntax.children(whole).chain(syntax.children(inner)).filter(|&child| syntax.kind(child) == "decorator");
    let all = decorators.iter().copied().chain(within).map(|decorator| syntax.folded(decorator).trim_start_matches('@').trim().to_owned());
    facts.decorators = all.collect();
    facts.decorators.dedup();
    if syntax.kind(whole) == "expression_statement" && name.contains(" /") {
        // A router is handed the function as a decorator is.
        let call = syntax.parts(whole).next().unwrap_or(whole);
        let router = syntax.child(call, "function").map(|function| syntax.folded(function)).unwrap_or_default();
        facts.decorators.push(format!("{router}({})", syntax.folded(name_node)));
    }
    let doc = front.iter().rev().copied().find(|&part| syntax.is_comment(part)).filter(|&comment| is_doc(syntax, comment));
    let first = decorators.first().copied().unwrap_or(whole);
    Definition {
        parent,
        scope,
        overload: String::new(),
        name,
        name_node,
        kind,
        node: whole,
        roots: decorators.iter().copied().chain([whole]).collect(),
        start_line: doc.map_or(syntax.start_line(first), |doc| syntax.start_line(doc).min(syntax.start_line(first))),
        signature: signature(syntax, whole, inner, kind),
        doc: doc.map(|doc| doc_text(syntax.text(doc))).unwrap_or_default(),
        doc_node: None,
        facts,
    }
}

/// A comment of documentation that begins its line and speaks of what follows it.
fn is_doc(syntax: &Syntax, comment: NodeId) -> bool {
    let text = syntax.text(comment);
    let before = syntax.source()[..syntax.start_byte(comment)].rsplit('\n').next().unwrap_or_default();
    let of_file = ["@file", "@license", "@module", "@packageDocumentation"].iter().any(|tag| text.contains(tag));
    text.starts_with("/**") && text.ends_with("*/") && text.len() > 6 && before.trim().is_empty() && !of_file
}

/// The text of a comment without its marks; tags stand in a paragraph of their own.
pub(super) fn doc_text(comment: &str) -> String {
    let inner = comment.trim_start_matches("/**").trim_end_matches("*/");
    let lines = inner.lines().map(|line| line.trim().strip_prefix('*').map_or(line.trim(), |rest| rest.strip_prefix(' ').unwrap_or(rest)));
    let mut out = String::new();
    let mut tagged = false;
    for line in lines {
        // A short line without an end is a heading of its own.
        let before = out.lines().last().unwrap_or_default().trim();
        let heading = !before.is_empty() && before.len() < 60 && !before.ends_with(['.', ',', ':', ';', '-']);
        let begins = line.trim_start().starts_with(|c: char| c.is_uppercase() || matches!(c, '-' | '*' | '<'));
        if !tagged && heading && begins {
            out.push('\n');
        }
        if line.trim_start().starts_with('@') && !std::mem::replace(&mut tagged, true) {
            out.push('\n');
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    dedent(out.trim_matches('\n'))
}

/// The text from the start of a definition to its body: `async place(qty: number): Promise<Order>`.
fn signature(syntax: &Syntax, whole: NodeId, inner: NodeId, kind: ChunkKind) -> String {
    let body = syntax.child(inner, "body").or(syntax.child(inner, "value")).filter(|_| kind != ChunkKind::Constant);
    let mut out = String::new();
    let mut before = syntax.start_byte(whole);
    let mut node = whole;
    while node < syntax.end(whole) {
        if Some(node) == body {
            break;
        }
        let holds = body.is_some_and(|body| node < body && body < syntax.end(node));
        let skip = syntax.is_comment(node) || syntax.kind(node) == "decorator";
        if holds && !skip {
            node += 1;
            continue;
        }
        let text = if skip { String::new() } else { syntax.folded(node) };
        if !text.is_empty() && !matches!(text.as_str(), "export" | "default" | "declare") {
            let gap = syntax.start_byte(node) > before && !out.is_empty() && !out.ends_with('(');
            if gap {
                out.push(' ');
            }
            out.push_str(&text);
        }
        before = syntax.end_byte(node);
        node = syntax.end(node);
    }
    out.trim_end_matches(['=', ' ', '>', ';', '{']).replace(UNTOLD, "").trim().to_owned()
}

fn function_facts(syntax: &Syntax, function: NodeId, path: &str) -> Facts {
    let Some(block) = syntax.child(function, "body") else { return Facts::default() };
    let around = Body { path, function: Some(function), skip: &HashMap::new() };
    let mut facts = body::facts(syntax, block, &around);
    facts.returns = names::annotation(syntax, function, "return_type");
    facts.parameters = parameters(syntax, function);
    facts
}

fn parameters(syntax: &Syntax, function: NodeId) -> Vec<Parameter> {
    if let Some(only) = syntax.child(function, "parameter") {
        return vec![Parameter { name: syntax.folded(only), ..Parameter::default() }];
    }
    let list = syntax.child(function, "parameters").into_iter().flat_map(|list| syntax.parts(list));
    list.filter_map(|part| {
        let text = |node: Option<NodeId>| node.map(|node| syntax.folded(node)).unwrap_or_default();
        match syntax.kind(part) {
            "required_parameter" | "optional_parameter" => {
                let pattern = syntax.child(part, "pattern").filter(|&pattern| syntax.kind(pattern) != "this")?;
                Some(Parameter {
                    name: syntax.folded(pattern),
                    annotation: names::annotation(syntax, part, "type"),
                    // What need not be given is this then.
                    default: match syntax.child(part, "value") {
                        None if syntax.kind(part) == "optional_parameter" => "undefined".to_owned(),
                        value => text(value),
                    },
                })
            }
            "assignment_pattern" => Some(Parameter {
                name: text(syntax.child(part, "left")),
                annotation: String::new(),
                default: text(syntax.child(part, "right")),
            }),
            "identifier" | "object_pattern" | "array_pattern" | "rest_pattern" => {
                Some(Parameter { name: syntax.folded(part), ..Parameter::default() })
            }
            _ => None,
        }
    })
    .collect()
}

fn module(syntax: &Syntax, path: &str, taken: &HashMap<NodeId, usize>) -> Definition {
    let mut facts = body::facts(syntax, 0, &Body { path, function: None, skip: taken });
    for statement in syntax.parts(0) {
        let inner = syntax.child(statement, "declaration").unwrap_or(statement);
        for declarator in syntax.parts(inner).filter(|&part| syntax.kind(part) == "variable_declarator") {
            let (Some(name), Some(value)) = (syntax.child(declarator, "name"), syntax.child(declarator, "value")) else { continue };
            if syntax.kind(name) == "identifier" && shape::value(syntax, value).is_none() && imports::requires(syntax, value, "").is_none()
            {
                let annotation = names::annotation(syntax, declarator, "type");
                facts.attributes.push(Attribute {
                    name: syntax.text(name).to_owned(),
                    annotation,
                    value: short(syntax, value, MAX_ATTRIBUTE),
                    late: false,
                });
            }
        }
    }
    Definition {
        parent: None,
        scope: String::new(),
        overload: String::new(),
        name: String::new(),
        name_node: 0,
        kind: ChunkKind::Module,
        node: 0,
        roots: vec![0],
        start_line: 1,
        signature: String::new(),
        doc: String::new(),
        doc_node: None,
        facts,
    }
}

/// Which calls reach out of the program. Names are looked up as the chunk or its file imports them.
fn effects(module: &mut Definition, definitions: &mut [Definition]) {
    let of_file = module.facts.imports.clone();
    for definition in definitions.iter_mut().chain([module]) {
        let facts = &mut definition.facts;
        let imports: Vec<Import> = of_file.iter().chain(&facts.imports).cloned().collect();
        for call in &facts.calls {
            let bound = |name: &str| {
                facts.locals.iter().any(|local| local.name == name) || facts.parameters.iter().any(|parameter| parameter.name == name)
            };
            let Some(on) = outside::reached(&call.callee, call.arguments.len(), &imports, bound) else { continue };
            let effect = Effect { on, callee: call.callee.clone() };
            if !facts.effects.contains(&effect) {
                facts.effects.push(effect);
            }
        }
    }
}

/// What `this.name` is, as the methods of a class say: the class gets it as a local.
fn fields_of_classes(definitions: &mut [Definition]) {
    let mut fields: Vec<(usize, Vec<Local>)> = Vec::new();
    for definition in definitions.iter() {
        let Some(class) = definition.parent.filter(|_| definition.kind == ChunkKind::Method) else { continue };
        let own = definition.facts.locals.iter().filter_map(|local| {
            let name = format!("self.{}", local.name.strip_prefix("this.")?);
            let handed = definition.facts.parameters.iter().find(|parameter| parameter.name == local.of);
            Some(Local { name, of: handed.map_or(local.of.clone(), |parameter| parameter.annotation.clone()) })
        });
        fields.push((class, own.collect()));
    }
    for (class, own) in fields {
        let known = &mut definitions[class].facts.locals;
        for local in own {
            match known.iter_mut().find(|field| field.name == local.name) {
                Some(field) if field.of != local.of && !local.of.is_empty() => field.of.clear(),
                Some(_) => (),
                None => known.push(local),
            }
        }
    }
}
