//! What is it for? The documented purpose, and how the code goes about it.

use crate::facts::{View, plain_prose};
use crate::generate::kinds::Kind;
use crate::generate::offline::Answer;
use crate::generate::phrase::{capital, fill, list, path, pick, shown, stopped, symbol};
use crate::model::{Brief, Chunk, ChunkKind, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "purpose", version: 1, intent: "why", weight, neighbours, draft };

const QUESTIONS: &[&str] = &[
    "What is {s} in {p} for?",
    "What does {s} ({p}) do, and how does it go about it?",
    "Why does {p} have {s}?",
    "I came across {s} in {p}. What job does it do?",
    "Explain the role of {s}, defined in {p}.",
    "What problem does {s} ({p}) solve?",
    "In short, what is {s} from {p} responsible for?",
    "What would a new colleague need to know about {s} in {p}?",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    let summary = summary(chunk);
    if summary.is_empty() {
        return 0;
    }
    let helpers = helpers(view).len() as u32;
    let substance = chunk.facts.statements.min(20) + 3 * helpers;
    if substance < 3 { 0 } else { 12 + substance }
}

fn neighbours(view: &View) -> (Vec<Neighbour>, bool) {
    (helpers(view), false)
}

/// Documented callees tell how the work is done.
fn helpers(view: &View) -> Vec<Neighbour> {
    let documented = view.callees.iter().filter(|callee| !summary(&callee.chunk).is_empty() && callee.chunk.container != view.chunk.symbol);
    let beside = view.callees.iter().filter(|callee| !summary(&callee.chunk).is_empty() && callee.chunk.container == view.chunk.symbol);
    documented.chain(beside).take(3).cloned().collect()
}

/// The first sentence of the docstring, where it says something.
fn summary(chunk: &Chunk) -> &str {
    let text = chunk.summary();
    let words = text.split_whitespace().count();
    let lower = text.to_lowercase();
    let opaque = text.starts_with([':', '>', '.', '@', '-', '=', '*', '!'])
        || text.ends_with(':')
        || ["todo", "fixme", "deprecated", "see ", "same as", "alias"].iter().any(|word| lower.starts_with(word));
    if words < 4 || text.len() > 400 || opaque || text.contains("::") || text.matches('`').count() % 2 == 1 { "" } else { text }
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let mut answer = Answer { question: fill(pick(&brief.slot.id(), QUESTIONS), &[("s", &name), ("p", &file)]), ..Answer::default() };
    let stated = summary(subject);
    let lead = capital(&stopped(&plain_prose(stated)));
    answer.claim(format!("the documentation of {name} says: {lead}"), Predicate::new("documented", [subject.id.as_str(), stated]), 1);
    answer.step("read", format!("The documentation of {name} states its purpose."), &[1]);
    let mut text = format!("{lead}\n\n");
    text.push_str(&what_it_is(&mut answer, brief));
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
        lines.push(format!("- {other} ({}): {}", path(&helper.chunk), stopped(&plain_prose(purpose))));
    }
    if !lines.is_empty() {
        text.push_str(&format!(" For parts of the work it relies on:\n{}", lines.join("\n")));
        let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
        let others: Vec<String> = brief.neighbours.iter().map(|helper| symbol(&helper.chunk)).collect();
        answer.step("follow", format!("Its body hands parts of the work to {}.", list(&others)), &cites);
    }
    answer.step("conclude", format!("The code of `{}` is where this is decided; {}", shown(subject), ending(brief)), &[1]);
    answer.answer = text.trim_end().to_owned();
    answer.difficulty = if brief.neighbours.iter().any(|helper| helper.chunk.path != subject.path) { "medium" } else { "easy" };
    answer
}

fn ending(brief: &Brief) -> &'static str {
    if brief.neighbours.is_empty() { "it does the work itself." } else { "the helpers only do their part." }
}

/// One sentence on how it shows up in the code.
fn what_it_is(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &brief.subject;
    let facts = &subject.facts;
    let (name, id) = (symbol(subject), subject.id.as_str());
    if subject.kind == ChunkKind::Class {
        let public: Vec<&String> = facts.methods.iter().filter(|method| !method.starts_with('_')).take(5).collect();
        let mut out = format!("{name} is a class");
        if let Some(base) = facts.bases.iter().find(|base| *base != "object" && base.len() < 60) {
            answer.claim(format!("{name} derives from `{base}`"), Predicate::new("base", [id, base]), 1);
            out.push_str(&format!(" derived from `{base}`"));
        }
        // A long class is cited by its head, where its methods do not show.
        if !public.is_empty() && subject.lines.count() == brief.evidence[0].lines().count() {
            for method in &public {
                answer.claim(format!("{name} has the method `{method}`"), Predicate::new("method", [id, method]), 1);
            }
            let names: Vec<String> = public.iter().map(|method| format!("`{method}`")).collect();
            let others = if facts.methods.len() > public.len() { "among its methods are" } else { "its methods are" };
            out.push_str(&format!("; {others} {}", list(&names)));
        }
        return format!("{out}.");
    }
    let parameters: Vec<&str> = facts.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    for parameter in &facts.parameters {
        let predicate = Predicate::new("parameter", [id, &parameter.name, &parameter.annotation, &parameter.default]);
        answer.claim(format!("{name} takes `{}`", parameter.name), predicate, 1);
    }
    let mut out = match parameters.len() {
        0 => format!("{name} takes no arguments"),
        1..=5 => format!("{name} works from {}", list(&parameters.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())),
        count => format!("{name} works from {count} arguments"),
    };
    if !facts.returns.is_empty() && facts.returns.len() < 80 {
        answer.claim(format!("{name} is annotated to return `{}`", facts.returns), Predicate::new("result", [id, &facts.returns]), 1);
        out.push_str(&format!(" and returns `{}`", facts.returns));
    } else if facts.generator {
        out.push_str(" and yields its results one by one");
    }
    format!("{out}.")
}
