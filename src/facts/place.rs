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

/// Folders that say how code is packed and not what it is about.
const PACKING: &[&str] = &["src", "lib", "libs", "app", "apps", "pkg", "packages", "crates", "python", "source", "java"];

/// The business area that a path speaks of: the folder below the package, or the file itself
/// where the package has no folders.
pub(crate) fn domain(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
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
