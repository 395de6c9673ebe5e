//! Who is asked, how, and for how much.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::generate::llm::price::Price;
use crate::generate::llm::prompt;
use crate::generate::llm::secret::Secret;
use crate::generate::{KINDS, Kind, kinds};
use crate::model::fingerprint;

/// The time since 1970, from the front door.
pub(crate) type Clock = fn() -> Duration;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where the server is, up to and with `/v1`. Empty where nobody is to be asked: replies then
    /// come from the journal alone.
    pub base_url: String,
    pub model: String,
    pub key: Secret,
    /// Further headers, name and value.
    pub headers: Vec<(String, Secret)>,
    pub temperature: f64,
    pub seed: i64,
    /// Longest reply, in tokens.
    pub max_tokens: u64,
    /// Requests in flight at first, and at most.
    pub first: usize,
    pub concurrency: usize,
    pub budget: Limits,
    pub prose: Prose,
    pub price: Option<Price>,
    pub timeouts: Timeouts,
    pub clock: Clock,
}

/// What one run may use up at most; None is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Limits {
    pub requests: Option<u64>,
    pub tokens: Option<u64>,
    pub dollars: Option<f64>,
}

/// What becomes of prose that no proved claim covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Prose {
    /// It is left out.
    #[default]
    Cut,
    /// The whole reply is refused.
    Refuse,
    /// A second call, which sees the evidence, decides.
    Judge,
}

impl Prose {
    pub(crate) const ALL: [(&'static str, Self); 3] = [("cut", Self::Cut), ("refuse", Self::Refuse), ("judge", Self::Judge)];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, prose)| *prose == self).map_or("", |(name, _)| name)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub connect: Duration,
    /// Until the head of the reply; most servers send it once the reply is complete.
    pub first_byte: Duration,
    /// Between two pieces of the reply.
    pub idle: Duration,
    pub whole: Duration,
    /// The first wait before a request is tried again; each further one is twice as long.
    pub pause: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(300),
            idle: Duration::from_secs(30),
            whole: Duration::from_secs(600),
            pause: Duration::from_millis(500),
        }
    }
}

impl Settings {
    /// Calls that one sample takes at most: the draft, one repair, and the judge of its prose.
    pub(crate) fn most_calls(&self) -> u64 {
        if self.prose == Prose::Judge { 3 } else { 2 }
    }

    /// The recipe of the samples of one kind: all that shapes a reply. Not the address: the same
    /// model behind another address is the same model.
    fn recipe(&self, kind: &Kind) -> String {
        let how = format!("{} {} {} {}", self.temperature, self.seed, self.max_tokens, self.prose.name());
        let how = fingerprint(how.as_bytes());
        format!("llm/{}/{}/{}/{}/{}", kind.name, kind.version, prompt::hash(kind.name), self.model, &how[..8])
    }
}

/// The recipes of a model, by kind.
#[derive(Clone, Debug)]
pub(crate) struct Recipes(BTreeMap<&'static str, String>);

impl Recipes {
    pub(crate) fn new(settings: &Settings) -> Self {
        let asked = KINDS.iter().filter(|kind| kinds::prompt(kind.name).is_some());
        Self(asked.map(|kind| (kind.name, settings.recipe(kind))).collect())
    }

    /// None where the model is not asked for this kind.
    pub(crate) fn of(&self, kind: &str) -> Option<&str> {
        self.0.get(kind).map(String::as_str)
    }

    /// Names all of them together: a dataset that bears it has asked about every sample.
    pub(crate) fn id(&self) -> String {
        let all: Vec<&str> = self.0.values().map(String::as_str).collect();
        fingerprint(all.join("\n").as_bytes())
    }
}

/// How a row's recipe stands to the one that is wanted.
pub(crate) fn is_settled(recipe: &str, wanted: &str) -> bool {
    recipe == wanted || recipe.strip_suffix(wanted).is_some_and(|floor| floor.ends_with(AFTER))
}

/// The recipe of an offline sample for which the model was asked in vain, so that it is not
/// asked again.
pub(crate) fn after(floor: &str, refused: &str) -> String {
    format!("{floor}{AFTER}{refused}")
}

/// Did a refusal leave this recipe behind?
pub(crate) fn is_refused(recipe: &str) -> bool {
    recipe.contains(AFTER)
}

const AFTER: &str = " after ";

#[cfg(test)]
mod tests {
    use super::{after, is_refused, is_settled};

    #[test]
    fn a_refusal_settles_a_slot_for_its_recipe_alone() {
        let refused = after("offline/errors/1", "llm/errors/1/ab/m/cd");
        assert!(is_refused(&refused) && !is_refused("offline/errors/1"));
        assert!(is_settled(&refused, "llm/errors/1/ab/m/cd") && is_settled("llm/errors/1/ab/m/cd", "llm/errors/1/ab/m/cd"));
        assert!(!is_settled(&refused, "llm/errors/1/ab/n/cd") && !is_settled("offline/errors/1", "llm/errors/1/ab/m/cd"));
    }
}
