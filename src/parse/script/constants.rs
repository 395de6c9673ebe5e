//! Named values at the top of a file.

use std::collections::HashMap;

use crate::model::{Attribute, ChunkKind};
use crate::parse::outline::Definition;
use crate::parse::script::body::{self, Body};
use crate::parse::script::members::short;
use crate::parse::script::{extract, imports, names, shape};
use crate::parse::syntax::{NodeId, Syntax};

/// A value of more bytes is left to the code: it may be a table.
const MAX_CONSTANT: usize = 1_200;

/// A named value at the top of a file.
pub(super) fn named(syntax: &Syntax, statement: NodeId) -> Option<NodeId> {
    let top = syntax.parent(statement) == Some(0);
    let inner = if syntax.kind(statement) == "export_statement" { syntax.child(statement, "declaration")? } else { statement };
    if !top || !matches!(syntax.kind(inner), "lexical_declaration" | "variable_declaration") {
        return None;
    }
    let mut declarators = syntax.parts(inner).filter(|&part| syntax.kind(part) == "variable_declarator");
    let only = declarators.next().filter(|_| declarators.next().is_none())?;
    let value = syntax.child(only, "value")?;
    let name = syntax.child(only, "name").filter(|&name| syntax.kind(name) == "identifier" && names::is_constant(syntax.text(name)))?;
    let plain = !(value..syntax.end(value)).any(|node| shape::is_function(syntax, node) || syntax.kind(node) == "class");
    let requires = imports::requires(syntax, value, "").is_some();
    (plain && !requires && shape::has_own_lines(syntax, statement, statement)).then_some(name)
}

pub(super) fn chunk(syntax: &Syntax, statement: NodeId, name_node: NodeId, path: &str, doc: Option<NodeId>) -> Definition {
    let declarator = syntax.parent(name_node).unwrap_or(statement);
    let value = syntax.child(declarator, "value").unwrap_or(declarator);
    let around = Body { path, function: None, skip: &HashMap::new() };
    let mut facts = body::facts(syntax, value, &around);
    let name = syntax.text(name_node).to_owned();
    let annotation = names::annotation(syntax, declarator, "type");
    facts.attributes = vec![Attribute { name: name.clone(), annotation, value: short(syntax, value, MAX_CONSTANT), late: false }];
    facts.locals.clear();
    Definition {
        parent: None,
        scope: String::new(),
        overload: String::new(),
        signature: name.clone(),
        name,
        name_node,
        kind: ChunkKind::Constant,
        node: statement,
        roots: vec![statement],
        start_line: doc.map_or(syntax.start_line(statement), |doc| syntax.start_line(doc)),
        doc: doc.map(|doc| extract::doc_text(syntax.text(doc))).unwrap_or_default(),
        doc_node: None,
        facts,
    }
}
