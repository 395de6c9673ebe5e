//! What a person may choose about the rows, whatever the format.

use serde::Serialize;

/// Where the reasoning of a row goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reasoning {
    /// In front of the answer, as a part of it.
    #[default]
    Answer,
    /// Inside of `<think>`, before the answer. Most chat templates keep that.
    Inline,
    /// In a field `reasoning_content` of its own. Many chat templates drop it.
    Field,
    /// Nowhere, and the claims with it.
    Drop,
}

/// What the prompt shows beside the question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shown {
    /// Nothing: the model is to know the code by heart.
    Closed,
    /// The evidence of the row.
    #[default]
    Open,
    /// The evidence among code that is nearly about it.
    Distractors,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Style {
    pub reasoning: Reasoning,
    pub context: Shown,
}
