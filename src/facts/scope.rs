//! Names that are in scope without being imported: those of the files beside, and those of the classes around.

use std::sync::Arc;

use crate::facts::resolve::{MAX_HOPS, Meaning, Resolver, definition_of};
use crate::model::{Certainty, Chunk, ChunkId, ChunkKind, Import};
use crate::parse;

impl Resolver<'_, '_> {
    /// A definition at the top of another file of the same folder.
    pub(super) fn in_folder(&mut self, path: &str, name: &str) -> Option<Meaning> {
        if !self.language.scopes.folder {
            return None;
        }
        let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let (here, language) = (folder(path), self.language.name);
        let bearers = self.definitions(name);
        let beside = bearers.iter().filter(|found| {
            let same = parse::by_path(&found.path).is_some_and(|other| other.name == language);
            same && found.container.is_empty() && found.path != path && folder(&found.path) == here
        });
        definition_of(beside).cloned().map(Meaning::Chunk)
    }

    /// The classes around the chunk, the innermost first.
    pub(super) fn classes_around(&mut self) -> Vec<Arc<Chunk>> {
        let mut out: Vec<Arc<Chunk>> = Vec::new();
        let mut around = if self.language.scopes.members { self.own_class() } else { None };
        while let Some(class) = around {
            around = self.enclosing(&class.path, &class.container);
            out.push(class);
        }
        out.into_iter().filter(|class| class.kind == ChunkKind::Class).collect()
    }

    /// A method of the classes around that is called by its name alone.
    pub(super) fn own_method(&mut self, name: &str) -> Option<(Arc<Chunk>, Certainty)> {
        for class in self.classes_around() {
            if let Some((found, distance)) = self.method(&class, name, 0) {
                return Some((found, if distance == 0 { Certainty::Exact } else { Certainty::Inferred }));
            }
        }
        None
    }

    /// The class that holds a field by its name alone.
    pub(super) fn field_holder(&mut self, name: &str) -> Option<Arc<Chunk>> {
        self.classes_around().into_iter().find_map(|class| self.holder(&class, name, 0))
    }

    /// A constant of the classes around, or a class inside of one of them.
    pub(super) fn inner(&mut self, name: &str) -> Option<Meaning> {
        for class in self.classes_around() {
            if class.name == name {
                return Some(Meaning::Chunk(class));
            }
            if let Some(found) = self.within(&class, name, 0) {
                return Some(Meaning::Chunk(found));
            }
        }
        None
    }

    /// A constant or a class inside of a class or of its bases.
    pub(super) fn within(&mut self, class: &Arc<Chunk>, name: &str, depth: usize) -> Option<Arc<Chunk>> {
        let id = ChunkId::new(&class.path, &format!("{}.{name}", class.symbol));
        self.reads.chunk(&id);
        if let Some(found) = (self.world.chunk)(&id).filter(|found| matches!(found.kind, ChunkKind::Class | ChunkKind::Constant)) {
            return Some(found);
        }
        self.reads.chunk(&class.id);
        for base in class.facts.bases.iter().filter(|_| depth < MAX_HOPS) {
            if let Some(base) = self.type_in(base, &class.path).filter(|base| base.id != class.id)
                && let Some(found) = self.within(&base, name, depth + 1)
            {
                return Some(found);
            }
        }
        None
    }

    /// Of several definitions of one name in one place the one that the call at hand means. Where they are told apart by
    /// their parameters and as many take so many arguments, none.
    pub(super) fn chosen<'c>(&mut self, bearers: impl Iterator<Item = &'c Arc<Chunk>>) -> Option<&'c Arc<Chunk>> {
        if !self.language.scopes.overloads {
            return definition_of(bearers);
        }
        let all: Vec<&Arc<Chunk>> = bearers.collect();
        if all.len() < 2 {
            return all.first().copied();
        }
        let takes = |chunk: &Chunk, count: usize| {
            let parameters = &chunk.facts.parameters;
            match parameters.last() {
                Some(last) if last.annotation.ends_with("...") => count + 1 >= parameters.len(),
                _ => count == parameters.len(),
            }
        };
        let fitting: Vec<&Arc<Chunk>> = all.iter().filter(|found| self.arity.is_some_and(|count| takes(found, count))).copied().collect();
        match fitting.as_slice() {
            [only] => Some(only),
            _ => {
                self.ambiguous = true;
                None
            }
        }
    }

    /// What `import a.b.*` brings in under a name: a class of the folder, or a member of the class `symbol`.
    pub(super) fn of_star(&mut self, star: &Import, name: &str, path: &str, hops: usize) -> Option<Meaning> {
        if !self.language.scopes.folder {
            return None;
        }
        let (module, symbol) = match star.symbol.as_str() {
            "" => (format!("{}/{name}", star.module), name.to_owned()),
            class => (star.module.clone(), format!("{class}.{name}")),
        };
        self.deep(&Import { local: name.to_owned(), module, symbol }, path, hops)
    }

    /// An import of a member of a class: `Status.PAID` of a file.
    pub(super) fn deep(&mut self, import: &Import, path: &str, hops: usize) -> Option<Meaning> {
        let mut names = import.symbol.split('.');
        let first = names.next().unwrap_or_default();
        let file = self.module_files(&import.module).into_iter().find(|file| file != path)?;
        let found = self.export(&file, first, hops + 1)?;
        names.try_fold(found, |meaning, name| self.member(&meaning, name))
    }

    /// The one definition in the repository that implements a method which has no body of its own.
    pub(super) fn implemented(&mut self, method: Arc<Chunk>) -> Arc<Chunk> {
        if !self.language.scopes.typed || method.kind != ChunkKind::Method || !method.facts.is_bodiless() {
            return method;
        }
        let bearers = self.definitions(&method.name);
        let wanted = types(&method);
        let interface = ChunkId::new(&method.path, &method.container);
        let mut found: Option<Arc<Chunk>> = None;
        for bearer in
            bearers.iter().filter(|bearer| bearer.kind == ChunkKind::Method && !bearer.facts.is_bodiless() && types(bearer) == wanted)
        {
            let Some(class) = self.enclosing(&bearer.path, &bearer.container) else { continue };
            let implements =
                class.facts.bases.clone().iter().any(|base| self.type_in(base, &class.path).is_some_and(|base| base.id == interface));
            if implements && found.replace(bearer.clone()).is_some() {
                return method;
            }
        }
        found.unwrap_or(method)
    }
}

/// The types that a definition takes, by their last names.
fn types(chunk: &Chunk) -> Vec<&str> {
    chunk.facts.parameters.iter().map(|parameter| bare(&parameter.annotation)).collect()
}

/// A type without what it is given.
fn bare(of: &str) -> &str {
    of.split('<').next().unwrap_or_default().rsplit('.').next().unwrap_or_default()
}
