//! The shards of a dataset, by what they hold and which source file they mirror.

use anyhow::Context;

use crate::git::{Oid, Repository};

/// A shard on the branch.
pub(crate) struct Filed {
    /// `qa`, `trace`, `facts` or whatever stands there.
    pub(crate) folder: String,
    /// The source file that it mirrors.
    pub(crate) source: String,
    pub(crate) path: String,
    blob: Oid,
}

/// Every shard in a tree of the branch.
pub(crate) fn filed(repository: &Repository, tree: Oid) -> anyhow::Result<Vec<Filed>> {
    let mut out = Vec::new();
    for file in repository.tree_files(tree)? {
        let path = String::from_utf8(file.path).context("a path on the dataset branch is not UTF-8")?;
        let Some((folder, rest)) = path.strip_suffix(".jsonl").and_then(|stem| stem.split_once('/')) else { continue };
        let source = match folder {
            "qa" => rest.split_once('/').map_or(rest, |(_, source)| source),
            _ => rest,
        };
        out.push(Filed { folder: folder.to_owned(), source: source.to_owned(), blob: file.id, path });
    }
    Ok(out)
}

impl Filed {
    pub(crate) fn bytes(&self, repository: &Repository) -> anyhow::Result<Vec<u8>> {
        repository.blob(self.blob)?.with_context(|| format!("{} is not in this clone\nmend: git fetch origin dataset", self.path))
    }
}
