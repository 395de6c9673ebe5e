//! What a new value does to the code that goes by it.

use crate::facts::{Does, Use, mentions};
use crate::generate::phrase::symbol;
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage;
use crate::model::{Guard, GuardKind, Neighbour};

/// What a new value does to the first place that is told.
pub(super) fn consequence(tongue: Tongue, reader: &Neighbour, one: &Use) -> Option<String> {
    let other = symbol(&reader.chunk);
    if let Does::Defaults { parameter, .. } = &one.does {
        return Some(say!(
            tongue,
            "A new value applies to every call of {other} that leaves `{parameter}` out.",
            "改动后，所有调用 {other} 而不传 `{parameter}` 的地方都会受影响。"
        ));
    }
    if !one.decides {
        return None;
    }
    let guard = one.when.iter().rfind(|guard| reader.reads.iter().any(|name| mentions(&guard.text, name)))?;
    let does = usage::bare(tongue, one, &reader.reads)?;
    let does = does.split(" (\"").next().and_then(|does| does.split("（“").next()).unwrap_or_default().to_owned();
    match turn(guard, &reader.reads)? {
        Turn::Fewer => Some(say!(
            tongue,
            "Raise it, and {other} {does} in fewer cases; lower it, and it does so in more.",
            "调大它，{other} {does}的情况会变少；调小则会变多。"
        )),
        Turn::More => Some(say!(
            tongue,
            "Raise it, and {other} {does} in more cases; lower it, and it does so in fewer.",
            "调大它，{other} {does}的情况会变多；调小则会变少。"
        )),
        Turn::Entries => Some(say!(
            tongue,
            "An entry that comes or goes there changes for which values {other} {does}.",
            "增删其中的条目，会改变 {other} 在哪些取值下{does}。"
        )),
    }
}

pub(super) enum Turn {
    /// A higher value makes the condition rarer.
    Fewer,
    More,
    /// The condition asks whether something is in it.
    Entries,
}

/// What a higher value does to a condition that compares with it, where that is plain.
pub(super) fn turn(guard: &Guard, names: &[String]) -> Option<Turn> {
    let it = |text: &str| names.iter().any(|name| name == text.trim());
    // Of `a and b`, as of `a or b`, the whole follows its parts.
    let text = guard.text.replace(" or ", " and ");
    let text = text.split(" and ").find(|part| names.iter().any(|name| mentions(part, name)))?;
    let grouped = text.matches('(').count() != text.matches(')').count() || guard.text.starts_with("not (");
    let (text, negated) = match text.strip_prefix("not ") {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let flipped = negated != (guard.kind == GuardKind::Unless);
    if !matches!(guard.kind, GuardKind::If | GuardKind::Unless | GuardKind::While) || grouped || guard.text.contains(" if ") {
        return None;
    }
    for operator in [" not in ", " in "] {
        if text.split_once(operator).is_some_and(|(_, right)| it(right)) {
            return Some(Turn::Entries);
        }
    }
    // In a chain, what stands behind the last operator is held against its left neighbour.
    let (operator, left, right) = [" <= ", " >= ", " < ", " > "]
        .into_iter()
        .filter_map(|operator| text.rsplit_once(operator).map(|(left, right)| (operator, left, right)))
        .max_by_key(|(_, left, _)| left.len())?;
    let more = match (it(left), it(right)) {
        (false, true) => operator.contains('<'),
        (true, false) => operator.contains('>'),
        _ => return None,
    };
    Some(if more != flipped { Turn::More } else { Turn::Fewer })
}
