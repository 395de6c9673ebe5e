//! What `.gitattributes` say of who wrote a file. Those of the tree count: a work tree may have others, or none.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gix::attrs::search::{MetadataCollection, Outcome};
use gix::attrs::{Search, StateRef};
use gix::bstr::{BStr, ByteSlice};
use gix::glob::pattern::Case;

use super::{Oid, Repository};

/// The name of the file in each folder.
pub(crate) const FILE: &str = ".gitattributes";

/// The words of GitHub's linguist, and the two that make a file binary.
const NAMES: [&str; 4] = ["linguist-generated", "linguist-vendored", "text", "diff"];

/// Who wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Nothing,
    /// A program, or somebody elsewhere; or it is no text.
    Foreign,
    /// People, here: it is said not to be the other.
    Own,
}

/// The attributes that concern us, of a tree or of some of its folders.
#[derive(Default)]
pub(crate) struct Attributes {
    /// None where no file has any of them, as in most repositories.
    search: Option<(Search, MetadataCollection)>,
}

impl Repository {
    /// Reads files of attributes, each by its path and blob.
    pub(crate) fn attributes(&self, mut files: Vec<(String, Oid)>) -> Result<Attributes> {
        // What stands deeper counts for more.
        files.sort_by_key(|(path, _)| (path.matches('/').count(), path.clone()));
        let mut search = Search::default();
        let mut names = MetadataCollection::default();
        let (mut concern, mut macros) = (false, false);
        for (path, id) in files {
            let bytes = self.blob(id)?.unwrap_or_default();
            let top = path == FILE;
            let tells = macros || [&b"linguist-"[..], b"binary", b"-diff"].iter().any(|word| bytes.find(word).is_some());
            macros |= top && bytes.find(b"[attr]").is_some();
            if !tells && !macros {
                continue;
            }
            if !concern {
                let binary = b"[attr]binary -diff -merge -text";
                search.add_patterns_buffer(binary, "[builtin]".into(), None, &mut names, true).context("could not read attributes")?;
            }
            concern = true;
            search
                .add_patterns_buffer(&bytes, PathBuf::from(&path), Some(Path::new("")), &mut names, top)
                .with_context(|| format!("could not read `{}`", path.escape_debug()))?;
        }
        Ok(Attributes { search: concern.then_some((search, names)) })
    }
}

impl Attributes {
    pub(crate) fn of(&self, path: &str) -> Said {
        let Some((search, names)) = &self.search else { return Said::Nothing };
        let mut found = Outcome::default();
        found.initialize_with_selection(names, NAMES);
        search.pattern_matching_relative_path(BStr::new(path), Case::Sensitive, Some(false), &mut found);
        let mut says = [None; NAMES.len()];
        for (slot, hit) in says.iter_mut().zip(found.iter_selected()) {
            *slot = match hit.assignment.state {
                StateRef::Unspecified => None,
                StateRef::Unset => Some(false),
                StateRef::Set => Some(true),
                StateRef::Value(value) => Some(value.as_bstr() != "false"),
            };
        }
        match says {
            [Some(true), ..] | [_, Some(true), ..] => Said::Foreign,
            [Some(false), ..] | [_, Some(false), ..] => Said::Own,
            // Without line ends that git may change alone, a file is still text.
            [_, _, Some(false), Some(false)] => Said::Foreign,
            _ => Said::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;
    use super::{FILE, Said};

    #[test]
    fn what_the_tree_says_of_its_files() {
        let top = "[attr]made linguist-generated\n*.py text\ngen/** made\nlib/** linguist-vendored=true\nlib/ours.py -linguist-vendored\n\
                   *.bin.py binary\n*.eol.py -text\n";
        let nested = "deep.py linguist-generated=false\n*_pb.py made\n";
        let sandbox = Sandbox::with(&[(FILE, top), ("gen/in/.gitattributes", nested), ("other/.gitattributes", "*.py eol=lf\n")]);
        let repository = sandbox.open();
        let tree = repository.tip(None).unwrap().unwrap().tree;
        let files = repository.tree_files(tree).unwrap();
        let of = |places: &[&str]| {
            let places = files
                .iter()
                .map(|file| (String::from_utf8(file.path.clone()).unwrap(), file.id))
                .filter(|(path, _)| places.contains(&path.as_str()));
            repository.attributes(places.collect()).unwrap()
        };
        let all = of(&[FILE, "gen/in/.gitattributes", "other/.gitattributes"]);
        for (path, want) in [
            ("a.py", Said::Nothing),
            ("gen/a.py", Said::Foreign),
            ("gen/in/deep.py", Said::Own),
            ("gen/in/x.py", Said::Foreign),
            ("in/deep.py", Said::Nothing),
            ("lib/a/b.py", Said::Foreign),
            ("lib/ours.py", Said::Own),
            ("x.bin.py", Said::Foreign),
            ("x.eol.py", Said::Nothing),
            ("other/x.py", Said::Nothing),
        ] {
            assert_eq!(all.of(path), want, "{path}");
        }
        assert!(of(&["other/.gitattributes"]).search.is_none());
    }
}
