//! What a class or a type holds, and on what it stands.

use crate::model::{Attribute, Facts, Local};
use crate::parse::script::{names, shape, state};
use crate::parse::syntax::{NodeId, Syntax};

/// The value of an attribute is told up to this length.
pub(super) const MAX_ATTRIBUTE: usize = 200;

fn members<'s>(syntax: &'s Syntax, class: NodeId) -> impl Iterator<Item = NodeId> + 's {
    syntax.child(class, "body").into_iter().flat_map(|body| syntax.parts(body))
}

fn member_name<'t>(syntax: &Syntax<'t>, member: NodeId) -> &'t str {
    let name = syntax.child(member, "name").or(syntax.child(member, "property"));
    name.map(|name| syntax.text(name).trim_matches(['"', '\''])).unwrap_or_default()
}

pub(super) fn class_facts(syntax: &Syntax, class: NodeId) -> Facts {
    let mut facts = Facts { bases: bases(syntax, class), ..Facts::default() };
    let mut late = false;
    for member in members(syntax, class).filter(|&member| syntax.kind(member) != "decorator") {
        facts.statements += 1;
        let name = member_name(syntax, member).to_owned();
        let value = syntax.child(member, "value");
        let method = matches!(syntax.kind(member), "method_definition" | "method_signature" | "abstract_method_signature")
            || value.is_some_and(|value| shape::value(syntax, value).is_some());
        if method {
            late = true;
            if !name.is_empty() && !facts.methods.contains(&name) {
                facts.methods.push(name.clone());
            }
        } else if matches!(syntax.kind(member), "public_field_definition" | "field_definition") && !name.is_empty() {
            state::references(syntax, member, &mut facts.refs);
            let known = facts.attributes.iter().any(|known| known.name == name);
            let value = value.map(|value| short(syntax, value, MAX_ATTRIBUTE)).unwrap_or_default();
            let attribute = Attribute { name: name.clone(), annotation: names::annotation(syntax, member, "type"), value, late };
            facts.attributes.extend((!known).then_some(attribute));
        }
        if name == "constructor" {
            // `constructor(private store: Store)` declares a field.
            let list = syntax.child(member, "parameters").into_iter().flat_map(|list| syntax.parts(list));
            for part in list.filter(|&part| {
                syntax.children(part).any(|child| matches!(syntax.text(child), "private" | "public" | "protected" | "readonly"))
            }) {
                let pattern = syntax.child(part, "pattern").map(|pattern| syntax.text(pattern)).unwrap_or_default();
                facts.locals.push(Local { name: format!("self.{pattern}"), of: names::annotation(syntax, part, "type") });
            }
        }
    }
    facts.stub = facts.statements == 0;
    facts
}

pub(super) fn short(syntax: &Syntax, value: NodeId, longest: usize) -> String {
    let fits = syntax.end_byte(value) - syntax.start_byte(value) <= longest;
    if fits { syntax.folded(value) } else { String::new() }
}

fn bases(syntax: &Syntax, class: NodeId) -> Vec<String> {
    let heritage = syntax.parts(class).filter(|&part| matches!(syntax.kind(part), "class_heritage" | "extends_type_clause"));
    let mut out = Vec::new();
    for part in heritage {
        for clause in syntax.parts(part) {
            if !matches!(syntax.kind(clause), "extends_clause" | "implements_clause") {
                out.push(syntax.folded(clause));
                continue;
            }
            let types = syntax.parts(clause).filter(|&of| syntax.kind(of) != "type_arguments");
            out.extend(types.map(|of| syntax.folded(of)));
        }
    }
    out.retain(|base| !base.contains(['{', '…', '\n']));
    out
}

/// Of an interface, an enum or a type.
pub(super) fn contract_facts(syntax: &Syntax, node: NodeId) -> Facts {
    let mut facts = Facts { bases: bases(syntax, node), ..Facts::default() };
    let body = match syntax.kind(node) {
        "type_alias_declaration" => syntax.child(node, "value").filter(|&value| syntax.kind(value) == "object_type"),
        _ => syntax.child(node, "body"),
    };
    for member in body.into_iter().flat_map(|body| syntax.parts(body)) {
        facts.statements += 1;
        let attribute = |name: &str, value: String| Attribute {
            name: name.trim_matches(['"', '\'']).to_owned(),
            annotation: names::annotation(syntax, member, "type"),
            value,
            late: false,
        };
        match syntax.kind(member) {
            "property_signature" => facts.attributes.push(attribute(member_name(syntax, member), String::new())),
            "enum_assignment" => {
                let value = syntax.child(member, "value").map(|value| short(syntax, value, MAX_ATTRIBUTE)).unwrap_or_default();
                facts.attributes.push(attribute(member_name(syntax, member), value));
            }
            "property_identifier" | "string" => facts.attributes.push(attribute(syntax.text(member), String::new())),
            "method_signature" => {
                let name = member_name(syntax, member).to_owned();
                if !facts.methods.contains(&name) {
                    facts.methods.push(name);
                }
            }
            _ => (),
        }
    }
    facts.stub = facts.statements == 0;
    facts
}
