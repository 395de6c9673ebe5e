//! The bodies of requests and replies, as OpenAI-compatible servers read and write them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::generate::llm::budget::Bound;
use crate::generate::llm::settings::Settings;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Message {
    role: &'static str,
    pub(super) content: String,
}

impl Message {
    pub(super) fn system(content: impl Into<String>) -> Self {
        Self { role: "system", content: content.into() }
    }

    pub(super) fn user(content: impl Into<String>) -> Self {
        Self { role: "user", content: content.into() }
    }

    pub(super) fn assistant(content: impl Into<String>) -> Self {
        Self { role: "assistant", content: content.into() }
    }
}

/// Something to ask the model.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub key: String,
    pub slot: String,
    /// draft, repair or judge.
    pub turn: &'static str,
    pub messages: Vec<Message>,
    pub schema: Value,
}

impl Request {
    /// No tokenizer makes more tokens of a text than it has bytes, but for the few that mark where
    /// a message begins and ends.
    pub(crate) fn bound(&self, settings: &Settings) -> Bound {
        let text: usize = self.messages.iter().map(|message| message.content.len() + 16).sum();
        // Some servers put the schema before the model as well.
        let schema = self.schema.to_string().len();
        Bound { tokens_in: (text + schema + 16) as u64, tokens_out: settings.max_tokens }
    }
}

/// How a server wants to be asked. Begins with all that we know and gives way to what the server
/// says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    form: Form,
    completion_tokens: bool,
    temperature: bool,
    seed: bool,
}

/// How a reply is held to its form, the strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Schema,
    Json,
    Free,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { form: Form::Schema, completion_tokens: false, temperature: true, seed: true }
    }
}

impl Dialect {
    /// For replies whose form the prompt alone asks for.
    pub(super) fn free() -> Self {
        Self { form: Form::Free, ..Self::default() }
    }

    /// The body of a request. `nudge` changes the seed of a request that broke the server.
    pub(super) fn body(&self, request: &Request, settings: &Settings, nudge: i64) -> Value {
        let limit = if self.completion_tokens { "max_completion_tokens" } else { "max_tokens" };
        let mut body = json!({"model": settings.model, "messages": request.messages});
        body[limit] = settings.max_tokens.into();
        if self.temperature {
            body["temperature"] = settings.temperature.into();
        }
        if self.seed {
            body["seed"] = settings.seed.saturating_add(nudge).into();
        }
        match self.form {
            Form::Schema => {
                let schema = json!({"name": "sample", "strict": true, "schema": request.schema});
                body["response_format"] = json!({"type": "json_schema", "json_schema": schema});
            }
            Form::Json => body["response_format"] = json!({"type": "json_object"}),
            Form::Free => (),
        }
        body
    }

    /// Gives way where the server refused a request for its form. False: there is nothing left to
    /// give, or it was refused for something else.
    pub(super) fn give_way(&mut self, says: &str) -> bool {
        // A prompt that does not fit will not fit in another form either.
        if is_too_long(says) {
            return false;
        }
        let says = says.to_ascii_lowercase();
        let about = |words: &[&str]| words.iter().any(|word| says.contains(word));
        if !self.completion_tokens && about(&["max_completion_tokens"]) {
            self.completion_tokens = true;
            return true;
        }
        if self.temperature && about(&["temperature"]) {
            self.temperature = false;
            return true;
        }
        if self.seed && about(&["seed"]) {
            self.seed = false;
            return true;
        }
        self.form = match self.form {
            Form::Schema => Form::Json,
            Form::Json => Form::Free,
            Form::Free => return false,
        };
        true
    }
}

/// Does a server say that the prompt is longer than it can take?
pub(super) fn is_too_long(says: &str) -> bool {
    let says = says.to_ascii_lowercase();
    ["context length", "context size", "context_length", "too many tokens", "too long", "too large"]
        .iter()
        .any(|words| says.contains(words))
}

/// The fault of a reply that a shorter one may mend.
pub(super) const CUT_OFF: &str = "it was cut off at the longest reply that is allowed";

/// The part of a reply that we read. Servers leave out what they please.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    message: Option<Said>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Usage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Option<u64>,
}

/// What a completion says. Without its own count the bound stands for what was used up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answered {
    pub text: String,
    pub fault: String,
    pub tokens_in: u64,
    pub cached: u64,
    pub tokens_out: u64,
}

/// Reads the body of a completed reply. Err: it is not one.
pub(super) fn completion(body: &[u8], bound: Bound) -> Result<Answered, String> {
    let completion: Completion = serde_json::from_slice(body).map_err(|error| format!("the reply is not a completion ({error})"))?;
    let choice = completion.choices.into_iter().next().ok_or("the reply has no choice")?;
    let usage = completion.usage.unwrap_or_default();
    let said = choice.message.unwrap_or_default();
    let text = said.content.unwrap_or_default();
    let fault = match choice.finish_reason.as_deref() {
        Some("length") => CUT_OFF.to_owned(),
        Some("content_filter") => "the server's filter kept it back".to_owned(),
        _ if said.refusal.as_deref().is_some_and(|refusal| !refusal.is_empty()) => "the model declined".to_owned(),
        _ => String::new(),
    };
    Ok(Answered {
        text,
        fault,
        tokens_in: usage.prompt_tokens.unwrap_or(bound.tokens_in),
        cached: usage.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or_default(),
        tokens_out: usage.completion_tokens.unwrap_or(bound.tokens_out),
    })
}

/// The words of an error, whichever way the server wraps them.
pub(super) fn error_words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let places = ["/error/message", "/error", "/message", "/detail", "/object/message"];
    let found = places.iter().find_map(|place| value.pointer(place).and_then(Value::as_str).map(str::to_owned));
    let found = found.or_else(|| value.get("detail").filter(|detail| !detail.is_null()).map(Value::to_string));
    let said = found.unwrap_or_else(|| text.trim().to_owned());
    said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::{Dialect, completion, error_words};
    use crate::generate::llm::budget::Bound;

    #[test]
    fn errors_are_found_in_every_wrapping() {
        for body in [
            r#"{"error":{"message":"no such model","code":404}}"#,
            r#"{"error":"no such model"}"#,
            r#"{"object":"error","message":"no such model"}"#,
            r#"{"detail":"no such model"}"#,
            "no such\n  model",
        ] {
            assert_eq!(error_words(body.as_bytes()), "no such model", "{body}");
        }
        assert_eq!(error_words(br#"{"detail":[{"loc":["body","seed"]}]}"#), r#"[{"loc":["body","seed"]}]"#);
        assert_eq!(error_words(&vec![b'x'; 9_000]).len(), 300);
    }

    #[test]
    fn a_dialect_gives_way_step_by_step() {
        let mut dialect = Dialect::default();
        assert!(dialect.give_way("Unsupported parameter: use 'max_completion_tokens' instead") && dialect.completion_tokens);
        assert!(dialect.give_way("temperature must be 1") && !dialect.temperature);
        assert!(!dialect.give_way("maximum context length is 512 tokens"));
        assert!(dialect.give_way("response_format is not supported") && dialect.give_way("response_format: json_object?"));
        assert!(dialect.give_way("unknown field seed") && !dialect.give_way("no"));
    }

    #[test]
    fn a_completion_is_read_as_far_as_it_goes() {
        let bound = Bound { tokens_in: 90, tokens_out: 10 };
        let read = |text: &str| completion(text.as_bytes(), bound);
        let full = r#"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":5}}}"#;
        let full = read(full).unwrap();
        assert_eq!((full.text.as_str(), full.tokens_in, full.cached, full.tokens_out), ("hi", 7, 5, 2));
        let bare = read(r#"{"choices":[{"message":{"content":null},"finish_reason":"length"}]}"#).unwrap();
        assert_eq!((bare.text.as_str(), bare.fault.is_empty(), bare.tokens_in, bare.tokens_out), ("", false, 90, 10));
        assert!(read("{\"choices\":[]}").is_err() && read("{\"choices\":[{\"mes").is_err() && read("").is_err());
    }
}
