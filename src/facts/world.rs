//! The rest of the repository, seen from one chunk.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::{Chunk, ChunkId, ChunkKind, Edge, Hash64, Import, Near, key};
use crate::parse;

/// Look-ups into the repository. A full run answers them from memory, an update from the index
/// with the changed files laid over it; both must give the same answers.
#[derive(Clone, Copy)]
pub(crate) struct World<'w> {
    /// All definitions with this name, sorted by id.
    pub definitions: &'w (dyn Fn(&str) -> Arc<[Arc<Chunk>]> + Sync),
    pub chunk: &'w (dyn Fn(&ChunkId) -> Option<Arc<Chunk>> + Sync),
    /// Paths of the files whose module ends in this name, sorted.
    pub files: &'w (dyn Fn(&str) -> Arc<[String]> + Sync),
    /// Resolved calls of a chunk.
    pub edges: &'w (dyn Fn(&ChunkId) -> Arc<[Edge]> + Sync),
    /// Chunks with a sure edge to this one, sorted.
    pub callers: &'w (dyn Fn(&ChunkId) -> Arc<[ChunkId]> + Sync),
    /// Where a chunk stands among its near-copies. It changes with the chunk's own key.
    pub near: &'w (dyn Fn(&ChunkId) -> Near + Sync),
}

/// The keys of everything that was looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads(Vec<Hash64>);

impl Reads {
    pub(crate) fn definitions(&mut self, name: &str) {
        self.0.push(key("definition", name));
    }

    pub(crate) fn files(&mut self, stem: &str) {
        self.0.push(key("stem", stem));
    }

    pub(crate) fn binding(&mut self, path: &str, name: &str) {
        self.0.push(key("binding", &format!("{path}\0{name}")));
    }

    pub(crate) fn stars(&mut self, path: &str) {
        self.0.push(key("stars", path));
    }

    pub(crate) fn chunk(&mut self, id: &ChunkId) {
        self.0.push(key("chunk", id.as_str()));
    }

    /// The resolved calls of another chunk.
    pub(crate) fn edges(&mut self, id: &ChunkId) {
        self.0.push(edges_key(id));
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Each key once, sorted.
    pub(crate) fn into_keys(mut self) -> Vec<Hash64> {
        self.0.sort_unstable();
        self.0.dedup();
        self.0
    }
}

/// The key of what the calls of a chunk resolve to.
pub(crate) fn edges_key(id: &ChunkId) -> Hash64 {
    key("edges", id.as_str())
}

/// The last name of the module that a file is; a look-up key for imports.
pub(crate) fn module_stem(path: &str) -> String {
    let module = parse::by_path(path).map(|language| language.module(path)).unwrap_or_default();
    module.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The keys whose value differs between the old and the new chunks of the changed files.
///
/// Chunk keys come back apart: those whose facts changed, and those that only moved or whose
/// text changed without its meaning.
pub(crate) fn changed_keys(old: &[Arc<Chunk>], new: &[Arc<Chunk>]) -> Changed {
    let mut changed = Changed::default();
    let mut names: BTreeMap<&str, [Vec<u64>; 2]> = BTreeMap::new();
    let mut modules: BTreeMap<&str, [Option<&Chunk>; 2]> = BTreeMap::new();
    for (side, chunks) in [old, new].into_iter().enumerate() {
        for chunk in chunks {
            match chunk.kind {
                ChunkKind::Module => modules.entry(&chunk.path).or_default()[side] = Some(chunk),
                _ => names.entry(&chunk.name).or_default()[side].push(definition_value(chunk)),
            }
        }
    }
    for (name, [mut before, mut after]) in names {
        before.sort_unstable();
        after.sort_unstable();
        if before != after {
            changed.keys.insert(key("definition", name));
        }
    }
    for (path, [before, after]) in modules {
        if before.is_some() != after.is_some() {
            changed.keys.insert(key("stem", &module_stem(path)));
        }
        let imports = |chunk: Option<&Chunk>| -> BTreeMap<String, Vec<Import>> {
            let mut by_name: BTreeMap<String, Vec<Import>> = BTreeMap::new();
            for import in chunk.iter().flat_map(|chunk| &chunk.facts.imports) {
                by_name.entry(import.local.clone()).or_default().push(import.clone());
            }
            by_name
        };
        let (before, after) = (imports(before), imports(after));
        for name in before.keys().chain(after.keys()) {
            if before.get(name) != after.get(name) {
                changed.keys.insert(if name == "*" { key("stars", path) } else { key("binding", &format!("{path}\0{name}")) });
            }
        }
    }
    let by_id: HashMap<&ChunkId, &Arc<Chunk>> = old.iter().map(|chunk| (&chunk.id, chunk)).collect();
    let mut kept: BTreeSet<&ChunkId> = BTreeSet::new();
    for chunk in new {
        kept.insert(&chunk.id);
        match by_id.get(&chunk.id) {
            None => _ = changed.meant.insert(chunk.id.clone()),
            Some(before) if meaning(before) != meaning(chunk) => _ = changed.meant.insert(chunk.id.clone()),
            Some(before) if before != &chunk => _ = changed.moved.insert(chunk.id.clone()),
            Some(_) => (),
        }
    }
    changed.meant.extend(old.iter().filter(|chunk| !kept.contains(&chunk.id)).map(|chunk| chunk.id.clone()));
    changed
}

/// What differs between two states of some files.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    /// Keys of names, modules and bindings.
    pub keys: BTreeSet<Hash64>,
    /// Chunks that are new, gone or mean something else.
    pub meant: BTreeSet<ChunkId>,
    /// Chunks that only stand elsewhere or are laid out differently.
    pub moved: BTreeSet<ChunkId>,
}

/// A chunk without its place and its bytes.
fn meaning(chunk: &Chunk) -> Chunk {
    let mut bare = chunk.unplaced();
    bare.fingerprints.raw = String::new();
    // Whether it is shown whole, by its head or not at all decides what can be told of it.
    bare.head = shown(chunk);
    bare
}

fn shown(chunk: &Chunk) -> u32 {
    super::evidence_lines(chunk).map_or(0, |lines| if lines == chunk.lines { 2 } else { 1 })
}

/// What a look-up of definitions by name may depend on.
fn definition_value(chunk: &Chunk) -> Hash64 {
    let facts = &chunk.facts;
    let own = if chunk.kind == ChunkKind::Class {
        (&facts.bases[..], &facts.locals[..], &facts.attributes[..])
    } else {
        (&[][..], &[][..], &[][..])
    };
    // Whether it is the one that a call means may depend on what it takes and whether it has a body.
    let overloads = parse::by_path(&chunk.path).is_some_and(|language| language.scopes.overloads);
    let takes = if overloads { format!("{:?} {}", facts.parameters, facts.is_bodiless()) } else { String::new() };
    key("value", &format!("{} {:?} {:?} {:?}{takes}", chunk.id, chunk.kind, facts.decorators, own))
}
