//! Definitions, parameters, docstrings, imports.

use crate::model::{Attribute, Chunk, ChunkKind, Effect, Facts, Import, Local, Parameter};
use crate::parse::outline::{self, Definition, MAX_DEPTH, dedent};
use crate::parse::python::{body, outside, state};
use crate::parse::syntax::{NodeId, Syntax};

/// The value of an attribute is told up to this length, that of a constant, which may be a
/// table, up to the other.
const MAX_ATTRIBUTE: usize = 200;
const MAX_CONSTANT: usize = 1_200;

pub(super) fn chunks(syntax: &Syntax, path: &str) -> Vec<Chunk> {
    let mut definitions: Vec<Definition> = Vec::new();
    let mut open: Vec<(NodeId, usize)> = Vec::new();
    for node in 0..syntax.len() {
        while open.last().is_some_and(|(end, _)| *end <= node) {
            open.pop();
        }
        let is_class = match syntax.kind(node) {
            "class_definition" => true,
            "function_definition" => false,
            "expression_statement" => {
                definitions.extend(constant_chunk(syntax, node, path));
                continue;
            }
            _ => continue,
        };
        let Some(name_node) = syntax.child(node, "name") else { continue };
        if open.len() >= MAX_DEPTH {
            continue;
        }
        let parent = open.last().map(|(_, at)| *at);
        open.push((syntax.end(node), definitions.len()));
        let root = syntax.parent(node).filter(|&above| syntax.kind(above) == "decorated_definition").unwrap_or(node);
        let in_class = parent.is_some_and(|at| definitions[at].kind == ChunkKind::Class);
        let kind = if is_class {
            ChunkKind::Class
        } else if in_class {
            ChunkKind::Method
        } else {
            ChunkKind::Function
        };
        let doc_node = syntax.child(node, "body").and_then(|block| docstring(syntax, block));
        let decorators: Vec<String> = syntax
            .children(root)
            .filter(|&child| syntax.kind(child) == "decorator")
            .map(|child| syntax.folded(child).trim_start_matches('@').trim().to_owned())
            .collect();
        let mut facts = if is_class { class_facts(syntax, node) } else { function_facts(syntax, node, path, kind, &decorators, doc_node) };
        facts.decorators = decorators;
        facts.fallback = syntax.ancestors(root).any(|above| syntax.kind(above) == "except_clause");
        definitions.push(Definition {
            parent,
            scope: String::new(),
            name: syntax.text(name_node).to_owned(),
            name_node,
            kind,
            node,
            roots: vec![root],
            start_line: syntax.start_line(root),
            overload: String::new(),
            signature: signature(syntax, node),
            doc: doc_node.map(|doc| doc_text(syntax, doc)).unwrap_or_default(),
            doc_node,
            facts,
        });
    }
    fields_of_classes(&mut definitions);
    let doc_node = docstring(syntax, 0);
    let mut facts = body::facts(syntax, 0, doc_node, path);
    facts.attributes = constants(syntax, 0);
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
        doc: doc_node.map(|doc| doc_text(syntax, doc)).unwrap_or_default(),
        doc_node,
        facts,
    };
    let mut module = module;
    effects(&mut module, &mut definitions);
    outline::chunks(syntax, path, module, definitions)
}

/// The name that a statement at the top of a file binds as a constant.
pub(super) fn constant(syntax: &Syntax, statement: NodeId) -> Option<NodeId> {
    if syntax.parent(statement) != Some(0) {
        return None;
    }
    let assignment = syntax.parts(statement).next().filter(|&part| syntax.kind(part) == "assignment")?;
    syntax.child(assignment, "right")?;
    syntax.child(assignment, "left").filter(|&left| syntax.kind(left) == "identifier" && state::is_constant(syntax.text(left)))
}

fn constant_chunk(syntax: &Syntax, statement: NodeId, path: &str) -> Option<Definition> {
    let name_node = constant(syntax, statement)?;
    let mut facts = body::facts(syntax, statement, None, path);
    facts.attributes = assigned(syntax, statement, MAX_CONSTANT);
    let name = syntax.text(name_node).to_owned();
    Some(Definition {
        parent: None,
        scope: String::new(),
        overload: String::new(),
        signature: name.clone(),
        name,
        name_node,
        kind: ChunkKind::Constant,
        node: statement,
        roots: vec![statement],
        start_line: syntax.start_line(statement),
        doc: String::new(),
        doc_node: None,
        facts,
    })
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
            let Some(on) = outside::reached(&call.callee, &imports, bound) else { continue };
            let effect = Effect { on, callee: call.callee.clone() };
            if !facts.effects.contains(&effect) {
                facts.effects.push(effect);
            }
        }
    }
}

/// `def place(self, qty: int = 1) -> Order`, `class Order(Base)`.
fn signature(syntax: &Syntax, node: NodeId) -> String {
    let mut out = String::new();
    for child in syntax.children(node) {
        match syntax.kind(child) {
            "block" | ":" => break,
            "comment" => (),
            "->" => out.push_str(" -> "),
            "async" | "def" | "class" => {
                out.push_str(syntax.text(child));
                out.push(' ');
            }
            _ => out.push_str(&syntax.folded(child)),
        }
    }
    out
}

/// The statement that is the docstring of a block.
fn docstring(syntax: &Syntax, block: NodeId) -> Option<NodeId> {
    let first = syntax.parts(block).next()?;
    let string = syntax.parts(first).next()?;
    let plain = syntax.kind(first) == "expression_statement" && syntax.kind(string) == "string" && syntax.parts(first).count() == 1;
    let prefix = syntax.text(string).split(['"', '\'']).next().unwrap_or_default().to_ascii_lowercase();
    (plain && matches!(prefix.as_str(), "" | "r" | "u")).then_some(first)
}

fn doc_text(syntax: &Syntax, statement: NodeId) -> String {
    let string = syntax.parts(statement).next().unwrap_or(statement);
    let start = syntax.children(string).next();
    let text = syntax.text(string);
    let quote = start.map_or(1, |start| syntax.text(start).trim_start_matches(|c: char| c.is_alphabetic()).len());
    let prefix = start.map_or(0, |start| syntax.text(start).len());
    dedent(text.get(prefix..text.len().saturating_sub(quote)).unwrap_or_default())
}

fn function_facts(syntax: &Syntax, node: NodeId, path: &str, kind: ChunkKind, decorators: &[String], doc: Option<NodeId>) -> Facts {
    let Some(block) = syntax.child(node, "body") else { return Facts::default() };
    let mut facts = body::facts(syntax, block, doc, path);
    facts.returns = syntax.child(node, "return_type").map(|result| syntax.folded(result)).unwrap_or_default();
    let parameters = syntax.child(node, "parameters");
    facts.parameters = parameters.into_iter().flat_map(|list| syntax.parts(list)).filter_map(|part| parameter(syntax, part)).collect();
    let bound = kind == ChunkKind::Method && !decorators.iter().any(|name| name == "staticmethod");
    if bound && !facts.parameters.is_empty() && !facts.parameters[0].name.starts_with('*') {
        facts.parameters.remove(0);
    }
    facts.meanings.retain(|one| !facts.parameters.iter().any(|parameter| parameter.name == one.target));
    facts
}

fn parameter(syntax: &Syntax, part: NodeId) -> Option<Parameter> {
    let text = |node: Option<NodeId>| node.map(|node| syntax.folded(node)).unwrap_or_default();
    match syntax.kind(part) {
        "identifier" | "list_splat_pattern" | "dictionary_splat_pattern" => {
            Some(Parameter { name: syntax.folded(part), ..Parameter::default() })
        }
        "default_parameter" | "typed_default_parameter" => Some(Parameter {
            name: text(syntax.child(part, "name")),
            annotation: text(syntax.child(part, "type")),
            default: text(syntax.child(part, "value")),
        }),
        "typed_parameter" => Some(Parameter {
            name: text(syntax.parts(part).find(|&child| syntax.field(child) != "type")),
            annotation: text(syntax.child(part, "type")),
            default: String::new(),
        }),
        _ => None,
    }
}

fn class_facts(syntax: &Syntax, node: NodeId) -> Facts {
    let Some(block) = syntax.child(node, "body") else { return Facts::default() };
    let bases = syntax.child(node, "superclasses");
    let members = syntax.parts(block).filter_map(|member| {
        let member = if syntax.kind(member) == "decorated_definition" { syntax.child(member, "definition")? } else { member };
        (syntax.kind(member) == "function_definition").then(|| syntax.child(member, "name")).flatten()
    });
    let mut methods: Vec<String> = Vec::new();
    for name in members {
        let name = syntax.text(name);
        if !methods.iter().any(|known| known == name) {
            methods.push(name.to_owned());
        }
    }
    let statements = syntax.parts(block).filter(|&part| syntax.kind(part) != "pass_statement").count() as u32;
    let documented = docstring(syntax, block).is_some() as u32;
    let mut refs = Vec::new();
    for statement in syntax.parts(block).filter(|&part| syntax.kind(part) == "expression_statement") {
        state::references(syntax, statement, &mut refs);
    }
    Facts {
        refs,
        bases: bases
            .into_iter()
            .flat_map(|list| syntax.parts(list))
            .filter(|&base| syntax.kind(base) != "keyword_argument")
            .map(|base| syntax.folded(base))
            .collect(),
        attributes: constants(syntax, block),
        methods,
        statements: statements.saturating_sub(documented),
        stub: statements <= documented,
        ..Facts::default()
    }
}

/// Assignments to plain names directly in a block.
fn constants(syntax: &Syntax, block: NodeId) -> Vec<Attribute> {
    let mut out: Vec<Attribute> = Vec::new();
    let method = |part: &NodeId| matches!(syntax.kind(*part), "function_definition" | "decorated_definition");
    let first_method = syntax.parts(block).find(method).unwrap_or(NodeId::MAX);
    for statement in syntax.parts(block).filter(|&part| syntax.kind(part) == "expression_statement") {
        for attribute in assigned(syntax, statement, MAX_ATTRIBUTE) {
            let attribute = Attribute { late: statement > first_method, ..attribute };
            match out.iter_mut().find(|known| known.name == attribute.name) {
                Some(known) => *known = attribute,
                None => out.push(attribute),
            }
        }
    }
    out
}

/// What a statement assigns to plain names; of `OPEN, CLOSED = "open", "closed"` to each its own.
/// A value of more bytes than `longest` is left to the code.
fn assigned(syntax: &Syntax, statement: NodeId, longest: usize) -> Vec<Attribute> {
    let Some(assignment) = syntax.parts(statement).next().filter(|&part| syntax.kind(part) == "assignment") else { return Vec::new() };
    let Some(left) = syntax.child(assignment, "left") else { return Vec::new() };
    let right = syntax.child(assignment, "right");
    let attribute = |name: NodeId, value: Option<NodeId>| Attribute {
        name: syntax.text(name).to_owned(),
        annotation: syntax.child(assignment, "type").map(|of| syntax.folded(of)).unwrap_or_default(),
        value: value
            .filter(|&value| syntax.end_byte(value) - syntax.start_byte(value) <= longest)
            .map(|value| syntax.folded(value))
            .unwrap_or_default(),
        late: false,
    };
    match (syntax.kind(left), right) {
        ("identifier", _) => vec![attribute(left, right)],
        ("pattern_list" | "tuple_pattern", Some(right)) if matches!(syntax.kind(right), "expression_list" | "tuple") => {
            let (names, values): (Vec<NodeId>, Vec<NodeId>) = (syntax.parts(left).collect(), syntax.parts(right).collect());
            let plain = names.iter().all(|&name| syntax.kind(name) == "identifier") && names.len() == values.len();
            let pairs = names.into_iter().zip(values).filter(|_| plain);
            pairs.map(|(name, value)| attribute(name, Some(value))).collect()
        }
        _ => Vec::new(),
    }
}

/// What `self.name` is, as the methods of a class say: the class gets it as a local.
fn fields_of_classes(definitions: &mut [Definition]) {
    let mut fields: Vec<(usize, Vec<Local>)> = Vec::new();
    for definition in definitions.iter() {
        let Some(class) = definition.parent.filter(|_| definition.kind == ChunkKind::Method) else { continue };
        let typed = |local: &Local| match definition.facts.parameters.iter().find(|parameter| parameter.name == local.of) {
            Some(parameter) => Local { name: local.name.clone(), of: parameter.annotation.clone() },
            None => local.clone(),
        };
        let own = definition.facts.locals.iter().filter(|local| local.name.starts_with("self.")).map(typed).collect();
        fields.push((class, own));
    }
    for (class, own) in fields {
        let known = &mut definitions[class].facts.locals;
        for local in own {
            match known.iter_mut().find(|field| field.name == local.name) {
                Some(field) if field.of != local.of => field.of.clear(),
                Some(_) => (),
                None => known.push(local),
            }
        }
    }
}

/// The names that an import statement binds.
pub(super) fn imports(syntax: &Syntax, statement: NodeId, path: &str) -> Vec<Import> {
    let mut out = Vec::new();
    let slashed = |name: &str| name.replace('.', "/");
    let named = |node: NodeId| -> (String, Option<String>) {
        match syntax.kind(node) {
            "aliased_import" => {
                let text = |field| syntax.child(node, field).map(|part| syntax.folded(part));
                (text("name").unwrap_or_default(), text("alias"))
            }
            _ => (syntax.folded(node), None),
        }
    };
    let names = syntax.children(statement).filter(|&child| syntax.field(child) == "name");
    if syntax.kind(statement) == "import_statement" {
        for (name, alias) in names.map(named) {
            match alias {
                Some(local) => out.push(Import { local, module: slashed(&name), symbol: String::new() }),
                None => {
                    if let Some((first, _)) = name.split_once('.') {
                        out.push(Import { local: first.to_owned(), module: first.to_owned(), symbol: String::new() });
                    }
                    out.push(Import { module: slashed(&name), local: name, symbol: String::new() });
                }
            }
        }
        return out;
    }
    let Some(from) = syntax.child(statement, "module_name") else { return out };
    let text = syntax.folded(from);
    let dots = text.chars().take_while(|c| *c == '.').count();
    let module = if dots == 0 { slashed(&text) } else { relative(path, dots, &slashed(&text[dots..])) };
    for (symbol, alias) in names.map(named) {
        out.push(Import { local: alias.unwrap_or_else(|| symbol.clone()), module: module.clone(), symbol });
    }
    if syntax.children(statement).any(|child| syntax.kind(child) == "wildcard_import") {
        out.push(Import { local: "*".to_owned(), module, symbol: "*".to_owned() });
    }
    out
}

/// The module that `dots` dots and a tail name, seen from the file at `path`.
fn relative(path: &str, dots: usize, tail: &str) -> String {
    let mut folders: Vec<&str> = path.split('/').collect();
    for _ in 0..dots {
        folders.pop();
    }
    folders.extend(tail.split('/').filter(|part| !part.is_empty()));
    format!("/{}", folders.join("/"))
}
