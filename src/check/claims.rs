//! Every claim is proved by a piece of evidence that it cites.

use super::{Bench, Rule};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "claims", judge };

fn judge(row: &Row, bench: &Bench) -> Result<(), String> {
    for claim in &row.claims {
        let about = claim.predicate.args.first().map(String::as_str).unwrap_or_default();
        let cited = row.evidence.iter().filter(|evidence| claim.cites.contains(&evidence.id));
        let mut about_it = cited.filter(|evidence| evidence.chunk_id.as_str() == about);
        if !about_it.any(|evidence| bench.proves(evidence, &claim.predicate)) {
            return Err(format!("{} is not proved by {}", claim.predicate, claim.cites.join(", ")));
        }
    }
    Ok(())
}
