//! A function that asks the environment.

use super::telling;
use crate::facts::{Does, Use};
use crate::generate::condition::with_subject;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::{self, predicate};
use crate::model::{Brief, Call, Chunk, Outside, Predicate};

const ENVIRONMENT: &[&str] = &[
    "Which environment variables does {s} in {p} read, and what do they change?",
    "How can the environment influence {s} ({p})?",
    "What does {s} from {p} take from the environment, and where does it go?",
    "Which settings from the environment does {s} ({p}) go by?",
    "Before I deploy: what does {s} in {p} expect in the environment?",
    "If no environment variable is set, what does {s} ({p}) do?",
];

const ENVIRONMENT_ZH: &[&str] = &[
    "{p} 中的 {s} 会读取哪些环境变量？它们有什么作用？",
    "环境变量怎样影响 {s}（{p}）的行为？",
    "{s}（{p}）从环境变量里取什么值？取来做什么？",
    "部署时，{p} 里的 {s} 需要哪些环境变量？",
    "想通过环境变量控制 {s}（{p}），应该设置哪个？",
];

/// A look at a variable of the environment.
pub(super) struct Variable<'c> {
    call: &'c Call,
    name: &'c str,
    default: &'c str,
}

/// The variables of which it can be told what becomes of them.
pub(super) fn variables(chunk: &Chunk) -> Vec<Variable<'_>> {
    let reads = |callee: &str| {
        let environment = chunk.facts.effects.iter().any(|effect| effect.on == Outside::Environment && effect.callee == callee);
        environment && matches!(callee.rsplit('.').next(), Some("get" | "getenv" | "pop" | "setdefault"))
    };
    let mut out: Vec<Variable> = Vec::new();
    for call in chunk.facts.calls.iter().filter(|call| reads(&call.callee)) {
        let Some(name) = call.arguments.first().filter(|name| name.starts_with(['"', '\'']) && code(name).is_some()) else { continue };
        if out.iter().all(|known| known.name != name) && !follows(chunk, call).is_empty() {
            let default = call.arguments.get(1).map(String::as_str).unwrap_or_default();
            out.push(Variable { call, name, default });
        }
    }
    out
}

/// What comes of a look at the environment.
pub(super) fn follows(chunk: &Chunk, call: &Call) -> Vec<Use> {
    let mut out = telling(chunk, &[as_written(call)]);
    if out.is_empty() && !call.target.is_empty() {
        out = telling(chunk, std::slice::from_ref(&call.target));
    }
    // That it is kept in a variable tells nothing.
    if out.iter().all(|one| matches!(&one.does, Does::Binds { value, .. } if *value == as_written(call))) {
        out.clear();
    }
    out
}

pub(super) fn as_written(call: &Call) -> String {
    format!("{}({})", call.callee, call.arguments.join(", "))
}

pub(super) fn of_environment(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let (name, file, id) = (symbol(subject), path(subject), subject.id.as_str());
    let wording = pick(tongue, &brief.slot.id(), ENVIRONMENT, ENVIRONMENT_ZH);
    let mut answer = Answer { question: fill(wording, &[("s", &name), ("p", &file)]), ..Answer::default() };
    let mut lines: Vec<(Vec<String>, String)> = Vec::new();
    let variables = variables(subject);
    for Variable { call, name: variable, default } in &variables {
        let bare = variable.trim_matches(['"', '\'']);
        answer.claim(
            say!(tongue, "{name} looks at the environment by `{}`", "{name} 通过 `{}` 读取环境变量", call.callee),
            Predicate::new("effect", [id, "environment", &call.callee]),
            1,
        );
        answer.claim(
            say!(tongue, "{name} asks for `{bare}`", "{name} 读取 `{bare}`"),
            Predicate::new("passes", [id, &call.callee, variable]),
            1,
        );
        let without = match code(default) {
            Some(default) => say!(tongue, ", {default} where it is not set", "，未设置时取 {default}"),
            None => String::new(),
        };
        let mut deeds: Vec<String> = Vec::new();
        let written = [as_written(call)];
        for one in follows(subject, call) {
            let Some(says) = usage::told(tongue, &one, &written) else { continue };
            answer.claim(with_subject(tongue, &name, &says), predicate(id, &one), 1);
            deeds.push(says);
        }
        let kept = follows(subject, call).first().is_some_and(|one| matches!(one.does, Does::Binds { .. }));
        let deeds = deeds.join(if kept { tongue.say("; then it ", "；然后") } else { tongue.say("; it also ", "；另外") });
        let follows = say!(tongue, "{without}: it {deeds}", "{without}：{deeds}");
        answer.step("check", say!(tongue, "{name} asks the environment for `{bare}`.", "{name} 读取环境变量 `{bare}`。"), &[1]);
        match lines.iter_mut().find(|(_, known)| *known == follows) {
            Some((variables, _)) => variables.push(format!("`{bare}`")),
            None => lines.push((vec![format!("`{bare}`")], follows)),
        }
    }
    let lines: Vec<String> = lines.into_iter().map(|(variables, follows)| format!("{}{follows}", list(tongue, &variables))).collect();
    let all: Vec<String> = variables.iter().map(|variable| format!("`{}`", variable.name.trim_matches(['"', '\'']))).collect();
    answer.step("conclude", say!(tongue, "What {name} does hangs on {}.", "{name} 的行为取决于 {}。", list(tongue, &all)), &[1]);
    answer.answer = match lines.as_slice() {
        [only] => say!(tongue, "It reads {}", "它读取环境变量 {}", stopped(tongue, only)),
        _ => {
            let lines: Vec<String> = lines.iter().map(|line| format!("- {}", stopped(tongue, line))).collect();
            say!(tongue, "It looks at {}:\n{}", "它会读取环境变量 {}：\n{}", list(tongue, &all), lines.join("\n"))
        }
    };
    answer.difficulty = if variables.len() > 1 { "medium" } else { "easy" };
    answer
}
