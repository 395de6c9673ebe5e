//! Turns what tantivy does on damaged files, errors and panics alike, into one error with its mend.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use tantivy::TantivyError;
use tantivy::directory::error::{OpenReadError, OpenWriteError};

/// Runs `work` over the index in `folder`.
pub(super) fn guard<T>(folder: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    // Unwind safe: a value that was half changed is dropped with the error, or only ever read.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if is_of_the_machine(&error) => Err(error),
        Ok(Err(error)) => Err(damaged(folder, &format!("{error:#}"))),
        Err(panic) => Err(damaged(folder, panic_text(&*panic))),
    }
}

fn damaged(folder: &Path, cause: &str) -> anyhow::Error {
    anyhow!("the index is damaged: {cause}\nmend: delete {}; the next run rebuilds it", folder.display())
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        "a panic without words"
    }
}

/// A full disk, a missing permission or a held lock is not damage: deleting the index would not mend it.
fn is_of_the_machine(error: &anyhow::Error) -> bool {
    let Some(error) = error.downcast_ref::<TantivyError>() else {
        // What this room itself finds wrong while it reads is damage.
        let cause = error.downcast_ref::<io::Error>();
        return cause.is_some_and(is_not_about_content);
    };
    let cause: Option<&Arc<io::Error>> = match error {
        TantivyError::LockFailure(..) => return true,
        TantivyError::IoError(cause) => Some(cause),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => Some(io_error),
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => Some(io_error),
        _ => None,
    };
    cause.is_some_and(|cause| is_not_about_content(cause))
}

fn is_not_about_content(cause: &io::Error) -> bool {
    !matches!(
        cause.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::NotFound
            | io::ErrorKind::Other
    )
}
