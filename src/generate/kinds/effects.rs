//! What does it change or touch beyond its own variables?

use std::collections::BTreeSet;

use crate::facts::View;
use crate::generate::condition::{is_tellable, under, with_subject};
use crate::generate::coverage;
use crate::generate::kinds::point::is_noise;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::written;
use crate::model::{Brief, Call, CallUse, Chunk, ChunkKind, Guard, Neighbour, Outside, Predicate, Write};

pub(super) static KIND: Kind = Kind { name: "effects", version: 2, intent: "what", weight, material, draft };

const MAX_WRITES: usize = 6;
const MAX_THROUGH: usize = 4;
const MAX_BESIDE: usize = 3;
/// More than this is no list that one can keep in mind.
const MAX_KNOWN: usize = 7;
const MAX_GUARDS: usize = 4;

const QUESTIONS: &[&str] = &[
    "What does {s} ({p}) change?",
    "Which side effects does {s} in {p} have?",
    "What state is different after {s} from {p} has run?",
    "Before I call {s} ({p}) in a test: what does it write or reach out to?",
    "Which state does {s} in {p} modify, and when?",
    "Once {s} ({p}) has run, what has it left behind?",
    "{s} in {p}: which data does it change?",
    "To mock {s} ({p}) faithfully, which changes would I have to imitate?",
    "What would I have to reset after calling {s} from {p}?",
    "Which state or outside system does {s} ({p}) affect?",
    "Reviewing {s} in {p}: which changes does a call of it bring about?",
];

/// Where it changes no state, but leaves the program.
const OUTSIDE: &[&str] = &[
    "What does {s} ({p}) reach outside of the program?",
    "Which outside systems does {s} in {p} depend on?",
    "To run {s} ({p}) in a sandbox, what has to be there?",
    "{s} in {p} is not a pure function. Why?",
];

const CHINESE_OUTSIDE: &[&str] = &[
    "{p} 中的 {s} 会访问程序之外的哪些资源？",
    "{s}（{p}）依赖哪些外部环境？",
    "要在沙箱里运行 {s}（{p}），需要准备什么？",
    "在容器里运行 {p} 的 {s}，需要准备怎样的环境？",
];

const CHINESE: &[&str] = &[
    "{p} 中的 {s} 有哪些副作用？",
    "调用 {s}（{p}）之后，哪些状态会发生变化？",
    "{s}（{p}）会改动什么？",
    "调用 {p} 里的 {s} 会影响哪些数据？",
    "给 {s}（{p}）写测试前，需要知道它会写入或访问什么？",
    "{s}（{p}）会修改哪些对象的状态？在什么条件下？",
    "{p} 的 {s} 执行后会留下什么影响？",
    "{s}（{p}）会碰到哪些外部资源或状态？",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    let function = matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method);
    if !function || matches!(chunk.name.as_str(), "__init__" | "new" | "__new__" | "__setstate__") {
        return 0;
    }
    let own = writes(chunk).len() + changing(chunk).len();
    let known = own + reached(chunk).count() + through(view).len();
    let beside = beside(chunk, &through(view)).len();
    // One plain assignment is a setter, one call a wrapper; of what only others bring about little is known.
    if !(2..=MAX_KNOWN).contains(&known) || beside > MAX_BESIDE || beside > known { 0 } else { 12 + 5 * known.min(7) as u32 }
}

fn material(view: &View) -> Material {
    Material { neighbours: through(view), ..Material::default() }
}

/// Callees that change something themselves.
fn through(view: &View) -> Vec<Neighbour> {
    let constructs = |callee: &Neighbour| matches!(callee.chunk.name.as_str(), "__init__" | "new");
    let changes = |callee: &&Neighbour| !constructs(callee) && sentence(Tongue::English, &callee.chunk).is_some();
    view.callees.iter().filter(changes).take(MAX_THROUGH).cloned().collect()
}

/// Calls that are made for what they do, of which nothing more is known.
fn beside<'c>(chunk: &'c Chunk, through: &[Neighbour]) -> Vec<&'c Call> {
    let mut out: Vec<&Call> = Vec::new();
    let told = |call: &Call| {
        let effect = chunk.facts.effects.iter().any(|effect| effect.callee == call.callee);
        let other = through.iter().any(|callee| callee.calls.iter().any(|known| known.callee == call.callee));
        effect || other || changing(chunk).contains(&call)
    };
    for call in chunk.facts.calls.iter().filter(|call| call.usage == CallUse::Ignored && !is_noise(&call.callee)) {
        let own =
            chunk.facts.locals.iter().any(|local| call.callee.strip_prefix(local.name.as_str()).is_some_and(|rest| rest.starts_with('.')));
        if !told(call) && !own && !is_check(&call.callee) && !out.iter().any(|known| known.callee == call.callee && known.when == call.when)
        {
            out.push(call);
        }
    }
    out
}

/// Does the name say that it only looks whether something is so?
pub(super) fn is_check(callee: &str) -> bool {
    let last = callee.rsplit(['.', ':']).next().unwrap_or_default().trim_start_matches('_');
    let verb = last.split('_').next().unwrap_or_default();
    matches!(verb, "require" | "validate" | "check" | "ensure" | "assert" | "verify")
}

/// Is anything called for what it does, or reached, that the answer does not tell of?
fn is_partial(chunk: &Chunk, through: &[Neighbour]) -> bool {
    let facts = &chunk.facts;
    let effect = |call: &Call| facts.effects.iter().any(|effect| effect.callee == call.callee);
    let led = |call: &Call| through.iter().any(|callee| callee.calls.iter().any(|known| known.callee == call.callee));
    let told = |call: &Call| {
        effect(call)
            || led(call)
            || changing(chunk).contains(&call)
            || beside(chunk, through).iter().any(|known| known.callee == call.callee)
    };
    let calls = facts.calls.iter().filter(|call| call.usage == CallUse::Ignored);
    let hidden = calls.filter(|call| !told(call)).count() > 0 || beside(chunk, through).iter().any(|call| code(&call.callee).is_none());
    hidden || reached(chunk).count() < facts.effects.iter().filter(|effect| changes(effect.on)).count()
}

/// Each changed place once, with its first assignment.
fn writes(chunk: &Chunk) -> Vec<&Write> {
    let local = |target: &str| {
        let head = target.split(['.', '[']).next().unwrap_or_default();
        chunk.facts.locals.iter().any(|local| local.name == head) && !chunk.facts.parameters.iter().any(|parameter| parameter.name == head)
    };
    let mut out: Vec<&Write> = Vec::new();
    for write in &chunk.facts.writes {
        if code(&write.target).is_some() && !local(&write.target) && !out.contains(&write) {
            out.push(write);
        }
    }
    out
}

/// Calls that change a collection which the object holds.
fn changing(chunk: &Chunk) -> Vec<&Call> {
    const CHANGES: &[&str] = &[
        "append",
        "appendleft",
        "add",
        "insert",
        "extend",
        "update",
        "setdefault",
        "pop",
        "popleft",
        "remove",
        "discard",
        "clear",
        "push",
    ];
    let mut out: Vec<&Call> = Vec::new();
    for call in chunk.facts.calls.iter().filter(|call| call.usage == CallUse::Ignored && code(&call.callee).is_some()) {
        let held = call.callee.strip_prefix("self.").and_then(|rest| rest.rsplit_once('.'));
        let changes = held.is_some_and(|(_, method)| CHANGES.contains(&method));
        if changes && !out.iter().any(|known| known.callee == call.callee && known.when == call.when) {
            out.push(call);
        }
    }
    out
}

/// What it reaches: each call that is made for that, of others the first of its sort. To tell people
/// something, or to look at a clock, changes nothing.
fn reached(chunk: &Chunk) -> impl Iterator<Item = (Outside, &str)> {
    let mut seen: Vec<Outside> = Vec::new();
    // A bare name that an import binds says nothing to a reader of these lines.
    let fits = |callee: &str| code(callee).is_some() && !callee.starts_with('…') && (callee.contains(['.', ':', '!']) || callee == "open");
    let made = |callee: &str, goes_on: bool| {
        chunk.facts.calls.iter().any(|call| {
            let same = match goes_on {
                true => call.callee.strip_prefix(callee).is_some_and(|rest| rest.starts_with('(')) && code(&call.callee).is_some(),
                false => call.callee == callee,
            };
            same && call.usage == CallUse::Ignored
        })
    };
    let out = chunk.facts.effects.iter().filter(move |effect| changes(effect.on) && fits(&effect.callee));
    // What goes on with another call, `rows.filter(…).update`, is told as that.
    out.filter(move |effect| !made(&effect.callee, true)).filter_map(move |effect| {
        let new = !seen.contains(&effect.on) || made(&effect.callee, false);
        seen.push(effect.on);
        new.then_some((effect.on, effect.callee.as_str()))
    })
}

fn changes(on: Outside) -> bool {
    !matches!(on, Outside::Log | Outside::Output | Outside::Clock | Outside::Random)
}

/// How a callee is told of: the first thing that it changes, as a verb phrase with its claim.
fn sentence(tongue: Tongue, chunk: &Chunk) -> Option<(String, Predicate)> {
    let id = chunk.id.as_str();
    let own = writes(chunk);
    let (says, predicate) = match own.iter().find(|write| write.target.starts_with("self.") || chunk.container.is_empty()) {
        Some(write) if is_tellable(&write.when, MAX_GUARDS) => {
            let says = under(tongue, &written(tongue, &write.target, &write.value), &write.when);
            (says, Predicate::new("writes", [id, &write.target, &write.value, &Guard::joined(&write.when)]))
        }
        Some(_) => return None,
        None => {
            let (on, callee) = reached(chunk).next()?;
            (conditioned(tongue, chunk, &reaches(tongue, on, callee), callee), Predicate::new("effect", [id, on.name(), callee]))
        }
    };
    let more = own.len() + changing(chunk).len() + reached(chunk).count() > 1;
    let says = if more { say!(tongue, "among other things {says}", "{says}（还有其他改动）") } else { says };
    Some((says, predicate))
}

/// What a call does, under the conditions of that.
fn conditioned(tongue: Tongue, chunk: &Chunk, says: &str, callee: &str) -> String {
    match coverage::conditions_of(chunk, callee) {
        Some(when) => under(tongue, says, &when),
        None => say!(tongue, "{says}, where its branches lead there", "{says}（取决于所走的分支）"),
    }
}

fn reaches(tongue: Tongue, on: Outside, callee: &str) -> String {
    let (english, chinese) = match on {
        Outside::File => ("works on files", "访问文件系统"),
        Outside::Network => ("goes over the network", "访问网络"),
        Outside::Database => ("works on the database", "访问数据库"),
        Outside::Environment => ("works with the environment", "访问环境变量"),
        Outside::Process => ("runs another process", "启动外部进程"),
        _ => ("reaches out of the program", "访问程序外部"),
    };
    say!(tongue, "{english} through `{callee}`", "通过 `{callee}` {chinese}")
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let (name, file, id) = (symbol(subject), path(subject), subject.id.as_str());
    let (own, held) = (writes(subject), changing(subject));
    let quiet = own.is_empty() && held.is_empty() && brief.neighbours.is_empty();
    let (english, chinese) = if quiet { (OUTSIDE, CHINESE_OUTSIDE) } else { (QUESTIONS, CHINESE) };
    let question = fill(pick(tongue, &brief.slot.id(), english, chinese), &[("s", &name), ("p", &file)]);
    let mut answer = Answer { question, ..Answer::default() };
    let mut lines: Vec<String> = Vec::new();
    for write in own.iter().take(MAX_WRITES) {
        let mut line = under(tongue, &written(tongue, &write.target, &write.value), &write.when);
        if coverage::ends_loop(subject, &write.when) {
            line.push_str(tongue.say(", for the first such round alone", "（仅第一次满足时）"));
        }
        answer.claim(
            with_subject(tongue, &name, &line),
            Predicate::new("writes", [id, &write.target, &write.value, &Guard::joined(&write.when)]),
            1,
        );
        lines.push(line);
    }
    // What calls bring about, in the order of the code.
    let mut called: Vec<(usize, String)> = Vec::new();
    let at = |callee: &str| subject.facts.calls.iter().position(|call| call.callee == callee).unwrap_or_default();
    for call in &held {
        called.push((at(&call.callee), made(&mut answer, tongue, subject, call)));
    }
    if lines.len() + held.len() > 0 {
        let places: Vec<String> = own
            .iter()
            .take(MAX_WRITES)
            .map(|write| &write.target)
            .chain(held.iter().map(|call| &call.callee))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|place| code(place))
            .collect();
        let places = list(tongue, &places);
        answer.step("read", say!(tongue, "Its own body changes something by {places}.", "函数体自身通过 {places} 改动状态。"), &[1]);
    }
    let outside: Vec<(Outside, &str)> = reached(subject).collect();
    for (on, callee) in &outside {
        let says = reaches(tongue, *on, callee);
        answer.claim(with_subject(tongue, &name, &says), Predicate::new("effect", [id, on.name(), callee]), 1);
        called.push((at(callee), conditioned(tongue, subject, &says, callee)));
    }
    if !outside.is_empty() {
        let told = list(tongue, &outside.iter().map(|(_, callee)| format!("`{callee}`")).collect::<Vec<_>>());
        answer.step("read", say!(tongue, "Calls that reach out of the program: {told}.", "与程序外部交互的调用：{told}。"), &[1]);
    }
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let place = callee.calls.first().map_or(0, |call| at(&call.callee));
        called.extend(of_callee(&mut answer, tongue, brief, callee, number).map(|line| (place, line)));
    }
    let beside = beside(subject, &brief.neighbours);
    for call in beside.iter().filter(|call| code(&call.callee).is_some()) {
        called.push((at(&call.callee), made(&mut answer, tongue, subject, call)));
    }
    called.sort_by_key(|(at, _)| *at);
    lines.extend(called.into_iter().map(|(_, line)| line));
    let still = own.is_empty() && changing(subject).is_empty();
    let partial = own.len() > MAX_WRITES || is_partial(subject, &brief.neighbours);
    let lead = match (still, outside.is_empty(), partial) {
        (true, true, _) => say!(
            tongue,
            "{name} assigns to nothing itself; the changes come from what it calls. It:",
            "{name} 自身不改动状态，变化来自它调用的代码："
        ),
        (true, false, _) => say!(
            tongue,
            "{name} assigns to no state itself, but it reaches out of the program. It:",
            "{name} 不直接修改状态，但会与程序外部交互："
        ),
        (_, _, true) => say!(tongue, "Among other things, a call of {name}:", "调用 {name} 会（并非全部）："),
        (_, _, false) => say!(tongue, "A call of {name}:", "调用 {name} 会："),
    };
    let steps: Vec<String> = counted(&own).map(|write| format!("`{}`", write.target)).collect();
    let again = match steps.is_empty() {
        true => String::new(),
        false => {
            let told = list(tongue, &steps);
            say!(tongue, "\n\nEach call that gets there moves {told} on once more.", "\n\n每次执行到那里，{told} 都会再变动一次。")
        }
    };
    answer.answer = format!("{lead}\n{}{again}", lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"));
    answer.difficulty = match (brief.neighbours.len(), own.len()) {
        (0, 0..=2) => "easy",
        (0, _) => "medium",
        _ => "hard",
    };
    answer
}

/// A call of its own, with its conditions.
fn made(answer: &mut Answer, tongue: Tongue, subject: &Chunk, call: &Call) -> String {
    let line = under(tongue, &say!(tongue, "calls `{}`", "调用 `{}`", call.callee), &call.when);
    let claimed = Predicate::new("calls_when", [subject.id.as_str(), &call.callee, &Guard::joined(&call.when)]);
    answer.claim(with_subject(tongue, &symbol(subject), &line), claimed, 1);
    line
}

/// A callee, and what it changes.
fn of_callee(answer: &mut Answer, tongue: Tongue, brief: &Brief, callee: &Neighbour, number: usize) -> Option<String> {
    let subject = &*brief.subject;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let (call, (does, predicate)) = (callee.calls.first()?, sentence(tongue, &callee.chunk)?);
    let other = symbol(&callee.chunk);
    answer.claim(say!(tongue, "{name} calls `{}`", "{name} 调用了 `{}`", call.callee), Predicate::new("calls", [id, &call.callee]), 1);
    answer.claim(with_subject(tongue, &other, &does), predicate, number);
    if !call.when.is_empty() {
        made(answer, tongue, subject, call);
    }
    let calls = say!(tongue, "calls {other} ({})", "调用 {other}（{}）", path(&callee.chunk));
    let calls = conditioned(tongue, subject, &calls, &call.callee);
    answer.step("follow", say!(tongue, "{other} is called, and it {does}.", "它调用了 {other}：{does}。"), &[1, number]);
    Some(say!(tongue, "{calls}, which {does}", "{calls}：{does}"))
}

/// Assignments by which the old value counts, and that do not begin anew in the same call.
fn counted<'w>(own: &'w [&'w Write]) -> impl Iterator<Item = &'w &'w Write> {
    let steps = |write: &Write| write.value.starts_with("+= ") || write.value.starts_with("-= ");
    let set = move |target: &str| own.iter().any(|write| write.target == target && !steps(write));
    own.iter().take(MAX_WRITES).filter(move |write| steps(write) && !set(&write.target))
}
