//! Which samples say nearly what another says, and which of those stand: over everything, or along what a change
//! reaches. Both give the same; a law of the tests.
//!
//! What the offline generator would say decides, or the words of a person: so it does not matter which samples a
//! model was asked for. Samples that a person holds to come first, then the order is that of the ids.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::check::settle;
use crate::commands::atlas::{ChunkRecord, Overlay};
use crate::commands::review::OfFile;
use crate::commands::survey::{Entry, reviewed};
use crate::model::{Brief, ChunkId, Row, Saying};

/// What a sample would say that a chunk earns, whether it stands or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Telling {
    pub(crate) id: String,
    pub(crate) lang: String,
    /// Did a person accept or write it?
    pub(crate) held: bool,
    pub(crate) saying: Saying,
    /// The one that says nearly the same, and stands in its place.
    pub(crate) repeats: Option<Repeated>,
}

/// The sample that is repeated, and the chunk that it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Repeated {
    pub(crate) id: String,
    pub(crate) chunk: ChunkId,
}

impl Telling {
    pub(crate) fn of(brief: &Brief, reviews: &OfFile) -> Self {
        let id = brief.slot.id();
        let floor = &brief.draft.0;
        let (held, saying) = match reviews.get(&id) {
            Some(review) => {
                let row = reviewed(Row { fingerprint: brief.fingerprint.clone(), ..floor.clone() }, reviews);
                (review.holds(&brief.fingerprint), Saying::of(&row))
            }
            None => (false, Saying::of(floor)),
        };
        Self { id, lang: brief.slot.lang.clone(), held, saying, repeats: None }
    }

    /// The terms by which the index finds it.
    pub(crate) fn marks(&self, least: f64) -> impl Iterator<Item = u64> {
        self.saying.marks(&self.lang, least)
    }

    fn rank(&self, chunk: &ChunkId) -> Rank {
        Rank { late: !self.held, sample: Repeated { id: self.id.clone(), chunk: chunk.clone() } }
    }
}

/// The place of a sample in the order in which it is decided who stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    late: bool,
    sample: Repeated,
}

/// Decides over all samples at once.
pub(crate) fn at_once<'e>(entries: impl Iterator<Item = &'e mut Entry>, least: f64) {
    let mut entries: Vec<&mut Entry> = entries.collect();
    let decided: HashMap<String, Repeated> = {
        let mut all: Vec<(Rank, &Telling)> =
            entries.iter().flat_map(|entry| entry.tellings.iter().map(|telling| (telling.rank(&entry.chunk.id), telling))).collect();
        all.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let near = alike(&all.iter().map(|(_, telling)| *telling).collect::<Vec<_>>(), least);
        let open = (0..all.len()).filter(|at| !near[*at].is_empty()).collect();
        let decided = settle(open, |_| None, |at| near[*at].clone());
        decided.into_iter().filter_map(|(at, of)| Some((all[at].1.id.clone(), all[of?].0.sample.clone()))).collect()
    };
    for telling in entries.iter_mut().flat_map(|entry| &mut entry.tellings) {
        telling.repeats = decided.get(&telling.id).cloned();
    }
}

/// For each telling those that are near it, by their numbers.
pub(crate) fn alike(all: &[&Telling], least: f64) -> Vec<Vec<usize>> {
    let mut marks: Vec<(u64, u32)> =
        all.par_iter().enumerate().flat_map_iter(|(at, telling)| telling.marks(least).map(move |mark| (mark, at as u32))).collect();
    marks.par_sort_unstable();
    let mut met: Vec<Vec<u32>> = vec![Vec::new(); all.len()];
    for run in marks.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        for (at, (_, one)) in run.iter().enumerate() {
            met[*one as usize].extend(run[at + 1..].iter().map(|(_, other)| *other));
        }
    }
    drop(marks);
    let later: Vec<Vec<usize>> = met
        .into_par_iter()
        .enumerate()
        .map(|(at, mut met)| {
            met.sort_unstable();
            met.dedup();
            let is_near = |other: &usize| all[at].saying.share(&all[*other].saying, least).is_some();
            met.into_iter().map(|other| other as usize).filter(is_near).collect()
        })
        .collect();
    let mut near = later.clone();
    for (at, found) in later.into_iter().enumerate() {
        found.into_iter().for_each(|other| near[other].push(at));
    }
    near
}

/// What a change does to the standing of samples.
pub(crate) struct Settled<'o> {
    family: Family<'o>,
    decided: BTreeMap<Rank, Option<Rank>>,
    /// Chunks that the change did not reach, of whose samples other ones stand than before.
    pub(crate) turned: BTreeSet<ChunkId>,
}

/// Decides again along the neighbours of what changed. `fresh` are the chunks that were thought over, `gone` those that
/// are not there any more.
pub(crate) fn along<'o, 'e>(
    overlay: &'o Overlay,
    fresh: impl Iterator<Item = &'e Entry>,
    gone: impl Iterator<Item = &'e ChunkId>,
    least: f64,
) -> Settled<'o> {
    let mut family =
        Family { overlay, least, fresh: BTreeMap::new(), marked: HashMap::new(), stored: RefCell::default(), found: RefCell::default() };
    let mut moved: BTreeMap<Rank, [Option<Arc<Telling>>; 2]> = BTreeMap::new();
    for id in gone {
        family.fresh.entry(id.clone()).or_default();
    }
    for entry in fresh {
        family.fresh.insert(entry.chunk.id.clone(), entry.tellings.iter().cloned().map(Arc::new).collect());
    }
    for (id, tellings) in &family.fresh {
        for telling in family.stored(id).iter() {
            moved.entry(telling.rank(id)).or_default()[0] = Some(telling.clone());
        }
        for telling in tellings {
            moved.entry(telling.rank(id)).or_default()[1] = Some(telling.clone());
            for mark in telling.marks(least) {
                family.marked.entry(mark).or_default().push((telling.rank(id), telling.clone()));
            }
        }
    }
    let saying = |telling: &Option<Arc<Telling>>| telling.as_ref().map(|telling| telling.saying.clone());
    moved.retain(|_, [was, is]| saying(was) != saying(is));
    let mut open: BTreeSet<Rank> = BTreeSet::new();
    for (rank, [was, is]) in &moved {
        open.extend(is.as_ref().map(|_| rank.clone()));
        let before = was.as_ref().map(|telling| family.near_telling(rank, telling)).unwrap_or_default();
        open.extend(before.into_iter().filter(|other| other > rank));
    }
    let known = |rank: &Rank| {
        let telling = family.stored(&rank.sample.chunk).iter().find(|telling| telling.id == rank.sample.id).cloned();
        // That it is kept or not is all that is asked of those before.
        telling.filter(|_| !moved.contains_key(rank)).map(|telling| telling.repeats.clone().map(|sample| Rank { late: true, sample }))
    };
    let decided = settle(open, known, |rank| family.near(rank));
    let stands_as_before = |rank: &Rank, of: &Option<Rank>| {
        let stored = family.stored(&rank.sample.chunk);
        let before = stored.iter().find(|telling| telling.id == rank.sample.id).map(|telling| &telling.repeats);
        before.is_some_and(|before| before.as_ref() == of.as_ref().map(|of| &of.sample))
    };
    let turned = decided.iter().filter(|(rank, of)| !family.fresh.contains_key(&rank.sample.chunk) && !stands_as_before(rank, of));
    let turned = turned.map(|(rank, _)| rank.sample.chunk.clone()).collect();
    Settled { family, decided, turned }
}

impl Settled<'_> {
    /// Puts into an entry how its samples stand.
    pub(crate) fn place(&self, entry: &mut Entry) {
        let id = &entry.chunk.id;
        for telling in &mut entry.tellings {
            telling.repeats = match self.decided.get(&telling.rank(id)) {
                Some(of) => of.as_ref().map(|of| of.sample.clone()),
                None => self.family.stored(id).iter().find(|stored| stored.id == telling.id).and_then(|stored| stored.repeats.clone()),
            };
        }
    }
}

/// The samples of today by what they say: those of the index, and over them what changed.
struct Family<'o> {
    overlay: &'o Overlay,
    least: f64,
    /// The chunks that were thought over, and those that went.
    fresh: BTreeMap<ChunkId, Vec<Arc<Telling>>>,
    marked: HashMap<u64, Vec<(Rank, Arc<Telling>)>>,
    stored: RefCell<HashMap<ChunkId, Tellings>>,
    found: RefCell<BTreeMap<Rank, Vec<Rank>>>,
}

type Tellings = Arc<[Arc<Telling>]>;

impl Family<'_> {
    /// The samples of a chunk as the index has them.
    fn stored(&self, id: &ChunkId) -> Tellings {
        if let Some(known) = self.stored.borrow().get(id) {
            return known.clone();
        }
        let record = self.overlay.sound(self.overlay.lookup().chunk(id.as_str()));
        self.keep(id, record.as_deref())
    }

    fn keep(&self, id: &ChunkId, record: Option<&[u8]>) -> Tellings {
        let read = record.map(|record| self.overlay.sound(ChunkRecord::tellings_of(record))).unwrap_or_default();
        let tellings: Tellings = read.into_iter().map(Arc::new).collect();
        self.stored.borrow_mut().insert(id.clone(), tellings.clone());
        tellings
    }

    fn near(&self, rank: &Rank) -> Vec<Rank> {
        if let Some(found) = self.found.borrow().get(rank) {
            return found.clone();
        }
        let id = &rank.sample.chunk;
        let all = match self.fresh.get(id) {
            Some(fresh) => fresh.as_slice().into(),
            None => self.stored(id),
        };
        let telling = all.iter().find(|telling| telling.id == rank.sample.id);
        let found = telling.map(|telling| self.near_telling(rank, telling)).unwrap_or_default();
        self.found.borrow_mut().insert(rank.clone(), found.clone());
        found
    }

    /// The samples of today that say nearly what this one says.
    fn near_telling(&self, rank: &Rank, telling: &Telling) -> Vec<Rank> {
        let marks: Vec<u64> = telling.marks(self.least).collect();
        let is_near = |other: &Telling| other.id != rank.sample.id && telling.saying.share(&other.saying, self.least).is_some();
        let met = marks.iter().filter_map(|mark| self.marked.get(mark)).flatten();
        let mut out: BTreeSet<Rank> = met.filter(|(_, other)| is_near(other)).map(|(rank, _)| rank.clone()).collect();
        for (other, record) in self.overlay.sound(self.overlay.lookup().alike(&marks)) {
            let chunk = ChunkId::stored(other);
            if self.fresh.contains_key(&chunk) {
                continue;
            }
            let known = self.stored.borrow().get(&chunk).cloned();
            let tellings = known.unwrap_or_else(|| self.keep(&chunk, Some(&record)));
            let near = tellings.iter().filter(|other| other.lang == telling.lang && is_near(other));
            out.extend(near.map(|telling| telling.rank(&chunk)));
        }
        out.into_iter().collect()
    }
}
