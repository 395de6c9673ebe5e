//! The class that names the states: all of them, and who sets or checks which.

use super::{MAX_OF_ONE, a, bare, checks, choices, members, moves, moving, noun};
use crate::facts::{Does, Use, is_member, mentions};
use crate::generate::condition::{after_earlier, with_subject};
use crate::generate::offline::Answer;
use crate::generate::phrase::{fill, list, path, pick, stopped, symbol};
use crate::generate::term::entries;
use crate::generate::tongue::{Tongue, say};
use crate::generate::usage::predicate;
use crate::model::{Attribute, Brief, Chunk, ChunkKind, Guard, Neighbour, Predicate};

const STATES: &[&str] = &[
    "Which states does {a} {n} go through, and what moves it from one to the next?",
    "How does {a} {n} get from one state to another?",
    "What is the life cycle of {a} {n} in this code?",
    "Who changes the state of {a} {n}, and when?",
    "I need the state machine behind {s} ({p}). Which moves does the code make?",
    "Which code sets the states of {s} in {p}, and under which conditions?",
    "Describe the states in {s} ({p}) and the moves between them.",
    "Through which of the states of {s} ({p}) does the code take {a} {n}?",
    "Under which conditions does the state of {a} {n} change?",
    "Where in the code does {a} {n} change its state?",
];

const STATES_ZH: &[&str] = &[
    "{s}（{p}）有哪些状态？它们之间如何流转？",
    "{s} 的状态由哪些代码改变，在什么条件下改变？",
    "请梳理 {p} 中 {s} 的状态机。",
    "从初始状态到最终状态，{s}（{p}）会经历什么？",
    "谁负责切换 {s} 定义的状态？",
    "{p} 里的 {s} 定义了哪些状态，各由什么触发？",
    "状态 {s}（{p}）之间允许怎样的转换？",
    "哪些操作会让 {s} 的状态发生变化？",
];

/// Of members that are chosen and not moved to.
const CHOICES: &[&str] = &[
    "Which cases does {s} ({p}) tell apart, and what decides between them?",
    "What does the code make depend on the members of {s} in {p}?",
    "How is the right member of {s} ({p}) picked, and who looks at it?",
    "When is which of the values of {s}, defined in {p}, used?",
];

const CHOICES_ZH: &[&str] = &[
    "{s}（{p}）区分哪些情况？由什么决定取哪一个？",
    "{p} 中 {s} 的各个取值分别在什么时候使用？",
    "代码如何选定 {s}（{p}）的取值，谁会据此判断？",
];

/// The field that is moved, where the moves write one: `status` of `self.status = self.OPEN`.
pub(super) fn field(all: &[Neighbour]) -> Option<String> {
    let targets = all.iter().flat_map(|other| moves(&other.chunk, &other.reads));
    targets.into_iter().find_map(|one| match one.does {
        Does::Writes { target, .. } => target.rsplit('.').next().map(str::to_owned),
        _ => None,
    })
}

/// Does a place speak of another field than this?
pub(super) fn is_foreign(one: &Use, field: Option<&str>) -> bool {
    let texts = || {
        one.when.iter().map(|guard| guard.text.as_str()).chain(match &one.does {
            Does::Returns { value } | Does::Writes { value, .. } => Some(value.as_str()),
            _ => None,
        })
    };
    let told = |field: &str| {
        texts().any(|text| mentions_part(text, field)) || matches!(&one.does, Does::Writes { target, .. } if mentions_part(target, field))
    };
    field.is_some_and(|field| !told(field)) && !matches!(one.does, Does::Calls { ref argument, .. } if !argument.is_empty())
}

pub(super) fn mentions_part(text: &str, name: &str) -> bool {
    crate::model::words(text).any(|word| word == name)
}

/// A table from members to members: `(state, what it says of it)`, where it is one.
pub(super) fn table(chunk: &Chunk, reads: &[String]) -> Option<Vec<(String, String)>> {
    let value = chunk.facts.attributes.first().filter(|_| chunk.kind == ChunkKind::Constant)?.value.as_str();
    let pairs = entries(value);
    let keyed = pairs.len() >= 2 && pairs.iter().all(|(key, _)| reads.iter().any(|name| name == key));
    let known = |value: &str| is_nothing(value) || reads.iter().any(|name| mentions(value, name));
    (keyed && pairs.iter().all(|(_, value)| known(value)) && pairs.iter().any(|(_, value)| !is_nothing(value))).then_some(pairs)
}

pub(super) fn is_nothing(value: &str) -> bool {
    matches!(value, "frozenset()" | "set()" | "()" | "[]" | "{}" | "None" | "tuple()" | "list()")
}

/// The attribute that begins with a member: `state: OrderState = OrderState.DRAFT`,
/// `status = CharField(default=OPEN)`.
pub(super) fn first<'c>(chunk: &'c Chunk, reads: &[String], field: Option<&str>) -> Option<(&'c Attribute, String)> {
    let fits = |attribute: &&Attribute| !is_member(attribute) && field.is_none_or(|field| attribute.name == field);
    chunk.facts.attributes.iter().filter(fits).find_map(|attribute| {
        let whole = reads.iter().find(|name| **name == attribute.value);
        let stated = reads.iter().find(|name| {
            let default = format!("default={name}");
            attribute.value.split([',', '(', ')']).any(|part| part.trim() == default)
        });
        Some((attribute, whole.or(stated)?.clone()))
    })
}

pub(super) fn of_states(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let (name, file, id) = (symbol(subject), path(subject), subject.id.as_str());
    let moved =
        brief.neighbours.iter().any(|other| !moves(&other.chunk, &other.reads).is_empty() || table(&other.chunk, &other.reads).is_some());
    let wording =
        if moved { pick(tongue, &brief.slot.id(), STATES, STATES_ZH) } else { pick(tongue, &brief.slot.id(), CHOICES, CHOICES_ZH) };
    let noun = noun(subject);
    let question = fill(wording, &[("s", &name), ("p", &file), ("n", &noun), ("a", a(&noun))]);
    let mut answer = Answer { question, ..Answer::default() };
    let field = field(&brief.neighbours);
    let foreign: Vec<Use> = brief
        .neighbours
        .iter()
        .flat_map(|other| checks(&other.chunk, &other.reads))
        .filter(|one| is_foreign(one, field.as_deref()))
        .collect();
    let mut all = members(subject);
    all.retain(|member| !foreign.iter().any(|one| one.when.iter().any(|guard| mentions_part(&guard.text, &member.name))));
    let names: Vec<String> = all.iter().map(|member| format!("`{}`", member.name)).collect();
    for member in &all {
        let (member, value) = (&member.name, &member.value);
        if !value.is_empty() {
            answer.claim(
                say!(tongue, "{name} has the member `{member}`", "{name} 有成员 `{member}`"),
                Predicate::new("constant", [id, member, value]),
                1,
            );
        }
    }
    let mut lead = match moved {
        true => say!(tongue, "{name} ({file}) names the states {}.", "{name}（{file}）定义的状态有 {}。", list(tongue, &names)),
        false => say!(tongue, "{name} ({file}) tells {} apart.", "{name}（{file}）分为 {}。", list(tongue, &names)),
    };
    answer.step("read", lead.clone(), &[1]);
    let own: Vec<String> = all.iter().map(|member| member.name.clone()).collect();
    if let Some((attribute, member)) = first(subject, &own, field.as_deref()) {
        lead.push_str(&begins(tongue, &mut answer, subject, attribute, &member, 1));
    }
    let mut lines: [Vec<String>; 3] = Default::default();
    let mut tables = Vec::new();
    // Of many the conclusion tells in one.
    let steps = brief.neighbours.len() <= 3;
    for (number, other) in (2..).zip(&brief.neighbours) {
        if let Some(pairs) = table(&other.chunk, &other.reads) {
            tables.push(of_table(tongue, &mut answer, &other.chunk, &pairs, number));
            continue;
        }
        if other.chunk.kind == ChunkKind::Class {
            if let Some((attribute, member)) = first(&other.chunk, &other.reads, None) {
                lead.push_str(&begins(tongue, &mut answer, &other.chunk, attribute, &member, number));
            }
            continue;
        }
        if let Some((way, line)) = of_reader(tongue, &mut answer, other, number, field.as_deref(), steps) {
            lines[way].push(line);
        }
    }
    let mut parts = vec![lead];
    let among = tongue.say(if brief.more { ", among others" } else { "" }, if brief.more { "（部分）" } else { "" });
    let heads = [
        say!(tongue, "What sets them{among}:", "设置它们的代码{among}："),
        say!(tongue, "What picks one of them{among}:", "从中选取的代码{among}："),
        say!(tongue, "What acts on them{among}:", "依据它们行事的代码{among}："),
    ];
    for (head, lines) in heads.iter().zip(&lines).filter(|(_, lines)| !lines.is_empty()) {
        parts.push(format!("{head}\n{}", lines.join("\n")));
    }
    parts.extend(tables);
    if parts.len() < 2 {
        return Answer::default();
    }
    conclude(tongue, &mut answer, brief, &names);
    answer.answer = parts.join("\n\n");
    answer.difficulty = if brief.neighbours.len() > 2 { "hard" } else { "medium" };
    answer
}

/// Who sets which.
pub(super) fn conclude(tongue: Tongue, answer: &mut Answer, brief: &Brief, names: &[String]) {
    let mut set: Vec<String> = Vec::new();
    let mut cites = vec![1];
    for (number, other) in (2..).zip(&brief.neighbours) {
        let Some(one) = moves(&other.chunk, &other.reads).into_iter().next() else { continue };
        let (Does::Writes { value: given, .. } | Does::Calls { argument: given, .. }) = &one.does else { continue };
        set.push(say!(tongue, "{} by {}", "{} 由 {} 设置", bare(given), symbol(&other.chunk)));
        cites.push(number);
    }
    if set.is_empty() {
        cites.extend(2..=brief.neighbours.len() + 1);
        let names = list(tongue, names);
        answer.step(
            "conclude",
            say!(tongue, "So it matters which of {names} it is.", "因此，后续行为取决于取值是 {names} 中的哪一个。"),
            &cites,
        );
    } else {
        let set = if tongue == Tongue::English { list(tongue, &set) } else { set.join("，") };
        answer.step("conclude", say!(tongue, "So it is set to {set}.", "综上：{set}。"), &cites);
    }
}

pub(super) fn begins(tongue: Tongue, answer: &mut Answer, chunk: &Chunk, attribute: &Attribute, member: &str, number: usize) -> String {
    let (other, state) = (symbol(chunk), bare(member));
    let field = &attribute.name;
    answer.claim(
        say!(tongue, "`{field}` of {other} begins as {state}", "{other} 的 `{field}` 初始为 {state}"),
        Predicate::new("attribute", [chunk.id.as_str(), field, &attribute.value]),
        number,
    );
    answer.step("read", say!(tongue, "By default `{field}` of {other} is {state}.", "{other} 的 `{field}` 默认为 {state}。"), &[number]);
    say!(tongue, " The field `{field}` of {other} starts as {state}.", "{other} 的字段 `{field}` 初始为 {state}。")
}

/// What the table says of each state; those without a way out are final.
pub(super) fn of_table(tongue: Tongue, answer: &mut Answer, chunk: &Chunk, pairs: &[(String, String)], number: usize) -> String {
    let (name, file) = (symbol(chunk), path(chunk));
    let mut lines = Vec::new();
    let mut finals = Vec::new();
    for (key, value) in pairs {
        answer.claim(
            say!(tongue, "{name} has an entry for {}", "{name} 中有 {} 的条目", bare(key)),
            Predicate::new("item", [chunk.id.as_str(), &chunk.name, key, value]),
            number,
        );
        if is_nothing(value) {
            finals.push(bare(key));
            continue;
        }
        let inner = value.split(['{', '}', '[', ']', '(', ')', ',']).map(str::trim).filter(|part| part.contains('.') || part.contains(':'));
        let next: Vec<String> = inner.map(bare).collect();
        let next = crate::generate::phrase::joined(&next, tongue.say(", ", "、"), tongue.say(" or ", "或"));
        lines.push(say!(tongue, "- from {} to {next}", "- 从 {} 到 {next}", bare(key)));
    }
    answer.step("follow", say!(tongue, "The table {name} says which moves are allowed.", "表 {name} 规定了允许的转换。"), &[number]);
    let mut out =
        say!(tongue, "The table {name} ({file}) allows these moves:\n{}", "表 {name}（{file}）允许的转换：\n{}", lines.join("\n"));
    if !finals.is_empty() {
        let several = finals.len() > 1;
        let finals = list(tongue, &finals);
        let (are, them) = if several { ("are", "them") } else { ("is", "it") };
        out.push_str(&say!(
            tongue,
            "\n\n{finals} {are} final: the table lists no move out of {them}.",
            "\n\n{finals} 是终态：表中没有从这里出发的转换。"
        ));
    }
    out
}

/// One line about a function: what it sets, chooses or checks, and which of these it is.
pub(super) fn of_reader(
    tongue: Tongue,
    answer: &mut Answer,
    reader: &Neighbour,
    number: usize,
    field: Option<&str>,
    steps: bool,
) -> Option<(usize, String)> {
    let (chunk, reads) = (&reader.chunk, &reader.reads);
    let (other, place, id) = (symbol(chunk), path(chunk), chunk.id.as_str());
    let mut ways = [moves(chunk, reads), choices(chunk, reads), checks(chunk, reads)];
    ways.iter_mut().for_each(|found| found.retain(|one| !is_foreign(one, field)));
    let (way, found) = ways.into_iter().enumerate().find(|(_, found)| !found.is_empty())?;
    let mut says: Vec<String> = Vec::new();
    let mut earlier: Vec<&[Guard]> = Vec::new();
    let mut ladder = false;
    for one in found.iter().take(MAX_OF_ONE) {
        let told = moving(tongue, one)?;
        answer.claim(with_subject(tongue, &other, &told), predicate(id, one), number);
        // Each rung of a ladder stands on the ones before it.
        let shown = Use { when: after_earlier(&one.when, &earlier), ..one.clone() };
        ladder |= shown.when != one.when;
        earlier.push(&one.when);
        let told = moving(tongue, &shown)?;
        if !says.contains(&told) {
            says.push(told);
        }
    }
    let between = if ladder { tongue.say("; otherwise it ", "；否则") } else { tongue.say("; it also ", "；另外") };
    let mut says = says.join(between);
    if found.len() > MAX_OF_ONE {
        says.push_str(tongue.say("; and more", "；等等"));
    }
    if steps {
        answer.step("follow", stopped(tongue, &with_subject(tongue, &other, &says)), &[number]);
    }
    Some((way, say!(tongue, "- {other} ({place}) {}", "- {other}（{place}）：{}", stopped(tongue, &says))))
}
