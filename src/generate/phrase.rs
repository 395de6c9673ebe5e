//! Words for facts.

use crate::facts::has_exceptions;
use crate::generate::tongue::{Tongue, is_han};
use crate::model::{Brief, Chunk, ChunkKind, key};

/// A condition longer than this is left to the code.
const MAX_CONDITION: usize = 110;

/// One of several wordings, always the same for the same seed.
pub(super) fn pick<'a>(tongue: Tongue, seed: &str, english: &[&'a str], chinese: &[&'a str]) -> &'a str {
    let options = tongue.say(english, chinese);
    options[(key("wording", seed) % options.len() as u64) as usize]
}

/// The question that a sample asks: one of several wordings, filled with `{s}` the symbol, `{p}`
/// its path, `{k}` what it is, `{a}` "a" or "an", and what else the kind knows.
pub(super) fn ask(brief: &Brief, english: &[&str], chinese: &[&str], more: &[(&str, &str)]) -> String {
    let (tongue, subject) = (Tongue::of(brief), &*brief.subject);
    let wording = pick(tongue, &brief.slot.id(), english, chinese);
    let (name, file) = (symbol(subject), path(subject));
    let own = [("s", name.as_str()), ("p", &file), ("k", noun(tongue, subject)), ("a", article(subject))];
    fill(&fill(wording, &own), more)
}

/// Fills `{name}` places of a wording.
pub(super) fn fill(wording: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(wording.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Source text as code in prose; None where it cannot stand there.
pub(super) fn code(text: &str) -> Option<String> {
    let fits = !text.is_empty() && text.len() <= MAX_CONDITION && !text.contains(['`', '\n', '…']);
    fits.then(|| format!("`{text}`"))
}

/// The symbol of a chunk as people write it.
pub(super) fn symbol(chunk: &Chunk) -> String {
    format!("`{}`", shown(chunk))
}

/// The symbol without the number that tells repeated definitions apart.
pub(super) fn shown(chunk: &Chunk) -> &str {
    chunk.symbol.split('#').next().unwrap_or(&chunk.symbol)
}

/// What the chunk is, in one word.
pub(super) fn noun(tongue: Tongue, chunk: &Chunk) -> &'static str {
    match chunk.kind {
        ChunkKind::Class if has_exceptions(&chunk.path) => tongue.say("class", "类"),
        ChunkKind::Class => tongue.say("type", "类型"),
        ChunkKind::Method => tongue.say("method", "方法"),
        _ => tongue.say("function", "函数"),
    }
}

/// `a` or `an`, as the symbol begins.
fn article(chunk: &Chunk) -> &'static str {
    if shown(chunk).starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// A path as code.
pub(super) fn path(chunk: &Chunk) -> String {
    format!("`{}`", chunk.path)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(tongue: Tongue, items: &[String]) -> String {
    joined(items, tongue.say(", ", "、"), tongue.say(" and ", "和"))
}

pub(super) fn joined(items: &[String], between: &str, last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., end] => format!("{}{last}{end}", first.join(between)),
    }
}

/// A text that begins a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A text that ends a sentence.
pub(super) fn stopped(tongue: Tongue, text: &str) -> String {
    const STOPS: &[char] = &['.', '!', '?', '。', '！', '？'];
    let text = text.trim_end();
    if text.ends_with(STOPS) || text.trim_end_matches('”').ends_with(STOPS) {
        return text.to_owned();
    }
    format!("{}{}", text.trim_end_matches([',', ';', ':', '，', '；', '：']), tongue.say(".", "。"))
}

/// A text that goes on inside of a sentence: a word that is no name begins in lower case.
pub(super) fn inside(text: &str) -> String {
    const SMALL: &[&str] = &["A", "All", "An", "At", "Each", "For", "How", "If", "In", "On", "One", "The", "What", "When", "Whether"];
    match text.split(' ').next() {
        Some(first) if SMALL.contains(&first) => format!("{}{}", first.to_lowercase(), &text[first.len()..]),
        _ => text.to_owned(),
    }
}

/// `1 parameter`, `2 parameters`; `2 个参数`, with the measure word in front of the noun.
pub(super) fn count(tongue: Tongue, number: usize, noun: &str, chinese: &str) -> String {
    match tongue {
        Tongue::English => format!("{number} {noun}{}", if number == 1 { "" } else { "s" }),
        Tongue::Chinese => format!("{number} {chinese}"),
    }
}

/// What a docstring says, as part of a sentence: in quotation marks where it is in another
/// language than the sentence.
pub(super) fn quoted(tongue: Tongue, text: &str) -> String {
    let native = text.contains(is_han) == (tongue == Tongue::Chinese);
    if native { text.to_owned() } else { format!("“{text}”") }
}

/// The message of an error as a person sees it: `…` for what is filled in. None where that
/// cannot be told.
pub(super) fn plain_message(message: &str) -> Option<String> {
    let mut out = String::new();
    let mut depth = 0;
    for c in message.chars() {
        match c {
            '{' => {
                if depth == 0 {
                    out.push('…');
                }
                depth += 1;
            }
            '}' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => (),
        }
    }
    let plain = depth == 0 && out.len() <= 120 && !out.contains(['"', '`', '}', '%', '“', '”']);
    plain.then(|| out.trim().trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::{plain_message, stopped};
    use crate::generate::Tongue;

    #[test]
    fn a_message_hides_what_is_filled_in() {
        assert_eq!(plain_message("only {rest} of {order['total']} is left.").as_deref(), Some("only … of … is left"));
        assert_eq!(plain_message("odd { brace"), None);
    }

    #[test]
    fn sentences_end_once() {
        assert_eq!(stopped(Tongue::English, "It is"), "It is.");
        assert_eq!(stopped(Tongue::Chinese, "它是“A thing.”"), "它是“A thing.”");
        assert_eq!(stopped(Tongue::Chinese, "它是"), "它是。");
    }
}
