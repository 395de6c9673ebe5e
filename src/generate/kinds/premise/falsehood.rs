//! Something that is nearly so: what a question may take for granted by mistake, made from real
//! values nearby, and only where the code shows for certain that it is not so.

use crate::facts::{View, has_exceptions};
use crate::generate::kinds::contrast::{lacks_parameter, lacks_raise, mentions};
use crate::generate::kinds::point::of_raise;
use crate::generate::kinds::raises;
use crate::generate::kinds::result::is_local;
use crate::generate::phrase::code;
use crate::generate::tongue::Tongue;
use crate::model::{Call, CallUse, Chunk, ChunkKind, Exit, Guard, GuardKind, Neighbour, key, words};

/// What is taken for granted, with what belongs to it in the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Falsehood {
    /// That the subject has this parameter. The neighbour has.
    Parameter { name: String },
    /// That a parameter has this default.
    Default { name: String, wrong: String },
    /// That the subject raises this. The neighbour does.
    Raise { exception: String },
    /// That a constant, as the subject writes it, has this value.
    Constant { name: String, wrong: String },
    /// That the second call comes before the first.
    Order { first: String, second: String },
    /// That the subject, a class, has this method. The neighbour is another class's.
    Method { name: String },
    /// That a literal is returned under the opposite of its condition.
    Result { value: String, condition: String, wrong: String },
    /// That an error comes under the opposite of its condition.
    Side { exception: String, condition: String, wrong: String },
}

impl Falsehood {
    /// As a brief carries it.
    pub(super) fn to_words(&self) -> Vec<String> {
        let words: Vec<&str> = match self {
            Self::Parameter { name } => vec!["parameter", name],
            Self::Default { name, wrong } => vec!["default", name, wrong],
            Self::Raise { exception } => vec!["raise", exception],
            Self::Constant { name, wrong } => vec!["constant", name, wrong],
            Self::Order { first, second } => vec!["order", first, second],
            Self::Method { name } => vec!["method", name],
            Self::Result { value, condition, wrong } => vec!["result", value, condition, wrong],
            Self::Side { exception, condition, wrong } => vec!["side", exception, condition, wrong],
        };
        words.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn from_words(words: &[String]) -> Option<Self> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let own = |text: &str| text.to_owned();
        Some(match words.as_slice() {
            ["parameter", name] => Self::Parameter { name: own(name) },
            ["default", name, wrong] => Self::Default { name: own(name), wrong: own(wrong) },
            ["raise", exception] => Self::Raise { exception: own(exception) },
            ["constant", name, wrong] => Self::Constant { name: own(name), wrong: own(wrong) },
            ["order", first, second] => Self::Order { first: own(first), second: own(second) },
            ["method", name] => Self::Method { name: own(name) },
            ["result", value, condition, wrong] => Self::Result { value: own(value), condition: own(condition), wrong: own(wrong) },
            ["side", exception, condition, wrong] => Self::Side { exception: own(exception), condition: own(condition), wrong: own(wrong) },
            _ => return None,
        })
    }
}

/// The one that is asked of a chunk, with the neighbours that show what is so.
pub(super) fn falsehood(view: &View) -> Option<(Falsehood, Vec<Neighbour>)> {
    let seed = key("falsehood", view.chunk.id.as_str());
    let sorts: Vec<Vec<(Falsehood, Vec<Neighbour>)>> =
        [sides(view), parameters(view), defaults(view), errors(view), constants(view), orders(view), results(view), methods(view)]
            .into_iter()
            .filter(|sort| !sort.is_empty())
            .collect();
    let sort = sorts.get((seed % sorts.len().max(1) as u64) as usize)?;
    sort.get((seed / 7 % sort.len() as u64) as usize).cloned()
}

fn beside(view: &View) -> impl Iterator<Item = &Neighbour> {
    view.siblings.iter().chain(&view.twins).filter(|other| !other.chunk.facts.stub)
}

fn parameters(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let chunk = &view.chunk;
    let mut out = Vec::new();
    for other in beside(view).chain(&view.callees).filter(|other| are_akin(chunk, &other.chunk)) {
        let optional = other.chunk.facts.parameters.iter().filter(|parameter| !parameter.default.is_empty() && parameter.name.len() > 2);
        for parameter in optional {
            let name = &parameter.name;
            if lacks_parameter(chunk, name).is_some() && !mentions(chunk, name) && takes_arguments(chunk) {
                out.push((Falsehood::Parameter { name: name.clone() }, vec![contrasted(other)]));
            }
        }
    }
    out
}

/// Do both take something in common, so that one may be mistaken for the other?
fn are_akin(chunk: &Chunk, other: &Chunk) -> bool {
    named(chunk).any(|parameter| named(other).any(|known| known.name == parameter.name))
}

/// Is it called by somebody with arguments, so that one more is plausible?
fn takes_arguments(chunk: &Chunk) -> bool {
    let property = chunk.facts.decorators.iter().any(|name| name.ends_with("property") || name.contains("setter"));
    matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method) && !property && named(chunk).count() > 0
}

fn named(chunk: &Chunk) -> impl Iterator<Item = &crate::model::Parameter> {
    chunk.facts.parameters.iter().filter(|parameter| !matches!(parameter.name.as_str(), "self" | "cls" | "*" | "/"))
}

fn defaults(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let chunk = &view.chunk;
    let mut out = Vec::new();
    for parameter in named(chunk) {
        let (name, value) = (parameter.name.clone(), parameter.default.as_str());
        match value {
            "True" | "False" => {
                let wrong = if value == "True" { "False" } else { "True" }.to_owned();
                out.push((Falsehood::Default { name, wrong }, Vec::new()));
            }
            _ if is_number(value) => {
                if let Some((wrong, from)) = numbers(view).find(|(number, _)| number != value) {
                    out.push((Falsehood::Default { name, wrong }, from.map(contrasted).into_iter().collect()));
                }
            }
            _ => (),
        }
    }
    out
}

/// Numbers that stand nearby: in the subject's own signature, its siblings' and in constants.
fn numbers(view: &View) -> impl Iterator<Item = (String, Option<&Neighbour>)> {
    let of = |chunk: &Chunk| named(chunk).map(|parameter| parameter.default.clone()).filter(|value| is_number(value)).collect::<Vec<_>>();
    let own = of(&view.chunk).into_iter().map(|value| (value, None));
    let siblings = beside(view).flat_map(move |other| of(&other.chunk).into_iter().map(move |value| (value, Some(other))));
    own.chain(siblings).chain(view.constants.iter().filter_map(|other| Some((number_of(other)?, Some(other)))))
}

fn number_of(constant: &Neighbour) -> Option<String> {
    let value = &constant.chunk.facts.attributes.first().filter(|_| constant.chunk.kind == ChunkKind::Constant)?.value;
    is_number(value).then(|| value.clone())
}

/// A number that says something.
fn is_number(value: &str) -> bool {
    let digits = value.trim_start_matches('-');
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
}

/// Exceptions of the languages themselves; nothing of the repository is a base of theirs.
const BUILT_IN: &[&str] =
    &["ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "RuntimeError", "OSError", "LookupError", "ImportError"];

fn errors(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let chunk = &view.chunk;
    let last = |name: &str| name.rsplit(['.', ':']).next().unwrap_or_default().to_owned();
    // What an error of another class derives from is not known here.
    let plain = chunk.facts.raises.iter().all(|raise| BUILT_IN.contains(&last(&raise.exception).as_str()));
    let mut out = Vec::new();
    if !plain || !view.raises_elsewhere.is_empty() || !has_exceptions(&chunk.path) || chunk.facts.statements < 2 {
        return out;
    }
    for other in beside(view).filter(|other| are_akin(chunk, &other.chunk)) {
        for raise in &other.chunk.facts.raises {
            let name = last(&raise.exception);
            let told = !raises::is_again(raise)
                && of_raise(Tongue::English, &other.chunk, raise).is_some()
                && name != "AssertionError"
                && !BUILT_IN.contains(&name.as_str());
            let passes = view.callees.iter().any(|callee| {
                callee.chunk.id == other.chunk.id || callee.chunk.facts.raises.iter().any(|raise| last(&raise.exception) == name)
            });
            if told && !passes && !mentions(chunk, &name) && lacks_raise(chunk, &raise.exception).is_some() {
                let through = view
                    .callees
                    .iter()
                    .find(|callee| callee.raises.iter().any(|raise| of_raise(Tongue::English, &callee.chunk, raise).is_some()));
                let neighbours = std::iter::once(contrasted(other)).chain(through.cloned()).collect();
                out.push((Falsehood::Raise { exception: raise.exception.clone() }, neighbours));
            }
        }
    }
    out
}

fn constants(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let mut out = Vec::new();
    for constant in &view.constants {
        let (Some(value), Some(name)) = (number_of(constant), constant.reads.first()) else { continue };
        let others = view.constants.iter().filter(|other| other.chunk.id != constant.chunk.id);
        let other = others.filter_map(|other| Some((number_of(other)?, other))).find(|(number, _)| *number != value);
        if let Some((wrong, other)) = other
            && code(name).is_some()
        {
            out.push((Falsehood::Constant { name: name.clone(), wrong }, vec![constant.clone(), contrasted(other)]));
        }
    }
    out
}

fn orders(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let chunk = &view.chunk;
    let calls = &chunk.facts.calls;
    let once = |call: &Call| calls.iter().filter(|other| other.callee == call.callee).count() == 1;
    let known = |call: &Call| view.callees.iter().find(|callee| callee.calls.iter().any(|other| other.callee == call.callee));
    let steps = calls.iter().filter(|call| {
        let stands = matches!(call.usage, CallUse::Ignored | CallUse::Assigned) && call.when.is_empty() && call.catches.is_empty();
        stands && once(call) && known(call).is_some() && code(&call.callee).is_some() && !call.callee.contains('(') && !constructs(call)
    });
    let steps: Vec<&Call> = steps.collect();
    let pair = |pair: &[&Call]| {
        let neighbours: Vec<Neighbour> = pair.iter().filter_map(|call| known(call)).cloned().collect();
        (Falsehood::Order { first: pair[0].callee.clone(), second: pair[1].callee.clone() }, neighbours)
    };
    // Where the second needs what the first gives, nobody would take it to come first.
    let free = |two: &&[&Call]| {
        let given: Vec<&str> = words(&two[0].target).collect();
        let needs = std::iter::once(&two[1].callee)
            .chain(&two[1].arguments)
            .any(|text| words(text).any(|word| word != "self" && given.contains(&word)));
        two[0].callee != two[1].callee && !needs
    };
    steps.windows(2).filter(free).map(pair).collect()
}

fn constructs(call: &Call) -> bool {
    call.callee.rsplit('.').next().is_some_and(|name| name.starts_with(char::is_uppercase))
}

fn sides(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let chunk = &view.chunk;
    let mut out = Vec::new();
    if !has_exceptions(&chunk.path) {
        return out;
    }
    for raise in &chunk.facts.raises {
        let Some((condition, wrong)) = sole_condition(&raise.when).and_then(|text| Some((text, opposite(text)?))) else { continue };
        // A variable of the body means nothing to who asks.
        if words(condition).any(|word| is_local(chunk, word)) {
            continue;
        }
        let error = &raise.exception;
        let told = of_raise(Tongue::English, chunk, raise).is_some() && code(&wrong).is_some();
        // Under the opposite nothing of this name may be raised in another place.
        let sole = chunk.facts.raises.iter().filter(|other| other.exception == *error).count() == 1;
        if told && sole {
            out.push((Falsehood::Side { exception: error.clone(), condition: condition.to_owned(), wrong }, Vec::new()));
        }
    }
    out
}

/// Literals that come back; only where every way out gives one, so that no other gives the same.
fn results(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let facts = &view.chunk.facts;
    let literal = |value: &str| is_number(value) || matches!(value, "True" | "False" | "None") || is_text(value);
    let plain = has_exceptions(&view.chunk.path)
        && !facts.ends
        && !facts.generator
        && facts.exits.len() > 1
        && facts.exits.iter().all(|exit| literal(&exit.value));
    let told = |exit: &Exit| {
        let condition = sole_condition(&exit.when)?;
        let wrong = opposite(condition)?;
        let sole = facts.exits.iter().filter(|other| other.value == exit.value).count() == 1;
        let shown = code(&wrong).is_some() && code(&exit.value).is_some();
        let known = !words(condition).any(|word| is_local(&view.chunk, word));
        (sole && shown && known)
            .then(|| (Falsehood::Result { value: exit.value.clone(), condition: condition.to_owned(), wrong }, Vec::new()))
    };
    facts.exits.iter().filter(|_| plain).filter_map(told).collect()
}

fn is_text(value: &str) -> bool {
    value.len() > 2
        && value.starts_with(['"', '\''])
        && value.ends_with(['"', '\''])
        && !value[1..value.len() - 1].contains(['"', '\'', '{'])
}

/// What a class like it can do and it cannot.
fn methods(view: &View) -> Vec<(Falsehood, Vec<Neighbour>)> {
    let told = |other: &Neighbour| (Falsehood::Method { name: other.chunk.name.clone() }, vec![other.clone()]);
    view.foreign_methods.iter().filter(|other| !other.chunk.facts.stub).map(told).collect()
}

/// The condition of a place that has but one.
fn sole_condition(when: &[Guard]) -> Option<&str> {
    match when {
        [Guard { kind: GuardKind::If, text }] => Some(text),
        [earlier @ .., Guard { kind: GuardKind::If, text }] if earlier.iter().all(|guard| guard.kind == GuardKind::Past) => Some(text),
        _ => None,
    }
}

/// The opposite of a plain comparison, or of a bare name.
fn opposite(text: &str) -> Option<String> {
    const PAIRS: &[(&str, &str)] = &[
        (" is not ", " is "),
        (" not in ", " in "),
        (" is ", " is not "),
        (" in ", " not in "),
        (" > ", " <= "),
        (" < ", " >= "),
        (" <= ", " > "),
        (" >= ", " < "),
        (" == ", " != "),
        (" != ", " == "),
    ];
    const JOINED: &[&str] = &[" and ", " or ", " if ", " for ", "lambda", "&&", "||", ":=", "[", "\"", "'"];
    let single = |text: &str| !text.is_empty() && !text.contains([' ', '!', '"', '\'']);
    if single(text) {
        return Some(format!("not {text}"));
    }
    if let Some(inner) = text.strip_prefix("not ") {
        return single(inner).then(|| inner.to_owned());
    }
    let operators = [" is ", " in ", " > ", " < ", " <= ", " >= ", " == ", " != "];
    let count = operators.iter().map(|from| text.matches(from).count()).sum::<usize>();
    let simple = count == 1 && !text.starts_with('!') && !JOINED.iter().any(|word| text.contains(word));
    let (from, to) = PAIRS.iter().find(|(from, _)| simple && text.contains(from))?;
    Some(text.replacen(from, to, 1))
}

fn contrasted(other: &Neighbour) -> Neighbour {
    Neighbour { contrast: true, ..other.clone() }
}

#[cfg(test)]
mod tests {
    use super::{Falsehood, is_number, opposite};

    #[test]
    fn a_comparison_has_an_opposite() {
        assert_eq!(opposite("amount > rest").as_deref(), Some("amount <= rest"));
        assert_eq!(opposite("len(x) != 2").as_deref(), Some("len(x) == 2"));
        assert_eq!(opposite("a > b and c"), None);
        assert_eq!(opposite("not a > b"), None);
        assert_eq!(opposite("x is None").as_deref(), Some("x is not None"));
        assert_eq!(opposite("key not in self.known").as_deref(), Some("key in self.known"));
        assert_eq!(opposite("not files").as_deref(), Some("files"));
        assert_eq!(opposite("basket.is_empty").as_deref(), Some("not basket.is_empty"));
        assert_eq!(opposite("a is b in c"), None);
    }

    #[test]
    fn a_brief_carries_it() {
        let side = Falsehood::Side { exception: "E".into(), condition: "a > b".into(), wrong: "a <= b".into() };
        assert_eq!(Falsehood::from_words(&side.to_words()), Some(side));
        assert_eq!(Falsehood::from_words(&["side".to_owned()]), None);
    }

    #[test]
    fn numbers_are_numbers() {
        assert!(is_number("50_000") && is_number("0.05") && is_number("-1"));
        assert!(!is_number("a1") && !is_number("timedelta(1)") && !is_number(""));
    }
}
