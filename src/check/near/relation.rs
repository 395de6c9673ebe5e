//! How the code of two samples that say nearly the same hangs together.

use super::likeness;
use crate::model::Chunk;

/// Why two samples say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Another version of the same code: the same name elsewhere, over code that is nearly the same.
    Successor,
    /// A copy of the code under another name.
    Clone,
    /// The same chunk, or code that is not alike.
    Duplicate,
}

impl Relation {
    /// The relation of two chunks, which are alike from the share `tell` on.
    pub(crate) fn of(one: &Chunk, other: &Chunk, tell: f64) -> Self {
        let (first, second) = if one.id <= other.id { (one, other) } else { (other, one) };
        match one.id != other.id && likeness(&first.sketch, &second.sketch, tell).is_some() {
            true if one.symbol == other.symbol => Self::Successor,
            true => Self::Clone,
            false => Self::Duplicate,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Successor => "successor",
            Self::Clone => "clone",
            Self::Duplicate => "duplicate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Relation;
    use crate::model::Chunk;
    use crate::parse;

    const CODE: &str = "def take(stock, lines):\n    for line in lines:\n        if line.count <= 0:\n            raise ValueError(line)\n        \
                        shelf = stock.find(line.product)\n        if shelf is None or shelf.free < line.count:\n            raise LookupError(shelf)\n        \
                        shelf.free -= line.count\n        stock.note(shelf, line.count)\n    return stock\n";

    fn chunk(path: &str, code: &str) -> Chunk {
        let chunks = parse::chunks(parse::by_path(path).unwrap(), path, code).unwrap();
        chunks.into_iter().find(|chunk| !chunk.name.is_empty()).unwrap()
    }

    #[test]
    fn versions_copies_and_others_are_told_apart() {
        let check = |path: &str, code: &str, want| assert_eq!(Relation::of(&chunk("a.py", CODE), &chunk(path, code), 0.8), want);
        check("b.py", &CODE.replace("<= 0", "< 1"), Relation::Successor);
        check("b.py", &CODE.replace("take", "hold"), Relation::Clone);
        check("b.py", "def take(stock):\n    return stock.lines\n", Relation::Duplicate);
        check("a.py", CODE, Relation::Duplicate);
    }
}
