//! What reaches outside of the program, by well-known names. The table is the proof's own: an effect that the
//! extraction sees and this table does not know is not proved.

use super::calls::called;
use super::state::binds;
use crate::parse::syntax::{NodeId, Syntax};

/// How a name in the table stands for what is called.
enum Names {
    /// The whole callee.
    Whole(&'static [&'static str]),
    /// A method of this type.
    Of(&'static [&'static str]),
    /// One of these methods of one of those objects.
    On(&'static [&'static str], &'static [&'static str]),
    /// A method of an object whose name ends so, capitals aside, and not like those.
    Ends(&'static [&'static str], &'static [&'static str]),
}

use Names::{Ends, Of, On, Whole};

#[rustfmt::skip]
static EFFECTS: &[(&str, Names)] = &[
    ("file", Whole(&["File", "FileInputStream", "FileOutputStream", "FileReader", "FileWriter", "RandomAccessFile"])),
    ("file", Of(&["Files", "FileUtils", "FileUtil"])),
    ("network", Whole(&["Socket", "ServerSocket", "URL"])),
    ("network", Of(&["HttpUtil", "HttpRequest"])),
    ("network", Ends(&["resttemplate", "httpclient", "webclient", "feignclient", "amqptemplate", "rabbittemplate", "kafkatemplate",
        "mailsender"], &[])),
    ("database", Of(&["DriverManager"])),
    ("database", Ends(&["mapper", "dao", "repository", "jdbctemplate", "entitymanager", "redistemplate", "mongotemplate", "sqlsession"],
        &["objectmapper", "modelmapper", "jsonmapper", "yamlmapper", "xmlmapper", "beanmapper", "rowmapper", "dozermapper"])),
    ("environment", Whole(&["System.getenv", "System.getProperty"])),
    ("process", Whole(&["System.exit", "ProcessBuilder"])),
    ("clock", Whole(&["System.currentTimeMillis", "System.nanoTime", "Thread.sleep", "Instant.now", "LocalDate.now", "LocalDateTime.now",
        "LocalTime.now", "OffsetDateTime.now", "ZonedDateTime.now"])),
    ("random", Whole(&["UUID.randomUUID", "Random", "SecureRandom", "Math.random"])),
    ("random", Of(&["ThreadLocalRandom"])),
    ("log", On(&["trace", "debug", "info", "warn", "error", "fatal"], &["log", "logger", "LOG", "LOGGER", "this.log", "this.logger"])),
    ("output", Of(&["System.out", "System.err"])),
];

/// A call of `callee` that the table has in the category.
pub(super) fn effect(syntax: &Syntax, top: NodeId, category: &str, callee: &str) -> Option<NodeId> {
    let names = EFFECTS.iter().find(|(of, names)| *of == category && is_named(names, callee)).map(|(_, names)| names)?;
    let head = callee.split('.').next().unwrap_or_default();
    // What the body calls by that name may be anything; the name of a parameter says enough of a store.
    let hidden = !matches!(names, Ends(..)) && binds(syntax, top, head);
    called(syntax, top, callee).next().filter(|_| !hidden)
}

fn is_named(names: &Names, callee: &str) -> bool {
    let split = callee.rsplit_once('.');
    match names {
        Whole(all) => all.contains(&callee),
        Of(all) => split.is_some_and(|(object, _)| all.contains(&object)),
        On(methods, objects) => split.is_some_and(|(object, method)| methods.contains(&method) && objects.contains(&object)),
        Ends(all, others) => split.is_some_and(|(object, _)| {
            let last = object.rsplit('.').next().unwrap_or_default();
            let ends = |names: &[&str]| names.iter().any(|end| last.to_lowercase().ends_with(end));
            let plain = object.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            plain && last.starts_with(char::is_lowercase) && ends(all) && !ends(others)
        }),
    }
}
