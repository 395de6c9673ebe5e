//! `dups`: functions that nearly copy each other, with what differs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::check::{Likeness, settle};
use crate::commands::atlas::{ChunkRecord, FileRecord, read};
use crate::commands::kin::{self, Copied};
use crate::commands::preview::compare;
use crate::commands::sources::Sources;
use crate::commands::workspace::Workspace;
use crate::commands::{Progress, checkout};
use crate::git::Oid;
use crate::model::{Chunk, Lines};

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Dups {
    /// The source commit that was looked at, without what is staged.
    pub source_commit: String,
    /// Chunks that are long enough to be compared.
    pub compared: usize,
    pub groups: Vec<Group>,
}

/// A chunk and its near-copies.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Group {
    pub of: Place,
    pub copies: Vec<Copy>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Place {
    pub id: String,
    pub path: String,
    pub lines: Lines,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Copy {
    #[serde(flatten)]
    pub place: Place,
    /// How much agrees: the mean of the two below, the first counted twice.
    pub alike: f64,
    /// Share of the tokens that agree, names and literals aside.
    pub blind: f64,
    /// Share that agrees to the letter.
    pub written: f64,
    /// Does it give no samples of its own, because the first of them gives them?
    pub shadowed: bool,
    /// The lines that differ, in order.
    pub differs: Vec<Pair>,
}

/// Lines that stand at the same place, first those of the original; empty where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Pair {
    pub of: String,
    pub copy: String,
}

/// All groups that touch a path, the largest first.
pub(crate) fn run(workspace: &Workspace, path: &str, progress: &Progress) -> anyhow::Result<Dups> {
    let index = checkout::fresh(workspace, None)?.context("there is no index yet\nmend: git trainset update")?;
    let nearness = workspace.settings.nearness();
    let lookup = index.lookup();
    let mut chunks: Vec<Arc<Chunk>> = Vec::new();
    progress("comparing", 0, 1);
    lookup.each_chunk(|record| {
        let ChunkRecord { chunk, .. } = ChunkRecord::read(record)?;
        chunks.extend(Some(chunk).filter(|chunk| !chunk.sketch.is_empty()).map(Arc::new));
        Ok(())
    })?;
    chunks.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let alike = kin::alike(&chunks.iter().collect::<Vec<_>>(), nearness.tell);
    let open = (0..chunks.len()).filter(|at| !alike[*at].is_empty()).collect();
    let decided = settle(open, |_| None, |at| alike[*at].iter().map(|(other, _)| *other).collect());
    progress("comparing", 1, 1);
    let mut stars: BTreeMap<usize, Vec<(usize, Likeness)>> = BTreeMap::new();
    for (at, keeper) in decided {
        let Some(keeper) = keeper else { continue };
        let found = alike[at].iter().find(|(other, _)| *other == keeper);
        stars.entry(keeper).or_default().extend(found.map(|(_, likeness)| (at, *likeness)));
    }
    let under = |at: &usize| is_under(&chunks[*at].path, path);
    stars.retain(|of, copies| under(of) || copies.iter().any(|(at, _)| under(at)));
    let tree = Oid::parse(&index.mirror().source_tree)?;
    let sources = Sources::new(workspace.repository.handle(), tree, &workspace.secrets);
    let mut files: HashMap<&str, FileRecord> = HashMap::new();
    for at in stars.iter().flat_map(|(of, copies)| std::iter::once(of).chain(copies.iter().map(|(at, _)| at))) {
        let path = chunks[*at].path.as_str();
        if !files.contains_key(path) {
            files.insert(path, lookup.file(path)?.map(|bytes| read(&bytes)).transpose()?.unwrap_or_default());
        }
    }
    let lines = |chunk: &Chunk| {
        let places = files.get(chunk.path.as_str()).map(|file| &file.places);
        places.into_iter().flatten().find(|(id, _)| *id == chunk.id).map(|(_, lines)| *lines).unwrap_or_default()
    };
    let group = |(of, copies): (usize, Vec<(usize, Likeness)>)| {
        let of = place(&chunks[of], lines(&chunks[of]));
        let copies = copies.into_iter().map(|(at, likeness)| {
            let place = place(&chunks[at], lines(&chunks[at]));
            copy(&of, place, likeness, likeness.share() >= nearness.shadow, &sources)
        });
        Group { copies: copies.collect(), of: of.clone() }
    };
    let mut groups: Vec<Group> = stars.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.copies.len()));
    Ok(Dups { source_commit: index.mirror().source_commit.clone(), compared: chunks.len(), groups })
}

/// What the staged change copies.
pub(crate) fn staged(workspace: &mut Workspace, path: &str) -> anyhow::Result<Dups> {
    let staged = workspace.repository.staged()?;
    workspace.repository = staged.repository;
    let compared = compare(workspace, staged.head, staged.tree)?;
    let overlay = compared.over(workspace, staged.head)?.context(
        "there is no index of what is checked out\nmend: git trainset update, or `git trainset hook run post-checkout` on another branch",
    )?;
    let nearness = workspace.settings.nearness();
    let sources = Sources::new(workspace.repository.handle(), staged.tree, &workspace.secrets);
    let found = kin::copied(&overlay, &compared.old, &compared.new, nearness);
    if let Some(fault) = overlay.fault() {
        return Err(fault);
    }
    let group = |Copied { chunk, of, likeness }: &Copied| {
        let of = place(of, of.lines);
        let copy = copy(&of, place(chunk, chunk.lines), *likeness, likeness.share() >= nearness.shadow, &sources);
        Group { of, copies: vec![copy] }
    };
    let groups = found.iter().filter(|copied| is_under(&copied.chunk.path, path)).map(group).collect();
    let source_commit = workspace.repository.tip(None)?.map(|tip| tip.commit.to_string()).unwrap_or_default();
    Ok(Dups { source_commit, compared: compared.new.iter().filter(|chunk| !chunk.sketch.is_empty()).count(), groups })
}

/// Is it this file, or in this folder? Everything is in the folder without a name.
pub(super) fn is_under(path: &str, folder: &str) -> bool {
    let folder = folder.trim_start_matches("./").trim_end_matches('/');
    let rest = path.strip_prefix(folder);
    matches!(folder, "" | ".") || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn place(chunk: &Chunk, lines: Lines) -> Place {
    Place { id: chunk.id.to_string(), path: chunk.path.clone(), lines }
}

fn copy(of: &Place, place: Place, likeness: Likeness, shadowed: bool, sources: &Sources) -> Copy {
    let code = |place: &Place| sources.code(&place.path, place.lines.start, place.lines.end).unwrap_or_default();
    let differs = differs(&code(of), &code(&place));
    let hundredth = |share: f64| (share * 100.0).round() / 100.0;
    Copy {
        alike: hundredth(likeness.share()),
        blind: hundredth(likeness.blind),
        written: hundredth(likeness.written),
        shadowed,
        differs,
        place,
    }
}

/// The lines of two texts that differ beyond their indentation, side by side.
fn differs(of: &str, copy: &str) -> Vec<Pair> {
    let trimmed = |text: &str| text.lines().map(|line| line.trim().to_owned() + "\n").collect::<String>();
    let (of, copy) = (trimmed(of), trimmed(copy));
    let diff = TextDiff::from_lines(&of, &copy);
    let mut out = Vec::new();
    for change in diff.ops() {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for line in diff.iter_changes(change) {
            let text = line.value().trim_end().to_owned();
            match line.tag() {
                ChangeTag::Delete => left.push(text),
                ChangeTag::Insert => right.push(text),
                ChangeTag::Equal => (),
            }
        }
        let rows = left.len().max(right.len());
        left.resize(rows, String::new());
        right.resize(rows, String::new());
        out.extend(left.into_iter().zip(right).map(|(of, copy)| Pair { of, copy }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Pair, differs, is_under};

    #[test]
    fn lines_that_differ_stand_side_by_side() {
        let pair = |of: &str, copy: &str| Pair { of: of.into(), copy: copy.into() };
        let found = differs("def f(a):\n    b(a)\n    return a\n", "    def f(a):\n        b(c)\n        log(a)\n        return a\n");
        assert_eq!(found, [pair("b(a)", "b(c)"), pair("", "log(a)")]);
        assert_eq!(differs("x\n", "  x\n"), []);
    }

    #[test]
    fn a_path_is_a_file_or_a_folder() {
        assert!(is_under("a/b.py", "a") && is_under("a/b.py", "./a/") && is_under("a/b.py", "a/b.py") && is_under("a/b.py", "."));
        assert!(!is_under("ab.py", "a") && is_under("ab.py", ""));
    }
}
