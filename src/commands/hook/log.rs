//! What the runs in the background said, and what was told to the person already.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::model::fingerprint;

/// The log is cut to half of this when it is longer.
const MAX_BYTES: u64 = 64 << 10;

/// One line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Seconds since 1970.
    pub at: u64,
    pub says: String,
    /// Whether something is to be mended.
    pub fault: bool,
}

pub(super) fn write(private_dir: &Path, entry: &Entry) -> anyhow::Result<()> {
    let path = path(private_dir);
    let failed = || format!("could not write `{}`", path.display());
    if fs::metadata(&path).is_ok_and(|about| about.is_file() && about.len() > MAX_BYTES) {
        let text = fs::read(&path).with_context(failed)?;
        let half = &text[text.len() / 2..];
        let half = half.iter().position(|byte| *byte == b'\n').map_or(&half[..0], |end| &half[end + 1..]);
        fs::write(&path, half).with_context(failed)?;
    }
    let line = serde_json::to_string(entry).with_context(failed)? + "\n";
    let mut file = fs::File::options().create(true).append(true).open(&path).with_context(failed)?;
    file.write_all(line.as_bytes()).with_context(failed)
}

/// The last lines, oldest first.
pub(super) fn last(private_dir: &Path, count: usize) -> Vec<Entry> {
    let path = path(private_dir);
    if !fs::metadata(&path).is_ok_and(|about| about.is_file()) {
        return Vec::new();
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut entries: Vec<Entry> = text.lines().rev().take(count).filter_map(|line| serde_json::from_str(line).ok()).collect();
    entries.reverse();
    entries
}

pub(super) fn first_time(private_dir: &Path, kind: &str, message: &str) -> bool {
    let path = told(private_dir, kind);
    let known = fingerprint(message.as_bytes());
    if fs::read_to_string(&path).is_ok_and(|was| was == known) {
        return false;
    }
    // Where it cannot be noted it is told again: better than never.
    _ = fs::create_dir_all(private_dir).and_then(|()| fs::write(&path, known));
    true
}

pub(super) fn forget(private_dir: &Path, kind: &str) {
    _ = fs::remove_file(told(private_dir, kind));
}

fn path(private_dir: &Path) -> PathBuf {
    private_dir.join("hook.log")
}

fn told(private_dir: &Path, kind: &str) -> PathBuf {
    private_dir.join(format!("hook.told-{kind}"))
}

#[cfg(test)]
mod tests {
    use super::{Entry, MAX_BYTES, first_time, forget, last, path, write};

    #[test]
    fn the_log_stays_short_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let says = "ä".repeat(1000);
        for at in 0..100 {
            write(folder.path(), &Entry { at, says: says.clone(), fault: false }).unwrap();
        }
        assert!(std::fs::metadata(path(folder.path())).unwrap().len() < MAX_BYTES + 3000);
        let seen: Vec<u64> = last(folder.path(), 3).iter().map(|entry| entry.at).collect();
        assert_eq!(seen, [97, 98, 99]);
    }

    #[test]
    fn a_message_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let told = |message| first_time(folder.path(), "check", message);
        assert_eq!([told("a"), told("a"), told("b"), told("a")], [true, false, true, true]);
        forget(folder.path(), "check");
        assert!(first_time(folder.path(), "check", "a"));
    }
}
