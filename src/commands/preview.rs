//! What a change would do, before it is part of the history: to functions, to samples, to files.
//!
//! The check before a commit and the one on a pull request show the same things. Each is one entry of
//! [`SOURCES`]; which of them may stop a commit is a setting.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;

use crate::commands::atlas::{Atlas, Overlay, Whole};
use crate::commands::full::{chunks_of, readable};
use crate::commands::leaks::leaks;
use crate::commands::reading::Reading;
use crate::commands::review::Reviews;
use crate::commands::sources::Sources;
use crate::commands::survey::Survey;
use crate::commands::workspace::Workspace;
use crate::commands::{Progress, changed, checkout, full, kin};
use crate::git::{Oid, Tip};
use crate::model::{Chunk, ChunkKind, Finding, Lines};
use crate::plan::{self, Change, Plan, Verb};

/// One thing to say about a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Item {
    /// The id of a chunk or a sample, or a path.
    pub id: String,
    pub says: String,
    /// Where it stands in the new tree; empty where it does not any more.
    pub path: String,
    pub lines: Lines,
}

/// What one source has to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Group {
    pub source: &'static str,
    /// In a few words, with the number.
    pub says: String,
    pub items: Vec<Item>,
    /// Whether this stops the commit.
    pub blocks: bool,
    /// Whether each of it deserves a mark at its file.
    #[serde(skip)]
    pub annotated: bool,
}

/// A source of things to say about a change.
pub(crate) struct Source {
    pub name: &'static str,
    /// One and several of what it finds.
    words: [&'static str; 2],
    /// Stops a commit unless the settings say otherwise.
    blocks: bool,
    /// Marks the file, where a review shows such marks.
    annotated: bool,
    look: fn(&View) -> Vec<Item>,
}

/// What there is to say about a change, in the order in which it is said.
pub(crate) static SOURCES: &[Source] = &[
    Source { name: "secrets", words: ["secret is new", "secrets are new"], blocks: true, annotated: true, look: secrets },
    Source { name: "functions", words: ["function changes", "functions change"], blocks: false, annotated: false, look: functions },
    Source { name: "stale", words: ["sample goes stale", "samples go stale"], blocks: false, annotated: false, look: stale },
    Source { name: "new", words: ["sample would be new", "samples would be new"], blocks: false, annotated: false, look: new },
    Source {
        name: "copies",
        words: ["function nearly copies another", "functions nearly copy others"],
        blocks: false,
        annotated: true,
        look: copies,
    },
    Source { name: "unread", words: ["file is not read", "files are not read"], blocks: false, annotated: true, look: unread },
];

/// Which sources stop a commit.
pub(crate) enum Blocks {
    /// Those that are made for it.
    Usual,
    These(Vec<String>),
}

/// A change and what is known of it.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Preview {
    pub groups: Vec<Group>,
    /// Why nothing was looked at; empty where it was.
    pub too_much: String,
    /// Why it is not known which samples go stale; empty where it is.
    pub no_plan: String,
    /// The source commit since which samples go stale, where that is not the one before the change.
    pub since: String,
}

/// How far a preview goes to know which samples go stale.
pub(crate) enum Depth<'p> {
    /// Functions alone: the dataset does not follow this branch.
    Functions,
    /// As far as the index takes it, within milliseconds.
    Quick,
    /// To a full run, if need be.
    Whole(&'p Progress<'p>),
}

/// How many files a person is kept waiting for.
const MANY: usize = 200;

/// What the sources look at.
struct View<'v> {
    leaks: &'v [Item],
    functions: &'v [Item],
    copies: &'v [Item],
    findings: &'v [Finding],
    plan: Option<&'v Plan>,
}

/// What stands in `after` and not in `before`, which the workspace's repository both knows, and the plan behind it.
///
/// The samples are those of the dataset: where it does not mirror `before`, what changed between counts, too.
pub(crate) fn preview(
    workspace: &Workspace,
    before: Oid,
    after: &Tip,
    depth: &Depth,
    blocks: &Blocks,
) -> anyhow::Result<(Preview, Option<Plan>)> {
    let too_many = |from: Oid| -> anyhow::Result<Option<String>> {
        let count = if matches!(depth, Depth::Whole(_)) { 0 } else { changed_files(workspace, from, after.tree)? };
        Ok((count > MANY).then(|| format!("{count} files change, and no more than {MANY} are looked at before a commit")))
    };
    // However much changes: nobody gets a secret back.
    let leaks = leaks(workspace, before, after.tree)?;
    if let Some(too_much) = too_many(before)? {
        let groups = groups(&View { leaks: &leaks, functions: &[], copies: &[], findings: &[], plan: None }, blocks);
        return Ok((Preview { groups, too_much, ..Preview::default() }, None));
    }
    let dataset = workspace.dataset()?;
    let base = match depth {
        Depth::Functions => Err(format!("the dataset follows `{}`", workspace.branch)),
        _ => changed::base(workspace, dataset.as_ref())?,
    };
    let mut mirrored = dataset.as_ref().and_then(|dataset| dataset.manifest.as_ref()).map(|manifest| manifest.source.clone());
    let (mut survey, mut seen, mut no_plan) = (None, false, String::new());
    match (base, depth) {
        (Ok((index, base)), _) => {
            let from = base.manifest.as_ref().map_or(Ok(before), |manifest| Oid::parse(&manifest.source.tree))?;
            match too_many(from)? {
                Some(reason) => no_plan = format!("the dataset is far behind: {reason}"),
                None => survey = Some(changed::survey(workspace, after, &index, &base, Reviews::read(workspace, dataset.as_ref())?)?),
            }
            seen = from == before;
            mirrored = base.manifest.map(|manifest| manifest.source);
        }
        (Err(reason), Depth::Whole(progress)) => {
            survey = Some(full::survey(workspace, after, dataset.as_ref(), reason, Reviews::read(workspace, dataset.as_ref())?, progress)?)
        }
        (Err(reason), _) => no_plan = reason,
    }
    // A survey that starts where the change does has read both sides of it.
    let (functions, copies, mut findings) = match survey.as_ref().filter(|_| seen).map(|survey| (survey, &survey.atlas)) {
        Some((survey, Atlas::Overlay(overlay))) => {
            let compared = Compared::of(survey);
            (differences(&compared.old, &compared.new), copied(workspace, overlay, &compared)?, compared.findings)
        }
        _ => {
            let compared = compare(workspace, before, after.tree)?;
            let overlay = compared.over(workspace, before)?;
            let copies = overlay.map_or(Ok(Vec::new()), |overlay| copied(workspace, &overlay, &compared))?;
            (differences(&compared.old, &compared.new), copies, compared.findings)
        }
    };
    let plan = survey.map(|survey| survey.plan);
    findings.sort();
    findings.dedup();
    let view = View { leaks: &leaks, functions: &functions, copies: &copies, findings: &findings, plan: plan.as_ref() };
    let groups = groups(&view, blocks);
    let since =
        mirrored.filter(|source| plan.is_some() && source.tree != before.to_string()).map(|source| source.commit).unwrap_or_default();
    Ok((Preview { groups, too_much: String::new(), no_plan, since }, plan))
}

fn groups(view: &View, blocks: &Blocks) -> Vec<Group> {
    SOURCES.iter().map(|source| group(source, view, blocks)).filter(|group| !group.items.is_empty()).collect()
}

fn group(source: &Source, view: &View, blocks: &Blocks) -> Group {
    let items = (source.look)(view);
    let words = source.words[usize::from(items.len() != 1)];
    let may_block = match blocks {
        Blocks::Usual => source.blocks,
        Blocks::These(names) => names.iter().any(|name| name == source.name),
    };
    Group {
        source: source.name,
        says: format!("{} {words}", items.len()),
        blocks: may_block && !items.is_empty(),
        annotated: source.annotated,
        items,
    }
}

fn secrets(view: &View) -> Vec<Item> {
    view.leaks.to_vec()
}

fn functions(view: &View) -> Vec<Item> {
    view.functions.to_vec()
}

fn copies(view: &View) -> Vec<Item> {
    view.copies.to_vec()
}

fn stale(view: &View) -> Vec<Item> {
    samples(view, |verb| matches!(verb, Verb::Remake | Verb::Move | Verb::Retire | Verb::Hold))
}

fn new(view: &View) -> Vec<Item> {
    samples(view, |verb| verb == Verb::Make)
}

fn samples(view: &View, wanted: fn(Verb) -> bool) -> Vec<Item> {
    let steps = view.plan.iter().flat_map(|plan| &plan.steps).filter(|step| wanted(step.verb));
    steps
        .map(|step| Item {
            id: step.id.clone(),
            says: format!("{}: {}", step.verb.name(), step.why),
            path: String::new(),
            lines: Lines::default(),
        })
        .collect()
}

fn unread(view: &View) -> Vec<Item> {
    let item = |finding: &Finding| Item {
        id: finding.path.clone(),
        says: finding.says.clone(),
        path: finding.path.clone(),
        lines: Lines { start: 1, end: 1 },
    };
    view.findings.iter().map(item).collect()
}

/// How many files that are read differ between two trees.
fn changed_files(workspace: &Workspace, before: Oid, after: Oid) -> anyhow::Result<usize> {
    let scope = workspace.settings.scope()?;
    let changes = workspace.repository.tree_changes(before, after)?;
    Ok(changes
        .iter()
        .filter(|change| readable(&change.path).is_ok_and(|path| scope.may_read(path).is_some() && !scope.is_foreign(path)))
        .count())
}

/// The files that differ between two trees.
pub(crate) struct Compared {
    pub(crate) old: Vec<Arc<Chunk>>,
    pub(crate) new: Vec<Arc<Chunk>>,
    paths: HashSet<String>,
    /// What could not be read in the second.
    findings: Vec<Finding>,
}

impl Compared {
    /// The files that a survey found to differ.
    fn of(survey: &Survey) -> Self {
        let [old, new] = survey.sides.clone();
        let findings = survey.plan.findings.clone();
        // Nothing is said of what became of a file that nobody can read.
        let unread: HashSet<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
        let old = old.into_iter().filter(|chunk| !unread.contains(chunk.path.as_str())).collect();
        Self { old, new, paths: HashSet::new(), findings }
    }

    /// The index with these changes over it, where it mirrors the first tree.
    pub(crate) fn over(&self, workspace: &Workspace, before: Oid) -> anyhow::Result<Option<Overlay>> {
        let index = checkout::at_hand(workspace)?.filter(|index| index.mirror().source_tree == before.to_string());
        Ok(index.map(|index| Overlay::new(index.lookup(), self.paths.clone(), Whole::new(self.new.iter()))))
    }
}

/// Which of the new functions nearly copy others.
fn copied(workspace: &Workspace, overlay: &Overlay, compared: &Compared) -> anyhow::Result<Vec<Item>> {
    let found = kin::copied(overlay, &compared.old, &compared.new, workspace.settings.nearness());
    if let Some(fault) = overlay.fault() {
        return Err(fault);
    }
    let mut items: Vec<Item> = Vec::new();
    for kin::Copied { chunk, of, likeness } in found {
        let says = format!("nearly copies {} ({:.0} %)", of.id, 100.0 * likeness.share());
        // Of several the first, which is the one whose samples stay.
        if items.last().is_none_or(|last| last.id != chunk.id.as_str()) {
            items.push(Item { id: chunk.id.to_string(), says, path: chunk.path.clone(), lines: chunk.lines });
        }
    }
    Ok(items)
}

/// Reads what differs between two trees, before and after.
pub(crate) fn compare(workspace: &Workspace, before: Oid, after: Oid) -> anyhow::Result<Compared> {
    let scope = workspace.settings.scope()?;
    let repository = &workspace.repository;
    let sources = Sources::new(repository.handle(), after, &workspace.secrets);
    let (mut old, mut new, mut paths, mut findings) = (Vec::new(), Vec::new(), HashSet::new(), Vec::new());
    let changes = repository.tree_changes(before, after)?;
    let reading = Reading::of_changes(repository, after, &changes, &scope)?;
    for change in changes {
        let path = match readable(&change.path) {
            Ok(path) => path,
            Err(finding) => {
                findings.extend(finding.filter(|_| change.new.is_some()));
                continue;
            }
        };
        let Some(manner) = reading.manner(path) else { continue };
        paths.insert(path.to_owned());
        let read = |blob: Option<Oid>| blob.map_or(Ok(Vec::new()), |blob| chunks_of(repository, path, blob, manner, &sources));
        match read(change.new) {
            Ok(chunks) => {
                new.extend(chunks);
                // Nothing is said of what a file was that nobody could read.
                old.extend(read(change.old).unwrap_or_default());
            }
            Err(finding) => findings.push(finding),
        }
    }
    Ok(Compared { old, new, paths, findings })
}

fn differences(old: &[Arc<Chunk>], new: &[Arc<Chunk>]) -> Vec<Item> {
    let pairs = plan::pair(old, new);
    let was: HashMap<_, _> = old.iter().map(|chunk| (&chunk.id, chunk.as_ref())).collect();
    let is: HashMap<_, _> = new.iter().map(|chunk| (&chunk.id, chunk.as_ref())).collect();
    let is_function = |chunk: &&Arc<Chunk>| matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method);
    let came = new.iter().filter(is_function).filter_map(|chunk| {
        let change = plan::classify(was.get(&chunk.id).copied(), Some(chunk));
        let says = match (pairs.why(&chunk.id), change) {
            (Some(why), _) => why.to_owned(),
            (None, Change::None) => return None,
            (None, change) => change.says().to_owned(),
        };
        Some(Item { id: chunk.id.to_string(), says, path: chunk.path.clone(), lines: chunk.lines })
    });
    let went = old.iter().filter(is_function).filter(|chunk| !is.contains_key(&chunk.id) && pairs.became(&chunk.id).is_none());
    let went = went.map(|chunk| Item {
        id: chunk.id.to_string(),
        says: Change::Removed.says().to_owned(),
        path: String::new(),
        lines: Lines::default(),
    });
    let mut items: Vec<Item> = came.chain(went).collect();
    items.sort();
    items
}
