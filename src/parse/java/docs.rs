//! The text of documentation comments: marks, tags of HTML and inline tags taken off.

use crate::parse::outline::dedent;

/// What `/** … */` says. Block tags (`@param`) stand apart from the description.
pub(super) fn text(comment: &str) -> String {
    let Some(inner) = comment.strip_prefix("/**") else { return String::new() };
    let inner = inner.strip_suffix("*/").unwrap_or(inner);
    let mut out = String::new();
    let mut tagged = false;
    for line in inner.lines() {
        let line = line.trim();
        let line = line.strip_prefix('*').map_or(line, |rest| rest.strip_prefix('*').unwrap_or(rest));
        let line = line.strip_prefix(' ').unwrap_or(line);
        if line.trim_start().starts_with('@') && !tagged {
            tagged = true;
            out.push('\n');
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    let plain = dedent(&without_inline_tags(&without_markup(&out)));
    // Three line breaks say no more than two.
    let mut lines: Vec<&str> = Vec::new();
    for line in plain.lines() {
        if !(line.trim().is_empty() && lines.last().is_some_and(|before| before.trim().is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// `<p>` parts paragraphs; other tags go, what stands between them stays.
fn without_markup(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let tag = &rest[start + 1..];
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let known = matches!(
            name.to_ascii_lowercase().as_str(),
            "p" | "br"
                | "b"
                | "i"
                | "em"
                | "strong"
                | "code"
                | "pre"
                | "tt"
                | "ul"
                | "ol"
                | "li"
                | "a"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "blockquote"
        );
        match tag.find('>').filter(|_| known) {
            Some(end) => {
                let name = name.to_ascii_lowercase();
                if name == "p" && !tag.starts_with('/') && !out.trim().is_empty() {
                    out.push_str("\n\n");
                }
                rest = &tag[end + 1..];
                if name == "p" {
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                }
            }
            None => {
                out.push('<');
                rest = tag;
            }
        }
    }
    out.push_str(rest);
    out
}

/// `{@code x}` and `{@link a.B#c()}` as what a reader sees.
fn without_inline_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{@") {
        out.push_str(&rest[..start]);
        let tag = &rest[start + 2..];
        let Some(end) = tag.find('}') else {
            out.push_str(&rest[start..]);
            return out;
        };
        let (name, said) = tag[..end].split_once(char::is_whitespace).unwrap_or((&tag[..end], ""));
        let said = said.trim();
        match name {
            "link" | "linkplain" | "see" | "value" => {
                let label = said.split_once(' ').filter(|(of, _)| !of.contains('(') || of.contains(')')).map(|(_, label)| label.trim());
                out.push_str(&label.map_or_else(|| said.trim_start_matches('#').replace('#', "."), str::to_owned));
            }
            "inheritDoc" => (),
            _ => out.push_str(said),
        }
        rest = &tag[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_comment_reads_like_prose() {
        let check = |comment: &str, want: &str| assert_eq!(text(comment), want);
        check("/** Places an order. */", "Places an order.");
        check(
            "/**\n     * Places {@code order}, see {@link Stock#take(int)}.\n     * <p>Then more.\n     * @param order what\n     */",
            "Places order, see Stock.take(int).\n\nThen more.\n\n@param order what",
        );
        check("/**\n * {@link Order an order}\n *\n * @return x < y\n */", "an order\n\n@return x < y");
        check("/* no */", "");
    }
}
