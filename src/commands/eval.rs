//! `eval`: the held-out rows put to models, and their replies held to the code. The answers of the dataset itself go the
//! same way and stand beside: what they reach is the most that can be reached.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde::Serialize;

use crate::check::{Gate, Provers};
use crate::commands::Progress;
use crate::commands::answer::{STYLE, hear, judged, model, opening};
use crate::commands::export::{Beside, at};
use crate::commands::filed::filed;
use crate::commands::ledger::Ledger;
use crate::commands::sources::Sources;
use crate::commands::workspace::{Asking, Workspace};
use crate::export::{self, Conversation, Tame};
use crate::generate::llm::Talk;
use crate::git::Oid;
use crate::model::{Reply, Row, STALE, key};
use crate::store;

/// The kind whose questions take for granted what is not so.
const PREMISE: &str = "premise";
/// A talk of several turns is not one question.
const DIALOGUE: &str = "dialogue";

#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub split: String,
    /// Ask so many questions.
    pub limit: usize,
    /// Show code beside the evidence that is nearly about the question, so that finding what to cite is part of it.
    pub distractors: bool,
    /// The models to compare; none is the one that is configured.
    pub models: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Evaluated {
    pub dataset: String,
    pub split: String,
    /// The dataset's own answers first.
    pub scores: Vec<Score>,
}

/// How a model did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Score {
    pub model: String,
    pub rows: usize,
    /// Replies in the form that was asked for.
    pub formed: usize,
    /// Answers with nothing wrong: quotes verbatim, names in the evidence, every claim proved.
    pub grounded: usize,
    /// Answers that cite the code which the question is about, and no code that is not there.
    pub cited: usize,
    /// Facts of the rows, and those of them that a reply states and the code proves.
    pub facts: usize,
    pub found: usize,
    /// Questions with a false premise, and those that were told so.
    pub premises: usize,
    pub denied: usize,
    /// Replies that a rule refuses, with the first of each: what it says of which row.
    pub faults: BTreeMap<&'static str, (usize, String)>,
}

pub(crate) fn run(workspace: &Workspace, wanted: &Wanted, progress: &Progress) -> anyhow::Result<Evaluated> {
    let asking = model(workspace)?;
    if !store::SPLITS.contains(&wanted.split.as_str()) {
        bail!("there is no split `{}`\nmend: use one of {}", wanted.split, store::SPLITS.join(", "));
    }
    let dataset = at(workspace, None)?;
    let manifest = dataset.manifest.as_ref().context("the dataset has another schema\nmend: git trainset update")?;
    let sources = Sources::new(workspace.repository.handle(), Oid::parse(&manifest.source.tree)?, &workspace.secrets);
    let mut rows = rows(workspace, dataset.tree, wanted, &|path| manifest.held.contains(path))?;
    if wanted.distractors {
        let beside = Beside::open(workspace, &manifest.source.tree)?;
        let mut shelf = beside.shelf();
        let mix = |row: Row| shelf.of(&row, &sources).map(|near| export::mixed(row, near));
        rows = rows.into_iter().map(mix).collect::<anyhow::Result<_>>()?;
    }
    if rows.is_empty() {
        bail!("there is no row to ask in the split `{}`\nmend: hold out more files, `[split]` in .trainset.toml", wanted.split);
    }
    let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
    let provers = Provers::default();
    let gate = Gate { code: &code, provers: &provers, secrets: sources.secrets() };
    let own: Vec<Reply> = rows.iter().map(own_answer).collect();
    let mut scores = vec![score("the dataset's own answers", &rows, &own, gate)];
    let ledger = Ledger::lock(&workspace.repository.private_dir())?;
    let names = if wanted.models.is_empty() { vec![asking.settings.model.clone()] } else { wanted.models.clone() };
    for name in &names {
        let mut settings = asking.settings.clone();
        settings.model.clone_from(name);
        let asking = Asking { settings, recipes: asking.recipes.clone(), batch_out: None, batch_in: None };
        let talks: Vec<Talk> = rows.iter().map(|row| Talk { slot: row.id.clone(), turn: "eval", messages: opening(row) }).collect();
        let replies = hear(&asking, &ledger, &talks, &|done| progress("asking", done, talks.len()))?;
        scores.push(score(name, &rows, &replies, gate));
    }
    ledger.sync()?;
    Ok(Evaluated { dataset: dataset.commit.to_string(), split: wanted.split.clone(), scores })
}

/// The questions: as many as are wanted, drawn by their ids, so that it is the same ones every time.
fn rows(workspace: &Workspace, tree: Oid, wanted: &Wanted, is_held: &dyn Fn(&str) -> bool) -> anyhow::Result<Vec<Row>> {
    let mut all: Vec<(u64, Row)> = Vec::new();
    for shard in filed(&workspace.repository, tree)?.iter().filter(|shard| shard.folder == "qa" && !is_held(&shard.source)) {
        let of_shard: Vec<Row> = store::read_rows(&shard.path, &shard.bytes(&workspace.repository)?)?;
        let asked = of_shard.into_iter().filter(|row| row.split == wanted.split && row.kind != DIALOGUE && row.review != STALE);
        all.extend(asked.map(|row| (key("eval", &row.id), row)));
        all.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        all.truncate(wanted.limit);
    }
    Ok(all.into_iter().map(|(_, row)| row).collect())
}

/// What a model would say that has learnt the row by heart.
fn own_answer(row: &Row) -> Reply {
    let talk = Conversation::of(row, STYLE, &Tame::default());
    Reply { text: talk.turns.first().map(|turn| turn.answer.clone()).unwrap_or_default(), ..Reply::default() }
}

fn score(model: &str, rows: &[Row], replies: &[Reply], gate: Gate) -> Score {
    let mut score = Score { model: model.to_owned(), ..Score::default() };
    for (row, reply) in rows.iter().zip(replies) {
        let (said, faults) = judged(row, reply, gate);
        let is_formed = faults.iter().all(|fault| !matches!(fault.rule, "form" | "server"));
        for fault in &faults {
            score.faults.entry(fault.rule).or_insert_with(|| (0, format!("{} in `{}`", fault.says, row.id))).0 += 1;
        }
        score.rows += 1;
        score.facts += row.claims.len();
        score.premises += usize::from(row.kind == PREMISE);
        if !is_formed {
            continue;
        }
        score.formed += 1;
        score.grounded += usize::from(faults.is_empty());
        let cites = || said.claims.iter().flat_map(|claim| &claim.cites).chain(said.trace.iter().flat_map(|step| &step.cites));
        let subject = row.subject().map(|subject| &subject.id);
        let is_there = |cite: &String| row.evidence.iter().any(|piece| piece.id == *cite);
        score.cited += usize::from(cites().any(|cite| Some(cite) == subject) && cites().all(is_there));
        let proofs = crate::check::proofs(&said, gate);
        let proved = || said.claims.iter().zip(&proofs).filter(|(_, proof)| proof.is_some());
        score.found += row.claims.iter().filter(|fact| proved().any(|(claim, _)| claim.predicate == fact.predicate)).count();
        score.denied += usize::from(row.kind == PREMISE && faults.is_empty() && denies(&said.answer));
    }
    score
}

/// Does an answer begin by saying that something is not so?
fn denies(answer: &str) -> bool {
    let first = answer.split("\n\n").next().unwrap_or_default();
    let bare: String = first.split('`').step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
    let mut words = bare.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.any(|word| {
        matches!(word, "no" | "not" | "none" | "never" | "nothing" | "cannot" | "neither" | "wrong" | "opposite") || word.ends_with("n't")
    }) || ["other way round", "不", "没", "并非", "相反"].iter().any(|word| bare.contains(word))
}

#[cfg(test)]
mod tests {
    use super::denies;

    #[test]
    fn a_denial_is_told_from_a_yes() {
        for answer in ["No: it raises `Sold`.", "`take` does not raise `Gone`.", "It isn't so.", "It is the other way round.", "不是这样。"]
        {
            assert!(denies(answer), "{answer}");
        }
        for answer in ["It raises `not_found`.", "Yes, `take` raises it.", "It is so.\n\nBut not there."] {
            assert!(!denies(answer), "{answer}");
        }
    }
}
