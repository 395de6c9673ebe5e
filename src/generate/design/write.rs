//! A need, said of an anchor.

use super::catalogue::{Found, Line, Move, Need};
use super::fill::{filled, paragraph, plain};
use super::ground::{Ground, Member, Values};
use super::storage;
use crate::generate::offline::Answer;
use crate::generate::phrase::{capital, stopped};
use crate::model::{Alternative, ChunkId, Constraint, Design, Part, Predicate, Stage, Touch, key};

/// So many constraints are told.
const MAX_HELD: usize = 4;

/// The requirement, the design, its claims and the reasoning; None where a section would be empty.
pub(super) fn written(need: &Need, found: &Found, ground: &mut Ground, seed: &str) -> Option<(Answer, Design)> {
    let mut answer = Answer::default();
    let values = ground.values.clone();
    let wordings: Vec<String> = need.requirement.iter().filter_map(|text| filled(text, &[&values])).collect();
    if wordings.is_empty() {
        return None;
    }
    answer.question = wordings[(key("wording", seed) % wordings.len() as u64) as usize].clone();
    let mut design = Design {
        overview: paragraph(&need.overview, &[&values]),
        components: parts(ground, &need.components),
        api_changes: parts(ground, &need.api_changes),
        domain_model: parts(ground, &need.domain_model),
        data_storage: parts(ground, &need.data_storage),
        workflow: stages(ground, &need.workflow),
        assumptions: sentences(&need.assumptions, &values),
        alternatives: Vec::new(),
        risks: sentences(&need.risks, &values),
        tests: parts(ground, &need.tests),
        ..Design::default()
    };
    let ways = need.alternatives.iter();
    design.alternatives = ways
        .filter_map(|way| Some(Alternative { says: filled(&way.says, &[&values])?, against: filled(&way.against, &[&values])? }))
        .collect();
    if design.data_storage.is_empty() {
        design.data_storage = storage::told(ground);
    }
    for (cite, callee) in &ground.calls {
        answer.claim(
            format!("{} calls `{callee}`", crate::generate::phrase::symbol(ground.chunk(*cite))),
            Predicate::new("calls", [ground.id(*cite).as_str(), callee]),
            *cite,
        );
    }
    for held in ground.held.iter().take(MAX_HELD) {
        let says = stopped(ground.tongue, &held.says);
        answer.claim(says.clone(), held.predicate.clone(), held.cite);
        let cites = vec![format!("E{}", held.cite)];
        if answer.claims.iter().any(|claim| claim.says == says && claim.cites == cites) {
            design.constraints.push(Constraint { says, cites });
        }
    }
    touches(&mut design, ground);
    trace(&mut answer, need, found, ground, &design)?;
    let files: std::collections::BTreeSet<&str> = (1..=ground.neighbours.len() + 1).map(|cite| ground.chunk(cite).path.as_str()).collect();
    answer.difficulty = match (design.components.len(), files.len()) {
        (..=2, 1) => "easy",
        (..=4, ..=2) => "medium",
        _ => "hard",
    };
    Some((answer, design))
}

fn sentences(texts: &[String], values: &Values) -> Vec<String> {
    texts.iter().filter_map(|text| filled(text, &[values])).collect()
}

/// The lines of a section, those of a group once for each piece of its code.
fn parts(ground: &Ground, lines: &[Line]) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for line in lines {
        if line.of.is_empty() {
            out.extend(new_part(line, &ground.values));
            continue;
        }
        for member in ground.groups.get(line.of.as_str()).into_iter().flatten() {
            let part = known_part(ground, line, member);
            if let Some(part) = part.filter(|part| !out.iter().any(|known| known.chunk_id == part.chunk_id)) {
                out.push(part);
            }
        }
    }
    out
}

fn new_part(line: &Line, values: &Values) -> Option<Part> {
    let status = if line.status.is_empty() { "new" } else { &line.status };
    Some(Part {
        name: plain(&line.name, &[values])?,
        path: plain(&line.path, &[values])?,
        chunk_id: ChunkId::default(),
        status: status.to_owned(),
        says: capital(&filled(&line.says, &[values])?),
        cites: Vec::new(),
    })
}

fn known_part(ground: &Ground, line: &Line, member: &Member) -> Option<Part> {
    let layers = [&member.values, &ground.values];
    let chunk = ground.chunk(member.cite);
    Some(Part {
        name: chunk.symbol.clone(),
        path: chunk.path.clone(),
        chunk_id: chunk.id.clone(),
        status: if line.status.is_empty() { "changed".to_owned() } else { line.status.clone() },
        says: capital(&filled(&line.says, &layers)?),
        cites: vec![format!("E{}", member.cite)],
    })
}

fn stages(ground: &Ground, moves: &[Move]) -> Vec<Stage> {
    let mut out: Vec<Stage> = Vec::new();
    for one in moves {
        let members = if one.of.is_empty() { &[][..] } else { ground.groups.get(one.of.as_str()).map_or(&[][..], Vec::as_slice) };
        if one.of.is_empty() {
            let says = filled(&one.says, &[&ground.values]);
            let actor = plain(&one.actor, &[&ground.values]);
            out.extend(says.zip(actor).map(|(says, actor)| Stage { actor, status: "new".to_owned(), says, ..Stage::default() }));
        }
        for member in members {
            let layers = [&member.values, &ground.values];
            let calls = if one.calls.is_empty() { Some(String::new()) } else { plain(&one.calls, &layers) };
            let chunk = ground.chunk(member.cite);
            out.extend(filled(&one.says, &layers).zip(calls).map(|(says, calls)| Stage {
                step: 0,
                actor: chunk.symbol.clone(),
                chunk_id: chunk.id.clone(),
                calls,
                status: "existing".to_owned(),
                says,
                cites: vec![format!("E{}", member.cite)],
            }));
        }
    }
    (1..).zip(&mut out).for_each(|(number, stage)| stage.step = number);
    out
}

/// What the parts of the design change and add.
fn touches(design: &mut Design, ground: &Ground) {
    let mut out: Vec<Touch> = Vec::new();
    for part in design.components.iter().chain(&design.domain_model) {
        let symbol = part.name.clone();
        let touch = match part.status.as_str() {
            "changed" => Touch { path: part.path.clone(), symbol, chunk_id: part.chunk_id.clone(), status: "change".to_owned() },
            "new" if !part.path.is_empty() => {
                Touch { path: part.path.clone(), symbol, chunk_id: ChunkId::default(), status: "add".to_owned() }
            }
            _ => continue,
        };
        if !out.contains(&touch) {
            out.push(touch);
        }
    }
    // Where to look first comes first.
    out.sort_by_key(|touch| touch.chunk_id != *ground.id(1));
    design.touches = out;
}

fn trace(answer: &mut Answer, need: &Need, found: &Found, ground: &Ground, design: &Design) -> Option<()> {
    let values = &ground.values;
    let others: Vec<usize> = (2..=ground.neighbours.len() + 1).collect();
    let around = if others.is_empty() { vec![1] } else { others };
    answer.step("read", filled(&need.reads, &[values])?, &[1]);
    answer.step("locate", filled(&found.located, &[values])?, &[1]);
    if let Some(followed) = filled(&found.followed, &[values]) {
        answer.step("follow", followed, &around);
    }
    let way = design.alternatives.first()?;
    answer.step("compare", format!("{} {}", way.says, way.against), &[1]);
    answer.step("decide", filled(&need.decides, &[values])?, &[1]);
    let held = design.constraints.first()?;
    let cite: usize = held.cites.first()?.strip_prefix('E')?.parse().ok()?;
    answer.step("check", held.says.clone(), &[cite]);
    Some(())
}
