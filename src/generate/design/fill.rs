//! Sentences of the catalogue, filled with the values of an anchor.

use super::ground::Values;

/// The sentence with its values; None where one of them is not known. `{?value}` only asks whether it is.
pub(super) fn filled(text: &str, layers: &[&Values]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let end = rest[at..].find('}')? + at;
        let name = &rest[at + 1..end];
        let asked = name.trim_start_matches('?');
        let value = layers.iter().find_map(|values| values.get(asked))?;
        out.push_str(&rest[..at]);
        if asked == name {
            out.push_str(value);
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Some(out)
}

/// A name or a path: the same without the marks of code.
pub(super) fn plain(text: &str, layers: &[&Values]) -> Option<String> {
    Some(filled(text, layers)?.replace('`', ""))
}

/// Those sentences of a paragraph that can be told.
pub(super) fn paragraph(sentences: &[String], layers: &[&Values]) -> String {
    sentences.iter().filter_map(|text| filled(text, layers)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Values, filled, paragraph};

    #[test]
    fn a_sentence_without_its_values_is_left_out() {
        let (own, all) =
            (Values::from([("name", "`f`".to_owned())]), Values::from([("name", "`g`".to_owned()), ("path", "a.py".to_owned())]));
        assert_eq!(filled("{name} in {path}", &[&own, &all]).as_deref(), Some("`f` in a.py"));
        assert_eq!(filled("{name} by {who}", &[&own, &all]), None);
        assert_eq!((filled("{?path}So.", &[&all]).as_deref(), filled("{?who}So.", &[&all])), (Some("So."), None));
        assert_eq!(paragraph(&["{name}.".into(), "By {who}.".into(), "In {path}.".into()], &[&all]), "`g`. In a.py.");
    }
}
