//! From a name that a person or a setting gives to the commit that it means.

use anyhow::{Context, Result, bail};
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::refs::FullName;

use super::{Oid, Repository};

/// How many names an error offers.
const SUGGESTIONS: usize = 3;

/// The commit that a branch, a tag or an id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    pub commit: Oid,
    pub tree: Oid,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
    /// The first line of the message.
    pub subject: String,
}

impl Repository {
    /// The tip of `rev`, or of `HEAD`.
    ///
    /// A local branch of that name wins; then whatever git would take it for: a remote branch, a tag, a full
    /// ref, an id. None when the branch has no commit yet.
    pub(crate) fn tip(&self, rev: Option<&str>) -> Result<Option<Tip>> {
        let commit = match rev {
            None => self.head_commit()?,
            Some(rev) => self.commit_named(rev)?,
        };
        let Some(commit) = commit else {
            return Ok(None);
        };
        let missing = || format!("could not read the commit `{commit}`");
        let commit = self.raw().find_commit(commit).with_context(missing)?;
        let subject = commit.message_raw_sloppy().lines().next().unwrap_or(b"");
        Ok(Some(Tip {
            commit: Oid::from(commit.id),
            tree: Oid::from(commit.tree_id().with_context(missing)?.detach()),
            seconds: commit.time().with_context(missing)?.seconds,
            subject: subject.to_str_lossy().trim().to_owned(),
        }))
    }

    fn head_commit(&self) -> Result<Option<ObjectId>> {
        let head = self.raw().head().context("could not read `HEAD`")?;
        if head.is_unborn() {
            return Ok(None);
        }
        let commit = self.raw().head_commit().context("could not read `HEAD`")?;
        Ok(Some(commit.id))
    }

    fn commit_named(&self, rev: &str) -> Result<Option<ObjectId>> {
        if let Ok(name) = FullName::try_from(format!("refs/heads/{rev}")) {
            let found = self.raw().try_find_reference(&name).with_context(|| format!("could not read the branch `{rev}`"))?;
            if let Some(mut branch) = found.filter(|found| found.name() == name.as_ref()) {
                let commit = branch.peel_to_commit().with_context(|| format!("could not read the branch `{rev}`"))?;
                return Ok(Some(commit.id));
            }
            let head = self.raw().head().context("could not read `HEAD`")?;
            if head.is_unborn() && head.referent_name() == Some(name.as_ref()) {
                return Ok(None);
            }
        }
        let commit =
            self.raw().rev_parse_single(rev).and_then(|id| id.object()).and_then(|object| object.peel_to_kind(gix::objs::Kind::Commit));
        match commit {
            Ok(commit) => Ok(Some(commit.id)),
            Err(_) => bail!("no branch, tag or commit is called `{}`{}", rev.escape_debug(), self.suggestion(rev)?),
        }
    }

    fn suggestion(&self, wanted: &str) -> Result<String> {
        let near = nearest(wanted, self.branch_names()?);
        if near.is_empty() {
            return Ok(String::new());
        }
        let names: Vec<String> = near.iter().map(|name| format!("`{}`", name.escape_debug())).collect();
        Ok(format!("\nmend: perhaps you mean {}", names.join(" or ")))
    }

    /// Local branches, then remote ones, by their short names.
    fn branch_names(&self) -> Result<Vec<String>> {
        let unread = "could not list the branches";
        let references = self.raw().references().context(unread)?;
        let local = references.local_branches().context(unread)?;
        let remote = references.remote_branches().context(unread)?;
        Ok(local.chain(remote).filter_map(Result::ok).map(|branch| branch.name().shorten().to_string()).collect())
    }
}

/// The names most like `wanted`, best first. Those that have nothing in common with it are left out.
fn nearest(wanted: &str, names: Vec<String>) -> Vec<String> {
    let limit = (wanted.chars().count() / 3).max(2);
    let mut near: Vec<(usize, String)> = names
        .into_iter()
        .filter_map(|name| {
            let contained = name.contains(wanted) || wanted.contains(&name);
            let distance = edit_distance(wanted, &name);
            (distance <= limit || contained).then_some((distance, name))
        })
        .collect();
    near.sort();
    near.truncate(SUGGESTIONS);
    near.into_iter().map(|(_, name)| name).collect()
}

/// Insertions, deletions and replacements that turn one word into the other.
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;
    use super::nearest;

    #[test]
    fn every_kind_of_name() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        let one = sandbox.open().tip(None).unwrap().unwrap();
        sandbox.git(&["tag", "-m", "annotated", "v1"]);
        sandbox.git(&["update-ref", "refs/remotes/origin/work", "HEAD"]);
        let two = sandbox.commit("two", &[("a", "b")]);
        let repository = sandbox.open();
        for name in ["v1", "origin/work", "refs/remotes/origin/work", "HEAD~1", &one.commit.to_string()] {
            assert_eq!(repository.tip(Some(name)).unwrap().unwrap(), one, "{name}");
        }
        let tip = repository.tip(Some("main")).unwrap().unwrap();
        assert_eq!(tip.commit, two);
        assert_eq!(tip.subject, "two");
        assert_eq!(tip.seconds, 1_700_000_000);
        assert_eq!(tip.tree.to_string(), sandbox.git(&["rev-parse", "HEAD^{tree}"]));
    }

    #[test]
    fn a_branch_wins_over_a_tag() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        sandbox.git(&["tag", "work"]);
        let two = sandbox.commit("two", &[]);
        sandbox.git(&["branch", "work"]);
        assert_eq!(sandbox.open().tip(Some("work")).unwrap().unwrap().commit, two);
    }

    #[test]
    fn no_commit_yet() {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        assert_eq!(repository.head_branch().unwrap().unwrap(), "main");
        assert_eq!(repository.tip(None).unwrap(), None);
        assert_eq!(repository.tip(Some("main")).unwrap(), None);
        assert!(repository.tip(Some("other")).is_err());
    }

    #[test]
    fn a_detached_head() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        sandbox.git(&["checkout", "-q", "--detach"]);
        let repository = sandbox.open();
        assert_eq!(repository.head_branch().unwrap(), None);
        assert_eq!(repository.tip(None).unwrap().unwrap().subject, "one");
    }

    #[test]
    fn an_unknown_name_gets_a_suggestion() {
        let sandbox = Sandbox::with(&[("a", "a")]);
        let error = sandbox.open().tip(Some("mian")).unwrap_err();
        assert_eq!(error.to_string(), "no branch, tag or commit is called `mian`\nmend: perhaps you mean `main`");
    }

    #[test]
    fn only_like_names_are_near() {
        let names = ["main", "develop", "origin/main", "x"].map(str::to_owned).to_vec();
        assert_eq!(nearest("mani", names.clone()), ["main"]);
        assert_eq!(nearest("main", names.clone()), ["main", "origin/main"]);
        assert!(nearest("feature", names).is_empty());
    }
}
