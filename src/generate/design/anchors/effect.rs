//! A function that leaves the program, and the doors by which control comes in.

use super::{callees, callers};
use crate::facts::{Anchor, Entry, View, prefix};
use crate::generate::design::ground::Ground;
use crate::generate::phrase::{code, symbol};
use crate::model::{Call, Neighbour, Outside, Predicate};

pub(super) fn ground(anchor: Anchor, view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    let on = match anchor {
        Anchor::Network => Outside::Network,
        Anchor::File => Outside::File,
        Anchor::Clock => Outside::Clock,
        Anchor::Environment => Outside::Environment,
        _ => Outside::Log,
    };
    // What can be handed in must be called as what stands there now.
    let fits = |callee: &str| {
        code(callee).is_some()
            && match on {
                Outside::File => matches!(callee, "open" | "io.open"),
                Outside::Environment => callee.ends_with(".get") || callee.ends_with("getenv"),
                _ => !callee.ends_with("sleep") && !callee.ends_with("warn"),
            }
    };
    if chunk.facts.writes.iter().any(|write| write.target.starts_with("os.environ")) {
        return None;
    }
    let mut found = chunk.facts.effects.iter().filter(|effect| effect.on == on && fits(&effect.callee));
    let effect = found.next()?;
    let more = found.filter(|other| other.callee != effect.callee).count();
    ground.set_code("outside", &effect.callee);
    if more > 0 {
        ground.set("more", more.to_string());
    } else {
        ground.set("only", "1");
    }
    let name = symbol(&chunk);
    let call: Option<&Call> = chunk.facts.calls.iter().find(|call| call.callee == effect.callee);
    let callee = code(&effect.callee)?;
    let says = match on {
        Outside::Network => format!("{name} talks to the network by {callee}"),
        Outside::File => format!("{name} works on files by {callee}"),
        Outside::Clock => format!("{name} asks the clock by {callee}"),
        Outside::Environment => format!("{name} looks into the environment by {callee}"),
        _ => format!("{name} logs by {callee}"),
    };
    ground.hold(says, Predicate::new("effect", [chunk.id.as_str(), on.name(), &effect.callee]), 1);
    if let Some(call) = call {
        ground.note_call(&chunk, &call.callee);
        ground.set("written", call.callee.clone());
        if let Some(message) = call.arguments.first().filter(|_| on == Outside::Log) {
            ground.set_code("message", message);
        }
        if on == Outside::Network {
            let timeout = call.arguments.iter().find(|argument| argument.contains("timeout"));
            match timeout.and_then(|argument| code(argument)) {
                Some(timeout) => ground.set("timeout", timeout),
                None => ground.set("no_timeout", "1"),
            }
        }
    }
    if on == Outside::Environment {
        let first = call.and_then(|call| call.arguments.first()).map(|argument| argument.trim_matches(['"', '\'']).to_owned());
        if let Some(variable) = first.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty()) {
            ground.set_code("variable", &variable);
        }
    }
    let slug = ground.values.get("slug").cloned()?;
    ground.set("retry", format!("`retry_{slug}`"));
    ground.hold_to_raises(&chunk, 2);
    callers(view, ground)?;
    Some(())
}

pub(super) fn route(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    let Some(Entry::Route { verb, path }) = &view.entry else { return None };
    // Clients know it by the path of its class as well.
    if view.class.as_ref().is_some_and(|class| prefix(class).is_some()) {
        return None;
    }
    ground.set("verb", verb.clone());
    ground.set_code("route", path);
    ground.hold(
        format!("{} serves {verb} `{path}`, and clients know it by that", symbol(&chunk)),
        Predicate::new("route", [chunk.id.as_str(), verb, path]),
        1,
    );
    ground.hold_to_raises(&chunk, 2);
    callees(view, ground, 3);
    ground.groups.get("callee")?;
    // The door bears the name of the work behind it.
    let named = |call: &&Call| call.callee.ends_with(&format!(".{}", chunk.name)) && code(&call.callee).is_some();
    let call = chunk.facts.calls.iter().find(named)?.callee.clone();
    ground.note_call(&chunk, &call);
    let slug = ground.values.get("slug").cloned()?;
    ground.set("store", format!("`{slug}_answers`"));
    ground.set_code("work", &call);
    ground.set("work_call", call);
    Some(())
}

pub(super) fn command(view: &View, ground: &mut Ground) -> Option<()> {
    let chunk = view.chunk.clone();
    match &view.entry {
        Some(Entry::Command { decorator }) => {
            ground.set_code("command", decorator);
            ground.hold(
                format!("{} is a command by `{decorator}`", symbol(&chunk)),
                Predicate::new("command", [chunk.id.as_str(), decorator]),
                1,
            );
        }
        Some(Entry::CommandClass { base }) => {
            let class = view.class.clone()?;
            ground.set_code("command", base);
            let cite = ground.cite(&class)?;
            ground.hold(
                format!("{} derives from `{base}`, which runs {}", symbol(&class), symbol(&chunk)),
                Predicate::new("base", [class.id.as_str(), base]),
                cite,
            );
            let stem = chunk.path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
            ground.set_code("title", stem);
        }
        _ => return None,
    }
    if !ground.values.contains_key("title") {
        ground.set_code("title", &chunk.name.clone());
    }
    ground.hold_to_raises(&chunk, 2);
    callees(view, ground, 3);
    ground.groups.get("callee")?;
    let prints = |call: &Call| ["echo", "print", "stdout.write"].iter().any(|end| call.callee.ends_with(end));
    if chunk.facts.calls.iter().any(prints) {
        ground.set("prints", "1");
    }
    let effects =
        |callee: &Neighbour| callee.chunk.facts.effects.iter().any(|effect| matches!(effect.on, Outside::File | Outside::Database));
    if view.callees.iter().any(effects) {
        ground.set("acts", "1");
    }
    let title = ground.values.get("title").map(|title| title.replace('`', ""))?;
    ground.set("summary", format!("`{}_summary`", title.trim_start_matches("oscar_").trim_end_matches("_command")));
    ground.set("performer", "`perform_or_tell`");
    Some(())
}
