//! A class of states, and the functions that set them.

use crate::facts::{View, is_member, uses};
use crate::generate::design::ground::Ground;
use crate::generate::phrase::{list, symbol};
use crate::generate::term::thing;
use crate::generate::usage;
use crate::model::Predicate;

const MAX_SETTERS: usize = 4;

pub(super) fn ground(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    let members: Vec<&crate::model::Attribute> = chunk.facts.attributes.iter().filter(|attribute| is_member(attribute)).collect();
    let names: Vec<String> = members.iter().map(|member| format!("`{}`", member.name)).collect();
    let of = thing(&chunk.name, &["State", "Status"]);
    ground.set("thing", if of.is_empty() { "record".to_owned() } else { of });
    ground.set("entry", format!("`{}Change`", chunk.name));
    ground.set_list("members", &names);
    ground.set("count", members.len().to_string());
    let last = members.last()?;
    ground.hold(
        format!("{} holds `{}` = `{}`; its members stay what they are", symbol(&chunk), last.name, last.value),
        Predicate::new("attribute", [chunk.id.as_str(), &last.name, &last.value]),
        1,
    );
    let mut setters = Vec::new();
    for reader in view.readers.iter().take(MAX_SETTERS) {
        let found = uses(&reader.chunk, &reader.reads).into_iter().find_map(|one| {
            let sets = matches!(one.does, crate::facts::Does::Writes { .. } | crate::facts::Does::Calls { .. });
            sets.then(|| usage::told(ground.tongue, &one, &[]).map(|says| (one, says)))?
        });
        let Some((one, says)) = found else { continue };
        if ground.member("setter", &reader.chunk, vec![("does", says.clone())]) {
            let cite = ground.cite(&reader.chunk)?;
            ground.hold(format!("{} {says}", symbol(&reader.chunk)), usage::predicate(reader.chunk.id.as_str(), &one), cite);
            setters.push(symbol(&reader.chunk));
        }
    }
    if setters.len() < 2 {
        return None;
    }
    let all = list(ground.tongue, &setters);
    ground.set("setters", all);
    ground.set("first_setter", setters[0].clone());
    Some(())
}
