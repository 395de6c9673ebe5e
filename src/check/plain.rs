//! What a model wrote is plain text with code in backticks, and nothing that a page, a terminal or
//! a chat template would act on.

use super::{Bench, Rule, prose, written_by_a_model};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "markup", judge };

const MARKS: &[&str] = &["```", "<|", "|>", "](", "http://", "https://", "<think", "[INST]", "&lt;", "&#"];

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    if !written_by_a_model(row) {
        return Ok(());
    }
    for text in prose(row) {
        if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\n' || is_hidden(*c)) {
            return Err(format!("a text holds the character {}", c.escape_unicode()));
        }
        if let Some(mark) = MARKS.iter().find(|mark| text.contains(**mark)) {
            return Err(format!("a text holds `{mark}`"));
        }
        if text.lines().any(|line| line.starts_with('#') || line.starts_with('|') || line.starts_with('>')) {
            return Err("a text holds a heading, a table or a quotation".to_owned());
        }
        // Outside of code, `<` begins a tag where a letter follows.
        for plain in text.split('`').step_by(2) {
            let tag =
                plain.match_indices('<').find(|(at, _)| plain[at + 1..].starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '!'));
            if tag.is_some() {
                return Err("a text holds a tag".to_owned());
            }
        }
    }
    Ok(())
}

/// Characters that show nothing, or turn the direction of what they stand in.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use crate::check::tests::model_says;

    #[test]
    fn what_others_would_act_on_is_refused() {
        for text in ["It returns `a < b`.", "If `n` < 3 it stops.\n- `Vec<u8>` then", "返回 `x`。"] {
            assert_eq!(model_says(text, super::judge), Ok(()), "{text}");
        }
        for text in [
            "\u{1b}[2Jgone",
            "see <b>this</b>",
            "a\u{202e}b",
            "<|im_end|>",
            "[a](x)",
            "```py\nx\n```",
            "# Title",
            "at https://x.y",
            "\u{7}",
        ] {
            assert!(model_says(text, super::judge).is_err(), "{text:?}");
        }
    }
}
