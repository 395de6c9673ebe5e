//! What commits asked for: mined once, proved against the code before them, and never looked at again.

use std::collections::BTreeSet;

use crate::sandbox::{File, Files, Ran, Sandbox};
use crate::story;

/// The story of the orders, told to the end without the tool.
fn told() -> Sandbox {
    let story = story::all().into_iter().find(|story| story.name.ends_with("-history")).unwrap();
    let mut sandbox = Sandbox::new();
    story.steps.iter().for_each(|step| step.play(&mut sandbox).unwrap());
    sandbox
}

fn mined(sandbox: &Sandbox) -> BTreeSet<String> {
    sandbox.dataset().into_keys().filter(|path| path.starts_with("history/")).collect()
}

fn set(sandbox: &mut Sandbox, settings: &str) {
    let mut files: Files = sandbox.files("HEAD");
    files.insert(".trainset.toml".to_owned(), File::plain(settings));
    sandbox.commit("settings", &files);
}

#[test]
fn one_commit_is_looked_at_once() {
    let mut sandbox = told();
    let first = sandbox.trainset(&["update", "--json"]).json();
    let all = first["plan"]["history"].as_array().unwrap().len();
    assert_eq!((all, mined(&sandbox).len()), (2, 2));
    let mut files = sandbox.files("HEAD");
    let text = String::from_utf8(files["app/orders.py"].bytes.clone()).unwrap();
    let text = text.replace(
        "            raise KeyError(number)\n",
        "            raise KeyError(number)\n        if not self.lines[number]:\n            raise TooLate(\"nothing to send\")\n",
    );
    files.insert("app/orders.py".to_owned(), File::plain(text));
    sandbox.commit("Empty orders are never shipped to anybody", &files);
    let next = sandbox.trainset(&["update", "--json"]).json();
    assert_eq!(next["plan"]["history"].as_array().unwrap().len(), 1, "{next:#}");
    assert_eq!(mined(&sandbox).len(), 3);
    let id = next["plan"]["history"][0].as_str().unwrap();
    let row = sandbox.trainset(&["show", "--json", id]).json();
    assert_eq!(
        (row["requirement_source"].as_str(), row["requirement"].as_str()),
        (Some("history"), Some("Empty orders are never shipped to anybody."))
    );
    assert_eq!(sandbox.trainset(&["verify"]).code, 0);
}

#[test]
fn the_limit_is_a_setting() {
    let mut sandbox = told();
    sandbox.trainset(&["update"]);
    assert_eq!(mined(&sandbox).len(), 2);
    // The set only grows, but for those who want none at all.
    set(&mut sandbox, "history_limit = 1\n");
    sandbox.trainset(&["update"]);
    assert_eq!(mined(&sandbox).len(), 2);
    set(&mut sandbox, "history_limit = 0\n");
    sandbox.trainset(&["update"]);
    assert_eq!(mined(&sandbox).len(), 0);
    set(&mut sandbox, "history_limit = 1\n");
    sandbox.trainset(&["update"]);
    assert_eq!(mined(&sandbox).len(), 0);
}

#[test]
fn a_shallow_clone_says_what_it_cannot_prove() {
    let sandbox = told();
    sandbox.trainset(&["update"]);
    let clone = sandbox.root().join("cut");
    let url = format!("file://{}", sandbox.git_dir().display());
    let ran = sandbox.git(&["clone", "-q", "--depth=1", "--no-single-branch", &url, clone.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let inside =
        |args: &[&str]| Ran::from(sandbox.clean(env!("CARGO_BIN_EXE_git-trainset")).arg("-C").arg(&clone).args(args).output().unwrap());
    sandbox.git(&["-C", clone.to_str().unwrap(), "branch", "-q", "dataset", "origin/dataset"]);
    let verdict = inside(&["verify"]);
    assert!(verdict.stdout.contains("2 of history not looked at") && verdict.stdout.contains("git fetch --unshallow"), "{verdict:#?}");
    assert_eq!(verdict.code, 0, "{verdict:#?}");
    assert_eq!(inside(&["verify", "--json"]).json()["beyond"], 2);
}
