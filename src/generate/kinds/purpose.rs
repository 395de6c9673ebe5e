//! What is it for? The documented purpose, and how the code goes about it.

use crate::facts::{View, plain_prose};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{capital, fill, list, path, pick, stopped, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{Brief, CallUse, Chunk, ChunkKind, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "purpose", version: 1, intent: "why", weight, material, draft };

const QUESTIONS: &[&str] = &[
    "What is {s} in {p} for?",
    "What does {s} ({p}) do?",
    "Why does {p} have {s}?",
    "I came across {s} in {p}. What is it there for?",
    "Explain the role of {s}, defined in {p}.",
    "In short, what is {s} from {p} responsible for?",
];

/// Asked where the answer can also say how.
const HOW: &[&str] = &[
    "What does {s} ({p}) do, and what does it rely on?",
    "How does {s} in {p} go about its job?",
    "What is {s} ({p}) for, and which parts of the code does it build on?",
];

const CLASS: &[&str] = &[
    "What is {s} in {p}?",
    "What does the class {s} ({p}) stand for?",
    "What is {s} ({p}) for?",
    "Explain the role of {s}, defined in {p}.",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    if summary(chunk).is_empty() {
        return 0;
    }
    let helpers = helpers(view).len() as u32;
    let methods = chunk.facts.methods.len() as u32;
    let substance = chunk.facts.statements.min(20) + 3 * helpers + methods;
    let known = helpers + (chunk.facts.parameters.len() + chunk.facts.bases.len()) as u32 + methods;
    if substance < 3 || known == 0 { 0 } else { 8 + substance }
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

/// The first sentence of the docstring, where it says what the chunk does or is.
fn summary(chunk: &Chunk) -> &str {
    let text = chunk.summary();
    let words = text.split_whitespace().count();
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let opaque = text.starts_with([':', '>', '.', '@', '-', '=', '*', '!', '"', '\\']) || text.ends_with(':') || text.contains("::");
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
    let plain = !opaque && !aside && !thing && words >= 4 && text.len() <= 400 && text.matches('`').count().is_multiple_of(2);
    if plain { text } else { "" }
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let questions = match (subject.kind, brief.neighbours.is_empty()) {
        (ChunkKind::Class, _) => CLASS,
        (_, true) => QUESTIONS,
        (_, false) => HOW,
    };
    let mut answer = Answer {
        question: fill(pick(Tongue::English, &brief.slot.id(), questions, &[]), &[("s", &name), ("p", &file)]),
        ..Answer::default()
    };
    let stated = summary(subject);
    let lead = capital(&stopped(Tongue::English, &plain_prose(stated)));
    answer.claim(format!("the documentation of {name} says: {lead}"), Predicate::new("documented", [subject.id.as_str(), stated]), 1);
    answer.step("read", format!("The documentation of {name} says: {lead}"), &[1]);
    let mut text = lead;
    let is = what_it_is(&mut answer, brief);
    if !is.is_empty() {
        text.push_str(&format!("\n\n{is}"));
    }
    let mut lines = Vec::new();
    for (number, helper) in (2..).zip(&brief.neighbours) {
        let Some(call) = helper.calls.first() else { continue };
        let other = symbol(&helper.chunk);
        let purpose = summary(&helper.chunk);
        answer.claim(format!("{name} calls `{}`", call.callee), Predicate::new("calls", [subject.id.as_str(), &call.callee]), 1);
        answer.claim(
            format!("{other} is documented: {}", plain_prose(purpose)),
            Predicate::new("documented", [helper.chunk.id.as_str(), purpose]),
            number,
        );
        lines.push(format!("- {other} ({}): {}", path(&helper.chunk), stopped(Tongue::English, &plain_prose(purpose))));
    }
    if !lines.is_empty() {
        let facts = &subject.facts;
        let forwards = facts.statements <= 1 && lines.len() == 1;
        let told: Vec<&str> = brief.neighbours.iter().flat_map(|helper| helper.calls.iter().map(|call| call.callee.as_str())).collect();
        let others_called = facts.calls.iter().any(|call| !told.contains(&call.callee.as_str()));
        let lead = match forwards {
            true => "It hands the work on to:",
            _ if others_called => "On the way it calls, among others:",
            _ => "It calls:",
        };
        text.push_str(&format!("\n\n{lead}\n{}", lines.join("\n")));
        let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
        let others: Vec<String> = brief.neighbours.iter().map(|helper| symbol(&helper.chunk)).collect();
        let are = if others.len() == 1 { "is" } else { "are" };
        answer.step("follow", format!("Its body calls {}, which {are} documented, too.", list(Tongue::English, &others)), &cites);
    }
    answer.answer = text.trim_end().to_owned();
    answer.difficulty = if brief.neighbours.iter().any(|helper| helper.chunk.path != subject.path) { "medium" } else { "easy" };
    answer
}

/// One sentence on how it shows up in the code; empty where that only repeats the signature.
fn what_it_is(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &brief.subject;
    let facts = &subject.facts;
    let (name, id) = (symbol(subject), subject.id.as_str());
    if subject.kind == ChunkKind::Class {
        return of_class(answer, brief);
    }
    let named: Vec<&str> = facts.parameters.iter().map(|parameter| parameter.name.as_str()).filter(|name| !name.starts_with('*')).collect();
    for parameter in &facts.parameters {
        let predicate = Predicate::new("parameter", [id, &parameter.name, &parameter.annotation, &parameter.default]);
        answer.claim(format!("{name} takes `{}`", parameter.name), predicate, 1);
    }
    let takes = match named.len() {
        0 => String::new(),
        1..=5 if facts.parameters.iter().any(|parameter| parameter.name.starts_with("**")) => {
            format!(
                "It takes {} and further keyword arguments",
                list(Tongue::English, &named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())
            )
        }
        1..=5 => format!("It takes {}", list(Tongue::English, &named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())),
        count => format!("It takes {count} arguments"),
    };
    let gives = if !facts.returns.is_empty() && facts.returns.len() < 80 && !matches!(facts.returns.as_str(), "None" | "NoReturn") {
        answer.claim(format!("{name} is annotated to return `{}`", facts.returns), Predicate::new("result", [id, &facts.returns]), 1);
        format!("returns `{}`", facts.returns)
    } else if facts.generator {
        "yields its results one by one".to_owned()
    } else {
        String::new()
    };
    match (takes.is_empty(), gives.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("{takes}."),
        (true, false) => format!("It {gives}."),
        (false, false) => format!("{takes} and {gives}."),
    }
}

fn of_class(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &brief.subject;
    let facts = &subject.facts;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut parts: Vec<String> = Vec::new();
    let bases: Vec<&String> = facts.bases.iter().filter(|base| *base != "object" && base.len() < 60 && !base.contains('`')).collect();
    for base in &bases {
        answer.claim(format!("{name} derives from `{base}`"), Predicate::new("base", [id, base]), 1);
    }
    if !bases.is_empty() {
        parts.push(format!("derives from {}", list(Tongue::English, &bases.iter().map(|base| format!("`{base}`")).collect::<Vec<_>>())));
    }
    let public: Vec<&String> = facts.methods.iter().filter(|method| !method.starts_with('_')).collect();
    // A long class is cited by its head, where its methods do not show.
    let whole = brief.evidence.first().is_some_and(|evidence| subject.lines.count() == evidence.lines().count());
    if !public.is_empty() && whole {
        for method in public.iter().take(5) {
            answer.claim(format!("{name} has the method `{method}`"), Predicate::new("method", [id, method]), 1);
        }
        let names: Vec<String> = public.iter().take(5).map(|method| format!("`{method}`")).collect();
        parts.push(match public.len() {
            1 => format!("defines one public method of its own, {}", names[0]),
            2..=5 => format!("defines the public methods {}", list(Tongue::English, &names)),
            _ => format!("defines {} among its public methods", list(Tongue::English, &names)),
        });
    }
    if parts.is_empty() { String::new() } else { format!("It {}.", list(Tongue::English, &parts)) }
}
