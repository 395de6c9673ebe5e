//! A folder of memory-mapped files that is never flushed to the disk by hand.
//!
//! The index is a cache: what a power cut takes away is rebuilt, so the flushes that would make each small commit
//! wait for the disk are left out. A killed process loses nothing by that, only a dead machine does.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};

/// tantivy's `MmapDirectory` without its flushes.
#[derive(Clone, Debug)]
pub(super) struct Unflushed {
    folder: PathBuf,
    mapped: MmapDirectory,
}

impl Unflushed {
    pub(super) fn open(folder: &Path) -> Result<Unflushed, OpenDirectoryError> {
        Ok(Unflushed { folder: folder.to_path_buf(), mapped: MmapDirectory::open(folder)? })
    }
}

impl Directory for Unflushed {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let handle = self.mapped.get_file_handle(path)?;
        // tantivy asks for the footer before it looks at the length, and panics on an empty file.
        if handle.len() == 0 {
            let cause = io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty");
            return Err(OpenReadError::wrap_io_error(cause, path.to_path_buf()));
        }
        Ok(handle)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = OpenOptions::new().write(true).create_new(true).open(self.folder.join(path)).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_path_buf()),
            _ => OpenWriteError::wrap_io_error(cause, path.to_path_buf()),
        })?;
        Ok(BufWriter::new(Box::new(PlainFile(file))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    /// The name of the file beside it is fixed, so a killed process leaves at most one of them, and the next write
    /// takes it over.
    fn atomic_write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let target = self.folder.join(path);
        let mut beside = target.clone().into_os_string();
        beside.push(".new");
        fs::write(&beside, content)?;
        fs::rename(&beside, target)
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.mapped.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}

struct PlainFile(fs::File);

impl Write for PlainFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for PlainFile {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        Ok(())
    }
}
