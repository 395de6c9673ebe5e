//! What stands before a body: annotations, parameters, documentation.

use super::first;
use crate::parse::syntax::{NodeId, Syntax};

/// Characters that mark comments and tags and say nothing.
const MARKS: &[char] = &['*', '/', '{', '}', '<', '>', '#', '`'];
const TAGS: &[&str] = &["@code", "@link", "@linkplain", "@literal", "@value", "p", "br", "b", "i", "em", "code", "pre", "ul", "ol", "li"];

pub(super) fn documented(syntax: &Syntax, top: NodeId, sentence: &str) -> Option<NodeId> {
    let item = if top == 0 { first(syntax) } else { top };
    let comments = || (0..item).filter(|&node| syntax.kind(node) == "block_comment" && syntax.text(node).starts_with("/**"));
    let comment = comments().next_back()?;
    let (text, sentence) = (words(syntax.text(comment)), words(sentence));
    let whole = !sentence.is_empty() && text.windows(sentence.len()).any(|window| window == sentence);
    // A script without blanks between words is looked up as it stands.
    let wide = sentence.iter().any(|word| !word.is_ascii());
    let joined = |words: &[String]| words.concat();
    (whole || wide && joined(&text).contains(&joined(&sentence))).then_some(comment)
}

/// The words of a comment or a sentence, tags aside.
fn words(text: &str) -> Vec<String> {
    let text = untagged(text);
    let plain: String = text.chars().map(|c| if MARKS.contains(&c) { ' ' } else { c }).collect();
    let parts = plain.split_whitespace().filter(|word| !TAGS.contains(word));
    // What a link leads to is written with a dot by people.
    let pieces = parts.flat_map(|word| word.split('.')).filter(|word| !word.is_empty());
    pieces.map(str::to_owned).collect()
}

/// The text without tags of HTML, and with what inline tags show: of a link its label.
fn untagged(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once("{@") {
        let Some((inside, behind)) = tag.split_once('}') else { break };
        let words: Vec<&str> = inside.split_whitespace().filter(|word| *word != "*").collect();
        let from = if words.first().is_some_and(|name| name.starts_with("link")) && words.len() > 2 { 2 } else { 1 };
        shown.push_str(before);
        shown.push_str(&words.get(from..).unwrap_or_default().join(" "));
        rest = behind;
    }
    shown.push_str(rest);
    let mut out = String::new();
    for (at, piece) in shown.split('<').enumerate() {
        let tag = piece.starts_with(|c: char| c.is_ascii_lowercase() || c == '/');
        match piece.split_once('>').filter(|_| at > 0 && tag) {
            Some((_, behind)) => out.push_str(behind),
            None if at > 0 => out.extend(["<", piece]),
            None => out.push_str(piece),
        }
    }
    out
}

/// The annotations in front of the definition.
pub(super) fn annotations<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let item = if top == 0 { first(syntax) } else { top };
    let held = move |node: &NodeId| {
        let list = syntax.parent(*node).unwrap_or_default();
        syntax.kind(*node).ends_with("annotation") && syntax.kind(list) == "modifiers" && syntax.parent(list) == Some(item)
    };
    (item + 1..syntax.end(item)).filter(held)
}

/// What is written behind the `@`.
pub(super) fn written<'t>(syntax: &Syntax<'t>, annotation: NodeId) -> &'t str {
    syntax.text(annotation).trim_start_matches('@')
}

/// The parameters.
pub(super) fn parameters<'s>(syntax: &'s Syntax, top: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let list = syntax.child(top, "parameters").into_iter();
    list.flat_map(|list| syntax.parts(list)).filter(|&part| matches!(syntax.kind(part), "formal_parameter" | "spread_parameter"))
}

pub(super) fn parameter(syntax: &Syntax, top: NodeId, name: &str, annotation: &str) -> Option<NodeId> {
    parameters(syntax, top).find(|&part| {
        let text = |field| syntax.child(part, field).map(|node| syntax.folded(node)).unwrap_or_default();
        if syntax.kind(part) == "formal_parameter" {
            return text("name") == name && super::same(&(text("type") + &text("dimensions")), annotation);
        }
        let stated: String =
            syntax.parts(part).filter(|&inner| syntax.kind(inner) != "modifiers").map(|inner| syntax.folded(inner) + "...").collect();
        super::same(&stated, &format!("{annotation}{name}..."))
    })
}
