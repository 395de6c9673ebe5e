//! Requests and replies as files, in the form of the OpenAI Batch API, which `vllm run-batch`
//! reads and writes too.

use anyhow::Context;
use serde_json::{Value, json};

use crate::generate::llm::settings::Settings;
use crate::generate::llm::wire::{Answered, Dialect, Request, completion, error_words};
use crate::model::Reply;

/// One line for each request.
pub(crate) fn write(requests: &[Request], settings: &Settings) -> String {
    let line = |request: &Request| {
        let body = Dialect::default().body(request, settings, 0);
        json!({"custom_id": request.key, "method": "POST", "url": "/v1/chat/completions", "body": body}).to_string() + "\n"
    };
    requests.iter().map(line).collect()
}

/// A reply of a batch file, or why there is none, with the key of its request.
pub(crate) struct Returned {
    pub key: String,
    pub reply: Result<Reply, String>,
}

/// Reads the replies. Slot and turn are not in the file; who knows the request adds them.
pub(crate) fn read(text: &str, settings: &Settings) -> anyhow::Result<Vec<Returned>> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let value: Value = serde_json::from_str(line).with_context(|| format!("line {number} of the batch file is not JSON"))?;
            let key =
                value["custom_id"].as_str().with_context(|| format!("line {number} of the batch file has no `custom_id`"))?.to_owned();
            Ok(Returned { reply: answered(&value).map(|answered| reply(&key, answered, settings)), key })
        })
        .collect()
}

fn answered(value: &Value) -> Result<Answered, String> {
    let error = &value["error"];
    if !error.is_null() {
        return Err(error_words(error.to_string().as_bytes()));
    }
    let body = value["response"]["body"].to_string();
    match value["response"]["status_code"].as_u64() {
        None | Some(200) => completion(body.as_bytes(), Default::default()),
        Some(status) => Err(format!("{status}: {}", error_words(body.as_bytes()))),
    }
}

fn reply(key: &str, answered: Answered, settings: &Settings) -> Reply {
    Reply {
        key: key.to_owned(),
        model: settings.model.clone(),
        text: answered.text,
        fault: answered.fault,
        tokens_in: answered.tokens_in,
        cached: answered.cached,
        tokens_out: answered.tokens_out,
        dollars: settings.price.map_or(0.0, |price| price.of(answered.tokens_in, answered.cached, answered.tokens_out)),
        at: (settings.clock)().as_secs(),
        ..Reply::default()
    }
}
