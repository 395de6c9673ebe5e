//! What goes in and what comes out?

use crate::facts::{View, evidence_lines, has_exceptions, parameter_docs, return_docs};
use crate::generate::brief::is_rule;
use crate::generate::condition::after_earlier;
use crate::generate::kinds::parameters::{is_required, of_attributes, of_parameters};
use crate::generate::kinds::raises::{predicate, promised, statement, told_to};
use crate::generate::kinds::result::{gives, is_built, is_local, of_result, told_exits};
use crate::generate::kinds::{Kind, Material};
use crate::generate::meaning::is_known;
use crate::generate::offline::Answer;
use crate::generate::phrase::{ask, code, count, list, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Attribute, Brief, Chunk, ChunkKind, Exit, Guard, Neighbour, Predicate, Raise};

pub(super) static KIND: Kind = Kind { name: "contract", version: 1, intent: "how", weight, material, draft };

const MAX_RAISES: usize = 4;
const MAX_ATTRIBUTES: usize = 12;

const QUESTIONS: &[&str] = &[
    "What does {s} in {p} take, and what does it give back?",
    "How do I call {s} ({p}), and what do I get?",
    "Describe the inputs and the result of {s} from {p}.",
    "Which arguments does {s} ({p}) expect and what does it return?",
    "What is the contract of {s} in {p}?",
    "I want to use {s} ({p}): what goes in, what comes out?",
    "What do I have to pass to {s} ({p}), and what can I rely on in return?",
    "{s} in {p}: what are its parameters and its result?",
    "Can you document the interface of {s} ({p}) for me?",
    "I need to mock {s} from {p}. What does it accept, and what has to come back?",
    "In {p}, how is {s} meant to be called, and with what result?",
    "Give me the calling convention of {s} ({p}), result included.",
    "Writing a wrapper around {s} ({p}): which arguments and which result must it keep?",
];

const QUESTIONS_ZH: &[&str] = &[
    "{k} {s}（{p}）接收哪些参数，返回什么？",
    "怎样调用 {p} 中的 {s}，会得到什么结果？",
    "请说明 {s}（{p}）的输入和输出。",
    "{s}（{p}）的参数和返回值分别是什么？",
    "调用 {p} 里的 {s} 需要传什么，又能得到什么？",
    "我想使用 {s}（{p}），输入和返回值有什么约定？",
    "{p} 的 {s} 对外的接口约定是什么？",
    "要封装 {s}（{p}），参数和返回值应当与它保持怎样的一致？",
    "测试中要 mock {s}（{p}），它接收什么、应该返回什么？",
    "给出 {s}（{p}）的调用方式及其返回结果。",
];

/// Where nothing comes back.
const PROCEDURE: &[&str] = &[
    "How do I call {s} ({p})?",
    "Which arguments does {s} from {p} take, and what does each mean?",
    "What do I have to pass to {s} in {p}?",
    "What is the contract of {s} in {p}?",
    "{s} ({p}): what does each of its parameters stand for?",
    "Explain the parameters of {s}, defined in {p}.",
    "In {p}, which inputs does {s} expect?",
    "I am about to call {s} from {p}. What goes into which argument?",
];

const CALL: &[&str] = &[
    "How do I call {s} ({p})?",
    "What do I have to pass to {s} in {p}?",
    "What is the contract of {s} in {p}?",
    "{s} in {p}: which arguments does it want?",
    "Which inputs does {s} ({p}) accept?",
    "In {p}, how is {s} meant to be called?",
];

const CALL_ZH: &[&str] = &[
    "怎样调用 {s}（{p}）？",
    "{k} {s}（{p}）需要哪些参数？",
    "调用 {p} 中的 {s} 要传入什么？",
    "{p} 里的 {s} 有哪些参数，分别是什么意思？",
    "{s}（{p}）的调用约定是什么？",
    "请说明 {s}（{p}）的参数。",
    "我要调用 {p} 的 {s}，参数该怎么给？",
    "{s}（{p}）接收什么样的输入？",
];

const PROPERTY: &[&str] = &[
    "What does the property {s} in {p} give?",
    "How is the property {s} ({p}) determined?",
    "What value does {s} from {p} have, and when?",
    "{s} ({p}) is read as an attribute. What comes back?",
    "Reading {s} in {p}: what do I get?",
    "In {p}, what decides the value of {s}?",
];

const PROPERTY_ZH: &[&str] = &[
    "属性 {s}（{p}）的值是什么？",
    "{p} 中的属性 {s} 是怎样得出的？",
    "读取 {s}（{p}）会得到什么？",
    "{s}（{p}）在什么情况下取什么值？",
    "{p} 的属性 {s} 由什么决定？",
    "访问属性 {s}（{p}）时返回什么？",
    "请说明属性 {s}（{p}）的取值。",
    "{p} 里 {s} 这个属性的值从哪里来？",
];

const NO_INPUT: &[&str] = &[
    "What does {s} in {p} return?",
    "How is the result of {s} ({p}) determined?",
    "What can I rely on when I call {s} from {p}?",
    "{s} ({p}) takes no arguments. What comes back?",
    "Calling {s} in {p}: which results are possible?",
    "In {p}, what does a call of {s} give me?",
];

const NO_INPUT_ZH: &[&str] = &[
    "{s}（{p}）返回什么？",
    "{p} 中 {s} 的返回值是怎样得出的？",
    "调用 {s}（{p}）会得到什么？",
    "{k} {s}（{p}）可能返回哪些结果？",
    "{s}（{p}）不需要参数，它返回的是什么？",
    "{p} 的 {s} 在不同情况下分别返回什么？",
    "请说明 {s}（{p}）的返回值。",
    "调用 {p} 里的 {s} 之后会拿到什么结果？",
];

const HOLDS: &[&str] = &[
    "Which attributes does {s} in {p} declare?",
    "What does {a} {s} from {p} hold?",
    "Which fields does {s} ({p}) have, and of which types?",
    "{s} in {p}: what data does it carry?",
    "What can I read from {a} {s} ({p})?",
    "In {p}, how is {s} laid out?",
    "List the declared attributes of {s} ({p}).",
];

const HOLDS_ZH: &[&str] = &[
    "{s}（{p}）声明了哪些属性？",
    "{p} 中的 {s} 保存了什么数据？",
    "{k} {s}（{p}）有哪些字段，类型是什么？",
    "从 {s}（{p}）的实例上可以读到什么？",
    "{p} 里 {s} 的结构是怎样的？",
    "请列出 {s}（{p}）声明的属性。",
    "{s}（{p}）的各个字段分别是什么类型？",
    "{p} 的 {s} 里存了哪些信息？",
];

const CLASS: &[&str] = &[
    "How is {s} ({p}) constructed, and what does it hold?",
    "What does {a} {s} from {p} need to be built?",
    "Which arguments and attributes does {s} in {p} have?",
    "How do I create {a} {s} ({p})?",
    "{s} in {p}: what do I pass when I create one?",
    "Which values does {a} {s} ({p}) start from?",
    "In {p}, what does the constructor of {s} expect?",
    "I need an instance of {s} ({p}) in a test. What does it take?",
    "Setting up {a} {s} from {p}: what is required, what is optional?",
];

const CLASS_ZH: &[&str] = &[
    "怎样创建 {s}（{p}）的实例？",
    "构造 {p} 中的 {s} 需要什么参数？",
    "{k} {s}（{p}）的构造参数和属性有哪些？",
    "实例化 {s}（{p}）时，哪些参数必填，哪些可选？",
    "构造 {p} 里的 {s} 要给出哪些值？",
    "测试中需要一个 {s}（{p}），该怎么构造？",
    "{s}（{p}）的构造函数接收什么？",
    "新建一个 {s}（{p}）要提供哪些信息？",
];

fn weight(view: &View) -> u32 {
    let chunk = &view.chunk;
    if chunk.kind == ChunkKind::Class {
        return class_weight(view);
    }
    let facts = &chunk.facts;
    let docs = parameter_docs(&chunk.doc).len() + return_docs(&chunk.doc).is_some() as usize;
    let stated = facts.parameters.iter().filter(|parameter| !parameter.annotation.is_empty() || !parameter.default.is_empty()).count();
    let exits = told_exits(chunk).iter().filter(|exit| !is_built(chunk, &exit.value) && !is_passed_through(chunk, exit)).count();
    let raises = if has_exceptions(&chunk.path) { promised(&facts.raises).count() } else { 0 };
    if !gives(chunk) {
        // A call that gives nothing back is worth explaining only where its arguments are.
        return if docs + raises == 0 { 0 } else { 8 + 4 * (docs + stated).min(8) as u32 };
    }
    // A call of which nobody could say what comes back.
    if exits == 0 && !facts.generator && code(&facts.returns).is_none() && return_docs(&chunk.doc).is_none() {
        return 0;
    }
    let rule = exits > 0 && facts.exits.iter().any(|exit| is_rule(&exit.value));
    let known = docs + stated + exits + !facts.returns.is_empty() as usize;
    let beyond = docs + exits + raises > 0;
    let enough = beyond && (known >= 2 || rule);
    if !enough || facts.parameters.is_empty() && exits < 2 && !rule { 0 } else { 8 + 3 * known.min(10) as u32 + 4 * rule as u32 }
}

/// Does what was given come back in any case? What the call is made for shows elsewhere.
fn is_passed_through(chunk: &Chunk, exit: &Exit) -> bool {
    exit.when.is_empty() && chunk.facts.parameters.iter().any(|parameter| parameter.name == exit.value)
}

fn class_weight(view: &View) -> u32 {
    let constructor = view.constructor.as_deref();
    let parameters =
        constructor.map_or(0, |constructor| constructor.facts.parameters.iter().filter(|own| !own.name.starts_with('*')).count());
    let attributes = told_attributes(&view.chunk, constructor).len();
    let keys = view.chunk.facts.bases.iter().any(|base| base.ends_with("TypedDict") || base.ends_with("Protocol"));
    let shapeless = constructor.is_some() && parameters == 0;
    // Which fields it inherits does not show.
    let inherits = is_dataclass(&view.chunk) && constructor.is_none() && view.chunk.facts.bases.iter().any(|base| !is_plain_base(base));
    if parameters + attributes < 2 || keys || shapeless || inherits { 0 } else { 14 + 4 * (parameters + attributes).min(8) as u32 }
}

fn material(view: &View) -> Material {
    let constructor = view.constructor.iter().filter(|constructor| evidence_lines(constructor).is_some());
    let neighbours = constructor.map(|chunk| Neighbour::of(chunk.clone())).collect();
    Material { neighbours, ..Material::default() }
}

fn draft(brief: &Brief) -> Answer {
    let subject = &*brief.subject;
    let (english, chinese) = match subject.kind {
        ChunkKind::Class if brief.neighbours.is_empty() && !is_dataclass(subject) => (HOLDS, HOLDS_ZH),
        ChunkKind::Class => (CLASS, CLASS_ZH),
        _ if is_property(subject) => (PROPERTY, PROPERTY_ZH),
        _ if !gives(subject) && !parameter_docs(&subject.doc).is_empty() => (PROCEDURE, CALL_ZH),
        _ if !gives(subject) => (CALL, CALL_ZH),
        _ if subject.facts.parameters.is_empty() => (NO_INPUT, NO_INPUT_ZH),
        _ => (QUESTIONS, QUESTIONS_ZH),
    };
    let mut answer = Answer { question: ask(brief, english, chinese, &[]), ..Answer::default() };
    answer.answer = if subject.kind == ChunkKind::Class { of_class(&mut answer, brief) } else { of_function(&mut answer, brief) };
    answer.difficulty = if subject.facts.exits.len() > 2 { "medium" } else { "easy" };
    answer
}

/// Does a base bring no fields of its own?
fn is_plain_base(base: &str) -> bool {
    base == "object" || ["NamedTuple", "BaseModel", "ABC"].iter().any(|end| base.ends_with(end))
}

/// Is its constructor made from its fields?
fn is_dataclass(chunk: &Chunk) -> bool {
    let generated = |name: &String| ["dataclass", "define", "attrs", "derive"].iter().any(|word| name.contains(word));
    chunk.facts.decorators.iter().any(generated)
        || chunk.facts.bases.iter().any(|base| base.ends_with("NamedTuple") || base.ends_with("BaseModel"))
}

fn is_property(chunk: &Chunk) -> bool {
    chunk.facts.decorators.iter().any(|name| name.ends_with("property"))
}

fn of_function(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &*brief.subject;
    let tongue = Tongue::of(brief);
    let name = symbol(subject);
    let signature = subject.signature.replace('`', "'");
    let lines = of_parameters(answer, tongue, (subject, 1), &[(subject, 1)]);
    answer.step("read", say!(tongue, "The signature reads `{signature}`.", "签名是 `{signature}`。"), &[1]);
    let mut parts: Vec<String> = Vec::new();
    if !lines.is_empty() {
        let (arguments, lines) = (count(tongue, lines.len(), "argument", "个参数"), lines.join("\n"));
        parts.push(say!(tongue, "{name} takes {arguments}:\n{lines}", "{name} 接收 {arguments}：\n{lines}"));
    } else if !is_property(subject) {
        parts.push(say!(tongue, "{name} takes no arguments.", "{name} 不接收参数。"));
    }
    parts.push(of_result(answer, tongue, subject));
    parts.push(of_raises(answer, tongue, subject));
    conclude(answer, tongue, subject);
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// Raises of its own; where errors are values, they are among the results.
fn of_raises(answer: &mut Answer, tongue: Tongue, subject: &Chunk) -> String {
    if !has_exceptions(&subject.path) {
        return String::new();
    }
    let mut lines: Vec<String> = Vec::new();
    let mut earlier: Vec<&[Guard]> = Vec::new();
    let mut ordered = false;
    for raise in promised(&subject.facts.raises) {
        let shown = Raise { when: after_earlier(&raise.when, &earlier), ..raise.clone() };
        ordered = ordered || shown.when != raise.when;
        earlier.push(&raise.when);
        // Where there is a message, it says more than a name that only the body knows.
        let line =
            told_to(tongue, subject, &shown, |word| !raise.message.is_empty() && is_local(subject, word) && !is_known(subject, word));
        if lines.len() < MAX_RAISES && !lines.contains(&line) {
            answer.claim(statement(tongue, subject, raise), predicate(subject, raise), 1);
        }
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    answer.step(
        "check",
        tongue.say(
            "The raises in the body belong to the contract: under their conditions nothing comes back.",
            "函数体中抛出的异常也属于约定：一旦触发，就没有返回值。",
        ),
        &[1],
    );
    let shown = lines[..lines.len().min(MAX_RAISES)].join("\n- ");
    match (lines.len(), ordered) {
        (1, _) => say!(tongue, "It raises {shown}.", "异常情况：{shown}。"),
        (count, _) if count > MAX_RAISES => say!(tongue, "It raises, among others:\n- {shown}", "异常情况（部分）：\n- {shown}"),
        (_, true) => say!(tongue, "It raises, checked in this order:\n- {shown}", "异常情况（按检查顺序）：\n- {shown}"),
        (_, false) => say!(tongue, "It raises:\n- {shown}", "异常情况：\n- {shown}"),
    }
}

fn conclude(answer: &mut Answer, tongue: Tongue, subject: &Chunk) {
    if !subject.facts.parameters.is_empty() {
        let says = match required(subject).as_slice() {
            [] => tongue.say("No argument is required.", "没有必填参数。").to_owned(),
            [only] => say!(tongue, "Only {only} has to be given.", "必填参数只有 {only}。"),
            all => {
                let all = list(tongue, all);
                say!(tongue, "{all} have to be given.", "必填参数是 {all}。")
            }
        };
        answer.step("conclude", says, &[1]);
    }
}

/// The parameters that have to be given, as code.
fn required(chunk: &Chunk) -> Vec<String> {
    chunk.facts.parameters.iter().filter(|own| is_required(own)).map(|own| format!("`{}`", own.name)).collect()
}

fn of_class(answer: &mut Answer, brief: &Brief) -> String {
    let subject = &*brief.subject;
    let tongue = Tongue::of(brief);
    let (name, signature) = (symbol(subject), subject.signature.replace('`', "'"));
    let mut parts: Vec<String> = Vec::new();
    answer.step("read", say!(tongue, "The class head reads `{signature}`.", "类的声明是 `{signature}`。"), &[1]);
    let constructor = brief.neighbours.first().map(|constructor| &*constructor.chunk);
    if let Some(constructor) = constructor {
        let lines = of_parameters(answer, tongue, (constructor, 2), &[(constructor, 2), (subject, 1)]);
        if !lines.is_empty() {
            let (arguments, lines) = (count(tongue, lines.len(), "argument", "个参数"), lines.join("\n"));
            parts.push(say!(tongue, "{name} is built from {arguments}:\n{lines}", "{name} 的构造函数接收 {arguments}：\n{lines}"));
            let required = list(tongue, &required(constructor));
            let says = match required.is_empty() {
                true => tongue.say("Its constructor requires nothing.", "构造函数没有必填参数。").to_owned(),
                false => say!(tongue, "Its constructor requires {required}.", "构造函数的必填参数是 {required}。"),
            };
            answer.step("follow", says, &[2]);
        }
    }
    let all = told_attributes(subject, constructor);
    let held = &all[..all.len().min(MAX_ATTRIBUTES)];
    if !held.is_empty() {
        let fields = is_dataclass(subject) && constructor.is_none();
        let lines = of_attributes(answer, tongue, (subject, 1), held, fields).join("\n");
        let inherits = has_exceptions(&subject.path) && subject.facts.bases.iter().any(|base| !is_plain_base(base));
        let lead = match (fields, parts.is_empty(), all.len() > held.len()) {
            (true, _, true) => say!(tongue, "{name} is built from its fields, among them:", "构造 {name} 时要给出它的字段，其中包括："),
            (true, _, false) if inherits => {
                say!(tongue, "Besides the fields it inherits, {name} is built from:", "除继承来的字段外，构造 {name} 还要给出以下字段：")
            }
            (true, _, false) => say!(tongue, "{name} is built from its fields:", "构造 {name} 时要给出以下字段："),
            (_, true, false) => say!(tongue, "{name} declares:", "{name} 声明了："),
            (_, true, true) => say!(tongue, "{name} declares, among others:", "{name} 声明的属性包括："),
            (_, false, false) => tongue.say("Besides, it declares:", "此外，它还声明了：").to_owned(),
            (_, false, true) => tongue.say("Besides, it declares, among others:", "此外，它声明的属性还包括：").to_owned(),
        };
        parts.push(format!("{lead}\n{lines}"));
        let attributes = count(tongue, all.len(), "attribute", "个属性");
        answer.step("read", say!(tongue, "Its body declares {attributes}.", "类体中声明了 {attributes}。"), &[1]);
    }
    let bases: Vec<&String> = subject.facts.bases.iter().filter(|base| *base != "object" && code(base).is_some()).collect();
    let derives = match has_exceptions(&subject.path) {
        true => tongue.say("derives from", "继承自"),
        false => tongue.say("implements", "实现了"),
    };
    for base in &bases {
        answer.claim(format!("{name} {derives} `{base}`"), Predicate::new("base", [subject.id.as_str(), base]), 1);
    }
    if !bases.is_empty() {
        let bases = list(tongue, &bases.iter().map(|base| format!("`{base}`")).collect::<Vec<_>>());
        parts.push(say!(tongue, "It {derives} {bases}.", "它{derives} {bases}。"));
    }
    parts.join("\n\n")
}

/// Typed attributes for others to use that the constructor does not name already.
fn told_attributes<'c>(chunk: &'c Chunk, constructor: Option<&Chunk>) -> Vec<&'c Attribute> {
    let taken = |name: &str| constructor.is_some_and(|constructor| constructor.facts.parameters.iter().any(|own| own.name == name));
    let shown =
        |own: &&Attribute| !own.annotation.is_empty() && code(&own.annotation).is_some() && !own.name.starts_with('_') && !taken(&own.name);
    chunk.facts.attributes.iter().filter(shown).collect()
}
