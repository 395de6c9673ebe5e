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

/// `a` or `an`, as the symbol begins.
pub(super) fn article(chunk: &Chunk) -> &'static str {
    if shown(chunk).starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// A path as code.
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
    let mut past: Vec<Option<String>> = Vec::new();
    let mut skipped: Vec<Option<String>> = Vec::new();
    for guard in guards {
        let text = code(&guard.text);
        match (guard.kind, text) {
            (GuardKind::Past, _) => past.push(holds_not(&guard.text)),
            (GuardKind::Skip, _) => skipped.push(holds_not(&guard.text)),
            (GuardKind::Unless, _) => conditions.push(holds_not(&guard.text).unwrap_or_else(hidden)),
            (GuardKind::If, text) => conditions.push(text.unwrap_or_else(hidden)),
            (GuardKind::While, text) => conditions.push(text.map_or_else(hidden, |text| format!("{text} still holds"))),
            (GuardKind::Case, text) => conditions.push(match guard.text.split_once(": ") {
                Some((subject, pattern)) if !subject.is_empty() && text.is_some() => format!("`{subject}` matches `{pattern}`"),
                _ => text.map_or_else(hidden, |text| format!("the case is {text}")),
            }),
            (GuardKind::Except, _) if guard.text == "any exception" => around.push("in the handler for any exception".to_owned()),
            (GuardKind::Except, Some(text)) => around.push(format!("in the handler for {text}")),
            (GuardKind::For, Some(text)) => around.push(format!("in the loop {}", text.replacen('`', "`for ", 1))),
            (GuardKind::Except | GuardKind::For, None) => conditions.push(hidden()),
        }
    }
    let mut after: Vec<&str> = Vec::new();
    for (earlier, many) in [(past, "once the checks before it have passed"), (skipped, "for an item that the checks before it do not skip")]
    {
        let told: Option<Vec<String>> = earlier.iter().cloned().collect();
        match told {
            Some(told) if told.len() <= 2 => conditions.extend(told),
            _ => after.push(many),
        }
    }
    let mut distinct: Vec<String> = Vec::new();
    for condition in conditions {
        if !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    let mut out = if distinct.is_empty() { String::new() } else { format!(" when {}", list(&distinct)) };
    for part in around.iter().map(String::as_str).chain(after) {
        out.push_str(if out.is_empty() { " " } else { ", " });
        out.push_str(part);
    }
    out
}

fn hidden() -> String {
    "a longer condition in the code holds".to_owned()
}

/// That a condition does not hold, in words: turned round where it is simple. None where the
/// condition is too long to tell.
fn holds_not(text: &str) -> Option<String> {
    let shown = code(text)?;
    let simple = ![" and ", " or ", " if ", " else ", "lambda", "||", "&&", "|", "let "].iter().any(|word| text.contains(word));
    let turned =
        [(" is not ", " is "), (" not in ", " in "), (" == ", " != "), (" != ", " == "), (" is ", " is not "), (" in ", " not in ")];
    if let Some(inner) = text.strip_prefix("not ").filter(|_| simple) {
        return Some(format!("`{inner}`"));
    }
    let comparisons =
        [" is ", " in ", " == ", " != ", " < ", " > ", " <= ", " >= "].iter().map(|operator| text.matches(operator).count()).sum::<usize>();
    let turns = simple && comparisons == 1 && !text.starts_with("let ") && !text.contains(['"', '\'']);
    match turned.iter().find(|(from, _)| turns && text.contains(from)) {
        Some((from, to)) => code(&text.replacen(from, to, 1)),
        None => Some(format!("not {shown}")),
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
        check(&[(GuardKind::If, "a"), (GuardKind::Unless, "b")], " when `a` and not `b`");
        check(&[(GuardKind::Unless, "not b")], " when `b`");
        check(&[(GuardKind::Unless, "a != 1 || !b")], " when not `a != 1 || !b`");
        check(&[(GuardKind::Unless, "not a or b")], " when not `not a or b`");
        check(&[(GuardKind::Past, "a is None")], " when `a is not None`");
        check(&[(GuardKind::Past, "a"), (GuardKind::If, "b")], " when `b` and not `a`");
        check(
            &[(GuardKind::Past, "a"), (GuardKind::Past, "b"), (GuardKind::Past, "c"), (GuardKind::If, "d")],
            " when `d`, once the checks before it have passed",
        );
        check(&[(GuardKind::Past, "a"), (GuardKind::Past, "b"), (GuardKind::Past, "c")], " once the checks before it have passed");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "x.bad")], " when `x.bad`, in the loop `for x in xs`");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::Skip, "x.old")], " when not `x.old`, in the loop `for x in xs`");
        check(&[(GuardKind::Except, "KeyError")], " in the handler for `KeyError`");
        check(&[(GuardKind::Case, "kind: \"a\"")], " when `kind` matches `\"a\"`");
    }
}
