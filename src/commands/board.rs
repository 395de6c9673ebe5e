//! The designs of a repository: few, each from the best anchor of its sort.
//!
//! Which anchor is the best is decided among all chunks that offer one, and of two designs that say nearly the
//! same the first stays. So the designs are thought over together, all of them or none: an update asks
//! [`is_touched`] whether a change reaches any chunk that was, or is now, looked at for one. What a design
//! depends on beyond that choice is the view of its anchor, whose keys the index knows already.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::check;
use crate::commands::atlas::Atlas;
use crate::commands::review::OfFile;
use crate::commands::rows::OldRows;
use crate::commands::sources::Sources;
use crate::commands::survey::{Planner, Shard};
use crate::config::Scope;
use crate::facts::{self, Anchor, BEST, View};
use crate::generate::design;
use crate::generate::llm::Recipes;
use crate::git::{Oid, Repository};
use crate::model::{Brief, Chunk, ChunkId, Row, key};
use crate::plan::{Pairs, Step};
use crate::store;

/// So many candidates of an anchor are looked at, the best first.
const LOOKED_AT: usize = 8;
/// Few classes have another beside them that they can be held against.
const SIBLINGS_LOOKED_AT: usize = 40;

/// The designs that the repository earns today, in the order of their ids.
pub(crate) fn designs(atlas: &Atlas, scope: &Scope, languages: &[String]) -> Vec<Brief> {
    let mut out: Vec<Brief> = Vec::new();
    let mut views: HashMap<ChunkId, Option<View>> = HashMap::new();
    let mut candidates: BTreeMap<Anchor, Vec<ChunkId>> = BTreeMap::new();
    for lang in languages {
        for need in design::needs(lang) {
            let Some(anchor) = need.anchor() else { continue };
            let mut domains: BTreeSet<String> = BTreeSet::new();
            // Code that no other need has taken comes first, so that the designs spread.
            let known = candidates.entry(anchor).or_insert_with(|| looked_at(anchor, |key| atlas.offering(key)));
            let (taken, free): (Vec<&ChunkId>, Vec<&ChunkId>) =
                known.iter().partition(|id| out.iter().any(|brief| brief.subject.id == **id && brief.slot.lang == *lang));
            for id in free.into_iter().chain(taken) {
                if domains.len() == need.most {
                    break;
                }
                let view = views.entry(id.clone()).or_insert_with(|| view(atlas, scope, id));
                let brief = view.as_ref().and_then(|view| design::brief(need, view, scope.split(&view.chunk.path), lang));
                let Some(brief) = brief.filter(|brief| !domains.contains(&brief.domain)) else { continue };
                domains.insert(brief.domain.clone());
                out.push(brief);
            }
        }
    }
    out.sort_by(|a, b| a.slot.cmp(&b.slot));
    let rows: Vec<&Row> = out.iter().map(|brief| &brief.draft.0).collect();
    let mut near = check::near_designs(&rows).into_iter();
    out.retain(|_| near.next().flatten().is_none());
    out
}

fn view(atlas: &Atlas, scope: &Scope, id: &ChunkId) -> Option<View> {
    let chunk = atlas.chunk(id)?;
    let borders = facts::Borders { split: &|path| scope.split(path), is_test: &|path| scope.is_test(path) };
    // Of near-copies the first speaks for all.
    Some(atlas.world(|world| facts::view(world, &chunk, borders)).0).filter(|view| view.near.keeper.is_none())
}

/// The candidates of an anchor: those of a better tier first, within one in an order that spreads them over the
/// repository.
fn looked_at(anchor: Anchor, offering: impl Fn(u64) -> Vec<ChunkId>) -> Vec<ChunkId> {
    let most = if anchor == Anchor::Sibling { SIBLINGS_LOOKED_AT } else { LOOKED_AT };
    let mut out: Vec<ChunkId> = Vec::new();
    for tier in (0..=BEST).rev() {
        if out.len() >= most {
            break;
        }
        let mut found = offering(facts::offer_key(anchor, tier));
        found.sort_by_cached_key(|id| (key("candidate", id.as_str()), id.clone()));
        out.extend(found);
    }
    out.truncate(most);
    out
}

/// May a change reach a design? `reached` are the chunks whose view may differ, as they are; `gone` and `came`
/// the chunks of the changed files, before and after.
pub(crate) fn is_touched<'c>(atlas: &Atlas, reached: impl Iterator<Item = &'c ChunkId>, changed: impl Iterator<Item = &'c Chunk>) -> bool {
    let Atlas::Overlay(overlay) = atlas else { return true };
    let mut of_anchor: BTreeMap<Anchor, BTreeSet<ChunkId>> = BTreeMap::new();
    let mut note = |chunk: &Chunk| {
        for (anchor, _) in facts::offers(chunk) {
            of_anchor.entry(anchor).or_default().insert(chunk.id.clone());
        }
    };
    changed.for_each(&mut note);
    reached.filter_map(|id| atlas.chunk(id)).for_each(|chunk| note(&chunk));
    of_anchor.into_iter().any(|(anchor, touched)| {
        let now = looked_at(anchor, |key| atlas.offering(key));
        let before = looked_at(anchor, |key| overlay.offered(key));
        now != before || now.iter().any(|id| touched.contains(id))
    })
}

/// What becomes of the designs: the work on each of their shards, by its path, and the steps.
pub(crate) struct Planned {
    pub(crate) shards: BTreeMap<String, Shard>,
    pub(crate) steps: Vec<Step>,
    /// How many there were.
    pub(crate) old: usize,
}

/// What planning a design asks of the survey around it.
pub(crate) struct Around<'a> {
    pub(crate) atlas: &'a Atlas,
    pub(crate) sources: &'a Sources,
    pub(crate) pairs: &'a Pairs,
    pub(crate) recipes: Option<&'a Recipes>,
    pub(crate) other_gate: bool,
    /// Are the old rows part of the manifest's sums?
    pub(crate) counted: bool,
}

/// Plans the designs of today against those on the branch, which `old` holds by their shards.
pub(crate) fn plan(briefs: Vec<Brief>, old: BTreeMap<String, OldRows>, around: &Around, why: &str) -> anyhow::Result<Planned> {
    let mut rows: BTreeMap<String, BTreeMap<ChunkId, Vec<Row>>> = BTreeMap::new();
    let mut before: HashMap<ChunkId, Vec<Row>> = HashMap::new();
    for (shard, known) in &old {
        let by_subject = known.by_subject()?;
        for (subject, rows) in &by_subject {
            before.entry(subject.clone()).or_default().extend(rows.iter().cloned());
        }
        rows.insert(shard.clone(), by_subject);
    }
    let mut today: BTreeMap<String, BTreeMap<ChunkId, Vec<Brief>>> = BTreeMap::new();
    for brief in briefs {
        let shard = store::design_shard(&brief.split, &brief.domain);
        today.entry(shard).or_default().entry(brief.subject.id.clone()).or_default().push(brief);
    }
    let homes: BTreeSet<String> = old.keys().chain(today.keys()).cloned().collect();
    let mut planned = Planned { shards: BTreeMap::new(), steps: Vec::new(), old: before.values().map(Vec::len).sum() };
    // Nobody can review a design yet.
    let unreviewed = OfFile::new();
    for home in homes {
        let Around { atlas, sources, pairs, recipes, other_gate, counted } = *around;
        let mut planner = Planner {
            atlas,
            sources,
            pairs,
            before: &before,
            recipes,
            other_gate,
            reviews: &unreviewed,
            tell: 1.0,
            actions: Vec::new(),
            steps: Vec::new(),
        };
        let mut known = rows.remove(&home).unwrap_or_default();
        for (subject, briefs) in today.remove(&home).unwrap_or_default() {
            planner.subject(&subject, briefs, &[], &known.remove(&subject).unwrap_or_default(), why);
        }
        for rows in known.values() {
            planner.replaced(rows);
        }
        planned.steps.extend(planner.steps);
        if planner.actions.is_empty() && counted {
            continue;
        }
        let rows = old.get(&home).cloned();
        let there = rows.is_some().then(|| home.clone()).into_iter().collect();
        let rows = Some(rows.unwrap_or_default());
        let shard = Shard {
            home: home.clone(),
            split: "train",
            old: there,
            rows,
            counted,
            actions: planner.actions,
            chunks: None,
            traced: false,
            reviews: OfFile::new(),
        };
        planned.shards.insert(home, shard);
    }
    Ok(planned)
}

/// The designs on a dataset's tree, by their shards.
pub(crate) fn on_branch(repository: &Repository, tree: Option<Oid>) -> anyhow::Result<BTreeMap<String, OldRows>> {
    let mut out = BTreeMap::new();
    let Some(tree) = tree else { return Ok(out) };
    for path in repository.files_below(tree, store::DESIGNS)? {
        let rows = OldRows::read(repository, tree, std::slice::from_ref(&path))?;
        out.insert(path, rows);
    }
    Ok(out)
}
