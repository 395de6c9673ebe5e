//! Rules: what code does under a condition.

use crate::model::{CallUse, Chunk, Guard, GuardKind};

/// A condition and what follows from it, in one chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The conditions, the outermost first; never empty.
    pub when: Vec<Guard>,
    pub outcomes: Vec<Outcome>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Writes { target: String, value: String },
    Calls { callee: String, arguments: Vec<String> },
    Raises { exception: String, message: String },
    Returns { value: String },
}

/// The rules of a chunk, in the order of their first outcome. What happens under the same
/// conditions is one rule; changes and calls come before the way out.
pub(crate) fn rules(chunk: &Chunk) -> Vec<Rule> {
    let facts = &chunk.facts;
    let mut rules: Vec<Rule> = Vec::new();
    let mut add = |when: &[Guard], outcome: Outcome| {
        let decided = when.iter().any(|guard| guard.kind != GuardKind::For && guard.text != "…");
        if !decided {
            return;
        }
        match rules.iter_mut().find(|rule| rule.when == when) {
            Some(rule) if rule.outcomes.contains(&outcome) => (),
            Some(rule) => rule.outcomes.push(outcome),
            None => rules.push(Rule { when: when.to_vec(), outcomes: vec![outcome] }),
        }
    };
    for write in &facts.writes {
        add(&write.when, Outcome::Writes { target: write.target.clone(), value: write.value.clone() });
    }
    for call in facts.calls.iter().filter(|call| call.usage == CallUse::Ignored) {
        add(&call.when, Outcome::Calls { callee: call.callee.clone(), arguments: call.arguments.clone() });
    }
    for raise in facts.raises.iter().filter(|raise| !raise.caught) {
        add(&raise.when, Outcome::Raises { exception: raise.exception.clone(), message: raise.message.clone() });
    }
    for exit in &facts.exits {
        add(&exit.when, Outcome::Returns { value: exit.value.clone() });
    }
    rules
}

impl Outcome {
    /// In words, as `facts/` shards and people read it.
    pub(crate) fn says(&self) -> String {
        match self {
            Self::Writes { target, value } if value.is_empty() => format!("changes {target}"),
            Self::Writes { target, value } if value == "del" => format!("deletes {target}"),
            Self::Writes { target, value } if value.contains("= ") && !value.starts_with(char::is_alphanumeric) => {
                format!("{target} {value}")
            }
            Self::Writes { target, value } => format!("{target} = {value}"),
            Self::Calls { callee, arguments } => format!("calls {callee}({})", arguments.join(", ")),
            Self::Raises { exception, message } if message.is_empty() => format!("raises {exception}"),
            Self::Raises { exception, message } => format!("raises {exception}: {message}"),
            Self::Returns { value } if value.is_empty() => "returns".to_owned(),
            Self::Returns { value } => format!("returns {value}"),
        }
    }
}
