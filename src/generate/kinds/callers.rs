//! Who depends on it, and what has to be looked at before it changes?

use std::collections::BTreeSet;

use crate::facts::{View, has_exceptions};
use crate::generate::kinds::effects::is_check;
use crate::generate::kinds::raises::promised;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{ask, code, count, list, path, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage;
use crate::model::{Brief, Call, CallUse, Chunk, ChunkKind, Guard, GuardKind, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "callers", version: 1, intent: "where", weight, material, draft };

const QUESTIONS: &[&str] = &[
    "Who calls {s} in {p}, and what should I check before changing it?",
    "I want to change {s} ({p}). Which code depends on it, and on what exactly?",
    "Where is {s} from {p} used, and what do those places rely on?",
    "What could break if {s} in {p} behaved differently?",
    "Before I touch {s} in {p}: who relies on it?",
    "How is {s} ({p}) used in the rest of the code?",
    "What is the impact of changing {s}, defined in {p}?",
    "{s} in {p} is due for a rewrite. Which callers have to be looked at?",
    "Is it safe to change {s} ({p}), and whom would it affect?",
    "Which places would notice a change of {s} in {p}?",
    "Show me the usages of {s} ({p}) that matter for a refactoring.",
    "In {p}, {s} is about to change. What else needs a look?",
    "If I altered {s} ({p}), whose behaviour would change with it?",
    "Reviewing a change to {s} in {p}: which callers should I read?",
];

const QUESTIONS_ZH: &[&str] = &[
    "修改 {s}（{p}）之前需要注意哪些调用方？",
    "谁在调用 {p} 中的 {s}，改动前要检查什么？",
    "{s}（{p}）在哪些地方被使用，这些地方依赖它的什么？",
    "如果 {p} 里的 {s} 行为变了，哪些代码会受影响？",
    "我想重构 {s}（{p}），需要一并查看哪些代码？",
    "改动{k} {s}（{p}）的影响范围有多大？",
    "{p} 的 {s} 被谁依赖？",
    "评审对 {s}（{p}）的修改时，应该看哪些调用处？",
    "其他代码是怎样使用 {p} 中的 {s} 的？",
    "动 {s}（{p}）安全吗，会牵连到谁？",
];

const CLASS: &[&str] = &[
    "Where is {s} ({p}) constructed, and with what?",
    "Which code creates {s} from {p}?",
    "I want to change the constructor of {s} ({p}). Which places have to follow?",
    "{s} in {p} gets a new required argument. What has to be adapted?",
    "Who makes instances of {s} ({p}), and how?",
    "If the constructor of {s} ({p}) changed, where would it break?",
    "In which places does the code build {a} {s} ({p})?",
];

const CLASS_ZH: &[&str] = &[
    "{s}（{p}）在哪里被实例化，传入了什么？",
    "哪些代码会创建 {p} 中的 {s}？",
    "要修改 {s}（{p}）的构造函数，哪些地方需要跟着改？",
    "如果给 {p} 的 {s} 增加一个必填参数，要改哪些地方？",
    "谁在构造 {s}（{p}）的实例，怎么构造的？",
    "{s}（{p}）的构造方式变了，哪里会出问题？",
    "代码中有哪些位置会新建 {s}（{p}）？",
    "调整 {p} 里 {s} 的构造参数会波及哪里？",
];

const FAULT: &[&str] = &[
    "Where is {s} ({p}) raised?",
    "Which code raises {s} from {p}, and with what?",
    "Who raises {s}, defined in {p}?",
    "{s} ({p}) showed up in a log. Where can it have come from?",
    "I caught {s} from {p}. Which places raise it?",
    "From which functions does {s} ({p}) originate?",
    "In which places is {s}, defined in {p}, thrown?",
];

const FAULT_ZH: &[&str] = &[
    "{s}（{p}）是在哪里抛出的？",
    "哪些代码会抛出 {p} 中定义的 {s}，带什么参数？",
    "日志里出现了 {s}（{p}），可能来自哪里？",
    "我捕获到了 {s}（{p}），它是谁抛出的？",
    "{p} 中定义的异常 {s} 由哪些地方抛出？",
    "什么代码会引发 {s}（{p}）？",
    "要追查 {s}（{p}）的来源，应该看哪些函数？",
    "异常 {s}（{p}）在代码里的抛出点有哪些？",
];

fn weight(view: &View) -> u32 {
    let told = view.callers.iter().filter(|caller| told(caller)).count() as u32;
    // Of a function without a result or an error nothing could be said but that it is called.
    let facts = &view.chunk.facts;
    let dispatched =
        ["_print_", "visit_", "_eval_", "do_", "handle_", "on_", "test_"].iter().any(|prefix| view.chunk.name.starts_with(prefix));
    if dispatched {
        return 0;
    }
    let mute = view.chunk.kind != ChunkKind::Class && !has_result(&view.chunk) && facts.raises.iter().all(|raise| raise.caught);
    match (told, mute) {
        (0, _) => 0,
        (1, true) => 0,
        (_, true) => 6 + 4 * told,
        _ => 12 + 9 * told,
    }
}

fn has_result(chunk: &Chunk) -> bool {
    let facts = &chunk.facts;
    facts.generator || facts.exits.iter().any(|exit| !exit.value.is_empty() && exit.value != "None")
}

fn material(view: &View) -> Material {
    let neighbours: Vec<Neighbour> = view.callers.iter().filter(|caller| told(caller)).cloned().collect();
    let more = view.more_callers || neighbours.len() < view.callers.len();
    Material { neighbours, more, ..Material::default() }
}

fn told(caller: &Neighbour) -> bool {
    caller.calls.iter().any(|call| code(&call.callee).is_some())
}

/// What is done with the subject.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Called,
    Constructed,
    Raised,
}

/// What the callers do with it, for the conclusion.
#[derive(Default)]
struct Reliance {
    result: Vec<String>,
    effect: Vec<String>,
    handlers: Vec<String>,
}

fn draft(brief: &Brief) -> Answer {
    let subject = &*brief.subject;
    let tongue = Tongue::of(brief);
    let raised = brief.neighbours.iter().any(|caller| caller.calls.iter().any(|call| call.usage == CallUse::Raised));
    let (of, english, chinese) = match subject.kind {
        ChunkKind::Class if raised => (Use::Raised, FAULT, FAULT_ZH),
        ChunkKind::Class => (Use::Constructed, CLASS, CLASS_ZH),
        _ => (Use::Called, QUESTIONS, QUESTIONS_ZH),
    };
    let mut answer = Answer { question: ask(brief, english, chinese, &[]), ..Answer::default() };
    let signature = subject.signature.replace('`', "'");
    let says = match subject.kind {
        ChunkKind::Class => say!(tongue, "The class head reads `{signature}`.", "类的声明是 `{signature}`。"),
        _ => say!(tongue, "The signature reads `{signature}`.", "签名是 `{signature}`。"),
    };
    answer.step("read", says, &[1]);
    let mut reliance = Reliance::default();
    let mut lines: Vec<String> = Vec::new();
    for (number, caller) in (2..).zip(&brief.neighbours) {
        let place = Place { tongue, of, caller, other: caller_name(brief, caller), number };
        let does = of_caller(&mut answer, &place, &mut reliance);
        let (name, file) = (symbol(&caller.chunk), path(&caller.chunk));
        lines.push(match brief.neighbours.len() {
            1 => say!(tongue, "{name} ({file}), which {does}.", "{name}（{file}），{does}。"),
            _ => say!(tongue, "- {name} ({file}) {does}.", "- {name}（{file}）：{does}。"),
        });
    }
    let mut text = lead(brief, of, lines.len());
    text.push_str(&lines.join("\n"));
    let advice = advice(tongue, subject, of, &reliance);
    if !advice.is_empty() {
        text.push_str(&format!("\n\n{advice}"));
    }
    let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
    answer.step("conclude", conclusion(tongue, subject, of, &reliance), &cites);
    answer.answer = text;
    let files: BTreeSet<&str> = brief.neighbours.iter().map(|caller| caller.chunk.path.as_str()).collect();
    answer.difficulty = match (brief.neighbours.len(), files.len()) {
        (1, _) => "easy",
        (_, 1) => "medium",
        _ => "hard",
    };
    answer
}

/// How many places there are, up to the first of them.
fn lead(brief: &Brief, of: Use, places: usize) -> String {
    let tongue = Tongue::of(brief);
    let name = symbol(&brief.subject);
    let verb = match of {
        Use::Raised => tongue.say("raised", "抛出"),
        Use::Constructed => tongue.say("constructed", "构造"),
        Use::Called => tongue.say("called", "调用"),
    };
    match (brief.more, places) {
        (true, 1) => say!(tongue, "{name} is {verb} in several places, among them ", "{name} 在多处被{verb}，例如 "),
        (true, _) => say!(tongue, "{name} is {verb} in several places. Among them:\n", "{name} 在多处被{verb}，其中包括：\n"),
        (false, 1) => {
            say!(tongue, "Outside of tests, {name} is known to be {verb} in ", "除测试外，已知 {name} 被{verb}的地方是 ")
        }
        (false, _) => {
            say!(tongue, "Outside of tests, {name} is known to be {verb} here:\n", "除测试外，已知 {name} 在以下位置被{verb}：\n")
        }
    }
}

/// The symbol, with the file where another caller has the same.
fn caller_name(brief: &Brief, caller: &Neighbour) -> String {
    let (name, file) = (symbol(&caller.chunk), path(&caller.chunk));
    let same = brief.neighbours.iter().filter(|other| symbol(&other.chunk) == name).count();
    if same > 1 { say!(Tongue::of(brief), "{name} in {file}", "{file} 中的 {name}") } else { name }
}

/// A caller, and how it is spoken of.
struct Place<'b> {
    tongue: Tongue,
    of: Use,
    caller: &'b Neighbour,
    /// Its name.
    other: String,
    /// The number of its evidence.
    number: usize,
}

/// What one caller does with it, in words and claims.
fn of_caller(answer: &mut Answer, place: &Place, reliance: &mut Reliance) -> String {
    let Place { tongue, caller, other, number, .. } = place;
    let (tongue, id) = (*tongue, caller.chunk.id.as_str());
    let calls: Vec<&Call> = caller.calls.iter().filter(|call| code(&call.callee).is_some()).collect();
    let Some(call) = calls.first() else { return String::new() };
    let callee = &call.callee;
    answer.claim(say!(tongue, "{other} calls `{callee}`", "{other} 调用 `{callee}`"), Predicate::new("calls", [id, callee]), *number);
    let usage = becomes(answer, place, call);
    let users = match call.usage {
        CallUse::Ignored if !call.tried => Some(&mut reliance.effect),
        CallUse::Raised => None,
        _ => Some(&mut reliance.result),
    };
    if let Some(users) = users.filter(|users| !users.contains(other)) {
        users.push(other.clone());
    }
    let mut caught: Vec<String> = Vec::new();
    for exception in &call.catches {
        let error = if exception == "*" { tongue.say("any exception", "任意异常").to_owned() } else { format!("`{exception}`") };
        let says = say!(tongue, "{other} handles {error} around the call", "{other} 在调用处捕获 {error}");
        answer.claim(says, Predicate::new("handles", [id, callee, exception]), *number);
        caught.push(error);
    }
    if !caught.is_empty() {
        let caught = list(tongue, &caught);
        reliance.handlers.push(say!(tongue, "{other} handles {caught}", "{other} 捕获 {caught}"));
    }
    answer.step("follow", say!(tongue, "{other} calls it as `{callee}`.", "{other} 通过 `{callee}` 调用它。"), &[*number]);
    let parts: Vec<String> = [arguments(tongue, call), usage].into_iter().filter(|part| !part.is_empty()).collect();
    let mut does = tongue.say(list(tongue, &parts), parts.join("，"));
    if !call.catches.is_empty() {
        does.push_str(tongue.say(", inside a `try`", "，调用放在 `try` 中"));
    }
    match calls.len() {
        1 => does,
        times => say!(tongue, "uses it {times} times; the first time it {does}", "共用到 {times} 次，第一次{does}"),
    }
}

/// What a caller does with what it gets.
fn becomes(answer: &mut Answer, place: &Place, call: &Call) -> String {
    let Place { tongue, of, caller, other, number } = place;
    let (tongue, id, callee) = (*tongue, caller.chunk.id.as_str(), &call.callee);
    let class = *of != Use::Called;
    let thing = if class { tongue.say("the instance", "实例") } else { tongue.say("the result", "结果") };
    match call.usage {
        CallUse::Returned => {
            let says = say!(tongue, "{other} returns {thing}", "{other} 返回{thing}");
            answer.claim(says, Predicate::new("returns_call", [id, callee]), *number);
            say!(tongue, "returns {thing} as it is", "直接返回{thing}")
        }
        CallUse::Assigned => match code(&call.target) {
            Some(target) => {
                let says = say!(tongue, "{other} assigns {thing} to {target}", "{other} 把{thing}赋给 {target}");
                answer.claim(says, Predicate::new("assigns_call", [id, callee, &call.target]), *number);
                say!(tongue, "assigns {thing} to {target}", "把{thing}赋给 {target}")
            }
            None => String::new(),
        },
        CallUse::Ignored if call.tried => {
            let says = say!(tongue, "{other} hands an error of it on", "{other} 把它的错误继续向上返回");
            answer.claim(says, Predicate::new("hands_on", [id, callee]), *number);
            tongue.say("hands its error on with `?`", "用 `?` 把错误继续向上返回").to_owned()
        }
        CallUse::Ignored => {
            let says = say!(tongue, "{other} does not use {thing}", "{other} 没有使用{thing}");
            answer.claim(says, Predicate::new("ignores_call", [id, callee]), *number);
            if class { tongue.say("does not keep the instance", "不保留实例").to_owned() } else { String::new() }
        }
        CallUse::Raised => tongue.say("raises it", "构造后直接抛出").to_owned(),
        CallUse::Tested => say!(tongue, "branches on {thing}", "根据{thing}走不同分支"),
        CallUse::Passed | CallUse::Used => {
            if let Some((says, predicate)) = part_of(tongue, &caller.chunk, callee) {
                answer.claim(format!("{other} {says}"), predicate, *number);
                return says;
            }
            if let Some(condition) = condition_of(&caller.chunk, callee) {
                return say!(tongue, "branches on {condition}", "根据 {condition} 走不同分支");
            }
            match call.usage {
                CallUse::Passed => say!(tongue, "passes {thing} on to another call", "把{thing}传给另一个函数"),
                _ => say!(tongue, "uses {thing} within an expression", "在表达式中使用{thing}"),
            }
        }
    }
}

/// The one expression that the result of a call becomes a part of, where that can be told.
fn part_of(tongue: Tongue, caller: &Chunk, callee: &str) -> Option<(String, Predicate)> {
    let (facts, id) = (&caller.facts, caller.id.as_str());
    let written = format!("{callee}(");
    if facts.calls.iter().filter(|call| call.callee == callee).count() > 1 {
        return None;
    }
    if let Some(exit) = facts.exits.iter().find(|exit| exit.value.contains(&written)) {
        let value = code(&exit.value)?;
        let predicate = Predicate::new("returns", [id, &exit.value, &Guard::joined(&exit.when)]);
        return Some((say!(tongue, "returns {value}", "返回 {value}"), predicate));
    }
    let write = facts.writes.iter().find(|write| write.value.contains(&written))?;
    code(&write.target)?;
    code(&write.value)?;
    let predicate = Predicate::new("writes", [id, &write.target, &write.value, &Guard::joined(&write.when)]);
    Some((usage::written(tongue, &write.target, &write.value), predicate))
}

/// The condition that a call is a part of.
fn condition_of(caller: &Chunk, callee: &str) -> Option<String> {
    let (facts, written) = (&caller.facts, format!("{callee}("));
    let all = facts.exits.iter().map(|exit| &exit.when).chain(facts.raises.iter().map(|raise| &raise.when));
    let all = all.chain(facts.writes.iter().map(|write| &write.when)).chain(facts.calls.iter().map(|call| &call.when)).chain(&facts.untold);
    let mut guards = all.flatten().filter(|guard| matches!(guard.kind, GuardKind::If | GuardKind::Past | GuardKind::Unless));
    code(&guards.find(|guard| guard.text.contains(&written))?.text)
}

/// An argument by what it is, where it is too long to be repeated.
fn argument(tongue: Tongue, text: &str) -> Option<String> {
    if let Some(shown) = code(text).filter(|_| !text.starts_with("lambda")) {
        return Some(shown);
    }
    let (name, value) =
        text.split_once('=').filter(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_')).unwrap_or(("", text));
    match value.chars().next()? {
        _ if !name.is_empty() => Some(say!(tongue, "a value for `{name}`", "`{name}` 的值")),
        _ if value.starts_with("lambda") => Some(tongue.say("a lambda", "一个 lambda").to_owned()),
        '[' => Some(tongue.say("a list", "一个列表").to_owned()),
        '{' => Some(tongue.say("a dict or a set", "一个字典或集合").to_owned()),
        _ => None,
    }
}

fn arguments(tongue: Tongue, call: &Call) -> String {
    let told: Vec<String> = call.arguments.iter().filter_map(|text| argument(tongue, text)).collect();
    match (call.arguments.len(), told.len()) {
        (0, _) => tongue.say("calls it without arguments", "不带参数调用").to_owned(),
        (all, told_all) if all == told_all && all <= 4 => {
            let told = list(tongue, &told);
            say!(tongue, "passes {told}", "传入 {told}")
        }
        (all, _) => {
            let all = count(tongue, all, "argument", "个参数");
            say!(tongue, "passes {all}", "传入 {all}")
        }
    }
}

/// What follows for somebody who wants to change it.
fn advice(tongue: Tongue, subject: &Chunk, of: Use, reliance: &Reliance) -> String {
    match of {
        Use::Raised => return String::new(),
        Use::Constructed if has_exceptions(&subject.path) => {
            let english = "Should its constructor ask for one more argument, it has to be given there, too.";
            return tongue.say(english, "构造函数如果新增必填参数，这些地方都要跟着传。").to_owned();
        }
        Use::Constructed => {
            return tongue.say("Another field has to be given there, too.", "如果新增字段，这些地方都要跟着给出。").to_owned();
        }
        Use::Called => (),
    }
    let mut out: Vec<String> = Vec::new();
    let raises: BTreeSet<String> = promised(&subject.facts.raises).filter_map(|raise| code(&raise.exception)).collect();
    let raises: Vec<String> = raises.into_iter().take(3).collect();
    let (users, ignoring) = (list(tongue, &reliance.result), list(tongue, &reliance.effect));
    if has_result(subject) {
        match (reliance.result.is_empty(), reliance.effect.is_empty()) {
            (false, true) => {
                let english = match reliance.result.len() {
                    1 => "It works with the result, so look there before that changes.",
                    2 => "Both work with its result, so look at each before that changes.",
                    _ => "All of them work with its result, so look at each before that changes.",
                };
                let chinese = match reliance.result.len() {
                    1 => "那里用到了它的结果，修改返回值前要先检查。",
                    _ => "这些地方都用到了它的结果，修改返回值前要逐一检查。",
                };
                out.push(tongue.say(english, chinese).to_owned());
            }
            (false, false) => out.push(say!(
                tongue,
                "Look at {users} before its result changes; {ignoring} {} not use it.",
                "修改返回值前要检查 {users}；{ignoring} 没有使用返回值{}。",
                tongue.say(if reliance.effect.len() == 1 { "does" } else { "do" }, "")
            )),
            (true, false) if reliance.effect.len() > 1 => {
                out.push(tongue.say("None of them uses its result.", "它们都没有使用返回值。").to_owned());
            }
            (true, false) => out.push(tongue.say("Its result is not used there.", "那里没有使用返回值。").to_owned()),
            (true, true) => (),
        }
    } else if !raises.is_empty() && reliance.handlers.is_empty() {
        let raises = list(tongue, &raises);
        let guards = is_check(&subject.name);
        out.push(if !guards {
            say!(
                tongue,
                "It has no result to use; when it raises {raises}, what follows the call does not run.",
                "它没有返回值；一旦抛出 {raises}，调用之后的代码就不会执行。"
            )
        } else {
            say!(
                tongue,
                "It has no result to use, but it stands guard: when it raises {raises}, what follows the call does not run.",
                "它没有返回值，作用是把关：一旦抛出 {raises}，后面的代码就不会执行。"
            )
        });
    } else if reliance.handlers.is_empty() {
        out.push(
            tongue
                .say(
                    "It gives nothing back: what counts there is its effect, and the arguments it takes.",
                    "它没有返回值，调用方看重的是它的效果和参数约定。",
                )
                .to_owned(),
        );
    }
    if !reliance.handlers.is_empty() {
        let handlers = tongue.say(list(tongue, &reliance.handlers), reliance.handlers.join("，"));
        out.push(say!(
            tongue,
            "Which errors leave it matters as well: {handlers} around the call.",
            "抛出的异常类型也不能随意改：在调用处，{handlers}。"
        ));
    }
    out.join(tongue.say(" ", ""))
}

fn conclusion(tongue: Tongue, subject: &Chunk, of: Use, reliance: &Reliance) -> String {
    match of {
        Use::Raised => tongue
            .say("A change of the exception reaches these places and whoever handles it.", "修改该异常会影响这些抛出点以及捕获它的代码。"),
        Use::Constructed => tongue.say("A change of what the constructor takes reaches these places.", "修改构造参数会影响这些地方。"),
        Use::Called if has_result(subject) && !reliance.result.is_empty() => {
            let users = list(tongue, &reliance.result);
            return say!(tongue, "A change of the result reaches {users}.", "改动返回值会影响 {users}。");
        }
        Use::Called if !reliance.handlers.is_empty() => tongue.say(
            "A change of the errors that it raises reaches the handlers around the calls.",
            "改动它抛出的异常，会影响调用处的异常处理。",
        ),
        Use::Called => tongue.say("A change of what it takes or does reaches every place above.", "改动参数或行为，会影响以上每一处。"),
    }
    .to_owned()
}
