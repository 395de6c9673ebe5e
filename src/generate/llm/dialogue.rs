//! The talk about one sample: a draft, one repair, a judge of its prose where that is wanted.
//!
//! What comes next is a function of the order and of the replies that are known, so a run that was
//! killed goes on where it was, a batch file works as a server does, and changed gates run over the
//! old replies for nothing.

use crate::generate::Said;
use crate::generate::llm::draft::{Attempt, assemble};
use crate::generate::llm::order::Order;
use crate::generate::llm::prompt;
use crate::generate::llm::reply::{self, Judgement, Told};
use crate::generate::llm::settings::{Prose, Settings};
use crate::generate::llm::wire::{self, Request};
use crate::model::{Draft, Refusal, Reply, Row};

/// What the talk needs of the rooms that this one does not know.
pub(crate) struct Desk<'d> {
    /// The gate. Err: the rule that refuses, and why, as `rule: what is wrong`.
    pub judge: &'d dyn Fn(&Row) -> Result<(), String>,
    /// The reply with this key, if there is one.
    pub known: &'d dyn Fn(&str) -> Option<Reply>,
}

pub(super) enum Next {
    Ask(Box<Request>),
    Said(Said),
}

/// Takes the talk as far as the known replies lead.
pub(super) fn next(order: &Order, settings: &Settings, context: &dyn Fn(&Order) -> String, desk: &Desk) -> Next {
    let ask =
        |key: String, turn, messages, schema| Next::Ask(Box::new(Request { key, slot: order.floor.id.clone(), turn, messages, schema }));
    let key = order.key();
    let Some(first) = (desk.known)(&key) else {
        return ask(key, "draft", prompt::draft(order, &context(order)), reply::schema());
    };
    let (attempt, last) = match read(order, settings, &first, desk) {
        Ok(attempt) => (attempt, key),
        Err(finding) if !first.fault.is_empty() && first.fault != wire::CUT_OFF => return refused(order, settings, key, &finding),
        Err(finding) => {
            let key = order.further("repair");
            let Some(second) = (desk.known)(&key) else {
                return ask(key, "repair", prompt::repair(order, &context(order), &first.text, &finding), reply::schema());
            };
            match read(order, settings, &second, desk) {
                Ok(attempt) => (attempt, key),
                Err(finding) => return refused(order, settings, key, &finding),
            }
        }
    };
    let uncovered = attempt.uncovered();
    if settings.prose != Prose::Judge || uncovered.is_empty() {
        return Next::Said(Said::Draft(Box::new(Draft(attempt.row))));
    }
    let key = order.further(&format!("judge {last}"));
    let Some(verdict) = (desk.known)(&key) else {
        return ask(key, "judge", prompt::judge(order, &uncovered), reply::judgement_schema());
    };
    match judged(attempt, &verdict).and_then(|row| passes(row, desk)) {
        Ok(row) => Next::Said(Said::Draft(Box::new(Draft(row)))),
        Err(finding) => refused(order, settings, key, &finding),
    }
}

/// From a reply to an attempt that the gate lets through, or the finding.
fn read(order: &Order, settings: &Settings, reply: &Reply, desk: &Desk) -> Result<Attempt, String> {
    if !reply.fault.is_empty() {
        return Err(format!("server: {}", reply.fault));
    }
    let told: Told = reply::read(&reply.text).map_err(|says| format!("form: {says}"))?;
    let mut attempt = assemble(order, &told, settings.prose)?;
    attempt.row = passes(attempt.row, desk)?;
    Ok(attempt)
}

fn passes(row: Row, desk: &Desk) -> Result<Row, String> {
    (desk.judge)(&row).map(|()| row)
}

/// Without a good verdict the prose is left out; what is covered stands by itself.
fn judged(attempt: Attempt, verdict: &Reply) -> Result<Row, String> {
    if !verdict.fault.is_empty() {
        return Ok(attempt.judged(&[]));
    }
    let judgement: Judgement = reply::read(&verdict.text).map_err(|says| format!("judge: {says}"))?;
    Ok(attempt.judged(if judgement.scores.pass() { &judgement.supported } else { &[] }))
}

fn refused(order: &Order, settings: &Settings, key: String, finding: &str) -> Next {
    let (rule, says) = finding.split_once(": ").unwrap_or(("form", finding));
    Next::Said(Said::Refused(Refusal {
        slot: order.floor.id.clone(),
        key,
        model: settings.model.clone(),
        rule: rule.to_owned(),
        says: says.to_owned(),
        at: 0,
    }))
}
