//! Designs that say nearly the same, code left out.

use std::collections::HashSet;

use crate::model::{Hash64, Row, key};

/// Share of five-word runs that two designs have in common, from which on they are one too many.
const COPY: f64 = 0.7;
const RUN: usize = 5;

/// For each row, in their order, the earlier and kept one that it nearly repeats. Designs are few: each is held
/// against all.
pub(crate) fn near_designs(rows: &[&Row]) -> Vec<Option<usize>> {
    let mut kept: Vec<(usize, &str, HashSet<Hash64>)> = Vec::new();
    let mut out = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let own = runs(row);
        let near = kept.iter().find(|(_, lang, known)| {
            let both = own.intersection(known).count() as f64;
            *lang == row.lang && both >= COPY * (own.len() + known.len()) as f64 / (1.0 + COPY)
        });
        out.push(near.map(|(at, ..)| *at));
        if near.is_none() {
            kept.push((at, &row.lang, own));
        }
    }
    out
}

/// Runs of five words of what a design says. A Chinese sign is a word of its own.
fn runs(row: &Row) -> HashSet<Hash64> {
    let mut all: Vec<String> = Vec::new();
    for text in row.told() {
        let plain: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        let mut word = String::new();
        for c in plain.to_lowercase().chars().chain([' ']) {
            if c.is_ascii_alphanumeric() {
                word.push(c);
                continue;
            }
            all.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            all.extend(c.is_alphanumeric().then(|| c.to_string()));
        }
    }
    all.windows(RUN.min(all.len()).max(1)).map(|run| key("run", &run.join(" "))).collect()
}

#[cfg(test)]
mod tests {
    use super::near_designs;
    use crate::model::{Design, Row};

    #[test]
    fn names_alone_make_no_other_design() {
        let design = |overview: &str| {
            let design = Some(Box::new(Design { overview: overview.to_owned(), ..Design::default() }));
            Row { question: "A limit is to be set by those who run it.".into(), lang: "en".into(), design, ..Row::default() }
        };
        let one = design("`a` stays as it is, and `b` asks for the value before it compares the number of lines with it.");
        let two = design("`c` stays as it is, and `d` asks for the value before it compares the number of lines with it.");
        let other = design("What is thrown away today is counted by its reason, and the counts are shown with the next report.");
        let foreign = Row { lang: "zh".into(), ..one.clone() };
        assert_eq!(near_designs(&[&one, &two, &other, &foreign]), [None, Some(0), None, None]);
    }
}
