//! Doors to the outside: routes of web frameworks, scheduled tasks, listeners.

use super::head::annotations;
use super::string;
use crate::parse::syntax::{NodeId, Syntax};

const VERBS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// Annotations by which a framework calls a method.
const TASKS: &[&str] = &["Scheduled", "EventListener", "RabbitListener", "RabbitHandler", "KafkaListener", "JmsListener", "Async"];

/// The annotation that serves `path` for a verb.
pub(super) fn route(syntax: &Syntax, top: NodeId, verb: &str, path: &str) -> Option<NodeId> {
    annotations(syntax, top).find(|&annotation| serves(syntax, annotation, verb, path))
}

fn name<'t>(syntax: &Syntax<'t>, annotation: NodeId) -> &'t str {
    let name = syntax.child(annotation, "name").map(|name| syntax.text(name)).unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default()
}

fn serves(syntax: &Syntax, annotation: NodeId, verb: &str, path: &str) -> bool {
    let Some(of) = name(syntax, annotation).strip_suffix("Mapping") else { return false };
    let Some(list) = syntax.child(annotation, "arguments") else { return false };
    let under = |keys: &'static [&'static str]| {
        syntax.parts(list).filter(move |&part| match syntax.child(part, "key") {
            Some(key) => keys.contains(&syntax.text(key)),
            None => keys.contains(&"value"),
        })
    };
    let mut paths = under(&["value", "path"]).flat_map(|part| part..syntax.end(part)).filter_map(|node| string(syntax, node));
    let on_path = path.starts_with('/') && paths.any(|stated| stated == path);
    let stated: Vec<&str> = under(&["method"])
        .flat_map(|part| part..syntax.end(part))
        .filter(|&node| syntax.is_leaf(node))
        .map(|node| syntax.text(node))
        .collect();
    let verbs: Vec<&str> = stated.iter().copied().filter(|word| VERBS.contains(word)).collect();
    let with_verb = match of {
        "Request" if verbs.is_empty() => verb == "GET",
        "Request" => verbs.contains(&verb),
        _ => VERBS.contains(&verb) && of.eq_ignore_ascii_case(verb),
    };
    on_path && with_verb
}

/// The annotation that makes a task, told with its arguments or without.
pub(super) fn command(syntax: &Syntax, top: NodeId, told: &str) -> Option<NodeId> {
    annotations(syntax, top).find(|&annotation| {
        let of = name(syntax, annotation);
        TASKS.contains(&of) && (of == told || super::same(super::head::written(syntax, annotation), told))
    })
}
