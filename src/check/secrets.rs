//! Keys and passwords by the marks that their makers gave them. No model is sent one, and no answer
//! may hold one.

use super::{Bench, Rule, prose, written_by_a_model};
use crate::model::Row;

pub(super) static RULE: Rule = Rule { name: "secrets", judge };

/// What a secret begins with, and the fewest characters of the kind that follow.
const MARKS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("github_pat_", 40),
    ("glpat-", 20),
    ("sk-", 32),
    ("sk_live_", 20),
    ("rk_live_", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("AIza", 35),
    ("hf_", 30),
    ("npm_", 36),
    ("pypi-", 50),
    ("SG.", 40),
    ("eyJ", 60),
];

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    if !written_by_a_model(row) {
        return Ok(());
    }
    match prose(row).find_map(find_secret) {
        Some(mark) => Err(format!("a text holds what looks like a key, `{mark}…`")),
        None => Ok(()),
    }
}

/// The mark of the first secret in a text.
pub(crate) fn find_secret(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY") {
        return Some("-----BEGIN PRIVATE KEY");
    }
    let marked = |(mark, least): &&(&'static str, usize)| {
        text.match_indices(mark).any(|(at, _)| {
            let own_word = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            let rest = &text[at + mark.len()..];
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(rest.len());
            let body = &rest[..length];
            // A placeholder is letters or one character over and over.
            let varied =
                body.bytes().collect::<std::collections::HashSet<_>>().len() >= 8 && body.bytes().any(|byte| byte.is_ascii_digit());
            own_word && length >= *least && varied
        })
    };
    MARKS.iter().find(marked).map(|(mark, _)| *mark)
}

#[cfg(test)]
mod tests {
    use super::find_secret;
    use crate::check::tests::model_says;

    #[test]
    fn keys_are_found_and_placeholders_are_not() {
        // Put together here, so that no scanner takes this file for a leak.
        let token = format!("gh{}{}", "p_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        assert_eq!(find_secret(&format!("token = \"{token}\"")), Some("ghp_"));
        assert_eq!(find_secret(&format!("-----BEGIN RSA {}-----", "PRIVATE KEY")), Some("-----BEGIN PRIVATE KEY"));
        for harmless in ["ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "sk-learn", "task-0123456789012345678901234567890123456789", "eyJ"] {
            assert_eq!(find_secret(harmless), None, "{harmless}");
        }
        assert!(model_says(&format!("Use {token}."), super::judge).is_err());
    }
}
