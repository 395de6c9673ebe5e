//! When does it raise, and what? Its own raises, and those of callees that pass through it.

use crate::facts::View;
use crate::generate::kinds::Kind;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, shown, symbol, when};
use crate::model::{Brief, Guard, Neighbour, Predicate, Raise};

pub(super) static KIND: Kind = Kind { name: "errors", version: 1, intent: "what", weight, neighbours, draft };

/// More than this is a catalogue that nobody reads.
const MAX_OWN: usize = 8;
const MAX_THROUGH: usize = 3;

const QUESTIONS: &[&str] = &[
    "When does {s} in {p} raise an error, and which one?",
    "Which errors can a caller of {s} ({p}) run into, and what triggers each?",
    "What can go wrong in {s}, defined in {p}?",
    "Under which conditions does {s} ({p}) fail?",
    "I call {s} from {p}. Which exceptions do I have to be ready for?",
    "What makes {s} in {p} refuse its input or give up?",
    "List the failure cases of {s} ({p}) and the condition behind each.",
    "Which checks in {s} ({p}) end in an error?",
];

fn weight(view: &View) -> u32 {
    let own = own(&view.chunk.facts.raises).count();
    let through = through(view).len();
    if own + through == 0 { 0 } else { 30 + 10 * own.min(4) as u32 + 5 * through as u32 }
}

fn neighbours(view: &View) -> (Vec<Neighbour>, bool) {
    (through(view), false)
}

/// Raises that can be told: they leave the function and have a name.
fn own(raises: &[Raise]) -> impl Iterator<Item = &Raise> {
    raises.iter().filter(|raise| !raise.caught && is_type(&raise.exception))
}

/// A raised variable says nothing of its type; "not implemented" is no rule.
fn is_type(exception: &str) -> bool {
    let last = exception.rsplit(['.', ':']).next().unwrap_or_default();
    let named = last.starts_with(char::is_uppercase) || exception.starts_with('(') || exception.ends_with('!');
    named && last != "NotImplementedError" && code(exception).is_some()
}

fn through(view: &View) -> Vec<Neighbour> {
    let raising = view.callees.iter().filter(|callee| own(&callee.raises).next().is_some());
    raising.take(MAX_THROUGH).cloned().collect()
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let mut answer = Answer { question: fill(pick(&brief.slot.id(), QUESTIONS), &[("s", &name), ("p", &file)]), ..Answer::default() };
    let mut lines: Vec<String> = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    let raises: Vec<&Raise> = own(&subject.facts.raises).collect();
    for raise in raises.iter().take(MAX_OWN) {
        let says = told(raise);
        answer.claim(format!("{name} {says}"), predicate(subject.id.as_str(), raise), 1);
        push_new(&mut lines, format!("- {says}{}", message(raise)));
        push_new(&mut kinds, named(raise));
    }
    let mut passing: Vec<String> = Vec::new();
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let other = symbol(&callee.chunk);
        let Some(call) = callee.calls.iter().find(|call| call.catches.is_empty()) else { continue };
        answer.claim(
            format!("{name} calls `{}` outside of any handler", call.callee),
            Predicate::new("calls", [subject.id.as_str(), &call.callee]),
            1,
        );
        let mut through: Vec<String> = Vec::new();
        for raise in own(&callee.raises).take(2) {
            let says = told(raise);
            answer.claim(format!("{other} {says}"), predicate(callee.chunk.id.as_str(), raise), number);
            push_new(&mut through, says.trim_start_matches("raises ").to_owned());
            push_new(&mut passing, named(raise));
        }
        lines.push(format!("- from {other} ({}), which it calls without a handler around it: {}", path(&callee.chunk), through.join("; ")));
    }
    passing.retain(|name| !kinds.contains(name));
    let lead = match (kinds.is_empty(), passing.is_empty()) {
        (false, true) => format!("{name} raises {}{}.", list(&kinds), once(&raises)),
        (false, false) => format!("{name} raises {} itself, and {} can come up from what it calls.", list(&kinds), list(&passing)),
        (true, _) => format!("{name} raises nothing of its own here, but {} can come up from what it calls.", list(&passing)),
    };
    let ordered = raises.iter().filter(|raise| raise.when.iter().any(|guard| guard.kind == crate::model::GuardKind::Past)).count();
    let mut text = lead;
    text.push_str("\n\n");
    text.push_str(&lines.join("\n"));
    if raises.len() > MAX_OWN {
        text.push_str("\n\nThese are the first of its checks; the code holds more.");
    } else if ordered > 0 && raises.len() > 1 {
        text.push_str("\n\nThe order matters: a check that applies earlier ends the call before a later one is reached.");
    }
    answer.answer = text;
    trace(&mut answer, brief, &raises);
    let files = brief.neighbours.iter().filter(|callee| callee.chunk.path != subject.path).count();
    answer.difficulty = match (brief.neighbours.len(), files) {
        (0, _) if raises.len() <= 1 => "easy",
        (_, 0) => "medium",
        _ => "hard",
    };
    answer
}

fn trace(answer: &mut Answer, brief: &Brief, raises: &[&Raise]) {
    let name = shown(&brief.subject);
    if raises.is_empty() {
        answer.step("read", format!("`{name}` itself has no raise that leaves it, so an error has to come from a call."), &[1]);
    } else {
        let places = if raises.len() == 1 { "one place".to_owned() } else { format!("{} places", raises.len()) };
        answer.step("read", format!("`{name}` raises in {places}: {}.", list(&distinct(raises.iter().map(|raise| named(raise))))), &[1]);
        let guarded = raises.iter().find(|raise| !Guard::joined(&raise.when).is_empty());
        if let Some(raise) = guarded {
            answer.step(
                "check",
                format!("The conditions around each place decide: {} is raised{}.", named(raise), when(&raise.when)),
                &[1],
            );
        }
    }
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let kinds = distinct(own(&callee.raises).map(named));
        answer.step(
            "follow",
            format!("`{name}` calls {} with no handler around the call, and that raises {}.", symbol(&callee.chunk), list(&kinds)),
            &[1, number],
        );
    }
    let all =
        distinct(raises.iter().map(|raise| named(raise)).chain(brief.neighbours.iter().flat_map(|callee| own(&callee.raises).map(named))));
    answer.step("conclude", format!("A caller has to expect {}.", list(&all)), &[1]);
}

fn distinct(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut out = Vec::new();
    items.for_each(|item| push_new(&mut out, item));
    out
}

fn push_new(list: &mut Vec<String>, item: String) {
    if !list.contains(&item) {
        list.push(item);
    }
}

fn named(raise: &Raise) -> String {
    format!("`{}`", raise.exception)
}

fn told(raise: &Raise) -> String {
    format!("raises {}{}", named(raise), when(&raise.when))
}

/// The condition belongs into the lead where there is only one.
fn once(raises: &[&Raise]) -> String {
    match raises {
        [only] => when(&only.when),
        _ => String::new(),
    }
}

fn message(raise: &Raise) -> String {
    if raise.message.is_empty() { String::new() } else { format!(" (message: \"{}\")", raise.message) }
}

fn predicate(id: &str, raise: &Raise) -> Predicate {
    Predicate::new("raises", [id, &raise.exception, &Guard::joined(&raise.when)])
}
