//! The action, the workflows and the snippets for other programs: what a typed reader makes of them.

use std::path::{Path, PathBuf};

use github_actions_models::action::{Action, Runs, StepBody};
use github_actions_models::common::{Permissions, Uses};
use github_actions_models::workflow::job::Step;
use github_actions_models::workflow::{Job, Workflow};
use serde_json::Value;

use crate::sandbox::Sandbox;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    yaml_serde::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn workflows() -> Vec<(String, Workflow)> {
    let mut found: Vec<_> = std::fs::read_dir(root().join(".github/workflows"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(&path)))
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Steps may use what lies here, or a commit of somebody else's.
#[track_caller]
fn is_pinned(uses: &Uses) {
    match uses {
        Uses::Repository(other) => {
            let reference = other.git_ref();
            assert!(reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit()), "not pinned: {other:?}");
        }
        Uses::Local(_) => (),
        other => panic!("neither here nor pinned: {other:?}"),
    }
}

#[test]
fn workflows_may_do_little_and_not_for_long() {
    let workflows = workflows();
    assert_eq!(workflows.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["ci.yml", "dataset.yml", "release.yml"]);
    for (name, workflow) in &workflows {
        let nothing = matches!(&workflow.permissions, Permissions::Explicit(permissions) if permissions.is_empty());
        assert!(nothing, "{name}: permissions belong to the jobs");
        assert!(workflow.concurrency.is_some(), "{name}: runs may collide");
        for (id, job) in &workflow.jobs {
            let Job::NormalJob(job) = job else { panic!("{name}: {id} calls another workflow") };
            assert!(job.timeout_minutes.is_some(), "{name}: {id} may run for ever");
            assert!(!matches!(job.permissions, Permissions::Base(_)), "{name}: {id} does not say what it may do");
            for step in &job.steps {
                if let Step::Uses(step) = step {
                    is_pinned(&step.uses);
                    let keeps =
                        format!("{:?}", step.uses).contains("checkout") && !format!("{:?}", step.with).contains("persist-credentials");
                    assert!(!keeps, "{name}: {id} leaves its token on the disk");
                }
            }
        }
    }
}

#[test]
fn inputs_of_the_action_go_through_the_environment() {
    let action: Action = read(&root().join("action.yml"));
    let Runs::Composite(runs) = &action.runs else { panic!("not composite") };
    for step in &runs.steps {
        match &step.body {
            StepBody::Uses { uses, .. } => is_pinned(uses),
            StepBody::Run { run, .. } => assert!(!run.contains("${{"), "an expression in a script: {run}"),
        }
    }
}

#[test]
fn the_outputs_of_the_action_are_those_of_the_tool() {
    let action: Action = read(&root().join("action.yml"));
    let sandbox = Sandbox::new();
    let output = sandbox.root().join("output");
    assert_eq!(sandbox.git(&["-c", "user.name=a", "-c", "user.email=b", "commit", "-q", "--allow-empty", "-m", "one"]).code, 0);
    let mut command = sandbox.trainset_command(&["ci", "github"]);
    let ran = command.env("GITHUB_EVENT_NAME", "push").env("GITHUB_REF", "refs/tags/v1").env("GITHUB_OUTPUT", &output).output().unwrap();
    assert!(ran.status.success(), "{ran:#?}");
    let written = std::fs::read_to_string(output).unwrap();
    let written: Vec<&str> = written.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    for (name, _) in &action.outputs {
        assert!(written.contains(&name.as_str()), "the tool gives no `{name}`");
    }
}

#[test]
fn snippets_name_every_event_and_no_other() {
    let status = Sandbox::new().trainset(&["hook", "status", "--json"]).json();
    let events: Vec<String> =
        status["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect();
    let lefthook: Value = read(&root().join("hooks/lefthook.yml"));
    let mut named: Vec<&String> = lefthook.as_object().unwrap().keys().collect();
    named.sort();
    let mut wanted: Vec<&String> = events.iter().collect();
    wanted.sort();
    assert_eq!(named, wanted);
    let config: Value = read(&root().join("hooks/pre-commit.yaml"));
    let manifest: Value = read(&root().join(".pre-commit-hooks.yaml"));
    for hooks in [&config["repos"][0]["hooks"], &manifest] {
        let mut stages: Vec<&str> = Vec::new();
        for hook in hooks.as_array().unwrap() {
            let event = hook["entry"].as_str().unwrap().strip_prefix("git-trainset hook run ").unwrap();
            assert!(events.iter().any(|known| known == event), "{event}");
            assert_eq!((&hook["always_run"], &hook["pass_filenames"]), (&true.into(), &false.into()));
            stages.extend(hook["stages"].as_array().unwrap().iter().map(|stage| stage.as_str().unwrap()));
        }
        stages.sort();
        assert_eq!(stages, wanted.iter().map(|event| event.as_str()).collect::<Vec<_>>());
    }
    let husky = std::fs::read_to_string(root().join("hooks/husky.txt")).unwrap();
    for event in &events {
        assert!(husky.contains(&format!("hook run {event}")));
    }
}
