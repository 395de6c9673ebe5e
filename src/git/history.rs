//! How commits stand to each other.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use gix::prelude::ObjectIdExt;

use super::append::EMAIL;
use super::{Oid, Repository};

/// Whether something is so, where the history at hand may be too short to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Yes,
    No,
    /// The clone is shallow, and the answer lies beyond its end.
    Beyond,
}

impl Repository {
    /// Does this clone hold only the last part of the history?
    pub(crate) fn is_shallow(&self) -> bool {
        self.raw().is_shallow().unwrap_or(false)
    }

    /// Whether `new` is `old` or comes after it.
    pub(crate) fn contains(&self, new: Oid, old: Oid) -> Result<Known> {
        if new == old {
            return Ok(Known::Yes);
        }
        let unknown = if self.is_shallow() { Known::Beyond } else { Known::No };
        let here = |id: Oid| self.raw().objects.exists_without_refresh(&id.raw());
        if !here(old) || !here(new) {
            return Ok(unknown);
        }
        let base = self.raw().merge_base(new.raw(), old.raw()).with_context(|| format!("could not compare `{new}` and `{old}`"))?;
        Ok(match base {
            Some(base) if base.detach() == old.raw() => Known::Yes,
            // In a cut history a true ancestor may look like a stranger, but never the other way round.
            Some(base) if base.detach() == new.raw() => Known::No,
            _ => unknown,
        })
    }

    /// The parents of a commit, as it names them; none where the commit is not here.
    pub(crate) fn parents(&self, commit: Oid) -> Result<Vec<Oid>> {
        let failed = || format!("could not read the commit `{commit}`");
        let Some(object) = self.raw().try_find_object(commit.raw()).with_context(failed)? else { return Ok(Vec::new()) };
        Ok(object.try_into_commit().with_context(failed)?.parent_ids().map(|id| Oid::from(id.detach())).collect())
    }

    /// The newest commit that both have in their history, if this clone holds it.
    pub(crate) fn fork_point(&self, one: Oid, two: Oid) -> Result<Option<Oid>> {
        let here = |id: Oid| self.raw().objects.exists_without_refresh(&id.raw());
        if !here(one) || !here(two) {
            return Ok(None);
        }
        let base = self.raw().merge_base(one.raw(), two.raw()).with_context(|| format!("could not compare `{one}` and `{two}`"))?;
        Ok(base.map(|base| Oid::from(base.detach())))
    }

    /// Where `origin` was last seen to have a branch.
    pub(crate) fn remote_branch(&self, branch: &str) -> Result<Option<Oid>> {
        let name = format!("refs/remotes/origin/{branch}");
        let found = self.raw().try_find_reference(&name).with_context(|| format!("could not read `{name}`"))?;
        Ok(found.and_then(|found| found.try_id().map(|id| Oid::from(id.detach()))))
    }

    /// The commits of one tip that are not in the history of another, newest first.
    pub(crate) fn commits_beyond(&self, tip: Oid, known: Option<Oid>) -> Result<Vec<Oid>> {
        let failed = || format!("could not walk the history of `{tip}`");
        let walk = self.raw().rev_walk([tip.raw()]).with_hidden(known.map(Oid::raw)).all().with_context(failed)?;
        walk.map(|commit| commit.map(|commit| Oid::from(commit.id)).with_context(failed)).collect()
    }

    /// The commits among these that were not made by an update, which could make them again.
    pub(crate) fn made_by_others(&self, commits: &[Oid]) -> Result<BTreeSet<Oid>> {
        let mut found = BTreeSet::new();
        for id in commits {
            let failed = || format!("could not read the commit `{id}`");
            let commit = id.raw().attach(self.raw()).object().with_context(failed)?.into_commit();
            let by_us = commit.committer().with_context(failed)?.email == EMAIL;
            let one_parent = commit.parent_ids().count() < 2;
            if !by_us || !one_parent {
                found.insert(*id);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::{Sandbox, append};
    use super::super::{Oid, Repository};
    use super::Known;

    #[test]
    fn before_after_and_beside() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        let one = sandbox.commit("one", &[]);
        let two = sandbox.commit("two", &[]);
        sandbox.git(&["checkout", "-q", "-b", "side", &one.to_string()]);
        let side = sandbox.commit("side", &[]);
        let repository = sandbox.open();
        let contains = |new, old| repository.contains(new, old).unwrap();
        assert_eq!([contains(two, one), contains(one, one), contains(one, two)], [Known::Yes, Known::Yes, Known::No]);
        assert_eq!([contains(two, side), contains(side, two)], [Known::No, Known::No]);
        assert_eq!(contains(two, Oid::parse(&"1".repeat(40)).unwrap()), Known::No);
        assert_eq!(repository.commits_beyond(two, Some(side)).unwrap(), [two]);
        assert_eq!(repository.commits_beyond(two, None).unwrap().len(), 3);
    }

    #[test]
    fn a_shallow_clone_does_not_know() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        let old = sandbox.commit("one", &[]);
        let new = sandbox.commit("two", &[]);
        let url = format!("file://{}", sandbox.path("").display());
        sandbox.git(&["clone", "-q", "--depth=1", &url, "../cut"]);
        let cut = Repository::open(&sandbox.path("../cut")).unwrap();
        assert!(cut.is_shallow() && !sandbox.open().is_shallow());
        assert_eq!(cut.contains(new, old).unwrap(), Known::Beyond);
        assert_eq!(cut.contains(new, new).unwrap(), Known::Yes);
    }

    #[test]
    fn who_made_a_commit() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        let repository = sandbox.open();
        let ours = append(&repository, &[("a", Some("1"))]).unwrap().unwrap().commit;
        let theirs = repository.tip(None).unwrap().unwrap().commit;
        assert_eq!(repository.made_by_others(&[ours, theirs]).unwrap().into_iter().collect::<Vec<_>>(), [theirs]);
    }
}
