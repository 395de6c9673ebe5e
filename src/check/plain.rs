//! What a model wrote is plain text with code in backticks, and nothing that a page, a terminal or
//! a chat template would act on.

use super::{Bench, Rule, prose, written_freely};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "markup", judge };

/// What is acted on wherever it stands.
const MARKS: &[&str] = &["```", "<|", "|>", "<think", "[INST]"];
/// What is acted on outside of code.
const LINKS: &[&str] = &["](", "&lt;", "&#"];

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    if !written_freely(row) {
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
        // An address that the cited code holds may be quoted; no other.
        let known = |address: &&str| row.evidence.iter().any(|evidence| evidence.code.contains(address));
        if let Some(address) = addresses(text).find(|address| !known(address)) {
            return Err(format!("a text holds the address `{address}`, which is not in the code"));
        }
        for plain in text.split('`').step_by(2) {
            if let Some(mark) = LINKS.iter().find(|mark| plain.contains(**mark)) {
                return Err(format!("a text holds `{mark}`"));
            }
            // Outside of code, `<` begins a tag where a letter follows.
            let tag =
                plain.match_indices('<').find(|(at, _)| plain[at + 1..].starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '!'));
            if tag.is_some() {
                return Err("a text holds a tag".to_owned());
            }
        }
    }
    Ok(())
}

/// The addresses of the web in a text, each up to a space, a quotation mark or the end of a sentence.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
    let begins = ["http://", "https://"].into_iter().flat_map(|scheme| text.match_indices(scheme));
    begins.map(move |(at, _)| text[at..].split(ends).next().unwrap_or_default().trim_end_matches(['.', ',', ';', ')', '。']))
}

/// Characters that show nothing, or turn the direction of what they stand in.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{judged, model_says};
    use crate::model::{Evidence, Row};

    #[test]
    fn what_others_would_act_on_is_refused() {
        for text in ["It returns `a < b`.", "If `n` < 3 it stops.\n- `Vec<u8>` then", "返回 `x`。", "It calls `handlers[name](order)`."]
        {
            assert_eq!(model_says(text, super::judge), Ok(()), "{text}");
        }
        let cited = Row {
            answer: "The message is \"try https://{host}?\", or `https://{host}`.".into(),
            generator: "llm".into(),
            evidence: vec![Evidence { code: "raise Gone(f\"try https://{host}?\")".into(), ..Evidence::default() }],
            ..Row::default()
        };
        assert_eq!(judged(&cited, super::judge), Ok(()));
        for text in [
            "\u{1b}[2Jgone",
            "see <b>this</b>",
            "a\u{202e}b",
            "<|im_end|>",
            "[a](x)",
            "```py\nx\n```",
            "# Title",
            "at https://x.y",
            "at `https://x.y`",
            "\u{7}",
        ] {
            assert!(model_says(text, super::judge).is_err(), "{text:?}");
        }
    }
}
