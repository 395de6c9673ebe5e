//! How a chunk changed between two source trees.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::model::{Chunk, ChunkId};

/// The class of a change, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    None,
    /// The bytes differ, the syntax does not.
    Cosmetic,
    Doc,
    Signature,
    Body,
    Added,
    Removed,
}

impl Change {
    /// The change in words, as the reason of a step.
    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::None => "a neighbour changed",
            Self::Cosmetic => "its layout or comments changed",
            Self::Doc => "its documentation changed",
            Self::Signature => "its signature changed",
            Self::Body => "its body changed",
            Self::Added => "it is new",
            Self::Removed => "it is gone",
        }
    }
}

/// Compares the two states of one chunk.
pub(crate) fn classify(old: Option<&Chunk>, new: Option<&Chunk>) -> Change {
    let (old, new) = match (old, new) {
        (None, None) => return Change::None,
        (None, Some(_)) => return Change::Added,
        (Some(_), None) => return Change::Removed,
        (Some(old), Some(new)) => (&old.fingerprints, &new.fingerprints),
    };
    match () {
        () if old.signature != new.signature => Change::Signature,
        () if old.shape != new.shape => Change::Body,
        () if old.doc != new.doc => Change::Doc,
        () if old.raw != new.raw => Change::Cosmetic,
        () => Change::None,
    }
}

/// Removed chunks and the added chunks that they became.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    to: HashMap<ChunkId, ChunkId>,
    from: HashMap<ChunkId, ChunkId>,
    why: HashMap<ChunkId, String>,
    edited: HashSet<ChunkId>,
}

impl Pairs {
    /// The chunk that an added chunk was.
    pub(crate) fn was(&self, new: &ChunkId) -> Option<&ChunkId> {
        self.from.get(new)
    }

    /// The chunk that a removed chunk became.
    pub(crate) fn became(&self, old: &ChunkId) -> Option<&ChunkId> {
        self.to.get(old)
    }

    /// How the added chunk came about.
    pub(crate) fn why(&self, new: &ChunkId) -> Option<&str> {
        self.why.get(new).map(String::as_str)
    }

    /// Did the added chunk come with another body?
    pub(crate) fn is_edited(&self, new: &ChunkId) -> bool {
        self.edited.contains(new)
    }

    fn join(&mut self, old: &Chunk, new: &Chunk) {
        let place = match (old.path == new.path, old.symbol == new.symbol) {
            (true, _) => format!("`{}` was renamed", old.symbol),
            (false, true) => format!("it moved from {}", old.path),
            (false, false) => format!("`{}` moved from {} and was renamed", old.symbol, old.path),
        };
        let edited = old.fingerprints.shape != new.fingerprints.shape;
        if edited || old.fingerprints.doc != new.fingerprints.doc {
            self.edited.insert(new.id.clone());
        }
        self.why.insert(new.id.clone(), if edited { format!("{place} and edited") } else { place });
        self.to.insert(old.id.clone(), new.id.clone());
        self.from.insert(new.id.clone(), old.id.clone());
    }
}

/// Pairs what went with what came: first the same code under the same symbol, then the same
/// code, then the same symbol where no other bears it.
pub(crate) fn pair(old: &[Arc<Chunk>], new: &[Arc<Chunk>]) -> Pairs {
    let ids = |chunks: &[Arc<Chunk>]| -> HashSet<ChunkId> { chunks.iter().map(|chunk| chunk.id.clone()).collect() };
    let (before, after) = (ids(old), ids(new));
    let gone: Vec<&Arc<Chunk>> = old.iter().filter(|chunk| !after.contains(&chunk.id) && !chunk.name.is_empty()).collect();
    let come: Vec<&Arc<Chunk>> = new.iter().filter(|chunk| !before.contains(&chunk.id) && !chunk.name.is_empty()).collect();
    let mut pairs = Pairs::default();
    // Shape and symbol that have to agree; None where the rule does not apply.
    type Likeness = (String, String);
    let rules: [fn(&Chunk) -> Option<Likeness>; 3] = [
        |chunk| Some((chunk.fingerprints.shape.clone(), chunk.symbol.clone())),
        |chunk| (chunk.facts.statements >= 2).then(|| (chunk.fingerprints.shape.clone(), String::new())),
        |chunk| Some((String::new(), chunk.symbol.clone())),
    ];
    for rule in rules {
        let mut sides: BTreeMap<Likeness, [Vec<&Chunk>; 2]> = BTreeMap::new();
        let unpaired = |chunk: &&Arc<Chunk>| !pairs.to.contains_key(&chunk.id) && !pairs.from.contains_key(&chunk.id);
        for (side, chunks) in [&gone, &come].into_iter().enumerate() {
            for chunk in chunks.iter().copied().filter(unpaired) {
                if let Some(likeness) = rule(chunk) {
                    sides.entry(likeness).or_default()[side].push(chunk);
                }
            }
        }
        for [was, is] in sides.values() {
            if let ([was], [is]) = (was.as_slice(), is.as_slice()) {
                pairs.join(was, is);
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Change, classify, pair};
    use crate::model::Chunk;
    use crate::parse;

    fn chunks(path: &str, text: &str) -> Vec<Arc<Chunk>> {
        parse::chunks(parse::by_path(path).unwrap(), path, text).unwrap().into_iter().map(Arc::new).collect()
    }

    #[track_caller]
    fn check(old: &str, new: &str, want: Change) {
        let side = |text| chunks("a.py", text).into_iter().find(|chunk| chunk.name == "f");
        assert_eq!(classify(side(old).as_deref(), side(new).as_deref()), want);
    }

    #[test]
    fn a_change_has_one_class() {
        let base = "def f(a):\n    \"\"\"Doc.\"\"\"\n    if a:\n        b()\n    return a\n";
        check(base, base, Change::None);
        check(base, &base.replace("(a):", "( a ):").replace("b()", "b()  # why"), Change::Cosmetic);
        check(base, &base.replace("Doc.", "Other."), Change::Doc);
        check(base, &base.replace("(a)", "(a, c=1)"), Change::Signature);
        check(base, &base.replace("return a", "return b"), Change::Body);
        // A statement that leaves its branch keeps its tokens.
        check(base, &base.replace("        b()", "        pass\n    b()").replace("pass\n", "0\n"), Change::Body);
        check(base, "x = 1\n", Change::Removed);
        check("x = 1\n", base, Change::Added);
    }

    #[test]
    fn what_went_is_found_where_it_came() {
        let code = "def f(a):\n    b = a + 1\n    return b\n";
        let moved = pair(&chunks("a.py", code), &chunks("b.py", code));
        assert_eq!(moved.became(&chunks("a.py", code)[1].id).unwrap().as_str(), "b.py::f");
        let renamed = code.replace("def f", "def g");
        let pairs = pair(&chunks("a.py", code), &chunks("a.py", &renamed));
        let new = chunks("a.py", &renamed)[1].id.clone();
        assert_eq!(pairs.was(&new).unwrap().as_str(), "a.py::f");
        assert_eq!(pairs.why(&new).unwrap(), "`f` was renamed");
        let edited = pair(&chunks("a.py", code), &chunks("b.py", &code.replace("+ 1", "- 1")));
        assert_eq!(edited.why(&chunks("b.py", code)[1].id).unwrap(), "it moved from a.py and edited");
    }
}
