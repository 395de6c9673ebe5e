//! A cheap look at a file: which definitions there are and whether their lines changed, by indentation alone.
//!
//! Earlier versions of a file are many, and nobody proves anything from them: for the question which functions an old
//! commit touched this is enough, and thirty times faster than a syntax tree.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use rustc_hash::{FxBuildHasher, FxHasher};

use super::Language;

/// The symbols of the definitions whose own lines differ, sorted; those that came or went, too.
pub(crate) fn touched(language: &Language, before: &str, after: &str) -> Vec<String> {
    let (before, after) = (sketch(language, before), sketch(language, after));
    let mut touched: Vec<String> =
        after.iter().filter(|(symbol, lines)| before.get(*symbol) != Some(lines)).map(|(symbol, _)| symbol.clone()).collect();
    touched.extend(before.into_keys().filter(|symbol| !after.contains_key(symbol)));
    touched.sort_unstable();
    touched
}

/// Each symbol with a hash of the lines that are its own: those of a definition inside of it are not.
fn sketch(language: &Language, text: &str) -> HashMap<String, u64, FxBuildHasher> {
    let mut found: HashMap<String, u64, FxBuildHasher> = HashMap::default();
    // Indentation, symbol and lines of the definitions around the line at hand.
    let mut around: Vec<(usize, String, FxHasher)> = Vec::new();
    let mut close = |(_, symbol, lines): (usize, String, FxHasher)| {
        let hash = found.entry(symbol).or_default();
        *hash = hash.rotate_left(1) ^ lines.finish();
    };
    for line in text.lines() {
        let code = line.trim_start();
        if code.is_empty() {
            continue;
        }
        let indentation = line.len() - code.len();
        if !goes_on(code) {
            while around.last().is_some_and(|(outer, ..)| indentation <= *outer) {
                around.pop().into_iter().for_each(&mut close);
            }
        }
        if let Some(name) = (language.definition)(code) {
            let symbol = around.last().map_or_else(|| name.to_owned(), |(_, outer, _)| format!("{outer}.{name}"));
            around.push((indentation, symbol, FxBuildHasher.build_hasher()));
        }
        if let Some((.., lines)) = around.last_mut() {
            lines.write(code.trim_end().as_bytes());
        }
    }
    around.into_iter().rev().for_each(close);
    found
}

/// A line that belongs to the definition before it, however far it is indented.
fn goes_on(code: &str) -> bool {
    code.starts_with([')', ']', '}', '{', '#', '"', '\'']) || code.starts_with("where") || code.starts_with("//")
}

/// The name that stands at the start of the text.
pub(super) fn leading_name(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    Some(&text[..end]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::touched;
    use crate::parse::by_path;

    #[track_caller]
    fn check(path: &str, before: &str, after: &str, want: &[&str]) {
        assert_eq!(touched(by_path(path).unwrap(), before, after), want);
    }

    #[test]
    fn python() {
        let before = "import a\n\nclass Order:\n    limit = 1\n\n    @property\n    def total(\n        self,\n    ) -> int:\n        return 1\n\n    async def pay(self):\n        def inner():\n            pass\n        return inner\n\ndef free():\n    pass\n";
        check("a.py", before, before, &[]);
        check("a.py", before, &before.replace("return 1", "return 2"), &["Order.total"]);
        check("a.py", before, &before.replace("        def inner", "        x = 1\n        def inner"), &["Order.pay"]);
        check("a.py", before, &before.replace("            pass", "            x()"), &["Order.pay.inner"]);
        check("a.py", before, &before.replace("limit = 1", "limit = 2"), &["Order"]);
        check("a.py", before, &before.replace("def free", "def set_free"), &["free", "set_free"]);
        check("a.py", before, &before.replace("import a", "import a, b\n\n"), &[]);
        check("a.py", "", before, &["Order", "Order.pay", "Order.pay.inner", "Order.total", "free"]);
    }

    #[test]
    fn rust() {
        let before = "pub(crate) struct Order {\n    total: u32,\n}\n\nimpl<T> From<T> for Order\nwhere\n    T: Into<u32>,\n{\n    fn from(total: T) -> Self {\n        todo(total)\n    }\n}\n\npub async fn free() {}\n";
        check("a.rs", before, &before.replace("total: u32", "total: u64"), &["Order"]);
        check("a.rs", before, &before.replace("todo(total)", "done(total)"), &["Order.from"]);
        check("a.rs", before, &before.replace("{}", "{ 1 }"), &["free"]);
    }

    #[test]
    fn odd_text() {
        check("a.py", "def ", "def \u{0}(\n\tdef x", &["x"]);
        check("a.rs", "impl", "impl {", &[]);
    }
}
