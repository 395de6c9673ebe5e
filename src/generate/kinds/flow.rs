//! How does the work run, step by step and across files?

use crate::facts::{Entry, Outcome, View, plain_prose, rules};
use crate::generate::condition::{under, when};
use crate::generate::kinds::rule::written;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, path, pick, quoted, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Call, CallUse, Chunk, Guard, Neighbour, Outside, Predicate};

pub(super) static KIND: Kind = Kind { name: "flow", version: 1, intent: "how", weight, material, draft };

const QUESTIONS: &[&str] = &[
    "What happens, step by step, when {s} ({p}) runs?",
    "Walk me through {s} in {p}: which code does it go through, in which order?",
    "How does the work run from {s} ({p}) through the rest of the code?",
    "Which functions take part when {s} in {p} is called, and what does each contribute?",
    "Trace a call of {s} ({p}) through the repository.",
    "{s} in {p} touches several files. In what order, and what for?",
    "Starting at {s} ({p}), what is called one after the other?",
    "I have to debug {s} ({p}). What is the path through the code?",
    "Which steps make up {s} in {p}, and where does each live?",
    "Follow {s} from {p} down: what does each step do?",
];

const ROUTES: &[&str] = &[
    "How is a `{v} {r}` request handled, from {s} ({p}) down?",
    "What happens in the code when `{v} {r}` is requested ({s} in {p})?",
    "A client sends `{v} {r}`. Which code runs, step by step, from {s} in {p} on?",
    "Trace `{v} {r}` from its handler {s} ({p}) through the code.",
];

const CHINESE: &[&str] = &[
    "{p} 中的 {s} 执行时，一步步发生了什么？",
    "从 {s}（{p}）开始，依次会调用哪些代码？各自做什么？",
    "请梳理 {s}（{p}）的完整执行流程。",
    "{s}（{p}）由哪些步骤组成，分别在哪些文件里？",
    "排查 {p} 里 {s} 的问题时，应该沿着怎样的调用路径看？",
    "{s}（{p}）跨越了多个文件，执行顺序是怎样的？",
    "调用 {p} 的 {s} 会经过哪些函数？每一步的作用是什么？",
    "跟踪一次 {s}（{p}）的调用：先后经过哪些环节？",
];

const CHINESE_ROUTES: &[&str] = &[
    "`{v} {r}` 请求是如何被处理的？从 {s}（{p}）说起。",
    "客户端请求 `{v} {r}` 时，从 {s}（{p}）开始会依次执行哪些代码？",
    "请跟踪 `{v} {r}` 从处理函数 {s}（{p}）到底层的执行过程。",
];

fn weight(view: &View) -> u32 {
    if view.flow.is_empty() {
        return 0;
    }
    let files: std::collections::BTreeSet<&str> = view.flow.iter().map(|step| step.chunk.path.as_str()).collect();
    let told = view.flow.iter().filter(|step| about(Tongue::English, &step.chunk).is_some()).count();
    if told < 3 { 0 } else { 16 + 3 * told as u32 + 4 * files.len().min(4) as u32 + 20 * view.entry.is_some() as u32 }
}

fn material(view: &View) -> Material {
    Material { neighbours: view.flow.clone(), ..Material::default() }
}

/// What a step does, as a sentence with its claim: what its documentation says, else the first
/// thing that it refuses, changes or reaches.
fn about(tongue: Tongue, chunk: &Chunk) -> Option<(String, Predicate)> {
    let id = chunk.id.as_str();
    let stated = chunk.summary();
    let plain = stated.split_whitespace().count() >= 3 && stated.len() <= 240 && !stated.contains(['`', '\\']) && !stated.ends_with(':');
    if plain && stated.starts_with(char::is_uppercase) {
        let says = quoted(tongue, &plain_prose(stated));
        return Some((says, Predicate::new("documented", [id, stated])));
    }
    for rule in rules(chunk).iter().filter(|rule| tellable(&rule.when)) {
        if let Some(Outcome::Raises { exception, .. }) = rule.outcomes.iter().find(|outcome| matches!(outcome, Outcome::Raises { .. }))
            && exception.starts_with(char::is_uppercase)
        {
            let says = say!(tongue, "raises `{exception}`", "抛出 `{exception}`");
            return Some((under(tongue, &says, &rule.when), Predicate::new("raises", [id, exception, &Guard::joined(&rule.when)])));
        }
    }
    let write =
        chunk.facts.writes.iter().find(|write| write.target.starts_with("self.") && tellable(&write.when) && code(&write.target).is_some());
    if let Some(write) = write {
        let says = under(tongue, &written(tongue, &write.target, &write.value), &write.when);
        return Some((says, Predicate::new("writes", [id, &write.target, &write.value, &Guard::joined(&write.when)])));
    }
    let effect = chunk.facts.effects.iter().find(|effect| {
        !matches!(effect.on, Outside::Log | Outside::Output | Outside::Clock)
            && effect.callee.contains(['.', ':', '!'])
            && code(&effect.callee).is_some()
    })?;
    let says = say!(tongue, "calls `{}`", "调用 `{}`", effect.callee);
    Some((says, Predicate::new("effect", [id, effect.on.name(), &effect.callee])))
}

fn question(tongue: Tongue, brief: &Brief) -> String {
    let (name, file) = (symbol(&brief.subject), path(&brief.subject));
    let mut values = vec![("s", name.as_str()), ("p", file.as_str())];
    match crate::facts::entry(&brief.subject) {
        Some(Entry::Route { verb, path }) => {
            values.extend([("v", verb.as_str()), ("r", path.as_str())]);
            fill(pick(tongue, &brief.slot.id(), ROUTES, CHINESE_ROUTES), &values)
        }
        _ => fill(pick(tongue, &brief.slot.id(), QUESTIONS, CHINESE), &values),
    }
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let name = symbol(subject);
    let mut answer = Answer { question: question(tongue, brief), ..Answer::default() };
    let chunk_of = |from: usize| -> &Chunk { if from == 0 { subject } else { &brief.neighbours[from - 1].chunk } };
    let mut lines: Vec<String> = Vec::new();
    let mut top = 0;
    let mut before: Option<&Call> = None;
    for (number, step) in (2..).zip(&brief.neighbours) {
        let Some(call) = step.calls.first().filter(|_| is_told(tongue, brief, number - 1)) else { continue };
        let (caller, other) = (chunk_of(step.from), symbol(&step.chunk));
        let (caller_name, cite) = (symbol(caller), step.from + 1);
        // Of several calls of one function a condition would tell half.
        let told = tellable(&call.when) && step.calls.len() == 1;
        let calls = say!(tongue, "{caller_name} calls `{}`", "{caller_name} 调用 `{}`", call.callee);
        let predicate = match told && !call.when.is_empty() {
            true => Predicate::new("calls_when", [caller.id.as_str(), &call.callee, &Guard::joined(&call.when)]),
            false => Predicate::new("calls", [caller.id.as_str(), &call.callee]),
        };
        let condition = if told { when(tongue, &call.when) } else { String::new() };
        answer.claim(if told { under(tongue, &calls, &call.when) } else { calls }, predicate, cite);
        if step.from == 0 {
            // Of calls on different sides of a branch neither comes first.
            if let Some(earlier) = before.filter(|earlier| comes_before(earlier, call)) {
                let (one, other) = (&earlier.callee, &call.callee);
                let says = say!(tongue, "{name} calls `{one}` before `{other}`", "{name} 先调用 `{one}`，再调用 `{other}`");
                answer.claim(says, Predicate::new("calls_in_order", [subject.id.as_str(), one, other]), 1);
            }
            before = Some(call);
            top += 1;
        }
        let place = path(&step.chunk);
        let mut does = String::new();
        if let Some((says, predicate)) = about(tongue, &step.chunk) {
            answer.claim(say!(tongue, "{other}: {says}", "{other}：{says}"), predicate, number);
            does = says;
        }
        let head = match tongue {
            Tongue::English => format!("{other} ({place}){condition}"),
            Tongue::Chinese => format!("{other}（{place}）{}", if condition.is_empty() { String::new() } else { format!("，{condition}") }),
        };
        let line =
            if does.is_empty() { stopped(tongue, &head) } else { stopped(tongue, &say!(tongue, "{head}: {does}", "{head}：{does}")) };
        lines.push(if step.from == 0 { format!("{top}. {line}") } else { format!("   - {line}") });
    }
    if lines.len() < 3 {
        return Answer::default();
    }
    let lead = say!(
        tongue,
        "{name} goes, among others, through these steps of the repository, in the order in which the code names them:",
        "{name} 会经过仓库中的以下步骤（并非全部），按代码中出现的顺序："
    );
    answer.answer = format!("{lead}\n{}", lines.join("\n"));
    trace(&mut answer, tongue, brief);
    let files: std::collections::BTreeSet<&str> = brief.neighbours.iter().map(|step| step.chunk.path.as_str()).collect();
    answer.difficulty = if files.len() > 2 || brief.neighbours.len() > 4 { "hard" } else { "medium" };
    answer
}

/// Does a call surely come before another on the way that leads to both? Of a call inside of an
/// expression the conditions are not known.
fn comes_before(earlier: &Call, later: &Call) -> bool {
    let plain = |call: &Call| matches!(call.usage, CallUse::Ignored | CallUse::Assigned);
    earlier.callee != later.callee && plain(earlier) && plain(later) && later.when.starts_with(&earlier.when)
}

/// A step of which nothing is known is told only where it leads on.
fn is_told(tongue: Tongue, brief: &Brief, step: usize) -> bool {
    let known = |neighbour: &Neighbour| about(tongue, &neighbour.chunk).is_some();
    known(&brief.neighbours[step - 1]) || brief.neighbours.iter().any(|below| below.from == step && known(below))
}

fn tellable(guards: &[Guard]) -> bool {
    guards.len() <= 3 && guards.iter().all(|guard| guard.text == "…" || code(&guard.text).is_some())
}

fn trace(answer: &mut Answer, tongue: Tongue, brief: &Brief) {
    let name = symbol(&brief.subject);
    let told = |number: usize| is_told(tongue, brief, number - 1);
    let direct: Vec<(usize, &Neighbour)> = (2..).zip(&brief.neighbours).filter(|(number, step)| step.from == 0 && told(*number)).collect();
    let names: Vec<String> = direct.iter().map(|(_, step)| symbol(&step.chunk)).collect();
    let cites: Vec<usize> = std::iter::once(1).chain(direct.iter().map(|(number, _)| *number)).collect();
    let listed = crate::generate::phrase::list(tongue, &names);
    answer.step("read", say!(tongue, "The body of {name} calls, among others, {listed}.", "{name} 的函数体会调用 {listed} 等。"), &cites);
    for (number, step) in (2..).zip(&brief.neighbours).filter(|(number, step)| step.from > 0 && told(*number)) {
        let caller = symbol(&brief.neighbours[step.from - 1].chunk);
        let other = symbol(&step.chunk);
        answer.step("follow", say!(tongue, "{caller} in turn calls {other}.", "{caller} 又会调用 {other}。"), &[step.from + 1, number]);
        if answer.trace.len() == 4 {
            break;
        }
    }
}
