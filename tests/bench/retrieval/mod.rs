//! How well `query` finds code, on histories that nobody here wrote:
//! `cargo bench -- retrieval [--tasks docstrings,commits,history,speed] [--queries N] [--out DIR] CLONE…`.
//!
//! Two tasks: the first sentence of a docstring is to find its function in a tree without docstrings, and the subject of
//! a commit is to find the functions that it changed in the tree before it. Beside the tool stand tantivy's default
//! tokenizer and a count of the words, as `grep` would count them, over the same functions. With `--out` the corpora,
//! the queries and what was found are written for `baselines.py`, which runs the references that are Python packages.
//! Nothing is fetched, and the clones are not written to.

mod baselines;
mod commits;
mod corpus;
mod docstrings;
mod speed;

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use self::commits::Asked;
use self::corpus::Doc;
use super::{Fault, tool};

/// How far down the lists are read: files are taken in the order of their first function.
const DEPTH: usize = 100;

/// A corpus, the queries on it, and what each way found.
pub(crate) struct Trial {
    pub(crate) name: String,
    pub(crate) docs: Vec<Doc>,
    pub(crate) queries: Vec<Query>,
    pub(crate) ways: Vec<(&'static str, Vec<Vec<usize>>)>,
}

pub(crate) struct Query {
    pub(crate) text: String,
    /// Positions in `docs` of what is to be found.
    pub(crate) relevant: BTreeSet<usize>,
}

pub(crate) fn run(args: &[String]) -> Result<(), Fault> {
    let (mut tasks, mut wanted, mut out, mut clones) = ("docstrings,commits,speed".to_owned(), 300, None, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} takes a value"));
        match arg.as_str() {
            "--tasks" => tasks = value()?.clone(),
            "--queries" => wanted = value()?.parse()?,
            "--out" => out = Some(PathBuf::from(value()?)),
            clone => clones.push(PathBuf::from(clone)),
        }
    }
    let folder = tempfile::tempdir()?;
    for clone in &clones {
        let name = clone.file_name().map(|name| name.to_string_lossy().trim_end_matches(".git").to_owned()).unwrap_or_default();
        for task in tasks.split(',') {
            let place = folder.path().join(format!("{name}-{task}"));
            let trial = match task {
                "docstrings" => docstrings::trial(clone, &place, &name, wanted)?,
                "commits" => commits::trial(clone, &place, &name, wanted, Asked::Subject)?,
                "history" => commits::trial(clone, &place, &name, wanted, Asked::Requirement)?,
                "speed" => {
                    speed::run(clone, &place)?;
                    continue;
                }
                other => return Err(format!("no task `{other}`: docstrings, commits, history, speed").into()),
            };
            trial.print();
            if let Some(out) = &out {
                trial.write(&out.join(format!("{name}-{task}.jsonl")))?;
            }
        }
    }
    Ok(())
}

/// What the tool finds among the functions, as positions in `docs`.
pub(crate) fn ask(clone: &Path, text: &str, places: &HashMap<String, usize>) -> Result<Vec<usize>, Fault> {
    let limit = DEPTH.to_string();
    let output = tool(clone, &["query", "--json", "--kind", "function", "--limit", &limit, "--", text]).stdout(Stdio::piped()).output()?;
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let ids = found["hits"].as_array().into_iter().flatten().filter_map(|hit| hit["id"].as_str());
    Ok(ids.filter_map(|id| places.get(id).copied()).collect())
}

impl Trial {
    /// Of each way the mean reciprocal rank of the first hit and the shares of the functions, then of the files, that
    /// are found.
    fn print(&self) {
        println!("{}: {} queries on {} functions", self.name, self.queries.len(), self.docs.len());
        println!("{:<28} MRR@10  R@10   R@30   files R@10 R@30", "");
        for (way, found) in &self.ways {
            let mut sums = [0.0; 5];
            for (query, found) in self.queries.iter().zip(found) {
                let files = |list: &mut dyn Iterator<Item = usize>| -> Vec<&str> {
                    let mut seen = BTreeSet::new();
                    list.map(|doc| self.docs[doc].path.as_str()).filter(|path| seen.insert(*path)).collect()
                };
                let wanted: BTreeSet<&str> = files(&mut query.relevant.iter().copied()).into_iter().collect();
                let there = files(&mut found.iter().copied());
                let first = found.iter().take(10).position(|doc| query.relevant.contains(doc));
                let share = |top: usize| found.iter().take(top).filter(|doc| query.relevant.contains(doc)).count() as f64;
                let of_files = |top: usize| there.iter().take(top).filter(|path| wanted.contains(*path)).count() as f64;
                let (all, all_files) = (query.relevant.len() as f64, wanted.len() as f64);
                let row = [
                    first.map_or(0.0, |at| 1.0 / (at as f64 + 1.0)),
                    share(10) / all,
                    share(30) / all,
                    of_files(10) / all_files,
                    of_files(30) / all_files,
                ];
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            let mean = sums.map(|sum| format!("{:.3}", sum / self.queries.len().max(1) as f64));
            println!("{way:<28} {}   {}  {}  {}      {}", mean[0], mean[1], mean[2], mean[3], mean[4]);
        }
    }

    /// One line a function, then one a query.
    fn write(&self, to: &Path) -> Result<(), Fault> {
        std::fs::create_dir_all(to.parent().ok_or("no folder")?)?;
        let mut file = std::io::BufWriter::new(std::fs::File::create(to)?);
        for doc in &self.docs {
            writeln!(file, "{}", json!({"id": doc.id, "path": doc.path, "text": doc.text, "from": doc.from, "until": doc.until}))?;
        }
        for (at, query) in self.queries.iter().enumerate() {
            let found: HashMap<&str, &[usize]> = self.ways.iter().map(|(way, found)| (*way, &found[at][..])).collect();
            writeln!(file, "{}", json!({"query": query.text, "relevant": query.relevant, "found": found}))?;
        }
        Ok(())
    }
}
