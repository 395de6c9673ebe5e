//! Words for the conditions under which code runs.

use crate::generate::chinese;
use crate::generate::expression::{Atom, atoms, follows, is_bare, is_flag, is_operand, is_question};
use crate::generate::phrase::{code, list};
use crate::generate::tongue::Tongue;
use crate::model::{Guard, GuardKind, words};

/// What is so under conditions: "`X` when `qty > stock`", "如果 `qty > stock`，抛出
/// `X`". The Chinese wording needs a verb.
pub(super) fn under(tongue: Tongue, what: &str, guards: &[Guard]) -> String {
    let when = when(tongue, guards);
    match tongue {
        _ if when.is_empty() => what.to_owned(),
        Tongue::English => format!("{what}{when}"),
        Tongue::Chinese => format!("{when}，{what}"),
    }
}

/// That `name` does what is said, which may have its conditions with it.
pub(super) fn with_subject(tongue: Tongue, name: &str, says: &str) -> String {
    match tongue {
        Tongue::English => format!("{name} {says}"),
        Tongue::Chinese => chinese::with_subject(name, says),
    }
}

/// The conditions in words; empty when the code runs in any case. English follows what is
/// said and has a blank in front: " when `qty > stock`". Chinese goes before it:
/// "如果 `qty > stock`".
pub(super) fn when(tongue: Tongue, guards: &[Guard]) -> String {
    match tongue {
        Tongue::English => {
            let Told { caught, conditions, around } = told(guards);
            let mut out: String = caught.iter().map(|handler| format!(" {handler}")).collect();
            if !conditions.is_empty() {
                let conditions: Vec<String> = conditions.iter().map(Condition::in_english).collect();
                out.push_str(&format!(" when {}", list(tongue, &conditions)));
            }
            for part in around {
                out.push_str(if out.is_empty() { " " } else { ", " });
                out.push_str(&part);
            }
            out
        }
        Tongue::Chinese => chinese::when(guards),
    }
}

/// One condition as a clause: "`qty > stock`", "`self.name` is truthy".
pub(super) fn clause(tongue: Tongue, guard: &Guard) -> String {
    let guard = std::slice::from_ref(guard);
    match tongue {
        Tongue::English => list(tongue, &told(guard).conditions.iter().map(Condition::in_english).collect::<Vec<_>>()),
        Tongue::Chinese => chinese::case(guard),
    }
}

/// The conditions of one of several cases that are told in order: what an earlier case was told
/// to need does not have to be denied in a later one.
pub(super) fn after_earlier(guards: &[Guard], earlier: &[&[Guard]]) -> Vec<Guard> {
    let told = |text: &str| {
        earlier.iter().any(|case| matches!(case, [.., only] if only.kind == GuardKind::If && only.text == text && alone(case)))
    };
    let denied = |guard: &&Guard| matches!(guard.kind, GuardKind::Past | GuardKind::Unless) && told(&guard.text);
    let mut rest: Vec<Guard> = guards.iter().filter(|guard| !denied(guard)).cloned().collect();
    // The order says already that something stands before it.
    if !earlier.is_empty() && !rest.iter().all(is_hidden_way_out) {
        rest.retain(|guard| !is_hidden_way_out(guard));
    }
    rest
}

/// Does one condition alone decide, but for the ways out before it?
fn alone(guards: &[Guard]) -> bool {
    guards.iter().filter(|guard| guard.kind != GuardKind::Past).count() == 1
}

/// Can the conditions be told in a sentence: not more than `most`, each short enough? That earlier
/// branches may have ended the call can be said of any.
pub(super) fn is_tellable(guards: &[Guard], most: usize) -> bool {
    guards.len() <= most && guards.iter().all(|guard| is_hidden_way_out(guard) || code(&guard.text).is_some())
}

/// A way out before the place, of which only is known that there is one.
pub(super) fn is_hidden_way_out(guard: &Guard) -> bool {
    guard.kind == GuardKind::Past && guard.text == "…"
}

/// Guards in English words, each once.
#[derive(Default)]
struct Told {
    /// Handlers around the code.
    caught: Vec<String>,
    conditions: Vec<Condition>,
    /// Loops around the code, and ways out before it that are too many to name.
    around: Vec<String>,
}

fn told(guards: &[Guard]) -> Told {
    let mut out = Told::default();
    let mut past: Vec<&str> = Vec::new();
    let mut skipped: Vec<&str> = Vec::new();
    for guard in guards {
        let text = code(&guard.text);
        match (guard.kind, text) {
            (GuardKind::Past, _) => past.push(&guard.text),
            (GuardKind::Skip, _) => skipped.push(&guard.text),
            (GuardKind::Unless, _) => out.conditions.extend(parts(&guard.text, false)),
            (GuardKind::Except, _) if guard.text == "any exception" => {
                out.caught.push("after catching any exception".to_owned());
            }
            (GuardKind::If, _) => out.conditions.extend(parts(&guard.text, true)),
            (_, None) => out.conditions.push(Condition::Hidden),
            (GuardKind::While, Some(text)) => out.conditions.push(Condition::Said(format!("{text} still holds"))),
            (GuardKind::Case, Some(text)) => out.conditions.push(Condition::Said(match guard.text.split_once(": ") {
                Some((subject, "_")) if !subject.is_empty() => format!("`{subject}` matches nothing else"),
                Some((subject, pattern)) if !subject.is_empty() => format!("`{subject}` matches `{pattern}`"),
                _ => format!("the case is {text}"),
            })),
            (GuardKind::Except, Some(text)) => out.caught.push(format!("after catching {text}")),
            (GuardKind::For, Some(text)) if tells(guards, guard) => {
                let head = text.replacen('`', "`for ", 1);
                out.around.push(format!("in the loop {head}"));
            }
            (GuardKind::For, Some(_)) => (),
        }
    }
    let stayed = "if no earlier branch has ended the call";
    let kept = "for an item that the branches before it do not skip";
    for (earlier, many) in [(past, stayed), (skipped, kept)] {
        let denied: Vec<Condition> = earlier.iter().flat_map(|text| parts(text, false)).collect();
        if earlier.len() <= 2 && !denied.contains(&Condition::Hidden) {
            out.conditions.extend(denied);
        } else {
            out.around.push(many.to_owned());
        }
    }
    let atoms: Vec<Atom> = out.conditions.iter().filter_map(Condition::atom).cloned().collect();
    let mut distinct: Vec<Condition> = Vec::new();
    for condition in out.conditions {
        let known = condition.atom().is_some_and(|atom| follows(atom, &atoms));
        if !known && !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    Told { conditions: distinct, ..out }
}

/// What has to be so that a condition holds, or does not.
fn parts(text: &str, holds: bool) -> Vec<Condition> {
    match code(text) {
        Some(_) => atoms(text, holds).into_iter().map(Condition::Code).collect(),
        None => vec![Condition::Hidden],
    }
}

/// Does a loop help to read the conditions inside of it? Not where none of them speaks of what
/// it runs over.
pub(super) fn tells(guards: &[Guard], of: &Guard) -> bool {
    let bound = of.text.split(" in ").next().unwrap_or_default();
    let others: Vec<&Guard> = guards.iter().filter(|guard| guard.kind != GuardKind::For).collect();
    others.is_empty() || others.iter().any(|guard| words(&guard.text).any(|word| words(bound).any(|name| name == word)))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Code(Atom),
    /// Already in words.
    Said(String),
    /// Too long to tell.
    Hidden,
}

impl Condition {
    fn atom(&self) -> Option<&Atom> {
        if let Self::Code(atom) = self { Some(atom) } else { None }
    }

    fn in_english(&self) -> String {
        match self {
            Self::Code(Atom { text, holds }) if is_bare(text) => match (is_flag(text), holds) {
                (true, holds) => format!("`{text}` is {holds}"),
                (false, true) => format!("`{text}` is truthy"),
                (false, false) => format!("`{text}` is falsy"),
            },
            Self::Code(Atom { text, holds }) if is_operand(text) || text.contains(" := ") => match (is_question(text), holds) {
                (true, holds) => format!("`{text}` is {holds}"),
                (false, true) => format!("`{text}` is truthy"),
                (false, false) => format!("`{text}` is falsy"),
            },
            Self::Code(Atom { text, holds: true }) => format!("`{text}`"),
            Self::Code(Atom { text, .. }) => format!("not `{text}`"),
            Self::Said(words) => words.clone(),
            Self::Hidden => "a longer condition in the code holds".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{after_earlier, when};
    use crate::generate::Tongue;
    use crate::model::{Guard, GuardKind};

    #[track_caller]
    fn check(guards: &[(GuardKind, &str)], want: &str) {
        let guards: Vec<Guard> = guards.iter().map(|(kind, text)| Guard { kind: *kind, text: (*text).to_owned() }).collect();
        assert_eq!(when(Tongue::English, &guards), want);
    }

    #[test]
    fn conditions_read_as_a_sentence() {
        check(&[], "");
        check(&[(GuardKind::If, "a > b")], " when `a > b`");
        check(&[(GuardKind::If, "a"), (GuardKind::Unless, "b")], " when `a` is truthy and `b` is falsy");
        check(&[(GuardKind::Unless, "not b")], " when `b` is truthy");
        check(&[(GuardKind::Unless, "a != 1 || !b")], " when `a == 1` and `b` is truthy");
        check(&[(GuardKind::Unless, "not a or b")], " when `a` is truthy and `b` is falsy");
        check(&[(GuardKind::Past, "a is None")], " when `a is not None`");
        check(&[(GuardKind::Past, "a()"), (GuardKind::If, "b > 1")], " when `b > 1` and `a()` is falsy");
        check(&[(GuardKind::Unless, "a == 1"), (GuardKind::If, "a == 2")], " when `a == 2`");
        check(&[(GuardKind::If, "self.is_paid and n > 1"), (GuardKind::If, "n > 1")], " when `self.is_paid` is true and `n > 1`");
        check(
            &[(GuardKind::Past, "a"), (GuardKind::Past, "b"), (GuardKind::Past, "c"), (GuardKind::If, "d")],
            " when `d` is truthy, if no earlier branch has ended the call",
        );
        check(&[(GuardKind::Past, "a"), (GuardKind::Past, "b"), (GuardKind::Past, "c")], " if no earlier branch has ended the call");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "x.bad")], " when `x.bad` is truthy, in the loop `for x in xs`");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::Skip, "x.old")], " when `x.old` is falsy, in the loop `for x in xs`");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "bad")], " when `bad` is truthy");
        check(&[(GuardKind::For, "x in xs")], " in the loop `for x in xs`");
        check(&[(GuardKind::If, "a"), (GuardKind::Except, "KeyError")], " after catching `KeyError` when `a` is truthy");
        check(&[(GuardKind::Except, "KeyError")], " after catching `KeyError`");
        check(&[(GuardKind::Case, "kind: \"a\"")], " when `kind` matches `\"a\"`");
    }
    #[test]
    fn what_an_earlier_case_needs_is_not_denied() {
        let guards = |guards: &[(GuardKind, &str)]| {
            guards.iter().map(|(kind, text)| Guard { kind: *kind, text: (*text).to_owned() }).collect::<Vec<_>>()
        };
        let first = guards(&[(GuardKind::If, "a")]);
        let second = guards(&[(GuardKind::Past, "a"), (GuardKind::If, "b")]);
        let nested = guards(&[(GuardKind::If, "c"), (GuardKind::If, "d")]);
        assert_eq!(after_earlier(&second, &[&first]), guards(&[(GuardKind::If, "b")]));
        assert_eq!(after_earlier(&guards(&[(GuardKind::Unless, "a")]), &[&first]), []);
        assert_eq!(after_earlier(&guards(&[(GuardKind::Past, "a"), (GuardKind::Past, "b")]), &[&first, &second]), []);
        assert_eq!(after_earlier(&guards(&[(GuardKind::Past, "d")]), &[&nested]), guards(&[(GuardKind::Past, "d")]));
        let hidden = guards(&[(GuardKind::Past, "…"), (GuardKind::If, "c")]);
        assert_eq!(after_earlier(&hidden, &[&first]), guards(&[(GuardKind::If, "c")]));
        assert_eq!(after_earlier(&hidden, &[]), hidden);
        assert_eq!(after_earlier(&second, &[]), second);
    }
}
