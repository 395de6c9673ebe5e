//! A chunk with the neighbours that an answer about it may cite.

use std::collections::HashMap;
use std::sync::Arc;

use crate::facts::{Reads, World};
use crate::model::{Call, Chunk, ChunkKind, Edge, Lines, Neighbour, Raise, words};
use crate::parse;

/// Code longer than this does not fit into a training example beside its answer.
const MAX_EVIDENCE_LINES: u32 = 160;
/// A class is shown whole up to this length, else by its head.
const MAX_CLASS_LINES: u32 = 60;
const MAX_CALLEES: usize = 24;
const MAX_CALLERS: usize = 4;
/// So many callers are looked at to find those.
const MAX_LOOKED_AT: usize = 60;

#[derive(Clone, Debug)]
pub(crate) struct View {
    pub chunk: Arc<Chunk>,
    /// Definitions that it surely calls and that may be cited beside it, in order of appearance.
    pub callees: Vec<Neighbour>,
    /// What it calls that raises and cannot be shown, as written.
    pub raises_elsewhere: Vec<String>,
    /// Some of its callers.
    pub callers: Vec<Neighbour>,
    /// Are there callers beyond those?
    pub more_callers: bool,
    /// Of a class: its constructor.
    pub constructor: Option<Arc<Chunk>>,
}

/// The lines that stand for a chunk as evidence: all of it, or of a long class its head. None
/// where that is too long or no unit of its own.
pub(crate) fn evidence_lines(chunk: &Chunk) -> Option<Lines> {
    let Lines { start, .. } = chunk.lines;
    let count = match chunk.kind {
        ChunkKind::Module => return None,
        ChunkKind::Class if chunk.lines.count() > MAX_CLASS_LINES => chunk.head,
        _ => chunk.lines.count(),
    };
    (count <= MAX_EVIDENCE_LINES).then_some(Lines { start, end: start + count - 1 })
}

/// Does an error in this file's language pass through every caller that does not handle it?
pub(crate) fn has_exceptions(path: &str) -> bool {
    parse::by_path(path).is_some_and(|language| language.exceptions)
}

/// Collects the neighbours of a chunk; everything looked up is in the reads. Only code of the
/// same split may be cited.
pub(crate) fn view(world: &World, chunk: &Arc<Chunk>, split: &(dyn Fn(&str) -> &'static str + Sync)) -> (View, Reads) {
    let mut reads = Reads::default();
    let here = split(&chunk.path);
    let citable = |other: &Chunk| split(&other.path) == here && evidence_lines(other).is_some();
    let mut callees: Vec<Neighbour> = Vec::new();
    let mut elsewhere = Vec::new();
    let exceptions = has_exceptions(&chunk.path);
    for edge in (world.edges)(&chunk.id).iter() {
        let Some(target) = edge.sure().filter(|target| **target != chunk.id) else { continue };
        if callees.len() >= MAX_CALLEES {
            break;
        }
        reads.chunk(target);
        let Some(found) = (world.chunk)(target) else { continue };
        let passes = exceptions && found.facts.raises.iter().any(|raise| !raise.caught);
        if !citable(&found) {
            if passes {
                elsewhere.push(edge.callee.clone());
            }
            continue;
        }
        let calls: Vec<Call> = chunk.facts.calls.iter().filter(|call| call.callee == edge.callee).cloned().collect();
        let free = exceptions && calls.iter().any(|call| call.catches.is_empty());
        let raises = if free { found.facts.raises.iter().filter(|raise| !raise.caught).cloned().collect() } else { Vec::new() };
        match callees.iter_mut().find(|known| known.chunk.id == found.id) {
            Some(known) => known.calls.extend(calls),
            None => {
                let inner_names = inner_names(&found, &raises);
                callees.push(Neighbour { chunk: found, calls, raises, inner_names });
            }
        }
    }
    let (callers, more_callers) = callers(world, chunk, &citable, &mut reads);
    let constructor =
        (chunk.kind == ChunkKind::Class).then(|| crate::model::ChunkId::new(&chunk.path, &format!("{}.__init__", chunk.symbol)));
    let constructor = constructor.and_then(|id| {
        reads.chunk(&id);
        (world.chunk)(&id)
    });
    (View { chunk: chunk.clone(), callees, raises_elsewhere: elsewhere, callers, more_callers, constructor }, reads)
}

/// Names in the conditions of raises that mean something inside of the function only.
fn inner_names(chunk: &Chunk, raises: &[Raise]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for guard in raises.iter().flat_map(|raise| &raise.when) {
        for word in words(&guard.text) {
            if chunk.facts.locals.iter().any(|local| local.name == word) && !names.iter().any(|name| name == word) {
                names.push(word.to_owned());
            }
        }
    }
    names
}

/// Up to [`MAX_CALLERS`] callers in the order of their ids, more than two of a file only where
/// there is room left. The order
/// looks at names alone, so one more caller somewhere rarely changes who is shown.
fn callers(world: &World, chunk: &Chunk, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) -> (Vec<Neighbour>, bool) {
    let all = (world.callers)(&chunk.id);
    let mut shown: Vec<Neighbour> = Vec::new();
    let mut spare: Vec<Neighbour> = Vec::new();
    let mut of_file: HashMap<String, usize> = HashMap::new();
    let mut others = all.len() > MAX_LOOKED_AT;
    for id in all.iter().filter(|id| **id != chunk.id).take(MAX_LOOKED_AT) {
        reads.chunk(id);
        let Some(caller) = (world.chunk)(id) else { continue };
        let in_file = of_file.entry(caller.path.clone()).or_default();
        if shown.len() >= MAX_CALLERS || caller.is_nested() || !citable(&caller) {
            others = true;
            continue;
        }
        let edges = (world.edges)(id);
        let written: Vec<&Edge> = edges.iter().filter(|edge| edge.sure() == Some(&chunk.id)).collect();
        let calls: Vec<Call> =
            caller.facts.calls.iter().filter(|call| written.iter().any(|edge| edge.callee == call.callee)).cloned().collect();
        if calls.is_empty() {
            continue;
        }
        let list = if *in_file < 2 { &mut shown } else { &mut spare };
        *in_file += 1;
        list.push(Neighbour { chunk: caller, calls, raises: Vec::new(), inner_names: Vec::new() });
    }
    let room = MAX_CALLERS - shown.len();
    others = others || spare.len() > room;
    shown.extend(spare.into_iter().take(room));
    (shown, others)
}
