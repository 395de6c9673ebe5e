//! From the text of a reply to what it says, however the model wrapped it.

use serde::Deserialize;
use serde_json::{Value, json};

/// A reply to a draft or a repair. Nothing in it is believed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Told {
    pub question: String,
    pub answer: Vec<Statement>,
    #[serde(default)]
    pub followups: Vec<Turn>,
    #[serde(default)]
    pub trace: Vec<Step>,
    pub claims: Vec<Stated>,
}

/// A piece of the answer and the claims that it states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Statement {
    pub says: String,
    #[serde(default)]
    pub claims: Vec<String>,
}

/// A further turn of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Turn {
    pub question: String,
    pub answer: Vec<Statement>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Step {
    pub op: String,
    pub says: String,
    #[serde(default)]
    pub cites: Vec<String>,
    #[serde(default)]
    pub claims: Vec<String>,
}

/// A claim as the model returns it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Stated {
    pub id: String,
    pub name: String,
    pub args: Vec<String>,
    pub cites: Vec<String>,
}

/// A reply of the judge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Judgement {
    pub supported: Vec<u64>,
    pub scores: Scores,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Scores {
    correctness: u64,
    completeness: u64,
    relevance: u64,
    clarity: u64,
    reasoning: u64,
}

impl Scores {
    /// Good enough to stand: right beyond doubt, and nothing else poor.
    pub(super) fn pass(&self) -> bool {
        let others = [self.completeness, self.relevance, self.clarity, self.reasoning];
        (4..=5).contains(&self.correctness) && others.iter().all(|score| (3..=5).contains(score))
    }
}

/// Reads the object that a reply holds. Err says what is wrong in words that help to mend it.
pub(super) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    if text.trim().is_empty() {
        return Err("the reply is empty".to_owned());
    }
    let value = object(text).ok_or("the reply is not a JSON object, or it is cut off")?;
    serde_json::from_value(value).map_err(|error| format!("the JSON object does not fit: {error}"))
}

/// The last whole object in a text: behind the thoughts, inside of fences, before a farewell.
fn object(text: &str) -> Option<Value> {
    let text = text.rsplit("</think>").next().unwrap_or(text).trim();
    if let Ok(value @ Value::Object(_)) = serde_json::from_str(text) {
        return Some(value);
    }
    let mut found = None;
    let mut at = 0;
    // A start that leads nowhere costs a scan; a text of nothing but braces must not cost its square.
    let mut tries = 200;
    while let Some(start) = text[at..].find('{').filter(|_| tries > 0) {
        tries -= 1;
        let mut stream = serde_json::Deserializer::from_str(&text[at + start..]).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value @ Value::Object(_))) => {
                at += start + stream.byte_offset();
                found = Some(value);
            }
            // It is cut off. What stands whole inside of it is a part and not the reply.
            Some(Err(error)) if error.is_eof() => break,
            _ => at += start + 1,
        }
    }
    found
}

/// The form of a draft. Without lengths: some servers enforce them by breaking strings.
pub(super) fn schema() -> Value {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let text = json!({"type": "string"});
    let statements = list(closed(json!({"says": text, "claims": texts})));
    closed(json!({
        "question": text,
        "answer": statements,
        "followups": list(closed(json!({"question": text, "answer": statements}))),
        "trace": list(closed(json!({
            "op": {"type": "string", "enum": ["read", "locate", "follow", "compare", "check", "decide", "conclude"]},
            "says": text,
            "cites": texts,
            "claims": texts,
        }))),
        "claims": list(closed(json!({"id": text, "name": text, "args": texts, "cites": texts}))),
    }))
}

/// The form of a judgement.
pub(super) fn judgement_schema() -> Value {
    let score = json!({"type": "integer"});
    let names = ["correctness", "completeness", "relevance", "clarity", "reasoning"];
    let scores: serde_json::Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), score.clone())).collect();
    closed(json!({"supported": {"type": "array", "items": {"type": "integer"}}, "scores": closed(Value::Object(scores))}))
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn closed(properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|map| map.keys()).collect();
    json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::{Judgement, Told, read};

    const BARE: &str = r#"{"question": "Q?", "answer": [{"says": "A.", "claims": ["C1"]}], "claims": []}"#;

    #[track_caller]
    fn check(text: &str) {
        let told: Told = read(text).unwrap();
        assert_eq!((told.question.as_str(), told.answer.len()), ("Q?", 1));
    }

    #[test]
    fn an_object_is_found_in_every_wrapping() {
        check(BARE);
        check(&format!("Sure! Here it is:\n```json\n{BARE}\n```\nAnything else?"));
        check(&format!("let me see {{\"a\": 1}} hm\n</think>\n{BARE}"));
        check(&format!("{{broken {BARE} and {{ more"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text: &str| read::<Told>(text).unwrap_err();
        assert_eq!(wrong(" \n"), "the reply is empty");
        assert!(wrong(&BARE[..BARE.len() - 9]).contains("cut off"));
        assert!(wrong("no").contains("not a JSON object"));
        assert!(wrong(r#"{"question": 7}"#).contains("does not fit: invalid type"));
        assert!(wrong(&"{".repeat(100_000)).contains("not a JSON object"));
        assert!(wrong(&"[".repeat(100_000)).contains("not a JSON object"));
    }

    #[test]
    fn a_judgement_has_to_be_good_in_all() {
        let judge = |correctness: u8, clarity: u8| {
            let text = format!(
                r#"{{"supported":[1],"scores":{{"correctness":{correctness},"completeness":3,"relevance":5,"clarity":{clarity},"reasoning":4}}}}"#
            );
            read::<Judgement>(&text).unwrap().scores.pass()
        };
        assert!(judge(4, 3) && !judge(3, 5) && !judge(5, 2) && !judge(9, 5));
    }
}
