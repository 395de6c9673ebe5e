//! Who depends on it, and what has to be looked at before it changes?

use crate::facts::View;
use crate::generate::kinds::Kind;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, symbol};
use crate::model::{Brief, Call, CallUse, ChunkKind, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "callers", version: 1, intent: "where", weight, neighbours, draft };

const QUESTIONS: &[&str] = &[
    "Who calls {s} in {p}, and what should I check before changing it?",
    "I want to change {s} ({p}). Which code depends on it, and on what exactly?",
    "Where is {s} from {p} used, and what do those places rely on?",
    "What could break if {s} in {p} behaved differently?",
    "Which callers of {s} ({p}) use its result, and how?",
    "Before I touch {s} in {p}: who relies on it?",
    "How is {s} ({p}) used in the rest of the code?",
    "What is the impact of changing {s}, defined in {p}?",
];

fn weight(view: &View) -> u32 {
    let told = view.callers.iter().filter(|caller| told(caller)).count() as u32;
    if told == 0 { 0 } else { 12 + 9 * told }
}

fn neighbours(view: &View) -> (Vec<Neighbour>, bool) {
    let shown: Vec<Neighbour> = view.callers.iter().filter(|caller| told(caller)).cloned().collect();
    let more = view.more_callers || shown.len() < view.callers.len();
    (shown, more)
}

fn told(caller: &Neighbour) -> bool {
    caller.calls.iter().any(|call| code(&call.callee).is_some())
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let mut answer = Answer { question: fill(pick(&brief.slot.id(), QUESTIONS), &[("s", &name), ("p", &file)]), ..Answer::default() };
    let others: Vec<String> = brief.neighbours.iter().map(|caller| symbol(&caller.chunk)).collect();
    let among = if brief.more { " among others" } else { "" };
    let verb = if subject.kind == ChunkKind::Class { "is constructed in" } else { "is called by" };
    let mut text = format!("{name} {verb} {}{among}.\n", list(&others));
    let mut relied: Vec<String> = Vec::new();
    let mut handled: Vec<String> = Vec::new();
    let mut ignored: Vec<String> = Vec::new();
    answer.step("read", format!("{name} is defined with the signature `{}`.", subject.signature.replace('`', "'")), &[1]);
    for (number, caller) in (2..).zip(&brief.neighbours) {
        let other = symbol(&caller.chunk);
        let Some(call) = caller.calls.iter().find(|call| code(&call.callee).is_some()) else { continue };
        let id = caller.chunk.id.as_str();
        answer.claim(format!("{other} calls `{}`", call.callee), Predicate::new("calls", [id, &call.callee]), number);
        let mut does = vec![arguments(call)];
        match call.usage {
            CallUse::Returned => {
                answer.claim(format!("{other} returns the result"), Predicate::new("returns_call", [id, &call.callee]), number);
                does.push("returns the result as its own".to_owned());
                relied.push(other.clone());
            }
            CallUse::Assigned => {
                if let Some(target) = code(&call.target) {
                    answer.claim(
                        format!("{other} keeps the result in {target}"),
                        Predicate::new("assigns_call", [id, &call.callee, &call.target]),
                        number,
                    );
                    does.push(format!("keeps the result in {target}"));
                }
                relied.push(other.clone());
            }
            CallUse::Ignored => {
                answer.claim(format!("{other} does not use the result"), Predicate::new("ignores_call", [id, &call.callee]), number);
                does.push("does not use the result".to_owned());
                ignored.push(other.clone());
            }
            CallUse::Tested => {
                does.push("branches on the result".to_owned());
                relied.push(other.clone());
            }
            CallUse::Passed => {
                does.push("hands the result on to another call".to_owned());
                relied.push(other.clone());
            }
            CallUse::Raised | CallUse::Used => relied.push(other.clone()),
        }
        for exception in &call.catches {
            let says = if exception == "*" { "any exception".to_owned() } else { format!("`{exception}`") };
            answer.claim(
                format!("{other} handles {says} around the call"),
                Predicate::new("handles", [id, &call.callee, exception]),
                number,
            );
            handled.push(format!("{other} ({says})"));
        }
        if !call.catches.is_empty() {
            does.push("has a handler around the call".to_owned());
        }
        let does: Vec<String> = does.into_iter().filter(|part| !part.is_empty()).collect();
        let does = if does.is_empty() { "uses the result in a larger expression".to_owned() } else { list(&does) };
        text.push_str(&format!("- {other} ({}) {does}.\n", path(&caller.chunk)));
        answer.step("follow", format!("{other} calls it as `{}`.", call.callee), &[number]);
    }
    text.push_str(&advice(&relied, &ignored, &handled));
    let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
    answer.step("conclude", conclusion(&relied, &handled), &cites);
    answer.answer = text;
    let files: std::collections::BTreeSet<&str> = brief.neighbours.iter().map(|caller| caller.chunk.path.as_str()).collect();
    answer.difficulty = match (brief.neighbours.len(), files.len()) {
        (1, _) => "easy",
        (_, 1) => "medium",
        _ => "hard",
    };
    answer
}

fn arguments(call: &Call) -> String {
    let told: Vec<String> = call.arguments.iter().filter_map(|argument| code(argument)).collect();
    match (call.arguments.len(), told.len()) {
        (0, _) => "calls it without arguments".to_owned(),
        (all, told_all) if all == told_all && all <= 4 => format!("passes {}", list(&told)),
        (all, _) => format!("passes {all} argument{}", if all == 1 { "" } else { "s" }),
    }
}

/// What follows for somebody who wants to change it.
fn advice(relied: &[String], ignored: &[String], handled: &[String]) -> String {
    let mut out: Vec<String> = Vec::new();
    match (relied.is_empty(), ignored.is_empty()) {
        (false, true) => out.push(format!("What it returns matters to {}: check there before the result changes.", list(relied))),
        (false, false) => out.push(format!("What it returns matters to {}; {} only need its effect.", list(relied), list(ignored))),
        (true, false) => out.push(format!(
            "{} {} only on its effect, not on a result.",
            list(ignored),
            if ignored.len() == 1 { "relies" } else { "rely" }
        )),
        (true, true) => (),
    }
    if !handled.is_empty() {
        out.push(format!("Errors that leave it are part of the bargain too, since handlers stand around the call: {}.", list(handled)));
    }
    if out.is_empty() { String::new() } else { format!("\n{}", out.join(" ")) }
}

fn conclusion(relied: &[String], handled: &[String]) -> String {
    match (relied.is_empty(), handled.is_empty()) {
        (true, true) => "A change of its effect reaches these callers; its result does not.".to_owned(),
        (false, true) => format!("A change of its result reaches {}.", list(relied)),
        (true, false) => "A change of its effect or of its errors reaches these callers.".to_owned(),
        (false, false) => format!("A change of its result reaches {}, and a change of its errors reaches the handlers.", list(relied)),
    }
}
