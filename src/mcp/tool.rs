//! The register of tools: what each is for, what it takes, and its answer.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::commands::desk::Desk;
use crate::commands::query::Ask;
use crate::commands::{around, context, query};

/// A tool. The words are for the agent that has to choose among many.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    pub(super) schema: fn() -> Value,
    pub(super) answer: fn(&mut Desk, Value) -> anyhow::Result<Value>,
}

const LIMIT: usize = 10;
const MOST_HITS: usize = 50;
const BUDGET: usize = 2_000;
const CONTEXT_BUDGET: usize = 4_000;
const MOST_TOKENS: usize = 50_000;

pub(super) static TOOLS: &[Entry] = &[
    Entry {
        name: "search_code",
        says: "Find functions, methods and classes by words, by a symbol or by a requirement; says of each hit why it fits",
        schema: || {
            object(
                json!({
                    "query": {"type": "string"},
                    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_HITS},
                    "path": {"type": "string", "description": "file, folder or glob"},
                    "kind": {"type": "string", "enum": ["function", "method", "class", "module", "constant"]},
                    "domain": {"type": "string"},
                    "near": {"type": "string", "description": "chunk id or PATH:LINE whose neighbours go up"},
                    "budget": budget(),
                }),
                &["query"],
            )
        },
        answer: |desk, arguments| search(desk, arguments, false),
    },
    Entry {
        name: "get_chunk",
        says: "Read one function or class with its rules, by the id of a hit or by PATH:LINE",
        schema: || object(json!({"id": {"type": "string"}, "budget": budget()}), &["id"]),
        answer: |desk, arguments| {
            let place: Place = read(arguments)?;
            let letters = 4 * tokens(place.budget, BUDGET);
            desk.ask(|workspace, index| Ok(serde_json::to_value(around::unit(workspace, index, &place.id, letters)?)?))
        },
    },
    Entry {
        name: "related",
        says: "What a chunk calls, who calls it, what stands beside it, and the samples about it",
        schema: || object(json!({"id": {"type": "string"}, "budget": budget()}), &["id"]),
        answer: |desk, arguments| {
            let place: Place = read(arguments)?;
            let answer = desk.ask(|_, index| Ok(serde_json::to_value(around::around(index, &place.id)?)?))?;
            Ok(within(answer, &["beside", "samples", "callers", "calls"], tokens(place.budget, BUDGET)))
        },
    },
    Entry {
        name: "search_samples",
        says: "Find questions and designs that the dataset already holds an answer for",
        schema: || {
            object(
                json!({
                    "query": {"type": "string"},
                    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_HITS},
                    "task": {"type": "string", "enum": ["qa", "design"]},
                    "path": {"type": "string", "description": "file, folder or glob"},
                    "domain": {"type": "string"},
                    "budget": budget(),
                }),
                &["query"],
            )
        },
        answer: |desk, arguments| search(desk, arguments, true),
    },
    Entry {
        name: "design_context",
        says: "All that a requirement needs in one answer: domains, skeleton, code, rules, flows, samples, callers",
        schema: || object(json!({"requirement": {"type": "string"}, "budget": budget()}), &["requirement"]),
        answer: |desk, arguments| {
            let asked: Requirement = read(arguments)?;
            let budget = tokens(asked.budget, CONTEXT_BUDGET);
            if asked.requirement.trim().is_empty() {
                anyhow::bail!("the requirement is empty");
            }
            desk.ask(|workspace, index| Ok(serde_json::to_value(context::pack(workspace, index, &asked.requirement, budget)?)?))
        },
    },
    Entry {
        name: "index_status",
        says: "Which commit the index mirrors, whether that is the tip, and how much is in it",
        schema: || object(json!({}), &[]),
        answer: |desk, arguments| {
            read::<Nothing>(arguments)?;
            desk.ask(|workspace, index| {
                let (mirror, stats) = (index.mirror(), index.stats()?);
                Ok(json!({
                    "source_commit": mirror.source_commit,
                    "dataset_commit": mirror.dataset_commit,
                    "behind": query::is_behind(workspace, index)?,
                    "chunks": stats.chunks,
                    "samples": stats.samples,
                    "files": stats.files,
                }))
            })
        },
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    query: String,
    limit: Option<usize>,
    path: Option<String>,
    kind: Option<String>,
    domain: Option<String>,
    near: Option<String>,
    task: Option<String>,
    budget: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    id: String,
    budget: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    requirement: String,
    budget: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn search(desk: &mut Desk, arguments: Value, samples: bool) -> anyhow::Result<Value> {
    let asked: Search = read(arguments)?;
    let ask = Ask {
        text: asked.query,
        limit: asked.limit.unwrap_or(LIMIT).clamp(1, MOST_HITS),
        samples,
        task: asked.task,
        paths: asked.path.into_iter().collect(),
        kinds: asked.kind.into_iter().collect(),
        languages: Vec::new(),
        domains: asked.domain.into_iter().collect(),
        near: asked.near,
    };
    let answer = desk.ask(|workspace, index| Ok(serde_json::to_value(query::found(workspace, index, &ask)?)?))?;
    Ok(within(answer, &["hits"], tokens(asked.budget, BUDGET)))
}

fn read<T: DeserializeOwned>(arguments: Value) -> anyhow::Result<T> {
    Ok(serde_json::from_value(arguments)?)
}

fn tokens(asked: Option<usize>, usual: usize) -> usize {
    asked.unwrap_or(usual).clamp(100, MOST_TOKENS)
}

/// Takes the last items out of these lists, one list after the other, until the answer fits the budget, and says how
/// many went.
fn within(mut answer: Value, lists: &[&str], budget: usize) -> Value {
    let mut left_out = 0;
    for list in lists {
        while context::tokens(&answer.to_string()) > budget && answer[*list].as_array_mut().is_some_and(|items| items.pop().is_some()) {
            left_out += 1;
        }
    }
    answer["left_out"] = left_out.into();
    answer
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn budget() -> Value {
    json!({"type": "integer", "minimum": 100, "maximum": MOST_TOKENS, "description": "tokens that the answer may take, about"})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{TOOLS, within};

    #[test]
    fn six_tools_at_most_and_small_schemas() {
        assert!(TOOLS.len() <= 6);
        for tool in TOOLS {
            assert!((tool.schema)().to_string().len() < 700, "{}", tool.name);
        }
    }

    #[test]
    fn an_answer_keeps_to_its_budget() {
        let answer = json!({"a": ["x".repeat(400), "x"], "b": ["y".repeat(400), "y"]});
        let kept = within(answer.clone(), &["a", "b"], 150);
        assert_eq!((kept["a"].as_array().unwrap().len(), kept["b"].as_array().unwrap().len(), &kept["left_out"]), (0, 2, &json!(2)));
        assert_eq!(within(answer, &["a", "b"], 1_000)["left_out"], 0);
    }
}
