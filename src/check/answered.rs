//! An answer that a model gave to a person: held to what rows are held to, as far as it says anything.

use serde::Serialize;

use super::{Bench, Gate, Rule, claims, evidence, identifiers, language, plain, quotes, secrets, trace};
use crate::model::Row;

/// The rules that speak of what an answer says. Size, schema and the sections of a design are matters of the dataset.
static RULES: &[&Rule] =
    &[&trace::RULE, &plain::RULE, &language::RULE, &secrets::RULE, &evidence::RULE, &identifiers::RULE, &quotes::OF_ANSWERS];

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    pub rule: &'static str,
    pub says: String,
}

/// All that is wrong; nothing where every statement of it is proved.
pub(crate) fn faults(row: &Row, gate: Gate) -> Vec<Fault> {
    let bench = Bench::new(gate, row.evidence.iter());
    let mut out: Vec<Fault> =
        RULES.iter().filter_map(|rule| Some(Fault { rule: rule.name, says: (rule.judge)(row, &bench).err()? })).collect();
    if row.claims.is_empty() {
        out.push(Fault { rule: "claims", says: "it states nothing that could be proved".to_owned() });
    }
    for claim in &row.claims {
        let unknown: Vec<&str> =
            claim.cites.iter().map(String::as_str).filter(|cite| row.evidence.iter().all(|piece| piece.id != **cite)).collect();
        if !unknown.is_empty() {
            out.push(Fault { rule: "citations", says: format!("{} cites {}, which is not there", claim.predicate, unknown.join(", ")) });
        } else if claims::proved(row, claim, &bench).is_none() {
            let cites = if claim.cites.is_empty() { "nothing".to_owned() } else { claim.cites.join(", ") };
            out.push(Fault { rule: "claims", says: format!("{} is not proved by {cites}", claim.predicate) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::faults;
    use crate::check::{Gate, Provers, Secrets};
    use crate::model::{ChunkId, Claim, Evidence, Predicate, Row, TraceStep};

    const CODE: &str = "def take(stock):\n    if stock < 1:\n        raise Sold(stock)\n    return stock - 1";

    /// The rules against an answer about [`CODE`].
    fn said(answer: &str, error: &str, cite: &str) -> Vec<&'static str> {
        let piece = Evidence {
            id: "E1".into(),
            chunk_id: ChunkId::new("a.py", "take"),
            path: "a.py".into(),
            symbol: "take".into(),
            start_line: 1,
            end_line: 4,
            role: "subject".into(),
            code: CODE.into(),
        };
        let row = Row {
            lang: "en".into(),
            generator: "llm".into(),
            answer: answer.into(),
            trace: vec![TraceStep { step: 1, op: "read".into(), says: "Read `take`.".into(), cites: vec!["E1".into()] }],
            claims: vec![Claim {
                predicate: Predicate::new("raises", ["a.py::take", error, "stock < 1"]),
                cites: vec![cite.into()],
                ..Claim::default()
            }],
            evidence: vec![piece],
            ..Row::default()
        };
        let code = |_: &str, start: u32, end: u32| {
            let lines: Vec<&str> = CODE.lines().skip(start as usize - 1).take((end + 1 - start) as usize).collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        };
        let gate = Gate { code: &code, provers: &Provers::default(), secrets: &Secrets::default() };
        let mut rules: Vec<&str> = faults(&row, gate).into_iter().map(|fault| fault.rule).collect();
        rules.dedup();
        rules
    }

    #[test]
    fn what_is_true_passes_and_each_lie_is_named() {
        assert_eq!(said("It raises `Sold` when `stock < 1`.", "Sold", "E1"), [""; 0]);
        assert_eq!(said("It raises `Sold`.", "Gone", "E1"), ["claims"]);
        assert_eq!(said("It raises `Sold`.", "Sold", "E9"), ["citations"]);
        assert_eq!(said("It raises `Gone`.", "Sold", "E1"), ["identifiers", "quotes"]);
        assert_eq!(said("It raises `stock > 1`.", "Sold", "E1"), ["quotes"]);
        assert_eq!(said("See <b>this</b>.", "Sold", "E1"), ["markup"]);
    }
}
