//! What goes in and what comes out?

use crate::facts::{View, parameter_docs, plain_prose};
use crate::generate::kinds::Kind;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, count, fill, list, path, pick, stopped, symbol, when};
use crate::model::{Brief, Chunk, ChunkId, ChunkKind, Exit, Guard, Neighbour, Parameter, Predicate};

pub(super) static KIND: Kind = Kind { name: "contract", version: 1, intent: "how", weight, neighbours, draft };

const MAX_EXITS: usize = 5;

const QUESTIONS: &[&str] = &[
    "What does {s} in {p} take, and what does it give back?",
    "How do I call {s} ({p}), and what do I get?",
    "Describe the inputs and the result of {s} from {p}.",
    "Which arguments does {s} ({p}) expect and what does it return?",
    "What is the contract of {s} in {p}?",
    "I want to use {s} ({p}): what goes in, what comes out?",
    "How is the result of {s} in {p} determined by its arguments?",
    "What do I have to pass to {s} ({p}), and what can I rely on in return?",
];

const CLASS_QUESTIONS: &[&str] = &[
    "How is {s} ({p}) constructed, and what does it hold?",
    "What does a {s} from {p} need to be built?",
    "Which arguments and attributes does {s} in {p} have?",
    "How do I create a {s} ({p})?",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    if chunk.kind == ChunkKind::Class {
        return class_weight(view);
    }
    let facts = &chunk.facts;
    let docs = parameter_docs(&chunk.doc).len();
    let typed = facts.parameters.iter().filter(|parameter| !parameter.annotation.is_empty() || !parameter.default.is_empty()).count();
    let exits = told_exits(chunk).len();
    let known = docs + typed + exits + !facts.returns.is_empty() as usize;
    if facts.parameters.is_empty() && exits < 2 || known < 2 || facts.statements < 2 { 0 } else { 10 + 4 * known.min(10) as u32 }
}

fn class_weight(view: &View) -> u32 {
    let parameters = view.constructor.as_ref().map_or(0, |constructor| constructor.facts.parameters.len());
    let attributes = view.chunk.facts.attributes.iter().filter(|attribute| !attribute.annotation.is_empty()).count();
    if parameters + attributes < 2 { 0 } else { 14 + 4 * (parameters + attributes).min(8) as u32 }
}

fn neighbours(view: &View) -> (Vec<Neighbour>, bool) {
    let constructor = view.constructor.iter().filter(|constructor| crate::facts::evidence_lines(constructor).is_some());
    (constructor.map(|chunk| Neighbour { chunk: chunk.clone(), calls: Vec::new(), raises: Vec::new() }).collect(), false)
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let class = subject.kind == ChunkKind::Class;
    let questions = if class { CLASS_QUESTIONS } else { QUESTIONS };
    let mut answer = Answer { question: fill(pick(&brief.slot.id(), questions), &[("s", &name), ("p", &file)]), ..Answer::default() };
    let text = if class { of_class(&mut answer, brief) } else { of_function(&mut answer, brief) };
    answer.answer = text;
    answer.difficulty = match subject.facts.exits.len() {
        0..=2 => "easy",
        _ => "medium",
    };
    answer
}

fn of_function(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &brief.subject;
    let facts = &subject.facts;
    let name = symbol(subject);
    let parameters = of_parameters(answer, subject, 1, &subject.id);
    let mut text = match parameters.len() {
        0 => format!("{name} takes no arguments."),
        number => format!("{name} takes {}:\n{}", count(number, "argument"), parameters.join("\n")),
    };
    answer.step("read", format!("The signature reads `{}`.", subject.signature.replace('`', "'")), &[1]);
    let id = subject.id.as_str();
    let mut result = String::new();
    if !facts.returns.is_empty()
        && let Some(kind) = code(&facts.returns)
    {
        answer.claim(format!("{name} is annotated to return {kind}"), Predicate::new("result", [id, &facts.returns]), 1);
        result = format!("Its declared result is {kind}.");
    }
    let exits = told_exits(subject);
    if facts.generator {
        result.push_str(" It is a generator: the values come one by one while the caller iterates.");
    } else if !exits.is_empty() {
        result.push_str(&of_exits(answer, subject, &exits));
    } else if result.is_empty() && !facts.exits.is_empty() {
        result = format!("It returns from {}; which one is taken depends on the branches in the code.", count(facts.exits.len(), "place"));
    }
    if !result.is_empty() {
        text.push_str("\n\n");
        text.push_str(result.trim_start());
    } else if facts.exits.is_empty() && facts.returns.is_empty() && subject.name != "__init__" {
        text.push_str("\n\nIt never returns a value: it is called for what it does, not for a result.");
    }
    conclude(answer, brief);
    text
}

fn conclude(answer: &mut Answer, brief: &Brief) {
    let facts = &brief.subject.facts;
    let required: Vec<String> =
        facts.parameters.iter().filter(|parameter| is_required(parameter)).map(|parameter| format!("`{}`", parameter.name)).collect();
    let says = match required.len() {
        0 => "No argument is required.".to_owned(),
        1 => format!("Only {} has to be given.", required[0]),
        _ => format!("{} have to be given.", list(&required)),
    };
    let says =
        if facts.parameters.is_empty() { "There is nothing to pass, so only the result matters to a caller.".to_owned() } else { says };
    answer.step("conclude", says, &[1]);
}

fn is_required(parameter: &Parameter) -> bool {
    parameter.default.is_empty() && !parameter.name.starts_with('*')
}

/// One line for each parameter, each with its claim.
fn of_parameters(answer: &mut Answer, owner: &Chunk, cite: usize, id: &ChunkId) -> Vec<String> {
    let docs = parameter_docs(&owner.doc);
    let name = symbol(owner);
    let mut lines = Vec::new();
    for parameter in &owner.facts.parameters {
        let predicate = Predicate::new("parameter", [id.as_str(), &parameter.name, &parameter.annotation, &parameter.default]);
        answer.claim(format!("{name} has the parameter `{}`", parameter.name), predicate, cite);
        let mut line = format!("- `{}`", parameter.name);
        if let Some(kind) = code(&parameter.annotation) {
            line.push_str(&format!(" of type {kind}"));
        }
        line.push_str(&match (code(&parameter.default), parameter.name.as_bytes()) {
            (Some(default), _) => format!(", optional, {default} by default"),
            (None, [b'*', b'*', ..]) => ", any further keyword arguments".to_owned(),
            (None, [b'*', ..]) => ", any further positional arguments".to_owned(),
            (None, _) if parameter.default.is_empty() => ", required".to_owned(),
            (None, _) => ", optional".to_owned(),
        });
        let stated = docs.get(parameter.name.trim_start_matches('*')).map(String::as_str).unwrap_or_default();
        if !stated.is_empty() && stated.matches('`').count().is_multiple_of(2) {
            answer.claim(
                format!("the documentation says of `{}`: {stated}", parameter.name),
                Predicate::new("documented", [id.as_str(), stated]),
                cite,
            );
            line.push_str(&format!(": {}", stopped(&plain_prose(stated))));
        }
        lines.push(line);
    }
    lines
}

/// Ways out that can be told: a short value under a condition that can be said.
fn told_exits(chunk: &Chunk) -> Vec<&Exit> {
    let exits = &chunk.facts.exits;
    let tellable = |exit: &&Exit| {
        (exit.value.is_empty() || exit.value.len() <= 80 && code(&exit.value).is_some())
            && exit.when.iter().all(|guard| code(&guard.text).is_some())
    };
    let all = exits.len() <= MAX_EXITS && !chunk.facts.generator && exits.iter().all(|exit| tellable(&exit));
    if all { exits.iter().collect() } else { Vec::new() }
}

fn of_exits(answer: &mut Answer, subject: &Chunk, exits: &[&Exit]) -> String {
    let name = symbol(subject);
    let mut lines: Vec<String> = Vec::new();
    for exit in exits {
        let value = if exit.value.is_empty() { "nothing".to_owned() } else { format!("`{}`", exit.value) };
        let says = format!("{value}{}", when(&exit.when));
        answer.claim(
            format!("{name} returns {says}"),
            Predicate::new("returns", [subject.id.as_str(), &exit.value, &Guard::joined(&exit.when)]),
            1,
        );
        if !lines.contains(&says) {
            lines.push(says);
        }
    }
    answer.step(
        "follow",
        format!("The body leaves through {}, each with its own value.", count(exits.len(), "return"))
            .replace("1 return, each with its own value", "one return"),
        &[1],
    );
    match lines.as_slice() {
        [only] => format!(" It returns {only}."),
        _ => format!(" What it returns depends on the path taken:\n- {}", lines.join("\n- ")),
    }
}

fn of_class(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &brief.subject;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut text = String::new();
    answer.step("read", format!("The class head reads `{}`.", subject.signature.replace('`', "'")), &[1]);
    if let Some(constructor) = brief.neighbours.first() {
        let lines = of_parameters(answer, &constructor.chunk, 2, &constructor.chunk.id);
        if !lines.is_empty() {
            text = format!("{name} is built from {}:\n{}", count(lines.len(), "argument"), lines.join("\n"));
            answer.step("follow", "Its constructor names what has to be passed.", &[2]);
        }
    }
    let held: Vec<_> = subject
        .facts
        .attributes
        .iter()
        .filter(|attribute| !attribute.annotation.is_empty() && code(&attribute.annotation).is_some())
        .take(12)
        .collect();
    if !held.is_empty() {
        let mut lines = Vec::new();
        for attribute in &held {
            answer.claim(
                format!("{name} declares `{}`", attribute.name),
                Predicate::new("attribute", [id, &attribute.name, &attribute.value]),
                1,
            );
            let value = code(&attribute.value).map(|value| format!(", {value} unless given")).unwrap_or_default();
            lines.push(format!("- `{}` of type `{}`{value}", attribute.name, attribute.annotation));
        }
        let more = subject.facts.attributes.iter().filter(|attribute| !attribute.annotation.is_empty()).count() > held.len();
        let lead = if more { "Among the attributes it declares are" } else { "It declares these attributes" };
        text = if text.is_empty() {
            format!("{name} declares:\n{}", lines.join("\n"))
        } else {
            format!("{text}\n\n{lead}:\n{}", lines.join("\n"))
        };
    }
    if let Some(base) = subject.facts.bases.iter().find(|base| *base != "object" && code(base).is_some()) {
        answer.claim(format!("{name} derives from `{base}`"), Predicate::new("base", [id, base]), 1);
        text.push_str(&format!("\n\nAs a subclass of `{base}` it also has what that class offers."));
    }
    answer.step("conclude", "Together these say what an instance needs and holds.", &[1]);
    text.trim_start().to_owned()
}
