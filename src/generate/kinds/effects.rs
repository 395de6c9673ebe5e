//! What does it change or touch beyond its own variables?

use crate::facts::View;
use crate::generate::condition::{under, when};
use crate::generate::kinds::rule::written;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Call, CallUse, Chunk, ChunkKind, Guard, Neighbour, Outside, Predicate, Write};

pub(super) static KIND: Kind = Kind { name: "effects", version: 1, intent: "what", weight, material, draft };

const MAX_WRITES: usize = 6;
const MAX_THROUGH: usize = 4;

const QUESTIONS: &[&str] = &[
    "What does {s} ({p}) change?",
    "Which side effects does {s} in {p} have?",
    "I am about to call {s} ({p}) twice. What does each call change?",
    "What state is different after {s} from {p} has run?",
    "Before I call {s} ({p}) in a test: what does it write or reach out to?",
    "Which state does {s} in {p} modify, and when?",
    "Once {s} ({p}) has run, what has it left behind?",
    "{s} in {p}: which data does it change?",
    "To mock {s} ({p}) faithfully, which changes would I have to imitate?",
    "What would I have to reset after calling {s} from {p}?",
    "List everything outside of itself that {s} ({p}) affects.",
    "If {s} in {p} runs, which objects or systems notice it?",
];

/// Where it changes no state, but leaves the program.
const OUTSIDE: &[&str] = &[
    "What does {s} ({p}) reach outside of the program?",
    "Which outside systems does {s} in {p} depend on?",
    "To run {s} ({p}) in a sandbox, what has to be there?",
    "{s} in {p} is not a pure function. Why?",
];

const CHINESE_OUTSIDE: &[&str] =
    &["{p} 中的 {s} 会访问程序之外的哪些资源？", "{s}（{p}）依赖哪些外部环境？", "要在沙箱里运行 {s}（{p}），需要准备什么？"];

const CHINESE: &[&str] = &[
    "{p} 中的 {s} 有哪些副作用？",
    "调用 {s}（{p}）之后，哪些状态会发生变化？",
    "{s}（{p}）会改动什么？",
    "重复调用 {p} 里的 {s} 会影响哪些数据？",
    "给 {s}（{p}）写测试前，需要知道它会写入或访问什么？",
    "{s}（{p}）会修改哪些对象的状态？在什么条件下？",
    "{p} 的 {s} 执行后会留下什么影响？",
    "哪些外部资源或状态会被 {s}（{p}）触及？",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    let function = matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method);
    if !function || matches!(chunk.name.as_str(), "__init__" | "new" | "__new__" | "__setstate__") {
        return 0;
    }
    let own = writes(chunk).len() + changing(chunk).len();
    let outside = reached(chunk).filter(|(on, _)| !matches!(on, Outside::Log | Outside::Output | Outside::Clock)).count();
    let through = through(view).len();
    let known = own + outside + through;
    // One plain assignment is a setter, one call a wrapper.
    if known < 2 { 0 } else { 12 + 5 * known.min(7) as u32 }
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

/// Each changed place once, with its first assignment.
fn writes(chunk: &Chunk) -> Vec<&Write> {
    let local = |target: &str| {
        let head = target.split(['.', '[']).next().unwrap_or_default();
        chunk.facts.locals.iter().any(|local| local.name == head) && !chunk.facts.parameters.iter().any(|parameter| parameter.name == head)
    };
    let mut out: Vec<&Write> = Vec::new();
    for write in &chunk.facts.writes {
        if code(&write.target).is_some()
            && !local(&write.target)
            && !out.iter().any(|known| known.target == write.target && known.value == write.value)
        {
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

/// What it reaches, each by its first call.
fn reached(chunk: &Chunk) -> impl Iterator<Item = (Outside, &str)> {
    let mut seen: Vec<Outside> = Vec::new();
    // A bare name that an import binds says nothing to a reader of these lines.
    let fits = |callee: &str| {
        code(callee).is_some() && !callee.starts_with('…') && (callee.contains(['.', ':', '!']) || matches!(callee, "open" | "print"))
    };
    chunk.facts.effects.iter().filter(move |effect| fits(&effect.callee)).filter_map(move |effect| {
        let new = !seen.contains(&effect.on);
        seen.push(effect.on);
        new.then_some((effect.on, effect.callee.as_str()))
    })
}

/// The first thing that a callee changes, as a verb phrase with its claim.
fn sentence(tongue: Tongue, chunk: &Chunk) -> Option<(String, Predicate)> {
    let id = chunk.id.as_str();
    if let Some(write) = writes(chunk).first().filter(|write| write.target.starts_with("self.") || chunk.container.is_empty()) {
        let joined = Guard::joined(&write.when);
        let says = under(tongue, &written(tongue, &write.target, &write.value), &write.when);
        return Some((says, Predicate::new("writes", [id, &write.target, &write.value, &joined])));
    }
    let (on, callee) = reached(chunk).find(|(on, _)| !matches!(on, Outside::Log | Outside::Output | Outside::Clock | Outside::Random))?;
    Some((reaches(tongue, on, callee), Predicate::new("effect", [id, on.name(), callee])))
}

fn reaches(tongue: Tongue, on: Outside, callee: &str) -> String {
    let (english, chinese) = match on {
        Outside::File => ("works on files", "读写文件"),
        Outside::Network => ("goes over the network", "访问网络"),
        Outside::Database => ("works on the database", "访问数据库"),
        Outside::Environment => ("works with the environment", "访问环境变量"),
        Outside::Process => ("runs another process", "启动外部进程"),
        Outside::Clock => ("looks at the clock", "读取时钟"),
        Outside::Random => ("draws random values", "使用随机数"),
        Outside::Log => ("writes to the log", "写日志"),
        Outside::Output => ("prints", "向终端输出"),
    };
    say!(tongue, "{english} through `{callee}`", "通过 `{callee}` {chinese}")
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let (name, file, id) = (symbol(subject), path(subject), subject.id.as_str());
    let quiet = writes(subject).is_empty() && changing(subject).is_empty() && brief.neighbours.is_empty();
    let (english, chinese) = if quiet { (OUTSIDE, CHINESE_OUTSIDE) } else { (QUESTIONS, CHINESE) };
    let question = fill(pick(tongue, &brief.slot.id(), english, chinese), &[("s", &name), ("p", &file)]);
    let mut answer = Answer { question, ..Answer::default() };
    let own = writes(subject);
    let mut lines: Vec<String> = Vec::new();
    for write in own.iter().take(MAX_WRITES) {
        let does = written(tongue, &write.target, &write.value);
        let says = format!("{name} {}", under(tongue, &does, &write.when));
        answer.claim(says, Predicate::new("writes", [id, &write.target, &write.value, &Guard::joined(&write.when)]), 1);
        lines.push(under(tongue, &does, &write.when));
    }
    let targets: Vec<String> = own.iter().take(MAX_WRITES).map(|write| format!("`{}`", write.target)).collect();
    if !targets.is_empty() {
        let told = list(tongue, &targets);
        answer.step("read", say!(tongue, "Its own body assigns to {told}.", "函数体直接对 {told} 赋值。"), &[1]);
    }
    for call in changing(subject) {
        let does = say!(tongue, "calls `{}`", "调用 `{}`", call.callee);
        let says = format!("{name} {}", under(tongue, &does, &call.when));
        answer.claim(says, Predicate::new("calls_when", [id, &call.callee, &Guard::joined(&call.when)]), 1);
        lines.push(under(tongue, &does, &call.when));
    }
    let outside: Vec<(Outside, &str)> = reached(subject).collect();
    for (on, callee) in &outside {
        let says = reaches(tongue, *on, callee);
        answer.claim(format!("{name} {says}"), Predicate::new("effect", [id, on.name(), callee]), 1);
        lines.push(says);
    }
    if !outside.is_empty() {
        let told = list(tongue, &outside.iter().map(|(_, callee)| format!("`{callee}`")).collect::<Vec<_>>());
        answer.step("read", say!(tongue, "Calls that reach out of the program: {told}.", "触及程序外部的调用：{told}。"), &[1]);
    }
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let (Some(call), Some((does, predicate))) = (callee.calls.first(), sentence(tongue, &callee.chunk)) else { continue };
        let other = symbol(&callee.chunk);
        answer.claim(say!(tongue, "{name} calls `{}`", "{name} 调用了 `{}`", call.callee), Predicate::new("calls", [id, &call.callee]), 1);
        answer.claim(format!("{other} {does}"), predicate, number);
        let guard = if call.when.is_empty() { String::new() } else { when(tongue, &call.when) };
        if !guard.is_empty() {
            let claimed = Predicate::new("calls_when", [id, &call.callee, &Guard::joined(&call.when)]);
            answer.claim(under(tongue, &say!(tongue, "{name} calls `{}`", "{name} 调用 `{}`", call.callee), &call.when), claimed, 1);
        }
        let calls = under(tongue, &say!(tongue, "calls {other} ({})", "调用 {other}（{}）", path(&callee.chunk)), &call.when);
        lines.push(say!(tongue, "{calls}, which {does}", "{calls}，后者{does}"));
        answer.step("follow", say!(tongue, "{other} is called, and it {does}.", "它调用的 {other} 会{does}。"), &[1, number]);
    }
    let still = own.is_empty() && changing(subject).is_empty();
    let lead = match (still, outside.is_empty(), brief.neighbours.is_empty()) {
        (true, true, _) => {
            say!(
                tongue,
                "{name} assigns to nothing itself; the changes come from what it calls. It:",
                "{name} 自身不改动状态，变化来自它调用的代码。它："
            )
        }
        (true, false, _) => {
            say!(
                tongue,
                "{name} assigns to no state, but it reaches out of the program. It:",
                "{name} 不直接修改状态，但会触及程序外部。它："
            )
        }
        _ => say!(tongue, "As far as the code at hand shows, a call of {name}:", "就所示代码而言，调用 {name} 会："),
    };
    let more = own.len().saturating_sub(MAX_WRITES);
    if more > 0 {
        lines.push(say!(tongue, "changes {more} more, which the code shows", "还会修改另外 {more} 处状态，见代码"));
    }
    let steps = own.iter().take(MAX_WRITES).filter(|write| write.value.starts_with("+= ") || write.value.starts_with("-= "));
    let steps: Vec<String> = steps.map(|write| format!("`{}`", write.target)).collect();
    let again = match steps.is_empty() {
        true => String::new(),
        false => {
            let told = list(tongue, &steps);
            say!(tongue, "\n\nCalling it again moves {told} on once more.", "\n\n再次调用会再次累计 {told}。")
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
