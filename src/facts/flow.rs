//! How work runs through the code: from a chunk along its sure calls, in source order.

use std::sync::Arc;

use crate::facts::{Reads, World};
use crate::model::{Chunk, ChunkKind, FlowStep, Guard, Neighbour};

/// Steps below the start that are told.
const MAX_STEPS: usize = 7;
/// Calls are followed so deep.
const MAX_DEPTH: usize = 2;
/// Of the calls of one step so many are followed.
const MAX_BELOW: usize = 3;

/// The steps that a chunk's work takes, each behind the one that calls it; empty where they are
/// too few to make a flow.
pub(crate) fn flow(world: &World, start: &Arc<Chunk>, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) -> Vec<Neighbour> {
    let mut steps: Vec<Neighbour> = Vec::new();
    follow(world, start, 0, 0, citable, reads, &mut steps);
    let elsewhere = steps.iter().any(|step| step.chunk.path != start.path);
    if steps.len() >= if elsewhere { 3 } else { 4 } { steps } else { Vec::new() }
}

fn follow(
    world: &World,
    caller: &Arc<Chunk>,
    from: usize,
    depth: usize,
    citable: &dyn Fn(&Chunk) -> bool,
    reads: &mut Reads,
    steps: &mut Vec<Neighbour>,
) {
    let mut below = 0;
    reads.edges(&caller.id);
    let most = if depth == 0 { MAX_STEPS } else { MAX_BELOW };
    for edge in (world.edges)(&caller.id).iter().filter(|edge| !edge.read) {
        if below == most || steps.len() == MAX_STEPS {
            return;
        }
        let Some(target) = edge.sure().filter(|target| **target != caller.id) else { continue };
        reads.chunk(target);
        let Some(found) = (world.chunk)(target).filter(|found| citable(found) && works(found)) else { continue };
        if steps.iter().any(|step| step.chunk.id == found.id) {
            continue;
        }
        let calls = caller.facts.calls.iter().filter(|call| call.callee == edge.callee).cloned().collect();
        steps.push(Neighbour { from, calls, ..Neighbour::of(found.clone()) });
        below += 1;
        let number = steps.len();
        if depth + 1 < MAX_DEPTH {
            follow(world, &found, number, depth + 1, citable, reads, steps);
        }
    }
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

/// Does it do a part of the work, rather than hold or hand on a value?
fn works(chunk: &Chunk) -> bool {
    let facts = &chunk.facts;
    let does = !facts.raises.is_empty() || !facts.writes.is_empty() || !facts.effects.is_empty() || facts.branches > 0;
    matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method)
        && !chunk.is_nested()
        && !facts.stub
        && !chunk.name.starts_with("__")
        && (does || !chunk.doc.is_empty() && facts.statements >= 2)
}
