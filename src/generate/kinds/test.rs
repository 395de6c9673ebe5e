//! Which tests cover it, and what does each check? Where tests are read.

use crate::facts::{View, mentions};
use crate::generate::condition::{under, with_subject};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, count, fill, list, path, pick, stopped, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage;
use crate::model::{Brief, Call, CallUse, ChunkKind, Guard, GuardKind, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "test", version: 1, intent: "how", weight, material, draft };

/// Of one test so many checks are told.
const MAX_CHECKS: usize = 2;
const MAX_TESTS: usize = 3;
/// A test that does more is a story of its own.
const MAX_STATEMENTS: u32 = 14;

const QUESTIONS: &[&str] = &[
    "Which tests cover {s} in {p}, and what does each check?",
    "How is {s} ({p}) tested?",
    "What do the tests say about the behaviour of {s} from {p}?",
    "I change {s} in {p}. Which tests should I run, and what do they expect?",
    "Is {s} ({p}) covered by tests? By which?",
    "Where do I find examples of {s} in the tests, and what do they show?",
    "Which behaviour of {s} ({p}) is pinned down by tests?",
    "Before refactoring {s} in {p}: what do its tests hold on to?",
    "Show me how the tests exercise {s} ({p}).",
    "Against what do the tests check {s}, defined in {p}?",
];
const QUESTIONS_ZH: &[&str] = &[
    "哪些测试覆盖了 {p} 中的 {s}？各自检查什么？",
    "{s}（{p}）是怎样测试的？",
    "修改 {s}（{p}）之后应该跑哪些测试？它们期望什么？",
    "从测试来看，{p} 里的 {s} 应该有怎样的行为？",
    "{s}（{p}）有测试吗？测了哪些方面？",
    "重构 {s}（{p}）之前想了解：测试对它有哪些约束？",
    "测试里如何调用 {s}（{p}），断言了什么？",
    "{p} 的 {s} 有哪些行为受测试保护？",
];

fn weight(view: &View) -> u32 {
    let works = matches!(view.chunk.kind, ChunkKind::Function | ChunkKind::Method);
    let telling = view.tests.iter().filter(|test| works && tells(test)).count() as u32;
    if telling == 0 { 0 } else { 14 + 7 * telling.min(4) }
}

fn material(view: &View) -> Material {
    let neighbours: Vec<Neighbour> = view.tests.iter().filter(|test| tells(test)).take(MAX_TESTS).cloned().collect();
    Material { more: neighbours.len() < view.tests.len(), neighbours, ..Material::default() }
}

/// Does a caller test something: does it check, and is it called as a test?
fn tells(test: &Neighbour) -> bool {
    test.chunk.name.starts_with("test") && !checks(Tongue::English, test).is_empty() && call(test).is_some()
}

fn call(test: &Neighbour) -> Option<&Call> {
    test.calls.iter().find(|call| code(&call.callee).is_some())
}

/// What a test checks, in words, and the claims that prove it.
type Check = (String, Vec<Predicate>);

/// What one test checks.
fn checks(tongue: Tongue, test: &Neighbour) -> Vec<Check> {
    let chunk = &test.chunk;
    let id = chunk.id.as_str();
    let mut out: Vec<Check> = Vec::new();
    for call in test.calls.iter().filter(|call| code(&call.callee).is_some()) {
        // The first call is told with its arguments; of another, they have to stand here.
        let first = self::call(test) == Some(call);
        let Some(written) = code(&format!("{}({})", call.callee, call.arguments.join(", "))) else { continue };
        for error in &call.expects {
            let Some(shown) = code(error) else { continue };
            let says = match first {
                true => say!(tongue, "expects {shown} of it", "期望抛出 {shown}"),
                false => say!(tongue, "expects {shown} of {written}", "期望 {written} 抛出 {shown}"),
            };
            out.push((says, vec![Predicate::new("expects", [id, &call.callee, error])]));
        }
    }
    let sure = out.len();
    for raise in chunk.facts.raises.iter().filter(|raise| raise.exception == "AssertionError") {
        let Some((last, around)) = raise.when.split_last().filter(|(last, _)| last.kind == GuardKind::Unless) else { continue };
        let Some(stated) = code(&last.text) else { continue };
        out.push((
            under(tongue, &say!(tongue, "asserts {stated}", "断言 {stated}"), around),
            vec![Predicate::new("raises", [id, "AssertionError", &Guard::joined(&raise.when)])],
        ));
    }
    let mut asked: Vec<Option<&String>> = Vec::new();
    for call in chunk.facts.calls.iter().filter(|call| call.usage == CallUse::Ignored) {
        let Some(checked) = asserted(tongue, call) else { continue };
        // The same thing asked again, after something else has happened, would contradict the first.
        if asked.contains(&call.arguments.first()) {
            continue;
        }
        asked.push(call.arguments.first());
        let told = call.arguments.iter().take(2).map(|argument| Predicate::new("passes", [id, &call.callee, argument]));
        out.push((checked, told.collect()));
    }
    // What speaks of the call itself, or of what it gave, comes first. A long test checks much that
    // has nothing to do with it.
    let given: Vec<&str> =
        test.calls.iter().flat_map(|call| [call.callee.as_str(), call.target.as_str()]).filter(|name| !name.is_empty()).collect();
    let near = |says: &str| given.iter().any(|name| mentions(says, name));
    let mut asserts = out.split_off(sure);
    if chunk.facts.statements > MAX_STATEMENTS {
        asserts.retain(|(says, _)| near(says));
    }
    asserts.sort_by_key(|(says, _)| !near(says));
    out.extend(asserts);
    let mut distinct: Vec<Check> = Vec::new();
    for check in out {
        if !distinct.iter().any(|(known, _)| *known == check.0) {
            distinct.push(check);
        }
    }
    distinct.truncate(MAX_CHECKS);
    distinct
}

/// `self.assertEqual(a, b)` in words.
fn asserted(tongue: Tongue, call: &Call) -> Option<String> {
    let name = call.callee.strip_prefix("self.assert")?;
    let first = code(call.arguments.first()?)?;
    let second = || code(call.arguments.get(1)?);
    Some(match name {
        "Equal" | "Equals" | "AlmostEqual" | "CountEqual" | "ListEqual" | "DictEqual" => {
            let second = second()?;
            say!(tongue, "asserts that {first} equals {second}", "断言 {first} 等于 {second}")
        }
        "NotEqual" => {
            let second = second()?;
            say!(tongue, "asserts that {first} differs from {second}", "断言 {first} 不等于 {second}")
        }
        "True" => say!(tongue, "asserts {first}", "断言 {first} 为真"),
        "False" => say!(tongue, "asserts that {first} is false", "断言 {first} 为假"),
        "IsNone" => say!(tongue, "asserts that {first} is `None`", "断言 {first} 为 `None`"),
        "IsNotNone" => say!(tongue, "asserts that {first} is not `None`", "断言 {first} 不为 `None`"),
        "In" => {
            let second = second()?;
            say!(tongue, "asserts that {first} is in {second}", "断言 {first} 在 {second} 中")
        }
        "NotIn" => {
            let second = second()?;
            say!(tongue, "asserts that {first} is not in {second}", "断言 {first} 不在 {second} 中")
        }
        "Is" => {
            let second = second()?;
            say!(tongue, "asserts that {first} is {second}", "断言 {first} 就是 {second}")
        }
        "IsInstance" => {
            let second = second()?;
            say!(tongue, "asserts that {first} is a {second}", "断言 {first} 是 {second} 的实例")
        }
        _ => return None,
    })
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let (name, file) = (symbol(subject), path(subject));
    let wording = pick(tongue, &brief.slot.id(), QUESTIONS, QUESTIONS_ZH);
    let mut answer = Answer { question: fill(wording, &[("s", &name), ("p", &file)]), ..Answer::default() };
    answer.step("read", say!(tongue, "Under test is {name} ({file}).", "被测对象是 {name}（{file}）。"), &[1]);
    let mut lines: Vec<String> = Vec::new();
    let mut errors: Vec<String> = Vec::new();
    for (number, test) in (2..).zip(&brief.neighbours) {
        let Some(call) = call(test) else { continue };
        let (other, place, id) = (symbol(&test.chunk), path(&test.chunk), test.chunk.id.as_str());
        answer.claim(
            say!(tongue, "{other} calls `{}`", "{other} 调用 `{}`", call.callee),
            Predicate::new("calls", [id, &call.callee]),
            number,
        );
        let mut says = Vec::new();
        for (check, stated) in checks(tongue, test) {
            for stated in stated {
                answer.claim(with_subject(tongue, &other, &check), stated, number);
            }
            says.push(check);
        }
        for error in test.calls.iter().flat_map(|call| &call.expects).filter_map(|error| code(error)) {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        let called = match arguments(tongue, call) {
            Some(arguments) => say!(tongue, "calls `{}` with {arguments}", "以 {arguments} 为参数调用 `{}`", call.callee),
            None => say!(tongue, "calls `{}`", "调用 `{}`", call.callee),
        };
        let checked = usage::series(tongue, &says);
        answer.step("follow", stopped(tongue, &with_subject(tongue, &other, &checked)), &[number]);
        says.insert(0, called);
        let says = usage::series(tongue, &says);
        lines.push(stopped(tongue, &say!(tongue, "{other} ({place}) {says}", "{other}（{place}）：{says}")));
    }
    answer.answer = match lines.as_slice() {
        [] => return Answer::default(),
        [only] if !brief.more => only.clone(),
        [only] => say!(tongue, "{only} Other tests call {name}, too.", "{only}此外还有其他测试调用 {name}。"),
        _ => {
            let tests = count(tongue, lines.len(), "test", "个测试");
            let head = if brief.more {
                say!(tongue, "Among the tests that call {name} directly:", "直接调用 {name} 的测试包括：")
            } else {
                say!(tongue, "{tests} call {name} directly:", "有 {tests}直接调用 {name}：")
            };
            format!("{head}\n{}", lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"))
        }
    };
    let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
    let pinned = match errors.is_empty() {
        true => say!(
            tongue,
            "A change of what {name} does with such input shows in these tests.",
            "如果改变 {name} 对这类输入的处理，这些测试会反映出来。"
        ),
        false => {
            let errors = list(tongue, &errors);
            say!(
                tongue,
                "That {name} fails with {errors} is held fast by them.",
                "按这些测试的要求，{name} 在相应情况下必须抛出 {errors}。"
            )
        }
    };
    answer.step("conclude", pinned, &cites);
    answer.difficulty = match brief.neighbours.len() {
        1 => "easy",
        2 => "medium",
        _ => "hard",
    };
    answer
}

/// The arguments of the call, where they fit into a sentence.
fn arguments(tongue: Tongue, call: &Call) -> Option<String> {
    let told: Vec<String> = call.arguments.iter().filter_map(|argument| code(argument)).collect();
    let fits =
        !told.is_empty() && told.len() == call.arguments.len() && told.len() <= 3 && told.iter().map(String::len).sum::<usize>() <= 90;
    fits.then(|| told.join(tongue.say(", ", "、")))
}
