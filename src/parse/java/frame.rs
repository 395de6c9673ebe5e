//! What the grammar wants around the lines of a member, and behind lines that stop in the middle of a type.

use super::MODIFIERS;
use crate::parse::language::Frame;

/// The type that stands around a member. No person writes such a name.
pub(super) const AROUND: &str = "Cited$$";
const BEFORE: &str = "class Cited$$ {";

/// The frame of lines that begin with a member or do not end; None where the grammar takes them as they are.
pub(super) fn around(code: &str) -> Option<Frame> {
    let member = is_member(code);
    let open = open_braces(code);
    if !member && open <= 0 {
        return None;
    }
    let closing = open.max(0) as usize + usize::from(member);
    Some(Frame { before: if member { BEFORE } else { "" }, behind: format!("\n{}", "}".repeat(closing)), unfinished: open > 0 })
}

/// Do the lines begin with a method, a constructor or a field?
fn is_member(code: &str) -> bool {
    let Some(rest) = behind_modifiers(code) else { return false };
    let word: &str = rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '@' || c == '$')).next().unwrap_or_default();
    match word {
        "" => rest.starts_with('<'),
        "package" | "import" | "class" | "interface" | "enum" | "@interface" => false,
        // Words that are keywords only where a name follows.
        "record" | "module" | "open" => {
            let after = rest[word.len()..].trim_start();
            let apart = after.len() < rest.len() - word.len();
            let name = after.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$' || c == '.')).unwrap_or(after.len());
            let behind = after[name..].trim_start();
            name == 0 || !apart || !(behind.starts_with('<') || behind.starts_with('(') && word == "record" || behind.starts_with('{'))
        }
        _ => true,
    }
}

/// The code behind comments, annotations and modifiers; None where nothing else is there.
fn behind_modifiers(code: &str) -> Option<&str> {
    let mut rest = code;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        } else if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, below)| below);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/")?.1;
        } else if let Some(annotation) = rest.strip_prefix('@').filter(|name| !is_word(name, "interface")) {
            let name = annotation.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$'))).unwrap_or(annotation.len());
            let behind = &annotation[name..];
            let arguments = behind.trim_start();
            rest = if arguments.starts_with('(') { arguments.get(bracketed(arguments)?..)? } else { behind };
        } else if let Some(modifier) = MODIFIERS.iter().find(|modifier| is_word(rest, modifier)) {
            rest = &rest[modifier.len()..];
        } else {
            return Some(rest);
        }
    }
}

fn is_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$')))
}

/// How long the text in brackets is that the text begins with.
fn bracketed(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in punctuation(text) {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// How many braces are open at the end.
fn open_braces(code: &str) -> i32 {
    punctuation(code).map(|(_, c)| i32::from(c == '{') - i32::from(c == '}')).sum()
}

/// Brackets of a text, without those in strings and comments.
fn punctuation(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let here = at;
            let rest = &text.as_bytes()[here..];
            at += match rest {
                [b'/', b'/', ..] => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                [b'/', b'*', ..] => memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |length| length + 4),
                [b'"', b'"', b'"', ..] => quoted(rest, b"\"\"\""),
                [b'"', ..] => quoted(rest, b"\""),
                [b'\'', ..] => quoted(rest, b"'"),
                [b'(' | b')' | b'{' | b'}', ..] => {
                    at += 1;
                    return Some((here, char::from(rest[0])));
                }
                _ => 1,
            };
        }
        None
    })
}

/// How long a text in quotes is, the quotes with it.
fn quoted(rest: &[u8], quote: &[u8]) -> usize {
    let mut at = quote.len();
    while at < rest.len() && !rest[at..].starts_with(quote) {
        if quote.len() == 1 && rest[at] == b'\n' {
            return at;
        }
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + quote.len()).min(rest.len())
}

#[cfg(test)]
mod tests {
    use super::around;

    #[track_caller]
    fn check(code: &str, want: &str) {
        let framed = around(code).map(|frame| format!("{}|{}|{}", frame.before, frame.behind.trim(), frame.unfinished));
        assert_eq!(framed.unwrap_or_default(), want, "{code}");
    }

    #[test]
    fn members_are_put_into_a_type() {
        check("public int total() { return 1; }", "class Cited$$ {|}|false");
        check("/** It's. */\n@Get(\"/a)\")\n@Deprecated static <T> void f() {}", "class Cited$$ {|}|false");
        check("Order(int id) { this.id = id; }", "class Cited$$ {|}|false");
        check("<T> void f() {", "class Cited$$ {|}}|true");
        check("record.add(1)", "class Cited$$ {|}|false");
        check("private static final int MAX = 1;", "class Cited$$ {|}|false");
    }

    #[test]
    fn types_and_files_stand_alone() {
        check("package a.b;\nclass A { }", "");
        check("// why\n", "");
        check("@Service\npublic class A {\n    String s = \"}\"; // }\n", "|}|true");
        check("public @interface Marked { }", "");
        check("record Point(int x) { }", "");
        check("enum State { A, B;\n", "|}|true");
        check("\"", "");
    }
}
