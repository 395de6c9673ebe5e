//! The text of source files, read when it is asked for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::check::Secrets;
use crate::git::{Oid, Repository};
use crate::model::Lines;
use crate::parse;

/// A file with its lines. Where it holds a secret, a word for it stands in its place.
pub(crate) struct Source {
    pub(crate) text: String,
    starts: Vec<u32>,
    /// Lines that are not as the file has them.
    redacted: Vec<u32>,
}

impl Source {
    fn new(text: String, path: &str, secrets: &Secrets) -> Self {
        let (shown, redacted) = secrets.redact(path, &text);
        let text = match shown {
            Cow::Borrowed(_) => text,
            Cow::Owned(shown) => shown,
        };
        Self { starts: parse::line_starts(&text), text, redacted }
    }

    /// Whole lines as they may be shown; None where there are no such lines.
    pub(crate) fn lines(&self, start: u32, end: u32) -> Option<&str> {
        parse::lines_of(&self.text, &self.starts, start, end)
    }

    /// Is there a secret in these lines?
    pub(crate) fn is_redacted(&self, lines: Lines) -> bool {
        self.redacted.iter().any(|line| (lines.start..=lines.end).contains(line))
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
    secrets: Arc<Secrets>,
    read: Mutex<HashMap<String, Option<Arc<Source>>>>,
}

impl Sources {
    pub(crate) fn new(repository: Repository, tree: Oid, secrets: &Arc<Secrets>) -> Self {
        Self { repository: Mutex::new(repository), tree, secrets: secrets.clone(), read: Mutex::default() }
    }

    /// What finds the secrets in them.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// A text that was read already.
    pub(crate) fn source(&self, path: &str, text: String) -> Arc<Source> {
        Arc::new(Source::new(text, path, &self.secrets))
    }

    /// Keeps a file for later.
    pub(crate) fn keep(&self, path: &str, source: Arc<Source>) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Some(source));
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
        let source = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| self.source(path, text));
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), source.clone());
        source
    }

    /// The bytes of lines of a file; None where they hold a secret, since they are not to be cited.
    pub(crate) fn code(&self, path: &str, start: u32, end: u32) -> Option<String> {
        let file = self.file(path)?;
        if file.is_redacted(Lines { start, end }) { None } else { file.lines(start, end).map(str::to_owned) }
    }

    /// Lines of a file, with a word in the place of a secret.
    pub(crate) fn shown(&self, path: &str, start: u32, end: u32) -> Option<String> {
        Some(self.file(path)?.lines(start, end)?.to_owned())
    }
}
