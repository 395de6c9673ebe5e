//! A function that brings something to another state.

use super::{MAX_OF_ONE, a, bare, members, moves, moving, noun};
use crate::facts::{Does, Use, View, mentions};
use crate::generate::condition::{under, when, with_subject};
use crate::generate::offline::Answer;
use crate::generate::phrase::{capital, code, fill, list, path, pick, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::{self, predicate};
use crate::model::{Brief, CallUse, Chunk, ChunkKind, GuardKind, Neighbour, Predicate};

const MAX_BESIDE: usize = 5;

const MOVE: &[&str] = &[
    "When does {a} {n} become {m}, and what happens around that in {s}?",
    "Into which state does {s} ({p}) bring {a} {n}, and what does it do beside that?",
    "How does {s} ({p}) change the state of {a} {n}?",
    "How does {a} {n} reach {m}? Look at {s} in {p}.",
];

const MOVE_ZH: &[&str] = &[
    "{s}（{p}）会把状态改成什么？同时还做了什么？",
    "{p} 中的 {s} 如何改变状态，改变前后还做了什么？",
    "{s}（{p}）是怎样把状态变为 {m} 的？",
];

/// Where conditions stand in the way.
const GUARDED: &[&str] = &[
    "What has to hold before {s} in {p} moves {a} {n} to {m}?",
    "Under which conditions does {s} ({p}) bring {a} {n} to {m}?",
    "What does it take for {a} {n} to reach {m}? Look at {s}.",
    "What can keep {s} ({p}) from moving {a} {n} to {m}?",
    "I call {s} from {p}. When does the {n} become {m}, and when not?",
];

const GUARDED_ZH: &[&str] = &[
    "什么情况下 {s}（{p}）会把状态改为 {m}？",
    "要让状态变为 {m}，{s}（{p}）要求满足什么？",
    "{p} 中的 {s} 把状态改为 {m} 的前提是什么？",
];

pub(super) fn is_guarded(chunk: &Chunk, moves: &[Use]) -> bool {
    moves.iter().any(|one| !one.when.is_empty()) || !refusals(chunk).is_empty()
}

/// The class of states that a function works with, where its members are a set.
pub(super) fn states_of(view: &View) -> Option<&Neighbour> {
    let works = matches!(view.chunk.kind, ChunkKind::Function | ChunkKind::Method);
    let fits = |known: &&Neighbour| {
        known.chunk.kind == ChunkKind::Class && members(&known.chunk).len() >= 3 && !moves(&view.chunk, &known.reads).is_empty()
    };
    view.constants.iter().filter(|_| works).find(fits)
}

/// The checks by which a function refuses.
pub(super) fn refusals(chunk: &Chunk) -> Vec<Use> {
    let raises = chunk.facts.raises.iter().filter(|raise| !raise.caught && !raise.when.is_empty());
    let all = raises.map(|raise| Use {
        decides: true,
        when: raise.when.clone(),
        does: Does::Raises { exception: raise.exception.clone(), message: raise.message.clone() },
    });
    let own = |one: &Use| one.when.iter().all(|guard| guard.kind != GuardKind::Except);
    all.filter(|one| own(one) && usage::told(Tongue::English, one, &[]).is_some()).take(MAX_OF_ONE).collect()
}

/// The checks that are called before the first move, where that is a call.
pub(super) fn before(chunk: &Chunk, moves: &[Use]) -> Vec<String> {
    let Some(Use { does: Does::Calls { callee: mover, .. }, .. }) = moves.first() else { return Vec::new() };
    let checks = |callee: &str| {
        let last = callee.rsplit('.').next().unwrap_or_default().trim_start_matches('_');
        ["require", "validate", "check", "ensure", "assert", "verify", "can", "may"].contains(&last.split('_').next().unwrap_or_default())
    };
    let earlier = chunk.facts.calls.iter().take_while(|call| call.callee != *mover);
    let plain = earlier
        .filter(|call| call.usage == CallUse::Ignored && call.when.is_empty() && checks(&call.callee) && code(&call.callee).is_some());
    plain.map(|call| call.callee.clone()).take(MAX_OF_ONE).collect()
}

/// What else is done where it moves: under the same conditions as the first move, calls behind it.
pub(super) fn beside(chunk: &Chunk, moves: &[Use]) -> Vec<Use> {
    let Some(first) = moves.first() else { return Vec::new() };
    let writes = chunk.facts.writes.iter().filter(|write| write.when == first.when && code(&write.value).is_some());
    let writes = writes.map(|write| Use {
        decides: false,
        when: write.when.clone(),
        does: Does::Writes { target: write.target.clone(), value: write.value.clone() },
    });
    let mover = if let Does::Calls { callee, .. } = &first.does { Some(callee) } else { None };
    let calls = chunk.facts.calls.iter().skip_while(|call| mover.is_some_and(|mover| call.callee != *mover));
    let calls = calls.filter(|call| call.usage == CallUse::Ignored && call.when == first.when);
    let calls = calls.map(|call| Use {
        decides: false,
        when: call.when.clone(),
        does: Does::Calls { callee: call.callee.clone(), argument: String::new() },
    });
    let new = |one: &Use| {
        let same = |known: &Use| match (&known.does, &one.does) {
            (Does::Calls { callee: known, .. }, Does::Calls { callee, .. }) => known == callee,
            (known, one) => known == one,
        };
        let log = matches!(&one.does, Does::Calls { callee, .. } if callee.starts_with("log") || callee.starts_with("super()") || callee.contains("logger"));
        !log && !moves.iter().any(same)
    };
    writes.chain(calls).filter(|one| new(one) && usage::bare(Tongue::English, one, &[]).is_some()).collect()
}

pub(super) fn of_move(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let (subject, Some(states)) = (&brief.subject, brief.neighbours.first()) else { return Answer::default() };
    let (name, file, id) = (symbol(subject), path(subject), subject.id.as_str());
    let found: Vec<Use> = moves(subject, &states.reads).into_iter().take(MAX_OF_ONE).collect();
    let member = |one: &Use| {
        states.reads.iter().find(|name| match &one.does {
            Does::Writes { value, .. } => value == *name,
            Does::Calls { argument, .. } => mentions(argument, name),
            _ => false,
        })
    };
    let Some(first) = found.first().and_then(member) else { return Answer::default() };
    let noun = noun(&states.chunk);
    let guarded = is_guarded(subject, &found);
    let wording = if guarded { pick(tongue, &brief.slot.id(), GUARDED, GUARDED_ZH) } else { pick(tongue, &brief.slot.id(), MOVE, MOVE_ZH) };
    let question = fill(wording, &[("s", &name), ("p", &file), ("n", &noun), ("a", a(&noun)), ("m", &bare(first))]);
    let mut answer = Answer { question, ..Answer::default() };
    let mut reached: Vec<String> = Vec::new();
    for stated in found.iter().filter_map(member) {
        let last = stated.rsplit('.').next().unwrap_or_default();
        if let Some(known) = states.chunk.facts.attributes.iter().find(|attribute| attribute.name == last && !attribute.value.is_empty()) {
            answer.claim(
                say!(tongue, "`{last}` is one of the states of {}", "`{last}` 是 {} 的一个状态", symbol(&states.chunk)),
                Predicate::new("constant", [states.chunk.id.as_str(), last, &known.value]),
                2,
            );
        }
        if !reached.contains(&bare(stated)) {
            reached.push(bare(stated));
        }
    }
    answer.step(
        "locate",
        say!(
            tongue,
            "{} names the states; {} is among them.",
            "{} 定义了各个状态，其中有 {}。",
            symbol(&states.chunk),
            list(tongue, &reached)
        ),
        &[2],
    );
    let mut parts = Vec::new();
    let mut says = Vec::new();
    for one in &found {
        let Some(told) = moving(tongue, one) else { continue };
        answer.claim(with_subject(tongue, &name, &told), predicate(id, one), 1);
        says.push(told);
    }
    let Some(lead) = says.first() else { return Answer::default() };
    answer.step("follow", stopped(tongue, &with_subject(tongue, &name, lead)), &[1]);
    parts.push(match says.as_slice() {
        [only] if !guarded => stopped(tongue, &say!(tongue, "It {only}, without a condition of its own", "它{only}，自身不设条件")),
        [only] => usage::sentence(tongue, only),
        _ => {
            let lines: Vec<String> = says.iter().map(|told| format!("- {}", stopped(tongue, told))).collect();
            say!(tongue, "{name} moves it to {}:\n{}", "{name} 会把状态改为 {}：\n{}", list(tongue, &reached), lines.join("\n"))
        }
    });
    let first_checks = before(subject, &found);
    if let (false, Some(Does::Calls { callee: mover, .. })) = (first_checks.is_empty(), found.first().map(|one| &one.does)) {
        for check in &first_checks {
            answer.claim(
                say!(tongue, "{name} calls `{check}` before `{mover}`", "{name} 先调用 `{check}` 再调用 `{mover}`"),
                Predicate::new("calls_in_order", [id, check, mover]),
                1,
            );
        }
        let checks = list(tongue, &first_checks.iter().map(|check| format!("`{check}`")).collect::<Vec<_>>());
        parts.push(say!(tongue, "Before that it calls {checks}.", "在此之前会先调用 {checks}。"));
    }
    let mut refused = Vec::new();
    for one in refusals(subject) {
        let Some(told) = usage::told(tongue, &one, &[]) else { continue };
        answer.claim(with_subject(tongue, &name, &told), predicate(id, &one), 1);
        refused.push(told);
    }
    if let Some(told) = refused.first() {
        answer.step("check", stopped(tongue, &with_subject(tongue, &name, told)), &[1]);
        let all = refused.join(tongue.say("; it ", "；"));
        parts.push(stopped(tongue, &say!(tongue, "Not in every case: it {all}", "并非总能成功：{all}")));
    }
    let mut also = Vec::new();
    let together = beside(subject, &found);
    for one in together.iter().take(MAX_BESIDE) {
        let one = one.clone();
        let Some(told) = usage::bare(tongue, &one, &[]) else { continue };
        answer.claim(under(tongue, &with_subject(tongue, &name, &told), &one.when), predicate(id, &one), 1);
        also.push(told);
    }
    if !also.is_empty() {
        if together.len() > MAX_BESIDE {
            also.push(tongue.say("does more", "做了其他事").to_owned());
        }
        let also = usage::series(tongue, &also);
        parts.push(stopped(tongue, &say!(tongue, "Together with the move it {also}", "与此同时，它{also}")));
    }
    let condition = found.first().map(|one| when(tongue, &one.when)).unwrap_or_default();
    answer.step(
        "conclude",
        match condition.is_empty() {
            true => say!(tongue, "So it ends as {}.", "因此最终状态为 {}。", bare(first)),
            false => stopped(tongue, &say!(tongue, "So it becomes {}{condition}", "因此，{condition}，状态变为 {}", bare(first))),
        },
        &[1],
    );
    answer.answer = parts.into_iter().map(|part| capital(&part)).collect::<Vec<_>>().join("\n\n");
    answer.difficulty = if found.len() > 1 || !refused.is_empty() { "medium" } else { "easy" };
    answer
}
