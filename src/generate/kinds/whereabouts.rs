//! Where is it? Asked in the words of the domain, or by the message that somebody saw; never by
//! the name of the symbol.

use crate::facts::View;
use crate::generate::condition::with_subject;
use crate::generate::deed::{Deed, documented, informative, named, passive, surroundings};
use crate::generate::kinds::point::{Point, claimed, is_whole, of_raise, points};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, noun, path, pick, plain_message, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Call, CallUse, Chunk, ChunkKind, Neighbour, Predicate, Raise, key};

pub(super) static KIND: Kind = Kind { name: "where", version: 1, intent: "where", weight, material, draft };

/// More statements than this bury the one that was asked for.
const MAX_POINTS: usize = 4;
const MAX_CALLERS: usize = 2;
const MAX_ATTRIBUTES: usize = 6;
/// A message with fewer words could be anybody's.
const MIN_MESSAGE: usize = 3;
const MANY: usize = 3;

/// `{b}` charge, `{t}` charges, `{g}` charging, `{w}` the card for a placed order, `{n}` function,
/// method or class, `{c}` in the card gateway, where that is needed to tell places apart.
const DOES: &[&str] = &[
    "Which code{c} {t} {w}?",
    "Where{c} do we {b} {w}?",
    "I need the place{c} that {t} {w}. Where is it?",
    "If I wanted to change how we {b} {w}, which {n}{c} would I open?",
    "Somebody asked me how we {b} {w}. Where{c} is that implemented?",
    "What{c} is responsible for {g} {w}, and in which file?",
    "Point me to the code{c} for {g} {w}.",
    "Suppose there is a bug when we {b} {w}. Where{c} do I start to look?",
    "Which {n}{c} {t} {w}?",
    "Is there already something{c} that {t} {w}, and where?",
    "In which file is the logic{c} for {g} {w}?",
    "For a review I have to find the code{c} that {t} {w}. Where does it live?",
];

/// Asked where the thing can be the subject of the sentence.
const PASSIVE: &[&str] = &[
    "Where{c} {is} {x} {p}{y}?",
    "In which {n}{c} {is} {x} {p}{y}?",
    "I want to follow how {x} {is} {p}{y}. Where{c} do I look?",
    "By which code{c} {is} {x} {p}{y}?",
];

const DECIDES: &[&str] = &[
    "Where{c} is it decided whether {w}?",
    "Which code{c} decides whether {w}?",
    "How do I find the check{c} whether {w}?",
    "What{c} says whether {w}, and by what?",
    "I want to change when {w}. Where{c} is that rule?",
    "What{c} tells whether {w}?",
    "Is there one place{c} that knows whether {w}?",
    "By which {n}{c} do we find out whether {w}?",
    "Show me where{c} we test whether {w}.",
    "On what does it depend whether {w}, and where{c} is that written?",
];

const GIVES: &[&str] = &[
    "Which {n}{c} gives us {w}?",
    "Where{c} do we get {w} from?",
    "Where{c} does the code work out {w}?",
    "I need {w}. Is there code{c} for that?",
    "What{c} produces {w}, and from what?",
    "Looking for the place{c} that determines {w}. Which one is it?",
    "How do I get at {w}, and where{c} is that defined?",
    "If there were something wrong with {w}, which code{c} would I check?",
    "Which part of the code{c} supplies {w}?",
    "Point me to the code{c} that gives {w}.",
];

/// Where what is given is a clause: `what a code takes off an amount`.
const TELLS: &[&str] = &[
    "Which {n}{c} works out {w}?",
    "Where{c} does the code find out {w}?",
    "Looking for the place{c} that determines {w}. Which one is it?",
    "By which code{c} do we learn {w}?",
    "Somebody wants to know {w}. Which {n}{c} tells?",
    "I have to change {w}. Where{c} is that written?",
];

const CLASS: &[&str] = &[
    "Which class stands for {w}?",
    "Where in the code is {w} modelled?",
    "What represents {w} here, and what does it hold?",
    "Is there a class for {w}?",
    "In which file do I find the class for {w}?",
    "Looking for the type that describes {w}. Which one is it?",
];

const MESSAGE: &[&str] = &[
    "A user reports the error \"{m}\". Where does it come from?",
    "Where would I look if somebody gets \"{m}\"?",
    "Our log shows \"{m}\". Which code raises that, and when?",
    "Which check is behind the message \"{m}\"?",
    "I ran into \"{m}\". What in the code produces it?",
    "What has to be so for the error \"{m}\" to appear, and where is that decided?",
    "Support asks about \"{m}\": which rule is that?",
    "In which {n} does the error \"{m}\" start?",
    "My call ends with \"{m}\". Where is that refused?",
    "Find the place that fails with \"{m}\".",
    "Why would anyone see \"{m}\", and where is it written?",
];

/// `{d}` what is done, `{n}` function or method.
const DOES_CHINESE: &[&str] = &[
    "代码里是哪里负责{d}？",
    "{d}的逻辑在哪里实现？",
    "想改一改{d}的做法，应该看哪个文件的哪段代码？",
    "哪个{n}负责{d}？",
    "如果{d}出了问题，应该从哪里查起？",
    "请指出{d}对应的代码位置。",
    "评审时需要找到{d}的代码，它在哪里？",
    "有没有现成的代码负责{d}？在哪里？",
    "想了解怎样{d}，该看哪里？",
];

const CLASS_CHINESE: &[&str] = &[
    "哪个类表示{d}？",
    "{d}在代码里是用哪个类建模的？",
    "代码中有没有对应{d}的类？",
    "{d}对应的类定义在哪个文件？它包含什么？",
    "我在找描述{d}的类型，是哪一个？",
    "想看{d}的定义，应该打开哪个类？",
];

/// `{d}` what the code does: where its documentation is in another language, one asks by the code.
const LOGIC_CHINESE: &[&str] = &[
    "代码里有这样一条逻辑：{d}。它写在哪里？",
    "我在找这样一段代码：{d}。它在哪个文件里？",
    "想改这条规则：{d}。应该打开哪个{n}？",
    "线上观察到这样的行为：{d}。对应的代码在哪里？",
    "哪个{n}里有这样的处理：{d}？",
    "评审时要找到这条规则的出处：{d}。它在哪里实现？",
    "请指出下面这条逻辑所在的位置：{d}。",
    "排查问题时看到：{d}。这是哪个{n}做的？",
    "下面这个行为由哪段代码决定：{d}？",
    "有没有现成的{n}做这件事：{d}？",
];

/// `{d}` that it returns something, in any case.
const RETURNS_CHINESE: &[&str] = &[
    "哪个{n}会{d}？",
    "代码里是哪个{n}{d}？它在哪个文件？",
    "我在找{d}的那段代码，它在哪里？",
    "想改一处实现，它{d}。应该打开哪个文件？",
    "{d}的{n}定义在哪里？",
    "评审时看到有{n}{d}，它在哪个文件里？",
];

/// `{d}` the attributes of a class.
const HOLDS_CHINESE: &[&str] = &[
    "哪个类声明了属性{d}？",
    "{d}这些属性定义在哪个类里？",
    "我在找带有{d}的类，它在哪个文件？",
    "{d}属于哪个类？",
    "想给带有{d}的类加一个字段，应该打开哪个文件？",
    "请指出声明了{d}的类在哪里。",
    "代码里用哪个类来保存{d}？",
    "读到了{d}，它们是哪个类的属性？",
];

const MESSAGE_CHINESE: &[&str] = &[
    "用户反馈报错“{m}”，它来自哪里？",
    "日志里出现“{m}”，是哪段代码抛出的？什么时候会抛？",
    "如果有人遇到“{m}”，应该去看哪里？",
    "“{m}”这条错误背后是哪个检查？",
    "我碰到了“{m}”，代码里是哪里产生的？",
    "满足什么条件才会出现“{m}”？在哪里判断？",
    "哪个{n}失败时会报“{m}”？",
    "调用最后报“{m}”，是在哪里被拒绝的？",
    "找一下报“{m}”的位置。",
];

/// What the question goes by.
enum Clue<'c> {
    Message(&'c Raise, String),
    /// And: is it the docstring that says so?
    Deed(Deed, bool),
}

/// What there is to ask by; the message of an error and the deed take turns where there are both.
fn clue(chunk: &Chunk) -> Option<Clue<'_>> {
    let deed = documented(chunk).map(|deed| (deed, true)).or_else(|| named(chunk).map(|deed| (deed, false)));
    let turn = key("clue", chunk.id.as_str());
    let messages: Vec<(&Raise, String)> = chunk.facts.raises.iter().filter_map(|raise| Some((raise, message(chunk, raise)?))).collect();
    let message = (!messages.is_empty()).then(|| messages[(turn / 2) as usize % messages.len()].clone());
    match (message, deed) {
        (Some((raise, message)), None) => Some(Clue::Message(raise, message)),
        (Some((raise, message)), Some(_)) if turn.is_multiple_of(2) => Some(Clue::Message(raise, message)),
        (_, Some((deed, stated))) => Some(Clue::Deed(deed, stated)),
        (None, None) => None,
    }
}

/// The message of an error as somebody sees it, where it leads to this place and the condition
/// behind it can be told.
fn message(chunk: &Chunk, raise: &Raise) -> Option<String> {
    let shown = plain_message(&raise.message)?;
    let words = shown.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).count();
    let stub = raise.exception.ends_with("NotImplementedError") || raise.exception == "AssertionError";
    // With parts filled in, more of the words have to be the message's own.
    let least = MIN_MESSAGE + shown.contains('…') as usize;
    (words >= least && informative(&shown) >= 2 && !stub && !raise.when.is_empty() && of_raise(Tongue::English, chunk, raise).is_some())
        .then_some(shown)
}

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    let class = chunk.kind == ChunkKind::Class;
    let fault = chunk.facts.bases.iter().any(|base| base.ends_with("Error") || base.ends_with("Exception") || base.ends_with("Warning"));
    if chunk.kind == ChunkKind::Constant || chunk.name.starts_with("__") || class && fault {
        return 0;
    }
    let beside = [&view.callers, &view.callees, &view.siblings, &view.twins].into_iter().flatten();
    // Where another nearby is described by the same words, they lead to no one place.
    let vague = !chunk.doc.is_empty() && beside.into_iter().any(|other| other.chunk.summary() == chunk.summary());
    let points = points(Tongue::English, chunk, MAX_POINTS);
    let told = points.iter().filter(|point| point.is_decisive()).count() as u32;
    match clue(chunk) {
        Some(Clue::Message(..)) => 26 + 4 * told,
        Some(Clue::Deed(_, true)) if vague => 0,
        Some(Clue::Deed(_, true)) if class => {
            (10 + 2 * chunk.facts.attributes.len().min(5) as u32) * !chunk.facts.attributes.is_empty() as u32
        }
        Some(Clue::Deed(_, true)) if told > 0 || points.len() > 1 => 12 + 5 * told,
        // A name that many bear is the framework's and not the domain's.
        Some(Clue::Deed(_, false)) if told > 1 && view.namesakes < MANY => 10 + 5 * told,
        _ => 0,
    }
}

fn material(view: &View) -> Material {
    let fits = |caller: &&Neighbour| caller.calls.iter().any(|call| code(&call.callee).is_some());
    let neighbours: Vec<Neighbour> = view.callers.iter().filter(fits).take(MAX_CALLERS).cloned().collect();
    Material { more: view.more_callers || view.callers.len() > neighbours.len(), neighbours, ..Material::default() }
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let Some(clue) = clue(subject) else { return Answer::default() };
    let mut answer = Answer { question: question(tongue, brief, &clue), ..Answer::default() };
    if answer.question.is_empty() {
        return Answer::default();
    }
    let (name, file) = (symbol(subject), path(subject));
    answer.claim(
        say!(tongue, "{file} defines {name}", "{file}定义了{name}"),
        Predicate::new("defined_at", [subject.id.as_str(), &subject.name]),
        1,
    );
    match &clue {
        Clue::Message(raise, _) => {
            let Some(point) = of_raise(tongue, subject, raise) else { return Answer::default() };
            answer.step(
                "locate",
                say!(tongue, "The text of the message stands in {name} ({file}).", "这段报错文字出现在{name}（{file}）中。"),
                &[1],
            );
            answer.step("read", say!(tongue, "There, {}.", "对应的代码：{}。", with_subject(tongue, &name, &point.says)), &[1]);
            answer.claim(claimed(tongue, subject, &point), point.predicate.clone(), 1);
            answer.answer = say!(tongue, "It comes from {name} in {file}, which {}.", "来自{file}中的{name}：{}。", point.says);
            // What holds once the check has passed goes without saying.
            let others = subject.facts.raises.iter().filter_map(|other| of_raise(tongue, subject, other));
            let others: Vec<Point> =
                others.filter(|other| other.predicate != point.predicate && other.says != point.says).take(2).collect();
            beside(tongue, &mut answer, subject, &others);
        }
        Clue::Deed(deed, stated) => {
            if *stated {
                let summary = subject.summary();
                answer.claim(
                    say!(tongue, "{name} is documented so", "{name}的文档这样写"),
                    Predicate::new("documented", [subject.id.as_str(), summary]),
                    1,
                );
            }
            answer.step("locate", known(tongue, subject, deed, *stated), &[1]);
            answer.answer = lead(tongue, brief, deed);
            if !told(tongue, &mut answer, brief) {
                return Answer::default();
            }
        }
    }
    callers(tongue, &mut answer, brief);
    let elsewhere = brief.neighbours.iter().any(|caller| caller.chunk.path != subject.path);
    answer.difficulty = match (&clue, elsewhere) {
        (Clue::Deed(_, true), false) => "easy",
        (_, true) => "hard",
        _ => "medium",
    };
    answer
}

fn question(tongue: Tongue, brief: &Brief, clue: &Clue) -> String {
    let subject = &brief.subject;
    let seed = brief.slot.id();
    let noun = noun(tongue, subject);
    let deed = match clue {
        Clue::Message(_, message) => return fill(pick(tongue, &seed, MESSAGE, MESSAGE_CHINESE), &[("m", message), ("n", noun)]),
        Clue::Deed(deed, _) => deed,
    };
    let class = subject.kind == ChunkKind::Class;
    let vague = informative(&deed.sentence()) < 4;
    let around = if !class && (brief.namesakes > 0 || vague) { surroundings(subject) } else { String::new() };
    if tongue == Tongue::Chinese {
        let (what, wordings) = match deed {
            Deed::Said { sentence } => (sentence.clone(), if class { CLASS_CHINESE } else { DOES_CHINESE }),
            _ if class => (list(tongue, &held(subject)), HOLDS_CHINESE),
            _ => (most_telling(tongue, subject).map(|point| point.says).unwrap_or_default(), LOGIC_CHINESE),
        };
        if what.is_empty() {
            return what;
        }
        // A value in any case is asked for by itself.
        let wordings = match what.strip_prefix("返回") {
            Some(_) if !class && !matches!(deed, Deed::Said { .. }) => RETURNS_CHINESE,
            _ => wordings,
        };
        return fill(pick(tongue, &seed, &[], wordings), &[("d", &what), ("n", noun)]);
    }
    let around = if around.is_empty() { around } else { format!(" in {around}") };
    match deed {
        Deed::Said { .. } => String::new(),
        Deed::Decides { clause } => fill(pick(tongue, &seed, DECIDES, &[]), &[("w", clause), ("c", &around), ("n", noun)]),
        Deed::Gives { what } => {
            let wordings = match what.starts_with("what ") {
                true => TELLS,
                false if class => CLASS,
                false => GIVES,
            };
            fill(pick(tongue, &seed, wordings, &[]), &[("w", what), ("c", &around), ("n", noun)])
        }
        Deed::Does { verb, what } => {
            let passive = passive(what).filter(|_| key("passive", &seed).is_multiple_of(3));
            let values = [("b", verb.base), ("t", &verb.third()), ("g", &verb.gerund()), ("w", what), ("c", &around), ("n", noun)];
            match passive {
                Some((thing, is, tail)) => {
                    let wording = pick(tongue, &seed, PASSIVE, &[]);
                    fill(wording, &[("is", is), ("x", &thing), ("p", &verb.participle()), ("y", &tail), ("c", &around), ("n", noun)])
                }
                None => fill(pick(tongue, &seed, DOES, &[]), &values),
            }
        }
    }
}

/// The statement by which the place is told from others best: the longest of those that decide.
fn most_telling(tongue: Tongue, subject: &Chunk) -> Option<Point> {
    points(tongue, subject, MAX_POINTS).into_iter().max_by_key(|point| (point.is_decisive(), point.says.len()))
}

/// How the place is known, in a sentence.
fn known(tongue: Tongue, subject: &Chunk, deed: &Deed, stated: bool) -> String {
    let (name, file) = (symbol(subject), path(subject));
    match tongue {
        Tongue::English if stated => format!("The docstring of {name} ({file}) says just that."),
        Tongue::English => format!("By its name, that is {name} in {file}."),
        Tongue::Chinese if matches!(deed, Deed::Said { .. }) => format!("{name}（{file}）的文档说的正是这件事。"),
        Tongue::Chinese if subject.kind == ChunkKind::Class => format!("{name}（{file}）声明了这些属性。"),
        Tongue::Chinese => format!("这段逻辑就在{name}（{file}）里。"),
    }
}

fn lead(tongue: Tongue, brief: &Brief, deed: &Deed) -> String {
    let (name, file) = (symbol(&brief.subject), path(&brief.subject));
    let english: &[&str] = match deed {
        Deed::Decides { .. } => &["{s} in {p} decides that.", "That is decided in {s} ({p}).", "The check is {s} in {p}."],
        _ if brief.subject.kind == ChunkKind::Class => {
            &["That is {s} in {p}.", "{s} in {p} is the class for it.", "It is {s}, defined in {p}."]
        }
        Deed::Gives { .. } => &["{s} in {p} gives it.", "It comes from {s} ({p}).", "That is what {s} in {p} is for."],
        _ => &["{s} in {p} does that.", "That happens in {s} ({p}).", "Look at {s} in {p}.", "The place is {s} in {p}."],
    };
    let chinese = &["在{p}的{s}中。", "由{p}中的{s}负责。", "对应的是{p}里的{s}。"];
    fill(pick(tongue, &brief.slot.id(), english, chinese), &[("s", &name), ("p", &file)])
}

/// The rest of what decides there; false where there is nothing.
fn told(tongue: Tongue, answer: &mut Answer, brief: &Brief) -> bool {
    let subject = &brief.subject;
    let name = symbol(subject);
    if subject.kind == ChunkKind::Class {
        return holds(tongue, answer, subject);
    }
    let mut points = points(tongue, subject, MAX_POINTS);
    // Beside what decides, a bare call says nothing.
    if points.iter().any(Point::is_decisive) {
        points.retain(Point::is_decisive);
    }
    for point in &points {
        answer.claim(claimed(tongue, subject, point), point.predicate.clone(), 1);
    }
    let first = match tongue {
        Tongue::English => points.iter().find(|point| point.is_decisive()).or(points.first()).cloned(),
        // It is what the question goes by.
        Tongue::Chinese => most_telling(tongue, subject),
    };
    let Some(first) = first else { return false };
    answer.step("read", say!(tongue, "What decides is that {}.", "关键在于：{}。", with_subject(tongue, &name, &first.says)), &[1]);
    match points.as_slice() {
        [only] => answer.answer.push_str(&say!(tongue, " {}.", "{}。", with_subject(tongue, tongue.say("It", "它"), &only.says))),
        _ => {
            answer.answer.push_str(match is_whole(subject, &points) {
                true => tongue.say(" What it does:", "它的行为："),
                false => tongue.say(" Among what it does:", "主要逻辑："),
            });
            points.iter().for_each(|point| answer.answer.push_str(&say!(tongue, "\n- it {}", "\n- {}", point.says)));
        }
    }
    true
}

/// What stands beside the place that a message comes from.
fn beside(tongue: Tongue, answer: &mut Answer, subject: &Chunk, others: &[Point]) {
    if others.is_empty() {
        return;
    }
    for point in others {
        answer.claim(claimed(tongue, subject, point), point.predicate.clone(), 1);
    }
    match others {
        [only] => answer.answer.push_str(&say!(tongue, "\n\nBeside it, the same code {}.", "\n\n同一段代码还有：{}。", only.says)),
        _ => {
            answer.answer.push_str(tongue.say("\n\nBeside it, the same code:", "\n\n同一段代码还有："));
            others.iter().for_each(|one| answer.answer.push_str(&format!("\n- {}", one.says)));
        }
    }
}

/// The attributes of a class that are told, as code.
fn held(subject: &Chunk) -> Vec<String> {
    subject.facts.attributes.iter().take(MAX_ATTRIBUTES).filter_map(|attribute| code(&attribute.name)).collect()
}

/// What a class holds, as far as its head shows it.
fn holds(tongue: Tongue, answer: &mut Answer, subject: &Chunk) -> bool {
    let (name, id) = (symbol(subject), subject.id.as_str());
    for attribute in subject.facts.attributes.iter().take(MAX_ATTRIBUTES) {
        let Some(shown) = code(&attribute.name) else { continue };
        answer.claim(
            say!(tongue, "{name} holds {shown}", "{name}含有{shown}"),
            Predicate::new("attribute", [id, &attribute.name, &attribute.value]),
            1,
        );
    }
    let names = held(subject);
    if names.is_empty() {
        return false;
    }
    let more = if subject.facts.attributes.len() > names.len() { tongue.say(", among others", "等") } else { "" };
    let names = list(tongue, &names);
    answer.step("read", say!(tongue, "Its body declares {names}{more}.", "类体中声明了{names}{more}。"), &[1]);
    answer.answer.push_str(&say!(tongue, " It holds {names}{more}.", "它包含{names}{more}。"));
    true
}

/// How one gets there.
fn callers(tongue: Tongue, answer: &mut Answer, brief: &Brief) {
    let subject = &brief.subject;
    let mut lines: Vec<String> = Vec::new();
    for (number, caller) in (2..).zip(&brief.neighbours) {
        let Some(call) = caller.calls.iter().find(|call| code(&call.callee).is_some()) else { continue };
        let other = symbol(&caller.chunk);
        let id = caller.chunk.id.as_str();
        answer.claim(
            say!(tongue, "{other} calls `{}`", "{other}调用`{}`", call.callee),
            Predicate::new("calls", [id, &call.callee]),
            number,
        );
        answer.step("follow", say!(tongue, "{other} gets there by `{}`.", "{other}通过`{}`调用它。", call.callee), &[number]);
        let file = (caller.chunk.path != subject.path).then(|| path(&caller.chunk));
        let beside: Vec<String> = file.into_iter().chain(usage(tongue, answer, call, id, &other, number)).collect();
        let beside = beside.join(tongue.say(", ", "，"));
        lines.push(if beside.is_empty() { other } else { say!(tongue, "{other} ({beside})", "{other}（{beside}）") });
    }
    if lines.is_empty() {
        return;
    }
    let among = brief.more;
    let lines = list(tongue, &lines);
    answer.answer.push_str(&match among {
        true => say!(tongue, "\n\nIt is reached from {lines}, among others.", "\n\n调用它的地方包括{lines}。"),
        false => say!(tongue, "\n\nIt is reached from {lines}.", "\n\n调用它的是{lines}。"),
    });
}

/// What becomes of the result or the error in a caller.
fn usage(tongue: Tongue, answer: &mut Answer, call: &Call, id: &str, other: &str, number: usize) -> Option<String> {
    if let Some(exception) = call.catches.iter().find(|exception| *exception == "*" || code(exception).is_some()) {
        let what = if exception == "*" { tongue.say("any exception", "任何异常").to_owned() } else { format!("`{exception}`") };
        answer.claim(
            say!(tongue, "{other} handles {what} around the call", "{other}在调用处处理{what}"),
            Predicate::new("handles", [id, &call.callee, exception]),
            number,
        );
        return Some(say!(tongue, "which handles {what} around the call", "在调用处处理{what}"));
    }
    if call.usage == CallUse::Returned {
        answer.claim(
            say!(tongue, "{other} returns the result", "{other}返回其结果"),
            Predicate::new("returns_call", [id, &call.callee]),
            number,
        );
        return Some(tongue.say("which returns the result", "直接返回其结果").to_owned());
    }
    None
}
