//! How do two near-copies differ, or an override and what it overrides? From a diff of what is
//! known of both.

use crate::facts::{Overridden, View};
use crate::generate::condition::with_subject;
use crate::generate::kinds::contrast::{Contrast, Mark, Sort, contrast, is_outer, lacks, together};
use crate::generate::kinds::point::{is_noise, points};
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{code, fill, path, pick, shown, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Chunk, Claim, Neighbour, Predicate};

pub(super) static KIND: Kind = Kind { name: "compare", version: 1, intent: "how", weight, material, draft };

/// Below this share in common, two functions only share a name.
const ALIKE: f32 = 0.5;
/// From this share on they are told to be copies but for one thing.
const COPIES: f32 = 0.9;
const MAX_DIFFERENCES: usize = 6;
const MAX_SAME: usize = 3;

/// `{a}` and `{b}`: the two.
const TWINS: &[&str] = &[
    "What is the difference between {a} and {b}?",
    "How does {a} differ from {b}?",
    "{a} and {b} look alike. Are they the same?",
    "{a} and {b} bear the same name. What does each do that the other does not?",
    "Can {b} stand in for {a}, or do they behave differently?",
    "Compare {a} with {b}.",
    "If I fix something in {a}, does {b} need the same fix?",
    "Which behaviour do {a} and {b} share, and where do they part?",
    "Should {a} and {b} be merged? What would be lost?",
    "We have {a} as well as {b}. When does it matter which of them runs?",
    "I am about to copy a change from {a} to {b}. What is different there?",
];

const TWINS_CHINESE: &[&str] = &[
    "{a}和{b}有什么区别？",
    "{a}与{b}看起来很像，它们完全一样吗？",
    "{a}和{b}同名，各自做了哪些对方没做的事？",
    "能用{b}代替{a}吗？行为有哪些不同？",
    "对比一下{a}和{b}。",
    "如果修改了{a}，{b}是否也要跟着改？",
    "{a}和{b}有哪些共同的行为，又在哪里分开？",
    "把{a}和{b}合并会丢掉什么？",
    "打算把{a}的改动照搬到{b}，要注意哪些差异？",
];

/// `{a}`: the override, `{b}`: what it overrides.
const OVERRIDE: &[&str] = &[
    "What does {a} change about {b}, which it overrides?",
    "{a} overrides {b}. What is different?",
    "Why is there {a} when {b} exists already? What does it do differently?",
    "How does {a} differ from the inherited {b}?",
    "If I change {b}, does {a} follow?",
    "What would be lost without the override {a} of {b}?",
    "Compare the override {a} with {b}.",
    "Does {a} still do what {b} does?",
    "In which way does {a} depart from {b} of its base class?",
    "I know {b}. What do I have to know about {a} besides?",
];

const OVERRIDE_CHINESE: &[&str] = &[
    "{a}重写了{b}，改变了什么？",
    "已经有{b}了，为什么还要{a}？它有什么不同？",
    "{a}与继承来的{b}有什么区别？",
    "修改{b}会影响{a}吗？",
    "去掉对{b}的重写{a}，会丢掉什么行为？",
    "对比一下{a}和被它重写的{b}。",
    "{a}还保留{b}的行为吗？",
    "了解{b}之后，看{a}还需要注意什么？",
];

fn weight(view: &View) -> u32 {
    match other(view) {
        Some((Other::Base(_), found)) => 26 + 3 * differences(&found),
        Some((Other::Twin(_), found)) => 22 + (10.0 * found.likeness) as u32 + 3 * differences(&found),
        None => 0,
    }
}

fn differences(found: &Contrast) -> u32 {
    (found.differ.len() + found.only[0].len() + found.only[1].len()).min(5) as u32
}

/// What a chunk is compared with.
enum Other<'v> {
    Base(&'v Overridden),
    Twin(&'v Neighbour),
}

/// What it overrides; where that only states what has to be there, the twin that is most like it.
fn other(view: &View) -> Option<(Other<'_>, Contrast)> {
    let chunk = &view.chunk;
    if let Some(base) = view.overridden.as_ref().filter(|base| !base.method.facts.stub) {
        let found = contrast(Tongue::English, chunk, &base.method);
        let told = match handing_on(chunk) {
            HandsOn::Super(_) => adds(&base.method, &found).next().is_some(),
            HandsOn::Not => {
                found.same.iter().any(|(mark, _)| mark.sort != Sort::Takes && !is_small(mark)) && tells(chunk, &base.method, &found)
            }
            HandsOn::Otherwise => false,
        };
        return told.then_some((Other::Base(base), found));
    }
    let twins = view.twins.iter().filter(|twin| !twin.chunk.facts.stub && !calls_namesake(&twin.chunk) && !calls_namesake(chunk));
    let all = twins.map(|twin| (twin, contrast(Tongue::English, chunk, &twin.chunk)));
    let alike = all.filter(|(twin, found)| {
        let shared = found.same.iter().filter(|(mark, _)| mark.sort != Sort::Takes && !is_small(mark)).count();
        found.likeness >= ALIKE && shared >= 2 && tells(chunk, &twin.chunk, found)
    });
    let best = alike.reduce(|best, next| if next.1.likeness > best.1.likeness { next } else { best });
    best.map(|(twin, found)| (Other::Twin(twin), found))
}

/// What an override does that the base does not.
fn adds<'f>(base: &'f Chunk, found: &'f Contrast) -> impl Iterator<Item = &'f Mark> {
    found.only[0].iter().filter(|mark| !is_small(mark) && lacks(base, mark).is_some())
}

/// Is there a difference that can be told and proved?
fn tells(left: &Chunk, right: &Chunk, found: &Contrast) -> bool {
    let only = |marks: &[Mark], other: &Chunk| marks.iter().any(|mark| !is_small(mark) && lacks(other, mark).is_some());
    !found.differ.is_empty() || only(&found.only[0], right) || only(&found.only[1], left) || returns(left, right, found).is_some()
}

/// The ways in which both come back, where each has one of its own.
fn returns<'f>(left: &Chunk, right: &Chunk, found: &'f Contrast) -> Option<(&'f Mark, &'f Mark)> {
    let sole = |side: usize| {
        let mut all = found.only[side].iter().filter(|mark| mark.sort == Sort::Returns);
        all.next().filter(|_| all.next().is_none())
    };
    let pair = (sole(0)?, sole(1)?);
    (is_outer(pair.0, left, pair.1) && is_outer(pair.1, right, pair.0)).then_some(pair)
}

/// How an override makes use of what it overrides.
enum HandsOn<'c> {
    Super(&'c str),
    Not,
    /// By a call that is not plain.
    Otherwise,
}

fn handing_on(subject: &Chunk) -> HandsOn<'_> {
    let mut calls = subject.facts.calls.iter().map(|call| call.callee.as_str());
    let same = |callee: &&str| callee.starts_with("super(") && callee.rsplit('.').next() == Some(&subject.name) && code(callee).is_some();
    match calls.clone().find(same) {
        Some(callee) => HandsOn::Super(callee),
        None if calls.any(|callee| callee.contains("super(")) || calls_namesake(subject) => HandsOn::Otherwise,
        None => HandsOn::Not,
    }
}

/// Does it call something of its own name?
fn calls_namesake(chunk: &Chunk) -> bool {
    chunk.facts.calls.iter().any(|call| call.callee.rsplit(['.', ':']).next() == Some(&chunk.name))
}

/// Too small to be told as a difference.
fn is_small(mark: &Mark) -> bool {
    mark.sort == Sort::Calls && (is_noise(&mark.about) || mark.about.starts_with("super("))
}

fn material(view: &View) -> Material {
    let neighbours = match other(view) {
        Some((Other::Base(base), _)) => {
            vec![Neighbour { contrast: true, ..Neighbour::of(base.method.clone()) }, Neighbour::of(base.class.clone())]
        }
        Some((Other::Twin(twin), _)) => vec![twin.clone()],
        None => Vec::new(),
    };
    Material { neighbours, ..Material::default() }
}

/// The two with their files, and as they are named once these are known.
fn names(tongue: Tongue, left: &Chunk, right: &Chunk) -> [[String; 2]; 2] {
    let placed = |chunk: &Chunk| say!(tongue, "{} in {}", "{1}里的{0}", symbol(chunk), path(chunk));
    let filed = |chunk: &Chunk| say!(tongue, "{} ({})", "{}（{}）", symbol(chunk), path(chunk));
    let short = [symbol(left), symbol(right)];
    match () {
        () if shown(left) == shown(right) => [[placed(left), placed(right)], [placed(left), placed(right)]],
        () if left.path == right.path => [[symbol(left), filed(right)], short],
        () => [[filed(left), filed(right)], short],
    }
}

fn draft(brief: &Brief) -> Answer {
    let tongue = Tongue::of(brief);
    let subject = &brief.subject;
    let Some(other) = brief.neighbours.first().map(|neighbour| &neighbour.chunk) else { return Answer::default() };
    let class = brief.neighbours.get(1).map(|neighbour| &neighbour.chunk);
    let found = contrast(tongue, subject, other);
    let [[a, b], names] = names(tongue, subject, other);
    let seed = brief.slot.id();
    let wording = match class {
        Some(_) => pick(tongue, &seed, OVERRIDE, OVERRIDE_CHINESE),
        None => pick(tongue, &seed, TWINS, TWINS_CHINESE),
    };
    let question = fill(wording, &[("a", &a), ("b", &b)]);
    let mut sides = Sides { answer: Answer { question, ..Answer::default() }, names, chunks: [subject, other], tongue };
    let told = match (class, handing_on(subject)) {
        (Some(class), HandsOn::Super(call)) => sides.extends(&found, class, call),
        (Some(class), _) => sides.replaces(&found, class),
        (None, _) => sides.twins(&found),
    };
    let mut answer = sides.answer;
    answer.answer = told.unwrap_or_default();
    answer.difficulty = match (found.differ.len() + found.only[0].len() + found.only[1].len(), subject.path == other.path) {
        (0..=2, true) => "easy",
        (_, false) => "hard",
        _ => "medium",
    };
    answer
}

struct Sides<'s> {
    answer: Answer,
    names: [String; 2],
    chunks: [&'s Chunk; 2],
    tongue: Tongue,
}

impl Sides<'_> {
    fn twins(&mut self, found: &Contrast) -> Option<String> {
        let tongue = self.tongue;
        let shared = self.shared(found)?;
        let lines = self.differences(found)?;
        let [a, b] = self.names.clone();
        let swaps = self.asks(&["stand in", "merged", "代替", "合并"]);
        let end = if swaps && found.only.iter().flatten().any(|mark| mark.sort == Sort::Raises) {
            say!(
                tongue,
                "So {b} cannot stand in for {a} without a look at the errors, and a fix to what they share has to be made in both: neither calls the other.",
                "因此，用{b}代替{a}之前要先核对错误处理；两者互不调用，共同的部分要改就得两处一起改。"
            )
        } else {
            say!(
                tongue,
                "Neither calls the other, so a fix to what they share has to be made in both; what differs has to stay apart.",
                "两者互不调用，共同的部分要改就得两处一起改；不同的部分则要各自保留。"
            )
        };
        self.answer.step("conclude", end.clone(), &[1, 2]);
        if found.likeness >= COPIES {
            self.copies(found);
        }
        Some(say!(
            tongue,
            "{a} and {b} are alike but not the same. Each {shared}.\n\n{lines}{}",
            "{a}和{b}相似，但并不相同。共同点：{shared}。\n\n{lines}{}",
            self.closing(&end)
        ))
    }

    /// An override that does not call what it overrides.
    fn replaces(&mut self, found: &Contrast, class: &Chunk) -> Option<String> {
        let tongue = self.tongue;
        self.derived(class)?;
        let shared = self.shared(found)?;
        let lines = self.differences(found)?;
        let [a, b] = self.names.clone();
        self.answer.claim(
            say!(tongue, "{a} does not call the method that it overrides", "{a}没有调用被重写的方法"),
            Predicate::new("absent", [self.chunks[0].id.as_str(), "calls", "super"]),
            1,
        );
        let end = say!(
            tongue,
            "A change to {b} does not reach {a}: what should hold for both has to be written in both.",
            "修改{b}不会影响{a}：两边都需要的改动得各写一遍。"
        );
        self.answer.step("conclude", end.clone(), &[1, 2]);
        Some(say!(
            tongue,
            "{a} takes the place of {b} and does not call it. Like the base, it {shared}.\n\n{lines}{}",
            "{a}完全取代了{b}，没有调用它。与基类的共同点：{shared}。\n\n{lines}{}",
            self.closing(&end)
        ))
    }

    /// An override that calls what it overrides and does more.
    fn extends(&mut self, found: &Contrast, class: &Chunk, call: &str) -> Option<String> {
        let tongue = self.tongue;
        let [subject, base] = self.chunks;
        let [a, b] = self.names.clone();
        self.derived(class)?;
        self.answer.claim(say!(tongue, "{a} calls `{call}`", "{a}调用`{call}`"), Predicate::new("calls", [subject.id.as_str(), call]), 1);
        let more: Vec<&Mark> = adds(base, found).take(MAX_DIFFERENCES).collect();
        for mark in &more {
            self.claim(0, mark);
            let lack = lacks(base, mark)?;
            self.answer.claim(say!(tongue, "{b} does not do that", "{b}没有这样做"), lack, 2);
        }
        let does = together(tongue, &more);
        self.answer.step("compare", say!(tongue, "Besides, it {does}, which {b} does not.", "此外{does}；{b}没有这些行为。"), &[1, 2]);
        let inherited = points(tongue, base, 3);
        for point in &inherited {
            self.answer.claim(with_subject(tongue, &b, &point.says), point.predicate.clone(), 2);
        }
        let lines: Vec<String> = inherited.iter().map(|point| format!("- {}", point.says)).collect();
        let inherited = match lines.is_empty() {
            true => String::new(),
            false => {
                say!(
                    tongue,
                    "\n\nWhat {b} does is kept through that call:\n{}",
                    "\n\n{b}原有的行为通过这次调用得以保留：\n{}",
                    lines.join("\n")
                )
            }
        };
        let end = say!(tongue, "A change to {b} therefore reaches {a} as well.", "因此修改{b}也会影响{a}。");
        self.answer.step("conclude", end.clone(), &[1, 2]);
        Some(say!(
            tongue,
            "{a} adds to {b}: it calls `{call}`, and besides {does}.{inherited}{}",
            "{a}扩展了{b}：它通过`{call}`调用后者，此外{does}。{inherited}{}",
            self.closing(&end)
        ))
    }

    /// Does the question speak of one of these?
    fn asks(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.answer.question.contains(word))
    }

    /// What follows for a change, where the question is about one.
    fn closing(&self, end: &str) -> String {
        let changes = self.asks(&["fix", "change ", "merged", "stand in", "修改", "改动", "合并", "代替"]);
        if changes { format!("\n\n{end}") } else { String::new() }
    }

    fn claim(&mut self, side: usize, mark: &Mark) {
        let (name, tongue) = (&self.names[side], self.tongue);
        self.answer.claim(with_subject(tongue, name, &mark.says), mark.predicate.clone(), side + 1);
    }

    /// That the class of the override derives from the class of what it overrides.
    fn derived(&mut self, class: &Chunk) -> Option<()> {
        let tongue = self.tongue;
        let owner = symbol(class);
        let base = shown(self.chunks[1]).rsplit('.').nth(1)?;
        let written = class.facts.bases.iter().find(|written| written.rsplit('.').next() == Some(base))?;
        self.answer.claim(
            say!(tongue, "{owner} derives from `{written}`", "{owner}继承`{written}`"),
            Predicate::new("base", [class.id.as_str(), written]),
            3,
        );
        let name = &self.chunks[0].name;
        let says = say!(
            tongue,
            "{owner} derives from `{written}`, so its `{name}` takes the place of the inherited one.",
            "{owner}继承`{written}`，因此它的`{name}`取代了继承来的版本。"
        );
        self.answer.step("locate", says, &[3]);
        Some(())
    }

    /// What both do: "calls `x` and `y`, and raises `Z`".
    fn shared(&mut self, found: &Contrast) -> Option<String> {
        let tongue = self.tongue;
        let rank = |mark: &Mark| [Sort::Raises, Sort::Writes, Sort::Returns, Sort::Calls].iter().position(|sort| *sort == mark.sort);
        let mut pairs: Vec<&(Mark, Mark)> = found.same.iter().filter(|(mark, _)| rank(mark).is_some() && !is_small(mark)).collect();
        pairs.sort_by_key(|(mark, _)| rank(mark));
        // What a told value calls is told with it.
        let values: Vec<String> = pairs.iter().filter(|(mark, _)| mark.sort == Sort::Returns).map(|(mark, _)| mark.says.clone()).collect();
        pairs.retain(|(mark, _)| mark.sort != Sort::Calls || !values.iter().any(|says| says.contains(&format!("{}(", mark.about))));
        pairs.truncate(MAX_SAME);
        for (left, right) in &pairs {
            self.claim(0, left);
            self.claim(1, right);
        }
        let marks: Vec<&Mark> = pairs.iter().map(|(mark, _)| mark).collect();
        let both = together(tongue, &marks);
        if both.is_empty() {
            return None;
        }
        self.answer.step("compare", say!(tongue, "Side by side, each of the two {both}.", "并排来看，共同点是：{both}。"), &[1, 2]);
        Some(both)
    }

    /// A heading with the differences below it.
    fn differences(&mut self, found: &Contrast) -> Option<String> {
        let tongue = self.tongue;
        let names = self.names.clone();
        let mut lines: Vec<String> = Vec::new();
        let pairs = found.differ.iter().map(|(left, right)| (left, right)).chain(returns(self.chunks[0], self.chunks[1], found));
        for (left, right) in pairs.take(MAX_DIFFERENCES) {
            self.claim(0, left);
            self.claim(1, right);
            lines.push(say!(
                tongue,
                "{}; {}.",
                "{}；{}。",
                with_subject(tongue, &names[0], &left.says),
                with_subject(tongue, &names[1], &right.says)
            ));
        }
        for side in [0, 1] {
            let mut told: Vec<&Mark> = Vec::new();
            for mark in found.only[side].iter().filter(|mark| !is_small(mark)) {
                if lines.len() + told.len() >= MAX_DIFFERENCES {
                    break;
                }
                let Some(lack) = lacks(self.chunks[1 - side], mark) else { continue };
                let (there, about) = (&names[1 - side], code(&mark.about)?);
                self.claim(side, mark);
                self.answer.claim(say!(tongue, "{there} has no {about}", "{there}没有{about}"), lack, 2 - side);
                told.push(mark);
            }
            if !told.is_empty() {
                lines.push(say!(tongue, "Only {} {}.", "{}独有：{}。", names[side], together(tongue, &told)));
            }
        }
        let first = lines.first()?;
        self.answer.step("check", say!(tongue, "They part here: {first}", "分歧之处：{first}"), &[1, 2]);
        Some(match lines.as_slice() {
            [only] => say!(tongue, "One thing differs: {only}", "区别只有一处：{only}"),
            _ => say!(tongue, "What differs:\n- {}", "区别如下：\n- {}", lines.join("\n- ")),
        })
    }

    /// Near-copies: the one piece of code by which each can be told from the other.
    fn copies(&mut self, found: &Contrast) {
        let tongue = self.tongue;
        let [left, right] = [0, 1].map(|side: usize| {
            let mark = found.only[side].iter().find(|mark| mark.sort == Sort::Calls && lacks(self.chunks[1 - side], mark).is_some());
            mark.map(|mark| mark.about.clone()).unwrap_or_default()
        });
        if left.is_empty() && right.is_empty() {
            return;
        }
        let predicate = Predicate::new("same_except", [self.chunks[0].id.as_str(), self.chunks[1].id.as_str(), &left, &right]);
        let says = say!(tongue, "{} and {} are near-copies", "{}和{}几乎相同", self.names[0], self.names[1]);
        self.answer.claims.push(Claim { says, predicate, cites: vec!["E1".to_owned(), "E2".to_owned()], verdict: String::new() });
    }
}
