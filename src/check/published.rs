//! Rows of a dataset that others published, before our gates: for the campaign that says what is caught.

use std::collections::{BTreeMap, HashSet};

use super::overlap::near_designs;
use crate::model::Row;
use crate::parse;

/// A row of another maker.
#[derive(Clone, Debug, Default)]
pub struct Published {
    pub lang: String,
    pub split: String,
    /// What it says, without the code.
    pub text: String,
    pub shown: Vec<ShownCode>,
}

/// Code that a row shows.
#[derive(Clone, Debug, Default)]
pub struct ShownCode {
    /// By which the same code is known in other rows.
    pub id: String,
    pub code: String,
    /// The whole file, where it is at hand.
    pub file: Option<String>,
}

impl Published {
    /// Which of the rows nearly repeat an earlier one that stays, by the measure of designs.
    pub fn repeats(rows: &[Self]) -> Vec<bool> {
        let rows: Vec<Row> = rows.iter().map(|row| Row { lang: row.lang.clone(), question: row.text.clone(), ..Row::default() }).collect();
        near_designs(&rows.iter().collect::<Vec<_>>()).iter().map(Option::is_some).collect()
    }

    /// Which of the rows show code that a row of another split shows.
    pub fn leaks(rows: &[Self]) -> Vec<bool> {
        let mut splits: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
        for row in rows {
            row.shown.iter().for_each(|shown| _ = splits.entry(&shown.id).or_default().insert(&row.split));
        }
        rows.iter().map(|row| row.shown.iter().any(|shown| splits[shown.id.as_str()].len() > 1)).collect()
    }
}

impl ShownCode {
    /// Did a program write it?
    pub fn is_generated(&self) -> bool {
        parse::is_foreign(self.file.as_ref().unwrap_or(&self.code))
    }

    /// Is it cut in the middle: does a bracket open in it that does not close, or the other way round?
    pub fn is_cut(&self) -> bool {
        let mut open: Vec<char> = Vec::new();
        let mut rest = self.code.chars().peekable();
        while let Some(sign) = rest.next() {
            match sign {
                '"' | '\'' => {
                    while let Some(inner) = rest.next().filter(|inner| *inner != sign && *inner != '\n') {
                        if inner == '\\' {
                            rest.next();
                        }
                    }
                }
                '/' if rest.peek() == Some(&'/') => rest.by_ref().take_while(|inner| *inner != '\n').for_each(drop),
                '/' if rest.peek() == Some(&'*') => {
                    let mut last = ' ';
                    rest.by_ref().skip(1).take_while(|inner| std::mem::replace(&mut last, *inner) != '*' || *inner != '/').for_each(drop);
                }
                '(' => open.push(')'),
                '[' => open.push(']'),
                '{' => open.push('}'),
                ')' | ']' | '}' if open.pop() != Some(sign) => return true,
                _ => (),
            }
        }
        !open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Published, ShownCode};

    fn row(split: &str, text: &str, id: &str) -> Published {
        let shown = vec![ShownCode { id: id.into(), ..ShownCode::default() }];
        Published { lang: "en".into(), split: split.into(), text: text.into(), shown }
    }

    #[test]
    fn repeated_rows_and_leaks_are_told() {
        let text = "Add an audit table, write to it in the same transaction, and show it to those who are allowed to see it.";
        let rows = [row("train", text, "a"), row("train", "Something else is done about all of it here.", "b"), row("test", text, "a")];
        assert_eq!(Published::repeats(&rows), [false, false, true]);
        assert_eq!(Published::leaks(&rows), [true, false, true]);
    }

    #[test]
    fn cut_code_is_told() {
        let is_cut = |code: &str| ShownCode { code: code.into(), ..ShownCode::default() }.is_cut();
        assert!(!is_cut("int f() { return \"}\".length(); } // )\n/* ( */ char c = '{';"));
        assert!(is_cut("class A {\n  int f() { return 1; }\n") && is_cut("return 1; }\n}") && is_cut("f(a]"));
    }

    #[test]
    fn a_whole_file_tells_more_than_its_lines() {
        let code = "public Criteria andIdIsNull() { return this; }".to_owned();
        let file = Some("abstract static class GeneratedCriteria {}".to_owned());
        assert!(ShownCode { code: code.clone(), file, ..ShownCode::default() }.is_generated());
        assert!(!ShownCode { code, ..ShownCode::default() }.is_generated());
    }
}
