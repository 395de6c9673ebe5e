//! What code does after a commit that it did not do before: the difference of its facts.

use crate::generate::condition::is_tellable;
use crate::generate::phrase::code;
use crate::model::{Chunk, ChunkKind, Guard, GuardKind};

/// So many of one chunk are told.
const MOST: usize = 4;

/// One thing that a chunk does, or has, from the commit on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gain {
    Parameter {
        name: String,
        default: String,
    },
    Raise {
        exception: String,
        when: Vec<Guard>,
    },
    /// A field or an attribute of a class, or the value of a constant.
    Holds {
        name: String,
        value: String,
    },
    Condition(String),
    Return(String),
    Write(String),
    Call(String),
    /// A call that was there takes something that it did not take.
    Passes {
        callee: String,
        argument: String,
    },
    Decorator(String),
    Base(String),
    /// A call that is there no more.
    Drops(String),
}

/// Calls that say nothing of what the code is about.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "len", "str", "int", "float", "bool", "list", "dict", "set", "tuple", "repr", "isinstance", "issubclass", "getattr", "hasattr", "setattr", "super", "print",
    "range", "sorted", "reversed", "enumerate", "zip", "min", "max", "any", "all", "sum", "map", "filter", "iter", "next", "type", "callable", "id", "hash", "_",
    "format", "join", "split", "strip", "append", "extend", "get", "items", "keys", "values", "pop", "copy", "update", "add", "lower", "upper", "startswith",
    "endswith", "replace", "Some", "Ok", "Err", "clone", "to_owned", "to_string", "into", "unwrap", "expect", "iter", "collect", "vec!", "format!", "as_str",
];

/// The gains of a chunk, those that a reader of the requirement asks for first.
pub(super) fn gains(before: &Chunk, after: &Chunk) -> Vec<Gain> {
    let (was, is) = (&before.facts, &after.facts);
    let mut out: Vec<Gain> = Vec::new();
    for parameter in is.parameters.iter().filter(|new| !was.parameters.iter().any(|old| old.name == new.name)) {
        out.push(Gain::Parameter { name: parameter.name.clone(), default: parameter.default.clone() });
    }
    for base in is.bases.iter().filter(|base| !was.bases.contains(base)) {
        out.push(Gain::Base(base.clone()));
    }
    for new in &is.attributes {
        let old = was.attributes.iter().find(|old| old.name == new.name);
        if old.is_none_or(|old| before.kind == ChunkKind::Constant && old.value != new.value) {
            out.push(Gain::Holds { name: new.name.clone(), value: new.value.clone() });
        }
    }
    let raised = |exception: &str| was.raises.iter().filter(|old| old.exception == exception).count();
    for raise in is.raises.iter().filter(|raise| !raise.exception.is_empty()) {
        let new = is.raises.iter().filter(|other| other.exception == raise.exception).count() > raised(&raise.exception);
        if new && !was.raises.iter().any(|old| old.exception == raise.exception && old.when == raise.when) {
            out.push(Gain::Raise { exception: raise.exception.clone(), when: raise.when.clone() });
        }
    }
    let guards = |chunk: &Chunk| -> Vec<String> {
        let facts = &chunk.facts;
        let all = facts.exits.iter().map(|exit| &exit.when).chain(facts.calls.iter().map(|call| &call.when));
        let all = all.chain(facts.writes.iter().map(|write| &write.when)).chain(&facts.untold);
        let told = all.flatten().filter(|guard| matches!(guard.kind, GuardKind::If | GuardKind::Past | GuardKind::Unless));
        told.map(|guard| guard.text.clone()).collect()
    };
    let known = guards(before);
    for text in guards(after).into_iter().filter(|text| !known.contains(text)) {
        out.push(Gain::Condition(text));
    }
    for exit in is.exits.iter().filter(|exit| exit.value.len() > 4 && !was.exits.iter().any(|old| old.value == exit.value)) {
        out.push(Gain::Return(exit.value.clone()));
    }
    for write in is.writes.iter().filter(|write| !was.writes.iter().any(|old| old.target == write.target)) {
        out.push(Gain::Write(write.target.clone()));
    }
    for call in is.calls.iter().filter(|call| !was.calls.iter().any(|old| old.callee == call.callee)) {
        let last = call.callee.rsplit(['.', ':']).next().unwrap_or_default();
        if !PLAIN.contains(&last) {
            out.push(Gain::Call(call.callee.clone()));
        }
    }
    for call in &is.calls {
        let mut known = was.calls.iter().filter(|old| old.callee == call.callee).peekable();
        let taken: Vec<&String> = known.clone().flat_map(|old| &old.arguments).collect();
        let last = call.callee.rsplit(['.', ':']).next().unwrap_or_default();
        let argument = call.arguments.iter().find(|argument| !taken.contains(argument) && !argument.contains('…'));
        if let Some(argument) = argument.filter(|_| known.peek().is_some() && !PLAIN.contains(&last)) {
            out.push(Gain::Passes { callee: call.callee.clone(), argument: argument.clone() });
        }
    }
    for decorator in is.decorators.iter().filter(|new| !was.decorators.contains(new)) {
        out.push(Gain::Decorator(decorator.clone()));
    }
    for call in was.calls.iter().filter(|old| !is.calls.iter().any(|call| call.callee == old.callee)) {
        let last = call.callee.rsplit(['.', ':']).next().unwrap_or_default();
        if !PLAIN.contains(&last) {
            out.push(Gain::Drops(call.callee.clone()));
        }
    }
    let mut kept: Vec<Gain> = Vec::new();
    for gain in out {
        if !kept.iter().any(|known| known.tells(&gain)) && kept.len() < MOST {
            kept.push(gain);
        }
    }
    kept
}

impl Gain {
    /// As what follows the name of the chunk: "takes `x`". `knows` says which names may be told. None where it
    /// cannot be told.
    pub(super) fn says(&self, knows: &dyn Fn(&str) -> bool) -> Option<String> {
        let told = |text: &str| code(text).filter(|_| knows(text));
        Some(match self {
            Self::Parameter { name, default } => {
                let name = code(name)?;
                match told(default) {
                    Some(default) => format!("takes {name}, by default {default}"),
                    None => format!("takes {name}"),
                }
            }
            Self::Raise { exception, when } => {
                let exception = code(exception)?;
                let when: Vec<Guard> = when.iter().filter(|guard| knows(&guard.text)).cloned().collect();
                match when.last().filter(|_| is_tellable(&when, 2)) {
                    Some(_) => {
                        crate::generate::condition::under(crate::generate::tongue::Tongue::English, &format!("raises {exception}"), &when)
                    }
                    None => format!("raises {exception} in a case that it let pass before"),
                }
            }
            Self::Holds { name, value } => {
                let name = code(name)?;
                match told(value) {
                    Some(value) => format!("holds {name}, set to {value}"),
                    None => format!("holds {name}"),
                }
            }
            Self::Condition(text) => format!("branches on {}", code(text)?),
            Self::Return(value) => format!("returns {}", code(value)?),
            Self::Passes { callee, argument } => format!("hands {} to {}", code(argument)?, code(callee)?),
            Self::Drops(callee) => format!("calls {} no more", code(callee)?),
            Self::Write(target) => format!("sets {}", code(target)?),
            Self::Call(callee) => format!("calls {}", code(callee)?),
            Self::Decorator(name) => format!("carries the decorator {}", code(name)?),
            Self::Base(name) => format!("derives from {}", code(name)?),
        })
    }

    /// The name that comes with it, as the design lists what is new.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Parameter { name, .. } | Self::Holds { name, .. } | Self::Base(name) | Self::Decorator(name) => name,
            Self::Raise { exception, .. } => exception,
            Self::Write(target) => target,
            Self::Call(callee) | Self::Drops(callee) => callee,
            Self::Condition(text) | Self::Return(text) | Self::Passes { argument: text, .. } => text,
        }
    }

    /// Does it say the other one, too?
    fn tells(&self, other: &Self) -> bool {
        let last = |callee: &str| callee.rsplit(['.', ':']).next().unwrap_or_default().to_owned();
        match (self, other) {
            (Self::Raise { exception, .. }, Self::Call(callee) | Self::Passes { callee, .. }) => last(exception) == last(callee),
            (Self::Raise { when, .. }, Self::Condition(text)) => when.iter().any(|guard| guard.text == *text),
            (Self::Return(value), Self::Call(text) | Self::Passes { argument: text, .. }) => value.contains(text.as_str()),
            (Self::Condition(value), Self::Call(text)) => value.contains(text.as_str()),
            _ => self == other,
        }
    }

    /// Is it something that was not there before?
    pub(super) fn is_more(&self) -> bool {
        !matches!(self, Self::Drops(_))
    }
}

#[cfg(test)]
mod tests {
    use super::gains;
    use crate::model::{Call, Chunk, Facts, Parameter, Raise};

    #[test]
    fn what_came_is_told_and_what_stayed_is_not() {
        let parameter = |name: &str| Parameter { name: name.into(), default: "None".into(), ..Parameter::default() };
        let call = |callee: &str| Call { callee: callee.into(), ..Call::default() };
        let facts = |parameters: &[&str], calls: &[&str]| Facts {
            parameters: parameters.iter().map(|name| parameter(name)).collect(),
            calls: calls.iter().map(|name| call(name)).collect(),
            ..Facts::default()
        };
        let before = Chunk { facts: facts(&["order"], &["self.save"]), ..Chunk::default() };
        let mut after = Chunk { facts: facts(&["order", "limit"], &["self.save", "len", "audit.note"]), ..Chunk::default() };
        after.facts.raises = vec![Raise { exception: "TooMany".into(), ..Raise::default() }];
        let told: Vec<String> = gains(&before, &after).iter().filter_map(|gain| gain.says(&|_| true)).collect();
        assert_eq!(told, ["takes `limit`, by default `None`", "raises `TooMany` in a case that it let pass before", "calls `audit.note`"]);
        assert!(gains(&after, &before).iter().all(|gain| !gain.is_more()));
    }
}
