//! The journal of what a model said: lines that only ever grow, each with its checksum.
//!
//! Pure: bytes in, bytes out. A kill in the middle of a line leaves a tail that is not whole; it is
//! left out and cut off by the next writer. A line that a disk spoiled is left out and told of.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::model::{Refusal, Reply, fingerprint};

/// The first line names the version of all that follow.
pub(crate) const HEAD: &str = "git-trainset journal 1\n";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Entry {
    Reply(Reply),
    Refusal(Refusal),
}

/// A line with its end.
pub(crate) fn journal_line(entry: &Entry) -> anyhow::Result<String> {
    let json = serde_json::to_string(entry).context("while writing the journal")?;
    Ok(format!("{} {json}\n", fingerprint(json.as_bytes())))
}

/// The entry of a line; None when it is not whole.
pub(crate) fn journal_entry(line: &[u8]) -> Option<Entry> {
    let line = line.strip_suffix(b"\n")?;
    let (sum, json) = line.split_at_checked(16)?;
    let json = json.strip_prefix(b" ")?;
    (fingerprint(json).as_bytes() == sum).then(|| serde_json::from_slice(json).ok())?
}

/// What a journal holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Journal {
    /// Each with the offset and length of its line.
    pub entries: Vec<(u64, usize, Entry)>,
    /// Up to here every line has its end; what follows is a torn tail.
    pub whole: u64,
    /// Lines that are not what was written.
    pub damaged: usize,
}

pub(crate) fn read_journal(bytes: &[u8]) -> anyhow::Result<Journal> {
    let mut journal = Journal::default();
    let mut offset = 0u64;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if !line.ends_with(b"\n") {
            break;
        }
        if offset == 0 && line != HEAD.as_bytes() {
            if line.starts_with(b"git-trainset journal ") {
                bail!("another version of the tool wrote the journal\nmend: use that version, or move the file away to begin a new one");
            }
            journal.damaged += 1;
        } else if offset > 0 {
            match journal_entry(line) {
                Some(entry) => journal.entries.push((offset, line.len(), entry)),
                None => journal.damaged += 1,
            }
        }
        offset += line.len() as u64;
    }
    journal.whole = offset;
    Ok(journal)
}

#[cfg(test)]
mod tests {
    use super::{Entry, HEAD, journal_line, read_journal};
    use crate::model::{Refusal, Reply};

    fn entries() -> Vec<Entry> {
        let reply = Reply { key: "a".into(), text: "one\ntwo \u{1b}[2J".into(), ..Reply::default() };
        vec![Entry::Reply(reply), Entry::Refusal(Refusal { key: "a".into(), rule: "claims".into(), ..Refusal::default() })]
    }

    fn written() -> String {
        entries().iter().fold(HEAD.to_owned(), |text, entry| text + &journal_line(entry).unwrap())
    }

    #[test]
    fn what_is_written_is_read() {
        let text = written();
        assert_eq!(text.lines().count(), 3);
        let journal = read_journal(text.as_bytes()).unwrap();
        assert_eq!(journal.entries.iter().map(|(_, _, entry)| entry.clone()).collect::<Vec<_>>(), entries());
        assert_eq!((journal.whole, journal.damaged), (text.len() as u64, 0));
        for (offset, length, entry) in journal.entries {
            assert_eq!(super::journal_entry(&text.as_bytes()[offset as usize..][..length]), Some(entry));
        }
        assert_eq!(read_journal(b"").unwrap().whole, 0);
    }

    #[test]
    fn a_torn_tail_is_left_out_at_every_byte() {
        let text = written();
        for end in 0..text.len() {
            let journal = read_journal(&text.as_bytes()[..end]).unwrap();
            let whole = text[..end].rfind('\n').map_or(0, |at| at + 1);
            assert_eq!((journal.whole, journal.damaged), (whole as u64, 0), "{end}");
        }
    }

    #[test]
    fn a_spoiled_line_does_not_spoil_the_next() {
        let mut bytes = written().into_bytes();
        bytes[HEAD.len() + 40] ^= 1;
        let journal = read_journal(&bytes).unwrap();
        assert_eq!((journal.entries.len(), journal.damaged), (1, 1));
        assert!(read_journal(b"git-trainset journal 2\n").is_err());
    }
}
