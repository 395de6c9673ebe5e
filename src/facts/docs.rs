//! What documentation says of parameters, in the styles of the field: reST fields, Google sections, NumPy
//! sections, block tags.

use std::collections::BTreeMap;

/// The first sentence that describes each parameter, as it stands in the docstring.
pub(crate) fn parameter_docs(doc: &str) -> BTreeMap<String, String> {
    let mut out = entries(doc, ":param ", &["Args:", "Arguments:", "Parameters:", "Attributes:"], "Parameters");
    tagged(doc, &["@param "], &mut out);
    out
}

/// The first sentence that says when each exception is raised.
pub(crate) fn raise_docs(doc: &str) -> BTreeMap<String, String> {
    let mut out = entries(doc, ":raises ", &["Raises:"], "Raises");
    for (name, text) in entries(doc, ":raise ", &[], "Raises") {
        out.entry(name).or_insert(text);
    }
    tagged(doc, &["@throws ", "@exception "], &mut out);
    out
}

/// Block tags that name something: `@param name what it is`, with a type in braces where people write one.
fn tagged(doc: &str, tags: &[&str], out: &mut BTreeMap<String, String>) {
    let lines: Vec<&str> = doc.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(rest) = tags.iter().find_map(|tag| line.trim().strip_prefix(tag)) else { continue };
        let (first, text) = without_type(rest).split_once(char::is_whitespace).unwrap_or_default();
        let name = first.trim_matches(['[', ']']).split('=').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let text = text.trim().trim_start_matches("- ");
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if let Some(sentence) = first_sentence(text, &until_tag(&lines[at + 1..])).filter(|_| plain && !text.is_empty()) {
            out.entry(name.to_owned()).or_insert(sentence);
        }
    }
}

/// What stands behind a type in braces.
fn without_type(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or(text, |(_, rest)| rest.trim_start())
}

/// The lines below that belong to the same block tag.
fn until_tag<'d>(below: &[&'d str]) -> Vec<&'d str> {
    below.iter().map(|line| line.trim()).take_while(|line| !line.is_empty() && !line.starts_with('@')).collect()
}

/// The first sentence that says what comes back, or what comes one by one.
pub(crate) fn return_docs(doc: &str) -> Option<String> {
    const FIELDS: &[&str] = &[":return:", ":returns:", ":yield:", ":yields:"];
    let lines: Vec<&str> = doc.lines().collect();
    lines.iter().enumerate().find_map(|(at, line)| {
        let head = line.trim();
        let below = &lines[at + 1..];
        let numpy_head = matches!(head, "Returns" | "Yields") && below.first().is_some_and(|under| is_rule(under));
        let block = ["@return ", "@returns "].iter().find_map(|tag| head.strip_prefix(tag)).map(without_type);
        if let Some(text) = block {
            first_sentence(text, &until_tag(below))
        } else if let Some(text) = FIELDS.iter().find_map(|field| head.strip_prefix(field)) {
            first_sentence(text, &deeper(below, indent(line)))
        } else if let Some(text) = head.strip_prefix("Returns:").or_else(|| head.strip_prefix("Yields:")) {
            let section = deeper(below, indent(line));
            let text = if text.is_empty() { section } else { vec![text] };
            let (of, first) = text.first()?.split_once(": ").unwrap_or_default();
            // `bool: whether it fits`; a sentence may have a colon, too.
            let typed = !of.is_empty() && (!of.trim().contains(' ') || of.ends_with(']'));
            if typed { first_sentence(first, &text[1..]) } else { first_sentence("", &text) }
        } else if numpy_head {
            // Of several results each is described by itself, none of them is the whole.
            let section: Vec<&str> = below[1..].iter().copied().take_while(|line| !line.trim().is_empty()).collect();
            let depth = indent(section.first()?);
            let alone = section[1..].iter().all(|line| indent(line) > depth);
            let text: Vec<&str> = section[1..].iter().map(|line| line.trim()).collect();
            alone.then(|| first_sentence("", &text)).flatten()
        } else {
            None
        }
    })
}

/// The lines below a heading that belong to it, without their indentation.
fn deeper<'d>(below: &[&'d str], depth: usize) -> Vec<&'d str> {
    below.iter().take_while(|line| !line.trim().is_empty() && indent(line) > depth).map(|line| line.trim()).collect()
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

/// Keeps the first sentence of a text that goes on in the deeper lines below it.
fn keep(out: &mut BTreeMap<String, String>, name: &str, text: &str, below: &[&str], depth: usize) {
    let name = name.trim_start_matches(['*', '\\']).trim_matches('`').rsplit('.').next().unwrap_or_default();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if let Some(sentence) = first_sentence(text, &deeper(below, depth)).filter(|_| plain) {
        out.entry(name.to_owned()).or_insert(sentence);
    }
}

/// The first sentence of a text that goes on in further lines; None where that says nothing or
/// does not end.
fn first_sentence(text: &str, further: &[&str]) -> Option<String> {
    let whole: Vec<&str> = std::iter::once(&text).chain(further).map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    let whole = whole.join(" ");
    let end = whole.match_indices(". ").map(|(at, _)| at + 1).find(|at| !whole[..*at].ends_with("e.g.") && !whole[..*at].ends_with("i.e."));
    let end = end.into_iter().chain(whole.find('。').map(|at| at + '。'.len_utf8())).min();
    let sentence = whole[..end.unwrap_or(whole.len())].trim_start_matches("(optional)").trim_start_matches("Optional.").trim();
    (sentence.len() >= 4 && sentence.len() <= 240).then(|| sentence.to_owned())
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
    use super::{parameter_docs, plain_prose, return_docs};

    #[track_caller]
    fn check(doc: &str, want: &[(&str, &str)]) {
        let got = parameter_docs(doc);
        let want: Vec<(String, String)> = want.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(got.into_iter().collect::<Vec<_>>(), want);
    }

    #[test]
    fn each_style_is_read() {
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
        check(
            "Sends.\n\n@param url where to\n    and more\n@param {string} [data] - the body\n@param empty\n@return no\n",
            &[("data", "the body"), ("url", "where to and more")],
        );
        check("No parameters.", &[]);
    }

    #[test]
    fn results_are_read_in_each_style() {
        let check = |doc: &str, want: &str| assert_eq!(return_docs(doc).unwrap_or_default(), want);
        check("Sends.\n\n:param x: no\n:return: what came back,\n    in bytes. More.\n:rtype: bytes\n", "what came back, in bytes.");
        check("Sends.\n\n:returns: what came back\n", "what came back");
        check("Sends.\n\n@return what came back,\n in bytes\n@throws E never\n", "what came back, in bytes");
        check(
            "Sends.\n\nReturns:\n    The same order, placed and\n    priced.\n\nRaises:\n    E: no\n",
            "The same order, placed and priced.",
        );
        check("Sends.\n\nReturns:\n    dict[str, int]: by name\n        and type.\n", "by name and type.");
        check("Sends.\n\nReturns: what came back\n", "what came back");
        check("Sends.\n\nReturns\n-------\nint\n    In cents.\n\nNotes\n-----\nno\n", "In cents.");
        check("Reads.\n\nYields:\n    One line after the other.\n", "One line after the other.");
        check("Sends.\n\nReturns\n-------\nx : int\n    One.\ny : int\n    Two.\n", "");
        check("Returns nothing of note.", "");
    }

    #[test]
    fn prose_loses_its_markup() {
        assert_eq!(plain_prose("Returns a :class:`Request <requests.Request>` or ``None``."), "Returns a `Request` or `None`.");
        assert_eq!(plain_prose("See `link <http://x>`_ and `open"), "See `link` and `open");
        assert_eq!(plain_prose("a :mod:`~shop.orders`\n thing"), "a `shop.orders` thing");
    }
}
