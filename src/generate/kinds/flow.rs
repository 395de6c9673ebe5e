//! How does the work run, step by step and across files? Told from the first step to the result, or
//! not at all.

use crate::facts::{Entry, View, plain_prose};
use crate::generate::condition::{is_tellable, under, when};
use crate::generate::coverage::{self, Step, is_plain};
use crate::generate::kinds::point::points;
use crate::generate::kinds::{Kind, Material, raises};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, quoted, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Call, CallUse, Chunk, Exit, Guard, GuardKind, Neighbour, Predicate, Raise};

pub(super) static KIND: Kind = Kind { name: "flow", version: 2, intent: "how", weight, material, draft };

/// A longer list is no way that one can follow.
const MAX_LINES: usize = 9;
const MAX_GUARDS: usize = 3;
const MAX_WAYS_OUT: usize = 4;
const MAX_BRANCHES: u32 = 12;

const QUESTIONS: &[&str] = &[
    "What happens, step by step, when {s} ({p}) runs?",
    "Walk me through {s} in {p}: which code does it go through, in which order?",
    "How does the work run from {s} ({p}) through the rest of the code?",
    "Which functions take part when {s} in {p} is called, and what does each contribute?",
    "Trace a call of {s} ({p}) through the repository.",
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
    "{s}（{p}）内部的执行顺序是怎样的？",
    "调用 {p} 的 {s} 会经过哪些函数？每一步的作用是什么？",
    "跟踪一次 {s}（{p}）的调用：先后经过哪些环节？",
];

const CHINESE_ROUTES: &[&str] = &[
    "`{v} {r}` 请求是如何被处理的？从 {s}（{p}）说起。",
    "客户端请求 `{v} {r}` 时，从 {s}（{p}）开始会依次执行哪些代码？",
    "请跟踪 `{v} {r}` 从处理函数 {s}（{p}）到底层的执行过程。",
];

fn weight(view: &View) -> u32 {
    let told = view.flow.iter().filter(|step| about(Tongue::English, &step.chunk).is_some()).count();
    if told < 3 || Way::of(&view.chunk, &view.flow).is_none() {
        return 0;
    }
    let files: std::collections::BTreeSet<&str> = view.flow.iter().map(|step| step.chunk.path.as_str()).collect();
    20 + 3 * told as u32 + 4 * files.len().min(4) as u32 + 20 * view.entry.is_some() as u32
}

fn material(view: &View) -> Material {
    Material { neighbours: view.flow.clone(), ..Material::default() }
}

/// All of the way through a body.
struct Way<'c> {
    /// Its own calls in the order in which they run, each with the number of the step that it leads
    /// to, where that is told of.
    calls: Vec<(Step<'c>, Option<usize>)>,
    /// How it ends before the last step.
    early: Vec<Early<'c>>,
    /// What comes back at the end.
    last: Option<&'c Exit>,
}

enum Early<'c> {
    Returns(&'c Exit),
    Raises(&'c Raise),
}

impl Early<'_> {
    fn when(&self) -> &[Guard] {
        match self {
            Self::Returns(exit) => &exit.when,
            Self::Raises(raise) => &raise.when,
        }
    }
}

impl<'c> Way<'c> {
    /// None where some of it could not be told.
    fn of(chunk: &'c Chunk, steps: &[Neighbour]) -> Option<Self> {
        let led = |call: &Call| {
            let at = steps.iter().position(|step| step.from == 0 && step.calls.iter().any(|own| own.callee == call.callee));
            at.map(|at| at + 1)
        };
        let calls: Vec<(Step, Option<usize>)> =
            coverage::steps(chunk).into_iter().map(|step| (led(step.call), step)).map(|(to, step)| (step, to)).collect();
        let plain = |(step, _): &(Step, Option<usize>)| {
            code(&step.call.callee).is_some() && step.when.as_ref().is_some_and(|when| is_tellable(when, MAX_GUARDS + 1))
        };
        let direct = steps.iter().filter(|step| step.from == 0).count();
        // What decides at every turn is no way, and a constructor goes none.
        if chunk.facts.branches > MAX_BRANCHES || chunk.name.starts_with("__") {
            return None;
        }
        if calls.len() > MAX_LINES
            || !calls.iter().all(plain)
            || calls.iter().filter(|(_, to)| to.is_some()).count() < direct
            || chunk.facts.generator
        {
            return None;
        }
        let (early, last) = ways_out(chunk)?;
        Some(Self { calls, early, last })
    }
}

/// The ways out on the way, and the one at the end; None where some cannot be told.
fn ways_out(chunk: &Chunk) -> Option<(Vec<Early<'_>>, Option<&Exit>)> {
    let facts = &chunk.facts;
    let decided = |guard: &Guard| !matches!(guard.kind, GuardKind::Past | GuardKind::Skip);
    let last = facts.exits.iter().rfind(|exit| !exit.when.iter().any(decided));
    let exits = facts.exits.iter().filter(|exit| exit.when.iter().any(decided)).map(Early::Returns);
    let raises = facts.raises.iter().filter(|raise| !raise.caught && raise.exception != "AssertionError");
    let early: Vec<Early> = raises.map(Early::Raises).chain(exits).collect();
    let told = early.iter().all(|way| {
        is_tellable(way.when(), MAX_GUARDS + 1)
            && match way {
                Early::Returns(exit) => exit.value.is_empty() || code(&exit.value).is_some(),
                Early::Raises(raise) => raises::is_told(raise),
            }
    });
    let ends = last.is_none_or(|exit| exit.value.is_empty() || code(&exit.value).is_some());
    (told && ends && early.len() <= MAX_WAYS_OUT).then_some((early, last))
}

/// What a step does, with its claims: what its documentation says, else what decides in it.
fn about(tongue: Tongue, chunk: &Chunk) -> Option<(String, Vec<Predicate>)> {
    let stated = chunk.summary();
    let first = stated.split_whitespace().next().unwrap_or_default().to_lowercase();
    let plain = stated.split_whitespace().count() >= 3 && stated.len() <= 240 && !stated.contains('\\') && !stated.ends_with(':');
    if plain && stated.matches('`').count().is_multiple_of(2) && !matches!(first.as_str(), "todo" | "see" | "note" | "deprecated") {
        let says = quoted(tongue, &plain_prose(stated));
        return Some((says, vec![Predicate::new("documented", [chunk.id.as_str(), stated])]));
    }
    let found: Vec<_> = points(tongue, chunk, 2).into_iter().filter(|point| point.is_decisive()).collect();
    let says: Vec<String> = found.iter().map(|point| point.says.clone()).collect();
    (!says.is_empty()).then(|| (list(tongue, &says), found.into_iter().map(|point| point.predicate).collect()))
}

fn question(tongue: Tongue, brief: &Brief) -> String {
    let (name, file) = (symbol(&brief.subject), path(&brief.subject));
    let mut values = vec![("s", name.as_str()), ("p", file.as_str())];
    match crate::facts::entry(&brief.subject) {
        // What a class puts in front of the paths of its methods is not shown here.
        Some(Entry::Route { path, .. }) if brief.subject.container.is_empty() => {
            let verbs = crate::facts::verbs(&brief.subject).join("|");
            values.extend([("v", verbs.as_str()), ("r", path.as_str())]);
            fill(pick(tongue, &brief.slot.id(), ROUTES, CHINESE_ROUTES), &values)
        }
        _ => fill(pick(tongue, &brief.slot.id(), QUESTIONS, CHINESE), &values),
    }
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let Some(way) = Way::of(subject, &brief.neighbours) else { return Answer::default() };
    let name = symbol(subject);
    let mut answer = Answer { question: question(tongue, brief), ..Answer::default() };
    let mut lines: Vec<String> = Vec::new();
    let mut before: Option<&Call> = None;
    for (at, (step, to)) in way.calls.iter().enumerate() {
        let call = step.call;
        let condition = own_call(&mut answer, tongue, subject, step, before);
        before = Some(call);
        let does = to.and_then(|to| said_of(&mut answer, tongue, &brief.neighbours[to - 1].chunk, to + 1)).unwrap_or_default();
        let place = to.map(|to| place(tongue, call, &brief.neighbours[to - 1].chunk)).unwrap_or_default();
        let head = match tongue {
            Tongue::English => format!("`{}`{place}{condition}", call.callee),
            Tongue::Chinese if condition.is_empty() => format!("`{}`{place}", call.callee),
            Tongue::Chinese => format!("{condition}，调用`{}`{place}", call.callee),
        };
        let line =
            if does.is_empty() { stopped(tongue, &head) } else { stopped(tongue, &say!(tongue, "{head}: {does}", "{head}：{does}")) };
        lines.push(format!("{}. {line}", at + 1));
        let below = (1..).zip(&brief.neighbours).filter(|(_, other)| Some(other.from) == *to && other.from > 0);
        let below: Vec<String> = below.filter_map(|(number, other)| further(&mut answer, tongue, brief, number, other)).collect();
        if !below.is_empty() {
            let below = stopped(tongue, &below.join(tongue.say("; ", "；")));
            lines.push(say!(tongue, "   - On its way, among others: {below}", "   - 其间会用到（部分）：{below}"));
        }
    }
    let lead = say!(tongue, "A call of {name} goes through these steps, in this order:", "调用 {name} 会依次经过以下步骤：");
    answer.answer = format!("{lead}\n{}", lines.join("\n"));
    let ends = ending(&mut answer, tongue, subject, &way);
    answer.answer.push_str(&ends);
    trace(&mut answer, tongue, brief, &way, &ends);
    let files: std::collections::BTreeSet<&str> = brief.neighbours.iter().map(|step| step.chunk.path.as_str()).collect();
    answer.difficulty = if files.len() > 2 || brief.neighbours.len() > 4 { "hard" } else { "medium" };
    answer
}

/// A call of the body itself, with its condition.
fn own_call(answer: &mut Answer, tongue: Tongue, subject: &Chunk, step: &Step, before: Option<&Call>) -> String {
    let (name, id, callee) = (symbol(subject), subject.id.as_str(), &step.call.callee);
    let says = say!(tongue, "{name} calls `{callee}`", "{name} 调用 `{callee}`");
    answer.claim(says.clone(), Predicate::new("calls", [id, callee]), 1);
    if let Some(when) = step.when.as_ref().filter(|when| !when.is_empty() && is_plain(step.call)) {
        answer.claim(under(tongue, &says, when), Predicate::new("calls_when", [id, callee, &Guard::joined(when)]), 1);
    }
    // Of calls on different sides of a branch neither comes first.
    if let Some(earlier) = before.filter(|earlier| comes_before(earlier, step.call)) {
        let one = &earlier.callee;
        let says = say!(tongue, "{name} calls `{one}` before `{callee}`", "{name} 先调用 `{one}`，再调用 `{callee}`");
        answer.claim(says, Predicate::new("calls_in_order", [id, one, callee]), 1);
    }
    step.when.as_ref().map(|when| self::when(tongue, when)).unwrap_or_default()
}

/// Where a step stands, with its full name where the call has another.
fn place(tongue: Tongue, call: &Call, chunk: &Chunk) -> String {
    let (other, file) = (symbol(chunk), path(chunk));
    match other.trim_matches('`') == call.callee {
        true => say!(tongue, " ({file})", "（{file}）"),
        false => say!(tongue, " ({other} in {file})", "（{file} 中的 {other}）"),
    }
}

fn said_of(answer: &mut Answer, tongue: Tongue, chunk: &Chunk, cite: usize) -> Option<String> {
    let (does, claims) = about(tongue, chunk)?;
    let other = symbol(chunk);
    for predicate in claims {
        answer.claim(say!(tongue, "{other}: {does}", "{other}：{does}"), predicate, cite);
    }
    Some(does)
}

/// What a step calls in turn.
fn further(answer: &mut Answer, tongue: Tongue, brief: &Brief, number: usize, step: &Neighbour) -> Option<String> {
    let caller = &brief.neighbours[step.from - 1].chunk;
    let (other, place, call) = (symbol(&step.chunk), path(&step.chunk), step.calls.first()?);
    let (caller_name, callee) = (symbol(caller), &call.callee);
    let does = said_of(answer, tongue, &step.chunk, number + 1)?;
    let says = say!(tongue, "{caller_name} calls `{callee}`", "{caller_name} 调用 `{callee}`");
    answer.claim(says, Predicate::new("calls", [caller.id.as_str(), callee]), step.from + 1);
    let does = does.trim_end_matches(['.', '。']);
    Some(say!(tongue, "{other} ({place}): {does}", "{other}（{place}）：{does}"))
}

/// How it ends, early and at last.
fn ending(answer: &mut Answer, tongue: Tongue, subject: &Chunk, way: &Way) -> String {
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut out = String::new();
    let mut early: Vec<String> = Vec::new();
    for one in &way.early {
        let when = one.when();
        let (says, predicate) = match one {
            Early::Returns(exit) => {
                let value = code(&exit.value).unwrap_or_else(|| "`None`".to_owned());
                let says = say!(tongue, "returns {value}", "返回 {value}");
                (says, Predicate::new("returns", [id, &exit.value, &Guard::joined(when)]))
            }
            Early::Raises(raise) => {
                let says = raises::leaves(tongue, subject, &[raises::named(tongue, raise)]);
                (says, raises::predicate(subject, raise))
            }
        };
        let line = under(tongue, &says, when);
        answer.claim(say!(tongue, "{name}: {line}", "{name}：{line}"), predicate, 1);
        if !early.contains(&line) {
            early.push(line);
        }
    }
    match early.as_slice() {
        [] => (),
        [only] => out.push_str(&say!(tongue, "\n\nIt may end before that: it {only}.", "\n\n它可能提前结束：{only}。")),
        all => {
            let all = all.join("\n- ");
            out.push_str(&say!(tongue, "\n\nIt may end before that:\n- {all}", "\n\n它可能提前结束：\n- {all}"));
        }
    }
    if let Some((exit, value)) = way.last.and_then(|exit| Some((exit, code(&exit.value)?))) {
        answer.claim(
            say!(tongue, "{name} returns {value}", "{name} 返回 {value}"),
            Predicate::new("returns", [id, &exit.value, &Guard::joined(&exit.when)]),
            1,
        );
        out.push_str(&say!(tongue, "\n\nAt the end it returns {value}.", "\n\n最后返回 {value}。"));
    }
    out
}

/// Does a call surely come before another on the way that leads to both? Of a call inside of an
/// expression the conditions are not known.
fn comes_before(earlier: &Call, later: &Call) -> bool {
    let plain = |call: &Call| matches!(call.usage, CallUse::Ignored | CallUse::Assigned);
    earlier.callee != later.callee && plain(earlier) && plain(later) && later.when.starts_with(&earlier.when)
}

fn trace(answer: &mut Answer, tongue: Tongue, brief: &Brief, way: &Way, ends: &str) {
    let name = symbol(&brief.subject);
    let led: Vec<usize> = way.calls.iter().filter_map(|(_, to)| *to).collect();
    let names: Vec<String> = led.iter().map(|number| symbol(&brief.neighbours[number - 1].chunk)).collect();
    let cites: Vec<usize> = std::iter::once(1).chain(led.iter().map(|number| number + 1)).collect();
    let listed = list(tongue, &names);
    answer.step("read", say!(tongue, "The body of {name} leads to {listed}.", "{name} 的函数体会走到 {listed}。"), &cites);
    for (number, step) in (1..).zip(&brief.neighbours).filter(|(_, step)| step.from > 0 && about(tongue, &step.chunk).is_some()) {
        let caller = symbol(&brief.neighbours[step.from - 1].chunk);
        let other = symbol(&step.chunk);
        answer.step("follow", say!(tongue, "{caller} in turn calls {other}.", "{caller} 又调用了 {other}。"), &[step.from + 1, number + 1]);
        if answer.trace.len() == 4 {
            break;
        }
    }
    if let Some(last) = ends.lines().last().filter(|line| line.starts_with(tongue.say("At the end", "最后"))) {
        answer.step("conclude", last.to_owned(), &[1]);
    }
}
