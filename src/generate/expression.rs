//! The text of a condition, taken apart at its top: what stands between brackets or quotes is
//! left alone. Works on the operators of every language that is read.

/// An atom of a condition, and whether it has to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    pub text: String,
    pub holds: bool,
}

impl Atom {
    /// Can both not be so at once?
    pub(super) fn denies(&self, other: &Self) -> bool {
        let opposite = |one: &Self, of: &Self| one.holds && of.holds && turned(&of.text).as_deref() == Some(&one.text);
        self.text == other.text && self.holds != other.holds || opposite(self, other)
    }
}

/// What has to hold, and what not, so that a condition holds (or does not): each atom once,
/// without double negations. What cannot be taken apart is one atom.
pub(super) fn atoms(text: &str, holds: bool) -> Vec<Atom> {
    let mut out = Vec::new();
    collect(text.trim(), holds, &mut out);
    out
}

fn collect(text: &str, holds: bool, out: &mut Vec<Atom>) {
    let mut text = text;
    let mut holds = holds;
    loop {
        text = unwrapped(text);
        let whole = text.starts_with("let ")
            || !split(text, &[" if ", " else ", " for ", " ? ", " => ", " ?? "]).is_empty()
            || text.starts_with("lambda");
        if whole {
            break;
        }
        let either = split(text, &[" or ", " || "]);
        let both = if either.is_empty() { split(text, &[" and ", " && "]) } else { Vec::new() };
        let parts = if holds { &both } else { &either };
        if !parts.is_empty() && !parts.iter().any(|part| part.starts_with("let ")) {
            parts.iter().for_each(|part| collect(part, holds, out));
            return;
        }
        let inner = text
            .strip_prefix("not ")
            .or_else(|| text.strip_prefix('!').filter(|rest| !rest.starts_with('=') && comparison(rest).is_none()));
        match inner.filter(|_| either.is_empty() && both.is_empty()) {
            Some(inner) => {
                text = inner.trim_start();
                holds = !holds;
            }
            None => break,
        }
    }
    let turned = (!holds && split(text, &[" or ", " || ", " and ", " && "]).is_empty()).then(|| turned(text)).flatten();
    let atom = match turned {
        Some(text) => Atom { text, holds: true },
        None => Atom { text: text.to_owned(), holds },
    };
    if !out.contains(&atom) {
        out.push(atom);
    }
}

/// A comparison of the kind that has an opposite, as that.
fn turned(text: &str) -> Option<String> {
    const OPPOSITES: &[(&str, &str)] = &[
        (" is not ", " is "),
        (" not in ", " in "),
        (" === ", " !== "),
        (" !== ", " === "),
        (" == ", " != "),
        (" != ", " == "),
        (" is ", " is not "),
        (" in ", " not in "),
    ];
    let (at, operator) = comparison(text)?;
    let (_, opposite) = OPPOSITES.iter().find(|(from, _)| *from == operator)?;
    Some(format!("{}{opposite}{}", &text[..at], &text[at + operator.len()..]))
}

/// The only comparison at the top of a text: where it stands, and its operator.
pub(super) fn comparison(text: &str) -> Option<(usize, &'static str)> {
    const OPERATORS: &[&str] = &[" is not ", " not in ", " is ", " in ", " === ", " !== ", " == ", " != ", " <= ", " >= ", " < ", " > "];
    let mut found = None;
    let mut at = 0;
    while let Some((place, operator)) = first(&text[at..], OPERATORS) {
        if found.is_some() {
            return None;
        }
        found = Some((at + place, operator));
        // The blank behind an operator may be the one in front of the next.
        at += place + operator.len() - 1;
    }
    found
}

/// Is it one name or member, whose truth is asked for?
pub(super) fn is_bare(text: &str) -> bool {
    let plain =
        text.starts_with(|c: char| c.is_alphabetic() || c == '_') && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    plain && !matches!(text, "True" | "true" | "False" | "false")
}

/// Is it true or false, by its name, rather than there or not?
pub(super) fn is_flag(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default().trim_start_matches('_');
    ["is_", "has_", "can_", "should_", "was_", "needs_", "allow_", "allows_"].iter().any(|start| last.starts_with(start))
}

/// Is it a call whose name says that it is true or false?
pub(super) fn is_question(text: &str) -> bool {
    let called = text.split('(').next().unwrap_or_default();
    let last = called.rsplit('.').next().unwrap_or_default();
    let known = ["isinstance", "issubclass", "callable", "hasattr", "any", "all", "startswith", "endswith", "isdigit", "exists"];
    text.ends_with(')') && (is_flag(called) || known.contains(&last))
}

/// A name, a member or a call, and no comparison of them.
pub(super) fn is_operand(text: &str) -> bool {
    let mut depth = 0_i32;
    let outside = text.chars().any(|c| {
        depth += matches!(c, '(' | '[' | '{') as i32 - matches!(c, ')' | ']' | '}') as i32;
        depth == 0 && matches!(c, ' ' | '<' | '>' | '=' | '!' | '|' | '&' | '"' | '\'')
    });
    !outside && text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Does it follow from one of the others, so that nobody has to say it?
pub(super) fn follows(atom: &Atom, others: &[Atom]) -> bool {
    let about =
        |text: &str| comparison(text).map(|(at, operator)| (text[..at].to_owned(), operator, text[at + operator.len()..].to_owned()));
    let Some((left, operator, right)) = about(&atom.text).filter(|_| atom.holds) else { return false };
    others.iter().filter(|other| other.holds && *other != atom).any(|other| match (operator, about(&other.text)) {
        (" != " | " is not " | " !== ", Some((of, " == " | " is " | " === ", value))) => {
            of == left && value != right && is_fixed(&value) && is_fixed(&right)
        }
        (" is not ", None) if right == "None" => other.text == left || other.text.starts_with(&format!("isinstance({left}, ")),
        _ => false,
    })
}

/// Does it always stand for the same: a literal, a member of a set?
fn is_fixed(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let constant = last.len() > 1 && last.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    text.starts_with(['"', '\'']) || text.parse::<f64>().is_ok() || matches!(text, "None" | "True" | "False") || constant
}

/// A text without brackets around all of it.
fn unwrapped(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return text };
    let whole = Scan::new(inner).all(|(_, depth, _)| depth >= 0) && !inner.is_empty() && split(inner, &[","]).is_empty();
    if whole { inner.trim() } else { text }
}

/// The parts between operators at the top of a text; empty where there is none of them.
fn split<'t>(text: &'t str, operators: &[&'static str]) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, operator)) = first(rest, operators) {
        parts.push(rest[..at].trim());
        rest = &rest[at + operator.len()..];
    }
    if !parts.is_empty() {
        parts.push(rest.trim());
    }
    parts
}

/// The first of the operators at the top of a text.
fn first(text: &str, operators: &[&'static str]) -> Option<(usize, &'static str)> {
    Scan::new(text)
        .filter(|(_, depth, quoted)| *depth == 0 && !quoted)
        .find_map(|(at, _, _)| operators.iter().find(|operator| text[at..].starts_with(**operator)).map(|operator| (at, *operator)))
}

/// The places of a text with the depth of brackets there, and whether they stand in quotes.
struct Scan<'t> {
    chars: std::str::CharIndices<'t>,
    depth: i32,
    quote: Option<char>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self { chars: text.char_indices(), depth: 0, quote: None }
    }
}

impl Iterator for Scan<'_> {
    type Item = (usize, i32, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let (at, c) = self.chars.next()?;
        match (self.quote, c) {
            (Some(open), c) if c == open => self.quote = None,
            (Some(_), _) => (),
            (None, '"' | '\'' | '`') => self.quote = Some(c),
            (None, '(' | '[' | '{') => self.depth += 1,
            (None, ')' | ']' | '}') => self.depth -= 1,
            _ => (),
        }
        Some((at, self.depth, self.quote.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Atom, atoms, follows, is_bare};

    fn shown(text: &str, holds: bool) -> Vec<String> {
        atoms(text, holds).into_iter().map(|atom| if atom.holds { atom.text } else { format!("not {}", atom.text) }).collect()
    }

    #[test]
    fn a_condition_comes_apart_at_its_top() {
        assert_eq!(shown("a and b", true), ["a", "b"]);
        assert_eq!(shown("a and b", false), ["not a and b"]);
        assert_eq!(shown("a or b", true), ["a or b"]);
        assert_eq!(shown("a is None or b == []", false), ["a is not None", "b != []"]);
        assert_eq!(shown("not (a or b)", true), ["not a", "not b"]);
        assert_eq!(shown("(a or b) and c", true), ["a or b", "c"]);
        assert_eq!(shown("a and b or c", true), ["a and b or c"]);
        assert_eq!(shown("!a && b.is_some()", true), ["not a", "b.is_some()"]);
        assert_eq!(shown("a != 1 || !b", false), ["a == 1", "b"]);
        assert_eq!(shown("let Some(x) = y", false), ["not let Some(x) = y"]);
        assert_eq!(shown("x if y else z", false), ["not x if y else z"]);
        assert_eq!(shown("a !== 1 || !b", false), ["a === 1", "b"]);
        assert_eq!(shown("a ? b && c : d", true), ["a ? b && c : d"]);
    }

    #[test]
    fn nothing_is_denied_twice() {
        assert_eq!(shown("not \" in \" not in x", true), ["\" in \" in x"]);
        assert_eq!(shown("x not in f(a, \"b in c\")", false), ["x in f(a, \"b in c\")"]);
        assert_eq!(shown("not not a", true), ["a"]);
        assert_eq!(shown("not callable(f)", false), ["callable(f)"]);
        assert_eq!(shown("a < b < c", false), ["not a < b < c"]);
        assert_eq!(shown("n >= 5", false), ["not n >= 5"]);
        assert_eq!(shown("isinstance(a, (b, c))", false), ["not isinstance(a, (b, c))"]);
    }

    #[test]
    fn what_follows_is_known() {
        let one = |text: &str| Atom { text: text.to_owned(), holds: true };
        assert!(follows(&one("a != 1"), &[one("a == 2")]));
        assert!(follows(&one("state is not State.OPEN"), &[one("state is State.PAID")]));
        assert!(follows(&one("a is not None"), &[one("isinstance(a, int)")]));
        assert!(follows(&one("a is not None"), &[one("a")]));
        assert!(!follows(&one("a != b"), &[one("a == c")]));
        assert!(!follows(&one("a != 1"), &[one("b == 2")]));
        assert!(!follows(&one("a is not None"), &[one("b")]));
        assert!(is_bare("self.name") && !is_bare("f()") && !is_bare("True"));
    }
}
