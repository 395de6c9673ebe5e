//! Answers that the code outgrew, from the history of the branch: each was proved once, and one of its claims is refuted
//! by the code of today.

use std::collections::{BTreeMap, HashSet};

use crate::check::{self, Gate, Provers};
use crate::commands::sources::Sources;
use crate::git::{Oid, Repository};
use crate::model::{Row, key};
use crate::store;

/// Calls `each` with the rows of today and an answer of before to the same question, the newest first.
pub(super) fn each(
    repository: &Repository,
    commit: Oid,
    sources: &Sources,
    mut wanted: impl FnMut(&Row) -> bool,
    mut each: impl FnMut(&Row, &Row) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(tip) = repository.commit_at(commit)? else { return Ok(()) };
    let provers = Provers::default();
    let mut seen = HashSet::new();
    let mut now: BTreeMap<String, BTreeMap<String, Row>> = BTreeMap::new();
    let mut newer = tip.clone();
    while let Some(older) = repository.parents(newer.commit)?.first().copied() {
        let Some(older) = repository.commit_at(older)? else { break };
        for change in repository.tree_changes(older.tree, newer.tree)? {
            let Ok(shard) = String::from_utf8(change.path) else { continue };
            if !shard.starts_with("qa/") && !shard.starts_with("design/") {
                continue;
            }
            let before = rows(repository, &shard, change.old)?;
            if before.is_empty() {
                continue;
            }
            // The shards of one commit are all that is held at a time.
            if !now.contains_key(&shard) {
                let today = rows(repository, &shard, repository.file(tip.tree, &shard)?)?;
                now.insert(shard.clone(), today.into_iter().map(|row| (row.id.clone(), row)).collect());
            }
            for old in &before {
                let Some(row) = now[&shard].get(&old.id).filter(|row| wanted(row)) else { continue };
                if row.question == old.question && told(row) != told(old) && seen.insert(key(&old.id, &told(old))) {
                    let gate =
                        Gate { code: &|path, start, end| sources.code(path, start, end), provers: &provers, secrets: sources.secrets() };
                    if is_outgrown(row, old, gate) {
                        each(row, old)?;
                    }
                }
            }
        }
        now.clear();
        newer = older;
    }
    Ok(())
}

fn rows(repository: &Repository, shard: &str, blob: Option<Oid>) -> anyhow::Result<Vec<Row>> {
    let bytes = match blob {
        Some(blob) => repository.blob(blob)?.unwrap_or_default(),
        None => Vec::new(),
    };
    // Rows of an older schema are no rows.
    Ok(store::read_rows(shard, &bytes).unwrap_or_default())
}

/// All that a row answers.
fn told(row: &Row) -> String {
    row.told().skip(1).collect::<Vec<_>>().join("\n")
}

/// Does the code that the row cites today refute a claim of the old one? A claim about code that is not cited any more
/// may be as true as ever.
fn is_outgrown(row: &Row, old: &Row, gate: Gate) -> bool {
    let mut claims = old.claims.clone();
    claims.retain_mut(|claim| {
        let chunks: Option<Vec<String>> = claim
            .cites
            .iter()
            .map(|cite| {
                let chunk = &old.evidence.iter().find(|piece| piece.id == *cite)?.chunk_id;
                row.evidence.iter().find(|piece| piece.chunk_id == *chunk).map(|piece| piece.id.clone())
            })
            .collect();
        claim.cites = chunks.unwrap_or_default();
        !claim.cites.is_empty() && !claim.predicate.name.is_empty()
    });
    let held = Row { claims, evidence: row.evidence.clone(), ..Row::default() };
    check::proofs(&held, gate).iter().any(Option::is_none)
}
