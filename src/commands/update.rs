//! `update`: the main job.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;

use crate::check::{Provers, Reject};
use crate::commands::ask::{self, Asked, Talk};
use crate::commands::atlas::{Atlas, ChunkRecord, SampleRecord, content_key, edge_key, reads_hash, sort, write};
use crate::commands::changed::file_entry;
use crate::commands::shards::{self, Done};
use crate::commands::sources::Handles;
use crate::commands::survey::{Entry, Shard, Survey, survey};
use crate::commands::workspace::{Asking, Dataset, Workspace};
use crate::commands::{DATASET, Progress, TOOL, align, history, plan, review};
use crate::facts;
use crate::git::{Append, Oid};
use crate::index::{Bulk, Change, ChunkEntry, ChunkText, Index, Mirror, SampleEntry};
use crate::model::{ChunkKind, Edge, Review, Row};
use crate::plan::{Action, Cost, Plan, Verb};
use crate::store::{self, Manifest, Tally};

/// What an update did.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Outcome {
    pub plan: Plan,
    /// The branch's tip now, and before.
    pub tip: String,
    pub before: String,
    /// Samples in the dataset now.
    pub samples: i64,
    pub rejects: Vec<Reject>,
    /// What came of asking a model; absent where none was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// Brings dataset and index in step with the tracked branch: one commit, or none.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> anyhow::Result<Outcome> {
    if let Some(done) = already(workspace)? {
        return Ok(done);
    }
    refuse_checked_out(workspace)?;
    // A model takes its time, in which others may update: it is asked before the lock is taken.
    let talk = workspace.asking.as_ref().map(|asking| talk(workspace, asking, progress)).transpose()?;
    let lock = match workspace.repository.try_lock()? {
        Some(lock) => lock,
        None => {
            progress("waiting", 0, 1);
            workspace.repository.lock()?
        }
    };
    if let Some(done) = already(workspace)? {
        return Ok(done);
    }
    align::align(workspace, &lock)?;
    let dataset = workspace.dataset()?;
    // Others may have moved dataset and index since; what was asked for meanwhile stays of use.
    let mut survey = survey(workspace, dataset.as_ref(), progress)?;
    let settled = match (talk, &workspace.asking) {
        (Some((talk, cost)), Some(asking)) => {
            survey.plan.cost = cost;
            Some(talk.settle(asking, &mut survey)?)
        }
        _ => None,
    };
    note_recipes(workspace, &mut survey, dataset.as_ref(), settled.as_ref().map(|(_, done)| *done));
    let writer = workspace.repository.writer();
    let bulk = if survey.plan.full { Some(Index::rebuild(&workspace.index_folder(), TOOL)?) } else { None };
    let mut report = carry_out(workspace, &mut survey, &writer, bulk.as_ref(), progress)?;

    let manifest = &survey.manifest;
    let mut gone = Vec::new();
    let mut edits = std::mem::take(&mut report.edits);
    let mut file = |path: &str, text: Vec<u8>| -> anyhow::Result<()> {
        edits.push((path.to_owned(), Some(writer.write_blob(text)?)));
        Ok(())
    };
    file(store::MANIFEST, manifest.to_bytes()?)?;
    file(store::CARD, store::card(manifest).into_bytes())?;
    file(store::SUMMARY, store::summary(manifest).into_bytes())?;
    file(store::DOMAIN_MAP, survey.domains.to_bytes()?)?;
    for (path, text) in std::mem::take(&mut survey.mined.edits) {
        match text {
            Some(text) => file(&path, text)?,
            None => gone.push(path),
        }
    }
    let said = survey.reviews.beside(&workspace.repository, survey.base)?;
    for path in said.keys() {
        let reviews: Vec<Review> = survey.reviews.of(path)?.into_values().collect();
        file(&store::reviews_shard(path), store::write_rows(&reviews)?)?;
    }
    edits.extend(gone.into_iter().map(|path| (path, None)));
    edits.extend(std::mem::take(&mut survey.mined.kept).into_iter().map(|(path, id)| (path, Some(id))));
    report.rejects.append(&mut survey.mined.rejects);
    progress("writing", 0, 1);
    let before = dataset.as_ref().map(|dataset| dataset.commit);
    let append = Append {
        branch: DATASET,
        expected: before,
        base: survey.base,
        edits,
        message: message(&survey.plan, manifest, said.values().map(BTreeSet::len).sum()),
        seconds: workspace.source()?.seconds,
    };
    let tip = match writer.append(&lock, append)? {
        Some(appended) => appended.commit,
        None => before.context("nothing was written and there is no dataset")?,
    };
    review::landed(workspace)?;
    progress("writing", 1, 1);
    let mirror = Mirror {
        version: TOOL.to_owned(),
        source_commit: manifest.source.commit.clone(),
        source_tree: manifest.source.tree.clone(),
        dataset_commit: tip.to_string(),
        settings: manifest.settings.clone(),
    };
    match bulk {
        Some(bulk) => {
            history::follow(workspace, Vec::new(), workspace.source()?.commit, &mut report.change)?;
            report.change.commits.iter().try_for_each(|commit| bulk.add_commit(commit))?;
            bulk.finish(mirror)?;
        }
        None => {
            let mut index = workspace.index()?.context("the index went away while it was written\nmend: run `update` again")?;
            index.apply(for_index(workspace, &survey, report.change)?, mirror)?;
        }
    }
    let Survey { plan, manifest, atlas, sources, entries, .. } = survey;
    // To give a million small things back takes longer than most updates: a process that ends does not wait for it.
    rayon::spawn(move || drop((atlas, sources, entries)));
    Ok(Outcome {
        tip: tip.to_string(),
        before: before.map(|id| id.to_string()).unwrap_or_default(),
        samples: manifest.tally.samples,
        plan,
        rejects: report.rejects,
        asked: settled.map(|(asked, _)| asked),
    })
}

/// Asks the model for all that an update makes now. What the plan said that it would cost goes with
/// the talk: once the replies are there, the samples cost nothing.
fn talk(workspace: &Workspace, asking: &Asking, progress: &Progress) -> anyhow::Result<(Talk, Cost)> {
    let mut talk = Talk::begin(workspace, asking)?;
    if let Some(lock) = workspace.repository.try_lock()? {
        align::align(workspace, &lock)?;
    }
    let mut survey = survey(workspace, workspace.dataset()?.as_ref(), progress)?;
    ask::announce(workspace, asking, &mut survey)?;
    talk.hold(asking, &survey, progress)?;
    Ok((talk, survey.plan.cost))
}

/// Notes in the manifest whose samples these are, and whether a model was asked for all of them.
fn note_recipes(workspace: &Workspace, survey: &mut Survey, dataset: Option<&Dataset>, done: Option<bool>) {
    let before = dataset.and_then(|dataset| dataset.manifest.as_ref());
    let manifest = &mut survey.manifest;
    match (workspace.recipes(), done) {
        (Some(recipes), Some(done)) => {
            manifest.recipes.extend(workspace.settings.kinds.iter().filter_map(|kind| recipes.of(kind).map(str::to_owned)));
            manifest.asked = if done && manifest.complete { recipes.id() } else { String::new() };
        }
        // What a model made stays; what is made offline now, no model was asked for.
        _ => {
            // What a person wrote, no model is asked for.
            let asks = |action: &Action| matches!(action, Action::Make(brief) if brief.pinned.is_none());
            let makes = survey.shards.values().flat_map(|shard| &shard.actions).any(asks);
            if let Some(before) = before {
                manifest.recipes.extend(before.recipes.iter().filter(|recipe| recipe.starts_with("llm/")).cloned());
                manifest.asked = if makes { String::new() } else { before.asked.clone() };
            }
        }
    }
}

/// Better now than after the work: the append would refuse it, too.
fn refuse_checked_out(workspace: &Workspace) -> anyhow::Result<()> {
    if workspace.repository.checked_out(DATASET)? {
        anyhow::bail!("the branch `{DATASET}` is checked out in a work tree, which would not follow\nmend: check out another branch there");
    }
    Ok(())
}

/// The outcome when there is nothing to do.
fn already(workspace: &Workspace) -> anyhow::Result<Option<Outcome>> {
    let Some(plan) = plan::nothing(workspace)? else { return Ok(None) };
    let tip = workspace.repository.dataset(DATASET)?.map(|tip| tip.commit.to_string()).unwrap_or_default();
    Ok(Some(Outcome { samples: plan.counts.keep as i64, plan, before: tip.clone(), tip, rejects: Vec::new(), asked: None }))
}

pub(crate) struct Report {
    edits: Vec<(String, Option<Oid>)>,
    pub(crate) change: Change,
    rejects: Vec<Reject>,
}

/// Makes, proves and writes; adds up the manifest; feeds the index.
pub(crate) fn carry_out(
    workspace: &Workspace,
    survey: &mut Survey,
    writer: &crate::git::Writer,
    bulk: Option<&Bulk>,
    progress: &Progress,
) -> anyhow::Result<Report> {
    let count = AtomicUsize::new(0);
    let provers = Provers::default();
    let handles = Handles::new(&workspace.repository);
    // What is done with goes at once: a survey of everything is most of the memory in use.
    let shards = std::mem::take(&mut survey.shards);
    let files = shards.len();
    let whole: &Survey = survey;
    let entries = by_file(&whole.entries);
    let done: anyhow::Result<Vec<Tallied>> = shards
        .into_par_iter()
        .map_init(
            || handles.take(),
            |repository, (path, shard)| {
                let mut tallied = Tallied::default();
                add_file(&mut tallied.change, &path, &shard)?;
                let done = shards::carry_out(repository, whole, &path, shard, &provers, writer)?;
                tallied.tally = sums(&done);
                let samples = done.made.iter().map(sample_entry);
                match bulk {
                    Some(bulk) => {
                        for sample in samples.chain(done.kept.iter().map(sample_entry)) {
                            bulk.add_sample(&sample?)?;
                        }
                        for entry in entries.get(path.as_str()).into_iter().flatten() {
                            bulk.add_chunk(&chunk_entry(whole, entry)?)?;
                        }
                        tallied.change.files.iter().try_for_each(|file| bulk.add_file(file))?;
                    }
                    None => {
                        tallied.change.samples = samples.collect::<anyhow::Result<_>>()?;
                        tallied.change.remove_samples = done.gone;
                    }
                }
                tallied.edits = done.edits;
                tallied.rejects = done.rejects;
                progress("making samples", count.fetch_add(1, Ordering::Relaxed) + 1, files);
                Ok(tallied)
            },
        )
        .collect();
    let mut report = Report { edits: Vec::new(), change: Change::default(), rejects: Vec::new() };
    for tallied in done? {
        report.edits.extend(tallied.edits);
        report.rejects.extend(tallied.rejects);
        report.change.samples.extend(tallied.change.samples);
        report.change.remove_samples.extend(tallied.change.remove_samples);
        report.change.files.extend(tallied.change.files);
        report.change.remove_files.extend(tallied.change.remove_files);
        survey.manifest.tally.absorb(tallied.tally);
    }
    report.rejects.sort();
    Ok(report)
}

/// What is left of one file when its rows are written.
#[derive(Default)]
struct Tallied {
    edits: Vec<(String, Option<Oid>)>,
    rejects: Vec<Reject>,
    change: Change,
    tally: Tally,
}

/// What the rows of a file add to the manifest's sums.
fn sums(done: &Done) -> Tally {
    let mut tally = Tally::default();
    done.before.iter().for_each(|row| tally.sample(row, -1));
    done.kept.iter().chain(&done.made).for_each(|row| tally.sample(row, 1));
    tally
}

fn by_file(entries: &[Entry]) -> BTreeMap<&str, Vec<&Entry>> {
    let mut out: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        out.entry(&entry.chunk.path).or_default().push(entry);
    }
    out
}

/// What brings the index forward: the code that a survey looked at, on top of a change of the samples. Shards that were
/// carried out are in that change already.
pub(crate) fn for_index(workspace: &Workspace, survey: &Survey, mut change: Change) -> anyhow::Result<Change> {
    change.remove_chunks = survey.gone.iter().map(ToString::to_string).collect();
    let Atlas::Overlay(overlay) = &survey.atlas else { return Ok(change) };
    history::follow(workspace, overlay.lookup().commits()?, Oid::parse(&survey.plan.to)?, &mut change)?;
    for entry in &survey.entries {
        let known = overlay.record(&entry.chunk.id);
        let same = known.is_some_and(|record| {
            record.reads == reads_hash(&entry.reads)
                && record.edges[..] == entry.edges[..]
                && record.flow == entry.flow
                && record.kin.near == entry.near
                && write(&entry.tellings).is_ok_and(|tellings| tellings == record.tellings)
                && record.chunk == entry.chunk.unplaced()
        });
        if !same {
            change.chunks.push(chunk_entry(survey, entry)?);
        }
    }
    for (path, shard) in &survey.shards {
        add_file(&mut change, path, shard)?;
    }
    change.remove_files.extend(survey.manifest.held.iter().cloned());
    Ok(change)
}

/// The record of a file, where the shard has its chunks.
fn add_file(change: &mut Change, path: &str, shard: &Shard) -> anyhow::Result<()> {
    match &shard.chunks {
        None => (),
        Some(chunks) if chunks.is_empty() => change.remove_files.push(path.to_owned()),
        Some(chunks) => change.files.push(file_entry(path, chunks)?),
    }
    Ok(())
}

fn chunk_entry(survey: &Survey, entry: &Entry) -> anyhow::Result<ChunkEntry> {
    let chunk = &entry.chunk;
    let record = ChunkRecord::bytes(entry)?;
    // The methods of a class are documents of their own, and so is what is left of a module.
    let last = match chunk.kind {
        ChunkKind::Module => 0,
        ChunkKind::Class => chunk.lines.start + chunk.head - 1,
        _ => chunk.lines.end,
    };
    // What it offers to build on is looked up as its callees are: by a key.
    let offers = facts::offers(chunk).into_iter().map(|(anchor, tier)| facts::offer_key(anchor, tier));
    let bands = chunk.sketch.bands().into_iter().map(u64::from);
    let bands = bands.chain(entry.tellings.iter().flat_map(|telling| telling.marks(survey.nearness.say)));
    let body = survey.sources.shown(&chunk.path, chunk.lines.start, last).unwrap_or_default();
    Ok(ChunkEntry {
        id: chunk.id.to_string(),
        path: chunk.path.clone(),
        name: chunk.name.clone(),
        sorts: vec![sort(chunk.kind.name())],
        deps: entry.reads.clone(),
        edges: entry.edges.iter().filter_map(Edge::sure).map(edge_key).chain(offers).collect(),
        bands: bands.collect(),
        content: content_key(chunk),
        record,
        text: ChunkText { symbol: chunk.symbol.clone(), doc: chunk.doc.clone(), body },
    })
}

fn sample_entry(row: &Row) -> anyhow::Result<SampleEntry> {
    let (subject, path) = row.subject().map(|evidence| (evidence.chunk_id.to_string(), evidence.path.clone())).unwrap_or_default();
    let record = write(&SampleRecord { subject: subject.clone(), question: row.question.clone() })?;
    Ok(SampleEntry {
        id: row.id.clone(),
        record,
        subject,
        path,
        sorts: vec![sort(&row.task), sort(&row.kind), sort(&row.lang)],
        question: row.question.clone(),
        answer: prose(row.design.as_ref().map_or(&row.answer, |design| &design.overview)),
    })
}

/// The first sentences of an answer. The rest names what the chunk's own document holds.
fn prose(answer: &str) -> String {
    answer.split("\n\n").next().unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

/// The commit's message: what happened, then trailers.
fn message(plan: &Plan, manifest: &Manifest, reviews: usize) -> String {
    let counts = &plan.counts;
    let told: Vec<String> = [
        (Verb::Make, "made"),
        (Verb::Remake, "remade"),
        (Verb::ReAnchor, "re-anchored"),
        (Verb::Move, "moved"),
        (Verb::Retire, "retired"),
        (Verb::Hold, "held"),
        (Verb::Postpone, "postponed"),
    ]
    .iter()
    .filter(|(verb, _)| counts.get(*verb) > 0)
    .map(|(verb, word)| format!("{} {word}", counts.get(*verb)))
    .chain([format!("{} kept", counts.keep)])
    .chain((!plan.history.is_empty()).then(|| format!("{} from history", plan.history.len())))
    .collect();
    let short = plan.to.get(..7).unwrap_or(&plan.to);
    let mut out = format!("{short}: {}\n\n", told.join(", "));
    let trailers = [
        ("Source-Commit", manifest.source.commit.as_str()),
        ("Source-Tree", &manifest.source.tree),
        ("Tool-Version", &manifest.tool),
        ("Settings", &manifest.settings),
        ("Samples", &manifest.tally.samples.to_string()),
        ("Complete", if manifest.complete { "yes" } else { "no" }),
        ("Asked", &manifest.asked),
        ("Reviews", &if reviews > 0 { reviews.to_string() } else { String::new() }),
    ];
    for (key, value) in trailers.iter().filter(|(_, value)| !value.is_empty()) {
        _ = writeln!(out, "{key}: {value}");
    }
    out
}
