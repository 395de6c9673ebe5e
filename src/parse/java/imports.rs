//! What a file imports. Packages are folders, types files in them, by the language's convention.

use crate::model::Import;
use crate::parse::syntax::{NodeId, Syntax};

/// What an import brings in; None where it does not name anything.
pub(super) fn import(syntax: &Syntax, node: NodeId) -> Option<Import> {
    let name = syntax.parts(node).find(|&part| matches!(syntax.kind(part), "identifier" | "scoped_identifier"))?;
    let names: Vec<String> = syntax.text(name).split('.').map(|part| part.trim().to_owned()).collect();
    let all = syntax.parts(node).any(|part| syntax.kind(part) == "asterisk");
    // The first name in capitals is the type that the file is named after.
    let at = names.iter().position(|part| part.starts_with(char::is_uppercase));
    let Some(at) = at else {
        // A package, or a type that nobody would name so.
        let (last, front) = names.split_last()?;
        return Some(match all {
            true => Import { local: "*".to_owned(), module: names.join("/"), symbol: String::new() },
            false => Import { local: last.clone(), module: format!("{}/{last}", front.join("/")), symbol: last.clone() },
        });
    };
    let module = names[..=at].join("/");
    let symbol = names[at..].join(".");
    Some(match all {
        true => Import { local: "*".to_owned(), module, symbol },
        false => Import { local: names.last()?.clone(), module, symbol },
    })
}
