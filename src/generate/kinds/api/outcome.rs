//! What comes back from an entry point, and how it fails.

use super::MAX_OF_ONE;
use crate::facts::{Does, Use, View};
use crate::generate::condition::{after_earlier, with_subject};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, list, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::{self, predicate};
use crate::model::{Attribute, Brief, CallUse, Chunk, ChunkKind, Guard, GuardKind, Neighbour, Predicate};

/// The classes of errors that it raises, where they hold a status.
pub(super) fn faults(view: &View) -> Vec<Neighbour> {
    let raised =
        |callee: &&Neighbour| callee.chunk.kind == ChunkKind::Class && callee.calls.iter().any(|call| call.usage == CallUse::Raised);
    view.callees.iter().filter(raised).filter(|callee| status(&callee.chunk).is_some()).cloned().collect()
}

pub(super) fn status(class: &Chunk) -> Option<&Attribute> {
    let named = |attribute: &&Attribute| matches!(attribute.name.as_str(), "status" | "status_code" | "code" | "http_status");
    class.facts.attributes.iter().filter(named).find(|attribute| attribute.value.parse::<u32>().is_ok())
}

pub(super) fn answers(chunk: &Chunk) -> Vec<Use> {
    let exits = chunk.facts.exits.iter().filter(|exit| !exit.value.is_empty() && exit.value != "None");
    let all = exits.map(|exit| Use { decides: true, when: exit.when.clone(), does: Does::Returns { value: exit.value.clone() } });
    all.filter(|one| usage::told(Tongue::English, one, &[]).is_some()).collect()
}

/// The answers in words, in the order of the code: the last of several is what is left, where
/// all ways out are told.
pub(super) fn told_answers(tongue: Tongue, chunk: &Chunk) -> Vec<(Use, String)> {
    let all = answers(chunk);
    let complete = all.len() == chunk.facts.exits.len() && !chunk.facts.ends && all.len() <= MAX_OF_ONE;
    let shown = errors(chunk);
    let mut earlier: Vec<&[Guard]> = shown.iter().map(|one| one.when.as_slice()).collect();
    let mut out = Vec::new();
    for (at, one) in all.iter().enumerate().take(MAX_OF_ONE) {
        let mut rest = after_earlier(&one.when, &earlier);
        let last = complete && at > 0 && at + 1 == all.len() && rest.iter().all(|guard| guard.kind == GuardKind::Past);
        if last {
            rest.clear();
        }
        let left = Use { when: rest, ..one.clone() };
        earlier.push(&one.when);
        let Some(told) = usage::told(tongue, &left, &[]) else { continue };
        let otherwise = at > 0 && left.when.is_empty() && !one.when.is_empty();
        out.push((one.clone(), if otherwise { say!(tongue, "{told} otherwise", "否则{told}") } else { told }));
    }
    out
}

/// Errors of its own, and calls that end the request.
pub(super) fn errors(chunk: &Chunk) -> Vec<Use> {
    let raises = chunk.facts.raises.iter().filter(|raise| !raise.caught);
    let raises = raises.map(|raise| Use {
        decides: true,
        when: raise.when.clone(),
        does: Does::Raises { exception: raise.exception.clone(), message: raise.message.clone() },
    });
    let aborts = chunk.facts.calls.iter().filter(|call| {
        let status = call.arguments.first().is_some_and(|first| first.len() == 3 && first.parse::<u16>().is_ok());
        call.callee.rsplit('.').next() == Some("abort") && status && call.usage == CallUse::Ignored
    });
    let aborts = aborts.map(|call| Use {
        decides: false,
        when: call.when.clone(),
        does: Does::Calls { callee: call.callee.clone(), argument: call.arguments[0].clone() },
    });
    raises.chain(aborts).filter(|one| usage::told(Tongue::English, one, &[]).is_some()).collect()
}

/// How it fails: its own errors with their status, and those that its helpers let through.
pub(super) fn failing(tongue: Tongue, brief: &Brief, answer: &mut Answer) -> Vec<String> {
    let subject = &brief.subject;
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut out: Vec<String> = Vec::new();
    for one in errors(subject).iter().take(MAX_OF_ONE) {
        let Some(mut told) = usage::told(tongue, one, &[]) else { continue };
        answer.claim(with_subject(tongue, &name, &told), predicate(id, one), 1);
        if let Does::Raises { exception, .. } = &one.does {
            let last = exception.rsplit('.').next().unwrap_or_default();
            let fault = (2..).zip(&brief.neighbours).find(|(_, other)| other.chunk.kind == ChunkKind::Class && other.chunk.name == last);
            if let Some((number, attribute)) = fault.and_then(|(number, other)| Some((number, (other, status(&other.chunk)?)))) {
                let (other, attribute) = attribute;
                let stated = Predicate::new("attribute", [other.chunk.id.as_str(), &attribute.name, &attribute.value]);
                answer.claim(
                    say!(tongue, "{} holds the status {}", "{} 的状态码为 {}", symbol(&other.chunk), attribute.value),
                    stated,
                    number,
                );
                told.push_str(&say!(tongue, "; the status of that error is {}", "；该错误的状态码为 {}", attribute.value));
            }
        }
        if !out.contains(&told) {
            out.push(told);
        }
    }
    for (number, other) in (2..).zip(&brief.neighbours).filter(|(_, other)| other.chunk.kind != ChunkKind::Class) {
        let free = other.calls.iter().any(|call| call.catches.is_empty() && code(&call.callee).is_some());
        let mut through: Vec<String> = Vec::new();
        for raise in other.raises.iter().filter(|_| free).take(2) {
            let Some(shown) = code(&raise.exception) else { continue };
            let one = Use {
                decides: true,
                when: raise.when.clone(),
                does: Does::Raises { exception: raise.exception.clone(), message: raise.message.clone() },
            };
            answer.claim(
                say!(tongue, "{} raises {shown}", "{} 抛出 {shown}", symbol(&other.chunk)),
                predicate(other.chunk.id.as_str(), &one),
                number,
            );
            if !through.contains(&shown) {
                through.push(shown);
            }
        }
        if !through.is_empty() {
            let (through, other) = (list(tongue, &through), symbol(&other.chunk));
            out.push(say!(tongue, "lets {through} of {other} through", "{other} 抛出的 {through} 会直接向上传播"));
        }
    }
    out
}
