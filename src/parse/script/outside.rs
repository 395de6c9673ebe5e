//! Well-known calls of JavaScript that reach out of the program.
//!
//! A table of canonical names, as the platforms and the packages of the field document them. What a
//! file imports under another name is looked up under its own.

use crate::model::{Import, Outside};
use crate::parse::script::imports::{DEFAULT, PACKAGE};

/// Names that every program has, with a dot at the end what holds functions that all do.
static GLOBALS: &[(&str, Outside)] = &[
    ("fetch", Outside::Network),
    ("window.fetch", Outside::Network),
    ("globalThis.fetch", Outside::Network),
    ("navigator.sendBeacon", Outside::Network),
    ("WebSocket", Outside::Network),
    ("EventSource", Outside::Network),
    ("XMLHttpRequest", Outside::Network),
    ("process.exit", Outside::Process),
    ("process.kill", Outside::Process),
    ("process.abort", Outside::Process),
    ("Date.now", Outside::Clock),
    ("performance.now", Outside::Clock),
    ("process.hrtime", Outside::Clock),
    ("process.hrtime.bigint", Outside::Clock),
    ("setTimeout", Outside::Clock),
    ("setInterval", Outside::Clock),
    ("Math.random", Outside::Random),
    ("crypto.randomUUID", Outside::Random),
    ("crypto.getRandomValues", Outside::Random),
    ("console.log", Outside::Output),
    ("console.info", Outside::Output),
    ("console.warn", Outside::Output),
    ("console.error", Outside::Output),
    ("console.debug", Outside::Output),
    ("console.trace", Outside::Output),
    ("console.table", Outside::Output),
    ("process.stdout.write", Outside::Output),
    ("process.stderr.write", Outside::Output),
];

/// Packages, and below a `.` their functions; without one all of them, the package itself with them.
static PACKAGES: &[(&str, Outside)] = &[
    ("fs", Outside::File),
    ("fs/promises", Outside::File),
    ("fs-extra", Outside::File),
    ("graceful-fs", Outside::File),
    ("rimraf", Outside::File),
    ("mkdirp", Outside::File),
    ("axios", Outside::Network),
    ("node-fetch", Outside::Network),
    ("got", Outside::Network),
    ("superagent", Outside::Network),
    ("undici.fetch", Outside::Network),
    ("undici.request", Outside::Network),
    ("request", Outside::Network),
    ("http.get", Outside::Network),
    ("http.request", Outside::Network),
    ("http.createServer", Outside::Network),
    ("https.get", Outside::Network),
    ("https.request", Outside::Network),
    ("https.createServer", Outside::Network),
    ("net.connect", Outside::Network),
    ("net.createConnection", Outside::Network),
    ("net.createServer", Outside::Network),
    ("dns.lookup", Outside::Network),
    ("nodemailer.createTransport", Outside::Network),
    ("mysql.createConnection", Outside::Database),
    ("mysql.createPool", Outside::Database),
    ("mysql2.createConnection", Outside::Database),
    ("mysql2.createPool", Outside::Database),
    ("pg.Pool", Outside::Database),
    ("pg.Client", Outside::Database),
    ("mongoose.connect", Outside::Database),
    ("redis.createClient", Outside::Database),
    ("typeorm.getRepository", Outside::Database),
    ("typeorm.getConnection", Outside::Database),
    ("typeorm.createConnection", Outside::Database),
    ("child_process", Outside::Process),
    ("execa", Outside::Process),
    ("os.hostname", Outside::Environment),
    ("os.homedir", Outside::Environment),
    ("os.tmpdir", Outside::Environment),
    ("crypto.randomBytes", Outside::Random),
    ("crypto.randomUUID", Outside::Random),
    ("crypto.randomInt", Outside::Random),
    ("uuid.v1", Outside::Random),
    ("uuid.v4", Outside::Random),
    ("nanoid.nanoid", Outside::Random),
];

/// Loggers by the names that people give them.
const LOGGERS: &[&str] = &["logger", "log", "this.logger", "this.log", "winston", "req.log"];
const LEVELS: &[&str] = &["debug", "info", "warn", "error", "log", "verbose", "fatal", "trace", "silly"];
/// Methods of what holds the rows of one table, by the end of its name.
const REPOSITORIES: &[&str] = &["Repository", "Repo"];
const ROWS: &[&str] = &[
    "find",
    "findOne",
    "findOneBy",
    "findOneOrFail",
    "findBy",
    "findAndCount",
    "save",
    "insert",
    "update",
    "upsert",
    "delete",
    "remove",
    "softDelete",
    "count",
    "increment",
    "decrement",
    "createQueryBuilder",
    "query",
];
/// The same of Prisma, whose tables are members of the client.
const PRISMA: &[&str] = &["prisma", "this.prisma"];
const PRISMA_ROWS: &[&str] = &[
    "findMany",
    "findUnique",
    "findUniqueOrThrow",
    "findFirst",
    "findFirstOrThrow",
    "create",
    "createMany",
    "update",
    "updateMany",
    "upsert",
    "delete",
    "deleteMany",
    "count",
    "aggregate",
    "groupBy",
];

/// What a call of `callee` reaches, where that is well known. `imports` are those in force;
/// `bound` tells whether the code binds a name to something of its own.
pub(super) fn reached(callee: &str, arguments: usize, imports: &[Import], bound: impl Fn(&str) -> bool) -> Option<Outside> {
    let (head, rest) = callee.split_once('.').map_or((callee, ""), |(head, rest)| (head, rest));
    if bound(head) || callee.contains(['(', '…']) {
        return None;
    }
    if let Some((of, method)) = callee.rsplit_once('.') {
        let last = of.rsplit('.').next().unwrap_or_default();
        if LOGGERS.contains(&of) && LEVELS.contains(&method) {
            return Some(Outside::Log);
        }
        if REPOSITORIES.iter().any(|end| last.ends_with(end) && last.len() > end.len()) && ROWS.contains(&method) {
            return Some(Outside::Database);
        }
        let table = of.rsplit_once('.').map(|(client, _)| client);
        if table.is_some_and(|client| PRISMA.contains(&client)) && PRISMA_ROWS.contains(&method) {
            return Some(Outside::Database);
        }
    }
    let Some(import) = imports.iter().rfind(|import| import.local == head) else {
        // A date of its own says which; without one it is now.
        let now = callee == "Date" && arguments == 0;
        return if now { Some(Outside::Clock) } else { GLOBALS.iter().find(|(name, _)| *name == callee).map(|(_, on)| *on) };
    };
    let package = import.module.strip_prefix(PACKAGE)?;
    let symbol = if import.symbol == DEFAULT { "" } else { import.symbol.as_str() };
    let member = [symbol, rest].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(".");
    let member = member.strip_prefix("promises.").unwrap_or(&member);
    let whole = format!("{package}.{member}");
    PACKAGES.iter().find(|(name, _)| *name == package || *name == whole).map(|(_, on)| *on)
}

#[cfg(test)]
mod tests {
    use super::reached;
    use crate::model::{Import, Outside};

    #[track_caller]
    fn check(callee: &str, arguments: usize, imports: &[(&str, &str, &str)], want: Option<Outside>) {
        let imports: Vec<Import> = imports
            .iter()
            .map(|(local, module, symbol)| Import { local: (*local).into(), module: (*module).into(), symbol: (*symbol).into() })
            .collect();
        assert_eq!(reached(callee, arguments, &imports, |name| name == "mine"), want, "{callee}");
    }

    #[test]
    fn names_are_looked_up_as_they_were_imported() {
        check("fetch", 1, &[], Some(Outside::Network));
        check("fetch", 1, &[("fetch", "/src/net", "fetch")], None);
        check("mine.fetch", 1, &[], None);
        check("fs.readFileSync", 1, &[("fs", "npm/fs", "default")], Some(Outside::File));
        check("readFile", 1, &[("readFile", "npm/fs/promises", "readFile")], Some(Outside::File));
        check("readFile", 1, &[], None);
        check("axios.get", 1, &[("axios", "npm/axios", "default")], Some(Outside::Network));
        check("get", 1, &[("get", "npm/http", "get")], Some(Outside::Network));
        check("http.STATUS", 1, &[("http", "npm/http", "")], None);
        check("Date", 0, &[], Some(Outside::Clock));
        check("Date", 1, &[], None);
        check("this.logger.warn", 1, &[], Some(Outside::Log));
        check("this.userRepository.save", 1, &[], Some(Outside::Database));
        check("this.prisma.order.findMany", 1, &[], Some(Outside::Database));
        check("orders.find", 1, &[], None);
    }
}
