//! Words for facts.

use crate::model::{Chunk, Guard, GuardKind, key};

/// A condition longer than this is left to the code.
const MAX_CONDITION: usize = 110;

/// One of several wordings, always the same for the same seed.
pub(super) fn pick<'a>(seed: &str, options: &[&'a str]) -> &'a str {
    options[(key("wording", seed) % options.len() as u64) as usize]
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

/// A call as written on a line of its own.
pub(super) fn path(chunk: &Chunk) -> String {
    format!("`{}`", chunk.path)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The conditions in words, with a blank in front: ` when `qty > stock``. Empty when the code
/// runs in any case.
pub(super) fn when(guards: &[Guard]) -> String {
    let mut conditions: Vec<String> = Vec::new();
    let mut around: Vec<String> = Vec::new();
    let mut past: Vec<String> = Vec::new();
    let mut hidden = false;
    for guard in guards {
        let Some(text) = code(&guard.text) else {
            hidden = hidden || guard.kind != GuardKind::Past;
            past.extend((guard.kind == GuardKind::Past).then(String::new));
            continue;
        };
        match guard.kind {
            GuardKind::If => conditions.push(text),
            GuardKind::Unless => conditions.push(format!("{text} is false")),
            GuardKind::While => conditions.push(format!("{text} still holds")),
            GuardKind::Case => match guard.text.split_once(": ") {
                Some((subject, pattern)) if !subject.is_empty() => conditions.push(format!("`{subject}` matches `{pattern}`")),
                _ => conditions.push(format!("the case is {text}")),
            },
            GuardKind::Except if guard.text == "any exception" => around.push("while handling an exception".to_owned()),
            GuardKind::Except => around.push(format!("while handling {text}")),
            GuardKind::For => around.push(format!("inside the loop {}", text.replacen('`', "`for ", 1))),
            GuardKind::Past => past.push(text),
        }
    }
    if hidden {
        conditions.push("a longer condition in the code holds".to_owned());
    }
    let mut out = String::new();
    if !conditions.is_empty() {
        out = format!(" when {}", list(&conditions));
    } else if !past.is_empty() && around.is_empty() {
        out = match past.as_slice() {
            [only] if !only.is_empty() => format!(" when {only} is false"),
            [first, second] if !first.is_empty() && !second.is_empty() => format!(" when {first} and {second} are both false"),
            _ => " once none of the earlier checks has ended the call".to_owned(),
        };
    }
    for part in around {
        out.push_str(if out.is_empty() { " " } else { ", " });
        out.push_str(&part);
    }
    out
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
pub(super) fn stopped(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{}.", text.trim_end_matches([',', ';', ':'])) }
}

/// `1 parameter`, `2 parameters`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::when;
    use crate::model::{Guard, GuardKind};

    #[track_caller]
    fn check(guards: &[(GuardKind, &str)], want: &str) {
        let guards: Vec<Guard> = guards.iter().map(|(kind, text)| Guard { kind: *kind, text: (*text).to_owned() }).collect();
        assert_eq!(when(&guards), want);
    }

    #[test]
    fn conditions_read_as_a_sentence() {
        check(&[], "");
        check(&[(GuardKind::If, "a > b")], " when `a > b`");
        check(&[(GuardKind::If, "a"), (GuardKind::Unless, "b")], " when `a` and `b` is false");
        check(&[(GuardKind::Past, "a")], " when `a` is false");
        check(&[(GuardKind::Past, "a"), (GuardKind::If, "b")], " when `b`");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "x.bad")], " when `x.bad`, inside the loop `for x in xs`");
        check(&[(GuardKind::Except, "KeyError")], " while handling `KeyError`");
        check(&[(GuardKind::Case, "kind: \"a\"")], " when `kind` matches `\"a\"`");
    }
}
