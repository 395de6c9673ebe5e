//! What tells a fresh sample from a stale one.

use serde::Serialize;
use serde_json::{Value, json};

use crate::facts::evidence_lines;
use crate::model::{Brief, Claim, Draft, Fingerprints, Followup, Row, TraceStep, fingerprint};

/// A hash of the subject's syntax and documentation, of the lines by which it is shown, and of every word of the offline
/// draft. Whatever an answer takes from elsewhere is part of that.
pub(super) fn fingerprint_of(brief: &Brief) -> String {
    // A class is shown whole or by its head, and what its head does not show is not told.
    let whole = evidence_lines(&brief.subject).is_some_and(|lines| lines == brief.subject.lines);
    fingerprint(&state(brief, whole))
}

/// The objects in here have their keys in the order of the alphabet, whatever it is in the rows.
fn state(brief: &Brief, whole: bool) -> Vec<u8> {
    let Fingerprints { shape, signature, doc, .. } = &brief.subject.fingerprints;
    let Draft(Row { id, recipe, split, domain, question, answer, difficulty, .. }) = &*brief.draft;
    let Draft(row) = &*brief.draft;
    let followups: Vec<Turn> = row.followups.iter().map(|Followup { question, answer }| Turn { answer, question }).collect();
    let trace: Vec<Step> = row.trace.iter().map(|TraceStep { step, op, says, cites }| Step { cites, op, says, step: *step }).collect();
    let claims: Vec<Stated> = row.claims.iter().map(Stated::of).collect();
    let cited: Vec<(&str, &str)> = row.evidence.iter().map(|evidence| (evidence.chunk_id.as_str(), evidence.role.as_str())).collect();
    let design: Option<Value> = row.design.as_ref().map(|design| json!(design));
    let bytes = match design {
        None => {
            let said = (question, answer, followups, trace, claims, difficulty, cited);
            serde_json::to_vec(&(id, recipe, split, domain, whole, shape, signature, doc, said))
        }
        Some(design) => {
            let said = (question, answer, followups, trace, claims, difficulty, cited, design);
            serde_json::to_vec(&(id, recipe, split, domain, whole, shape, signature, doc, said))
        }
    };
    bytes.expect("texts, numbers and lists of them have a form in JSON")
}

#[derive(Serialize)]
struct Turn<'r> {
    answer: &'r str,
    question: &'r str,
}

#[derive(Serialize)]
struct Step<'r> {
    cites: &'r [String],
    op: &'r str,
    says: &'r str,
    step: u32,
}

#[derive(Serialize)]
struct Stated<'r> {
    cites: &'r [String],
    predicate: Asked<'r>,
    says: &'r str,
    verdict: &'r str,
}

#[derive(Serialize)]
struct Asked<'r> {
    args: &'r [String],
    name: &'r str,
}

impl<'r> Stated<'r> {
    fn of(claim: &'r Claim) -> Self {
        let Claim { says, predicate, cites, verdict } = claim;
        Self { cites, predicate: Asked { args: &predicate.args, name: &predicate.name }, says, verdict }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::state;
    use crate::model::{Brief, Claim, Design, Draft, Followup, Predicate, Row, Slot, TraceStep};

    #[track_caller]
    fn check(row: Row) {
        let mut said = json!([row.question, row.answer, row.followups, row.trace, row.claims, row.difficulty, []]);
        if let (Some(design), Some(list)) = (&row.design, said.as_array_mut()) {
            list.push(json!(design));
        }
        let want = json!([row.id, row.recipe, row.split, row.domain, true, "", "", "", said]);
        let slot = Slot { task: String::new(), subject: Default::default(), kind: String::new(), lang: String::new() };
        let brief = Brief {
            slot,
            split: String::new(),
            domain: String::new(),
            subject: Default::default(),
            neighbours: Vec::new(),
            more: false,
            asides: Vec::new(),
            namesakes: 0,
            evidence: Vec::new(),
            turns: Vec::new(),
            turn: false,
            draft: Box::new(Draft(row)),
            fingerprint: String::new(),
            recipe: String::new(),
            pinned: None,
        };
        let state = state(&brief, true);
        assert_eq!(String::from_utf8(state.clone()).unwrap(), want.to_string());
        assert_eq!(serde_json::from_slice::<Value>(&state).unwrap(), want);
    }

    /// Fingerprints that stand on branches were taken of a JSON value.
    #[test]
    fn the_state_is_that_of_a_value() {
        let cites = || vec!["E1".to_owned()];
        let row = Row {
            question: "Why \"so\"?\n".into(),
            answer: "因为".into(),
            followups: vec![Followup { question: "And?".into(), answer: "No.".into() }],
            trace: vec![TraceStep { step: 1, op: "read".into(), says: "It reads.".into(), cites: cites() }],
            claims: vec![Claim {
                says: "f".into(),
                predicate: Predicate::new("calls", ["f", "g"]),
                cites: cites(),
                verdict: String::new(),
            }],
            ..Row::default()
        };
        check(Row { design: Some(Box::new(Design { overview: "Build it.".into(), ..Design::default() })), ..row.clone() });
        check(row);
    }
}
