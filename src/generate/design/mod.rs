//! From a requirement to a design: the second task of the dataset.
//!
//! A need of the catalogue meets an anchor in the code. What the design says of the code comes from facts and
//! carries a predicate; what it adds is marked as new. It looks at the view alone, as the kinds of question do,
//! so the keys that the view read are all that a design depends on.

mod anchors;
mod catalogue;
mod fill;
mod ground;
pub(crate) mod history;
pub(crate) mod proposal;
mod storage;
mod write;

use crate::facts::{View, domain};
use crate::generate::brief::evidence_of;
use crate::generate::fingerprint::fingerprint_of;
use crate::generate::offline::cited;
use crate::generate::tongue::Tongue;
use crate::model::{Brief, DESIGN, Draft, Evidence, Row, Slot};

pub(crate) use catalogue::Need;

/// The needs of a tongue, in the order in which they are looked for.
pub(crate) fn needs(lang: &str) -> &'static [Need] {
    catalogue::of(lang).map_or(&[], |catalogue| &catalogue.need)
}

/// The recipe as the rows name it.
pub(crate) fn recipe(need: &Need) -> String {
    format!("offline/design/{}/{}", need.name, need.version)
}

/// The design that a need leads to from this chunk; None where too little stands around it.
pub(crate) fn brief(need: &Need, view: &View, split: &str, lang: &str) -> Option<Brief> {
    let catalogue = catalogue::of(lang)?;
    let found = need.found(catalogue)?;
    let subject = view.chunk.clone();
    let slot = Slot { task: DESIGN.to_owned(), subject: subject.id.clone(), kind: need.name.clone(), lang: lang.to_owned() };
    let tongue = if lang == "zh" { Tongue::Chinese } else { Tongue::English };
    let mut ground = anchors::ground(need.anchor()?, view, tongue)?;
    let (answer, design) = write::written(need, found, &mut ground, &slot.id())?;
    let supports = ground.neighbours.iter().map(|neighbour| (&neighbour.chunk, "support"));
    let evidence: Vec<Evidence> = (1..)
        .zip(std::iter::once((&subject, "subject")).chain(supports))
        .map(|(number, (chunk, role))| evidence_of(chunk, number, role))
        .collect();
    let mut brief = Brief {
        split: split.to_owned(),
        domain: domain(&subject.path),
        fingerprint: String::new(),
        recipe: recipe(need),
        turns: Vec::new(),
        turn: false,
        pinned: None,
        draft: Box::default(),
        neighbours: ground.neighbours,
        more: false,
        asides: Vec::new(),
        namesakes: 0,
        slot,
        subject,
        evidence,
    };
    let told = |id: &str| {
        let parts = design.parts().any(|part| part.cites.iter().any(|cite| cite == id));
        parts || design.workflow.iter().any(|stage| stage.cites.iter().any(|cite| cite == id))
    };
    let shown = |evidence: &&Evidence| evidence.role == "subject" || cited(&answer, &evidence.id) || told(&evidence.id);
    let evidence = brief.evidence.iter().filter(shown).cloned().collect();
    brief.draft = Box::new(Draft(Row {
        id: brief.slot.id(),
        task: DESIGN.to_owned(),
        kind: need.name.clone(),
        lang: lang.to_owned(),
        split: brief.split.clone(),
        domain: brief.domain.clone(),
        intent: "how".to_owned(),
        difficulty: answer.difficulty.to_owned(),
        question: answer.question,
        source: need.source.clone(),
        design: Some(Box::new(design)),
        trace: answer.trace,
        claims: answer.claims,
        evidence,
        generator: "offline".to_owned(),
        recipe: brief.recipe.clone(),
        ..Row::default()
    }));
    brief.fingerprint = fingerprint_of(&brief);
    // As with questions, no part of what it is fresh by.
    brief.draft.0.near = view.near.copies.iter().map(ToString::to_string).collect();
    Some(brief.told())
}
