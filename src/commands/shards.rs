//! Carrying out the work on one source file: its rows, proved, and its shards as bytes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::check::{self, Gate, Provers, Reject};
use crate::commands::rows::OldRows;
use crate::commands::survey::{Charted, Shard, Survey, reviewed};
use crate::facts;
use crate::generate::llm::Order;
use crate::generate::{Generator, Offline, Said};
use crate::git::{Oid, Repository, Writer};
use crate::model::{Brief, Chunk, ChunkKind, Draft, Guard, Review, Row, TraceRow, TracedCall};
use crate::plan::Action;
use crate::store::{self, FactsRow, RuleRow};

/// What became of one file's rows.
#[derive(Default)]
pub(crate) struct Done {
    /// Path on the branch and blob, or none to remove it.
    pub(crate) edits: Vec<(String, Option<Oid>)>,
    /// Rows that leave the manifest's sums.
    pub(crate) before: Vec<Row>,
    /// Rows that stayed and have to be counted anew.
    pub(crate) kept: Vec<Row>,
    pub(crate) made: Vec<Row>,
    /// Ids of rows that are not there any more, or are made anew.
    pub(crate) gone: Vec<String>,
    pub(crate) rejects: Vec<Reject>,
    dropped: Vec<Row>,
}

impl Done {
    fn drop(&mut self, rows: &mut OldRows, id: &str) -> anyhow::Result<()> {
        if let Some(row) = rows.one(id)? {
            rows.remove(id);
            self.gone.push(row.id.clone());
            self.dropped.push(row);
        }
        Ok(())
    }
}

/// Number of rows that the trace shard of these chunks has.
pub(crate) fn traced(chunks: &[impl AsRef<Chunk>]) -> usize {
    chunks.iter().filter(|chunk| is_traced(chunk.as_ref())).count()
}

fn is_traced(chunk: &Chunk) -> bool {
    !chunk.name.is_empty() && chunk.kind != ChunkKind::Constant && !chunk.facts.calls.is_empty()
}

pub(crate) fn carry_out(
    repository: &Repository,
    survey: &Survey,
    path: &str,
    mut shard: Shard,
    provers: &Provers,
    writer: &Writer,
) -> anyhow::Result<Done> {
    let mut rows = match (shard.rows.take(), survey.base) {
        (Some(rows), _) => rows,
        (None, Some(tree)) => OldRows::read(repository, tree, &shard.old)?,
        (None, None) => OldRows::default(),
    };
    let mut done = Done::default();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut orders: Vec<Order> = Vec::new();
    let code = |path: &str, start: u32, end: u32| survey.sources.code(path, start, end);
    let gate = Gate { code: &code, provers, secrets: survey.sources.secrets() };
    let mut moved: Vec<Row> = Vec::new();
    for action in std::mem::take(&mut shard.actions) {
        match action {
            Action::Anchor(row) => moved.push(*row),
            Action::Drop(id) => done.drop(&mut rows, &id)?,
            Action::Make(brief) => {
                done.drop(&mut rows, &brief.slot.id())?;
                orders.push(Order::new(with_code(*brief, &code), String::new()));
            }
            Action::Carry(row) => {
                done.drop(&mut rows, &row.id)?;
                drafts.push(Draft(*row));
            }
        }
    }
    for said in Offline.draft(orders)? {
        let Said::Draft(floor) = said else { continue };
        if shard.reviews.get(&floor.0.id).is_some_and(Review::pins) {
            drafts.push(*floor);
            continue;
        }
        let better = survey.written.get(&floor.0.id).filter(|draft| check::judge(vec![(*draft).clone()], gate).1.is_empty());
        drafts.push(better.cloned().unwrap_or(*floor));
    }
    // What only moved is proved again, too: the text of its evidence is another.
    moved.iter().try_for_each(|row| rows.put(row))?;
    let again: Vec<&Row> = moved.iter().collect();
    for reject in check::verify(&again, gate) {
        done.drop(&mut rows, &reject.id)?;
        done.rejects.push(reject);
    }
    let drafts = drafts.into_iter().map(|Draft(row)| Draft(reviewed(row, &shard.reviews))).collect();
    let (samples, rejects) = check::judge(drafts, gate);
    done.rejects.extend(rejects);
    for sample in samples {
        let row = sample.into_row();
        rows.put(&row)?;
        done.made.push(row);
    }
    // Without a sum to bring forward, every row counts anew.
    if shard.counted {
        done.before = std::mem::take(&mut done.dropped);
    } else {
        done.kept = rows.all_but(&done.made)?;
    }
    write(survey, path, &shard, &rows, &mut done, writer)?;
    Ok(done)
}

/// The brief with the bytes of what its draft cites filled in.
pub(crate) fn with_code(mut brief: Brief, code: &dyn Fn(&str, u32, u32) -> Option<String>) -> Brief {
    for evidence in &mut brief.draft.0.evidence {
        evidence.code = code(&evidence.path, evidence.start_line, evidence.end_line).unwrap_or_default();
    }
    brief
}

fn write(survey: &Survey, path: &str, shard: &Shard, rows: &OldRows, done: &mut Done, writer: &Writer) -> anyhow::Result<()> {
    let home = &shard.home;
    let blob =
        |bytes: Vec<u8>| -> anyhow::Result<Option<Oid>> { if bytes.is_empty() { Ok(None) } else { writer.write_blob(bytes).map(Some) } };
    done.edits.extend(shard.old.iter().filter(|old| *old != home).map(|old| (old.clone(), None)));
    done.edits.push((home.clone(), blob(rows.to_bytes())?));
    if let Some(chunks) = &shard.chunks {
        let facts: Vec<FactsRow> = chunks.iter().map(facts_row).collect();
        done.edits.push((store::facts_shard(path), blob(store::write_rows(&facts)?)?));
    }
    if shard.traced {
        let chunks = match &shard.chunks {
            Some(chunks) => chunks.iter().map(|charted| charted.chunk.clone()).collect(),
            None => chunks_now(survey, path),
        };
        let rows: Vec<TraceRow> =
            chunks.iter().filter(|chunk| is_traced(chunk)).map(|chunk| trace_row(survey, shard.split, chunk)).collect();
        done.edits.push((store::trace_shard(path), blob(store::write_rows(&rows)?)?));
    }
    Ok(())
}

/// A line of the `facts/` shard.
pub(crate) fn facts_row(charted: &Charted) -> FactsRow<'_> {
    let rules = facts::rules(&charted.chunk)
        .into_iter()
        .map(|rule| RuleRow { when: Guard::joined(&rule.when), then: rule.outcomes.iter().map(facts::Outcome::says).collect() });
    FactsRow { chunk: Cow::Borrowed(&charted.chunk), rules: rules.collect(), flow: Cow::Borrowed(&charted.flow) }
}

/// The chunks of a file that did not change.
pub(crate) fn chunks_now(survey: &Survey, path: &str) -> Vec<Arc<Chunk>> {
    let crate::commands::atlas::Atlas::Overlay(overlay) = &survey.atlas else { return Vec::new() };
    let mut ids: Vec<_> = overlay.lookup().chunks_of(path).unwrap_or_default();
    ids.sort();
    ids.into_iter()
        .filter_map(|(_, bytes)| crate::commands::atlas::ChunkRecord::read(&bytes).ok())
        .map(|record| Arc::new(record.chunk))
        .collect()
}

fn trace_row(survey: &Survey, split: &str, chunk: &Chunk) -> TraceRow {
    let edges = survey.atlas.world(|world| (world.edges)(&chunk.id));
    let calls = edges
        .iter()
        .filter(|edge| !edge.read)
        .map(|edge| TracedCall {
            callee: edge.callee.clone(),
            target: edge.target.as_ref().map(ToString::to_string).unwrap_or_default(),
            certainty: edge.certainty.name().to_owned(),
        })
        .collect();
    TraceRow { function: chunk.id.clone(), path: chunk.path.clone(), split: split.to_owned(), calls }
}
