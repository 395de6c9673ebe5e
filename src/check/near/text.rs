//! Samples that say nearly the same.

use std::collections::{BTreeSet, HashMap};

use crate::model::{Row, Saying};

/// For each row the earlier one that it nearly repeats, from the share `least` on. The order of the rows decides
/// which of two stays, so it has to be the same each time.
pub(crate) fn near_copies(rows: &[&Row], least: f64) -> Vec<Option<usize>> {
    near_sayings(&rows.iter().map(|row| (row.lang.as_str(), Saying::of(row))).collect::<Vec<_>>(), least)
}

/// The same of what rows say, each with its language.
pub(crate) fn near_sayings(sayings: &[(&str, Saying)], least: f64) -> Vec<Option<usize>> {
    let mut marked: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut out = Vec::with_capacity(sayings.len());
    for (at, (lang, saying)) in sayings.iter().enumerate() {
        let met: BTreeSet<usize> = saying.marks(lang, least).filter_map(|mark| marked.get(&mark)).flatten().copied().collect();
        let near = met.into_iter().find(|other| saying.share(&sayings[*other].1, least).is_some());
        if near.is_none() {
            saying.marks(lang, least).for_each(|mark| marked.entry(mark).or_default().push(at));
        }
        out.push(near);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::near_copies;
    use crate::model::Row;

    #[track_caller]
    fn check(answers: &[&str], want: &[Option<usize>]) {
        let rows: Vec<Row> = answers.iter().map(|answer| Row { answer: (*answer).to_owned(), ..Row::default() }).collect();
        assert_eq!(near_copies(&rows.iter().collect::<Vec<_>>(), 0.7), want);
    }

    #[test]
    fn the_first_of_near_copies_stays() {
        let long = "It raises `Sold` when there is nothing left of what was ordered and the customer did not agree to wait for more.";
        let same = long.replace("It raises", "it  raises").replace("more.", "less");
        let other = "It returns the order that was placed, with its lines in the order in which they were given to it by the caller.";
        check(&[long, other, &same, long], &[None, None, Some(0), Some(0)]);
        check(&["返回已创建的订单和客户", "抛出错误并记录日志后结束", "返回已创建的订单和客户"], &[None, None, Some(0)]);
        check(&["a", "b", "a", ""], &[None, None, Some(0), None]);
    }
}
