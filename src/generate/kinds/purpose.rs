//! What is it for? The documented purpose, and how the code goes about it.

use crate::facts::{View, evidence_lines, has_exceptions, plain_prose};
use crate::generate::chinese::docstring;
use crate::generate::condition::with_subject;
use crate::generate::coverage;
use crate::generate::expression::is_bare;
use crate::generate::kinds::point::{Point, claimed, is_whole, points};
use crate::generate::kinds::{Kind, Material};
use crate::generate::meaning::is_known;
use crate::generate::offline::Answer;
use crate::generate::phrase::{ask, capital, list, path, quoted, stopped, symbol};
use crate::generate::tongue::{Tongue, is_han, say};
use crate::model::{Attribute, Brief, Call, CallUse, Chunk, ChunkKind, Neighbour, Predicate, first_sentence, words};

pub(super) static KIND: Kind = Kind { name: "purpose", version: 1, intent: "why", weight, material, draft };

const MAX_DECISIONS: usize = 3;
const MAX_STATED: usize = 400;

const QUESTIONS: &[&str] = &[
    "What is {s} in {p} for?",
    "What does {s} ({p}) do?",
    "Why does {p} have {s}?",
    "I came across {s} in {p}. What is it there for?",
    "Explain the role of {s}, defined in {p}.",
    "In short, what is {s} from {p} responsible for?",
    "{s} in {p}: what is its job?",
    "Could you summarise what {s} ({p}) does?",
    "When would I reach for {s} from {p}?",
    "Which task does {s} ({p}) take care of?",
    "I am reading {p}. What does {s} do there?",
    "New to this code: what is {s} ({p}) good for?",
    "Tell me what {s} in {p} is meant to do.",
    "For what purpose was {s} ({p}) written?",
];

const QUESTIONS_ZH: &[&str] = &[
    "{p} 中的{k} {s} 是做什么的？",
    "{p} 里的 {s} 有什么用？",
    "{s}（{p}）负责什么？",
    "为什么 {p} 中需要 {s}？",
    "我在 {p} 里看到了 {s}，它的作用是什么？",
    "请说明 {s}（{p}）的职责。",
    "什么时候会用到 {p} 中的 {s}？",
    "简单来说，{s}（{p}）解决了什么问题？",
    "刚接手这份代码，{p} 中的 {s} 是干什么的？",
    "能概括一下 {s}（{p}）的功能吗？",
];

/// Asked where the answer can also say how.
const HOW: &[&str] = &[
    "What does {s} ({p}) do, and what does it rely on?",
    "What is {s} ({p}) for, and which parts of the code does it build on?",
    "{s} in {p}: what does it do, and what does it hand on to other code?",
    "Walk me through {s} ({p}): its job, and the code it leans on.",
    "Which other code does {s} ({p}) use to do its job, and what is that job?",
    "Explain what {s} in {p} achieves and what it calls on the way.",
    "In {p}, what is {s} responsible for, and what does it leave to others?",
    "I have to maintain {s} ({p}). What is it for, and what does it depend on?",
    "Give me an overview of {s} from {p} and of what it calls.",
    "How does {s} ({p}) fit in: what is its purpose, and what does it call?",
];

const HOW_ZH: &[&str] = &[
    "{s}（{p}）是做什么的，又依赖哪些代码？",
    "{p} 中的 {s} 自己负责什么，又把哪些工作交给其他代码？",
    "请介绍 {s}（{p}）的作用以及它调用的主要代码。",
    "我要维护 {p} 里的 {s}，它是干什么的，依赖什么？",
    "{k} {s}（{p}）完成什么任务，执行过程中会调用哪些代码？",
    "{s}（{p}）要做的是什么，为此调用了哪些代码？",
    "想看懂 {p} 的 {s}：它做什么，又调用了哪些代码？",
    "概述一下 {s}（{p}）：它的用途和所依赖的代码。",
];

const CLASS: &[&str] = &[
    "What is {s} in {p}?",
    "What does {s} ({p}) stand for?",
    "What is the {k} {s} ({p}) for?",
    "Explain the role of {s}, defined in {p}.",
    "{s} in {p}: what does it represent?",
    "When do I need {s} from {p}?",
    "Which concept does {s} ({p}) model?",
    "Why is there a {k} {s} in {p}?",
    "Introduce me to {s} from {p}.",
];

const CLASS_ZH: &[&str] = &[
    "{k} {s}（{p}）是什么？",
    "{p} 中的 {s} 代表什么？",
    "{s}（{p}）这个{k}有什么用？",
    "请说明 {s}（{p}）的职责。",
    "什么时候需要用到 {p} 里的 {s}？",
    "{s}（{p}）对应什么概念？",
    "为什么 {p} 中要有 {s} 这个{k}？",
    "请介绍一下 {p} 中的 {s}。",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    let length = length(stated(chunk)) + length(explained(chunk));
    let helpers = helpers(view).len();
    let whole = evidence_lines(chunk).is_some_and(|lines| lines == chunk.lines);
    let members = if whole { public(chunk).len() } else { 0 };
    let members = if members == 0 { held(chunk).len() } else { members };
    let shape = members + bases(chunk).len();
    // A docstring alone would only be repeated.
    let decides = length > 0 && !decisions(Tongue::English, chunk).is_empty();
    let enough = decides || length > 0 && helpers > 0 || length > 4 && shape > 0;
    if enough { 8 + chunk.facts.statements.min(20) + (3 * helpers + shape + length / 4) as u32 } else { 0 }
}

fn material(view: &View) -> Material {
    Material { neighbours: helpers(view), ..Material::default() }
}

/// Documented callees tell how the work is done. An exception that is raised is no help.
fn helpers(view: &View) -> Vec<Neighbour> {
    let helps = |callee: &&Neighbour| {
        let raised = callee.calls.iter().all(|call| call.usage == CallUse::Raised);
        let fault = callee.chunk.facts.bases.iter().any(|base| base.ends_with("Error") || base.ends_with("Exception"));
        !raised && !fault && !summary(&callee.chunk).is_empty()
    };
    let own = |callee: &&Neighbour| callee.chunk.container == view.chunk.symbol;
    let (beside, others): (Vec<&Neighbour>, Vec<&Neighbour>) = view.callees.iter().filter(helps).partition(own);
    others.into_iter().chain(beside).take(3).cloned().collect()
}

/// How many words a text has; three Chinese characters count as two.
fn length(text: &str) -> usize {
    let han = text.chars().filter(|c| is_han(*c)).count();
    text.split_whitespace().filter(|word| !word.contains(is_han)).count() + han * 2 / 3
}

/// The first sentence of the docstring, where it says what the chunk does or is.
fn summary(chunk: &Chunk) -> &str {
    let text = chunk.summary();
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let aside = [
        "todo",
        "fixme",
        "deprecated",
        "see",
        "same",
        "alias",
        "there",
        "note",
        "todo:",
        "xxx",
        "internal",
        "helper",
        "override",
        "overrides",
        "overridden",
    ]
    .contains(&first.as_str());
    // A function that is described by a thing would need "returns" in front of it.
    let thing = chunk.kind != ChunkKind::Class && ["the", "a", "an"].contains(&first.as_str());
    if is_plain(text) && !aside && !thing && length(text) >= 4 && text.len() <= MAX_STATED { text } else { "" }
}

/// Is it prose, without lists, examples and marks of a page?
fn is_plain(sentence: &str) -> bool {
    let marks = [':', '>', '.', '@', '-', '=', '*', '!', '"', '\\', '+', '#', '|'];
    let opaque = sentence.starts_with(marks)
        || sentence.ends_with([':', '：'])
        || ["::", ">>>", "\n- ", "\n* ", "--"].iter().any(|mark| sentence.contains(mark));
    !opaque && sentence.matches('`').count().is_multiple_of(2)
}

/// The first sentences of the docstring, as far as they are prose and not too long.
fn stated(chunk: &Chunk) -> &str {
    prose(chunk.opening(), summary(chunk).len())
}

/// Does its docstring say what it is for?
pub(super) fn is_stated(chunk: &Chunk) -> bool {
    length(stated(chunk)) > 4
}

/// What the second paragraph of the docstring goes on to say; empty where it is no prose.
fn explained(chunk: &Chunk) -> &str {
    let room = stated(chunk).len() == chunk.opening().len() && stated(chunk).len() < MAX_STATED / 2;
    let Some(next) = chunk.doc.split("\n\n").nth(1).map(str::trim).filter(|_| room) else { return "" };
    let first = first_sentence(next);
    let word = first.split([' ', ':', '\n']).next().unwrap_or_default();
    let heads =
        ["Args", "Arguments", "Example", "Examples", "Note", "Parameters", "Raises", "Return", "Returns", "See", "Usage", "Yields", "TODO"];
    let whole = first.ends_with(['.', '。']) && is_plain(first) && first.len() <= MAX_STATED && !first.contains("\n  ");
    if whole && !heads.contains(&word) && length(first) >= 6 { prose(next, first.len()) } else { "" }
}

/// A paragraph from its first sentence, which ends there, as far as it is prose and not too long.
fn prose(opening: &str, first: usize) -> &str {
    let mut end = first;
    while end > 0 {
        let rest = &opening[end..];
        let next = first_sentence(rest.trim_start());
        let until = opening.len() - rest.trim_start().len() + next.len();
        let finished = next.ends_with(['.', '!', '?', '。', '！', '？']);
        if next.is_empty() || !finished || until > MAX_STATED || !is_plain(next) {
            break;
        }
        end = until;
    }
    &opening[..end]
}

fn draft(brief: &Brief) -> Answer {
    let subject = &*brief.subject;
    let tongue = Tongue::of(brief);
    let name = symbol(subject);
    let (english, chinese) = match (subject.kind, brief.neighbours.is_empty()) {
        (ChunkKind::Class, _) => (CLASS, CLASS_ZH),
        (_, true) => (QUESTIONS, QUESTIONS_ZH),
        (_, false) => (HOW, HOW_ZH),
    };
    let mut answer = Answer { question: ask(brief, english, chinese, &[]), ..Answer::default() };
    let verbatim = stated(subject);
    let prose = plain_prose(verbatim);
    let says = quoted(tongue, &prose);
    let docs = docstring(subject);
    let documented = stopped(tongue, &say!(tongue, "The documentation of {name} says: {says}", "{name} 的{docs}写道：{says}"));
    // Prose in the tongue of the answer speaks for itself.
    let lead = if says == prose { capital(&stopped(tongue, &says)) } else { documented.clone() };
    answer.claim(documented.clone(), Predicate::new("documented", [subject.id.as_str(), verbatim]), 1);
    answer.step("read", documented, &[1]);
    let mut text = lead;
    let further = explained(subject);
    if !further.is_empty() {
        let says = quoted(tongue, &plain_prose(further));
        answer.claim(
            say!(tongue, "the documentation of {name} goes on: {says}", "{name} 的{docs}接着写道：{says}"),
            Predicate::new("documented", [subject.id.as_str(), further]),
            1,
        );
        text.push_str(tongue.say(" ", "接着说明："));
        text.push_str(&stopped(tongue, &says));
    }
    if subject.kind == ChunkKind::Class {
        text.push_str(&of_class(&mut answer, brief));
    }
    text.push_str(&of_helpers(&mut answer, brief));
    // In a conversation the next turns tell of those.
    if !brief.turn {
        text.push_str(&of_decisions(&mut answer, tongue, subject));
    }
    answer.answer = text;
    answer.difficulty = if brief.neighbours.iter().any(|helper| helper.chunk.path != subject.path) { "medium" } else { "easy" };
    answer
}

/// What decides in its body.
fn decisions(tongue: Tongue, chunk: &Chunk) -> Vec<Point> {
    let found = points(tongue, chunk, MAX_DECISIONS);
    let plain = |point: &Point| point.predicate.name == "returns" && is_handed_on(chunk, &point.predicate.args);
    let found: Vec<Point> = if is_whole(chunk, &found) { found.into_iter().filter(Point::is_decisive).collect() } else { Vec::new() };
    // What only hands something back decides nothing.
    if found.iter().all(plain) { Vec::new() } else { found }
}

/// Is a way out no more than a name, in any case?
fn is_handed_on(chunk: &Chunk, exit: &[String]) -> bool {
    let [_, value, when] = exit else { return false };
    when.is_empty() && (is_bare(value) || words(value).next().is_none()) && !is_known(chunk, value)
}

fn of_decisions(answer: &mut Answer, tongue: Tongue, subject: &Chunk) -> String {
    let found = decisions(tongue, subject);
    for point in &found {
        answer.claim(claimed(tongue, subject, point), point.predicate.clone(), 1);
    }
    let says: Vec<String> = found.iter().map(|point| point.says.clone()).collect();
    // A call that is made for what it does, and not told of, is more.
    let done = |call: &Call| call.usage == CallUse::Ignored && !call.callee.starts_with("super()");
    let partial = subject.facts.calls.iter().any(|call| done(call) && !coverage::is_said(subject, &call.callee));
    if let Some(first) = says.first() {
        answer.step("check", stopped(tongue, &tongue.say(format!("In its body it {first}"), format!("函数体的逻辑：{first}"))), &[1]);
    }
    match says.as_slice() {
        [] => String::new(),
        [only] if partial => {
            let only = stopped(
                tongue,
                &tongue.say(
                    format!("Among what its code does, it {only}"),
                    format!("代码中（并非全部），{}", with_subject(tongue, "它", only)),
                ),
            );
            format!("\n\n{only}")
        }
        [only] => {
            let only =
                stopped(tongue, &tongue.say(format!("In the code it {only}"), format!("在代码中，{}", with_subject(tongue, "它", only))));
            format!("\n\n{only}")
        }
        all => {
            let all = all.join(tongue.say("\n- it ", "\n- "));
            match partial {
                true => say!(tongue, "\n\nAmong what its code does:\n- it {all}", "\n\n代码中的部分逻辑：\n- {all}"),
                false => say!(tongue, "\n\nIn the code:\n- it {all}", "\n\n在代码中：\n- {all}"),
            }
        }
    }
}

/// What it calls, each with its own purpose.
fn of_helpers(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &*brief.subject;
    let tongue = Tongue::of(brief);
    let name = symbol(subject);
    let mut lines = Vec::new();
    for (number, helper) in (2..).zip(&brief.neighbours) {
        let Some(call) = helper.calls.first() else { continue };
        let (other, file) = (symbol(&helper.chunk), path(&helper.chunk));
        let verbatim = summary(&helper.chunk);
        let purpose = quoted(tongue, &plain_prose(verbatim));
        answer.claim(
            say!(tongue, "{name} calls `{}`", "{name} 调用 `{}`", call.callee),
            Predicate::new("calls", [subject.id.as_str(), &call.callee]),
            1,
        );
        answer.claim(
            say!(tongue, "{other} is documented: {purpose}", "{other} 的文档写道：{purpose}"),
            Predicate::new("documented", [helper.chunk.id.as_str(), verbatim]),
            number,
        );
        lines.push(stopped(tongue, &say!(tongue, "- {other} ({file}): {purpose}", "- {other}（{file}）：{purpose}")));
    }
    if lines.is_empty() {
        return String::new();
    }
    let told: Vec<&str> = brief.neighbours.iter().flat_map(|helper| helper.calls.iter().map(|call| call.callee.as_str())).collect();
    let others_called = subject.facts.calls.iter().any(|call| !told.contains(&call.callee.as_str()));
    let lead = match subject.facts.statements <= 1 && lines.len() == 1 {
        true => tongue.say("It hands the work on to:", "实际工作转交给："),
        _ if others_called => tongue.say("On the way it calls, among others:", "它调用的代码包括："),
        _ => tongue.say("It calls:", "它调用了："),
    };
    let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
    let others: Vec<String> = brief.neighbours.iter().map(|helper| symbol(&helper.chunk)).collect();
    let (are, others) = (if others.len() == 1 { "is" } else { "are" }, list(tongue, &others));
    let says = match tongue {
        Tongue::English => format!("Its body calls {others}, which {are} documented, too."),
        Tongue::Chinese if brief.neighbours.len() == 1 => format!("函数体调用了 {others}，它的文档说明了作用。"),
        Tongue::Chinese => format!("函数体调用了 {others}，文档说明了各自的作用。"),
    };
    answer.step("follow", says, &cites);
    format!("\n\n{lead}\n{}", lines.join("\n"))
}

fn of_class(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &*brief.subject;
    let tongue = Tongue::of(brief);
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut parts: Vec<String> = Vec::new();
    let bases = bases(subject);
    let derives = match has_exceptions(&subject.path) {
        true => tongue.say("derives from", "继承自"),
        false => tongue.say("implements", "实现了"),
    };
    for base in &bases {
        answer.claim(format!("{name} {derives} `{base}`"), Predicate::new("base", [id, base]), 1);
    }
    if !bases.is_empty() {
        let bases = list(tongue, &bases.iter().map(|base| format!("`{base}`")).collect::<Vec<_>>());
        parts.push(format!("{derives} {bases}"));
    }
    let public = public(subject);
    // A long class is cited by its head, where its methods do not show.
    let whole = brief.evidence.first().is_some_and(|evidence| subject.lines.count() == evidence.lines().count());
    if !public.is_empty() && whole {
        for method in public.iter().take(5) {
            let says = say!(tongue, "{name} has the method `{method}`", "{name} 有方法 `{method}`");
            answer.claim(says, Predicate::new("method", [id, method]), 1);
        }
        let names: Vec<String> = public.iter().take(5).map(|method| format!("`{method}`")).collect();
        let names = list(tongue, &names);
        parts.push(match public.len() {
            1 => say!(tongue, "defines one public method of its own, {names}", "只定义了一个公开方法 {names}"),
            2..=5 => say!(tongue, "defines the public methods {names}", "定义了公开方法 {names}"),
            _ => say!(tongue, "defines {names} among its public methods", "定义了 {names} 等公开方法"),
        });
    }
    let held = held(subject);
    if (public.is_empty() || !whole) && !held.is_empty() {
        for attribute in held.iter().take(5) {
            let says = say!(tongue, "{name} declares `{}`", "{name} 声明了 `{}`", attribute.name);
            answer.claim(says, Predicate::new("attribute", [id, &attribute.name, &attribute.value]), 1);
        }
        let shown = |own: &&Attribute| match own.annotation.is_empty() && !own.value.ends_with(')') {
            true => format!("`{} = {}`", own.name, own.value),
            false => format!("`{}`", own.name),
        };
        let names: Vec<String> = held.iter().take(5).map(shown).collect();
        let names = list(tongue, &names);
        parts.push(match held.len() {
            1..=5 => say!(tongue, "holds {names}", "包含属性 {names}"),
            _ => say!(tongue, "holds {names} and more", "包含 {names} 等属性"),
        });
    }
    match (parts.is_empty(), tongue) {
        (true, _) => String::new(),
        (_, Tongue::English) => format!("\n\nIt {}.", list(tongue, &parts)),
        (_, Tongue::Chinese) => format!("\n\n它{}。", parts.join("，")),
    }
}

/// Bases that tell a reader something.
fn bases(chunk: &Chunk) -> Vec<&str> {
    chunk.facts.bases.iter().map(String::as_str).filter(|base| *base != "object" && base.len() < 60 && !base.contains('`')).collect()
}

/// Methods for others to call.
fn public(chunk: &Chunk) -> Vec<&str> {
    chunk.facts.methods.iter().map(String::as_str).filter(|method| !method.starts_with('_')).collect()
}

/// Typed attributes for others to read.
fn held(chunk: &Chunk) -> Vec<&Attribute> {
    let literal =
        |value: &str| value.starts_with(['"', '\'']) || value.parse::<f64>().is_ok() || matches!(value, "True" | "False" | "None");
    let shown = |own: &&Attribute| {
        let told = !own.annotation.is_empty() || literal(&own.value) && own.value.len() <= 40 || own.value.ends_with(')');
        told && !own.name.starts_with('_') && !own.name.contains('`') && !own.value.contains('`')
    };
    chunk.facts.attributes.iter().filter(shown).collect()
}
