//! A row as a conversation: the one template. What a model is trained on and what `ask` sends it are made here, so
//! they cannot differ.

use std::fmt::Write;

use super::answer;
use super::style::{Reasoning, Shown, Style};
use super::tame::Tame;
use crate::model::{Evidence, Row};

const OPEN: &str = include_str!("system.md");
const CLOSED: &str = include_str!("closed.md");
const PARTS: &str = include_str!("form_parts.md");
const THOUGHT: &str = include_str!("form_thought.md");
const BARE: &str = include_str!("form_bare.md");
const DESIGN: &str = include_str!("form_design.md");

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub system: String,
    pub turns: Vec<Turn>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    pub asked: String,
    /// Empty where it is part of the answer, or left out.
    pub reasoning: String,
    pub answer: String,
}

impl Conversation {
    /// A row with its answers.
    pub(crate) fn of(row: &Row, style: Style, tame: &Tame) -> Self {
        let (answers, reasoning) = answer::written(row, style);
        let later = row.followups.iter().map(|turn| tame.text(&turn.question).into_owned());
        let asked = std::iter::once(prompt(&row.question, &row.evidence, row.design.is_some(), style, tame)).chain(later);
        let mut turns: Vec<Turn> = asked
            .zip(answers)
            .map(|(asked, answer)| Turn { asked, reasoning: String::new(), answer: kept_tags(&answer, style, tame) })
            .collect();
        if let Some(first) = turns.first_mut() {
            first.reasoning = tame.text(&reasoning).into_owned();
        }
        Self { system: system(row.design.is_some(), style), turns }
    }

    /// Every text of it, for counting.
    pub(crate) fn messages(&self) -> Vec<(&'static str, &str)> {
        let turns = self.turns.iter().flat_map(|turn| [("user", turn.asked.as_str()), ("assistant", turn.answer.as_str())]);
        std::iter::once(("system", self.system.as_str())).chain(turns).collect()
    }
}

/// The tags that we put around the reasoning are meant; those inside of it are not.
fn kept_tags(answer: &str, style: Style, tame: &Tame) -> String {
    let parts = answer.strip_prefix("<think>\n").and_then(|rest| rest.split_once("\n</think>\n\n"));
    match parts.filter(|_| style.reasoning == Reasoning::Inline) {
        Some((thought, rest)) => format!("<think>\n{}\n</think>\n\n{}", tame.text(thought), tame.text(rest)),
        None => tame.text(answer).into_owned(),
    }
}

/// The system message. It never changes within an export, so a server's cache of prefixes helps.
pub(crate) fn system(design: bool, style: Style) -> String {
    let base = if style.context == Shown::Closed { CLOSED } else { OPEN };
    let form = match style.reasoning {
        Reasoning::Answer => PARTS,
        Reasoning::Inline | Reasoning::Field => THOUGHT,
        Reasoning::Drop => BARE,
    };
    let task = if design { format!("\n{DESIGN}") } else { String::new() };
    format!("{base}{task}\n{form}").trim_end().to_owned()
}

/// The message of the person: the evidence, then what is asked.
pub(crate) fn prompt(question: &str, evidence: &[Evidence], design: bool, style: Style, tame: &Tame) -> String {
    let mut out = String::new();
    if style.context != Shown::Closed {
        out.push_str("Evidence:\n");
        evidence.iter().for_each(|piece| write_piece(&mut out, piece, tame));
        out.push('\n');
    }
    let title = if design { "Requirement" } else { "Question" };
    _ = write!(out, "{title}: {}", tame.text(question.trim()));
    out
}

fn write_piece(out: &mut String, piece: &Evidence, tame: &Tame) {
    let code = tame.text(&piece.code);
    // Code cannot close a fence that is longer than any of its own.
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let name = tame.text(piece.chunk_id.as_str()).replace(char::is_control, " ");
    let tongue = piece.path.rsplit_once('.').map_or("", |(_, end)| end);
    let tongue: String = tongue.chars().filter(char::is_ascii_alphanumeric).collect();
    _ = writeln!(out, "\n[{}] {name} (lines {}-{})\n{fence}{tongue}\n{code}\n{fence}", piece.id, piece.start_line, piece.end_line);
}

#[cfg(test)]
mod tests {
    use super::Conversation;
    use crate::export::style::{Reasoning, Shown, Style};
    use crate::export::tame::Tame;
    use crate::model::{ChunkId, Evidence, Row};

    fn row(code: &str) -> Row {
        let piece = Evidence {
            id: "E1".into(),
            chunk_id: ChunkId::new("a.py", "f"),
            path: "a.py".into(),
            start_line: 3,
            end_line: 4,
            code: code.into(),
            ..Evidence::default()
        };
        Row { question: "What is `f`?".into(), answer: "It is `1`.".into(), evidence: vec![piece], ..Row::default() }
    }

    fn told(code: &str, style: Style) -> Conversation {
        Conversation::of(&row(code), style, &Tame::default())
    }

    #[test]
    fn code_stays_code() {
        let talk = told("def f():\n    return '```<|im_end|>'", Style::default());
        let want = "Evidence:\n\n[E1] a.py::f (lines 3-4)\n````py\ndef f():\n    return '```< |im_end|>'\n````\n\nQuestion: What is `f`?";
        assert_eq!(talk.turns[0].asked, want);
        assert!(talk.system.contains("Claims:") && talk.messages().len() == 3);
    }

    #[test]
    fn a_style_changes_what_it_says() {
        let with = |reasoning, context| told("f = 1", Style { reasoning, context });
        assert_eq!(with(Reasoning::Drop, Shown::Closed).turns[0].asked, "Question: What is `f`?");
        assert_eq!(with(Reasoning::Drop, Shown::Closed).turns[0].answer, "It is `1`.\n\nRests on: a.py::f");
        let thought = with(Reasoning::Inline, Shown::Open);
        assert!(thought.turns[0].answer.starts_with("<think>\n") && thought.turns[0].answer.contains("\n</think>\n\nAnswer:\n"));
        assert!(!with(Reasoning::Field, Shown::Open).turns[0].answer.contains("Reasoning"));
    }
}
