//! Who turns texts into vectors, for the second view of a search; nobody, unless the person names a model for it.
//!
//! As with models that write: flags, then the environment, then the person's own git configuration. No file of a
//! repository is looked at.

use super::asking::{Front, headers};
use crate::generate::llm::{Embedding, Secret, Timeouts};

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub(crate) struct EmbeddingFlags {
    pub model: Option<String>,
    pub url: Option<String>,
}

/// Finds out who embeds. `git` gives the values of a key of the person's own git configuration.
pub(crate) fn embedding(front: &Front, flags: &EmbeddingFlags, git: &dyn Fn(&str) -> Vec<String>) -> anyhow::Result<Option<Embedding>> {
    let env = |name: &str| (front.env)(name).filter(|value| !value.is_empty());
    let own = |name: &str| git(&format!("trainset.{name}")).pop().filter(|value| !value.is_empty());
    let choose = |flag: &Option<String>, variable: &str, name: &str| flag.clone().or_else(|| env(variable)).or_else(|| own(name));
    let Some(model) = choose(&flags.model, "TRAINSET_EMBED_MODEL", "embedModel") else { return Ok(None) };
    // Keys and headers go to the address that they stand beside, and nowhere else.
    let (base_url, key, headers) = match choose(&flags.url, "TRAINSET_EMBED_URL", "embedUrl") {
        Some(url) => (url, env("TRAINSET_EMBED_API_KEY").or_else(|| own("embedApiKey")), Vec::new()),
        None => match choose(&None, "TRAINSET_BASE_URL", "baseUrl") {
            Some(url) => {
                (url, env("TRAINSET_API_KEY").or_else(|| own("apiKey")), headers(env("TRAINSET_HEADERS"), git("trainset.header"))?)
            }
            None => anyhow::bail!(
                "`{model}` is to embed, and no server is named that could be asked\nmend: set TRAINSET_EMBED_URL, or `git config --global trainset.embedUrl URL`; a repository's own configuration does not count"
            ),
        },
    };
    Ok(Some(Embedding { base_url, model, key: Secret::new(key.unwrap_or_default().trim()), headers, timeouts: Timeouts::default() }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{EmbeddingFlags, embedding};
    use crate::config::{AskFlags, Front};
    use crate::generate::llm::Embedding;

    fn resolve(flags: &EmbeddingFlags, env: fn(&str) -> Option<String>, git: &[(&str, &str)]) -> anyhow::Result<Option<Embedding>> {
        let git = |key: &str| git.iter().filter(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned()).collect();
        embedding(&Front { flags: AskFlags::default(), env, clock: || Duration::ZERO }, flags, &git)
    }

    #[test]
    fn nobody_embeds_unless_a_model_is_named() {
        let quiet = |name: &str| (name == "TRAINSET_BASE_URL").then(|| "http://localhost/v1".to_owned());
        assert!(resolve(&EmbeddingFlags::default(), quiet, &[("trainset.embedUrl", "http://git/v1")]).unwrap().is_none());
        let error = resolve(&EmbeddingFlags { model: Some("m".into()), url: None }, |_| None, &[]).unwrap_err().to_string();
        assert!(error.contains("mend: set TRAINSET_EMBED_URL"), "{error}");
    }

    #[test]
    fn a_key_goes_only_where_it_belongs() {
        let env = |name: &str| match name {
            "TRAINSET_BASE_URL" => Some("http://localhost/v1".to_owned()),
            "TRAINSET_API_KEY" => Some("sk-1".to_owned()),
            _ => None,
        };
        let flags = EmbeddingFlags { model: Some("m".into()), url: None };
        assert_eq!(format!("{:?}", resolve(&flags, env, &[]).unwrap().unwrap().key), "[key]");
        let elsewhere = resolve(&EmbeddingFlags { url: Some("http://other/v1".into()), ..flags }, env, &[]).unwrap().unwrap();
        assert_eq!((elsewhere.base_url.as_str(), format!("{:?}", elsewhere.key).as_str()), ("http://other/v1", "none"));
    }
}
