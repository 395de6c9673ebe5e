//! What an entry point has to be given.

use super::MAX_OF_ONE;
use crate::facts::Entry;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, list, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Chunk, Predicate};

/// What it takes from a request: `(words, claim)`.
pub(super) fn inputs(chunk: &Chunk) -> Vec<(String, Predicate)> {
    const SOURCES: &[&str] = &[
        "request.form",
        "request.args",
        "request.json",
        "request.get_json",
        "request.files",
        "request.values",
        "request.GET",
        "request.POST",
        "request.FILES",
        "request.data",
        "request.query_params",
        "request.session",
        "request.headers",
        "request.cookies",
        "request.COOKIES",
    ];
    let id = chunk.id.as_str();
    let mut out: Vec<(String, Predicate)> = Vec::new();
    for binding in chunk.facts.bindings.iter().filter(|binding| SOURCES.iter().any(|source| binding.value.contains(source))) {
        if let Some(value) = source(&binding.value).and_then(code).filter(|value| out.iter().all(|(known, _)| known != value)) {
            let when = crate::model::Guard::joined(&binding.when);
            out.push((value, Predicate::new("assigns", [id, &binding.target, &binding.value, &when])));
        }
    }
    for call in &chunk.facts.calls {
        let of = call.callee.strip_suffix(".get").unwrap_or_default();
        let from = SOURCES.iter().any(|source| of.ends_with(source)) || matches!(of, "body" | "data" | "payload" | "params" | "options");
        let Some(key) = call.arguments.first().filter(|key| from && key.starts_with(['"', '\''])) else { continue };
        let Some(shown) = code(&format!("{of}[{key}]")) else { continue };
        let bound = chunk.facts.bindings.iter().any(|binding| binding.value.contains(&call.callee));
        if !bound && !out.iter().any(|(known, _)| *known == shown) {
            out.push((shown, Predicate::new("passes", [id, &call.callee, key])));
        }
    }
    out
}

/// The part of an expression that looks into the request.
pub(super) fn source(value: &str) -> Option<&str> {
    let at = value.find("self.request.").or_else(|| value.find("request."))?;
    let text = &value[at..];
    let mut depth = 0_i32;
    let end = text.char_indices().find(|(_, c)| {
        depth += matches!(c, '(' | '[' | '{') as i32 - matches!(c, ')' | ']' | '}') as i32;
        depth < 0 || depth == 0 && !(c.is_alphanumeric() || matches!(c, '_' | '.' | ')' | ']' | '}'))
    });
    Some(&text[..end.map_or(text.len(), |(at, _)| at)])
}

/// The names in the path that the function takes.
pub(super) fn placeholders<'c>(chunk: &'c Chunk, route: &str) -> Vec<&'c crate::model::Parameter> {
    let parts: Vec<&str> = route.split('/').collect();
    let named = |name: &str| {
        parts.iter().any(|part| {
            let inner = part.trim_matches(['{', '}', '<', '>', ':']);
            part.len() > inner.len() && inner.split(':').any(|word| word == name)
        })
    };
    chunk.facts.parameters.iter().filter(|parameter| named(&parameter.name)).collect()
}

/// The decorators that give a command its options.
pub(super) fn options(chunk: &Chunk) -> Vec<&String> {
    let names = |decorator: &&String| {
        let head = decorator.split('(').next().unwrap_or_default();
        matches!(head.rsplit('.').next(), Some("option" | "argument")) && decorator.contains(['"', '\''])
    };
    chunk.facts.decorators.iter().filter(names).collect()
}

/// The option as it is typed: the longest of the names that the decorator states.
pub(super) fn option(decorator: &str) -> Option<String> {
    let (_, arguments) = decorator.split_once('(')?;
    let stated = arguments.split(',').map(str::trim).take_while(|part| part.starts_with(['"', '\'']));
    stated.map(|name| name.trim_end_matches(')').trim_matches(['"', '\''])).max_by_key(|name| name.len()).and_then(code)
}

/// What has to be sent, in parts.
pub(super) fn taken(tongue: Tongue, brief: &Brief, entry: &Entry, answer: &mut Answer) -> Vec<String> {
    let subject = &brief.subject;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut out = Vec::new();
    if let Entry::Route { path, .. } = entry {
        let mut named = Vec::new();
        for parameter in placeholders(subject, path) {
            answer.claim(
                say!(tongue, "{name} takes `{}`", "{name} 接收 `{}`", parameter.name),
                Predicate::new("parameter", [id, &parameter.name, &parameter.annotation, &parameter.default]),
                1,
            );
            named.push(format!("`{}`", parameter.name));
        }
        if !named.is_empty() {
            let named = list(tongue, &named);
            out.push(say!(tongue, "{named} from the path", "路径中的 {named}"));
        }
    }
    let mut read = Vec::new();
    for (says, stated) in inputs(subject).into_iter().take(MAX_OF_ONE) {
        answer.claim(say!(tongue, "{name} reads {says}", "{name} 读取 {says}"), stated, 1);
        read.push(says);
    }
    if !read.is_empty() {
        let read = list(tongue, &read);
        out.push(say!(tongue, "{read} from the request", "请求中的 {read}"));
    }
    let mut given = Vec::new();
    for decorator in options(subject) {
        let Some(shown) = option(decorator) else { continue };
        answer.claim(say!(tongue, "{name} takes {shown}", "{name} 接收 {shown}"), Predicate::new("decorated", [id, decorator]), 1);
        given.push(shown);
    }
    for (number, other) in (2..).zip(&brief.neighbours).filter(|(_, other)| other.chunk.name == "add_arguments") {
        for call in other.chunk.facts.calls.iter().filter(|call| call.callee.ends_with(".add_argument")) {
            let Some(first) = call.arguments.first().filter(|first| first.starts_with(['"', '\''])) else { continue };
            let Some(shown) = code(first.trim_matches(['"', '\''])) else { continue };
            let stated = Predicate::new("passes", [other.chunk.id.as_str(), &call.callee, first]);
            answer.claim(say!(tongue, "{} declares {shown}", "{} 声明了 {shown}", symbol(&other.chunk)), stated, number);
            given.push(shown);
        }
    }
    if !given.is_empty() {
        let given = list(tongue, &given);
        out.push(say!(tongue, "the arguments {given}", "参数 {given}"));
    }
    out
}
