//! When does it raise, and what? Its own raises, and those of callees that pass through it.

use crate::facts::{View, comes_through, has_exceptions, plain_prose, raise_docs};
use crate::generate::chinese::docstring;
use crate::generate::condition::after_earlier;
use crate::generate::kinds::raises::{
    case, is_told, leaves, message, named, passed, passing, predicate, promised, statement, tellable, told,
};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{ask, code, count, inside, list, path, quoted, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Guard, GuardKind, Neighbour, Predicate, Raise};

pub(super) static KIND: Kind = Kind { name: "errors", version: 1, intent: "what", weight, material, draft };

/// More than this is a catalogue that nobody reads.
const MAX_OWN: usize = 8;
const MAX_THROUGH: usize = 5;
const MAX_OF_ONE: usize = 4;

const QUESTIONS: &[&str] = &[
    "When does {s} in {p} fail, and with which error?",
    "Which errors can a caller of {s} ({p}) run into, and what triggers each?",
    "What can go wrong in {s}, defined in {p}?",
    "Under which conditions does {s} ({p}) fail?",
    "I call {s} from {p}. Which errors do I have to be ready for?",
    "What makes {s} in {p} refuse its input or give up?",
    "List the failure cases of {s} ({p}) and the condition behind each.",
    "{s} ({p}) can fail: in which cases, and with what?",
    "In {p}, what can make {s} fail?",
    "How can {s} ({p}) fail?",
    "Our error report points at {s} in {p}. What can have caused it?",
    "Calling {s} ({p}) failed. What are the possible reasons?",
    "Before I ship code that uses {s} ({p}): which failures should it handle?",
    "Does {s} in {p} check anything that can end in an error?",
];

const QUESTIONS_ZH: &[&str] = &[
    "{k} {s}（{p}）在什么情况下会失败，报什么错？",
    "{p} 中的 {s} 在什么情况下会出错？",
    "调用 {s}（{p}）时可能遇到哪些错误，各由什么触发？",
    "{s}（{p}）有哪些失败情形，对应的条件是什么？",
    "使用 {p} 里的 {s} 时，需要处理哪些错误？",
    "什么样的输入或状态会让 {s}（{p}）报错？",
    "线上日志显示 {s}（{p}）报错，可能是哪些原因？",
    "请列出 {s}（{p}）的报错情形及其条件。",
    "{p} 的 {s} 会失败吗？分别在什么条件下？",
    "排查 {s}（{p}）的故障时，要看哪些检查？",
];

/// Where there is one error, and it is its own.
const ONE: &[&str] = &[
    "When does {s} in {p} raise {e}?",
    "What triggers {e} in {s} ({p})?",
    "{s} ({p}) raised {e}. What does that mean?",
    "I got {e} from {s} in {p}. What is the cause?",
    "Why would {s} ({p}) raise {e}?",
    "{e} out of {s} in {p}: under which condition?",
    "Which condition in {s} ({p}) leads to {e}?",
    "How do I avoid {e} when I call {s} from {p}?",
    "In {p}, {s} can raise {e}. When exactly?",
    "What has to be the case for {s} ({p}) to raise {e}?",
    "Is {e} from {s} ({p}) my mistake, or what else brings it about?",
];

const ONE_ZH: &[&str] = &[
    "{s}（{p}）什么时候会抛出 {e}？",
    "是什么导致 {p} 中的 {s} 抛出 {e}？",
    "调用 {s}（{p}）时怎样避免 {e}？",
    "{s}（{p}）抛出了 {e}，说明发生了什么？",
    "{e} 是在 {s}（{p}）的什么条件下抛出的？",
    "满足什么条件时，{p} 里的 {s} 会抛出 {e}？",
    "为什么 {s}（{p}）会抛出 {e}？",
    "我在调用 {s}（{p}）时收到了 {e}，原因是什么？",
];

/// Where errors only come through it.
const THROUGH: &[&str] = &[
    "Which errors can reach a caller of {s} ({p}), and where do they start?",
    "{s} in {p} calls other code. Which errors come out of it that way?",
    "Where do the errors that leave {s} ({p}) come from?",
    "Can {s} in {p} fail, and whose error would it be?",
    "What may be raised below {s} ({p}) and pass through it?",
    "I want to handle errors of {s} from {p}. Which ones are there, and who raises them?",
    "If something below {s} ({p}) fails, what does its caller see?",
    "Does {s} ({p}) let errors of the code it calls through?",
];

const THROUGH_ZH: &[&str] = &[
    "哪些异常会穿过 {s}（{p}）到达调用方，它们来自哪里？",
    "{p} 中的 {s} 所调用的代码可能抛出哪些异常？",
    "调用 {s}（{p}）时收到的异常可能源自哪里？",
    "{s}（{p}）内部的调用出错时，调用方会看到什么？",
    "要处理 {s}（{p}）的异常，应该关注哪些类型？",
    "从 {s}（{p}）传出来的异常是谁抛出的？",
    "{p} 的 {s} 会把哪些下层异常传出来？",
    "给 {s}（{p}）加异常处理时，需要捕获什么？",
];

fn weight(view: &View) -> u32 {
    let own = promised(&view.chunk.facts.raises).count();
    let through = through(view).len().min(MAX_THROUGH);
    if own + through == 0 { 0 } else { 30 + 10 * own.min(4) as u32 + 5 * through as u32 }
}

fn material(view: &View) -> Material {
    let mut neighbours = through(view);
    let mut asides = view.raises_elsewhere.clone();
    asides.extend(neighbours.iter().skip(MAX_THROUGH).filter_map(|callee| callee.calls.first().map(|call| call.callee.clone())));
    asides.retain(|callee| code(callee).is_some());
    neighbours.truncate(MAX_THROUGH);
    Material { neighbours, asides, ..Material::default() }
}

fn through(view: &View) -> Vec<Neighbour> {
    view.callees.iter().filter(|callee| passing(&view.chunk, callee).next().is_some()).cloned().collect()
}

/// What the answer tells.
struct Told<'b> {
    tongue: Tongue,
    raises: Vec<&'b Raise>,
    /// The types of its own errors, and of those that pass through.
    kinds: Vec<String>,
    passing: Vec<String>,
    /// One line for each case: its own, then those of each callee.
    own: Vec<String>,
    through: Vec<String>,
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let tongue = Tongue::of(brief);
    let mut answer = Answer::default();
    let mut told = Told {
        tongue,
        raises: tellable(&subject.facts.raises).collect(),
        kinds: Vec::new(),
        passing: Vec::new(),
        own: Vec::new(),
        through: Vec::new(),
    };
    let reasons = of_own(&mut answer, brief, &mut told);
    of_callees(&mut answer, brief, &mut told);
    answer.question = question(brief, &told);
    answer.answer = text(brief, &told);
    if !reasons.is_empty() {
        let said = reasons.join(" ");
        answer.answer.push_str(&say!(tongue, "\n\nThe docstring puts it so: {said}", "\n\n{said}"));
    }
    trace(&mut answer, brief, &told);
    let files = brief.neighbours.iter().filter(|callee| callee.chunk.path != subject.path).count();
    answer.difficulty = match (brief.neighbours.len(), files) {
        (0, _) if told.raises.len() <= 1 => "easy",
        (_, 0) => "medium",
        _ => "hard",
    };
    answer
}

fn question(brief: &Brief, told: &Told) -> String {
    let subject = &brief.subject;
    let exceptions = has_exceptions(&subject.path);
    let (english, chinese) = match (told.kinds.as_slice(), told.through.is_empty()) {
        ([only], true) if exceptions && only.starts_with('`') && brief.asides.is_empty() => (ONE, ONE_ZH),
        ([], _) if exceptions => (THROUGH, THROUGH_ZH),
        _ => (QUESTIONS, QUESTIONS_ZH),
    };
    let error = told.kinds.first().map(String::as_str).unwrap_or_default();
    ask(brief, english, chinese, &[("e", error)])
}

/// Claims its own raises; what the docstring says of them is handed back.
fn of_own(answer: &mut Answer, brief: &Brief, told: &mut Told) -> Vec<String> {
    let (tongue, subject) = (told.tongue, &*brief.subject);
    let documented = raise_docs(&subject.doc);
    let mut reasons: Vec<String> = Vec::new();
    for raise in told.raises.iter().take(MAX_OWN) {
        let name = named(tongue, raise);
        answer.claim(statement(tongue, subject, raise), predicate(subject, raise), 1);
        let short = raise.exception.rsplit('.').next().unwrap_or_default();
        if let Some(stated) = documented.get(short).filter(|stated| stated.matches('`').count().is_multiple_of(2)) {
            let prose = quoted(tongue, &plain_prose(stated));
            answer.claim(
                say!(tongue, "the documentation says of {name}: {prose}", "文档对 {name} 的说明：{prose}"),
                Predicate::new("documented", [subject.id.as_str(), stated]),
                1,
            );
            let (told, docs) = (stopped(tongue, &inside(&prose)), docstring(subject));
            push_new(&mut reasons, say!(tongue, "{name} {told}", "{docs}对 {name} 的说明是：{told}"));
        }
        push_new(&mut told.kinds, name);
    }
    let ordered = brief.neighbours.is_empty() && told.raises.len() <= MAX_OWN;
    let mut earlier: Vec<&[Guard]> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for raise in told.raises.iter().take(MAX_OWN) {
        let shown = Raise { when: after_earlier(&raise.when, &earlier), ..(*raise).clone() };
        if ordered {
            earlier.push(&raise.when);
        }
        lines.push(match (told.kinds.len(), told.raises.len()) {
            (1, 2..) if brief.neighbours.is_empty() => case(tongue, &shown),
            _ if shown.when.is_empty() && !raise.when.is_empty() => {
                let error = self::told(tongue, subject, &shown);
                say!(tongue, "{error} otherwise{}", "否则{error}{}", message(tongue, raise))
            }
            _ => format!("{}{}", self::told(tongue, subject, &shown), message(tongue, raise)),
        });
    }
    lines.into_iter().for_each(|line| push_new(&mut told.own, line));
    reasons
}

fn of_callees(answer: &mut Answer, brief: &Brief, told: &mut Told) {
    let (tongue, subject) = (told.tongue, &brief.subject);
    let name = symbol(subject);
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let Some(call) = callee.calls.iter().find(|call| comes_through(subject, call)) else { continue };
        let id = subject.id.as_str();
        let (says, proof) = match has_exceptions(&subject.path) {
            true => (
                say!(tongue, "{name} calls `{}` outside of any handler", "{name} 调用 `{}`，且没有捕获其异常", call.callee),
                Predicate::new("calls", [id, &call.callee]),
            ),
            false => (
                say!(tongue, "{name} hands an error of `{}` on", "{name} 把 `{}` 的错误继续返回给调用方", call.callee),
                Predicate::new("hands_on", [id, &call.callee]),
            ),
        };
        answer.claim(says, proof, 1);
        let mut through: Vec<String> = Vec::new();
        for raise in passing(subject, callee).take(MAX_OF_ONE) {
            answer.claim(statement(tongue, &callee.chunk, raise), predicate(&callee.chunk, raise), number);
            push_new(&mut through, passed(tongue, subject, callee, raise));
            push_new(&mut told.passing, named(tongue, raise));
        }
        if passing(subject, callee).count() > MAX_OF_ONE {
            through.push(tongue.say("and more", "其余见代码").to_owned());
        }
        let (other, file, through) = (symbol(&callee.chunk), path(&callee.chunk), through.join(tongue.say("; ", "；")));
        told.through.push(say!(tongue, "through {other} ({file}): {through}", "来自 {other}（{file}）：{through}"));
    }
}

fn text(brief: &Brief, told: &Told) -> String {
    let subject = &*brief.subject;
    let tongue = told.tongue;
    let name = symbol(subject);
    let exceptions = has_exceptions(&subject.path);
    let error = if exceptions { "异常" } else { "错误" };
    let leaves = leaves(tongue, subject, &told.kinds);
    let leaves = match subject.facts.generator {
        true => tongue.say(leaves.replacen("raises ", "raises, while it is iterated, ", 1), format!("在迭代过程中{leaves}")),
        false => leaves,
    };
    let lines: Vec<&String> = told.own.iter().chain(&told.through).collect();
    let mut out = match (lines.as_slice(), told.own.as_slice(), told.through.as_slice()) {
        ([only], [_], []) if told.raises.len() > 1 => say!(tongue, "{name} {leaves} {only}", "{name} 会{leaves}：{only}"),
        ([only], [_], []) if subject.facts.generator => {
            say!(tongue, "{name} raises, while it is iterated, {only}", "{name} 在迭代过程中会出错：{only}")
        }
        ([_], [_], []) if told.raises[0].when.is_empty() => {
            let error = statement(tongue, subject, told.raises[0]);
            say!(tongue, "{error} in any case{}", "无论如何，{error}{}", message(tongue, told.raises[0]))
        }
        ([_], [_], []) => format!("{}{}", statement(tongue, subject, told.raises[0]), message(tongue, told.raises[0])),
        ([only], [], _) if subject.facts.raises.is_empty() => {
            let starts = if exceptions { "raises nothing" } else { "makes no error" };
            let makes = if exceptions { "抛出" } else { "产生" };
            say!(
                tongue,
                "{name} {starts} itself; an error can come out of it {only}",
                "{name} 自身不{makes}{error}，可能传出的{error}{only}"
            )
        }
        ([only], [], _) => say!(tongue, "An error can come out of {name} {only}", "{name} 可能传出{error}，{only}"),
        (_, [], _) => say!(tongue, "Errors come out of {name} from the calls it makes:", "以下调用中的{error}会经由 {name} 传出："),
        (_, own, []) if told.kinds.len() == 1 => {
            let cases = count(tongue, own.len(), "case", "种");
            say!(tongue, "{name} {leaves} in {cases}:", "{name} 在以下 {cases}情况下{leaves}：")
        }
        (_, _, []) => say!(tongue, "{name} {leaves}:", "{name} 会{leaves}："),
        _ => say!(
            tongue,
            "{name} {leaves} itself, and lets errors of its callees through:",
            "{name} 自身会{leaves}，它调用的代码的{error}也会继续向外传："
        ),
    };
    if lines.len() > 1 {
        lines.iter().for_each(|line| out.push_str(&format!("\n- {line}")));
    } else {
        out = stopped(tongue, &out);
    }
    let past = |raise: &&Raise| !raise.caught && raise.when.iter().any(|guard| guard.kind == GuardKind::Past && guard.text != "…");
    let ordered = subject.facts.raises.iter().any(|raise| past(&raise));
    if told.raises.len() > MAX_OWN {
        out.push_str(
            tongue.say("\n\nThese are the first of its checks; the code holds more.", "\n\n以上只是靠前的几项检查，代码中还有更多。"),
        );
    } else if ordered && told.own.len() > 1 && brief.neighbours.is_empty() {
        out.push_str(tongue.say(
            "\n\nThe checks run in this order, so an earlier one that fails hides the later ones.",
            "\n\n检查按上述顺序执行：前一项不通过，后面的就不会再执行。",
        ));
    }
    let held: Vec<String> = subject.facts.raises.iter().filter(|raise| is_held(raise)).filter_map(|raise| code(&raise.exception)).collect();
    if let Some(held) = held.first() {
        out.push_str(&say!(
            tongue,
            "\n\nBesides, it raises what {held} stands for, and the type of that does not show here.",
            "\n\n此外，它还会抛出 {held} 所代表的异常，其类型无法从这里看出。"
        ));
    }
    if !brief.asides.is_empty() {
        let calls: Vec<String> = brief.asides.iter().take(3).map(|callee| format!("`{callee}`")).collect();
        let calls = list(tongue, &calls);
        out.push_str(&match exceptions {
            true => say!(tongue, "\n\nThis is not all: {calls} can raise as well.", "\n\n此外，{calls} 也可能抛出异常。"),
            false => say!(tongue, "\n\nThis is not all: {calls} can fail as well.", "\n\n此外，{calls} 也可能返回错误。"),
        });
    }
    out
}

/// Does an error leave whose type only a variable knows?
fn is_held(raise: &Raise) -> bool {
    !raise.caught
        && raise.exception.rsplit(['.', ':']).next().unwrap_or_default().starts_with(|c: char| c.is_lowercase() || c == '_')
        && !raise.exception.ends_with('!')
        && !raise.exception.starts_with('(')
        && raise.exception != "any exception"
}

/// May errors leave that the answer does not tell of?
fn is_partial(brief: &Brief) -> bool {
    let untold = brief.subject.facts.raises.iter().any(|raise| raise.caught || !is_told(raise));
    untold || !brief.asides.is_empty() || brief.neighbours.iter().any(|callee| callee.raises.len() > promised(&callee.raises).count())
}

fn trace(answer: &mut Answer, brief: &Brief, told: &Told) {
    let (tongue, subject) = (told.tongue, &brief.subject);
    let name = symbol(subject);
    if told.raises.is_empty() {
        let says = match has_exceptions(&subject.path) {
            true => say!(tongue, "What {name} calls has to be looked at for errors.", "异常来自 {name} 所调用的代码，需要逐个查看。"),
            false => say!(tongue, "What {name} calls has to be looked at for errors.", "错误来自 {name} 所调用的代码，需要逐个查看。"),
        };
        answer.step("read", says, &[1]);
    } else {
        let leaves = leaves(tongue, subject, &told.kinds);
        answer.step("read", say!(tongue, "{name} {leaves}.", "{name} 会{leaves}。"), &[1]);
        if let Some(raise) = told.raises.iter().take(MAX_OWN).find(|raise| !Guard::joined(&raise.when).is_empty()) {
            let says = self::told(tongue, subject, raise);
            answer.step(
                "check",
                say!(tongue, "The branches around the place give its condition: {says}.", "外层的分支给出了触发条件：{says}。"),
                &[1],
            );
        }
    }
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let mut inner: Vec<String> = Vec::new();
        passing(subject, callee).take(MAX_OF_ONE).for_each(|raise| push_new(&mut inner, named(tongue, raise)));
        let (other, inner) = (symbol(&callee.chunk), list(tongue, &inner));
        let says = match has_exceptions(&subject.path) {
            true => say!(
                tongue,
                "{name} calls {other} with no handler around the call, and that raises {inner}.",
                "{name} 调用 {other} 时没有捕获异常，而 {other} 会抛出 {inner}。"
            ),
            false => say!(
                tongue,
                "{name} hands on what {other} fails with, and that is {inner}.",
                "{name} 会把 {other} 的错误继续向上返回，即 {inner}。"
            ),
        };
        answer.step("follow", says, &[1, number]);
    }
    let mut all = told.kinds.clone();
    told.passing.iter().for_each(|kind| push_new(&mut all, kind.clone()));
    let all = list(tongue, &all);
    let says = match is_partial(brief) {
        true => say!(tongue, "A caller has to be ready for at least {all}.", "调用方至少要处理 {all}。"),
        false => say!(tongue, "A caller has to be ready for {all}.", "调用方需要处理 {all}。"),
    };
    answer.step("conclude", says, &[1]);
}

fn push_new(list: &mut Vec<String>, item: String) {
    if !list.contains(&item) {
        list.push(item);
    }
}
