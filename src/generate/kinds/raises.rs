//! Errors that can be told, and their words: one rule for every kind that tells of them.

use crate::facts::has_exceptions;
use crate::generate::condition::{under, when};
use crate::generate::phrase::{code, list, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Chunk, Guard, GuardKind, Predicate, Raise, words};

/// Raises that can be told: they leave the function and have a name.
pub(super) fn tellable(raises: &[Raise]) -> impl Iterator<Item = &Raise> {
    raises.iter().filter(|raise| !raise.caught && is_told(raise))
}

/// Errors that are part of what a function promises. An assertion states an assumption, and
/// who passes on whatever was raised promises nothing.
pub(super) fn promised(raises: &[Raise]) -> impl Iterator<Item = &Raise> {
    let broad = |raise: &Raise| matches!(raise.exception.as_str(), "Exception" | "BaseException") && is_again(raise);
    tellable(raises).filter(move |raise| raise.exception != "AssertionError" && !broad(raise))
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
pub(super) fn named(tongue: Tongue, raise: &Raise) -> String {
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

/// The error and its condition: "`X` when `qty > stock`", "当 `qty > stock` 时抛出 `X`".
pub(super) fn told(tongue: Tongue, of: &Chunk, raise: &Raise) -> String {
    tell(tongue, &alone(tongue, of, raise), raise)
}

/// The same as a sentence about the chunk, without a stop.
pub(super) fn statement(tongue: Tongue, of: &Chunk, raise: &Raise) -> String {
    let name = symbol(of);
    let error = leaves(tongue, of, &[named(tongue, raise)]);
    tell(tongue, &say!(tongue, "{name} {error}", "{name} 会{error}"), raise)
}

pub(super) fn tell(tongue: Tongue, error: &str, raise: &Raise) -> String {
    if !is_again(raise) {
        return under(tongue, error, &raise.when);
    }
    let others: Vec<Guard> = raise.when.iter().filter(|guard| !catches(guard, raise)).cloned().collect();
    under(tongue, &say!(tongue, "{error} again after catching it", "{error}（捕获之后重新抛出）"), &others)
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
    let when = when(tongue, &raise.when);
    let when = if when.is_empty() { tongue.say("in any other case", "其他情况下").to_owned() } else { when.trim_start().to_owned() };
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

pub(super) fn predicate(of: &Chunk, raise: &Raise) -> Predicate {
    Predicate::new("raises", [of.id.as_str(), &raise.exception, &Guard::joined(&raise.when)])
}
