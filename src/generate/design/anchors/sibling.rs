//! A class that lacks what a class like it has.

use crate::facts::View;
use crate::generate::deed;
use crate::generate::design::ground::Ground;
use crate::generate::phrase::symbol;
use crate::model::{Chunk, Predicate};

pub(super) fn ground(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    // A class lacks nothing of one that was made from it.
    let apart = |class: &Chunk| !class.facts.bases.iter().any(|base| base.rsplit('.').next() == Some(chunk.name.as_str()));
    let pairs = view.foreign_methods.iter().zip(&view.foreign_classes);
    let (lacking, _) = pairs.into_iter().find(|(found, class)| {
        let facts = &found.chunk.facts;
        let told = !found.chunk.name.starts_with('_') && facts.statements >= 2 && !facts.stub;
        told && apart(class) && deed::documented(&found.chunk).is_some()
    })?;
    let method = &lacking.chunk;
    let (class, _) = method.symbol.rsplit_once('.')?;
    let shared: Vec<String> =
        chunk.facts.methods.iter().filter(|name| !name.starts_with('_')).map(|name| format!("`{name}`")).take(3).collect();
    ground.member("model", method, Vec::new());
    let cite = ground.cite(method)?;
    ground.set("other", format!("`{class}`"));
    ground.set("method", format!("`{}`", method.name));
    ground.set("model_name", symbol(method));
    ground.set("method_name", method.name.clone());
    ground.set("deed", deed::documented(method)?.sentence());
    ground.set_list("shared", &shared);
    ground.hold(
        format!("{} has no method `{}` today", symbol(&chunk), method.name),
        Predicate::new("absent", [chunk.id.as_str(), "method", &method.name]),
        1,
    );
    ground.hold(format!("{} is there to go by", symbol(method)), Predicate::new("defined_at", [method.id.as_str(), &method.name]), cite);
    ground.hold_to_raises(&method.clone(), 2);
    Some(())
}
