//! `design`: one proposal for a requirement, on the code that the index finds for it. Nothing is written.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::Value;

use crate::check::{self, Gate, Provers};
use crate::commands::atlas::{Atlas, Overlay, Whole, sort};
use crate::commands::checkout;
use crate::commands::sources::Sources;
use crate::commands::workspace::Workspace;
use crate::facts;
use crate::generate::design::proposal::{self, Fit};
use crate::git::Oid;
use crate::index::{Query, What};
use crate::model::{Chunk, ChunkId, ChunkKind, Row};

/// So many places are looked at, the best first.
const LOOKED_AT: usize = 12;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Proposal {
    /// The source commit that the index mirrors.
    pub source_commit: String,
    pub row: Row,
    /// Where the code stands that it names.
    #[serde(skip)]
    pub places: HashMap<ChunkId, (String, u32)>,
}

/// The requirements of a file: the lines of a `.jsonl`, each a text or an object that has one under `requirement`; else
/// the sections of a Markdown file, or all of it where it has no headings.
pub(crate) fn requirements(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read `{}`", path.display()))?;
    let all: Vec<String> = if path.extension().is_some_and(|extension| extension == "jsonl") {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let stated = |(number, line): (usize, &str)| {
            let value: Value = serde_json::from_str(line).ok()?;
            let stated = value.as_str().or(value["requirement"].as_str()).map(str::to_owned);
            Some((number, stated?))
        };
        let count = lines.clone().count();
        let found: Vec<String> = lines.filter_map(stated).map(|(_, text)| text).collect();
        if found.len() < count {
            bail!("a line of `{}` states no requirement\nmend: write each as {{\"requirement\": \"…\"}}", path.display());
        }
        found
    } else {
        sections(&text)
    };
    if all.is_empty() {
        bail!("`{}` states no requirement", path.display());
    }
    Ok(all)
}

/// The sections of a Markdown text, each with its heading; what stands before the first is one, too.
fn sections(text: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    for line in text.lines() {
        match line.trim_start_matches('#') {
            heading if heading.len() < line.len() && heading.starts_with(' ') => out.push(format!("{}\n\n", heading.trim())),
            "" if out.last().is_some_and(|section| section.ends_with("\n\n")) => (),
            _ => out.last_mut().into_iter().for_each(|section| *section = format!("{section}{line}\n")),
        }
    }
    out.into_iter().map(|section| section.trim().to_owned()).filter(|section| !section.is_empty()).collect()
}

pub(crate) fn run(workspace: &Workspace, requirement: &str) -> anyhow::Result<Proposal> {
    if requirement.trim().is_empty() {
        bail!("there is no requirement\nmend: give it as words, or `-` and a text on standard input");
    }
    let index = checkout::fresh(workspace, None)?.context("there is no index yet\nmend: git trainset update")?;
    let lookup = index.lookup();
    let sorts = vec![[ChunkKind::Function, ChunkKind::Method, ChunkKind::Class].map(|kind| sort(kind.name())).to_vec()];
    let hits = lookup.search(&Query { text: requirement, limit: LOOKED_AT, what: What::Chunks, sorts: &sorts, ..Query::default() })?;
    let atlas = Atlas::Overlay(Box::new(Overlay::new(lookup, HashSet::new(), Whole::default())));
    let scope = workspace.settings.scope()?;
    let is_of_use = |chunk: &Arc<Chunk>| facts::evidence_lines(chunk).is_some() && !chunk.is_nested() && !scope.is_test(&chunk.path);
    let fits = hits.into_iter().filter_map(|hit| Some(Fit { chunk: atlas.chunk(&ChunkId::stored(hit.id))?, terms: hit.terms }));
    let mut fits: Vec<Fit> = fits.filter(|fit| is_of_use(&fit.chunk)).collect();
    // Behaviour is added where something is done; a class alone, such as an error, is a last resort.
    fits.sort_by_key(|fit| fit.chunk.kind == ChunkKind::Class);
    let sources = Sources::new(workspace.repository.handle(), Oid::parse(&index.mirror().source_tree)?, &workspace.secrets);
    let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
    // The index compares stems and looks at messages, too; what a proposal says of code stands in that code.
    for Fit { chunk, terms } in &mut fits {
        let text = code(&chunk.path, chunk.lines.start, chunk.lines.end).unwrap_or_default().to_lowercase();
        terms.retain(|term| text.contains(&term.to_lowercase()));
    }
    // For a person's eyes the splits do not count.
    let borders = facts::Borders { split: &|_| "train", is_test: &|path| scope.is_test(path) };
    let mut refused = Vec::new();
    for at in 0..fits.len() {
        let mut order = fits.clone();
        order[..=at].rotate_right(1);
        let view = atlas.world(|world| facts::view(world, &order[0].chunk, borders)).0;
        let Some(draft) = proposal::draft(requirement, &order, &view, &code) else { continue };
        let gate = Gate { code: &code, provers: &Provers::default(), secrets: sources.secrets() };
        let (samples, rejects) = check::judge(vec![draft], gate);
        refused.extend(rejects);
        if let Some(sample) = samples.into_iter().next() {
            let row = sample.into_row();
            let places = row.evidence.iter().map(|shown| (shown.chunk_id.clone(), (shown.path.clone(), shown.start_line))).collect();
            return Ok(Proposal { source_commit: index.mirror().source_commit.clone(), row, places });
        }
    }
    match refused.first() {
        Some(reject) => {
            bail!("no proposal holds\nbecause: {} ({})\nmend: word the requirement with the names of the code", reject.says, reject.rule)
        }
        None => bail!("no code fits these words\nmend: word the requirement with the names of the code, or look with `git trainset query`"),
    }
}

#[cfg(test)]
mod tests {
    use super::sections;

    #[test]
    fn a_section_is_a_requirement() {
        assert_eq!(sections("One thing.\nMore.\n"), ["One thing.\nMore."]);
        assert_eq!(sections("# Hold orders\n\nOn call.\n## Return lines\n#tag\n"), ["Hold orders\n\nOn call.", "Return lines\n\n#tag"]);
    }
}
