//! The offline generator: rules in, sentences out.

use crate::generate::kinds::Kind;
use crate::generate::meaning;
use crate::generate::tongue::{Tongue, set_chinese};
use crate::model::{Brief, Claim, Draft, Evidence, Followup, Predicate, Row, TraceStep};

/// A trace has at most so many steps.
const MAX_STEPS: usize = 5;

/// What a kind writes; the rest of the row follows from the brief.
#[derive(Default)]
pub(crate) struct Answer {
    pub(super) question: String,
    pub(super) answer: String,
    pub(super) difficulty: &'static str,
    pub(super) claims: Vec<Claim>,
    pub(super) trace: Vec<TraceStep>,
    pub(super) followups: Vec<Followup>,
}

impl Answer {
    /// A statement with its predicate and the evidence that proves it.
    pub(super) fn claim(&mut self, says: impl Into<String>, predicate: Predicate, cite: usize) {
        if !self.claims.iter().any(|claim| claim.predicate == predicate) {
            self.claims.push(Claim { says: says.into(), predicate, cites: vec![format!("E{cite}")], verdict: String::new() });
        }
    }

    pub(super) fn step(&mut self, op: &str, says: impl Into<String>, cites: &[usize]) {
        let cites = cites.iter().map(|number| format!("E{number}")).collect();
        self.trace.push(TraceStep { step: self.trace.len() as u32 + 1, op: op.to_owned(), says: says.into(), cites });
    }
}

/// Writes what a brief asks for, without the bytes of the evidence; None when there is nothing
/// to say. Evidence that nothing cites is left out, so that a change of it does not touch the
/// sample.
pub(super) fn write(kind: &Kind, brief: &Brief) -> Option<Draft> {
    let tongue = Tongue::of(brief);
    let mut answer = (kind.draft)(brief);
    meaning::explain(tongue, &brief.subject, &mut answer);
    let mut answer = typeset(tongue, answer);
    shorten(&mut answer.trace);
    if answer.answer.is_empty() {
        return None;
    }
    let shown = |evidence: &&Evidence| evidence.role == "subject" || cited(&answer, &evidence.id);
    let evidence = brief.evidence.iter().filter(shown).cloned().collect();
    Some(Draft(Row {
        id: brief.slot.id(),
        task: brief.slot.task.clone(),
        kind: kind.name.to_owned(),
        lang: brief.slot.lang.clone(),
        split: brief.split.clone(),
        domain: brief.domain.clone(),
        intent: kind.intent.to_owned(),
        difficulty: answer.difficulty.to_owned(),
        question: answer.question,
        answer: answer.answer,
        followups: answer.followups,
        trace: answer.trace,
        claims: answer.claims,
        evidence,
        generator: "offline".to_owned(),
        recipe: brief.recipe.clone(),
        ..Row::default()
    }))
}

/// Does a claim or a step of the reasoning rest on this piece of evidence?
pub(super) fn cited(answer: &Answer, id: &str) -> bool {
    answer.claims.iter().flat_map(|claim| &claim.cites).chain(answer.trace.iter().flat_map(|step| &step.cites)).any(|cite| cite == id)
}

/// More steps than a reader follows: those before the last are left out, and stay claims.
fn shorten(trace: &mut Vec<TraceStep>) {
    if trace.len() > MAX_STEPS {
        trace.drain(MAX_STEPS - 1..trace.len() - 1);
        (1..).zip(trace).for_each(|(number, step)| step.step = number);
    }
}

/// Every text of an answer, set as its tongue is.
fn typeset(tongue: Tongue, mut answer: Answer) -> Answer {
    if tongue == Tongue::English {
        return answer;
    }
    let turns = answer.followups.iter_mut().flat_map(|turn| [&mut turn.question, &mut turn.answer]);
    let said = answer.claims.iter_mut().map(|claim| &mut claim.says).chain(answer.trace.iter_mut().map(|step| &mut step.says));
    for text in [&mut answer.question, &mut answer.answer].into_iter().chain(turns).chain(said) {
        *text = set_chinese(text);
    }
    answer
}

/// The sample that a brief asks for.
pub(crate) fn draft(brief: Brief) -> Draft {
    let Draft(mut row) = *brief.draft;
    row.fingerprint = brief.fingerprint;
    Draft(row)
}

#[cfg(test)]
mod tests {
    use super::{MAX_STEPS, shorten};
    use crate::model::TraceStep;

    #[test]
    fn a_long_trace_keeps_its_beginning_and_its_end() {
        let step = |step: u32| TraceStep { step, says: step.to_string(), ..TraceStep::default() };
        let mut trace: Vec<TraceStep> = (1..=8).map(step).collect();
        shorten(&mut trace);
        assert_eq!(trace.len(), MAX_STEPS);
        let told: Vec<(u32, &str)> = trace.iter().map(|step| (step.step, step.says.as_str())).collect();
        assert_eq!((told[3], told[4]), ((4, "4"), (5, "8")));
    }
}
