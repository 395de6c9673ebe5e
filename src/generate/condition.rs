//! Words for the conditions under which code runs.

use crate::generate::phrase::{code, joined, list};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Guard, GuardKind, words};

/// What is so under conditions: "`X` when `qty > stock`", "当 `qty > stock` 时抛出 `X`". The
/// Chinese wording needs a verb.
pub(super) fn under(tongue: Tongue, what: &str, guards: &[Guard]) -> String {
    let when = when(tongue, guards);
    let pause = if !when.is_empty() && what.starts_with('`') { "，" } else { "" };
    tongue.say(format!("{what}{when}"), format!("{when}{pause}{what}"))
}

/// The conditions in words; empty when the code runs in any case. English follows what is
/// said and has a blank in front: " when `qty > stock`". Chinese goes before it:
/// "当 `qty > stock` 时".
pub(super) fn when(tongue: Tongue, guards: &[Guard]) -> String {
    let Told { caught, conditions, around } = told(tongue, guards);
    match tongue {
        Tongue::English => {
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
        Tongue::Chinese => {
            let mixed = conditions.len() > 1 && conditions.iter().any(|condition| !matches!(condition, Condition::Holds(_)));
            let conditions: Vec<String> = conditions.iter().map(|condition| condition.in_chinese(mixed)).collect();
            let when = (!conditions.is_empty()).then(|| format!("当{}时", joined(&conditions, "、", "且")));
            around.into_iter().chain(caught).chain(when).collect::<Vec<_>>().join("，")
        }
    }
}

/// The conditions of one of several cases that are told in order: what an earlier case was told
/// to need does not have to be denied in a later one.
pub(super) fn after_earlier(guards: &[Guard], earlier: &[&[Guard]]) -> Vec<Guard> {
    let told = |text: &str| {
        earlier.iter().any(|case| matches!(case, [.., only] if only.kind == GuardKind::If && only.text == text && alone(case)))
    };
    let denied = |guard: &&Guard| guard.kind == GuardKind::Past && told(&guard.text);
    let mut rest: Vec<Guard> = guards.iter().filter(|guard| !denied(guard)).cloned().collect();
    // The order says already that something stands before it.
    let hidden = |guard: &Guard| guard.kind == GuardKind::Past && guard.text == "…";
    if !earlier.is_empty() && !rest.iter().all(hidden) {
        rest.retain(|guard| !hidden(guard));
    }
    rest
}

/// Does one condition alone decide, but for the ways out before it?
fn alone(guards: &[Guard]) -> bool {
    guards.iter().filter(|guard| guard.kind != GuardKind::Past).count() == 1
}

/// Guards in words, each once.
#[derive(Default)]
struct Told {
    /// Handlers around the code.
    caught: Vec<String>,
    conditions: Vec<Condition>,
    /// Loops around the code, and ways out before it that are too many to name.
    around: Vec<String>,
}

fn told(tongue: Tongue, guards: &[Guard]) -> Told {
    let mut out = Told::default();
    let mut past: Vec<Condition> = Vec::new();
    let mut skipped: Vec<Condition> = Vec::new();
    for guard in guards {
        let text = code(&guard.text);
        match (guard.kind, text) {
            (GuardKind::Past, _) => past.push(holds_not(&guard.text)),
            (GuardKind::Skip, _) => skipped.push(holds_not(&guard.text)),
            (GuardKind::Unless, _) => out.conditions.push(holds_not(&guard.text)),
            (GuardKind::Except, _) if guard.text == "any exception" => {
                out.caught.push(tongue.say("after catching any exception", "捕获到任意异常之后").to_owned());
            }
            (_, None) => out.conditions.push(Condition::Hidden),
            (GuardKind::If, Some(text)) => out.conditions.push(Condition::Holds(text)),
            (GuardKind::While, Some(text)) => out.conditions.push(Condition::Said(say!(tongue, "{text} still holds", "{text} 仍然成立"))),
            (GuardKind::Case, Some(text)) => out.conditions.push(Condition::Said(match guard.text.split_once(": ") {
                Some((subject, "_")) if !subject.is_empty() => {
                    say!(tongue, "`{subject}` matches nothing else", "`{subject}` 不匹配其他任何模式")
                }
                Some((subject, pattern)) if !subject.is_empty() => {
                    say!(tongue, "`{subject}` matches `{pattern}`", "`{subject}` 匹配 `{pattern}`")
                }
                _ => say!(tongue, "the case is {text}", "匹配到分支 {text}"),
            })),
            (GuardKind::Except, Some(text)) => out.caught.push(say!(tongue, "after catching {text}", "捕获到 {text} 之后")),
            (GuardKind::For, Some(text)) if tells(guards, guard) => {
                let head = text.replacen('`', "`for ", 1);
                out.around.push(say!(tongue, "in the loop {head}", "在循环 {head} 中"));
            }
            (GuardKind::For, Some(_)) => (),
        }
    }
    let stayed = tongue.say("if no earlier branch has ended the call", "在前面的分支都没有结束调用的情况下");
    let kept = tongue.say("for an item that the branches before it do not skip", "对没有被前面的分支跳过的元素");
    for (earlier, many) in [(past, stayed), (skipped, kept)] {
        if earlier.len() <= 2 && !earlier.contains(&Condition::Hidden) {
            out.conditions.extend(earlier);
        } else {
            out.around.push(many.to_owned());
        }
    }
    let mut distinct: Vec<Condition> = Vec::new();
    for condition in out.conditions {
        if !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    Told { conditions: distinct, ..out }
}

/// Does a loop help to read the conditions inside of it? Not where none of them speaks of what
/// it runs over.
fn tells(guards: &[Guard], of: &Guard) -> bool {
    let bound = of.text.split(" in ").next().unwrap_or_default();
    let others: Vec<&Guard> = guards.iter().filter(|guard| guard.kind != GuardKind::For).collect();
    others.is_empty() || others.iter().any(|guard| words(&guard.text).any(|word| words(bound).any(|name| name == word)))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    /// Code that holds.
    Holds(String),
    /// Code that does not.
    HoldsNot(String),
    /// Already in words.
    Said(String),
    /// Too long to tell.
    Hidden,
}

impl Condition {
    fn in_english(&self) -> String {
        match self {
            Self::Holds(code) | Self::Said(code) => code.clone(),
            Self::HoldsNot(code) => format!("not {code}"),
            Self::Hidden => "a longer condition in the code holds".to_owned(),
        }
    }

    /// Beside a condition that does not hold, one that does has to say so.
    fn in_chinese(&self, mixed: bool) -> String {
        match self {
            Self::Holds(code) if mixed => format!("{code} 成立"),
            Self::Holds(code) | Self::Said(code) => code.clone(),
            Self::HoldsNot(code) => format!("{code} 不成立"),
            Self::Hidden => "代码中一个较长的条件成立".to_owned(),
        }
    }
}

/// That a condition does not hold: turned round where it is simple.
fn holds_not(text: &str) -> Condition {
    let Some(shown) = code(text) else { return Condition::Hidden };
    let simple = ![" and ", " or ", " if ", " else ", "lambda", "||", "&&", "|", "let "].iter().any(|word| text.contains(word));
    let turned =
        [(" is not ", " is "), (" not in ", " in "), (" == ", " != "), (" != ", " == "), (" is ", " is not "), (" in ", " not in ")];
    if let Some(inner) = text.strip_prefix("not ").filter(|_| simple) {
        return Condition::Holds(format!("`{inner}`"));
    }
    let comparisons =
        [" is ", " in ", " == ", " != ", " < ", " > ", " <= ", " >= "].iter().map(|operator| text.matches(operator).count()).sum::<usize>();
    let turns = simple && comparisons == 1 && !text.starts_with("let ") && !text.contains(['"', '\'']);
    match turned.iter().find(|(from, _)| turns && text.contains(from)) {
        Some((from, to)) => code(&text.replacen(from, to, 1)).map_or(Condition::Hidden, Condition::Holds),
        None => Condition::HoldsNot(shown),
    }
}

#[cfg(test)]
mod tests {
    use super::{after_earlier, when};
    use crate::generate::Tongue;
    use crate::model::{Guard, GuardKind};

    #[track_caller]
    fn check_in(tongue: Tongue, guards: &[(GuardKind, &str)], want: &str) {
        let guards: Vec<Guard> = guards.iter().map(|(kind, text)| Guard { kind: *kind, text: (*text).to_owned() }).collect();
        assert_eq!(when(tongue, &guards), want);
    }

    #[track_caller]
    fn check(guards: &[(GuardKind, &str)], want: &str) {
        check_in(Tongue::English, guards, want);
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
            " when `d`, if no earlier branch has ended the call",
        );
        check(&[(GuardKind::Past, "a"), (GuardKind::Past, "b"), (GuardKind::Past, "c")], " if no earlier branch has ended the call");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "x.bad")], " when `x.bad`, in the loop `for x in xs`");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::Skip, "x.old")], " when not `x.old`, in the loop `for x in xs`");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "bad")], " when `bad`");
        check(&[(GuardKind::For, "x in xs")], " in the loop `for x in xs`");
        check(&[(GuardKind::If, "a"), (GuardKind::Except, "KeyError")], " after catching `KeyError` when `a`");
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
        assert_eq!(after_earlier(&guards(&[(GuardKind::Past, "a"), (GuardKind::Past, "b")]), &[&first, &second]), []);
        assert_eq!(after_earlier(&guards(&[(GuardKind::Past, "d")]), &[&nested]), guards(&[(GuardKind::Past, "d")]));
        let hidden = guards(&[(GuardKind::Past, "…"), (GuardKind::If, "c")]);
        assert_eq!(after_earlier(&hidden, &[&first]), guards(&[(GuardKind::If, "c")]));
        assert_eq!(after_earlier(&hidden, &[]), hidden);
        assert_eq!(after_earlier(&second, &[]), second);
    }

    #[test]
    fn conditions_read_as_a_sentence_in_chinese() {
        let check = |guards: &[(GuardKind, &str)], want: &str| check_in(Tongue::Chinese, guards, want);
        check(&[], "");
        check(&[(GuardKind::If, "a > b")], "当`a > b`时");
        check(&[(GuardKind::If, "a"), (GuardKind::If, "c")], "当`a`且`c`时");
        check(&[(GuardKind::If, "a"), (GuardKind::Unless, "b")], "当`a` 成立且`b` 不成立时");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "x.bad")], "在循环 `for x in xs` 中，当`x.bad`时");
        check(&[(GuardKind::Except, "KeyError")], "捕获到 `KeyError` 之后");
        check(&[(GuardKind::If, &"x".repeat(200))], "当代码中一个较长的条件成立时");
    }
}
