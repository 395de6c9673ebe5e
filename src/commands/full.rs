//! A survey of everything: no index is needed, and none is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use rayon::prelude::*;

use crate::commands::atlas::{Atlas, Whole};
use crate::commands::board::{self, Around};
use crate::commands::mine::Mined;
use crate::commands::reading::{Manner, Reading};
use crate::commands::review::{OfFile, Reviews};
use crate::commands::rows::OldRows;
use crate::commands::sources::{Handles, Sources};
use crate::commands::survey::{self, Charted, Entry, Planner, Shard, Survey, step, think};
use crate::commands::workspace::{Dataset, Workspace};
use crate::commands::{Progress, TOOL, kin, repeats};
use crate::config::Scope;
use crate::facts;
use crate::git::{FileKind, Oid, Repository, Tip};
use crate::model::{Brief, Chunk, ChunkId, Edge, Finding, Hash64, Nearness, Row};
use crate::parse;
use crate::plan::{self, Plan, Verb};
use crate::store::{self, DomainMap};

pub(crate) fn survey(
    workspace: &Workspace,
    source: &Tip,
    dataset: Option<&Dataset>,
    reason: String,
    reviews: Reviews,
    progress: &Progress,
) -> anyhow::Result<Survey> {
    let scope = workspace.settings.scope()?;
    let sources = Sources::new(workspace.repository.handle(), source.tree, &workspace.secrets);
    let mut findings = Vec::new();
    let wanted = wanted(workspace, source, &scope, &mut findings)?;
    let read = read_all(workspace, &wanted, &sources, progress);
    let mut held = BTreeSet::new();
    let mut files: BTreeMap<String, Vec<Arc<Chunk>>> = BTreeMap::new();
    for (path, outcome) in read {
        match outcome {
            Ok(chunks) => _ = files.insert(path, chunks),
            Err(finding) => {
                if is_held(&finding) {
                    held.insert(path);
                }
                findings.push(finding);
            }
        }
    }
    let (atlas, reads) = resolve(&files, workspace.settings.nearness(), &|path| scope.split(path), progress);
    let choice = workspace.settings.choice();
    let recipes = workspace.recipes();
    let handles = Handles::new(&workspace.repository);
    let known = Known::read(workspace, source, dataset)?;
    let old_chunks: Vec<Arc<Chunk>> = known.chunks.iter().filter(|chunk| !held.contains(&chunk.path)).cloned().collect();
    let pairs = plan::pair(&old_chunks, &changed_only(&files, &known.changed));
    let before = known.rows_of_gone(workspace, &files, &old_chunks)?;
    let why = known.why();
    let by_id: HashMap<&ChunkId, &Arc<Chunk>> = known.chunks.iter().map(|chunk| (&chunk.id, chunk)).collect();

    let nearness = workspace.settings.nearness();
    let done = AtomicUsize::new(0);
    let thought: anyhow::Result<Vec<ThoughtOver>> = files
        .par_iter()
        .map(|(path, chunks)| {
            let said = reviews.of(path)?;
            let of_chunk = |chunk: &Arc<Chunk>| think(&atlas, chunk, &choice, &scope, reads.get(&chunk.id).cloned(), &said);
            let thought = chunks.iter().map(of_chunk).collect();
            progress("thinking", done.fetch_add(1, Ordering::Relaxed) + 1, files.len());
            Ok((said, thought))
        })
        .collect();
    let mut thought = thought?;
    // What follows holds these keys in its entries.
    drop(reads);
    repeats::at_once(thought.iter_mut().flat_map(|(_, thought)| thought).map(|(_, entry)| entry), nearness.say);
    let thought: anyhow::Result<Vec<Thought>> = files
        .iter()
        .zip(thought)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map_init(
            || handles.take(),
            |repository, ((path, chunks), (said, thought))| {
                let split = scope.split(path);
                let old_shards = known.shards.get(path).cloned().unwrap_or_default();
                let old = known.old_rows(repository, &old_shards)?.by_subject()?;
                let mut planner = Planner {
                    atlas: &atlas,
                    sources: &sources,
                    pairs: &pairs,
                    before: &before,
                    recipes,
                    other_gate: !known.same_tool,
                    reviews: &said,
                    tell: nearness.tell,
                    actions: Vec::new(),
                    steps: Vec::new(),
                };
                let mut entries = Vec::with_capacity(chunks.len());
                for (chunk, (briefs, entry)) in chunks.iter().zip(thought) {
                    let was = by_id.get(&chunk.id).map(|chunk| chunk.as_ref());
                    let why = if known.changed.contains(path) { plan::classify(was, Some(chunk)).says() } else { why };
                    let old = old.get(&chunk.id).map(Vec::as_slice).unwrap_or_default();
                    planner.subject(&chunk.id, briefs, &entry.tellings, old, why);
                    entries.push(entry);
                }
                for (_, rows) in old.iter().filter(|(id, _)| chunks.binary_search_by(|chunk| chunk.id.cmp(id)).is_err()) {
                    planner.removed(rows);
                }
                let total = old.values().map(Vec::len).sum();
                let charted = entries.iter().map(|entry| Charted { chunk: entry.chunk.clone(), flow: entry.flow.clone() });
                let Planner { actions, steps, .. } = planner;
                let shard = Shard {
                    home: store::qa_shard(split, path),
                    split,
                    old: old_shards,
                    rows: None,
                    counted: false,
                    actions,
                    chunks: Some(charted.collect()),
                    reviews: said,
                    traced: true,
                };
                Ok(Thought { path: path.clone(), shard, steps, entries, old: total })
            },
        )
        .collect();

    let mut plan = Plan {
        from: dataset.and_then(|dataset| dataset.manifest.as_ref()).map(|manifest| manifest.source.commit.clone()).unwrap_or_default(),
        to: source.commit.to_string(),
        to_tree: source.tree.to_string(),
        full: true,
        reason,
        files: wanted.len(),
        ..Plan::default()
    };
    let mut shards = BTreeMap::new();
    let mut entries = Vec::new();
    let mut old_total = 0;
    for thought in thought? {
        shards.insert(thought.path, thought.shard);
        plan.steps.extend(thought.steps);
        entries.extend(thought.entries);
        old_total += thought.old;
    }
    old_total += known.leave(workspace, &held, &mut shards, &mut plan)?;
    let languages: Vec<String> = workspace.settings.designs().map(str::to_owned).collect();
    let designs = board::designs(&atlas, &scope, &languages);
    let around = Around { atlas: &atlas, sources: &sources, pairs: &pairs, recipes, other_gate: !known.same_tool, counted: false };
    let designs = board::plan(designs, board::on_branch(&workspace.repository, known.tree)?, &around, why)?;
    shards.extend(designs.shards);
    plan.steps.extend(designs.steps);
    old_total += designs.old;
    findings.sort();
    plan.findings = findings;
    survey::finish(&mut plan, &mut shards, workspace.limit, old_total);
    let mut manifest = survey::manifest(workspace, &plan, plan.counts.get(Verb::Postpone) == 0);
    let mut domains = DomainMap::default();
    for (path, chunks) in &files {
        let domain = facts::domain(path);
        manifest.tally.code(&domain, chunks, crate::commands::shards::traced(chunks), 1);
        domains.file(&domain, path, chunks, 1);
    }
    manifest.held = held;
    Ok(Survey {
        written: HashMap::new(),
        plan,
        base: known.tree,
        shards,
        manifest,
        domains,
        entries,
        gone: Vec::new(),
        sides: Default::default(),
        atlas,
        sources,
        reviews,
        nearness,
        mined: Mined::default(),
    })
}

/// The reviews of a file, and what its chunks earn.
type ThoughtOver = (OfFile, Vec<(Vec<Brief>, Entry)>);

struct Thought {
    path: String,
    shard: Shard,
    steps: Vec<plan::Step>,
    entries: Vec<Entry>,
    old: usize,
}

/// A file that does not parse keeps what it has; one that cannot be read at all is not there.
pub(crate) fn is_held(finding: &Finding) -> bool {
    matches!(finding.rule.as_str(), "syntax" | "too-hard")
}

/// The files to read, and how.
fn wanted(workspace: &Workspace, source: &Tip, scope: &Scope, findings: &mut Vec<Finding>) -> anyhow::Result<Vec<(String, Oid, Manner)>> {
    let mut out = Vec::new();
    let files = workspace.repository.tree_files(source.tree)?;
    let reading = Reading::of_files(&workspace.repository, &files, scope)?;
    for file in files {
        if file.kind != FileKind::File {
            continue;
        }
        match readable(&file.path) {
            Ok(path) => out.extend(reading.manner(path).map(|manner| (path.to_owned(), file.id, manner))),
            Err(finding) => findings.extend(finding),
        }
    }
    Ok(out)
}

/// A path as text. Paths that could fool a terminal or a loader are left out with a finding.
pub(crate) fn readable(path: &[u8]) -> Result<&str, Option<Finding>> {
    let shown = String::from_utf8_lossy(path).escape_debug().to_string();
    let unread = |says: &str| Some(Finding::new("path", &shown, says)).filter(|_| parse::by_path(&shown).is_some());
    match std::str::from_utf8(path) {
        Err(_) => Err(unread("its name is not UTF-8; it is not read")),
        Ok(path) if path.chars().any(char::is_control) => Err(unread("its name has control characters; it is not read")),
        Ok(path) => Ok(path),
    }
}

/// Chunks of one file, or why there are none.
pub(crate) fn chunks_of(
    repository: &Repository,
    path: &str,
    blob: Oid,
    manner: Manner,
    sources: &Sources,
) -> Result<Vec<Arc<Chunk>>, Finding> {
    let size = repository.blob_size(blob).ok().flatten().unwrap_or_default();
    if size > parse::Tree::MAX_BYTES as u64 {
        return Err(Finding::new("too-large", path, format!("{size} bytes, the limit is {}; it is not read", parse::Tree::MAX_BYTES)));
    }
    let bytes = repository
        .blob(blob)
        .ok()
        .flatten()
        .ok_or_else(|| Finding::new("missing", path, "its content is not in this clone; it is not read"))?;
    let text = String::from_utf8(bytes).map_err(|_| Finding::new("encoding", path, "it is not UTF-8; it is not read"))?;
    if text.contains('\0') {
        return Err(Finding::new("binary", path, "it holds NUL bytes; it is not read"));
    }
    if !manner.own && parse::is_foreign(&text) {
        return Ok(Vec::new());
    }
    let source = sources.source(path, text);
    let mut chunks = parse::chunks(manner.language, path, &source.text)?;
    for chunk in &mut chunks {
        chunk.withheld = facts::evidence_lines(chunk).is_some_and(|lines| source.is_redacted(lines));
    }
    sources.keep(path, source);
    Ok(chunks.into_iter().map(Arc::new).collect())
}

type Outcome = Result<Vec<Arc<Chunk>>, Finding>;

fn read_all(workspace: &Workspace, wanted: &[(String, Oid, Manner)], sources: &Sources, progress: &Progress) -> Vec<(String, Outcome)> {
    let done = AtomicUsize::new(0);
    let handles = Handles::new(&workspace.repository);
    wanted
        .par_iter()
        .map_init(
            || handles.take(),
            |repository, (path, blob, manner)| {
                let outcome = chunks_of(repository, path, *blob, *manner, sources);
                progress("reading", done.fetch_add(1, Ordering::Relaxed) + 1, wanted.len());
                (path.clone(), outcome)
            },
        )
        .collect()
}

/// What the calls of each chunk were derived from.
type ResolvedReads = HashMap<ChunkId, Vec<Hash64>>;

/// All calls, resolved, and all near-copies.
fn resolve(
    files: &BTreeMap<String, Vec<Arc<Chunk>>>,
    nearness: Nearness,
    split: &kin::Split,
    progress: &Progress,
) -> (Atlas, ResolvedReads) {
    progress("resolving calls", 0, 1);
    let all: Vec<&Arc<Chunk>> = files.values().flatten().collect();
    let mut atlas = Atlas::Whole(Box::new(Whole::new(all.iter().copied())));
    let resolved: Vec<(Vec<Edge>, Vec<Hash64>)> = all
        .par_iter()
        .map(|chunk| {
            let (edges, reads) = atlas.world(|world| facts::edges(world, chunk));
            (edges, reads.into_keys())
        })
        .collect();
    let mut edges = HashMap::with_capacity(all.len());
    let mut reads = HashMap::with_capacity(all.len());
    for (chunk, (found, read)) in all.iter().zip(resolved) {
        edges.insert(chunk.id.clone(), found.into());
        reads.insert(chunk.id.clone(), read);
    }
    if let Atlas::Whole(whole) = &mut atlas {
        whole.set_edges(edges);
        whole.set_near(kin::at_once(&all, nearness, split));
    }
    progress("resolving calls", 1, 1);
    (atlas, reads)
}

fn changed_only(files: &BTreeMap<String, Vec<Arc<Chunk>>>, changed: &BTreeSet<String>) -> Vec<Arc<Chunk>> {
    files.iter().filter(|(path, _)| changed.contains(*path)).flat_map(|(_, chunks)| chunks.iter().cloned()).collect()
}

/// What the branch holds already.
struct Known {
    tree: Option<Oid>,
    /// Shards of each source file.
    shards: BTreeMap<String, Vec<String>>,
    /// Paths whose source changed since.
    changed: BTreeSet<String>,
    /// Chunks of those, as they were.
    chunks: Vec<Arc<Chunk>>,
    same_tool: bool,
}

impl Known {
    fn read(workspace: &Workspace, source: &Tip, dataset: Option<&Dataset>) -> anyhow::Result<Self> {
        let mut known = Self { tree: None, shards: BTreeMap::new(), changed: BTreeSet::new(), chunks: Vec::new(), same_tool: true };
        let Some(dataset) = dataset else { return Ok(known) };
        // A dataset of another schema is taken apart and made anew; its rows are not read.
        let Some(manifest) = &dataset.manifest else { return Ok(known) };
        known.tree = Some(dataset.tree);
        known.same_tool = manifest.tool == TOOL;
        let mut facts: BTreeMap<String, String> = BTreeMap::new();
        for file in workspace.repository.tree_files(dataset.tree)? {
            let Ok(path) = String::from_utf8(file.path) else { continue };
            let Some((folder, rest)) = path.strip_suffix(".jsonl").and_then(|stem| stem.split_once('/')) else { continue };
            match (folder, rest.split_once('/')) {
                ("qa", Some((_, source))) => known.shards.entry(source.to_owned()).or_default().push(path.clone()),
                ("facts", _) => _ = facts.insert(rest.to_owned(), path.clone()),
                ("trace", _) => _ = known.shards.entry(rest.to_owned()).or_default(),
                _ => (),
            }
        }
        for path in facts.keys() {
            known.shards.entry(path.clone()).or_default();
        }
        if let Ok(tree) = Oid::parse(&manifest.source.tree)
            && let Ok(changes) = workspace.repository.tree_changes(tree, source.tree)
        {
            known.changed = changes.into_iter().filter_map(|change| String::from_utf8(change.path).ok()).collect();
        }
        for path in known.changed.iter().filter(|path| known.same_tool && !manifest.held.contains(*path)) {
            let Some(shard) = facts.get(path) else { continue };
            let Some(id) = workspace.repository.file(dataset.tree, shard)? else { continue };
            let bytes = workspace.repository.blob(id)?.unwrap_or_default();
            known.chunks.extend(store::read_rows::<Chunk>(shard, &bytes)?.into_iter().map(Arc::new));
        }
        Ok(known)
    }

    fn old_rows(&self, repository: &Repository, shards: &[String]) -> anyhow::Result<OldRows> {
        match self.tree {
            Some(tree) => OldRows::read(repository, tree, shards),
            None => Ok(OldRows::default()),
        }
    }

    /// Rows of chunks that are not there any more, for the moves.
    fn rows_of_gone(
        &self,
        workspace: &Workspace,
        files: &BTreeMap<String, Vec<Arc<Chunk>>>,
        old: &[Arc<Chunk>],
    ) -> anyhow::Result<HashMap<ChunkId, Vec<Row>>> {
        let mut out = HashMap::new();
        let paths: BTreeSet<&String> = old.iter().map(|chunk| &chunk.path).collect();
        for path in paths {
            let now = files.get(path).map(Vec::as_slice).unwrap_or_default();
            let rows = self.old_rows(&workspace.repository, self.shards.get(path).map(Vec::as_slice).unwrap_or_default())?;
            out.extend(rows.by_subject()?.into_iter().filter(|(id, _)| !now.iter().any(|chunk| chunk.id == *id)));
        }
        Ok(out)
    }

    fn why(&self) -> &'static str {
        match (self.tree, self.same_tool) {
            (None, _) => "it is new",
            (_, false) => "another version of the tool made it",
            (_, true) => "the settings or its neighbours changed",
        }
    }

    /// Shards of files that are not read any more go; those of held files stay as they are.
    /// Gives the number of rows in them.
    fn leave(
        &self,
        workspace: &Workspace,
        held: &BTreeSet<String>,
        shards: &mut BTreeMap<String, Shard>,
        plan: &mut Plan,
    ) -> anyhow::Result<usize> {
        let Some(tree) = self.tree else { return Ok(0) };
        let mut total = 0;
        for (path, old) in self.shards.iter().filter(|(path, _)| !shards.contains_key(*path)).collect::<Vec<_>>() {
            let rows = OldRows::read(&workspace.repository, tree, old)
                .and_then(|rows| rows.all())
                .context("while reading what the dataset holds")?;
            total += rows.len();
            if held.contains(path) {
                plan.steps.extend(rows.iter().map(|row| step(row, Verb::Hold, "its file does not parse")));
                continue;
            }
            plan.steps.extend(rows.iter().map(|row| step(row, Verb::Retire, "its file is not read any more")));
            let actions = rows.iter().map(|row| plan::Action::Drop(row.id.clone())).collect();
            shards.insert(
                path.clone(),
                Shard {
                    home: store::qa_shard("train", path),
                    split: "train",
                    old: old.clone(),
                    rows: None,
                    counted: false,
                    actions,
                    chunks: Some(Vec::new()),
                    traced: true,
                    reviews: OfFile::new(),
                },
            );
        }
        Ok(total)
    }
}
