//! How many tokens a conversation is, by the tokenizer and the chat template of the model that will be trained.

use anyhow::{Context, anyhow, bail};
use minijinja::value::{Kwargs, Value, ValueKind, from_args};
use minijinja::{Environment, Error, ErrorKind, State, context};
use serde_json::Value as Json;
use tokenizers::Tokenizer;

use super::Conversation;

pub(crate) struct Counter {
    tokenizer: Tokenizer,
    environment: Environment<'static>,
    begin: String,
    end: String,
}

const TEMPLATE: &str = "chat";

impl Counter {
    /// From a `tokenizer.json` and a template: Jinja itself, or a `tokenizer_config.json` that holds it.
    pub(crate) fn new(tokenizer: &[u8], template: &str) -> anyhow::Result<Self> {
        let tokenizer = Tokenizer::from_bytes(tokenizer)
            .map_err(|error| anyhow!("the tokenizer cannot be read\nbecause: {error}\nmend: give the model's tokenizer.json"))?;
        let settings: Json = serde_json::from_str(template).unwrap_or_default();
        let source = if settings.is_object() { in_settings(&settings)? } else { template.to_owned() };
        let mut environment = Environment::new();
        // As transformers renders it.
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_unknown_method_callback(method);
        environment.add_function("raise_exception", |says: String| -> Result<String, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, says))
        });
        // A clock would make the count differ from day to day; every date is as long.
        environment.add_function("strftime_now", |_: String| "01 January 2026");
        environment.add_template_owned(TEMPLATE, source).context("the chat template cannot be read")?;
        Ok(Self { tokenizer, environment, begin: token(&settings, "bos_token"), end: token(&settings, "eos_token") })
    }

    /// The tokens that stand for themselves wherever their text does.
    pub(crate) fn control_tokens(&self) -> Vec<String> {
        let mut tokens: Vec<String> = self.tokenizer.get_added_tokens_decoder().into_values().map(|token| token.content).collect();
        tokens.sort();
        tokens
    }

    pub(crate) fn count(&self, talk: &Conversation) -> anyhow::Result<usize> {
        let text = self.render(talk)?;
        let encoded = self.tokenizer.encode_fast(text, false).map_err(|error| anyhow!("the tokenizer failed: {error}"))?;
        Ok(encoded.len())
    }

    pub(super) fn render(&self, talk: &Conversation) -> anyhow::Result<String> {
        let mut messages: Vec<Json> =
            talk.messages().into_iter().map(|(role, content)| serde_json::json!({"role": role, "content": content})).collect();
        let reasons = talk.turns.iter().enumerate().filter(|(_, turn)| !turn.reasoning.is_empty());
        reasons.for_each(|(at, turn)| messages[2 + 2 * at]["reasoning_content"] = turn.reasoning.as_str().into());
        let template = self.environment.get_template(TEMPLATE)?;
        let known = context! { messages, add_generation_prompt => false, bos_token => self.begin, eos_token => self.end };
        template.render(known).context("the chat template refuses a conversation")
    }
}

/// The template of a `tokenizer_config.json`.
fn in_settings(settings: &Json) -> anyhow::Result<String> {
    let template = &settings["chat_template"];
    let named = template.as_array().and_then(|all| all.iter().find(|one| one["name"] == "default")).map(|one| &one["template"]);
    match template.as_str().or_else(|| named.and_then(Json::as_str)) {
        Some(template) => Ok(template.to_owned()),
        None => bail!("there is no chat template in it\nmend: give the model's chat_template.jinja with `--chat-template`"),
    }
}

fn token(settings: &Json, name: &str) -> String {
    let token = &settings[name];
    token.as_str().or_else(|| token["content"].as_str()).unwrap_or_default().to_owned()
}

/// The methods of Python that chat templates call.
fn method(_: &State, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let unknown = || Error::new(ErrorKind::UnknownMethod, format!("no method `{method}`"));
    if value.kind() == ValueKind::Map {
        return match method {
            "items" => {
                let pairs = value.try_iter()?.map(|key| value.get_item(&key).map(|of_key| Value::from(vec![key, of_key])));
                Ok(Value::from(pairs.collect::<Result<Vec<_>, _>>()?))
            }
            "keys" => Ok(Value::from(value.try_iter()?.collect::<Vec<_>>())),
            "get" => {
                let (key, otherwise): (Value, Option<Value>) = from_args(args)?;
                Ok(value.get_item(&key).ok().filter(|found| !found.is_undefined()).or(otherwise).unwrap_or(Value::from(())))
            }
            _ => Err(unknown()),
        };
    }
    let Some(text) = value.as_str() else { return Err(unknown()) };
    let first = |usual: &str| args.first().and_then(Value::as_str).unwrap_or(usual).to_owned();
    let chars: Vec<char> = first(" \t\r\n").chars().collect();
    Ok(match method {
        "strip" => text.trim_matches(&chars[..]).into(),
        "lstrip" => text.trim_start_matches(&chars[..]).into(),
        "rstrip" => text.trim_end_matches(&chars[..]).into(),
        "startswith" => text.starts_with(&first("")).into(),
        "endswith" => text.ends_with(&first("")).into(),
        "upper" => text.to_uppercase().into(),
        "lower" => text.to_lowercase().into(),
        "title" | "capitalize" => text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect::<String>().into(),
        "replace" => {
            let (from, to, _): (String, String, Kwargs) = from_args(args)?;
            text.replace(&from, &to).into()
        }
        "split" => match args.first().and_then(Value::as_str) {
            Some(mark) => text.split(mark).map(Value::from).collect::<Vec<_>>().into(),
            None => text.split_whitespace().map(Value::from).collect::<Vec<_>>().into(),
        },
        _ => return Err(unknown()),
    })
}

#[cfg(test)]
mod tests {
    use super::Counter;
    use crate::export::conversation::Turn;
    use crate::export::{Conversation, Tame};

    /// A tokenizer for which every word is a token.
    const WORDS: &str = r#"{"version":"1.0","truncation":null,"padding":null,
        "added_tokens":[{"id":1,"content":"<|im_start|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
                        {"id":2,"content":"<|im_end|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
        "normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
        "model":{"type":"WordLevel","vocab":{"[UNK]":0,"<|im_start|>":1,"<|im_end|>":2},"unk_token":"[UNK]"}}"#;

    /// As Qwen writes it, in short.
    const CHAT: &str = "{%- for message in messages %}\n    {%- if message.content is string and not message.content.startswith('!') %}\n        {{- '<|im_start|>' + message.role + '\\n' + message.content.strip() + '<|im_end|>' + '\\n' }}\n    {%- endif %}\n{%- endfor %}\n";

    fn talk(asked: &str) -> Conversation {
        let turn = Turn { asked: asked.to_owned(), reasoning: String::new(), answer: "It is so.".to_owned() };
        Conversation { system: "Be right.".to_owned(), turns: vec![turn] }
    }

    #[test]
    fn a_conversation_is_rendered_and_counted() {
        let counter = Counter::new(WORDS.as_bytes(), CHAT).unwrap();
        let want =
            "<|im_start|>system\nBe right.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nIt is so.<|im_end|>\n";
        assert_eq!(counter.render(&talk(" Why? ")).unwrap(), want);
        assert_eq!(counter.count(&talk("Why?")).unwrap(), 15);
        assert_eq!(counter.control_tokens(), ["<|im_end|>", "<|im_start|>"]);
    }

    #[test]
    fn a_control_token_in_code_counts_as_text_once_it_is_tame() {
        let counter = Counter::new(WORDS.as_bytes(), CHAT).unwrap();
        let wild = talk("a<|im_end|>b");
        let tame = talk(&Tame::new(&counter.control_tokens()).text("a<|im_end|>b"));
        let ends = |talk: &Conversation| counter.render(talk).unwrap().matches("<|im_end|>").count();
        assert_eq!((ends(&wild), ends(&tame)), (4, 3));
    }

    #[test]
    fn settings_may_hold_the_template() {
        let settings = serde_json::json!({"chat_template": CHAT, "eos_token": {"content": "<|im_end|>"}}).to_string();
        assert_eq!(Counter::new(WORDS.as_bytes(), &settings).unwrap().count(&talk("Why?")).unwrap(), 15);
        let wrong = |template: &str| format!("{:#}", Counter::new(WORDS.as_bytes(), template).err().unwrap());
        assert!(wrong("{}").contains("no chat template") && wrong("{% if %}").contains("cannot be read"));
        assert!(Counter::new(b"{}", CHAT).err().unwrap().to_string().contains("mend: give the model's tokenizer.json"));
    }
}
