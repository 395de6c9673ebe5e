//! `export`: the dataset at a commit of its branch, in the form that a trainer or an earlier tool reads.
//!
//! Shards are read, turned and written a few at a time, so the size of the dataset does not matter.

mod beside;
mod folder;
mod pairs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rayon::prelude::*;
use serde::Serialize;

pub(super) use self::beside::Beside;
use self::beside::Shelf;
use self::folder::Folder;
pub(crate) use self::folder::Written;
use crate::commands::Progress;
use crate::commands::filed::{Filed, filed};
use crate::commands::sources::{Handles, Sources};
use crate::commands::workspace::{Dataset, Workspace};
use crate::export::{self, Conversation, Counter, Dependencies, FORMATS, Format, Item, Opening, Piece, Tame};
/// For the front door, which fills them.
pub(crate) use crate::export::{Reasoning, Shown, Style};
use crate::git::{Oid, Repository};
use crate::model::{Chunk, ChunkKind, Row, STALE, TraceRow};
use crate::store::{self, Manifest};

/// Shards that are in work at a time.
const AT_ONCE: usize = 8;
/// So many of the rows that are left out are named.
const MOST_NAMED: usize = 20;
const README: &str = "README.md";

/// What a person asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub format: String,
    pub out: PathBuf,
    /// May an earlier export be replaced?
    pub force: bool,
    /// Only these splits and tasks; none is all.
    pub splits: Vec<String>,
    pub tasks: Vec<String>,
    pub style: Style,
    /// A commit of the dataset branch; None is its tip.
    pub reference: Option<String>,
    pub limit: Option<Limit>,
}

/// The longest row that a trainer takes, and who counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limit {
    pub tokens: usize,
    pub tokenizer: PathBuf,
    pub template: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Exported {
    pub format: &'static str,
    pub out: String,
    pub dataset: String,
    pub source_commit: String,
    pub style: Style,
    pub rows: usize,
    pub files: BTreeMap<String, Written>,
    /// The longest row, where tokens were counted.
    pub longest: usize,
    /// Rows whose evidence was shortened.
    pub shortened: usize,
    /// Rows that are too long even so.
    pub refused: usize,
    /// The first of those.
    pub named: Vec<Refused>,
    /// Rows that held text which a chat template would act on.
    pub tamed: usize,
    /// Rows that do not hold today: of a file that does not parse, or in a person's words about code that changed.
    pub inactive: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Refused {
    pub id: String,
    pub tokens: usize,
}

/// What one shard gives.
#[derive(Default)]
struct Part {
    pieces: Vec<Piece>,
    rows: usize,
    longest: usize,
    shortened: usize,
    refused: Vec<Refused>,
    tamed: usize,
    inactive: usize,
}

pub(crate) fn run(workspace: &Workspace, wanted: &Wanted, progress: &Progress) -> anyhow::Result<Exported> {
    let format = format(wanted)?;
    let counter = wanted.limit.as_ref().map(counter).transpose()?;
    let dataset = at(workspace, wanted.reference.as_deref())?;
    let manifest = dataset.manifest.context("the dataset has another schema there\nmend: git trainset update, or name a later commit")?;
    let mut folder = Folder::beside(&wanted.out, wanted.force)?;
    let source_tree = Oid::parse(&manifest.source.tree)?;
    // A file stays in memory as long as who read it: no longer than a few shards.
    let sources = || Sources::new(workspace.repository.handle(), source_tree, &workspace.secrets);
    let beside = (wanted.style.context == Shown::Distractors).then(|| Beside::open(workspace, &manifest.source.tree)).transpose()?;
    let shards = shards(&workspace.repository, dataset.tree, format, wanted)?;
    let opening = opening(workspace, &sources(), &shards);
    let tokens = counter.as_ref().map(Counter::control_tokens).unwrap_or_default();
    let work = Work { wanted, format, counter, manifest: &manifest, opening, tame: Tame::new(&tokens) };
    let mut exported = Exported {
        format: format.name,
        out: wanted.out.display().to_string(),
        dataset: dataset.commit.to_string(),
        source_commit: manifest.source.commit.clone(),
        style: wanted.style,
        ..Exported::default()
    };
    let mut take = |folder: &mut Folder, part: Part| -> anyhow::Result<()> {
        part.pieces.iter().try_for_each(|piece| folder.write(piece))?;
        exported.rows += part.rows;
        exported.longest = exported.longest.max(part.longest);
        exported.shortened += part.shortened;
        exported.refused += part.refused.len();
        exported.tamed += part.tamed;
        exported.inactive += part.inactive;
        let room = MOST_NAMED.saturating_sub(exported.named.len());
        exported.named.extend(part.refused.into_iter().take(room));
        Ok(())
    };
    for piece in format.begin(&work.opening) {
        folder.write(&piece)?;
    }
    let handles = Handles::new(&workspace.repository);
    for (number, some) in shards.chunks(AT_ONCE).enumerate() {
        let open = || (handles.take(), beside.as_ref().map(Beside::shelf));
        let sources = sources();
        let turn = |(repository, shelf): &mut (Repository, Option<Shelf>), shard| work.shard(repository, shelf.as_mut(), &sources, shard);
        let parts: anyhow::Result<Vec<Part>> = some.par_iter().map_init(open, turn).collect();
        for part in parts? {
            take(&mut folder, part)?;
        }
        progress("exporting", (number * AT_ONCE + some.len()).min(shards.len()), shards.len());
    }
    if format.needs.pairs {
        pairs::each(
            &workspace.repository,
            dataset.commit,
            &sources(),
            |row| work.wants(row),
            |row, old| take(&mut folder, work.pair(row, old)?),
        )?;
    }
    for piece in format.end(&folder.names()) {
        folder.write(&piece)?;
    }
    exported.files = folder.finish(&exported)?;
    Ok(exported)
}

fn format(wanted: &Wanted) -> anyhow::Result<&'static Format> {
    let Some(format) = Format::named(&wanted.format) else {
        let names: Vec<String> = FORMATS.iter().map(|format| format!("`{}` ({})", format.name, format.about)).collect();
        bail!("there is no format `{}`\nmend: use {}", wanted.format, names.join(", or "));
    };
    if wanted.style.reasoning == Reasoning::Field && !format.has_field {
        bail!("`{}` has no field for reasoning\nmend: say `--reasoning answer`, `inline` or `drop`", format.name);
    }
    for (what, given, known) in [("split", &wanted.splits, &store::SPLITS[..]), ("task", &wanted.tasks, &["qa", "design", "trace"])] {
        if let Some(other) = given.iter().find(|name| !known.contains(&name.as_str())) {
            bail!("there is no {what} `{other}`\nmend: use one of {}", known.join(", "));
        }
    }
    Ok(format)
}

/// The template beside a tokenizer, where none is named.
const TEMPLATES: [&str; 2] = ["chat_template.jinja", "tokenizer_config.json"];

fn counter(limit: &Limit) -> anyhow::Result<Counter> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("could not read `{}`", path.display()));
    let tokenizer = read(&limit.tokenizer)?;
    let template = match &limit.template {
        Some(template) => template.clone(),
        None => TEMPLATES
            .iter()
            .map(|name| limit.tokenizer.with_file_name(name))
            .find(|path| path.is_file())
            .context("there is no chat template beside the tokenizer\nmend: give it with `--chat-template`")?,
    };
    let template = String::from_utf8(read(&template)?).with_context(|| format!("`{}` is not UTF-8", template.display()))?;
    Counter::new(&tokenizer, &template)
}

/// The dataset at its tip, or at a commit of its branch.
pub(super) fn at(workspace: &Workspace, reference: Option<&str>) -> anyhow::Result<Dataset> {
    let Some(reference) = reference else {
        return workspace.dataset()?.context("there is no dataset yet\nmend: git trainset update");
    };
    let tip = workspace.repository.tip(Some(reference))?.context("it has no commit yet")?;
    let dataset = workspace.dataset_at(&tip.commit.to_string())?;
    let is_one = |dataset: &Dataset| workspace.repository.file(dataset.tree, store::MANIFEST).is_ok_and(|found| found.is_some());
    dataset.filter(is_one).with_context(|| {
        format!("`{}` is no commit of the dataset\nmend: name one of `git log dataset`, such as `dataset~1`", reference.escape_debug())
    })
}

/// The shards that a format is made of: questions, then designs, calls, and files.
fn shards(repository: &Repository, tree: Oid, format: &Format, wanted: &Wanted) -> anyhow::Result<Vec<Filed>> {
    let task = |name: &str| wanted.tasks.is_empty() || wanted.tasks.iter().any(|task| task == name);
    let order = ["facts", "qa", "design", "trace"];
    let needed = |shard: &Filed| match shard.folder.as_str() {
        "qa" | "design" => format.needs.rows && task(&shard.folder),
        "trace" => format.needs.calls && task("trace"),
        "facts" => format.needs.files,
        _ => false,
    };
    let mut shards: Vec<Filed> = filed(repository, tree)?.into_iter().filter(needed).collect();
    shards.sort_by_key(|shard| order.iter().position(|folder| *folder == shard.folder));
    Ok(shards)
}

fn opening(workspace: &Workspace, sources: &Sources, shards: &[Filed]) -> Opening {
    let text = |file: &str| sources.file(file).map(|source| source.text.clone());
    let root = workspace.repository.work_tree().unwrap_or_else(|| workspace.repository.private_dir());
    let mut dependencies = Dependencies::default();
    for file in Dependencies::FILES {
        text(file).inspect(|text| dependencies.read(file, text));
    }
    Opening {
        root: root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        readme: text(README).unwrap_or_default(),
        paths: shards.iter().filter(|shard| shard.folder == "facts").map(|shard| shard.source.clone()).collect(),
        dependencies,
    }
}

/// What stays the same from shard to shard.
struct Work<'w> {
    wanted: &'w Wanted,
    format: &'static Format,
    counter: Option<Counter>,
    manifest: &'w Manifest,
    opening: Opening,
    tame: Tame,
}

impl Work<'_> {
    fn wants(&self, row: &Row) -> bool {
        let Wanted { splits, tasks, .. } = self.wanted;
        (splits.is_empty() || splits.contains(&row.split)) && (tasks.is_empty() || tasks.contains(&row.task))
    }

    fn shard(&self, repository: &Repository, shelf: Option<&mut Shelf>, sources: &Sources, shard: &Filed) -> anyhow::Result<Part> {
        let bytes = shard.bytes(repository)?;
        let mut part = Part::default();
        let held = self.manifest.held.contains(&shard.source);
        match shard.folder.as_str() {
            "facts" if !held => self.file(&mut part, sources, &shard.source, &store::read_rows(&shard.path, &bytes)?),
            "trace" if !held => {
                for row in store::read_rows::<TraceRow>(&shard.path, &bytes)? {
                    if self.wanted.splits.is_empty() || self.wanted.splits.contains(&row.split) {
                        part.rows += 1;
                        part.pieces.extend(self.format.pieces(&Item::Calls(&row), &self.opening));
                    }
                }
            }
            "qa" | "design" => self.rows(&mut part, shelf, sources, store::read_rows(&shard.path, &bytes)?)?,
            _ => (),
        }
        Ok(part)
    }

    fn rows(&self, part: &mut Part, mut shelf: Option<&mut Shelf>, sources: &Sources, rows: Vec<Row>) -> anyhow::Result<()> {
        for row in rows.into_iter().filter(|row| self.wants(row)) {
            let is_held = row.evidence.iter().any(|piece| self.manifest.held.contains(&piece.path));
            if is_held || row.review == STALE {
                part.inactive += 1;
                continue;
            }
            let row = match &mut shelf {
                Some(shelf) => {
                    let beside = shelf.of(&row, sources)?;
                    export::mixed(row, beside)
                }
                None => row,
            };
            let Some(row) = self.fitted(part, row)? else { continue };
            let talk = Conversation::of(&row, self.wanted.style, &self.tame);
            part.rows += 1;
            part.pieces.extend(self.format.pieces(&Item::Sample { row: &row, talk: &talk }, &self.opening));
        }
        Ok(())
    }

    /// The row in tame words and short enough; None where it is too long whatever is left out.
    fn fitted(&self, part: &mut Part, row: Row) -> anyhow::Result<Option<Row>> {
        let (row, was_wild) = self.tame.row(row);
        part.tamed += usize::from(was_wild);
        let (Some(counter), Some(limit)) = (&self.counter, &self.wanted.limit) else { return Ok(Some(row)) };
        let count = |row: &Row| {
            counter.count(&Conversation::of(row, self.wanted.style, &self.tame)).with_context(|| format!("in the row `{}`", row.id))
        };
        let tokens = count(&row)?;
        if tokens <= limit.tokens {
            part.longest = part.longest.max(tokens);
            return Ok(Some(row));
        }
        let fits = |row: &Row| Ok(count(row)? <= limit.tokens);
        let short = if self.wanted.style.context == Shown::Closed { None } else { export::shortened(&row, &fits)? };
        match &short {
            Some(short) => {
                part.shortened += 1;
                part.longest = part.longest.max(count(short)?);
            }
            None => part.refused.push(Refused { id: row.id, tokens }),
        }
        Ok(short)
    }

    fn pair(&self, row: &Row, old: &Row) -> anyhow::Result<Part> {
        let mut part = Part::default();
        let Some(row) = self.fitted(&mut part, row.clone())? else { return Ok(part) };
        let now = Conversation::of(&row, self.wanted.style, &self.tame);
        let before = Conversation::of(&self.tame.row(old.clone()).0, self.wanted.style, &self.tame);
        part.rows += 1;
        part.pieces = self.format.pieces(&Item::Pair { row: &row, now: &now, before: &before }, &self.opening);
        Ok(part)
    }

    /// A source file with the code of its chunks; of a class the head, since its methods are chunks of their own.
    fn file(&self, part: &mut Part, sources: &Sources, path: &str, chunks: &[Chunk]) {
        let code = |chunk: &Chunk| {
            let end = if chunk.kind == ChunkKind::Class { chunk.lines.start + chunk.head.max(1) - 1 } else { chunk.lines.end };
            sources.code(path, chunk.lines.start, end.min(chunk.lines.end))
        };
        let shown = chunks.iter().filter(|chunk| !chunk.withheld && !chunk.name.is_empty());
        let coded: Vec<(Chunk, String)> =
            shown.filter_map(|chunk| Some((chunk.clone(), self.tame.text(&code(chunk)?).into_owned()))).collect();
        part.pieces = self.format.pieces(&Item::File { path, chunks: &coded }, &self.opening);
    }
}
