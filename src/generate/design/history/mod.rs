//! From a commit to a design: the message is the requirement, the code before it the ground, and what the commit
//! really changed the design.
//!
//! A function of that commit alone. What the design says of the code before it carries a predicate; what is new comes
//! from the difference of the facts, and is marked as new.

mod gains;
mod message;
mod sections;

use std::collections::HashSet;
use std::sync::Arc;

use self::gains::{Gain, gains};
use super::ground::Ground;
use crate::facts::{View, domain};
use crate::generate::brief::evidence_of;
use crate::generate::offline::Answer;
use crate::generate::tongue::Tongue;
use crate::model::{Chunk, ChunkKind, DESIGN, Draft, Evidence, KEYWORDS, Row, Touch, fingerprint, has_word, words};

pub(crate) use message::{requirement, stated};

/// The name of the kind; its version rises when its words change.
pub(crate) const KIND: &str = "history";
const VERSION: u32 = 1;

/// A commit that touches more than so many pieces of code is no single design.
const MOST_CHANGED: usize = 5;
const MOST_ADDED: usize = 8;
const MOST_REMOVED: usize = 1;
/// So many neighbours that the commit left alone are shown.
const MOST_AROUND: usize = 2;

/// The recipe as the rows name it.
pub(crate) fn recipe() -> String {
    format!("offline/design/{KIND}/{VERSION}")
}

/// What a commit did to the code that is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    pub commit: String,
    pub split: String,
    pub requirement: String,
    /// Chunks before and after.
    pub changed: Vec<(Arc<Chunk>, Arc<Chunk>)>,
    pub added: Vec<Arc<Chunk>>,
    pub removed: Vec<Arc<Chunk>>,
    /// Every chunk before it of the files that it touched.
    pub before: Vec<Arc<Chunk>>,
    /// Tests that came with it: file and name.
    pub tests: Vec<(String, String)>,
}

impl Work {
    /// Is it of a size that one design can tell, and did it add behaviour?
    pub(crate) fn fits(&self) -> bool {
        let sizes = self.changed.len() <= MOST_CHANGED && self.added.len() <= MOST_ADDED && self.removed.len() <= MOST_REMOVED;
        let more = self.added.iter().any(|chunk| chunk.kind != ChunkKind::Constant);
        sizes && (more || self.changed.iter().any(|(before, after)| gains(before, after).iter().any(Gain::is_more)))
    }

    /// The chunk that the design starts from: of those that change the one that gains most; else the class that
    /// grows, or what stands beside the new code.
    pub(crate) fn subject(&self) -> Option<Arc<Chunk>> {
        let worth = |(before, after): &&(Arc<Chunk>, Arc<Chunk>)| {
            let is_code = matches!(before.kind, ChunkKind::Function | ChunkKind::Method);
            (gains(before, after).len(), is_code, std::cmp::Reverse(before.id.clone()))
        };
        if let Some((before, _)) = self.changed.iter().max_by_key(worth) {
            return Some(before.clone());
        }
        self.added.iter().find_map(|added| self.container(added)).or_else(|| self.added.iter().find_map(|added| self.beside(added)))
    }

    /// The class that a new method goes into.
    fn container(&self, added: &Chunk) -> Option<Arc<Chunk>> {
        let is_it = |chunk: &&Arc<Chunk>| chunk.path == added.path && !added.container.is_empty() && chunk.symbol == added.container;
        self.before.iter().find(is_it).cloned()
    }

    /// What the new code calls; else the last definition of its sort in its file.
    fn beside(&self, added: &Chunk) -> Option<Arc<Chunk>> {
        let of_kind = |chunk: &&Arc<Chunk>| chunk.path == added.path && chunk.kind == added.kind && !chunk.is_nested();
        self.called(added).into_iter().next().or_else(|| self.before.iter().filter(of_kind).max_by_key(|chunk| chunk.lines.start).cloned())
    }

    /// Definitions of the touched files that the new code calls.
    fn called(&self, added: &Chunk) -> Vec<Arc<Chunk>> {
        let mut out: Vec<Arc<Chunk>> = Vec::new();
        for call in &added.facts.calls {
            let last = call.callee.rsplit(['.', ':']).next().unwrap_or_default();
            let mut named = self.before.iter().filter(|chunk| chunk.name == last && !chunk.is_nested());
            if let (Some(only), None) = (named.next(), named.next())
                && !out.iter().any(|known| known.id == only.id)
            {
                out.push(only.clone());
            }
        }
        out
    }
}

/// A chunk that the commit changes.
struct Changed<'w> {
    cite: usize,
    before: &'w Arc<Chunk>,
    after: &'w Arc<Chunk>,
    /// What it does from now on, as words that follow its name, each with the name that comes with it.
    gains: Vec<(Gain, String)>,
}

/// Everything that the sections are told from.
struct Story<'w> {
    work: &'w Work,
    ground: Ground,
    /// The subject comes first.
    changed: Vec<Changed<'w>>,
    /// Numbers of the evidence: classes that grow, callers, what is called, what goes.
    growing: Vec<usize>,
    callers: Vec<(usize, String)>,
    callees: Vec<(usize, String)>,
    removed: Vec<usize>,
}

/// The design of a commit. `view` shows its subject among the code before it, `code` gives lines of that. None where
/// too little stands around it.
pub(crate) fn draft(work: &Work, view: &View, code: &dyn Fn(&str, u32, u32) -> Option<String>) -> Option<Draft> {
    let mut story = story(work, view)?;
    let known = shown(&story.ground, code)?;
    tell_gains(&mut story, &known);
    let mut answer = Answer { question: work.requirement.clone(), ..Answer::default() };
    let mut design = sections::design(&story, &mut answer)?;
    design.touches = touches(&story);
    sections::trace(&story, &design, &mut answer)?;
    let domain = domain(&view.chunk.path);
    let place = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (folder.to_owned(), name.rsplit_once('.').map(|(_, extension)| extension.to_owned()))
    };
    // New code goes where siblings are, as far as the design shows them.
    if !work.added.iter().all(|added| known.iter().any(|shown| place(&shown.path) == place(&added.path))) {
        return None;
    }
    let mut row = Row {
        id: format!("{DESIGN}:{}:{KIND}:en", work.commit),
        task: DESIGN.to_owned(),
        kind: KIND.to_owned(),
        lang: "en".to_owned(),
        split: work.split.clone(),
        domain,
        intent: "how".to_owned(),
        difficulty: match design.touches.len() {
            ..=2 => "easy",
            3..=4 => "medium",
            _ => "hard",
        }
        .to_owned(),
        question: answer.question,
        source: "history".to_owned(),
        design: Some(Box::new(design)),
        trace: answer.trace,
        claims: answer.claims,
        evidence: known,
        generator: "offline".to_owned(),
        recipe: recipe(),
        ..Row::default()
    };
    row.fingerprint = fingerprint(serde_json::to_string(&row).ok()?.as_bytes());
    Some(Draft(row))
}

/// Takes in the code that the design rests on; None where that is too little or too much.
fn story<'w>(work: &'w Work, view: &View) -> Option<Story<'w>> {
    let mut ground = Ground::new(Tongue::English, &view.chunk);
    let mut changed = Vec::new();
    for (before, after) in &work.changed {
        let cite = ground.cite(before)?;
        changed.push(Changed { cite, before, after, gains: Vec::new() });
    }
    changed.sort_by_key(|changed| changed.cite);
    let removed: Vec<usize> = work.removed.iter().map(|chunk| ground.cite(chunk)).collect::<Option<_>>()?;
    let touched =
        |chunk: &Chunk| work.changed.iter().any(|(before, _)| before.id == chunk.id) || work.removed.iter().any(|gone| gone.id == chunk.id);
    let mut growing = Vec::new();
    for class in work.added.iter().filter_map(|added| work.container(added)) {
        if !touched(&class)
            && crate::facts::evidence_lines(&class).is_some()
            && let Some(cite) = ground.cite(&class).filter(|cite| !growing.contains(cite))
        {
            growing.push(cite);
        }
    }
    let mut callers = Vec::new();
    for caller in view.callers.iter().filter(|caller| !touched(&caller.chunk)).take(MOST_AROUND) {
        if let (Some(call), Some(cite)) = (caller.calls.first(), ground.cite(&caller.chunk)) {
            callers.push((cite, call.callee.clone()));
        }
    }
    let kept: HashSet<&str> =
        changed.first().map(|one| one.after.facts.calls.iter().map(|call| call.callee.as_str()).collect()).unwrap_or_default();
    let mut callees = Vec::new();
    for callee in view.callees.iter().filter(|callee| !touched(&callee.chunk) && !callee.chunk.facts.stub).take(MOST_AROUND) {
        if let Some(call) = callee.calls.first().filter(|call| kept.contains(call.callee.as_str()))
            && let Some(cite) = ground.cite(&callee.chunk)
        {
            callees.push((cite, call.callee.clone()));
        }
    }
    for used in work.added.iter().flat_map(|added| work.called(added)).filter(|chunk| !touched(chunk)).take(MOST_AROUND) {
        if crate::facts::evidence_lines(&used).is_some() {
            ground.cite(&used);
        }
    }
    // A new method of a class that is too long to show stands beside its siblings.
    if ground.neighbours.is_empty()
        && let Some(class) = view.class.as_ref().or(view.siblings.first().map(|sibling| &sibling.chunk))
        && crate::facts::evidence_lines(class).is_some()
    {
        ground.cite(class);
    }
    (!ground.neighbours.is_empty()).then_some(Story { work, ground, changed, growing, callers, callees, removed })
}

/// The evidence with its bytes.
fn shown(ground: &Ground, code: &dyn Fn(&str, u32, u32) -> Option<String>) -> Option<Vec<Evidence>> {
    let all = 1..=ground.neighbours.len() + 1;
    all.map(|cite| {
        let mut evidence = evidence_of(ground.chunk(cite), cite, if cite == 1 { "subject" } else { "support" });
        evidence.code = code(&evidence.path, evidence.start_line, evidence.end_line)?;
        Some(evidence)
    })
    .collect()
}

/// Puts the gains of each chunk into words. What they name stands in the evidence, or comes with them.
fn tell_gains(story: &mut Story, shown: &[Evidence]) {
    let all: Vec<(usize, Vec<Gain>)> = (0..).zip(&story.changed).map(|(at, changed)| (at, gains(changed.before, changed.after))).collect();
    let added = story.work.added.iter().map(|added| added.symbol.as_str());
    let new: HashSet<String> =
        all.iter().flat_map(|(_, gains)| gains.iter().map(Gain::name)).chain(added).flat_map(words).map(str::to_owned).collect();
    let stands = |word: &str| shown.iter().any(|one| [&one.code, &one.symbol, &one.path].iter().any(|text| has_word(text, word)));
    let knows = |text: &str| words(text).all(|word| KEYWORDS.contains(&word) || new.contains(word) || stands(word));
    for (at, gains) in all {
        story.changed[at].gains = gains.into_iter().filter_map(|gain| Some((gain.clone(), gain.says(&knows)?))).collect();
    }
}

/// What was really touched.
fn touches(story: &Story) -> Vec<Touch> {
    let of = |cite: usize, status: &str| {
        let chunk = story.ground.chunk(cite);
        Touch { path: chunk.path.clone(), symbol: chunk.symbol.clone(), chunk_id: chunk.id.clone(), status: status.to_owned() }
    };
    let changed = story.changed.iter().map(|changed| of(changed.cite, "change"));
    let removed = story.removed.iter().map(|cite| of(*cite, "remove"));
    let added = story.work.added.iter().map(|added| Touch {
        path: added.path.clone(),
        symbol: added.symbol.clone(),
        status: "add".to_owned(),
        ..Touch::default()
    });
    changed.chain(added).chain(removed).collect()
}
