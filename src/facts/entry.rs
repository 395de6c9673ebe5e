//! Where control comes in from outside: routes, commands, tasks, mains.

use crate::model::{Chunk, ChunkKind};

/// How a chunk is reached from outside of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A request for this path; the verb in capitals.
    Route {
        verb: String,
        path: String,
    },
    Command {
        decorator: String,
    },
    Task {
        decorator: String,
    },
    /// A method that a framework calls on a class of request handlers: `post`, `form_valid`.
    Handler {
        base: String,
    },
    /// The method that runs a command which is a class.
    CommandClass {
        base: String,
    },
    Main,
}

const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];
const COMMANDS: &[&str] = &["command", "group"];
/// Classes whose heirs are commands.
const COMMAND_CLASSES: &[&str] = &["BaseCommand", "AppCommand", "LabelCommand"];
const TASKS: &[&str] = &[
    "task",
    "shared_task",
    "periodic_task",
    "scheduled",
    "on_event",
    "Scheduled",
    "EventListener",
    "RabbitListener",
    "RabbitHandler",
    "KafkaListener",
    "JmsListener",
];

/// What the decorators of a chunk, or its name, make of it.
pub(crate) fn entry(chunk: &Chunk) -> Option<Entry> {
    if !matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method) {
        return None;
    }
    if let Some(entry) = chunk.facts.decorators.iter().find_map(|decorator| of_decorator(decorator)) {
        return Some(entry);
    }
    (chunk.name == "main" && chunk.container.is_empty()).then_some(Entry::Main)
}

/// What the class makes of a method: the request handlers of class-based views, and the work of
/// management commands.
pub(crate) fn of_handler(chunk: &Chunk, class: &Chunk) -> Option<Entry> {
    let base = |ends: &[&str]| {
        let named = |base: &&String| ends.iter().any(|end| base.rsplit('.').next().unwrap_or_default().ends_with(end));
        class.facts.bases.iter().find(named).cloned()
    };
    let takes = chunk.facts.parameters.first().map_or("", |parameter| parameter.name.as_str());
    match (chunk.name.as_str(), takes) {
        (verb, "request") if VERBS.contains(&verb) || verb == "dispatch" => base(&["View", "ViewSet"]).map(|base| Entry::Handler { base }),
        (verb, _) if VERBS.contains(&verb) => base(&["MethodView"]).map(|base| Entry::Handler { base }),
        ("form_valid" | "form_invalid", "form") => base(&["View"]).map(|base| Entry::Handler { base }),
        ("handle" | "handle_noargs", _) => base(COMMAND_CLASSES).map(|base| Entry::CommandClass { base }),
        _ => None,
    }
}

/// The verbs that the route of a chunk answers to, in capitals.
pub(crate) fn verbs(chunk: &Chunk) -> Vec<String> {
    for decorator in &chunk.facts.decorators {
        let Some(Entry::Route { verb, .. }) = of_decorator(decorator) else { continue };
        let (_, arguments) = decorator.split_once('(').unwrap_or_default();
        let mut stated: Vec<String> =
            quoted(arguments).iter().map(|text| text.to_uppercase()).filter(|text| VERBS.contains(&text.to_lowercase().as_str())).collect();
        stated.extend(
            arguments.split("RequestMethod.").skip(1).map(leading_word).filter(|verb| VERBS.contains(&verb.to_lowercase().as_str())),
        );
        return if stated.is_empty() { vec![verb] } else { stated };
    }
    Vec::new()
}

fn of_decorator(decorator: &str) -> Option<Entry> {
    let (name, arguments) = decorator.split_once('(').unwrap_or((decorator, ""));
    let last = name.rsplit(['.', ':']).next().unwrap_or_default();
    let texts = quoted(arguments);
    // Spring's `GetMapping`; a `RequestMapping` says the verb among its arguments.
    let mapping = last.strip_suffix("Mapping").map(str::to_lowercase).filter(|verb| verb == "request" || VERBS.contains(&verb.as_str()));
    let path = texts.iter().find(|text| text.starts_with('/'));
    if last == "route"
        && let Some(path) = path
    {
        let stated = texts.iter().find(|text| VERBS.contains(&text.to_lowercase().as_str()));
        let verb = stated.map_or_else(|| "GET".to_owned(), |verb| verb.to_uppercase());
        return Some(Entry::Route { verb, path: path.clone() });
    }
    if let (Some(verb), Some(path)) = (mapping, path) {
        let stated = arguments.split("RequestMethod.").nth(1).map(leading_word);
        let verb = if verb == "request" { stated.unwrap_or_else(|| "GET".to_owned()) } else { verb.to_uppercase() };
        return Some(Entry::Route { verb, path: path.clone() });
    }
    if VERBS.contains(&last)
        && let Some(path) = path
    {
        return Some(Entry::Route { verb: last.to_uppercase(), path: path.clone() });
    }
    let decorator = decorator.to_owned();
    match () {
        () if COMMANDS.contains(&last) && (name.contains(['.', ':']) || name == "command") => Some(Entry::Command { decorator }),
        () if TASKS.contains(&last) => Some(Entry::Task { decorator }),
        () => None,
    }
}

fn leading_word(text: &str) -> String {
    text.chars().take_while(char::is_ascii_alphabetic).collect()
}

/// The path in front of those of a class's methods, as its annotation says: `/orders` of `RequestMapping("/orders")`.
pub(crate) fn prefix(class: &Chunk) -> Option<(&str, String)> {
    let mapping = class.facts.decorators.iter().find(|decorator| decorator.starts_with("RequestMapping("))?;
    let path = quoted(mapping).into_iter().find(|text| text.starts_with('/'))?;
    Some((mapping, path))
}

/// The texts between quotes, in order.
fn quoted(arguments: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = arguments;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = &rest[start..=start];
        let Some(length) = rest[start + 1..].find(quote) else { break };
        out.push(rest[start + 1..start + 1 + length].to_owned());
        rest = &rest[start + length + 2..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Entry, of_decorator};

    #[test]
    fn decorators_make_entries() {
        let route = |verb: &str, path: &str| Some(Entry::Route { verb: verb.into(), path: path.into() });
        assert_eq!(of_decorator("app.route(\"/orders\")"), route("GET", "/orders"));
        assert_eq!(of_decorator("app.route('/orders', methods=['POST'])"), route("POST", "/orders"));
        assert_eq!(of_decorator("router.route(\"DELETE\", \"/orders/{id}\")"), route("DELETE", "/orders/{id}"));
        assert_eq!(of_decorator("api.get(\"/x\")"), route("GET", "/x"));
        assert_eq!(of_decorator("cached.get(\"x\")"), None);
        assert_eq!(of_decorator("click.command(\"run\")"), Some(Entry::Command { decorator: "click.command(\"run\")".into() }));
        assert_eq!(of_decorator("shared_task"), Some(Entry::Task { decorator: "shared_task".into() }));
        assert_eq!(of_decorator("property"), None);
        assert_eq!(of_decorator("actix_web::get(\"/orders/{id}\")"), route("GET", "/orders/{id}"));
        assert_eq!(of_decorator("post(\"/orders\", data = \"<form>\")"), route("POST", "/orders"));
        assert_eq!(of_decorator("route(\"/orders\", method = \"PUT\")"), route("PUT", "/orders"));
        assert_eq!(of_decorator("tauri::command"), Some(Entry::Command { decorator: "tauri::command".into() }));
        assert_eq!(of_decorator("tokio::main"), None);
        assert_eq!(of_decorator("GetMapping(\"/orders\")"), route("GET", "/orders"));
        assert_eq!(of_decorator("RequestMapping(value = \"/orders\", method = RequestMethod.POST)"), route("POST", "/orders"));
        assert_eq!(of_decorator("Mapping(\"/orders\")"), None);
    }
}
