//! The functions of a dataset, with their code.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::Fault;
use crate::git;

/// A function or method.
pub(crate) struct Doc {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) doc: String,
    pub(crate) text: String,
    pub(crate) lines: (usize, usize),
    /// The first query for which it is there, and the first one for which it is gone.
    pub(crate) from: usize,
    pub(crate) until: usize,
}

/// Blobs of a repository, by one child process.
pub(crate) struct Blobs {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Blobs {
    pub(crate) fn open(clone: &Path) -> Result<Self, Fault> {
        let mut git = Command::new("git");
        let mut child = git.arg("-C").arg(clone).args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (input, output) = (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    pub(crate) fn read(&mut self, name: &str) -> Result<String, Fault> {
        writeln!(self.input, "{name}")?;
        self.input.flush()?;
        let mut head = String::new();
        self.output.read_line(&mut head)?;
        let size: usize = head.split_whitespace().nth(2).ok_or_else(|| format!("{name}: {head}"))?.parse()?;
        let mut bytes = vec![0; size + 1];
        self.output.read_exact(&mut bytes)?;
        bytes.pop();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// What lies in a folder of a tree: path and id of each blob.
pub(crate) fn listed(clone: &Path, tree: &str, folder: &str) -> Result<HashMap<String, String>, Fault> {
    let mut args = vec!["ls-tree", "-r", "-z", "--full-tree", tree];
    args.extend([folder].into_iter().filter(|folder| !folder.is_empty()));
    let entry = |line: &str| {
        let (meta, path) = line.split_once('\t')?;
        Some((path.strip_prefix(folder)?.to_owned(), meta.split(' ').nth(2)?.to_owned()))
    };
    Ok(git(clone, &args)?.split('\0').filter_map(entry).collect())
}

/// The functions of one file, from its `facts/` shard and its source.
pub(crate) fn functions(facts: &str, source: &str) -> Result<Vec<Doc>, Fault> {
    let lines: Vec<&str> = source.split('\n').collect();
    let mut docs = Vec::new();
    for line in facts.lines() {
        let row: Value = serde_json::from_str(line)?;
        if !matches!(row["kind"].as_str(), Some("function" | "method")) {
            continue;
        }
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let at = |key: &str| row["lines"][key].as_u64().unwrap_or(1) as usize;
        let (start, end) = (at("start"), at("end"));
        let code = lines.get(start - 1..end).unwrap_or_default().join("\n");
        docs.push(Doc {
            id: text("id"),
            path: text("path"),
            doc: text("doc"),
            text: code,
            lines: (start, end),
            from: 0,
            until: usize::MAX,
        });
    }
    Ok(docs)
}

/// The functions of a dataset's tip, file by file.
pub(crate) fn all(clone: &Path, commit: &str) -> Result<Vec<Doc>, Fault> {
    let (shards, sources) = (listed(clone, "dataset", "facts/")?, listed(clone, commit, "")?);
    let mut blobs = Blobs::open(clone)?;
    let mut paths: Vec<(&str, &String)> = shards.iter().filter_map(|(shard, id)| Some((shard.strip_suffix(".jsonl")?, id))).collect();
    paths.sort();
    let mut docs = Vec::new();
    for (path, shard) in paths {
        let source = blobs.read(&sources[path])?;
        docs.extend(functions(&blobs.read(shard)?, &source)?);
    }
    Ok(docs)
}
