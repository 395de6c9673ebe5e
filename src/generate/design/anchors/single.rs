//! A function that does for one key what a caller may want for many.

use super::{callees, callers};
use crate::facts::View;
use crate::generate::design::ground::Ground;
use crate::generate::kinds::raises::{named, promised};
use crate::generate::phrase::{code, symbol};

pub(super) fn ground(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    let key = chunk.facts.parameters.iter().find(|parameter| !matches!(parameter.name.as_str(), "self" | "cls"))?;
    code(&key.name)?;
    ground.set_code("key", &key.name);
    let slug = ground.values.get("slug").cloned()?;
    ground.set("bulk", format!("`{slug}_many`"));
    ground.set("subject_name", symbol(&chunk));
    ground.set("many", format!("`{}s`", key.name.trim_end_matches('s')));
    ground.hold_to_raises(&chunk, 2);
    callees(view, ground, 4);
    let through = view.callees.iter().flat_map(|callee| promised(&callee.raises));
    let all: Vec<String> = promised(&chunk.facts.raises).chain(through).map(|raise| named(ground.tongue, raise)).collect();
    let mut errors: Vec<String> = Vec::new();
    for error in all.into_iter().filter(|error| error.starts_with('`')) {
        if !errors.contains(&error) && errors.len() < 4 {
            errors.push(error);
        }
    }
    // An error of what it calls is told only where its code is shown.
    for callee in view.callees.iter().filter(|callee| promised(&callee.raises).next().is_some()) {
        ground.hold_to_raises(&callee.chunk, 1);
    }
    if errors.is_empty() || ground.held.is_empty() {
        return None;
    }
    ground.set_list("errors", &errors);
    ground.set("error", errors[0].clone());
    if callers(view, ground).is_none() {
        ground.set("uncalled", "1");
    }
    Some(())
}
