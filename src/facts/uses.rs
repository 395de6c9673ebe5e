//! Where a constant, or a member of a class of constants, bears on what a function does.

use crate::facts::has_exceptions;
use crate::model::{Attribute, CallUse, Chunk, Guard, GuardKind};

/// One place where a name stands, with what happens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// Does it stand in a condition, rather than in what is done?
    pub decides: bool,
    pub when: Vec<Guard>,
    pub does: Does,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Raises {
        exception: String,
        message: String,
    },
    Returns {
        value: String,
    },
    Writes {
        target: String,
        value: String,
    },
    /// `argument` is the one in which the name stands; empty where the name decides.
    Calls {
        callee: String,
        argument: String,
    },
    /// A variable of its own takes a value from it.
    Binds {
        target: String,
        value: String,
    },
    /// It is what a parameter is without an argument.
    Defaults {
        parameter: String,
        value: String,
    },
}

impl Use {
    /// The expression that is returned or assigned.
    fn value(&self) -> Option<&str> {
        match &self.does {
            Does::Returns { value } | Does::Writes { value, .. } | Does::Binds { value, .. } => Some(value),
            _ => None,
        }
    }
}

/// Does a name stand in the text, as a name of its own?
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(|c| part(c) || c == '.') && !after.is_some_and(part)
    })
}

/// What a chunk does where one of the names stands, conditions first. What follows because an
/// earlier check did not apply is left out: it is not what the check is for.
pub(crate) fn uses(chunk: &Chunk, names: &[String]) -> Vec<Use> {
    let facts = &chunk.facts;
    let named = |text: &str| names.iter().any(|name| mentions(text, name));
    let mut found: Vec<Use> = Vec::new();
    let mut add = |value: &str, when: &[Guard], does: Does| {
        let told = |guard: &&Guard| !matches!(guard.kind, GuardKind::Past | GuardKind::Skip | GuardKind::Except);
        let decides = when.iter().filter(told).any(|guard| named(&guard.text));
        let one = Use { decides, when: when.to_vec(), does };
        if (decides || named(value)) && !found.contains(&one) {
            found.push(one);
        }
    };
    for parameter in facts.parameters.iter().filter(|parameter| named(&parameter.default)) {
        let (parameter, value) = (parameter.name.clone(), parameter.default.clone());
        add(&value.clone(), &[], Does::Defaults { parameter, value });
    }
    for raise in facts.raises.iter().filter(|raise| !raise.caught || !has_exceptions(&chunk.path)) {
        add("", &raise.when, Does::Raises { exception: raise.exception.clone(), message: raise.message.clone() });
    }
    for exit in &facts.exits {
        add(&exit.value, &exit.when, Does::Returns { value: exit.value.clone() });
    }
    for write in &facts.writes {
        add(&write.value, &write.when, Does::Writes { target: write.target.clone(), value: write.value.clone() });
    }
    for binding in &facts.bindings {
        add(&binding.value, &binding.when, Does::Binds { target: binding.target.clone(), value: binding.value.clone() });
    }
    for call in facts.calls.iter().filter(|call| is_plain(call.usage)) {
        let argument = call.arguments.iter().find(|argument| named(argument)).cloned().unwrap_or_default();
        add(&argument.clone(), &call.when, Does::Calls { callee: call.callee.clone(), argument });
    }
    // What a call gives and what is done with that are one thing.
    let whole: Vec<(Vec<Guard>, String)> = found.iter().filter_map(|one| Some((one.when.clone(), one.value()?.to_owned()))).collect();
    found.retain(|one| match &one.does {
        Does::Calls { callee, .. } => !whole.iter().any(|(when, value)| *when == one.when && value.contains(&format!("{callee}("))),
        _ => true,
    });
    found.sort_by_key(|one| !one.decides);
    found
}

/// Are the conditions of such a call known?
fn is_plain(usage: CallUse) -> bool {
    matches!(usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned)
}

/// Is it a member of a class of constants, by the way it is written?
pub(crate) fn is_member(attribute: &Attribute) -> bool {
    let name = attribute.name.trim_start_matches('_');
    name.len() >= 2
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Does a function give one of these members to something: does it assign it or pass it on?
pub(crate) fn sets_member(chunk: &Chunk, names: &[String]) -> bool {
    let facts = &chunk.facts;
    let is = |text: &str| names.iter().any(|name| name == text);
    facts.writes.iter().any(|write| is(&write.value)) || facts.calls.iter().any(|call| call.arguments.iter().any(|argument| is(argument)))
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_name_is_told_from_a_part_of_one() {
        for (text, name, want) in [
            ("n > limits.MAX", "limits.MAX", true),
            ("n > limits.MAX_ITEMS", "limits.MAX", false),
            ("n > other.limits.MAX", "limits.MAX", false),
            ("MAX", "MAX", true),
            ("n > MAX // 10", "MAX", true),
            ("limits.MAX", "MAX", false),
        ] {
            assert_eq!(mentions(text, name), want, "{name} in {text}");
        }
    }
}
