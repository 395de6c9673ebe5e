//! Every kind of question, in every language that the settings know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::story;

/// The repositories of the fixtures in both languages, every kind that a chunk earns. What nearly repeats another stays in:
/// of two languages one may have more words in common.
fn rows() -> &'static [Value] {
    static ROWS: OnceLock<Vec<Value>> = OnceLock::new();
    ROWS.get_or_init(made)
}

fn made() -> Vec<Value> {
    let mut rows = Vec::new();
    for story in story::repositories() {
        let mut sandbox = Sandbox::new();
        story.steps.iter().for_each(|step| step.play(&mut sandbox).unwrap());
        let mut files = sandbox.files("HEAD");
        files.insert(
            ".trainset.toml".to_owned(),
            crate::sandbox::File::plain("languages = [\"en\", \"zh\"]\nqa_count = 99\ntests = true\n[near]\nsay = 1.0\n"),
        );
        sandbox.commit("Both languages", &files);
        let ran = sandbox.trainset(&["update", "--json"]);
        assert_eq!(ran.code, 0, "{ran:#?}");
        let shards = sandbox.dataset().into_iter().filter(|(path, _)| path.starts_with("qa/"));
        for (_, shard) in shards {
            let shard = String::from_utf8(shard).unwrap();
            rows.extend(shard.lines().map(|row| serde_json::from_str::<Value>(row).unwrap()));
        }
    }
    rows
}

#[test]
fn every_kind_speaks_every_language() {
    let defaults: toml::Table = include_str!("../../src/trainset.toml").parse().unwrap();
    let kinds: BTreeSet<String> = defaults["kinds"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap().to_owned()).collect();
    let rows = rows();
    let mut of: BTreeMap<(String, String), Vec<&Value>> = BTreeMap::new();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    for row in rows {
        let slot = text(row, "id").rsplit_once(':').unwrap().0.to_owned();
        of.entry((text(row, "kind"), slot)).or_default().push(row);
    }
    let asked: BTreeSet<String> = of.keys().map(|(kind, _)| kind.clone()).collect();
    assert_eq!(asked, kinds, "a kind has no sample in the repositories of the fixtures");
    for ((_, slot), pair) in &of {
        let languages: Vec<String> = pair.iter().map(|row| text(row, "lang")).collect();
        assert_eq!(languages, ["en", "zh"], "{slot}");
        let same = |row: &Value| {
            let predicates: Vec<&Value> = row["claims"].as_array().unwrap().iter().map(|claim| &claim["predicate"]).collect();
            let ops: Vec<&Value> = row["trace"].as_array().unwrap().iter().map(|step| &step["op"]).collect();
            (format!("{predicates:?}{ops:?}"), row["evidence"].clone(), row["difficulty"].clone(), row["intent"].clone())
        };
        assert_eq!(same(pair[0]), same(pair[1]), "{slot}: the two say different things");
        let spoken = |row: &Value| [text(row, "question"), text(row, "answer")];
        assert!(spoken(pair[0]).iter().all(|text| !text.contains(is_han)), "{slot}: {:?}", spoken(pair[0]));
        for text in prose(pair[1]) {
            assert!(!leaks(&text), "{slot}: English in the Chinese row: {text}");
            assert!(!parted(&text), "{slot}: a blank inside of Chinese: {text}");
        }
        assert!(spoken(pair[1]).iter().all(|text| text.contains(is_han)), "{slot}: {:?}", spoken(pair[1]));
    }
}

#[test]
fn questions_vary() {
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut heads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut sums: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows() {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let (question, lang) = (text("question"), text("lang"));
        let mut plain = question.split('`').step_by(2);
        assert!(!plain.any(|part| part.contains(['{', '}'])), "a place was not filled: {question}");
        let chunk = format!("{} {lang}", row["evidence"][0]["chunk_id"]);
        assert!(asked.entry(chunk).or_default().insert(question.clone()), "asked twice: {question}");
        let head: Vec<&str> = question.split_whitespace().take(4).collect();
        heads.entry(lang.clone()).or_default().insert(head.join(" "));
        *sums.entry(lang).or_default() += 1;
    }
    for (lang, sum) in sums {
        let distinct = heads[&lang].len();
        assert!(4 * distinct >= sum, "{lang}: {distinct} beginnings of {sum} questions");
    }
}

/// Everything that a row says.
fn prose(row: &Value) -> Vec<String> {
    let said = |key: &str, field: &str| -> Vec<String> {
        row[key].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
    };
    let turns: Vec<String> = [said("followups", "question"), said("followups", "answer")].concat();
    let steps: Vec<String> = [said("claims", "says"), said("trace", "says")].concat();
    let own = ["question", "answer"].map(|key| row[key].as_str().unwrap().to_owned());
    own.into_iter().chain(turns).chain(steps).collect()
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Do four English words follow each other outside of code and quotations?
fn leaks(text: &str) -> bool {
    let mut plain = String::new();
    let (mut in_code, mut in_quote) = (false, false);
    for c in text.chars() {
        match c {
            '`' if !in_quote => in_code = !in_code,
            '“' if !in_code => in_quote = true,
            '”' if !in_code => in_quote = false,
            c if !in_code && !in_quote => plain.push(c),
            _ => continue,
        }
        // Code and quotations part the words around them.
        if in_code || in_quote {
            plain.push('|');
        }
    }
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || "'-,.;:!?".contains(c));
    plain.split_whitespace().collect::<Vec<_>>().windows(4).any(|run| run.iter().all(|part| word(part)))
}

/// Does a blank part two Chinese characters outside of quotations?
fn parted(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let mut in_quote = false;
    chars.windows(3).any(|run| {
        in_quote = in_quote && run[0] != '”' || run[0] == '“';
        !in_quote && run[1] == ' ' && is_han(run[0]) && is_han(run[2])
    })
}

#[test]
fn english_is_seen() {
    assert!(parted("它 是") && !parted("它是 `f` 的") && !parted("说明：“它 是”"));
    assert!(leaks("函数 `f` when it is called 时"));
    assert!(leaks("It takes two arguments."));
    assert!(!leaks("文档说明：“It is called from here.”"));
    assert!(!leaks("当 `a is not b and c` 时抛出 `E`"));
    assert!(!leaks("触发 panic。"));
}
