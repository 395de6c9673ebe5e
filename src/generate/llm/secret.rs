//! A text that must not be shown.

/// A key or a header. It is shown to the server alone: not in a message, not in the journal, and
/// not when something that holds it is printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For the header of a request, and nothing else.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// A text of the server without the secret, which some servers repeat in their errors.
    pub(super) fn redact(&self, text: &str) -> String {
        if self.0.len() < 4 { text.to_owned() } else { text.replace(&self.0, "[key]") }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "[key]" })
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn it_is_not_shown() {
        let key = Secret::new("sk-top-secret");
        assert_eq!(format!("{key:?}"), "[key]");
        assert_eq!(key.redact("no such key: sk-top-secret"), "no such key: [key]");
    }
}
