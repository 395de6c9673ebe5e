//! The folder that an export goes to: written beside its place, and moved there whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;

use crate::export::{Framing, Piece};

/// Says that a folder is an export, and of what. Hidden, so that no loader takes it for data.
const MARK: &str = ".trainset-export.json";

pub(super) struct Folder {
    target: PathBuf,
    draft: tempfile::TempDir,
    files: BTreeMap<String, Open>,
}

struct Open {
    to: BufWriter<File>,
    framing: Framing,
    elements: usize,
    count: Written,
}

/// What went into a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Written {
    pub rows: usize,
    pub bytes: usize,
}

impl Folder {
    /// Refuses a place where something stands, unless it is an export and may be replaced.
    pub(super) fn beside(target: &Path, force: bool) -> anyhow::Result<Self> {
        let target = std::path::absolute(target)?;
        let told = target.display().to_string();
        match fs::read_dir(&target).map(|mut entries| entries.next().is_some()) {
            Ok(true) => {
                if !force {
                    bail!("`{told}` is not empty\nmend: name another folder, or say `--force` to replace an earlier export");
                }
                if !target.join(MARK).is_file() {
                    bail!("`{told}` holds something else than an export, which is not replaced\nmend: name another folder");
                }
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("could not read `{told}`"));
            }
            _ => (),
        }
        let parent = target.parent().with_context(|| format!("`{told}` is no place for an export"))?;
        fs::create_dir_all(parent).with_context(|| format!("could not make `{}`", parent.display()))?;
        let draft =
            tempfile::Builder::new().prefix(".trainset-").tempdir_in(parent).with_context(|| format!("could not write beside `{told}`"))?;
        Ok(Self { target, draft, files: BTreeMap::new() })
    }

    pub(super) fn write(&mut self, piece: &Piece) -> anyhow::Result<()> {
        let unwritten = || format!("could not write `{}`\nmend: make room; nothing was left behind", piece.file);
        if !self.files.contains_key(&piece.file) {
            let path = self.draft.path().join(&piece.file);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).with_context(unwritten)?;
            }
            let to = BufWriter::new(File::create(path).with_context(unwritten)?);
            self.files.insert(piece.file.clone(), Open { to, framing: piece.framing, elements: 0, count: Written::default() });
        }
        let Some(open) = self.files.get_mut(&piece.file) else { return Ok(()) };
        if piece.bytes.is_empty() {
            return Ok(());
        }
        if open.framing == Framing::Array {
            open.put(if open.elements == 0 { b"[\n" } else { b",\n" }).with_context(unwritten)?;
        }
        open.elements += 1;
        open.count.rows += usize::from(piece.is_row);
        open.put(&piece.bytes).with_context(unwritten)
    }

    /// The names of the files so far.
    pub(super) fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// Ends every file and moves the folder to its place.
    pub(super) fn finish(mut self, mark: &impl Serialize) -> anyhow::Result<BTreeMap<String, Written>> {
        let mut counts = BTreeMap::new();
        for (name, mut open) in std::mem::take(&mut self.files) {
            let unwritten = || format!("could not write `{name}`\nmend: make room; nothing was left behind");
            if open.framing == Framing::Array {
                open.put(if open.elements == 0 { b"[]\n" } else { b"\n]\n" }).with_context(unwritten)?;
            }
            open.to.flush().with_context(unwritten)?;
            open.to.get_ref().sync_data().with_context(unwritten)?;
            counts.insert(name, open.count);
        }
        fs::write(self.draft.path().join(MARK), serde_json::to_vec_pretty(mark)?).context("could not write the mark of the export")?;
        let unmoved = || format!("could not put the export to `{}`", self.target.display());
        let draft = self.draft.keep();
        readable(&draft).with_context(unmoved)?;
        // What is replaced is put aside first: a kill leaves the one or the other, and both whole.
        let aside = draft.with_extension("old");
        let replaced = self.target.exists();
        if replaced {
            fs::rename(&self.target, &aside).with_context(unmoved)?;
        }
        fs::rename(&draft, &self.target).with_context(unmoved)?;
        if replaced {
            fs::remove_dir_all(&aside).with_context(|| format!("could not remove `{}`", aside.display()))?;
        }
        Ok(counts)
    }
}

/// A temporary folder is for one's own eyes; an export is as open as any other folder.
#[cfg(unix)]
fn readable(folder: &Path) -> std::io::Result<()> {
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

impl Open {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.count.bytes += bytes.len();
        self.to.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Folder;
    use crate::export::{Framing, Piece};

    fn piece(file: &str, framing: Framing, text: &str) -> Piece {
        Piece { file: file.to_owned(), framing, bytes: text.as_bytes().to_vec(), is_row: true }
    }

    #[test]
    fn files_are_framed_and_the_folder_comes_whole() {
        let top = tempfile::tempdir().unwrap();
        let target = top.path().join("a/out");
        let mut folder = Folder::beside(&target, false).unwrap();
        for (file, framing, text) in
            [("x.json", Framing::Array, "1"), ("x.json", Framing::Array, "2"), ("d/y.jsonl", Framing::Plain, "{}\n")]
        {
            folder.write(&piece(file, framing, text)).unwrap();
        }
        folder.write(&piece("empty.json", Framing::Array, "")).unwrap();
        assert!(!target.exists());
        let counts = folder.finish(&1).unwrap();
        let read = |file: &str| std::fs::read_to_string(target.join(file)).unwrap();
        assert_eq!((read("x.json").as_str(), read("d/y.jsonl").as_str(), read("empty.json").as_str()), ("[\n1,\n2\n]\n", "{}\n", "[]\n"));
        assert_eq!((counts["x.json"].rows, counts["empty.json"].rows), (2, 0));
        assert_eq!(std::fs::read_dir(top.path().join("a")).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn nothing_of_others_is_replaced() {
        let top = tempfile::tempdir().unwrap();
        std::fs::write(top.path().join("mine"), "x").unwrap();
        let said = |force| Folder::beside(top.path(), force).err().unwrap().to_string();
        assert!(said(false).contains("--force") && said(true).contains("something else"));
        let target = top.path().join("out");
        Folder::beside(&target, false).unwrap().finish(&1).unwrap();
        assert!(Folder::beside(&target, false).is_err());
        let mut again = Folder::beside(&target, true).unwrap();
        again.write(&piece("y", Framing::Plain, "y")).unwrap();
        again.finish(&2).unwrap();
        assert_eq!(std::fs::read_to_string(target.join("y")).unwrap(), "y");
        assert_eq!(std::fs::read_dir(top.path()).unwrap().count(), 2);
    }
}
