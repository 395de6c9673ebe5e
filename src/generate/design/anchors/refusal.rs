//! A function that refuses, and one that keeps an error to itself.

use super::callers;
use crate::facts::View;
use crate::generate::condition::when;
use crate::generate::design::ground::Ground;
use crate::generate::kinds::raises::{named, promised};
use crate::generate::phrase::{code, list, symbol};
use crate::model::{Call, Guard, GuardKind, Neighbour, Predicate, Raise};

/// Reasons to refuse: fewer need no list of them.
const MIN_REASONS: usize = 3;
/// With more, the function does work that may go wrong, rather than judge.
const MAX_REASONS: usize = 8;
const MAX_ERRORS: usize = 5;

pub(super) fn refusals(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    let reasons: Vec<&Raise> = promised(&chunk.facts.raises).filter(|raise| !raise.when.is_empty()).collect();
    let told: Vec<(&Raise, String)> = reasons.iter().filter_map(|raise| Some((*raise, condition(ground, raise)?))).collect();
    if told.len() < MIN_REASONS {
        return None;
    }
    ground.set("reasons", reasons.len().to_string());
    let mut errors: Vec<String> = Vec::new();
    for raise in &reasons {
        let name = named(ground.tongue, raise);
        if !errors.contains(&name) {
            errors.push(name);
        }
    }
    let many = errors.len() > MAX_ERRORS || reasons.len() > MAX_REASONS;
    if many || errors.iter().any(|error| !error.starts_with('`') || error.contains('(')) {
        return None;
    }
    ground.set_list("errors", &errors);
    if errors.len() == 1 {
        ground.set("by", "message");
        ground.set("one_error", errors[0].clone());
    } else {
        ground.set("by", "type");
        ground.set("several_errors", errors.len().to_string());
    }
    let (first, second) = (&told[0], &told[1]);
    ground.set("first_error", named(ground.tongue, first.0));
    ground.set("first_when", first.1.clone());
    let text = |raise: &Raise| raise.when.last().map(|guard| guard.text.clone()).unwrap_or_default();
    ground.set("first_cond", text(first.0));
    ground.set("second_cond", text(second.0));
    ground.set("second_error", named(ground.tongue, second.0));
    ground.set("second_when", second.1.clone());
    let slug = ground.values.get("slug").cloned()?;
    ground.set("checker", format!("`{slug}_problems`"));
    ground.set("counter", format!("`{slug}_refusals`"));
    ground.set("report", format!("`{slug}_refusal_counts`"));
    ground.hold_to_raises(&chunk, 3);
    callers(view, ground)?;
    Some(())
}

fn condition(ground: &Ground, raise: &Raise) -> Option<String> {
    let innermost = raise.when.last().filter(|guard| guard.kind == GuardKind::If)?;
    code(&innermost.text)?;
    Some(when(ground.tongue, std::slice::from_ref(innermost)).trim().to_owned())
}

pub(super) fn silence(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    let exit = chunk.facts.exits.iter().find(|exit| {
        let caught = exit.when.last().is_some_and(|guard| guard.kind == GuardKind::Except && guard.text != "any exception");
        caught && !matches!(exit.value.as_str(), "" | "True" | "False") && exit.value.len() <= 60
    })?;
    let caught = exit.when.last()?;
    ground.set_code("caught", &caught.text);
    ground.set_code("instead", &exit.value);
    let (error, value) = (code(&caught.text)?, code(&exit.value)?);
    let name = symbol(&chunk);
    ground.hold(
        format!("{name} returns {value} after catching {error}, and its callers count on an answer"),
        Predicate::new("returns", [chunk.id.as_str(), &exit.value, &Guard::joined(&exit.when)]),
        1,
    );
    // Which of several calls fails is known where one of them is seen to raise it.
    let tried: Vec<&Call> = chunk
        .facts
        .calls
        .iter()
        .filter(|call| call.catches.iter().any(|one| caught.text.contains(one.as_str())) && code(&call.callee).is_some())
        .collect();
    let raises = |call: &&&Call| {
        let of = |callee: &&Neighbour| callee.calls.iter().any(|known| known.callee == call.callee);
        let raised = view.callees.iter().filter(of).flat_map(|callee| &callee.chunk.facts.raises);
        raised.into_iter().any(|raise| caught.text.contains(&raise.exception))
    };
    let source = tried.iter().find(raises).or(if tried.len() == 1 { tried.first() } else { None }).copied();
    if let Some(call) = source {
        ground.set_code("risky", &call.callee);
        ground.set("risky_call", call.callee.clone());
        ground.note_call(&chunk, &call.callee);
        ground.groups.insert("risky", vec![crate::generate::design::ground::Member { cite: 1, values: Default::default() }]);
    }
    let handled: Vec<String> =
        chunk.facts.exits.iter().filter_map(|other| code(&other.value)).filter(|other| *other != value).take(2).collect();
    if !handled.is_empty() {
        ground.set("otherwise", list(ground.tongue, &handled));
    }
    callers(view, ground)?;
    Some(())
}
