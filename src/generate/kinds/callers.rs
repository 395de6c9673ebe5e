//! Who depends on it, and what has to be looked at before it changes?

use std::collections::BTreeSet;

use crate::facts::View;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{Brief, Call, CallUse, Chunk, ChunkKind, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "callers", version: 1, intent: "where", weight, material, draft };

const QUESTIONS: &[&str] = &[
    "Who calls {s} in {p}, and what should I check before changing it?",
    "I want to change {s} ({p}). Which code depends on it, and on what exactly?",
    "Where is {s} from {p} used, and what do those places rely on?",
    "What could break if {s} in {p} behaved differently?",
    "Before I touch {s} in {p}: who relies on it?",
    "How is {s} ({p}) used in the rest of the code?",
    "What is the impact of changing {s}, defined in {p}?",
];

const CLASS: &[&str] = &[
    "Where is {s} ({p}) constructed, and with what?",
    "Which code creates {s} from {p}?",
    "I want to change the constructor of {s} ({p}). Which places have to follow?",
];

const FAULT: &[&str] = &["Where is {s} ({p}) raised?", "Which code raises {s} from {p}, and with what?", "Who raises {s}, defined in {p}?"];

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

/// What the callers do with it, for the conclusion.
#[derive(Default)]
struct Reliance {
    result: Vec<String>,
    effect: Vec<String>,
    handlers: Vec<String>,
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let raised = brief.neighbours.iter().any(|caller| caller.calls.iter().any(|call| call.usage == CallUse::Raised));
    let class = subject.kind == ChunkKind::Class;
    let questions = match (class, raised) {
        (true, true) => FAULT,
        (true, false) => CLASS,
        _ => QUESTIONS,
    };
    let mut answer = Answer {
        question: fill(pick(Tongue::English, &brief.slot.id(), questions, &[]), &[("s", &name), ("p", &file)]),
        ..Answer::default()
    };
    let others: Vec<String> = brief.neighbours.iter().map(|caller| caller_name(brief, caller)).collect();
    let verb = match (class, raised) {
        (true, true) => "raised",
        (true, false) => "constructed",
        _ => "called",
    };
    let mut text = match brief.more {
        true => {
            format!(
                "Among the places where {name} is {verb} {} {}.\n",
                if others.len() == 1 { "is" } else { "are" },
                list(Tongue::English, &others)
            )
        }
        false => format!("Outside of tests, {name} is {verb} in {}.\n", list(Tongue::English, &others)),
    };
    let head = if class { "The class head reads" } else { "The signature reads" };
    answer.step("read", format!("{head} `{}`.", subject.signature.replace('`', "'")), &[1]);
    let mut reliance = Reliance::default();
    for (number, caller) in (2..).zip(&brief.neighbours) {
        let other = caller_name(brief, caller);
        let does = of_caller(&mut answer, caller, &other, number, class, &mut reliance);
        text.push_str(&format!("- {} ({}) {does}.\n", symbol(&caller.chunk), path(&caller.chunk)));
    }
    text.push_str(&if class { String::new() } else { advice(subject, &reliance) });
    let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
    answer.step("conclude", conclusion(subject, &reliance, class, raised), &cites);
    answer.answer = text.trim_end().to_owned();
    let files: BTreeSet<&str> = brief.neighbours.iter().map(|caller| caller.chunk.path.as_str()).collect();
    answer.difficulty = match (brief.neighbours.len(), files.len()) {
        (1, _) => "easy",
        (_, 1) => "medium",
        _ => "hard",
    };
    answer
}

/// The symbol, with the file where another caller has the same.
fn caller_name(brief: &Brief, caller: &Neighbour) -> String {
    let same = brief.neighbours.iter().filter(|other| symbol(&other.chunk) == symbol(&caller.chunk)).count();
    if same > 1 { format!("{} in {}", symbol(&caller.chunk), path(&caller.chunk)) } else { symbol(&caller.chunk) }
}

/// What one caller does with it, in words and claims.
fn of_caller(answer: &mut Answer, caller: &Neighbour, other: &str, number: usize, class: bool, reliance: &mut Reliance) -> String {
    let id = caller.chunk.id.as_str();
    let calls: Vec<&Call> = caller.calls.iter().filter(|call| code(&call.callee).is_some()).collect();
    let Some(call) = calls.first() else { return String::new() };
    answer.claim(format!("{other} calls `{}`", call.callee), Predicate::new("calls", [id, &call.callee]), number);
    let mut does = Vec::new();
    if calls.len() > 1 {
        does.push(format!("uses it in {} places; in the first it", calls.len()));
    }
    let passes = arguments(call);
    let push = |list: &mut Vec<String>| {
        if !list.iter().any(|known| known == other) {
            list.push(other.to_owned());
        }
    };
    let usage = match call.usage {
        CallUse::Returned => {
            answer.claim(format!("{other} returns the result"), Predicate::new("returns_call", [id, &call.callee]), number);
            push(&mut reliance.result);
            if class { "returns the new instance".to_owned() } else { "returns the result directly".to_owned() }
        }
        CallUse::Assigned => {
            push(&mut reliance.result);
            match code(&call.target) {
                Some(target) => {
                    answer.claim(
                        format!("{other} assigns the result to {target}"),
                        Predicate::new("assigns_call", [id, &call.callee, &call.target]),
                        number,
                    );
                    format!("assigns {} to {target}", if class { "the instance" } else { "the result" })
                }
                None => String::new(),
            }
        }
        CallUse::Ignored => {
            answer.claim(format!("{other} does not use the result"), Predicate::new("ignores_call", [id, &call.callee]), number);
            push(&mut reliance.effect);
            if class { "does not keep the instance".to_owned() } else { String::new() }
        }
        CallUse::Raised => "raises it".to_owned(),
        CallUse::Tested => {
            push(&mut reliance.result);
            "branches on the result".to_owned()
        }
        CallUse::Passed => {
            push(&mut reliance.result);
            format!("passes {} on to another call", if class { "the instance" } else { "the result" })
        }
        CallUse::Used => {
            push(&mut reliance.result);
            format!("uses {} within an expression", if class { "the instance" } else { "the result" })
        }
    };
    for exception in &call.catches {
        let says = if exception == "*" { "any exception".to_owned() } else { format!("`{exception}`") };
        answer.claim(format!("{other} handles {says} around the call"), Predicate::new("handles", [id, &call.callee, exception]), number);
        reliance.handlers.push(format!("{other} ({says})"));
    }
    answer.step("follow", format!("{other} calls it as `{}`.", call.callee), &[number]);
    let rest = [passes, usage].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let rest =
        if call.catches.is_empty() { list(Tongue::English, &rest) } else { format!("{}, inside a `try`", list(Tongue::English, &rest)) };
    does.push(rest);
    does.join(" ")
}

fn arguments(call: &Call) -> String {
    let told: Vec<String> = call.arguments.iter().filter_map(|argument| code(argument)).collect();
    match (call.arguments.len(), told.len()) {
        (0, _) => "calls it without arguments".to_owned(),
        (all, told_all) if all == told_all && all <= 4 => format!("passes {}", list(Tongue::English, &told)),
        (all, _) => format!("passes {all} argument{}", if all == 1 { "" } else { "s" }),
    }
}

/// What follows for somebody who wants to change it.
fn advice(subject: &Chunk, reliance: &Reliance) -> String {
    let mut out: Vec<String> = Vec::new();
    let raises: BTreeSet<String> =
        subject.facts.raises.iter().filter(|raise| !raise.caught).filter_map(|raise| code(&raise.exception)).collect();
    let raises: Vec<String> = raises.into_iter().take(3).collect();
    if has_result(subject) {
        match (reliance.result.is_empty(), reliance.effect.is_empty()) {
            (false, true) => out.push(format!("Look at {} before its result changes.", list(Tongue::English, &reliance.result))),
            (false, false) => out.push(format!(
                "Look at {} before its result changes; {} ignore{} the result.",
                list(Tongue::English, &reliance.result),
                list(Tongue::English, &reliance.effect),
                if reliance.effect.len() == 1 { "s" } else { "" }
            )),
            (true, false) => out.push("None of them uses its result.".to_owned()),
            (true, true) => (),
        }
    } else if !raises.is_empty() && reliance.handlers.is_empty() {
        out.push(format!(
            "It has no result to use, but it stands guard: when it raises {}, what follows the call does not run.",
            list(Tongue::English, &raises)
        ));
    }
    if !reliance.handlers.is_empty() {
        out.push(format!(
            "Which errors leave it matters as well: {} handle{} them around the call.",
            list(Tongue::English, &reliance.handlers),
            if reliance.handlers.len() == 1 { "s" } else { "" }
        ));
    }
    if out.is_empty() { String::new() } else { format!("\n{}", out.join(" ")) }
}

fn conclusion(subject: &Chunk, reliance: &Reliance, class: bool, raised: bool) -> String {
    match () {
        () if raised => "A change of the exception reaches these places and whoever handles it.".to_owned(),
        () if class => "A change of what the constructor takes reaches these places.".to_owned(),
        () if has_result(subject) && !reliance.result.is_empty() => {
            format!("A change of the result reaches {}.", list(Tongue::English, &reliance.result))
        }
        () if !reliance.handlers.is_empty() => "A change of the errors that it raises reaches the handlers around the calls.".to_owned(),
        () => "A change of what it takes or does reaches every place above.".to_owned(),
    }
}
