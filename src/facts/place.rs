//! Where a file belongs: its split and its domain. Both look at the path alone, so a change
//! elsewhere never moves a sample.

use crate::model::key;

/// Shares of the splits in percent; what is left is training data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shares {
    pub validation: u32,
    pub test: u32,
}

/// The split of everything in a file: a stable hash of the path against the shares.
pub(crate) fn split(path: &str, shares: Shares) -> &'static str {
    let draw = (key("split", path) % 100) as u32;
    match draw {
        _ if draw < shares.test => "test",
        _ if draw < shares.test + shares.validation => "validation",
        _ => "train",
    }
}

/// The split of what happened in a second: whole weeks are held out, so what was done in one go stays together.
pub(crate) fn split_of_time(seconds: i64, shares: Shares) -> &'static str {
    split(&format!("week {}", seconds.div_euclid(7 * 86_400)), shares)
}

/// Folders that say how code is packed and not what it is about.
const PACKING: &[&str] = &["src", "lib", "libs", "app", "apps", "pkg", "packages", "crates", "python", "source", "java"];

/// The business area that a path speaks of: the folder below the package, or the file itself
/// where the package has no folders.
pub(crate) fn domain(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    if let Some(domain) = of_layers(stem) {
        return domain;
    }
    let mut parts: Vec<&str> = stem.split('/').filter(|part| !matches!(*part, "__init__" | "mod" | "lib" | "main")).collect();
    while parts.len() > 1 && PACKING.contains(&parts[0]) {
        parts.remove(0);
    }
    let name = match parts.as_slice() {
        [] => "root",
        [only] if PACKING.contains(only) => "root",
        [only] => only,
        [_, rest @ ..] => rest.iter().find(|part| !PACKING.contains(part)).unwrap_or(&rest[0]),
    };
    name.trim_matches('_').to_lowercase()
}

/// Folders that say which layer code is in, or how it is packed, below `src/main/…`.
const LAYERS: &[&str] = &[
    "controller",
    "controllers",
    "rest",
    "web",
    "endpoint",
    "service",
    "services",
    "impl",
    "dao",
    "mapper",
    "mappers",
    "repository",
    "repositories",
    "model",
    "models",
    "entity",
    "domain",
    "dto",
    "vo",
    "bo",
    "po",
    "component",
    "components",
    "config",
    "configuration",
    "util",
    "utils",
    "common",
    "core",
    "api",
    "internal",
    "infra",
    "extension",
    "handler",
    "listener",
    "exception",
    "job",
    "task",
];
/// Words at the end of a type's name that say which part it plays.
const PARTS: &[&str] = &[
    "controller",
    "service",
    "impl",
    "dao",
    "mapper",
    "repository",
    "param",
    "params",
    "result",
    "dto",
    "vo",
    "bo",
    "config",
    "configuration",
    "component",
    "util",
    "utils",
    "helper",
    "handler",
    "listener",
    "exception",
    "endpoint",
    "router",
    "reconciler",
    "finder",
    "query",
    "request",
    "response",
    "event",
    "factory",
    "builder",
    "provider",
    "properties",
    "validator",
    "resolver",
    "manager",
    "client",
    "sender",
    "receiver",
    "aspect",
    "annotation",
    "enum",
    "type",
    "status",
    "constants",
    "constant",
    "support",
    "adapter",
    "converter",
    "detail",
    "details",
    "filter",
    "interceptor",
    "task",
    "job",
    "entity",
    "application",
    "default",
];

/// The business area in a layout by layers, as build tools lay Java out: a folder that is no layer, or the noun that a
/// type is named after. `OmsPortalOrderServiceImpl` in `…/portal/service/impl/` is about the order.
fn of_layers(stem: &str) -> Option<String> {
    let (_, package) = stem.split_once("src/main/").or_else(|| stem.split_once("src/test/"))?;
    let mut folders: Vec<&str> = package.split('/').skip(1).collect();
    let name = folders.pop()?;
    // The first three are the address of the house: `com/macro/mall`.
    let below: Vec<&str> = folders.iter().skip(3).copied().collect();
    let layered = below.iter().any(|folder| LAYERS.contains(folder)) || below.is_empty();
    if !layered {
        return below.first().map(|folder| folder.to_lowercase());
    }
    let mut words: Vec<String> = split_words(name);
    while words.len() > 1 && words.last().is_some_and(|word| PARTS.contains(&word.as_str())) {
        words.pop();
    }
    while words.len() > 1 && (words[0].len() <= 3 || PARTS.contains(&words[0].as_str()) || folders.contains(&words[0].as_str())) {
        words.remove(0);
    }
    let plural = words.first().and_then(|word| word.strip_suffix('s')).filter(|word| word.len() > 3 && !word.ends_with(['s', 'i']));
    plural.map(str::to_owned).or_else(|| words.into_iter().next())
}

/// `OmsPortalOrder` as its words, in lower case.
fn split_words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let begins = letter.is_uppercase()
            && (at == 0 || !letters[at - 1].is_uppercase() || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if begins || out.is_empty() {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Shares, domain, split};

    #[test]
    fn a_domain_is_the_folder_below_the_package() {
        for (path, want) in [
            ("shop/orders/service.py", "orders"),
            ("src/requests/models.py", "models"),
            ("src/oscar/apps/checkout/views.py", "checkout"),
            ("sympy/core/basic.py", "core"),
            ("shop/__init__.py", "shop"),
            ("setup.py", "setup"),
            ("src/lib.rs", "root"),
            ("mall-portal/src/main/java/com/macro/mall/portal/service/impl/OmsPortalOrderServiceImpl.java", "order"),
            ("mall-admin/src/main/java/com/macro/mall/service/PmsSkuStockService.java", "stock"),
            ("mall-admin/src/main/java/com/macro/mall/controller/OmsOrderReturnApplyController.java", "order"),
            ("application/src/main/java/run/halo/app/theme/finders/PostFinder.java", "theme"),
            ("a/src/main/java/com/a/b/Application.java", "application"),
        ] {
            assert_eq!(domain(path), want, "{path}");
        }
    }

    #[test]
    fn shares_hold_over_many_paths() {
        let shares = Shares { validation: 5, test: 5 };
        let count = |name| (0..10_000).filter(|n| split(&format!("a/{n}.py"), shares) == name).count();
        assert!((400..600).contains(&count("test")), "{}", count("test"));
        assert!((400..600).contains(&count("validation")), "{}", count("validation"));
        assert_eq!(split("a.py", Shares { validation: 0, test: 100 }), "test");
    }
}
