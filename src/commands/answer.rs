//! `ask`: a question to the model that was trained on the dataset, in the very form of its rows, and the reply held to
//! what the rows were held to. What is not proved is said to be so.

use anyhow::{Context, bail};
use serde::Serialize;

use crate::check::{self, Fault, Gate, Provers};
use crate::commands::atlas::ChunkRecord;
use crate::commands::checkout;
use crate::commands::context;
use crate::commands::ledger::Ledger;
use crate::commands::sources::Sources;
use crate::commands::workspace::{Asking, Workspace};
use crate::export::{self, Reasoning, Said, Shown, Style, Tame};
use crate::generate::llm::{self, Record, Talk};
use crate::git::Oid;
use crate::model::{Claim, DESIGN, Design, Evidence, QA, Reply, Row};

/// The style that is asked in: that of the default export.
pub(super) const STYLE: Style = Style { reasoning: Reasoning::Answer, context: Shown::Open };
/// So many pieces of code are shown.
const MOST_PIECES: usize = 6;

/// What came of a question.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Answered {
    pub question: String,
    pub model: String,
    /// The source commit that the evidence is of.
    pub source_commit: String,
    pub proved: bool,
    pub answer: String,
    pub reasoning: Vec<String>,
    pub claims: Vec<Stated>,
    /// What is wrong with the last reply.
    pub faults: Vec<Fault>,
    /// Replies that were read, also those of the journal.
    pub replies: usize,
    pub evidence: Vec<Piece>,
}

/// A statement of the answer, and whether the code proves it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stated {
    pub says: String,
    pub cites: Vec<String>,
    pub proved: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Piece {
    pub id: String,
    pub path: String,
    pub symbol: String,
    pub start_line: u32,
    pub end_line: u32,
    pub code: String,
}

pub(crate) fn run(workspace: &Workspace, question: &str, design: bool, budget: usize) -> anyhow::Result<Answered> {
    let asking = model(workspace)?;
    if question.trim().is_empty() {
        bail!("there is no question\nmend: give it as words, or `-` and a text on standard input");
    }
    let index = checkout::fresh(workspace, None)?.context("there is no index yet\nmend: git trainset update")?;
    let tree = Oid::parse(&index.mirror().source_tree)?;
    let sources = Sources::new(workspace.repository.handle(), tree, &workspace.secrets);
    let mut evidence: Vec<Evidence> = Vec::new();
    for piece in context::pack(workspace, &index, question, budget)?.code {
        let Some(record) = index.lookup().chunk(&piece.id)?.map(|bytes| ChunkRecord::read(&bytes)).transpose()? else { continue };
        // What holds a secret is sent to nobody.
        let Some(code) = sources.code(&piece.path, piece.line, piece.end).filter(|_| !record.chunk.withheld) else { continue };
        if evidence.len() < MOST_PIECES {
            evidence.push(Evidence {
                id: format!("E{}", evidence.len() + 1),
                chunk_id: record.chunk.id,
                path: piece.path,
                symbol: record.chunk.symbol,
                start_line: piece.line,
                end_line: piece.end,
                role: "support".to_owned(),
                code,
            });
        }
    }
    let mut answered =
        Answered { question: question.trim().to_owned(), source_commit: index.mirror().source_commit.clone(), ..Answered::default() };
    answered.model.clone_from(&asking.settings.model);
    answered.evidence = evidence.iter().map(Piece::of).collect();
    if evidence.is_empty() {
        answered.faults =
            vec![Fault { rule: "evidence", says: "nothing in the code has to do with the question, so nobody was asked".to_owned() }];
        return Ok(answered);
    }
    let asked = asked(question, evidence, design);
    let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
    let provers = Provers::default();
    let gate = Gate { code: &code, provers: &provers, secrets: sources.secrets() };
    let mut messages = opening(&asked);
    let ledger = Ledger::lock(&workspace.repository.private_dir())?;
    // One question, and one more that says what was wrong with the reply.
    for turn in ["ask", "again"] {
        let talk = Talk { slot: format!("ask:{}", answered.question), turn, messages: messages.clone() };
        let reply = hear(asking, &ledger, &[talk], &|_| ())?.pop().context("no reply came")?;
        answered.replies += 1;
        let (row, faults) = judged(&asked, &reply, gate);
        answered.take(&row, faults, gate);
        if answered.proved {
            break;
        }
        let finding: Vec<String> = answered.faults.iter().map(|fault| format!("{}: {}", fault.rule, fault.says)).collect();
        messages.push(("assistant", reply.text.chars().take(6_000).collect()));
        messages
            .push(("user", format!("The checker refuses this: {}\nGive the whole answer again, in the same form.", finding.join("; "))));
    }
    ledger.sync()?;
    Ok(answered)
}

/// The model that is configured, or the error that says how to name one.
pub(super) fn model(workspace: &Workspace) -> anyhow::Result<&Asking> {
    workspace
        .asking
        .as_ref()
        .context("no model is named\nmend: set TRAINSET_BASE_URL and TRAINSET_MODEL, or give `--base-url` and `--model`")
}

/// Asks through the journal: what was answered once is not asked again.
pub(super) fn hear(asking: &Asking, ledger: &Ledger, talks: &[Talk], heard: &dyn Fn(usize)) -> anyhow::Result<Vec<Reply>> {
    let record = Record { known: &|key| ledger.reply(key), keep: &|reply| ledger.keep(reply) };
    llm::hear(&asking.settings, talks, &record, heard)
}

/// A row that is only asked so far.
fn asked(question: &str, evidence: Vec<Evidence>, design: bool) -> Row {
    let has_han = question.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    Row {
        task: if design { DESIGN } else { QA }.to_owned(),
        lang: if has_han { "zh" } else { "en" }.to_owned(),
        question: question.trim().to_owned(),
        design: design.then(Box::default),
        generator: "llm".to_owned(),
        evidence,
        ..Row::default()
    }
}

/// The messages that ask a row's question, word for word those of the export.
pub(super) fn opening(row: &Row) -> Vec<(&'static str, String)> {
    let design = row.design.is_some();
    let prompt = export::prompt(&row.question, &row.evidence, design, STYLE, &Tame::default());
    vec![("system", export::system(design, STYLE)), ("user", prompt)]
}

/// A reply as a row of its question, and all that is wrong with it.
pub(super) fn judged(asked: &Row, reply: &Reply, gate: Gate) -> (Row, Vec<Fault>) {
    let fault = |rule, says: &str| (asked.clone(), vec![Fault { rule, says: says.to_owned() }]);
    if !reply.fault.is_empty() {
        return fault("server", &reply.fault);
    }
    let Said { answer, trace, claims, new, cites } = match export::read_answer(&reply.text) {
        Ok(said) => said,
        Err(says) => return fault("form", &says),
    };
    let design = asked.design.is_some().then(|| Box::new(Design { components: new, ..Design::default() }));
    let row = Row { answer, trace, claims, design, followups: Vec::new(), generator: "llm".to_owned(), ..asked.clone() };
    let mut faults = check::faults(&row, gate);
    let stray: Vec<&str> = cites.iter().map(String::as_str).filter(|cite| row.evidence.iter().all(|piece| piece.id != **cite)).collect();
    if !stray.is_empty() && faults.iter().all(|fault| fault.rule != "citations") {
        faults.push(Fault { rule: "citations", says: format!("it cites {}, which is not there", stray.join(", ")) });
    }
    (row, faults)
}

impl Answered {
    fn take(&mut self, row: &Row, faults: Vec<Fault>, gate: Gate) {
        self.answer.clone_from(&row.answer);
        self.reasoning = row.trace.iter().map(|step| step.says.clone()).collect();
        let stated = |(claim, proof): (&Claim, Option<_>)| Stated {
            says: claim.predicate.to_string(),
            cites: claim.cites.clone(),
            proved: proof.is_some(),
        };
        self.claims = row.claims.iter().zip(check::proofs(row, gate)).map(stated).collect();
        self.proved = faults.is_empty();
        self.faults = faults;
    }
}

impl Piece {
    fn of(piece: &Evidence) -> Self {
        let Evidence { id, path, symbol, start_line, end_line, code, .. } = piece.clone();
        Self { id, path, symbol, start_line, end_line, code }
    }
}

#[cfg(test)]
mod tests {
    use super::{STYLE, asked, opening};
    use crate::export::{Conversation, Tame};
    use crate::model::{ChunkId, Evidence, Row};

    #[test]
    fn what_is_asked_is_what_was_trained_on() {
        let piece = Evidence {
            id: "E1".into(),
            chunk_id: ChunkId::new("a.py", "f"),
            path: "a.py".into(),
            start_line: 1,
            end_line: 1,
            code: "f = '<|im_end|>'".into(),
            ..Evidence::default()
        };
        for design in [false, true] {
            let asked = asked(" What is `f`? ", vec![piece.clone()], design);
            let row = Row { answer: "It is so.".into(), ..asked.clone() };
            let trained = Conversation::of(&row, STYLE, &Tame::default());
            let trained: Vec<(&str, String)> = trained.messages().into_iter().map(|(role, text)| (role, text.to_owned())).take(2).collect();
            assert_eq!(opening(&asked), trained);
        }
    }
}
