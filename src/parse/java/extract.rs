//! Definitions, parameters, documentation.

use crate::model::{Attribute, Chunk, ChunkKind, Effect, Facts, Import, Local, Parameter};
use crate::parse::java::body::{self, Body};
use crate::parse::java::{docs, imports, names, outside, types};
use crate::parse::outline::{self, Definition, MAX_DEPTH};
use crate::parse::syntax::{NodeId, Syntax};

/// Definitions of types.
pub(super) const TYPES: &[&str] =
    &["class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "annotation_type_declaration"];
/// Definitions of what runs.
pub(super) const METHODS: &[&str] = &["method_declaration", "constructor_declaration", "compact_constructor_declaration"];
/// A table of more bytes is no fact.
const MAX_CONSTANT: usize = 1_200;
/// Types of values that only serve the code around them.
const LOGGERS: &[&str] = &["Logger", "Log"];

pub(super) fn chunks(syntax: &Syntax, path: &str) -> Vec<Chunk> {
    let mut definitions: Vec<Definition> = Vec::new();
    let mut open: Vec<(NodeId, usize)> = Vec::new();
    let mut of_file: Vec<Import> = Vec::new();
    let mut node = 1;
    while node < syntax.len() {
        let here = node;
        node += 1;
        while open.last().is_some_and(|(end, _)| *end <= here) {
            open.pop();
        }
        let kind = syntax.kind(here);
        // A type without a name belongs to the code that makes it.
        if kind == "class_body" && syntax.parent(here).is_some_and(|above| !TYPES.contains(&syntax.kind(above))) {
            node = syntax.end(here);
            continue;
        }
        if kind == "import_declaration" {
            of_file.extend(imports::import(syntax, here));
            node = syntax.end(here);
            continue;
        }
        let constant = matches!(kind, "field_declaration" | "constant_declaration");
        if !constant && !TYPES.contains(&kind) && !METHODS.contains(&kind) || open.len() >= MAX_DEPTH {
            continue;
        }
        let parent = open.last().map(|(_, at)| *at);
        let found = if constant { constant_of(syntax, here, parent) } else { definition(syntax, here, parent) };
        let Some(found) = found else { continue };
        definitions.push(found);
        if !constant {
            open.push((syntax.end(here), definitions.len() - 1));
        }
    }
    fields(&mut definitions);
    for definition in &mut definitions {
        effects(&mut definition.facts, &of_file);
    }
    let module = Definition {
        parent: None,
        scope: String::new(),
        name: String::new(),
        name_node: 0,
        kind: ChunkKind::Module,
        node: 0,
        roots: vec![0],
        start_line: 1,
        overload: String::new(),
        signature: String::new(),
        doc: String::new(),
        doc_node: None,
        facts: Facts { imports: of_file, stub: true, ..Facts::default() },
    };
    outline::chunks(syntax, path, module, definitions)
}

fn definition(syntax: &Syntax, node: NodeId, parent: Option<usize>) -> Option<Definition> {
    let name_node = syntax.child(node, "name")?;
    let method = METHODS.contains(&syntax.kind(node));
    let mut facts = if method { method_facts(syntax, node) } else { types::facts(syntax, node) };
    facts.decorators = annotations(syntax, node);
    let overload = if method { overload(&facts.parameters) } else { String::new() };
    let comment = documentation(syntax, node);
    // A type in a method belongs to it, and so do the methods of that type.
    let kind = if method { ChunkKind::Method } else { ChunkKind::Class };
    Some(Definition {
        parent,
        scope: String::new(),
        name: syntax.text(name_node).to_owned(),
        name_node,
        kind,
        node,
        roots: vec![node],
        start_line: syntax.start_line(comment.unwrap_or(node)),
        overload,
        signature: signature(syntax, node),
        doc: comment.map(|comment| docs::text(syntax.text(comment))).unwrap_or_default(),
        doc_node: None,
        facts,
    })
}

/// A field that is a constant: `static final`, or of an interface, in capitals and alone in its declaration.
pub(super) fn is_constant(syntax: &Syntax, declaration: NodeId) -> bool {
    let mut declared = syntax.parts(declaration).filter(|&part| syntax.kind(part) == "variable_declarator");
    let (Some(only), None) = (declared.next(), declared.next()) else { return false };
    let named = syntax.child(only, "name").is_some_and(|name| names::is_constant(syntax.text(name)));
    let of = syntax.child(declaration, "type").map(|of| syntax.text(of)).unwrap_or_default();
    named && syntax.child(only, "value").is_some() && is_fixed(syntax, declaration) && !LOGGERS.contains(&of)
}

fn is_fixed(syntax: &Syntax, declaration: NodeId) -> bool {
    let modifiers = syntax.parts(declaration).find(|&part| syntax.kind(part) == "modifiers");
    let has = |word: &str| modifiers.is_some_and(|list| syntax.children(list).any(|part| syntax.text(part) == word));
    syntax.kind(declaration) == "constant_declaration" || has("static") && has("final")
}

fn constant_of(syntax: &Syntax, node: NodeId, parent: Option<usize>) -> Option<Definition> {
    parent.filter(|_| is_constant(syntax, node))?;
    let declarator = syntax.parts(node).find(|&part| syntax.kind(part) == "variable_declarator")?;
    let (name_node, value) = (syntax.child(declarator, "name")?, syntax.child(declarator, "value")?);
    let mut facts = body::facts(syntax, value, &Body { parameters: &[], returns: false, holder: declarator });
    let long = syntax.end_byte(value) - syntax.start_byte(value) > MAX_CONSTANT;
    facts.attributes = vec![Attribute {
        name: syntax.text(name_node).to_owned(),
        annotation: syntax.child(node, "type").map(|of| syntax.folded(of)).unwrap_or_default(),
        value: if long { String::new() } else { syntax.folded(value) },
        late: false,
    }];
    facts.decorators = annotations(syntax, node);
    let comment = documentation(syntax, node);
    Some(Definition {
        parent,
        scope: String::new(),
        name: syntax.text(name_node).to_owned(),
        name_node,
        kind: ChunkKind::Constant,
        node,
        roots: vec![node],
        start_line: syntax.start_line(comment.unwrap_or(node)),
        overload: String::new(),
        signature: signature(syntax, node),
        doc: comment.map(|comment| docs::text(syntax.text(comment))).unwrap_or_default(),
        doc_node: None,
        facts,
    })
}

/// The comment right in front of a definition, where it is one that documents.
fn documentation(syntax: &Syntax, node: NodeId) -> Option<NodeId> {
    let above = syntax.parent(node)?;
    let before = syntax.children(above).take_while(|&child| child < node).last()?;
    let documents = syntax.kind(before) == "block_comment" && syntax.text(before).starts_with("/**");
    // On the line of another definition's end it belongs to that.
    (documents && syntax.start_line(before) <= syntax.start_line(node)).then_some(before)
}

/// What is written behind each `@` in front of a definition.
pub(super) fn annotations(syntax: &Syntax, node: NodeId) -> Vec<String> {
    let modifiers = syntax.parts(node).filter(|&part| syntax.kind(part) == "modifiers");
    let all = modifiers.flat_map(|list| syntax.parts(list)).filter(|&part| matches!(syntax.kind(part), "annotation" | "marker_annotation"));
    all.map(|part| syntax.folded(part).trim_start_matches('@').trim_start().to_owned()).collect()
}

/// `public OrderResult place(long id) throws Sold`, `public class Order extends Base`: without annotations and body.
fn signature(syntax: &Syntax, node: NodeId) -> String {
    let mut out = String::new();
    let mut before = syntax.start_byte(node);
    for child in syntax.children(node).filter(|&child| !syntax.is_comment(child)) {
        if syntax.field(child) == "body" || matches!(syntax.text(child), ";" | "{") {
            break;
        }
        let text = match syntax.kind(child) {
            "modifiers" => {
                let words = syntax.children(child).filter(|&part| !syntax.kind(part).ends_with("annotation") && !syntax.is_comment(part));
                words.map(|part| syntax.text(part)).collect::<Vec<_>>().join(" ")
            }
            "variable_declarator" => syntax.child(child, "name").map(|name| syntax.text(name).to_owned()).unwrap_or_default(),
            _ => syntax.folded(child),
        };
        if syntax.start_byte(child) > before && !out.is_empty() && !text.is_empty() {
            out.push(' ');
        }
        before = syntax.end_byte(child);
        out.push_str(&text);
    }
    out
}

fn method_facts(syntax: &Syntax, node: NodeId) -> Facts {
    let parameters = parameters(syntax, node);
    let returns = syntax.child(node, "type").map(|of| syntax.folded(of)).filter(|of| of != "void").unwrap_or_default();
    let mut facts = match syntax.child(node, "body") {
        Some(block) => body::facts(syntax, block, &Body { parameters: &parameters, returns: !returns.is_empty(), holder: node }),
        None => Facts { stub: true, ..Facts::default() },
    };
    facts.returns = returns;
    facts.parameters = parameters;
    facts
}

pub(super) fn parameters(syntax: &Syntax, node: NodeId) -> Vec<Parameter> {
    let list = syntax.child(node, "parameters").into_iter().flat_map(|list| syntax.parts(list));
    let one = |part: NodeId| match syntax.kind(part) {
        "formal_parameter" => {
            let text = |field| syntax.child(part, field).map(|found| syntax.folded(found)).unwrap_or_default();
            Some(Parameter { name: text("name"), annotation: text("type") + &text("dimensions"), default: String::new() })
        }
        "spread_parameter" => {
            let of = syntax.parts(part).find(|&inner| !matches!(syntax.kind(inner), "modifiers" | "variable_declarator"))?;
            let name = syntax.parts(part).find(|&inner| syntax.kind(inner) == "variable_declarator")?;
            Some(Parameter { name: syntax.folded(name), annotation: format!("{}...", syntax.folded(of)), default: String::new() })
        }
        _ => None,
    };
    list.filter_map(one).collect()
}

/// `(long,List)`: the types that a definition takes, each by its last name.
fn overload(parameters: &[Parameter]) -> String {
    let short = |of: &str| {
        let array = if of.ends_with("[]") || of.ends_with("...") { "[]" } else { "" };
        let name = names::type_name(of);
        let name = name.trim_end_matches("...").trim_end_matches("[]");
        format!("{}{array}", name.rsplit('.').next().unwrap_or_default())
    };
    format!("({})", parameters.iter().map(|parameter| short(&parameter.annotation)).collect::<Vec<_>>().join(","))
}

/// What a class holds is known to its methods: the types of its fields.
fn fields(definitions: &mut [Definition]) {
    for definition in definitions.iter_mut().filter(|definition| definition.kind == ChunkKind::Class) {
        let own = definition.facts.attributes.iter().filter(|field| !field.annotation.is_empty());
        definition.facts.locals = own.map(|field| Local { name: format!("this.{}", field.name), of: field.annotation.clone() }).collect();
    }
}

/// Which calls reach out of the program. Names are looked up as the file imports them.
fn effects(facts: &mut Facts, of_file: &[Import]) {
    let bound =
        |name: &str| facts.locals.iter().any(|local| local.name == name) || facts.parameters.iter().any(|parameter| parameter.name == name);
    let mut found: Vec<Effect> = Vec::new();
    for call in &facts.calls {
        let Some(on) = outside::reached(&call.callee, of_file, bound) else { continue };
        let effect = Effect { on, callee: call.callee.clone() };
        if !found.contains(&effect) {
            found.push(effect);
        }
    }
    facts.effects = found;
}
