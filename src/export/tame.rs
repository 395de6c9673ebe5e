//! Text in which nothing can be taken for a control token.
//!
//! Every trainer turns a text that reads like a special token into that token, wherever it stands: a file that
//! holds `<|im_end|>` would end the message in its middle. A space behind the first letter takes the spell off.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use crate::model::Row;

/// The control tokens of the common families, for a tokenizer that was not named.
const KNOWN: &[&str] = &[
    "<|",
    "<｜",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "<s>",
    "</s>",
    "<think>",
    "</think>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
];

/// Keys of what leads back to the code.
const LEADS: &[&str] = &["id", "chunk_id", "path", "symbol", "cites"];

pub(crate) struct Tame {
    finder: Option<AhoCorasick>,
}

impl Default for Tame {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Tame {
    /// For the known tokens, and those of a tokenizer.
    pub(crate) fn new(tokens: &[String]) -> Self {
        // A token of one letter, or of spaces, is no control token that could be broken.
        let own = tokens.iter().map(String::as_str).filter(|token| token.trim().chars().count() > 2);
        let words: Vec<&str> = KNOWN.iter().copied().chain(own).collect();
        Self { finder: AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok() }
    }

    /// The row with every text of it tame, and whether one was not. Ids and paths stay: they lead back.
    pub(crate) fn row(&self, row: Row) -> (Row, bool) {
        if !self.is_wild(&row) {
            return (row, false);
        }
        let mut value = serde_json::to_value(&row).unwrap_or_default();
        self.walk(&mut value);
        (serde_json::from_value(value).unwrap_or(row), true)
    }

    fn is_wild(&self, row: &Row) -> bool {
        let Some(finder) = &self.finder else { return false };
        let args = row.claims.iter().flat_map(|claim| claim.predicate.args.iter().chain([&claim.says]));
        let says = row.trace.iter().map(|step| &step.says);
        let mut texts = row.evidence.iter().map(|evidence| &evidence.code).chain(args).chain(says).map(String::as_str).chain(row.told());
        texts.any(|text| finder.is_match(text))
    }

    fn walk(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(tame) = self.text(text) {
                    *text = tame;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            Value::Object(map) => map.iter_mut().filter(|(key, _)| !LEADS.contains(&key.as_str())).for_each(|(_, value)| self.walk(value)),
            _ => (),
        }
    }

    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(finder) = self.finder.as_ref().filter(|finder| finder.is_match(text)) else { return Cow::Borrowed(text) };
        let mut out = String::with_capacity(text.len() + 8);
        finder.replace_all_with(text, &mut out, |_, token, out| {
            let first = token.chars().next().map_or(0, char::len_utf8);
            out.push_str(&token[..first]);
            out.push(' ');
            out.push_str(&token[first..]);
            true
        });
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::Tame;

    #[test]
    fn control_tokens_are_broken_and_nothing_else() {
        let tame = Tame::new(&["[SPECIAL]".to_owned(), "a".to_owned()]);
        let cases = [
            ("x = '<|im_end|>'", "x = '< |im_end|>'"),
            ("</s><s>", "< /s>< s>"),
            ("[SPECIAL]", "[ SPECIAL]"),
            ("a < b | c > d and Vec<u8>", "a < b | c > d and Vec<u8>"),
        ];
        for (text, want) in cases {
            assert_eq!(tame.text(text), want);
            assert_eq!(tame.text(want), want, "twice is once");
        }
    }
}
