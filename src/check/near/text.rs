//! Samples that say nearly the same.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::model::{Hash64, Row, key};

/// Share of three-word runs that two texts have in common, from which on one is a copy.
const COPY: f64 = 0.9;
/// Two copies share so many of so many smallest hashes almost surely: all but 1 in 10,000 pairs at the bound.
const BANDS: u64 = 6;
const ENOUGH: usize = 2;

/// For each row the earlier one that it nearly repeats. The order of the rows decides which of two
/// stays, so it has to be the same each time.
pub(crate) fn near_copies(rows: &[&Row]) -> Vec<Option<usize>> {
    let mut kept: Vec<Option<Vec<Hash64>>> = Vec::with_capacity(rows.len());
    let mut bands: HashMap<(u64, Hash64), Vec<usize>> = HashMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let own = runs(row);
        let marks: Vec<(u64, Hash64)> =
            (0..BANDS).filter_map(|band| Some((band, own.iter().map(|hash| mixed(*hash, band)).min()?))).collect();
        let mut sharing: Vec<usize> = marks.iter().filter_map(|mark| bands.get(mark)).flatten().copied().collect();
        sharing.sort_unstable();
        let near =
            sharing.chunk_by(|one, other| one == other).filter(|shared| shared.len() >= ENOUGH).map(|shared| shared[0]).find(|other| {
                let needed = |known: &Vec<Hash64>| COPY * (own.len() + known.len()) as f64 / (1.0 + COPY);
                kept[*other]
                    .as_ref()
                    .is_some_and(|known| own.len().min(known.len()) as f64 >= needed(known) && in_both(&own, known) as f64 >= needed(known))
            });
        out.push(near);
        kept.push(near.is_none().then_some(own));
        if near.is_none() {
            marks.into_iter().for_each(|mark| bands.entry(mark).or_default().push(at));
        }
    }
    out
}

fn mixed(hash: Hash64, band: u64) -> Hash64 {
    let mixed = (hash ^ band.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 29)
}

/// How many hashes stand in both of two sorted lists.
fn in_both(mut one: &[Hash64], mut other: &[Hash64]) -> usize {
    let mut both = 0;
    while let ([first, rest @ ..], [second, others @ ..]) = (one, other) {
        match first.cmp(second) {
            Ordering::Less => one = rest,
            Ordering::Greater => other = others,
            Ordering::Equal => {
                both += 1;
                (one, other) = (rest, others);
            }
        }
    }
    both
}

/// Runs of three words of question and answer, sorted. A Chinese sign is a word of its own.
fn runs(row: &Row) -> Vec<Hash64> {
    let mut words: Vec<String> = Vec::new();
    for text in [&row.question, &row.answer] {
        for c in text.to_lowercase().chars() {
            let letter = c.is_alphanumeric() || c == '_';
            match words.last_mut() {
                Some(word) if letter && c.is_ascii() && !word.is_empty() && word.is_ascii() => word.push(c),
                _ if letter => words.push(c.to_string()),
                Some(word) if !word.is_empty() => words.push(String::new()),
                _ => (),
            }
        }
        words.push(String::new());
    }
    words.retain(|word| !word.is_empty());
    let mut runs: Vec<Hash64> = words.windows(3.min(words.len()).max(1)).map(|run| key("run", &run.join(" "))).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

#[cfg(test)]
mod tests {
    use super::near_copies;
    use crate::model::Row;

    #[track_caller]
    fn check(answers: &[&str], want: &[Option<usize>]) {
        let rows: Vec<Row> = answers.iter().map(|answer| Row { answer: (*answer).to_owned(), ..Row::default() }).collect();
        assert_eq!(near_copies(&rows.iter().collect::<Vec<_>>()), want);
    }

    #[test]
    fn the_first_of_near_copies_stays() {
        let long = "It raises `Sold` when there is nothing left of what was ordered and the customer did not agree to wait for more.";
        let same = long.replace("It raises", "it  raises").replace("more.", "more");
        let other = "It returns the order that was placed, with its lines in the order in which they were given to it by the caller.";
        check(&[long, other, &same, long], &[None, None, Some(0), Some(0)]);
        check(&["返回已创建的订单和客户", "抛出错误并记录日志后结束", "返回已创建的订单和客户"], &[None, None, Some(0)]);
        check(&["a", "b", "a", ""], &[None, None, Some(0), None]);
    }
}
