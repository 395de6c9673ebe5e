//! `ci github` in a runner as GitHub Actions makes one: its variables, its files, its checkouts.

use std::path::PathBuf;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::remote::{Place, Remote};
use crate::sandbox::Ran;

/// One run of a job.
struct Runner<'r> {
    place: Place<'r>,
    event: &'static str,
    git_ref: String,
    payload: String,
}

/// What the step left behind.
struct Step {
    ran: Ran,
    summary: String,
    outputs: String,
}

impl Step {
    #[track_caller]
    fn output(&self, name: &str) -> &str {
        let line = self.outputs.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("no output `{name}` in {} of {:#?}", self.outputs, self.ran))
    }

    fn annotations(&self) -> Vec<&str> {
        self.ran.stdout.lines().filter(|line| line.starts_with("::")).collect()
    }
}

impl<'r> Runner<'r> {
    fn push(place: Place<'r>) -> Self {
        let payload = r#"{"before": "0000", "after": "0000", "repository": {"default_branch": "main"}}"#.to_owned();
        Self { place, event: "push", git_ref: "refs/heads/main".to_owned(), payload }
    }

    /// A pull request of what `place` has checked out: the runner checks out its merge, on no branch.
    fn pull(place: Place<'r>, base: &str, head: &str) -> Self {
        let payload = format!(
            r#"{{"pull_request": {{"base": {{"ref": "main", "sha": "{base}"}}, "head": {{"repo": {{"full_name": "{head}"}}}}}}, "repository": {{"default_branch": "main"}}}}"#
        );
        Self { place, event: "pull_request", git_ref: "refs/pull/1/merge".to_owned(), payload }
    }

    fn command(&self) -> std::process::Command {
        let [event, summary, output] = self.files();
        std::fs::write(&event, &self.payload).unwrap();
        for file in [&summary, &output] {
            std::fs::write(file, "").unwrap();
        }
        let mut command = self.place.tool_command(&["ci", "github"]);
        let commit = self.place.line(&["rev-parse", "HEAD"]);
        for (name, value) in [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", self.event),
            ("GITHUB_REF", &self.git_ref),
            ("GITHUB_SHA", &commit),
            ("GITHUB_REPOSITORY", "us/shop"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("TRAINSET_TOKEN", "s3cret-token"),
        ] {
            command.env(name, value);
        }
        command.env("GITHUB_EVENT_PATH", event).env("GITHUB_STEP_SUMMARY", summary).env("GITHUB_OUTPUT", output);
        command
    }

    fn files(&self) -> [PathBuf; 3] {
        let file = |ending: &str| self.place.folder.with_extension(ending);
        [file("event"), file("summary"), file("output")]
    }

    fn run(&self) -> Step {
        let ran: Ran = self.command().output().unwrap().into();
        let [_, summary, output] = self.files().map(|file| std::fs::read_to_string(file).unwrap());
        for text in [&ran.stdout, &ran.stderr, &summary, &output] {
            assert!(!text.contains("s3cret"), "a token was shown: {text}");
        }
        Step { ran, summary, outputs: output }
    }

    #[track_caller]
    fn runs(&self) -> Step {
        let step = self.run();
        assert_eq!(step.ran.code, 0, "{:#?}", step.ran);
        step
    }
}

#[test]
fn the_first_run_and_the_next() {
    let remote = Remote::new();
    let first = Runner::push(remote.clone("first")).runs();
    assert_eq!((first.output("pushed"), first.output("dataset-commit")), ("true", &*remote.there().line(&["rev-parse", "dataset"])));
    assert!(first.summary.starts_with("## Dataset\n\nPushed: the dataset "), "{}", first.summary);
    remote.is_whole();

    let person = remote.clone("person");
    person.merges("app/stock.py", 7);
    person.write("app/bro,ken%.py", 1);
    std::fs::write(person.folder.join("app/bro,ken%.py"), "def broken(:\n").unwrap();
    person.commit("broken");
    person.git(&["push", "-q", "origin", "main"]);
    let second = Runner::push(remote.clone("second")).runs();
    assert_ne!(second.output("remade"), "0");
    let commit = remote.there().line(&["rev-parse", "main"]);
    let link = format!("](https://github.com/us/shop/blob/{commit}/app/stock.py#L1-L5) |");
    assert!(second.summary.contains(&link), "{}", second.summary);
    assert_eq!(second.annotations().len(), 1, "{:#?}", second.ran);
    assert!(second.annotations()[0].starts_with("::warning file=app/bro%2Cken%25.py,line=1,title=not read::"));
    let again = Runner::push(remote.clone("again")).runs();
    assert_eq!((again.output("pushed"), again.output("made")), ("false", "0"));
}

#[test]
fn a_pull_request_is_a_preview() {
    let remote = Remote::new();
    Runner::push(remote.clone("first")).runs();
    let tip = remote.there().line(&["rev-parse", "dataset"]);
    for (name, head) in [("own", "us/shop"), ("fork", "them/shop")] {
        let place = remote.clone(name);
        let base = place.line(&["rev-parse", "HEAD"]);
        place.git(&["checkout", "-q", "-b", "topic"]);
        place.write("app/stock.py", 9);
        place.write("app/a|<b>.py", 9);
        let topic = place.commit("topic");
        place.git(&["checkout", "-q", "--detach", &base]);
        place.git(&["merge", "-q", "--no-ff", "--no-edit", &topic]);
        place.git(&["branch", "-q", "-D", "main", "topic"]);
        let step = Runner::pull(place, &base, head).runs();
        assert_eq!(step.output("pushed"), "false");
        assert!(step.summary.contains("### 1 function changes\n") && step.summary.contains("samples go stale\n"), "{}", step.summary);
        assert!(step.summary.contains("app/a\\|&lt;b&gt;.py"), "{}", step.summary);
        assert!(step.summary.contains("The cost: 0 calls of a model, 0 tokens, at most $0.00."));
        assert_eq!(step.summary.contains("no key was looked at"), head == "them/shop", "{}", step.summary);
    }
    assert_eq!(remote.there().line(&["rev-parse", "dataset"]), tip);
}

#[test]
fn only_the_tracked_branch_is_pushed() {
    let remote = Remote::new();
    Runner::push(remote.clone("first")).runs();
    let tip = remote.there().line(&["rev-parse", "dataset"]);
    let mut runner = Runner::push(remote.clone("side"));
    runner.place.git(&["checkout", "-q", "-b", "side"]);
    runner.place.write("app/stock.py", 3);
    runner.place.commit("side");
    runner.git_ref = "refs/heads/side".to_owned();
    let step = runner.runs();
    assert!(step.summary.contains("the dataset follows \\`main\\`: nothing is pushed"), "{}", step.summary);
    assert!(step.summary.contains("### 1 function changes\n"), "{}", step.summary);
    let mut unwanted = Runner::push(remote.clone("unwanted"));
    unwanted.place.merges("app/stock.py", 4);
    unwanted.git_ref = "refs/heads/main".to_owned();
    let mut command = unwanted.command();
    let ran: Ran = command.env("TRAINSET_PUSH", "false").output().unwrap().into();
    assert!(ran.code == 0 && ran.stdout.contains("A preview of "), "{ran:#?}");
    assert_eq!(remote.there().line(&["rev-parse", "dataset"]), tip);
}

#[test]
fn a_shallow_checkout_is_explained() {
    let remote = Remote::new();
    Runner::push(remote.clone("first")).runs();
    remote.clone("person").merges("app/stock.py", 5);
    let step = Runner::push(remote.clone_with("shallow", &["--depth=1"])).runs();
    assert_eq!(step.output("pushed"), "true");
    assert!(step.annotations()[0].starts_with("::notice ") && step.annotations()[0].contains("`fetch-depth: 0`"), "{:#?}", step.ran);
    assert!(step.summary.contains("fetch-depth: 0"));
    remote.is_whole();

    let place = remote.clone_with("shallow-pull", &["--depth=1"]);
    let base = place.line(&["rev-parse", "HEAD"]);
    place.git(&["checkout", "-q", "--detach"]);
    place.write("app/stock.py", 6);
    place.commit("topic");
    let pull = Runner::pull(place, "1111111111111111111111111111111111111111", "us/shop").runs();
    assert!(pull.summary.contains("fetch-depth: 0") && pull.summary.contains("samples go stale"), "{}\n{base}", pull.summary);
}

#[test]
fn a_cancelled_run_is_run_again() {
    let remote = Remote::new();
    for (state, instant) in [4, 12, 25, 45].into_iter().enumerate() {
        remote.clone(&format!("person-{state}")).merges("app/stock.py", state + 1);
        let runner = Runner::push(remote.clone(&format!("job-{state}")));
        let mut run = runner.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(instant));
        run.kill().ok();
        run.wait().unwrap();
    }
    Runner::push(remote.clone("last")).runs();
    remote.is_whole();
}

#[test]
fn jobs_that_overlap_and_come_late_lose_nothing() {
    let remote = Remote::new();
    let person = remote.clone("person");
    // Every job has its checkout before the first one runs.
    let jobs: Vec<Runner> = (1..=5)
        .map(|state| {
            person.merges("app/stock.py", state);
            Runner::push(remote.clone(&format!("job-{state}")))
        })
        .collect();
    let commands: Vec<_> = jobs.iter().rev().map(Runner::command).collect();
    std::thread::scope(|scope| {
        let running: Vec<_> = commands.into_iter().map(|mut job| scope.spawn(move || Ran::from(job.output().unwrap()))).collect();
        for job in running {
            let ran = job.join().unwrap();
            assert_eq!(ran.code, 0, "{ran:#?}");
        }
    });
    remote.is_whole();
    // Run again by hand, an old job finds that others are ahead of it.
    assert!(jobs[0].runs().summary.contains("mirrors a newer commit than"));
    remote.is_whole();
}

#[test]
fn trouble_is_an_annotation_and_a_failed_step() {
    let remote = Remote::new();
    let place = remote.clone("broken");
    std::fs::write(place.folder.join(".trainset.toml"), "qa_cuont = 2\n").unwrap();
    place.commit("settings");
    let step = Runner::push(place).run();
    assert_eq!(step.ran.code, 2);
    assert!(step.annotations()[0].starts_with("::error title=trainset::error: .trainset.toml has the unknown key"), "{:#?}", step.ran);
    assert!(step.summary.contains("unknown key") && step.ran.stderr.contains("mend: write `qa_count`"));
    let outside = remote.clone("outside").tool(&["ci", "github"]);
    assert!(outside.code == 2 && outside.stderr.contains("mend: `git trainset update --push` is the same step"), "{outside:#?}");
}
