//! What a chunk offers to build on, by a look at the chunk alone.
//!
//! A design starts at an anchor: a limit that others may want to set, a function that refuses, a call that
//! leaves the program. Which chunk of a repository is the best anchor of a sort is decided among all that
//! offer it; an index finds those under [`offer_key`].

use crate::facts::{entry, evidence_lines, is_enum, is_member};
use crate::model::{CallUse, Chunk, ChunkKind, GuardKind, Hash64, Outside, key};

/// A sort of place that a design starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Anchor {
    /// A number or a span of time that the code is held to.
    Limit,
    /// A function that refuses for several reasons.
    Refusals,
    /// A function that catches an error and goes on without a word.
    Silence,
    /// A function that does for one key what a caller may want for many.
    OneByOne,
    /// A function that leaves the program in one of these ways.
    Network,
    File,
    Clock,
    Environment,
    Log,
    /// A route that changes something, and a command.
    Route,
    Command,
    /// A class of states, and one of fields.
    States,
    Entity,
    /// A function that does its work in steps.
    Flow,
    /// A method that answers a request.
    Handler,
    /// A class that has others like it.
    Sibling,
}

impl Anchor {
    pub(crate) const ALL: [(Self, &'static str); 16] = [
        (Self::Limit, "limit"),
        (Self::Refusals, "refusals"),
        (Self::Silence, "silence"),
        (Self::OneByOne, "one by one"),
        (Self::Network, "network"),
        (Self::File, "file"),
        (Self::Clock, "clock"),
        (Self::Environment, "environment"),
        (Self::Log, "log"),
        (Self::Route, "route"),
        (Self::Command, "command"),
        (Self::States, "states"),
        (Self::Entity, "entity"),
        (Self::Flow, "flow"),
        (Self::Handler, "handler"),
        (Self::Sibling, "sibling"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(anchor, _)| *anchor == self).map_or("", |(_, name)| name)
    }
}

/// How good an anchor is: the best are looked at first.
pub(crate) type Tier = u8;
pub(crate) const BEST: Tier = 3;

/// The key under which the chunks that offer an anchor are found.
pub(crate) fn offer_key(anchor: Anchor, tier: Tier) -> Hash64 {
    key("offer", &format!("{}\0{tier}", anchor.name()))
}

/// Code beside the product: nobody asks for a design of it.
const ASIDE: &[&str] = &[
    "test",
    "tests",
    "testing",
    "doc",
    "docs",
    "example",
    "examples",
    "sandbox",
    "demo",
    "demos",
    "bench",
    "benches",
    "benchmarks",
    "scripts",
    "tools",
    "conftest",
    "setup",
];

/// The anchors that a chunk offers, with how good it is as one.
pub(crate) fn offers(chunk: &Chunk) -> Vec<(Anchor, Tier)> {
    let facts = &chunk.facts;
    let nested = chunk.is_nested() && entry(chunk).is_none();
    if chunk.kind == ChunkKind::Module
        || nested
        || facts.stub && chunk.kind != ChunkKind::Constant
        || evidence_lines(chunk).is_none()
        || is_aside(&chunk.path)
    {
        return Vec::new();
    }
    match chunk.kind {
        ChunkKind::Constant => limit(chunk).into_iter().collect(),
        ChunkKind::Class => of_class(chunk),
        _ if chunk.name.starts_with("__") => Vec::new(),
        _ => of_function(chunk),
    }
}

fn is_aside(path: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    stem.split('/').any(|part| ASIDE.contains(&part) || part.starts_with("test_") || part.ends_with("_test"))
}

fn limit(chunk: &Chunk) -> Option<(Anchor, Tier)> {
    let value = chunk.facts.attributes.first().map(|attribute| attribute.value.as_str()).unwrap_or_default();
    let number = value.starts_with(|c: char| c.is_ascii_digit()) && value.len() <= 24;
    let span = ["timedelta(", "datetime.timedelta(", "Duration::"].iter().any(|start| value.starts_with(start)) && value.len() <= 60;
    let stem = chunk.path.rsplit('/').next().unwrap_or_default();
    let is_setting = ["settings", "defaults", "config"].iter().any(|word| stem.starts_with(word));
    if !number && !span || is_setting || !value.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let part = |words: &[&str]| chunk.name.split('_').any(|part| words.contains(&part));
    let tier = match () {
        () if part(&["MAX", "LIMIT", "WINDOW", "TTL", "TIMEOUT", "ATTEMPTS", "RETRIES"]) => 3,
        () if part(&["MIN", "DEFAULT", "SIZE", "INTERVAL", "THRESHOLD"]) => 2,
        () => return None,
    };
    Some((Anchor::Limit, tier))
}

fn of_class(chunk: &Chunk) -> Vec<(Anchor, Tier)> {
    let facts = &chunk.facts;
    let mut out = Vec::new();
    let members = facts.attributes.iter().filter(|attribute| is_member(attribute)).count();
    if is_enum(chunk) && members >= 3 && chunk.name.ends_with("State") | chunk.name.ends_with("Status") {
        out.push((Anchor::States, 3));
    }
    let fields = fields(chunk);
    if fields >= 3 && !is_enum(chunk) && !chunk.name.starts_with('_') {
        out.push((Anchor::Entity, if fields >= 5 && !chunk.doc.is_empty() { 3 } else { 2 }));
    }
    let public = facts.methods.iter().filter(|name| !name.starts_with('_')).count();
    if public >= 1 && !chunk.name.starts_with('_') && !chunk.is_nested() {
        out.push((Anchor::Sibling, if public >= 2 && !chunk.doc.is_empty() { 3 } else { 2 }));
    }
    out
}

/// How many fields a record of this class has.
fn fields(chunk: &Chunk) -> usize {
    let stated = |value: &str| value.contains("Field(") || value.contains("ForeignKey(") || value.contains("Column(");
    let is_record = chunk.facts.decorators.iter().any(|name| name.contains("dataclass"));
    let field = |attribute: &&crate::model::Attribute| stated(&attribute.value) || is_record && !attribute.annotation.is_empty();
    chunk.facts.attributes.iter().filter(|attribute| !attribute.late).filter(field).count()
}

fn of_function(chunk: &Chunk) -> Vec<(Anchor, Tier)> {
    let facts = &chunk.facts;
    let mut out = Vec::new();
    let known = u8::from(!chunk.doc.is_empty()) + u8::from(!chunk.name.starts_with('_'));
    let short = facts.statements <= 40;
    let reasons = facts.raises.iter().filter(|raise| !raise.caught && !raise.when.is_empty() && refuses(&raise.exception)).count();
    let judges =
        ["validate", "clean", "check", "verify", "is_valid", "prepare", "_clean"].iter().any(|start| chunk.name.starts_with(start));
    if reasons >= 3 && short && !facts.generator {
        out.push((Anchor::Refusals, if judges { 3 } else { 1 }));
    }
    let calls = facts.calls.iter().filter(|call| matches!(call.usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned)).count();
    if calls >= 4 && (5..=30).contains(&facts.statements) && !facts.generator && known > 0 {
        out.push((Anchor::Flow, if chunk.doc.is_empty() { 2 } else { 3 }));
    }
    let answers = matches!(chunk.name.as_str(), "post" | "form_valid" | "dispatch" | "put" | "delete") && chunk.kind == ChunkKind::Method;
    if answers && (3..=30).contains(&facts.statements) {
        out.push((Anchor::Handler, if chunk.name == "dispatch" { 2 } else { 3 }));
    }
    if silent(chunk) && short {
        out.push((Anchor::Silence, 1 + known));
    }
    if one_by_one(chunk) && short {
        out.push((Anchor::OneByOne, 1 + known));
    }
    let ways = [
        (Outside::Network, Anchor::Network),
        (Outside::File, Anchor::File),
        (Outside::Clock, Anchor::Clock),
        (Outside::Environment, Anchor::Environment),
        (Outside::Log, Anchor::Log),
    ];
    for (outside, anchor) in ways {
        if facts.effects.iter().any(|effect| effect.on == outside) && facts.statements >= 2 && short {
            out.push((anchor, 1 + known));
        }
    }
    match entry(chunk) {
        Some(crate::facts::Entry::Route { verb, .. }) => out.push((Anchor::Route, if verb == "GET" { 1 } else { 3 })),
        Some(crate::facts::Entry::Command { .. }) => out.push((Anchor::Command, 1 + known)),
        Some(_) => (),
        None if chunk.name == "handle" && facts.statements >= 2 => out.push((Anchor::Command, 3)),
        None => (),
    }
    out
}

/// Is it an error that tells a user no, rather than a programmer?
fn refuses(exception: &str) -> bool {
    const PROGRAMMING: &[&str] =
        &["RuntimeError", "TypeError", "AttributeError", "KeyError", "NotImplementedError", "AssertionError", "ImportError", "LookupError"];
    let last = exception.rsplit('.').next().unwrap_or_default();
    last.starts_with(char::is_uppercase) && !PROGRAMMING.contains(&last)
}

/// Errors by which code finds out what it has at hand, rather than that something went wrong.
const PROBES: &[&str] = &[
    "KeyError",
    "AttributeError",
    "TypeError",
    "ImportError",
    "ModuleNotFoundError",
    "StopIteration",
    "IndexError",
    "Unicode",
    "DoesNotExist",
];

/// Does it catch an error and go on with a value, telling nobody?
fn silent(chunk: &Chunk) -> bool {
    let facts = &chunk.facts;
    let caught = |guards: &[crate::model::Guard]| {
        let wrong = |text: &str| text != "any exception" && !PROBES.iter().any(|probe| text.contains(probe));
        guards.last().is_some_and(|guard| guard.kind == GuardKind::Except && wrong(&guard.text))
    };
    let goes_on = facts.exits.iter().any(|exit| caught(&exit.when) && !matches!(exit.value.as_str(), "" | "True" | "False"));
    let says = |callee: &str| callee.ends_with("echo") || callee.ends_with("warn");
    let told = facts.effects.iter().any(|effect| matches!(effect.on, Outside::Log | Outside::Output))
        || facts.calls.iter().any(|call| says(&call.callee));
    goes_on && !told && !facts.raises.iter().any(|raise| caught(&raise.when))
}

/// Does it take the key of one thing, and refuse or change something by it?
fn one_by_one(chunk: &Chunk) -> bool {
    let facts = &chunk.facts;
    let own = |name: &str| matches!(name, "self" | "cls");
    let first = facts.parameters.iter().find(|parameter| !own(&parameter.name));
    let key =
        first.is_some_and(|parameter| ["_id", "_key", "_code", "sku", "_number", "_ref"].iter().any(|end| parameter.name.ends_with(end)));
    let writes = facts.calls.iter().any(|call| {
        let last = call.callee.rsplit('.').next().unwrap_or_default();
        ["save", "delete", "remove", "update", "commit", "move", "pop", "add", "append"].iter().any(|word| last.starts_with(word))
    });
    key && facts.statements >= 3 && (writes || !facts.writes.is_empty())
}
