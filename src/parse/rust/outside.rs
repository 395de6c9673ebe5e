//! Well-known calls of Rust that reach out of the program.
//!
//! A table of canonical paths, as the standard library and the crates of the field document them.
//! What a file imports is looked up by its path. A name that the file gives to it anew is not told:
//! whoever sees the one function could not know what it means.

use crate::model::{Import, Outside};

/// Whole paths, and with `::` at the end what holds functions that all do.
static PATHS: &[(&str, Outside)] = &[
    ("std::fs::", Outside::File),
    ("std::fs::File::", Outside::File),
    ("std::fs::OpenOptions::", Outside::File),
    ("std::fs::DirBuilder::", Outside::File),
    ("tokio::fs::", Outside::File),
    ("tokio::fs::File::", Outside::File),
    ("tokio::fs::OpenOptions::", Outside::File),
    ("tempfile::", Outside::File),
    ("tempfile::NamedTempFile::", Outside::File),
    ("tempfile::TempDir::", Outside::File),
    ("std::net::TcpStream::", Outside::Network),
    ("std::net::TcpListener::", Outside::Network),
    ("std::net::UdpSocket::", Outside::Network),
    ("tokio::net::TcpStream::", Outside::Network),
    ("tokio::net::TcpListener::", Outside::Network),
    ("tokio::net::UdpSocket::", Outside::Network),
    ("std::os::unix::net::UnixStream::", Outside::Network),
    ("tokio::net::UnixStream::", Outside::Network),
    ("reqwest::get", Outside::Network),
    ("reqwest::blocking::get", Outside::Network),
    ("reqwest::Client::", Outside::Network),
    ("reqwest::blocking::Client::", Outside::Network),
    ("ureq::get", Outside::Network),
    ("ureq::post", Outside::Network),
    ("ureq::put", Outside::Network),
    ("ureq::delete", Outside::Network),
    ("ureq::request", Outside::Network),
    ("rusqlite::Connection::open", Outside::Database),
    ("rusqlite::Connection::open_in_memory", Outside::Database),
    ("sqlx::query", Outside::Database),
    ("sqlx::query_as", Outside::Database),
    ("sqlx::query_scalar", Outside::Database),
    ("sqlx::PgPool::connect", Outside::Database),
    ("sqlx::MySqlPool::connect", Outside::Database),
    ("sqlx::SqlitePool::connect", Outside::Database),
    ("diesel::insert_into", Outside::Database),
    ("diesel::update", Outside::Database),
    ("diesel::delete", Outside::Database),
    ("diesel::sql_query", Outside::Database),
    ("postgres::Client::connect", Outside::Database),
    ("tokio_postgres::connect", Outside::Database),
    ("redis::Client::open", Outside::Database),
    ("mongodb::Client::with_uri_str", Outside::Database),
    ("std::env::", Outside::Environment),
    ("dotenvy::", Outside::Environment),
    ("std::process::Command::", Outside::Process),
    ("std::process::exit", Outside::Process),
    ("std::process::abort", Outside::Process),
    ("std::process::id", Outside::Process),
    ("tokio::process::Command::", Outside::Process),
    ("std::time::SystemTime::now", Outside::Clock),
    ("std::time::Instant::now", Outside::Clock),
    ("tokio::time::Instant::now", Outside::Clock),
    ("std::thread::sleep", Outside::Clock),
    ("tokio::time::sleep", Outside::Clock),
    ("chrono::Utc::now", Outside::Clock),
    ("chrono::Local::now", Outside::Clock),
    ("time::OffsetDateTime::now_utc", Outside::Clock),
    ("jiff::Timestamp::now", Outside::Clock),
    ("jiff::Zoned::now", Outside::Clock),
    ("rand::random", Outside::Random),
    ("rand::thread_rng", Outside::Random),
    ("rand::rng", Outside::Random),
    ("rand::random_range", Outside::Random),
    ("rand::random_bool", Outside::Random),
    ("fastrand::", Outside::Random),
    ("getrandom::", Outside::Random),
    ("uuid::Uuid::new_v4", Outside::Random),
    ("std::io::stdout", Outside::Output),
    ("std::io::stderr", Outside::Output),
    ("std::println!", Outside::Output),
    ("std::print!", Outside::Output),
    ("std::eprintln!", Outside::Output),
    ("std::eprint!", Outside::Output),
    ("std::dbg!", Outside::Output),
    ("log::error!", Outside::Log),
    ("log::warn!", Outside::Log),
    ("log::info!", Outside::Log),
    ("log::debug!", Outside::Log),
    ("log::trace!", Outside::Log),
    ("tracing::error!", Outside::Log),
    ("tracing::warn!", Outside::Log),
    ("tracing::info!", Outside::Log),
    ("tracing::debug!", Outside::Log),
    ("tracing::trace!", Outside::Log),
];

/// Crates whose macros are used without an import, by `#[macro_use]` or as part of the language.
const AMBIENT: &[&str] = &["std", "log"];
/// Functions whose bare name says what they do: of `std::fs`, `std::thread` and `rand`. Others, like
/// `var` of `std::env`, say it with their module in front alone.
const TELLING: &[&str] = &[
    "read_to_string",
    "create_dir",
    "create_dir_all",
    "remove_file",
    "remove_dir",
    "remove_dir_all",
    "read_dir",
    "tempdir",
    "sleep",
    "thread_rng",
    "random",
    "stdout",
    "stderr",
];
/// Types that say nothing without their crate in front.
const VAGUE: &[&str] = &["Client"];
/// Methods of database handles, in files that import such a crate.
const QUERIES: &[&str] = &["execute", "query_row", "query_map", "fetch_one", "fetch_all", "fetch_optional"];
const DATABASES: &[&str] = &["rusqlite", "sqlx", "diesel", "postgres", "tokio_postgres", "mysql", "redis", "mongodb"];

/// What a call of `callee`, or of a macro with its `!`, reaches, where that is well known. `imports`
/// are those in force, the innermost last; `bound` tells whether the code binds a name itself.
pub(super) fn reached<'i>(
    callee: &str,
    mut imports: impl DoubleEndedIterator<Item = &'i Import>,
    bound: impl Fn(&str) -> bool,
) -> Option<Outside> {
    if let Some((_, method)) = callee.rsplit_once('.') {
        let of_database = |import: &Import| DATABASES.iter().any(|name| import.module.split('/').next() == Some(name));
        return (QUERIES.contains(&method) && imports.any(of_database)).then_some(Outside::Database);
    }
    if callee.contains(['(', '<']) {
        return None;
    }
    let (head, rest) = callee.split_once("::").map_or((callee, ""), |(head, rest)| (head, rest));
    let name = head.trim_end_matches('!');
    let import = imports.rfind(|import| import.local == name);
    let path = match import {
        Some(import) => format!("{}{}", origin(import)?, &callee[name.len()..]),
        None if bound(name) => return None,
        None => callee.to_owned(),
    };
    let listed = |path: &str| {
        let is = |known: &str| match path.strip_prefix(known) {
            Some(rest) if known.ends_with("::") => !rest.contains("::"),
            rest => rest == Some(""),
        };
        PATHS.iter().find(|(known, _)| is(known)).map(|(_, on)| *on)
    };
    match import {
        None if rest.is_empty() && callee.ends_with('!') => AMBIENT.iter().find_map(|of| listed(&format!("{of}::{callee}"))),
        None if rest.is_empty() => None,
        Some(_) if VAGUE.contains(&name) => None,
        Some(_) if rest.is_empty() && !callee.ends_with('!') && !TELLING.contains(&callee) => None,
        _ => listed(&path),
    }
}

/// The path that an import stands for, where it keeps the name and leads out of the repository.
fn origin(import: &Import) -> Option<String> {
    let path = if import.symbol.is_empty() { import.module.clone() } else { format!("{}/{}", import.module, import.symbol) };
    let kept = path.rsplit('/').next() == Some(&import.local);
    (kept && !path.starts_with('/')).then(|| path.replace('/', "::"))
}

#[cfg(test)]
mod tests {
    use super::reached;
    use crate::model::{Import, Outside};

    #[track_caller]
    fn check(callee: &str, imports: &[(&str, &str, &str)], want: Option<Outside>) {
        let imports: Vec<Import> = imports
            .iter()
            .map(|(local, module, symbol)| Import { local: (*local).into(), module: (*module).into(), symbol: (*symbol).into() })
            .collect();
        assert_eq!(reached(callee, imports.iter(), |name| name == "mine"), want, "{callee}");
    }

    #[test]
    fn paths_are_looked_up_as_they_were_imported() {
        check("std::fs::read", &[], Some(Outside::File));
        check("fs::read", &[("fs", "std", "fs")], Some(Outside::File));
        check("fs::read", &[("fs", "/src/fs", "")], None);
        check("fs::read", &[], None);
        check("disk::read", &[("disk", "std", "fs")], None);
        check("File::open", &[("File", "std/fs", "File")], Some(Outside::File));
        check("Permissions::from_mode", &[("Permissions", "std/fs", "Permissions")], None);
        check("read_to_string", &[("read_to_string", "std/fs", "read_to_string")], Some(Outside::File));
        check("read_to_string", &[], None);
        check("var", &[("var", "std/env", "var")], None);
        check("env::var", &[("env", "std", "env")], Some(Outside::Environment));
        check("Command::new", &[("Command", "std/process", "Command")], Some(Outside::Process));
        check("Command::new", &[("Command", "clap", "Command")], None);
        check("Command::new(\"git\").output", &[("Command", "std/process", "Command")], None);
        check("Instant::now", &[("Instant", "std/time", "Instant")], Some(Outside::Clock));
        check("Client::new", &[("Client", "reqwest", "Client")], None);
        check("reqwest::Client::new", &[], Some(Outside::Network));
        check("mine::read", &[], None);
    }

    #[test]
    fn macros_need_no_import() {
        check("println!", &[], Some(Outside::Output));
        check("info!", &[], Some(Outside::Log));
        check("info!", &[("info", "tracing", "info")], Some(Outside::Log));
        check("info!", &[("info", "/src/voice", "info")], None);
        check("tracing::warn!", &[], Some(Outside::Log));
        check("format!", &[], None);
    }

    #[test]
    fn a_query_is_one_where_a_database_is_imported() {
        check("pool.fetch_one", &[("PgPool", "sqlx", "PgPool")], Some(Outside::Database));
        check("task.execute", &[("Task", "/src/task", "Task")], None);
    }
}
