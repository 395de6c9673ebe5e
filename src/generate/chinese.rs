//! Chinese sentences: conditions stand in front, in the order of the code, and the subject goes
//! behind them.

use crate::facts::has_exceptions;
use crate::generate::condition::tells;
use crate::generate::expression::{Atom, atoms, follows, is_operand};
use crate::generate::phrase::{code, joined};
use crate::model::{Chunk, Guard, GuardKind};

/// What a condition in front of a sentence begins with.
const OPENINGS: [&str; 2] = ["如果", "在循环"];

/// The conditions as the front of a sentence: "如果`a > b`"; empty without any.
pub(super) fn when(guards: &[Guard]) -> String {
    let Told { around, conditions } = told(guards);
    if conditions.is_empty() { around } else { format!("{around}如果{conditions}") }
}

/// The conditions as the name of a case: "`a > b`".
pub(super) fn case(guards: &[Guard]) -> String {
    let Told { around, conditions } = told(guards);
    format!("{around}{conditions}")
}

/// That `name` does what is said: behind a condition, if one stands in front.
pub(super) fn with_subject(name: &str, says: &str) -> String {
    match front(says) {
        Some((condition, deed)) => format!("{condition}，{name}{deed}"),
        None => format!("{name}{says}"),
    }
}

/// The condition in front of a sentence, and the rest of it.
pub(super) fn front(says: &str) -> Option<(&str, &str)> {
    if !OPENINGS.iter().any(|opening| says.starts_with(opening)) {
        return None;
    }
    let mut in_code = false;
    let at = says.char_indices().find(|(_, c)| {
        in_code ^= *c == '`';
        !in_code && *c == '，'
    })?;
    Some((&says[..at.0], &says[at.0 + '，'.len_utf8()..]))
}

struct Told {
    around: String,
    /// Without the word that makes them conditions.
    conditions: String,
}

fn told(guards: &[Guard]) -> Told {
    let loops = guards.iter().filter(|guard| guard.kind == GuardKind::For && tells(guards, guard));
    let loops: Vec<String> = loops.filter_map(|guard| code(&format!("for {}", guard.text))).collect();
    let around = if loops.is_empty() { String::new() } else { format!("在循环{}中", joined(&loops, "、", "和")) };
    let mut all: Vec<Condition> = Vec::new();
    for guard in guards {
        match guard.kind {
            GuardKind::For => (),
            GuardKind::Past if many(guards, GuardKind::Past) => all.push(Condition::said("前面没有提前返回或抛出异常")),
            GuardKind::Skip if many(guards, GuardKind::Skip) => all.push(Condition::said("该元素没有被前面的分支跳过")),
            GuardKind::Past | GuardKind::Skip | GuardKind::Unless => all.extend(parts(&guard.text, false)),
            GuardKind::If => all.extend(parts(&guard.text, true)),
            _ => all.push(Condition::Said(around_code(guard))),
        }
    }
    let atoms: Vec<Atom> = all.iter().filter_map(Condition::atom).cloned().collect();
    let mut distinct: Vec<Condition> = Vec::new();
    for condition in all {
        let known = condition.atom().is_some_and(|atom| follows(atom, &atoms));
        if !known && !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    // Beside one that does not hold, a bare comparison has to say that it does.
    let denied = distinct.iter().any(|condition| condition.atom().is_some_and(|atom| !atom.holds && !is_operand(&atom.text)));
    let said: Vec<String> = distinct.iter().map(|condition| condition.in_words(denied)).collect();
    Told { around, conditions: joined(&said, "、", "且") }
}

/// Are there too many of this sort to name each?
fn many(guards: &[Guard], kind: GuardKind) -> bool {
    let mut all = guards.iter().filter(|guard| guard.kind == kind);
    all.clone().count() > 2 || all.any(|guard| code(&guard.text).is_none())
}

#[derive(PartialEq, Eq)]
enum Condition {
    Code(Atom),
    /// Already in words.
    Said(String),
}

impl Condition {
    fn said(words: &str) -> Self {
        Self::Said(words.to_owned())
    }

    fn atom(&self) -> Option<&Atom> {
        if let Self::Code(atom) = self { Some(atom) } else { None }
    }

    fn in_words(&self, denied: bool) -> String {
        match self {
            Self::Said(words) => words.clone(),
            Self::Code(Atom { text, holds: true }) => match holds(text) {
                Some(said) => said,
                None if denied => format!("`{text}`成立"),
                None => format!("`{text}`"),
            },
            Self::Code(Atom { text, .. }) if is_operand(text) => format!("`{text}`为假"),
            Self::Code(Atom { text, .. }) => format!("`{text}`不成立"),
        }
    }
}

/// What has to be so that a condition holds, or does not.
fn parts(text: &str, holds: bool) -> Vec<Condition> {
    match (code(text), holds) {
        (Some(_), _) => atoms(text, holds).into_iter().map(Condition::Code).collect(),
        (None, true) => vec![Condition::said("代码中一个较长的条件成立")],
        (None, false) => vec![Condition::said("代码中一个较长的条件不成立")],
    }
}

/// What stands around the code and is no branch: a handler, a loop, a case.
fn around_code(guard: &Guard) -> String {
    let Some(text) = code(&guard.text) else { return "代码中一个较长的条件成立".to_owned() };
    match guard.kind {
        GuardKind::Except if guard.text == "any exception" => "捕获到异常".to_owned(),
        GuardKind::Except => format!("捕获到{text}"),
        GuardKind::Case => match guard.text.split_once(": ") {
            Some((subject, "_")) if !subject.is_empty() => format!("`{subject}`不匹配其他任何模式"),
            Some((subject, pattern)) if !subject.is_empty() => format!("`{subject}`匹配`{pattern}`"),
            _ => format!("匹配到分支{text}"),
        },
        _ => format!("{text}仍然成立"),
    }
}

/// That code holds; none for a comparison that speaks for itself.
fn holds(text: &str) -> Option<String> {
    let instance = text.strip_prefix("isinstance(").and_then(|rest| rest.strip_suffix(')')?.split_once(", "));
    match text {
        _ if text.starts_with("let ") => Some(format!("`{text}`匹配成功")),
        _ if text.contains(":=") => Some(format!("`{text}`为真")),
        _ if is_operand(text) => match instance.and_then(|(what, class)| Some((what, classes(class)?))) {
            Some((what, classes)) if is_operand(what) => Some(format!("`{what}`是{classes}的实例")),
            _ => Some(format!("`{text}`为真")),
        },
        _ => match (text.strip_suffix(" is None"), text.strip_suffix(" is not None")) {
            (Some(what), _) if is_operand(what) => Some(format!("`{what}`为`None`")),
            (_, Some(what)) if is_operand(what) => Some(format!("`{what}`不为`None`")),
            _ => None,
        },
    }
}

/// What the documentation of a chunk is called.
pub(super) fn docstring(of: &Chunk) -> &'static str {
    if has_exceptions(&of.path) { "文档字符串" } else { "文档注释" }
}

/// The classes that something may be of: "`str`或`bytes`".
fn classes(text: &str) -> Option<String> {
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    let all: Vec<&str> = inner.split(',').map(str::trim).filter(|class| !class.is_empty()).collect();
    let plain = |class: &&str| class.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let shown: Vec<String> = all.iter().map(|class| format!("`{class}`")).collect();
    (!all.is_empty() && all.iter().all(plain)).then(|| joined(&shown, "、", "或"))
}

#[cfg(test)]
mod tests {
    use super::{when, with_subject};
    use crate::generate::tongue::set_chinese;
    use crate::model::{Guard, GuardKind};

    #[track_caller]
    fn check(guards: &[(GuardKind, &str)], want: &str) {
        let guards: Vec<Guard> = guards.iter().map(|(kind, text)| Guard { kind: *kind, text: (*text).to_owned() }).collect();
        assert_eq!(set_chinese(&when(&guards)), want);
    }

    #[test]
    fn conditions_stand_in_the_order_of_the_code() {
        check(&[], "");
        check(&[(GuardKind::If, "a > b")], "如果 `a > b`");
        check(&[(GuardKind::If, "a.ready"), (GuardKind::If, "c == 1")], "如果 `a.ready` 为真且 `c == 1`");
        check(&[(GuardKind::Past, "a"), (GuardKind::If, "b(1)")], "如果 `a` 为假且 `b(1)` 为真");
        check(&[(GuardKind::If, "a == 1"), (GuardKind::Unless, "b and c")], "如果 `a == 1` 成立且 `b and c` 不成立");
        check(&[(GuardKind::Past, "a is None"), (GuardKind::If, "not b")], "如果 `a` 不为 `None` 且 `b` 为假");
        check(&[(GuardKind::If, "isinstance(a, bytes)")], "如果 `a` 是 `bytes` 的实例");
        check(&[(GuardKind::If, "isinstance(a, (int, t.Str))")], "如果 `a` 是 `int` 或 `t.Str` 的实例");
        check(&[(GuardKind::Past, "not (a() and b)")], "如果 `a()` 为真且 `b` 为真");
        check(&[(GuardKind::Past, "not (a) and (b)")], "如果 `not (a) and (b)` 不成立");
        check(&[(GuardKind::If, "b := c(1)")], "如果 `b := c(1)` 为真");
        check(&[(GuardKind::For, "x in xs"), (GuardKind::If, "x.bad")], "在循环 `for x in xs` 中如果 `x.bad` 为真");
        check(&[(GuardKind::For, "x in xs")], "在循环 `for x in xs` 中");
        check(&[(GuardKind::If, "a"), (GuardKind::Except, "KeyError")], "如果 `a` 为真且捕获到 `KeyError`");
        check(
            &[(GuardKind::Past, "a"), (GuardKind::Past, "b"), (GuardKind::Past, "c"), (GuardKind::If, "d < 1")],
            "如果前面没有提前返回或抛出异常且 `d < 1`",
        );
        check(&[(GuardKind::If, &"x".repeat(200))], "如果代码中一个较长的条件成立");
    }

    #[test]
    fn the_subject_goes_behind_the_condition() {
        assert_eq!(with_subject("`f`", "如果`a`为真，抛出`X`（“b，c”）"), "如果`a`为真，`f`抛出`X`（“b，c”）");
        assert_eq!(with_subject("`f`", "抛出`X`"), "`f`抛出`X`");
    }
}
