//! Code that a model quotes is code of the evidence, and names that it drops without backticks are
//! names of the evidence as well.

use super::identifiers::names as stands_in;
use super::{Bench, Rule, prose, written_by_a_model};
use crate::model::{Row, words};

pub(super) static RULE: Rule = Rule { name: "quotes", judge };

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    if !written_by_a_model(row) {
        return Ok(());
    }
    // A fact may put a condition in other words than the code: `not (a) and b`.
    let claims = row.claims.iter().filter(|claim| claim.verdict != "judged");
    let claims = claims.flat_map(|claim| claim.predicate.args.iter().chain([&claim.says]));
    let code = row.evidence.iter().flat_map(|evidence| [&evidence.code, &evidence.path, &evidence.symbol]);
    let known: Vec<String> = code.chain(claims).map(|text| squeezed(text)).collect();
    for text in prose(row) {
        for (at, span) in text.split('`').enumerate() {
            if at % 2 == 1 {
                let quote = squeezed(span);
                if !known.iter().any(|known| known.contains(&quote)) {
                    return Err(format!("`{span}` does not stand in the evidence"));
                }
            } else if let Some(name) = names(span).find(|name| !words(name).all(|word| row.evidence.iter().any(|of| stands_in(of, word)))) {
                return Err(format!("{name} looks like a name and is not in the evidence"));
            }
        }
    }
    Ok(())
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Words outside of code that can only be names: `snake_case`, `camelCase`, `call()`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';', ':', '?', '!', '"', '\''])).filter(|word| {
        let inner: Vec<char> = word.chars().collect();
        let snake = inner.windows(3).any(|part| part[0].is_ascii_alphanumeric() && part[1] == '_' && part[2].is_ascii_alphanumeric());
        let camel = inner.windows(2).any(|part| part[0].is_ascii_lowercase() && part[1].is_ascii_uppercase());
        let called = word.ends_with("()") && word.len() > 2;
        snake || camel || called
    })
}

#[cfg(test)]
mod tests {
    use crate::check::tests::model_says;

    #[test]
    fn quotes_are_verbatim_and_names_are_there() {
        // The evidence is `def take(n): raise Sold(n + 1)  # stock_left`.
        for text in ["It raises `Sold(n + 1)`.", "Look at `raise  Sold`.", "stock_left is a name.", "An e.g. or i.e. is no name."] {
            assert_eq!(model_says(text, super::judge), Ok(()), "{text}");
        }
        for text in ["It raises `Sold(n - 1)`.", "stock_right is none.", "It calls audit().", "See stockLeft."] {
            assert!(model_says(text, super::judge).is_err(), "{text}");
        }
    }
}
