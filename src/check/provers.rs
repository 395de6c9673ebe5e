//! Parsed evidence, kept for a while: code that one row cites is often cited by the next file's rows, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::{ChunkId, Evidence};
use crate::parse::{Language, Prover};

/// Bytes that one generation of provers may take.
const GENERATION_BYTES: usize = 8 << 20;

/// Provers by chunk. What was asked for since the last change of generations is there, and a little more.
#[derive(Default)]
pub(crate) struct Provers(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<ChunkId, Arc<Prover>>,
    old: HashMap<ChunkId, Arc<Prover>>,
    /// Of the young ones.
    bytes: usize,
}

impl Provers {
    /// The prover of a piece of evidence.
    pub(super) fn of(&self, language: &'static Language, evidence: &Evidence) -> Arc<Prover> {
        let known = self.lock().take(&evidence.chunk_id).filter(|known| known.is_made_of(&evidence.code));
        let prover = known.unwrap_or_else(|| Arc::new(Prover::new(language, &evidence.code)));
        self.lock().keep(&evidence.chunk_id, &prover);
        prover
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn take(&mut self, id: &ChunkId) -> Option<Arc<Prover>> {
        self.young.get(id).cloned().or_else(|| self.old.remove(id))
    }

    fn keep(&mut self, id: &ChunkId, prover: &Arc<Prover>) {
        if self.young.get(id).is_some_and(|known| Arc::ptr_eq(known, prover)) {
            return;
        }
        if self.bytes >= GENERATION_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += prover.bytes();
        self.young.insert(id.clone(), prover.clone());
    }
}
