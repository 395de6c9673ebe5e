//! The arguments of a language model, and the front door to environment and clock.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::commands::{AskFlags, EmbeddingFlags, Front};

#[derive(clap::Args)]
#[command(next_help_heading = "Language model")]
pub(super) struct Asking {
    /// Who writes the samples: `offline` by rule, or `llm`
    #[arg(long, value_name = "WHO")]
    generator: Option<String>,

    /// Address of an OpenAI-compatible server, such as `http://127.0.0.1:8000/v1`
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// The model to ask, as the server names it
    #[arg(long, value_name = "NAME")]
    model: Option<String>,

    /// From 0, always the likeliest word, to 2
    #[arg(long, value_name = "T")]
    temperature: Option<String>,

    /// Seed of the model's choices, where the server has one
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seed: Option<String>,

    /// Longest reply, in tokens
    #[arg(long, value_name = "N")]
    max_tokens: Option<String>,

    /// Requests in flight; without it, as many as the server keeps up with
    #[arg(long, value_name = "N")]
    concurrency: Option<String>,

    /// Send at most this many requests
    #[arg(long, value_name = "N")]
    budget_requests: Option<String>,

    /// Use up at most this many tokens
    #[arg(long, value_name = "N")]
    budget_tokens: Option<String>,

    /// Spend at most this many US dollars
    #[arg(long, value_name = "USD")]
    budget_usd: Option<String>,

    /// What becomes of prose that no fact covers: `cut`, `refuse`, or `judge` by a second call
    #[arg(long, value_name = "HOW")]
    prose: Option<String>,

    /// Write the open requests to this file, in OpenAI Batch form, and ask nobody
    #[arg(long, value_name = "FILE")]
    batch_out: Option<PathBuf>,

    /// Take the replies from this file and ask nobody
    #[arg(long, value_name = "FILE")]
    batch_in: Option<PathBuf>,
}

/// Who answers a question.
#[derive(clap::Args)]
#[command(next_help_heading = "Language model")]
pub(super) struct Answering {
    /// Address of an OpenAI-compatible server, such as `http://127.0.0.1:8000/v1`
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// The model to ask, as the server names it
    #[arg(long, value_name = "NAME")]
    model: Option<String>,

    /// From 0, always the likeliest word, to 2
    #[arg(long, value_name = "T")]
    temperature: Option<String>,

    /// Longest reply, in tokens
    #[arg(long, value_name = "N")]
    max_reply: Option<String>,
}

impl Answering {
    pub(super) fn front(&self) -> Front {
        front(AskFlags {
            generator: Some("llm".to_owned()),
            base_url: self.base_url.clone(),
            model: self.model.clone(),
            temperature: self.temperature.clone(),
            max_tokens: self.max_reply.clone(),
            ..AskFlags::default()
        })
    }
}

/// Who turns texts into vectors.
#[derive(clap::Args, Default)]
#[command(next_help_heading = "Vectors")]
pub(super) struct Embedding {
    /// Model that turns texts into vectors, as the server names it
    #[arg(long, value_name = "NAME")]
    embed_model: Option<String>,

    /// Address of its OpenAI-compatible server, such as `http://127.0.0.1:8000/v1`
    #[arg(long, value_name = "URL")]
    embed_url: Option<String>,
}

impl Embedding {
    pub(super) fn front(&self) -> (Front, EmbeddingFlags) {
        (front(AskFlags::default()), EmbeddingFlags { model: self.embed_model.clone(), url: self.embed_url.clone() })
    }
}

impl Asking {
    pub(super) fn front(&self) -> Front {
        let flags = AskFlags {
            generator: self.generator.clone(),
            base_url: self.base_url.clone(),
            model: self.model.clone(),
            temperature: self.temperature.clone(),
            seed: self.seed.clone(),
            max_tokens: self.max_tokens.clone(),
            concurrency: self.concurrency.clone(),
            budget_requests: self.budget_requests.clone(),
            budget_tokens: self.budget_tokens.clone(),
            budget_usd: self.budget_usd.clone(),
            prose: self.prose.clone(),
            batch_out: self.batch_out.clone(),
            batch_in: self.batch_in.clone(),
        };
        front(flags)
    }
}

/// For a hook that was told to ask a model; which one, environment and git configuration say.
pub(super) fn of_hook() -> Front {
    front(AskFlags { generator: Some("llm".to_owned()), ..AskFlags::default() })
}

fn front(flags: AskFlags) -> Front {
    Front { flags, env: |name| std::env::var(name).ok(), clock: now }
}

/// The time since 1970.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
