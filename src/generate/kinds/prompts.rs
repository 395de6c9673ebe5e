//! What the model is told of each kind: a text beside the kind, one line here.

static PROMPTS: &[(&str, &str)] = &[
    ("api", include_str!("api.md")),
    ("callers", include_str!("callers.md")),
    ("compare", include_str!("compare.md")),
    ("config", include_str!("config.md")),
    ("contract", include_str!("contract.md")),
    ("dialogue", include_str!("dialogue.md")),
    ("effects", include_str!("effects.md")),
    ("errors", include_str!("errors.md")),
    ("flow", include_str!("flow.md")),
    ("lifecycle", include_str!("lifecycle.md")),
    ("purpose", include_str!("purpose.md")),
    ("rule", include_str!("rule.md")),
    ("test", include_str!("test.md")),
    ("where", include_str!("where.md")),
];

/// Kinds that stay with the offline generator. That a premise is false is proved by what is not
/// there, and no fact that could be offered says so.
#[cfg(test)]
const OFFLINE: &[&str] = &["premise"];

/// The instruction for a kind; None where the model is not asked for it.
pub(crate) fn prompt(kind: &str) -> Option<&'static str> {
    PROMPTS.iter().find(|(name, _)| *name == kind).map(|(_, text)| *text)
}

/// Must a question of this kind do without the name of its subject?
pub(crate) fn hides_subject(kind: &str) -> bool {
    kind == "where"
}

#[cfg(test)]
mod tests {
    use super::{OFFLINE, PROMPTS, prompt};
    use crate::generate::KINDS;

    #[test]
    fn every_kind_has_a_prompt_and_every_prompt_a_kind() {
        for kind in KINDS.iter().filter(|kind| !OFFLINE.contains(&kind.name)) {
            let text = prompt(kind.name).unwrap_or_else(|| panic!("kinds/{}.md and a line in kinds/prompts.rs", kind.name));
            assert!(text.starts_with(&format!("Kind: {}. ", kind.name)), "{}", kind.name);
        }
        assert_eq!(PROMPTS.len() + OFFLINE.len(), KINDS.len());
        assert!(OFFLINE.iter().all(|kind| prompt(kind).is_none()));
        assert!(PROMPTS.is_sorted());
    }
}
