//! Errors for people: what happened, why, and what to do.

use super::words::plain;

/// The error and its causes, one a line; what to do comes last.
pub(super) fn told(error: &anyhow::Error) -> String {
    let mut out = String::new();
    let mut mends: Vec<String> = Vec::new();
    for (depth, cause) in error.chain().enumerate() {
        let text = cause.to_string();
        for (number, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
            if let Some(mend) = line.strip_prefix("mend: ") {
                mends.push(format!("  mend: {}\n", plain(mend)));
            } else if depth == 0 && number == 0 {
                out.push_str(&format!("error: {}\n", plain(line)));
            } else {
                out.push_str(&format!("  because: {}\n", plain(line.strip_prefix("because: ").unwrap_or(line))));
            }
        }
    }
    out + &mends.concat()
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    #[test]
    fn a_mend_comes_last() {
        let error = anyhow::Result::<()>::Err(anyhow::anyhow!("no\nbecause: yes\nmend: do it")).context("top").unwrap_err();
        assert_eq!(super::told(&error), "error: top\n  because: no\n  because: yes\n  mend: do it\n");
    }
}
