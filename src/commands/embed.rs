//! Vectors for the second view of a search: of every chunk that has none yet, and of a question.
//!
//! Only the server that the person named is asked. What holds a secret is not sent, and what is on record is not asked
//! for again. Without a server, without vectors, or when the server is silent, words alone decide.

use anyhow::Context;
use serde::Serialize;

use crate::commands::atlas::{ChunkRecord, content_key};
use crate::commands::query::Places;
use crate::commands::sources::Sources;
use crate::commands::vectors::{Direction, Vectors};
use crate::commands::workspace::Workspace;
use crate::commands::{Progress, checkout};
use crate::generate::llm::{Embedder, Embedding};
use crate::git::Oid;
use crate::model::{Chunk, ChunkKind, Hash64, key};

/// Texts in one request.
const BATCH: usize = 16;
/// Models for vectors read no further than about here.
const LONGEST: usize = 6_000;

/// What came of making vectors.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Embedded {
    pub source_commit: String,
    pub model: String,
    pub chunks: usize,
    /// Vectors that were there.
    pub known: usize,
    /// Vectors that were made, or would be.
    pub made: usize,
    /// Chunks that hold a secret.
    pub withheld: usize,
    pub requests: usize,
    /// Of the texts that were sent, or would be.
    pub bytes: usize,
}

/// Asks for the vectors that are not there; with `dry` only says how many.
pub(crate) fn run(workspace: &Workspace, dry: bool, progress: &Progress) -> anyhow::Result<Embedded> {
    let settings = workspace.embedding.as_ref().context(
        "nobody is named who turns texts into vectors\nmend: set TRAINSET_EMBED_MODEL and TRAINSET_EMBED_URL, or `git config --global trainset.embedModel NAME`, and `trainset.embedUrl`",
    )?;
    let index = checkout::fresh(workspace, None)?.context("there is no index yet\nmend: git trainset update")?;
    let folder = workspace.repository.private_dir();
    let mut vectors = if dry { Vectors::open(&folder, &settings.model)? } else { Vectors::lock(&folder, &settings.model)? };
    let mut done = Embedded { source_commit: index.mirror().source_commit.clone(), model: settings.model.clone(), ..Embedded::default() };
    let lookup = index.lookup();
    let mut wanted: Vec<(Chunk, Hash64)> = Vec::new();
    lookup.each_chunk(|bytes| {
        let chunk = ChunkRecord::read(bytes)?.chunk;
        let content = content_key(&chunk);
        done.chunks += 1;
        match () {
            () if chunk.withheld => done.withheld += 1,
            () if vectors.has(content) => done.known += 1,
            () => wanted.push((chunk, content)),
        }
        Ok(())
    })?;
    // In the order of ids, so that a file is read once.
    wanted.sort_by(|left, right| left.0.id.cmp(&right.0.id));
    let tree = Oid::parse(&index.mirror().source_tree)?;
    let sources = Sources::new(workspace.repository.handle(), tree, &workspace.secrets);
    let mut places = Places::default();
    let mut texts: Vec<(Hash64, String)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (chunk, content) in &wanted {
        let Some(lines) = places.lines(&lookup, &chunk.path, &chunk.id)? else { continue };
        let last = match chunk.kind {
            ChunkKind::Module => continue,
            ChunkKind::Class => (lines.start + chunk.head).saturating_sub(1),
            _ => lines.end,
        };
        if let Some(code) = sources.code(&chunk.path, lines.start, last).filter(|_| seen.insert(*content)) {
            texts.push((*content, cut(&format!("{}\n{code}", chunk.symbol)).to_owned()));
        }
    }
    done.made = texts.len();
    done.requests = texts.len().div_ceil(BATCH);
    done.bytes = texts.iter().map(|(_, text)| text.len()).sum();
    if !dry && !texts.is_empty() {
        let embedder = Embedder::new(settings)?;
        for (at, batch) in texts.chunks(BATCH).enumerate() {
            progress("asking for vectors", at, done.requests);
            let (keys, texts): (Vec<Hash64>, Vec<String>) = batch.iter().cloned().unzip();
            let made = embedder.vectors(&texts).context("while asking for vectors; those that came are kept")?;
            vectors.keep(&keys, &made)?;
        }
    }
    Ok(done)
}

/// The second view for one question.
#[derive(Default)]
pub(crate) struct Second {
    pub(crate) model: String,
    /// Why there is none.
    pub(crate) note: String,
    view: Option<(Vectors, Direction)>,
}

impl Second {
    /// How well what a chunk says fits, by its hash.
    pub(crate) fn fit(&self) -> Option<Box<dyn Fn(u64) -> Option<f32> + '_>> {
        let (vectors, direction) = self.view.as_ref()?;
        Some(Box::new(move |content| vectors.cosine(content, direction)))
    }
}

/// The second view that the person wants, if there is one.
pub(crate) fn second(workspace: &Workspace, question: &str) -> Second {
    let (Some(settings), false) = (&workspace.embedding, question.trim().is_empty()) else { return Second::default() };
    let model = settings.model.clone();
    match view(workspace, settings, question) {
        Ok(view) => {
            let note = if view.is_some() { String::new() } else { format!("no vectors of `{model}` yet\nmend: git trainset embed") };
            Second { model, note, view }
        }
        Err(error) => Second { model, note: format!("words alone decided: {error:#}"), view: None },
    }
}

fn view(workspace: &Workspace, settings: &Embedding, question: &str) -> anyhow::Result<Option<(Vectors, Direction)>> {
    let folder = workspace.repository.private_dir();
    let vectors = Vectors::open(&folder, &settings.model)?;
    if vectors.is_empty() {
        return Ok(None);
    }
    let (shown, _) = workspace.secrets.redact("", question.trim());
    let text = cut(&shown).to_owned();
    let asked = key("question", &text);
    if let Some(direction) = vectors.direction(asked) {
        return Ok(Some((vectors, direction)));
    }
    let made = Embedder::of_question(settings)?.vectors(&[text])?;
    let mut vectors = Vectors::lock(&folder, &settings.model)?;
    vectors.keep(&[asked], &made)?;
    let direction = vectors.direction(asked);
    Ok(direction.map(|direction| (vectors, direction)))
}

/// The head of a text, never cut within a letter.
fn cut(text: &str) -> &str {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
