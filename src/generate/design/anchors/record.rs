//! A class of fields: what the repository keeps a record of.

use crate::facts::View;
use crate::generate::deed;
use crate::generate::design::ground::Ground;
use crate::generate::phrase::{capital, symbol};
use crate::model::{ChunkKind, Predicate};

const MAX_FIELDS: usize = 6;

pub(super) fn ground(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    let fields: Vec<&crate::model::Attribute> = chunk
        .facts
        .attributes
        .iter()
        .filter(|attribute| {
            !attribute.late && !attribute.name.starts_with('_') && !attribute.name.chars().all(|c| c.is_uppercase() || c == '_')
        })
        .filter(|attribute| {
            !attribute.annotation.is_empty() || attribute.value.contains("Field(") || attribute.value.contains("ForeignKey(")
        })
        .collect();
    let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name)).take(MAX_FIELDS).collect();
    if names.len() < 3 {
        return None;
    }
    ground.set_list("fields", &names);
    ground.set("count", fields.len().to_string());
    ground.set("first_field", names[0].clone());
    ground.set("last_field", names[names.len() - 1].clone());
    let words = deed::split(chunk.name.trim_start_matches("Abstract")).join(" ");
    let article = if words.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    ground.set("a_thing", format!("{article} {words}"));
    ground.set("A_thing", capital(&format!("{article} {words}")));
    ground.set("thing", words.clone());
    let slug = words.replace(' ', "_");
    ground.set("export", format!("`{slug}_rows`"));
    ground.set("archive", format!("`archive_{slug}`"));
    ground.set("restore", format!("`restore_{slug}`"));
    ground.set("thing_slug", words.replace(' ', "_"));
    let model = chunk.facts.bases.iter().find(|base| base.ends_with("Model"));
    match model {
        Some(base) => {
            ground.set("kept", format!("is a database model by its base `{base}`"));
            ground.hold(
                format!("{} is a database model by its base `{base}`", symbol(&chunk)),
                Predicate::new("base", [chunk.id.as_str(), base]),
                1,
            );
        }
        None if fields.iter().any(|field| field.value.starts_with("models.")) => {
            ground.set("kept", "has columns of a database as its fields")
        }
        None => ground.set("plain", "1"),
    }
    for field in fields.iter().take(2) {
        ground.hold(
            format!("{} has the field `{}`", symbol(&chunk), field.name),
            Predicate::new("attribute", [chunk.id.as_str(), &field.name, &field.value]),
            1,
        );
    }
    if let Some(key) = fields.iter().find(|field| field.name == "id" || field.name == "code" || field.value.contains("unique=True")) {
        ground.set_code("key", &key.name);
    }
    // Who makes or checks such records.
    let mut users = Vec::new();
    for caller in view.callers.iter().filter(|caller| caller.chunk.kind != ChunkKind::Class).take(2) {
        let Some(call) = caller.calls.first() else { continue };
        if ground.member("maker", &caller.chunk, vec![("call", call.callee.clone())]) {
            ground.note_call(&caller.chunk, &call.callee);
            users.push(symbol(&caller.chunk));
        }
    }
    ground.set_list("makers", &users);
    let constructor = view.constructor.as_ref().filter(|constructor| constructor.facts.raises.iter().any(|raise| !raise.caught));
    if let Some(constructor) = constructor {
        ground.hold_to_raises(&constructor.clone(), 1);
    }
    let mut methods = Vec::new();
    for method in &view.members {
        if ground.member("method", &method.chunk, Vec::new()) {
            methods.push(symbol(&method.chunk));
        }
    }
    ground.set_list("methods", &methods);
    users.extend(methods);
    ground.set_list("around", &users);
    (!users.is_empty()).then_some(())
}
