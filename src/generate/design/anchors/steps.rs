//! A function that does its work in steps, and one that answers a request.

use super::callees;
use crate::facts::View;
use crate::generate::condition::under;
use crate::generate::design::ground::{Ground, Member};
use crate::generate::kinds::raises::{named, promised};
use crate::generate::phrase::{capital, code, symbol};
use crate::model::{Call, Predicate};

const MAX_STEPS: usize = 4;

/// Steps of which at least `least` are code of the repository.
pub(super) fn ground(view: &View, ground: &mut Ground, least: usize) -> Option<()> {
    let chunk = view.chunk.clone();
    let slug = ground.values.get("slug").cloned()?;
    ground.set("timer", format!("`timed_{slug}`"));
    ground.set("recorder", format!("`record_{slug}`"));
    callees(view, ground, MAX_STEPS);
    let told = ground.groups.get("callee").map_or(&[][..], Vec::as_slice);
    if told.len() < least {
        return None;
    }
    let told = told.iter().filter_map(|member| Some((member.values.get("name")?.clone(), member.values.get("call")?.clone())));
    // In the order in which the code makes them.
    let at = |callee: &str| chunk.facts.calls.iter().position(|call| call.callee == callee);
    let mut steps: Vec<(usize, &Call, String)> =
        told.filter_map(|(name, callee)| at(&callee).map(|at| (at, &chunk.facts.calls[at], name))).collect();
    steps.sort_by_key(|(at, ..)| *at);
    let mut members = Vec::new();
    for (_, call, name) in &steps {
        let written = code(&call.callee)?;
        let says = if *name == written { format!("calls {written}") } else { format!("calls {written} ({name})") };
        let says = capital(&under(ground.tongue, &says, &call.when));
        let values = [("call", call.callee.clone()), ("verb_phrase", format!("{says}."))];
        members.push(Member { cite: 1, values: values.into_iter().collect() });
    }
    ground.hold_to_raises(&chunk, 2);
    for (_, call, _) in steps.iter().take(2) {
        let callee = &call.callee;
        ground.hold(format!("{} still calls `{callee}`", symbol(&chunk)), Predicate::new("calls", [chunk.id.as_str(), callee]), 1);
    }
    ground.groups.insert("step", members);
    let fails = view.callees.iter().find_map(|callee| {
        let shown = ground.neighbours.iter().any(|known| known.chunk.id == callee.chunk.id);
        Some((callee.chunk.clone(), promised(&callee.chunk.facts.raises).next().filter(|_| shown)?.clone()))
    });
    if let Some((step, raise)) = fails {
        ground.set("first_step", symbol(&step));
        let error = named(ground.tongue, &raise);
        ground.set("first_raise", format!("may raise {error}"));
        ground.hold_to_raises(&step, 1);
    }
    Some(())
}
