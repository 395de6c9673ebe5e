//! Errors that can be told, and their words: one rule for every kind that tells of them.

use crate::facts::comes_through;
use crate::facts::has_exceptions;
use crate::generate::chinese;
use crate::generate::condition::{is_tellable, under, when};
use crate::generate::expression::{Atom, atoms, comparison, is_bare};
use crate::generate::phrase::{code, list, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Call, Chunk, Guard, GuardKind, Neighbour, Parameter, Predicate, Raise, words};

/// Raises that can be told: they leave the function and have a name.
pub(super) fn tellable(raises: &[Raise]) -> impl Iterator<Item = &Raise> {
    raises.iter().filter(|raise| !raise.caught && is_told(raise))
}

/// Errors that are part of what a function promises. An assertion states an assumption, and
/// who passes on whatever was raised promises nothing.
pub(in crate::generate) fn promised(raises: &[Raise]) -> impl Iterator<Item = &Raise> {
    let broad = |raise: &Raise| matches!(raise.exception.as_str(), "Exception" | "BaseException") && is_again(raise);
    tellable(raises).filter(move |raise| raise.exception != "AssertionError" && !broad(raise))
}

/// Errors of a callee that may come out of its caller: those that no argument and no condition of
/// each call rules out. What stands in for a missing import is not what runs.
pub(super) fn passing<'n>(caller: &'n Chunk, callee: &'n Neighbour) -> impl Iterator<Item = &'n Raise> {
    let comes = |raise: &&Raise| callee.calls.iter().any(|call| comes_through(caller, call) && !is_ruled_out(call, &callee.chunk, raise));
    promised(&callee.raises).filter(move |raise| !callee.chunk.facts.fallback && comes(raise))
}

/// Does a call give what the error wants not to be, or stand under a condition that denies it?
fn is_ruled_out(call: &Call, callee: &Chunk, raise: &Raise) -> bool {
    let around = needed(&call.when);
    let denied = |there: &Atom| around.iter().any(|known| known.denies(there));
    needed(&raise.when).iter().any(|atom| {
        let parameter = callee.facts.parameters.iter().find(|own| words(&atom.text).any(|word| word == own.name));
        let Some(parameter) = parameter else {
            // Its own object is the caller's, where it is called on that.
            return call.callee.starts_with("self.") && call.callee.matches('.').count() == 1 && denied(atom);
        };
        let Some(given) = given(call, callee, parameter) else { return false };
        is_false(atom, &parameter.name, given) || denied(&Atom { text: replaced(&atom.text, &parameter.name, given), holds: atom.holds })
    })
}

/// What a call gives for a parameter, its default included; None where that is not known.
fn given<'c>(call: &'c Call, callee: &'c Chunk, parameter: &'c Parameter) -> Option<&'c str> {
    let at = callee.facts.parameters.iter().position(|own| own.name == parameter.name)?;
    let open = call.arguments.iter().any(|argument| argument.starts_with('*') || argument.contains('…'));
    let keyword = format!("{}=", parameter.name);
    let named = call.arguments.iter().find_map(|argument| argument.strip_prefix(&keyword));
    let placed = call.arguments.get(at).map(String::as_str).filter(|argument| !is_keyword(argument));
    let default = Some(parameter.default.as_str()).filter(|default| !default.is_empty());
    if open { None } else { named.or(placed).or(default) }
}

/// `name=value`
fn is_keyword(argument: &str) -> bool {
    let name = argument.split_once('=').filter(|(_, value)| !value.starts_with('=')).map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A text with something else for a name.
fn replaced(text: &str, name: &str, by: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let before = rest[..at].chars().next_back().or(out.chars().next_back());
        let after = rest[at + name.len()..].chars().next();
        let own = !before.is_some_and(|c| part(c) || c == '.') && !after.is_some_and(part);
        out.push_str(&rest[..at]);
        out.push_str(if own { by } else { name });
        rest = &rest[at + name.len()..];
    }
    out.push_str(rest);
    out
}

/// The error with its condition in the words of a call: the arguments stand for the parameters.
/// None where one of its names means something else, or nothing, there.
fn as_called(call: &Call, callee: &Neighbour, raise: &Raise) -> Option<Raise> {
    let chunk = &callee.chunk;
    let own = call.callee.starts_with("self.") && call.callee.matches('.').count() == 1;
    let mut when = Vec::new();
    for guard in &raise.when {
        let mut text = guard.text.clone();
        let strange = |word: &str| matches!(word, "self" | "cls") && !own || callee.inner_names.iter().any(|name| name == word);
        if text == "…" || words(&text).any(strange) {
            return None;
        }
        let names = chunk.facts.parameters.iter().filter(|own| words(&guard.text).any(|word| word == own.name));
        let given: Option<Vec<(&str, &str)>> = names.map(|own| Some((own.name.as_str(), given(call, chunk, own)?))).collect();
        for (name, value) in given? {
            let plain = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '\'' | '[' | ']' | '(' | ')'));
            if !plain {
                return None;
            }
            text = replaced(&text, name, value);
        }
        when.push(Guard { kind: guard.kind, text });
    }
    Some(Raise { when, ..raise.clone() })
}

/// An error of a callee, as its caller sees it.
pub(super) fn passed(tongue: Tongue, caller: &Chunk, callee: &Neighbour, raise: &Raise) -> String {
    let mut calls = callee.calls.iter().filter(|call| comes_through(caller, call));
    let only = calls.next().filter(|_| calls.next().is_none());
    let seen = only.and_then(|call| as_called(call, callee, raise)).filter(|seen| is_tellable(&seen.when, 3));
    match seen {
        Some(seen) => told(tongue, &callee.chunk, &seen),
        None if raise.when.is_empty() => told(tongue, &callee.chunk, raise),
        None if !raise.when.iter().any(|guard| words(&guard.text).any(|word| callee.inner_names.iter().any(|name| name == word)))
            && is_tellable(&raise.when, 3) =>
        {
            let said = told(tongue, &callee.chunk, raise);
            if raise.when.iter().all(|guard| guard.text == "…") {
                return format!("{said}{}", message(tongue, raise));
            }
            say!(tongue, "{said}, in the names that it uses itself{}", "{said}（用的是它自己的变量名）{}", message(tongue, raise))
        }
        None => say!(
            tongue,
            "{}, under a condition inside of it{}",
            "在其内部条件满足时{}{}",
            alone(tongue, &callee.chunk, raise),
            message(tongue, raise)
        ),
    }
}

/// What has to hold for all of the conditions, as far as it can be told.
fn needed(guards: &[Guard]) -> Vec<Atom> {
    let told = guards.iter().filter(|guard| guard.text != "…");
    told.flat_map(|guard| match guard.kind {
        GuardKind::If => atoms(&guard.text, true),
        GuardKind::Unless | GuardKind::Past => atoms(&guard.text, false),
        _ => Vec::new(),
    })
    .collect()
}

/// Is a condition on a name false for this value?
fn is_false(atom: &Atom, name: &str, value: &str) -> bool {
    let literal = value.starts_with(['"', '\'']) || value.parse::<f64>().is_ok();
    let truth = match value {
        "None" | "False" | "\"\"" | "''" | "0" => false,
        "True" => true,
        _ if literal => true,
        _ => return false,
    };
    if is_bare(&atom.text) && atom.text == name {
        return truth != atom.holds;
    }
    match comparison(&atom.text)
        .filter(|_| atom.holds)
        .map(|(at, operator)| (&atom.text[..at], operator, &atom.text[at + operator.len()..]))
    {
        Some((left, " is ", "None")) if left == name => value != "None",
        Some((left, " is not ", "None")) if left == name => value == "None",
        _ => false,
    }
}

/// A raised variable says nothing of its type; "not implemented" without a condition is a stub.
pub(super) fn is_told(raise: &Raise) -> bool {
    let last = raise.exception.rsplit(['.', ':']).next().unwrap_or_default();
    let named = last.starts_with(char::is_uppercase) || raise.exception.starts_with('(') || raise.exception.ends_with('!');
    // An error without a type has to say something.
    let named = named && (!named_by_message(raise) || !raise.message.is_empty());
    let stub = last == "NotImplementedError" && raise.when.is_empty();
    named && !stub && code(&raise.exception).is_some()
}

fn named_by_message(raise: &Raise) -> bool {
    raise.exception.ends_with('!') || raise.exception == "Err"
}

/// Does a handler raise again what it caught?
pub(super) fn is_again(raise: &Raise) -> bool {
    raise.when.iter().any(|guard| catches(guard, raise))
}

fn catches(guard: &Guard, raise: &Raise) -> bool {
    guard.kind == GuardKind::Except && guard.text == raise.exception
}

/// The error by its type. Where the code has none, a macro or a bare text, by what it is.
pub(in crate::generate) fn named(tongue: Tongue, raise: &Raise) -> String {
    match raise.exception.as_str() {
        "panic!" | "unreachable!" | "assert!" | "todo!" | "unimplemented!" => tongue.say("a panic", "panic").to_owned(),
        "Err" => tongue.say("an error", "错误").to_owned(),
        name if name.ends_with('!') => tongue.say("an error", "错误").to_owned(),
        name => format!("`{name}`"),
    }
}

/// How errors leave a chunk, in the words of its language: "raises `X`", "抛出 `X`".
pub(super) fn leaves(tongue: Tongue, of: &Chunk, errors: &[String]) -> String {
    let all = list(tongue, errors);
    match (tongue, all.as_str()) {
        (Tongue::Chinese, "panic") => "触发 panic".to_owned(),
        (Tongue::Chinese, "错误") => "返回错误".to_owned(),
        _ if has_exceptions(&of.path) => say!(tongue, "raises {all}", "抛出 {all}"),
        _ => say!(tongue, "fails with {all}", "返回错误 {all}"),
    }
}

/// The error and its condition: "`X` when `qty > stock`", "如果 `qty > stock`，抛出 `X`".
pub(super) fn told(tongue: Tongue, of: &Chunk, raise: &Raise) -> String {
    tell(tongue, &alone(tongue, of, raise), raise)
}

/// The same as a sentence about the chunk, without a stop.
pub(in crate::generate) fn statement(tongue: Tongue, of: &Chunk, raise: &Raise) -> String {
    let name = symbol(of);
    let error = leaves(tongue, of, &[named(tongue, raise)]);
    tell(tongue, &say!(tongue, "{name} {error}", "{name} 会{error}"), raise)
}

pub(super) fn tell(tongue: Tongue, error: &str, raise: &Raise) -> String {
    // With a message it is a new one.
    if !is_again(raise) || !raise.message.is_empty() {
        return under(tongue, error, &raise.when);
    }
    let others: Vec<Guard> = raise.when.iter().filter(|guard| !catches(guard, raise)).cloned().collect();
    under(tongue, &say!(tongue, "{error} again after catching it", "{error}（捕获后重新抛出）"), &others)
}

/// The error alone, with a verb where the tongue wants one in front of it.
fn alone(tongue: Tongue, of: &Chunk, raise: &Raise) -> String {
    let error = named(tongue, raise);
    match tongue {
        Tongue::English => error,
        Tongue::Chinese => leaves(tongue, of, &[error]),
    }
}

/// The error by its message where its condition would not be understood: a name of it may mean
/// nothing, or something else, where the answer is read. A condition that does not show says too
/// little by itself.
pub(super) fn told_to(tongue: Tongue, of: &Chunk, raise: &Raise, foreign: impl Fn(&str) -> bool) -> String {
    let strange = raise.when.iter().any(|guard| words(&guard.text).any(&foreign));
    let hidden = raise.when.iter().all(|guard| guard.kind == GuardKind::Past || guard.kind == GuardKind::Except);
    let error = if strange { alone(tongue, of, raise) } else { told(tongue, of, raise) };
    if strange || hidden { format!("{error}{}", message(tongue, raise)) } else { error }
}

/// The condition alone, for a list under an error that is named above it.
pub(super) fn case(tongue: Tongue, raise: &Raise) -> String {
    let when = tongue.say(when(tongue, &raise.when).trim_start().to_owned(), chinese::case(&raise.when));
    let when = if when.is_empty() { tongue.say("in any other case", "其余情况").to_owned() } else { when };
    format!("{when}{}", message(tongue, raise))
}

/// The message in parentheses; empty without one.
pub(super) fn message(tongue: Tongue, raise: &Raise) -> String {
    let text = &raise.message;
    match (text.is_empty(), tongue) {
        (true, _) => String::new(),
        (_, Tongue::Chinese) => format!("（错误信息：“{text}”）"),
        (_, Tongue::English) if text.contains('"') => format!(" (message: '{text}')"),
        (_, Tongue::English) => format!(" (message: \"{text}\")"),
    }
}

pub(in crate::generate) fn predicate(of: &Chunk, raise: &Raise) -> Predicate {
    Predicate::new("raises", [of.id.as_str(), &raise.exception, &Guard::joined(&raise.when)])
}
