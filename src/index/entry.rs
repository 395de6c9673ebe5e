use serde::{Deserialize, Serialize};

/// A chunk as the index knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChunkEntry {
    /// `path::Outer.name`; adding an id that exists replaces it.
    pub id: String,
    pub path: String,
    /// The defined name, empty for a module.
    pub name: String,
    /// The caller's numbers for what sort of chunk it is.
    pub sorts: Vec<u64>,
    /// Keys that this chunk's data was derived from.
    pub deps: Vec<u64>,
    /// Hashed ids of the chunks it calls.
    pub edges: Vec<u64>,
    /// By which near-copies of it and of its samples are found: two that are nearly the same share one of these.
    pub bands: Vec<u64>,
    /// Hash of what it says, by which a second view knows it.
    pub content: u64,
    /// Given back as it is.
    pub record: Vec<u8>,
    pub text: ChunkText,
}

/// What a search reads of a chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChunkText {
    /// `Outer.name`.
    pub symbol: String,
    pub doc: String,
    /// The source code.
    pub body: String,
}

/// A sample as the index knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SampleEntry {
    pub id: String,
    /// The id of the chunk that it is about.
    pub subject: String,
    pub path: String,
    /// The caller's numbers for what sort of sample it is.
    pub sorts: Vec<u64>,
    pub record: Vec<u8>,
    pub question: String,
    pub answer: String,
}

/// What is kept for a source file: its spans and imports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileEntry {
    pub path: String,
    pub stem: String,
    pub record: Vec<u8>,
}

/// A commit in the history of the code: its words lead to what it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CommitEntry {
    pub id: String,
    /// The first line of its message.
    pub subject: String,
    /// The ids of the chunks that it changed, whether they are there today or not.
    pub chunks: Vec<String>,
    pub paths: Vec<String>,
}

/// What one commit to the index removes and adds. What is removed goes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub remove_chunks: Vec<String>,
    pub remove_samples: Vec<String>,
    /// Paths.
    pub remove_files: Vec<String>,
    pub remove_commits: Vec<String>,
    pub chunks: Vec<ChunkEntry>,
    pub samples: Vec<SampleEntry>,
    pub files: Vec<FileEntry>,
    pub commits: Vec<CommitEntry>,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        self.remove_chunks.is_empty()
            && self.remove_samples.is_empty()
            && self.remove_files.is_empty()
            && self.remove_commits.is_empty()
            && self.chunks.is_empty()
            && self.samples.is_empty()
            && self.files.is_empty()
            && self.commits.is_empty()
    }
}

/// What the index mirrors. It stands in the commit itself, so it can never disagree with the documents.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Mirror {
    /// The caller's version of everything that shapes the records. The room adds its own on the disk.
    pub version: String,
    pub source_commit: String,
    pub source_tree: String,
    pub dataset_commit: String,
    pub settings: String,
}
