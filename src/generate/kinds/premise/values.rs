//! What is not there: a parameter, a default, a value, a method.

use super::Writer;
use crate::facts::{parameter_docs, plain_prose};
use crate::generate::condition::with_subject;
use crate::generate::kinds::contrast::lacks_parameter;
use crate::generate::kinds::point::points;
use crate::generate::phrase::{code, list, stopped, symbol};
use crate::generate::tongue::say;
use crate::generate::usage::series;
use crate::model::{Chunk, ChunkKind, Neighbour, Parameter, Predicate, words};

const MAX_PARAMETERS: usize = 6;
/// A longer statement hides the default that it is to explain.
const MAX_USE: usize = 140;

const PARAMETER: &[&str] = &[
    "What does the argument `{x}` of {s} in {p} do?",
    "Which values can I pass as `{x}` to {s} ({p})?",
    "I want to call {s} ({p}) with `{x}` set. What changes then?",
    "How does {s} in {p} use `{x}`?",
    "If I leave `{x}` out of a call to {s} ({p}), what is it then?",
    "Is `{x}` of {s} in {p} required?",
    "When should I give {s} ({p}) a `{x}` of my own?",
];

const PARAMETER_CHINESE: &[&str] = &[
    "{p}里{s}的参数`{x}`有什么作用？",
    "调用{s}（{p}）时，`{x}`可以传哪些值？",
    "给{s}（{p}）传入`{x}`会有什么变化？",
    "调用{s}（{p}）时不传`{x}`，它会取什么值？",
    "{p}的{s}必须传`{x}`吗？",
    "{s}（{p}）内部是怎样使用参数`{x}`的？",
];

const DEFAULT: &[&str] = &[
    "Why is `{x}` of {s} ({p}) `{w}` by default?",
    "Does the default `{w}` for `{x}` in {s} ({p}) suit most callers, or should I pass another value?",
    "I rely on `{x}` being `{w}` when I call {s} ({p}) without it. Is there anything to watch out for?",
    "When should I change `{x}` of {s} in {p} from its default `{w}`?",
    "Calls of {s} in {p} that leave `{x}` out get `{w}`. What does that mean for them?",
    "What is the thought behind `{w}` as the default of `{x}` in {s} ({p})?",
];

const DEFAULT_CHINESE: &[&str] = &[
    "{s}（{p}）的`{x}`为什么默认是`{w}`？",
    "什么情况下需要把{p}里{s}的`{x}`从默认的`{w}`改成别的值？",
    "调用{s}（{p}）时不传`{x}`，就按`{w}`处理，这样有什么要注意的？",
    "{p}的{s}把`{x}`的默认值定为`{w}`，有什么考虑？",
    "{s}（{p}）的`{x}`默认为`{w}`，大多数调用方用默认值就够了吗？",
];

const CONSTANT: &[&str] = &[
    "Why does {s} ({p}) work with `{x}` at `{w}`?",
    "Is `{w}` for `{x}` high enough for what {s} in {p} does with it?",
    "What does the `{w}` in `{x}` mean for {s} ({p})?",
    "Where does {s} in {p} get the value `{w}` of `{x}` from?",
    "{s} in {p} goes by `{x}`, which is `{w}`. Can I change that?",
];

const CONSTANT_CHINESE: &[&str] = &[
    "{s}（{p}）用到的`{x}`为什么是`{w}`？",
    "`{x}`取`{w}`，对{p}里的{s}意味着什么？",
    "{p}的{s}按`{x}`等于`{w}`来处理，这个值能改吗？",
    "{s}（{p}）里`{x}`的`{w}`是在哪里设定的？",
];

const METHOD: &[&str] = &[
    "How do I use `{x}` of {s} ({p})?",
    "What does {s} in {p} do in its method `{x}`?",
    "When would I call `{x}` on an instance of {s} ({p})?",
    "Which arguments does `{x}` of {s} in {p} take?",
    "I have an instance of {s} ({p}). What does `{x}` on it give me?",
    "Is there anything to know before I call `{x}` on {a} {s} ({p})?",
];

const METHOD_CHINESE: &[&str] = &[
    "怎样使用{s}（{p}）的`{x}`？",
    "{p}里{s}的方法`{x}`是做什么的？",
    "什么时候需要在{s}（{p}）的实例上调用`{x}`？",
    "{s}（{p}）的`{x}`需要传哪些参数？",
    "在{p}的{s}实例上调用`{x}`会返回什么？",
];

impl Writer<'_> {
    pub(super) fn parameter(&mut self, missing: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let nearest = self.first()?.clone();
        let other = nearest.chunk.clone();
        let real = other.facts.parameters.iter().find(|parameter| parameter.name == missing)?.clone();
        let name = symbol(&subject);
        self.ask(PARAMETER, PARAMETER_CHINESE, &[("x", missing)]);
        let lack = lacks_parameter(&subject, missing)?;
        self.answer.claim(say!(tongue, "{name} has no parameter `{missing}`", "{name}没有参数`{missing}`"), lack, 1);
        let own: Vec<Parameter> = subject
            .facts
            .parameters
            .iter()
            .filter(|parameter| !matches!(parameter.name.as_str(), "self" | "cls" | "*" | "/"))
            .cloned()
            .collect();
        for parameter in &own {
            self.claim_parameter(&subject, parameter, 1);
        }
        self.claim_parameter(&other, &real, 2);
        let names: Vec<String> = own.iter().take(MAX_PARAMETERS).map(|parameter| format!("`{}`", parameter.name)).collect();
        let more = if own.len() > names.len() { tongue.say(" and more", "等") } else { "" };
        let (takes, there) = (list(tongue, &names), self.placed(&other));
        let default = code(&real.default).map(|value| say!(tongue, ", {value} by default", "，默认值为{value}")).unwrap_or_default();
        let near = self.near(&nearest);
        let meaning = self.meaning(&other, missing);
        self.answer.step("read", say!(tongue, "The signature of {name} lists {takes}{more}.", "{name}的签名里只有{takes}{more}。"), &[1]);
        self.answer.step(
            "compare",
            say!(tongue, "`{missing}` stands in the signature of {there}.", "`{missing}`出现在{there}的签名里。"),
            &[2],
        );
        self.answer.step(
            "conclude",
            say!(tongue, "So `{missing}` belongs to {there}, not to {name}.", "所以`{missing}`是{there}的参数，不是{name}的。"),
            &[1, 2],
        );
        self.answer.answer = say!(
            tongue,
            "{name} has no parameter `{missing}`: it takes {takes}{more}, and nothing that would collect further arguments.\n\nOne that does take `{missing}` is {there}{near}{default}.{meaning}",
            "{name}没有参数`{missing}`：它只接收{takes}{more}，也不收集多余的参数。\n\n带参数`{missing}`的是{near}{there}{default}。{meaning}"
        );
        Some(())
    }

    pub(super) fn default(&mut self, parameter: &str, wrong: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let name = symbol(&subject);
        let real = subject.facts.parameters.iter().find(|known| known.name == parameter)?.clone();
        self.ask(DEFAULT, DEFAULT_CHINESE, &[("x", parameter), ("w", wrong)]);
        self.answer.claim(
            say!(tongue, "`{parameter}` of {name} is `{}` by default", "{name}的`{parameter}`默认是`{}`", real.default),
            Predicate::new("default", [subject.id.as_str(), parameter, &real.default]),
            1,
        );
        self.answer.step(
            "read",
            say!(tongue, "The signature gives `{parameter}` the default `{}`.", "签名里`{parameter}`的默认值是`{}`。", real.default),
            &[1],
        );
        let mut text = say!(
            tongue,
            "It is not `{wrong}`: without an argument, `{parameter}` of {name} is `{}`.",
            "默认值不是`{wrong}`：不传的话，{name}的`{parameter}`是`{}`。",
            real.default
        );
        let uses = points(tongue, &subject, 8).into_iter().filter(|point| depends_on(&point.predicate, parameter));
        let uses: Vec<_> = uses.filter(|point| point.says.len() <= MAX_USE).take(1).collect();
        for point in &uses {
            self.answer.claim(with_subject(tongue, &name, &point.says), point.predicate.clone(), 1);
        }
        if !uses.is_empty() {
            let says: Vec<String> = uses.iter().map(|point| point.says.clone()).collect();
            text.push_str(&say!(tongue, " What hangs on it: {}.", "它影响的是：{}。", with_subject(tongue, &name, &series(tongue, &says))));
        }
        let from = self.first().cloned();
        match from.as_ref().map(|other| &other.chunk) {
            Some(other) if other.kind == ChunkKind::Constant => {
                let constant = other.facts.attributes.first()?.clone();
                let there = self.placed(other);
                self.answer.claim(
                    say!(tongue, "{there} is `{wrong}`", "{there}的值是`{wrong}`"),
                    Predicate::new("constant", [other.id.as_str(), &constant.name, &constant.value]),
                    2,
                );
                text.push_str(&say!(tongue, "\n\n`{wrong}` is the value of {there}.", "\n\n`{wrong}`其实是{there}的值。"));
            }
            Some(other) => {
                let owner = other.facts.parameters.iter().find(|known| known.default == wrong)?.clone();
                let there = self.placed(other);
                self.answer.claim(
                    say!(tongue, "`{}` of {there} is `{wrong}` by default", "{there}的`{}`默认是`{wrong}`", owner.name),
                    Predicate::new("default", [other.id.as_str(), &owner.name, wrong]),
                    2,
                );
                text.push_str(&say!(
                    tongue,
                    "\n\n`{wrong}` is what `{}` of {there} is by default.",
                    "\n\n默认值为`{wrong}`的其实是{there}的`{}`。",
                    owner.name
                ));
            }
            None => {
                let owner = subject
                    .facts
                    .parameters
                    .iter()
                    .find(|known| known.default == wrong && known.name != parameter && !is_flag(wrong))
                    .cloned();
                if let Some(owner) = owner {
                    self.answer.claim(
                        say!(tongue, "`{}` of {name} is `{wrong}` by default", "{name}的`{}`默认是`{wrong}`", owner.name),
                        Predicate::new("default", [subject.id.as_str(), &owner.name, wrong]),
                        1,
                    );
                    text.push_str(&say!(tongue, "\n\n`{wrong}` is the default of `{}`.", "\n\n`{wrong}`其实是`{}`的默认值。", owner.name));
                } else {
                    text.push_str(&say!(tongue, " Who wants `{wrong}` has to pass it.", "需要`{wrong}`的话，要显式传入。"));
                }
            }
        }
        self.answer.step("conclude", say!(tongue, "`{wrong}` has to be passed to be in force.", "要用`{wrong}`，就得显式传入。"), &[1]);
        self.answer.answer = text;
        Some(())
    }

    pub(super) fn constant(&mut self, written: &str, wrong: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let name = symbol(&subject);
        let constant = self.first()?.chunk.clone();
        let value = constant.facts.attributes.first()?.clone();
        let other = self.brief.neighbours.get(1)?.chunk.clone();
        let owner = other.facts.attributes.first()?.clone();
        self.ask(CONSTANT, CONSTANT_CHINESE, &[("x", written), ("w", wrong)]);
        let (here, there) = (self.placed(&constant), self.placed(&other));
        self.answer.claim(
            say!(tongue, "{name} reads `{written}`", "{name}读取`{written}`"),
            Predicate::new("reads", [subject.id.as_str(), written]),
            1,
        );
        self.answer.claim(
            say!(tongue, "{here} is `{}`", "{here}的值是`{}`", value.value),
            Predicate::new("constant", [constant.id.as_str(), &value.name, &value.value]),
            2,
        );
        self.answer.claim(
            say!(tongue, "{there} is `{wrong}`", "{there}的值是`{wrong}`"),
            Predicate::new("constant", [other.id.as_str(), &owner.name, &owner.value]),
            3,
        );
        self.answer.step("read", say!(tongue, "{name} reads `{written}`.", "{name}读取`{written}`。"), &[1]);
        self.answer.step("follow", say!(tongue, "{here} is set to `{}`.", "{here}的值是`{}`。", value.value), &[2]);
        self.answer.step("compare", say!(tongue, "`{wrong}` is the value of {there}.", "`{wrong}`是{there}的值。"), &[3]);
        self.answer.answer = say!(
            tongue,
            "`{written}` is not `{wrong}` but `{}`: {here} is set to that, and {name} reads it from there.\n\n`{wrong}` belongs to {there}.",
            "`{written}`的值不是`{wrong}`，而是`{}`：{here}就是这样定义的，{name}读取的正是它。\n\n`{wrong}`是{there}的值。",
            value.value
        );
        Some(())
    }

    pub(super) fn method(&mut self, missing: &str) -> Option<()> {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let name = symbol(&subject);
        let other = self.first()?.chunk.clone();
        self.ask(METHOD, METHOD_CHINESE, &[("x", missing)]);
        self.answer.claim(
            say!(tongue, "{name} has no method `{missing}`", "{name}没有方法`{missing}`"),
            Predicate::new("absent", [subject.id.as_str(), "method", missing]),
            1,
        );
        self.answer.claim(
            say!(tongue, "`{missing}` is defined elsewhere", "`{missing}`定义在别处"),
            Predicate::new("defined_at", [other.id.as_str(), missing]),
            2,
        );
        let public = subject.facts.methods.iter().filter(|method| !method.starts_with('_'));
        let more = if public.clone().count() > MAX_PARAMETERS { tongue.say(" and more", "等") } else { "" };
        let own: Vec<&String> = public.take(MAX_PARAMETERS).collect();
        for method in &own {
            self.answer.claim(
                say!(tongue, "{name} has the method `{method}`", "{name}有方法`{method}`"),
                Predicate::new("method", [subject.id.as_str(), method]),
                1,
            );
        }
        let own: Vec<String> = own.iter().map(|method| format!("`{method}`")).collect();
        let own = match own.is_empty() {
            true => tongue.say("no public method", "没有公开方法").to_owned(),
            false => say!(tongue, "{}{more}", "定义了{}{more}", list(tongue, &own)),
        };
        let there = self.placed(&other);
        self.answer.step(
            "read",
            say!(
                tongue,
                "The body of {name} defines {own}, and it has no base to inherit from.",
                "{name}的类体{own}，也没有可以继承的基类。"
            ),
            &[1],
        );
        self.answer.step("compare", say!(tongue, "`{missing}` is defined as {there}.", "定义`{missing}`的地方是{there}。"), &[2]);
        let does = points(tongue, &other, 2);
        for point in &does {
            self.answer.claim(with_subject(tongue, &there, &point.says), point.predicate.clone(), 2);
        }
        let does: Vec<String> = does.iter().map(|point| point.says.clone()).collect();
        let does = match does.is_empty() {
            true => String::new(),
            false => say!(tongue, " {}.", "{}。", with_subject(tongue, tongue.say("That one", "它"), &series(tongue, &does))),
        };
        self.answer.answer = say!(
            tongue,
            "{name} has no method `{missing}`: it defines {own}, and derives from nothing that could lend it one.\n\nThe `{missing}` nearby is {there}.{does}",
            "{name}没有方法`{missing}`：它{own}，也没有可以继承的基类。\n\n名为`{missing}`的是{there}。{does}"
        );
        self.answer.step("conclude", say!(tongue, "Who looks for `{missing}` wants {there}.", "要找`{missing}`，应该看{there}。"), &[1, 2]);
        Some(())
    }
}

impl Writer<'_> {
    /// Why another was taken for the subject: it is called by it, bears its name, stands in its class.
    fn near(&mut self, other: &Neighbour) -> String {
        let (tongue, subject) = (self.tongue, self.brief.subject.clone());
        let name = symbol(&subject);
        if let Some(call) = other.calls.iter().find(|call| code(&call.callee).is_some()) {
            let says = say!(tongue, "{name} calls `{}`", "{name}调用`{}`", call.callee);
            self.answer.claim(says, Predicate::new("calls", [subject.id.as_str(), &call.callee]), 1);
            return say!(tongue, " (which {name} calls)", "{name}所调用的");
        }
        match &other.chunk {
            other if other.name == subject.name => tongue.say(" (of the same name)", "同名的").to_owned(),
            other if other.container == subject.container && other.path == subject.path && !other.container.is_empty() => {
                tongue.say(" (of the same class)", "同一个类的").to_owned()
            }
            _ => String::new(),
        }
    }

    /// What the documentation of another says of its parameter, as a sentence.
    fn meaning(&mut self, other: &Chunk, parameter: &str) -> String {
        let tongue = self.tongue;
        let all = parameter_docs(&other.doc);
        let Some(stated) = all.get(parameter).filter(|stated| stated.matches('`').count().is_multiple_of(2)) else {
            return String::new();
        };
        let prose = format!("“{}”", plain_prose(stated));
        let says = say!(tongue, "the documentation says of `{parameter}`: {prose}", "文档对`{parameter}`的说明：{prose}");
        self.answer.claim(says, Predicate::new("documented", [other.id.as_str(), stated]), 2);
        stopped(tongue, &say!(tongue, " Its documentation says of it: {prose}", "文档对它的说明是：{prose}"))
    }
}

fn is_flag(value: &str) -> bool {
    matches!(value, "True" | "False")
}

/// Does the condition of a statement name the identifier, loops aside?
fn depends_on(predicate: &Predicate, name: &str) -> bool {
    let conditioned = matches!(predicate.name.as_str(), "raises" | "returns" | "writes" | "calls_when");
    let condition = predicate.args.last().filter(|_| conditioned);
    let mut parts = condition.iter().flat_map(|condition| condition.split(" and ")).filter(|part| !part.starts_with("for "));
    parts.any(|part| words(part).any(|word| word == name))
}
