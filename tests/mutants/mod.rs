//! What the proof itself is worth: code altered at the place that a claim speaks of, where the
//! claim must be refuted.
//!
//! Knows nothing of how claims are proved: it has a syntax tree of its own and looks the place up
//! by the words of the claim. No mutant is equivalent by construction: it alters every place of
//! the code that the claim may mean, never one of two.

mod alter;
mod calls;
mod guards;
mod head;
mod place;
mod tree;

use std::collections::BTreeMap;
use std::fmt::Write;

use git_trainset::{Exhibit, holds};

/// A claim and the code that it cites.
#[derive(Clone)]
pub(crate) struct Trial {
    pub(crate) predicate: String,
    /// With the ids of the chunks in front.
    pub(crate) args: Vec<String>,
    pub(crate) exhibits: Vec<Exhibit>,
}

/// The code, altered in a way that makes the claim false.
pub(crate) struct Mutant {
    pub(crate) how: &'static str,
    pub(crate) exhibits: Vec<Exhibit>,
}

impl Trial {
    pub(crate) fn holds(&self) -> bool {
        holds(&self.exhibits, &self.predicate, &self.args)
    }

    /// The claims of a row of the dataset. `file` gives the text of a source file.
    pub(crate) fn of_row(row: &serde_json::Value, file: impl Fn(&str) -> String) -> Vec<Self> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
        let exhibit = |evidence: &serde_json::Value| Exhibit {
            chunk_id: text(&evidence["chunk_id"]),
            path: text(&evidence["path"]),
            symbol: text(&evidence["symbol"]),
            code: text(&evidence["code"]),
            rest: {
                let end = evidence["end_line"].as_u64().unwrap_or_default() as usize;
                file(&text(&evidence["path"])).lines().skip(end).take(200).collect::<Vec<_>>().join("\n")
            },
        };
        let all: Vec<Exhibit> = list(&row["evidence"]).iter().map(exhibit).collect();
        let claim = |claim: &serde_json::Value| {
            let args: Vec<String> = list(&claim["predicate"]["args"]).iter().map(text).collect();
            // The pieces that the claim speaks of come first among its arguments.
            let named = args.iter().map_while(|arg| all.iter().find(|exhibit| exhibit.chunk_id == *arg));
            let exhibits: Vec<Exhibit> = named.cloned().collect();
            Self { predicate: text(&claim["predicate"]["name"]), args, exhibits }
        };
        list(&row["claims"]).iter().map(claim).collect()
    }

    /// The arguments behind the chunks.
    fn told(&self) -> Vec<&str> {
        self.args.iter().skip(self.exhibits.len()).map(String::as_str).collect()
    }
}

/// Every mutant of a claim.
pub(crate) fn mutants(trial: &Trial) -> Vec<Mutant> {
    alter::alter(trial)
}

/// Kills by predicate.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<String, Count>,
}

#[derive(Default)]
pub(crate) struct Count {
    pub(crate) claims: usize,
    /// Claims of which no mutant could be made.
    pub(crate) without: usize,
    pub(crate) mutants: usize,
    pub(crate) killed: usize,
    /// How each mutant that lived was altered, and of which claim.
    pub(crate) alive: Vec<String>,
}

impl Table {
    /// Puts every mutant of a claim to the proof.
    pub(crate) fn try_out(&mut self, trial: &Trial) {
        let count = self.rows.entry(trial.predicate.clone()).or_default();
        let mutants = mutants(trial);
        count.claims += 1;
        count.without += mutants.is_empty() as usize;
        for mutant in mutants {
            count.mutants += 1;
            if holds(&mutant.exhibits, &trial.predicate, &trial.args) {
                count.alive.push(format!("{} of {:?}\n{}", mutant.how, trial.args, mutant.exhibits[0].code));
            } else {
                count.killed += 1;
            }
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = (&str, &Count)> {
        self.rows.iter().map(|(name, count)| (name.as_str(), count))
    }

    pub(crate) fn words(&self) -> String {
        let mut out = format!("{:<16}{:>8}{:>9}{:>9}{:>9}\n", "predicate", "claims", "mutants", "killed", "rate");
        for (name, count) in &self.rows {
            let rate = 100.0 * count.killed as f64 / count.mutants.max(1) as f64;
            let without = if count.without > 0 { format!("   {} claims without a mutant", count.without) } else { String::new() };
            let Count { claims, mutants, killed, .. } = count;
            writeln!(out, "{name:<16}{claims:>8}{mutants:>9}{killed:>9}{rate:>8.1}%{without}").unwrap_or_default();
        }
        out
    }
}
