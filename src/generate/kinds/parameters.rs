//! Parameters and fields in words, one line each, with what the documentation says of them.

use std::collections::BTreeMap;

use crate::facts::{parameter_docs, plain_prose};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, quoted, stopped, symbol};
use crate::generate::tongue::{Tongue, is_han, say};
use crate::model::{Attribute, Chunk, Parameter, Predicate, words};

/// Words that say no more than a type does.
const TYPES: &[&str] = &[
    "a", "an", "the", "of", "or", "string", "str", "int", "integer", "number", "float", "bool", "boolean", "list", "dict", "object", "none",
];

/// A chunk and the number of its evidence.
pub(super) type Cited<'c> = (&'c Chunk, usize);

/// Has it to be given?
pub(super) fn is_required(parameter: &Parameter) -> bool {
    parameter.default.is_empty() && !parameter.name.starts_with('*') && !parameter.name.starts_with("...")
}

/// One line for each parameter, each with its claim. What they mean stands in one of `documents`:
/// of a constructor in its own docstring or in that of its class.
pub(super) fn of_parameters(answer: &mut Answer, tongue: Tongue, owner: Cited, documents: &[Cited]) -> Vec<String> {
    let (chunk, cite) = owner;
    let name = symbol(chunk);
    let documents: Vec<Document> = documents.iter().map(Document::of).collect();
    let mut lines = Vec::new();
    for parameter in &chunk.facts.parameters {
        let Parameter { name: own, annotation, default } = parameter;
        let predicate = Predicate::new("parameter", [chunk.id.as_str(), own, annotation, default]);
        answer.claim(say!(tongue, "{name} has the parameter `{own}`", "{name} 有参数 `{own}`"), predicate, cite);
        let given = match (code(default), own.as_bytes()) {
            (Some(default), _) => say!(tongue, "{default} by default", "默认 {default}"),
            (None, [b'*', b'*', ..]) => tongue.say("any further keyword arguments", "其余的关键字参数").to_owned(),
            (None, [b'*', ..]) => tongue.say("any further positional arguments", "其余的位置参数").to_owned(),
            (None, [b'.', ..]) => tongue.say("any further arguments", "其余的参数").to_owned(),
            (None, _) if default.is_empty() => tongue.say("required", "必填").to_owned(),
            (None, _) => tongue.say("optional", "可选").to_owned(),
        };
        let meaning = meaning(answer, tongue, own.trim_start_matches('*'), &documents);
        lines.push(line(tongue, own, annotation, &given, &meaning));
    }
    lines
}

/// One line for each field or class attribute.
pub(super) fn of_attributes(answer: &mut Answer, tongue: Tongue, owner: Cited, attributes: &[&Attribute], needed: bool) -> Vec<String> {
    let (chunk, cite) = owner;
    let name = symbol(chunk);
    let documents = [Document::of(&owner)];
    let mut lines = Vec::new();
    for attribute in attributes {
        let Attribute { name: own, annotation, value, .. } = attribute;
        answer.claim(
            say!(tongue, "{name} declares `{own}`", "{name} 声明了 `{own}`"),
            Predicate::new("attribute", [chunk.id.as_str(), own, value]),
            cite,
        );
        let given = match default(tongue, value) {
            given if given.is_empty() && needed => tongue.say("required", "必填").to_owned(),
            given => given,
        };
        let meaning = meaning(answer, tongue, own, &documents);
        lines.push(line(tongue, own, annotation, &given, &meaning));
    }
    lines
}

/// What a docstring says of each name.
struct Document<'c> {
    chunk: &'c Chunk,
    cite: usize,
    says: BTreeMap<String, String>,
}

impl<'c> Document<'c> {
    fn of((chunk, cite): &Cited<'c>) -> Self {
        let mut says = parameter_docs(&chunk.doc);
        let telling = |stated: &str| words(stated).any(|word| !TYPES.contains(&word.to_lowercase().as_str())) || stated.contains(is_han);
        says.retain(|_, stated| telling(stated) && stated.matches('`').count().is_multiple_of(2));
        Self { chunk, cite: *cite, says }
    }
}

/// What the documentation says of a name, claimed; empty where it says nothing.
fn meaning(answer: &mut Answer, tongue: Tongue, name: &str, documents: &[Document]) -> String {
    let stated = documents.iter().find_map(|document| Some((document, document.says.get(name)?)));
    let Some((Document { chunk, cite, .. }, stated)) = stated else { return String::new() };
    let prose = quoted(tongue, &plain_prose(stated));
    answer.claim(
        say!(tongue, "the documentation says of `{name}`: {prose}", "文档对 `{name}` 的说明：{prose}"),
        Predicate::new("documented", [chunk.id.as_str(), stated]),
        *cite,
    );
    stopped(tongue, &prose)
}

fn line(tongue: Tongue, name: &str, annotation: &str, given: &str, meaning: &str) -> String {
    let about: Vec<String> = [code(annotation).unwrap_or_default(), given.to_owned()].into_iter().filter(|part| !part.is_empty()).collect();
    let about = about.join(tongue.say(", ", "，"));
    let about = match (about.is_empty(), tongue) {
        (true, _) => String::new(),
        (_, Tongue::English) => format!(" ({about})"),
        (_, Tongue::Chinese) => format!("（{about}）"),
    };
    let meaning = if meaning.is_empty() { String::new() } else { format!("{}{meaning}", tongue.say(": ", "：")) };
    format!("- `{name}`{about}{meaning}")
}

/// The default of a field in words.
fn default(tongue: Tongue, value: &str) -> String {
    let made = value.strip_prefix("field(default_factory=").and_then(|rest| rest.strip_suffix(')'));
    match made {
        Some(kind @ ("list" | "dict" | "set")) => say!(tongue, "a new empty {kind} by default", "默认为新建的空 `{kind}`"),
        _ => code(value).map(|value| say!(tongue, "{value} by default", "默认 {value}")).unwrap_or_default(),
    }
}
