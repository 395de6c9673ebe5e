//! What happens under a condition? One business rule, told whole: all that its branch does, and
//! what happens otherwise where that can be told as well.

use crate::facts::{Outcome, Rule, View};
use crate::generate::condition::{after_earlier, clause, is_tellable, under, when, with_subject};
use crate::generate::coverage::{self, Branch};
use crate::generate::expression::atoms;
use crate::generate::kinds::result::told_exits;
use crate::generate::kinds::{Kind, Material, raises};
use crate::generate::meaning::is_vague;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, path, pick, stopped, symbol};
use crate::generate::plain::plain;
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::{series, written};
use crate::model::{Brief, Chunk, Exit, Guard, GuardKind, Neighbour, Predicate, Raise, words};

pub(super) static KIND: Kind = Kind { name: "rule", version: 2, intent: "what", weight, material, draft };

/// A branch that does more is no rule that one can keep in mind.
const MAX_OUTCOMES: usize = 5;
const MAX_INNER: usize = 3;
/// Under more conditions nobody asks.
const MAX_GUARDS: usize = 4;
const MAX_ARGUMENTS: usize = 3;

const QUESTIONS: &[&str] = &[
    "What happens in {s} ({p}) when {c}?",
    "What does {s} in {p} do when {c}?",
    "Suppose {c}. What does {s} ({p}) do then?",
    "{s} in {p}: what is the rule when {c}?",
    "If {c}, what follows in {s} ({p})?",
    "How does {s} ({p}) treat the case that {c}?",
    "When {c}, what does {s} from {p} do?",
    "Which rule applies in {s} ({p}) when {c}?",
    "Say {c}: how does {s} in {p} behave?",
    "What becomes of a call to {s} ({p}) when {c}?",
    "In {s} ({p}), which path is taken when {c}?",
    "I am reading {s} in {p}. What does it do in the case that {c}?",
];

const CHINESE: &[&str] = &[
    "如果 {c}，{p} 中的 {s} 会做什么？",
    "{c} 时，{s}（{p}）会怎样处理？",
    "执行 {s}（{p}）时如果 {c}，会发生什么？",
    "{p} 的 {s} 在 {c} 时会怎么做？",
    "{s}（{p}）里有一处判断：{c}。它决定了什么？",
    "请说明 {s}（{p}）在 {c} 时的处理规则。",
    "调用 {s}（{p}），而此时 {c}，结果会怎样？",
    "想了解 {p} 里 {s} 的逻辑：{c} 时会走哪条分支？",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    let Some(chosen) = choose(chunk) else { return 0 };
    let limits = view.constants.iter().any(|constant| constant.reads.iter().any(|name| mentions(&chosen.when, name)));
    let plainly = chosen.when.last().is_some_and(|guard| plain(&guard.text).is_some());
    let sides = 1 + (otherwise(chunk, &chosen).is_some() || !later(chunk, &chosen).is_empty()) as u32;
    let outcomes = chosen.rules.iter().map(|rule| rule.outcomes.len()).sum::<usize>() as u32;
    // One consequence alone only says the code again.
    if sides + outcomes < 3 && !limits {
        return 0;
    }
    6 + 6 * outcomes.min(4) + 6 * sides + 12 * limits as u32 + 4 * plainly as u32
}

fn material(view: &View) -> Material {
    let Some(chosen) = choose(&view.chunk) else { return Material::default() };
    let decides =
        |constant: &&Neighbour| constant.reads.iter().any(|name| mentions(&chosen.when, name)) && value(&constant.chunk).is_some();
    Material { neighbours: view.constants.iter().filter(decides).cloned().collect(), ..Material::default() }
}

/// Do the conditions read this constant?
fn mentions(when: &[Guard], name: &str) -> bool {
    when.iter().any(|guard| guard.text.contains(name))
}

/// What a constant is set to.
fn value(chunk: &Chunk) -> Option<&str> {
    let attribute = chunk.facts.attributes.first().filter(|_| chunk.signature == chunk.name)?;
    code(&attribute.value).map(|_| attribute.value.as_str())
}

/// The branch that is worth asking for, told whole; one that only raises is told among the errors.
fn choose(chunk: &Chunk) -> Option<Branch> {
    let found: Vec<Branch> = coverage::branches(chunk).into_iter().filter(|branch| is_asked(chunk, branch)).collect();
    let worth = |branch: &Branch| {
        let outcomes = || branch.rules.iter().flat_map(|rule| &rule.outcomes);
        let changes = outcomes().filter(|outcome| matches!(outcome, Outcome::Writes { .. } | Outcome::Calls { .. })).count();
        let plainly = branch.when.last().is_some_and(|guard| plain(&guard.text).is_some());
        (changes.min(2), otherwise(chunk, branch).is_some(), plainly, outcomes().count())
    };
    let worths: Vec<_> = found.iter().map(worth).collect();
    let best = worths.iter().max()?;
    let first = worths.iter().position(|worth| worth == best)?;
    found.into_iter().nth(first)
}

fn is_asked(chunk: &Chunk, branch: &Branch) -> bool {
    let Some(last) = branch.when.last() else { return false };
    let outcomes = || branch.rules.iter().flat_map(|rule| &rule.outcomes);
    let says = |outcome: &Outcome| match outcome {
        Outcome::Returns { value } => {
            !value.is_empty() && value != "None" && value != "self" && !words(value).all(|word| is_vague(chunk, word))
        }
        Outcome::Raises { .. } => false,
        Outcome::Calls { callee, .. } => !is_vague(chunk, callee.split('.').next().unwrap_or_default()),
        Outcome::Writes { .. } => true,
    };
    let inner = branch.rules.iter().filter(|rule| rule.when != branch.when).count();
    // The name of a variable of the body says nothing to who has not read it.
    let known = |guard: &Guard| !words(&guard.text).any(|word| is_vague(chunk, word));
    matches!(last.kind, GuardKind::If | GuardKind::Case)
        && known(last)
        && is_tellable(&branch.when, MAX_GUARDS)
        && outcomes().count() <= MAX_OUTCOMES
        && inner <= MAX_INNER
        && branch.rules.iter().all(|rule| is_tellable(&rule.when[branch.when.len()..], 2))
        && outcomes().any(says)
}

/// The side of the branch that is taken when the chosen one is not, where it is as plain.
fn otherwise(chunk: &Chunk, chosen: &Branch) -> Option<Rule> {
    let (last, before) = chosen.when.split_last()?;
    // With more than one condition the other side is not told by one word.
    if last.kind != GuardKind::If || !before.is_empty() {
        return None;
    }
    [GuardKind::Unless, GuardKind::Past].into_iter().find_map(|kind| {
        let side = coverage::branch(chunk, &[Guard { kind, text: last.text.clone() }])?;
        let [only] = <[Rule; 1]>::try_from(side.rules).ok()?;
        (only.when == side.when && only.outcomes.len() <= MAX_OUTCOMES).then_some(only)
    })
}

/// A way out on the other side of a branch.
enum Out<'c> {
    Returns(&'c Exit),
    Raises(&'c Raise),
}

impl Out<'_> {
    fn when(&self) -> &[Guard] {
        match self {
            Self::Returns(exit) => &exit.when,
            Self::Raises(raise) => &raise.when,
        }
    }
}

/// How the call ends where the branch does not apply, in the order of the code: where it decides alone,
/// leaves itself, and all of that can be told.
fn later<'c>(chunk: &'c Chunk, chosen: &Branch) -> Vec<Out<'c>> {
    let leaves = |rule: &Rule| {
        rule.when == chosen.when && rule.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Returns { .. } | Outcome::Raises { .. }))
    };
    let [only] = chosen.when.as_slice() else { return Vec::new() };
    let other = |when: &[Guard]| {
        when.first().is_some_and(|first| matches!(first.kind, GuardKind::Past | GuardKind::Unless) && first.text == only.text)
    };
    let exits = told_exits(chunk);
    if only.kind != GuardKind::If || exits.is_empty() || !chosen.rules.iter().any(leaves) {
        return Vec::new();
    }
    let raises = chunk.facts.raises.iter().filter(|raise| other(&raise.when));
    if raises.clone().any(|raise| raise.caught || !raises::is_told(raise) || !is_tellable(&raise.when, MAX_GUARDS)) {
        return Vec::new();
    }
    let exits = exits.into_iter().filter(|exit| other(&exit.when)).map(Out::Returns);
    let mut out: Vec<Out> = raises.map(Out::Raises).chain(exits).collect();
    out.sort_by_key(|way| way.when().len());
    if out.len() > MAX_INNER { Vec::new() } else { out }
}

/// What happens where the branch does not apply, as sentences behind the answer.
fn of_later(answer: &mut Answer, tongue: Tongue, subject: &Chunk, chosen: &Branch) -> String {
    let (name, id) = (symbol(subject), subject.id.as_str());
    let mut earlier: Vec<&[Guard]> = vec![&chosen.when];
    let mut lines: Vec<String> = Vec::new();
    let all = later(subject, chosen);
    for way in &all {
        let (does, predicate) = match way {
            Out::Returns(exit) => (
                told(tongue, subject, &Outcome::Returns { value: exit.value.clone() }),
                Predicate::new("returns", [id, &exit.value, &Guard::joined(&exit.when)]),
            ),
            Out::Raises(raise) => {
                let does = raises::leaves(tongue, subject, &[raises::named(tongue, raise)]);
                (format!("{does}{}", raises::message(tongue, raise)), raises::predicate(subject, raise))
            }
        };
        answer.claim(with_subject(tongue, &name, &under(tongue, &does, way.when())), predicate, 1);
        let rest = after_earlier(way.when(), &earlier);
        lines.push(match rest.is_empty() && !lines.is_empty() {
            true => say!(tongue, "{does} in all other cases", "其余情况下，{does}"),
            false => under(tongue, &does, &rest),
        });
        earlier.push(way.when());
    }
    if subject.facts.ends && !lines.is_empty() {
        lines.push(tongue.say("returns `None` at the end of its body", "执行到末尾则返回 `None`").to_owned());
    }
    let Some(first) = lines.first() else { return String::new() };
    answer.step("compare", stopped(tongue, &say!(tongue, "Where that is not so, it {first}", "条件不满足时，{first}")), &[1]);
    match lines.as_slice() {
        [only] => {
            let only = stopped(tongue, only);
            say!(tongue, " Otherwise it {only}", "否则，{only}")
        }
        all => {
            let all = all.join(tongue.say("\n- it ", "\n- "));
            say!(
                tongue,
                "\n\nOtherwise the first of these that applies decides how it ends:\n- it {all}",
                "\n\n否则，依次由以下条件决定结果：\n- {all}"
            )
        }
    }
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let Some(chosen) = choose(subject) else { return Answer::default() };
    let Some(decides) = chosen.when.last() else { return Answer::default() };
    let mut answer = Answer { question: question(tongue, brief, decides), ..Answer::default() };
    let name = symbol(subject);
    let asked = clause(tongue, decides);
    answer.step("locate", say!(tongue, "{name} has a branch for the case that {asked}.", "{name} 的关键判断是：{asked}。"), &[1]);
    let mut text = lead(&mut answer, tongue, subject, &chosen);
    for (number, constant) in (2..).zip(&brief.neighbours) {
        let Some(value) = value(&constant.chunk) else { continue };
        let (limit, file) = (symbol(&constant.chunk), path(&constant.chunk));
        let says = say!(tongue, "{limit} is set to `{value}`", "{limit} 的值为 `{value}`");
        answer.claim(says.clone(), Predicate::new("constant", [constant.chunk.id.as_str(), &constant.chunk.name, value]), number);
        text.push_str(&say!(tongue, " {limit} is `{value}` ({file}).", "其中 {limit} 为 `{value}`（{file}）。"));
        answer.step("follow", say!(tongue, "{says} in {file}.", "{says}，定义在 {file}。"), &[number]);
    }
    let told = |rule: &Rule| rule.outcomes.iter().map(|outcome| told(tongue, subject, outcome)).collect::<Vec<_>>();
    if let Some(other) = otherwise(subject, &chosen).filter(|other| chosen.rules.iter().all(|rule| rule.outcomes != other.outcomes)) {
        let does = series(tongue, &told(&other));
        claim(&mut answer, tongue, subject, &other);
        text.push_str(&say!(tongue, " Otherwise it {does}.", "否则，{does}。"));
        answer.step("compare", say!(tongue, "On the other side of the branch it {does}.", "条件不满足时，{does}。"), &[1]);
    } else if otherwise(subject, &chosen).is_none() {
        text.push_str(&of_later(&mut answer, tongue, subject, &chosen));
    }
    answer.answer = text;
    answer.difficulty = match (chosen.rules.len(), brief.neighbours.len()) {
        (1, 0) => "easy",
        (_, 0) => "medium",
        _ => "hard",
    };
    answer
}

/// What the branch does: in one sentence, or a line for each further condition inside of it.
fn lead(answer: &mut Answer, tongue: Tongue, subject: &Chunk, chosen: &Branch) -> String {
    let name = symbol(subject);
    let mut direct = String::new();
    let mut inner: Vec<String> = Vec::new();
    for rule in &chosen.rules {
        claim(answer, tongue, subject, rule);
        let does = series(tongue, &rule.outcomes.iter().map(|outcome| told(tongue, subject, outcome)).collect::<Vec<_>>());
        if rule.when == chosen.when {
            direct = does;
        } else {
            inner.push(under(tongue, &does, &rule.when[chosen.when.len()..]));
        }
    }
    let condition = when(tongue, &chosen.when);
    if !direct.is_empty() {
        answer.step("read", say!(tongue, "There the code {direct}.", "满足条件时，{direct}。"), &[1]);
    }
    for line in &inner {
        answer.step("follow", say!(tongue, "Further down in the branch it {line}.", "在该分支内部：{line}。"), &[1]);
    }
    let whole = match tongue {
        Tongue::English => format!("{name} {direct}{condition}."),
        Tongue::Chinese => format!("{condition}，{name} {direct}。"),
    };
    match (direct.is_empty(), inner.as_slice()) {
        (false, []) => whole,
        (false, [only]) => say!(tongue, "{whole} In that branch it also {only}.", "{whole}在该分支中，{only}。"),
        (false, all) => {
            let all = all.join("\n- ");
            say!(tongue, "{whole} In that branch it also:\n- {all}", "{whole}在该分支中，还有：\n- {all}")
        }
        (true, all) => {
            let all = all.join("\n- ");
            match tongue {
                Tongue::English => format!("What {name} does{condition} depends on more:\n- it {}", all.replace("\n- ", "\n- it ")),
                Tongue::Chinese => format!("{condition}，{name} 的行为还取决于其他条件：\n- {all}"),
            }
        }
    }
}

fn question(tongue: Tongue, brief: &Brief, decides: &Guard) -> String {
    let (name, file) = (symbol(&brief.subject), path(&brief.subject));
    let condition = asked(tongue, decides);
    fill(pick(tongue, &brief.slot.id(), QUESTIONS, CHINESE), &[("s", &name), ("p", &file), ("c", &condition)])
}

/// The question once more, in the middle of a conversation about the chunk.
pub(super) fn going_on(brief: &Brief) -> Option<String> {
    let tongue = Tongue::of(brief);
    let chosen = choose(&brief.subject)?;
    let condition = asked(tongue, chosen.when.last()?);
    let english = ["And what happens when {c}?", "What does it do when {c}?", "What is the rule when {c}?"];
    let chinese = ["那么 {c} 时会怎样？", "如果 {c}，它会怎么处理？", "{c} 的情况下呢？"];
    Some(fill(pick(tongue, &brief.slot.id(), &english, &chinese), &[("c", &condition)]))
}

/// The deciding condition in words where it has simple ones, else as code.
fn asked(tongue: Tongue, decides: &Guard) -> String {
    let said = plain(&decides.text).filter(|_| decides.kind == GuardKind::If && tongue == Tongue::English);
    // Of many parts the whole is easier to read.
    let whole = || code(&decides.text).filter(|_| atoms(&decides.text, true).len() > 2 && decides.kind == GuardKind::If);
    said.or_else(whole).unwrap_or_else(|| clause(tongue, decides))
}

/// What happens, as a verb phrase of the third person.
fn told(tongue: Tongue, chunk: &Chunk, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Writes { target, value } => written(tongue, target, value),
        Outcome::Calls { callee, arguments } => {
            let whole = format!("{callee}({})", arguments.join(", "));
            let call = code(&whole).filter(|_| arguments.len() <= MAX_ARGUMENTS).unwrap_or_else(|| format!("`{callee}`"));
            say!(tongue, "calls {call}", "调用 {call}")
        }
        Outcome::Raises { exception, message } => {
            let raise = Raise { exception: exception.clone(), message: message.clone(), ..Raise::default() };
            let error = raises::leaves(tongue, chunk, &[raises::named(tongue, &raise)]);
            format!("{error}{}", raises::message(tongue, &raise))
        }
        Outcome::Returns { value } if value.is_empty() => tongue.say("returns at once", "直接返回").to_owned(),
        Outcome::Returns { value } => say!(tongue, "returns `{value}`", "返回 `{value}`"),
    }
}

fn claim(answer: &mut Answer, tongue: Tongue, chunk: &Chunk, rule: &Rule) {
    let (name, id, joined) = (symbol(chunk), chunk.id.as_str(), Guard::joined(&rule.when));
    for outcome in &rule.outcomes {
        let says = told(tongue, chunk, outcome);
        let says = match tongue {
            Tongue::English => format!("{name} {says}{}", when(tongue, &rule.when)),
            Tongue::Chinese => format!("{}，{name} {says}", when(tongue, &rule.when)),
        };
        match outcome {
            Outcome::Writes { target, value } => answer.claim(says, Predicate::new("writes", [id, target, value, &joined]), 1),
            Outcome::Calls { callee, arguments } => {
                answer.claim(says.clone(), Predicate::new("calls_when", [id, callee, &joined]), 1);
                let shown = arguments.len() <= MAX_ARGUMENTS && code(&format!("{callee}({})", arguments.join(", "))).is_some();
                for argument in arguments.iter().filter(|_| shown) {
                    answer.claim(says.clone(), Predicate::new("passes_when", [id, callee, argument, &joined]), 1);
                }
            }
            Outcome::Raises { exception, .. } => answer.claim(says, Predicate::new("raises", [id, exception, &joined]), 1),
            Outcome::Returns { value } => answer.claim(says, Predicate::new("returns", [id, value, &joined]), 1),
        }
    }
}
