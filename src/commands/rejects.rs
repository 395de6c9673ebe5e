//! `rejects`: what models said that was not believed, and why.

use std::collections::HashMap;

use serde::Serialize;

use crate::commands::ledger::Ledger;
use crate::commands::workspace::Workspace;
use crate::model::Refusal;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Rejects {
    /// The last ones, the newest last.
    pub rejects: Vec<Rejected>,
    pub all: usize,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Rejected {
    #[serde(flatten)]
    pub refusal: Refusal,
    /// The reply that was refused; empty where there is none.
    pub reply: String,
}

/// The newest refusal of each sample, or of those whose id holds a text.
pub(crate) fn run(workspace: &Workspace, about: Option<&str>, limit: usize) -> anyhow::Result<Rejects> {
    let ledger = Ledger::open(&workspace.repository.private_dir())?;
    let refusals = ledger.refusals();
    let last: HashMap<&str, usize> = refusals.iter().enumerate().map(|(at, refusal)| (refusal.slot.as_str(), at)).collect();
    let newest =
        refusals.iter().enumerate().filter(|(at, refusal)| last.get(refusal.slot.as_str()) == Some(at)).map(|(_, refusal)| refusal);
    let wanted: Vec<&Refusal> = newest.filter(|refusal| about.is_none_or(|about| refusal.slot.contains(about))).collect();
    let shown = &wanted[wanted.len().saturating_sub(limit)..];
    let rejects = shown.iter().map(|refusal| Rejected {
        reply: ledger.reply(&refusal.key).map(|reply| if reply.text.is_empty() { reply.fault } else { reply.text }).unwrap_or_default(),
        refusal: (*refusal).clone(),
    });
    Ok(Rejects { rejects: rejects.collect(), all: wanted.len() })
}
