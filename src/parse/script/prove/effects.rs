//! What reaches outside of the program, by well-known names. The table is the proof's own: an
//! effect that the extraction sees and this table does not know is not proved.

use super::Alone;
use super::calls::called;
use super::state::binds;
use crate::parse::syntax::NodeId;

/// How a name in the table stands for what is called.
enum Names {
    /// The whole callee.
    Whole(&'static [&'static str]),
    /// What is called lies below this name, or is it: `axios`, `axios.get`.
    Below(&'static [&'static str]),
    /// One of these methods of one of those objects.
    On(&'static [&'static str], &'static [&'static str]),
    /// One of these methods of an object whose name ends so.
    Of(&'static [&'static str], &'static [&'static str]),
}

use Names::{Below, Of, On, Whole};

#[rustfmt::skip]
static EFFECTS: &[(&str, Names)] = &[
    ("file", Below(&["fs", "fsp", "fse", "fsPromises", "promises", "fs.promises", "rimraf", "mkdirp"])),
    ("file", Whole(&["readFile", "readFileSync", "writeFile", "writeFileSync", "appendFile", "appendFileSync", "unlink", "unlinkSync",
        "mkdir", "mkdirSync", "rm", "rmSync", "rmdir", "rmdirSync", "readdir", "readdirSync", "stat", "statSync", "lstat", "lstatSync",
        "existsSync", "access", "accessSync", "rename", "renameSync", "copyFile", "copyFileSync", "cp", "cpSync", "createReadStream",
        "createWriteStream", "open", "openSync", "close", "closeSync", "watch", "watchFile", "chmod", "chmodSync", "mkdtemp",
        "mkdtempSync", "ensureDir", "ensureDirSync", "outputFile", "outputFileSync", "outputJson", "readJson", "readJsonSync",
        "writeJson", "writeJsonSync", "remove", "removeSync", "copy", "copySync", "move", "pathExists", "emptyDir", "realpath",
        "realpathSync", "readlink", "symlink", "truncate"])),
    ("network", Whole(&["fetch", "window.fetch", "globalThis.fetch", "navigator.sendBeacon", "WebSocket", "EventSource", "XMLHttpRequest",
        "createTransport", "nodemailer.createTransport", "got", "superagent", "request", "nodeFetch", "get", "createServer",
        "createConnection", "connect", "lookup"])),
    ("network", Below(&["axios", "got", "superagent", "request", "https", "http", "net", "dns", "undici"])),
    ("database", Whole(&["createConnection", "createPool", "createClient", "connect", "getRepository", "getConnection", "Pool", "Client",
        "pg.Pool", "pg.Client"])),
    ("database", On(&["connect", "createConnection", "createPool", "createClient", "getRepository", "getConnection"],
        &["mongoose", "mysql", "mysql2", "redis", "typeorm"])),
    ("database", Of(&["find", "findOne", "findOneBy", "findOneOrFail", "findBy", "findAndCount", "save", "insert", "update", "upsert",
        "delete", "remove", "softDelete", "count", "increment", "decrement", "createQueryBuilder", "query"], &["Repository", "Repo"])),
    ("database", Of(&["findMany", "findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "create", "createMany", "update",
        "updateMany", "upsert", "delete", "deleteMany", "count", "aggregate", "groupBy"], &["prisma."])),
    ("environment", Whole(&["process.env", "import.meta.env", "os.hostname", "os.homedir", "os.tmpdir", "hostname", "homedir", "tmpdir"])),
    ("process", Whole(&["process.exit", "process.kill", "process.abort", "exec", "execSync", "execFile", "execFileSync", "spawn",
        "spawnSync", "fork", "execa"])),
    ("process", Below(&["child_process", "childProcess", "cp", "execa"])),
    ("clock", Whole(&["Date", "Date.now", "performance.now", "process.hrtime", "process.hrtime.bigint", "setTimeout", "setInterval"])),
    ("random", Whole(&["Math.random", "crypto.randomUUID", "crypto.getRandomValues", "crypto.randomBytes", "crypto.randomInt",
        "randomUUID", "randomBytes", "randomInt", "uuid", "uuidv4", "uuidv1", "uuid.v4", "uuid.v1", "v4", "v1", "nanoid"])),
    ("log", On(&["debug", "info", "warn", "error", "log", "verbose", "fatal", "trace", "silly"],
        &["logger", "log", "this.logger", "this.log", "winston", "req.log"])),
    ("output", On(&["log", "info", "warn", "error", "debug", "trace", "table"], &["console"])),
    ("output", Whole(&["process.stdout.write", "process.stderr.write"])),
];

/// A call of `callee`, or of the environment a look at it, which the table has in the category.
pub(super) fn effect(chunk: &Alone, category: &str, callee: &str) -> Option<NodeId> {
    let syntax = chunk.syntax;
    let first = callee.split(['.', '(', '[']).next().unwrap_or_default();
    if first != "this" && binds(chunk, first) || !EFFECTS.iter().any(|(of, names)| *of == category && is_named(names, callee)) {
        return None;
    }
    if category == "environment" && matches!(callee, "process.env" | "import.meta.env") {
        return chunk.own().find(|&node| syntax.kind(node) == "member_expression" && syntax.text(node) == callee);
    }
    let now = |call: NodeId| {
        // A date of its own says which; without one it is now.
        let dated = syntax.child(call, "arguments").is_some_and(|list| syntax.parts(list).next().is_some());
        callee != "Date" || !dated
    };
    called(chunk, callee).find(|&call| now(call))
}

fn is_named(names: &Names, callee: &str) -> bool {
    let split = callee.rsplit_once('.');
    match names {
        Whole(all) => all.contains(&callee),
        Below(all) => all.iter().any(|name| callee.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))),
        On(methods, objects) => split.is_some_and(|(object, method)| methods.contains(&method) && objects.contains(&object)),
        Of(methods, ends) => split.is_some_and(|(object, method)| {
            let fits = |end: &&str| match end.strip_suffix('.') {
                Some(client) => object.split('.').rev().nth(1) == Some(client),
                None => object.ends_with(*end),
            };
            methods.contains(&method) && ends.iter().any(fits)
        }),
    }
}
