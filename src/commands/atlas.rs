//! The repository's chunks, behind the look-ups that [`World`] asks for: all of them in memory,
//! or the index with the changed files laid over it. Both answer alike; a law of the tests.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::commands::repeats::Telling;
use crate::commands::survey::Entry;
use crate::facts::{self, World, module_stem};
use crate::index::Lookup;
use crate::model::{Chunk, ChunkId, Edge, FlowStep, Hash64, Lines, Near, Sketch, key};

/// What the index keeps of a chunk; its place stands in the record of its file, so that a
/// shift of lines rewrites one document.
#[derive(Deserialize)]
pub(crate) struct ChunkRecord {
    pub(crate) kin: Kin,
    /// What its samples say, still to be read.
    #[serde(deserialize_with = "as_bytes")]
    pub(crate) tellings: Vec<u8>,
    pub(crate) chunk: Chunk,
    pub(crate) edges: Vec<Edge>,
    pub(crate) flow: Vec<FlowStep>,
    /// Hash of the keys that it was derived from.
    pub(crate) reads: Hash64,
}

/// What has to be known of a chunk to look for its near-copies. It stands first in the record, so the rest
/// is not read for that.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Kin {
    pub(crate) near: Near,
    sketch: Vec<u8>,
}

impl Kin {
    pub(crate) fn read(record: &[u8]) -> anyhow::Result<Self> {
        let (kin, _) = postcard::take_from_bytes(record).context("while reading a record of the index")?;
        Ok(kin)
    }

    pub(crate) fn sketch(&self) -> Sketch {
        Sketch::stored(&self.sketch)
    }
}

impl ChunkRecord {
    pub(crate) fn bytes(entry: &Entry) -> anyhow::Result<Vec<u8>> {
        let kin = Kin { near: entry.near.clone(), sketch: entry.chunk.sketch.bytes() };
        write(&(kin, write(&entry.tellings)?, &*entry.chunk, &*entry.edges, &entry.flow, reads_hash(&entry.reads)))
    }

    /// What the samples of a chunk say, which stands in the record behind its kin.
    pub(crate) fn tellings_of(record: &[u8]) -> anyhow::Result<Vec<Telling>> {
        let ((_, tellings), _) = postcard::take_from_bytes::<(Kin, &[u8])>(record).context("while reading a record of the index")?;
        read(tellings)
    }

    /// The lines in the bytes are those of the day they were written: nobody may see them.
    pub(crate) fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let mut record: Self = read(bytes)?;
        record.chunk.lines = Lines::default();
        record.chunk.sketch = record.kin.sketch();
        Ok(record)
    }
}

/// At once, and not byte for byte.
fn as_bytes<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    <&[u8]>::deserialize(deserializer).map(<[u8]>::to_vec)
}

/// Where the chunks of a file stand.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub(crate) places: Vec<(ChunkId, Lines)>,
}

/// What the index keeps of a sample; `show` reads the rest from the branch.
#[derive(Serialize, Deserialize)]
pub(crate) struct SampleRecord {
    pub(crate) subject: String,
    pub(crate) question: String,
}

/// The key under which the callers of a chunk are found.
pub(crate) fn edge_key(target: &ChunkId) -> Hash64 {
    key("edge", target.as_str())
}

/// What a chunk says, whatever the file that it stands in.
pub(crate) fn content_key(chunk: &Chunk) -> Hash64 {
    key("content", &format!("{}\0{}", chunk.symbol, chunk.fingerprints.raw))
}

/// The number under which the index knows a sort of chunk or sample: `method`, `qa`, `errors`.
pub(crate) fn sort(name: &str) -> u64 {
    key("sort", name) >> 40
}

/// Chunks in memory.
#[derive(Default)]
pub(crate) struct Whole {
    by_name: HashMap<String, Arc<[Arc<Chunk>]>>,
    by_id: HashMap<ChunkId, Arc<Chunk>>,
    stems: HashMap<String, Arc<[String]>>,
    edges: HashMap<ChunkId, Arc<[Edge]>>,
    callers: HashMap<ChunkId, Arc<[ChunkId]>>,
    /// Chunks by the anchors that they offer, found out when the first is asked for.
    offers: OnceLock<HashMap<Hash64, Vec<ChunkId>>>,
    /// Of those that have near-copies.
    near: HashMap<ChunkId, Near>,
}

impl Whole {
    pub(crate) fn new<'c>(chunks: impl Iterator<Item = &'c Arc<Chunk>>) -> Self {
        let mut by_name: HashMap<String, Vec<Arc<Chunk>>> = HashMap::new();
        let mut stems: HashMap<String, BTreeSet<String>> = HashMap::new();
        let mut by_id = HashMap::new();
        for chunk in chunks {
            by_id.insert(chunk.id.clone(), chunk.clone());
            if chunk.name.is_empty() {
                stems.entry(module_stem(&chunk.path)).or_default().insert(chunk.path.clone());
            } else {
                by_name.entry(chunk.name.clone()).or_default().push(chunk.clone());
            }
        }
        let sorted = |mut list: Vec<Arc<Chunk>>| {
            list.sort_by(|a, b| a.id.cmp(&b.id));
            list.into()
        };
        Self {
            by_name: by_name.into_iter().map(|(name, list)| (name, sorted(list))).collect(),
            stems: stems.into_iter().map(|(stem, paths)| (stem, paths.into_iter().collect())).collect(),
            by_id,
            ..Self::default()
        }
    }

    /// The chunks that offer an anchor, by its key.
    fn offering(&self, key: Hash64) -> Vec<ChunkId> {
        let offers = self.offers.get_or_init(|| {
            let mut offers: HashMap<Hash64, Vec<ChunkId>> = HashMap::new();
            for chunk in self.by_id.values() {
                for (anchor, tier) in facts::offers(chunk) {
                    offers.entry(facts::offer_key(anchor, tier)).or_default().push(chunk.id.clone());
                }
            }
            offers
        });
        offers.get(&key).cloned().unwrap_or_default()
    }

    /// Takes in resolved calls.
    pub(crate) fn set_edges(&mut self, edges: HashMap<ChunkId, Arc<[Edge]>>) {
        let mut callers: HashMap<ChunkId, BTreeSet<ChunkId>> = HashMap::new();
        for (caller, edges) in &edges {
            for target in edges.iter().filter_map(Edge::sure) {
                callers.entry(target.clone()).or_default().insert(caller.clone());
            }
        }
        self.callers = callers.into_iter().map(|(target, callers)| (target, callers.into_iter().collect())).collect();
        self.edges = edges;
    }
}

impl Whole {
    pub(crate) fn set_near(&mut self, near: HashMap<ChunkId, Near>) {
        self.near = near;
    }
}

/// A chunk as the index has it.
#[derive(Clone)]
struct Known {
    chunk: Arc<Chunk>,
    near: Near,
    edges: Arc<[Edge]>,
}

/// The index with the changed files laid over it.
pub(crate) struct Overlay {
    lookup: Lookup,
    /// Files whose documents no longer hold.
    hidden: HashSet<String>,
    fresh: Whole,
    names: Mutex<HashMap<String, Arc<[Arc<Chunk>]>>>,
    chunks: Mutex<HashMap<ChunkId, Option<Known>>>,
    places: Mutex<HashMap<String, Arc<HashMap<ChunkId, Lines>>>>,
    fault: Mutex<Option<anyhow::Error>>,
}

impl Overlay {
    pub(crate) fn new(lookup: Lookup, hidden: HashSet<String>, fresh: Whole) -> Self {
        Self { lookup, hidden, fresh, names: Mutex::default(), chunks: Mutex::default(), places: Mutex::default(), fault: Mutex::default() }
    }

    pub(crate) fn set_edges(&mut self, edges: HashMap<ChunkId, Arc<[Edge]>>) {
        self.fresh.set_edges(edges);
    }

    pub(crate) fn set_near(&mut self, near: HashMap<ChunkId, Near>) {
        self.fresh.set_near(near);
    }

    pub(crate) fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// The first thing that went wrong in a look-up. Answers given after it do not count.
    pub(crate) fn fault(&self) -> Option<anyhow::Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn sound<T: Default>(&self, answer: anyhow::Result<T>) -> T {
        answer.unwrap_or_else(|error| {
            self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            T::default()
        })
    }

    pub(crate) fn record(&self, id: &ChunkId) -> Option<ChunkRecord> {
        let bytes = self.sound(self.lookup.chunk(id.as_str()))?;
        self.sound(ChunkRecord::read(&bytes).map(Some))
    }

    /// The chunks that the index knows to offer an anchor, as it was before the change.
    pub(crate) fn offered(&self, key: Hash64) -> Vec<ChunkId> {
        self.sound(self.lookup.callers(key)).into_iter().map(ChunkId::stored).collect()
    }

    /// The chunks that offer an anchor today.
    fn offering(&self, key: Hash64) -> Vec<ChunkId> {
        self.fresh.offering(key).into_iter().chain(self.kept(key)).collect()
    }

    /// The chunks with this edge in files that did not change.
    fn kept(&self, key: Hash64) -> impl Iterator<Item = ChunkId> {
        let indexed = self.sound(self.lookup.placed_callers(key)).into_iter();
        indexed.filter(|(_, path)| !self.hidden.contains(path)).map(|(id, _)| ChunkId::stored(id))
    }

    fn placed(&self, chunk: Chunk) -> Option<Arc<Chunk>> {
        let known = self.places.lock().unwrap_or_else(PoisonError::into_inner).get(&chunk.path).cloned();
        let places = known.unwrap_or_else(|| {
            let record: FileRecord =
                self.sound(self.lookup.file(&chunk.path)).and_then(|bytes| self.sound(read(&bytes).map(Some))).unwrap_or_default();
            let places: Arc<HashMap<ChunkId, Lines>> = Arc::new(record.places.into_iter().collect());
            self.places.lock().unwrap_or_else(PoisonError::into_inner).insert(chunk.path.clone(), places.clone());
            places
        });
        let lines = *places.get(&chunk.id)?;
        Some(Arc::new(Chunk { lines, ..chunk }))
    }

    pub(crate) fn chunk(&self, id: &ChunkId) -> Option<Arc<Chunk>> {
        if let Some(chunk) = self.fresh.by_id.get(id) {
            return Some(chunk.clone());
        }
        self.known(id).map(|known| known.chunk)
    }

    fn near(&self, id: &ChunkId) -> Near {
        if let Some(near) = self.fresh.near.get(id) {
            return near.clone();
        }
        // What changed and has other near-copies now is in the fresh ones: the others keep theirs.
        match self.fresh.by_id.contains_key(id) {
            true => self.record(id).map(|record| record.kin.near).unwrap_or_default(),
            false => self.known(id).map(|known| known.near).unwrap_or_default(),
        }
    }

    /// A chunk of a file that did not change.
    fn known(&self, id: &ChunkId) -> Option<Known> {
        if let Some(known) = self.chunks.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return known.clone();
        }
        let record = self.record(id).filter(|record| !self.hidden.contains(&record.chunk.path));
        let known =
            |record: ChunkRecord| Some(Known { chunk: self.placed(record.chunk)?, near: record.kin.near, edges: record.edges.into() });
        let found = record.and_then(known);
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), found.clone());
        found
    }

    fn definitions(&self, name: &str) -> Arc<[Arc<Chunk>]> {
        if let Some(known) = self.names.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return known.clone();
        }
        let mut found: Vec<Arc<Chunk>> = self.fresh.by_name.get(name).map(|list| list.to_vec()).unwrap_or_default();
        for bytes in self.sound(self.lookup.definitions(name)) {
            let Some(record) = self.sound(ChunkRecord::read(&bytes).map(Some)) else { continue };
            if !self.hidden.contains(&record.chunk.path) {
                found.push(Arc::new(record.chunk));
            }
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let found: Arc<[Arc<Chunk>]> = found.into();
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), found.clone());
        found
    }

    fn files(&self, stem: &str) -> Arc<[String]> {
        let kept = self.sound(self.lookup.files_with_stem(stem)).into_iter().filter(|path| !self.hidden.contains(path));
        let all: BTreeSet<String> = kept.chain(self.fresh.stems.get(stem).into_iter().flat_map(|list| list.iter().cloned())).collect();
        all.into_iter().collect()
    }

    fn edges(&self, id: &ChunkId) -> Arc<[Edge]> {
        if let Some(edges) = self.fresh.edges.get(id) {
            return edges.clone();
        }
        match self.known(id) {
            Some(known) => known.edges,
            None => self.record(id).map(|record| record.edges).unwrap_or_default().into(),
        }
    }

    fn callers(&self, id: &ChunkId) -> Arc<[ChunkId]> {
        let indexed = self.sound(self.lookup.placed_callers(edge_key(id)));
        let mut all: BTreeSet<ChunkId> = self.fresh.callers.get(id).into_iter().flat_map(|list| list.iter().cloned()).collect();
        for (caller, path) in indexed {
            let caller = ChunkId::stored(caller);
            if self.fresh.edges.contains_key(&caller) {
                continue;
            }
            // A caller in a changed file is either resolved anew, above, or unchanged, or gone.
            if !self.hidden.contains(&path) || self.fresh.by_id.contains_key(&caller) {
                all.insert(caller);
            }
        }
        all.into_iter().collect()
    }
}

/// A record for the index.
pub(crate) fn write<T: Serialize>(record: &T) -> anyhow::Result<Vec<u8>> {
    postcard::to_allocvec(record).context("while writing a record of the index")
}

/// A record of the index.
pub(crate) fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> anyhow::Result<T> {
    postcard::from_bytes(bytes).context("while reading a record of the index")
}

/// Either way to know the repository.
pub(crate) enum Atlas {
    Whole(Box<Whole>),
    Overlay(Box<Overlay>),
}

impl Atlas {
    /// Runs `ask` with the look-ups of this atlas.
    pub(crate) fn world<R>(&self, ask: impl FnOnce(&World) -> R) -> R {
        match self {
            Self::Whole(whole) => {
                let definitions = |name: &str| whole.by_name.get(name).cloned().unwrap_or_else(|| Arc::from([]));
                let chunk = |id: &ChunkId| whole.by_id.get(id).cloned();
                let files = |stem: &str| whole.stems.get(stem).cloned().unwrap_or_else(|| Arc::from([]));
                let edges = |id: &ChunkId| whole.edges.get(id).cloned().unwrap_or_else(|| Arc::from([]));
                let near = |id: &ChunkId| whole.near.get(id).cloned().unwrap_or_default();
                let callers = |id: &ChunkId| whole.callers.get(id).cloned().unwrap_or_else(|| Arc::from([]));
                ask(&World { definitions: &definitions, chunk: &chunk, files: &files, edges: &edges, callers: &callers, near: &near })
            }
            Self::Overlay(overlay) => {
                let definitions = |name: &str| overlay.definitions(name);
                let chunk = |id: &ChunkId| overlay.chunk(id);
                let files = |stem: &str| overlay.files(stem);
                let edges = |id: &ChunkId| overlay.edges(id);
                let callers = |id: &ChunkId| overlay.callers(id);
                let near = |id: &ChunkId| overlay.near(id);
                ask(&World { definitions: &definitions, chunk: &chunk, files: &files, edges: &edges, callers: &callers, near: &near })
            }
        }
    }

    /// Is this a file that no change touches, so that all that is known of it holds? Where everything was looked at, nothing is
    /// known from before.
    pub(crate) fn is_as_before(&self, path: &str) -> bool {
        match self {
            Self::Whole(_) => false,
            Self::Overlay(overlay) => !overlay.hidden.contains(path),
        }
    }

    /// The chunks that offer an anchor, by its key, in no order.
    pub(crate) fn offering(&self, key: Hash64) -> Vec<ChunkId> {
        match self {
            Self::Whole(whole) => whole.offering(key),
            Self::Overlay(overlay) => overlay.offering(key),
        }
    }

    pub(crate) fn chunk(&self, id: &ChunkId) -> Option<Arc<Chunk>> {
        self.world(|world| (world.chunk)(id))
    }
}

/// Hash of what a chunk was derived from, to see whether it has to be written again.
pub(crate) fn reads_hash(reads: &[Hash64]) -> Hash64 {
    key("reads", &format!("{reads:?}"))
}
