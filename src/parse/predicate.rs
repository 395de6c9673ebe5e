//! The register of predicates: what a claim may say of code, and how it reads in words.
//!
//! Each is proved in the languages that have the notion: a line in the `prove` of their folders.

use crate::model::Predicate;

/// One sort of claim.
pub(crate) struct Sort {
    pub name: &'static str,
    /// How many chunks it speaks of: the first arguments name them.
    pub chunks: usize,
    /// How many arguments follow those.
    pub args: usize,
    /// Must all of the definition be shown? What is not shown cannot be told absent.
    pub whole: bool,
    /// The claim behind the name of its first chunk; `{}` for each further argument in turn. What
    /// stands in `[…]` is left out where its argument is empty.
    words: &'static str,
}

const fn sort(name: &'static str, args: usize, words: &'static str) -> Sort {
    Sort { name, chunks: 1, args, whole: false, words }
}

#[rustfmt::skip]
pub(crate) static PREDICATES: &[Sort] = &[
    sort("documented", 1, "is documented with the words \"{}\""),
    sort("parameter", 3, "takes `{}`[ of type `{}`][, by default `{}`]"),
    sort("default", 2, "takes `{}`, by default `{}`"),
    sort("result", 1, "states the result type `{}`"),
    sort("returns", 2, "returns[ `{}`][ when `{}`]"),
    sort("raises", 2, "raises `{}`[ when `{}`]"),
    sort("calls", 1, "calls `{}`"),
    sort("calls_when", 2, "calls `{}`[ when `{}`]"),
    sort("calls_in_order", 2, "calls `{}` before `{}`"),
    sort("passes", 2, "calls `{}` with `{}`"),
    sort("passes_when", 3, "calls `{}` with `{}`[ when `{}`]"),
    sort("returns_call", 1, "returns what `{}` gives"),
    sort("ignores_call", 1, "drops what `{}` gives"),
    sort("assigns_call", 2, "assigns what `{}` gives to `{}`"),
    sort("hands_on", 1, "hands an error of `{}` on"),
    sort("handles", 2, "handles, around its call of `{}`, `{}`"),
    sort("expects", 2, "expects of its call of `{}` the error `{}`"),
    sort("writes", 3, "writes `{}`[ with `{}`][ when `{}`]"),
    sort("assigns", 3, "sets its variable `{}` to `{}`[ when `{}`]"),
    sort("reads", 1, "reads `{}`"),
    sort("transitions", 3, "moves `{}`[ from `{}`] to `{}`"),
    sort("effect", 2, "has an effect of the sort {} by `{}`"),
    sort("decorated", 1, "carries `{}`"),
    sort("route", 2, "serves {} `{}`"),
    sort("command", 1, "is a command or a task by `{}`"),
    sort("base", 1, "derives from `{}`"),
    sort("method", 1, "defines the method `{}`"),
    sort("attribute", 2, "holds `{}`[ = `{}`]"),
    sort("constant", 2, "sets `{}` to `{}`"),
    sort("item", 3, "holds in `{}` under `{}` the value `{}`"),
    sort("defined_at", 1, "defines `{}`"),
    Sort { whole: true, ..sort("absent", 2, "has no {} `{}`") },
    Sort { chunks: 2, ..sort("same_except", 2, "is the same as the other[ but for `{}`][, where the other has `{}`]") },
    Sort { chunks: 2, ..sort("overrides", 1, "overrides the `{}` of its base") },
    Sort { chunks: 2, ..sort("called_by", 1, "is called by the other as `{}`") },
];

/// The sort of a predicate; None where there is none of that name with so many arguments.
pub(crate) fn sort_of(predicate: &Predicate) -> Option<&'static Sort> {
    PREDICATES.iter().find(|sort| sort.name == predicate.name && sort.chunks + sort.args == predicate.args.len())
}

/// The predicate as words that follow the name of its first chunk.
pub(crate) fn in_words(predicate: &Predicate) -> String {
    let Some(sort) = sort_of(predicate) else { return predicate.to_string() };
    let mut out = String::new();
    let mut args = predicate.args.iter().skip(sort.chunks);
    for (at, piece) in sort.words.split(['[', ']']).enumerate() {
        let mut told = String::new();
        let mut empty = false;
        for (part, text) in piece.split("{}").enumerate() {
            if part > 0 {
                let arg = args.next().map(String::as_str).unwrap_or_default();
                empty |= arg.is_empty();
                told.push_str(arg);
            }
            told.push_str(text);
        }
        // Every other piece stands in brackets.
        if at % 2 == 0 || !empty {
            out.push_str(&told);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{PREDICATES, in_words};
    use crate::model::Predicate;

    #[test]
    fn a_claim_reads_as_a_sentence() {
        let words = |name, args: &[&str]| in_words(&Predicate { name, args: args.iter().map(|arg| (*arg).to_owned()).collect() });
        let name = |text: &str| text.to_owned();
        assert_eq!(words(name("raises"), &["id", "OutOfStock", "qty > stock"]), "raises `OutOfStock` when `qty > stock`");
        assert_eq!(words(name("raises"), &["id", "OutOfStock", ""]), "raises `OutOfStock`");
        assert_eq!(words(name("same_except"), &["a", "b", "", "x = 1"]), "is the same as the other, where the other has `x = 1`");
        assert_eq!(words(name("raises"), &["id"]), "raises(id)");
    }

    #[test]
    fn every_argument_is_told() {
        for sort in PREDICATES {
            assert_eq!(sort.words.matches("{}").count(), sort.args, "{}", sort.name);
            assert_eq!(PREDICATES.iter().filter(|other| other.name == sort.name).count(), 1, "{}", sort.name);
        }
    }
}
