//! A constant: its value, and what the code does by it.

use super::consequence::consequence;
use super::{held, told, value};
use crate::generate::condition::with_subject;
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, count as counted, fill, list, path, pick, stopped, symbol};
use crate::generate::term::{Amount, Sort, Term, amount, entries, term};
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::{self, predicate};
use crate::model::{Brief, Chunk, Predicate};

const MAX_KEYS: usize = 6;

const QUESTIONS: &[&str] = &[
    "What is {s} ({p}) set to, and what depends on it?",
    "Which code reads {s} from {p}, and what does it decide there?",
    "I want to adjust {s} in {p}. What will behave differently?",
    "Before I tune {s} ({p}): where does its value take effect?",
    "Where does the value of {s}, defined in {p}, come into play?",
    "If somebody changes {s} in {p}, what changes with it?",
    "How is {s} ({p}) configured, and who goes by it?",
    "What hangs on {s} in {p}, and what is its value today?",
    "I found {s} in {p}. Who uses it, and for what?",
    "Does anything break if {s} ({p}) gets another value?",
];

const QUESTIONS_ZH: &[&str] = &[
    "{s}（{p}）的值是多少？它在哪里起作用？",
    "哪些代码会读取 {p} 中的 {s}？用它决定什么？",
    "如果修改 {s}（{p}），哪些逻辑会跟着变？",
    "调整 {p} 里的 {s} 会影响什么行为？",
    "{p} 把 {s} 配置成了什么？谁依赖这个值？",
    "想改 {p} 里 {s} 的值，需要先看哪些代码？",
    "配置项 {s}（{p}）现在是什么值，影响范围有多大？",
    "谁在用 {p} 中的 {s}？用来做什么？",
    "{s}（{p}）换一个值会出问题吗？",
];

const LIMITED: &[&str] = &[
    "How high is the limit on {x}, and where does it bite?",
    "What is the limit on {x}, and what happens beyond it?",
    "Is there a limit on {x}? Who enforces it?",
    "How many or how much is allowed as {x}, and which code says no?",
    "Which rule does the limit on {x} stand for?",
];

const LIMIT: &[&str] = &[
    "What is the {n}, and which code enforces it?",
    "How high is the {n}, and what does the code do with it?",
    "Where is the {n} set, and where does it take effect?",
    "Which code looks at the {n}, and what does it do then?",
    "What would change with another {n}?",
];

const DURATION: &[&str] = &[
    "How long is the {n}, and what hangs on it?",
    "What is the {n} set to, and which code goes by it?",
    "For how long does the {n} run, and who looks at it?",
    "Which decision depends on the {n}, and how long is it?",
    "What would a longer {n} change?",
];

const DEFAULT: &[&str] = &[
    "What is the {n}, and where does it apply?",
    "Which {n} does the code assume, and who relies on it?",
    "Where does the {n} come from, and who uses it?",
    "If nothing else is said, which {n} holds, and where?",
    "Who falls back on the {n}?",
];

const SWITCH: &[&str] = &[
    "Is {s} on or off by default, and what depends on it?",
    "What does switching {s} in {p} change?",
    "Which behaviour does the switch {s} ({p}) control?",
    "Which code looks at {s} ({p}), and what does it do differently?",
    "What happens when {s} in {p} is turned the other way?",
];

const TABLE: &[&str] = &[
    "Which {n} are configured, and which code applies them?",
    "Who goes by the {n} in {p}, and what do they hold?",
    "Where are the {n} listed, and what are they used for?",
    "What do the {n} decide, and where are they kept?",
    "I have to add to the {n}. Where are they, and who reads them?",
];

const LIMIT_ZH: &[&str] = &[
    "限制 {s}（{p}）设为多少？在哪里检查？",
    "{p} 里的限制 {s} 是多少，由哪段代码执行？",
    "阈值 {s}（{p}）具体是多少？哪里会用到它？",
    "想调整 {p} 中的限制 {s}，会影响哪些判断？",
];

const DURATION_ZH: &[&str] = &[
    "时限 {s}（{p}）有多长？哪些代码按它来判断？",
    "{p} 中的 {s} 设定了多长时间？谁会用到它？",
    "把 {p} 里的时长 {s} 改长，会影响什么？",
    "{s}（{p}）规定的时间是多久，在哪里生效？",
];

const DEFAULT_ZH: &[&str] = &[
    "默认值 {s}（{p}）是什么？在哪里生效？",
    "{p} 里的默认配置 {s} 取什么值，谁在依赖它？",
    "没有另行指定时，{p} 中的 {s} 是什么值，由谁使用？",
    "改动默认值 {s}（{p}），哪些代码会受影响？",
];

const SWITCH_ZH: &[&str] = &[
    "开关 {s}（{p}）默认是开还是关？它控制什么？",
    "打开或关闭 {p} 中的 {s} 会改变什么？",
    "{p} 里的开关 {s} 影响哪些行为？",
    "哪些代码会看 {s}（{p}）是否开启？",
];

const TABLE_ZH: &[&str] = &[
    "{s}（{p}）里有哪些内容？谁按它来处理？",
    "{p} 中的 {s} 列出了什么，用在什么地方？",
    "要往 {p} 的 {s} 里加一项，需要先看哪些代码？",
    "{p} 里的 {s} 决定了什么？哪些代码会查它？",
];

pub(super) fn of_constant(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let Some(value) = value(subject) else { return Answer::default() };
    let term = term(&subject.name, value, &subject.path);
    let name = symbol(subject);
    let mut answer = Answer { question: question(tongue, brief, &term), ..Answer::default() };
    let lead = lead(tongue, subject, value, &term);
    answer.claim(
        say!(tongue, "{name} has the value that the code gives it", "{name} 的值与代码一致"),
        Predicate::new("constant", [subject.id.as_str(), &subject.name, value]),
        1,
    );
    answer.step("locate", lead.clone(), &[1]);
    let mut lines = Vec::new();
    let mut effect: Option<String> = None;
    for (number, reader) in (2..).zip(&brief.neighbours) {
        let (other, place) = (symbol(&reader.chunk), path(&reader.chunk));
        let id = reader.chunk.id.as_str();
        let mut deeds: Vec<String> = Vec::new();
        if let Some((attribute, given)) = held(reader) {
            let stated = Predicate::new("attribute", [id, attribute, given]);
            answer.claim(
                say!(tongue, "{other} sets `{attribute}` to `{given}`", "{other} 把 `{attribute}` 设为 `{given}`"),
                stated,
                number,
            );
            deeds.push(say!(tongue, "takes it over as `{attribute}`", "把它用作 `{attribute}` 的值"));
        }
        for one in told(reader) {
            let Some(says) = usage::told(tongue, &one, &reader.reads) else { continue };
            answer.claim(with_subject(tongue, &other, &says), predicate(id, &one), number);
            effect = effect.or_else(|| consequence(tongue, reader, &one));
            if !deeds.contains(&says) {
                deeds.push(says);
            }
        }
        if deeds.is_empty() {
            let Some(read) = reader.reads.first() else { continue };
            answer.claim(say!(tongue, "{other} reads `{read}`", "{other} 读取 `{read}`"), Predicate::new("reads", [id, read]), number);
            deeds.push(say!(tongue, "works with it in its body", "在函数体中用到它"));
        }
        let deeds = if deeds.len() == 1 { deeds.remove(0) } else { deeds.join(tongue.say("; it also ", "；另外")) };
        answer.step("follow", stopped(tongue, &with_subject(tongue, &other, &deeds)), &[number]);
        lines.push(say!(tongue, "{other} ({place}) {deeds}", "{other}（{place}）：{deeds}"));
    }
    if lines.is_empty() {
        return Answer::default();
    }
    answer.answer = match lines.as_slice() {
        [only] => format!("{lead}{}{}", "\n\n", stopped(tongue, only)),
        _ => {
            let head = if brief.more {
                tongue.say("Among the code that goes by it:", "使用它的代码包括：")
            } else {
                tongue.say("This code goes by it:", "以下代码使用它：")
            };
            let lines: Vec<String> = lines.iter().map(|line| format!("- {}", stopped(tongue, line))).collect();
            format!("{lead}\n\n{head}\n{}", lines.join("\n"))
        }
    };
    if let Some(effect) = effect {
        answer.answer.push_str(&format!("\n\n{effect}"));
        answer.step("conclude", effect, &[1, 2]);
    } else {
        let readers: Vec<String> = brief.neighbours.iter().map(|reader| symbol(&reader.chunk)).collect();
        let readers = list(tongue, &readers);
        let cites: Vec<usize> = (1..=brief.neighbours.len() + 1).collect();
        answer.step("conclude", say!(tongue, "A new value of {name} reaches {readers}.", "修改 {name} 会影响 {readers}。"), &cites);
    }
    let elsewhere = brief.neighbours.iter().any(|reader| reader.chunk.path != subject.path);
    answer.difficulty = match (brief.neighbours.len(), elsewhere) {
        (1, false) => "easy",
        (1 | 2, _) => "medium",
        _ => "hard",
    };
    answer
}

/// In the words of the name where it has some, else by the symbol.
pub(super) fn question(tongue: Tongue, brief: &Brief, term: &Term) -> String {
    let subject = &brief.subject;
    let several = term.noun.ends_with('s') && !term.noun.ends_with("ss");
    let (english, chinese) = match term.sort {
        Sort::Limit if !term.limited.is_empty() => (LIMITED, LIMIT_ZH),
        Sort::Limit if !term.noun.is_empty() => (LIMIT, LIMIT_ZH),
        Sort::Duration if !term.noun.is_empty() => (DURATION, DURATION_ZH),
        Sort::Default if !term.noun.is_empty() => (DEFAULT, DEFAULT_ZH),
        Sort::Switch => (SWITCH, SWITCH_ZH),
        Sort::Table if several => (TABLE, TABLE_ZH),
        _ => (QUESTIONS, QUESTIONS_ZH),
    };
    // Every other question names the symbol.
    let seed = brief.slot.id();
    let own = pick(tongue, &format!("{seed}?"), &["words", "words", "symbol"], &["words", "symbol"]) == "words";
    let wording = if own { pick(tongue, &seed, english, chinese) } else { pick(tongue, &seed, QUESTIONS, QUESTIONS_ZH) };
    fill(wording, &[("s", &symbol(subject)), ("p", &path(subject)), ("n", &term.noun), ("x", &term.limited)])
}

/// What it is set to, and where.
pub(super) fn lead(tongue: Tongue, subject: &Chunk, value: &str, term: &Term) -> String {
    let (name, file) = (symbol(subject), path(subject));
    let shown = code(value);
    if let (Some(shown), Some(Amount::Time { number, unit })) = (&shown, amount(value)) {
        let unit = if number == 1 { unit.trim_end_matches('s').to_owned() } else { unit };
        let chinese = match unit.trim_end_matches('s') {
            "week" => "周",
            "day" => "天",
            "hour" => "小时",
            "minute" => "分钟",
            _ => "秒",
        };
        return say!(tongue, "{number} {unit}: {name} in {file} is {shown}.", "{number} {chinese}：{file} 中的 {name} 为 {shown}。");
    }
    if let (Some(shown), Some(Amount::Number(number))) = (&shown, amount(value)) {
        return say!(tongue, "{name} in {file} is {shown}, that is {number}.", "{file} 中的 {name} 为 {shown}，即 {number}。");
    }
    if term.sort == Sort::Switch {
        let on = value.eq_ignore_ascii_case("true");
        let (english, chinese) = if on { ("on", "开启") } else { ("off", "关闭") };
        return say!(tongue, "It is {english}: {name} in {file} is `{value}`.", "默认{chinese}：{file} 中的 {name} 为 `{value}`。");
    }
    match shown {
        Some(shown) => say!(tongue, "{name} in {file} is set to {shown}.", "{file} 中的 {name} 设为 {shown}。"),
        None => {
            let all = entries(value);
            let keys: Vec<String> = all.iter().filter_map(|(key, _)| code(key)).take(MAX_KEYS).collect();
            let (count, rest) = (all.len(), all.len() - keys.len());
            let keyed = all.iter().all(|(_, value)| !value.is_empty());
            let keys = if rest == 0 { list(tongue, &keys) } else { keys.join(tongue.say(", ", "、")) };
            match (count, keyed, rest) {
                (0, ..) => say!(tongue, "{name} is defined in {file}.", "{name} 定义在 {file} 中。"),
                (_, true, 0) => {
                    say!(tongue, "{name} in {file} has one value for each of {keys}.", "{file} 中的 {name} 为 {keys} 各定义了一个值。")
                }
                (_, true, _) => {
                    say!(
                        tongue,
                        "{name} in {file} holds {count} pairs, under {keys} and {}.",
                        "{file} 中的 {name} 有 {count} 个键值对，键包括 {keys} 等。{}",
                        tongue.say(counted(tongue, rest, "more key", ""), String::new())
                    )
                }
                (_, false, 0) => say!(tongue, "{name} in {file} lists {keys}.", "{file} 中的 {name} 列出了 {keys}。"),
                (..) => say!(
                    tongue,
                    "{name} in {file} lists {count} entries, {keys} among them.",
                    "{file} 中的 {name} 共 {count} 项，包括 {keys}。"
                ),
            }
        }
    }
}
