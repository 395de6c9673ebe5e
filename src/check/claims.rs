//! Every claim is proved by the evidence that it cites: by one piece, or by two where it speaks
//! of two chunks.

use super::{Bench, Place, Rule, is_judged};
use crate::model::{Claim, Evidence, Row};
use crate::parse::{self, Beside, Proof, Prover};

pub(super) static RULE: Rule = Rule { name: "claims", judge };

/// So many lines behind a definition are looked at for the next one with code.
const LOOK_AHEAD: u32 = 200;

fn judge(row: &Row, bench: &Bench) -> Result<(), String> {
    for claim in row.claims.iter().filter(|claim| !is_judged(claim)) {
        if proved(row, claim, bench).is_none() {
            return Err(format!("{} is not proved by {}", claim.predicate, claim.cites.join(", ")));
        }
    }
    Ok(())
}

/// The lines of the cited evidence that prove a claim.
pub(super) fn proved(row: &Row, claim: &Claim, bench: &Bench) -> Option<Vec<Place>> {
    let sort = parse::sort_of(&claim.predicate)?;
    let about = |at: usize| {
        let chunk = claim.predicate.args.get(at).map(String::as_str).unwrap_or_default();
        row.evidence.iter().filter(move |evidence| claim.cites.contains(&evidence.id) && evidence.chunk_id.as_str() == chunk)
    };
    let ask = |evidence: &Evidence, beside: Beside| {
        bench.with_prover(evidence, |prover| prover.is_of(&evidence.symbol).then(|| prover.proof(&claim.predicate, beside)).flatten())?
    };
    about(0).find_map(|first| {
        if sort.chunks == 1 {
            let next = if sort.whole { next_line(first, bench) } else { None };
            let beside = if sort.whole { Beside::Rest(next.as_deref()) } else { Beside::Nothing };
            return Some(places(&[first], &ask(first, beside)?));
        }
        about(1).find_map(|second| {
            let with = |other: &Prover| other.is_of(&second.symbol).then(|| ask(first, Beside::Other(other))).flatten();
            Some(places(&[first, second], &bench.with_prover(second, with)??))
        })
    })
}

fn places(evidence: &[&Evidence], proof: &Proof) -> Vec<Place> {
    let line = |(evidence, line): (&&Evidence, &u32)| Place { evidence: evidence.id.clone(), line: evidence.start_line + line };
    evidence.iter().zip(&proof.lines).map(line).collect()
}

/// The next line of code behind a piece of evidence; None at the end of the file.
fn next_line(evidence: &Evidence, bench: &Bench) -> Option<String> {
    let lines = evidence.end_line + 1..=evidence.end_line.saturating_add(LOOK_AHEAD);
    let mut lines = lines.map_while(|line| (bench.code)(&evidence.path, line, line));
    lines.find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}
