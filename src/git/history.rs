//! How commits stand to each other.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Context, Result};
use gix::prelude::ObjectIdExt;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

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

/// A commit that leads to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ancestor {
    pub id: Oid,
    pub parents: Vec<Oid>,
}

impl Repository {
    /// A commit and those that lead to it, the newest first: at most `most`. A function of the commit alone,
    /// but for a shallow clone, where it ends with what is there.
    pub(crate) fn ancestry(&self, tip: Oid, most: usize) -> Result<Vec<Ancestor>> {
        let failed = || format!("could not walk the history of `{tip}`");
        let newest_first = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
        let walk = self.raw().rev_walk([tip.raw()]).sorting(newest_first).all().with_context(failed)?;
        let ancestor = |commit: gix::revision::walk::Info| Ancestor {
            id: Oid::from(commit.id),
            parents: commit.parent_ids.iter().map(|parent| Oid::from(*parent)).collect(),
        };
        walk.take(most).map(|commit| commit.map(ancestor).with_context(failed)).collect()
    }

    /// A commit and those before it by their first parents, the newest first, up to one that `ends` it: at most `most`.
    /// Each of them is what the branch took in at once.
    pub(crate) fn line(&self, tip: Oid, most: usize, ends: impl Fn(Oid) -> bool) -> Result<Vec<Ancestor>> {
        let mut out = Vec::new();
        let mut next = Some(tip);
        while let Some(id) = next.filter(|id| out.len() < most && !ends(*id)) {
            let parents = self.parents(id)?;
            if parents.is_empty() && !self.has(id) {
                break;
            }
            next = parents.first().copied();
            out.push(Ancestor { id, parents });
        }
        Ok(out)
    }

    /// Does this clone hold only the last part of the history?
    pub(crate) fn is_shallow(&self) -> bool {
        self.raw().is_shallow().unwrap_or(false)
    }

    /// Whether an object is here, be it in a pack that came since this process looked last.
    fn has(&self, id: Oid) -> bool {
        self.raw().has_object(id.raw())
    }

    /// Whether `new` is `old` or comes after it.
    pub(crate) fn contains(&self, new: Oid, old: Oid) -> Result<Known> {
        if new == old {
            return Ok(Known::Yes);
        }
        if !self.has(new) || !self.has(old) {
            return Ok(if self.is_shallow() { Known::Beyond } else { Known::No });
        }
        Ok(match self.reaches(new, old)? {
            true => Known::Yes,
            // In a cut history a true ancestor may look like a stranger, but never the other way round.
            false if self.is_shallow() && !self.reaches(old, new)? => Known::Beyond,
            false => Known::No,
        })
    }

    /// Whether `old` is found on the way back from `new`. Times play no part: those of a dataset are its
    /// sources', which go back when a branch is switched, and gix 0.90 gives wrong merge bases and hides
    /// too little where several commits are of one second, as after a rebase.
    fn reaches(&self, new: Oid, old: Oid) -> Result<bool> {
        let failed = || format!("could not compare `{new}` and `{old}`");
        for commit in self.raw().rev_walk([new.raw()]).all().with_context(failed)? {
            if commit.with_context(failed)?.id == old.raw() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The parents of a commit, as it names them; none where the commit is not here.
    pub(crate) fn parents(&self, commit: Oid) -> Result<Vec<Oid>> {
        let failed = || format!("could not read the commit `{commit}`");
        let Some(object) = self.raw().try_find_object(commit.raw()).with_context(failed)? else { return Ok(Vec::new()) };
        Ok(object.try_into_commit().with_context(failed)?.parent_ids().map(|id| Oid::from(id.detach())).collect())
    }

    /// The newest commit that both have in their history, if this clone holds it.
    pub(crate) fn fork_point(&self, one: Oid, two: Oid) -> Result<Option<Oid>> {
        for (new, old) in [(one, two), (two, one)] {
            if self.contains(new, old)? == Known::Yes {
                return Ok(Some(old));
            }
        }
        if !self.has(one) || !self.has(two) {
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

    /// The commits of one tip that are not in the history of another.
    pub(crate) fn commits_beyond(&self, tip: Oid, known: Oid) -> Result<Vec<Oid>> {
        let failed = || format!("could not walk the history of `{tip}`");
        let mut old = HashSet::new();
        for commit in self.raw().rev_walk([known.raw()]).all().with_context(failed)? {
            old.insert(commit.with_context(failed)?.id);
        }
        let walk = self.raw().rev_walk([tip.raw()]).selected(move |id| !old.contains(id)).with_context(failed)?;
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
    use std::collections::BTreeSet;

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
        assert_eq!(repository.commits_beyond(two, side).unwrap(), [two]);
    }

    #[test]
    fn commits_of_one_second_are_in_order() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        let mut before: Vec<(Oid, BTreeSet<Oid>)> = vec![(sandbox.commit("one", &[]), BTreeSet::new())];
        let mut random = 7_usize;
        for number in 0..40 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let among = |shift: usize| before.len() - 1 - (random >> shift) % before.len().min(4);
            let parents: BTreeSet<usize> = [among(33), among(43)].into();
            let names: Vec<String> = parents.iter().map(|parent| before[*parent].0.to_string()).collect();
            let message = number.to_string();
            let mut arguments = vec!["commit-tree", "HEAD^{tree}", "-m", &message];
            names.iter().for_each(|name| arguments.extend(["-p", name]));
            let id = Oid::parse(sandbox.git(&arguments).trim()).unwrap();
            let known = parents.iter().flat_map(|parent| before[*parent].1.iter().copied().chain([before[*parent].0])).collect();
            before.push((id, known));
        }
        let repository = sandbox.open();
        for (new, known) in &before {
            for (old, older) in &before {
                let want = if new == old || known.contains(old) { Known::Yes } else { Known::No };
                assert_eq!(repository.contains(*new, *old).unwrap(), want, "{new} {old}");
                let beyond: BTreeSet<Oid> = repository.commits_beyond(*new, *old).unwrap().into_iter().collect();
                let apart = known.iter().chain([new]).filter(|commit| *commit != old && !older.contains(commit));
                assert_eq!(beyond, apart.copied().collect(), "{new} {old}");
            }
        }
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
