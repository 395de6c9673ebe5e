//! What an update has to do: the plan, and all that carrying it out needs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::check::Relation;
use crate::commands::atlas::Atlas;
use crate::commands::mine::{Mined, mine};
use crate::commands::repeats::Telling;
use crate::commands::review::{OfFile, Reviews};
use crate::commands::rows::OldRows;
use crate::commands::sources::Sources;
use crate::commands::workspace::{Dataset, Workspace};
use crate::commands::{Progress, TOOL, carry, changed, full};
use crate::config::Scope;
use crate::facts;
use crate::generate::llm::{Recipes, is_refused, is_settled};
use crate::generate::{self, Choice, design};
use crate::git::Oid;
use crate::model::{Brief, Chunk, ChunkId, Draft, Edge, Evidence, FlowStep, Hash64, Near, Nearness, Review, Row, is_of_person};
use crate::plan::{self, Action, Old, Pairs, Plan, Step, Verb, Ways};
use crate::store::{self, DomainMap, Manifest};

/// The work on the rows of one source file, or on the designs of one business area.
pub(crate) struct Shard {
    /// Where its rows stand on the branch.
    pub(crate) home: String,
    pub(crate) split: &'static str,
    /// Shards of this file on the branch today; more than one only after a change of the splits.
    pub(crate) old: Vec<String>,
    /// Their rows; none where a full survey leaves them to be read again.
    pub(crate) rows: Option<OldRows>,
    /// Are the old rows part of the manifest's sums?
    pub(crate) counted: bool,
    pub(crate) actions: Vec<Action>,
    /// What people said of its samples.
    pub(crate) reviews: OfFile,
    /// The chunks of the file, where its `facts/` shard is to be written; none removes it.
    pub(crate) chunks: Option<Vec<Charted>>,
    /// Is the `trace/` shard to be written?
    pub(crate) traced: bool,
}

/// A chunk for the `facts/` shard, with the flow that starts in it.
#[derive(Clone)]
pub(crate) struct Charted {
    pub(crate) chunk: Arc<Chunk>,
    pub(crate) flow: Vec<FlowStep>,
}

impl AsRef<Chunk> for Charted {
    fn as_ref(&self) -> &Chunk {
        &self.chunk
    }
}

/// A chunk for the index: its calls, and the keys of what it was derived from.
pub(crate) struct Entry {
    pub(crate) chunk: Arc<Chunk>,
    pub(crate) edges: Arc<[Edge]>,
    /// The steps of the flow that starts here.
    pub(crate) flow: Vec<FlowStep>,
    /// Sorted keys of everything that was looked up.
    pub(crate) reads: Vec<Hash64>,
    pub(crate) near: Near,
    /// What its samples say, in the order of the briefs.
    pub(crate) tellings: Vec<Telling>,
}

pub(crate) struct Survey {
    pub(crate) plan: Plan,
    /// The dataset's tree that the shards are edits of.
    pub(crate) base: Option<Oid>,
    pub(crate) shards: BTreeMap<String, Shard>,
    /// Samples in the words of a model, or marked as refused, in place of the offline ones.
    pub(crate) written: HashMap<String, Draft>,
    /// With the sums of the code; carrying out adds those of the samples.
    pub(crate) manifest: Manifest,
    pub(crate) domains: DomainMap,
    pub(crate) entries: Vec<Entry>,
    /// Chunks that the index has to forget.
    pub(crate) gone: Vec<ChunkId>,
    /// The chunks of the files that changed, before and after; none where everything was looked at.
    pub(crate) sides: [Vec<Arc<Chunk>>; 2],
    pub(crate) atlas: Atlas,
    pub(crate) sources: Sources,
    pub(crate) reviews: Reviews,
    pub(crate) nearness: Nearness,
    /// What commits give.
    pub(crate) mined: Mined,
}

/// Finds out what has to be done. Looks at what changed where the index mirrors a dataset that
/// today's settings and this version made, else at everything.
pub(crate) fn survey(workspace: &Workspace, dataset: Option<&Dataset>, progress: &Progress) -> anyhow::Result<Survey> {
    let mut survey = of_code(workspace, dataset, progress)?;
    let mined = mine(workspace, dataset, &survey)?;
    survey.plan.history = mined.ids.clone();
    Ok(Survey { mined, ..survey })
}

fn of_code(workspace: &Workspace, dataset: Option<&Dataset>, progress: &Progress) -> anyhow::Result<Survey> {
    let source = workspace.source()?;
    let reviews = || Reviews::read(workspace, dataset);
    let reason = match changed::base(workspace, dataset)? {
        Ok((index, base)) => match changed::survey(workspace, source, &index, &base, reviews()?) {
            Ok(survey) => return Ok(survey),
            Err(error) => format!("the index did not answer ({error:#})"),
        },
        Err(reason) => reason,
    };
    full::survey(workspace, source, dataset, reason, reviews()?, progress)
}

/// Brings a row's evidence to where its code stands today. None when a cited chunk is gone.
pub(crate) fn anchored(row: &Row, atlas: &Atlas, sources: &Sources) -> Option<Row> {
    let mut row = row.clone();
    row.evidence.iter_mut().all(|evidence| anchor(evidence, atlas, sources)).then_some(row)
}

fn anchor(evidence: &mut Evidence, atlas: &Atlas, sources: &Sources) -> bool {
    // Code in a file that did not change stands where it stood: most of what a row cites need not be read for that.
    if atlas.is_as_before(&evidence.path) {
        return true;
    }
    let Some(chunk) = atlas.chunk(&evidence.chunk_id) else { return false };
    generate::current(evidence, &chunk, |start, end| sources.code(&chunk.path, start, end))
}

/// Plans the rows of one file.
pub(crate) struct Planner<'p> {
    pub(crate) atlas: &'p Atlas,
    pub(crate) sources: &'p Sources,
    pub(crate) pairs: &'p Pairs,
    /// Rows of chunks that went, wherever they stood.
    pub(crate) before: &'p HashMap<ChunkId, Vec<Row>>,
    /// What the model that is asked would make; None where none is.
    pub(crate) recipes: Option<&'p Recipes>,
    /// Is another gate than today's behind the rows? Replies that it refused are thought over again.
    pub(crate) other_gate: bool,
    /// What people said of the samples of the file.
    pub(crate) reviews: &'p OfFile,
    /// From which share on two chunks are near-copies for a reader.
    pub(crate) tell: f64,
    pub(crate) actions: Vec<Action>,
    pub(crate) steps: Vec<Step>,
}

impl Planner<'_> {
    /// A chunk whose samples were thought over.
    pub(crate) fn subject(&mut self, chunk: &ChunkId, mut briefs: Vec<Brief>, tellings: &[Telling], rows: &[Row], why: &str) {
        let mut out: BTreeMap<String, String> = BTreeMap::new();
        briefs.retain(|brief| {
            let id = brief.slot.id();
            let why = self.left_out(brief, tellings.iter().find(|telling| telling.id == id));
            let stays = why.is_none();
            out.extend(why.map(|why| (id, why)));
            stays
        });
        let (gone, rows): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| out.contains_key(&row.id));
        for row in gone {
            self.steps.push(step(row, Verb::Retire, &out[&row.id]));
            self.actions.push(Action::Drop(row.id.clone()));
        }
        let pinned = |id: &str| self.reviews.get(id).filter(|review| review.pins()).map(|review| Box::new(review.clone()));
        let briefs = briefs.into_iter().map(|brief| Brief { pinned: pinned(&brief.slot.id()), ..brief }).collect();
        let before = self.pairs.was(chunk).and_then(|was| self.before.get(was));
        let old = Old { rows, before: before.into_iter().flatten().collect() };
        let ways = Ways {
            anchored: &|row| anchored(row, self.atlas, self.sources).map(|row| self.reviewed(row)),
            settled: &|row, brief| self.settled(row, brief),
            carried: &|row, brief| self.carried(row, brief),
            asks: self.recipes.is_some(),
        };
        let why = self.pairs.why(chunk).unwrap_or(why);
        let (actions, steps) = plan::for_subject(briefs, &old, why, &ways);
        self.actions.extend(actions);
        self.steps.extend(steps);
    }

    /// Why a sample that a chunk earns does not stand.
    fn left_out(&self, brief: &Brief, telling: Option<&Telling>) -> Option<String> {
        if self.reviews.get(&brief.slot.id()).is_some_and(|review| review.rejects(&brief.fingerprint)) {
            return Some("a person rejected it".to_owned());
        }
        let of = telling?.repeats.as_ref()?;
        let other = self.atlas.chunk(&of.chunk);
        let relation = other.map_or(Relation::Duplicate, |other| Relation::of(&brief.subject, &other, self.tell));
        Some(format!("it says nearly what `{}` says ({})", of.id, relation.name()))
    }

    fn reviewed(&self, row: Row) -> Row {
        reviewed(row, self.reviews)
    }

    /// What a person wrote stays, and nothing else in its place. Without a model to ask, what a model made stays as
    /// long as it is true.
    fn settled(&self, row: &Row, brief: &Brief) -> Result<(), &'static str> {
        match &brief.pinned {
            Some(pinned) if pinned.over(row.clone()) == *row => return Ok(()),
            Some(_) => return Err("a person put it in other words"),
            None if is_of_person(row) => return Err("a person took back what they wrote"),
            None => (),
        }
        let Some(wanted) = self.recipes.and_then(|recipes| recipes.of(&row.kind)) else { return Ok(()) };
        match is_settled(&row.recipe, wanted) {
            true if self.other_gate && is_refused(&row.recipe) => Err("the gate that refused the model's reply is another one now"),
            true => Ok(()),
            false if row.generator == "llm" => Err("another model or another prompt made it"),
            false => Err("the model has not been asked for it"),
        }
    }

    fn carried(&self, row: &Row, brief: &Brief) -> Option<Row> {
        let open = brief.pinned.is_some() || self.pairs.is_edited(&brief.subject.id);
        if row.generator != "llm" || open || self.settled(row, brief).is_err() {
            return None;
        }
        let code = |path: &str, start: u32, end: u32| self.sources.code(path, start, end);
        carry::carried(row, brief, &code, self.sources.secrets())
    }

    /// Samples that stay what they are, while code that they cite may have moved.
    pub(crate) fn moved(&mut self, rows: &[Row]) {
        for row in rows {
            match anchored(row, self.atlas, self.sources) {
                Some(fresh) if fresh == *row => (),
                Some(fresh) => {
                    self.steps.push(step(row, Verb::ReAnchor, plan::MOVED));
                    self.actions.push(Action::Anchor(Box::new(fresh)));
                }
                None => {
                    self.steps.push(step(row, Verb::Retire, "code that it cites is gone"));
                    self.actions.push(Action::Drop(row.id.clone()));
                }
            }
        }
    }

    /// Designs that another anchor serves better.
    pub(crate) fn replaced(&mut self, rows: &[Row]) {
        for row in rows {
            self.steps.push(step(row, Verb::Retire, "nothing leads to it any more"));
            self.actions.push(Action::Drop(row.id.clone()));
        }
    }

    /// Samples of a chunk that is not there any more.
    pub(crate) fn removed(&mut self, rows: &[Row]) {
        for row in rows {
            self.steps.push(step(row, Verb::Retire, "its code is gone"));
            self.actions.push(Action::Drop(row.id.clone()));
        }
    }
}

/// The row with what a person said of it.
pub(crate) fn reviewed(row: Row, reviews: &OfFile) -> Row {
    match reviews.get(&row.id) {
        Some(review) => review.over(row),
        None => Row { review: String::new(), ..row },
    }
}

pub(crate) fn step(row: &Row, verb: Verb, why: &str) -> Step {
    Step { id: row.id.clone(), verb, was: String::new(), why: why.to_owned() }
}

/// The samples that a chunk earns, and its entry for the index.
pub(crate) fn think(
    atlas: &Atlas,
    chunk: &Arc<Chunk>,
    choice: &Choice,
    scope: &Scope,
    resolved: Option<Vec<Hash64>>,
    reviews: &OfFile,
) -> (Vec<Brief>, Entry) {
    let borders = facts::Borders { split: &|path| scope.split(path), is_test: &|path| scope.is_test(path) };
    let (view, reads) = atlas.world(|world| facts::view(world, chunk, borders));
    let mut reads = reads.into_keys();
    // The calls are known by now; where what they were derived from is not, it is found again.
    reads.extend(resolved.unwrap_or_else(|| atlas.world(|world| facts::edges(world, chunk)).1.into_keys()));
    reads.sort_unstable();
    reads.dedup();
    let edges = atlas.world(|world| (world.edges)(&chunk.id));
    let flow = facts::flow_steps(&view.flow);
    let near = view.near.clone();
    let split = scope.split(&chunk.path);
    let pinned: Vec<String> = choice.languages.iter().map(|lang| format!(":{lang}")).collect();
    let is_pinned = |kind: &str| {
        let slot = |end: &String| format!("qa:{}:{kind}{end}", chunk.id);
        pinned.iter().any(|end| reviews.get(&slot(end)).is_some_and(Review::pins))
    };
    let earned = || generate::briefs(&view, split, choice, if reviews.is_empty() { &|_| false } else { &is_pinned });
    let briefs = match near.keeper {
        None => earned(),
        // Of near-copies the first speaks for all; but what a person accepted or wrote stays where it does not cross
        // the splits.
        Some(_) if near.torn || reviews.is_empty() => Vec::new(),
        Some(_) => held(earned(), reviews),
    };
    let tellings = briefs.iter().map(|brief| Telling::of(brief, reviews)).collect();
    (briefs, Entry { chunk: chunk.clone(), edges, flow, reads, near, tellings })
}

/// Those that a person accepted or wrote.
fn held(briefs: Vec<Brief>, reviews: &OfFile) -> Vec<Brief> {
    let is_held = |brief: &Brief| reviews.get(&brief.slot.id()).is_some_and(|review| review.holds(&brief.fingerprint));
    briefs.into_iter().filter(is_held).collect()
}

/// Finishes a survey's plan: sorts the steps, applies the limit, counts.
pub(crate) fn finish(plan: &mut Plan, shards: &mut BTreeMap<String, Shard>, limit: Option<usize>, old_total: usize) {
    // A sample that moves is told of once, where it arrives.
    let taken: BTreeSet<String> = plan.steps.iter().filter(|step| !step.was.is_empty()).map(|step| step.was.clone()).collect();
    plan.steps.retain(|step| step.verb != Verb::Retire || !taken.contains(&step.id));
    plan.steps.sort();
    if let Some(limit) = limit {
        postpone(plan, shards, limit);
    }
    let touched = plan.steps.iter().filter(|step| step.verb != Verb::Make && !(step.verb == Verb::Postpone && step.was.is_empty())).count();
    plan.counts = plan::Counts::of(&plan.steps, old_total.saturating_sub(touched));
}

/// Leaves what is beyond the limit for a later run. A stale sample is dropped now, since it
/// would not be true; a later run makes it.
fn postpone(plan: &mut Plan, shards: &mut BTreeMap<String, Shard>, limit: usize) {
    let mut left: BTreeMap<String, bool> = BTreeMap::new();
    for step in plan.steps.iter_mut().filter(|step| matches!(step.verb, Verb::Make | Verb::Remake | Verb::Move)).skip(limit) {
        left.insert(step.id.clone(), step.verb == Verb::Remake);
        if step.verb == Verb::Remake && step.was.is_empty() {
            step.was = step.id.clone();
        }
        step.verb = Verb::Postpone;
        step.why = "beyond the limit".to_owned();
    }
    for shard in shards.values_mut() {
        for action in &mut shard.actions {
            let id = match action {
                Action::Make(brief) => brief.slot.id(),
                Action::Carry(row) => row.id.clone(),
                Action::Anchor(_) | Action::Drop(_) => continue,
            };
            if left.contains_key(&id) {
                *action = Action::Drop(id);
            }
        }
    }
}

/// The manifest of a dataset made now, sums aside.
pub(crate) fn manifest(workspace: &Workspace, plan: &Plan, complete: bool) -> Manifest {
    Manifest {
        schema: store::SCHEMA,
        tool: TOOL.to_owned(),
        source: store::Source { commit: plan.to.clone(), tree: plan.to_tree.clone() },
        settings: workspace.settings.hash(),
        complete,
        recipes: generate::KINDS
            .iter()
            .filter(|kind| workspace.settings.kinds.iter().any(|name| name == kind.name))
            .map(|kind| generate::recipe(kind))
            .chain(workspace.settings.designs().flat_map(design::needs).map(design::recipe))
            .chain((workspace.settings.history_limit > 0).then(design::history::recipe))
            .collect(),
        ..Manifest::default()
    }
}
