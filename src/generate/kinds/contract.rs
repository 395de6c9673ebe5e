//! What goes in and what comes out?

use crate::facts::{View, evidence_lines, has_exceptions, parameter_docs, plain_prose};
use crate::generate::brief::is_rule;
use crate::generate::condition::when;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{article, code, count, fill, list, path, pick, stopped, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{Brief, Chunk, ChunkId, ChunkKind, Exit, Guard, GuardKind, Neighbour, Parameter, Predicate, Raise};

pub(super) static KIND: Kind = Kind { name: "contract", version: 1, intent: "how", weight, material, draft };

const MAX_EXITS: usize = 5;
const MAX_RAISES: usize = 4;
const MAX_ATTRIBUTES: usize = 12;

const QUESTIONS: &[&str] = &[
    "What does {s} in {p} take, and what does it give back?",
    "How do I call {s} ({p}), and what do I get?",
    "Describe the inputs and the result of {s} from {p}.",
    "Which arguments does {s} ({p}) expect and what does it return?",
    "What is the contract of {s} in {p}?",
    "I want to use {s} ({p}): what goes in, what comes out?",
    "What do I have to pass to {s} ({p}), and what can I rely on in return?",
];

/// Where nothing comes back.
const PROCEDURE: &[&str] = &[
    "How do I call {s} ({p})?",
    "Which arguments does {s} from {p} take, and what does each mean?",
    "What do I have to pass to {s} in {p}?",
    "What is the contract of {s} in {p}?",
];

const CALL: &[&str] = &["How do I call {s} ({p})?", "What do I have to pass to {s} in {p}?", "What is the contract of {s} in {p}?"];

const PROPERTY: &[&str] = &[
    "What does the property {s} in {p} give?",
    "How is the property {s} ({p}) determined?",
    "What value does {s} from {p} have, and when?",
];

const NO_INPUT: &[&str] =
    &["What does {s} in {p} return?", "How is the result of {s} ({p}) determined?", "What can I rely on when I call {s} from {p}?"];

const HOLDS: &[&str] = &[
    "Which attributes does {s} in {p} declare?",
    "What does {a} {s} from {p} hold?",
    "Which fields does {s} ({p}) have, and of which types?",
];

const CLASS: &[&str] = &[
    "How is {s} ({p}) constructed, and what does it hold?",
    "What does {a} {s} from {p} need to be built?",
    "Which arguments and attributes does {s} in {p} have?",
    "How do I create {a} {s} ({p})?",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    if chunk.kind == ChunkKind::Class {
        return class_weight(view);
    }
    let facts = &chunk.facts;
    let docs = parameter_docs(&chunk.doc).len();
    let stated = facts.parameters.iter().filter(|parameter| !parameter.annotation.is_empty() || !parameter.default.is_empty()).count();
    let exits = told_exits(chunk).len();
    if !gives(chunk) {
        // A call that gives nothing back is worth explaining only where its arguments are.
        return if docs + own_raises(chunk).len() == 0 { 0 } else { 8 + 4 * (docs + stated).min(8) as u32 };
    }
    let rule = exits > 0 && facts.exits.iter().any(|exit| is_rule(&exit.value));
    let known = docs + stated + exits + !facts.returns.is_empty() as usize;
    let beyond = docs + exits + own_raises(chunk).len() > 0;
    let enough = beyond && (known >= 2 || rule);
    if !enough || facts.parameters.is_empty() && exits < 2 && !rule { 0 } else { 10 + 4 * known.min(10) as u32 + 4 * rule as u32 }
}

/// Is there anything to return?
fn gives(chunk: &Chunk) -> bool {
    let facts = &chunk.facts;
    facts.generator || facts.exits.iter().any(|exit| !exit.value.is_empty() && exit.value != "None")
}

fn class_weight(view: &View) -> u32 {
    let named = |parameter: &&Parameter| !parameter.name.starts_with('*');
    let parameters = view.constructor.as_ref().map_or(0, |constructor| constructor.facts.parameters.iter().filter(named).count());
    let attributes = view.chunk.facts.attributes.iter().filter(|attribute| !attribute.annotation.is_empty()).count();
    let keys = view.chunk.facts.bases.iter().any(|base| base.ends_with("TypedDict") || base.ends_with("Protocol"));
    let shapeless = view.constructor.is_some() && parameters == 0;
    if parameters + attributes < 2 || keys || shapeless { 0 } else { 14 + 4 * (parameters + attributes).min(8) as u32 }
}

fn material(view: &View) -> Material {
    let constructor = view.constructor.iter().filter(|constructor| evidence_lines(constructor).is_some());
    let neighbours = constructor.map(|chunk| Neighbour::of(chunk.clone())).collect();
    Material { neighbours, ..Material::default() }
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let questions = match subject.kind {
        ChunkKind::Class if brief.neighbours.is_empty() && !is_dataclass(subject) => HOLDS,
        ChunkKind::Class => CLASS,
        _ if is_property(subject) => PROPERTY,
        _ if !gives(subject) && !parameter_docs(&subject.doc).is_empty() => PROCEDURE,
        _ if !gives(subject) => CALL,
        _ if subject.facts.parameters.is_empty() => NO_INPUT,
        _ => QUESTIONS,
    };
    let mut answer = Answer {
        question: fill(pick(Tongue::English, &brief.slot.id(), questions, &[]), &[("s", &name), ("p", &file), ("a", article(subject))]),
        ..Answer::default()
    };
    answer.answer = if subject.kind == ChunkKind::Class { of_class(&mut answer, brief) } else { of_function(&mut answer, brief) };
    answer.difficulty = if subject.facts.exits.len() > 2 { "medium" } else { "easy" };
    answer
}

fn is_dataclass(chunk: &Chunk) -> bool {
    let generated = |name: &String| ["dataclass", "define", "attrs", "derive"].iter().any(|word| name.contains(word));
    chunk.facts.decorators.iter().any(generated)
        || chunk.facts.bases.iter().any(|base| base.ends_with("NamedTuple") || base.ends_with("BaseModel"))
}

fn is_property(chunk: &Chunk) -> bool {
    chunk.facts.decorators.iter().any(|name| name.ends_with("property"))
}

fn of_function(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &brief.subject;
    let name = symbol(subject);
    let parameters = of_parameters(answer, subject, 1, &subject.id);
    answer.step("read", format!("The signature reads `{}`.", subject.signature.replace('`', "'")), &[1]);
    let mut parts: Vec<String> = Vec::new();
    if !parameters.is_empty() {
        parts.push(format!("{name} takes {}:\n{}", count(Tongue::English, parameters.len(), "argument", ""), parameters.join("\n")));
    } else if !is_property(subject) {
        parts.push(format!("{name} takes no arguments."));
    }
    parts.push(of_result(answer, subject));
    let raises = own_raises(subject);
    let lines: Vec<String> = raises
        .iter()
        .take(MAX_RAISES)
        .map(|raise| {
            answer.claim(
                format!("{name} raises {}", told(raise)),
                Predicate::new("raises", [subject.id.as_str(), &raise.exception, &Guard::joined(&raise.when)]),
                1,
            );
            told(raise)
        })
        .collect();
    let more = if raises.len() > MAX_RAISES { "\n\nThere are more such checks in the code." } else { "" };
    match lines.as_slice() {
        [] => (),
        [only] => parts.push(format!("It raises {only}.")),
        all => parts.push(format!("It raises:\n- {}{more}", all.join("\n- "))),
    }
    if !raises.is_empty() {
        answer.step("check", "The raises in the body belong to the contract: under their conditions nothing comes back.", &[1]);
    }
    conclude(answer, subject);
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// What comes back, in words.
fn of_result(answer: &mut Answer, subject: &Chunk) -> String {
    let facts = &subject.facts;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let kind = code(&facts.returns).filter(|_| !matches!(facts.returns.as_str(), "None" | "NoReturn"));
    if kind.is_some() {
        answer.claim(format!("{name} is annotated to return `{}`", facts.returns), Predicate::new("result", [id, &facts.returns]), 1);
    }
    if !gives(subject) {
        return match facts.exits.is_empty() && kind.is_none() {
            true => "It never returns a value.".to_owned(),
            false => kind.map_or_else(|| "It returns nothing.".to_owned(), |kind| format!("Its declared result is {kind}.")),
        };
    }
    if facts.generator {
        let of = kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
        return format!("It is a generator{of}: the values come one by one while the caller iterates.");
    }
    let exits = told_exits(subject);
    if exits.is_empty() {
        return match (kind, facts.exits.len()) {
            (Some(kind), _) => format!("It returns {kind}."),
            (None, 1) => String::new(),
            (None, _) => String::new(),
        };
    }
    let of = kind.map(|kind| format!(" {kind}:")).unwrap_or_default();
    let lines = of_exits(answer, subject, &exits);
    match lines.as_slice() {
        [only] => format!("It returns{of} {only}."),
        all if of.is_empty() => format!("What it returns depends on the path taken:\n- {}", all.join("\n- ")),
        all => format!("It returns{of}\n- {}", all.join("\n- ")),
    }
}

fn of_exits(answer: &mut Answer, subject: &Chunk, exits: &[&Exit]) -> Vec<String> {
    let name = symbol(subject);
    let mut lines: Vec<String> = Vec::new();
    for (at, exit) in exits.iter().enumerate() {
        let value = if exit.value.is_empty() { "`None`".to_owned() } else { format!("`{}`", exit.value) };
        let last = at + 1 == exits.len() && at > 0 && !exit.when.is_empty() && exit.when.iter().all(|guard| guard.kind == GuardKind::Past);
        let condition = if last { " otherwise".to_owned() } else { when(Tongue::English, &exit.when) };
        let says = format!("{value}{condition}");
        answer.claim(
            format!("{name} returns {value}{}", when(Tongue::English, &exit.when)),
            Predicate::new("returns", [subject.id.as_str(), &exit.value, &Guard::joined(&exit.when)]),
            1,
        );
        if !lines.contains(&says) {
            lines.push(says);
        }
    }
    if subject.facts.ends {
        lines.push("`None` when it reaches the end of its body".to_owned());
    }
    if lines.len() > 1 {
        answer.step("follow", format!("There are {} ways out of the body, each with its own value.", lines.len()), &[1]);
    }
    lines
}

fn conclude(answer: &mut Answer, subject: &Chunk) {
    let facts = &subject.facts;
    if facts.parameters.is_empty() {
        return;
    }
    let required: Vec<String> =
        facts.parameters.iter().filter(|parameter| is_required(parameter)).map(|parameter| format!("`{}`", parameter.name)).collect();
    let says = match required.len() {
        0 => "No argument is required.".to_owned(),
        1 => format!("Only {} has to be given.", required[0]),
        _ => format!("{} have to be given.", list(Tongue::English, &required)),
    };
    answer.step("conclude", says, &[1]);
}

fn is_required(parameter: &Parameter) -> bool {
    parameter.default.is_empty() && !parameter.name.starts_with('*')
}

/// Raises of its own that can be told; where errors are values, they are among the results.
fn own_raises(chunk: &Chunk) -> Vec<&Raise> {
    if !has_exceptions(&chunk.path) {
        return Vec::new();
    }
    let mut out: Vec<&Raise> = Vec::new();
    for raise in chunk.facts.raises.iter().filter(|raise| !raise.caught) {
        let last = raise.exception.rsplit('.').next().unwrap_or_default();
        let tellable = last.starts_with(char::is_uppercase)
            && (!matches!(last, "Exception" | "NotImplementedError") || !raise.when.is_empty())
            && code(&raise.exception).is_some();
        if tellable && !out.iter().any(|known| told(known) == told(raise)) {
            out.push(raise);
        }
    }
    out
}

fn told(raise: &Raise) -> String {
    format!("`{}`{}", raise.exception, when(Tongue::English, &raise.when))
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
            line.push_str(&format!(": {}", stopped(Tongue::English, &plain_prose(stated))));
        }
        lines.push(line);
    }
    lines
}

/// Ways out that can be told: a short value that is more than the name of a local variable,
/// under a condition that can be said.
fn told_exits(chunk: &Chunk) -> Vec<&Exit> {
    let facts = &chunk.facts;
    // A name that the body binds, a parameter among them, says nothing to a reader.
    let local = |value: &str| words(value).any(|word| facts.locals.iter().any(|local| local.name == word));
    let tellable = |exit: &Exit| {
        (exit.value.is_empty() || exit.value.len() <= 90 && code(&exit.value).is_some())
            && !local(&exit.value)
            && exit
                .when
                .iter()
                .all(|guard| guard.kind == GuardKind::Past && guard.text == "…" || code(&guard.text).is_some() && !local(&guard.text))
    };
    let all = facts.exits.len() <= MAX_EXITS && !facts.generator && facts.exits.iter().all(tellable);
    if all { facts.exits.iter().collect() } else { Vec::new() }
}

/// Names in an expression that stand for themselves, not for a member of something.
fn words(value: &str) -> impl Iterator<Item = &str> {
    let ends = value.match_indices(|c: char| !(c.is_alphanumeric() || c == '_')).map(|(at, text)| (at, at + text.len()));
    let mut bounds = vec![(0, 0)];
    bounds.extend(ends);
    bounds.push((value.len(), value.len()));
    let mut out = Vec::new();
    for pair in bounds.windows(2) {
        let (start, end) = (pair[0].1, pair[1].0);
        if start < end && !value[..start].ends_with('.') {
            out.push(&value[start..end]);
        }
    }
    out.into_iter()
}

fn of_class(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &brief.subject;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut parts: Vec<String> = Vec::new();
    answer.step("read", format!("The class head reads `{}`.", subject.signature.replace('`', "'")), &[1]);
    if let Some(constructor) = brief.neighbours.first() {
        let lines = of_parameters(answer, &constructor.chunk, 2, &constructor.chunk.id);
        if !lines.is_empty() {
            parts.push(format!("{name} is built from {}:\n{}", count(Tongue::English, lines.len(), "argument", ""), lines.join("\n")));
            let required: Vec<String> = constructor
                .chunk
                .facts
                .parameters
                .iter()
                .filter(|parameter| is_required(parameter))
                .map(|parameter| format!("`{}`", parameter.name))
                .collect();
            let says = if required.is_empty() {
                "Its constructor requires nothing.".to_owned()
            } else {
                format!("Its constructor requires {}.", list(Tongue::English, &required))
            };
            answer.step("follow", says, &[2]);
        }
    }
    let typed: Vec<_> = subject
        .facts
        .attributes
        .iter()
        .filter(|attribute| !attribute.annotation.is_empty() && code(&attribute.annotation).is_some())
        .collect();
    let held = &typed[..typed.len().min(MAX_ATTRIBUTES)];
    if !held.is_empty() {
        let mut lines = Vec::new();
        for attribute in held {
            answer.claim(
                format!("{name} declares `{}`", attribute.name),
                Predicate::new("attribute", [id, &attribute.name, &attribute.value]),
                1,
            );
            lines.push(format!("- `{}` of type `{}`{}", attribute.name, attribute.annotation, default(&attribute.value)));
        }
        let lead = match (parts.is_empty(), typed.len() > held.len()) {
            (true, false) => format!("{name} declares:"),
            (true, true) => format!("{name} declares, among others:"),
            (false, false) => "It declares these attributes:".to_owned(),
            (false, true) => "Among the attributes it declares are:".to_owned(),
        };
        parts.push(format!("{lead}\n{}", lines.join("\n")));
        answer.step("read", format!("Its body declares {}.", count(Tongue::English, typed.len(), "attribute", "")), &[1]);
    }
    let bases: Vec<&String> = subject.facts.bases.iter().filter(|base| *base != "object" && code(base).is_some()).collect();
    for base in &bases {
        answer.claim(format!("{name} derives from `{base}`"), Predicate::new("base", [id, base]), 1);
    }
    if !bases.is_empty() {
        parts
            .push(format!("It derives from {}.", list(Tongue::English, &bases.iter().map(|base| format!("`{base}`")).collect::<Vec<_>>())));
    }
    parts.join("\n\n")
}

/// The default of an attribute in words.
fn default(value: &str) -> String {
    match value.strip_prefix("field(default_factory=").and_then(|rest| rest.strip_suffix(')')) {
        Some("list") => ", a new empty list by default".to_owned(),
        Some("dict") => ", a new empty dict by default".to_owned(),
        Some("set") => ", a new empty set by default".to_owned(),
        _ => code(value).map(|value| format!(", {value} by default")).unwrap_or_default(),
    }
}
