//! The first sentence of a docstring is to find its function, in a tree from which the docstrings were taken out.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::corpus::{self, Blobs};
use super::{Query, Trial, ask, baselines};
use crate::{Fault, bare, git, update};

/// Shorter sentences say too little to be looked for.
const FEWEST_WORDS: usize = 4;

pub(crate) fn trial(source: &Path, folder: &Path, name: &str, wanted: usize) -> Result<Trial, Fault> {
    let clone = bare(source, folder)?;
    update(&clone)?;
    let head = git(&clone, &["rev-parse", "HEAD"])?;
    let sentences: HashMap<String, String> =
        corpus::all(&clone, &head)?.into_iter().map(|doc| (doc.id, first_sentence(&doc.doc))).collect();
    let mut times: HashMap<&str, usize> = HashMap::new();
    sentences.values().for_each(|sentence| *times.entry(sentence).or_default() += 1);
    let stripped = without_docstrings(&clone, &head)?;
    git(&clone, &["update-ref", &git(&clone, &["symbolic-ref", "HEAD"])?, &stripped])?;
    update(&clone)?;

    let docs = corpus::all(&clone, &stripped)?;
    let places: HashMap<String, usize> = docs.iter().enumerate().map(|(at, doc)| (doc.id.clone(), at)).collect();
    let of = |doc: &corpus::Doc| Some(sentences.get(&doc.id)?.clone());
    let asked = |text: &String| text.split(' ').count() >= FEWEST_WORDS && times.get(text.as_str()) == Some(&1);
    let all: Vec<(usize, String)> =
        docs.iter().enumerate().filter_map(|(at, doc)| Some((at, of(doc)?))).filter(|(_, text)| asked(text)).collect();
    let step = all.len().div_ceil(wanted.max(1)).max(1);
    let query = |(at, text): &(usize, String)| Query { text: text.clone(), relevant: BTreeSet::from([*at]) };
    let queries: Vec<Query> = all.iter().step_by(step).map(query).collect();
    let own: Result<Vec<_>, _> = queries.iter().map(|query| ask(&clone, &query.text, &places)).collect();
    let texts: Vec<&str> = queries.iter().map(|query| query.text.as_str()).collect();
    let live: Vec<usize> = (0..docs.len()).collect();
    let ways = vec![
        ("git trainset query", own?),
        ("tantivy, default tokenizer", baselines::tantivy(&docs, &live, &texts)?),
        ("count of words", baselines::count(&docs, &live, &texts)),
    ];
    Ok(Trial { name: format!("{name}, docstring to function"), docs, queries, ways })
}

fn first_sentence(doc: &str) -> String {
    let paragraph = doc.trim().split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let end = paragraph.find(". ").map_or(paragraph.len(), |at| at + 1);
    paragraph[..end].to_owned()
}

/// A commit on top of `head` in which no Python file has a docstring.
fn without_docstrings(clone: &Path, head: &str) -> Result<String, Fault> {
    let mut blobs = Blobs::open(clone)?;
    let mut tree = String::new();
    for (path, id) in corpus::listed(clone, head, "")?.into_iter().filter(|(path, _)| path.ends_with(".py")) {
        let text = blobs.read(&id)?;
        let stripped = strip(&text)?;
        if stripped != text {
            tree.push_str(&format!("100644 {}\t{path}\0", piped(clone, &["hash-object", "-w", "--stdin"], stripped.as_bytes(), None)?));
        }
    }
    let index = clone.join("stripped.index");
    piped(clone, &["read-tree", head], b"", Some(&index))?;
    piped(clone, &["update-index", "-z", "--index-info"], tree.as_bytes(), Some(&index))?;
    let tree = piped(clone, &["write-tree"], b"", Some(&index))?;
    let person = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
    git(clone, &[&person[..], &["commit-tree", &tree, "-p", head, "-m", "-"]].concat())
}

fn piped(clone: &Path, args: &[&str], input: &[u8], index: Option<&Path>) -> Result<String, Fault> {
    let mut command = Command::new("git");
    command.arg("-C").arg(clone).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    index.into_iter().for_each(|index| _ = command.env("GIT_INDEX_FILE", index));
    let mut child = command.spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(input)?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("git {} failed", args.join(" ")).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The text without the strings that begin modules, classes and functions.
fn strip(text: &str) -> Result<String, Fault> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into())?;
    let tree = parser.parse(text, None).ok_or("not parsed")?;
    let mut cuts: Vec<(usize, usize, &str)> = Vec::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        let of_definition = node.parent().is_none_or(|above| above.kind().ends_with("_definition"));
        if matches!(node.kind(), "module" | "block")
            && of_definition
            && let Some(first) = node.named_child(0).filter(|first| first.kind() == "expression_statement")
            && first.named_child(0).is_some_and(|value| value.kind() == "string")
        {
            let instead = if node.named_child_count() == 1 { "pass" } else { "" };
            cuts.push((first.start_byte(), first.end_byte(), instead));
        }
        open.extend((0..node.named_child_count() as u32).filter_map(|at| node.named_child(at as _)));
    }
    cuts.sort();
    let mut out = text.to_owned();
    for (start, end, instead) in cuts.into_iter().rev() {
        out.replace_range(start..end, instead);
    }
    Ok(out)
}
