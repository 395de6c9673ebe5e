//! What two functions have in common and what tells them apart: a diff of what is known of each.

use similar::{Algorithm, DiffOp, capture_diff_slices, diff_ratio};

use crate::generate::kinds::point::{of_exit, of_raise, of_write};
use crate::generate::kinds::result::is_local;
use crate::generate::phrase::{code, joined, list};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::series;
use crate::model::{CallUse, Chunk, Predicate, words};

/// One thing that is known of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub sort: Sort,
    /// What it is about: a parameter, an error, a target, a callee.
    pub about: String,
    /// The rest of it: two marks about the same may differ in this.
    detail: String,
    /// To follow the function's name: "raises `X` when `y`".
    pub says: String,
    pub predicate: Predicate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Takes,
    Raises,
    Writes,
    Calls,
    Returns,
}

impl Mark {
    fn line(&self) -> String {
        format!("{:?} {} {}", self.sort, self.about, self.detail)
    }

    fn is_about_the_same(&self, other: &Self) -> bool {
        self.sort == other.sort && self.about == other.about
    }
}

pub(super) struct Contrast {
    /// Marks that both have, each side's own.
    pub same: Vec<(Mark, Mark)>,
    /// Marks about the same that differ in the rest.
    pub differ: Vec<(Mark, Mark)>,
    /// Marks of the one about something that the other does not have.
    pub only: [Vec<Mark>; 2],
    /// The share of marks in common, between 0 and 1.
    pub likeness: f32,
}

/// Compares what is known of two functions, in the order of the code.
pub(super) fn contrast(tongue: Tongue, left_chunk: &Chunk, right_chunk: &Chunk) -> Contrast {
    let (left, right) = (marks(tongue, left_chunk), marks(tongue, right_chunk));
    let lines = |marks: &[Mark]| marks.iter().map(Mark::line).collect::<Vec<_>>();
    let (old, new) = (lines(&left), lines(&right));
    let steps = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut out = Contrast {
        same: Vec::new(),
        differ: Vec::new(),
        only: [Vec::new(), Vec::new()],
        likeness: diff_ratio(&steps, old.len(), new.len()),
    };
    for step in &steps {
        match step {
            DiffOp::Equal { .. } => {
                out.same.extend(left[step.old_range()].iter().cloned().zip(right[step.new_range()].iter().cloned()));
            }
            _ => {
                out.only[0].extend_from_slice(&left[step.old_range()]);
                out.only[1].extend_from_slice(&right[step.new_range()]);
            }
        }
    }
    // What only stands elsewhere is no difference; what both are about differs in the rest.
    let [mut first, mut second] = std::mem::take(&mut out.only);
    first.retain(|mark| {
        let Some(at) = second.iter().position(|other| mark.is_about_the_same(other)) else { return true };
        let other = second.remove(at);
        if mark.detail != other.detail && is_outer(mark, left_chunk, &other) && is_outer(&other, right_chunk, mark) {
            out.differ.push((mark.clone(), other));
        }
        false
    });
    let known = |mark: &Mark| out.same.iter().chain(&out.differ).any(|(other, _)| other.is_about_the_same(mark));
    first.retain(|mark| !known(mark));
    second.retain(|mark| !known(mark));
    out.only = [first, second];
    out
}

/// Does a mark speak of nothing that only its own function knows? The other may have the same
/// value under another name, or under none.
pub(super) fn is_outer(mark: &Mark, chunk: &Chunk, other: &Mark) -> bool {
    let facts = &chunk.facts;
    let own = |word: &str| is_local(chunk, word) || facts.calls.iter().any(|call| words(&call.target).any(|name| name == word));
    words(&mark.detail).all(|word| word.starts_with("self") || !own(word) || words(&other.detail).any(|known| known == word))
}

fn marks(tongue: Tongue, chunk: &Chunk) -> Vec<Mark> {
    let facts = &chunk.facts;
    let id = chunk.id.as_str();
    let mut out: Vec<Mark> = Vec::new();
    let mut push = |mark: Mark| {
        if !out.iter().any(|known| known.line() == mark.line()) {
            out.push(mark);
        }
    };
    for parameter in facts.parameters.iter().filter(|parameter| !matches!(parameter.name.as_str(), "self" | "cls" | "*" | "/")) {
        let Some(shown) = code(&parameter.name) else { continue };
        let default = code(&parameter.default).map(|value| say!(tongue, ", by default {value}", "（默认{value}）")).unwrap_or_default();
        push(Mark {
            sort: Sort::Takes,
            about: parameter.name.clone(),
            detail: parameter.default.clone(),
            says: say!(tongue, "takes {shown}{default}", "接收参数{shown}{default}"),
            predicate: Predicate::new("parameter", [id, &parameter.name, &parameter.annotation, &parameter.default]),
        });
    }
    for raise in &facts.raises {
        if let Some(point) = of_raise(tongue, chunk, raise) {
            let detail = point.predicate.args[2].clone();
            push(Mark { sort: Sort::Raises, about: raise.exception.clone(), detail, says: point.says, predicate: point.predicate });
        }
    }
    for write in &facts.writes {
        if let Some(point) = of_write(tongue, chunk, write) {
            let detail = point.predicate.args[2..].join(" ");
            push(Mark { sort: Sort::Writes, about: write.target.clone(), detail, says: point.says, predicate: point.predicate });
        }
    }
    for call in facts.calls.iter().filter(|call| call.usage != CallUse::Raised && !call.callee.starts_with('…')) {
        let Some(shown) = code(&call.callee) else { continue };
        let predicate = Predicate::new("calls", [id, &call.callee]);
        let says = say!(tongue, "calls {shown}", "调用{shown}");
        push(Mark { sort: Sort::Calls, about: call.callee.clone(), detail: String::new(), says, predicate });
    }
    for exit in &facts.exits {
        if let Some(point) = of_exit(tongue, chunk, exit) {
            let detail = point.predicate.args[1..].join(" ");
            push(Mark { sort: Sort::Returns, about: String::new(), detail, says: point.says, predicate: point.predicate });
        }
    }
    out
}

/// Marks as one phrase, those of a sort together: "calls `a` and `b`, and raises `C`".
pub(super) fn together(tongue: Tongue, marks: &[&Mark]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (sort, verb) in [(Sort::Takes, tongue.say("takes", "接收")), (Sort::Calls, tongue.say("calls", "调用"))] {
        let about: Vec<String> = marks.iter().filter(|mark| mark.sort == sort).filter_map(|mark| code(&mark.about)).collect();
        if !about.is_empty() {
            parts.push(say!(tongue, "{verb} {}", "{verb}{}", list(tongue, &about)));
        }
    }
    parts.extend(marks.iter().filter(|mark| !matches!(mark.sort, Sort::Takes | Sort::Calls)).map(|mark| mark.says.clone()));
    match tongue {
        Tongue::English => joined(&parts, ", ", ", and "),
        Tongue::Chinese => series(tongue, &parts),
    }
}

/// The claim that the other function does not have what a mark is about; None where its facts do
/// not make that certain.
pub(super) fn lacks(other: &Chunk, mark: &Mark) -> Option<Predicate> {
    let id = other.id.as_str();
    match mark.sort {
        Sort::Takes => lacks_parameter(other, &mark.about),
        Sort::Raises => lacks_raise(other, &mark.about),
        Sort::Calls => (!mentions(other, last(&mark.about))).then(|| Predicate::new("absent", [id, "calls", &mark.about])),
        Sort::Writes => {
            let name = last(mark.about.split('[').next().unwrap_or_default());
            (!mentions(other, name)).then(|| Predicate::new("absent", [id, "name", name]))
        }
        Sort::Returns => None,
    }
}

pub(super) fn lacks_parameter(other: &Chunk, name: &str) -> Option<Predicate> {
    let open =
        other.facts.parameters.iter().any(|parameter| parameter.name.starts_with('*') && parameter.name != "*" || parameter.name == name);
    (!open && !name.starts_with('*')).then(|| Predicate::new("absent", [other.id.as_str(), "parameter", name]))
}

/// Certain only where every error of the other is told by its type.
pub(super) fn lacks_raise(other: &Chunk, exception: &str) -> Option<Predicate> {
    let certain = other.facts.raises.iter().all(|raise| {
        raise.exception.trim_matches(['(', ')']).split(',').all(|one| {
            let one = last(one.trim());
            one.starts_with(char::is_uppercase) && one != last(exception) && !matches!(one, "Exception" | "BaseException")
        })
    });
    certain.then(|| Predicate::new("absent", [other.id.as_str(), "raises", exception]))
}

fn last(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or_default()
}

/// Does any fact of the chunk speak of the name?
pub(super) fn mentions(chunk: &Chunk, name: &str) -> bool {
    let facts = &chunk.facts;
    let guards = facts.raises.iter().flat_map(|raise| &raise.when).chain(facts.exits.iter().flat_map(|exit| &exit.when));
    let guards = guards.chain(facts.writes.iter().flat_map(|write| &write.when)).chain(facts.calls.iter().flat_map(|call| &call.when));
    let calls = facts.calls.iter().flat_map(|call| [&call.callee, &call.target].into_iter().chain(&call.arguments));
    let writes = facts.writes.iter().flat_map(|write| [&write.target, &write.value]);
    let parameters = facts.parameters.iter().flat_map(|parameter| [&parameter.name, &parameter.annotation, &parameter.default]);
    let texts = guards.map(|guard| &guard.text).chain(calls).chain(writes).chain(parameters);
    let texts = texts.chain(facts.exits.iter().map(|exit| &exit.value)).chain(facts.raises.iter().map(|raise| &raise.exception));
    let texts = texts.chain(&facts.refs).chain(&facts.decorators).chain(facts.locals.iter().flat_map(|local| [&local.name, &local.of]));
    texts.chain([&chunk.signature]).any(|text| words(text).any(|word| word == name))
}

#[cfg(test)]
mod tests {
    use super::{Sort, contrast, lacks, lacks_parameter};
    use crate::generate::Tongue;
    use crate::model::{Call, Chunk, ChunkId, Facts, Guard, GuardKind, Parameter, Raise};

    fn chunk(parameters: &[(&str, &str)], raises: &[(&str, &str)], calls: &[&str]) -> Chunk {
        let guard = |text: &str| vec![Guard { kind: GuardKind::If, text: text.to_owned() }];
        let facts = Facts {
            parameters: parameters
                .iter()
                .map(|(name, default)| Parameter { name: (*name).into(), default: (*default).into(), ..Parameter::default() })
                .collect(),
            raises: raises
                .iter()
                .map(|(error, when)| Raise { exception: (*error).into(), when: guard(when), ..Raise::default() })
                .collect(),
            calls: calls.iter().map(|callee| Call { callee: (*callee).into(), ..Call::default() }).collect(),
            ..Facts::default()
        };
        Chunk { id: ChunkId::new("a.py", "f"), path: "a.py".into(), facts, ..Chunk::default() }
    }

    #[test]
    fn a_contrast_tells_both_sides() {
        let left = chunk(&[("amount", ""), ("limit", "5")], &[("Refused", "amount > limit")], &["book", "note"]);
        let right = chunk(&[("amount", ""), ("limit", "9")], &[("Refused", "amount >= limit"), ("Closed", "x")], &["book"]);
        let found = contrast(Tongue::English, &left, &right);
        let about = |marks: &[super::Mark]| marks.iter().map(|mark| mark.about.clone()).collect::<Vec<_>>();
        let same: Vec<super::Mark> = found.same.iter().map(|(mark, _)| mark.clone()).collect();
        assert_eq!(about(&same), ["amount", "book"]);
        assert_eq!(found.differ.iter().map(|(mark, _)| mark.about.as_str()).collect::<Vec<_>>(), ["limit", "Refused"]);
        assert_eq!((about(&found.only[0]), about(&found.only[1])), (vec!["note".to_owned()], vec!["Closed".to_owned()]));
        assert!(found.likeness > 0.3 && found.likeness < 0.6, "{}", found.likeness);
        assert_eq!(found.only[0][0].sort, Sort::Calls);
        assert!(lacks(&right, &found.only[0][0]).is_some());
        assert!(lacks(&left, &found.only[0][0]).is_none());
    }

    #[test]
    fn an_open_signature_lacks_nothing() {
        assert!(lacks_parameter(&chunk(&[("a", "")], &[], &[]), "b").is_some());
        assert!(lacks_parameter(&chunk(&[("a", ""), ("**kwargs", "")], &[], &[]), "b").is_none());
    }
}
