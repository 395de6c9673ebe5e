//! Stories: numbered commits, one text file each. `fixtures/stories/README.md` has the format.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use gix::objs::tree::EntryKind;

use crate::sandbox::{File, Files, Sandbox, walk};

pub(crate) struct Story {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// What the story is for; its first line says it.
    pub(crate) about: String,
    pub(crate) steps: Vec<Step>,
}

/// One file of a story. The tool is run after each.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: String,
    message: String,
    acts: Vec<Act>,
}

#[derive(Debug, PartialEq)]
enum Act {
    Write { path: String, file: File },
    Edit { path: String, swaps: Vec<(String, String)> },
    Delete(String),
    Move { from: String, to: String },
    Empty,
    Branch(String),
    Checkout(String),
    Merge(String),
    Squash(usize),
    Reset(String),
}

/// Every story of the fixtures, in the order of their numbers.
pub(crate) fn all() -> Vec<Story> {
    let folders = sorted(&fixtures().join("stories")).into_iter().filter(|path| path.is_dir());
    folders.map(|folder| read(folder.clone()).with_context(|| folder.display().to_string()).unwrap()).collect()
}

/// Every repository of the fixtures, as a story of one commit.
pub(crate) fn repositories() -> Vec<Story> {
    let folders = sorted(&fixtures().join("repos")).into_iter().filter(|path| path.is_dir());
    let tell = |folder: PathBuf| {
        let mut files = Files::new();
        walk(&folder, &folder, &mut files);
        let acts = files.into_iter().map(|(path, file)| Act::Write { path, file }).collect();
        let name = name_of(&folder);
        let step = Step { name: "01-all".to_owned(), message: format!("Add {name}"), acts };
        Story { name, folder, about: String::new(), steps: vec![step] }
    };
    folders.map(tell).collect()
}

impl Step {
    /// Carries the step out; a step that changes files ends in one commit.
    pub(crate) fn play(&self, sandbox: &mut Sandbox) -> Result<()> {
        let mut files = sandbox.files("HEAD");
        let mut to_commit = false;
        for act in &self.acts {
            if self.play_refs(act, sandbox)? {
                ensure!(!to_commit, "branches first, files after");
                files = sandbox.files("HEAD");
            } else {
                play_files(act, &mut files)?;
                to_commit = true;
            }
        }
        if to_commit {
            sandbox.commit(&self.message, &files);
        }
        Ok(())
    }

    /// Carries out what concerns branches; false for an act that concerns files.
    fn play_refs(&self, act: &Act, sandbox: &mut Sandbox) -> Result<bool> {
        let head = sandbox.commit_id("HEAD");
        let known = |name: &str| sandbox.commit_id(name).with_context(|| format!("no commit `{name}`"));
        match act {
            Act::Branch(name) => {
                sandbox.point(name, known("HEAD")?);
                sandbox.checkout(name);
            }
            Act::Checkout(name) => {
                known(name)?;
                sandbox.checkout(name);
            }
            Act::Reset(to) => sandbox.point(&sandbox.branch(), known(to)?),
            Act::Squash(count) => {
                let parent = known(&format!("HEAD~{count}"))?;
                let files = sandbox.files("HEAD");
                sandbox.commit_onto(vec![parent], &self.message, &files);
            }
            Act::Merge(name) => {
                let parents = vec![known("HEAD")?, known(name)?];
                let mut files = sandbox.files("HEAD");
                files.extend(sandbox.files(name));
                sandbox.commit_onto(parents, &self.message, &files);
            }
            _ => return Ok(false),
        }
        ensure!(head.is_some(), "nothing was committed yet");
        Ok(true)
    }
}

fn play_files(act: &Act, files: &mut Files) -> Result<()> {
    let missing = |path: &String| format!("no file `{path}`");
    match act {
        Act::Write { path, file } => {
            let before = files.insert(path.clone(), file.clone());
            ensure!(before.as_ref() != Some(file), "`{path}` is written as it was");
        }
        Act::Edit { path, swaps } => {
            let file = files.get_mut(path).with_context(|| missing(path))?;
            let mut text = String::from_utf8(file.bytes.clone()).with_context(|| format!("`{path}` is not UTF-8"))?;
            for (old, new) in swaps {
                text = swap(&text, old, new).with_context(|| format!("in `{path}`"))?;
            }
            file.bytes = text.into_bytes();
        }
        Act::Delete(path) => drop(files.remove(path).with_context(|| missing(path))?),
        Act::Move { from, to } => {
            let file = files.remove(from).with_context(|| missing(from))?;
            ensure!(files.insert(to.clone(), file).is_none(), "`{to}` is in the way");
        }
        _ => (),
    }
    Ok(())
}

/// Replaces whole lines that occur exactly once.
fn swap(text: &str, old: &str, new: &str) -> Result<String> {
    let mut places = text.match_indices(old).map(|(at, _)| at).filter(|at| *at == 0 || text[..*at].ends_with('\n'));
    match (places.next(), places.next()) {
        _ if old == new => bail!("an edit that changes nothing:\n{old}"),
        (Some(at), None) => Ok(format!("{}{new}{}", &text[..at], &text[at + old.len()..])),
        (None, _) => bail!("not found:\n{old}"),
        (Some(_), Some(_)) => bail!("found more than once:\n{old}"),
    }
}

fn read(folder: PathBuf) -> Result<Story> {
    let about = fs::read_to_string(folder.join("story.md")).context("story.md")?;
    let mut steps = Vec::new();
    for path in sorted(&folder).into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "txt")) {
        let text = fs::read_to_string(&path)?;
        let name = name_of(&path).trim_end_matches(".txt").to_owned();
        steps.push(parse(&name, &text).with_context(|| format!("in {name}.txt"))?);
    }
    ensure!(!steps.is_empty(), "a story without a step");
    Ok(Story { name: name_of(&folder), folder, about, steps })
}

fn parse(name: &str, text: &str) -> Result<Step> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices("=== ").filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n')) {
        parts.push(&text[start..at]);
        start = at;
    }
    parts.push(&text[start..]);
    let message = parts.remove(0).trim_end();
    ensure!(!message.is_empty(), "the first line is the commit message");
    ensure!(!parts.is_empty(), "a step without an act");
    let acts = parts.into_iter().map(act).collect::<Result<Vec<_>>>()?;
    Ok(Step { name: name.to_owned(), message: message.to_owned(), acts })
}

fn act(part: &str) -> Result<Act> {
    let (line, body) = part.split_once('\n').unwrap_or((part, ""));
    let (verb, rest) = line.trim_start_matches("=== ").split_once(' ').unwrap_or((&line[4..], ""));
    let act = match verb {
        "write" => {
            let (path, form) = rest.rsplit_once(" as ").unwrap_or((rest, "text"));
            return Ok(Act::Write { path: unquote(path)?, file: encode(body, form)? });
        }
        "edit" => {
            return Ok(Act::Edit { path: unquote(rest)?, swaps: swaps(body)? });
        }
        "delete" => Act::Delete(unquote(rest)?),
        "move" => {
            let (from, to) = arrow(rest)?;
            Act::Move { from, to }
        }
        "link" => {
            let (path, target) = arrow(rest)?;
            Act::Write { path, file: File { kind: EntryKind::Link, bytes: target.into() } }
        }
        "empty" => Act::Empty,
        "branch" => Act::Branch(rest.to_owned()),
        "checkout" => Act::Checkout(rest.to_owned()),
        "merge" => Act::Merge(rest.to_owned()),
        "squash" => Act::Squash(rest.parse().with_context(|| format!("squash how many: `{rest}`"))?),
        "reset" if rest.parse::<usize>().is_ok() => Act::Reset(format!("HEAD~{rest}")),
        "reset" => Act::Reset(rest.to_owned()),
        _ => bail!("unknown act `{verb}`"),
    };
    ensure!(body.trim().is_empty(), "`{verb}` takes no text:\n{body}");
    Ok(act)
}

fn arrow(rest: &str) -> Result<(String, String)> {
    let (from, to) = rest.split_once(" -> ").with_context(|| format!("`{rest}` lacks ` -> `"))?;
    Ok((unquote(from)?, unquote(to)?))
}

/// A path as it stands, or as a JSON string where it has line breaks.
fn unquote(path: &str) -> Result<String> {
    ensure!(!path.is_empty(), "a path is missing");
    if path.starts_with('"') {
        return Ok(serde_json::from_str(path)?);
    }
    Ok(path.to_owned())
}

fn encode(body: &str, form: &str) -> Result<File> {
    let hex = |pair: &str| u8::from_str_radix(pair, 16).with_context(|| format!("not a byte: `{pair}`"));
    let latin = |c: char| u8::try_from(c).with_context(|| format!("not in Latin-1: `{c}`"));
    Ok(match form {
        "text" => File::plain(body),
        "executable" => File { kind: EntryKind::BlobExecutable, bytes: body.into() },
        "crlf" => File::plain(body.replace('\n', "\r\n")),
        "latin-1" => File::plain(body.chars().map(latin).collect::<Result<Vec<u8>>>()?),
        "hex" => File::plain(body.split_whitespace().map(hex).collect::<Result<Vec<u8>>>()?),
        _ => bail!("unknown form `{form}`"),
    })
}

fn swaps(body: &str) -> Result<Vec<(String, String)>> {
    let mut swaps = Vec::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        ensure!(line == "<<<<<<<", "expected `<<<<<<<`, found `{line}`");
        let mut until = |end: &str| -> Result<String> {
            let mut text = String::new();
            loop {
                let line = lines.next().with_context(|| format!("`{end}` is missing"))?;
                if line == end {
                    return Ok(text);
                }
                text.push_str(line);
                text.push('\n');
            }
        };
        let old = until("=======")?;
        ensure!(!old.is_empty(), "nothing to search for");
        swaps.push((old, until(">>>>>>>")?));
    }
    ensure!(!swaps.is_empty(), "an edit without a block");
    Ok(swaps)
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn sorted(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Step, all, fixtures, parse, repositories, sorted};
    use crate::sandbox::Sandbox;

    fn tell(steps: &[&str]) -> anyhow::Result<Sandbox> {
        let mut sandbox = Sandbox::new();
        for text in steps {
            parse("step", text)?.play(&mut sandbox)?;
        }
        Ok(sandbox)
    }

    #[track_caller]
    fn check(steps: &[&str], want: &[(&str, &str)]) {
        let sandbox = tell(steps).unwrap();
        let files = sandbox.files("HEAD");
        let got: Vec<_> = files.iter().map(|(path, file)| (path.as_str(), String::from_utf8_lossy(&file.bytes))).collect();
        let got: Vec<_> = got.iter().map(|(path, text)| (*path, text.as_ref())).collect();
        assert_eq!(got, want);
        sandbox.fsck();
    }

    #[track_caller]
    fn refused(steps: &[&str], why: &str) {
        let error = format!("{:#}", tell(steps).err().expect("a refusal"));
        assert!(error.contains(why), "{error}");
    }

    const START: &str = "Start\n=== write a.py\nx = 1\ny = 2\n";

    #[test]
    fn files_change() {
        check(&[START], &[("a.py", "x = 1\ny = 2\n")]);
        check(&[START, "Delete\n=== delete a.py\n=== write b/c.py\n"], &[("b/c.py", "")]);
        check(&[START, "Move\n=== move a.py -> b c.py"], &[("b c.py", "x = 1\ny = 2\n")]);
        check(&[START, "Link\n=== link b.py -> a.py\n"], &[("a.py", "x = 1\ny = 2\n"), ("b.py", "a.py")]);
        check(&["Odd\n=== write \"a\\nb.py\" as crlf\nx\n"], &[("a\nb.py", "x\r\n")]);
        check(&["Bytes\n=== write a.bin as hex\n41 42\n0a\n"], &[("a.bin", "AB\n")]);
    }

    #[test]
    fn lines_are_edited() {
        let edit = "Edit\n=== edit a.py\n<<<<<<<\ny = 2\n=======\n<<<<<<< HEAD\n=======\ny = 3\n>>>>>>>\n";
        check(&[START, edit], &[("a.py", "x = 1\n<<<<<<< HEAD\n=======\ny = 3\n")]);
        check(&[START, "Edit\n=== edit a.py\n<<<<<<<\nx = 1\n=======\n>>>>>>>\n"], &[("a.py", "y = 2\n")]);
    }

    #[test]
    fn branches_move() {
        let two = "Two\n=== write b.py\n";
        let three = "Three\n=== write c.py\n";
        check(&[START, two, three, "Back\n=== reset 2\n"], &[("a.py", "x = 1\ny = 2\n")]);
        check(&["One\n=== write a.py\n", "Topic\n=== branch topic\n=== write b.py\n", "Main\n=== checkout main"], &[("a.py", "")]);
        check(
            &["One\n=== write a.py\n", "Topic\n=== branch topic\n=== write b.py\n", "Main\n=== checkout main", "Merge\n=== merge topic\n"],
            &[("a.py", ""), ("b.py", "")],
        );

        let sandbox = tell(&[START, two, three, "Both\n=== squash 2\n", "None\n=== empty\n"]).unwrap();
        assert_eq!(sandbox.commit_id("HEAD~2"), tell(&[START]).unwrap().commit_id("HEAD"));
        assert_eq!(sandbox.tree_id("HEAD"), sandbox.tree_id("HEAD~1"));
        assert_eq!(sandbox.message("HEAD~1").unwrap(), "Both");
    }

    #[test]
    fn mistakes_are_refused() {
        refused(&["\n=== empty\n"], "commit message");
        refused(&["Nothing\n"], "without an act");
        refused(&["Typo\n=== wrote a.py\n"], "unknown act `wrote`");
        refused(&["Typo\n=== write a.py as utf-7\n"], "unknown form `utf-7`");
        refused(&[START, START], "written as it was");
        refused(&[START, "Gone\n=== delete b.py\n"], "no file `b.py`");
        refused(&[START, "Half\n=== edit a.py\n<<<<<<<\nx = 1\n"], "`=======` is missing");
        refused(&[START, "Part\n=== edit a.py\n<<<<<<<\n= 1\n=======\n>>>>>>>\n"], "not found");
        refused(&["Twice\n=== write a.py\nx\nx\n=== edit a.py\n<<<<<<<\nx\n=======\ny\n>>>>>>>\n"], "more than once");
        refused(&[START, "Lost\n=== checkout topic\n"], "no commit `topic`");
        refused(&[START, "Mixed\n=== delete a.py\n=== branch topic\n"], "branches first");
        refused(&[START, "Text\n=== delete a.py\nwhy\n"], "takes no text");
    }

    #[test]
    fn every_story_plays_and_gives_the_same_ids() {
        for story in all().into_iter().chain(repositories()) {
            let play = || {
                let mut sandbox = Sandbox::new();
                let play = |step: &Step| {
                    step.play(&mut sandbox).unwrap_or_else(|error| panic!("{}/{}: {error:#}", story.name, step.name));
                    sandbox.commit_id("HEAD").unwrap()
                };
                story.steps.iter().map(play).collect::<Vec<_>>()
            };
            assert_eq!(play(), play(), "{}", story.name);
        }
    }

    #[test]
    fn stories_are_numbered_and_say_what_they_are_for() {
        for (at, story) in all().iter().enumerate() {
            assert!(story.name.starts_with(&format!("{:02}-", at + 1)), "{}: a gap before", story.name);
            assert!(!story.about.lines().next().unwrap_or_default().is_empty(), "{}", story.name);
            for (at, step) in story.steps.iter().enumerate() {
                assert!(step.name.starts_with(&format!("{:02}-", at + 1)), "{}/{}: a gap before", story.name, step.name);
            }
        }
        for folder in sorted(&fixtures().join("repos")) {
            assert!(folder.join("README.md").is_file(), "{}: a README.md says what it is for", folder.display());
        }
    }
}
