//! Identifiers in a text.

/// Runs of letters, digits and underscores that do not begin with a digit.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}
