//! How work runs through the code: from a chunk along its sure calls, in the order in which they run.

use std::sync::Arc;

use crate::facts::{Reads, World};
use crate::model::{Chunk, ChunkId, ChunkKind, FlowStep, Guard, Neighbour};

/// Steps that the start itself takes.
const MAX_STEPS: usize = 8;
/// Of the calls of one step so many are told, and so many of all.
const MAX_BELOW: usize = 2;
const MAX_BELOW_ALL: usize = 4;

/// The steps that a chunk's work takes, each in front of those that it calls; empty where they are
/// too few to make a flow.
pub(crate) fn flow(world: &World, start: &Arc<Chunk>, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) -> Vec<Neighbour> {
    let mut known = vec![start.id.clone()];
    let mut below_all = 0;
    let mut steps: Vec<Neighbour> = Vec::new();
    let direct = called(world, start, &mut known, MAX_STEPS, citable, reads);
    for step in direct {
        let chunk = step.chunk.clone();
        steps.push(step);
        let from = steps.len();
        let room = MAX_BELOW.min(MAX_BELOW_ALL - below_all);
        let below = called(world, &chunk, &mut known, room, citable, reads);
        below_all += below.len();
        steps.extend(below.into_iter().map(|step| Neighbour { from, ..step }));
    }
    let elsewhere = steps.iter().any(|step| step.chunk.path != start.path);
    if steps.len() >= if elsewhere { 3 } else { 4 } { steps } else { Vec::new() }
}

/// The first calls of a chunk that lead to work not yet known.
fn called(
    world: &World,
    caller: &Arc<Chunk>,
    known: &mut Vec<ChunkId>,
    most: usize,
    citable: &dyn Fn(&Chunk) -> bool,
    reads: &mut Reads,
) -> Vec<Neighbour> {
    let mut found: Vec<Neighbour> = Vec::new();
    if most == 0 {
        return found;
    }
    reads.edges(&caller.id);
    for edge in (world.edges)(&caller.id).iter().filter(|edge| !edge.read) {
        if found.len() == most {
            break;
        }
        let Some(target) = edge.sure().filter(|target| !known.contains(target)) else { continue };
        reads.chunk(target);
        let Some(chunk) = (world.chunk)(target).filter(|chunk| citable(chunk) && works(chunk)) else { continue };
        let calls = caller.facts.calls.iter().filter(|call| call.callee == edge.callee).cloned().collect();
        known.push(target.clone());
        found.push(Neighbour { calls, ..Neighbour::of(chunk) });
    }
    found
}

/// The steps as data.
pub(crate) fn flow_steps(steps: &[Neighbour]) -> Vec<FlowStep> {
    let step = |step: &Neighbour| FlowStep {
        chunk: step.chunk.id.clone(),
        call: step.calls.first().map(|call| call.callee.clone()).unwrap_or_default(),
        from: step.from,
        when: step.calls.first().map(|call| Guard::joined(&call.when)).unwrap_or_default(),
    };
    steps.iter().map(step).collect()
}

/// Does it only set or get one value, as `setStatus` and `getStatus` do?
fn is_accessor(chunk: &Chunk) -> bool {
    let named = |front: &str| chunk.name.strip_prefix(front).is_some_and(|rest| rest.starts_with(char::is_uppercase));
    let facts = &chunk.facts;
    let plain = facts.statements <= 1 && facts.branches == 0 && facts.raises.is_empty() && facts.calls.is_empty();
    plain && (named("set") && facts.parameters.len() == 1 || (named("get") || named("is")) && facts.parameters.is_empty())
}

/// Does it do a part of the work, rather than hold or hand on a value?
fn works(chunk: &Chunk) -> bool {
    let facts = &chunk.facts;
    let does = !facts.raises.is_empty() || !facts.writes.is_empty() || !facts.effects.is_empty() || facts.branches > 0;
    matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method)
        && !chunk.is_nested()
        && !facts.stub
        && !facts.fallback
        && !chunk.name.starts_with("__")
        && !is_accessor(chunk)
        && (does || !chunk.doc.is_empty() && facts.statements >= 2)
}
