//! The subject of a commit is to find the functions that it changed, in the index of its parent.
//!
//! The index is brought from parent to parent, so what it knows of the history is what a working clone would know. A
//! commit counts that has one parent, a subject of at least three words that no commit before it has, and changes up to
//! ten functions that are there.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::corpus::{self, Blobs, Doc};
use super::{Query, Trial, ask, baselines};
use crate::{Fault, bare, git, update};

const FEWEST_WORDS: usize = 3;
const MOST_FUNCTIONS: usize = 10;

/// A file as a commit has it: its `facts/` shard and its blob.
type State = (String, String);

/// What of a commit is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Subject,
    /// The whole message, as somebody would word a requirement, without references and trailers.
    Requirement,
}

pub(crate) fn trial(source: &Path, folder: &Path, name: &str, wanted: usize, asked: Asked) -> Result<Trial, Fault> {
    let clone = bare(source, folder)?;
    let branch = git(&clone, &["symbolic-ref", "HEAD"])?;
    let log = git(&clone, &["log", "--topo-order", "--no-merges", "--format=%H %P %s", "HEAD"])?;
    let mut candidates: Vec<(&str, &str, &str)> = Vec::new();
    for line in log.lines() {
        let Some((id, rest)) = line.split_once(' ') else { continue };
        let Some((parent, subject)) = rest.split_once(' ') else { continue };
        if parent.len() == id.len() && plain(subject).split(' ').count() >= FEWEST_WORDS {
            candidates.push((id, parent, subject));
        }
    }
    // Most commits change no function: three candidates for each query that is wanted.
    candidates.truncate(wanted * 3);
    let mut blobs = Blobs::open(&clone)?;
    let mut there: HashMap<String, (State, Vec<usize>)> = HashMap::new();
    let way = if asked == Asked::Subject { "commit" } else { "requirement of a commit" };
    let mut trial = Trial { name: format!("{name}, {way} to functions"), docs: Vec::new(), queries: Vec::new(), ways: Vec::new() };
    let mut ways = [Vec::new(), Vec::new(), Vec::new()];
    for &(commit, parent, subject) in candidates.iter() {
        if trial.queries.len() == wanted {
            break;
        }
        let hunks = hunks(&clone, parent, commit)?;
        if hunks.is_empty() || has_twin(&clone, parent, subject)? {
            continue;
        }
        git(&clone, &["update-ref", &branch, parent])?;
        update(&clone)?;
        step(&clone, parent, &mut blobs, &mut there, &mut trial)?;
        let relevant = touched(&trial.docs, &there, &hunks);
        if relevant.is_empty() || relevant.len() > MOST_FUNCTIONS {
            continue;
        }
        let live: Vec<usize> = there.values().flat_map(|(_, docs)| docs.iter().copied()).collect();
        let places: HashMap<String, usize> = live.iter().map(|&at| (trial.docs[at].id.clone(), at)).collect();
        let text = if asked == Asked::Subject { subject.to_owned() } else { requirement(&clone, commit)? };
        ways[0].push(ask(&clone, &text, &places)?);
        ways[1].extend(baselines::tantivy(&trial.docs, &live, &[&text])?);
        ways[2].extend(baselines::count(&trial.docs, &live, &[&text]));
        trial.queries.push(Query { text, relevant });
    }
    let [own, tantivy, count] = ways;
    trial.ways = vec![("git trainset query", own), ("tantivy, default tokenizer", tantivy), ("count of words", count)];
    Ok(trial)
}

/// The message of a commit, without the lines that only refer to something.
fn requirement(clone: &Path, commit: &str) -> Result<String, Fault> {
    let message = git(clone, &["log", "-1", "--format=%B", commit])?;
    let refers = |line: &str| {
        let lower = line.trim().to_lowercase();
        let starts = ["signed-off-by", "co-authored-by", "fixes", "closes", "refs", "see ", "http", "cherry", "(cherry", "reviewed-by"];
        starts.iter().any(|start| lower.starts_with(start))
    };
    Ok(message.lines().filter(|line| !refers(line)).collect::<Vec<_>>().join("\n"))
}

/// Brings the functions that are there to those of the dataset's tip, for the query that comes next.
fn step(
    clone: &Path,
    commit: &str,
    blobs: &mut Blobs,
    there: &mut HashMap<String, (State, Vec<usize>)>,
    trial: &mut Trial,
) -> Result<(), Fault> {
    let (shards, sources) = (corpus::listed(clone, "dataset", "facts/")?, corpus::listed(clone, commit, "")?);
    let next = trial.queries.len();
    let mut now: HashMap<String, State> = HashMap::new();
    for (shard, id) in shards {
        let Some(path) = shard.strip_suffix(".jsonl") else { continue };
        now.insert(path.to_owned(), (id, sources[path].clone()));
    }
    there.retain(|path, (state, docs)| {
        let same = now.get(path) == Some(state);
        if !same {
            docs.iter().for_each(|&doc| trial.docs[doc].until = next);
        }
        same
    });
    now.retain(|path, _| !there.contains_key(path));
    let mut now: Vec<(String, State)> = now.into_iter().collect();
    now.sort();
    for (path, state) in now {
        let functions = corpus::functions(&blobs.read(&state.0)?, &blobs.read(&state.1)?)?;
        let from = trial.docs.len();
        trial.docs.extend(functions.into_iter().map(|doc| Doc { from: next, ..doc }));
        there.insert(path, (state, (from..trial.docs.len()).collect()));
    }
    Ok(())
}

/// The lines that a commit changes, as its parent counts them; of lines that come in, the ones around them.
fn hunks(clone: &Path, parent: &str, commit: &str) -> Result<HashMap<String, Vec<(usize, usize)>>, Fault> {
    let diff = git(clone, &["diff", "-U0", "--no-renames", "--no-color", "--no-ext-diff", parent, commit, "--", "*.py", "*.rs"])?;
    let mut hunks: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    let mut path = None;
    for line in diff.lines() {
        if let Some(old) = line.strip_prefix("--- ") {
            path = old.strip_prefix("a/").map(str::to_owned);
        } else if let (Some(range), Some(path)) = (line.strip_prefix("@@ -"), &path) {
            let range = range.split(' ').next().unwrap_or_default();
            let (start, count) = range.split_once(',').unwrap_or((range, "1"));
            let (start, count): (usize, usize) = (start.parse()?, count.parse()?);
            hunks.entry(path.clone()).or_default().push(if count == 0 { (start, start + 1) } else { (start, start + count - 1) });
        }
    }
    Ok(hunks)
}

/// The innermost functions that the lines lie in.
fn touched(docs: &[Doc], there: &HashMap<String, (State, Vec<usize>)>, hunks: &HashMap<String, Vec<(usize, usize)>>) -> BTreeSet<usize> {
    let mut touched = BTreeSet::new();
    for (path, hunks) in hunks {
        let Some((_, here)) = there.get(path) else { continue };
        for &(start, end) in hunks {
            let around: Vec<usize> = here.iter().copied().filter(|&doc| docs[doc].lines.0 <= start && end <= docs[doc].lines.1).collect();
            let innermost = around.iter().copied().min_by_key(|&doc| docs[doc].lines.1 - docs[doc].lines.0);
            let within = here.iter().copied().filter(|&doc| start <= docs[doc].lines.0 && docs[doc].lines.1 <= end);
            touched.extend(innermost.into_iter().chain(within));
            if innermost.is_none() {
                touched.extend(here.iter().copied().filter(|&doc| docs[doc].lines.0 <= end && start <= docs[doc].lines.1));
            }
        }
    }
    touched
}

/// Does a commit before have the same subject? A commit that was picked from another branch would be found by itself.
fn has_twin(clone: &Path, parent: &str, subject: &str) -> Result<bool, Fault> {
    let before = git(clone, &["log", "--format=%s", parent])?;
    let subjects: HashSet<String> = before.lines().map(plain).collect();
    Ok(subjects.contains(&plain(subject)))
}

/// Its words, without numbers of issues.
fn plain(subject: &str) -> String {
    let words = subject.split(|letter: char| !letter.is_alphanumeric() && letter != '#').filter(|word| !word.is_empty());
    words.filter(|word| !word.starts_with('#')).map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
