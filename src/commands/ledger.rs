//! The journal as a file in the git folder that all work trees share.
//!
//! It is read whole when it is opened; only the places of the replies stay in memory. Who writes
//! holds a lock, so two runs never ask for the same.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::model::{Refusal, Reply};
use crate::store::{Entry, JOURNAL_HEAD, journal_entry, journal_line, read_journal};

/// Lines that may be lost when the power fails; a kill loses none.
const UNSYNCED: usize = 32;

pub(crate) struct Ledger {
    path: PathBuf,
    file: RefCell<Option<File>>,
    /// Held by who writes.
    _lock: Option<File>,
    places: RefCell<HashMap<String, (u64, usize)>>,
    refusals: RefCell<Vec<Refusal>>,
    /// The same without their times.
    told: RefCell<HashSet<Refusal>>,
    end: Cell<u64>,
    unsynced: Cell<usize>,
    /// Milliseconds of each reply that a server gave.
    took: Vec<u64>,
    /// Lines that could not be read.
    pub(crate) damaged: usize,
}

impl Ledger {
    /// For reading.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        Self::with(folder.join("journal"), None)
    }

    /// For writing. Waits until nobody else does.
    pub(crate) fn lock(folder: &Path) -> anyhow::Result<Self> {
        let unmade = || format!("could not write to `{}`", folder.display());
        fs::create_dir_all(folder).with_context(unmade)?;
        let lock = private().truncate(false).open(folder.join("journal.lock")).with_context(unmade)?;
        lock.lock().context("could not lock the journal")?;
        let ledger = Self::with(folder.join("journal"), Some(lock))?;
        let mut file = private().read(true).truncate(false).open(&ledger.path).with_context(unmade)?;
        // A run that was killed may have left half a line.
        file.set_len(ledger.end.get()).with_context(unmade)?;
        file.seek(SeekFrom::End(0)).with_context(unmade)?;
        if ledger.end.get() == 0 {
            file.write_all(JOURNAL_HEAD.as_bytes()).with_context(unmade)?;
            ledger.end.set(JOURNAL_HEAD.len() as u64);
        }
        *ledger.file.borrow_mut() = Some(file);
        Ok(ledger)
    }

    fn with(path: PathBuf, lock: Option<File>) -> anyhow::Result<Self> {
        let unread = || format!("could not read `{}`", path.display());
        let (bytes, file) = match File::open(&path) {
            Ok(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).with_context(unread)?;
                (bytes, Some(file))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (Vec::new(), None),
            Err(error) => return Err(error).with_context(unread),
        };
        let journal = read_journal(&bytes)?;
        let mut places = HashMap::new();
        let mut refusals = Vec::new();
        let mut took = Vec::new();
        for (offset, length, entry) in journal.entries {
            match entry {
                Entry::Reply(reply) => {
                    if reply.fault.is_empty() && reply.millis > 0 {
                        took.push(reply.millis);
                    }
                    places.insert(reply.key, (offset, length));
                }
                Entry::Refusal(refusal) => refusals.push(refusal),
            }
        }
        took.sort_unstable();
        Ok(Self {
            path,
            file: RefCell::new(file),
            _lock: lock,
            places: RefCell::new(places),
            told: RefCell::new(refusals.iter().map(|refusal| Refusal { at: 0, ..refusal.clone() }).collect()),
            refusals: RefCell::new(refusals),
            end: Cell::new(journal.whole),
            unsynced: Cell::new(0),
            took,
            damaged: journal.damaged,
        })
    }

    /// The reply to a request. A line that cannot be read any more is none.
    pub(crate) fn reply(&self, key: &str) -> Option<Reply> {
        let (offset, length) = *self.places.borrow().get(key)?;
        let mut file = self.file.borrow_mut();
        let file = file.as_mut()?;
        let mut line = vec![0; length];
        file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut line)).ok()?;
        match journal_entry(&line)? {
            Entry::Reply(reply) => Some(reply),
            Entry::Refusal(_) => None,
        }
    }

    /// Every reply, in the order of their coming.
    pub(crate) fn replies(&self) -> Vec<Reply> {
        let mut places: Vec<(u64, String)> = self.places.borrow().iter().map(|(key, (offset, _))| (*offset, key.clone())).collect();
        places.sort();
        places.iter().filter_map(|(_, key)| self.reply(key)).collect()
    }

    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        self.refusals.borrow().clone()
    }

    /// The time that a reply takes, in the middle; None where none is known.
    pub(crate) fn usual_millis(&self) -> Option<u64> {
        self.took.get(self.took.len() / 2).copied()
    }

    /// Writes a reply down. When this returns, a kill does not lose it.
    pub(crate) fn keep(&self, reply: Reply) -> anyhow::Result<()> {
        let key = reply.key.clone();
        let place = self.append(&Entry::Reply(reply))?;
        self.places.borrow_mut().insert(key, place);
        Ok(())
    }

    /// Writes a refusal down, once.
    pub(crate) fn refuse(&self, refusal: Refusal) -> anyhow::Result<()> {
        if !self.told.borrow_mut().insert(Refusal { at: 0, ..refusal.clone() }) {
            return Ok(());
        }
        self.append(&Entry::Refusal(refusal.clone()))?;
        self.refusals.borrow_mut().push(refusal);
        Ok(())
    }

    fn append(&self, entry: &Entry) -> anyhow::Result<(u64, usize)> {
        let line = journal_line(entry)?;
        let offset = self.end.get();
        let mut file = self.file.borrow_mut();
        let unwritten = || {
            format!(
                "could not write to `{}`\nmend: make room, then run it again; nothing that was answered is asked again",
                self.path.display()
            )
        };
        let Some(file) = file.as_mut().filter(|_| self._lock.is_some()) else { bail!("the journal is open for reading only") };
        file.seek(SeekFrom::Start(offset)).and_then(|_| file.write_all(line.as_bytes())).with_context(unwritten)?;
        self.end.set(offset + line.len() as u64);
        self.unsynced.set(self.unsynced.get() + 1);
        if self.unsynced.get() >= UNSYNCED {
            self.unsynced.set(0);
            file.sync_data().with_context(unwritten)?;
        }
        Ok((offset, line.len()))
    }

    /// What is written is on the disk.
    pub(crate) fn sync(&self) -> anyhow::Result<()> {
        if self.unsynced.replace(0) > 0
            && let Some(file) = self.file.borrow().as_ref()
        {
            file.sync_data().with_context(|| format!("could not write `{}`", self.path.display()))?;
        }
        Ok(())
    }

    /// Keeps the replies that `keep` names, and the refusals that are about them; gives the number
    /// of lines that went.
    pub(crate) fn prune(&self, keep: impl Fn(&Reply) -> bool) -> anyhow::Result<usize> {
        let mut text = JOURNAL_HEAD.to_owned();
        let mut keys = HashSet::new();
        let (mut all, mut kept) = (self.damaged, 0);
        for reply in self.replies() {
            all += 1;
            if keep(&reply) {
                kept += 1;
                keys.insert(reply.key.clone());
                text.push_str(&journal_line(&Entry::Reply(reply))?);
            }
        }
        for refusal in self.refusals() {
            all += 1;
            if keys.contains(&refusal.key) {
                kept += 1;
                text.push_str(&journal_line(&Entry::Refusal(refusal))?);
            }
        }
        let unwritten = || format!("could not write beside `{}`", self.path.display());
        let fresh = self.path.with_extension("new");
        let mut file = private().truncate(true).open(&fresh).with_context(unwritten)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(unwritten)?;
        fs::rename(&fresh, &self.path).with_context(unwritten)?;
        Ok(all - kept)
    }
}

/// For this person's eyes: a reply quotes code.
fn private() -> fs::OpenOptions {
    let mut options = File::options();
    options.create(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::Ledger;
    use crate::model::{Refusal, Reply};

    fn reply(key: &str) -> Reply {
        Reply { key: key.into(), text: format!("text of {key}"), at: 7, ..Reply::default() }
    }

    #[test]
    fn what_is_kept_is_found_again_after_a_torn_end() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::lock(folder.path()).unwrap();
        ledger.keep(reply("a")).unwrap();
        ledger.keep(reply("b")).unwrap();
        ledger.refuse(Refusal { key: "b".into(), ..Refusal::default() }).unwrap();
        ledger.refuse(Refusal { key: "b".into(), at: 9, ..Refusal::default() }).unwrap();
        assert_eq!((ledger.reply("b").unwrap(), ledger.reply("c")), (reply("b"), None));
        drop(ledger);
        let path = folder.path().join("journal");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}0123456789abcdef {{\"reply\":{{\"key\":\"c\"")).unwrap();
        let ledger = Ledger::lock(folder.path()).unwrap();
        assert_eq!((ledger.replies().len(), ledger.refusals().len(), ledger.damaged), (2, 1, 0));
        ledger.keep(reply("d")).unwrap();
        drop(ledger);
        let ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!(ledger.replies(), [reply("a"), reply("b"), reply("d")]);
        assert!(ledger.keep(reply("e")).is_err(), "it is open for reading");
    }

    #[test]
    fn pruning_keeps_what_it_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::lock(folder.path()).unwrap();
        ["a", "b"].iter().for_each(|key| ledger.keep(reply(key)).unwrap());
        ["a", "b"].iter().for_each(|key| ledger.refuse(Refusal { key: (*key).into(), ..Refusal::default() }).unwrap());
        assert_eq!(ledger.prune(|reply| reply.key == "b").unwrap(), 2);
        drop(ledger);
        let ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!((ledger.replies(), ledger.refusals().len()), (vec![reply("b")], 1));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        _ = Ledger::lock(folder.path()).unwrap();
        assert_eq!(std::fs::metadata(folder.path().join("journal")).unwrap().mode() & 0o077, 0);
    }
}
