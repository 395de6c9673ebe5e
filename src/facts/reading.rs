//! What a name that is read and not called stands for: a constant, or a class that holds the
//! member.

use std::sync::Arc;

use crate::facts::module_stem;
use crate::facts::paths::{is_path, together};
use crate::facts::resolve::{MAX_HOPS, Meaning, Resolver};
use crate::model::{Certainty, Chunk, ChunkId, ChunkKind};

impl Resolver<'_, '_> {
    /// The constant that a name means, or the class or enum that holds the member it means.
    pub(super) fn read(&mut self, name: &str) -> Option<(Arc<Chunk>, Certainty)> {
        if let Some((_, member)) = name.split_once('.').filter(|(head, _)| self.language.scopes.own.contains(head) && !name.contains("::"))
        {
            let class = self.own_class()?;
            return Some((self.holder(&class, member, 0)?, Certainty::Inferred));
        }
        let parts: Vec<&str> = name.split(['.', ':']).filter(|part| !part.is_empty()).collect();
        let (front, rest) = parts.split_at(together(&parts));
        let Some(mut meaning) = self.prefix(name, front) else {
            if self.language.scopes.members {
                return None;
            }
            let found = self.in_module(name).filter(|found| found.kind == ChunkKind::Constant)?;
            return Some((found, Certainty::Exact));
        };
        for part in rest {
            match &meaning {
                Meaning::Module(_) => meaning = self.member(&meaning, part)?,
                Meaning::Chunk(class) if is_path(name) => {
                    return Some((self.associated(&class.clone(), part)?, Certainty::Exact));
                }
                Meaning::Chunk(class) if self.language.scopes.members && class.kind == ChunkKind::Class => {
                    match self.within(&class.clone(), part, 0) {
                        Some(found) => meaning = Meaning::Chunk(found),
                        None => break,
                    }
                }
                _ => break,
            }
        }
        match meaning {
            Meaning::Chunk(found) if matches!(found.kind, ChunkKind::Constant | ChunkKind::Class) => Some((found, Certainty::Exact)),
            Meaning::Foreign => Some((self.setting(name)?, Certainty::Inferred)),
            _ => None,
        }
    }

    /// The class that gives a member its value: this one or one of its bases.
    pub(super) fn holder(&mut self, class: &Arc<Chunk>, member: &str, depth: usize) -> Option<Arc<Chunk>> {
        self.reads.chunk(&class.id);
        if class.facts.attributes.iter().any(|attribute| attribute.name == member) {
            return Some(class.clone());
        }
        for base in class.facts.bases.iter().filter(|_| depth < MAX_HOPS) {
            if let Some(base) = self.type_in(base, &class.path)
                && base.id != class.id
                && let Some(found) = self.holder(&base, member, depth + 1)
            {
                return Some(found);
            }
        }
        None
    }

    /// The default of a Django setting: the one constant of that name. A project's own settings
    /// repeat the names of the apps that they configure and do not count beside those.
    fn setting(&mut self, name: &str) -> Option<Arc<Chunk>> {
        let member = name.strip_prefix("settings.").filter(|member| !member.contains('.'))?;
        let own = self.chunk.facts.imports.iter().rfind(|import| import.local == "settings").cloned();
        let import = match own {
            Some(import) => import,
            None => {
                self.reads.binding(&self.chunk.path, "settings");
                let module = (self.world.chunk)(&ChunkId::module(&self.chunk.path))?;
                module.facts.imports.iter().rfind(|import| import.local == "settings")?.clone()
            }
        };
        if (import.module.as_str(), import.symbol.as_str()) != ("django/conf", "settings") {
            return None;
        }
        let bearers = self.definitions(member);
        let constants: Vec<&Arc<Chunk>> = bearers.iter().filter(|found| found.kind == ChunkKind::Constant).collect();
        let defaults: Vec<&Arc<Chunk>> = constants.iter().filter(|found| !module_stem(&found.path).contains("settings")).copied().collect();
        match (defaults.as_slice(), constants.as_slice()) {
            ([only], _) | ([], [only]) => Some((*only).clone()),
            _ => None,
        }
    }
}
