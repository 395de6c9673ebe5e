//! Which states are there, who moves what to which, and under which condition? Asked of the class
//! that names the states, and of what brings about a move.

mod moved;
mod states;

use self::moved::{before, beside, is_guarded, of_move, states_of};
use self::states::{first, of_states, table};
use crate::facts::{Does, Use, View, is_enum, is_member, uses};
use crate::generate::condition::under;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::code;
use crate::generate::term::thing;
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage;
use crate::model::{Attribute, Brief, Chunk, ChunkKind, Neighbour};

pub(super) static KIND: Kind = Kind { name: "lifecycle", version: 1, intent: "how", weight, material, draft };

const MAX_MEMBERS: usize = 12;

const MAX_NEIGHBOURS: usize = 6;

const MAX_OF_ONE: usize = 3;

fn weight(view: &View) -> u32 {
    if view.chunk.kind == ChunkKind::Class {
        if members(&view.chunk).len() < 3 {
            return 0;
        }
        let told: usize = view.readers.iter().map(|reader| moves(&reader.chunk, &reader.reads).len().min(2)).sum();
        let decides = |reader: &&Neighbour| checks(&reader.chunk, &reader.reads).iter().any(|one| one.decides);
        let checks = view.readers.iter().filter(decides).count();
        let chosen = view.readers.iter().map(|reader| choices(&reader.chunk, &reader.reads).len()).sum::<usize>();
        let tables = view.holders.iter().filter(|holder| table(&holder.chunk, &holder.reads).is_some()).count();
        return match (told, chosen, tables) {
            (0, _, 0) if chosen + checks < 2 => 0,
            (0, _, 0) => 14 + 6 * (chosen + checks).min(4) as u32,
            _ => 28 + 6 * told.min(4) as u32 + 8 * tables.min(1) as u32,
        };
    }
    let Some(states) = states_of(view) else { return 0 };
    let chunk = &view.chunk;
    let found = moves(chunk, &states.reads);
    let guarded = is_guarded(chunk, &found);
    let around = beside(chunk, &found).len() + before(chunk, &found).len();
    match found.len() as u32 {
        0 => 0,
        _ if !guarded && around < 2 => 0,
        count => 14 + 10 * guarded as u32 + 4 * count.min(3),
    }
}

fn material(view: &View) -> Material {
    if view.chunk.kind != ChunkKind::Class {
        return Material { neighbours: states_of(view).into_iter().cloned().collect(), ..Material::default() };
    }
    let says = |reader: &&Neighbour| {
        let (chunk, reads) = (&reader.chunk, &reader.reads);
        !moves(chunk, reads).is_empty() || !choices(chunk, reads).is_empty() || !checks(chunk, reads).is_empty()
    };
    let mut readers: Vec<&Neighbour> = view.readers.iter().filter(says).collect();
    readers.sort_by_key(|reader| (moves(&reader.chunk, &reader.reads).is_empty(), choices(&reader.chunk, &reader.reads).is_empty()));
    let holders = view
        .holders
        .iter()
        .filter(|holder| table(&holder.chunk, &holder.reads).is_some() || first(&holder.chunk, &holder.reads, None).is_some());
    let holders: Vec<Neighbour> = holders.cloned().collect();
    let room = MAX_NEIGHBOURS - holders.len();
    let more = view.more_readers || readers.len() > room;
    let neighbours = readers.into_iter().take(room).cloned().chain(holders).collect();
    Material { neighbours, more, ..Material::default() }
}

/// The members of a class of constants, as far as the code gives each a value.
fn members(chunk: &Chunk) -> Vec<&Attribute> {
    let all: Vec<&Attribute> = chunk.facts.attributes.iter().filter(|attribute| is_member(attribute)).collect();
    // A model or a form has constants for other ends, too: those that look alike are a set.
    let plain = |value: &str| {
        value.starts_with(['"', '\'']) || value.parse::<i64>().is_ok() || value.starts_with("auto(") || value.ends_with(".auto()")
    };
    all.into_iter().filter(|member| is_enum(chunk) || plain(&member.value)).take(MAX_MEMBERS).collect()
}

/// Where a member becomes the value of something, or is handed to what sets it.
fn moves(chunk: &Chunk, reads: &[String]) -> Vec<Use> {
    let is = |text: &str| reads.iter().any(|name| name == text);
    let set = |argument: &str| argument.split_once('=').is_some_and(|(name, value)| !name.contains(['(', ' ', '!', '<', '>']) && is(value));
    uses(chunk, reads)
        .into_iter()
        .filter(|one| match &one.does {
            Does::Writes { target, value } => is(value) && !target.contains('['),
            Does::Calls { callee, argument } => sets(callee) && is(argument) || stores(callee) && set(argument),
            _ => false,
        })
        .filter(|one| usage::told(Tongue::English, one, &[]).is_some())
        .collect()
}

/// Does a call of this name set what it is given?
fn sets(callee: &str) -> bool {
    let last = callee.rsplit('.').next().unwrap_or_default();
    let verb = last.trim_start_matches('_').split('_').next().unwrap_or_default();
    ["move", "set", "transition", "change", "switch", "advance", "mark", "become", "goto", "update"].contains(&verb)
}

fn stores(callee: &str) -> bool {
    matches!(callee.rsplit('.').next(), Some("create" | "update" | "get_or_create" | "update_or_create"))
}

/// Where a member is what comes out.
fn choices(chunk: &Chunk, reads: &[String]) -> Vec<Use> {
    let is = |text: &str| reads.iter().any(|name| name == text);
    let given = |one: &Use| matches!(&one.does, Does::Returns { value } | Does::Binds { value, .. } if is(value));
    uses(chunk, reads)
        .into_iter()
        .filter(|one| given(one) && !one.when.is_empty())
        .filter(|one| usage::told(Tongue::English, one, &[]).is_some())
        .collect()
}

/// What hangs on a member.
fn checks(chunk: &Chunk, reads: &[String]) -> Vec<Use> {
    let compares = |one: &Use| {
        one.decides
            || matches!(&one.does, Does::Returns { value } if [" == ", " is ", " != ", " in ", " not in "].iter().any(|word| value.contains(word)))
    };
    uses(chunk, reads).into_iter().filter(compares).filter(|one| usage::told(Tongue::English, one, &[]).is_some()).collect()
}

/// The last name of a member as it is written.
fn bare(name: &str) -> String {
    format!("`{}`", name.rsplit(['.', ':']).next().unwrap_or_default())
}

/// The thing that has the state, in words: "order", "basket".
fn noun(states: &Chunk) -> String {
    thing(&states.name, &["State", "States", "Status", "Statuses", "Stage", "Phase", "Choices", "Enum", "Kind", "Type"])
}

fn draft(brief: &Brief) -> Answer {
    match brief.subject.kind {
        ChunkKind::Class => of_states(brief),
        _ => of_move(brief),
    }
}

fn a(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// A move in words.
fn moving(tongue: Tongue, one: &Use) -> Option<String> {
    match &one.does {
        Does::Calls { callee, argument } if !argument.is_empty() => {
            let (callee, argument) = (code(callee)?, code(argument)?);
            Some(under(tongue, &say!(tongue, "calls {callee} with {argument}", "以 {argument} 调用 {callee}"), &one.when))
        }
        _ => usage::told(tongue, one, &[]),
    }
}
