//! A survey of what a change may reach.
//!
//! The index names the dataset commit that it mirrors. From there the trees are compared, changed
//! files are parsed, and the keys whose value changed lead to every chunk that ever read them.
//! Those are thought over again; the fingerprints of their briefs cut off what stays the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::Context;
use rayon::prelude::*;

use crate::commands::atlas::{Atlas, ChunkRecord, FileRecord, Overlay, Whole, read, write};
use crate::commands::board::{self, Around};
use crate::commands::full::{chunks_of, is_held, readable};
use crate::commands::kin::{self, Regrouped};
use crate::commands::mine::Mined;
use crate::commands::review::{OfFile, Reviews};
use crate::commands::rows::OldRows;
use crate::commands::sources::{Handles, Sources};
use crate::commands::survey::{self, Charted, Entry, Planner, Shard, Survey, step, think};
use crate::commands::workspace::{Dataset, Workspace};
use crate::commands::{TOOL, reading, repeats, shards};
use crate::facts::{self, Changed, module_stem};
use crate::git::{Oid, Tip};
use crate::index::{Index, Lookup};
use crate::model::{Brief, Chunk, ChunkId, Edge, Finding, Hash64, Row, key};
use crate::plan::{self, Pairs, Plan, Step, Verb};
use crate::store::{self, DomainMap, Manifest};

/// The index and the dataset that it mirrors, or why there is no such pair.
pub(crate) fn base(workspace: &Workspace, dataset: Option<&Dataset>) -> anyhow::Result<Result<(Index, Dataset), String>> {
    let no = |reason: &str| Ok(Err(reason.to_owned()));
    let Some(tip) = dataset else { return no("there is no dataset yet") };
    let Some(index) = workspace.index()? else { return no("there is no index of it") };
    let Some(base) = workspace.dataset_at(&index.mirror().dataset_commit)? else { return no("the index is of a dataset that is not here") };
    let asked = workspace.asking.as_ref().map(|asking| asking.recipes.id());
    for manifest in [&tip.manifest, &base.manifest] {
        let Some(manifest) = manifest else { return no("the dataset has another schema") };
        if manifest.tool != TOOL {
            return no("another version of the tool made the dataset");
        }
        if manifest.settings != workspace.settings.hash() {
            return no("the settings changed");
        }
        if !manifest.complete {
            return no("a limit left samples to be made");
        }
        if asked.as_ref().is_some_and(|asked| *asked != manifest.asked) {
            return no("the model was not asked for every sample");
        }
    }
    if index.mirror().settings != workspace.settings.hash() {
        return no("the settings changed");
    }
    Ok(Ok((index, base)))
}

pub(crate) fn survey(workspace: &Workspace, source: &Tip, index: &Index, base: &Dataset, reviews: Reviews) -> anyhow::Result<Survey> {
    let manifest = base.manifest.as_ref().context("the dataset has no manifest")?;
    let scope = workspace.settings.scope()?;
    let sources = Sources::new(workspace.repository.handle(), source.tree, &workspace.secrets);
    let lookup = index.lookup();
    let delta = Delta::read(workspace, source, manifest, &scope, &sources, &lookup)?;
    let changed = facts::changed_keys(&delta.old, &delta.new);
    let pairs = plan::pair(&delta.old, &delta.new);
    let mut overlay = Overlay::new(lookup, delta.paths.clone(), Whole::new(delta.new.iter()));
    let mut regrouped = kin::along(&overlay, &delta.old, &delta.new, workspace.settings.nearness(), &|path| scope.split(path));
    overlay.set_near(std::mem::take(&mut regrouped.near));
    let mut atlas = Atlas::Overlay(Box::new(overlay));
    let reach = Reach::find(&mut atlas, &delta, &changed, &regrouped)?;

    // Everything that was touched, by file.
    let mut by_path: BTreeMap<String, Touched> = BTreeMap::new();
    for path in &delta.paths {
        by_path.entry(path.clone()).or_default();
    }
    let place = |by_path: &mut BTreeMap<String, Touched>, id: &ChunkId, again: bool| {
        if let Some(chunk) = atlas.chunk(id) {
            let touched = by_path.entry(chunk.path.clone()).or_default();
            if again { touched.again.push(chunk) } else { touched.moved.push(chunk) }
        }
    };
    reach.again.iter().for_each(|id| place(&mut by_path, id, true));
    reach.moved.iter().for_each(|id| place(&mut by_path, id, false));
    for id in reviewed(&delta, &atlas, reviews.beside(&workspace.repository, Some(base.tree))?)? {
        if !reach.again.contains(&id) {
            if let Some(touched) = atlas.chunk(&id).and_then(|chunk| by_path.get_mut(&chunk.path)) {
                touched.moved.retain(|chunk| chunk.id != id);
            }
            place(&mut by_path, &id, true);
        }
    }
    for chunk in delta.old.iter().filter(|chunk| changed.meant.contains(&chunk.id) && !delta.is_there(&chunk.id)) {
        by_path.entry(chunk.path.clone()).or_default().removed.push(chunk.id.clone());
    }

    let before = delta.rows_of_gone(workspace, base, &scope, &pairs)?;
    let choice = workspace.settings.choice();
    let recipes = workspace.recipes();
    let repository = &workspace.repository;
    let mut plan = Plan {
        from: manifest.source.commit.clone(),
        to: source.commit.to_string(),
        to_tree: source.tree.to_string(),
        files: delta.files,
        ..Plan::default()
    };
    let nearness = workspace.settings.nearness();
    let old_by_id: HashMap<&ChunkId, &Arc<Chunk>> = delta.old.iter().map(|chunk| (&chunk.id, chunk)).collect();
    let new_by_path = by_file(&delta.new);
    let handles = Handles::new(repository);
    let Atlas::Overlay(overlay) = &atlas else { anyhow::bail!("an update needs the index") };
    let think = |chunk: &Arc<Chunk>, said: &OfFile| think(&atlas, chunk, &choice, &scope, reach.reads.get(&chunk.id).cloned(), said);
    let thinking: anyhow::Result<Vec<()>> = by_path
        .par_iter_mut()
        .filter(|(path, _)| !delta.held.contains(*path))
        .map(|(path, touched)| {
            touched.reviews = reviews.of(path)?;
            touched.thought = touched.again.iter().map(|chunk| think(chunk, &touched.reviews)).collect();
            // Laid out anew: the same facts, another text or size for the index.
            let is_laid = |chunk: &&Arc<Chunk>| {
                old_by_id.get(&chunk.id).is_some_and(|was| was.fingerprints.raw != chunk.fingerprints.raw || was.head != chunk.head)
            };
            touched.laid = touched.moved.iter().filter(is_laid).map(|chunk| think(chunk, &touched.reviews).1).collect();
            Ok(())
        })
        .collect();
    thinking?;
    let thought = by_path.values().flat_map(|touched| &touched.thought).map(|(_, entry)| entry);
    let left = delta.old.iter().map(|chunk| &chunk.id).filter(|id| !delta.is_there(id));
    let settled = repeats::along(overlay, thought, left, nearness.say);
    // Others of their samples stand than before, and nothing else about them is another.
    for chunk in settled.turned.iter().filter_map(|id| atlas.chunk(id)) {
        let touched = by_path.entry(chunk.path.clone()).or_default();
        touched.reviews = reviews.of(&chunk.path)?;
        touched.moved.retain(|moved| moved.id != chunk.id);
        touched.laid.retain(|entry| entry.chunk.id != chunk.id);
        touched.thought.push(think(&chunk, &touched.reviews));
        touched.again.push(chunk);
    }
    for touched in by_path.values_mut() {
        touched.thought.iter_mut().map(|(_, entry)| entry).chain(&mut touched.laid).for_each(|entry| settled.place(entry));
    }
    let turned = settled.turned;
    let of_file = |(path, touched): (String, Touched)| -> anyhow::Result<Planned> {
        let path = &path;
        let old_shards = vec![store::qa_shard(scope.split(path), path)];
        let was_held = manifest.held.contains(path);
        let in_delta = delta.paths.contains(path);
        let old = OldRows::read(&handles.take(), base.tree, &old_shards)?;
        if delta.held.contains(path) {
            let rows = if was_held { Vec::new() } else { old.all()? };
            let steps = rows.iter().map(|row| step(row, Verb::Hold, "its file does not parse")).collect();
            return Ok(Planned { path: path.clone(), shard: None, steps, entries: Vec::new() });
        }
        let said = touched.reviews;
        let mut planner = Planner {
            atlas: &atlas,
            sources: &sources,
            pairs: &pairs,
            before: &before,
            recipes,
            other_gate: false,
            reviews: &said,
            tell: nearness.tell,
            actions: Vec::new(),
            steps: Vec::new(),
        };
        let mut entries = Vec::new();
        for (chunk, (briefs, entry)) in touched.again.iter().zip(touched.thought) {
            let why = match plan::classify(old_by_id.get(&chunk.id).map(|chunk| chunk.as_ref()), Some(chunk)) {
                plan::Change::None if in_delta && reach.callers.contains(&chunk.id) => "its callers changed",
                _ if turned.contains(&chunk.id) => "what it says is said elsewhere, or is not any more",
                _ if !in_delta && regrouped.changed.contains(&chunk.id) => "its near-copies changed",
                _ if !in_delta => "code that it calls, or that calls it, changed",
                plan::Change::None if regrouped.changed.contains(&chunk.id) => "its near-copies changed",
                plan::Change::None => "code that it calls, or that calls it, changed",
                change => change.says(),
            };
            planner.subject(&chunk.id, briefs, &entry.tellings, &old.of(&chunk.id)?, why);
            entries.push(entry);
        }
        for chunk in &touched.moved {
            planner.moved(&old.of(&chunk.id)?);
        }
        entries.extend(touched.laid);
        for id in &touched.removed {
            planner.removed(&old.of(id)?);
        }
        // A file that was held has rows of chunks that no facts are known of.
        if was_held {
            for (_, rows) in old.by_subject()?.iter().filter(|(id, _)| !delta.is_there(id)) {
                planner.removed(rows);
            }
        }
        let traced = in_delta || touched.again.iter().any(|chunk| reach.traced.contains(&chunk.id));
        let reflowed = entries.iter().any(|entry| overlay.record(&entry.chunk.id).is_some_and(|record| record.flow != entry.flow));
        let Planner { actions, steps, .. } = planner;
        let idle = actions.is_empty() && !traced && !was_held && !reflowed;
        let shard = Shard {
            home: store::qa_shard(scope.split(path), path),
            split: scope.split(path),
            old: old_shards,
            rows: Some(old),
            counted: !was_held,
            actions,
            chunks: (in_delta || reflowed)
                .then(|| {
                    let new = in_delta.then(|| new_by_path.get(path.as_str()).cloned().unwrap_or_default());
                    charted(overlay, new, &entries, path)
                })
                .transpose()?,
            traced,
            reviews: said,
        };
        Ok(Planned { path: path.clone(), shard: Some(shard).filter(|_| !idle), steps, entries })
    };
    let planned: anyhow::Result<Vec<Planned>> = by_path.into_par_iter().map(of_file).collect();
    let mut shards = BTreeMap::new();
    let mut entries = Vec::new();
    for planned in planned? {
        plan.steps.extend(planned.steps);
        entries.extend(planned.entries);
        shards.extend(planned.shard.map(|shard| (planned.path, shard)));
    }
    let reached = reach.again.iter().chain(&reach.moved);
    let changed_chunks = delta.old.iter().chain(&delta.new).map(Arc::as_ref);
    if board::is_touched(&atlas, reached, changed_chunks) {
        let languages: Vec<String> = workspace.settings.designs().map(str::to_owned).collect();
        let designs = board::designs(&atlas, &scope, &languages);
        let around = Around { atlas: &atlas, sources: &sources, pairs: &pairs, recipes, other_gate: false, counted: true };
        let old = board::on_branch(repository, Some(base.tree))?;
        let designs = board::plan(designs, old, &around, "code that it rests on changed")?;
        shards.extend(designs.shards);
        plan.steps.extend(designs.steps);
    }
    if let Atlas::Overlay(overlay) = &atlas
        && let Some(fault) = overlay.fault()
    {
        return Err(fault);
    }
    plan.findings = delta.findings.clone();
    survey::finish(&mut plan, &mut shards, workspace.limit, manifest.tally.samples.max(0) as usize);
    let mut next = survey::manifest(workspace, &plan, plan.counts.get(Verb::Postpone) == 0);
    next.tally = manifest.tally.clone();
    let known = repository.file(base.tree, store::DOMAIN_MAP)?.context("the dataset has no map of domains")?;
    let mut domains = DomainMap::from_bytes(&repository.blob(known)?.context("the map of domains is not in this clone")?)?;
    for (chunks, sign) in [(&delta.old, -1), (&delta.new, 1)] {
        for (path, chunks) in by_file(chunks) {
            let domain = facts::domain(path);
            next.tally.code(&domain, &chunks, shards::traced(&chunks), sign);
            domains.file(&domain, path, &chunks, sign);
        }
    }
    // Rows of a file that stopped to parse leave the sums.
    for path in delta.held.iter().filter(|path| delta.paths.contains(*path) && !manifest.held.contains(*path)) {
        for row in OldRows::read(repository, base.tree, &[store::qa_shard(scope.split(path), path)])?.all()? {
            next.tally.sample(&row, -1);
        }
    }
    next.held = delta.held.clone();
    let gone = delta.old.iter().filter(|chunk| !delta.is_there(&chunk.id)).map(|chunk| chunk.id.clone()).collect();
    Ok(Survey {
        written: HashMap::new(),
        plan,
        base: Some(base.tree),
        shards,
        manifest: next,
        domains,
        entries,
        gone,
        sides: [delta.old, delta.new],
        atlas,
        sources,
        reviews,
        nearness,
        mined: Mined::default(),
    })
}

/// The chunks whose samples a person said something of that the base does not know.
fn reviewed(delta: &Delta, atlas: &Atlas, said: BTreeMap<String, BTreeSet<String>>) -> anyhow::Result<Vec<ChunkId>> {
    let Atlas::Overlay(overlay) = atlas else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (path, ids) in said {
        let chunks = match delta.paths.contains(&path) {
            true => delta.new.iter().filter(|chunk| chunk.path == path).cloned().collect(),
            false => old_chunks(overlay.lookup(), &path)?,
        };
        let about = |chunk: &&Arc<Chunk>| ids.iter().any(|id| id.strip_prefix("qa:").is_some_and(|id| id.starts_with(chunk.id.as_str())));
        out.extend(chunks.iter().filter(about).map(|chunk| chunk.id.clone()));
    }
    Ok(out)
}

/// The chunks of a file with their flows (`new` where the file changed): those thought over with the new one, the others with
/// the one that the index has.
fn charted(overlay: &Overlay, new: Option<Vec<Arc<Chunk>>>, entries: &[Entry], path: &str) -> anyhow::Result<Vec<Charted>> {
    let chunks = match new {
        Some(chunks) => chunks,
        None => old_chunks(overlay.lookup(), path)?,
    };
    let flow = |chunk: &Chunk| match entries.iter().find(|entry| entry.chunk.id == chunk.id) {
        Some(entry) => entry.flow.clone(),
        None => overlay.record(&chunk.id).map(|record| record.flow).unwrap_or_default(),
    };
    Ok(chunks.into_iter().map(|chunk| Charted { flow: flow(&chunk), chunk }).collect())
}

/// The plan of one file.
struct Planned {
    path: String,
    /// None where nothing of it has to be written.
    shard: Option<Shard>,
    steps: Vec<Step>,
    entries: Vec<Entry>,
}

#[derive(Default)]
struct Touched {
    again: Vec<Arc<Chunk>>,
    moved: Vec<Arc<Chunk>>,
    removed: Vec<ChunkId>,
    reviews: OfFile,
    /// What came of thinking over those of `again`.
    thought: Vec<(Vec<Brief>, Entry)>,
    /// Those of `moved` whose text is another.
    laid: Vec<Entry>,
}

fn by_file(chunks: &[Arc<Chunk>]) -> BTreeMap<&str, Vec<Arc<Chunk>>> {
    let mut out: BTreeMap<&str, Vec<Arc<Chunk>>> = BTreeMap::new();
    for chunk in chunks {
        out.entry(&chunk.path).or_default().push(chunk.clone());
    }
    out
}

/// The changed files, before and after.
struct Delta {
    /// Paths whose content changed and that are read on either side.
    paths: HashSet<String>,
    files: usize,
    old: Vec<Arc<Chunk>>,
    new: Vec<Arc<Chunk>>,
    there: HashSet<ChunkId>,
    /// All files that do not parse today.
    held: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Delta {
    fn read(
        workspace: &Workspace,
        source: &Tip,
        manifest: &Manifest,
        scope: &crate::config::Scope,
        sources: &Sources,
        lookup: &Lookup,
    ) -> anyhow::Result<Self> {
        let tree = Oid::parse(&manifest.source.tree)?;
        let (changes, reading) = reading::changes(&workspace.repository, tree, source.tree, scope)
            .context("while comparing with the source tree that the dataset mirrors")?;
        let mut delta = Self {
            paths: HashSet::new(),
            files: 0,
            old: Vec::new(),
            new: Vec::new(),
            there: HashSet::new(),
            held: manifest.held.clone(),
            findings: Vec::new(),
        };
        for change in changes {
            let path = match readable(&change.path) {
                Ok(path) => path.to_owned(),
                Err(finding) => {
                    delta.findings.extend(finding.filter(|_| change.new.is_some()));
                    continue;
                }
            };
            if scope.may_read(&path).is_none() {
                continue;
            }
            let manner = reading.manner(&path);
            let old = old_chunks(lookup, &path)?;
            // Others wrote it, before and after.
            if manner.is_none() && old.is_empty() && !delta.held.contains(&path) {
                continue;
            }
            delta.files += 1;
            delta.held.remove(&path);
            delta.old.extend(old);
            if let (Some(blob), Some(manner)) = (change.new, manner) {
                match chunks_of(&workspace.repository, &path, blob, manner, sources) {
                    Ok(chunks) => delta.new.extend(chunks),
                    Err(finding) => {
                        if is_held(&finding) {
                            delta.held.insert(path.clone());
                        }
                        delta.findings.push(finding);
                    }
                }
            }
            delta.paths.insert(path);
        }
        delta.there = delta.new.iter().map(|chunk| chunk.id.clone()).collect();
        delta.findings.sort();
        Ok(delta)
    }

    fn is_there(&self, id: &ChunkId) -> bool {
        self.there.contains(id)
    }

    /// Rows of chunks that another chunk took over.
    fn rows_of_gone(
        &self,
        workspace: &Workspace,
        base: &Dataset,
        scope: &crate::config::Scope,
        pairs: &Pairs,
    ) -> anyhow::Result<HashMap<ChunkId, Vec<Row>>> {
        let mut out = HashMap::new();
        let paths: BTreeSet<&str> =
            self.old.iter().filter(|chunk| pairs.became(&chunk.id).is_some()).map(|chunk| chunk.path.as_str()).collect();
        for path in paths.into_iter().filter(|path| !self.held.contains(*path)) {
            let rows = OldRows::read(&workspace.repository, base.tree, &[store::qa_shard(scope.split(path), path)])?;
            for chunk in self.old.iter().filter(|chunk| chunk.path == path && pairs.became(&chunk.id).is_some()) {
                out.insert(chunk.id.clone(), rows.of(&chunk.id)?);
            }
        }
        Ok(out)
    }
}

/// The chunks of a file as the index has them: its old side, not parsed again.
fn old_chunks(lookup: &Lookup, path: &str) -> anyhow::Result<Vec<Arc<Chunk>>> {
    let Some(bytes) = lookup.file(path)? else { return Ok(Vec::new()) };
    let places: HashMap<ChunkId, crate::model::Lines> = read::<FileRecord>(&bytes)?.places.into_iter().collect();
    let mut out = Vec::with_capacity(places.len());
    for (_, bytes) in lookup.chunks_of(path)? {
        let ChunkRecord { chunk, .. } = ChunkRecord::read(&bytes)?;
        let lines = *places.get(&chunk.id).with_context(|| format!("the index does not know where {} stands", chunk.id))?;
        out.push(Arc::new(Chunk { lines, ..chunk }));
    }
    out.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(out)
}

/// The chunks that a change may reach.
struct Reach {
    /// To be thought over again.
    again: BTreeSet<ChunkId>,
    /// Whose evidence may have moved, and nothing else.
    moved: BTreeSet<ChunkId>,
    /// Whose callers changed.
    callers: BTreeSet<ChunkId>,
    /// Whose calls were resolved again, and what these were derived from.
    reads: HashMap<ChunkId, Vec<Hash64>>,
    /// Whose calls resolve otherwise than before.
    traced: BTreeSet<ChunkId>,
}

impl Reach {
    /// Resolves the calls of every chunk that a changed key may concern, sets them in the atlas,
    /// and follows the edges that came and went.
    fn find(atlas: &mut Atlas, delta: &Delta, changed: &Changed, regrouped: &Regrouped) -> anyhow::Result<Self> {
        let Atlas::Overlay(overlay) = &*atlas else { anyhow::bail!("an update needs the index") };
        let dependents = |keys: Vec<Hash64>| -> anyhow::Result<BTreeSet<ChunkId>> {
            let ids = overlay.lookup().dependents(&keys)?;
            Ok(ids.into_iter().map(ChunkId::stored).collect())
        };
        let mut keys: Vec<Hash64> = changed.keys.iter().copied().collect();
        keys.extend(changed.meant.iter().chain(&regrouped.turned).map(|id| key("chunk", id.as_str())));
        let was: HashSet<&ChunkId> = delta.old.iter().map(|chunk| &chunk.id).collect();
        let visible = |id: &ChunkId| delta.is_there(id) || !was.contains(id);
        let mut resolve: BTreeSet<ChunkId> = dependents(keys)?.into_iter().filter(|id| visible(id)).collect();
        resolve.extend(changed.meant.iter().filter(|id| delta.is_there(id)).cloned());

        let mut edges: HashMap<ChunkId, Arc<[Edge]>> = HashMap::new();
        let mut callers: BTreeSet<ChunkId> = BTreeSet::new();
        let mut reads = HashMap::new();
        let mut traced = BTreeSet::new();
        let sure = |edges: &[Edge]| -> BTreeSet<ChunkId> { edges.iter().filter_map(|edge| edge.sure().cloned()).collect() };
        for id in &resolve {
            let Some(chunk) = atlas.chunk(id) else { continue };
            let (found, read) = atlas.world(|world| facts::edges(world, &chunk));
            let was = overlay.record(id).map(|record| record.edges).unwrap_or_default();
            callers.extend(sure(&was).symmetric_difference(&sure(&found)).cloned());
            if was != found {
                traced.insert(id.clone());
            }
            edges.insert(id.clone(), found.into());
            reads.insert(id.clone(), read.into_keys());
        }
        for chunk in delta.old.iter().filter(|chunk| !delta.is_there(&chunk.id)) {
            let was = overlay.record(&chunk.id).map(|record| record.edges).unwrap_or_default();
            callers.extend(sure(&was));
        }
        // Whoever looked at the calls of a chunk that go elsewhere now.
        let others = dependents(traced.iter().map(facts::edges_key).collect())?;
        let mut moved = dependents(changed.moved.iter().map(|id| key("chunk", id.as_str())).collect())?;
        moved.extend(changed.moved.iter().cloned());
        let mut again = resolve;
        again.extend(regrouped.changed.iter().cloned());
        again.extend(callers.iter().chain(&others).filter(|id| visible(id)).cloned());
        let moved = moved.into_iter().filter(|id| !again.contains(id) && visible(id)).collect();
        if let Atlas::Overlay(overlay) = atlas {
            overlay.set_edges(edges);
        }
        Ok(Self { again, moved, callers, reads, traced })
    }
}

/// The record of a file for the index.
pub(crate) fn file_entry(path: &str, chunks: &[impl AsRef<Chunk>]) -> anyhow::Result<crate::index::FileEntry> {
    let record = FileRecord { places: chunks.iter().map(AsRef::as_ref).map(|chunk| (chunk.id.clone(), chunk.lines)).collect() };
    Ok(crate::index::FileEntry { path: path.to_owned(), stem: module_stem(path), record: write(&record)? })
}
