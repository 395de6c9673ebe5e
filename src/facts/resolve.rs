//! Which definition a call means.
//!
//! Sure answers come from scope, imports, stated types and base classes; a name that only one
//! definition bears is a hint and marked as one. Nothing is guessed across languages.

use std::collections::HashMap;
use std::sync::Arc;

use crate::facts::paths::is_path;
use crate::facts::{Reads, World};
use crate::model::{Certainty, Chunk, ChunkId, ChunkKind, Edge, Import};
use crate::parse::{self, Language};

/// Re-exports are followed this far.
pub(super) const MAX_HOPS: usize = 6;
/// Names that say nothing about whose method it is.
const COMMON: &[&str] = &[
    "append",
    "add",
    "get",
    "set",
    "pop",
    "update",
    "items",
    "keys",
    "values",
    "copy",
    "join",
    "split",
    "strip",
    "format",
    "read",
    "write",
    "close",
    "open",
    "push",
    "insert",
    "remove",
    "extend",
    "index",
    "count",
    "sort",
    "lower",
    "upper",
    "replace",
    "find",
    "encode",
    "decode",
    "clear",
    "next",
    "iter",
    "len",
    "map",
    "filter",
    "collect",
    "clone",
    "into",
    "from",
    "new",
    "default",
    "unwrap",
    "expect",
    "is_some",
    "is_none",
    "as_str",
    "to_owned",
    "to_string",
    "run",
    "start",
    "stop",
    "send",
    "save",
    "delete",
    "create",
    "exists",
    "first",
    "last",
    "all",
    "any",
    "match",
    "search",
    "group",
    "sub",
];

/// The calls of a chunk, resolved: one edge for each callee as written, in order of appearance.
/// Behind them the constants and members that it reads, as far as they are this repository's.
pub(crate) fn edges(world: &World, chunk: &Chunk) -> (Vec<Edge>, Reads) {
    let Some(language) = parse::by_path(&chunk.path) else { return Default::default() };
    let mut resolver = Resolver::new(world, chunk, language);
    let mut edges: Vec<Edge> = Vec::new();
    for call in &chunk.facts.calls {
        if edges.iter().any(|edge| edge.callee == call.callee) {
            continue;
        }
        let (target, certainty) = resolver.called(&call.callee);
        edges.push(Edge { callee: call.callee.clone(), read: false, target: target.map(|found| found.id.clone()), certainty });
    }
    for name in &chunk.facts.refs {
        if let Some((found, certainty)) = resolver.read(name).filter(|(found, _)| found.id != chunk.id) {
            edges.push(Edge { callee: name.clone(), read: true, target: Some(found.id.clone()), certainty });
        }
    }
    (edges, resolver.reads)
}

/// A method of a direct base of a class, that a method of the class overrides.
#[derive(Clone, Debug)]
pub(crate) struct Overridden {
    pub method: Arc<Chunk>,
    /// The class of the method that overrides it.
    pub class: Arc<Chunk>,
}

/// What a method overrides, where a direct base of its class defines it.
pub(crate) fn overridden(world: &World, chunk: &Chunk) -> (Option<Overridden>, Reads) {
    let found = parse::by_path(&chunk.path).filter(|_| chunk.kind == ChunkKind::Method);
    let Some(language) = found else { return Default::default() };
    let mut resolver = Resolver::new(world, chunk, language);
    resolver.arity = Some(chunk.facts.parameters.len());
    let found = resolver.overridden();
    (found, resolver.reads)
}

type Found = (Option<Arc<Chunk>>, Certainty);

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Meaning {
    Chunk(Arc<Chunk>),
    Module(String),
    /// Bound to something that is not in the repository, or to a value.
    Foreign,
}

pub(super) struct Resolver<'r, 'w> {
    pub(super) world: &'r World<'w>,
    pub(super) chunk: &'r Chunk,
    pub(super) language: &'static Language,
    pub(super) reads: Reads,
    seen: HashMap<String, Option<Meaning>>,
    /// How many arguments the call at hand takes, where all that are written like it take as many.
    pub(super) arity: Option<usize>,
    /// Did several definitions fit it?
    pub(super) ambiguous: bool,
}

impl<'r, 'w> Resolver<'r, 'w> {
    fn new(world: &'r World<'w>, chunk: &'r Chunk, language: &'static Language) -> Self {
        Self { world, chunk, language, reads: Reads::default(), seen: HashMap::new(), arity: None, ambiguous: false }
    }

    /// What a call means as written.
    fn called(&mut self, callee: &str) -> Found {
        if !self.language.scopes.overloads {
            return self.call(callee);
        }
        let mut counts = self.chunk.facts.calls.iter().filter(|call| call.callee == callee).map(|call| call.arguments.len());
        let first = counts.next();
        self.arity = first.filter(|first| counts.all(|count| count == *first));
        self.ambiguous = false;
        match self.call(callee) {
            (None, _) if self.ambiguous => (None, Certainty::Ambiguous),
            (Some(found), certainty) => {
                let implemented = self.implemented(found.clone());
                let certainty = if implemented.id == found.id { certainty } else { certainty.max(Certainty::Inferred) };
                (Some(implemented), certainty)
            }
            nothing => nothing,
        }
    }

    pub(super) fn definitions(&mut self, name: &str) -> Arc<[Arc<Chunk>]> {
        self.reads.definitions(name);
        (self.world.definitions)(name)
    }

    fn call(&mut self, callee: &str) -> Found {
        let parts: Vec<&str> = callee.split(['.', ':']).filter(|part| !part.is_empty()).collect();
        let Some((&last, path)) = parts.split_last() else { return (None, Certainty::Outside) };
        let Some((&head, middle)) = path.split_first() else {
            if let Some((found, certainty)) = self.own_method(last) {
                return (Some(found), certainty);
            }
            let meaning = match self.name(last) {
                // A file that hands on one thing is that thing.
                Some(Meaning::Module(path)) => self.export(&path, "default", 0),
                meaning => meaning,
            };
            return match meaning {
                Some(Meaning::Chunk(found)) => (Some(found), Certainty::Exact),
                _ => (None, Certainty::Outside),
            };
        };
        let scopes = self.language.scopes;
        if !scopes.base.is_empty() && head == scopes.base && middle.is_empty() {
            let own = self.own_class();
            let inherited = own.and_then(|class| self.inherited(&class, last, 0));
            return inherited.map_or((None, Certainty::Outside), |found| (Some(found), Certainty::Inferred));
        }
        if scopes.own.contains(&head) {
            let Some(class) = self.own_class() else { return self.by_name(last) };
            if middle.is_empty() {
                return match self.method(&class, last, 0) {
                    Some((found, 0)) => (Some(found), Certainty::Exact),
                    Some((found, _)) => (Some(found), Certainty::Inferred),
                    None => self.by_name(last),
                };
            }
            let class = middle.iter().try_fold(class, |class, field| self.field(&class, field));
            return self.method_of(class, last);
        }
        let of = if is_path(callee) { None } else { self.stated_type(head) };
        if let Some(of) = of {
            let class = self
                .type_in(&of, &self.chunk.path.clone())
                .and_then(|class| middle.iter().try_fold(class, |class, field| self.field(&class, field)));
            return self.method_of(class, last);
        }
        if let Some(holder) = self.field_holder(head) {
            let field = self.field(&holder, head);
            let class = middle.iter().fold(field, |class, part| class.and_then(|class| self.field(&class, part)));
            return self.method_of(class, last);
        }
        // The longest dotted prefix that is bound by an import wins: `import a.b` binds `a.b`.
        for take in (1..=path.len()).rev() {
            let Some(meaning) = self.prefix(callee, &path[..take]) else { continue };
            let meaning = path[take..].iter().try_fold(meaning, |meaning, part| self.member(&meaning, part));
            return match meaning.and_then(|meaning| self.member(&meaning, last)) {
                Some(Meaning::Chunk(found)) => (Some(found), Certainty::Exact),
                _ => (None, Certainty::Outside),
            };
        }
        self.in_module(callee).map_or_else(|| self.by_name(last), |found| (Some(found), Certainty::Exact))
    }

    fn method_of(&mut self, class: Option<Arc<Chunk>>, name: &str) -> Found {
        match class {
            Some(class) => match self.method(&class, name, 0) {
                Some((found, _)) => (Some(found), Certainty::Inferred),
                None => (None, Certainty::Outside),
            },
            None => self.by_name(name),
        }
    }

    /// By name alone: worth a hint when exactly one definition bears it.
    fn by_name(&mut self, name: &str) -> Found {
        if self.language.scopes.typed || COMMON.contains(&name) || name.starts_with("__") || name.len() < 3 {
            return (None, Certainty::Outside);
        }
        let language = self.language;
        let bearers: Vec<Arc<Chunk>> = self
            .definitions(name)
            .iter()
            .filter(|found| found.kind == ChunkKind::Method && parse::by_path(&found.path).is_some_and(|other| other.sees(language)))
            .cloned()
            .collect();
        match bearers.as_slice() {
            [] => (None, Certainty::Outside),
            [only] => (Some(only.clone()), Certainty::Name),
            _ => (None, Certainty::Ambiguous),
        }
    }

    /// A name in the scope of the chunk.
    pub(super) fn name(&mut self, name: &str) -> Option<Meaning> {
        if let Some(known) = self.seen.get(name) {
            return known.clone();
        }
        // A base class of the class around may lead back to the name.
        self.seen.insert(name.to_owned(), None);
        let meaning = self.name_afresh(name);
        self.seen.insert(name.to_owned(), meaning.clone());
        meaning
    }

    fn name_afresh(&mut self, name: &str) -> Option<Meaning> {
        let facts = &self.chunk.facts;
        let parameter = facts.parameters.iter().any(|parameter| parameter.name.trim_start_matches('*') == name);
        let inner = ChunkId::new(&self.chunk.path, &format!("{}.{name}", self.chunk.symbol));
        self.reads.chunk(&inner);
        if let Some(nested) = (self.world.chunk)(&inner).filter(|nested| nested.is_nested()) {
            return Some(Meaning::Chunk(nested));
        }
        let own_name = self.chunk.kind == ChunkKind::Module;
        if parameter || !own_name && facts.locals.iter().any(|local| local.name == name) {
            return Some(Meaning::Foreign);
        }
        if let Some(import) = facts.imports.iter().rfind(|import| import.local == name) {
            return Some(self.follow(&import.clone(), &self.chunk.path.clone(), 0).unwrap_or(Meaning::Foreign));
        }
        let mut around = self.container();
        while let Some(outer) = around {
            if outer.kind != ChunkKind::Class {
                let beside = ChunkId::new(&outer.path, &format!("{}.{name}", outer.symbol));
                self.reads.chunk(&beside);
                if let Some(found) = (self.world.chunk)(&beside) {
                    return Some(Meaning::Chunk(found));
                }
                let shadowed = outer.facts.locals.iter().any(|local| local.name == name)
                    || outer.facts.parameters.iter().any(|parameter| parameter.name == name);
                if shadowed {
                    return Some(Meaning::Foreign);
                }
                if let Some(import) = outer.facts.imports.iter().rfind(|import| import.local == name) {
                    return Some(self.follow(&import.clone(), &outer.path, 0).unwrap_or(Meaning::Foreign));
                }
            }
            around = self.enclosing(&outer.path, &outer.container);
        }
        self.beside(name).or_else(|| self.inner(name)).or_else(|| self.export(&self.chunk.path.clone(), name, 0))
    }

    /// A dotted name that the file or the chunk imports as such.
    pub(super) fn import(&mut self, name: &str) -> Option<Meaning> {
        let path = self.chunk.path.clone();
        if let Some(import) = self.chunk.facts.imports.iter().rfind(|import| import.local == name) {
            return self.follow(&import.clone(), &path, 0);
        }
        self.reads.binding(&path, name);
        let module = (self.world.chunk)(&ChunkId::module(&path))?;
        let import = module.facts.imports.iter().rfind(|import| import.local == name)?.clone();
        self.follow(&import, &path, 0)
    }

    fn container(&mut self) -> Option<Arc<Chunk>> {
        let (path, container) = (self.chunk.path.clone(), self.chunk.container.clone());
        self.enclosing(&path, &container)
    }

    pub(super) fn enclosing(&mut self, path: &str, container: &str) -> Option<Arc<Chunk>> {
        if container.is_empty() {
            return None;
        }
        let id = ChunkId::new(path, container);
        self.reads.chunk(&id);
        (self.world.chunk)(&id)
    }

    /// The class whose method the chunk is, also from a function inside the method.
    pub(super) fn own_class(&mut self) -> Option<Arc<Chunk>> {
        let mut around = self.container();
        if around.is_none() && !self.chunk.container.is_empty() {
            let name = bare_type(&self.chunk.container)?;
            return self.type_in(&name, &self.chunk.path.clone());
        }
        while let Some(outer) = around {
            if outer.kind == ChunkKind::Class {
                return Some(outer);
            }
            around = self.enclosing(&outer.path, &outer.container);
        }
        None
    }

    /// The type that the code states for a variable: an annotation, or the class it constructs.
    fn stated_type(&mut self, name: &str) -> Option<String> {
        let facts = &self.chunk.facts;
        if let Some(local) = facts.locals.iter().find(|local| local.name == name) {
            return (self.chunk.kind != ChunkKind::Module).then(|| local.of.clone());
        }
        if let Some(own) = facts.parameters.iter().find(|parameter| parameter.name == name) {
            return Some(own.annotation.clone());
        }
        // A function inside a function sees the variables around it.
        let mut around = if self.chunk.is_nested() { self.container() } else { None };
        while let Some(outer) = around.filter(|outer| outer.kind != ChunkKind::Class) {
            let local = outer.facts.locals.iter().find(|local| local.name == name).map(|local| &local.of);
            let parameter = outer.facts.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.annotation);
            if let Some(of) = local.or(parameter) {
                return Some(of.clone());
            }
            around = if outer.is_nested() { self.enclosing(&outer.path, &outer.container) } else { None };
        }
        if self.language.scopes.family.is_empty() {
            return None;
        }
        // Scripts keep what they work with in variables of the file.
        let module = ChunkId::module(&self.chunk.path);
        self.reads.chunk(&module);
        let module = (self.world.chunk)(&module)?;
        module.facts.locals.iter().find(|local| local.name == name && !local.of.is_empty()).map(|local| local.of.clone())
    }

    pub(super) fn type_in(&mut self, of: &str, path: &str) -> Option<Arc<Chunk>> {
        let name = bare_type(of)?;
        let parts: Vec<&str> = name.split(['.', ':']).filter(|part| !part.is_empty()).collect();
        let (head, rest) = parts.split_first()?;
        let first = if path == self.chunk.path { self.class_name(head) } else { self.export(path, head, 0) };
        let found = rest.iter().try_fold(first?, |meaning, part| self.member(&meaning, part));
        match found {
            Some(Meaning::Chunk(class)) if class.kind == ChunkKind::Class => Some(class),
            _ => None,
        }
    }

    /// A class name in the scope of the chunk; a variable of the same name does not hide it.
    pub(super) fn class_name(&mut self, name: &str) -> Option<Meaning> {
        match self.name(name) {
            Some(Meaning::Foreign) | None => self.export(&self.chunk.path.clone(), name, 0),
            found => found,
        }
    }

    fn field(&mut self, class: &Arc<Chunk>, field: &str) -> Option<Arc<Chunk>> {
        self.reads.chunk(&class.id);
        let own = format!("self.{field}");
        let facts = &class.facts;
        let of = facts.locals.iter().find(|local| local.name == own).map(|local| local.of.clone());
        let stated = facts.attributes.iter().find(|attribute| attribute.name == field).map(|attribute| attribute.annotation.clone());
        let of = of.or(stated).filter(|of| !of.is_empty())?;
        self.type_in(&of, &class.path.clone())
    }

    /// A method of a class or of its bases, with its distance.
    pub(super) fn method(&mut self, class: &Arc<Chunk>, name: &str, depth: usize) -> Option<(Arc<Chunk>, usize)> {
        let trait_impl = format!("<{} as ", class.symbol);
        let bearers = self.definitions(name);
        let own = self.chosen(bearers.iter().filter(|found| found.path == class.path && found.container == class.symbol));
        let elsewhere = || {
            let mut of_type = bearers.iter().filter(|found| {
                found.kind == ChunkKind::Method
                    && (found.container.starts_with(&trait_impl)
                        || found.path != class.path && found.container == class.symbol && self.language.scopes.scattered)
            });
            of_type.next().filter(|_| of_type.next().is_none())
        };
        if let Some(found) = own.or_else(elsewhere) {
            return Some((found.clone(), depth));
        }
        self.inherited(class, name, depth).map(|found| (found, depth + 1))
    }

    fn inherited(&mut self, class: &Arc<Chunk>, name: &str, depth: usize) -> Option<Arc<Chunk>> {
        if depth >= MAX_HOPS {
            return None;
        }
        self.reads.definitions(&class.name);
        for base in &class.facts.bases {
            if let Some(base) = self.type_in(base, &class.path)
                && base.id != class.id
                && let Some((found, _)) = self.method(&base, name, depth + 1)
            {
                return Some(found);
            }
        }
        None
    }

    fn overridden(&mut self) -> Option<Overridden> {
        let class = self.own_class()?;
        for base in &class.facts.bases {
            let Some(base) = self.type_in(base, &class.path).filter(|base| base.id != class.id) else { continue };
            if let Some((method, 0)) = self.method(&base, &self.chunk.name, 0) {
                return Some(Overridden { method, class });
            }
        }
        None
    }

    pub(super) fn member(&mut self, meaning: &Meaning, name: &str) -> Option<Meaning> {
        match meaning {
            Meaning::Module(path) => self.export(path, name, 0),
            Meaning::Chunk(class) if class.kind == ChunkKind::Class => {
                let method = self.method(class, name, 0).map(|(found, _)| found);
                let within = || self.within(class, name, 0).filter(|_| self.language.scopes.members);
                method.or_else(within).map(Meaning::Chunk)
            }
            _ => None,
        }
    }

    /// What a file offers under a name: a definition, something it imports, a file below it.
    pub(super) fn export(&mut self, path: &str, name: &str, hops: usize) -> Option<Meaning> {
        if hops > MAX_HOPS {
            return None;
        }
        let bearers = self.definitions(name);
        if let Some(found) = definition_of(bearers.iter().filter(|found| found.path == path && found.container.is_empty())) {
            return Some(Meaning::Chunk(found.clone()));
        }
        self.reads.binding(path, name);
        self.reads.stars(path);
        let module = (self.world.chunk)(&ChunkId::module(path))?;
        if let Some(import) = module.facts.imports.iter().rfind(|import| import.local == name) {
            return Some(self.follow(import, path, hops + 1).unwrap_or(Meaning::Foreign));
        }
        if let Some(found) = self.in_folder(path, name) {
            return Some(found);
        }
        for star in module.facts.imports.iter().filter(|import| import.local == "*") {
            if let Some(found) = self.of_star(star, name, path, hops) {
                return Some(found);
            }
            for file in self.module_files(&star.module) {
                if file != path
                    && let Some(found) = self.export(&file, name, hops + 1)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    fn follow(&mut self, import: &Import, path: &str, hops: usize) -> Option<Meaning> {
        if import.symbol.contains('.') {
            return self.deep(import, path, hops);
        }
        let files = self.module_files(&import.module);
        if import.symbol.is_empty() {
            return files.into_iter().next().map(Meaning::Module);
        }
        for file in files {
            if (file != path || import.local != import.symbol)
                && let Some(found) = self.export(&file, &import.symbol, hops + 1)
            {
                return Some(found);
            }
        }
        self.module_files(&format!("{}/{}", import.module, import.symbol)).into_iter().next().map(Meaning::Module)
    }

    /// The files that a module name means, the likeliest first.
    pub(super) fn module_files(&mut self, module: &str) -> Vec<String> {
        let stem = module.rsplit('/').next().unwrap_or_default();
        self.reads.files(stem);
        let files = (self.world.files)(stem);
        let same = |path: &&String| parse::by_path(path).is_some_and(|language| language.sees(self.language));
        let modules: Vec<(String, &String)> = files.iter().filter(same).map(|path| (self.language.module(path), path)).collect();
        let exactly =
            |want: &str| -> Vec<String> { modules.iter().filter(|(name, _)| name == want).map(|(_, path)| (*path).clone()).collect() };
        if let Some(rooted) = module.strip_prefix('/') {
            return exactly(rooted);
        }
        for root in ["", "src/", "lib/", "python/"] {
            let found = exactly(&format!("{root}{module}"));
            if !found.is_empty() {
                return found;
            }
        }
        let tail = format!("/{module}");
        let ends: Vec<&(String, &String)> = modules.iter().filter(|(name, _)| module.contains('/') && name.ends_with(&tail)).collect();
        match ends.as_slice() {
            [(_, only)] => vec![(*only).clone()],
            _ => Vec::new(),
        }
    }
}

/// Of several definitions of one name in one place: the last that does something, as the
/// interpreter would have it, overload signatures left out.
pub(super) fn definition_of<'c>(bearers: impl Iterator<Item = &'c Arc<Chunk>>) -> Option<&'c Arc<Chunk>> {
    let all: Vec<&Arc<Chunk>> = bearers.collect();
    let rank = |chunk: &Chunk| chunk.symbol.rsplit_once('#').and_then(|(_, number)| number.parse::<u32>().ok()).unwrap_or(1);
    let overload = |chunk: &Chunk| chunk.facts.decorators.iter().any(|name| name.ends_with("overload"));
    let real = all.iter().filter(|chunk| !overload(chunk)).max_by_key(|chunk| rank(chunk));
    real.or_else(|| all.iter().max_by_key(|chunk| rank(chunk))).copied()
}

/// The class name in an annotation: without quotes, references, `Optional` and the like. None
/// for containers and unions.
fn bare_type(of: &str) -> Option<String> {
    let mut name = of.trim().trim_matches(['"', '\'']).trim();
    loop {
        let before = name;
        name = name.trim_start_matches('&').trim_start_matches("mut ").trim_start_matches("dyn ").trim();
        if let Some(rest) = name.strip_prefix('\'') {
            name = rest.split_once(' ').map_or("", |(_, rest)| rest);
        }
        for wrapper in ["Optional[", "typing.Optional[", "Type[", "type["] {
            name = name.strip_prefix(wrapper).and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
        }
        for wrapper in ["Option<", "Box<", "Arc<", "Rc<"] {
            name = name.strip_prefix(wrapper).and_then(|rest| rest.strip_suffix('>')).unwrap_or(name);
        }
        for nothing in [" | None", "|None", " | null", " | undefined"] {
            name = name.strip_suffix(nothing).unwrap_or(name);
        }
        name = name.strip_prefix("None | ").unwrap_or(name);
        if name == before {
            break;
        }
    }
    if let Some(rest) = name.strip_prefix('<') {
        name = rest.split(" as ").next().unwrap_or_default();
    }
    let name = name.split('<').next().unwrap_or_default();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'));
    plain.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::bare_type;

    #[test]
    fn an_annotation_names_at_most_one_class() {
        for (of, want) in [
            ("Order", "Order"),
            ("Optional[shop.Order]", "shop.Order"),
            ("\"Order\"", "Order"),
            ("Order | None", "Order"),
            ("&'a mut Order<T>", "Order"),
            ("Option<Box<dyn Store>>", "Store"),
            ("<Order as Display>", "Order"),
            ("list[Order]", ""),
            ("int | str", ""),
        ] {
            assert_eq!(bare_type(of).unwrap_or_default(), want, "{of}");
        }
    }
}
