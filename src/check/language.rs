//! What a model wrote is in the language that it was asked for.

use super::{Bench, Rule, prose, written_by_a_model};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "language", judge };

/// Fewer words than this say too little of their language.
const ENOUGH: usize = 12;
/// The share of these among the words of English prose is far above one in ten.
const ENGLISH: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "does", "for", "from", "has", "how", "if", "in", "is", "it", "its", "no",
    "not", "of", "on", "or", "that", "the", "then", "this", "to", "what", "when", "which", "with",
];

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    if !written_by_a_model(row) {
        return Ok(());
    }
    let plain: String = prose(row).flat_map(|text| text.split('`').step_by(2).chain([" "])).collect();
    let letters = plain.chars().filter(|c| c.is_alphabetic()).count().max(1);
    let han = plain.chars().filter(|c| is_han(*c)).count();
    let latin = plain.chars().filter(|c| c.is_ascii_alphabetic()).count();
    let right = match row.lang.as_str() {
        "zh" => han * 2 >= letters,
        "en" => {
            let lower = plain.to_lowercase();
            let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
            let english = words.iter().filter(|word| ENGLISH.contains(word)).count();
            latin * 10 >= letters * 9 && (words.len() < ENOUGH || english * 10 >= words.len())
        }
        _ => true,
    };
    if right { Ok(()) } else { Err(format!("the text is not in the language `{}`", row.lang)) }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{model_says, model_says_in};

    #[test]
    fn the_language_is_the_one_asked_for() {
        let english = "It raises `Sold` when there is no stock left, and otherwise it returns the order that was placed.";
        let german = "Die Funktion wirft einen Fehler, sobald kein Bestand mehr vorhanden ist, sonst liefert sie den Auftrag zurück.";
        let chinese = "当 `n > 3` 时抛出 `Sold`，否则返回已创建的订单。";
        assert_eq!(model_says(english, super::judge), Ok(()));
        assert!(model_says(german, super::judge).is_err() && model_says(chinese, super::judge).is_err());
        assert_eq!(model_says_in("zh", chinese, super::judge), Ok(()));
        assert!(model_says_in("zh", english, super::judge).is_err());
        assert_eq!(model_says("Returns `x`.", super::judge), Ok(()));
    }
}
