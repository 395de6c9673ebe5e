//! The fields, and how an entry becomes a document. The kinds of document share one index.

use std::borrow::Cow;

use tantivy::TantivyDocument;
use tantivy::Term;
use tantivy::schema::{BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};

use super::entry::{ChunkEntry, CommitEntry, FileEntry, SampleEntry};
use super::tokens;

/// Raise it whenever a field, the tokenizer or the meaning of a document changes: older indexes are then rebuilt.
pub(super) const FORMAT: u32 = 7;

/// Name of the column that holds the keys.
pub(super) const KEY: &str = "key";
/// Name of the column that holds the paths.
pub(super) const PATH: &str = "path";
/// Name of the column that holds the kinds.
pub(super) const KIND: &str = "kind";

/// Names of the columns of numbers, see [`Fields`].
pub(super) const SORT: &str = "sort";
pub(super) const ABOUT: &str = "about";
pub(super) const PLACE: &str = "place";
pub(super) const CONTENT: &str = "content";
pub(super) const CHANGED: &str = "changed";
pub(super) const CHANGED_FILES: &str = "changed_files";

/// The kinds of document.
pub(super) mod kind {
    pub(crate) const CHUNK: u64 = 1;
    /// A chunk in tests, in vendored or in generated code: ranked below the others.
    pub(crate) const ASIDE: u64 = 2;
    pub(crate) const SAMPLE: u64 = 3;
    pub(crate) const FILE: u64 = 4;
    pub(crate) const COMMIT: u64 = 5;
}

const CHUNK_PREFIX: &str = "c:";
const SAMPLE_PREFIX: &str = "s:";
const FILE_PREFIX: &str = "f:";
const COMMIT_PREFIX: &str = "h:";
const PREFIX_LENGTH: usize = 2;

/// tantivy drops terms beyond 64 KiB in silence. Longer keys than this are known by their head and a hash.
const LONGEST_KEY: usize = 8_000;
/// Beyond this the text of one field is not indexed: no function that people search for is that long.
const LONGEST_TEXT: usize = 256 << 10;
const LONGEST_SUBJECT: usize = 1_000;

#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// Kind and id, unique: what a document is replaced and removed by.
    pub(super) key: Field,
    pub(super) kind: Field,
    pub(super) path: Field,
    pub(super) name: Field,
    pub(super) symbol: Field,
    pub(super) stem: Field,
    pub(super) subject: Field,
    pub(super) deps: Field,
    pub(super) edges: Field,
    pub(super) bands: Field,
    pub(super) record: Field,
    /// The caller's numbers for what sorts of chunk or sample it is, to filter by.
    pub(super) sort: Field,
    /// Hash of the chunk that a document is, or is about.
    pub(super) about: Field,
    /// Hash of the path.
    pub(super) place: Field,
    /// The caller's hash of what a chunk says.
    pub(super) content: Field,
    /// Hashes of the chunks and of the files that a commit changed.
    pub(super) changed: Field,
    pub(super) changed_files: Field,
    /// The words of a chunk: of its name, of its symbol, of its path, and of these with its code and documentation.
    pub(super) called: Field,
    pub(super) title: Field,
    pub(super) folder: Field,
    pub(super) body: Field,
    pub(super) question: Field,
    pub(super) answer: Field,
    /// The words of the first line of a commit's message.
    pub(super) message: Field,
}

pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let exact = || {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer("raw").set_fieldnorms(false).set_index_option(IndexRecordOption::Basic),
        )
    };
    let column = || exact().set_fast("raw");
    let words = || {
        TextOptions::default()
            .set_indexing_options(TextFieldIndexing::default().set_tokenizer(tokens::NAME).set_index_option(IndexRecordOption::WithFreqs))
    };
    let number = || NumericOptions::default().set_indexed();
    let fields = Fields {
        key: schema.add_text_field(KEY, column()),
        kind: schema.add_u64_field(KIND, number().set_fast()),
        path: schema.add_text_field(PATH, column()),
        name: schema.add_text_field("name", exact()),
        symbol: schema.add_text_field("symbol", exact()),
        stem: schema.add_text_field("stem", exact()),
        subject: schema.add_text_field("subject", exact()),
        deps: schema.add_u64_field("deps", number()),
        edges: schema.add_u64_field("edges", number()),
        bands: schema.add_u64_field("bands", number()),
        record: schema.add_bytes_field("record", BytesOptions::default().set_stored()),
        sort: schema.add_u64_field(SORT, NumericOptions::default().set_fast()),
        about: schema.add_u64_field(ABOUT, NumericOptions::default().set_fast()),
        place: schema.add_u64_field(PLACE, NumericOptions::default().set_fast()),
        content: schema.add_u64_field(CONTENT, NumericOptions::default().set_fast()),
        changed: schema.add_u64_field(CHANGED, NumericOptions::default().set_fast()),
        changed_files: schema.add_u64_field(CHANGED_FILES, NumericOptions::default().set_fast()),
        called: schema.add_text_field("called", words()),
        title: schema.add_text_field("title", words()),
        folder: schema.add_text_field("folder", words()),
        body: schema.add_text_field("body", words()),
        question: schema.add_text_field("question", words()),
        answer: schema.add_text_field("answer", words()),
        message: schema.add_text_field("message", words()),
    };
    (schema.build(), fields)
}

impl Fields {
    /// All fields of words.
    pub(super) fn searched(&self) -> [Field; 7] {
        [self.called, self.title, self.folder, self.body, self.question, self.answer, self.message]
    }

    pub(super) fn chunk_key(&self, id: &str) -> Term {
        Term::from_field_text(self.key, &key(CHUNK_PREFIX, id))
    }

    pub(super) fn sample_key(&self, id: &str) -> Term {
        Term::from_field_text(self.key, &key(SAMPLE_PREFIX, id))
    }

    pub(super) fn file_key(&self, path: &str) -> Term {
        Term::from_field_text(self.key, &key(FILE_PREFIX, path))
    }

    pub(super) fn exact(&self, field: Field, text: &str) -> Term {
        Term::from_field_text(field, &bounded(text))
    }

    pub(super) fn chunk(&self, chunk: &ChunkEntry) -> TantivyDocument {
        let kind = if is_aside(&chunk.path) { kind::ASIDE } else { kind::CHUNK };
        let mut document = self.document(&key(CHUNK_PREFIX, &chunk.id), kind, &chunk.id, &chunk.path);
        let symbol = &chunk.text.symbol;
        if !chunk.name.is_empty() {
            document.add_text(self.name, bounded(&chunk.name));
        }
        if !symbol.is_empty() {
            document.add_text(self.symbol, bounded(symbol));
        }
        for (field, keys) in [(self.deps, &chunk.deps), (self.edges, &chunk.edges)] {
            let mut keys = keys.clone();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                document.add_u64(field, key);
            }
        }
        let mut bands = chunk.bands.clone();
        bands.sort_unstable();
        bands.dedup();
        bands.into_iter().for_each(|band| document.add_u64(self.bands, band));
        document.add_bytes(self.record, &chunk.record);
        document.add_u64(self.content, chunk.content);
        chunk.sorts.iter().for_each(|sort| document.add_u64(self.sort, *sort));
        for (field, text) in [(self.called, &chunk.name), (self.title, symbol), (self.folder, &chunk.path)] {
            document.add_text(field, cut(text, LONGEST_TEXT));
        }
        for text in [&chunk.text.body, &chunk.text.doc, &chunk.name, symbol, &chunk.path] {
            document.add_text(self.body, cut(text, LONGEST_TEXT));
        }
        document
    }

    pub(super) fn sample(&self, sample: &SampleEntry) -> TantivyDocument {
        let key = key(SAMPLE_PREFIX, &sample.id);
        let mut document = self.document(&key, kind::SAMPLE, &sample.subject, &sample.path);
        sample.sorts.iter().for_each(|sort| document.add_u64(self.sort, *sort));
        document.add_text(self.subject, bounded(&sample.subject));
        document.add_bytes(self.record, &sample.record);
        document.add_text(self.question, cut(&sample.question, LONGEST_TEXT));
        document.add_text(self.answer, cut(&sample.answer, LONGEST_TEXT));
        document
    }

    pub(super) fn file(&self, file: &FileEntry) -> TantivyDocument {
        let mut document = self.document(&key(FILE_PREFIX, &file.path), kind::FILE, "", &file.path);
        document.add_text(self.stem, bounded(&file.stem));
        document.add_bytes(self.record, &file.record);
        document
    }

    pub(super) fn commit(&self, commit: &CommitEntry) -> TantivyDocument {
        let mut document = self.document(&key(COMMIT_PREFIX, &commit.id), kind::COMMIT, &commit.id, "");
        document.add_bytes(self.record, commit.subject.as_bytes());
        document.add_text(self.message, cut(&commit.subject, LONGEST_SUBJECT));
        commit.chunks.iter().for_each(|id| document.add_u64(self.changed, hash(id)));
        commit.paths.iter().for_each(|path| document.add_u64(self.changed_files, hash(path)));
        document
    }

    pub(super) fn commit_key(&self, id: &str) -> Term {
        Term::from_field_text(self.key, &key(COMMIT_PREFIX, id))
    }

    fn document(&self, key: &str, kind: u64, about: &str, path: &str) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.key, key);
        document.add_u64(self.kind, kind);
        document.add_text(self.path, bounded(path));
        document.add_u64(self.about, hash(about));
        document.add_u64(self.place, hash(path));
        document
    }
}

/// What stands in a column for an id or a path.
pub(super) fn hash(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// The id without the mark of its kind.
pub(super) fn id_of(key: &str) -> &str {
    key.get(PREFIX_LENGTH..).unwrap_or_default()
}

/// Whether a key is that of a chunk.
pub(super) fn is_chunk(key: &str) -> bool {
    key.starts_with(CHUNK_PREFIX)
}

fn key(prefix: &str, id: &str) -> String {
    format!("{prefix}{}", bounded(id))
}

fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_KEY {
        return Cow::Borrowed(text);
    }
    let head = cut(text, LONGEST_KEY - 80);
    Cow::Owned(format!("{head}…{}", blake3::hash(text.as_bytes()).to_hex()))
}

/// The head of a text of at most `length` bytes, never cut within a letter.
pub(super) fn cut(text: &str, length: usize) -> &str {
    let mut end = length.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Tests, vendored and generated code by the names that people give their folders and files.
fn is_aside(path: &str) -> bool {
    const FOLDERS: [&str; 14] = [
        "__tests__",
        "fixtures",
        "generated",
        "mocks",
        "node_modules",
        "spec",
        "specs",
        "test",
        "testdata",
        "testing",
        "tests",
        "third_party",
        "vendor",
        "vendored",
    ];
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    parts.any(|folder| FOLDERS.contains(&folder))
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || file.contains(".test.")
        || file.contains(".spec.")
}
