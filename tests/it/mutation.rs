//! What the proof is worth: of the code altered where a claim speaks of it, hardly any may pass.

use std::path::Path;

use git_trainset::{Exhibit, predicates};

use crate::claims::stated;
use crate::mutants::{Table, Trial, mutants};
use crate::sandbox::{Files, Sandbox, walk};

const WANTED: f64 = 0.95;

/// Every claim of every sample that a fixture repository gives.
fn of_repository(name: &str) -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos").join(name);
    let mut files = Files::new();
    walk(&root, &root, &mut files);
    let mut sandbox = Sandbox::new();
    sandbox.commit("all of it", &files);
    assert_eq!(sandbox.trainset(&["update", "--qa-count", "20"]).code, 0);
    let mut out = Vec::new();
    for (path, bytes) in sandbox.dataset().iter().filter(|(path, _)| path.starts_with("qa/")) {
        for line in std::str::from_utf8(bytes).unwrap().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {path}"));
            out.extend(Trial::of_row(&row, |path| String::from_utf8_lossy(&files[path].bytes).into_owned()));
        }
    }
    out
}

#[track_caller]
fn check(table: &Table) {
    let mut poor = Vec::new();
    for (name, count) in table.rows() {
        if (count.killed as f64) < WANTED * count.mutants as f64 {
            poor.push(format!("{name}: {} of {} live\n{}", count.alive.len(), count.mutants, count.alive.join("\n\n")));
        }
    }
    assert!(poor.is_empty(), "{}\n{}", table.words(), poor.join("\n\n"));
}

#[test]
fn stated_claims_die_with_their_code() {
    let mut table = Table::default();
    for stated in ["python", "rust", "java"].iter().flat_map(|language| stated(language)).filter(|stated| stated.holds) {
        assert!(!mutants(&stated.trial).is_empty(), "no mutant of {} {:?}", stated.trial.predicate, stated.trial.args);
        table.try_out(&stated.trial);
    }
    check(&table);
    let known: Vec<&str> = table.rows().filter(|(_, count)| count.mutants > 0).map(|(name, _)| name).collect();
    for name in predicates() {
        assert!(known.contains(&name), "no mutant of `{name}`");
    }
}

#[test]
fn claims_of_samples_die_with_their_code() {
    for name in ["shop", "ledger", "depot"] {
        let mut table = Table::default();
        for trial in of_repository(name) {
            assert!(trial.holds(), "{name}: {} {:?}", trial.predicate, trial.args);
            table.try_out(&trial);
        }
        check(&table);
        let (claims, without) = table.rows().fold((0, 0), |(all, without), (_, count)| (all + count.claims, without + count.without));
        assert!(claims > 50, "{name} has {claims} claims");
        assert!(without * 20 <= claims, "{without} of {claims} claims of {name} have no mutant\n{}", table.words());
    }
}

#[test]
fn a_mutant_that_lives_is_seen() {
    let exhibit = Exhibit {
        chunk_id: "a.py::f".to_owned(),
        path: "a.py".to_owned(),
        symbol: "f".to_owned(),
        code: "def f():\n    return g()\n".to_owned(),
        rest: String::new(),
    };
    // Nobody would notice a changed callee where the claim does not speak of it.
    let trial = Trial { predicate: "calls".to_owned(), args: vec!["a.py::f".to_owned(), "g".to_owned()], exhibits: vec![exhibit] };
    let blind = Trial { predicate: "defined_at".to_owned(), args: vec!["a.py::f".to_owned(), "f".to_owned()], ..trial.clone() };
    let altered = mutants(&trial).remove(0);
    assert!(Trial { exhibits: altered.exhibits.clone(), ..blind }.holds());
    assert!(!Trial { exhibits: altered.exhibits, ..trial }.holds());
}
