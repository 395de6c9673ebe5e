//! Which errors of a callee reach whoever calls its caller.

use crate::facts::has_exceptions;
use crate::model::{Call, CallUse, Chunk, Raise};

/// What comes through a caller of what its callee fails with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Passing {
    /// Errors that come through as they are.
    pub raises: Vec<Raise>,
    /// Does one come through as something else?
    pub changed: bool,
}

/// Where there are exceptions, what no handler around a call stops; else what `?` or a `return`
/// hands on. A `?` may turn an error into another, so it stays what it is only where both
/// functions state the same type.
pub(super) fn passing(caller: &Chunk, callee: &Chunk, calls: &[Call]) -> Passing {
    let exceptions = has_exceptions(&caller.path);
    let through = |raise: &&Raise| if exceptions { !raise.caught } else { !raise.panics() };
    let errors: Vec<Raise> = callee.facts.raises.iter().filter(through).cloned().collect();
    if errors.is_empty() || !calls.iter().any(|call| comes_through(caller, call)) {
        return Passing::default();
    }
    let stated = error_type(&callee.facts.returns);
    match exceptions || stated.is_some() && stated == error_type(&caller.facts.returns) {
        true => Passing { raises: errors, changed: false },
        false => Passing { raises: Vec::new(), changed: true },
    }
}

/// Does an error of this call leave its caller?
pub(crate) fn comes_through(caller: &Chunk, call: &Call) -> bool {
    if has_exceptions(&caller.path) { call.catches.is_empty() } else { call.tried || call.usage == CallUse::Returned }
}

/// The type of the error in a result type: `Fault` of `Result<Order, Fault>`, `io::Result` of
/// `io::Result<()>`. None where the type is no result.
fn error_type(returns: &str) -> Option<&str> {
    let (path, arguments) = returns.split_once('<').map_or((returns, ""), |(path, rest)| (path, rest.trim_end_matches('>')));
    if !path.rsplit("::").next().unwrap_or_default().ends_with("Result") {
        return None;
    }
    let mut depth = 0;
    let apart = arguments.char_indices().find(|(_, c)| {
        depth += i32::from(matches!(c, '<' | '(' | '[')) - i32::from(matches!(c, '>' | ')' | ']'));
        *c == ',' && depth == 0
    });
    let Some((at, _)) = apart else { return Some(path) };
    let error = arguments[at + 1..].trim();
    let plain = error.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
    Some(if plain { error.rsplit("::").next().unwrap_or(error) } else { error })
}

#[cfg(test)]
mod tests {
    use super::{Passing, error_type, passing};
    use crate::model::{Call, CallUse, Chunk, Facts, Raise};

    #[test]
    fn a_result_type_names_its_error() {
        for (returns, want) in [
            ("Result<Order, Fault>", Some("Fault")),
            ("Result<Vec<(u8, u8)>, crate::Fault>", Some("Fault")),
            ("std::result::Result<(), Box<dyn Error>>", Some("Box<dyn Error")),
            ("io::Result<()>", Some("io::Result")),
            ("fmt::Result", Some("fmt::Result")),
            ("Option<Order>", None),
            ("", None),
        ] {
            assert_eq!(error_type(returns), want, "{returns}");
        }
    }

    #[test]
    fn an_error_comes_through_where_it_is_handed_on() {
        let chunk = |path: &str, returns: &str, raises: &[&str]| {
            let raise = |exception: &&str| Raise { exception: (*exception).to_owned(), ..Raise::default() };
            let facts = Facts { returns: returns.to_owned(), raises: raises.iter().map(raise).collect(), ..Facts::default() };
            Chunk { path: path.to_owned(), facts, ..Chunk::default() }
        };
        let told = |passing: Passing| (passing.raises.into_iter().map(|raise| raise.exception).collect::<Vec<_>>(), passing.changed);
        let check = |caller: &str, call: Call, want: (&[&str], bool)| {
            let callee = chunk("a.rs", "Result<u8, Fault>", &["Fault::Empty", "panic!"]);
            let found = told(passing(&chunk("a.rs", caller, &[]), &callee, &[call]));
            assert_eq!((found.0.iter().map(String::as_str).collect::<Vec<_>>(), found.1), (want.0.to_vec(), want.1));
        };
        let tried = || Call { tried: true, ..Call::default() };
        check("Result<(), Fault>", tried(), (&["Fault::Empty"], false));
        check("anyhow::Result<()>", tried(), (&[], true));
        check("Result<u8, Fault>", Call { usage: CallUse::Returned, ..Call::default() }, (&["Fault::Empty"], false));
        check("Result<u8, Fault>", Call { usage: CallUse::Assigned, ..Call::default() }, (&[], false));
        let python = chunk("a.py", "", &["Empty"]);
        assert_eq!(told(passing(&chunk("a.py", "", &[]), &python, &[Call::default()])), (vec!["Empty".to_owned()], false));
        let caught = Call { catches: vec!["*".to_owned()], ..Call::default() };
        assert_eq!(passing(&chunk("a.py", "", &[]), &python, &[caught]), Passing::default());
    }
}
