//! What the paths of Rust stand for: `limits::MAX`, `Self::EMPTY`, `Status::Paid`.

use std::sync::Arc;

use crate::facts::resolve::{Meaning, Resolver, definition_of};
use crate::model::{Chunk, ChunkId, ChunkKind};

impl Resolver<'_, '_> {
    /// What the first names of a dotted name or a path stand for together.
    pub(super) fn prefix(&mut self, written: &str, names: &[&str]) -> Option<Meaning> {
        match names {
            ["Self"] => self.own_class().map(Meaning::Chunk),
            [head] if is_path(written) => self.class_name(head),
            [head] => self.name(head),
            _ => self.import(&names.join(".")),
        }
    }

    /// A definition in a module that is written out in the same file: `limits::MAX`.
    pub(super) fn in_module(&mut self, path: &str) -> Option<Arc<Chunk>> {
        let symbol = path.replace("::", ".");
        if !is_path(path) || symbol.starts_with(char::is_uppercase) {
            return None;
        }
        let id = ChunkId::new(&self.chunk.path, &symbol);
        self.reads.chunk(&id);
        (self.world.chunk)(&id)
    }

    /// A name in a module around the chunk that is written out in its file. Modules begin in lower case.
    pub(super) fn beside(&mut self, name: &str) -> Option<Meaning> {
        let container = self.chunk.container.clone();
        let mut scope = container.split('.').take_while(|part| part.starts_with(char::is_lowercase)).collect::<Vec<_>>();
        while !scope.is_empty() && self.language.scopes.modules_within {
            let id = ChunkId::new(&self.chunk.path, &format!("{}.{name}", scope.join(".")));
            self.reads.chunk(&id);
            if let Some(found) = (self.world.chunk)(&id) {
                return Some(Meaning::Chunk(found));
            }
            scope.pop();
        }
        None
    }

    /// The type whose variant or constant a name is, or the constant where it stands for itself.
    pub(super) fn associated(&mut self, class: &Arc<Chunk>, name: &str) -> Option<Arc<Chunk>> {
        self.reads.chunk(&class.id);
        if class.kind != ChunkKind::Class || class.facts.attributes.iter().any(|attribute| attribute.name == name) {
            return Some(class.clone()).filter(|class| class.kind == ChunkKind::Class);
        }
        let bearers = self.definitions(name);
        let of_type = |found: &&Arc<Chunk>| found.kind == ChunkKind::Constant && found.container == class.symbol;
        let own = definition_of(bearers.iter().filter(of_type).filter(|found| found.path == class.path));
        own.or_else(|| definition_of(bearers.iter().filter(of_type))).cloned()
    }
}

/// Is it written with `::`? A variable does not hide the module or type in front of that.
pub(super) fn is_path(written: &str) -> bool {
    written.split(['.', '(']).next().unwrap_or_default().contains("::")
}

/// How many names of a path are looked up together: `super::super` is bound as one.
pub(super) fn together(names: &[&str]) -> usize {
    names.iter().take_while(|name| **name == "super").count().clamp(1, names.len().max(1))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::facts::{World, edges, module_stem};
    use crate::model::{Chunk, ChunkId};
    use crate::parse;

    const FILES: &[(&str, &str)] = &[
        ("src/lib.rs", "mod limits;\nmod order;\npub const TOP: u32 = 1;\n"),
        (
            "src/limits.rs",
            "pub const MAX: u32 = 9;\npub enum Kind { Plain, Sized(u32) }\nimpl Kind { pub const FIRST: Kind = Kind::Plain; }\n\
             pub fn check() {}\n",
        ),
        ("src/order/mod.rs", "mod line;\npub struct Order { id: u32 }\n"),
        (
            "src/order/line.rs",
            "use super::Order;\nimpl Order { const STEP: u32 = 2; }\nmod inner { pub const DEEP: u32 = 3; fn deep() { DEEP } }\n",
        ),
    ];

    /// What the names mean in a file at `path` that has `text`, in a function named `here`.
    #[track_caller]
    fn check(path: &str, text: &str, want: &[(&str, &str)]) {
        let files = FILES.iter().filter(|(known, _)| *known != path).map(|(path, text)| (*path, (*text).to_owned()));
        let own = FILES.iter().find(|(known, _)| *known == path).map_or("", |(_, own)| own);
        let files: Vec<(&str, String)> = files.chain([(path, format!("{own}{text}"))]).collect();
        let language = parse::by_path(path).unwrap();
        let chunks: Vec<Arc<Chunk>> =
            files.iter().flat_map(|(path, text)| parse::chunks(language, path, text).unwrap()).map(Arc::new).collect();
        let definitions = |name: &str| chunks.iter().filter(|chunk| chunk.name == name).cloned().collect();
        let chunk = |id: &ChunkId| chunks.iter().find(|chunk| chunk.id == *id).cloned();
        let of_stem = |stem: &str| files.iter().map(|(path, _)| (*path).to_owned()).filter(|path| module_stem(path) == stem).collect();
        let (edges_of, callers, near) =
            (|_: &ChunkId| Arc::from([]), |_: &ChunkId| Arc::from([]), |_: &ChunkId| crate::model::Near::default());
        let world = World { definitions: &definitions, chunk: &chunk, files: &of_stem, edges: &edges_of, callers: &callers, near: &near };
        let here = chunks.iter().find(|chunk| chunk.name == "here").unwrap();
        let found: Vec<(String, String)> =
            edges(&world, here).0.into_iter().filter_map(|edge| Some((edge.callee.clone(), edge.sure()?.to_string()))).collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn paths_lead_to_constants_and_variants() {
        check(
            "src/app.rs",
            "use crate::limits::{self, Kind};\nfn here(kind: Kind) { match kind { Kind::Plain => limits::MAX, Kind::Sized(_) => Kind::FIRST, _ => Kind::NONE } }\n",
            &[
                ("Kind::Plain", "src/limits.rs::Kind"),
                ("limits::MAX", "src/limits.rs::MAX"),
                ("Kind::Sized", "src/limits.rs::Kind"),
                ("Kind::FIRST", "src/limits.rs::Kind.FIRST"),
            ],
        );
    }

    #[test]
    fn a_path_may_begin_at_the_crate_or_above() {
        check(
            "src/order/line.rs",
            "fn here() { crate::limits::check(); super::super::limits::check(); crate::limits::MAX + super::super::TOP + inner::DEEP }\n",
            &[
                ("crate::limits::check", "src/limits.rs::check"),
                ("super::super::limits::check", "src/limits.rs::check"),
                ("crate::limits::MAX", "src/limits.rs::MAX"),
                ("super::super::TOP", "src/lib.rs::TOP"),
                ("inner::DEEP", "src/order/line.rs::inner.DEEP"),
            ],
        );
    }

    #[test]
    fn the_own_type_has_constants_wherever_it_is_implemented() {
        check("src/order/line.rs", "impl Order { fn here(&self) { Self::STEP } }\n", &[("Self::STEP", "src/order/line.rs::Order.STEP")]);
        check("src/order/line.rs", "mod other { const DEEP: u32 = 4; fn here() { DEEP } }\n", &[("DEEP", "src/order/line.rs::other.DEEP")]);
    }

    #[test]
    fn a_variable_does_not_hide_a_module() {
        let text = "use crate::limits;\nfn here(limits: Order) { limits::check(); limits::MAX }\n";
        check("src/app.rs", text, &[("limits::check", "src/limits.rs::check"), ("limits::MAX", "src/limits.rs::MAX")]);
    }
}
