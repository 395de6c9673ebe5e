//! What a person said of a sample.

use serde::{Deserialize, Serialize};

use super::{Followup, Row, fingerprint};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    #[default]
    Accept,
    Reject,
    Edit,
}

/// One line of a `reviews/` shard: the last word of a person on a slot. Only another word of a person takes its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Review {
    /// The sample.
    pub id: String,
    pub verdict: Verdict,
    pub note: String,
    /// The fingerprint of the sample that was looked at.
    pub fingerprint: String,
    /// Hash of the words that were looked at.
    pub words: String,
    /// The person's words; empty unless the verdict is `edit`.
    pub question: String,
    pub answer: String,
    pub followups: Vec<Followup>,
}

/// What a row's `review` says.
const ACCEPTED: &str = "accepted";
const EDITED: &str = "edited";
/// A person's words, about code that has changed since.
pub(crate) const STALE: &str = "stale";

/// Did a person write its words?
pub(crate) fn is_of_person(row: &Row) -> bool {
    row.generator == PERSON
}

const PERSON: &str = "person";

/// Hash of the words of a row.
pub(crate) fn words_of(row: &Row) -> String {
    let turns: Vec<(&str, &str)> = row.followups.iter().map(|turn| (turn.question.as_str(), turn.answer.as_str())).collect();
    fingerprint(format!("{:?}", (&row.question, &row.answer, turns)).as_bytes())
}

impl Review {
    /// Is a sample with this fingerprint to be left out?
    pub(crate) fn rejects(&self, fingerprint: &str) -> bool {
        self.verdict == Verdict::Reject && self.fingerprint == fingerprint
    }

    /// Does it hold the words of its sample, whatever becomes of the code?
    pub(crate) fn pins(&self) -> bool {
        self.verdict == Verdict::Edit
    }

    /// Does it stand for a sample with this fingerprint, whatever is nearly the same? Words of a person do, whatever
    /// became of the code.
    pub(crate) fn holds(&self, fingerprint: &str) -> bool {
        self.pins() || self.verdict == Verdict::Accept && self.fingerprint == fingerprint
    }

    /// The row as it stands with this review.
    pub(crate) fn over(&self, row: Row) -> Row {
        let same = self.fingerprint == row.fingerprint;
        match self.verdict {
            Verdict::Edit => Row {
                question: self.question.clone(),
                answer: self.answer.clone(),
                followups: self.followups.clone(),
                generator: PERSON.to_owned(),
                model: String::new(),
                recipe: format!("person/{}", row.kind),
                review: if same { EDITED } else { STALE }.to_owned(),
                ..row
            },
            Verdict::Accept if same && self.words == words_of(&row) => Row { review: ACCEPTED.to_owned(), ..row },
            _ => Row { review: String::new(), ..row },
        }
    }
}
