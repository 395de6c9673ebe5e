//! `context`: what somebody needs at hand who writes a requirement or works on one, within a budget of tokens.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context, bail};
use serde::Serialize;

use crate::commands::atlas::{ChunkRecord, SampleRecord, edge_key, read, sort};
use crate::commands::checkout;
use crate::commands::query::Places;
use crate::commands::sources::Sources;
use crate::commands::workspace::Workspace;
use crate::facts;
use crate::git::Oid;
use crate::index::{Index, Lookup, Query, What};
use crate::model::{ChunkId, ChunkKind, Edge, Guard, Lines};
use crate::store::{self, DomainMap};

/// Chunks that are weighed; the budget decides how many are told.
const MOST_CHUNKS: usize = 24;
const MOST_SAMPLES: usize = 6;
const MOST_CALLERS: usize = 8;
const MOST_NAMES: usize = 6;
/// Shares of the budget after which code, and then all but the callers, must leave room for what follows.
const CODE_SHARE: f64 = 0.6;
const FACTS_SHARE: f64 = 0.85;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pack {
    pub requirement: String,
    /// The source commit that the index mirrors.
    pub source_commit: String,
    pub budget: usize,
    /// An estimate: four letters of code make a token.
    pub tokens: usize,
    pub domains: Vec<Area>,
    /// Every chunk that was found, the best first.
    pub skeleton: Vec<Spot>,
    /// The code of those that fit, what is called before what calls it.
    pub code: Vec<Piece>,
    pub rules: Vec<Ruled>,
    pub flows: Vec<Flowing>,
    pub samples: Vec<Sampled>,
    /// Who calls what would change.
    pub callers: Vec<Called>,
    /// How many pieces the budget left out.
    pub left_out: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Area {
    pub name: String,
    pub files: i64,
    pub functions: i64,
    pub entities: Vec<String>,
}

/// A place with what stands there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Spot {
    pub path: String,
    pub line: u32,
    pub id: String,
    pub says: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Piece {
    pub path: String,
    pub line: u32,
    pub end: u32,
    pub id: String,
    pub code: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ruled {
    pub path: String,
    pub line: u32,
    pub symbol: String,
    pub when: String,
    pub then: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Flowing {
    pub path: String,
    pub line: u32,
    pub symbol: String,
    pub steps: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sampled {
    pub id: String,
    pub path: String,
    pub line: u32,
    pub question: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Called {
    pub symbol: String,
    pub callers: Vec<Spot>,
}

pub(crate) fn run(workspace: &Workspace, requirement: &str, budget: usize) -> anyhow::Result<Pack> {
    if requirement.trim().is_empty() {
        bail!("there is no requirement\nmend: give it as words, or `-` and a text on standard input");
    }
    let index = checkout::fresh(workspace, None)?.context("there is no index yet\nmend: git trainset update")?;
    pack(workspace, &index, requirement, budget)
}

/// The pack from an index that is open.
pub(crate) fn pack(workspace: &Workspace, index: &Index, requirement: &str, budget: usize) -> anyhow::Result<Pack> {
    let lookup = index.lookup();
    let mut shelf = Shelf { lookup: &lookup, places: Places::default() };
    let mut purse = Purse { budget, spent: 0, left_out: 0 };
    let found = shelf.found(requirement)?;
    let tree = Oid::parse(&index.mirror().source_tree)?;
    let sources = Sources::new(workspace.repository.handle(), tree, &workspace.secrets);

    let mut pack = Pack {
        requirement: requirement.trim().to_owned(),
        source_commit: index.mirror().source_commit.clone(),
        budget,
        tokens: 0,
        domains: purse.take_all(areas(workspace, index, &found)?, 1.0, |area| area.entities.join(" ")),
        skeleton: purse.take_all(found.iter().map(Chosen::spot).collect(), CODE_SHARE / 2.0, |spot| format!("{}{}", spot.path, spot.says)),
        code: Vec::new(),
        rules: Vec::new(),
        flows: Vec::new(),
        samples: Vec::new(),
        callers: Vec::new(),
        left_out: 0,
    };
    let mut shown: Vec<&Chosen> = Vec::new();
    for chosen in &found {
        // A method that stands in a class already shown is not shown twice.
        let inside = |other: &&Chosen| other.record.chunk.path == chosen.record.chunk.path && other.holds(chosen);
        let Some(code) = sources.shown(&chosen.record.chunk.path, chosen.lines.start, chosen.lines.end) else { continue };
        if !shown.iter().any(inside) && purse.take(&code, CODE_SHARE) {
            shown.push(chosen);
            let chunk = &chosen.record.chunk;
            let (line, end) = (chosen.lines.start, chosen.lines.end);
            pack.code.push(Piece { path: chunk.path.clone(), line, end, id: chunk.id.to_string(), code });
        }
    }
    let order = callees_first(&found);
    pack.code.sort_by_key(|piece| order.get(&piece.id).copied());
    for chosen in &found {
        let of_chunk = facts_of(chosen);
        pack.rules.extend(purse.take_all(of_chunk.0, FACTS_SHARE, |rule| format!("{}{}", rule.when, rule.then.join(""))));
        pack.flows.extend(purse.take_all(of_chunk.1, FACTS_SHARE, |flow| flow.steps.join("")));
    }
    pack.samples = purse.take_all(shelf.samples(requirement)?, 1.0, |sample| sample.question.clone());
    for chosen in &found {
        let callers = shelf.callers(&chosen.record.chunk.id)?;
        if !callers.is_empty() && purse.take(&callers.iter().map(|spot| format!("{}{}", spot.path, spot.says)).collect::<String>(), 1.0) {
            pack.callers.push(Called { symbol: chosen.record.chunk.symbol.clone(), callers });
        }
    }
    pack.tokens = purse.spent;
    pack.left_out = purse.left_out;
    Ok(pack)
}

/// How many tokens a text is, about.
pub(crate) fn tokens(text: &str) -> usize {
    let wide = text.chars().filter(|letter| !letter.is_ascii()).count();
    text.chars().filter(char::is_ascii).count().div_ceil(4) + wide
}

/// What may still be told.
struct Purse {
    budget: usize,
    spent: usize,
    left_out: usize,
}

impl Purse {
    /// Pays for a text, with what goes around it, out of the first part of the budget.
    fn take(&mut self, text: &str, share: f64) -> bool {
        const FRAME: usize = 12;
        let price = tokens(text) + FRAME;
        let fits = (self.spent + price) as f64 <= self.budget as f64 * share;
        if fits {
            self.spent += price
        } else {
            self.left_out += 1
        }
        fits
    }

    fn take_all<T>(&mut self, all: Vec<T>, share: f64, text: impl Fn(&T) -> String) -> Vec<T> {
        all.into_iter().filter(|one| self.take(&text(one), share)).collect()
    }
}

/// A chunk that was found.
struct Chosen {
    record: ChunkRecord,
    lines: Lines,
}

impl Chosen {
    fn spot(&self) -> Spot {
        let chunk = &self.record.chunk;
        let says = if chunk.signature.is_empty() { chunk.summary() } else { &chunk.signature };
        Spot { path: chunk.path.clone(), line: self.lines.start, id: chunk.id.to_string(), says: says.to_owned() }
    }

    fn holds(&self, other: &Chosen) -> bool {
        self.lines.start <= other.lines.start && other.lines.end <= self.lines.end
    }
}

/// The index, and where its chunks stand.
struct Shelf<'l> {
    lookup: &'l Lookup,
    places: Places,
}

impl Shelf<'_> {
    fn chosen(&mut self, id: &str) -> anyhow::Result<Option<Chosen>> {
        let Some(bytes) = self.lookup.chunk(id)? else { return Ok(None) };
        let record = ChunkRecord::read(&bytes)?;
        let lines = self.places.lines(self.lookup, &record.chunk.path, &record.chunk.id)?;
        Ok(lines.map(|lines| Chosen { record, lines }))
    }

    /// The chunks that fit, the best first. What is left of a file around its definitions is none.
    fn found(&mut self, requirement: &str) -> anyhow::Result<Vec<Chosen>> {
        let kinds = ChunkKind::ALL.into_iter().filter(|kind| *kind != ChunkKind::Module);
        let sorts = [kinds.map(|kind| sort(kind.name())).collect()];
        let hits = self.lookup.search(&Query { text: requirement, limit: MOST_CHUNKS, sorts: &sorts, ..Query::default() })?;
        let mut found = Vec::new();
        for hit in hits {
            found.extend(self.chosen(&hit.id)?);
        }
        Ok(found)
    }

    /// Earlier designs, and answers where they are few.
    fn samples(&mut self, requirement: &str) -> anyhow::Result<Vec<Sampled>> {
        let mut samples = Vec::new();
        for task in ["design", "qa"] {
            let sorts = [vec![sort(task)]];
            let limit = MOST_SAMPLES - samples.len();
            let hits = self.lookup.search(&Query { text: requirement, limit, what: What::Samples, sorts: &sorts, ..Query::default() })?;
            for hit in hits {
                let record: SampleRecord = read(&hit.record)?;
                let line = self.chosen(&record.subject)?.map_or(1, |subject| subject.lines.start);
                samples.push(Sampled { id: hit.id, path: hit.path, line, question: record.question });
            }
        }
        Ok(samples)
    }

    fn callers(&mut self, id: &ChunkId) -> anyhow::Result<Vec<Spot>> {
        let mut callers = Vec::new();
        for caller in self.lookup.callers(edge_key(id))?.into_iter().filter(|caller| caller != id.as_str()).take(MOST_CALLERS) {
            callers.extend(self.chosen(&caller)?.map(|caller| caller.spot()));
        }
        Ok(callers)
    }
}

/// The areas that the chunks lie in, those with the most of them first.
fn areas(workspace: &Workspace, index: &Index, found: &[Chosen]) -> anyhow::Result<Vec<Area>> {
    let Some(dataset) = workspace.dataset_at(&index.mirror().dataset_commit)? else { return Ok(Vec::new()) };
    let Some(file) = workspace.repository.file(dataset.tree, store::DOMAIN_MAP)? else { return Ok(Vec::new()) };
    let map = DomainMap::from_bytes(&workspace.repository.blob(file)?.unwrap_or_default())?;
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    found.iter().for_each(|chosen| *times.entry(facts::domain(&chosen.record.chunk.path)).or_default() += 1);
    let mut names: Vec<(usize, String)> = times.into_iter().map(|(name, times)| (times, name)).collect();
    names.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let area = |(_, name): (usize, String)| {
        let domain = map.get(&name)?;
        let mut entities: Vec<(&String, &i64)> = domain.entities.iter().collect();
        entities.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let entities = entities.into_iter().take(MOST_NAMES).map(|(name, _)| name.clone()).collect();
        Some(Area { name, files: domain.files, functions: domain.functions, entities })
    };
    Ok(names.into_iter().take(MOST_NAMES).filter_map(area).collect())
}

fn facts_of(chosen: &Chosen) -> (Vec<Ruled>, Vec<Flowing>) {
    let chunk = &chosen.record.chunk;
    let (path, line, symbol) = (&chunk.path, chosen.lines.start, &chunk.symbol);
    let ruled = |rule: facts::Rule| Ruled {
        path: path.clone(),
        line,
        symbol: symbol.clone(),
        when: Guard::joined(&rule.when),
        then: rule.outcomes.iter().map(facts::Outcome::says).collect(),
    };
    let rules = facts::rules(chunk).into_iter().map(ruled).collect();
    let steps: Vec<String> = chosen.record.flow.iter().map(|step| step.call.clone()).collect();
    let flow = Flowing { path: path.clone(), line, symbol: symbol.clone(), steps };
    (rules, [flow].into_iter().filter(|flow| flow.steps.len() > 1).collect())
}

/// Places of the chunks in an order in which what is called stands before what calls it; those that call each other stay
/// in the order in which they were found.
fn callees_first(found: &[Chosen]) -> HashMap<String, usize> {
    let by_id: HashMap<&str, &Chosen> = found.iter().map(|chosen| (chosen.record.chunk.id.as_str(), chosen)).collect();
    let mut order = HashMap::new();
    let mut entered = HashSet::new();
    for start in found {
        // A chunk comes back from the stack once what it calls is placed.
        let mut open = vec![(start, false)];
        while let Some((chosen, left)) = open.pop() {
            let id = chosen.record.chunk.id.as_str();
            if left {
                let place = order.len();
                order.entry(id.to_owned()).or_insert(place);
            } else if entered.insert(id) {
                open.push((chosen, true));
                let called = chosen.record.edges.iter().filter_map(Edge::sure);
                open.extend(called.filter_map(|target| by_id.get(target.as_str())).map(|target| (*target, false)));
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::{Purse, tokens};

    #[test]
    fn tokens_are_about_four_letters() {
        assert_eq!((tokens(""), tokens("abcd"), tokens("订单 a")), (0, 1, 3));
    }

    #[test]
    fn nothing_is_told_beyond_the_budget() {
        let mut purse = Purse { budget: 100, spent: 0, left_out: 0 };
        assert!(purse.take(&"x".repeat(80), 0.5) && !purse.take(&"x".repeat(80), 0.5) && purse.take(&"x".repeat(80), 1.0));
        assert_eq!((purse.spent, purse.left_out), (64, 1));
    }
}
