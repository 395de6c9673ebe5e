//! How much of two chunks agrees.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::model::Sketch;

/// Shares of tokens that two chunks have in common, in the same order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Likeness {
    /// With names and literals blinded: copies under other names are alike.
    pub blind: f64,
    /// Of the same tokens those that read the same.
    pub written: f64,
}

impl Likeness {
    const SAME: Self = Self { blind: 1.0, written: 1.0 };

    /// Both in one number; names and literals count a third. By structure alone the forms that a
    /// framework asks for are copies of each other, by the letter a renamed copy is none.
    pub(crate) fn share(self) -> f64 {
        (2.0 * self.blind + self.written) / 3.0
    }
}

/// Compares two sketches; None where a smaller share than `least` agrees.
///
/// The work is bounded by what can differ, and no clock bounds it: a slow machine must not decide
/// otherwise than a fast one.
pub(crate) fn likeness(one: &Sketch, other: &Sketch, least: f64) -> Option<Likeness> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    if one == other {
        return Some(Likeness::SAME);
    }
    let all = (one.tokens().len() + other.tokens().len()) as f64;
    let share = |common: usize| 2.0 * common as f64 / all;
    if share(one.tokens().len().min(other.tokens().len())) < least {
        return None;
    }
    let (left, right) = (one.blind(), other.blind());
    if share(in_common(&left, &right)) < least {
        return None;
    }
    let (mut blind, mut written) = (0, 0);
    for change in capture_diff_slices(Algorithm::Myers, &left, &right) {
        if let DiffOp::Equal { old_index, new_index, len } = change {
            blind += len;
            let pairs = one.tokens()[old_index..old_index + len].iter().zip(&other.tokens()[new_index..new_index + len]);
            written += pairs.filter(|(a, b)| a == b).count();
        }
    }
    Some(Likeness { blind: share(blind), written: share(written) }).filter(|found| found.share() >= least)
}

/// How many tokens two have in common in whatever order: no fewer than in the same order.
fn in_common(left: &[u16], right: &[u16]) -> usize {
    let sorted = |tokens: &[u16]| {
        let mut tokens = tokens.to_vec();
        tokens.sort_unstable();
        tokens
    };
    let (left, right) = (sorted(left), sorted(right));
    let (mut at, mut common) = (0, 0);
    for token in left {
        while right.get(at).is_some_and(|other| *other < token) {
            at += 1;
        }
        if right.get(at) == Some(&token) {
            at += 1;
            common += 1;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::{Likeness, in_common, likeness};
    use crate::model::{Sketch, TokenSort};

    const WORDS: &str = "( self , qty , price ) : if qty <= 0 : raise ValueError ( qty ) total = qty * price if total > self . limit : \
                         raise LookupError ( total ) self . log ( total ) self . stock . take ( qty ) return self . place ( total , qty , price )";

    fn sketch(code: &str) -> Sketch {
        let sort = |word: &str| match word {
            "if" | "raise" | "return" => TokenSort::Fixed,
            _ if word.starts_with(char::is_alphabetic) => TokenSort::Name,
            _ if word.starts_with(|c: char| c.is_ascii_digit()) => TokenSort::Number,
            _ => TokenSort::Fixed,
        };
        let tokens: Vec<u16> = code.split_whitespace().map(|word| Sketch::token(sort(word), word.as_bytes())).collect();
        Sketch::new(&tokens)
    }

    #[track_caller]
    fn check(other: &str, least: f64, want: Option<(f64, f64)>) {
        let found = likeness(&sketch(WORDS), &sketch(other), least);
        assert_eq!(found.map(|found| ((found.blind * 100.0).round(), (found.written * 100.0).round())), want);
    }

    #[test]
    fn both_views_are_measured() {
        check(WORDS, 0.8, Some((100.0, 100.0)));
        check(&WORDS.replace("qty", "count"), 0.8, Some((100.0, 90.0)));
        check(&WORDS.replace("if qty <= 0 : raise ValueError ( qty )", ""), 0.8, Some((91.0, 91.0)));
        check(&WORDS.replace("if qty <= 0 : raise ValueError ( qty )", ""), 0.95, None);
        check(&"= ".repeat(60), 0.1, None);
        assert_eq!(likeness(&Sketch::default(), &Sketch::default(), 0.0), None);
    }

    #[test]
    fn names_count_a_third() {
        assert_eq!(Likeness { blind: 0.75, written: 0.0 }.share(), 0.5);
        assert_eq!(Likeness::SAME.share(), 1.0);
    }

    #[test]
    fn what_can_agree_bounds_what_does() {
        assert_eq!(in_common(&[1, 2, 2, 3], &[2, 3, 2, 5]), 3);
        assert_eq!(in_common(&[], &[1]), 0);
    }
}
