//! Hooks under the real git: whatever a person does, git does what it would have done, and the dataset follows.

use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::sandbox::{Files, Ran, Sandbox, walk};

/// A repository with hooks, in which shell scripts play the person.
pub(crate) struct Hooked {
    pub(crate) sandbox: Sandbox,
}

const START: &str = r#"
mkdir app
cat >app/orders.py <<'END'
from app.stock import reserve

def place(order, count: int) -> int:
    """Places an order."""
    if count < 1:
        raise ValueError("nothing ordered")
    reserve(order, count)
    return count
END
cat >app/stock.py <<'END'
def reserve(item, count: int) -> None:
    """Takes items from the shelf."""
    if count > item.stock:
        raise LookupError("sold out")
    item.stock -= count
END
git add -A
git commit -qm start
"#;

/// Writes another condition into a file of the repository.
const EDIT: &str = r#"
edit() { sed -i "s/count [<>] [a-z0-9.]*/count > $2/" app/$1.py; }
"#;

impl Hooked {
    /// A repository with two files and hooks, and a dataset that mirrors it.
    pub(crate) fn new() -> Self {
        let hooked = Self { sandbox: Sandbox::new() };
        hooked.plays(START);
        let installed = hooked.sandbox.trainset(&["hook", "install"]);
        assert_eq!(installed.code, 0, "{installed:#?}");
        assert_eq!(hooked.sandbox.trainset(&["update"]).code, 0);
        hooked
    }

    fn without_hooks() -> Self {
        let plain = Self { sandbox: Sandbox::new() };
        plain.plays(START);
        plain
    }

    /// Runs a script in the repository, as a person with no identity in any settings: it comes with the call.
    pub(crate) fn play(&self, script: &str) -> Ran {
        let mut shell = self.sandbox.clean("sh");
        for who in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
            shell.env(format!("GIT_{who}_DATE"), "1700000000 +0200");
        }
        let script = format!("set -e\n{EDIT}{script}");
        shell.env("GIT_EDITOR", "true").args(["-c", &script]).current_dir(self.sandbox.root()).output().unwrap().into()
    }

    #[track_caller]
    pub(crate) fn plays(&self, script: &str) -> Ran {
        let ran = self.play(script);
        assert_eq!(ran.code, 0, "{script}\n{ran:#?}");
        ran
    }

    /// Waits until nothing is asked for and nobody is at work.
    #[track_caller]
    pub(crate) fn settle(&self) -> serde_json::Value {
        for _ in 0..600 {
            let status = self.sandbox.trainset(&["hook", "status", "--json"]).json();
            if status["waiting"] == 0 && status["running"] == false {
                return status;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the background never came to rest: {:#?}", self.sandbox.trainset(&["hook", "status"]));
    }

    fn line(&self, folder: &Path, args: &[&str]) -> String {
        let ran: Ran = self.sandbox.clean("git").arg("-C").arg(folder).args(args).output().unwrap().into();
        assert_eq!(ran.code, 0, "{args:?} {ran:#?}");
        ran.stdout.trim().to_owned()
    }

    /// The dataset mirrors what is checked out in `folder`, and is what a rebuild gives.
    #[track_caller]
    pub(crate) fn follows(&self, folder: &Path) {
        let head = self.line(folder, &["rev-parse", "HEAD"]);
        let message = self.line(&self.sandbox.root(), &["log", "-1", "--format=%B", "dataset"]);
        assert!(message.contains(&format!("Source-Commit: {head}\n")), "the dataset does not follow {head}: {message}");
        let fresh = tempfile::tempdir().unwrap();
        let clone = fresh.path().join("clone");
        self.line(folder, &["init", "-q", "--bare", clone.to_str().unwrap()]);
        self.line(folder, &["push", "-q", "--no-verify", clone.to_str().unwrap(), &format!("{head}:refs/heads/main")]);
        self.line(&clone, &["symbolic-ref", "HEAD", "refs/heads/main"]);
        let ran: Ran = self.sandbox.clean(env!("CARGO_BIN_EXE_git-trainset")).arg("-C").arg(&clone).arg("update").output().unwrap().into();
        assert!(matches!(ran.code, 0 | 1), "{ran:#?}");
        let tree = |folder: &Path| self.line(folder, &["rev-parse", "dataset^{tree}"]);
        assert_eq!(tree(&self.sandbox.root()), tree(&clone), "not what a rebuild gives");
        assert_eq!(self.sandbox.trainset(&["verify"]).code, 0);
    }

    /// All that git itself holds, but for the dataset, and the bytes of work tree and index.
    fn kept(&self) -> (String, Files, Option<Vec<u8>>) {
        let refs = self.line(&self.sandbox.root(), &["for-each-ref", "--format=%(refname) %(objectname)"]);
        let refs: Vec<&str> = refs.lines().filter(|line| !line.starts_with("refs/heads/dataset ")).collect();
        let untouched = self.sandbox.untouched();
        (refs.join("\n"), untouched.work_tree, untouched.index)
    }

    /// What a person sees of the repository, without times and inodes.
    fn seen(&self) -> String {
        let root = self.sandbox.root();
        let told = |args: &[&str]| self.line(&root, args);
        let refs = told(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let refs: Vec<&str> = refs.lines().filter(|line| !line.starts_with("refs/heads/dataset ")).collect();
        [refs.join("\n"), told(&["rev-parse", "HEAD"]), told(&["ls-files", "-s"]), told(&["status", "--porcelain=v2"])].join("\n")
    }
}

struct Deed {
    name: &'static str,
    script: &'static str,
    /// Where the person is at the end, from the repository.
    place: &'static str,
}

const fn deed(name: &'static str, script: &'static str) -> Deed {
    Deed { name, script, place: "" }
}

/// What people do with git. Each ends with the branch somewhere new.
static DEEDS: &[Deed] = &[
    deed("commit what was added", "edit orders 2; git add app/orders.py; edit stock 3; git commit -qm two"),
    deed("commit -a", "edit orders 2; git commit -qam two"),
    deed("commit one of two paths", "edit orders 2; edit stock 3; git commit -qm two app/stock.py"),
    deed("commit a part of a file", "edit orders 2; git add -A; edit orders 3; git commit -qm two"),
    deed("commit a removal alone", "git rm -q app/orders.py; git commit -qm two"),
    deed("commit nothing", "git commit -q --allow-empty -m two"),
    deed("amend", "edit orders 2; git commit -qam two; edit orders 3; git commit -qa --amend --no-edit"),
    deed(
        "merge",
        "git checkout -qb side; edit orders 2; git commit -qam side; git checkout -q main; edit stock 3; git commit -qam main; \
         git merge -q --no-edit side",
    ),
    deed("fast-forward", "git checkout -qb side; edit orders 2; git commit -qam side; git checkout -q main; git merge -q side"),
    deed(
        "merge with a conflict",
        "git checkout -qb side; edit orders 2; git commit -qam side; git checkout -q main; edit orders 3; git commit -qam main; \
         ! git merge -q --no-edit side >/dev/null; git checkout -q --ours app/orders.py; git add -A; git commit -q --no-edit",
    ),
    deed(
        "squash",
        "git checkout -qb side; for i in 2 3 4; do edit orders $i; git commit -qam $i; done; git checkout -q main; \
         git merge -q --squash side >/dev/null; git commit -qm squashed",
    ),
    deed(
        "rebase of ten commits",
        "git checkout -qb side; for i in 2 3 4 5 6 7 8 9 10 11; do edit orders $i; git commit -qam $i; done; \
         git checkout -q main; edit stock 3; git commit -qam main; git checkout -q side; git rebase -q main",
    ),
    deed(
        "rebase that stops",
        "git checkout -qb side; edit orders 2; git commit -qam side; git checkout -q main; edit orders 3; git commit -qam main; \
         git checkout -q side; ! git rebase -q main >/dev/null 2>&1; edit orders 4; sed -i '/^[<=>]/d' app/orders.py; \
         git checkout -q --theirs app/orders.py; git add -A; git rebase --continue >/dev/null",
    ),
    deed(
        "cherry-pick and revert",
        "git checkout -qb side; edit orders 2; git commit -qam two; edit stock 3; git commit -qam three; git checkout -q main; \
         git cherry-pick side >/dev/null; git revert --no-edit HEAD >/dev/null; git cherry-pick side~1 >/dev/null",
    ),
    deed("stash", "edit orders 2; git stash -q; edit stock 3; git commit -qam two; git stash pop -q"),
    deed(
        "reset",
        "edit orders 2; git commit -qam two; edit orders 3; git commit -qam three; git reset -q --hard HEAD~1; git commit -q --amend -m again",
    ),
    deed("detached", "git checkout -q --detach; edit orders 2; git commit -qam two"),
    deed(
        "bisect",
        "for i in 2 3 4; do edit orders $i; git commit -qam $i; done; git bisect start HEAD HEAD~3 >/dev/null 2>&1; \
         git bisect reset >/dev/null 2>&1; edit stock 5; git commit -qam five",
    ),
    deed(
        "odd names",
        "mkdir 'a b'; cp app/orders.py 'a b/c d.py'; cp app/stock.py \"$(printf 'new\\nline.py')\"; \
         cp app/stock.py \"$(printf 'latin\\351.py')\"; git add -A; git commit -qm two",
    ),
    deed(
        "a sub-module",
        "git -C .. init -q -b main lib; cp app/orders.py ../lib/; git -C ../lib add -A; git -C ../lib commit -qm lib; \
         git -c protocol.file.allow=always submodule --quiet add ../lib lib 2>/dev/null; edit stock 3; git commit -qam two",
    ),
    Deed {
        name: "a linked work tree with an odd name",
        script: "git worktree add -q -b side '../a b\n c'; cd '../a b\n c'; edit orders 2; git commit -qam two; edit stock 3; git commit -qm three app/stock.py",
        place: "../a b\n c",
    },
    deed(
        "push to a bare remote and pull from it",
        "git init -q --bare -b main ../there.git; git remote add origin ../there.git; edit orders 2; git commit -qam two; \
         git push -q origin main; git clone -q ../there.git ../other; cd ../other; edit stock 3; git commit -qam three; git push -q; \
         cd ../repo; git pull -q origin main",
    ),
];

#[test]
fn git_does_what_it_would_and_the_dataset_follows() {
    // Most of the time is spent waiting for the background.
    std::thread::scope(|scope| {
        for part in DEEDS.chunks(DEEDS.len().div_ceil(6)) {
            scope.spawn(move || part.iter().for_each(check));
        }
    });
}

#[track_caller]
fn check(deed: &Deed) {
    let (hooked, plain) = (Hooked::new(), Hooked::without_hooks());
    let ran = hooked.play(deed.script);
    assert_eq!(ran.code, 0, "{}: {ran:#?}", deed.name);
    let wanted = plain.play(deed.script);
    assert_eq!(wanted.code, 0, "{}: {wanted:#?}", deed.name);
    assert_eq!(hooked.seen(), plain.seen(), "{}: git did something else", deed.name);
    let before = hooked.kept();
    let status = hooked.settle();
    let faults = status["log"].as_array().unwrap().iter().filter(|entry| entry["fault"] == true).count();
    assert_eq!(faults, 0, "{}: {status:#}", deed.name);
    hooked.follows(&hooked.sandbox.root().join(deed.place));
    assert_eq!(hooked.kept(), before, "{}: something else was touched", deed.name);
    hooked.sandbox.fsck();
}

#[test]
fn the_staged_change_is_told_and_nothing_is_written() {
    let hooked = Hooked::new();
    hooked.plays("edit stock 7; git add -A; edit stock 8; echo 'def broken(:' >app/new.py; git add app/new.py");
    let (before, tip) = (hooked.kept(), hooked.sandbox.commit_id("dataset"));
    let check = hooked.sandbox.trainset(&["hook", "run", "pre-commit", "--json"]).json();
    let ids = |source: &str| -> Vec<String> {
        let groups = check["groups"].as_array().unwrap();
        let items = groups.iter().filter(|group| group["source"] == source).flat_map(|group| group["items"].as_array().unwrap().clone());
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids("functions"), ["app/stock.py::reserve"]);
    assert!(ids("stale").contains(&"qa:app/stock.py::reserve:errors:en".to_owned()), "{check:#}");
    assert!(ids("stale").iter().any(|id| id.contains("place")), "what the caller raises changes, too: {check:#}");
    assert_eq!(ids("unread"), ["app/new.py"]);
    assert_eq!(check["blocked"], false);
    assert_eq!((hooked.kept(), hooked.sandbox.commit_id("dataset")), (before, tip));
    // Nothing staged, nothing said.
    hooked.plays("git reset -q");
    let quiet = hooked.sandbox.trainset(&["hook", "run", "pre-commit"]);
    assert_eq!((quiet.code, quiet.stdout.as_str()), (0, ""));
}

#[test]
fn nobody_waits_for_a_very_large_change() {
    let hooked = Hooked::new();
    hooked.plays("mkdir many; for i in $(seq 201); do cp app/stock.py many/part_$i.py; done; git add -A");
    let check = hooked.sandbox.trainset(&["hook", "run", "pre-commit"]);
    assert_eq!((check.code, check.stdout.lines().count()), (0, 1), "{check:#?}");
    assert!(check.stdout.starts_with("trainset 201 files change, and no more than 200 are looked at"), "{check:#?}");
}

/// Writes a line that holds a token into a file. The token is put together here, so that no scanner minds this file.
const LEAK: &str = "leak() { printf 'a = 1\\nTOKEN = \"gh%s%s\"\\n' p_ 9f8G7h6J5k4L3m2N1b0V9c8X7z6Q5w4E3r2T >$1; };";

#[test]
fn a_secret_stops_the_commit_and_is_not_shown() {
    let hooked = Hooked::new();
    let refused = hooked.play(&format!("{LEAK} leak app/key.py; leak notes.txt; git add -A; git commit -qm two"));
    assert_eq!(refused.code, 1, "{refused:#?}");
    for want in ["2 secrets are new", "app/key.py:2 a token of GitHub", "notes.txt:2", "not committed, because of: secrets\n  mend: "] {
        assert!(refused.stderr.contains(want), "{want}: {refused:#?}");
    }
    assert!(!refused.stderr.contains("9f8G7h6J"), "{refused:#?}");
    // Whoever means it can go on, and is not asked again for what is there already, wherever it goes.
    hooked.plays("TRAINSET_SKIP=1 git commit -qm two; git mv app/key.py app/door.py; echo 'b = 2' >>notes.txt; git commit -qam three");
    // However much changes, secrets are looked for.
    let many = "mkdir many; for i in $(seq 201); do cp app/stock.py many/part_$i.py; done; leak many/key.py; git add -A";
    hooked.plays(&format!("{LEAK} {many}"));
    let check = hooked.sandbox.trainset(&["hook", "run", "pre-commit", "--json"]);
    assert_eq!((check.code, &check.json()["groups"][0]["items"][0]["id"]), (1, &"many/key.py:2".into()), "{check:#?}");
    hooked.settle();
}

#[test]
fn what_blocks_is_a_setting() {
    let hooked = Hooked::new();
    hooked.plays("git config trainset.block 'unread, stale'; echo 'def broken(:' >app/new.py; git add app/new.py");
    let refused = hooked.play("git commit -qm two");
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!(refused.stderr.contains("not committed, because of: unread\n  mend: "), "{refused:#?}");
    hooked.plays("TRAINSET_SKIP=1 git commit -qm two");
    hooked.plays("git config trainset.block none; edit stock 9; git commit -qam three");
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
}

#[test]
fn many_commits_are_one_run() {
    let hooked = Hooked::new();
    hooked.settle();
    let commits = || hooked.line(&hooked.sandbox.root(), &["rev-list", "--count", "dataset"]).parse::<usize>().unwrap();
    let before = commits();
    // With this lock somebody is at work already, so whoever is started leaves again.
    let lock = std::fs::File::create(hooked.sandbox.git_dir().join("trainset/hook.lock")).unwrap();
    lock.lock().unwrap();
    hooked.plays("for i in 2 3 4 5 6 7 8 9 10; do edit orders $i; git commit -qam $i; done");
    let status = hooked.sandbox.trainset(&["hook", "status", "--json"]).json();
    assert_eq!((&status["waiting"], &status["running"]), (&9.into(), &true.into()), "{status:#}");
    drop(lock);
    hooked.plays("edit orders 11; git commit -qam 11");
    let status = hooked.settle();
    hooked.follows(&hooked.sandbox.root());
    assert_eq!((commits() - before, status["log"].as_array().unwrap().len()), (1, 1), "{status:#}");
}

#[test]
fn a_captured_commit_does_not_wait_for_the_run() {
    let hooked = Hooked::new();
    // Whoever holds this lock makes the run wait for as long as we like.
    let lock = std::fs::File::options().write(true).open(hooked.sandbox.git_dir().join("trainset/update.lock")).unwrap();
    lock.lock().unwrap();
    let ran = hooked.plays("edit orders 2; git commit -am two | cat; echo over");
    assert!(ran.stdout.ends_with("over\n"));
    let status = hooked.sandbox.trainset(&["hook", "status", "--json"]).json();
    assert_eq!(status["waiting"].as_u64().map(|waiting| waiting > 0), Some(true), "{status:#}");
    drop(lock);
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
}

#[test]
fn a_killed_run_is_made_up_for() {
    let hooked = Hooked::new();
    let lock = std::fs::File::options().write(true).open(hooked.sandbox.git_dir().join("trainset/update.lock")).unwrap();
    lock.lock().unwrap();
    hooked.plays("git config trainset.onCommit off; edit orders 2; git commit -qam two; git config trainset.onCommit offline");
    let mut worker = hooked.sandbox.trainset_command(&["hook", "work"]);
    hooked.plays("git config trainset.onCommit offline; edit orders 3; git commit -qam three");
    let mut worker = worker.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sleep(Duration::from_millis(300));
    worker.kill().unwrap();
    worker.wait().unwrap();
    drop(lock);
    hooked.plays("edit stock 4; git commit -qam four");
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
}

#[test]
fn a_branch_that_is_not_tracked_refreshes_the_index_alone() {
    let hooked = Hooked::new();
    hooked.plays("echo 'branch = \"main\"' >.trainset.toml; git add -A; git commit -qm settings");
    hooked.settle();
    let tip = hooked.sandbox.commit_id("dataset");
    hooked.plays(
        "git checkout -qb side; cat >>app/stock.py <<'END'

def replenish(item, crates: int) -> int:
    \"\"\"Fills the shelf from the cellar.\"\"\"
    item.stock += crates * 12
    return item.stock
END
git commit -qam side",
    );
    let status = hooked.settle();
    assert_eq!(hooked.sandbox.commit_id("dataset"), tip, "{status:#}");
    let says = status["log"].as_array().unwrap().last().unwrap()["says"].as_str().unwrap().to_owned();
    assert!(hooked.sandbox.trainset(&["status"]).stdout.contains(&format!("hooks    {says}\n")), "{status:#}");
    let found = |words: &str| hooked.sandbox.trainset(&["query", words]);
    assert!(found("replenish cellar").stdout.starts_with("app/stock.py:7 "), "{:#?}\n{status:#}", found("replenish cellar"));
    // The check says nothing of samples there.
    hooked.plays("edit orders 5; git add -A");
    let check = hooked.sandbox.trainset(&["hook", "run", "pre-commit", "--json"]).json();
    assert_eq!(check["no_plan"], "the dataset follows `main`", "{check:#}");
    hooked.plays("git checkout -q -f main");
    hooked.settle();
    assert_eq!(hooked.sandbox.commit_id("dataset"), tip);
    assert!(!found("replenish cellar").stdout.contains("replenish("));
    hooked.plays("git merge -q side");
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
    assert!(found("replenish cellar").stdout.starts_with("app/stock.py:7 "));
}

#[test]
fn the_settings_say_what_happens_after_a_commit() {
    let hooked = Hooked::new();
    let tip = || hooked.sandbox.commit_id("dataset");
    let start = tip();
    hooked.plays("git config trainset.onCommit off; edit orders 2; git commit -qam two");
    assert_eq!((hooked.settle()["log"].as_array().unwrap().len(), tip()), (0, start));
    hooked.plays("git config trainset.onCommit index; edit orders 3; git commit -qam three");
    assert_eq!((hooked.settle()["log"].as_array().unwrap().len(), tip()), (1, start));
    hooked.plays("git config trainset.onCommit llm; edit orders 4; git commit -qam four");
    let status = hooked.settle();
    assert!(status["log"][1]["says"].as_str().unwrap().contains("made offline: no server is named"), "{status:#}");
    hooked.follows(&hooked.sandbox.root());
}

#[test]
fn trouble_is_told_once_and_git_goes_on() {
    let hooked = Hooked::new();
    let trouble = |setup: &str, says: &str| {
        hooked.plays(setup);
        let first = hooked.plays("edit orders 2; git commit -qam two");
        assert!(first.stderr.contains(says) && first.stderr.contains("mend: "), "{setup}: {first:#?}");
        let second = hooked.plays("edit orders 3; git commit -qam three");
        assert!(!second.stderr.contains(says), "told again after {setup}: {second:#?}");
    };
    trouble("git config trainset.onCommit sometimes", "`git config trainset.onCommit` is `sometimes`");
    trouble("git config --unset trainset.onCommit; git config trainset.block everything", "`git config trainset.block` names `everything`");
    trouble("git config --unset trainset.block; echo 'qa_cuont = 2' >.trainset.toml; git add -A", "unknown key `qa_cuont`");
    hooked.settle();
    hooked.plays("git rm -qf .trainset.toml; git commit -qm sound; edit orders 4; git commit -qam four");
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
}

#[test]
fn a_folder_that_cannot_be_written_to_stops_nobody() {
    let hooked = Hooked::new();
    hooked.settle();
    let private = hooked.sandbox.git_dir().join("trainset");
    std::fs::remove_dir_all(&private).unwrap();
    std::fs::write(&private, "in the way").unwrap();
    let ran = hooked.plays("edit orders 2; git commit -qam two");
    assert!(ran.stderr.contains("could not write to") && ran.stderr.contains("mend: make room"), "{ran:#?}");
    std::fs::remove_file(&private).unwrap();
    hooked.plays("edit orders 3; git commit -qam three");
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_nobody() {
    let hooked = Hooked::new();
    hooked.settle();
    let log = hooked.sandbox.git_dir().join("trainset/hook.log");
    _ = std::fs::remove_file(&log);
    std::os::unix::fs::symlink("/dev/full", &log).unwrap();
    hooked.plays("edit orders 2; git commit -qam two");
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
}

#[test]
fn a_missing_binary_is_told_once_and_a_skip_is_silent() {
    let hooked = Hooked::new();
    hooked.settle();
    let hooks = hooked.sandbox.git_dir().join("hooks");
    for hook in std::fs::read_dir(&hooks).unwrap().map(|hook| hook.unwrap().path()) {
        let text = std::fs::read_to_string(&hook).unwrap();
        std::fs::write(&hook, text.replace(env!("CARGO_BIN_EXE_git-trainset"), "/nowhere/git-trainset")).unwrap();
    }
    let skipped = hooked.plays("edit orders 2; TRAINSET_SKIP=1 git commit -qam two");
    assert_eq!(skipped.stderr, "");
    let first = hooked.plays("edit orders 3; git commit -qam three");
    assert_eq!(first.stderr.matches("git-trainset: not found").count(), 1, "{first:#?}");
    let second = hooked.plays("edit orders 4; git commit -qam four");
    assert_eq!(second.stderr, "");
}

/// Every file in a folder, by its path.
pub(crate) fn files_below(folder: &Path) -> Files {
    let mut files = Files::new();
    walk(folder, folder, &mut files);
    files
}
