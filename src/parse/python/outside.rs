//! Well-known calls of Python that reach out of the program.
//!
//! A table of canonical names, as the standard library and the packages of the field document
//! them. What a file imports under another name is looked up under its own.

use crate::model::{Import, Outside};

/// Whole names, and names of modules with a dot at the end.
static NAMES: &[(&str, Outside)] = &[
    ("open", Outside::File),
    ("io.open", Outside::File),
    ("shutil.", Outside::File),
    ("tempfile.", Outside::File),
    ("os.remove", Outside::File),
    ("os.unlink", Outside::File),
    ("os.rename", Outside::File),
    ("os.replace", Outside::File),
    ("os.makedirs", Outside::File),
    ("os.mkdir", Outside::File),
    ("os.rmdir", Outside::File),
    ("os.listdir", Outside::File),
    ("os.scandir", Outside::File),
    ("os.walk", Outside::File),
    ("os.path.exists", Outside::File),
    ("os.path.isfile", Outside::File),
    ("os.path.isdir", Outside::File),
    ("requests.get", Outside::Network),
    ("requests.post", Outside::Network),
    ("requests.put", Outside::Network),
    ("requests.patch", Outside::Network),
    ("requests.delete", Outside::Network),
    ("requests.head", Outside::Network),
    ("requests.request", Outside::Network),
    ("httpx.get", Outside::Network),
    ("httpx.post", Outside::Network),
    ("httpx.request", Outside::Network),
    ("urllib.request.urlopen", Outside::Network),
    ("socket.socket", Outside::Network),
    ("socket.create_connection", Outside::Network),
    ("socket.getaddrinfo", Outside::Network),
    ("smtplib.SMTP", Outside::Network),
    ("django.core.mail.send_mail", Outside::Network),
    ("sqlite3.connect", Outside::Database),
    ("psycopg.connect", Outside::Database),
    ("psycopg2.connect", Outside::Database),
    ("django.db.transaction.atomic", Outside::Database),
    ("os.getenv", Outside::Environment),
    ("os.environ", Outside::Environment),
    ("os.environ.", Outside::Environment),
    ("subprocess.", Outside::Process),
    ("os.system", Outside::Process),
    ("os.popen", Outside::Process),
    ("os.execv", Outside::Process),
    ("os.kill", Outside::Process),
    ("time.time", Outside::Clock),
    ("time.monotonic", Outside::Clock),
    ("time.perf_counter", Outside::Clock),
    ("time.sleep", Outside::Clock),
    ("datetime.datetime.now", Outside::Clock),
    ("datetime.datetime.utcnow", Outside::Clock),
    ("datetime.datetime.today", Outside::Clock),
    ("datetime.date.today", Outside::Clock),
    ("django.utils.timezone.now", Outside::Clock),
    ("random.", Outside::Random),
    ("secrets.", Outside::Random),
    ("os.urandom", Outside::Random),
    ("uuid.uuid1", Outside::Random),
    ("uuid.uuid4", Outside::Random),
    ("logging.debug", Outside::Log),
    ("logging.info", Outside::Log),
    ("logging.warning", Outside::Log),
    ("logging.error", Outside::Log),
    ("logging.exception", Outside::Log),
    ("logging.critical", Outside::Log),
    ("warnings.warn", Outside::Log),
    ("print", Outside::Output),
    ("sys.stdout.write", Outside::Output),
    ("sys.stderr.write", Outside::Output),
];

/// The end of a name that says enough by itself, whatever it is called on.
static ENDS: &[(&str, Outside)] = &[
    (".read_text", Outside::File),
    (".write_text", Outside::File),
    (".read_bytes", Outside::File),
    (".write_bytes", Outside::File),
    (".objects.create", Outside::Database),
    (".objects.get", Outside::Database),
    (".objects.filter", Outside::Database),
    (".objects.exclude", Outside::Database),
    (".objects.all", Outside::Database),
    (".objects.get_or_create", Outside::Database),
    (".objects.update_or_create", Outside::Database),
    (".objects.bulk_create", Outside::Database),
    (".session.commit", Outside::Database),
    (".session.add", Outside::Database),
    (".session.execute", Outside::Database),
    (".session.rollback", Outside::Database),
    (".cursor.execute", Outside::Database),
    (".refresh_from_db", Outside::Database),
];

/// Loggers by the names that people give them.
const LOGGERS: &[&str] = &["log", "logger", "LOG", "LOGGER", "_logger", "_log", "self.log", "self.logger", "self._logger"];
const LEVELS: &[&str] = &["debug", "info", "warning", "warn", "error", "exception", "critical", "log"];

/// What a call of `callee` reaches, where that is well known. `imports` are those in force;
/// `bound` tells whether the code binds a name to something of its own.
pub(super) fn reached(callee: &str, imports: &[Import], bound: impl Fn(&str) -> bool) -> Option<Outside> {
    if let Some((_, on)) = ENDS.iter().find(|(end, _)| callee.ends_with(end) && callee.len() > end.len()) {
        return Some(*on);
    }
    if let Some((logger, level)) = callee.rsplit_once('.')
        && LOGGERS.contains(&logger)
        && LEVELS.contains(&level)
        && !bound(logger)
    {
        return Some(Outside::Log);
    }
    let (head, rest) = callee.split_once('.').map_or((callee, ""), |(head, rest)| (head, rest));
    let import = imports.iter().rfind(|import| import.local == head);
    if import.is_none() && (bound(head) || !rest.is_empty()) {
        return None;
    }
    let canonical = import.map_or_else(|| head.to_owned(), origin);
    let name = if rest.is_empty() { canonical } else { format!("{canonical}.{rest}") };
    let known = |known: &str| if known.ends_with('.') { name.starts_with(known) } else { name == known };
    NAMES.iter().find(|(name, _)| known(name)).map(|(_, on)| *on)
}

/// The name that an import gives another name to; of no use where it is from this repository.
fn origin(import: &Import) -> String {
    let module = import.module.replace('/', ".");
    if import.symbol.is_empty() { module } else { format!("{module}.{}", import.symbol) }
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
        assert_eq!(reached(callee, &imports, |name| name == "mine"), want, "{callee}");
    }

    #[test]
    fn names_are_looked_up_as_they_were_imported() {
        check("open", &[], Some(Outside::File));
        check("mine", &[], None);
        check("datetime.now", &[("datetime", "datetime", "datetime")], Some(Outside::Clock));
        check("dt.datetime.now", &[("dt", "datetime", "")], Some(Outside::Clock));
        check("datetime.now", &[("datetime", "/shop/datetime", "datetime")], None);
        check("random.choice", &[], None);
        check("random.choice", &[("random", "random", "")], Some(Outside::Random));
        check("Order.objects.filter", &[], Some(Outside::Database));
        check("log.info", &[], Some(Outside::Log));
        check("catalog.info", &[], None);
        check("os.environ.get", &[("os", "os", "")], Some(Outside::Environment));
        check("os.path.join", &[("os", "os", "")], None);
    }
}
