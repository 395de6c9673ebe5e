//! Vectors of texts, from a server that speaks OpenAI's `/v1/embeddings`.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::json;

use super::client::{Client, Outcome};
use super::secret::Secret;
use super::settings::Timeouts;

/// A request that the server had no time for is sent so often.
const MOST_TRIES: u32 = 4;
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Somebody who asks a question waits so long for its vector, then does without.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who is asked for vectors. It comes from the person, as the [`Settings`](super::Settings) of a model do.
#[derive(Clone, Debug)]
pub(crate) struct Embedding {
    pub base_url: String,
    pub model: String,
    pub key: Secret,
    pub headers: Vec<(String, Secret)>,
    pub timeouts: Timeouts,
}

/// A connection to the server.
pub(crate) struct Embedder {
    client: Client,
    model: String,
    timeouts: Timeouts,
    tries: u32,
    runtime: tokio::runtime::Runtime,
}

#[derive(Deserialize)]
struct Reply {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    index: usize,
    embedding: Vec<f32>,
}

impl Embedder {
    pub(crate) fn new(settings: &Embedding) -> anyhow::Result<Self> {
        Self::with(settings, settings.timeouts, MOST_TRIES)
    }

    /// For somebody who waits.
    pub(crate) fn of_question(settings: &Embedding) -> anyhow::Result<Self> {
        let usual = settings.timeouts;
        let least = |time: Duration| time.min(PATIENCE);
        let timeouts = Timeouts { connect: least(usual.connect), first_byte: least(usual.first_byte), whole: least(usual.whole), ..usual };
        Self::with(settings, timeouts, 1)
    }

    fn with(settings: &Embedding, timeouts: Timeouts, tries: u32) -> anyhow::Result<Self> {
        let client = Client::of_vectors(&Embedding { timeouts, ..settings.clone() })?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("could not set up the network")?;
        Ok(Self { client, model: settings.model.clone(), timeouts, tries, runtime })
    }

    /// The vectors of some texts, in their order, all of one length.
    pub(crate) fn vectors(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        let body = json!({"model": self.model, "input": texts, "encoding_format": "float"});
        let mut tries = 0;
        let bytes = loop {
            tries += 1;
            let sent = async { tokio::time::timeout(self.timeouts.whole, self.client.post(&body)).await };
            let (says, wait) = match self.runtime.block_on(sent) {
                Ok(Ok(Some(bytes))) => break bytes,
                Ok(Ok(None)) => bail!("the server's reply with vectors is too long"),
                Ok(Err(Outcome::Busy { says, wait, .. })) => (says, wait),
                Ok(Err(Outcome::Refused { says, .. } | Outcome::Broken { says } | Outcome::Hopeless { says })) => bail!(says),
                Ok(Err(Outcome::Answered(_))) => bail!("the server answered what was not asked"),
                Err(_) => ("no whole reply in time".to_owned(), None),
            };
            if tries >= self.tries {
                bail!(says);
            }
            let pause = wait.unwrap_or(self.timeouts.pause * 2u32.pow(tries - 1)).min(LONGEST_WAIT);
            self.runtime.block_on(tokio::time::sleep(pause));
        };
        read(&bytes, texts.len())
    }
}

fn read(bytes: &[u8], count: usize) -> anyhow::Result<Vec<Vec<f32>>> {
    let reply: Reply = serde_json::from_slice(bytes).context("the server's reply holds no vectors")?;
    let mut vectors = vec![Vec::new(); count];
    for row in reply.data {
        let place = vectors.get_mut(row.index).context("the server sent a vector that was not asked for")?;
        *place = row.embedding;
    }
    let length = vectors.first().map_or(0, Vec::len);
    for vector in &vectors {
        ensure!(!vector.is_empty() && vector.len() == length, "the server sent vectors of different lengths, or too few");
        ensure!(vector.iter().all(|value| value.is_finite()), "the server sent a vector that is none");
    }
    Ok(vectors)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(reply: &str, want: Option<&[&[f32]]>) {
        let vectors = read(reply.as_bytes(), 2).ok();
        assert_eq!(vectors, want.map(|want| want.iter().map(|vector| vector.to_vec()).collect()));
    }

    #[test]
    fn vectors_come_in_any_order_and_whole() {
        let both = r#"{"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2.5]}],"usage":{}}"#;
        check(both, Some(&[&[1.0, 2.5], &[3.0, 4.0]]));
        check(r#"{"data":[{"index":0,"embedding":[1]}]}"#, None);
        check(r#"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}"#, None);
        check(r#"{"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]}"#, None);
        check("<html>", None);
    }
}
