//! The laws of the README, over every story and every repository of the fixtures.
//!
//! Each story is told once, with the tool run after each step; the tests below look at what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::ObjectId;
use serde_json::Value;

use crate::sandbox::{Files, Ran, Sandbox, Untouched, walk};
use crate::story::{self, Story};
use crate::want;

/// What was seen while a story was told.
struct Told {
    story: Story,
    is_story: bool,
    steps: Vec<Seen>,
    sandbox: Sandboxed,
    /// The dataset of a fresh repository with the same history, where `update` ran once, at the end.
    rebuilt: BTreeMap<String, Vec<u8>>,
    dataset: BTreeMap<String, Vec<u8>>,
}

/// What was seen at the end, in the repository itself.
struct Sandboxed {
    verify: Ran,
    fsck: Ran,
    /// After the index was deleted.
    without_index: Ran,
    tips: [Option<ObjectId>; 2],
    /// For a sample's symbol: its path, and what `query` finds before and after.
    lookup: Option<(String, Ran, Ran)>,
}

/// What was seen after one step.
struct Seen {
    name: String,
    plan: Ran,
    update: Ran,
    again: Ran,
    /// Before, after `update`, after the second `update`.
    tips: [Option<ObjectId>; 3],
    indexes: [Files; 2],
    untouched: [Untouched; 2],
    summary: String,
}

#[test]
fn law_1_step_by_step_equals_all_at_once() {
    check(|told| {
        let held = held(&told.dataset);
        let part_of_law = |path: &str| {
            // What commits gave stays, also where a branch was reset; the set only grows.
            if path.starts_with("history/") && !told.rebuilt.contains_key(path) {
                return false;
            }
            let whole = ["README.md", "dataset.json"].contains(&path) || path.starts_with("context/");
            held.is_empty() || !(whole || held.iter().any(|held| path.ends_with(&format!("{held}.jsonl"))))
        };
        let text = |files: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, String> {
            let files = files.iter().filter(|(path, _)| part_of_law(path));
            files.map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned())).collect()
        };
        want::diff(&told.story.name, &text(&told.rebuilt), &text(&told.dataset))
    });
}

#[test]
fn law_2_a_second_run_changes_nothing() {
    check_steps(|seen| {
        let [before, after] = &seen.indexes;
        if seen.again.code != 0 {
            format!("the second run ended badly: {:#?}", seen.again)
        } else if seen.tips[1] != seen.tips[2] {
            format!("the second run moved the tip: {:?}", seen.tips)
        } else if before != after {
            "the second run wrote to the index".to_owned()
        } else {
            String::new()
        }
    });
}

#[test]
fn law_3_the_plan_is_what_happens() {
    check_steps(|seen| {
        if ![0, 1].contains(&seen.plan.code) || ![0, 1].contains(&seen.update.code) {
            return format!("{:#?}\n{:#?}", seen.plan, seen.update);
        }
        let show = |value: &Value| BTreeMap::from([("plan".to_owned(), format!("{value:#}\n"))]);
        want::diff(&seen.name, &show(&seen.plan.json()), &show(&seen.update.json()["plan"]))
    });
}

#[test]
fn law_4_eight_at_once_lose_nothing() {
    let story = story::repositories().into_iter().find(|story| story.name == "shop").unwrap();
    let alone = play(&story);
    let ran = alone.trainset(&["update"]);
    assert_eq!(ran.code, 0, "{ran:#?}");

    let sandbox = play(&story);
    let start = |_| {
        let mut command = sandbox.trainset_command(&["update"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..8).map(start).collect();
    for child in children {
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert!(ran.code == 0 || !ran.stderr.is_empty(), "failed without a word: {ran:#?}");
    }
    let ran = sandbox.trainset(&["update"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert_eq!(sandbox.tree_id("dataset"), alone.tree_id("dataset"));
    assert!(!sandbox.git_dir().join("refs/heads/dataset.lock").exists(), "a lock was left behind");
    sandbox.fsck();
}

#[test]
fn law_5_the_index_is_a_cache() {
    check(|told| {
        let Sandboxed { without_index, tips, lookup, .. } = &told.sandbox;
        if ![0, 1].contains(&without_index.code) || tips[0] != tips[1] {
            return format!("{tips:?} {without_index:#?}");
        }
        let Some((path, before, after)) = lookup else {
            return String::new();
        };
        let found = |ran: &Ran| ran.code == 0 && ran.stdout.contains(path.as_str());
        if found(before) && found(after) { String::new() } else { format!("{path}: {before:#?}\n{after:#?}") }
    });
}

#[test]
fn law_7_every_sample_is_true_at_the_tip() {
    check(|told| said_no(&told.sandbox.verify));
}

#[test]
fn law_8_nothing_else_is_touched() {
    check_steps(|seen| {
        let [before, after] = &seen.untouched;
        if before == after { String::new() } else { format!("before: {before:#?}\nafter: {after:#?}") }
    });
}

#[test]
fn git_finds_no_fault() {
    check(|told| said_no(&told.sandbox.fsck));
}

#[test]
fn each_story_ends_as_wanted() {
    check(|told| {
        let steps = told.steps.iter().map(|seen| format!("{}: {}\n", seen.name, seen.summary)).collect();
        if told.is_story { want::compare(&told.story, &told.dataset, steps) } else { String::new() }
    });
}

fn said_no(ran: &Ran) -> String {
    if ran.code == 0 { String::new() } else { format!("{ran:#?}") }
}

/// Holds every story to a law; the answer of `law` is what is wrong.
#[track_caller]
fn check(law: impl Fn(&Told) -> String) {
    let faults = told().iter().map(|told| (&told.story.name, law(told)));
    let faults: Vec<String> = faults.filter(|(_, wrong)| !wrong.is_empty()).map(|(name, wrong)| format!("{name}\n{wrong}")).collect();
    assert!(faults.is_empty(), "{} stories\n{}", faults.len(), faults.join("\n"));
}

/// Holds every step of every story to a law.
#[track_caller]
fn check_steps(law: impl Fn(&Seen) -> String) {
    check(|told| {
        let faults = told.steps.iter().map(|seen| (&seen.name, law(seen)));
        faults.filter(|(_, wrong)| !wrong.is_empty()).map(|(name, wrong)| format!("{name}: {wrong}\n")).collect()
    });
}

fn told() -> &'static [Told] {
    static TOLD: OnceLock<Vec<Told>> = OnceLock::new();
    TOLD.get_or_init(|| {
        let stories: Vec<(Story, bool)> = story::all().into_iter().map(|story| (story, true)).collect();
        let repositories = story::repositories().into_iter().map(|story| (story, false));
        let stories: Vec<_> = stories.into_iter().chain(repositories).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let take = || stories.get(next.fetch_add(1, Ordering::Relaxed));
            std::iter::from_fn(take).map(|(story, _)| (story.name.clone(), tell(story))).collect::<Vec<_>>()
        };
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let mut seen: BTreeMap<String, _> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        let tell = |(story, is_story): (Story, bool)| {
            let (steps, sandbox, dataset, rebuilt) = seen.remove(&story.name).unwrap();
            Told { story, is_story, steps, sandbox, rebuilt, dataset }
        };
        stories.into_iter().map(tell).collect()
    })
}

type Dataset = BTreeMap<String, Vec<u8>>;

fn tell(story: &Story) -> (Vec<Seen>, Sandboxed, Dataset, Dataset) {
    let mut sandbox = Sandbox::new();
    let mut steps = Vec::new();
    for step in &story.steps {
        step.play(&mut sandbox).unwrap();
        sandbox.populate();
        steps.push(look(&step.name, &sandbox));
    }
    let fresh = play(story);
    fresh.trainset(&["update"]);
    let dataset = sandbox.dataset();
    (steps, look_at_the_end(&sandbox, &dataset), dataset, fresh.dataset())
}

fn play(story: &Story) -> Sandbox {
    let mut sandbox = Sandbox::new();
    for step in &story.steps {
        step.play(&mut sandbox).unwrap();
    }
    sandbox
}

fn look(name: &str, sandbox: &Sandbox) -> Seen {
    let tip = || sandbox.commit_id("refs/heads/dataset");
    let untouched = sandbox.untouched();
    let before = tip();
    let plan = sandbox.trainset(&["plan", "--json"]);
    let update = sandbox.trainset(&["update", "--json"]);
    let (after, index) = (tip(), index(sandbox));
    let summary = if before == after { "nothing".to_owned() } else { summary(sandbox) };
    let again = sandbox.trainset(&["update"]);
    Seen {
        name: name.to_owned(),
        plan,
        summary: if update.code == 0 { summary } else { format!("{summary} (exit {})", update.code) },
        update,
        again,
        tips: [before, after, tip()],
        indexes: [index, self::index(sandbox)],
        untouched: [untouched, sandbox.untouched()],
    }
}

fn look_at_the_end(sandbox: &Sandbox, dataset: &Dataset) -> Sandboxed {
    let verify = sandbox.trainset(&["verify"]);
    let wanted = first_symbol(dataset);
    let query = || wanted.as_ref().map(|(_, symbol)| sandbox.trainset(&["query", symbol]));
    let before = query();
    let tip = sandbox.commit_id("dataset");
    if sandbox.index_dir().is_dir() {
        fs::remove_dir_all(sandbox.index_dir()).unwrap();
    }
    let without_index = sandbox.trainset(&["update"]);
    let tips = [tip, sandbox.commit_id("dataset")];
    let lookup = before.zip(query()).zip(wanted.as_ref());
    let lookup = lookup.map(|((before, after), (path, _))| (path.clone(), before, after));
    let fsck = sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    Sandboxed { verify, fsck, without_index, tips, lookup }
}

/// What the dataset's last commit says of itself, on one line, without its trailers.
fn summary(sandbox: &Sandbox) -> String {
    let message = sandbox.message("dataset").unwrap();
    let lines = message.lines().take_while(|line| !line.starts_with("Source-Commit:"));
    lines.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

fn index(sandbox: &Sandbox) -> Files {
    let mut files = Files::new();
    walk(&sandbox.index_dir(), &sandbox.index_dir(), &mut files);
    files
}

/// Path and name of the first thing that a sample is about.
fn first_symbol(dataset: &Dataset) -> Option<(String, String)> {
    let (_, rows) = dataset.iter().find(|(path, _)| path.starts_with("qa/"))?;
    let row: Value = serde_json::from_slice(rows.split(|byte| *byte == b'\n').next()?).ok()?;
    let subject = &row["evidence"][0];
    let name = subject["symbol"].as_str()?.rsplit(['.', ':']).next()?;
    Some((subject["path"].as_str()?.to_owned(), name.to_owned()))
}

/// The paths that `dataset.json` lists as held, be they words or objects with a `path`.
fn held(dataset: &Dataset) -> BTreeSet<String> {
    let manifest = dataset.get("dataset.json").and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let held = manifest.as_ref().and_then(|manifest| manifest["held"].as_array()).into_iter().flatten();
    held.filter_map(|held| held.as_str().or(held["path"].as_str()).map(str::to_owned)).collect()
}

#[test]
fn a_story_that_stays_broken_holds_its_file() {
    let story = story::all().into_iter().find(|story| story.name.ends_with("stays-broken")).unwrap();
    let told = told().iter().find(|told| told.story.name == story.name).unwrap();
    assert_eq!(held(&told.dataset), BTreeSet::from(["app/shipping.py".to_owned()]));
    assert!(told.dataset.keys().any(|path| path.ends_with("app/shipping.py.jsonl")), "its samples are gone");
}
