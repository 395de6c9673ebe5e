//! Evidence made shorter, where a row is longer than a trainer takes: trainers drop or cut such rows in silence.
//!
//! Whole lines go, and a line in their place says how many. What the row names stays: every line that holds what an
//! answer, a step or a claim quotes, the lines that those are nested in, head and end. So a shortened row is as true as
//! the whole one; where that much is still too long, there is no row.

use std::collections::BTreeSet;

use crate::model::{Row, has_word, words};

/// Shorter runs of lines, and of letters, are not worth the line that says they are gone.
const SHORTEST_GAP: usize = 2;
const FEWEST_LETTERS: usize = 60;
/// A head is looked for in so many lines.
const LONGEST_HEAD: usize = 8;
/// The role of code that only stands beside the evidence.
pub(super) const DISTRACTOR: &str = "distractor";

const OPENS: &str = "[… ";
const CLOSES: &str = " lines left out …]";

/// Lines of a piece of evidence that may go: the piece, the first of them, and how many.
struct Gap {
    piece: usize,
    first: usize,
    count: usize,
}

/// The row with as little left out as makes it fit; None where nothing does.
pub(crate) fn shortened(row: &Row, fits: &dyn Fn(&Row) -> anyhow::Result<bool>) -> anyhow::Result<Option<Row>> {
    let mut row = row.clone();
    while row.evidence.iter().any(|piece| piece.role == DISTRACTOR) {
        let last = row.evidence.iter().rposition(|piece| piece.role == DISTRACTOR).unwrap_or_default();
        row.evidence.remove(last);
        if fits(&row)? {
            return Ok(Some(row));
        }
    }
    let gaps = gaps(&row);
    let without = |count: usize| without(&row, &gaps[..count]);
    if gaps.is_empty() || !fits(&without(gaps.len()))? {
        return Ok(None);
    }
    // What fits with so many gaps fits with more.
    let (mut low, mut high) = (0, gaps.len());
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if fits(&without(middle))? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(Some(without(high)))
}

/// All gaps, those that hurt least first.
fn gaps(row: &Row) -> Vec<Gap> {
    let spans = quoted(row);
    let mut out = Vec::new();
    for (piece, evidence) in row.evidence.iter().enumerate() {
        let lines: Vec<&str> = evidence.code.lines().collect();
        let kept = kept(&lines, &spans);
        let mut first = 0;
        for line in 0..=lines.len() {
            if line == lines.len() || kept.contains(&line) {
                let letters = || lines[first..line].iter().map(|line| line.trim().len()).sum::<usize>();
                if line.saturating_sub(first) >= SHORTEST_GAP && letters() >= FEWEST_LETTERS {
                    out.push(Gap { piece, first, count: line - first });
                }
                first = line + 1;
            }
        }
    }
    let rank = |gap: &Gap| match row.evidence[gap.piece].role.as_str() {
        "subject" => 2,
        "support" => 1,
        _ => 0,
    };
    out.sort_by_key(|gap| (rank(gap), std::cmp::Reverse(gap.count), gap.piece, gap.first));
    out
}

/// What the row says in code.
fn quoted(row: &Row) -> Vec<String> {
    let says = row.claims.iter().map(|claim| claim.says.as_str()).chain(row.trace.iter().map(|step| step.says.as_str()));
    let spans = row.told().chain(says).flat_map(|text| text.split('`').skip(1).step_by(2));
    let args = row.claims.iter().flat_map(|claim| claim.predicate.args.iter().skip(1).map(String::as_str));
    let spans: BTreeSet<String> = spans.chain(args).filter(|span| !span.is_empty()).map(str::to_owned).collect();
    spans.into_iter().collect()
}

fn kept(lines: &[&str], spans: &[String]) -> BTreeSet<usize> {
    let mut kept = BTreeSet::from([0, lines.len().saturating_sub(1)]);
    let head = lines.iter().take(LONGEST_HEAD).position(|line| line.trim_end().ends_with([':', '{']));
    kept.extend(0..=head.unwrap_or_default());
    // The code without spaces, and for each byte of it its line.
    let mut squeezed = String::new();
    let mut at = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        for word in line.split_whitespace() {
            squeezed.push_str(word);
            at.resize(squeezed.len(), number);
        }
    }
    for span in spans {
        let wanted: String = span.split_whitespace().collect();
        if let Some(start) = squeezed.find(&wanted).filter(|_| !wanted.is_empty()) {
            kept.extend(at[start]..=at[start + wanted.len() - 1]);
        }
        for word in words(span) {
            kept.extend(lines.iter().position(|line| has_word(line, word)));
        }
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    for line in kept.clone() {
        let mut depth = lines.get(line).map_or(0, |text| indent(text));
        for above in (0..line).rev() {
            let text = lines[above];
            if !text.trim().is_empty() && indent(text) < depth {
                depth = indent(text);
                kept.insert(above);
            }
        }
    }
    kept
}

fn without(row: &Row, gaps: &[Gap]) -> Row {
    let mut row = row.clone();
    for (piece, evidence) in row.evidence.iter_mut().enumerate() {
        let lines: Vec<&str> = evidence.code.lines().collect();
        let mut out: Vec<String> = Vec::new();
        let mut line = 0;
        while line < lines.len() {
            match gaps.iter().find(|gap| gap.piece == piece && gap.first == line) {
                Some(gap) => {
                    let indent = &lines[line][..lines[line].len() - lines[line].trim_start().len()];
                    out.push(format!("{indent}{OPENS}{}{CLOSES}", gap.count));
                    line += gap.count;
                }
                None => {
                    out.push(lines[line].to_owned());
                    line += 1;
                }
            }
        }
        evidence.code = out.join("\n");
    }
    row
}

/// How many lines a line says are left out in its place.
fn left_out(line: &str) -> Option<u32> {
    line.trim().strip_prefix(OPENS)?.strip_suffix(CLOSES)?.parse().ok()
}

/// Code with the number of each line before it.
pub(super) fn numbered(code: &str, start: u32) -> String {
    let mut number = start;
    let mut out = Vec::new();
    for line in code.lines() {
        match left_out(line) {
            Some(count) => {
                out.push(format!("… | {line}"));
                number += count;
            }
            None => {
                out.push(format!("{number} | {line}"));
                number += 1;
            }
        }
    }
    out.join("\n")
}

/// Does this piece of evidence lack lines?
#[cfg(test)]
pub(super) fn is_shortened(piece: &crate::model::Evidence) -> bool {
    piece.code.lines().any(|line| left_out(line).is_some())
}

#[cfg(test)]
mod tests {
    use super::{is_shortened, numbered, shortened};
    use crate::model::{Claim, Evidence, Predicate, Row, has_word};

    const CODE: &str = "def place(order):\n    \"\"\"Doc.\n    A place is where things are put by those who place them.\n    There are many.\n    \"\"\"\n    if order.paid:\n        first = self.first_of_all_the_lines(1)\n        second = self.second_of_all_the_lines(2)\n        raise Twice(\n            order)\n    third = self.third_of_all_the_lines(3)\n    fourth = self.fourth_of_all_the_lines(4)\n    return third";

    fn row() -> Row {
        let evidence = Evidence { id: "E1".into(), role: "subject".into(), code: CODE.into(), start_line: 10, ..Evidence::default() };
        let claim = Claim {
            says: "`place` raises `Twice(order)`".into(),
            predicate: Predicate::new("raises", ["a.py::place", "Twice", "order.paid"]),
            ..Claim::default()
        };
        Row {
            answer: "It raises `Twice(order)` when `order.paid`.".into(),
            evidence: vec![evidence],
            claims: vec![claim],
            ..Row::default()
        }
    }

    #[test]
    fn what_is_named_stays_and_what_goes_is_said() {
        let fits = |most: usize| move |row: &Row| Ok(row.evidence[0].code.len() <= most);
        let short = shortened(&row(), &fits(400)).unwrap().unwrap();
        let code = &short.evidence[0].code;
        assert!(is_shortened(&short.evidence[0]) && code.lines().count() < CODE.lines().count());
        let tight = shortened(&row(), &fits(200)).unwrap().unwrap().evidence[0].code.clone();
        for word in ["place", "Twice", "order", "paid"] {
            assert!(has_word(&tight, word), "{tight}");
        }
        let want = "def place(order):\n    [… 4 lines left out …]\n    if order.paid:\n        [… 2 lines left out …]\n        raise Twice(\n            order)\n    [… 2 lines left out …]\n    return third";
        assert_eq!(tight, want);
        let numbers = numbered(&tight, 10);
        assert!(numbers.contains("15 |     if order.paid:\n… |") && numbers.ends_with("22 |     return third"), "{numbers}");
        assert_eq!(shortened(&row(), &fits(20)).unwrap(), None);
    }
}
