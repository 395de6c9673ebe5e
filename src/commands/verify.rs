//! `verify`: proves every row at the branch's tip again, against the source tree that it names.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;

use crate::check::{self, Gate, Provers, Reject};
use crate::commands::borders::{self, Shown};
use crate::commands::filed::{Filed, filed};
use crate::commands::mine::Miner;
use crate::commands::review::{self, OfFile};
use crate::commands::sources::{Handles, Sources};
use crate::commands::workspace::Workspace;
use crate::commands::{Progress, TOOL};
use crate::git::{Ancestor, Oid, Repository};
use crate::model::{Chunk, ChunkId, Predicate, Row, Saying, TraceRow, fingerprint, is_of_person};
use crate::parse::{self, Prover};
use crate::store;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Verdict {
    pub dataset: String,
    pub source_commit: String,
    pub samples: usize,
    pub claims: usize,
    /// Pieces of evidence compared with the source.
    pub evidence: usize,
    /// Rows of the call graph, and the calls in them.
    pub traces: usize,
    pub calls: usize,
    pub chunks: usize,
    /// Rows that commits gave, each proved against the code before its commit; those whose commit is not in this clone
    /// cannot be.
    pub history: usize,
    pub beyond: usize,
    /// Rows of files that do not parse today: they are not active.
    pub held: usize,
    #[serde(skip)]
    shown: Vec<Shown>,
    /// Rows that say something else than the code.
    pub wrong: Vec<Reject>,
    /// To be held against each other.
    #[serde(skip)]
    designs: Vec<Row>,
    #[serde(skip)]
    said: Vec<Said>,
}

/// What a sample says. A person's verdict holds it, whatever is nearly the same.
#[derive(Clone, Debug)]
struct Said {
    free: bool,
    id: String,
    lang: String,
    saying: Saying,
}

pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> anyhow::Result<Verdict> {
    let dataset = workspace.dataset()?.context("there is no dataset yet\nmend: git trainset update")?;
    let manifest = dataset.manifest.context("the dataset has another schema\nmend: git trainset update")?;
    let tree = Oid::parse(&manifest.source.tree)?;
    let sources = Sources::new(workspace.repository.handle(), tree, &workspace.secrets);
    let scope = workspace.settings.scope()?;
    let own_settings = manifest.settings == workspace.settings.hash();
    let shards = filed(&workspace.repository, dataset.tree)?;
    let miner = Miner::new(workspace)?;
    let exact = own_settings && manifest.tool == TOOL;
    let handles = Handles::new(&workspace.repository);
    let count = AtomicUsize::new(0);
    let provers = Provers::default();
    let parts: anyhow::Result<Vec<Verdict>> = shards
        .par_iter()
        .map(|filed| {
            let repository = handles.take();
            let Filed { folder, source, path: shard, .. } = filed;
            let bytes = filed.bytes(&repository)?;
            progress("proving", count.fetch_add(1, Ordering::Relaxed) + 1, shards.len());
            let mut part = Verdict::default();
            let held = manifest.held.contains(source);
            match folder.as_str() {
                "qa" if held => part.held = store::read_rows::<Row>(shard, &bytes)?.len(),
                "qa" | "design" => {
                    let all: Vec<Row> = store::read_rows(shard, &bytes)?;
                    let home = |row: &Row| match folder.as_str() {
                        "qa" => store::qa_shard(&row.split, source),
                        _ => store::design_shard(&row.split, &row.domain),
                    };
                    rows(&mut part, &all, shard, &home, &sources, &provers, &|path| {
                        if own_settings { scope.split(path).to_owned() } else { String::new() }
                    });
                    if folder == "qa" {
                        let said = review::stored(&repository, dataset.tree, source)?;
                        part.wrong.extend(all.iter().filter_map(|row| ill_reviewed(row, &said)));
                    }
                    if folder == "qa" {
                        // A model's replies were held against each other when they came.
                        part.said.extend(all.iter().filter(|row| row.generator != "llm").map(|row| Said {
                            free: row.review.is_empty(),
                            id: row.id.clone(),
                            lang: row.lang.clone(),
                            saying: Saying::of(row),
                        }));
                    }
                    part.designs.extend(all.into_iter().filter(|_| folder == "design"));
                }
                "history" => history(&mut part, &repository, &miner, shard, &store::read_rows(shard, &bytes)?, exact)?,
                "trace" if !held => {
                    let facts = store::facts_shard(source);
                    let chunks = match repository.file(dataset.tree, &facts)? {
                        Some(id) => store::read_rows(
                            &facts,
                            &repository.blob(id)?.context("the facts are not in this clone\nmend: git fetch origin dataset")?,
                        )?,
                        None => Vec::new(),
                    };
                    traces(&mut part, &store::read_rows(shard, &bytes)?, &chunks, &sources);
                }
                "facts" if !held => facts(&mut part, &store::read_rows(shard, &bytes)?, &sources),
                _ => (),
            }
            Ok(part)
        })
        .collect();
    let mut verdict = Verdict { dataset: dataset.commit.to_string(), source_commit: manifest.source.commit.clone(), ..Verdict::default() };
    for part in parts? {
        verdict.samples += part.samples;
        verdict.claims += part.claims;
        verdict.evidence += part.evidence;
        verdict.traces += part.traces;
        verdict.calls += part.calls;
        verdict.chunks += part.chunks;
        verdict.history += part.history;
        verdict.beyond += part.beyond;
        verdict.held += part.held;
        verdict.wrong.extend(part.wrong);
        verdict.designs.extend(part.designs);
        verdict.shown.extend(part.shown);
        verdict.said.extend(part.said);
    }
    verdict.designs.sort_by(|a, b| a.id.cmp(&b.id));
    let designs: Vec<&Row> = verdict.designs.iter().collect();
    for (row, near) in designs.iter().zip(check::near_designs(&designs)) {
        let says = near.map(|near| format!("says nearly the same as `{}`", designs[near].id));
        verdict.wrong.extend(says.map(|says| Reject { id: row.id.clone(), rule: "overlap".to_owned(), says }));
    }
    if own_settings {
        let repeats = repeats(&mut verdict.said, workspace.settings.nearness().say);
        verdict.wrong.extend(repeats);
        verdict.wrong.extend(borders::check(workspace, tree, &sources, &verdict.shown)?);
    }
    if verdict.samples as i64 != manifest.tally.samples {
        let says = format!("dataset.json counts {} samples, the shards have {}", manifest.tally.samples, verdict.samples);
        verdict.wrong.push(Reject { id: store::MANIFEST.to_owned(), rule: "counts".to_owned(), says });
    }
    verdict.wrong.sort();
    Ok(verdict)
}

/// Samples that say nearly what another says. Of two that people hold to, both may stand.
fn repeats(said: &mut [Said], least: f64) -> Vec<Reject> {
    said.sort_by(|a, b| (a.free, &a.id).cmp(&(b.free, &b.id)));
    let sayings: Vec<(&str, Saying)> = said.iter().map(|said| (said.lang.as_str(), said.saying.clone())).collect();
    let near = check::near_sayings(&sayings, least);
    let wrong = said.iter().zip(near).filter(|(row, _)| row.free).filter_map(|(row, near)| {
        let says = format!("says nearly the same as `{}`", said[near?].id);
        Some(Reject { id: row.id.clone(), rule: "near-duplicate".to_owned(), says })
    });
    wrong.collect()
}

/// Proves what a commit gave against the code before it; where settings and version are today's, the commit has to give
/// that very row again.
fn history(part: &mut Verdict, repository: &Repository, miner: &Miner, shard: &str, rows: &[Row], exact: bool) -> anyhow::Result<()> {
    let commit = store::mined_commit(shard).and_then(|id| Oid::parse(id).ok());
    let mut wrong = |id: &str, says: &str| {
        part.wrong.push(Reject { id: id.to_owned(), rule: "history".to_owned(), says: says.to_owned() });
    };
    let Some(commit) = commit else {
        wrong(shard, "is named after no commit");
        return Ok(());
    };
    let parents = repository.parents(commit)?;
    let before = parents.first().map(|parent| repository.commit_at(*parent)).transpose()?.flatten();
    let Some(before) = before else {
        part.beyond += rows.len();
        return Ok(());
    };
    let found = if exact { miner.look(repository, &Ancestor { id: commit, parents })? } else { None };
    let sources = miner.sources(repository, before.tree);
    let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
    let all: Vec<&Row> = rows.iter().collect();
    let refused = check::verify(&all, Gate { code: &code, provers: &Provers::default(), secrets: sources.secrets() });
    for row in rows {
        part.history += 1;
        part.claims += row.claims.len();
        part.evidence += row.evidence.len();
        if exact && found.as_ref().is_none_or(|found| found.path != shard || found.row.as_ref() != Ok(row)) {
            part.wrong.push(Reject { id: row.id.clone(), rule: "history".to_owned(), says: "is not what its commit gives".to_owned() });
        }
    }
    part.wrong.extend(refused);
    Ok(())
}

fn rows(
    part: &mut Verdict,
    rows: &[Row],
    shard: &str,
    home: &dyn Fn(&Row) -> String,
    sources: &Sources,
    provers: &Provers,
    split: &dyn Fn(&str) -> String,
) {
    let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
    let all: Vec<&Row> = rows.iter().collect();
    part.wrong.extend(check::verify(&all, Gate { code: &code, provers, secrets: sources.secrets() }));
    let mut last = "";
    for row in rows {
        part.samples += 1;
        part.shown.push(Shown::of(row));
        part.claims += row.claims.len();
        part.evidence += row.evidence.len();
        let mut wrong = |rule: &str, says: String| part.wrong.push(Reject { id: row.id.clone(), rule: rule.to_owned(), says });
        if row.id.as_str() <= last {
            wrong("order", format!("stands behind `{last}`"));
        }
        last = &row.id;
        if let Some(sort) = sources.secrets().in_row(row) {
            wrong("secrets", format!("holds what looks like {sort}"));
        }
        if home(row) != shard {
            wrong("place", format!("stands in {shard}"));
        }
        for evidence in &row.evidence {
            let of = split(&evidence.path);
            if !of.is_empty() && of != row.split {
                wrong("split", format!("takes evidence from {}, which is {of}", evidence.path));
            }
        }
    }
}

/// A row that is not what a person said it should be.
fn ill_reviewed(row: &Row, said: &OfFile) -> Option<Reject> {
    let wrong = |says: &str| Some(Reject { id: row.id.clone(), rule: "review".to_owned(), says: says.to_owned() });
    match said.get(&row.id) {
        Some(review) if review.rejects(&row.fingerprint) => wrong("a person rejected it"),
        Some(review) if review.over(row.clone()) != *row => wrong("is not as a person left it"),
        None if !row.review.is_empty() || is_of_person(row) => wrong("nobody said of it what it says"),
        _ => None,
    }
}

fn traces(part: &mut Verdict, rows: &[TraceRow], chunks: &[Chunk], sources: &Sources) {
    let by_id: HashMap<&ChunkId, &Chunk> = chunks.iter().map(|chunk| (&chunk.id, chunk)).collect();
    for row in rows {
        part.traces += 1;
        part.calls += row.calls.len();
        let mut wrong = |says: String| part.wrong.push(Reject { id: row.function.to_string(), rule: "call-graph".to_owned(), says });
        let code = by_id.get(&row.function).and_then(|chunk| sources.shown(&chunk.path, chunk.lines.start, chunk.lines.end));
        let (Some(code), Some(language)) = (code, parse::by_path(&row.path)) else {
            wrong("its function is not there".to_owned());
            continue;
        };
        let prover = Prover::new(language, &code);
        for call in &row.calls {
            if !prover.proves(&Predicate::new("calls", [row.function.as_str(), &call.callee])) {
                wrong(format!("does not call `{}`", call.callee));
            }
        }
    }
}

fn facts(part: &mut Verdict, chunks: &[Chunk], sources: &Sources) {
    for chunk in chunks {
        part.chunks += 1;
        if chunk.name.is_empty() {
            continue;
        }
        let code = sources.shown(&chunk.path, chunk.lines.start, chunk.lines.end);
        if code.map(|code| fingerprint(code.as_bytes())).as_ref() != Some(&chunk.fingerprints.raw) {
            part.wrong.push(Reject { id: chunk.id.to_string(), rule: "facts".to_owned(), says: "its lines read otherwise".to_owned() });
        }
    }
}
