//! How much of what a body does an answer tells: one place where kinds learn whether they may sound
//! complete, have to say that there is more, or have nothing whole to tell.

use crate::facts::{Outcome, Rule, rules};
use crate::generate::kinds::is_noise;
use crate::generate::phrase::code;
use crate::model::{Call, CallUse, Chunk, Guard, GuardKind, Outside};

/// All that happens under some conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    pub when: Vec<Guard>,
    /// What happens under these conditions, and under further ones inside of them.
    pub rules: Vec<Rule>,
}

/// The branches of a body that can be told whole.
pub(super) fn branches(chunk: &Chunk) -> Vec<Branch> {
    let found = rules(chunk);
    let mut out: Vec<Branch> = Vec::new();
    for rule in &found {
        if !out.iter().any(|known| known.when == rule.when) {
            out.extend(below(chunk, &found, &rule.when));
        }
    }
    out
}

/// All that happens under these conditions; None where some of it cannot be told, or nothing is.
pub(super) fn branch(chunk: &Chunk, when: &[Guard]) -> Option<Branch> {
    // Most conditions that are asked for have no other side: nothing is put together for those.
    if is_open(chunk, when) || !conditions_of_all(chunk).any(|all| all.starts_with(when)) {
        return None;
    }
    below(chunk, &rules(chunk), when)
}

fn below(chunk: &Chunk, found: &[Rule], when: &[Guard]) -> Option<Branch> {
    let inside = || found.iter().filter(|rule| rule.when.starts_with(when));
    let counts = |outcome: &&Outcome| !is_said_to_people(chunk, outcome);
    if is_open(chunk, when) || !inside().flat_map(|rule| &rule.outcomes).filter(counts).all(is_told) {
        return None;
    }
    let told = |rule: &Rule| Rule { when: rule.when.clone(), outcomes: rule.outcomes.iter().filter(counts).cloned().collect() };
    let rules: Vec<Rule> = inside().map(told).filter(|rule| !rule.outcomes.is_empty()).collect();
    (!rules.is_empty()).then(|| Branch { when: when.to_vec(), rules })
}

/// Does something happen under these conditions that cannot be told?
fn is_open(chunk: &Chunk, when: &[Guard]) -> bool {
    let facts = &chunk.facts;
    facts.untold.iter().any(|untold| untold.starts_with(when))
        || facts.raises.iter().any(|raise| raise.caught && raise.when.starts_with(when))
}

/// The conditions of everything that happens in a body.
fn conditions_of_all(chunk: &Chunk) -> impl Iterator<Item = &Vec<Guard>> {
    let facts = &chunk.facts;
    let all = facts.exits.iter().map(|exit| &exit.when).chain(facts.raises.iter().map(|raise| &raise.when));
    all.chain(facts.writes.iter().map(|write| &write.when)).chain(facts.calls.iter().map(|call| &call.when))
}

/// A call of a body.
pub(super) struct Step<'c> {
    pub call: &'c Call,
    /// Its conditions; None where they are not known.
    pub when: Option<Vec<Guard>>,
}

/// The calls that make up the work of a body, each callee once, in the order in which they run.
pub(super) fn steps(chunk: &Chunk) -> Vec<Step<'_>> {
    let mut out: Vec<Step> = Vec::new();
    for call in &chunk.facts.calls {
        let small = is_noise(&call.callee) || call.usage == CallUse::Raised || is_said(chunk, &call.callee);
        let assumed = || chunk.facts.raises.iter().any(|raise| raise.exception == "AssertionError" && names(&raise.when, &call.callee));
        // Of `Maker().make()` the second call tells of both.
        let goes_on = |other: &Call| other.callee.strip_prefix(&call.callee).is_some_and(|rest| rest.starts_with("()"));
        let told = || out.iter().any(|known| known.call.callee == call.callee) || chunk.facts.calls.iter().any(goes_on);
        if !small && !told() && !assumed() {
            out.push(Step { call, when: conditions(chunk, call) });
        }
    }
    out
}

/// The conditions of the one call of this callee; None where they are not known.
pub(super) fn conditions_of(chunk: &Chunk, callee: &str) -> Option<Vec<Guard>> {
    let call = chunk.facts.calls.iter().find(|call| call.callee == callee);
    match call {
        Some(call) => conditions(chunk, call),
        None => (chunk.facts.branches == 0).then(Vec::new),
    }
}

/// The conditions of a call. Inside of an expression it has those of its statement, where one that
/// is known holds it.
fn conditions(chunk: &Chunk, call: &Call) -> Option<Vec<Guard>> {
    let facts = &chunk.facts;
    if is_plain(call) {
        // Of several calls of one function the conditions of the first would tell half.
        let several = facts.calls.iter().filter(|other| other.callee == call.callee).count() > 1;
        return if !several || call.when.is_empty() { Some(call.when.clone()) } else { None };
    }
    if facts.branches == 0 {
        return Some(Vec::new());
    }
    // It decides itself: what stands before the condition that it is a part of.
    let written = format!("{}(", call.callee);
    for when in conditions_of_all(chunk).chain(&facts.untold) {
        if let Some(at) = when.iter().position(|guard| guard.text.contains(&written)) {
            let branches = [" and ", " or ", " if "].iter().any(|word| when[at].text.contains(word));
            return (!branches).then(|| when[..at].to_vec());
        }
    }
    // A call that goes on with its result stands in the same statement.
    let chained = format!("{}(", call.callee);
    if let Some(chain) = facts.calls.iter().find(|other| other.callee.starts_with(&chained) && is_plain(other)) {
        return Some(chain.when.clone());
    }
    let behind =
        facts.calls.iter().skip_while(|other| *other != call).skip(1).find(|other| other.callee.starts_with("….") || is_plain(other));
    if let Some(chain) = behind.filter(|other| other.callee.starts_with("….") && is_plain(other)) {
        return Some(chain.when.clone());
    }
    let decides = [" if ", " or ", " and ", " for "];
    let holds = |text: &str| text.contains(&written) && !decides.iter().any(|word| text.contains(word));
    let exits = facts.exits.iter().filter(|exit| holds(&exit.value)).map(|exit| &exit.when);
    let writes = facts.writes.iter().filter(|write| holds(&write.value)).map(|write| &write.when);
    let plain = |other: &&Call| is_plain(other);
    let calls =
        facts.calls.iter().filter(plain).filter(|other| other.arguments.iter().any(|argument| holds(argument))).map(|other| &other.when);
    let meanings = facts.meanings.iter().filter(|one| holds(&one.value)).map(|one| &one.when);
    exits.chain(writes).chain(meanings).chain(calls).next().cloned()
}

/// Are the conditions of a call known?
pub(super) fn is_plain(call: &Call) -> bool {
    matches!(call.usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned)
}

/// Is it called in one of the conditions?
fn names(when: &[Guard], callee: &str) -> bool {
    let written = format!("{callee}(");
    when.iter().any(|guard| guard.text.contains(&written))
}

/// Is the loop left behind what happens under these conditions, so that it happens once at most?
pub(super) fn ends_loop(chunk: &Chunk, when: &[Guard]) -> bool {
    let left = |untold: &Vec<Guard>| matches!(untold.split_last(), Some((last, before)) if last.kind == GuardKind::Skip && last.text == "break" && before == when);
    when.iter().any(|guard| matches!(guard.kind, GuardKind::For | GuardKind::While)) && chunk.facts.untold.iter().any(left)
}

/// Can a single thing that happens be told?
fn is_told(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Writes { target, .. } => code(target).is_some(),
        Outcome::Calls { callee, .. } => code(callee).is_some(),
        Outcome::Raises { exception, .. } => {
            let last = exception.rsplit(['.', ':']).next().unwrap_or_default();
            (last.starts_with(char::is_uppercase) || exception.ends_with('!')) && code(exception).is_some()
        }
        Outcome::Returns { value } => value.is_empty() || code(value).is_some(),
    }
}

/// What is only said to people, in a log or on a terminal, is no consequence.
fn is_said_to_people(chunk: &Chunk, outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Calls { callee, .. } if is_said(chunk, callee))
}

pub(super) fn is_said(chunk: &Chunk, callee: &str) -> bool {
    chunk.facts.effects.iter().any(|effect| effect.callee == *callee && matches!(effect.on, Outside::Log | Outside::Output))
}
