//! Which chunks are near-copies of which, and which of them give samples: over everything, or along what
//! a change reaches. Both give the same; a law of the tests.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{Likeness, likeness, settle};
use crate::commands::atlas::{Kin, Overlay};
use crate::model::{Chunk, ChunkId, Near, Nearness, Sketch};

/// The split of what a path holds.
pub(crate) type Split<'s> = dyn Fn(&str) -> &'static str + Sync + 's;

/// How two chunks are alike, where the share that agrees is not below `least`. They are
/// compared in the order of their ids, so that it does not matter who looks for whom.
pub(crate) fn compared(one: (&ChunkId, &Sketch), other: (&ChunkId, &Sketch), least: f64) -> Option<Likeness> {
    let (first, second) = if one.0 <= other.0 { (one.1, other.1) } else { (other.1, one.1) };
    likeness(first, second, least)
}

/// For each of the chunks the others that it shares a band with and that are like it, by their numbers.
pub(crate) fn alike(chunks: &[&Arc<Chunk>], least: f64) -> Vec<Vec<(usize, Likeness)>> {
    let mut bands: Vec<(u32, u32)> = chunks
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, chunk)| chunk.sketch.bands().into_iter().map(move |band| (band, at as u32)))
        .collect();
    bands.par_sort_unstable();
    // Most bands are of one chunk alone and go at once.
    let mut met: Vec<Vec<u32>> = vec![Vec::new(); chunks.len()];
    for run in bands.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        for (at, (_, chunk)) in run.iter().enumerate() {
            met[*chunk as usize].extend(run[at + 1..].iter().map(|(_, other)| *other));
        }
    }
    drop(bands);
    let later: Vec<Vec<(usize, Likeness)>> = met
        .into_par_iter()
        .enumerate()
        .map(|(at, mut met)| {
            met.sort_unstable();
            met.dedup();
            let one = chunks[at];
            let like = |other: usize| Some((other, compared((&one.id, &one.sketch), (&chunks[other].id, &chunks[other].sketch), least)?));
            met.into_iter().filter_map(|other| like(other as usize)).collect()
        })
        .collect();
    let mut all = later.clone();
    for (at, found) in later.into_iter().enumerate() {
        found.into_iter().for_each(|(other, likeness)| all[other].push((at, likeness)));
    }
    all
}

/// Where each chunk that has near-copies stands among them.
pub(crate) fn at_once(chunks: &[&Arc<Chunk>], nearness: Nearness, split: &Split) -> HashMap<ChunkId, Near> {
    let alike = alike(chunks, nearness.shadow);
    let numbers: HashMap<&ChunkId, usize> =
        chunks.iter().enumerate().filter(|(at, _)| !alike[*at].is_empty()).map(|(at, chunk)| (&chunk.id, at)).collect();
    let near = |id: &&ChunkId| alike[numbers[*id]].iter().map(|(other, _)| &chunks[*other].id).collect();
    let decided = settle(numbers.keys().copied().collect(), |_| None, near);
    let mut out: HashMap<ChunkId, Near> = HashMap::new();
    for (id, keeper) in decided {
        let Some(keeper) = keeper else { continue };
        let at = numbers[id];
        let here = split(&chunks[at].path);
        let torn = alike[at].iter().any(|(other, _)| split(&chunks[*other].path) != here);
        out.insert(id.clone(), Near { keeper: Some(keeper.clone()), copies: Vec::new(), torn });
        // The order of the decisions is that of the ids.
        out.entry(keeper.clone()).or_default().copies.push(id.clone());
    }
    out
}

/// What a change does to the standing of near-copies.
#[derive(Default)]
pub(crate) struct Regrouped {
    /// Where those stand whom the change reaches.
    pub(crate) near: HashMap<ChunkId, Near>,
    /// Those who stand elsewhere than before.
    pub(crate) changed: BTreeSet<ChunkId>,
    /// Those of them whose own samples or use as evidence is decided otherwise.
    pub(crate) turned: BTreeSet<ChunkId>,
}

/// Decides again along the neighbours of what changed between `old` and `new`.
pub(crate) fn along(overlay: &Overlay, old: &[Arc<Chunk>], new: &[Arc<Chunk>], nearness: Nearness, split: &Split) -> Regrouped {
    let family = Family::new(overlay, old, new, nearness.shadow);
    if family.moved.is_empty() {
        return Regrouped::default();
    }
    let mut open: BTreeSet<ChunkId> = BTreeSet::new();
    let mut review: BTreeSet<ChunkId> = BTreeSet::new();
    for (&id, [was, is]) in &family.moved {
        open.extend(is.map(|_| id.clone()));
        let before = was.map(|chunk| family.near_sketch(id, &chunk.sketch)).unwrap_or_default();
        open.extend(before.iter().filter(|other| *other > id).cloned());
        review.extend(before);
        review.extend(family.near(id));
    }
    let known = |id: &ChunkId| (!family.moved.contains_key(id)).then(|| family.stood(id).keeper);
    let decided = settle(open, known, |id| family.near(id));
    review.extend(decided.keys().cloned());

    let mut out = Regrouped::default();
    let now = |out: &mut Regrouped, id: &ChunkId| -> Near { out.near.get(id).cloned().unwrap_or_else(|| family.stood(id)) };
    for id in &review {
        let before = family.stood(id);
        let keeper = decided.get(id).cloned().unwrap_or_else(|| before.keeper.clone());
        let here = family.path(id).map(|path| split(&path));
        let torn = keeper.is_some() && family.near(id).iter().any(|other| family.path(other).map(|path| split(&path)) != here);
        for (other, comes) in [(&before.keeper, false), (&keeper, true)] {
            let Some(other) = other.as_ref().filter(|_| before.keeper != keeper) else { continue };
            let mut near = now(&mut out, other);
            near.copies.retain(|copy| *copy != *id);
            near.copies.extend(comes.then(|| id.clone()));
            near.copies.sort();
            out.near.insert(other.clone(), near);
        }
        let near = Near { keeper, torn, ..now(&mut out, id) };
        out.near.insert(id.clone(), near);
    }
    for &id in family.moved.keys().filter(|id| !family.is_there(id)) {
        if let Some(keeper) = family.stood(id).keeper {
            let mut near = now(&mut out, &keeper);
            near.copies.retain(|copy| *copy != *id);
            out.near.insert(keeper, near);
        }
    }
    out.near.retain(|id, _| family.is_there(id));
    for (id, near) in &out.near {
        let before = family.stood(id);
        if before != *near {
            out.changed.insert(id.clone());
        }
        if before.keeper != near.keeper || before.torn != near.torn {
            out.turned.insert(id.clone());
        }
    }
    out
}

/// A chunk that came or changed, one that it nearly copies now and did not before, and how much of both agrees.
pub(crate) struct Copied {
    pub(crate) chunk: Arc<Chunk>,
    pub(crate) of: Arc<Chunk>,
    pub(crate) likeness: Likeness,
}

/// What nearly copies something else since a change.
pub(crate) fn copied(overlay: &Overlay, old: &[Arc<Chunk>], new: &[Arc<Chunk>], nearness: Nearness) -> Vec<Copied> {
    let family = Family::new(overlay, old, new, nearness.tell);
    let mut out = Vec::new();
    for (&id, [was, is]) in &family.moved {
        let Some(chunk) = is else { continue };
        let before = was.map(|chunk| family.near_sketch(id, &chunk.sketch)).unwrap_or_default();
        for other in family.near(id).into_iter().filter(|other| !before.contains(other)) {
            // Of two that came together the second is the copy.
            let Some(of) = overlay.chunk(&other).filter(|_| !family.moved.contains_key(&other) || other < *id) else { continue };
            if let Some(likeness) = compared((id, &chunk.sketch), (&other, &of.sketch), nearness.tell) {
                out.push(Copied { chunk: (*chunk).clone(), of, likeness });
            }
        }
    }
    out
}

/// The chunks of today by their sketches: those of the index, and over them what changed.
struct Family<'f> {
    overlay: &'f Overlay,
    /// Two are near from this share on.
    least: f64,
    /// Chunks whose sketch changed, that came or went: before and after.
    moved: BTreeMap<&'f ChunkId, [Option<&'f Arc<Chunk>>; 2]>,
    /// Those of them that are there, by band.
    bands: HashMap<u32, Vec<&'f Arc<Chunk>>>,
    known: RefCell<HashMap<ChunkId, Arc<Kin>>>,
    found: RefCell<HashMap<ChunkId, Vec<ChunkId>>>,
}

impl<'f> Family<'f> {
    fn new(overlay: &'f Overlay, old: &'f [Arc<Chunk>], new: &'f [Arc<Chunk>], least: f64) -> Self {
        let mut moved: BTreeMap<&ChunkId, [Option<&Arc<Chunk>>; 2]> = BTreeMap::new();
        for (side, chunks) in [old, new].into_iter().enumerate() {
            for chunk in chunks {
                moved.entry(&chunk.id).or_default()[side] = Some(chunk);
            }
        }
        let sketch = |chunk: &Option<&Arc<Chunk>>| chunk.map(|chunk| chunk.sketch.clone()).unwrap_or_default();
        moved.retain(|_, [was, is]| sketch(was) != sketch(is));
        let mut bands: HashMap<u32, Vec<&Arc<Chunk>>> = HashMap::new();
        for chunk in moved.values().filter_map(|[_, is]| *is) {
            chunk.sketch.bands().into_iter().for_each(|band| bands.entry(band).or_default().push(chunk));
        }
        Self { overlay, least, moved, bands, known: RefCell::default(), found: RefCell::default() }
    }

    /// The chunks that are near this one today, sorted.
    fn near(&self, id: &ChunkId) -> Vec<ChunkId> {
        if let Some(found) = self.found.borrow().get(id) {
            return found.clone();
        }
        let found = self.near_sketch(id, &self.sketch(id));
        self.found.borrow_mut().insert(id.clone(), found.clone());
        found
    }

    /// The chunks of today that are near one with this sketch, sorted.
    fn near_sketch(&self, id: &ChunkId, sketch: &Sketch) -> Vec<ChunkId> {
        if sketch.is_empty() {
            return Vec::new();
        }
        let bands = sketch.bands();
        let is_near = |other: &ChunkId, its: &Sketch| other != id && compared((id, sketch), (other, its), self.least).is_some();
        let mut out: BTreeSet<ChunkId> = BTreeSet::new();
        let met = bands.iter().filter_map(|band| self.bands.get(band)).flatten();
        out.extend(met.filter(|chunk| is_near(&chunk.id, &chunk.sketch)).map(|chunk| chunk.id.clone()));
        for (other, record) in self.overlay.sound(self.overlay.lookup().alike(&bands.iter().copied().map(u64::from).collect::<Vec<_>>())) {
            let other = ChunkId::stored(other);
            if self.moved.contains_key(&other) {
                continue;
            }
            let kin = self.overlay.sound(Kin::read(&record));
            if is_near(&other, &kin.sketch()) {
                self.known.borrow_mut().insert(other.clone(), Arc::new(kin));
                out.insert(other);
            }
        }
        out.into_iter().collect()
    }

    /// A chunk as the index has it.
    fn kin(&self, id: &ChunkId) -> Arc<Kin> {
        if let Some(known) = self.known.borrow().get(id) {
            return known.clone();
        }
        let record = self.overlay.sound(self.overlay.lookup().chunk(id.as_str()));
        let kin = Arc::new(record.map(|record| self.overlay.sound(Kin::read(&record))).unwrap_or_default());
        self.known.borrow_mut().insert(id.clone(), kin.clone());
        kin
    }

    fn sketch(&self, id: &ChunkId) -> Sketch {
        match self.moved.get(id) {
            Some([_, is]) => is.map(|chunk| chunk.sketch.clone()).unwrap_or_default(),
            None => self.kin(id).sketch(),
        }
    }

    /// Where it stood before the change.
    fn stood(&self, id: &ChunkId) -> Near {
        self.kin(id).near.clone()
    }

    fn is_there(&self, id: &ChunkId) -> bool {
        self.moved.get(id).is_none_or(|[_, is]| is.is_some())
    }

    fn path(&self, id: &ChunkId) -> Option<String> {
        self.overlay.chunk(id).map(|chunk| chunk.path.clone())
    }
}
