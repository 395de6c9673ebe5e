//! What does an entry point expect, do, and answer? Routes, request handlers, commands, tasks.

mod input;
mod outcome;
mod wording;

use self::input::{inputs, options, taken};
use self::outcome::{answers, errors, failing, faults, told_answers};
use self::wording::question;
use crate::facts::{Does, Entry, Use, View, entry, evidence_lines, of_handler, plain_prose, prefix, verbs};
use crate::generate::chinese::docstring;
use crate::generate::condition::{under, with_subject};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{capital, code, path, quoted, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::{self, predicate};
use crate::model::{Brief, CallUse, Chunk, ChunkKind, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "api", version: 1, intent: "how", weight, material, draft };

const MAX_OF_ONE: usize = 4;

const MAX_HELPERS: usize = 3;

/// What frameworks call the makers of responses: the answers tell of those.
const ANSWERING: &[&str] =
    &["redirect", "url_for", "render_template", "render", "reverse", "jsonify", "flash", "make_response", "get_success_url"];

fn weight(view: &View) -> u32 {
    let Some(entry) = &view.entry else { return 0 };
    let chunk = &view.chunk;
    let pieces = inputs(chunk).len().min(2) + answers(chunk).len().min(3) + helpers(view).len().min(3) + errors(chunk).len().min(3);
    let told = answers(chunk).len() + helpers(view).len() + errors(chunk).len();
    let pieces = if told == 0 { 0 } else { pieces + options(chunk).len().min(3) };
    let least = if matches!(entry, Entry::Handler { .. } | Entry::Main) { 3 } else { 2 };
    if pieces < least { 0 } else { 24 + 4 * pieces.min(8) as u32 }
}

fn material(view: &View) -> Material {
    let route = matches!(view.entry, Some(Entry::Route { .. }));
    let bears = |class: &Chunk| is_class_entry(view.entry.as_ref()) || route && prefix(class).is_some();
    let class = view.class.iter().filter(|class| evidence_lines(class).is_some() && bears(class));
    let class = class.map(|class| Neighbour::of(class.clone()));
    let arguments = view
        .siblings
        .iter()
        .filter(|sibling| sibling.chunk.name == "add_arguments" && matches!(view.entry, Some(Entry::CommandClass { .. })));
    let faults = faults(view);
    let mut neighbours: Vec<Neighbour> = class.chain(arguments.map(|found| Neighbour::of(found.chunk.clone()))).collect();
    neighbours.extend(helpers(view).into_iter().take(MAX_HELPERS));
    neighbours.extend(faults);
    Material { neighbours, ..Material::default() }
}

fn is_class_entry(entry: Option<&Entry>) -> bool {
    matches!(entry, Some(Entry::Handler { .. } | Entry::CommandClass { .. }))
}

/// What it calls of this repository that does the work.
fn helpers(view: &View) -> Vec<Neighbour> {
    let works = |callee: &&Neighbour| {
        let facts = &callee.chunk.facts;
        let does = !facts.raises.is_empty() || !facts.writes.is_empty() || !facts.effects.is_empty() || facts.branches > 0;
        let called = callee.calls.iter().any(|call| call.usage != CallUse::Raised && code(&call.callee).is_some());
        let answers = ANSWERING.contains(&callee.chunk.name.as_str());
        // What it hands back with no more words to it is told with the answers.
        let handed = callee.chunk.doc.is_empty() && callee.calls.iter().all(|call| call.usage == CallUse::Returned);
        callee.chunk.kind != ChunkKind::Class
            && !callee.chunk.is_nested()
            && called
            && !answers
            && !handed
            && (does || !callee.chunk.doc.is_empty())
    };
    let mut all: Vec<Neighbour> = view.callees.iter().filter(works).cloned().collect();
    all.sort_by_key(|callee| callee.raises.is_empty());
    all
}

/// The class that makes the subject a handler, where it is cited.
fn class_of(brief: &Brief) -> Option<(usize, &Neighbour)> {
    let subject = &brief.subject;
    (2..).zip(&brief.neighbours).find(|(_, other)| {
        other.chunk.kind == ChunkKind::Class && other.chunk.symbol == subject.container && other.chunk.path == subject.path
    })
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let class = class_of(brief);
    let Some(entry) = entry(subject).or_else(|| of_handler(subject, &class?.1.chunk)) else { return Answer::default() };
    let mut answer = Answer { question: question(tongue, brief, &whole_route(brief, &entry)), ..Answer::default() };
    let mut parts: Vec<String> = Vec::new();
    let served = served(tongue, brief, &entry, &mut answer);
    answer.step("locate", served.clone(), &[1]);
    parts.push(served);
    let stated = stated(tongue, brief, &mut answer);
    if !stated.is_empty() {
        parts[0].push_str(tongue.say(" ", ""));
        parts[0].push_str(&stated);
    }
    let taken = taken(tongue, brief, &entry, &mut answer);
    if !taken.is_empty() {
        let taken = taken.join(tongue.say("; ", "；"));
        answer.step("read", stopped(tongue, &say!(tongue, "It takes {taken}", "输入：{taken}")), &[1]);
        parts.push(stopped(tongue, &say!(tongue, "It takes {taken}", "输入：{taken}")));
    }
    let (work, outside) = work(tongue, brief, &mut answer);
    if !work.is_empty() {
        parts.push(match work.as_slice() {
            [only] => usage::sentence(tongue, only),
            _ => {
                let lines: Vec<String> = work.iter().map(|line| format!("- {}", stopped(tongue, line))).collect();
                say!(tongue, "On the way it\n{}", "处理过程：\n{}", lines.join("\n"))
            }
        });
    }
    let mut said: Vec<String> = Vec::new();
    let mut last: Option<String> = None;
    for (one, told) in told_answers(tongue, subject) {
        let says = usage::told(tongue, &one, &[]).unwrap_or_default();
        answer.claim(with_subject(tongue, &name, &says), predicate(id, &one), 1);
        said.push(told);
        last = Some(says);
    }
    let outcome = match said.as_slice() {
        [] => String::new(),
        [only] => usage::sentence(tongue, only),
        _ => {
            let lines: Vec<String> = said.iter().map(|line| format!("- {}", stopped(tongue, line))).collect();
            say!(tongue, "What comes back depends on the case. It\n{}", "返回结果视情况而定：\n{}", lines.join("\n"))
        }
    };
    if !outcome.is_empty() {
        parts.push(outcome);
    }
    let failing = failing(tongue, brief, &mut answer);
    if !failing.is_empty() {
        let lines: Vec<String> = failing.iter().map(|line| format!("- {}", stopped(tongue, line))).collect();
        parts.push(match failing.as_slice() {
            [only] => stopped(tongue, &say!(tongue, "It can fail: it {only}", "可能出错：{only}")),
            _ => say!(tongue, "It can fail:\n{}", "可能出错的情况：\n{}", lines.join("\n")),
        });
        answer.step("check", stopped(tongue, &with_subject(tongue, &name, &failing[0])), &[1]);
    }
    if parts.len() < 2 {
        return Answer::default();
    }
    let last = match last {
        Some(told) => say!(tongue, "In the end it {told}", "最后，{told}"),
        None => tongue.say("It hands nothing back: what counts is what it does on the way", "没有返回值，关键在于处理过程").to_owned(),
    };
    answer.step("conclude", stopped(tongue, &last), &[1]);
    answer.answer = parts.join("\n\n");
    answer.difficulty = match (outside, work.len() + failing.len()) {
        (0, 0..=2) => "easy",
        (0 | 1, _) => "medium",
        _ => "hard",
    };
    answer
}

/// What its documentation says of it, as a sentence; empty where that is no prose.
fn stated(tongue: Tongue, brief: &Brief, answer: &mut Answer) -> String {
    let subject = &brief.subject;
    let summary = subject.summary();
    if !is_prose(summary) {
        return String::new();
    }
    let (name, docs, prose) = (symbol(subject), docstring(subject), plain_prose(summary).replace('\n', " "));
    let says = say!(tongue, "the documentation of {name} says: {prose}", "{name} 的{docs}写道：“{prose}”");
    answer.claim(says, Predicate::new("documented", [subject.id.as_str(), summary]), 1);
    stopped(tongue, &say!(tongue, "Its documentation says: {prose}", "{docs}写道：“{prose}”"))
}

/// A short sentence without marks of a page.
fn is_prose(summary: &str) -> bool {
    let told = summary.len() <= 160 && summary.split_whitespace().count() >= 3 && summary.matches('`').count().is_multiple_of(2);
    told && !summary.starts_with([':', '>', '.', '@'])
}

/// A route with what its class puts in front of the path.
fn whole_route(brief: &Brief, entry: &Entry) -> Entry {
    match (entry, class_of(brief).and_then(|(_, class)| prefix(&class.chunk))) {
        (Entry::Route { verb, path }, Some((_, front))) => Entry::Route { verb: verb.clone(), path: format!("{front}{path}") },
        _ => entry.clone(),
    }
}

/// How it is reached, in a sentence.
fn served(tongue: Tongue, brief: &Brief, entry: &Entry, answer: &mut Answer) -> String {
    let subject = &brief.subject;
    let (name, file, id) = (symbol(subject), path(subject), subject.id.as_str());
    match entry {
        Entry::Route { path, .. } => {
            for verb in verbs(subject) {
                answer.claim(
                    say!(tongue, "{name} serves {verb} `{path}`", "{name} 处理 {verb} `{path}`"),
                    Predicate::new("route", [id, &verb, path]),
                    1,
                );
            }
            let Some((number, class)) = class_of(brief) else {
                return say!(tongue, "{name} in {file} serves `{path}`.", "`{path}` 由 {file} 中的 {name} 处理。");
            };
            let Some((mapping, front)) = prefix(&class.chunk) else { return String::new() };
            let owner = symbol(&class.chunk);
            answer.claim(
                say!(tongue, "{owner} carries `{mapping}`", "{owner} 带有 `{mapping}`"),
                Predicate::new("decorated", [class.chunk.id.as_str(), mapping]),
                number,
            );
            say!(
                tongue,
                "{name} in {file} serves `{path}` below the `{front}` of {owner}.",
                "{owner} 的前缀是 `{front}`，其下的 `{path}` 由 {file} 中的 {name} 处理。"
            )
        }
        Entry::Command { decorator } | Entry::Task { decorator } => {
            answer.claim(
                say!(tongue, "{name} is registered by its decorator", "{name} 由装饰器注册"),
                Predicate::new("decorated", [id, decorator]),
                1,
            );
            say!(tongue, "It is {name} in {file}.", "实现代码是 {file} 中的 {name}。")
        }
        Entry::Handler { base } | Entry::CommandClass { base } => {
            let Some((number, class)) = class_of(brief) else { return String::new() };
            let owner = symbol(&class.chunk);
            answer.claim(
                say!(tongue, "{owner} derives from `{base}`", "{owner} 继承自 `{base}`"),
                Predicate::new("base", [class.chunk.id.as_str(), base]),
                number,
            );
            say!(tongue, "{name} in {file} handles it; {owner} is a `{base}`.", "由 {file} 中的 {name} 处理；{owner} 继承自 `{base}`。")
        }
        Entry::Main => say!(tongue, "The program starts in {name} ({file}).", "程序从 {name}（{file}）开始。"),
    }
}

/// What it calls to do the work, in the order of the code; and how many of those lie elsewhere.
fn work(tongue: Tongue, brief: &Brief, answer: &mut Answer) -> (Vec<String>, usize) {
    let subject = &brief.subject;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut outside = 0;
    let mut cited = vec![1];
    for (number, other) in (2..).zip(&brief.neighbours) {
        let Some(call) = other.calls.iter().find(|call| call.usage != CallUse::Raised && code(&call.callee).is_some()) else { continue };
        if other.chunk.kind == ChunkKind::Class {
            continue;
        }
        let plain = matches!(call.usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned);
        let one =
            Use { decides: true, when: call.when.clone(), does: Does::Calls { callee: call.callee.clone(), argument: String::new() } };
        let stated = if plain { predicate(id, &one) } else { Predicate::new("calls", [id, &call.callee]) };
        answer.claim(say!(tongue, "{name} calls `{}`", "{name} 调用 `{}`", call.callee), stated, 1);
        let summary = other.chunk.summary();
        let mut line = say!(tongue, "calls `{}` ({})", "调用 `{}`（{}）", call.callee, path(&other.chunk));
        if plain {
            line = under(tongue, &line, &call.when);
        }
        if is_prose(summary) {
            answer.claim(
                say!(tongue, "{} is documented so", "{} 的文档这样写", symbol(&other.chunk)),
                Predicate::new("documented", [other.chunk.id.as_str(), summary]),
                number,
            );
            let said = quoted(tongue, &plain_prose(summary).trim_end_matches('.').replace('\n', " "));
            line.push_str(&say!(tongue, ": {said}", "：{said}"));
        }
        outside += (other.chunk.path != subject.path) as usize;
        cited.push(number);
        let at = subject.facts.calls.iter().position(|known| known.callee == call.callee).unwrap_or_default();
        out.push((at, line));
    }
    out.sort_by_key(|(at, _)| *at);
    if !out.is_empty() {
        let steps = out.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join(tongue.say("; then it ", "；然后"));
        answer.step("follow", stopped(tongue, &capital(&say!(tongue, "it {steps}", "{steps}"))), &cited);
    }
    (out.into_iter().map(|(_, line)| line).collect(), outside)
}
