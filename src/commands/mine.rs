//! Mining: the commits of the tracked branch as requirements, with what was really done as the design.
//!
//! Each commit that the branch took in at once (its first parents) gives one file in `history/`, or none. The file is
//! a function of that commit, its first parent, the settings and this version of the tool alone; a branch that is
//! reset or squashed leaves the files of its old commits behind. So what an update has to look at is the commits that
//! the source has and the one mirrored so far did not have, and no more.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{self, Gate, Provers, Reject, Secrets};
use crate::commands::TOOL;
use crate::commands::atlas::{Atlas, Whole};
use crate::commands::full::{chunks_of, readable};
use crate::commands::reading;
use crate::commands::sources::{Handles, Sources};
use crate::commands::survey::Survey;
use crate::commands::workspace::{Dataset, Workspace};
use crate::config::Scope;
use crate::facts;
use crate::generate::design::history::{self, Work};
use crate::git::{Ancestor, DatasetTip, FileChange, Oid, Repository};
use crate::model::{Chunk, ChunkKind, Facts, Row};
use crate::parse;
use crate::plan::{self, Change};
use crate::store;

/// A commit that changes more files than these is no single piece of work.
const MOST_FILES: usize = 30;
/// Nor is one that touches more definitions than these, by a cheap look at the lines.
const MOST_TOUCHED: usize = 40;

/// What the commits give.
#[derive(Default)]
pub(crate) struct Mined {
    /// Files of the branch with their bytes, or none to remove one.
    pub(crate) edits: Vec<(String, Option<Vec<u8>>)>,
    /// Files that the tip of the branch has and the base of the survey has not.
    pub(crate) kept: Vec<(String, Oid)>,
    /// The rows, by id.
    pub(crate) ids: Vec<String>,
    pub(crate) rejects: Vec<Reject>,
}

/// Looks at the commits that the source has beyond what the survey's base mirrors: at the last few where there is no
/// base, and again at all of them where settings or version are others.
pub(crate) fn mine(workspace: &Workspace, dataset: Option<&Dataset>, survey: &Survey) -> anyhow::Result<Mined> {
    let limit = workspace.settings.history_limit;
    let repository = &workspace.repository;
    let mut mined = Mined::default();
    let known = match survey.base {
        Some(tree) => repository.files_below(tree, store::HISTORY)?,
        None => Vec::new(),
    };
    let same = |dataset: &Dataset| {
        dataset.manifest.as_ref().is_some_and(|manifest| manifest.tool == TOOL && manifest.settings == workspace.settings.hash())
    };
    let anew = !dataset.is_some_and(same);
    let tip = Oid::parse(&survey.plan.to)?;
    let mirrored = Oid::parse(&survey.plan.from).ok().filter(|_| !anew);
    let mut commits = repository.line(tip, limit, |commit| mirrored == Some(commit))?;
    if let Some(mirrored) = mirrored
        && commits.last().is_some_and(|last| last.parents.first() != Some(&mirrored))
    {
        let before: HashSet<Oid> = repository.line(mirrored, limit, |_| false)?.into_iter().map(|commit| commit.id).collect();
        commits.retain(|commit| !before.contains(&commit.id));
    }
    if anew && limit > 0 {
        let seen: HashSet<String> = commits.iter().map(|commit| commit.id.to_string()).collect();
        for id in known.iter().filter_map(|path| store::mined_commit(path)).filter(|id| !seen.contains(*id)) {
            let Ok(id) = Oid::parse(id) else { continue };
            if repository.commit_at(id)?.is_some() {
                commits.push(Ancestor { id, parents: repository.parents(id)? });
            }
        }
    }
    let there: HashSet<&str> = known.iter().filter_map(|path| store::mined_commit(path)).collect();
    if !anew {
        commits.retain(|commit| !there.contains(commit.id.to_string().as_str()));
    }
    let miner = Miner::new(workspace)?;
    let handles = Handles::new(repository);
    let found: anyhow::Result<Vec<Option<Found>>> =
        commits.par_iter().map_init(|| handles.take(), |repository, commit| miner.look(repository, commit)).collect();
    for (commit, found) in commits.iter().zip(found?) {
        match found {
            Some(Found { path, row: Ok(row) }) => {
                mined.ids.push(row.id.clone());
                mined.edits.push((path, Some(store::write_rows(&[row])?)));
            }
            other => {
                mined.rejects.extend(other.and_then(|found| found.row.err()));
                let id = commit.id.to_string();
                mined.edits.extend(known.iter().filter(|path| store::mined_commit(path) == Some(&id)).map(|path| (path.clone(), None)));
            }
        }
    }
    if anew && limit == 0 {
        mined.edits.extend(known.iter().map(|path| (path.clone(), None)));
    }
    // Where the index is behind the branch, the survey starts from an older tree than the tip's.
    if let Some(dataset) = dataset.filter(|dataset| !anew && survey.base != Some(dataset.tree)) {
        for path in repository.files_below(dataset.tree, store::HISTORY)?.into_iter().filter(|path| !known.contains(path)) {
            mined.kept.extend(repository.file(dataset.tree, &path)?.map(|id| (path, id)));
        }
    }
    mined.ids.sort();
    Ok(mined)
}

/// What one commit gives: the path of its file, and the row or why it is refused.
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) row: Result<Row, Reject>,
}

/// All that mining a commit asks of the workspace.
pub(crate) struct Miner<'w> {
    scope: Scope,
    secrets: &'w Arc<Secrets>,
    provers: Provers,
    wanted: bool,
}

impl<'w> Miner<'w> {
    pub(crate) fn new(workspace: &'w Workspace) -> anyhow::Result<Self> {
        let wanted = workspace.settings.languages.iter().any(|lang| lang == "en");
        Ok(Self { scope: workspace.settings.scope()?, secrets: &workspace.secrets, provers: Provers::default(), wanted })
    }

    /// The code before a commit.
    pub(crate) fn sources(&self, repository: &Repository, tree: Oid) -> Sources {
        Sources::new(repository.handle(), tree, self.secrets)
    }

    /// The design of a commit; None where it is none of a requirement, or where its parent is not in this clone.
    pub(crate) fn look(&self, repository: &Repository, commit: &Ancestor) -> anyhow::Result<Option<Found>> {
        let Some(parent) = commit.parents.first().filter(|_| self.wanted) else { return Ok(None) };
        let Some(after) = repository.commit_at(commit.id)? else { return Ok(None) };
        let Some(requirement) = history::requirement(&after.message) else { return Ok(None) };
        let Some(before) = repository.commit_at(*parent)? else { return Ok(None) };
        let Some(mut work) = self.work(repository, &before, &after)? else { return Ok(None) };
        work.commit = commit.id.to_string();
        work.split = self.scope.split_of_time(after.seconds).to_owned();
        work.requirement = requirement;
        if !work.fits() {
            return Ok(None);
        }
        let Some(subject) = work.subject().filter(|subject| facts::evidence_lines(subject).is_some()) else { return Ok(None) };
        let sources = self.sources(repository, before.tree);
        let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
        let view = self.view(&work.before, &subject);
        let Some(draft) = history::draft(&work, &view, &code) else { return Ok(None) };
        let gate = Gate { code: &code, provers: &self.provers, secrets: sources.secrets() };
        let (samples, rejects) = check::judge(vec![draft], gate);
        let path = store::history_shard(after.seconds, &work.commit);
        let row = samples.into_iter().next().map(|sample| sample.into_row());
        Ok(row.map(Ok).or(rejects.into_iter().next().map(Err)).map(|row| Found { path, row }))
    }

    /// What a commit did to the code that is read; None where that is too much, or does not parse.
    fn work(&self, repository: &Repository, before: &DatasetTip, after: &DatasetTip) -> anyhow::Result<Option<Work>> {
        if repository.tree_changes(before.tree, after.tree)?.len() > MOST_FILES {
            return Ok(None);
        }
        let (changes, reading) = reading::changes(repository, before.tree, after.tree, &self.scope)?;
        let sides = [before.tree, after.tree].map(|tree| Sources::new(repository.handle(), tree, self.secrets));
        let mut work = Work::default();
        let mut read: Vec<(String, FileChange, reading::Manner)> = Vec::new();
        let mut touched = 0;
        for change in changes {
            let Ok(path) = readable(&change.path).map(str::to_owned) else { continue };
            let Some(language) = parse::by_path(&path) else { continue };
            let is_test = self.scope.is_test(&path);
            let manner = reading.manner(&path);
            if !is_test && manner.is_none() {
                continue;
            }
            let [old, new] = [text(repository, change.old)?, text(repository, change.new)?];
            let symbols = parse::touched(language, &old, &new);
            if is_test {
                let known = parse::touched(language, "", &old);
                let is_new =
                    |symbol: &String| symbol.rsplit('.').next().is_some_and(|name| name.starts_with("test")) && !known.contains(symbol);
                work.tests.extend(symbols.into_iter().filter(is_new).map(|symbol| (path.clone(), symbol)));
                continue;
            }
            touched += symbols.len();
            read.extend(manner.map(|manner| (path, change, manner)));
        }
        if read.is_empty() || touched > MOST_TOUCHED {
            return Ok(None);
        }
        let mut old: Vec<Arc<Chunk>> = Vec::new();
        let mut new: Vec<Arc<Chunk>> = Vec::new();
        for (path, change, manner) in &read {
            for (side, blob, chunks) in [(&sides[0], change.old, &mut old), (&sides[1], change.new, &mut new)] {
                let Some(blob) = blob else { continue };
                let Ok(found) = chunks_of(repository, path, blob, *manner, side) else { return Ok(None) };
                chunks.extend(found);
            }
        }
        Ok(compare(old, &new, work))
    }

    /// The subject among the code before the commit, as far as the commit touched its files.
    fn view(&self, chunks: &[Arc<Chunk>], subject: &Arc<Chunk>) -> facts::View {
        let mut atlas = Atlas::Whole(Box::new(Whole::new(chunks.iter())));
        let edges = chunks.iter().map(|chunk| (chunk.id.clone(), atlas.world(|world| facts::edges(world, chunk)).0.into())).collect();
        if let Atlas::Whole(whole) = &mut atlas {
            whole.set_edges(edges);
        }
        // What was mined is split by time, so code of every file may stand beside it.
        let borders = facts::Borders { split: &|_| "train", is_test: &|path| self.scope.is_test(path) };
        atlas.world(|world| facts::view(world, subject, borders)).0
    }
}

/// What differs between the two sides; None where code moved, which is no new behaviour, or cannot be shown.
fn compare(old: Vec<Arc<Chunk>>, new: &[Arc<Chunk>], mut work: Work) -> Option<Work> {
    let counts = |chunk: &Chunk| chunk.kind != ChunkKind::Module && !chunk.is_nested() && !chunk.name.is_empty();
    let pairs = plan::pair(&old, new);
    for after in new.iter().filter(|chunk| counts(chunk)) {
        let Some(before) = old.iter().find(|chunk| chunk.id == after.id) else {
            if pairs.was(&after.id).is_some() {
                return None;
            }
            work.added.push(after.clone());
            continue;
        };
        let differs = matches!(plan::classify(Some(before), Some(after)), Change::Signature | Change::Body);
        if differs && !(after.kind == ChunkKind::Class && but_methods(before) == but_methods(after)) {
            facts::evidence_lines(before)?;
            work.changed.push((before.clone(), after.clone()));
        }
    }
    for before in old.iter().filter(|chunk| counts(chunk) && !new.iter().any(|after| after.id == chunk.id)) {
        facts::evidence_lines(before)?;
        work.removed.push(before.clone());
    }
    work.before = old;
    Some(work)
}

/// A class whose methods alone differ takes them in, and changes in nothing else.
fn but_methods(class: &Chunk) -> Facts {
    Facts { methods: Vec::new(), statements: 0, branches: 0, stub: false, ends: false, ..class.facts.clone() }
}

fn text(repository: &Repository, blob: Option<Oid>) -> anyhow::Result<String> {
    let Some(id) = blob else { return Ok(String::new()) };
    let small = repository.blob_size(id)?.is_some_and(|size| size <= parse::Tree::MAX_BYTES as u64);
    let bytes = if small { repository.blob(id)? } else { None };
    Ok(String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default())
}
