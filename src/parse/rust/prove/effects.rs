//! What reaches outside of the program, by well-known names. The table is the proof's own: an
//! effect that the extraction sees and this table does not know is not proved.

use super::calls::called;
use super::state::binds;
use super::{is_own, plain};
use crate::parse::syntax::{NodeId, Syntax};

/// How a name in the table stands for what is called.
enum Names {
    /// The whole callee, or its last names: `fs::read` of `std::fs::read`.
    Whole(&'static [&'static str]),
    /// What is called lies below this path.
    Below(&'static [&'static str]),
    /// The method alone tells.
    Method(&'static [&'static str]),
    /// A macro, with the `!`.
    Macro(&'static [&'static str]),
}

use Names::{Below, Macro, Method, Whole};

#[rustfmt::skip]
static EFFECTS: &[(&str, Names)] = &[
    ("file", Below(&["fs", "std::fs", "tokio::fs", "async_std::fs", "File", "OpenOptions", "DirBuilder", "tempfile",
        "NamedTempFile", "TempDir"])),
    ("file", Whole(&["read_to_string", "create_dir", "create_dir_all", "remove_file", "remove_dir", "remove_dir_all", "read_dir",
        "tempdir"])),
    ("network", Below(&["net", "std::net", "tokio::net", "TcpStream", "TcpListener", "UdpSocket", "UnixStream", "reqwest", "ureq",
        "hyper", "isahc", "surf"])),
    ("database", Below(&["rusqlite", "sqlx", "diesel", "postgres", "tokio_postgres", "mysql", "redis", "mongodb"])),
    ("database", Whole(&["Connection::open", "Connection::open_in_memory", "PgPool::connect", "MySqlPool::connect",
        "SqlitePool::connect"])),
    ("database", Method(&["execute", "query_row", "query_map", "fetch_one", "fetch_all", "fetch_optional"])),
    ("environment", Below(&["env", "std::env", "dotenv", "dotenvy"])),
    ("process", Below(&["process", "std::process", "Command", "tokio::process"])),
    ("clock", Whole(&["SystemTime::now", "Instant::now", "Utc::now", "Local::now", "OffsetDateTime::now_utc", "thread::sleep",
        "time::sleep", "sleep", "Utc::today", "Local::today", "Zoned::now", "Timestamp::now"])),
    ("random", Below(&["rand", "fastrand", "getrandom", "OsRng"])),
    ("random", Whole(&["thread_rng", "random", "Uuid::new_v4"])),
    ("log", Macro(&["error!", "warn!", "info!", "debug!", "trace!"])),
    ("log", Below(&["log", "tracing"])),
    ("output", Macro(&["println!", "print!", "eprintln!", "eprint!", "dbg!"])),
    ("output", Whole(&["io::stdout", "io::stderr", "stdout", "stderr"])),
];

/// A call of `callee`, or of a macro, that the table has in the category.
pub(super) fn effect(syntax: &Syntax, top: NodeId, category: &str, callee: &str) -> Option<NodeId> {
    let names = EFFECTS.iter().find(|(of, names)| *of == category && is_named(names, callee)).map(|(_, names)| names)?;
    let first = callee.split(['.', ':', '(']).next().unwrap_or_default();
    if !matches!(names, Method(_)) && binds(syntax, top, first) {
        return None;
    }
    match callee.strip_suffix('!') {
        Some(name) => (top..syntax.end(top)).find(|&node| {
            let stated = syntax.child(node, "macro").filter(|_| syntax.kind(node) == "macro_invocation");
            stated.is_some_and(|stated| plain(syntax.text(stated)) == plain(name)) && is_own(syntax, top, node)
        }),
        None => called(syntax, top, callee).next(),
    }
}

fn is_named(names: &Names, callee: &str) -> bool {
    // The path before the first method: `Command::new` of `Command::new("git").arg`.
    let path = callee.split(['.', '(']).next().unwrap_or_default();
    let ends = |name: &str| path == name || path.strip_suffix(name).is_some_and(|rest| rest.ends_with("::"));
    match names {
        Whole(all) => path == callee && all.iter().any(|name| ends(name)),
        Below(all) => all.iter().any(|name| {
            let of = path.rsplit_once("::").map_or("", |(of, _)| of);
            let nested = path.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"));
            nested || of == *name || of.strip_suffix(name).is_some_and(|rest| rest.ends_with("::"))
        }),
        Method(all) => callee.rsplit_once('.').is_some_and(|(_, method)| all.contains(&method)),
        Macro(all) => all.iter().any(|name| ends(name)),
    }
}
