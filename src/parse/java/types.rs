//! What a type says of itself: its bases, its fields, its methods.

use crate::model::{Attribute, Facts};
use crate::parse::java::extract::{METHODS, TYPES, parameters};
use crate::parse::java::state;
use crate::parse::syntax::{NodeId, Syntax};

/// A longer value is left to the code.
const MAX_VALUE: usize = 200;

pub(super) fn facts(syntax: &Syntax, node: NodeId) -> Facts {
    let mut facts = Facts { bases: bases(syntax, node), ..Facts::default() };
    for component in if syntax.kind(node) == "record_declaration" { parameters(syntax, node) } else { Vec::new() } {
        facts.attributes.push(Attribute { name: component.name, annotation: component.annotation, ..Attribute::default() });
    }
    let mut late = false;
    for member in members(syntax, node) {
        match syntax.kind(member) {
            kind if METHODS.contains(&kind) => {
                late = true;
                // A constructor is no method that others may call on an object.
                let name = syntax.child(member, "name").filter(|_| kind == "method_declaration").map(|name| syntax.text(name).to_owned());
                facts.methods.extend(name.filter(|name| !facts.methods.contains(name)));
            }
            kind if TYPES.contains(&kind) => late = true,
            "field_declaration" | "constant_declaration" => {
                facts.attributes.extend(fields(syntax, member, late));
                state::references(syntax, member, &mut facts.refs);
            }
            "enum_constant" => facts.attributes.push(Attribute {
                name: syntax.child(member, "name").map(|name| syntax.text(name).to_owned()).unwrap_or_default(),
                value: short(syntax, syntax.child(member, "arguments")),
                late,
                ..Attribute::default()
            }),
            "annotation_type_element_declaration" => facts.attributes.push(Attribute {
                name: syntax.child(member, "name").map(|name| syntax.text(name).to_owned()).unwrap_or_default(),
                annotation: syntax.child(member, "type").map(|of| syntax.folded(of)).unwrap_or_default(),
                value: short(syntax, syntax.child(member, "value")),
                late,
            }),
            _ => (),
        }
    }
    facts.statements = (facts.attributes.len() + facts.methods.len()) as u32;
    facts.stub = facts.statements == 0;
    facts
}

/// What stands directly in the body of a type; of an enum what stands behind its constants, too.
fn members(syntax: &Syntax, node: NodeId) -> Vec<NodeId> {
    let body = syntax.child(node, "body").into_iter().flat_map(|body| syntax.parts(body));
    body.flat_map(|part| if syntax.kind(part) == "enum_body_declarations" { syntax.parts(part).collect() } else { vec![part] }).collect()
}

/// The types that a type extends and implements, as written.
fn bases(syntax: &Syntax, node: NodeId) -> Vec<String> {
    let mut out = Vec::new();
    for part in syntax.parts(node) {
        match syntax.kind(part) {
            "superclass" => out.extend(syntax.parts(part).map(|of| syntax.folded(of))),
            "super_interfaces" | "extends_interfaces" => {
                let lists = syntax.parts(part).filter(|&list| syntax.kind(list) == "type_list");
                out.extend(lists.flat_map(|list| syntax.parts(list)).map(|of| syntax.folded(of)));
            }
            _ => (),
        }
    }
    out
}

fn fields(syntax: &Syntax, declaration: NodeId, late: bool) -> Vec<Attribute> {
    let annotation = syntax.child(declaration, "type").map(|of| syntax.folded(of)).unwrap_or_default();
    let declared = syntax.parts(declaration).filter(|&part| syntax.kind(part) == "variable_declarator");
    let field = |declarator: NodeId| {
        let name = syntax.text(syntax.child(declarator, "name")?).to_owned();
        Some(Attribute { name, annotation: annotation.clone(), value: short(syntax, syntax.child(declarator, "value")), late })
    };
    declared.filter_map(field).collect()
}

fn short(syntax: &Syntax, value: Option<NodeId>) -> String {
    let short = value.filter(|&value| syntax.end_byte(value) - syntax.start_byte(value) <= MAX_VALUE);
    short.map(|value| syntax.folded(value)).unwrap_or_default()
}
