//! What happened, as a runner of GitHub Actions tells it: variables, and a file of JSON.

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::Value;

/// The runner's variables, read at the front door.
#[derive(Clone, Default)]
pub(crate) struct Runner {
    pub event_name: Option<String>,
    pub event_path: Option<PathBuf>,
    pub git_ref: Option<String>,
    /// What the runner was made for: of a pull request, its merge into the branch.
    pub commit: Option<String>,
    /// `owner/name`.
    pub repository: Option<String>,
    pub server: Option<String>,
    pub token: Option<String>,
    /// Whether a push is wanted at all.
    pub push: bool,
}

/// What set the run off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub name: String,
    /// The branch that it is about; none for a tag, and for a pull request the one it would go to.
    pub branch: Option<String>,
    /// None where the event is no pull request.
    pub pull: Option<Pull>,
    /// The repository's main branch, where the event names it.
    pub default_branch: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pull {
    /// The tip that it started from or was last brought to.
    pub base: Option<String>,
    /// It comes from another repository, whose owner must see no key of this one.
    pub fork: bool,
}

impl Event {
    pub(super) fn read(runner: &Runner) -> anyhow::Result<Self> {
        let Some(name) = runner.event_name.clone() else {
            bail!(
                "this is no runner of GitHub Actions\nbecause: `GITHUB_EVENT_NAME` is not set\nmend: `git trainset update --push` is the same step for any other shell"
            )
        };
        let value: Value = match &runner.event_path {
            None => Value::Null,
            Some(path) => {
                let failed = || format!("could not read the event in `{}`", path.display());
                serde_json::from_slice(&std::fs::read(path).with_context(failed)?).with_context(failed)?
            }
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let pull = Some(&value["pull_request"]).filter(|pull| pull.is_object());
        let of_ref = runner.git_ref.as_deref().and_then(|name| name.strip_prefix("refs/heads/")).map(str::to_owned);
        Ok(Self {
            name,
            branch: pull.map_or(of_ref, |pull| text(&pull["base"]["ref"])),
            pull: pull.map(|pull| Pull {
                base: text(&pull["base"]["sha"]),
                // A fork that was deleted meanwhile has no name left.
                fork: text(&pull["head"]["repo"]["full_name"]).is_none_or(|name| Some(name) != runner.repository),
            }),
            default_branch: text(&value["repository"]["default_branch"]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Runner};

    fn event(name: &str, git_ref: &str, json: &str) -> Event {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), json).unwrap();
        let runner = Runner {
            event_name: Some(name.to_owned()),
            event_path: Some(file.path().to_owned()),
            git_ref: Some(git_ref.to_owned()),
            repository: Some("us/shop".to_owned()),
            ..Runner::default()
        };
        Event::read(&runner).unwrap()
    }

    #[test]
    fn a_push_is_about_its_branch() {
        let push = event("push", "refs/heads/release/1", r#"{"before": "x", "repository": {"default_branch": "main"}}"#);
        assert_eq!((push.branch.as_deref(), push.pull), (Some("release/1"), None));
        assert_eq!(push.default_branch.as_deref(), Some("main"));
        assert_eq!(event("push", "refs/tags/v1", "{}").branch, None);
    }

    #[test]
    fn a_fork_is_told_by_its_name() {
        let pull = |head: &str| {
            let json = format!(r#"{{"pull_request": {{"base": {{"ref": "main", "sha": "12"}}, "head": {{"repo": {head}}}}}}}"#);
            event("pull_request", "refs/pull/3/merge", &json)
        };
        let own = pull(r#"{"full_name": "us/shop"}"#);
        assert_eq!((own.branch.as_deref(), own.pull.unwrap().fork), (Some("main"), false));
        assert!(pull(r#"{"full_name": "them/shop"}"#).pull.unwrap().fork);
        assert!(pull("null").pull.unwrap().fork);
    }

    #[test]
    fn elsewhere_there_is_another_command() {
        let error = Event::read(&Runner::default()).unwrap_err().to_string();
        assert!(error.contains("mend: `git trainset update --push`"), "{error}");
    }
}
