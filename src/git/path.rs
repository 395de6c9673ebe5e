//! Which paths may stand on the dataset branch.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use gix::bstr::BStr;
use gix::validate::path;

use super::Oid;

/// Refuses what git could not check out, and what would lead out of the folder or into `.git` on any of
/// the file systems that it knows. Also a path that is a file and a folder at once.
pub(super) fn check_paths(edits: &[(String, Option<Oid>)]) -> Result<()> {
    let rules = path::component::Options {
        // Names like `aux.c` are a nuisance on Windows and no danger: sources may have them.
        protect_windows: false,
        protect_hfs: true,
        protect_ntfs: true,
    };
    let mut files = BTreeSet::new();
    for (file, blob) in edits {
        for name in file.split('/') {
            let sound = path::component(BStr::new(name), None, rules);
            if sound.is_err() || name.contains('\0') {
                bail!("not a path for the dataset: `{}`", file.escape_debug());
            }
        }
        if blob.is_some() {
            files.insert(file.as_str());
        }
    }
    for file in &files {
        for (slash, _) in file.match_indices('/') {
            if files.contains(&file[..slash]) {
                bail!("a path of the dataset is a file and a folder: `{}`", file[..slash].escape_debug());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;

    #[test]
    fn a_path_that_leads_astray_is_refused() {
        let sandbox = Sandbox::new();
        let writer = sandbox.open().writer();
        let blob = writer.write_blob(b"x".to_vec()).unwrap();
        let bad = [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "a/./b",
            "..",
            "a/../b",
            ".git",
            "a/.GIT/b",
            ".git/hooks/x",
            "git~1",
            ".g\u{200c}it",
            ".git ",
            "a\0b",
        ];
        for path in bad {
            for edit in [Some(blob), None] {
                let tried = writer.tree(None, &[(path.to_owned(), edit)]);
                assert!(tried.is_err(), "{path:?}");
            }
        }
        for path in ["aux.c", "a b", ".gitignore", "ä/ö", "a.git", "con", "a\nb"] {
            let tried = writer.tree(None, &[(path.to_owned(), Some(blob))]);
            assert!(tried.is_ok(), "{path:?}");
        }
    }
}
