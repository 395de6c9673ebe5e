//! `query`: the code and the samples that have to do with some words, and why.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, bail};
use globset::Glob;
use serde::Serialize;

use crate::commands::atlas::{ChunkRecord, FileRecord, SampleRecord, edge_key, read, sort};
use crate::commands::checkout;
use crate::commands::embed;
use crate::commands::workspace::Workspace;
use crate::facts;
use crate::generate::KINDS;
use crate::index::{Index, Lookup, Query, What};
use crate::model::{ChunkId, ChunkKind, Edge, Lines};
use crate::parse;

/// Chunks around the one that hits are to be near to gain this share of the best score.
const NEIGHBOUR: f32 = 0.35;
const SAME_FILE: f32 = 0.2;

/// For words that the code does not have: nothing translates them.
const FOREIGN: &str = "Chinese, Japanese or Korean words are found where code, messages or samples have them; `languages = [\"en\", \"zh\"]` in .trainset.toml makes samples that do";

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    pub text: String,
    pub limit: usize,
    /// Samples instead of code.
    pub samples: bool,
    /// Only samples of this task.
    pub task: Option<String>,
    /// Globs, or folders or files.
    pub paths: Vec<String>,
    /// Kinds of chunk, or of sample.
    pub kinds: Vec<String>,
    /// Programming languages, or those of samples.
    pub languages: Vec<String>,
    pub domains: Vec<String>,
    /// A chunk, or `PATH:LINE`: what it calls, what calls it and what stands beside it goes up.
    pub near: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    /// The source commit that the index mirrors.
    pub source_commit: String,
    /// Do the tracked branch and what is checked out point elsewhere by now?
    pub behind: bool,
    /// Model of the vectors that the order is owed to, too; empty where words alone decide.
    pub vectors: String,
    /// Why there are none though the person wants them.
    pub note: String,
    pub hits: Vec<Hit>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Hit {
    pub path: String,
    pub line: u32,
    /// `chunk` or `sample`.
    pub what: &'static str,
    pub id: String,
    pub symbol: String,
    pub domain: String,
    /// The signature of a chunk, the question of a sample.
    pub says: String,
    pub score: f32,
    /// The words of the query that it has.
    pub terms: Vec<String>,
    /// What else speaks for it.
    pub why: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, ask: &Ask) -> anyhow::Result<Found> {
    let index = checkout::fresh(workspace, None)?.context("there is no index yet\nmend: git trainset update")?;
    found(workspace, &index, ask)
}

/// Answers from an index that is open.
pub(crate) fn found(workspace: &Workspace, index: &Index, ask: &Ask) -> anyhow::Result<Found> {
    if ask.text.trim().is_empty() && ask.near.is_none() {
        bail!("there are no words to look for\nmend: give words, a symbol or a requirement, or `-` and a text on standard input");
    }
    let lookup = index.lookup();
    let filter = Filter::new(ask, &workspace.settings.languages)?;
    let near = ask.near.as_deref().map(|place| Near::find(&lookup, place)).transpose()?;
    let favours = near.as_ref().map(Near::favours).unwrap_or_default();
    let accepts = |path: &str| filter.accepts(path);
    let what = if ask.samples || ask.task.is_some() { What::Samples } else { What::Chunks };
    let second = match what {
        What::Chunks => embed::second(workspace, &ask.text),
        What::Samples => embed::Second::default(),
    };
    let fit = second.fit();
    let query = Query {
        text: &ask.text,
        limit: ask.limit,
        what,
        accepts: filter.is_of_path().then_some(&accepts),
        sorts: &filter.sorts,
        favours: &favours,
        second: fit.as_deref(),
    };
    let hits = lookup.search(&query)?;
    let mut places = Places::default();
    let mut found = Vec::with_capacity(hits.len());
    let mut calls: Vec<Vec<ChunkId>> = Vec::new();
    for hit in hits {
        let (subject, what, asked) = match what {
            What::Chunks => (hit.id.clone(), "chunk", None),
            What::Samples => {
                let record: SampleRecord = read(&hit.record)?;
                (record.subject, "sample", Some(record.question))
            }
        };
        let Some(record) = lookup.chunk(&subject)?.map(|bytes| ChunkRecord::read(&bytes)).transpose()? else { continue };
        let chunk = record.chunk;
        let mut why = Vec::new();
        if hit.named {
            why.push("named".to_owned());
        }
        if let Some(near) = &near {
            why.extend(near.why(&chunk.id));
        }
        if !hit.message.is_empty() {
            why.push(format!("changed by \"{}\"", hit.message));
        }
        calls.push(record.edges.iter().filter_map(Edge::sure).cloned().collect());
        found.push(Hit {
            line: places.line(&lookup, &chunk.path, &chunk.id)?,
            says: match asked {
                Some(question) => question,
                None if chunk.signature.is_empty() => chunk.summary().to_owned(),
                None => chunk.signature.clone(),
            },
            domain: facts::domain(&chunk.path),
            path: chunk.path,
            what,
            id: hit.id,
            symbol: chunk.symbol,
            score: hit.score,
            terms: hit.terms,
            why,
        });
    }
    tell_calls(&mut found, &calls);
    let source_commit = index.mirror().source_commit.clone();
    let vectors = if fit.is_some() { second.model.clone() } else { String::new() };
    let mut note = second.note.clone();
    if found.is_empty() && note.is_empty() && ask.text.chars().any(is_east_asian) {
        note = FOREIGN.to_owned();
    }
    Ok(Found { source_commit, behind: is_behind(workspace, index)?, vectors, note, hits: found })
}

/// Letters of scripts that English code has none of.
fn is_east_asian(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// Do the tracked branch and what is checked out point elsewhere by now?
pub(crate) fn is_behind(workspace: &Workspace, index: &Index) -> anyhow::Result<bool> {
    let tips = [workspace.source.clone(), workspace.repository.tip(None)?];
    Ok(!tips.iter().flatten().any(|tip| tip.commit.to_string() == index.mirror().source_commit))
}

/// Says of each hit which of the hits before it it calls.
fn tell_calls(found: &mut [Hit], calls: &[Vec<ChunkId>]) {
    let ids: Vec<(String, String)> = found.iter().map(|hit| (hit.id.clone(), hit.symbol.clone())).collect();
    for (at, hit) in found.iter_mut().enumerate() {
        let called = ids[..at].iter().find(|(id, _)| calls[at].iter().any(|target| target.as_str() == id));
        if let Some((_, symbol)) = called {
            hit.why.push(format!("calls {symbol}"));
        }
    }
}

/// Where chunks stand, read file by file.
#[derive(Default)]
pub(crate) struct Places(HashMap<String, HashMap<ChunkId, Lines>>);

impl Places {
    /// The lines of a chunk.
    pub(crate) fn lines(&mut self, lookup: &Lookup, path: &str, id: &ChunkId) -> anyhow::Result<Option<Lines>> {
        if !self.0.contains_key(path) {
            let record = lookup.file(path)?.map(|bytes| read::<FileRecord>(&bytes)).transpose()?.unwrap_or_default();
            self.0.insert(path.to_owned(), record.places.into_iter().collect());
        }
        Ok(self.0.get(path).and_then(|file| file.get(id)).copied())
    }

    fn line(&mut self, lookup: &Lookup, path: &str, id: &ChunkId) -> anyhow::Result<u32> {
        Ok(self.lines(lookup, path, id)?.map_or(1, |lines| lines.start))
    }
}

/// The filters, checked.
struct Filter {
    paths: Vec<globset::GlobMatcher>,
    languages: Vec<String>,
    domains: Vec<String>,
    sorts: Vec<Vec<u64>>,
}

impl Filter {
    fn new(ask: &Ask, tongues: &[String]) -> anyhow::Result<Self> {
        let of_samples = ask.samples || ask.task.is_some();
        let mut sorts: Vec<Vec<u64>> = ask.task.iter().map(|task| vec![sort(task)]).collect();
        let mut kinds = Vec::new();
        for kind in &ask.kinds {
            let known: Vec<&str> =
                if of_samples { KINDS.iter().map(|kind| kind.name).collect() } else { ChunkKind::ALL.map(ChunkKind::name).to_vec() };
            known_or_refused("kind", kind, &known)?;
            kinds.push(sort(kind));
            if kind == ChunkKind::Function.name() && !of_samples {
                kinds.push(sort(ChunkKind::Method.name()));
            }
        }
        let (mut languages, mut spoken) = (Vec::new(), Vec::new());
        for language in &ask.languages {
            let code: Vec<&str> = parse::LANGUAGES.iter().map(|language| language.name).collect();
            let tongues = tongues.iter().filter(|_| of_samples).map(String::as_str);
            known_or_refused("language", language, &code.iter().copied().chain(tongues).collect::<Vec<_>>())?;
            if code.contains(&language.as_str()) { languages.push(language.clone()) } else { spoken.push(sort(language)) }
        }
        sorts.extend([kinds, spoken].into_iter().filter(|group| !group.is_empty()));
        let glob = |path: &String| {
            let path = path.trim_start_matches("./").trim_end_matches('/');
            let glob = if path.contains(['*', '?', '[', '{']) { path.to_owned() } else { format!("{{{path},{path}/**}}") };
            let matcher = Glob::new(&glob).with_context(|| format!("not a glob: `{path}`\nmend: write it as in .gitignore, `app/**/*.py`"));
            Ok(matcher?.compile_matcher())
        };
        let paths = ask.paths.iter().map(glob).collect::<anyhow::Result<_>>()?;
        Ok(Self { paths, languages, domains: ask.domains.clone(), sorts })
    }

    fn is_of_path(&self) -> bool {
        !(self.paths.is_empty() && self.languages.is_empty() && self.domains.is_empty())
    }

    fn accepts(&self, path: &str) -> bool {
        let one_of = |list: &[String], name: &dyn Fn() -> String| list.is_empty() || list.contains(&name());
        (self.paths.is_empty() || self.paths.iter().any(|glob| glob.is_match(path)))
            && one_of(&self.languages, &|| parse::by_path(path).map(|language| language.name.to_owned()).unwrap_or_default())
            && one_of(&self.domains, &|| facts::domain(path))
    }
}

fn known_or_refused(what: &str, name: &str, known: &[&str]) -> anyhow::Result<()> {
    if known.contains(&name) {
        return Ok(());
    }
    bail!("there is no {what} `{}`\nmend: take one of {}", name.escape_debug(), known.join(", "))
}

/// What stands around a chunk.
struct Near {
    symbol: String,
    calls: HashSet<String>,
    callers: HashSet<String>,
    beside: HashSet<String>,
}

impl Near {
    fn find(lookup: &Lookup, place: &str) -> anyhow::Result<Self> {
        let id = chunk_at(lookup, place)?;
        let bytes = lookup.chunk(id.as_str())?.context("the index has lost a chunk\nmend: git trainset update")?;
        let record = ChunkRecord::read(&bytes)?;
        let mut beside: HashSet<String> = lookup.chunks_of(&record.chunk.path)?.into_iter().map(|(id, _)| id).collect();
        beside.remove(id.as_str());
        Ok(Self {
            symbol: record.chunk.symbol,
            calls: record.edges.iter().filter_map(Edge::sure).map(ToString::to_string).collect(),
            callers: lookup.callers(edge_key(&id))?.into_iter().collect(),
            beside,
        })
    }

    fn favours(&self) -> Vec<(String, f32)> {
        let gains = [(&self.calls, NEIGHBOUR), (&self.callers, NEIGHBOUR), (&self.beside, SAME_FILE)];
        gains.iter().flat_map(|(ids, gain)| ids.iter().map(|id| (id.clone(), *gain))).collect()
    }

    fn why(&self, id: &ChunkId) -> Option<String> {
        let symbol = &self.symbol;
        if self.calls.contains(id.as_str()) {
            Some(format!("called by {symbol}"))
        } else if self.callers.contains(id.as_str()) {
            Some(format!("calls {symbol}"))
        } else {
            self.beside.contains(id.as_str()).then(|| format!("beside {symbol}"))
        }
    }
}

/// The chunk that an id names, or the innermost one at `PATH:LINE`.
pub(crate) fn chunk_at(lookup: &Lookup, place: &str) -> anyhow::Result<ChunkId> {
    if lookup.chunk(place)?.is_some() {
        return Ok(ChunkId::stored(place.to_owned()));
    }
    let at_line = place.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse::<u32>().ok()?)));
    if let Some((path, line)) = at_line
        && let Some(bytes) = lookup.file(path)?
    {
        let places = read::<FileRecord>(&bytes)?.places;
        let around = places.into_iter().filter(|(_, lines)| (lines.start..=lines.end).contains(&line));
        if let Some((id, _)) = around.min_by_key(|(id, lines)| (lines.count(), id.clone())) {
            return Ok(id);
        }
    }
    bail!(
        "there is no chunk at `{}`\nmend: give an id as `query --json` prints it, or PATH:LINE of a file that is read",
        place.escape_debug()
    )
}
