//! Doors to the outside: routes of web frameworks, commands, entry points.

use super::head::attributes;
use super::{plain, string};
use crate::parse::syntax::{NodeId, Syntax};

const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// The attribute that serves `path` for a verb.
pub(super) fn route(syntax: &Syntax, top: NodeId, verb: &str, path: &str) -> Option<NodeId> {
    attributes(syntax, top).find(|&attribute| serves(syntax, attribute, verb, path) == Some(true))
}

fn serves(syntax: &Syntax, attribute: NodeId, verb: &str, path: &str) -> Option<bool> {
    let name = syntax.folded(syntax.parts(attribute).next()?);
    let name = name.rsplit("::").next().unwrap_or_default();
    let list = syntax.child(attribute, "arguments")?;
    let strings: Vec<NodeId> = syntax.children(list).filter(|&token| string(syntax, token).is_some()).collect();
    let first = syntax.parts(list).next().filter(|first| strings.first() == Some(first))?;
    let on_path = string(syntax, first) == Some(path) && path.starts_with('/');
    let with_verb = if name == "route" {
        // `method = "GET"`, once for each.
        let tokens: Vec<NodeId> = syntax.children(list).collect();
        tokens.windows(3).any(|three| {
            let stated = string(syntax, three[2]).is_some_and(|stated| stated.eq_ignore_ascii_case(verb));
            syntax.text(three[0]) == "method" && syntax.text(three[1]) == "=" && stated
        })
    } else {
        VERBS.contains(&name) && name.eq_ignore_ascii_case(verb)
    };
    Some(on_path && with_verb && !verb.contains(|c: char| c.is_lowercase()))
}

/// The attribute that makes a command or an entry point, told with its arguments or without.
pub(super) fn command(syntax: &Syntax, top: NodeId, told: &str) -> Option<NodeId> {
    attributes(syntax, top).find(|&attribute| {
        let Some(name) = syntax.parts(attribute).next().map(|name| syntax.folded(name)) else { return false };
        let last = name.rsplit("::").next().unwrap_or_default();
        let arguments = syntax.child(attribute, "arguments");
        let derived = || {
            let mut all = arguments.into_iter().flat_map(|list| syntax.children(list));
            all.any(|token| matches!(syntax.text(token), "Parser" | "Subcommand" | "StructOpt"))
        };
        let runs = match last {
            "command" | "clap" | "structopt" | "task" => true,
            "main" => name.contains("::"),
            "derive" => derived(),
            _ => false,
        };
        runs && (plain(&name) == plain(told) && last != "derive" || plain(&syntax.folded(attribute)) == plain(told))
    })
}
