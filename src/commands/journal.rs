//! `journal`: what was asked of models and answered, what it cost, and how to forget it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::commands::ledger::Ledger;
use crate::commands::workspace::Workspace;
use crate::model::Reply;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Listing {
    /// The last replies, the newest last.
    pub replies: Vec<Reply>,
    pub all: usize,
    /// Lines that could not be read.
    pub damaged: usize,
}

pub(crate) fn list(workspace: &Workspace, limit: usize) -> anyhow::Result<Listing> {
    let ledger = Ledger::open(&workspace.repository.private_dir())?;
    let mut replies = ledger.replies();
    let all = replies.len();
    Ok(Listing { replies: replies.split_off(all.saturating_sub(limit)), all, damaged: ledger.damaged })
}

/// Sums of the replies of one model.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Spent {
    pub replies: usize,
    /// By what they were: draft, repair, judge.
    pub turns: BTreeMap<String, usize>,
    pub tokens_in: u64,
    pub cached: u64,
    pub tokens_out: u64,
    /// In US dollars, at the prices known when they came.
    pub dollars: f64,
}

pub(crate) fn cost(workspace: &Workspace) -> anyhow::Result<BTreeMap<String, Spent>> {
    let mut costs: BTreeMap<String, Spent> = BTreeMap::new();
    for reply in Ledger::open(&workspace.repository.private_dir())?.replies() {
        let cost = costs.entry(reply.model).or_default();
        cost.replies += 1;
        *cost.turns.entry(reply.turn).or_default() += 1;
        cost.tokens_in += reply.tokens_in;
        cost.cached += reply.cached;
        cost.tokens_out += reply.tokens_out;
        cost.dollars += reply.dollars;
    }
    Ok(costs)
}

/// Forgets replies that came before a time, in seconds since 1970; gives the number of lines that
/// went. A request whose reply is forgotten is sent again if it is ever needed.
pub(crate) fn prune(workspace: &Workspace, before: u64) -> anyhow::Result<usize> {
    Ledger::lock(&workspace.repository.private_dir())?.prune(|reply| reply.at >= before)
}
