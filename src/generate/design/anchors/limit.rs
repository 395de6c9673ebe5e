//! A number or a span of time, and the code that goes by it.

use crate::facts::{Does, Use, View, uses};
use crate::generate::design::ground::Ground;
use crate::generate::phrase::{list, symbol};
use crate::generate::term::term;
use crate::generate::usage;
use crate::model::{Neighbour, Predicate};

const MAX_READERS: usize = 3;

pub(super) fn ground(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = &view.chunk;
    let value = chunk.facts.attributes.first().map(|attribute| attribute.value.clone())?;
    ground.set_code("value", &value);
    ground.set("setting", format!("`{}`", chunk.name));
    let lower = chunk.name.to_lowercase();
    ground.set("near", format!("`NEAR_{}`", chunk.name));
    ground.set("warner", format!("`warn_near_{lower}`"));
    ground.set("getter", format!("`{}`", chunk.name.to_lowercase()));
    let term = term(&chunk.name, &value, &chunk.path);
    let named = if term.noun.is_empty() { format!("the value of {}", symbol(chunk)) } else { format!("the {}", term.noun) };
    ground.set("limit", named);
    ground.hold(
        format!("{} is `{value}` in `{}`, and stays that where nobody says otherwise", symbol(chunk), chunk.path),
        Predicate::new("constant", [chunk.id.as_str(), &chunk.name, &value]),
        1,
    );
    let mut readers = Vec::new();
    // What stands for "nothing was given" is no setting, and neither is a zero.
    let sentinel = |reader: &Neighbour| uses(&reader.chunk, &reader.reads).iter().any(|one| matches!(one.does, Does::Defaults { .. }));
    if value.trim_matches(['0', '.']).is_empty() || view.readers.iter().any(sentinel) {
        return None;
    }
    let is_bound = chunk.name.split('_').any(|part| matches!(part, "MAX" | "LIMIT")) && value.starts_with(|c: char| c.is_ascii_digit());
    for reader in &view.readers {
        let id = reader.chunk.id.as_str();
        let told: Vec<(Use, String)> = uses(&reader.chunk, &reader.reads)
            .into_iter()
            .filter_map(|one| usage::told(ground.tongue, &one, &[]).map(|says| (one, says)))
            .collect();
        let Some((one, says)) = told.first().filter(|_| readers.len() < MAX_READERS) else { continue };
        let read = reader.reads.first().cloned().unwrap_or_default();
        if !ground.member("reader", &reader.chunk, vec![("does", says.clone()), ("read", read)]) {
            continue;
        }
        let cite = ground.cite(&reader.chunk)?;
        ground.hold(format!("{} {says}", symbol(&reader.chunk)), usage::predicate(id, one), cite);
        if readers.is_empty() {
            ground.set("first_does", says.clone());
            ground.set("reader_path", reader.chunk.path.clone());
            if one.decides && is_bound {
                ground.set("decided", "1");
                ground.member("first_reader", &reader.chunk, vec![("does", says.clone())]);
            }
        }
        readers.push(symbol(&reader.chunk));
    }
    let all = list(ground.tongue, &readers);
    ground.set("readers", all);
    ground.set("reader", readers.first()?.clone());
    Some(())
}
