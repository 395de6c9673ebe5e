//! What stands around each sort of anchor: one file a sort.

mod effect;
mod limit;
mod record;
mod refusal;
mod sibling;
mod single;
mod states;
mod steps;

use super::ground::Ground;
use crate::facts::{Anchor, View, has_exceptions};
use crate::generate::phrase::{list, symbol};
use crate::generate::tongue::Tongue;
use crate::model::Neighbour;

/// So many callers are told of.
const MAX_CALLERS: usize = 2;

/// The anchor with what a design from it may tell; None where it does not bear one.
pub(super) fn ground(anchor: Anchor, view: &View, tongue: Tongue) -> Option<Ground> {
    // The sentences speak of errors that pass through callers, and of keywords.
    let everywhere = matches!(anchor, Anchor::Limit | Anchor::States | Anchor::Route);
    if !everywhere && !has_exceptions(&view.chunk.path) {
        return None;
    }
    let mut ground = Ground::new(tongue, &view.chunk);
    match anchor {
        Anchor::Limit => limit::ground(view, &mut ground),
        Anchor::Refusals => refusal::refusals(view, &mut ground),
        Anchor::Silence => refusal::silence(view, &mut ground),
        Anchor::OneByOne => single::ground(view, &mut ground),
        Anchor::Network | Anchor::File | Anchor::Clock | Anchor::Environment | Anchor::Log => effect::ground(anchor, view, &mut ground),
        Anchor::Route => effect::route(view, &mut ground),
        Anchor::Command => effect::command(view, &mut ground),
        Anchor::States => states::ground(view, &mut ground),
        Anchor::Entity => record::ground(view, &mut ground),
        Anchor::Flow => steps::ground(view, &mut ground, 3),
        Anchor::Handler => steps::ground(view, &mut ground, 1),
        Anchor::Sibling => sibling::ground(view, &mut ground),
    }?;
    Some(ground)
}

/// Takes in the callers of the subject, with the calls that they make.
fn callers(view: &View, ground: &mut Ground) -> Option<()> {
    let mut names = Vec::new();
    for Neighbour { chunk, calls, .. } in view.callers.iter().take(MAX_CALLERS) {
        let Some(call) = calls.first() else { continue };
        if ground.member("caller", chunk, vec![("call", call.callee.clone())]) {
            ground.note_call(chunk, &call.callee);
            names.push(symbol(chunk));
        }
    }
    let all = list(ground.tongue, &names);
    ground.set("callers", all);
    if !names.is_empty() {
        ground.set("caller", names[0].clone());
    }
    (!names.is_empty()).then_some(())
}

/// Takes in what the subject calls: those callees first that may refuse.
fn callees(view: &View, ground: &mut Ground, most: usize) {
    let chunk = view.chunk.clone();
    let mut all: Vec<&Neighbour> =
        view.callees.iter().filter(|callee| !callee.chunk.facts.stub && !callee.chunk.name.starts_with("__")).collect();
    all.sort_by_key(|callee| callee.raises.is_empty());
    let mut names = Vec::new();
    for Neighbour { chunk: callee, calls, .. } in all.into_iter().take(most) {
        let Some(call) = calls.first() else { continue };
        if ground.member("callee", callee, vec![("call", call.callee.clone())]) {
            ground.note_call(&chunk, &call.callee);
            names.push(symbol(callee));
        }
    }
    let all = list(ground.tongue, &names);
    ground.set("callees", all);
}
