//! Code that a model quotes is code of the evidence, and names that it drops without backticks are
//! names of the evidence as well.

use super::identifiers::names as stands_in;
use super::{Bench, Rule, design, prose, written_by_a_model};
use crate::model::{Row, words};

pub(super) static RULE: Rule = Rule { name: "quotes", judge };

/// For an answer to a person, whose claims bear no words: a condition may also be quoted as what holds where it does not,
/// `x is None` for `x is not None`, as the rows have it that the model learnt from. Which of the two is so the claims say.
pub(super) static OF_ANSWERS: Rule = Rule { name: "quotes", judge: judge_answer };

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    if written_by_a_model(row) { stands(row, squeezed) } else { Ok(()) }
}

fn judge_answer(row: &Row, _: &Bench) -> Result<(), String> {
    stands(row, either_way)
}

/// Does every quote stand in the evidence, going by what `bare` leaves of both?
fn stands(row: &Row, bare: fn(&str) -> String) -> Result<(), String> {
    // A fact may put a condition in other words than the code: `not (a) and b`.
    let claims = row.claims.iter().filter(|claim| claim.verdict != "judged");
    let claims = claims.flat_map(|claim| claim.predicate.args.iter().chain([&claim.says]));
    let code = row.evidence.iter().flat_map(|evidence| [&evidence.code, &evidence.path, &evidence.symbol]);
    let known: Vec<String> = code.chain(claims).map(|text| bare(text)).collect();
    let new = design::new_names(row);
    let is_new = |text: &str| !new.is_empty() && words(text).all(|word| new.contains(word));
    for text in prose(row) {
        for (at, span) in text.split('`').enumerate() {
            if at % 2 == 1 {
                let quote = bare(span);
                if !known.iter().any(|known| known.contains(&quote)) && !is_new(span) {
                    return Err(format!("`{span}` does not stand in the evidence"));
                }
            } else if let Some(name) = names(span)
                .filter(|name| !is_new(name))
                .find(|name| !words(name).all(|word| row.evidence.iter().any(|of| stands_in(of, word))))
            {
                return Err(format!("{name} looks like a name and is not in the evidence"));
            }
        }
    }
    Ok(())
}

/// Code without its layout: spaces, and the comma that a list ends with where it is spread over lines.
fn squeezed(text: &str) -> String {
    let bare: String = text.split_whitespace().collect();
    bare.replace(",)", ")").replace(",]", "]").replace(",}", "}")
}

/// The same of a condition and of its opposite.
fn either_way(text: &str) -> String {
    let pairs = [("isnot", "is"), ("notin", "in"), ("!=", "=="), (">=", "<"), ("<=", ">")];
    let bare = pairs.iter().fold(squeezed(text), |text, (from, to)| text.replace(from, to));
    bare.strip_prefix("not").map(str::to_owned).unwrap_or(bare)
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
    use crate::check::tests::{judged, model_says};
    use crate::model::{Evidence, Row};

    #[test]
    fn an_answer_may_quote_a_condition_either_way() {
        let told = |answer: &str, judge| {
            let code = "def f(\n    a: int,\n    b: int,\n):\n    if a is not None and b >= 2: raise X".to_owned();
            let evidence = vec![Evidence { id: "E1".into(), code, ..Evidence::default() }];
            judged(&Row { answer: answer.into(), generator: "llm".into(), evidence, ..Row::default() }, judge).is_ok()
        };
        assert!(told("`def f(a: int, b: int)`", super::judge) && !told("`a is None`", super::judge));
        assert!(told("`a is None` or `b < 2`", super::judge_answer) && !told("`b is None`", super::judge_answer));
    }

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
