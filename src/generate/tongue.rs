//! The language that a sample is written in.
//!
//! A kind writes each sentence in every tongue side by side, so a sentence cannot be changed in
//! one and forgotten in the other. Identifiers, paths, code and quotations stay as they are.

use crate::model::Brief;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tongue {
    English,
    Chinese,
}

impl Tongue {
    /// As the settings and the slots name them.
    pub(crate) const CODES: [&str; 2] = ["en", "zh"];

    pub(super) fn of(brief: &Brief) -> Self {
        if brief.slot.lang == "zh" { Self::Chinese } else { Self::English }
    }

    /// The one of two wordings that is in this tongue. Where values are filled in, see [`say!`].
    pub(super) fn say<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

/// `say!(tongue, "{name} takes {n} arguments", "{name} 接收 {n} 个参数")`: the wording in this
/// tongue, filled in as by `format!`.
macro_rules! say {
    ($tongue:expr, $english:literal, $chinese:literal $(, $value:expr)* $(,)?) => {
        match $tongue {
            $crate::generate::tongue::Tongue::English => format!($english $(, $value)*),
            $crate::generate::tongue::Tongue::Chinese => format!($chinese $(, $value)*),
        }
    };
}
pub(super) use say;

/// Chinese as it is set: a blank between Chinese and code, words or numbers in Latin letters,
/// none inside of Chinese or beside full-width marks. What stands in quotation marks is left alone.
pub(super) fn set_chinese(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let (mut in_code, mut in_quote) = (false, false);
    let mut before = '\n';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !in_quote && !in_code && c == ' ' {
            let after = chars.peek().copied().unwrap_or('\n');
            if is_han(before) && is_han(after) || is_wide(before) || is_wide(after) {
                continue;
            }
        }
        let latin = |c: char| c.is_ascii_alphanumeric() && !in_code;
        let into = is_han(before) && (c == '`' && !in_code || latin(c));
        let out_of = is_han(c) && !in_code && (before == '`' || latin(before));
        if !in_quote && (into || out_of) {
            out.push(' ');
        }
        match c {
            '`' => in_code = !in_code,
            '“' if !in_code => in_quote = true,
            '”' if !in_code => in_quote = false,
            _ => (),
        }
        out.push(c);
        before = c;
    }
    out
}

/// A full-width mark, which brings its own space.
fn is_wide(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '；' | '：' | '？' | '！' | '（' | '）')
}

/// A Chinese character; full-width marks are none.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::{Tongue, set_chinese};

    #[test]
    fn each_tongue_says_its_own() {
        let (name, count) = ("`f`", 2);
        assert_eq!(say!(Tongue::English, "{name} takes {count}", "{name} 接收 {count} 个"), "`f` takes 2");
        assert_eq!(say!(Tongue::Chinese, "{name} takes {}", "{name} 接收 {} 个", count + 1), "`f` 接收 3 个");
        assert_eq!(Tongue::Chinese.say("yes", "是"), "是");
    }

    #[test]
    fn chinese_stands_apart_from_code() {
        let check = |text: &str, want: &str| assert_eq!(set_chinese(text), want);
        check("函数`f`在`a.py`中", "函数 `f` 在 `a.py` 中");
        check("函数 `f`，见（`a.py`）。", "函数 `f`，见（`a.py`）。");
        check("`参数`值", "`参数` 值");
        check("处理 错误 ，返回 `f` 。", "处理错误，返回 `f`。");
        check("当 `a and 值` 时", "当 `a and 值` 时");
        check("有2个a参数", "有 2 个 a 参数");
        check("文档说明：“返回`x`值”", "文档说明：“返回`x`值”");
    }
}
