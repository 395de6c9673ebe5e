//! What a docstring says of parameters, in the three styles of the field: reST fields, Google
//! sections, NumPy sections.

use std::collections::BTreeMap;

/// The first sentence that describes each parameter, as it stands in the docstring.
pub(crate) fn parameter_docs(doc: &str) -> BTreeMap<String, String> {
    entries(doc, ":param ", &["Args:", "Arguments:", "Parameters:"], "Parameters")
}

/// The first sentence that says when each exception is raised.
pub(crate) fn raise_docs(doc: &str) -> BTreeMap<String, String> {
    let mut out = entries(doc, ":raises ", &["Raises:"], "Raises");
    for (name, text) in entries(doc, ":raise ", &[], "Raises") {
        out.entry(name).or_insert(text);
    }
    out
}

/// The entries of one section, in whichever style it is written.
fn entries(doc: &str, field: &str, google_heads: &[&str], numpy_head: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let lines: Vec<&str> = doc.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let head = line.trim();
        if let Some(rest) = head.strip_prefix(field) {
            if let Some((names, text)) = rest.split_once(':') {
                let name = names.split_whitespace().last().unwrap_or_default();
                keep(&mut out, name, text, &lines[at + 1..], indent(line));
            }
        } else if google_heads.contains(&head) {
            google(&lines[at + 1..], &mut out);
        } else if head == numpy_head && lines.get(at + 1).is_some_and(|under| is_rule(under)) {
            numpy(&lines[at + 2..], &mut out);
        }
    }
    out
}

/// Keeps the first sentence of a text that goes on in the deeper lines below it. A text without
/// an end is no sentence and is left out.
fn keep(out: &mut BTreeMap<String, String>, name: &str, text: &str, below: &[&str], depth: usize) {
    let name = name.trim_start_matches(['*', '\\']).trim_matches('`').rsplit('.').next().unwrap_or_default();
    let deeper = below.iter().take_while(|line| !line.trim().is_empty() && indent(line) > depth).map(|line| line.trim());
    let whole: Vec<&str> = std::iter::once(text.trim()).chain(deeper).filter(|part| !part.is_empty()).collect();
    let whole = whole.join(" ");
    let end = whole.match_indices(". ").map(|(at, _)| at + 1).find(|at| !whole[..*at].ends_with("e.g.") && !whole[..*at].ends_with("i.e."));
    let sentence = whole[..end.unwrap_or(whole.len())].trim_start_matches("(optional)").trim_start_matches("Optional.").trim();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain && sentence.len() >= 4 && sentence.len() <= 240 {
        out.entry(name.to_owned()).or_insert_with(|| sentence.to_owned());
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_rule(line: &str) -> bool {
    line.trim().len() >= 3 && line.trim().chars().all(|c| c == '-' || c == '=')
}

fn google(lines: &[&str], out: &mut BTreeMap<String, String>) {
    let Some(first) = lines.iter().find(|line| !line.trim().is_empty()) else { return };
    let depth = indent(first);
    let section = lines.iter().take_while(|line| line.trim().is_empty() || indent(line) >= depth && depth > 0);
    for (at, line) in section.enumerate().filter(|(_, line)| indent(line) == depth) {
        let text = line.trim();
        let (name, text) = text.split_once(": ").unwrap_or((text.strip_suffix(':').unwrap_or_default(), ""));
        keep(out, name.split([' ', '(']).next().unwrap_or_default(), text, &lines[at + 1..], depth);
    }
}

fn numpy(lines: &[&str], out: &mut BTreeMap<String, String>) {
    let depth = lines.iter().find(|line| !line.trim().is_empty()).map_or(0, |line| indent(line));
    for (at, line) in lines.iter().enumerate() {
        if lines.get(at + 1).is_some_and(|under| is_rule(under)) {
            break;
        }
        let head = line.trim();
        if head.is_empty() || indent(line) != depth {
            continue;
        }
        let under = &lines[at + 1..];
        for name in head.split(':').next().unwrap_or_default().split(',') {
            keep(out, name.trim(), "", under, depth);
        }
    }
}

/// Prose of a docstring for a person: reST roles taken off, double backticks made single.
pub(crate) fn plain_prose(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('`') {
        let before = &rest[..start];
        let role = before.rfind([' ', '(']).map_or(0, |at| at + 1);
        let is_role = before[role..].starts_with(':') && before[role..].ends_with(':') && before.len() > role + 2;
        out.push_str(if is_role { &before[..role] } else { before });
        let marks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let fence = &rest[start..start + marks];
        let Some(length) = rest[start + marks..].find(fence) else {
            out.push_str(&rest[start..]);
            return out;
        };
        let inner = &rest[start + marks..start + marks + length];
        let inner = inner.split(" <").next().unwrap_or(inner).trim_start_matches('~');
        out.push('`');
        out.push_str(inner);
        out.push('`');
        rest = rest[start + 2 * marks + length..].trim_start_matches('_');
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{parameter_docs, plain_prose};

    #[track_caller]
    fn check(doc: &str, want: &[(&str, &str)]) {
        let got = parameter_docs(doc);
        let want: Vec<(String, String)> = want.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(got.into_iter().collect::<Vec<_>>(), want);
    }

    #[test]
    fn three_styles_are_read() {
        check(
            "Sends.\n\n:param url: URL for the request.\n:param str data: the body\n",
            &[("data", "the body"), ("url", "URL for the request.")],
        );
        check(
            "Sends.\n\nArgs:\n    url (str): where to\n        more\n    data: the body\n\nReturns:\n    x: no\n",
            &[("data", "the body"), ("url", "where to more")],
        );
        check(
            "Sends.\n\nParameters\n----------\nurl : str\n    where to\nx, y : int\n    a place\n\nReturns\n-------\nz : int\n    no\n",
            &[("url", "where to"), ("x", "a place"), ("y", "a place")],
        );
        check("No parameters.", &[]);
    }

    #[test]
    fn prose_loses_its_markup() {
        assert_eq!(plain_prose("Returns a :class:`Request <requests.Request>` or ``None``."), "Returns a `Request` or `None`.");
        assert_eq!(plain_prose("See `link <http://x>`_ and `open"), "See `link` and `open");
        assert_eq!(plain_prose("a :mod:`~shop.orders`\n thing"), "a `shop.orders` thing");
    }
}
