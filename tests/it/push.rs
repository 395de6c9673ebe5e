//! `update --push`: clones that race, clones that are late, clones that know too little.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::remote::{Place, Remote};

#[track_caller]
fn fails(place: &Place, wanted: &[&str]) {
    let tip = place.line(&["for-each-ref", "refs/heads/dataset"]);
    let ran = place.tool(&["update", "--push"]);
    assert_eq!(ran.code, 2, "{ran:#?}");
    for words in wanted {
        assert!(ran.stderr.contains(words), "no `{words}` in {}", ran.stderr);
    }
    assert_eq!(place.line(&["for-each-ref", "refs/heads/dataset"]), tip, "the local branch moved");
}

#[test]
fn the_first_push() {
    let remote = Remote::empty();
    let clone = remote.clone("one");
    clone.write("app/stock.py", 1);
    clone.commit("start");
    assert_eq!(clone.pushes()["state"], "pushed");
    assert_eq!(remote.there().line(&["rev-parse", "dataset"]), clone.line(&["rev-parse", "dataset"]));
    assert_eq!(clone.pushes()["state"], "up-to-date");
    clone.git(&["push", "-q", "origin", "main"]);
    remote.is_whole();
}

#[test]
fn two_first_commits_end_well() {
    let remote = Remote::new();
    let (one, two) = (remote.clone("one"), remote.clone("two"));
    two.merges("app/more.py", 1);
    for clone in [&one, &two] {
        assert!(matches!(clone.tool(&["update"]).code, 0 | 1));
    }
    assert_eq!(one.line(&["rev-parse", "dataset~1"]), two.line(&["rev-parse", "dataset~1"]), "the root is the same everywhere");
    assert_eq!(one.pushes()["state"], "pushed");
    let pushed = two.pushes();
    assert_eq!((&pushed["state"], &pushed["replayed"]), (&"pushed".into(), &1.into()), "{pushed:#}");
    remote.is_whole();
    assert_eq!(remote.there().line(&["rev-list", "--count", "dataset"]), "3");
}

#[test]
fn the_same_commit_whoever_makes_it() {
    let remote = Remote::new();
    let (stale, other) = (remote.clone("stale"), remote.clone("other"));
    other.merges("app/more.py", 1);
    // This one has an index of its own first commit, which nobody else will ever see.
    stale.write("app/side.py", 1);
    stale.commit("side");
    stale.tool(&["update"]);
    stale.git(&["reset", "-q", "--hard", "origin/main"]);
    other.pushes();
    other.merges("app/more.py", 2);
    stale.git(&["pull", "-q", "origin", "main"]);
    let fresh = remote.clone("fresh-one");
    fresh.git(&["fetch", "-q", "origin", "dataset:dataset"]);
    fresh.tool(&["update"]);
    let plan = {
        stale.git(&["fetch", "-q", "origin", "+dataset:dataset"]);
        stale.tool(&["plan", "--json"]).json()
    };
    let pushed = stale.pushes();
    assert_eq!(pushed["tip"], fresh.line(&["rev-parse", "dataset"]), "{}", stale.line(&["log", "-1", "dataset"]));
    assert_eq!(pushed["outcome"]["plan"], plan);
    remote.is_whole();
}

#[test]
fn never_back_to_an_older_source() {
    let remote = Remote::new();
    let (late, clone) = (remote.clone("late"), remote.clone("one"));
    clone.merges("app/stock.py", 1);
    clone.pushes();
    let tip = remote.there().line(&["rev-parse", "dataset"]);
    assert_eq!(late.pushes()["state"], "newer");
    late.tool(&["update"]);
    assert_eq!(late.pushes()["state"], "newer");
    assert_eq!(remote.there().line(&["rev-parse", "dataset"]), tip);
    // What is on the remote goes on from there.
    late.git(&["pull", "-q", "origin", "main"]);
    assert_eq!(late.pushes()["state"], "up-to-date");
    remote.is_whole();
}

#[test]
fn a_branch_that_went_elsewhere_is_refused_and_a_rewritten_one_followed() {
    let remote = Remote::new();
    let (one, two) = (remote.clone("one"), remote.clone("two"));
    one.merges("app/stock.py", 1);
    one.pushes();
    two.write("app/other.py", 1);
    two.commit("of its own");
    fails(&two, &["does not build upon", "mend: pull or rebase, push"]);
    remote.there().git(&["config", "receive.denyNonFastForwards", "false"]);
    two.git(&["push", "-q", "--force", "origin", "main"]);
    remote.there().git(&["config", "receive.denyNonFastForwards", "true"]);
    assert_eq!(two.pushes()["state"], "pushed");
    remote.is_whole();
}

#[test]
fn a_commit_of_somebody_else_is_not_dropped() {
    let remote = Remote::new();
    let (one, two) = (remote.clone("one"), remote.clone("two"));
    two.tool(&["update"]);
    two.git(&["worktree", "add", "-q", "../by-hand", "dataset"]);
    let by_hand = remote.at("by-hand");
    std::fs::write(by_hand.folder.join("note"), "mine").unwrap();
    by_hand.commit("by hand");
    two.git(&["worktree", "remove", "--force", "../by-hand"]);
    one.merges("app/stock.py", 1);
    one.pushes();
    two.git(&["pull", "-q", "origin", "main"]);
    fails(&two, &["a commit that an update cannot make again", "mend: rebase it onto `origin/dataset`"]);
}

#[test]
fn a_rule_of_the_remote_is_told() {
    let remote = Remote::new();
    let clone = remote.clone("one");
    let hook = remote.there().folder.join("hooks/update");
    std::fs::write(&hook, "#!/bin/sh\ncase $1 in refs/heads/dataset) exit 1;; esac\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ran = clone.tool(&["update", "--push"]);
    assert_eq!(ran.code, 2, "{ran:#?}");
    assert!(ran.stderr.contains("`origin` does not take the dataset\n  because: [remote rejected]"), "{ran:#?}");
    std::fs::remove_file(hook).unwrap();
    assert_eq!(clone.pushes()["state"], "pushed");
    remote.is_whole();
}

#[test]
fn a_shallow_clone_goes_as_far_as_it_knows() {
    let remote = Remote::new();
    let clone = remote.clone("one");
    clone.pushes();
    clone.merges("app/stock.py", 1);
    let old = remote.clone_with("old", &["--depth=1"]);
    clone.merges("app/stock.py", 2);
    clone.pushes();
    assert_eq!(old.pushes()["state"], "newer", "what is fetched for the push is enough to see that");
    clone.merges("app/stock.py", 3);
    let lost = remote.clone_with("lost", &["--depth=1"]);
    lost.git(&["checkout", "-q", "--detach"]);
    fails(&lost, &["it cannot be told whether", "mend: fetch the whole history: `fetch-depth: 0`"]);
    let tip = remote.clone_with("tip", &["--depth=1"]);
    let pushed = tip.pushes();
    assert_eq!(pushed["state"], "pushed", "{pushed:#}");
    assert!(pushed["note"].as_str().unwrap().contains("fetch-depth: 0"), "{pushed:#}");
    remote.is_whole();
}

#[test]
fn a_push_is_no_place_for_an_update() {
    let remote = Remote::new();
    let clone = remote.clone("one");
    let ran: crate::sandbox::Ran = clone.tool_command(&["update"]).env("GIT_QUARANTINE_PATH", "x").output().unwrap().into();
    assert!(ran.code == 2 && ran.stderr.contains("mend: call the update from a `post-receive` hook"), "{ran:#?}");
}

#[test]
fn whoever_is_killed_begins_again() {
    let remote = Remote::new();
    let clone = remote.clone("one");
    for (state, instant) in [3, 8, 15, 25, 40, 60].into_iter().enumerate() {
        clone.merges("app/stock.py", state + 1);
        let mut run = clone.tool_command(&["update", "--push"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(instant));
        run.kill().ok();
        run.wait().unwrap();
    }
    clone.pushes();
    remote.is_whole();
}

/// `cargo bench -- race` does it with six clones and twenty merges each.
#[test]
fn clones_that_race_lose_nothing() {
    crate::remote::race(3, 3);
}
