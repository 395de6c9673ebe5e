//! What it does not do: raise that, return that, call in that order.

use super::Writer;
use crate::generate::chinese;
use crate::generate::condition::with_subject;
use crate::generate::kinds::contrast::lacks_raise;
use crate::generate::kinds::point::{of_exit, of_raise};
use crate::generate::phrase::{code, plain_message, symbol};
use crate::generate::tongue::say;
use crate::generate::usage::{sentence, series};
use crate::model::{Exit, Guard, GuardKind, Predicate, Raise};

/// More other ways out than this are left to the code.
const MAX_OTHERS: usize = 3;

const RAISE: &[&str] = &[
    "Which check in {s} ({p}) raises `{x}`?",
    "Under what condition does {s} in {p} raise `{x}`?",
    "How can I avoid the `{x}` that {s} ({p}) raises?",
    "What do I have to pass to {s} in {p} to provoke `{x}`?",
    "I want a test for the `{x}` in {s} ({p}). Which input gets me there?",
    "When I call {s} from {p}, in which case do I see `{x}` from it?",
    "Where in the body of {s} ({p}) is `{x}` raised?",
];

const RAISE_CHINESE: &[&str] = &[
    "{s}（{p}）里是哪一处检查抛出`{x}`？",
    "{p}里的{s}在什么条件下抛出`{x}`？",
    "想给{s}（{p}）抛出`{x}`的分支写测试，该传什么输入？",
    "调用{s}（{p}）时，怎样避免它抛出`{x}`？",
    "{p}的{s}抛出`{x}`，一般是哪个参数不对？",
    "{s}（{p}）函数体的哪一行会抛出`{x}`？",
];

const ORDER: &[&str] = &[
    "Why does {s} ({p}) call `{second}` before `{first}`?",
    "What would happen in {s} in {p} if `{first}` failed after `{second}` has run?",
    "{s} ({p}) first calls `{second}` and then `{first}`. What is the reason for that order?",
    "Since {s} in {p} calls `{second}` ahead of `{first}`, what does `{first}` find done?",
    "Can I rely on `{second}` having run by the time {s} ({p}) calls `{first}`?",
    "In {s} ({p}), is it safe that `{first}` comes only after `{second}`?",
];

const ORDER_CHINESE: &[&str] = &[
    "{s}（{p}）为什么先调用`{second}`，再调用`{first}`？",
    "{p}里的{s}执行完`{second}`之后，如果`{first}`失败会怎样？",
    "{s}（{p}）调用`{first}`的时候，`{second}`是不是已经执行过了？",
    "{p}的{s}把`{second}`放在`{first}`前面，是出于什么考虑？",
    "在{s}（{p}）里，`{first}`能不能依赖`{second}`已经完成？",
];

const SIDE: &[&str] = &[
    "Why does {s} ({p}) raise `{x}` when {w}?",
    "What is the point of raising `{x}` in {s} ({p}) for {w}?",
    "A caller of {s} in {p} sees `{x}` when {w}. How can it get around that?",
    "How do I make {s} ({p}) accept input with {w}, which ends in `{x}` today?",
    "Given {w}, {s} in {p} raises `{x}`: is that on purpose?",
    "Should a test of {s} ({p}) expect `{x}` for {w}?",
    "Do callers of {s} ({p}) have to catch `{x}` in the case of {w}?",
];

const SIDE_CHINESE: &[&str] = &[
    "{s}（{p}）在{w}时为什么抛出`{x}`？",
    "{p}里的{s}在{w}时就抛出`{x}`，是有意这样设计的吗？",
    "给{s}（{p}）写测试时，{w}的情况是不是应该断言抛出`{x}`？",
    "{w}时{s}（{p}）会抛出`{x}`，调用方怎样避免？",
    "如果{w}，{s}（{p}）会抛出`{x}`，对吗？",
    "调用{p}的{s}时，{w}的情况需要捕获`{x}`吗？",
];

const RESULT: &[&str] = &[
    "Why does {s} ({p}) return `{x}` when {w}?",
    "Should a test of {s} ({p}) expect `{x}` for {w}?",
    "Given {w}, {s} in {p} gives `{x}`. What can a caller do with that?",
    "I get `{x}` from {s} ({p}) in the case of {w}, right? What is the thought behind it?",
    "What is the reason that {s} in {p} answers `{x}` once {w}?",
    "How should callers of {s} ({p}) treat the `{x}` that they get for {w}?",
];

const RESULT_CHINESE: &[&str] = &[
    "{s}（{p}）在{w}时为什么返回`{x}`？",
    "给{s}（{p}）写测试时，{w}的情况是不是应该断言返回`{x}`？",
    "{w}时{p}里的{s}返回`{x}`，调用方应该怎么处理？",
    "{s}（{p}）在{w}时就返回`{x}`，这样设计的理由是什么？",
    "在{w}的情况下，{p}的{s}会返回`{x}`，对吗？",
];

impl Writer<'_> {
    /// A condition as one speaks of it: code, in Chinese with what it says.
    fn held(&self, condition: &str) -> String {
        let guard = Guard { kind: GuardKind::If, text: condition.to_owned() };
        self.tongue.say(format!("`{condition}`"), chinese::case(&[guard]))
    }

    pub(super) fn raise(&mut self, exception: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let name = symbol(&subject);
        let other = self.first()?.chunk.clone();
        let real =
            other.facts.raises.iter().filter(|raise| raise.exception == exception).find_map(|raise| of_raise(tongue, &other, raise))?;
        self.ask(RAISE, RAISE_CHINESE, &[("x", exception)]);
        let there = self.placed(&other);
        self.answer.claim(
            say!(tongue, "{name} does not raise `{exception}`", "{name}不会抛出`{exception}`"),
            lacks_raise(&subject, exception)?,
            1,
        );
        self.answer.claim(with_subject(tongue, &there, &real.says), real.predicate.clone(), 2);
        let own: Vec<&Raise> = subject.facts.raises.iter().filter(|raise| !raise.caught).collect();
        let own: Vec<_> = own.into_iter().filter_map(|raise| of_raise(tongue, &subject, raise)).take(2).collect();
        for point in &own {
            self.answer.claim(with_subject(tongue, &name, &point.says), point.predicate.clone(), 1);
        }
        let own: Vec<String> = own.iter().map(|point| point.says.clone()).collect();
        let own = series(tongue, &own);
        let mut instead = if own.is_empty() { own } else { format!("{}{}", tongue.say(" ", ""), sentence(tongue, &own)) };
        self.answer.step(
            "read",
            say!(tongue, "No statement of {name} raises `{exception}`.", "{name}的代码中没有抛出`{exception}`的语句。"),
            &[1],
        );
        self.answer.step("compare", say!(tongue, "{}.", "{}。", with_subject(tongue, &there, &real.says)), &[2]);
        self.answer.step(
            "conclude",
            say!(tongue, "The check that is asked for stands in {there}.", "所问的检查其实在{there}里。"),
            &[1, 2],
        );
        if let Some(callee) = self.brief.neighbours.get(1).cloned() {
            let point = callee.raises.iter().find_map(|raise| of_raise(tongue, &callee.chunk, raise))?;
            let call = callee.calls.first().filter(|call| code(&call.callee).is_some())?;
            let other = self.placed(&callee.chunk);
            self.answer.claim(
                say!(tongue, "{name} calls `{}`", "{name}调用`{}`", call.callee),
                Predicate::new("calls", [subject.id.as_str(), &call.callee]),
                1,
            );
            self.answer.claim(with_subject(tongue, &other, &point.says), point.predicate.clone(), 3);
            instead.push_str(&say!(
                tongue,
                " An error can come out of its call of {other}, which {}.",
                "它调用的{other}也可能抛出异常：{}。",
                point.says
            ));
        }
        self.answer.answer = say!(
            tongue,
            "No check in {name} raises `{exception}`.{instead}\n\n`{exception}` starts in {there}, which {}.",
            "{name}不会抛出`{exception}`。{instead}\n\n抛出`{exception}`的是{there}：{}。",
            real.says
        );
        Some(())
    }

    pub(super) fn order(&mut self, first: &str, second: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let name = symbol(&subject);
        self.ask(ORDER, ORDER_CHINESE, &[("first", first), ("second", second)]);
        self.answer.claim(
            say!(tongue, "{name} calls `{first}` before `{second}`", "{name}先调用`{first}`，再调用`{second}`"),
            Predicate::new("calls_in_order", [subject.id.as_str(), first, second]),
            1,
        );
        self.answer.step(
            "read",
            say!(
                tongue,
                "In the body of {name}, `{first}` is called first, `{second}` behind it.",
                "在{name}的函数体中，`{first}`在前，`{second}`在后。"
            ),
            &[1],
        );
        let mut text = say!(
            tongue,
            "It is the other way round: {name} calls `{first}` first and `{second}` after it.",
            "顺序正好相反：{name}先调用`{first}`，之后才调用`{second}`。"
        );
        let callee = self.first().map(|other| other.chunk.clone());
        let fault = callee.as_ref().and_then(|callee| {
            let raise = callee.facts.raises.iter().find_map(|raise| of_raise(tongue, callee, raise).map(|point| (raise, point)))?;
            code(&raise.0.exception).map(|error| (error, raise.1))
        });
        if let (Some(callee), Some((error, point))) = (callee, fault) {
            let other = self.placed(&callee);
            self.answer.claim(with_subject(tongue, &other, &point.says), point.predicate, 2);
            self.answer.step("follow", say!(tongue, "{}.", "{}。", with_subject(tongue, &other, &point.says)), &[2]);
            text.push_str(&say!(
                tongue,
                " So when {other} raises {error}, `{second}` does not run at all.",
                "因此，如果{other}抛出{error}，`{second}`就不会执行。"
            ));
        } else {
            text.push_str(&say!(tongue, " While `{first}` runs, `{second}` has not begun.", "`{first}`执行时，`{second}`还没有开始。"));
        }
        self.answer.step(
            "conclude",
            say!(tongue, "`{second}` runs only once `{first}` has come back.", "`{first}`返回之后，才会执行`{second}`。"),
            &[1],
        );
        self.answer.answer = text;
        Some(())
    }

    pub(super) fn side(&mut self, exception: &str, condition: &str, wrong: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let [condition, wrong] = [condition, wrong].map(|text| self.held(text));
        let name = symbol(&subject);
        let raise = subject.facts.raises.iter().find(|raise| raise.exception == exception)?;
        let point = of_raise(tongue, &subject, raise)?;
        self.ask(SIDE, SIDE_CHINESE, &[("x", exception), ("w", &wrong)]);
        self.answer.claim(with_subject(tongue, &name, &point.says), point.predicate, 1);
        self.answer.step(
            "read",
            say!(tongue, "The check in front of `{exception}` is {condition}.", "抛出`{exception}`的条件是{condition}。"),
            &[1],
        );
        self.answer.step("compare", say!(tongue, "{wrong} is its opposite.", "问题里说的{wrong}，是正好相反的情况。"), &[1]);
        let message = plain_message(&raise.message).filter(|message| !message.is_empty());
        let message = message.map(|message| say!(tongue, " (\"{message}\")", "（“{message}”）")).unwrap_or_default();
        self.answer.answer = say!(
            tongue,
            "It is the other way round: {name} raises `{exception}`{message} when {condition}. With {wrong} this check lets the call pass.",
            "不是这样，正好相反：{name}在{condition}时才会抛出`{exception}`{message}；{wrong}时这项检查会放行。"
        );
        self.answer.step(
            "conclude",
            say!(tongue, "Under {wrong} that error does not come from this check.", "{wrong}时，这项检查不会抛出异常。"),
            &[1],
        );
        Some(())
    }

    pub(super) fn result(&mut self, value: &str, condition: &str, wrong: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let [condition, wrong] = [condition, wrong].map(|text| self.held(text));
        let name = symbol(&subject);
        let told = |exit: &&Exit| exit.value == value;
        let point = subject.facts.exits.iter().filter(told).find_map(|exit| of_exit(tongue, &subject, exit))?;
        self.ask(RESULT, RESULT_CHINESE, &[("x", value), ("w", &wrong)]);
        self.answer.claim(with_subject(tongue, &name, &point.says), point.predicate, 1);
        let rest = || subject.facts.exits.iter().filter(|exit| !told(exit));
        let mut others: Vec<_> = rest().filter_map(|exit| of_exit(tongue, &subject, exit)).collect();
        // Half of the rest is not the rest.
        if others.len() < rest().count() || others.len() > MAX_OTHERS {
            others.clear();
        }
        for other in &others {
            self.answer.claim(with_subject(tongue, &name, &other.says), other.predicate.clone(), 1);
        }
        let others: Vec<String> = others.iter().map(|other| other.says.clone()).collect();
        self.answer.step(
            "read",
            say!(tongue, "The condition in front of `{value}` is {condition}.", "返回`{value}`的条件是{condition}。"),
            &[1],
        );
        self.answer.step("compare", say!(tongue, "{wrong} is its opposite.", "问题里说的{wrong}，是正好相反的情况。"), &[1]);
        let rest = if others.is_empty() {
            String::new()
        } else {
            say!(tongue, " In the other cases it {}.", "其他情况下，{}。", series(tongue, &others))
        };
        self.answer.answer = say!(
            tongue,
            "It is the other way round: {name} returns `{value}` when {condition}.{rest}",
            "不是这样，正好相反：{name}在{condition}时才返回`{value}`。{rest}"
        );
        self.answer.step("conclude", say!(tongue, "Under {wrong} the result is not `{value}`.", "{wrong}时，返回值不是`{value}`。"), &[1]);
        Some(())
    }
}
