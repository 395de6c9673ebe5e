//! The text of an answer: how a row is written for training, and how a reply in that form is read back.
//!
//! Both stand side by side, since a model that learnt the one is held to the other.

use std::fmt::Write;

use super::design;
use super::style::{Reasoning, Shown, Style};
use crate::model::{Claim, Predicate, Row, TraceStep};

const REASONING: &str = "Reasoning:";
const ANSWER: &str = "Answer:";
const CLAIMS: &str = "Claims:";
const RESTS_ON: &str = "Rests on:";

/// What a reply says, taken apart. Nothing in it is believed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub answer: String,
    pub trace: Vec<TraceStep>,
    pub claims: Vec<Claim>,
    /// Parts that a design lists as new.
    pub new: Vec<crate::model::Part>,
    /// Every piece of evidence that is cited anywhere.
    pub cites: Vec<String>,
}

/// The answers of a row, one a turn, and its reasoning where that has a field of its own.
pub(super) fn written(row: &Row, style: Style) -> (Vec<String>, String) {
    let cited = |cites: &[String]| cites_of(row, cites, style);
    let reasoning: String = steps(&row.trace, &cited);
    let body = match &row.design {
        Some(design) => design::text(design, &cited),
        None => row.answer.clone(),
    };
    let mut turns: Vec<String> = std::iter::once(body).chain(row.followups.iter().map(|turn| turn.answer.clone())).collect();
    if style.reasoning == Reasoning::Drop {
        let chunks: Vec<String> = row.evidence.iter().map(|evidence| evidence.id.clone()).collect();
        let rests = match style.context {
            Shown::Closed => row.evidence.iter().map(|evidence| format!(" {}", evidence.chunk_id)).collect::<Vec<_>>().join(","),
            _ => cited(&chunks),
        };
        turns.iter_mut().for_each(|turn| _ = write!(turn, "\n\n{RESTS_ON}{rests}"));
        return (turns, String::new());
    }
    turns.iter_mut().for_each(|turn| turn.insert_str(0, &format!("{ANSWER}\n")));
    if let Some(last) = turns.last_mut() {
        let lines: String =
            row.claims.iter().filter(|claim| !claim.predicate.name.is_empty()).map(|claim| claim_line(claim, &cited)).collect();
        if !lines.is_empty() {
            _ = write!(last, "\n\n{CLAIMS}{lines}");
        }
    }
    match style.reasoning {
        Reasoning::Field => return (turns, reasoning),
        Reasoning::Inline => turns[0].insert_str(0, &format!("<think>\n{reasoning}\n</think>\n\n")),
        _ => turns[0].insert_str(0, &format!("{REASONING}\n{reasoning}\n\n")),
    }
    (turns, String::new())
}

/// ` [E1][E2]`; nothing where the prompt shows no evidence to cite.
fn cites_of(row: &Row, cites: &[String], style: Style) -> String {
    let known = |cite: &&String| row.evidence.iter().any(|evidence| evidence.id == **cite);
    let cites: Vec<&str> = cites.iter().filter(known).map(String::as_str).collect();
    if style.context == Shown::Closed || cites.is_empty() { String::new() } else { format!(" [{}]", cites.join("][")) }
}

/// The numbered steps of a row's reasoning.
pub(super) fn steps(trace: &[TraceStep], cited: &dyn Fn(&[String]) -> String) -> String {
    let line = |step: &TraceStep| format!("{}. {}: {}{}", step.step, step.op, step.says.replace('\n', " "), cited(&step.cites));
    trace.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn claim_line(claim: &Claim, cited: &dyn Fn(&[String]) -> String) -> String {
    let args: Vec<serde_json::Value> = claim.predicate.args.iter().map(|arg| arg.as_str().into()).collect();
    let args: Vec<String> = args.iter().map(ToString::to_string).collect();
    format!("\n- {} [{}]{}", claim.predicate.name, args.join(", "), cited(&claim.cites))
}

/// Takes a reply apart. Err says what is wrong with its form.
pub(crate) fn read(text: &str) -> Result<Said, String> {
    let text = text.rsplit("</think>").next().unwrap_or(text).trim();
    if text.is_empty() {
        return Err("the reply is empty".to_owned());
    }
    let (mut reasoning, mut answer, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    let mut part: Option<&mut Vec<&str>> = None;
    let mut seen = false;
    for line in text.lines() {
        let (title, rest) = heading(line);
        match title {
            Some(REASONING) => part = Some(&mut reasoning),
            Some(CLAIMS) => part = Some(&mut claims),
            Some(_) if seen => return Err("there are two parts `Answer:`".to_owned()),
            Some(_) => {
                seen = true;
                part = Some(&mut answer);
            }
            None => (),
        }
        let line = if title.is_some() { rest } else { line };
        match &mut part {
            Some(part) if title.is_none() || !line.trim().is_empty() => part.push(line),
            None if !line.trim().is_empty() => return Err("the reply does not begin with `Reasoning:` or `Answer:`".to_owned()),
            _ => (),
        }
    }
    let answer = answer.join("\n").trim().to_owned();
    if answer.is_empty() {
        return Err("there is no part `Answer:`".to_owned());
    }
    let said = Said {
        trace: reasoning
            .iter()
            .filter(|line| !line.trim().is_empty())
            .zip(1..)
            .map(|(line, number)| step(line, number))
            .collect::<Result<_, _>>()?,
        claims: claims.iter().filter(|line| !line.trim().is_empty()).map(|line| claim(line)).collect::<Result<_, _>>()?,
        new: design::new_parts(&answer),
        cites: cites_in(text),
        answer,
    };
    Ok(said)
}

/// The title that a line begins a part with, however it is dressed, and what follows it.
fn heading(line: &str) -> (Option<&'static str>, &str) {
    let bare = line.trim_start_matches(['#', '*', ' ']);
    for title in [REASONING, ANSWER, CLAIMS] {
        if let Some(rest) = bare.strip_prefix(title) {
            return (Some(title), rest.trim_start_matches('*'));
        }
    }
    (None, line)
}

fn step(line: &str, number: u32) -> Result<TraceStep, String> {
    let malformed = || format!("step {number} of the reasoning is not `{number}. what is done: what is found [E1]`");
    let (count, rest) = line.trim().split_once(['.', ')']).ok_or_else(malformed)?;
    if count.parse() != Ok(number) {
        return Err(malformed());
    }
    let (op, says) = rest.split_once(':').ok_or_else(malformed)?;
    let (says, cites) = without_cites(says);
    Ok(TraceStep { step: number, op: op.trim().to_owned(), says: says.to_owned(), cites })
}

fn claim(line: &str) -> Result<Claim, String> {
    let malformed = || format!("the claim `{line}` is not `- predicate [\"argument\", …] [E1]`");
    let rest = line.trim().trim_start_matches(['-', '*', ' ']);
    let (name, rest) = rest.split_once(' ').ok_or_else(malformed)?;
    let mut args = serde_json::Deserializer::from_str(rest).into_iter::<Vec<String>>();
    let Some(Ok(list)) = args.next() else { return Err(malformed()) };
    let cites = cites_in(&rest[args.byte_offset()..]);
    let predicate = Predicate { name: name.to_owned(), args: list };
    Ok(Claim { says: String::new(), predicate, cites, verdict: String::new() })
}

/// A text without the citations at its end, and those.
fn without_cites(text: &str) -> (&str, Vec<String>) {
    let mut rest = text.trim();
    while let Some(cut) = rest.strip_suffix(']').and_then(|open| open.rfind('[').filter(|at| is_cite(&open[at + 1..]))) {
        rest = rest[..cut].trim_end();
    }
    (rest, cites_in(&text[text.find(rest).unwrap_or(0) + rest.len()..]))
}

fn is_cite(text: &str) -> bool {
    text.strip_prefix('E').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Every `[E1]` of a text, once each; also `[E1, E2]`.
fn cites_in(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in text.split('[').skip(1) {
        let Some((inside, _)) = part.split_once(']') else { continue };
        if inside.split(',').all(|cite| is_cite(cite.trim())) {
            out.extend(inside.split(',').map(|cite| cite.trim().to_owned()));
        }
    }
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::{Said, read, written};
    use crate::export::style::{Reasoning, Shown, Style};
    use crate::model::{Claim, Evidence, Predicate, Row, TraceStep};

    fn row() -> Row {
        Row {
            answer: "It returns `a`.\n\n- or `b`".into(),
            trace: vec![TraceStep {
                step: 1,
                op: "read".into(),
                says: "The head says: `def f`.".into(),
                cites: vec!["E1".into(), "E2".into()],
            }],
            claims: vec![Claim {
                says: "it".into(),
                predicate: Predicate::new("returns", ["a.py::f", "a[\"x\"]", ""]),
                cites: vec!["E1".into()],
                verdict: "proved".into(),
            }],
            evidence: ["E1", "E2"].map(|id| Evidence { id: id.into(), ..Evidence::default() }).into(),
            ..Row::default()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let row = row();
        for reasoning in [Reasoning::Answer, Reasoning::Inline, Reasoning::Field] {
            let (turns, apart) = written(&row, Style { reasoning, context: Shown::Open });
            let said = read(&turns[0]).unwrap();
            assert_eq!(said.answer, row.answer);
            assert_eq!((&said.claims[0].predicate, &said.claims[0].cites), (&row.claims[0].predicate, &row.claims[0].cites));
            assert_eq!(said.trace == row.trace, reasoning == Reasoning::Answer, "{turns:?}");
            assert_eq!(apart.is_empty(), reasoning != Reasoning::Field);
        }
        let (turns, _) = written(&row, Style { reasoning: Reasoning::Drop, context: Shown::Open });
        assert!(turns[0].ends_with("\n\nRests on: [E1][E2]"), "{turns:?}");
        let (turns, _) = written(&row, Style { reasoning: Reasoning::Answer, context: Shown::Closed });
        assert!(!turns[0].contains("[E1]"), "what is not shown is not cited: {turns:?}");
    }

    #[test]
    fn what_is_wrong_with_the_form_is_said() {
        let wrong = |text: &str| read(text).unwrap_err();
        assert!(wrong(" \n").contains("empty"));
        assert!(wrong("It returns a.").contains("does not begin"));
        assert!(wrong("Reasoning:\n1. read: x").contains("no part `Answer:`"));
        assert!(wrong("Reasoning:\nbecause\nAnswer:\nx").contains("step 1"));
        assert!(wrong("Answer:\nx\nClaims:\n- returns f a").contains("the claim"));
        assert!(wrong("Answer:\nx\nAnswer:\ny").contains("two parts"));
        let dressed = read("**Answer:** it is [E1, E3]\n## Claims:\n- calls [\"a\", \"b\"] [E1]").unwrap();
        assert_eq!(
            (dressed.answer.as_str(), dressed.claims.len(), dressed.cites),
            ("it is [E1, E3]", 1, vec!["E1".to_owned(), "E3".to_owned()])
        );
        assert_eq!(read(&"[".repeat(100_000)).unwrap_err(), "the reply does not begin with `Reasoning:` or `Answer:`");
        assert_ne!(read("Answer:\nx").unwrap(), Said::default());
    }
}
