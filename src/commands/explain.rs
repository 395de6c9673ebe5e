//! `explain`: a sample with each of its claims, proved now, and the very lines that prove it.

use anyhow::{Context, bail};
use serde::Serialize;

use crate::check::{self, Gate, Reject};
use crate::commands::show::{self, Shown};
use crate::commands::sources::Sources;
use crate::commands::workspace::Workspace;
use crate::git::Oid;
use crate::model::{Claim, Evidence, Predicate, Row};
use crate::parse;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Explained {
    /// The source that the claims were held against.
    pub source_commit: String,
    /// Does a file that it rests on not parse today? Then the sample is not active.
    pub held: bool,
    pub claims: Vec<Explanation>,
    /// What the gate says against the sample as a whole.
    pub wrong: Option<Reject>,
    pub sample: Row,
}

/// A claim, and how its proof went.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Explanation {
    pub says: String,
    pub predicate: Predicate,
    /// The predicate in words.
    pub means: String,
    /// proved or refuted, as of now.
    pub verdict: &'static str,
    /// The evidence that it was held against.
    pub against: Vec<Against>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Against {
    pub evidence: String,
    pub path: String,
    pub start_line: u32,
    pub end_line: u32,
    /// The line that proves the claim; 0 where none does.
    pub line: u32,
    pub code: String,
}

/// Proves the claims of the sample with this id again.
pub(crate) fn run(workspace: &Workspace, id: &str) -> anyhow::Result<Explained> {
    let dataset = workspace.dataset()?.context("there is no dataset yet\nmend: git trainset update")?;
    let manifest = dataset.manifest.context("the dataset has another schema\nmend: git trainset update")?;
    let row = match show::run(workspace, id, "explain")? {
        Shown::Sample(row) => *row,
        Shown::Chunk(_) => bail!("`{id}` is a chunk of code, and only a sample makes claims\nmend: git trainset show '{id}'"),
    };
    let sources = Sources::new(workspace.repository.handle(), Oid::parse(&manifest.source.tree)?, &workspace.secrets);
    let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
    let gate = Gate { code: &code, provers: &check::Provers::default(), secrets: sources.secrets() };
    let proofs = check::proofs(&row, gate);
    let claims = row.claims.iter().zip(proofs).map(|(claim, places)| explanation(&row, claim, places)).collect();
    Ok(Explained {
        source_commit: manifest.source.commit.clone(),
        held: row.evidence.iter().any(|evidence| manifest.held.contains(&evidence.path)),
        wrong: check::verify(&[&row], gate).pop(),
        claims,
        sample: row,
    })
}

fn explanation(row: &Row, claim: &Claim, places: Option<Vec<check::Place>>) -> Explanation {
    let about = claim.predicate.args.first().map(String::as_str).unwrap_or_default();
    let subject = row.evidence.iter().find(|evidence| evidence.chunk_id.as_str() == about);
    let subject = subject.map(|evidence| evidence.symbol.as_str()).unwrap_or(about);
    let verdict = if places.is_some() { "proved" } else { "refuted" };
    let cited = row.evidence.iter().filter(|evidence| claim.cites.contains(&evidence.id));
    let against = match places {
        Some(places) => places.iter().filter_map(|place| against(row, place)).collect(),
        None => cited.map(|evidence| held_against(evidence, 0)).collect(),
    };
    let means = format!("`{subject}` {}", parse::in_words(&claim.predicate));
    Explanation { says: claim.says.clone(), predicate: claim.predicate.clone(), means, verdict, against }
}

fn against(row: &Row, place: &check::Place) -> Option<Against> {
    let evidence = row.evidence.iter().find(|evidence| evidence.id == place.evidence)?;
    Some(held_against(evidence, place.line))
}

fn held_against(evidence: &Evidence, line: u32) -> Against {
    let code = line.checked_sub(evidence.start_line).and_then(|at| evidence.code.lines().nth(at as usize));
    Against {
        evidence: evidence.id.clone(),
        path: evidence.path.clone(),
        start_line: evidence.start_line,
        end_line: evidence.end_line,
        line,
        code: code.unwrap_or_default().trim().to_owned(),
    }
}
