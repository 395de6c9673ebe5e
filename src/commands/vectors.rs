//! Vectors that a server made, kept in the git folder by the hash of what they stand for: nothing is asked for twice,
//! whatever is renamed, undone or checked out.
//!
//! One file a model: a head with the length of its vectors, then one record each, a byte a number. A kill leaves half a
//! record at most, which the next writer cuts off.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, bail, ensure};

use crate::model::{Hash64, fingerprint};

const HEAD: &[u8] = b"trainset vectors 1\n";
const HEAD_LENGTH: usize = HEAD.len() + 4;
/// Hash and scale.
const RECORD_HEAD: usize = 8 + 4;
/// Longer vectors than these are a server gone wild.
const LONGEST: usize = 1 << 16;

pub(crate) struct Vectors {
    /// Open for who writes, and locked.
    file: Option<File>,
    bytes: Vec<u8>,
    places: HashMap<Hash64, usize>,
}

/// A vector of length one.
pub(crate) struct Direction(Vec<f32>);

impl Vectors {
    /// For reading.
    pub(crate) fn open(folder: &Path, model: &str) -> anyhow::Result<Self> {
        let path = folder.join("vectors").join(fingerprint(model.as_bytes()));
        match fs::read(&path) {
            Ok(bytes) => Self::with(bytes, None),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::with(Vec::new(), None),
            Err(error) => Err(error).with_context(|| format!("could not read `{}`", path.display())),
        }
        .with_context(|| format!("while reading the vectors of `{model}`"))
    }

    /// For writing, once nobody else does.
    pub(crate) fn lock(folder: &Path, model: &str) -> anyhow::Result<Self> {
        let folder = folder.join("vectors");
        let path = folder.join(fingerprint(model.as_bytes()));
        let unmade = || format!("could not write to `{}`", path.display());
        fs::create_dir_all(&folder).with_context(unmade)?;
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).with_context(unmade)?;
        file.lock().with_context(unmade)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(unmade)?;
        Self::with(bytes, Some(file)).with_context(|| format!("mend: remove `{}`, and the vectors are made again", path.display()))
    }

    fn with(mut bytes: Vec<u8>, file: Option<File>) -> anyhow::Result<Self> {
        if bytes.len() < HEAD_LENGTH {
            bytes.clear();
        }
        let mut vectors = Self { file, bytes, places: HashMap::new() };
        if vectors.bytes.is_empty() {
            return Ok(vectors);
        }
        ensure!(vectors.bytes.starts_with(HEAD) && (1..=LONGEST).contains(&vectors.length()), "the file holds no vectors");
        let record = RECORD_HEAD + vectors.length();
        let whole = HEAD_LENGTH + (vectors.bytes.len() - HEAD_LENGTH) / record * record;
        vectors.bytes.truncate(whole);
        for at in (HEAD_LENGTH..whole).step_by(record) {
            let mut key = [0; 8];
            key.copy_from_slice(&vectors.bytes[at..at + 8]);
            vectors.places.insert(Hash64::from_le_bytes(key), at);
        }
        Ok(vectors)
    }

    /// Of one vector; 0 where there is none yet.
    fn length(&self) -> usize {
        let Some(length) = self.bytes.get(HEAD.len()..HEAD_LENGTH) else { return 0 };
        length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn has(&self, key: Hash64) -> bool {
        self.places.contains_key(&key)
    }

    /// Puts vectors on record, each under its hash, before anybody uses them.
    pub(crate) fn keep(&mut self, keys: &[Hash64], vectors: &[Vec<f32>]) -> anyhow::Result<()> {
        let (from, length) = (self.bytes.len(), self.length());
        if from == 0 {
            let length = vectors.first().map_or(0, Vec::len);
            ensure!((1..=LONGEST).contains(&length), "the server sent vectors of {length} numbers");
            self.bytes.extend_from_slice(HEAD);
            self.bytes.extend_from_slice(&u32::try_from(length)?.to_le_bytes());
        } else if vectors.iter().any(|vector| vector.len() != length) {
            bail!("the server sends vectors of another length than the {length} numbers of those on record");
        }
        let file = self.file.as_mut().context("the vectors are open for reading alone")?;
        for (key, vector) in keys.iter().zip(vectors) {
            let Direction(numbers) = Direction::new(vector)?;
            let scale = numbers.iter().fold(0f32, |most, number| most.max(number.abs())) / 127.0;
            self.places.insert(*key, self.bytes.len());
            self.bytes.extend_from_slice(&key.to_le_bytes());
            self.bytes.extend_from_slice(&scale.to_le_bytes());
            self.bytes.extend(numbers.iter().map(|number| (number / scale).round() as i8 as u8));
        }
        file.set_len(from as u64).and_then(|()| file.seek(SeekFrom::Start(from as u64))).context("could not write the vectors")?;
        file.write_all(&self.bytes[from..]).context("could not write the vectors")
    }

    /// The cosine of what is kept under a hash with a direction; None where nothing is.
    pub(crate) fn cosine(&self, key: Hash64, direction: &Direction) -> Option<f32> {
        let at = *self.places.get(&key)? + 8;
        let mut scale = [0; 4];
        scale.copy_from_slice(&self.bytes[at..at + 4]);
        let numbers = &self.bytes[at + 4..at + 4 + self.length()];
        let sum: f32 = numbers.iter().zip(&direction.0).map(|(number, along)| f32::from(*number as i8) * along).sum();
        Some(f32::from_le_bytes(scale) * sum)
    }

    /// What is kept under a hash.
    pub(crate) fn direction(&self, key: Hash64) -> Option<Direction> {
        let at = *self.places.get(&key)? + RECORD_HEAD;
        let numbers = self.bytes[at..at + self.length()].iter().map(|number| f32::from(*number as i8));
        Direction::new(&numbers.collect::<Vec<_>>()).ok()
    }
}

impl Direction {
    fn new(vector: &[f32]) -> anyhow::Result<Self> {
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        ensure!(length.is_finite() && length > 0.0, "the server sent a vector that leads nowhere");
        Ok(Self(vector.iter().map(|number| number / length).collect()))
    }
}
