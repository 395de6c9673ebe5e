//! Another copy of the repository: what it has, fetched; what we have, pushed.
//!
//! The `git` program does the transfer, so whatever it knows of credentials, proxies and certificates holds.
//! Nothing here forces: a push that is not a step forward is refused by the other side, and said to be.

use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use super::binary::{run, told};
use super::{Oid, Repository};

/// A token for one server, in place of what git would ask for.
#[derive(Clone)]
pub(crate) struct Login {
    /// Address of the server, such as `https://github.com`.
    pub server: String,
    pub token: String,
}

/// A remote of the repository, by its name.
pub(crate) struct Remote<'r> {
    repository: &'r Repository,
    name: String,
    login: Option<Login>,
}

/// How a push ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Push {
    Done,
    /// The other side would not have it, and why: somebody was faster, or a rule forbids it.
    Refused(String),
}

impl Repository {
    /// The remote with this name, or the one that `branch` belongs to.
    pub(crate) fn remote(&self, name: Option<&str>, branch: &str, login: Option<Login>) -> Result<Remote<'_>> {
        let names: Vec<String> = self.raw().remote_names().iter().map(ToString::to_string).collect();
        let upstream = self.setting(&format!("branch.{branch}.remote")).filter(|upstream| names.contains(upstream));
        let usual = upstream.or_else(|| names.iter().find(|name| *name == "origin").cloned());
        let alone = names.first().filter(|_| names.len() == 1).cloned();
        let name = match name {
            Some(name) if names.iter().any(|known| known == name) => name.to_owned(),
            Some(name) => bail!("no remote is called `{}`\nmend: use one of {}", name.escape_debug(), in_words(&names)),
            None => match usual.or(alone) {
                Some(name) => name,
                None => bail!(
                    "it is not clear where to push\nbecause: the remotes are {}\nmend: name one with `--remote`, or add one with `git remote add origin URL`",
                    in_words(&names)
                ),
            },
        };
        Ok(Remote { repository: self, name, login })
    }
}

impl Remote<'_> {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where these branches stand over there, right now.
    pub(crate) fn tips<const N: usize>(&self, branches: [&str; N]) -> Result<[Option<Oid>; N]> {
        let refs = branches.map(|branch| format!("refs/heads/{branch}"));
        let mut arguments = vec!["ls-remote", "--quiet", &self.name];
        arguments.extend(refs.iter().map(String::as_str));
        let said = self.talk(&arguments)?;
        let said = String::from_utf8_lossy(&said.stdout);
        let lines: Vec<(&str, &str)> = said.lines().filter_map(|line| line.split_once('\t')).collect();
        let mut tips = [None; N];
        for (tip, name) in tips.iter_mut().zip(&refs) {
            *tip = lines.iter().find(|(_, known)| known == name).map(|(id, _)| Oid::parse(id)).transpose()?;
        }
        Ok(tips)
    }

    /// Fetches the history of branches that are there. Only `tracked`, the tool's own, gets a ref here: its
    /// remote-tracking one.
    pub(crate) fn fetch(&self, tracked: Option<&str>, others: &[&str]) -> Result<()> {
        let own = tracked.map(|branch| format!("+refs/heads/{branch}:refs/remotes/{}/{branch}", self.name));
        let others = others.iter().map(|branch| format!("refs/heads/{branch}"));
        let refs: Vec<String> = own.into_iter().chain(others).collect();
        if refs.is_empty() {
            return Ok(());
        }
        let mut arguments = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap="];
        arguments.push(&self.name);
        arguments.extend(refs.iter().map(String::as_str));
        self.talk(&arguments).map(drop)
    }

    /// What the last fetch or push saw of a branch over there.
    pub(crate) fn tracked(&self, branch: &str) -> Result<Option<Oid>> {
        let name = format!("refs/remotes/{}/{branch}", self.name);
        let found = self.repository.raw().try_find_reference(&name).with_context(|| format!("could not read `{name}`"))?;
        Ok(found.and_then(|found| found.try_id().map(|id| Oid::from(id.detach()))))
    }

    /// Brings a branch over there forward to where it is here.
    pub(crate) fn push(&self, branch: &str) -> Result<Push> {
        let refs = format!("refs/heads/{branch}:refs/heads/{branch}");
        let arguments = ["push", "--porcelain", "--no-recurse-submodules", &self.name, &refs];
        let output = run(&mut self.command(&arguments))?;
        if output.status.success() {
            return Ok(Push::Done);
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let refused = said.lines().find_map(|line| line.strip_prefix("!\t")?.split('\t').nth(1));
        match refused {
            Some(reason) => Ok(Push::Refused(reason.to_owned())),
            None => bail!(self.failed("push", &output)),
        }
    }

    fn talk(&self, arguments: &[&str]) -> Result<Output> {
        let output = run(&mut self.command(arguments))?;
        if !output.status.success() {
            bail!(self.failed(arguments[0], &output));
        }
        Ok(output)
    }

    fn failed(&self, verb: &str, output: &Output) -> String {
        format!(
            "`git {verb}` did not get through to `{}`\nbecause: {}\nmend: see that `git fetch {0}` works, then run it again; nothing was lost",
            self.name,
            told(output)
        )
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.repository.git(arguments);
        // A hook of ours that this very call sets off has nothing to do.
        command.env("TRAINSET_SKIP", "1");
        if let Some(Login { server, token }) = &self.login {
            // Through the environment, since others can read a command line; and to this server alone.
            let key = format!("credential.{server}.helper");
            let settings =
                [(key.as_str(), ""), (&key, "!f() { echo username=x-access-token; echo \"password=$TRAINSET_PUSH_TOKEN\"; }; f")];
            command.env("GIT_CONFIG_COUNT", settings.len().to_string());
            for (at, (key, value)) in settings.iter().enumerate() {
                command.env(format!("GIT_CONFIG_KEY_{at}"), key).env(format!("GIT_CONFIG_VALUE_{at}"), value);
            }
            command.env("TRAINSET_PUSH_TOKEN", token).env("GIT_TERMINAL_PROMPT", "0");
        }
        command
    }
}

fn in_words(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ") }
}

#[cfg(test)]
mod tests {
    use super::super::Repository;
    use super::super::sandbox::{Sandbox, append};
    use super::{Login, Push};

    /// Two clones of a bare repository.
    fn pair() -> (Sandbox, Repository, Repository) {
        let sandbox = Sandbox::with(&[("a", "1")]);
        sandbox.git(&["init", "-q", "--bare", "-b", "main", "../there"]);
        sandbox.git(&["remote", "add", "origin", "../there"]);
        sandbox.git(&["push", "-q", "origin", "main"]);
        sandbox.git(&["clone", "-q", "../there", "../other"]);
        let other = Repository::open(&sandbox.path("../other")).unwrap();
        let here = sandbox.open();
        (sandbox, here, other)
    }

    #[test]
    fn whoever_is_second_is_refused() {
        let (_sandbox, here, other) = pair();
        append(&here, &[("a", Some("1"))]).unwrap();
        append(&other, &[("a", Some("2"))]).unwrap();
        let (first, second) = (here.remote(None, "main", None).unwrap(), other.remote(None, "main", None).unwrap());
        assert_eq!(first.tips(["dataset"]).unwrap(), [None]);
        assert_eq!(first.push("dataset").unwrap(), Push::Done);
        assert!(matches!(second.push("dataset").unwrap(), Push::Refused(reason) if reason.contains("fetch first")));
        let [dataset, main, none] = second.tips(["dataset", "main", "nothing"]).unwrap();
        assert_eq!((dataset, none), (here.dataset("dataset").unwrap().map(|tip| tip.commit), None));
        assert_eq!(second.tracked("dataset").unwrap(), None);
        second.fetch(Some("dataset"), &["main"]).unwrap();
        assert_eq!(second.tracked("dataset").unwrap(), dataset);
        assert!(matches!(second.push("dataset").unwrap(), Push::Refused(reason) if reason.contains("non-fast-forward")));
        assert!(main.is_some());
    }

    #[test]
    fn a_fetch_moves_no_other_ref() {
        let (sandbox, here, other) = pair();
        append(&here, &[("a", Some("1"))]).unwrap();
        sandbox.commit("two", &[("a", "2")]);
        sandbox.git(&["push", "-q", "origin", "main", "dataset"]);
        let refs = || sandbox.git_in(&sandbox.path("../other"), &["for-each-ref", "--format=%(refname) %(objectname)"]);
        let before = refs();
        other.remote(None, "main", None).unwrap().fetch(Some("dataset"), &["main"]).unwrap();
        let now = refs();
        let more: Vec<&str> = now.lines().filter(|line| !before.contains(line)).collect();
        assert_eq!(more.len(), 1, "{more:?}");
        assert!(more[0].starts_with("refs/remotes/origin/dataset "));
        assert!(!sandbox.path("../other/.git/FETCH_HEAD").exists());
    }

    #[test]
    fn which_remote() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        let name = |asked: Option<&str>| sandbox.open().remote(asked, "main", None).map(|remote| remote.name().to_owned());
        assert!(name(None).unwrap_err().to_string().contains("the remotes are none"));
        sandbox.git(&["remote", "add", "one", "../one"]);
        assert_eq!(name(None).unwrap(), "one");
        sandbox.git(&["remote", "add", "two", "../two"]);
        assert!(name(None).unwrap_err().to_string().contains("mend: name one with `--remote`"));
        sandbox.git(&["config", "branch.main.remote", "two"]);
        assert_eq!((name(None).unwrap().as_str(), name(Some("one")).unwrap().as_str()), ("two", "one"));
        assert!(name(Some("three")).is_err());
    }

    #[test]
    fn no_way_through_is_said() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        sandbox.git(&["remote", "add", "origin", "../nowhere"]);
        let repository = sandbox.open();
        let remote = repository.remote(None, "main", None).unwrap();
        let error = remote.tips(["main"]).unwrap_err().to_string();
        assert!(error.starts_with("`git ls-remote` did not get through to `origin`\nbecause: ") && error.contains("mend: "), "{error}");
    }

    #[test]
    fn a_token_is_for_its_server_alone_and_on_no_command_line() {
        let (_sandbox, here, _) = pair();
        let login = Login { server: "https://example.org".to_owned(), token: "s3cret".to_owned() };
        let remote = here.remote(None, "main", Some(login)).unwrap();
        let filled = |host: &str| {
            let mut command = remote.command(&["credential", "fill"]);
            command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
            command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_ASKPASS", "true");
            let mut child = command.spawn().unwrap();
            let asked = format!("protocol=https\nhost={host}\n\n");
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), asked.as_bytes()).unwrap();
            String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
        };
        assert!(filled("example.org").contains("password=s3cret\n"));
        assert!(!filled("example.com").contains("s3cret"));
        let shown = format!("{:?}", remote.command(&["push"]).get_args().collect::<Vec<_>>());
        assert!(!shown.contains("s3cret"));
        assert_eq!(remote.tips(["nothing"]).unwrap(), [None]);
    }
}
