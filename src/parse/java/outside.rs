//! Well-known calls of Java that reach out of the program.
//!
//! Canonical names, as the platform and the libraries of the field document them; a name is looked up as the file
//! imports it. Data stores are told by what people call the objects that stand for them: mappers, DAOs and repositories
//! are interfaces whose code a framework writes.

use crate::model::{Import, Outside};

/// Whole names, and with `.` at the end what holds methods that all do.
static NAMES: &[(&str, Outside)] = &[
    ("java.io.File", Outside::File),
    ("java.io.FileInputStream", Outside::File),
    ("java.io.FileOutputStream", Outside::File),
    ("java.io.FileReader", Outside::File),
    ("java.io.FileWriter", Outside::File),
    ("java.io.RandomAccessFile", Outside::File),
    ("java.nio.file.Files.", Outside::File),
    ("org.apache.commons.io.FileUtils.", Outside::File),
    ("cn.hutool.core.io.FileUtil.", Outside::File),
    ("java.net.Socket", Outside::Network),
    ("java.net.ServerSocket", Outside::Network),
    ("java.net.URL", Outside::Network),
    ("cn.hutool.http.HttpUtil.", Outside::Network),
    ("cn.hutool.http.HttpRequest.", Outside::Network),
    ("java.sql.DriverManager.", Outside::Database),
    ("java.lang.System.getenv", Outside::Environment),
    ("java.lang.System.getProperty", Outside::Environment),
    ("java.lang.System.exit", Outside::Process),
    ("java.lang.ProcessBuilder", Outside::Process),
    ("java.lang.System.currentTimeMillis", Outside::Clock),
    ("java.lang.System.nanoTime", Outside::Clock),
    ("java.lang.Thread.sleep", Outside::Clock),
    ("java.time.Instant.now", Outside::Clock),
    ("java.time.LocalDate.now", Outside::Clock),
    ("java.time.LocalDateTime.now", Outside::Clock),
    ("java.time.LocalTime.now", Outside::Clock),
    ("java.time.OffsetDateTime.now", Outside::Clock),
    ("java.time.ZonedDateTime.now", Outside::Clock),
    ("java.util.UUID.randomUUID", Outside::Random),
    ("java.util.Random", Outside::Random),
    ("java.security.SecureRandom", Outside::Random),
    ("java.lang.Math.random", Outside::Random),
    ("java.util.concurrent.ThreadLocalRandom.", Outside::Random),
    ("java.lang.System.out.", Outside::Output),
    ("java.lang.System.err.", Outside::Output),
];

/// Types of `java.lang`, which nobody imports.
const BUILT_IN: &[&str] = &["System", "Thread", "ProcessBuilder", "Math", "Runtime"];

/// Loggers by the names that people and annotations give them.
const LOGGERS: &[&str] = &["log", "logger", "LOG", "LOGGER", "this.log", "this.logger"];
const LEVELS: &[&str] = &["trace", "debug", "info", "warn", "error", "fatal"];

/// How names of objects end that stand for a data store.
const STORES: &[&str] = &["mapper", "dao", "repository", "jdbctemplate", "entitymanager", "redistemplate", "mongotemplate", "sqlsession"];
/// Mappers of another sort: what they map is no table.
const MAPPERS: &[&str] =
    &["objectmapper", "modelmapper", "jsonmapper", "yamlmapper", "xmlmapper", "beanmapper", "rowmapper", "dozermapper"];
/// Objects that speak to other machines.
const CLIENTS: &[&str] =
    &["resttemplate", "httpclient", "webclient", "feignclient", "amqptemplate", "rabbittemplate", "kafkatemplate", "mailsender"];

/// What a call of `callee` reaches, where that is well known. `bound` tells whether the code binds a name to something
/// of its own.
pub(super) fn reached(callee: &str, imports: &[Import], bound: impl Fn(&str) -> bool) -> Option<Outside> {
    let (object, method) = callee.rsplit_once('.').unwrap_or(("", callee));
    if LOGGERS.contains(&object) && LEVELS.contains(&method) && !bound(object) {
        return Some(Outside::Log);
    }
    let last = object.rsplit('.').next().unwrap_or_default();
    let plain = object.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if last.starts_with(char::is_lowercase) && plain {
        let name = last.to_lowercase();
        let ends = |names: &[&str]| names.iter().any(|end| name.ends_with(end));
        if ends(STORES) && !ends(MAPPERS) {
            return Some(Outside::Database);
        }
        if ends(CLIENTS) {
            return Some(Outside::Network);
        }
    }
    let (head, rest) = callee.split_once('.').unwrap_or((callee, ""));
    if bound(head) {
        return None;
    }
    let import = imports.iter().rfind(|import| import.local == head);
    let canonical = match import {
        Some(import) => import.module.replace('/', "."),
        None if BUILT_IN.contains(&head) => format!("java.lang.{head}"),
        None => return None,
    };
    let name = if rest.is_empty() { canonical } else { format!("{canonical}.{rest}") };
    let known = |known: &str| if known.ends_with('.') { name.starts_with(known) } else { name == known };
    NAMES.iter().find(|(name, _)| known(name)).map(|(_, on)| *on)
}

#[cfg(test)]
mod tests {
    use super::reached;
    use crate::model::{Import, Outside};

    #[test]
    fn names_are_looked_up_as_they_were_imported() {
        let import = |module: &str, symbol: &str| Import { local: symbol.into(), module: module.into(), symbol: symbol.into() };
        let imports = [import("java/nio/file/Files", "Files"), import("shop/UUID", "UUID"), import("java/io/File", "File")];
        let check = |callee: &str, want: Option<Outside>| assert_eq!(reached(callee, &imports, |name| name == "log"), want, "{callee}");
        check("Files.readString", Some(Outside::File));
        check("File", Some(Outside::File));
        check("UUID.randomUUID", None);
        check("System.currentTimeMillis", Some(Outside::Clock));
        check("System.out.println", Some(Outside::Output));
        check("LOGGER.info", Some(Outside::Log));
        check("log.info", None);
        check("orderMapper.insert", Some(Outside::Database));
        check("this.portalOrderDao.lockStock", Some(Outside::Database));
        check("objectMapper.readValue", None);
        check("OrderMapper.of", None);
        check("restTemplate.getForObject", Some(Outside::Network));
    }
}
