//! What reaches outside of the program, by well-known names. The table is the proof's own: an
//! effect that the extraction sees and this table does not know is not proved.

use super::calls::called;
use super::own;
use super::state::binds;
use crate::parse::syntax::{NodeId, Syntax};

/// How a name in the table stands for what is called.
enum Names {
    /// The whole callee.
    Whole(&'static [&'static str]),
    /// What is called lies below this name: `requests` of `requests.get`.
    Below(&'static [&'static str]),
    /// One of these methods of one of those objects.
    On(&'static [&'static str], &'static [&'static str]),
    /// A name on the way to what is called: `objects` of `Order.objects.filter`.
    Through(&'static [&'static str]),
    /// The method alone tells; it is not looked at where the object is well known for something else.
    Method(&'static [&'static str]),
}

use Names::{Below, Method, On, Through, Whole};

#[rustfmt::skip]
static EFFECTS: &[(&str, Names)] = &[
    ("file", Whole(&["open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "zipfile.ZipFile", "tarfile.open", "os.open",
        "os.remove", "os.unlink", "os.rename", "os.renames", "os.replace", "os.mkdir", "os.makedirs", "os.rmdir", "os.removedirs",
        "os.listdir", "os.scandir", "os.walk", "os.stat", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate", "os.utime",
        "os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.getsize", "os.path.getmtime", "json.dump", "json.load",
        "pickle.dump", "pickle.load", "aiofiles.open", "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory", "mkdtemp", "mkstemp",
        "rmtree", "copyfile", "copytree", "makedirs", "listdir"])),
    ("file", Below(&["shutil", "tempfile"])),
    ("file", Method(&["read_text", "write_text", "read_bytes", "write_bytes", "iterdir", "rglob", "unlink", "mkdir", "rmdir", "touch"])),
    ("network", Whole(&["urlopen", "send_mail"])),
    ("network", Below(&["requests", "httpx", "aiohttp", "urllib.request", "urllib3", "socket", "http.client", "smtplib", "ftplib",
        "imaplib", "poplib", "telnetlib", "xmlrpc.client", "websockets", "paramiko"])),
    ("network", On(&["send_mail", "send_mass_mail"], &["mail", "django.core.mail"])),
    ("database", Below(&["sqlite3", "psycopg", "psycopg2", "pymysql", "MySQLdb", "asyncpg", "aiosqlite", "pymongo", "transaction"])),
    ("database", Through(&["objects", "_default_manager", "_base_manager"])),
    ("database", On(&["add", "add_all", "query", "get", "merge", "flush", "refresh", "scalars", "scalar", "expunge", "begin"],
        &["session", "db.session", "self.session", "self._session", "self.db.session"])),
    ("database", Method(&["save", "delete", "execute", "executemany", "executescript", "fetchone", "fetchall", "fetchmany", "commit",
        "rollback", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "select_for_update", "refresh_from_db"])),
    ("environment", Whole(&["os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv", "environ", "getenv"])),
    ("environment", Below(&["os.environ", "environ"])),
    ("process", Whole(&["os.system", "os.popen", "os.fork", "os.kill", "os.killpg", "os.execv", "os.execve", "os.execvp", "os.execl",
        "os.execlp", "os.spawnl", "os.spawnv", "os.posix_spawn", "os.abort", "os._exit", "sys.exit", "asyncio.create_subprocess_exec",
        "asyncio.create_subprocess_shell", "check_output", "check_call", "Popen"])),
    ("process", Below(&["subprocess", "multiprocessing"])),
    ("clock", Whole(&["time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns",
        "time.process_time", "time.sleep", "time.localtime", "time.gmtime", "time.ctime", "sleep", "asyncio.sleep", "monotonic",
        "perf_counter", "now", "utcnow"])),
    ("clock", On(&["now", "utcnow", "today"], &["datetime", "datetime.datetime", "dt.datetime", "date", "datetime.date", "dt.date"])),
    ("clock", On(&["now", "localtime", "localdate"], &["timezone", "django.utils.timezone"])),
    ("random", Whole(&["uuid4", "uuid1", "uuid.uuid4", "uuid.uuid1", "os.urandom", "get_random_string", "urandom", "randint"])),
    ("random", Below(&["random", "secrets", "numpy.random", "np.random"])),
    ("log", On(&["debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"],
        &["logging", "logger", "log", "LOG", "LOGGER", "_logger", "_log", "self.logger", "self._logger", "self.log", "self._log",
          "cls.logger", "app.logger", "current_app.logger", "self.app.logger"])),
    ("log", Whole(&["warnings.warn", "warn"])),
    ("output", Whole(&["print", "pprint", "pprint.pprint", "sys.stdout.write", "sys.stderr.write", "sys.stdout.writelines",
        "sys.stdout.flush", "sys.stderr.flush", "click.echo", "click.secho", "click.echo_via_pager", "typer.echo", "typer.secho",
        "self.stdout.write", "self.stderr.write"])),
];

/// A call of `callee`, or of the environment a look at it, which the table has in the category.
pub(super) fn effect(syntax: &Syntax, top: NodeId, category: &str, callee: &str) -> Option<NodeId> {
    let first = callee.split(['.', '(', '[']).next().unwrap_or_default();
    let known = match kind_of(category, callee)? {
        Method(_) | Through(_) => true,
        _ => first == "self" || first == "cls" || !binds(syntax, top, first),
    };
    let found = called(syntax, top, callee).next();
    let looked_at = || {
        let environment = category == "environment" && matches!(callee, "os.environ" | "os.environb" | "environ");
        own(syntax, top).find(|&node| {
            environment
                && matches!(syntax.kind(node), "attribute" | "identifier")
                && syntax.folded(node) == callee
                && !matches!(syntax.field(node), "attribute" | "name" | "alias")
        })
    };
    found.or_else(looked_at).filter(|_| known)
}

fn kind_of(category: &str, callee: &str) -> Option<&'static Names> {
    let fits = |names: &Names| match callee.strip_prefix("….") {
        // Of a long expression only the method is told.
        Some(name) => matches!(names, Method(known) if known.contains(&name)),
        None => is_named(names, callee),
    };
    let found = EFFECTS.iter().find(|(of, names)| *of == category && fits(names)).map(|(_, names)| names)?;
    let elsewhere = || EFFECTS.iter().any(|(of, names)| *of != category && !matches!(names, Method(_)) && fits(names));
    if matches!(found, Method(_)) && elsewhere() { None } else { Some(found) }
}

fn is_named(names: &Names, callee: &str) -> bool {
    let split = callee.rsplit_once('.');
    match names {
        Whole(all) => all.contains(&callee),
        Below(all) => all.iter().any(|name| callee.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))),
        On(methods, objects) => split.is_some_and(|(object, method)| methods.contains(&method) && objects.contains(&object)),
        Through(all) => split.is_some_and(|(object, _)| object.split('.').skip(1).any(|name| all.contains(&name))),
        Method(all) => split.is_some_and(|(_, method)| all.contains(&method)),
    }
}
