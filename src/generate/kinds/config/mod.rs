//! What is it set to, who reads it, and what does it decide there? Of constants, and of functions
//! that look at the environment.

mod consequence;
mod constant;
mod environment;

use self::constant::of_constant;
use self::environment::{of_environment, variables};
use crate::facts::{Does, Use, View, mentions, uses};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::code;
use crate::generate::term::{Sort, term};
use crate::generate::tongue::Tongue;
use crate::generate::usage;
use crate::model::{Brief, Chunk, ChunkKind, Neighbour, words};

pub(super) static KIND: Kind = Kind { name: "config", version: 1, intent: "what", weight, material, draft };

/// Of one reader so many places are told.
const MAX_OF_ONE: usize = 2;

const MAX_READERS: usize = 3;

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    match chunk.kind {
        ChunkKind::Constant => {
            let Some(value) = value(chunk) else { return 0 };
            let told: Vec<Use> = view.readers.iter().flat_map(told).collect();
            let held = view.holders.iter().filter(|holder| held(holder).is_some()).count() as u32;
            let deciding = told.iter().filter(|one| one.decides).count() as u32;
            let plain = !view.readers.is_empty() && !matches!(term(&chunk.name, value, &chunk.path).sort, Sort::Other | Sort::Table);
            match told.len() as u32 + held {
                0 if plain => 10,
                0 => 0,
                places => 16 + 10 * deciding.min(3) + 5 * places.min(4),
            }
        }
        ChunkKind::Function | ChunkKind::Method => 14 * variables(chunk).len().min(2) as u32,
        _ => 0,
    }
}

fn material(view: &View) -> Material {
    if view.chunk.kind != ChunkKind::Constant {
        return Material::default();
    }
    // Those that decide by it come first.
    let mut readers: Vec<&Neighbour> = view.readers.iter().collect();
    readers.sort_by_key(|reader| {
        let told = told(reader);
        (!told.iter().any(|one| one.decides), told.is_empty())
    });
    let holders = view.holders.iter().filter(|holder| held(holder).is_some());
    let mut neighbours: Vec<Neighbour> = readers.into_iter().cloned().chain(holders.cloned()).collect();
    let more = view.more_readers || neighbours.len() > MAX_READERS;
    neighbours.truncate(MAX_READERS);
    Material { neighbours, more, ..Material::default() }
}

/// The value of a constant, where it is one that people set: not a compiled pattern, a type, an
/// object of the program.
fn value(chunk: &Chunk) -> Option<&str> {
    const MADE: &[&str] = &[
        "timedelta",
        "datetime.timedelta",
        "frozenset",
        "set",
        "dict",
        "list",
        "tuple",
        "Decimal",
        "D",
        "decimal.Decimal",
        "Path",
        "pathlib.Path",
        "date",
        "datetime.date",
        "os.environ.get",
        "os.getenv",
        "env",
        "config",
        "reverse_lazy",
        "_",
        "gettext_lazy",
        "getattr",
        "int",
        "float",
        "bool",
        "str",
        "os.path.join",
    ];
    let value = chunk.facts.attributes.first().map(|attribute| attribute.value.as_str())?;
    let head: &str = value.split('(').next().unwrap_or_default();
    let named = !head.is_empty() && head.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let called = !value.starts_with(['{', '[', '(', '-']) && value.contains('(');
    let long_text = value.starts_with("\"\"\"") || value.starts_with("'''");
    let pattern =
        value.contains("re.compile(") || words(value).any(|word| word.ends_with("_RE") || word.contains("_RE_") || word.contains("REGEX"));
    let known = !pattern && (!called || MADE.contains(&head)) && chunk.name != "VERSION";
    // Another name for something that is defined elsewhere.
    let alias = named && !called && head.starts_with(|c: char| c.is_alphabetic() || c == '_') && !matches!(head, "True" | "False" | "None");
    (!value.is_empty() && known && !long_text && !alias).then_some(value)
}

/// What one reader does with it that can be told.
fn told(reader: &Neighbour) -> Vec<Use> {
    telling(&reader.chunk, &reader.reads)
}

/// What a function does where one of the names stands, and where the variables stand that take
/// their value from it.
fn telling(chunk: &Chunk, names: &[String]) -> Vec<Use> {
    let fits = |one: &Use, names: &[String]| usage::told(Tongue::English, one, names).is_some();
    let mut out: Vec<Use> = uses(chunk, names).into_iter().filter(|one| fits(one, names)).collect();
    let taken: Vec<String> =
        out.iter().filter_map(|one| if let Does::Binds { target, .. } = &one.does { Some(target.clone()) } else { None }).collect();
    let rank = |one: &Use| match one.does {
        _ if !one.decides => 2,
        Does::Raises { .. } | Does::Returns { .. } => 0,
        _ => 1,
    };
    // Where it decides, what else happens there is the rest of the same story.
    let decides = out.iter().any(|one| one.decides);
    let default = |one: &Use| matches!(one.does, Does::Defaults { .. });
    out.retain(|one| one.decides == decides || default(one));
    out.sort_by_key(|one| if default(one) { 0 } else { 1 + rank(one) });
    let mut distinct: Vec<Use> = Vec::new();
    for one in out {
        if !decides || distinct.iter().all(|known| known.when != one.when || default(known)) {
            distinct.push(one);
        }
    }
    distinct.truncate(if taken.is_empty() { MAX_OF_ONE } else { 1 });
    if let (Some(variable), true) = (taken.first(), distinct.iter().all(|one| matches!(one.does, Does::Binds { .. }))) {
        let mut then: Vec<Use> = uses(chunk, std::slice::from_ref(variable)).into_iter().filter(|one| fits(one, &[])).collect();
        then.retain(|one| !matches!(one.does, Does::Binds { .. }));
        then.sort_by_key(rank);
        distinct.extend(then.into_iter().take(MAX_OF_ONE));
    }
    distinct
}

/// The attribute of a class that takes the value.
fn held(holder: &Neighbour) -> Option<(&str, &str)> {
    if holder.chunk.kind != ChunkKind::Class {
        return None;
    }
    let names = |value: &str| holder.reads.iter().any(|name| mentions(value, name));
    let found = holder.chunk.facts.attributes.iter().find(|attribute| names(&attribute.value))?;
    code(&found.value).is_some().then_some((found.name.as_str(), found.value.as_str()))
}

fn draft(brief: &Brief) -> Answer {
    match brief.subject.kind {
        ChunkKind::Constant => of_constant(brief),
        _ => of_environment(brief),
    }
}
