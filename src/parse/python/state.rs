//! What a body changes beyond its own variables, and which constants it reads.

use crate::model::{Guard, Write, has_word};
use crate::parse::python::body::{MAX_ITEMS, Walk};
use crate::parse::syntax::{NodeId, Syntax};

/// A value longer than this explains nothing.
const MAX_MEANING: usize = 100;
/// Methods that change what they are called on.
const CHANGES: &[&str] = &["add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "setdefault", "sort", "update"];
/// A value longer than this is told by its place alone.
const MAX_VALUE: usize = 120;
/// More constants than this in one chunk make a table.
const MAX_REFS: usize = 60;

impl Walk<'_, '_> {
    /// `left = right`, `left += right`.
    pub(super) fn written(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(left), Some(mut right)) = (syntax.child(node, "left"), syntax.child(node, "right")) else { return };
        // Of `a = b = 1` each target gets the last value.
        while syntax.kind(right) == "assignment"
            && let Some(inner) = syntax.child(right, "right")
        {
            right = inner;
        }
        let step = syntax.child(node, "operator").map(|operator| format!("{} ", syntax.text(operator))).unwrap_or_default();
        let value = format!("{step}{}", self.condition(right));
        let value = if value.len() > MAX_VALUE { String::new() } else { value };
        // Of `a, self.b = …` the parts of the value are not told apart.
        let told = match syntax.kind(left) {
            "pattern_list" | "tuple_pattern" | "list_pattern" => {
                let parts: Vec<NodeId> = syntax.parts(left).collect();
                parts.into_iter().filter(|&part| !self.write(part, "")).count() == 0
            }
            _ => self.write(left, &value),
        };
        if !told {
            self.untold();
        }
        self.bound(left, right, &value);
        self.meant(left, right, &value);
    }

    /// A variable that a plain assignment gives a value; whether it keeps that shows at the end.
    fn meant(&mut self, left: NodeId, right: NodeId, value: &str) {
        let syntax = self.syntax;
        let name = syntax.text(left);
        let own = syntax.kind(left) == "identifier" && !self.globals.iter().any(|global| global == name);
        if !own {
            return;
        }
        // What is filled later on is not what it begins as.
        let begins = matches!(syntax.kind(right), "list" | "dictionary" | "set" | "list_comprehension")
            || matches!(value, "list()" | "dict()" | "set()" | "OrderedDict()");
        let told = !value.is_empty() && value.len() <= MAX_MEANING && !value.contains(['…', '`']) && !begins;
        let stepped = value.get(1..3) == Some("= ") || value.get(2..4) == Some("= ");
        let when = self.when().filter(|_| told && !stepped && self.facts.meanings.len() < MAX_ITEMS);
        match when {
            Some(when) => self.facts.meanings.push(Write { target: name.to_owned(), value: value.to_owned(), when }),
            // Bound in a way that is not told.
            None => *self.times.entry(name.to_owned()).or_default() += 2,
        }
    }

    /// Lets go of the variables that take different values, that something is done to, that are spoken
    /// of where they have none, or of which nothing speaks.
    pub(super) fn keep_meanings(&mut self) {
        let found = std::mem::take(&mut self.facts.meanings);
        if found.is_empty() {
            return;
        }
        let facts = &self.facts;
        // Each text with the conditions under which it is read.
        let mut spoken: Vec<(&str, &[Guard])> = facts.exits.iter().map(|exit| (exit.value.as_str(), exit.when.as_slice())).collect();
        let guards = facts.raises.iter().map(|raise| &raise.when).chain(facts.exits.iter().map(|exit| &exit.when));
        for when in guards.chain(facts.writes.iter().map(|write| &write.when)).chain(facts.calls.iter().map(|call| &call.when)) {
            spoken.extend(when.iter().enumerate().map(|(at, guard)| (guard.text.as_str(), &when[..at])));
        }
        // What another is explained by is spoken of, too.
        let explaining: Vec<(&str, &[Guard])> = found
            .iter()
            .filter(|one| spoken.iter().any(|(text, _)| has_word(text, &one.target)))
            .map(|one| (one.value.as_str(), one.when.as_slice()))
            .collect();
        spoken.extend(explaining);
        let changed = |name: &str| {
            facts.calls.iter().any(|call| {
                call.callee.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')).is_some_and(|method| CHANGES.contains(&method))
            })
        };
        let keeps = |one: &Write| {
            let name = one.target.as_str();
            let all = || found.iter().filter(|other| other.target == name);
            let mut uses = spoken.iter().filter(|(text, _)| has_word(text, name)).peekable();
            uses.peek().is_some()
                && self.times.get(name) == Some(&(all().count() as u32))
                && all().all(|other| other.value == one.value)
                && uses.all(|(_, when)| all().any(|other| when.starts_with(&other.when)))
                && !changed(name)
                && !has_word(&one.value, name)
        };
        let kept: Vec<Write> = found.iter().filter(|one| keeps(one)).cloned().collect();
        self.facts.meanings = kept;
    }

    /// A variable that takes its value from a constant, the environment or a request.
    fn bound(&mut self, left: NodeId, right: NodeId, value: &str) {
        let syntax = self.syntax;
        let name = syntax.text(left);
        let own = syntax.kind(left) == "identifier" && !self.globals.iter().any(|global| global == name);
        let looked_up = || (right..syntax.end(right)).any(|node| reference(syntax, node).is_some());
        let around = value.contains("environ") || value.contains("getenv") || value.contains("request.") || looked_up();
        if !own || value.is_empty() || value.contains('…') || !around || self.facts.bindings.len() >= MAX_ITEMS {
            return;
        }
        let Some(when) = self.when() else { return };
        self.facts.bindings.push(Write { target: name.to_owned(), value: value.to_owned(), when });
    }

    /// `del target`
    pub(super) fn deleted(&mut self, node: NodeId) {
        for part in self.syntax.parts(node) {
            let several = self.syntax.kind(part) == "expression_list";
            let targets: Vec<NodeId> = if several { self.syntax.parts(part).collect() } else { vec![part] };
            for target in targets {
                if !self.write(target, "del") {
                    self.untold();
                }
            }
        }
    }

    /// False where it is not told.
    fn write(&mut self, target: NodeId, value: &str) -> bool {
        let syntax = self.syntax;
        let lasting = match syntax.kind(target) {
            "attribute" => true,
            "subscript" => syntax
                .child(target, "value")
                .is_some_and(|of| syntax.kind(of) == "attribute" || syntax.kind(of) == "identifier" && is_constant(syntax.text(of))),
            "identifier" => self.globals.iter().any(|name| name == syntax.text(target)),
            _ => false,
        };
        let text = syntax.folded(target);
        if !lasting || text.len() > MAX_VALUE || text.contains('…') || self.facts.writes.len() >= MAX_ITEMS {
            return false;
        }
        let Some(when) = self.when() else { return false };
        self.facts.writes.push(Write { target: text, value: if value.contains('…') { String::new() } else { value.to_owned() }, when });
        true
    }

    pub(super) fn global(&mut self, node: NodeId) {
        let syntax = self.syntax;
        self.globals.extend(syntax.parts(node).map(|name| syntax.text(name).to_owned()));
    }

    /// A name that may be a constant's.
    pub(super) fn reference(&mut self, node: NodeId) {
        if let Some(name) = reference(self.syntax, node) {
            keep(&mut self.facts.refs, name);
        }
    }
}

/// The constants and members that are read below a node.
pub(super) fn references(syntax: &Syntax, top: NodeId, out: &mut Vec<String>) {
    for node in top..syntax.end(top) {
        if let Some(name) = reference(syntax, node) {
            keep(out, name);
        }
    }
}

fn keep(refs: &mut Vec<String>, name: String) {
    if refs.len() < MAX_REFS && !refs.contains(&name) {
        refs.push(name);
    }
}

fn reference(syntax: &Syntax, node: NodeId) -> Option<String> {
    let above = syntax.parent(node)?;
    match syntax.kind(node) {
        "identifier" => {
            let assigned = syntax.field(node) == "left" && syntax.kind(above) == "assignment";
            let read = !assigned && !matches!(syntax.field(node), "attribute" | "name" | "alias" | "function");
            (read && is_constant(syntax.text(node))).then(|| syntax.text(node).to_owned())
        }
        "attribute" => {
            let member = syntax.text(syntax.child(node, "attribute")?);
            let of = syntax.text(syntax.child(node, "object")?);
            // Of its own object only what the class itself may hold.
            let own = matches!(of.split('.').next(), Some("self" | "cls"));
            let plain = of.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') && (!own || !of.contains('.'));
            let read = syntax.field(node) != "function" && !(syntax.field(node) == "left" && syntax.kind(above) == "assignment");
            (plain && read && is_constant(member)).then(|| format!("{of}.{member}"))
        }
        _ => None,
    }
}

/// `MAX_ITEMS`, `_CACHE`: the field's way to write a constant.
pub(super) fn is_constant(name: &str) -> bool {
    let bare = name.trim_start_matches('_');
    bare.len() >= 2
        && bare.starts_with(|c: char| c.is_ascii_uppercase())
        && bare.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
