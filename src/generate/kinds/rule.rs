//! What happens under a condition? One business rule, with its other side and its limits.

use crate::facts::{Outcome, Rule, View, rules};
use crate::generate::condition::{under, when};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, list, path, pick, shown, symbol};
use crate::generate::plain::plain;
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Chunk, Effect, Guard, GuardKind, Neighbour, Outside, Predicate, words};

pub(super) static KIND: Kind = Kind { name: "rule", version: 1, intent: "what", weight, material, draft };

/// Other cases that are told beside the one that is asked for.
const MAX_OTHERS: usize = 3;
const MAX_OUTCOMES: usize = 4;

/// With the condition in words.
const PLAIN: &[&str] = &[
    "What happens in {s} ({p}) when {c}?",
    "What does {s} in {p} do when {c}?",
    "Suppose {c}. What does {s} ({p}) do then?",
    "{s} in {p}: what is the rule when {c}?",
    "If {c}, what follows in {s} ({p})?",
    "How does {s} ({p}) treat the case that {c}?",
    "When {c}, what is {s} from {p} meant to do?",
    "Which rule applies in {s} ({p}) when {c}?",
    "Say {c}: how does {s} in {p} behave?",
    "What becomes of a call to {s} ({p}) when {c}?",
];

/// With the condition as code.
const CODE: &[&str] = &[
    "What does {s} ({p}) do when {c} holds?",
    "Under {c}, what happens in {s} in {p}?",
    "What is different in {s} ({p}) once {c} is true?",
    "{s} in {p} checks {c}. What depends on it?",
    "What hangs on {c} in {s} ({p})?",
    "What follows from {c} in {s}, defined in {p}?",
    "How does the check {c} change what {s} ({p}) does?",
    "In {s} ({p}), which path is taken when {c}?",
    "Explain the branch on {c} in {s} ({p}).",
    "I see {c} in {s} ({p}). What is the rule behind it?",
];

const CHINESE: &[&str] = &[
    "当 {c} 成立时，{p} 中的 {s} 会做什么？",
    "{s}（{p}）里 {c} 这个判断决定了什么？",
    "在 {s}（{p}）中，满足 {c} 会怎样，不满足又会怎样？",
    "{p} 的 {s} 检查 {c} 之后会怎样？",
    "如果 {c}，{s}（{p}）会走哪条分支？",
    "请说明 {s}（{p}）中条件 {c} 对应的业务规则。",
    "{s}（{p}）在 {c} 的情况下如何处理？",
    "想了解 {p} 里 {s} 对 {c} 的处理逻辑，能解释一下吗？",
];

fn weight(view: &View) -> u32 {
    let found = tellable(&view.chunk);
    let Some(chosen) = choose(&found) else { return 0 };
    let limits = view.constants.iter().any(|constant| constant.reads.iter().any(|name| mentions(chosen, name)));
    let plainly = chosen.decides().is_some_and(|guard| guard.kind == GuardKind::If && plain(&guard.text).is_some());
    16 + 4 * found.len().min(4) as u32 + 4 * chosen.outcomes.len().min(3) as u32 + 12 * limits as u32 + 8 * plainly as u32
}

fn material(view: &View) -> Material {
    let found = tellable(&view.chunk);
    let Some(chosen) = choose(&found) else { return Material::default() };
    let decides = |constant: &&Neighbour| constant.reads.iter().any(|name| mentions(chosen, name)) && value(&constant.chunk).is_some();
    Material { neighbours: view.constants.iter().filter(decides).cloned().collect(), ..Material::default() }
}

/// Does the rule's condition read this constant?
fn mentions(rule: &Rule, name: &str) -> bool {
    rule.when.iter().any(|guard| guard.text.contains(name))
}

/// What a constant is set to.
fn value(chunk: &Chunk) -> Option<&str> {
    let attribute = chunk.facts.attributes.first().filter(|_| chunk.signature == chunk.name)?;
    code(&attribute.value).map(|_| attribute.value.as_str())
}

/// Rules whose conditions can be told and whose outcomes say something.
fn tellable(chunk: &Chunk) -> Vec<Rule> {
    let mut found = rules(chunk);
    found.iter_mut().for_each(|rule| rule.outcomes.retain(|outcome| is_told(chunk, outcome)));
    found.retain(|rule| {
        let sayable = rule.when.iter().all(|guard| guard.text == "…" && guard.kind == GuardKind::Past || says(chunk, guard));
        sayable && !rule.outcomes.is_empty() && rule.when.len() <= 4
    });
    found
}

/// Does a condition say something to a reader who has only its text? The name of a loop's
/// variable does not.
fn says(chunk: &Chunk, guard: &Guard) -> bool {
    let vague = |word: &str| word.len() <= 2 && chunk.facts.locals.iter().any(|local| local.name == word);
    code(&guard.text).is_some() && !words(&guard.text).any(vague)
}

fn is_told(chunk: &Chunk, outcome: &Outcome) -> bool {
    let local = |text: &str| chunk.facts.locals.iter().any(|local| local.name == text);
    match outcome {
        Outcome::Writes { target, .. } => code(target).is_some(),
        // Of a call on a variable of the body only the name of the method would be told.
        // What is only said to people is no consequence.
        Outcome::Calls { callee, .. } => {
            let head = callee.split('.').next().unwrap_or_default();
            let told = |effect: &Effect| effect.callee == *callee && matches!(effect.on, Outside::Log | Outside::Output);
            code(callee).is_some()
                && !callee.starts_with('…')
                && (!local(head) || !callee.contains('.'))
                && !chunk.facts.effects.iter().any(told)
        }
        Outcome::Raises { exception, .. } => {
            let last = exception.rsplit(['.', ':']).next().unwrap_or_default();
            last.starts_with(char::is_uppercase) && code(exception).is_some()
        }
        Outcome::Returns { value } => value.is_empty() || code(value).is_some() && value.len() <= 80 && !local(value),
    }
}

/// The rule that is worth asking for: one that changes or calls something first; one that only
/// raises is told among the errors.
fn choose(found: &[Rule]) -> Option<&Rule> {
    let acts = |rule: &&Rule| {
        let decided = rule.decides().is_some_and(|guard| guard.kind != GuardKind::Except);
        let changes = rule.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Writes { .. } | Outcome::Calls { .. }));
        let several = found.iter().filter(|other| !matches!(other.outcomes.as_slice(), [Outcome::Raises { .. }])).count() > 1;
        let acts = rule.outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Raises { .. }));
        decided && acts && (changes || several)
    };
    let worth = |rule: &&Rule| {
        let changes = rule.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Writes { .. } | Outcome::Calls { .. })).count();
        let plainly = rule.decides().is_some_and(|guard| guard.kind == GuardKind::If && plain(&guard.text).is_some());
        (changes.min(2), plainly, rule.outcomes.len())
    };
    let best = found.iter().filter(acts).map(|rule| worth(&rule)).max()?;
    found.iter().filter(acts).find(|rule| worth(rule) == best)
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let found = tellable(subject);
    let Some(chosen) = choose(&found) else { return Answer::default() };
    let Some(decides) = chosen.decides() else { return Answer::default() };
    let mut answer = Answer { question: question(tongue, brief, decides), ..Answer::default() };
    let told = outcomes(tongue, subject, chosen);
    claim(&mut answer, tongue, subject, chosen);
    let name = symbol(subject);
    let does = list(tongue, &told);
    // What the facts do not hold, a plain assignment for one, may happen as well.
    let partial = chosen.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Writes { .. } | Outcome::Calls { .. }));
    let does = if partial { say!(tongue, "among other things {does}", "会{does}等") } else { does };
    let lead = match tongue {
        Tongue::English => format!("{name} {does}{}.", when(tongue, &chosen.when)),
        Tongue::Chinese => format!("{}，{name} {does}。", when(tongue, &chosen.when)),
    };
    let mut text = lead;
    answer.step("locate", condition_step(tongue, subject, decides), &[1]);
    answer.step("read", say!(tongue, "Under it the code {does}.", "满足条件时，代码{does}。"), &[1]);
    for (number, constant) in (2..).zip(&brief.neighbours) {
        let Some(value) = value(&constant.chunk) else { continue };
        let (limit, file) = (symbol(&constant.chunk), path(&constant.chunk));
        let says = say!(tongue, "{limit} is set to `{value}`", "{limit} 的值为 `{value}`");
        answer.claim(says.clone(), Predicate::new("constant", [constant.chunk.id.as_str(), &constant.chunk.name, value]), number);
        text.push_str(&say!(tongue, " {limit} is `{value}` ({file}).", "其中 {limit} 为 `{value}`（{file}）。"));
        answer.step("follow", say!(tongue, "{says} in {file}.", "{says}，定义在 {file}。"), &[number]);
    }
    let same = |other: &&Rule| outcomes(tongue, subject, other) == told;
    if let Some(other) = otherwise(&found, chosen).filter(|other| !same(other)) {
        let does = list(tongue, &outcomes(tongue, subject, other));
        claim(&mut answer, tongue, subject, other);
        text.push_str(&say!(tongue, " Otherwise it {does}.", "否则，它{does}。"));
        answer.step("compare", say!(tongue, "On the other side of the branch it {does}.", "分支的另一侧，它{does}。"), &[1]);
    }
    let others: Vec<&Rule> =
        found.iter().filter(|rule| rule.decides().is_some() && *rule != chosen && Some(*rule) != otherwise(&found, chosen)).collect();
    if !others.is_empty() {
        let mut lines = Vec::new();
        for rule in others.iter().take(MAX_OTHERS) {
            claim(&mut answer, tongue, subject, rule);
            lines.push(format!("- {}", under(tongue, &list(tongue, &outcomes(tongue, subject, rule)), &rule.when)));
        }
        let lead = tongue.say("Other rules in the same code:", "同一段代码中的其他规则：");
        text.push_str(&format!("\n\n{lead}\n{}", lines.join("\n")));
    }
    answer.answer = text;
    answer.difficulty = match (found.len(), brief.neighbours.len()) {
        (1, 0) => "easy",
        (_, 0) => "medium",
        _ => "hard",
    };
    answer
}

fn question(tongue: Tongue, brief: &Brief, decides: &Guard) -> String {
    let (name, file) = (symbol(&brief.subject), path(&brief.subject));
    let said = plain(&decides.text).filter(|_| decides.kind == GuardKind::If && tongue == Tongue::English);
    let condition = said.clone().or_else(|| condition(tongue, decides)).unwrap_or_default();
    let wordings = if said.is_some() { PLAIN } else { CODE };
    fill(pick(tongue, &brief.slot.id(), wordings, CHINESE), &[("s", &name), ("p", &file), ("c", &condition)])
}

/// The question once more, in the middle of a conversation about the chunk.
pub(super) fn going_on(brief: &Brief) -> Option<String> {
    let tongue = Tongue::of(brief);
    let found = tellable(&brief.subject);
    let decides = choose(&found)?.decides()?;
    let said = plain(&decides.text).filter(|_| decides.kind == GuardKind::If && tongue == Tongue::English);
    let condition = said.or_else(|| condition(tongue, decides))?;
    let english = ["And what happens when {c}?", "What does it do when {c}?", "What is the rule when {c}?"];
    let chinese = ["那么当 {c} 时会怎样？", "如果 {c}，它会怎么处理？", "{c} 的情况下规则是什么？"];
    Some(fill(pick(tongue, &brief.slot.id(), &english, &chinese), &[("c", &condition)]))
}

/// The deciding condition alone, as code; that it does not hold is said.
fn condition(tongue: Tongue, guard: &Guard) -> Option<String> {
    let shown = code(&guard.text)?;
    Some(match guard.kind {
        GuardKind::Unless => say!(tongue, "not {shown}", "{shown} 不成立"),
        GuardKind::Except => say!(tongue, "an error of {shown}", "捕获 {shown}"),
        _ => shown,
    })
}

fn condition_step(tongue: Tongue, subject: &Chunk, decides: &Guard) -> String {
    let name = shown(subject);
    let shown = condition(tongue, decides).unwrap_or_default();
    say!(tongue, "`{name}` decides by {shown}.", "`{name}` 通过 {shown} 作出判断。")
}

/// The side of the branch that is taken when the chosen one is not.
fn otherwise<'r>(found: &'r [Rule], chosen: &Rule) -> Option<&'r Rule> {
    let (last, before) = chosen.when.split_last()?;
    // With more than one condition the other side is not told by one word.
    if last.kind != GuardKind::If || !before.is_empty() {
        return None;
    }
    found.iter().find(|rule| {
        let (other, around) = rule.when.split_last().unwrap_or((last, &[]));
        around == before && matches!(other.kind, GuardKind::Unless | GuardKind::Past) && other.text == last.text
    })
}

/// What happens, each as a verb phrase of the third person.
fn outcomes(tongue: Tongue, chunk: &Chunk, rule: &Rule) -> Vec<String> {
    let raises = crate::facts::has_exceptions(&chunk.path);
    rule.outcomes
        .iter()
        .take(MAX_OUTCOMES)
        .map(|outcome| match outcome {
            Outcome::Writes { target, value } => written(tongue, target, value),
            Outcome::Calls { callee, .. } => say!(tongue, "calls `{callee}`", "调用 `{callee}`"),
            Outcome::Raises { exception, message } if message.is_empty() || message.contains(['"', '`']) => match raises {
                true => say!(tongue, "raises `{exception}`", "抛出 `{exception}`"),
                false => say!(tongue, "fails with `{exception}`", "返回错误 `{exception}`"),
            },
            Outcome::Raises { exception, message } => match raises {
                true => say!(tongue, "raises `{exception}` (\"{message}\")", "抛出 `{exception}`（“{message}”）"),
                false => say!(tongue, "fails with `{exception}` (\"{message}\")", "返回错误 `{exception}`（“{message}”）"),
            },
            Outcome::Returns { value } if value.is_empty() => say!(tongue, "returns at once", "直接返回"),
            Outcome::Returns { value } => say!(tongue, "returns `{value}`", "返回 `{value}`"),
        })
        .collect()
}

/// An assignment as a verb phrase.
pub(super) fn written(tongue: Tongue, target: &str, value: &str) -> String {
    let step = value.split_once("= ").filter(|(operator, _)| operator.len() == 1 && "+-*/%|&^".contains(operator));
    match (value, step) {
        ("del", _) => say!(tongue, "deletes `{target}`", "删除 `{target}`"),
        (_, Some(("+", by))) if code(by).is_some() => say!(tongue, "adds `{by}` to `{target}`", "将 `{by}` 累加到 `{target}`"),
        (_, Some(("-", by))) if code(by).is_some() => say!(tongue, "takes `{by}` off `{target}`", "从 `{target}` 中减去 `{by}`"),
        _ if step.is_none() && code(value).is_some() => say!(tongue, "sets `{target}` to `{value}`", "将 `{target}` 设为 `{value}`"),
        _ => say!(tongue, "changes `{target}`", "修改 `{target}`"),
    }
}

fn claim(answer: &mut Answer, tongue: Tongue, chunk: &Chunk, rule: &Rule) {
    let (name, id, joined) = (symbol(chunk), chunk.id.as_str(), Guard::joined(&rule.when));
    let told = outcomes(tongue, chunk, rule);
    for (outcome, says) in rule.outcomes.iter().zip(told) {
        let says = match tongue {
            Tongue::English => format!("{name} {says}{}", when(tongue, &rule.when)),
            Tongue::Chinese => format!("{}，{name} {says}", when(tongue, &rule.when)),
        };
        let predicate = match outcome {
            Outcome::Writes { target, value } => Predicate::new("writes", [id, target, value, &joined]),
            Outcome::Calls { callee, .. } => Predicate::new("calls_when", [id, callee, &joined]),
            Outcome::Raises { exception, .. } => Predicate::new("raises", [id, exception, &joined]),
            Outcome::Returns { value } => Predicate::new("returns", [id, value, &joined]),
        };
        answer.claim(says, predicate, 1);
    }
}
