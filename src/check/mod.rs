//! The gate: nothing unproved gets through.
//!
//! One file a rule, one line in [`RULES`]. A rule looks at one row and the code it cites and
//! knows nothing of how the row was made. `update` puts every draft through, `verify` every row
//! at the branch's tip.

mod answered;
mod claims;
mod design;
mod evidence;
mod identifiers;
mod language;
mod near;
mod overlap;
mod plain;
mod provers;
mod published;
mod quotes;
mod schema;
mod secrets;
mod size;
mod trace;
mod trial;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{ChunkId, Claim, Draft, Evidence, Predicate, Row, Sample, is_of_person};
use crate::parse::{self, Prover};

pub(crate) use answered::{Fault, faults};
pub(crate) use provers::Provers;
pub use trial::{Exhibit, holds, predicates};

pub use near::Print;
pub(crate) use near::{Likeness, Relation, likeness, near_copies, near_sayings, settle};
pub(crate) use overlap::near_designs;
pub use published::{Published, ShownCode};
pub(crate) use secrets::{Leak, Secrets};

/// The code of today: the bytes of lines of a file, None where there are no such lines.
pub(crate) type Code<'c> = dyn Fn(&str, u32, u32) -> Option<String> + Sync + 'c;

/// A rule of the gate.
struct Rule {
    name: &'static str,
    judge: fn(&Row, &Bench) -> Result<(), String>,
}

/// In the order of cost; the first refusal counts.
static RULES: &[&Rule] = &[
    &schema::RULE,
    &size::RULE,
    &trace::RULE,
    &plain::RULE,
    &language::RULE,
    &secrets::RULE,
    &evidence::RULE,
    &identifiers::RULE,
    &quotes::RULE,
    &design::RULE,
    &claims::RULE,
];

/// Why a draft was refused, or a row of the dataset is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Reject {
    pub id: String,
    pub rule: String,
    pub says: String,
}

/// What the gate knows besides the rows.
#[derive(Clone, Copy)]
pub(crate) struct Gate<'g> {
    pub code: &'g Code<'g>,
    pub provers: &'g Provers,
    pub secrets: &'g Secrets,
}

/// What the rules may look at besides the row.
struct Bench<'b> {
    code: &'b Code<'b>,
    provers: &'b Provers,
    secrets: &'b Secrets,
    /// The evidence of the batch, parsed when the first claim asks for it.
    cited: HashMap<&'b ChunkId, (&'b Evidence, OnceCell<Arc<Prover>>)>,
}

impl<'b> Bench<'b> {
    fn new(gate: Gate<'b>, cited: impl Iterator<Item = &'b Evidence>) -> Self {
        let cited = cited.map(|evidence| (&evidence.chunk_id, (evidence, OnceCell::new()))).collect();
        Self { code: gate.code, provers: gate.provers, secrets: gate.secrets, cited }
    }

    /// Asks the evidence, parsed by itself; None where its language is not read.
    fn with_prover<T>(&self, evidence: &Evidence, ask: impl FnOnce(&Prover) -> T) -> Option<T> {
        let language = parse::by_path(&evidence.path)?;
        let cited = self.cited.get(&evidence.chunk_id).filter(|(shown, _)| shown.code == evidence.code);
        Some(match cited {
            Some((_, prover)) => ask(prover.get_or_init(|| self.provers.of(language, evidence))),
            None => ask(&Prover::new(language, &evidence.code)),
        })
    }
}

/// A line that proves a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    /// The id of the piece of evidence.
    pub evidence: String,
    pub line: u32,
}

/// For each claim of a row the lines that prove it; None where it is not proved.
pub(crate) fn proofs(row: &Row, gate: Gate) -> Vec<Option<Vec<Place>>> {
    let bench = Bench::new(gate, std::iter::empty());
    row.claims.iter().map(|claim| claims::proved(row, claim, &bench)).collect()
}

/// Did a model write its words? The rules of style are for those: what is written by rule keeps them
/// by the way it is made.
fn written_by_a_model(row: &Row) -> bool {
    row.generator == "llm"
}

/// Was it a model that found it true, and no proof?
fn is_judged(claim: &Claim) -> bool {
    claim.verdict == "judged" && claim.predicate == Predicate::default()
}

/// Did a model or a person write its words, or what it starts from? Nobody knows what is in them.
fn written_freely(row: &Row) -> bool {
    written_by_a_model(row) || is_of_person(row) || matches!(row.source.as_str(), "history" | "file")
}

/// What a model or a person wrote of a row. The claims that are proved, and what hangs on them, are the
/// offline generator's.
fn prose(row: &Row) -> impl Iterator<Item = &str> {
    let judged = row.claims.iter().filter(|claim| is_judged(claim)).map(|claim| claim.says.as_str());
    // The reasoning beside a person's words is the offline generator's.
    let trace = row.trace.iter().filter(|_| !is_of_person(row));
    row.told().chain(judged).chain(trace.map(|step| step.says.as_str()))
}

/// Puts drafts through every rule.
pub(crate) fn judge(drafts: Vec<Draft>, gate: Gate) -> (Vec<Sample>, Vec<Reject>) {
    let verdicts: Vec<Option<Reject>> = {
        let rows: Vec<&Row> = drafts.iter().map(|Draft(row)| row).collect();
        refusals(&rows, gate)
    };
    let mut samples = Vec::new();
    let mut rejects = Vec::new();
    for (Draft(mut row), verdict) in drafts.into_iter().zip(verdicts) {
        match verdict {
            Some(reject) => rejects.push(reject),
            None => {
                row.claims.iter_mut().filter(|claim| !is_judged(claim)).for_each(|claim| claim.verdict = "proved".to_owned());
                samples.push(Sample::proved(row));
            }
        }
    }
    (samples, rejects)
}

/// Re-proves rows of the dataset against the code of today.
pub(crate) fn verify(rows: &[&Row], gate: Gate) -> Vec<Reject> {
    refusals(rows, gate).into_iter().flatten().collect()
}

/// The first refusal of each row. Code that several rows cite is parsed once.
fn refusals(rows: &[&Row], gate: Gate) -> Vec<Option<Reject>> {
    let bench = Bench::new(gate, rows.iter().flat_map(|row| &row.evidence));
    let refusal = |row: &&Row| {
        RULES.iter().find_map(|rule| {
            let says = (rule.judge)(row, &bench).err()?;
            Some(Reject { id: row.id.clone(), rule: rule.name.to_owned(), says })
        })
    };
    rows.iter().map(refusal).collect()
}

#[cfg(test)]
mod tests {
    use super::{Bench, Gate, Provers, Secrets};
    use crate::model::{Evidence, Row};

    pub(super) type Judge = fn(&Row, &Bench) -> Result<(), String>;

    /// What a rule says of an answer that a model gave.
    pub(super) fn model_says(answer: &str, judge: Judge) -> Result<(), String> {
        model_says_in("en", answer, judge)
    }

    pub(super) fn model_says_in(lang: &str, answer: &str, judge: Judge) -> Result<(), String> {
        let code = "def take(n): raise Sold(n + 1)  # stock_left".to_owned();
        let evidence = vec![Evidence { id: "E1".into(), path: "a.py".into(), symbol: "take".into(), code, ..Evidence::default() }];
        judged(&Row { lang: lang.into(), answer: answer.into(), generator: "llm".into(), evidence, ..Row::default() }, judge)
    }

    pub(super) fn judged(row: &Row, judge: Judge) -> Result<(), String> {
        let gate = Gate { code: &|_, _, _| None, provers: &Provers::default(), secrets: &Secrets::default() };
        judge(row, &Bench::new(gate, std::iter::empty()))
    }
}
