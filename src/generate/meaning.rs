//! What a variable of the body stands for. A name that only the body knows says nothing to a
//! reader: an answer that uses it says what it is, or does not use it.

use crate::generate::offline::Answer;
use crate::generate::phrase::{code, joined, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Chunk, Guard, GuardKind, Predicate, Write, words};

/// More than these are a body of their own.
const MAX_EXPLAINED: usize = 3;
/// Claims about what a body does, which end in the conditions.
const UNDER_CONDITIONS: &[&str] = &["raises", "returns", "writes", "calls_when", "passes_when", "assigns"];

/// Is it bound by the body, and no parameter?
fn is_own(chunk: &Chunk, name: &str) -> bool {
    let facts = &chunk.facts;
    facts.locals.iter().any(|local| local.name == name)
        && !facts.parameters.iter().any(|parameter| parameter.name.trim_start_matches('*') == name)
}

/// Does a name mean nothing to who has not read the body, and could not be explained either?
pub(super) fn is_vague(chunk: &Chunk, name: &str) -> bool {
    is_own(chunk, name) && !is_known(chunk, name)
}

/// Is it a variable of which can be said what it stands for?
pub(super) fn is_known(chunk: &Chunk, name: &str) -> bool {
    meaning(chunk, name).is_some()
}

/// What a variable stands for, where its parts are known.
fn meaning<'c>(chunk: &'c Chunk, name: &str) -> Option<&'c Write> {
    let plain = |name: &str| chunk.facts.meanings.iter().find(|one| one.target == name).filter(|one| code(&one.value).is_some());
    let found = plain(name)?;
    let bound = |part: &str| found.when.iter().any(|guard| guard.kind == GuardKind::For && words(bound_by(guard)).any(|name| name == part));
    let clear = |part: &str| !is_own(chunk, part) || bound(part);
    let parts = free_names(&found.value).all(|part| clear(part) || plain(part).is_some_and(|inner| free_names(&inner.value).all(clear)));
    parts.then_some(found)
}

/// What a loop binds.
fn bound_by(guard: &Guard) -> &str {
    guard.text.split(" in ").next().unwrap_or_default()
}

/// Says what the variables stand for that an answer about the subject names.
pub(super) fn explain(tongue: Tongue, subject: &Chunk, answer: &mut Answer) {
    if subject.facts.meanings.is_empty() {
        return;
    }
    let shown: Vec<&str> = answer.answer.split('`').skip(1).step_by(2).collect();
    let mut named: Vec<&Write> = Vec::new();
    let about = answer.claims.iter().map(|claim| &claim.predicate);
    for predicate in about.filter(|predicate| UNDER_CONDITIONS.contains(&predicate.name.as_str())) {
        let Some((_, rest)) = predicate.args.split_first().filter(|(id, _)| **id == *subject.id.as_str()) else { continue };
        let under = rest.last().map(String::as_str).unwrap_or_default();
        for name in rest.iter().flat_map(|text| free_names(text)) {
            let Some(found) = meaning(subject, name) else { continue };
            let mut all = subject.facts.meanings.iter().filter(|one| one.target == found.target);
            let in_force = all.find(|one| under.starts_with(&Guard::joined(&one.when)));
            let told = shown.iter().any(|text| free_names(text).any(|word| word == name));
            let known = named.iter().any(|known| known.target == found.target);
            named.extend(in_force.filter(|_| told && !known));
        }
    }
    // What they are explained by is explained, too.
    let mut at = 0;
    while at < named.len() {
        for part in free_names(&named[at].value) {
            let known = |inner: &&Write| named.iter().any(|one| one.target == inner.target);
            named.extend(meaning(subject, part).filter(|inner| !known(inner)));
        }
        at += 1;
    }
    let said = |one: &&Write| {
        !answer.claims.iter().any(|claim| claim.predicate.name == "assigns" && claim.predicate.args.get(1) == Some(&one.target))
    };
    let named: Vec<&Write> = named.into_iter().filter(said).take(MAX_EXPLAINED).collect();
    if named.is_empty() {
        return;
    }
    let name = symbol(subject);
    let mut lines: Vec<String> = Vec::new();
    for Write { target, value, when } in named {
        let says = say!(tongue, "{name} sets its variable `{target}` to `{value}`", "{name} 把变量 `{target}` 设为 `{value}`");
        answer.claim(says, Predicate::new("assigns", [subject.id.as_str(), target, value, &Guard::joined(when)]), 1);
        lines.push(say!(tongue, "`{target}` is `{value}`", "`{target}` 即 `{value}`"));
    }
    let lines = joined(&lines, tongue.say(", ", "，"), tongue.say(" and ", "，"));
    let apart = if answer.answer.contains('\n') { "\n\n" } else { tongue.say(" ", "") };
    answer.answer.push_str(&say!(tongue, "{apart}Here {lines}.", "{apart}其中，{lines}。"));
}

/// Names in an expression that stand for themselves, not for a member of something.
pub(super) fn free_names(value: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        loop {
            let start = at + value[at..].find(part)?;
            let end = start + value[start..].find(|c: char| !part(c)).unwrap_or(value.len() - start);
            at = end;
            let name = &value[start..end];
            if !value[..start].ends_with('.') && !name.starts_with(|c: char| c.is_ascii_digit()) {
                return Some(name);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::free_names;

    #[test]
    fn a_member_is_no_name() {
        let names: Vec<&str> = free_names("total - order.paid(x1, 2) > b[\"k\"]").collect();
        assert_eq!(names, ["total", "order", "x1", "b", "k"]);
    }
}
