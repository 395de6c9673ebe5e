//! Which samples a chunk earns, and what each is made from.

use crate::facts::{View, domain, evidence_lines, is_told};
use crate::generate::fingerprint::fingerprint_of;
use crate::generate::kinds::Material;
use crate::generate::{KINDS, Kind, offline};
use crate::model::{Brief, Chunk, ChunkKind, Evidence, Slot, key};

/// What the settings say about the samples of a chunk.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// Kinds that are asked for, by name.
    pub kinds: Vec<String>,
    /// At most so many kinds for one chunk.
    pub qa_count: usize,
    pub languages: Vec<String>,
}

/// The samples that a chunk earns today. A function of the view alone: those kinds come first
/// that have most to say; before them those that hold a person's words.
pub(crate) fn briefs(view: &View, split: &str, choice: &Choice, is_pinned: &dyn Fn(&str) -> bool) -> Vec<Brief> {
    let chunk = &view.chunk;
    if !earns(chunk) {
        return Vec::new();
    }
    let mut worth: Vec<(u32, usize, &Kind)> = KINDS
        .iter()
        .enumerate()
        .filter(|(_, kind)| is_pinned(kind.name) || choice.kinds.iter().any(|name| name == kind.name))
        .map(|(order, kind)| (spread((kind.weight)(view), chunk, kind), order, *kind))
        .filter(|(weight, _, _)| *weight > 0)
        .collect();
    worth.sort_by_key(|(weight, order, kind)| (!is_pinned(kind.name), std::cmp::Reverse(*weight), *order));
    let mut out = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    let mut kinds = 0;
    for (_, _, kind) in worth {
        if kinds == choice.qa_count {
            break;
        }
        if taken.contains(&kind.name) && !is_pinned(kind.name) {
            continue;
        }
        let material = (kind.material)(view);
        let made: Vec<Brief> = choice.languages.iter().filter_map(|lang| brief(view, split, kind, &material, lang, false)).collect();
        if !made.is_empty() {
            kinds += 1;
            taken.extend(material.turns.iter().map(|kind| kind.name));
        }
        out.extend(made);
    }
    out
}

/// A weight, moved up or down by up to a third: of two chunks alike each is asked something
/// else. A function of the slot alone.
fn spread(weight: u32, chunk: &Chunk, kind: &Kind) -> u32 {
    let draw = key(kind.name, chunk.id.as_str()) % 61;
    (u64::from(weight) * (70 + draw) / 10) as u32
}

/// Does an expression compute or decide, rather than hand on?
pub(crate) fn is_rule(value: &str) -> bool {
    const OPERATORS: &[&str] = &[
        " + ", " - ", " * ", " / ", " // ", " % ", " < ", " > ", " <= ", " >= ", " == ", " != ", " and ", " or ", " in ", " if ", "min(",
        "max(",
    ];
    OPERATORS.iter().any(|operator| value.contains(operator))
}

/// Does the chunk hold anything to ask about?
pub(crate) fn earns(chunk: &Chunk) -> bool {
    if !is_told(chunk) {
        return false;
    }
    if chunk.kind == ChunkKind::Constant {
        return true;
    }
    let facts = &chunk.facts;
    let dunder = chunk.name.starts_with("__") && chunk.name.ends_with("__");
    let small = chunk.kind != ChunkKind::Class && facts.statements <= 1 && facts.branches == 0 && facts.raises.is_empty();
    let rule = facts.exits.iter().any(|exit| is_rule(&exit.value));
    let trivial = small && !rule && (chunk.doc.is_empty() || facts.calls.len() <= 1 && facts.parameters.is_empty());
    let nameless = chunk.name.trim_matches('_').is_empty();
    let setter = facts.decorators.iter().any(|name| name.ends_with(".setter") || name.ends_with(".deleter"));
    !nameless && !setter && !facts.stub && !facts.fallback && !trivial && (!dunder || !facts.raises.is_empty())
}

/// None when the kind has nothing to say after all.
fn brief(view: &View, split: &str, kind: &Kind, material: &Material, lang: &str, turn: bool) -> Option<Brief> {
    let subject = view.chunk.clone();
    let Material { neighbours, more, asides, turns } = material.clone();
    let turns: Vec<Brief> = turns.into_iter().filter_map(|kind| brief(view, split, kind, &(kind.material)(view), lang, true)).collect();
    let supports = neighbours.iter().map(|neighbour| (&neighbour.chunk, if neighbour.contrast { "contrast" } else { "support" }));
    let mut evidence: Vec<Evidence> = (1..)
        .zip(std::iter::once((&subject, "subject")).chain(supports))
        .map(|(number, (chunk, role))| evidence_of(chunk, number, role))
        .collect();
    for shown in turns.iter().flat_map(|turn| &turn.draft.0.evidence) {
        if !evidence.iter().any(|known| known.chunk_id == shown.chunk_id) {
            evidence.push(Evidence { id: format!("E{}", evidence.len() + 1), ..shown.clone() });
        }
    }
    let mut brief = Brief {
        slot: Slot { task: "qa".to_owned(), subject: subject.id.clone(), kind: kind.name.to_owned(), lang: lang.to_owned() },
        split: split.to_owned(),
        domain: domain(&subject.path),
        fingerprint: String::new(),
        evidence,
        recipe: recipe(kind),
        turns,
        turn,
        draft: Box::default(),
        subject,
        neighbours,
        more,
        asides,
        namesakes: view.namesakes,
        pinned: None,
    };
    brief.draft = Box::new(offline::write(kind, &brief)?);
    brief.fingerprint = fingerprint_of(&brief);
    // What it is a copy of does not change what is said: no model is asked anew for that.
    brief.draft.0.near = view.near.copies.iter().map(ToString::to_string).collect();
    Some(brief.told())
}

/// The recipe as the rows name it.
pub(crate) fn recipe(kind: &Kind) -> String {
    format!("offline/{}/{}", kind.name, kind.version)
}

pub(super) fn evidence_of(chunk: &Chunk, number: usize, role: &str) -> Evidence {
    let mut evidence = Evidence {
        id: format!("E{number}"),
        chunk_id: chunk.id.clone(),
        path: chunk.path.clone(),
        symbol: chunk.symbol.clone(),
        role: role.to_owned(),
        ..Evidence::default()
    };
    current(&mut evidence, chunk, |_, _| Some(String::new()));
    evidence
}

/// Brings a piece of evidence to where its chunk stands today; false when it cannot be cited.
/// `code` gives the bytes of lines of the chunk's file.
pub(crate) fn current(evidence: &mut Evidence, chunk: &Chunk, code: impl FnOnce(u32, u32) -> Option<String>) -> bool {
    let Some(lines) = evidence_lines(chunk) else { return false };
    let Some(text) = code(lines.start, lines.end) else { return false };
    evidence.start_line = lines.start;
    evidence.end_line = lines.end;
    evidence.code = text;
    true
}
