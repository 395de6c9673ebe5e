//! What decides in a chunk, and what it leads to: single statements, each with its proof.

use crate::generate::brief::is_rule;
use crate::generate::condition::{after_earlier, is_tellable, under, with_subject};
use crate::generate::kinds::raises;
use crate::generate::kinds::result::is_local;
use crate::generate::meaning::{is_known, is_vague};
use crate::generate::phrase::{code, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::written;
use crate::model::{CallUse, Chunk, ChunkKind, Exit, Guard, GuardKind, Predicate, Raise, Write, words};

/// One statement about a chunk, to follow its name: "raises `X` when `y`".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub says: String,
    pub predicate: Predicate,
}

impl Point {
    /// Does it tell of a decision or a result, and not only of a call?
    pub(super) fn is_decisive(&self) -> bool {
        self.predicate.name != "calls"
    }
}

/// That something before may have ended the call is no condition to go by.
const HIDDEN: &str = "not (…)";
/// At most so many of one sort.
const MAX_OF_SORT: usize = 2;

/// Do these say all that it refuses, changes and gives back?
pub(super) fn is_whole(chunk: &Chunk, points: &[Point]) -> bool {
    let facts = &chunk.facts;
    let told = |name: &str| points.iter().filter(|point| point.predicate.name == name).count();
    let exits = facts.exits.iter().filter(|exit| !exit.value.is_empty()).count();
    let raises = facts.raises.iter().filter(|raise| !raise.caught).count();
    told("raises") >= raises && told("returns") >= exits && told("writes") >= facts.writes.len() && !facts.generator
}

/// What decides in it, at most `most` statements: errors and their conditions first, then what
/// comes back, then what it changes, then whom it calls.
pub(super) fn points(tongue: Tongue, chunk: &Chunk, most: usize) -> Vec<Point> {
    let facts = &chunk.facts;
    if chunk.kind == ChunkKind::Class {
        return Vec::new();
    }
    let mut out = Points { chunk, most, list: Vec::new() };
    // What is handled and raised again only passes by, and an assertion states what is taken for granted.
    let own = || facts.raises.iter().filter(|raise| !raises::is_again(raise) && raise.exception != "AssertionError");
    out.take(most.saturating_sub(1).max(MAX_OF_SORT), own().filter_map(|raise| of_raise(tongue, chunk, raise)));
    // That a check which is told has passed goes without saying.
    let checks: Vec<&[Guard]> = own().filter(|raise| of_raise(tongue, chunk, raise).is_some()).map(|raise| raise.when.as_slice()).collect();
    let passed = |exit: &Exit| {
        let point = of_exit(tongue, chunk, exit)?;
        let says = of_exit(tongue, chunk, &Exit { when: after_earlier(&exit.when, &checks), ..exit.clone() })?.says;
        Some(Point { says, ..point })
    };
    out.take(MAX_OF_SORT + 1, facts.exits.iter().filter(|exit| decides(exit) && !hands_on(chunk, exit)).filter_map(passed));
    out.take(MAX_OF_SORT, facts.writes.iter().filter_map(|write| of_write(tongue, chunk, write)));
    let last = facts.exits.iter().filter(|exit| !decides(exit) && !hands_on(chunk, exit)).find_map(passed);
    // What a told value calls is told with it.
    let told: Vec<String> = out.list.iter().chain(&last).map(|point| point.says.clone()).collect();
    let new = |point: &Point| !told.iter().any(|says| says.contains(&format!("{}(", point.predicate.args[1])));
    out.take(MAX_OF_SORT, calls(tongue, chunk).filter(new));
    out.take(1, last.into_iter());
    out.list
}

struct Points<'c> {
    chunk: &'c Chunk,
    most: usize,
    list: Vec<Point>,
}

impl Points<'_> {
    /// Up to `limit` more that say something new to who has not read the body.
    fn take(&mut self, limit: usize, points: impl Iterator<Item = Point>) {
        let end = self.most.min(self.list.len() + limit);
        for point in points {
            let condition = point.predicate.args.last().filter(|_| point.predicate.args.len() > 2);
            let vague = condition.is_some_and(|text| text == HIDDEN || words(text).any(|word| is_vague(self.chunk, word)));
            if !vague && self.list.len() < end && self.list.iter().all(|known| known.says != point.says) {
                self.list.push(point);
            }
        }
    }
}

/// An error that leaves, where its type and what triggers it can be told.
pub(super) fn of_raise(tongue: Tongue, chunk: &Chunk, raise: &Raise) -> Option<Point> {
    if raise.caught || !raises::is_told(raise) || is_long(&raise.when) || raise.exception.ends_with("NotImplementedError") {
        return None;
    }
    let error = raises::leaves(tongue, chunk, &[raises::named(tongue, raise)]);
    Some(Point { says: raises::tell(tongue, &error, raise), predicate: raises::predicate(chunk, raise) })
}

pub(super) fn of_exit(tongue: Tongue, chunk: &Chunk, exit: &Exit) -> Option<Point> {
    let value = code(&exit.value).filter(|_| !is_long(&exit.when) && exit.value != "self")?;
    Some(Point {
        says: under(tongue, &say!(tongue, "returns {value}", "返回{value}"), &exit.when),
        predicate: Predicate::new("returns", [chunk.id.as_str(), &exit.value, &Guard::joined(&exit.when)]),
    })
}

pub(super) fn of_write(tongue: Tongue, chunk: &Chunk, write: &Write) -> Option<Point> {
    // Of `a = b = 1` the outer value is an assignment itself.
    code(&write.target).filter(|_| !is_long(&write.when) && !write.value.contains(" = "))?;
    let what = written(tongue, &write.target, &write.value);
    Some(Point {
        says: under(tongue, &what, &write.when),
        predicate: Predicate::new("writes", [chunk.id.as_str(), &write.target, &write.value, &Guard::joined(&write.when)]),
    })
}

/// Calls that are made for what they do, those under a condition first.
fn calls(tongue: Tongue, chunk: &Chunk) -> impl Iterator<Item = Point> {
    let told = |callee: &str| !is_noise(callee) && !callee.starts_with('…') && !callee.starts_with("super(");
    let calls = chunk
        .facts
        .calls
        .iter()
        .filter(move |call| matches!(call.usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned) && told(&call.callee));
    let (bound, free): (Vec<_>, Vec<_>) = calls.partition(|call| !call.when.is_empty() && !is_long(&call.when));
    bound.into_iter().chain(free).filter_map(move |call| {
        let callee = code(&call.callee)?;
        let certain = !call.when.is_empty() && !is_long(&call.when);
        let what = say!(tongue, "calls {callee}", "调用{callee}");
        let id = chunk.id.as_str();
        Some(match certain {
            true => Point {
                says: under(tongue, &what, &call.when),
                predicate: Predicate::new("calls_when", [id, &call.callee, &Guard::joined(&call.when)]),
            },
            false => Point { says: what, predicate: Predicate::new("calls", [id, &call.callee]) },
        })
    })
}

/// Is it a call that says nothing of what the code is there for?
pub(in crate::generate) fn is_noise(callee: &str) -> bool {
    #[rustfmt::skip]
    const NOISE: &[&str] = &[
        "abs", "all", "any", "append", "bool", "bytes", "callable", "cast", "chr", "debug", "dict", "divmod", "encode", "decode", "endswith", "enumerate", "error", "exception", "extend", "filter", "float", "format",
        "frozenset", "get", "getattr", "hasattr", "hash", "id", "info", "int", "isinstance", "issubclass", "items", "iter", "join", "keys", "len", "list", "log", "lower", "map", "max", "min", "next",
        "object", "ord", "pop", "print", "range", "repr", "replace", "reversed", "round", "set", "setdefault", "sorted", "split", "startswith", "str", "strip", "lstrip", "rstrip", "sum", "super", "tuple", "type", "update", "upper",
        "values", "vars", "warn", "warning", "zip", "_", "__init__", "copy", "add", "insert", "to_owned", "to_string", "clone", "into", "unwrap", "iter", "collect", "push", "Some", "Ok", "Err", "format!", "vec!",
    ];
    NOISE.contains(&callee.rsplit(['.', ':']).next().unwrap_or_default())
}

/// Does a way out carry a decision, rather than hand on what was there?
fn decides(exit: &Exit) -> bool {
    let plain = matches!(exit.value.as_str(), "" | "self" | "None" | "result" | "cls" | "Ok(())");
    !plain
        && (is_rule(&exit.value)
            || exit.when.iter().any(|guard| !matches!(guard.kind, GuardKind::For | GuardKind::While | GuardKind::Past)))
}

/// Is what comes back a variable of the body, or what was given, and no more?
fn hands_on(chunk: &Chunk, exit: &Exit) -> bool {
    let value = exit.value.as_str();
    let inner = ["Ok(", "Some("].iter().find_map(|wrapper| value.strip_prefix(wrapper)?.strip_suffix(')'));
    let inner = inner.unwrap_or(value);
    let given = chunk.facts.parameters.iter().any(|parameter| parameter.name == inner);
    value == "Ok(())" || given || is_local(chunk, inner) && !is_known(chunk, inner)
}

fn is_long(guards: &[Guard]) -> bool {
    !is_tellable(guards, 4)
}

/// A point as a claim about the chunk.
pub(super) fn claimed(tongue: Tongue, chunk: &Chunk, point: &Point) -> String {
    let name = symbol(chunk);
    with_subject(tongue, &name, &point.says)
}
