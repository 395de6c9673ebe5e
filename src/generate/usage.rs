//! What code does at one place, in words and as the claim that proves it.

use crate::facts::{Does, Use};
use crate::generate::chinese;
use crate::generate::condition::{under, with_subject};
use crate::generate::phrase::{code, joined, list, stopped};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Guard, GuardKind, Predicate};

/// What happens, with its conditions: "raises `X` when `qty > stock`", "如果 `qty > stock`，抛出
/// `X`". None where it cannot be told in one line.
pub(super) fn told(tongue: Tongue, one: &Use, names: &[String]) -> Option<String> {
    if let Does::Raises { exception, .. } = &one.does
        && let Some(shown) = code(exception)
        && one.when.iter().any(|guard| guard.kind == GuardKind::Except && guard.text == *exception)
    {
        let others: Vec<Guard> = one.when.iter().filter(|guard| guard.text != *exception).cloned().collect();
        return Some(under(tongue, &say!(tongue, "raises {shown} again after catching it", "重新抛出捕获到的{shown}"), &others));
    }
    Some(under(tongue, &bare(tongue, one, names)?, &one.when))
}

/// What happens, without its conditions.
pub(super) fn bare(tongue: Tongue, one: &Use, names: &[String]) -> Option<String> {
    let it = |text: &str| names.iter().any(|name| name == text);
    Some(match &one.does {
        Does::Raises { exception, message } => {
            let exception = code(exception)?;
            let message = if message.is_empty() { String::new() } else { say!(tongue, " (\"{message}\")", "（“{message}”）") };
            say!(tongue, "raises {exception}{message}", "抛出 {exception}{message}")
        }
        Does::Returns { value } if value.is_empty() => tongue.say("returns early", "提前返回").to_owned(),
        Does::Returns { value } if it(value) => tongue.say("returns it", "返回它").to_owned(),
        Does::Returns { value } => {
            let value = code(value)?;
            say!(tongue, "returns {value}", "返回 {value}")
        }
        Does::Writes { target, value } if it(value) => {
            let target = code(target)?;
            say!(tongue, "sets {target} to it", "把 {target} 设为它")
        }
        Does::Writes { target, value } => {
            code(target)?;
            written(tongue, target, value)
        }
        Does::Calls { callee, argument } => {
            let callee = code(callee)?;
            match argument.as_str() {
                "" => say!(tongue, "calls {callee}", "调用 {callee}"),
                argument if it(argument) => say!(tongue, "passes it to {callee}", "把它传给 {callee}"),
                argument => {
                    let argument = code(argument)?;
                    say!(tongue, "passes {argument} to {callee}", "把 {argument} 传给 {callee}")
                }
            }
        }
        Does::Binds { target, value } if it(value) => say!(tongue, "keeps it as `{target}`", "把它赋给 `{target}`"),
        Does::Binds { target, value } => {
            let value = code(value)?;
            say!(tongue, "sets its `{target}` to {value}", "把变量 `{target}` 设为 {value}")
        }
        Does::Defaults { parameter, .. } => {
            let parameter = code(parameter)?;
            say!(tongue, "takes it as the default of {parameter}", "把它用作参数 {parameter} 的默认值")
        }
    })
}

/// An assignment as a verb phrase.
pub(super) fn written(tongue: Tongue, target: &str, value: &str) -> String {
    let step = value.split_once("= ").filter(|(operator, _)| operator.len() == 1 && "+-*/%|&^".contains(operator));
    match (value, step) {
        ("del", _) => say!(tongue, "removes `{target}`", "删除 `{target}`"),
        (_, Some(("+", by))) if code(by).is_some() => say!(tongue, "adds `{by}` to `{target}`", "将 `{by}` 累加到 `{target}`"),
        (_, Some(("-", by))) if code(by).is_some() => say!(tongue, "takes `{by}` off `{target}`", "从 `{target}` 中减去 `{by}`"),
        _ if step.is_none() && code(value).is_some() => say!(tongue, "sets `{target}` to `{value}`", "将 `{target}` 设为 `{value}`"),
        _ => say!(tongue, "changes `{target}`", "修改 `{target}`"),
    }
}

/// What it does, as a sentence of its own: Chinese puts the conditions in front.
pub(super) fn sentence(tongue: Tongue, told: &str) -> String {
    let sentence = with_subject(tongue, tongue.say("It", "它"), told);
    stopped(tongue, &sentence)
}

/// Things that are done, one after the other, as part of a sentence.
pub(super) fn series(tongue: Tongue, deeds: &[String]) -> String {
    match tongue {
        Tongue::English => list(tongue, deeds),
        Tongue::Chinese if deeds.iter().any(|deed| chinese::front(deed).is_some()) => deeds.join("；"),
        Tongue::Chinese => joined(deeds, "，", "，并"),
    }
}

/// The claim that the chunk of this id does so.
pub(super) fn predicate(id: &str, one: &Use) -> Predicate {
    let when = Guard::joined(&one.when);
    match &one.does {
        Does::Raises { exception, .. } => Predicate::new("raises", [id, exception, &when]),
        Does::Returns { value } => Predicate::new("returns", [id, value, &when]),
        Does::Writes { target, value } => Predicate::new("writes", [id, target, value, &when]),
        Does::Calls { callee, argument } if argument.is_empty() => Predicate::new("calls_when", [id, callee, &when]),
        Does::Calls { callee, argument } => Predicate::new("passes_when", [id, callee, argument, &when]),
        Does::Binds { target, value } => Predicate::new("assigns", [id, target, value, &when]),
        Does::Defaults { parameter, value } => Predicate::new("default", [id, parameter, value]),
    }
}
