//! `review`: rows go out to people, and their verdicts come back.

mod reviews;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::check::{self, Gate, Provers};
use crate::commands::Progress;
use crate::commands::filed::filed;
use crate::commands::rows::OldRows;
use crate::commands::sources::Sources;
use crate::commands::update::{self, Outcome};
use crate::commands::workspace::{Dataset, Workspace};
use crate::git::Oid;
use crate::model::{Followup, Review, Row, Verdict, is_of_person, words_of};
use crate::store::{self, Manifest};

pub(crate) use reviews::{OfFile, Reviews, landed, only_in, stored, wait};

/// So many mistakes of a file are listed.
const LISTED: usize = 20;

/// A row for a person to look at: one line, to be filled in and given back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sheet {
    pub id: String,
    /// To be filled in: accept, reject or edit. Lines without one are passed over.
    #[serde(default)]
    pub verdict: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub question: String,
    #[serde(default)]
    pub answer: String,
    #[serde(default)]
    pub followups: Vec<Followup>,
    /// What proves it: `path:line` and the code.
    #[serde(default)]
    pub evidence: Vec<Shown>,
    #[serde(default)]
    pub kind: String,
    /// What was said of it before.
    #[serde(default)]
    pub review: String,
    /// The state of the sample: a verdict on another one is not taken.
    #[serde(default)]
    pub fingerprint: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    pub place: String,
    pub code: String,
}

/// Which rows are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub limit: Option<usize>,
    pub kind: Option<String>,
    /// Those alone that nobody has looked at, or whose code changed since.
    pub open: bool,
}

/// What an import did.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Imported {
    pub accepted: usize,
    pub rejected: usize,
    pub edited: usize,
    /// Lines without a verdict.
    pub passed_over: usize,
    pub outcome: Outcome,
}

/// The rows for review, as JSON lines, and how many they are.
pub(crate) fn export(workspace: &Workspace, wanted: &Wanted) -> anyhow::Result<(Vec<u8>, usize)> {
    let (dataset, _) = reviewable(workspace)?;
    if let Some(kind) = wanted.kind.as_ref().filter(|kind| !crate::generate::KINDS.iter().any(|known| known.name == **kind)) {
        let known: Vec<&str> = crate::generate::KINDS.iter().map(|kind| kind.name).collect();
        bail!("there is no kind `{}`\nmend: use one of {}", kind.escape_debug(), known.join(", "));
    }
    let mut sheets = Vec::new();
    let most = wanted.limit.unwrap_or(usize::MAX);
    for shard in filed(&workspace.repository, dataset.tree)?.iter().filter(|shard| shard.folder == "qa") {
        let rows: Vec<Row> = store::read_rows(&shard.path, &shard.bytes(&workspace.repository)?)?;
        let fits = |row: &Row| {
            wanted.kind.as_ref().is_none_or(|kind| *kind == row.kind) && (!wanted.open || matches!(row.review.as_str(), "" | "stale"))
        };
        let left = most - sheets.len();
        sheets.extend(rows.into_iter().filter(fits).take(left).map(sheet));
        if sheets.len() == most {
            break;
        }
    }
    Ok((store::write_rows(&sheets)?, sheets.len()))
}

fn sheet(row: Row) -> Sheet {
    let shown = row.evidence.iter().map(|evidence| Shown {
        place: format!("{}:{}-{}", evidence.path, evidence.start_line, evidence.end_line),
        code: evidence.code.clone(),
    });
    Sheet {
        evidence: shown.collect(),
        id: row.id,
        verdict: String::new(),
        note: String::new(),
        question: row.question,
        answer: row.answer,
        followups: row.followups,
        kind: row.kind,
        review: row.review,
        fingerprint: row.fingerprint,
    }
}

fn reviewable(workspace: &Workspace) -> anyhow::Result<(Dataset, Manifest)> {
    let dataset = workspace.dataset()?.context("there is no dataset yet\nmend: git trainset update")?;
    let manifest = dataset.manifest.clone().context("the dataset has another schema\nmend: git trainset update")?;
    Ok((dataset, manifest))
}

/// Takes verdicts in: all of a file in one commit, or none.
pub(crate) fn import(workspace: &Workspace, file: &Path, progress: &Progress) -> anyhow::Result<Imported> {
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read `{}`", file.display()))?;
    let (dataset, manifest) = reviewable(workspace)?;
    let (sheets, mut wrong) = sheets(&text);
    let passed_over = text.lines().filter(|line| !line.trim().is_empty()).count() - sheets.len() - wrong.len();
    let known = Known::find(workspace, &dataset, &sheets)?;
    let sources = Sources::new(workspace.repository.handle(), Oid::parse(&manifest.source.tree)?, &workspace.secrets);
    let code = |path: &str, start: u32, end: u32| sources.code(path, start, end);
    let gate = Gate { code: &code, provers: &Provers::default(), secrets: &workspace.secrets };
    let mut reviews = Vec::new();
    for (line, sheet, verdict) in &sheets {
        match known.review(sheet, *verdict, &manifest, gate) {
            Ok(review) => reviews.push(review),
            Err(says) => wrong.push((*line, says)),
        }
    }
    refuse(file, wrong)?;
    let count = |wanted: Verdict| reviews.iter().filter(|(_, review)| review.verdict == wanted).count();
    let given = |wanted: Verdict| sheets.iter().filter(|(_, _, verdict)| *verdict == wanted).count();
    let (accepted, rejected, edited) = (given(Verdict::Accept), count(Verdict::Reject), given(Verdict::Edit));
    {
        let _held = workspace.repository.lock()?;
        wait(workspace, reviews)?;
    }
    Ok(Imported { accepted, rejected, edited, passed_over, outcome: update::run(workspace, progress)? })
}

/// The lines with a verdict, by their number, and what is wrong with others.
type Sheets = (Vec<(usize, Sheet, Verdict)>, Vec<(usize, String)>);

fn sheets(text: &str) -> Sheets {
    let (mut good, mut wrong): Sheets = (Vec::new(), Vec::new());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim().is_empty()) {
        let sheet: Sheet = match serde_json::from_str(line) {
            Ok(sheet) => sheet,
            Err(error) => {
                wrong.push((number, format!("is no review: {error}")));
                continue;
            }
        };
        let verdict = match sheet.verdict.as_str() {
            "" => continue,
            "accept" => Verdict::Accept,
            "reject" => Verdict::Reject,
            "edit" => Verdict::Edit,
            other => {
                wrong.push((number, format!("its verdict is `{}`, and not accept, reject or edit", other.escape_debug())));
                continue;
            }
        };
        match seen.insert(sheet.id.clone(), number) {
            Some(first) => wrong.push((number, format!("speaks of the same sample as line {first}"))),
            None => good.push((number, sheet, verdict)),
        }
    }
    (good, wrong)
}

fn refuse(file: &Path, mut wrong: Vec<(usize, String)>) -> anyhow::Result<()> {
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.sort();
    let more = wrong.len().saturating_sub(LISTED);
    let mut lines: Vec<String> = wrong.iter().take(LISTED).map(|(line, says)| format!("line {line} {says}")).collect();
    lines.extend((more > 0).then(|| format!("and {more} more")));
    bail!(
        "`{}` was not taken in, and nothing was written\nbecause: {}\nmend: put the lines right, or take them out",
        file.display(),
        lines.join("\n         ")
    )
}

/// The rows that are spoken of, with their source file.
struct Known(BTreeMap<String, (String, Row)>);

impl Known {
    fn find(workspace: &Workspace, dataset: &Dataset, sheets: &[(usize, Sheet, Verdict)]) -> anyhow::Result<Self> {
        let mut known = BTreeMap::new();
        for shard in filed(&workspace.repository, dataset.tree)?.iter().filter(|shard| shard.folder == "qa") {
            let about = format!("qa:{}::", shard.source);
            let wanted: Vec<&str> = sheets.iter().map(|(_, sheet, _)| sheet.id.as_str()).filter(|id| id.starts_with(&about)).collect();
            if wanted.is_empty() {
                continue;
            }
            let rows = OldRows::read(&workspace.repository, dataset.tree, std::slice::from_ref(&shard.path))?;
            for id in wanted {
                if let Some(row) = rows.one(id)? {
                    known.insert(id.to_owned(), (shard.source.clone(), row));
                }
            }
        }
        Ok(Self(known))
    }

    /// The review that a line comes to, with the source file of its sample.
    fn review(&self, sheet: &Sheet, verdict: Verdict, manifest: &Manifest, gate: Gate) -> Result<(String, Review), String> {
        let Some((path, row)) = self.0.get(&sheet.id) else {
            return Err(format!("there is no sample `{}`", sheet.id.escape_debug()));
        };
        if !sheet.fingerprint.is_empty() && sheet.fingerprint != row.fingerprint {
            return Err("the sample was made anew since it was exported; export it again".to_owned());
        }
        if manifest.held.contains(path) {
            return Err(format!("`{}` does not parse today; its samples are held until it does", path.escape_debug()));
        }
        if let Some(sort) = gate.secrets.first("", &sheet.note) {
            return Err(format!("its note holds what looks like {sort}"));
        }
        let mut review = Review {
            id: row.id.clone(),
            verdict,
            note: sheet.note.clone(),
            fingerprint: row.fingerprint.clone(),
            words: words_of(row),
            ..Review::default()
        };
        // To accept words of a person is to say that they are true of the code of today.
        if verdict == Verdict::Edit || verdict == Verdict::Accept && is_of_person(row) {
            let given = |text: &str, known: &str| if text.trim().is_empty() { known.to_owned() } else { text.trim().to_owned() };
            review.question = given(&sheet.question, &row.question);
            review.answer = given(&sheet.answer, &row.answer);
            review.followups = if sheet.followups.is_empty() { row.followups.clone() } else { sheet.followups.clone() };
            if verdict == Verdict::Accept {
                (review.question, review.answer, review.followups) = (row.question.clone(), row.answer.clone(), row.followups.clone());
            }
            review.verdict = Verdict::Edit;
            let edited = review.over(row.clone());
            if verdict == Verdict::Edit && words_of(&edited) == words_of(row) {
                return Err("edits nothing".to_owned());
            }
            review.words = words_of(&edited);
            if let Some(reject) = check::verify(&[&edited], gate).pop() {
                return Err(format!("the gate does not let it through: {}: {}", reject.rule, reject.says));
            }
        }
        Ok((path.clone(), review))
    }
}
