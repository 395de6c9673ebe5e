//! When does it raise, and what? Its own raises, and those of callees that pass through it.

use crate::facts::{View, plain_prose, raise_docs};
use crate::generate::condition::under;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, quoted, shown, stopped, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{Brief, Chunk, Guard, GuardKind, Neighbour, Predicate, Raise, words};

pub(super) static KIND: Kind = Kind { name: "errors", version: 1, intent: "what", weight, material, draft };

/// More than this is a catalogue that nobody reads.
const MAX_OWN: usize = 8;
const MAX_THROUGH: usize = 5;
const MAX_OF_ONE: usize = 4;

const QUESTIONS: &[&str] = &[
    "When does {s} in {p} fail, and with which error?",
    "Which errors can a caller of {s} ({p}) run into, and what triggers each?",
    "What can go wrong in {s}, defined in {p}?",
    "Under which conditions does {s} ({p}) fail?",
    "I call {s} from {p}. Which errors do I have to be ready for?",
    "What makes {s} in {p} refuse its input or give up?",
    "List the failure cases of {s} ({p}) and the condition behind each.",
    "Which checks in {s} ({p}) end in an error?",
];

fn weight(view: &View) -> u32 {
    let own = promised(&view.chunk.facts.raises).count();
    let through = through(view).len().min(MAX_THROUGH);
    if own + through == 0 { 0 } else { 30 + 10 * own.min(4) as u32 + 5 * through as u32 }
}

fn material(view: &View) -> Material {
    let mut neighbours = through(view);
    let mut asides = view.raises_elsewhere.clone();
    asides.extend(neighbours.iter().skip(MAX_THROUGH).filter_map(|callee| callee.calls.first().map(|call| call.callee.clone())));
    asides.retain(|callee| code(callee).is_some());
    neighbours.truncate(MAX_THROUGH);
    Material { neighbours, asides, ..Material::default() }
}

/// Raises that can be told: they leave the function and have a name.
fn own(raises: &[Raise]) -> impl Iterator<Item = &Raise> {
    raises.iter().filter(|raise| !raise.caught && is_told(raise))
}

/// A raised variable says nothing of its type; "not implemented" without a condition is a stub.
fn is_told(raise: &Raise) -> bool {
    let last = raise.exception.rsplit(['.', ':']).next().unwrap_or_default();
    let named = last.starts_with(char::is_uppercase) || raise.exception.starts_with('(') || raise.exception.ends_with('!');
    // An error without a type has to say something.
    let named = named && (!named_by_message(raise) || !raise.message.is_empty());
    let stub = last == "NotImplementedError" && raise.when.is_empty();
    named && !stub && code(&raise.exception).is_some()
}

fn named_by_message(raise: &Raise) -> bool {
    raise.exception.ends_with('!') || raise.exception == "Err"
}

/// Errors that are part of what a function promises; an assertion states an assumption.
fn promised(raises: &[Raise]) -> impl Iterator<Item = &Raise> {
    own(raises).filter(|raise| raise.exception != "AssertionError")
}

/// May errors leave that the answer does not tell of?
fn is_partial(brief: &Brief) -> bool {
    let untold = brief.subject.facts.raises.iter().any(|raise| raise.caught || !is_told(raise));
    untold || !brief.asides.is_empty() || brief.neighbours.iter().any(|callee| callee.raises.len() > promised(&callee.raises).count())
}

fn through(view: &View) -> Vec<Neighbour> {
    view.callees.iter().filter(|callee| promised(&callee.raises).next().is_some()).cloned().collect()
}

fn draft(brief: &Brief) -> Answer {
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let mut answer = Answer {
        question: fill(pick(Tongue::English, &brief.slot.id(), QUESTIONS, &[]), &[("s", &name), ("p", &file)]),
        ..Answer::default()
    };
    let documented = raise_docs(&subject.doc);
    let mut lines: Vec<String> = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    let mut reasons: Vec<String> = Vec::new();
    let raises: Vec<&Raise> = own(&subject.facts.raises).collect();
    for raise in raises.iter().take(MAX_OWN) {
        let says = told(raise);
        answer.claim(format!("{name} {} {says}", verb(subject)), predicate(subject.id.as_str(), raise), 1);
        push_new(&mut lines, format!("{says}{}", message(raise)));
        let short = raise.exception.rsplit('.').next().unwrap_or_default();
        if let Some(stated) = documented.get(short).filter(|stated| stated.matches('`').count().is_multiple_of(2)) {
            answer.claim(
                format!("the documentation says of {}: {stated}", named(raise)),
                Predicate::new("documented", [subject.id.as_str(), stated]),
                1,
            );
            push_new(
                &mut reasons,
                format!("{} {}", named(raise), stopped(Tongue::English, &quoted(Tongue::English, &plain_prose(stated)))),
            );
        }
        push_new(&mut kinds, named(raise));
    }
    let own_lines = lines.len();
    let mut passing: Vec<String> = Vec::new();
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let Some(call) = callee.calls.iter().find(|call| call.catches.is_empty()) else { continue };
        answer.claim(
            format!("{name} calls `{}` outside of any handler", call.callee),
            Predicate::new("calls", [subject.id.as_str(), &call.callee]),
            1,
        );
        let other = symbol(&callee.chunk);
        let mut through: Vec<String> = Vec::new();
        for raise in promised(&callee.raises).take(MAX_OF_ONE) {
            answer.claim(format!("{other} raises {}", told(raise)), predicate(callee.chunk.id.as_str(), raise), number);
            push_new(&mut through, passed(callee, raise));
            push_new(&mut passing, named(raise));
        }
        let more = if promised(&callee.raises).count() > MAX_OF_ONE { "; and more" } else { "" };
        lines.push(format!("through {other} ({}): {}{more}", path(&callee.chunk), through.join("; ")));
    }
    answer.answer = text(brief, &lines, own_lines, &kinds, &passing, raises.len());
    if !reasons.is_empty() {
        answer.answer.push_str(&format!("\n\nThe docstring puts it so: {}", reasons.join(" ")));
    }
    trace(&mut answer, brief, &raises, &kinds, &passing);
    let files = brief.neighbours.iter().filter(|callee| callee.chunk.path != subject.path).count();
    answer.difficulty = match (brief.neighbours.len(), files) {
        (0, _) if raises.len() <= 1 => "easy",
        (_, 0) => "medium",
        _ => "hard",
    };
    answer
}

fn text(brief: &Brief, lines: &[String], own_lines: usize, kinds: &[String], passing: &[String], own: usize) -> String {
    let subject = &brief.subject;
    let name = symbol(subject);
    let verb = if subject.facts.generator { "raises, while it is iterated," } else { verb(subject) };
    let mut out = match (lines, own_lines) {
        ([only], 1) => format!("{name} {verb} {only}"),
        ([only], _) => format!("An error can come out of {name} {only}"),
        (_, 0) => format!("Errors come out of {name} from the calls it makes:"),
        _ if passing.is_empty() => format!("{name} {verb} {}:", list(Tongue::English, kinds)),
        _ => format!("{name} {verb} {} itself, and lets errors of its callees through:", list(Tongue::English, kinds)),
    };
    if lines.len() > 1 {
        lines.iter().for_each(|line| out.push_str(&format!("\n- {line}")));
    } else {
        out = stopped(Tongue::English, &out);
    }
    let ordered =
        subject.facts.raises.iter().filter(|raise| !raise.caught && raise.when.iter().any(|guard| guard.kind == GuardKind::Past)).count();
    if own > MAX_OWN {
        out.push_str("\n\nThese are the first of its checks; the code holds more.");
    } else if ordered > 0 && own_lines > 1 && brief.neighbours.is_empty() {
        out.push_str("\n\nThe checks run in this order, so an earlier one that fails hides the later ones.");
    }
    if !brief.asides.is_empty() {
        let calls: Vec<String> = brief.asides.iter().take(3).map(|callee| format!("`{callee}`")).collect();
        out.push_str(&format!("\n\nThis is not all: {} can raise as well.", list(Tongue::English, &calls)));
    }
    out
}

fn trace(answer: &mut Answer, brief: &Brief, raises: &[&Raise], kinds: &[String], passing: &[String]) {
    let name = shown(&brief.subject);
    if raises.is_empty() {
        answer.step("read", format!("What `{name}` calls has to be looked at for errors."), &[1]);
    } else {
        answer.step("read", format!("`{name}` {} {}.", verb(&brief.subject), list(Tongue::English, kinds)), &[1]);
        if let Some(raise) = raises.iter().take(MAX_OWN).find(|raise| !Guard::joined(&raise.when).is_empty()) {
            answer.step("check", format!("What stands around each place is its condition: {}.", told(raise)), &[1]);
        }
    }
    for (number, callee) in (2..).zip(&brief.neighbours) {
        let inner = distinct(promised(&callee.raises).take(MAX_OF_ONE).map(named));
        answer.step(
            "follow",
            format!(
                "`{name}` calls {} with no handler around the call, and that raises {}.",
                symbol(&callee.chunk),
                list(Tongue::English, &inner)
            ),
            &[1, number],
        );
    }
    let all = distinct(kinds.iter().chain(passing).cloned());
    answer.step(
        "conclude",
        format!("A caller has to be ready for {}{}.", if is_partial(brief) { "at least " } else { "" }, list(Tongue::English, &all)),
        &[1],
    );
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

/// The error by its type. Where the code has none, a macro or a bare text, by what it is.
fn named(raise: &Raise) -> String {
    match raise.exception.as_str() {
        "panic!" | "unreachable!" | "assert!" | "todo!" | "unimplemented!" => "a panic".to_owned(),
        "Err" => "an error".to_owned(),
        name if name.ends_with('!') => "an error".to_owned(),
        name => format!("`{name}`"),
    }
}

/// How an error leaves, in the words of the language.
fn verb(subject: &Chunk) -> &'static str {
    if crate::facts::has_exceptions(&subject.path) { "raises" } else { "fails with" }
}

/// The error and its condition. What a handler raises again says that it only passes by.
fn told(raise: &Raise) -> String {
    let again = raise.when.iter().any(|guard| guard.kind == GuardKind::Except && guard.text == raise.exception);
    if again { format!("{} again, after handling it", named(raise)) } else { under(Tongue::English, &named(raise), &raise.when) }
}

/// An error of a callee by its message: its condition speaks of names that mean something else,
/// or nothing, in the caller.
fn passed(callee: &Neighbour, raise: &Raise) -> String {
    let foreign = raise.when.iter().any(|guard| {
        words(&guard.text).any(|word| {
            callee.inner_names.iter().any(|name| name == word)
                || callee.chunk.facts.parameters.iter().any(|parameter| parameter.name == word)
        })
    });
    if foreign || raise.when.len() > 2 { format!("{}{}", named(raise), message(raise)) } else { told(raise) }
}

fn message(raise: &Raise) -> String {
    let quote = if raise.message.contains('"') { "'" } else { "\"" };
    if raise.message.is_empty() { String::new() } else { format!(" (message: {quote}{}{quote})", raise.message) }
}

fn predicate(id: &str, raise: &Raise) -> Predicate {
    Predicate::new("raises", [id, &raise.exception, &Guard::joined(&raise.when)])
}
