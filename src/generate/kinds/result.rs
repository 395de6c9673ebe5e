//! What comes back, in words: of each way out, and of the docstring.

use crate::facts::{has_exceptions, plain_prose, return_docs};
use crate::generate::condition::{after_earlier, under, when, with_subject};
use crate::generate::expression::{atoms, comparison};
use crate::generate::kinds::raises::promised;
use crate::generate::meaning::{free_names, is_known};
use crate::generate::offline::Answer;
use crate::generate::phrase::{capital, code, inside, quoted, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Chunk, Exit, Guard, GuardKind, Predicate, words};

/// More ways out than this are left to the code.
const MAX_EXITS: usize = 5;

/// Is there anything to return?
pub(super) fn gives(chunk: &Chunk) -> bool {
    let facts = &chunk.facts;
    facts.generator || facts.exits.iter().any(|exit| !exit.value.is_empty() && exit.value != "None")
}

/// What comes back, in words.
pub(super) fn of_result(answer: &mut Answer, tongue: Tongue, subject: &Chunk) -> String {
    let facts = &subject.facts;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let kind = code(&facts.returns).filter(|_| !matches!(facts.returns.as_str(), "None" | "NoReturn"));
    if let Some(kind) = &kind {
        let says = say!(tongue, "{name} is annotated to return {kind}", "{name} 标注的返回类型是 {kind}");
        answer.claim(says, Predicate::new("result", [id, &facts.returns]), 1);
    }
    let meaning = result_meaning(answer, tongue, subject);
    if !gives(subject) {
        return match (facts.exits.is_empty(), &kind) {
            (_, Some(kind)) => say!(tongue, "Its declared result is {kind}.{}", "声明的返回类型是 {kind}。{}", after(tongue, &meaning)),
            (_, None) => tongue.say("It gives nothing back.", "它没有返回值。").to_owned(),
        };
    }
    if facts.generator {
        let of = kind.map(|kind| tongue.say(format!(" ({kind})"), format!("（{kind}）"))).unwrap_or_default();
        let meaning = after(tongue, &meaning);
        return say!(
            tongue,
            "It is a generator{of}: the values come one by one while the caller iterates.{meaning}",
            "它是生成器{of}，在调用方迭代时逐个产出值。{meaning}"
        );
    }
    let exits = told_exits(subject);
    let mut lines = of_exits(answer, tongue, subject, &exits);
    // The name of a variable alone says less than the docstring.
    let built = match exits.as_slice() {
        [only] if only.when.is_empty() => Some(&only.value).filter(|value| is_built(subject, value)),
        _ => None,
    };
    if built.is_some() {
        lines.clear();
    }
    let returned = match (kind, meaning.is_empty()) {
        (Some(kind), false) => say!(tongue, "It returns {kind}: {meaning}", "返回 {kind}。文档对返回值的说明是：{meaning}"),
        (None, false) => say!(tongue, "It returns {meaning}", "文档对返回值的说明是：{meaning}"),
        (Some(kind), true) => match lines.as_slice() {
            [] => {
                let stated = stated(answer, tongue, subject);
                return say!(
                    tongue,
                    "It returns {kind}; which value, its body works out in several steps.{}",
                    "返回 {kind}，具体的值由函数体逐步得出。{}",
                    after(tongue, &stated)
                );
            }
            [only] => return tongue.say(format!("It returns {kind}: {only}."), typed(&kind, only)),
            all => {
                let all = all.join("\n- ");
                return say!(
                    tongue,
                    "It returns {kind}, by the first of these that applies:\n- {all}",
                    "返回类型是 {kind}，依次按以下条件决定返回值：\n- {all}"
                );
            }
        },
        (None, true) => match lines.as_slice() {
            [] => {
                let Some(built) = built else { return String::new() };
                let stated = stated(answer, tongue, subject);
                let said = say!(tongue, "It returns what its body works out as `{built}`.", "返回函数体得出的 `{built}`。");
                return format!("{said}{}", after(tongue, &stated));
            }
            [only] => return tongue.say(format!("It returns {only}."), behind("它", only)),
            all => {
                let all = all.join("\n- ");
                return say!(
                    tongue,
                    "What it returns is decided by the first of these that applies:\n- {all}",
                    "返回值依次由以下条件决定：\n- {all}"
                );
            }
        },
    };
    match lines.as_slice() {
        [] => returned,
        [only] if returned.contains(only.as_str()) => returned,
        [only] => tongue.say(format!("{returned} In the code that is {only}."), format!("{returned}{}", behind("代码中", only))),
        all => {
            let all = all.join("\n- ");
            say!(
                tongue,
                "{returned} The first of these that applies decides:\n- {all}",
                "{returned}\n\n返回值依次由以下条件决定：\n- {all}"
            )
        }
    }
}

/// What the docstring says of the result, claimed, as a sentence that goes on behind "it
/// returns"; empty where it says no more than the type.
fn result_meaning(answer: &mut Answer, tongue: Tongue, subject: &Chunk) -> String {
    const EMPTY: &[&str] = &["a", "an", "the", "of", "object", "objects", "instance", "instances", "or", "type", "value", "list"];
    let Some(stated) = return_docs(&subject.doc).filter(|stated| stated.matches('`').count().is_multiple_of(2)) else {
        return String::new();
    };
    let typed = subject.facts.returns.to_lowercase();
    let plain = plain_prose(&stated);
    let telling = |word: &str| !EMPTY.contains(&word) && !typed.contains(word);
    if !words(&plain.to_lowercase()).any(telling) {
        return String::new();
    }
    let name = symbol(subject);
    let prose = quoted(tongue, &plain);
    answer.claim(
        say!(tongue, "the documentation says of the result of {name}: {prose}", "文档对 {name} 返回值的说明：{prose}"),
        Predicate::new("documented", [subject.id.as_str(), &stated]),
        1,
    );
    let prose = prose.strip_prefix("Returns ").or_else(|| prose.strip_prefix("Return ")).unwrap_or(&prose);
    stopped(tongue, &inside(prose))
}

/// The summary of the docstring, claimed, where it is about the result.
fn stated(answer: &mut Answer, tongue: Tongue, subject: &Chunk) -> String {
    let summary = subject.summary();
    let about =
        ["Return", "Get", "Give", "Comput", "Calculat", "Determin", "返回", "计算", "获取"].iter().any(|start| summary.starts_with(start));
    if !about || !summary.matches('`').count().is_multiple_of(2) {
        return String::new();
    }
    let name = symbol(subject);
    let prose = quoted(tongue, &plain_prose(summary));
    answer.claim(
        say!(tongue, "{name} is documented: {prose}", "{name} 的文档说明：{prose}"),
        Predicate::new("documented", [subject.id.as_str(), summary]),
        1,
    );
    stopped(tongue, &prose)
}

/// What the docstring says of the result, as a sentence of its own.
fn after(tongue: Tongue, meaning: &str) -> String {
    if meaning.is_empty() {
        String::new()
    } else {
        say!(
            tongue,
            " The docstring says: {}",
            "文档对返回值的说明是：{}",
            if tongue == Tongue::English { capital(meaning) } else { meaning.to_owned() }
        )
    }
}

fn of_exits(answer: &mut Answer, tongue: Tongue, subject: &Chunk, exits: &[&Exit]) -> Vec<String> {
    let name = symbol(subject);
    let mut lines: Vec<String> = Vec::new();
    // That no check has failed goes without saying, since its error is told, too.
    let raises = if has_exceptions(&subject.path) { promised(&subject.facts.raises).collect() } else { Vec::new() };
    let mut earlier: Vec<&[Guard]> = raises.iter().map(|raise| raise.when.as_slice()).collect();
    for (at, exit) in exits.iter().enumerate() {
        let value = value(tongue, subject, &exit.value);
        let mut rest = after_earlier(&exit.when, &earlier);
        // Behind all other ways out, which are told as well, nothing is left to say.
        let last = at + 1 == exits.len() && (at > 0 || !raises.is_empty());
        if last && rest.iter().all(|guard| matches!(guard.kind, GuardKind::Past | GuardKind::Unless)) && !subject.facts.ends {
            rest.clear();
        }
        let says = match rest.is_empty() && !lines.is_empty() {
            true => say!(tongue, "{value} otherwise", "否则返回{value}"),
            false => under(tongue, &say!(tongue, "{value}", "返回{value}"), &rest),
        };
        earlier.push(&exit.when);
        answer.claim(
            tongue.say(
                format!("{name} returns {value}{}", when(tongue, &exit.when)),
                under(tongue, &format!("{name} 返回{value}"), &exit.when),
            ),
            Predicate::new("returns", [subject.id.as_str(), &exit.value, &Guard::joined(&exit.when)]),
            1,
        );
        if !lines.contains(&says) {
            lines.push(says);
        }
    }
    if subject.facts.ends && !exits.is_empty() {
        lines.push(tongue.say("`None` when it reaches the end of its body", "执行到函数末尾则返回 `None`").to_owned());
    }
    if lines.len() > 1 {
        let ways = lines.len();
        let says = say!(tongue, "There are {ways} ways out of the body, each with its own value.", "函数体有 {ways} 条返回路径。");
        answer.step("follow", says, &[1]);
    }
    lines
}

/// A Chinese sentence about this; a condition stands in front of it.
fn behind(start: &str, says: &str) -> String {
    format!("{}。", with_subject(Tongue::Chinese, start, says))
}

/// The type and what comes back; under a condition that follows by itself.
fn typed(kind: &str, says: &str) -> String {
    match says.strip_prefix("返回") {
        Some(value) => format!("返回 {kind}，即{value}。"),
        None => format!("返回类型是 {kind}，{says}。"),
    }
}

/// A returned expression; of a call the result comes back.
fn value(tongue: Tongue, of: &Chunk, text: &str) -> String {
    let called = text.split('(').next().unwrap_or_default();
    let named = !called.is_empty() && called.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'));
    let last = called.rsplit(['.', ':']).next().unwrap_or_default();
    let depths = text.chars().scan(0i32, |depth, c| {
        *depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        Some(*depth)
    });
    // One pair of parentheses, from the name to the end.
    let whole = text.ends_with(')')
        && depths.enumerate().skip(called.len() + 1).find(|(_, depth)| *depth == 0).is_some_and(|(at, _)| at + 1 == text.chars().count());
    match text {
        "" => "`None`".to_owned(),
        text if is_built(of, text) => {
            say!(tongue, "what the body has worked out as `{text}`", "函数体得出的 `{text}`")
        }
        text if is_question(text) => say!(tongue, "whether `{text}`", "`{text}` 是否成立"),
        text if of.facts.parameters.iter().any(|own| own.name == text) => {
            say!(tongue, "the argument `{text}` as it was given", "传入的 `{text}` 本身")
        }
        text if named && whole && last.starts_with(|c: char| c.is_lowercase() || c == '_') => {
            say!(tongue, "the result of `{text}`", "`{text}` 的结果")
        }
        text => format!("`{text}`"),
    }
}

/// Is it a variable of the body, and nothing that was given?
pub(super) fn is_built(chunk: &Chunk, value: &str) -> bool {
    is_local(chunk, value) && !is_known(chunk, value) && !chunk.facts.parameters.iter().any(|own| own.name == value)
}

/// Is it true or false whatever the values are?
fn is_question(text: &str) -> bool {
    let asks = |text: &str| {
        let called =
            ["isinstance(", "issubclass(", "callable(", "hasattr(", "any(", "all(", "bool("].iter().any(|name| text.starts_with(name));
        comparison(text).is_some() || called && text.ends_with(')') && text.matches('(').count() == 1
    };
    let parts = atoms(text, true);
    !text.contains(" if ") && !text.contains(" or ") && parts.iter().all(|atom| !atom.holds && parts.len() == 1 || asks(&atom.text))
}

/// Ways out that can be told: a short value that is more than the name of a local variable,
/// under a condition that can be said.
pub(super) fn told_exits(chunk: &Chunk) -> Vec<&Exit> {
    let facts = &chunk.facts;
    let local = |value: &str| free_names(value).any(|word| is_local(chunk, word) && !is_known(chunk, word));
    let tellable = |exit: &Exit| {
        (exit.value.is_empty() || exit.value.len() <= 90 && code(&exit.value).is_some())
            && (!local(&exit.value) || is_local(chunk, &exit.value))
            && exit
                .when
                .iter()
                .all(|guard| guard.kind == GuardKind::Past && guard.text == "…" || code(&guard.text).is_some() && !local(&guard.text))
    };
    let all = facts.exits.len() <= MAX_EXITS && !facts.generator && facts.exits.iter().all(tellable);
    if all { facts.exits.iter().collect() } else { Vec::new() }
}

/// A name that the body binds, a parameter among them, says nothing to a reader.
pub(super) fn is_local(chunk: &Chunk, name: &str) -> bool {
    chunk.facts.locals.iter().any(|local| local.name == name)
}
