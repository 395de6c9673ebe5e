//! Which of several near-copies is kept, without history.

use std::collections::{BTreeMap, BTreeSet};

/// Decides for each of `open` by which earlier one it is shadowed, and for everyone whom that reaches.
///
/// In the order of their ids each is kept unless an earlier one that is kept is near it; the first of
/// those is its keeper. There is exactly one such choice (the lexicographically first maximal
/// independent set), so it does not matter what was decided first. `known` is the decision of before, as
/// long as nothing about the item itself changed; `near` are its neighbours of today, in any order.
pub(crate) fn settle<Id: Ord + Clone>(
    mut open: BTreeSet<Id>,
    known: impl Fn(&Id) -> Option<Option<Id>>,
    mut near: impl FnMut(&Id) -> Vec<Id>,
) -> BTreeMap<Id, Option<Id>> {
    let mut decided: BTreeMap<Id, Option<Id>> = BTreeMap::new();
    // A decision looks at earlier ones and reaches later ones alone, so no one is decided over twice.
    while let Some(id) = open.pop_first() {
        let mut neighbours = near(&id);
        neighbours.sort_unstable();
        let is_kept = |other: &&Id| match decided.get(other) {
            Some(keeper) => keeper.is_none(),
            None => known(other).is_some_and(|keeper| keeper.is_none()),
        };
        let keeper = neighbours.iter().take_while(|other| **other < id).find(is_kept).cloned();
        let before = known(&id);
        // Whom the first of them shadows may change though it is kept or shadowed as before.
        if before.map(|keeper| keeper.is_none()) != Some(keeper.is_none()) {
            open.extend(neighbours.into_iter().filter(|other| *other > id));
        }
        decided.insert(id, keeper);
    }
    decided
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any};
    use proptest::{prop_assert_eq, proptest};

    use super::settle;

    /// Items at places on a line; those nearer than this are near.
    const REACH: u8 = 3;

    type Places = BTreeMap<u8, u8>;

    fn near(places: &Places, id: u8) -> Vec<u8> {
        let Some(place) = places.get(&id) else { return Vec::new() };
        places.iter().filter(|(other, at)| **other != id && at.abs_diff(*place) < REACH).map(|(other, _)| *other).collect()
    }

    fn at_once(places: &Places) -> BTreeMap<u8, Option<u8>> {
        settle(places.keys().copied().collect(), |_| None, |id| near(places, *id))
    }

    #[test]
    fn a_copy_of_a_shadowed_one_is_kept() {
        // 1 - 2 - 3 in a row: 2 is near both, 1 and 3 are not near each other.
        let places = Places::from([(1, 10), (2, 12), (3, 14)]);
        assert_eq!(at_once(&places), BTreeMap::from([(1, None), (2, Some(1)), (3, None)]));
    }

    fn change() -> impl Strategy<Value = Vec<(u8, Option<u8>)>> {
        vec((0..12_u8, proptest::option::weighted(0.7, 0..24_u8)), 1..4)
    }

    proptest! {
        /// Adding, moving and removing step by step gives what deciding at once gives.
        #[test]
        fn steps_give_what_a_rebuild_gives(history in vec((change(), any::<bool>()), 1..20)) {
            let (mut places, mut decided) = (Places::new(), BTreeMap::new());
            for (changes, _) in history {
                let before = places.clone();
                for (id, place) in changes {
                    match place {
                        Some(place) => _ = places.insert(id, place),
                        None => _ = places.remove(&id),
                    }
                }
                let moved: BTreeSet<u8> =
                    before.keys().chain(places.keys()).filter(|id| before.get(id) != places.get(id)).copied().collect();
                let mut open: BTreeSet<u8> = moved.iter().filter(|id| places.contains_key(id)).copied().collect();
                for id in &moved {
                    open.extend(near(&before, *id).into_iter().filter(|other| other > id && places.contains_key(other)));
                }
                let known = |id: &u8| decided.get(id).copied().filter(|_| !moved.contains(id));
                let new = settle(open, known, |id| near(&places, *id));
                decided.retain(|id, _| places.contains_key(id));
                decided.extend(new);
                prop_assert_eq!(&decided, &at_once(&places));
            }
        }
    }
}
