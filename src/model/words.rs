//! Identifiers in a text.

use memchr::memmem;

/// Words of the languages themselves, which name nothing.
pub(crate) const KEYWORDS: &[&str] =
    &["None", "True", "False", "not", "is", "in", "and", "or", "if", "else", "for", "while", "let", "undefined"];

/// Runs of letters, digits and underscores that do not begin with a digit.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_word(c)).filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// Is `word`, which is one of [`words`], among those of `text`? To look for a few is cheaper than to list them all.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    memmem::find_iter(text.as_bytes(), word).any(|at| {
        let before = text[..at].chars().next_back();
        let behind = text[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !behind.is_some_and(is_word)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::{has_word, words};

    #[test]
    fn a_word_is_found_where_it_is_one() {
        for text in ["", "place", "place_order(qty)", "größe.x1 9lives _x", "x place. replaced place_", "naïve café"] {
            let all = ["place", "place_order", "qty", "größe", "x1", "lives", "_x", "x", "place_", "caf", "café", "naïve"];
            for word in all {
                assert_eq!(has_word(text, word), words(text).any(|known| known == word), "`{word}` in `{text}`");
            }
        }
    }
}
