//! What `use`, `mod` and `extern crate` bind, as places in the repository.

use std::collections::HashSet;

use crate::model::Import;
use crate::parse::rust::LANGUAGE;
use crate::parse::syntax::{NodeId, Syntax};

/// Modules are not followed further out than this.
const MAX_NESTING: usize = 40;

/// Where a file stands in its crate.
pub(super) struct Home {
    /// The folder that `crate` means.
    root: Vec<String>,
    /// The module that the file is.
    module: Vec<String>,
    /// Modules that the file declares: since 2018 a path may begin with one of them.
    declared: HashSet<String>,
}

impl Home {
    pub(super) fn new(syntax: &Syntax, path: &str) -> Self {
        let split = |text: &str| -> Vec<String> { text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect() };
        let mut root = split(path.rsplit_once('/').map_or("", |(folders, _)| folders));
        let depth = root.iter().rposition(|folder| folder == "src").map_or(1, |at| at + 1);
        root.truncate(depth);
        let declared = syntax.parts(0).filter(|&item| syntax.kind(item) == "mod_item").filter_map(|item| syntax.child(item, "name"));
        Self { root, module: split(&LANGUAGE.module(path)), declared: declared.map(|name| syntax.text(name).to_owned()).collect() }
    }

    /// The names that an item binds; none for other items.
    pub(super) fn imports(&self, syntax: &Syntax, item: NodeId) -> Vec<Import> {
        let inline = inline_modules(syntax, item);
        match syntax.kind(item) {
            "use_declaration" => {
                let tree = syntax.child(item, "argument");
                tree.into_iter().flat_map(|tree| flattened(syntax, tree)).map(|(path, alias)| self.import(&inline, &path, alias)).collect()
            }
            "mod_item" => {
                let Some(name) = syntax.child(item, "name").map(|name| syntax.text(name).to_owned()) else { return Vec::new() };
                let below: Vec<String> = self.module.iter().cloned().chain(inline).chain([name.clone()]).collect();
                vec![Import { local: name, module: rooted(&below), symbol: String::new() }]
            }
            "extern_crate_declaration" => {
                let text = |field| syntax.child(item, field).map(|part| syntax.text(part).to_owned());
                let Some(module) = text("name") else { return Vec::new() };
                vec![Import { local: text("alias").unwrap_or_else(|| module.clone()), module, symbol: String::new() }]
            }
            _ => Vec::new(),
        }
    }

    /// What the words that a path begins with mean at `node`: `crate` of `crate::limits::MAX`,
    /// `super.super` of `super::super::book`. None for other paths.
    pub(super) fn anchor(&self, syntax: &Syntax, node: NodeId, path: &str) -> Option<Import> {
        let first = path.split("::").next().filter(|first| matches!(*first, "crate" | "super"))?;
        let words: Vec<String> = path.split("::").take_while(|part| *part == first).map(str::to_owned).collect();
        let (base, _) = self.anchored(&inline_modules(syntax, node), &words);
        Some(Import { local: words.join("."), module: rooted(&base?), symbol: String::new() })
    }

    fn import(&self, inline: &[String], path: &[String], alias: Option<String>) -> Import {
        let path = match path {
            [front @ .., last] if last == "self" && !front.is_empty() => front,
            path => path,
        };
        let (base, rest) = self.anchored(inline, path);
        let certain = base.is_some();
        let mut module: Vec<String> = base.unwrap_or_default();
        module.extend(rest.iter().cloned());
        let symbol = if rest.is_empty() || !certain && module.len() < 2 { None } else { module.pop() };
        let local = alias.or_else(|| path.last().cloned()).unwrap_or_default();
        Import { local, module: if certain { rooted(&module) } else { module.join("/") }, symbol: symbol.unwrap_or_default() }
    }

    /// The module that a path begins at, where it lies in this crate, and the rest of the path.
    fn anchored<'p>(&self, inline: &[String], path: &'p [String]) -> (Option<Vec<String>>, &'p [String]) {
        let here = || self.module.iter().chain(inline).cloned().collect::<Vec<String>>();
        let (first, rest) = match path.split_first() {
            Some((first, rest)) => (first.as_str(), rest),
            None => return (None, path),
        };
        match first {
            "crate" | "$crate" => (Some(self.root.clone()), rest),
            "self" => (Some(here()), rest),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                let mut base = here();
                base.truncate(base.len().saturating_sub(ups));
                (Some(base), &path[ups..])
            }
            "" => (None, rest),
            name if inline.is_empty() && self.declared.contains(name) => (Some(here()), path),
            _ => (None, path),
        }
    }
}

fn rooted(module: &[String]) -> String {
    format!("/{}", module.join("/"))
}

/// Names of the modules written out around an item, the outermost first.
fn inline_modules(syntax: &Syntax, item: NodeId) -> Vec<String> {
    let names = syntax
        .ancestors(item)
        .take(MAX_NESTING)
        .filter(|&above| syntax.kind(above) == "mod_item")
        .filter_map(|above| syntax.child(above, "name"));
    let mut names: Vec<String> = names.map(|name| syntax.text(name).to_owned()).collect();
    names.reverse();
    names
}

/// Each path of a use tree, with its alias.
fn flattened(syntax: &Syntax, tree: NodeId) -> Vec<(Vec<String>, Option<String>)> {
    let segments = |prefix: &[String], node: Option<NodeId>| -> Vec<String> {
        let text = node.map(|node| syntax.folded(node)).unwrap_or_default();
        let own = text.split("::").map(|part| part.trim().to_owned()).filter(|_| node.is_some());
        prefix.iter().cloned().chain(own).collect()
    };
    let mut out = Vec::new();
    let mut ahead: Vec<(NodeId, Vec<String>)> = vec![(tree, Vec::new())];
    while let Some((node, prefix)) = ahead.pop() {
        match syntax.kind(node) {
            "use_list" => {
                let from = ahead.len();
                ahead.extend(syntax.parts(node).map(|part| (part, prefix.clone())));
                ahead[from..].reverse();
            }
            "scoped_use_list" => {
                if let Some(list) = syntax.child(node, "list") {
                    ahead.push((list, segments(&prefix, syntax.child(node, "path"))));
                }
            }
            "use_as_clause" => {
                let alias = syntax.child(node, "alias").map(|alias| syntax.text(alias).to_owned());
                out.push((segments(&prefix, syntax.child(node, "path")), alias));
            }
            "use_wildcard" => {
                let mut path = segments(&prefix, syntax.parts(node).next());
                path.push("*".to_owned());
                out.push((path, None));
            }
            _ => out.push((segments(&prefix, Some(node)), None)),
        }
    }
    out
}
