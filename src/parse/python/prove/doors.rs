//! Doors to the outside: routes of web frameworks, commands, tasks.

use super::head::{decorator_text, decorators};
use super::{members, plain_string};
use crate::parse::syntax::{NodeId, Syntax};

const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// Last names of decorators that make a command or a task.
const COMMANDS: &[&str] =
    &["command", "group", "shared_task", "task", "periodic_task", "scheduled", "on_event", "cron", "actor", "flow", "scheduled_job"];

/// Classes whose heirs are commands.
const COMMAND_CLASSES: &[&str] = &["BaseCommand", "AppCommand", "LabelCommand"];

/// The decorator that serves `path` for a verb.
pub(super) fn route(syntax: &Syntax, top: NodeId, verb: &str, path: &str) -> Option<NodeId> {
    decorators(syntax, top).find(|&decorator| serves(syntax, decorator, verb, path) == Some(true))
}

fn serves(syntax: &Syntax, decorator: NodeId, verb: &str, path: &str) -> Option<bool> {
    let call = syntax.parts(decorator).next().filter(|&call| syntax.kind(call) == "call")?;
    let name = syntax.child(call, "function").and_then(|function| syntax.child(function, "attribute")).map(|name| syntax.text(name))?;
    let arguments = syntax.child(call, "arguments")?;
    let keyword = |names: &[&str]| {
        let mut all = syntax.parts(arguments).filter(|&part| syntax.kind(part) == "keyword_argument");
        let found = all.find(|&part| syntax.child(part, "name").is_some_and(|name| names.contains(&syntax.text(name))));
        found.and_then(|part| syntax.child(part, "value"))
    };
    let first = syntax.parts(arguments).next().filter(|&part| syntax.kind(part) != "keyword_argument");
    let stated = plain_string(syntax, first.or_else(|| keyword(&["path", "rule"]))?)?;
    // Some routers are told the verb first.
    let second = syntax.parts(arguments).nth(1).and_then(|part| plain_string(syntax, part));
    if name == "route" && stated.eq_ignore_ascii_case(verb) && VERBS.iter().any(|known| known.eq_ignore_ascii_case(stated)) {
        return Some(second == Some(path) && path.starts_with('/'));
    }
    let on_path = stated == path && (path.is_empty() || path.starts_with('/'));
    let with_verb = match name {
        "route" | "api_route" => match keyword(&["methods"]) {
            None => verb == "GET",
            Some(list) => syntax.parts(list).any(|part| plain_string(syntax, part).is_some_and(|stated| stated.eq_ignore_ascii_case(verb))),
        },
        _ => VERBS.contains(&name) && name.eq_ignore_ascii_case(verb),
    };
    Some(on_path && with_verb && !verb.contains(|c: char| c.is_lowercase()))
}

/// The decorator, or the base of a class, that makes a command or a task. It may be told with
/// its arguments or without.
pub(super) fn command(syntax: &Syntax, top: NodeId, told: &str) -> Option<NodeId> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let decorator = decorators(syntax, top).find(|&decorator| {
        let Some(inner) = syntax.parts(decorator).next() else { return false };
        let name = syntax.child(inner, "function").filter(|_| syntax.kind(inner) == "call").unwrap_or(inner);
        let name = syntax.folded(name);
        COMMANDS.contains(&last(&name).as_str()) && (name == told || decorator_text(syntax, decorator) == told)
    });
    decorator.or_else(|| {
        members::bases(syntax, top).find(|&base| {
            let name = syntax.folded(base);
            name == told && COMMAND_CLASSES.contains(&last(&name).as_str())
        })
    })
}
