//! Who answers: whether a model is asked, which, where, and for how much.
//!
//! Flags come first, then the environment, then the person's own git configuration. No file of a
//! repository is looked at: a clone must not be able to send code or a key anywhere.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::generate::llm::{Clock, Limits, Price, Prose, Secret, Settings, Timeouts};

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub(crate) struct AskFlags {
    pub generator: Option<String>,
    pub base_url: Option<String>,
    pub model: Option<String>,
    pub temperature: Option<String>,
    pub seed: Option<String>,
    pub max_tokens: Option<String>,
    pub concurrency: Option<String>,
    pub budget_requests: Option<String>,
    pub budget_tokens: Option<String>,
    pub budget_usd: Option<String>,
    pub prose: Option<String>,
    pub batch_out: Option<PathBuf>,
    pub batch_in: Option<PathBuf>,
}

/// The front door: flags, and ways to the environment and the clock.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    pub flags: AskFlags,
    pub env: fn(&str) -> Option<String>,
    pub clock: Clock,
}

/// The generator, or a word to the person on why it is the offline one.
pub(crate) enum Asking {
    Offline { note: String },
    Model(Box<Settings>),
}

const FIRST: usize = 16;
const MOST: usize = 256;
const OPENAI: &str = "https://api.openai.com/v1";

/// Settings that a repository's own file may not hold, as git configuration spells them.
const PERSONAL: &[&str] = &[
    "generator",
    "baseUrl",
    "model",
    "apiKey",
    "header",
    "temperature",
    "seed",
    "maxTokens",
    "concurrency",
    "budgetRequests",
    "budgetTokens",
    "budgetUsd",
    "prose",
    "price",
    "embedModel",
    "embedUrl",
    "embedApiKey",
];

/// Is this a setting of the person and not of the repository?
pub(super) fn is_personal(key: &str) -> bool {
    PERSONAL.iter().any(|known| folded(known) == folded(key))
}

/// The setting as git configuration spells it.
pub(super) fn spelled(key: &str) -> &str {
    PERSONAL.iter().find(|known| folded(known) == folded(key)).copied().unwrap_or(key)
}

fn folded(key: &str) -> String {
    key.to_lowercase().replace(['_', '-'], "")
}

/// Finds out who answers. `git` gives the values of a key of the person's own git configuration.
pub(crate) fn asking(front: &Front, git: &dyn Fn(&str) -> Vec<String>) -> anyhow::Result<Asking> {
    let env = |name: &str| (front.env)(name).filter(|value| !value.is_empty());
    let own = |name: &str| git(&format!("trainset.{name}")).pop().filter(|value| !value.is_empty());
    let choose = |flag: &Option<String>, variable: &str, name: &str| flag.clone().or_else(|| env(variable)).or_else(|| own(name));
    let flags = &front.flags;
    let batch = flags.batch_in.is_some() || flags.batch_out.is_some();
    let use_openai = env("USE_OPENAI").map(|value| is_true(&value));
    let generator = choose(&flags.generator, "TRAINSET_GENERATOR", "generator");
    let generator = generator.or_else(|| (batch || use_openai == Some(true)).then(|| "llm".to_owned()));
    match generator.as_deref() {
        Some("llm") => (),
        None | Some("offline") if batch => bail!("a batch file is for a model\nmend: leave out `--generator offline`"),
        None | Some("offline") => return Ok(Asking::Offline { note: note(env("HF_MODEL_NAME"), generator.is_none()) }),
        Some(other) => bail!("there is no generator `{other}`\nmend: use `offline` or `llm`"),
    }

    let trainset_url = choose(&flags.base_url, "TRAINSET_BASE_URL", "baseUrl");
    let openai_url =
        env("OPENAI_BASE_URL").or_else(|| (use_openai == Some(true) || env("OPENAI_API_KEY").is_some()).then(|| OPENAI.to_owned()));
    // A key is sent only where it belongs: OpenAI's to the address that stands beside it.
    let openai_key = if trainset_url.is_none() { env("OPENAI_API_KEY") } else { None };
    let hugging_face = env("HF_MODEL_NAME");
    let base_url = trainset_url.or(if use_openai == Some(false) { None } else { openai_url });
    let model = choose(&flags.model, "TRAINSET_MODEL", "model").or_else(|| hugging_face.clone());
    let base_url = match base_url {
        Some(base_url) => base_url,
        None if batch => String::new(),
        None => bail!(no_server(hugging_face.as_deref().or(model.as_deref()))),
    };
    let model = model
        .context("no model is named\nmend: set TRAINSET_MODEL, or `git config --global trainset.model NAME`, or give `--model NAME`")?;

    let concurrency = number(choose(&flags.concurrency, "TRAINSET_CONCURRENCY", "concurrency"), "concurrency")?;
    let prose = match choose(&flags.prose, "TRAINSET_PROSE", "prose") {
        None => Prose::default(),
        Some(name) => match Prose::ALL.iter().find(|(known, _)| *known == name) {
            Some((_, prose)) => *prose,
            None => bail!("prose is `{name}`\nmend: use `cut`, `refuse` or `judge`"),
        },
    };
    Ok(Asking::Model(Box::new(Settings {
        base_url,
        price: price(&model, env("TRAINSET_PRICE"), &git("trainset.price"))?,
        model,
        key: Secret::new(env("TRAINSET_API_KEY").or_else(|| own("apiKey")).or(openai_key).unwrap_or_default().trim()),
        headers: headers(env("TRAINSET_HEADERS"), git("trainset.header"))?,
        temperature: number(choose(&flags.temperature, "TRAINSET_TEMPERATURE", "temperature"), "temperature")?.unwrap_or(0.2),
        seed: number(choose(&flags.seed, "TRAINSET_SEED", "seed"), "seed")?.unwrap_or(0),
        max_tokens: number(choose(&flags.max_tokens, "TRAINSET_MAX_TOKENS", "maxTokens"), "max tokens")?.unwrap_or(2048),
        first: concurrency.unwrap_or(FIRST),
        concurrency: concurrency.unwrap_or(MOST),
        budget: Limits {
            requests: number(choose(&flags.budget_requests, "TRAINSET_BUDGET_REQUESTS", "budgetRequests"), "the budget of requests")?,
            tokens: number(choose(&flags.budget_tokens, "TRAINSET_BUDGET_TOKENS", "budgetTokens"), "the budget of tokens")?,
            dollars: number(choose(&flags.budget_usd, "TRAINSET_BUDGET_USD", "budgetUsd"), "the budget of money")?,
        },
        prose,
        timeouts: timeouts(number(choose(&None, "TRAINSET_TIMEOUT", "timeout"), "the time-out")?),
        clock: front.clock,
    })))
    .and_then(sound)
}

/// Refuses what no server could make sense of.
fn sound(asking: Asking) -> anyhow::Result<Asking> {
    if let Asking::Model(settings) = &asking {
        if !(0.0..=2.0).contains(&settings.temperature) {
            bail!("the temperature is {}\nmend: use a number from 0 to 2", settings.temperature);
        }
        if settings.concurrency == 0 || settings.max_tokens == 0 {
            bail!("concurrency and max tokens are at least 1");
        }
        if settings.budget.dollars.is_some_and(|dollars| !dollars.is_finite() || dollars < 0.0) {
            bail!("the budget of money is not a number of dollars");
        }
        if settings.budget.dollars.is_some() && settings.price.is_none() {
            bail!(
                "there is a budget of money and no price for `{0}`\nmend: git config --global --add trainset.price '{0} INPUT OUTPUT', in dollars for a million tokens",
                settings.model
            );
        }
    }
    Ok(asking)
}

/// The time until the head of a reply, and for all of it, in seconds.
fn timeouts(seconds: Option<f64>) -> Timeouts {
    let usual = Timeouts::default();
    match seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0).map(Duration::from_secs_f64) {
        Some(whole) => Timeouts { whole, first_byte: usual.first_byte.min(whole), idle: usual.idle.min(whole), ..usual },
        None => usual,
    }
}

fn number<T: std::str::FromStr>(text: Option<String>, what: &str) -> anyhow::Result<Option<T>> {
    text.map(|text| text.trim().parse().map_err(|_| anyhow::anyhow!("{what} is `{text}`, which is not such a number"))).transpose()
}

fn is_true(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on")
}

/// The price of a model: of the environment, else the last one that is named after it.
fn price(model: &str, env: Option<String>, table: &[String]) -> anyhow::Result<Option<Price>> {
    if let Some(price) = env {
        return Price::read(&price).context("while reading TRAINSET_PRICE").map(Some);
    }
    let named = table.iter().rev().find_map(|line| line.trim().strip_prefix(model).filter(|rest| rest.starts_with(char::is_whitespace)));
    named.map(|price| Price::read(price).context("while reading `trainset.price` of your git configuration")).transpose()
}

/// Further headers: `NAME: VALUE`, one a line.
pub(super) fn headers(env: Option<String>, own: Vec<String>) -> anyhow::Result<Vec<(String, Secret)>> {
    let lines: Vec<String> = match env {
        Some(text) => text.lines().map(str::to_owned).collect(),
        None => own,
    };
    let lines = lines.iter().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').context("a header has no colon\nmend: write it as `NAME: VALUE`")?;
            Ok((name.trim().to_owned(), Secret::new(value.trim())))
        })
        .collect()
}

fn no_server(model: Option<&str>) -> String {
    match model {
        Some(model) => format!(
            "no server is named that could answer as `{model}`\nbecause: models are not run in here, they are asked over HTTP\nmend: {}, then set TRAINSET_BASE_URL=http://127.0.0.1:8000/v1",
            serve(model)
        ),
        None => "no server is named that could be asked\nmend: set TRAINSET_BASE_URL and TRAINSET_MODEL, or `git config --global trainset.baseUrl URL`; a repository's own configuration does not count".to_owned(),
    }
}

fn serve(model: &str) -> String {
    format!("serve it with `vllm serve {model}`, or `llama-server -hf {model}-GGUF --port 8000`")
}

/// A model that is named while nobody said that it should be asked.
fn note(hugging_face: Option<String>, unsaid: bool) -> String {
    match hugging_face {
        Some(model) if unsaid => {
            format!(
                "HF_MODEL_NAME names `{model}`, and no model is asked: {} and say `--generator llm --base-url http://127.0.0.1:8000/v1`",
                serve(&model)
            )
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{AskFlags, Asking, Front, asking, is_personal, spelled};
    use crate::generate::llm::{Price, Prose, Settings};

    fn resolve(flags: AskFlags, env: fn(&str) -> Option<String>, git: &[(&str, &str)]) -> anyhow::Result<Asking> {
        let git = |key: &str| git.iter().filter(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned()).collect();
        asking(&Front { flags, env, clock: || Duration::ZERO }, &git)
    }

    #[track_caller]
    fn model(asking: anyhow::Result<Asking>) -> Settings {
        match asking.unwrap() {
            Asking::Model(settings) => *settings,
            Asking::Offline { .. } => panic!("offline"),
        }
    }

    fn value(name: &str, table: &[(&str, &str)]) -> Option<String> {
        table.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn nobody_is_asked_unless_somebody_says_so() {
        let quiet =
            |name: &str| value(name, &[("TRAINSET_BASE_URL", "http://localhost/v1"), ("OPENAI_API_KEY", "sk-1"), ("USE_OPENAI", "false")]);
        assert!(matches!(resolve(AskFlags::default(), quiet, &[]).unwrap(), Asking::Offline { note } if note.is_empty()));
        let named = |name: &str| value(name, &[("HF_MODEL_NAME", "Qwen/Qwen2.5-7B-Instruct")]);
        let Asking::Offline { note } = resolve(AskFlags::default(), named, &[]).unwrap() else { panic!() };
        assert!(note.contains("vllm serve Qwen/Qwen2.5-7B-Instruct"), "{note}");
        let llm = AskFlags { generator: Some("llm".into()), ..AskFlags::default() };
        let error = resolve(llm, named, &[]).err().unwrap().to_string();
        assert!(error.contains("mend: serve it with `vllm serve Qwen/Qwen2.5-7B-Instruct`"), "{error}");
    }

    #[test]
    fn flags_then_environment_then_git() {
        let env = |name: &str| {
            value(name, &[("TRAINSET_GENERATOR", "llm"), ("TRAINSET_MODEL", "of-env"), ("TRAINSET_BASE_URL", "http://env/v1")])
        };
        let git = [
            ("trainset.model", "of-git"),
            ("trainset.baseUrl", "http://git/v1"),
            ("trainset.seed", "7"),
            ("trainset.price", "of-flag 1 2"),
            ("trainset.price", "of-flag-2 9 9"),
        ];
        let flags = AskFlags { model: Some("of-flag".into()), prose: Some("judge".into()), ..AskFlags::default() };
        let settings = model(resolve(flags, env, &git));
        assert_eq!((settings.model.as_str(), settings.base_url.as_str(), settings.seed), ("of-flag", "http://env/v1", 7));
        assert_eq!((settings.price, settings.prose), (Some(Price::read("1 2").unwrap()), Prose::Judge));
    }

    #[test]
    fn a_key_goes_only_where_it_belongs() {
        let env = |name: &str| value(name, &[("USE_OPENAI", "1"), ("OPENAI_API_KEY", "sk-1"), ("TRAINSET_MODEL", "m")]);
        let settings = model(resolve(AskFlags::default(), env, &[]));
        assert_eq!((settings.base_url.as_str(), format!("{:?}", settings.key).as_str()), ("https://api.openai.com/v1", "[key]"));
        let elsewhere = AskFlags { base_url: Some("https://other.example/v1".into()), ..AskFlags::default() };
        assert_eq!(format!("{:?}", model(resolve(elsewhere, env, &[])).key), "none");
    }

    #[test]
    fn mistakes_name_the_mend() {
        let env = |name: &str| value(name, &[("TRAINSET_GENERATOR", "llm"), ("TRAINSET_MODEL", "m"), ("TRAINSET_BASE_URL", "http://a/v1")]);
        let said = |flags: AskFlags| resolve(flags, env, &[]).err().unwrap().to_string();
        let flag = |text: &str| Some(text.to_owned());
        assert!(said(AskFlags { generator: flag("gpt"), ..AskFlags::default() }).contains("mend: use `offline` or `llm`"));
        assert!(said(AskFlags { temperature: flag("hot"), ..AskFlags::default() }).contains("`hot`"));
        assert!(said(AskFlags { temperature: flag("3"), ..AskFlags::default() }).contains("0 to 2"));
        assert!(said(AskFlags { prose: flag("keep"), ..AskFlags::default() }).contains("`cut`"));
        assert!(said(AskFlags { budget_usd: flag("1"), ..AskFlags::default() }).contains("no price for `m`"));
        assert!(said(AskFlags { concurrency: flag("0"), ..AskFlags::default() }).contains("at least 1"));
    }

    #[test]
    fn some_settings_are_personal() {
        assert!(is_personal("base_url") && is_personal("generator") && is_personal("apiKey") && !is_personal("kinds"));
        assert_eq!(spelled("api_key"), "apiKey");
    }
}
