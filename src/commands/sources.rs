//! The text of source files, read when it is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::git::{Oid, Repository};
use crate::parse;

/// A file with its lines.
pub(crate) struct Source {
    pub(crate) text: String,
    starts: Vec<u32>,
}

impl Source {
    pub(crate) fn new(text: String) -> Self {
        Self { starts: parse::line_starts(&text), text }
    }

    /// The bytes of whole lines; None where there are no such lines.
    pub(crate) fn lines(&self, start: u32, end: u32) -> Option<&str> {
        parse::lines_of(&self.text, &self.starts, start, end)
    }
}

/// A repository for several threads: each takes a handle of its own.
pub(crate) struct Handles(Mutex<Repository>);

impl Handles {
    pub(crate) fn new(repository: &Repository) -> Self {
        Self(Mutex::new(repository.handle()))
    }

    pub(crate) fn take(&self) -> Repository {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).handle()
    }
}

/// The files of one source tree.
pub(crate) struct Sources {
    repository: Mutex<Repository>,
    tree: Oid,
    read: Mutex<HashMap<String, Option<Arc<Source>>>>,
}

impl Sources {
    pub(crate) fn new(repository: Repository, tree: Oid) -> Self {
        Self { repository: Mutex::new(repository), tree, read: Mutex::default() }
    }

    /// Keeps a text that was read already.
    pub(crate) fn keep(&self, path: &str, text: String) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Some(Arc::new(Source::new(text))));
    }

    /// A file as text; None when it is not there or not UTF-8.
    pub(crate) fn file(&self, path: &str) -> Option<Arc<Source>> {
        if let Some(known) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return known.clone();
        }
        let bytes = {
            let repository = self.repository.lock().unwrap_or_else(PoisonError::into_inner);
            let id = repository.file(self.tree, path).ok().flatten();
            id.and_then(|id| repository.blob(id).ok().flatten())
        };
        let source = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| Arc::new(Source::new(text)));
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), source.clone());
        source
    }

    /// The bytes of lines of a file.
    pub(crate) fn code(&self, path: &str, start: u32, end: u32) -> Option<String> {
        Some(self.file(path)?.lines(start, end)?.to_owned())
    }
}
