//! What can be proved and what must be refuted, by the texts in `fixtures/claims`.

use std::path::Path;

use git_trainset::{Exhibit, holds, predicates};

use crate::mutants::Trial;

/// A claim of a fixture, and whether it is true.
pub(crate) struct Stated {
    pub(crate) trial: Trial,
    pub(crate) holds: bool,
}

const LANGUAGES: [&str; 4] = ["python", "rust", "java", "typescript"];

/// Predicates whose notion a language has not: Rust has no defaults, no handlers, no tables of its
/// own, no blocks that expect an error, and methods that override stand in an `impl` that is not
/// cited with them. What it passes and binds is not claimed of it.
/// Python, Java and scripts hand no errors on, they pass; Java has neither defaults nor tables in its syntax; tests of scripts expect errors of what they are handed.
const FOREIGN: [(&str, &str); 15] = [
    ("java", "default"),
    ("java", "item"),
    ("java", "expects"),
    ("java", "hands_on"),
    ("rust", "default"),
    ("rust", "handles"),
    ("rust", "overrides"),
    ("rust", "item"),
    ("rust", "expects"),
    ("rust", "passes"),
    ("rust", "passes_when"),
    ("rust", "assigns"),
    ("python", "hands_on"),
    ("typescript", "hands_on"),
    ("typescript", "expects"),
];

/// The claims of a fixture. A chunk begins with `>>> path::symbol`, its code follows, then its
/// claims: `predicate ;; argument`, with `@ symbol` for a second chunk and `!` for what is not so.
pub(crate) fn stated(language: &str) -> Vec<Stated> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/claims").join(language).with_extension("txt");
    let text = std::fs::read_to_string(path).unwrap();
    let blocks: Vec<&str> = text.split("\n>>> ").skip(1).collect();
    let chunks: Vec<(Exhibit, Vec<&str>)> = blocks.into_iter().map(chunk).collect();
    let mut out = Vec::new();
    for (exhibit, claims) in &chunks {
        for claim in claims {
            let (claim, holds) = claim.strip_prefix("! ").map_or((*claim, true), |rest| (rest, false));
            let mut parts = claim.split(";;").map(str::trim);
            let mut head = parts.next().unwrap().split(" @ ");
            let predicate = head.next().unwrap().to_owned();
            let mut exhibits = vec![exhibit.clone()];
            exhibits.extend(head.next().map(|other| chunks.iter().find(|(chunk, _)| chunk.symbol == other).unwrap().0.clone()));
            let args = exhibits.iter().map(|exhibit| exhibit.chunk_id.clone()).chain(parts.map(str::to_owned)).collect();
            out.push(Stated { trial: Trial { predicate, args, exhibits }, holds });
        }
    }
    out
}

fn chunk(block: &str) -> (Exhibit, Vec<&str>) {
    let (id, body) = block.split_once('\n').unwrap();
    let (path, symbol) = id.split_once("::").unwrap();
    let is_claim = |line: &&str| {
        let name = line.trim_start_matches("! ").split([' ', ';']).next().unwrap();
        predicates().contains(&name) && (line.contains(" ;;") || line.contains(" @ "))
    };
    let lines: Vec<&str> = body.trim_end().lines().collect();
    let end = lines.iter().position(is_claim).unwrap_or(lines.len());
    let code = lines[..end].join("\n");
    let (code, rest) = code.split_once("\n--- shown so far\n").unwrap_or((&code, ""));
    let chunk_id = format!("{path}::{symbol}");
    let exhibit = Exhibit { chunk_id, path: path.to_owned(), symbol: symbol.to_owned(), code: code.to_owned(), rest: rest.to_owned() };
    (exhibit, lines[end..].to_vec())
}

#[test]
fn the_true_is_proved_and_the_false_refuted() {
    let mut wrong = Vec::new();
    for stated in LANGUAGES.iter().flat_map(|language| stated(language)) {
        if stated.trial.holds() != stated.holds {
            wrong.push(format!(
                "{} is {}: {:?}",
                stated.trial.predicate,
                if stated.holds { "not proved" } else { "proved" },
                stated.trial.args
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_predicate_is_stated_in_each_language_that_has_it() {
    for language in LANGUAGES {
        let all = stated(language);
        for name in predicates() {
            let good = all.iter().filter(|stated| stated.holds && stated.trial.predicate == name).count();
            let foreign = FOREIGN.contains(&(language, name));
            assert_eq!(good == 0, foreign, "{language} has {good} claims of `{name}`");
        }
    }
}

#[test]
fn a_claim_is_about_the_code_it_cites() {
    for stated in LANGUAGES.iter().flat_map(|language| stated(language)).filter(|stated| stated.holds) {
        let Trial { predicate, args, exhibits } = &stated.trial;
        let mut other = exhibits.clone();
        other[0].symbol = "another".to_owned();
        assert!(!holds(&other, predicate, args), "{predicate} of {args:?} holds for code of another name");
        let mut other = args.clone();
        other[0].push('2');
        assert!(!holds(exhibits, predicate, &other), "{predicate} of {args:?} holds for a chunk that is not cited");
        assert!(!holds(exhibits, predicate, &args[..args.len() - 1]), "{predicate} holds with an argument too few");
    }
    assert!(!holds(&[], "calls", &[]));
}
