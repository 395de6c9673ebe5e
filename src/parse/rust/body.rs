//! What a function body does, read once from top to bottom: conditions in force on a stack,
//! and what becomes of a value handed down to the expression that makes it.

use std::collections::{HashMap, HashSet};

use crate::model::{Call, CallUse, Exit, Facts, Guard, GuardKind, Import, Local, Raise};
use crate::parse::rust::failure;
use crate::parse::rust::imports::Home;
use crate::parse::rust::names::{self, told};
use crate::parse::rust::place::Place;
use crate::parse::syntax::{NodeId, Syntax};

/// Items that are chunks of their own or hold such.
pub(super) const ITEMS: &[&str] =
    &["function_item", "struct_item", "enum_item", "union_item", "trait_item", "impl_item", "mod_item", "macro_definition"];
/// Code under more conditions than this is not told of: no sentence could hold it.
const MAX_GUARDS: usize = 12;
/// More of one sort in one chunk than this is a table, not a rule.
const MAX_ITEMS: usize = 300;

/// What a body needs to know of the code around it.
pub(super) struct Body<'b> {
    pub(super) home: &'b Home,
    /// Items that are not looked into.
    pub(super) skip: &'b HashSet<NodeId>,
    /// The type that `Self` means; empty for none.
    pub(super) own_type: &'b str,
    /// Does the function hand back a value?
    pub(super) returns: bool,
}

struct Walk<'s, 't> {
    syntax: &'s Syntax<'t>,
    around: &'s Body<'s>,
    guards: Vec<(NodeId, Guard)>,
    /// Guards that begin at a node further down.
    ahead: HashMap<NodeId, Vec<(NodeId, Guard)>>,
    places: HashMap<NodeId, Place>,
    /// Errors of `Err(..)` that leave the function.
    errors: HashSet<NodeId>,
    /// Where the closure that is being read ends; 0 outside of one. It does not return or fail for
    /// the function.
    closure: NodeId,
    substance: u32,
    facts: Facts,
}

/// Facts of the code in `block`, nested items left out.
pub(super) fn facts(syntax: &Syntax, block: NodeId, around: &Body) -> Facts {
    let mut walk = Walk {
        syntax,
        around,
        guards: Vec::new(),
        ahead: HashMap::new(),
        places: HashMap::from([(block, Place::tail(around.returns))]),
        errors: HashSet::new(),
        closure: 0,
        substance: 0,
        facts: Facts::default(),
    };
    let mut node = block;
    while node < syntax.end(block) {
        if walk.closure <= node {
            walk.closure = 0;
        }
        while walk.guards.last().is_some_and(|(end, _)| *end <= node) {
            walk.guards.pop();
        }
        walk.guards.extend(walk.ahead.remove(&node).unwrap_or_default());
        let skip = syntax.is_comment(node) || around.skip.contains(&node) || walk.visit(node);
        node = if skip { syntax.end(node) } else { node + 1 };
    }
    walk.facts.stub = walk.substance == 0;
    walk.facts
}

impl Walk<'_, '_> {
    /// Reads one node; true when what is below it is not for this chunk.
    fn visit(&mut self, node: NodeId) -> bool {
        let syntax = self.syntax;
        if !syntax.is_named(node) {
            return false;
        }
        self.count(node);
        let place = self.places.remove(&node).unwrap_or_default();
        let child = |field| syntax.child(node, field);
        match syntax.kind(node) {
            "use_declaration" | "extern_crate_declaration" | "mod_item" => {
                self.facts.imports.extend(self.import(node));
                return syntax.kind(node) != "mod_item" || child("body").is_none();
            }
            kind if ITEMS.contains(&kind) => {
                if let Some(name) = child("name").filter(|_| kind == "function_item" && self.in_a_block(node)) {
                    self.bind(syntax.text(name), "");
                }
                return true;
            }
            "attribute_item" | "inner_attribute_item" | "token_tree" => return true,
            "block" => self.block(node, &place),
            "expression_statement" => {
                if let Some(inner) = syntax.parts(node).next() {
                    self.places.entry(inner).or_insert(Place::of(CallUse::Ignored));
                }
            }
            "if_expression" => self.branch(node, &place),
            "else_clause" | "unsafe_block" | "parenthesized_expression" => self.place(syntax.parts(node).next(), place),
            "match_expression" => {
                self.place(child("value"), Place::of(CallUse::Tested));
                let arms = child("body").into_iter().flat_map(|body| syntax.parts(body));
                for value in arms.filter_map(|arm| syntax.child(arm, "value")) {
                    self.places.insert(value, place.branch());
                }
            }
            "match_arm" => self.arm(node),
            "loop_expression" | "while_expression" | "for_expression" => self.repeat(node),
            "return_expression" => self.leave(node),
            "let_declaration" => self.declaration(node),
            "let_condition" => {
                self.place(child("value"), Place::of(CallUse::Tested));
                self.bind_all(child("pattern"), "");
            }
            "assignment_expression" => {
                let left = child("left").map(|left| told(syntax, left)).unwrap_or_default();
                self.place(child("right"), Place::assigned(left));
            }
            "try_expression" => self.attempt(node, place),
            "await_expression" | "reference_expression" => {
                let inner = syntax.parts(node).last();
                self.exit(node, &place);
                self.place(inner, Place { exit: false, ..place });
            }
            "unary_expression" if place.usage == CallUse::Tested && syntax.text(node).starts_with('!') => {
                self.place(syntax.parts(node).next(), place)
            }
            "closure_expression" | "async_block" | "gen_block" => {
                self.exit(node, &place);
                for parameter in child("parameters").into_iter().flat_map(|list| syntax.parts(list)) {
                    let of = syntax.child(parameter, "type").map(|of| syntax.folded(of)).unwrap_or_default();
                    self.bind_all(syntax.child(parameter, "pattern").or(Some(parameter)), &of);
                }
                self.closure = self.closure.max(syntax.end(node));
            }
            "macro_invocation" => self.invocation(node, &place),
            "call_expression" => self.call(node, place),
            _ => self.exit(node, &place),
        }
        false
    }

    fn import(&self, node: NodeId) -> Vec<Import> {
        let written_out = self.syntax.kind(node) == "mod_item" && self.syntax.child(node, "body").is_some();
        if written_out { Vec::new() } else { self.around.home.imports(self.syntax, node) }
    }

    fn in_a_block(&self, node: NodeId) -> bool {
        self.syntax.parent(node).is_some_and(|above| self.syntax.kind(above) == "block")
    }

    fn count(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let kind = syntax.kind(node);
        let operator = || {
            kind == "binary_expression"
                && syntax.child(node, "operator").is_some_and(|operator| matches!(syntax.text(operator), "&&" | "||"))
        };
        let otherwise = || kind == "let_declaration" && syntax.child(node, "alternative").is_some();
        let branches = matches!(kind, "if_expression" | "loop_expression" | "while_expression" | "for_expression" | "match_arm")
            || operator()
            || otherwise();
        self.facts.branches += branches as u32;
        let above = syntax.parent(node).map_or("", |above| syntax.kind(above));
        let item = ITEMS.contains(&kind) || matches!(kind, "attribute_item" | "inner_attribute_item" | "empty_statement" | "label");
        if item || !matches!(above, "block" | "source_file") {
            return;
        }
        self.facts.statements += 1;
        let inner = if kind == "expression_statement" { syntax.parts(node).next().unwrap_or(node) } else { node };
        let missing =
            syntax.kind(inner) == "macro_invocation" && matches!(failure::failing_macro(syntax, inner), Some("todo" | "unimplemented"));
        self.substance += !missing as u32;
    }

    fn place(&mut self, node: Option<NodeId>, place: Place) {
        if let Some(node) = node {
            self.places.insert(node, place);
        }
    }

    fn guard(&mut self, node: NodeId, kind: GuardKind, text: String) {
        let end = self.syntax.end(node);
        self.ahead.entry(node).or_default().push((end, Guard { kind, text }));
    }

    /// The last expression of a block is its value.
    fn block(&mut self, node: NodeId, place: &Place) {
        let syntax = self.syntax;
        let Some(last) = syntax.parts(node).last() else { return };
        match syntax.kind(last) {
            "expression_statement" if syntax.text(last).ends_with(';') => (),
            "expression_statement" => self.place(syntax.parts(last).next(), place.clone()),
            _ => self.place(Some(last), place.clone()),
        }
    }

    fn branch(&mut self, node: NodeId, place: &Place) {
        let syntax = self.syntax;
        let (Some(condition), Some(body)) = (syntax.child(node, "condition"), syntax.child(node, "consequence")) else { return };
        let text = told(syntax, condition);
        self.place(Some(condition), Place::of(CallUse::Tested));
        self.place(Some(body), place.branch());
        self.guard(body, GuardKind::If, text.clone());
        if let Some(otherwise) = syntax.child(node, "alternative") {
            self.place(Some(otherwise), place.branch());
            self.guard(otherwise, GuardKind::Unless, text);
        } else if let Some(kind) = syntax.parts(body).last().and_then(|last| failure::leaving(syntax, last)) {
            let Some(statement) = syntax.parent(node).filter(|&above| syntax.kind(above) == "expression_statement") else { return };
            let around = syntax.parent(statement).unwrap_or_default();
            if syntax.end(statement) < syntax.end(around) {
                let past = Guard { kind, text };
                self.ahead.entry(syntax.end(statement)).or_default().push((syntax.end(around), past));
            }
        }
    }

    fn arm(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(pattern), Some(value)) = (syntax.child(node, "pattern"), syntax.child(node, "value")) else { return };
        let whole = syntax.parent(node).and_then(|block| syntax.parent(block));
        let subject = whole.and_then(|whole| syntax.child(whole, "value")).map(|subject| told(syntax, subject)).unwrap_or_default();
        let shape = names::pattern(syntax, pattern);
        self.guard(value, GuardKind::Case, format!("{subject}: {shape}"));
        if let Some(condition) = syntax.child(pattern, "condition") {
            let text = told(syntax, condition);
            self.guard(value, GuardKind::If, text);
            self.place(Some(condition), Place::of(CallUse::Tested));
        }
        for part in syntax.parts(pattern).filter(|&part| syntax.field(part) != "condition") {
            self.bind_all(Some(part), "");
        }
    }

    fn repeat(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(body) = syntax.child(node, "body") else { return };
        self.place(Some(body), Place::of(CallUse::Ignored));
        if let Some(condition) = syntax.child(node, "condition") {
            let text = told(syntax, condition);
            self.place(Some(condition), Place::of(CallUse::Tested));
            self.guard(body, GuardKind::While, text);
        }
        if let (Some(pattern), Some(value)) = (syntax.child(node, "pattern"), syntax.child(node, "value")) {
            self.guard(body, GuardKind::For, format!("{} in {}", told(syntax, pattern), told(syntax, value)));
            self.bind_all(Some(pattern), "");
        }
    }

    fn leave(&mut self, node: NodeId) {
        let value = self.syntax.parts(node).next();
        if self.closure != 0 {
            return;
        }
        self.place(value, Place::tail(true));
        if value.is_none() {
            self.push_exit(None);
        }
    }

    fn declaration(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(pattern), value) = (syntax.child(node, "pattern"), syntax.child(node, "value")) else { return };
        self.place(value, Place::assigned(told(syntax, pattern)));
        if let (Some(otherwise), Some(value)) = (syntax.child(node, "alternative"), value) {
            self.place(Some(otherwise), Place::of(CallUse::Ignored));
            self.guard(otherwise, GuardKind::Unless, format!("let {} = {}", told(syntax, pattern), told(syntax, value)));
        }
        let of = match syntax.child(node, "type") {
            Some(stated) => syntax.folded(stated),
            None => value.map(|value| names::constructed(syntax, value)).unwrap_or_default(),
        };
        let plain = matches!(syntax.kind(pattern), "identifier" | "mut_pattern");
        self.bind_all(Some(pattern), if plain { &of } else { "" });
    }

    fn attempt(&mut self, node: NodeId, place: Place) {
        let syntax = self.syntax;
        let Some(inner) = syntax.parts(node).next() else { return };
        if let Some(error) = failure::error_of(syntax, inner) {
            self.raise(error, None);
            self.errors.extend((self.closure == 0).then_some(inner));
        } else {
            if let Some((receiver, error)) = failure::missing_value(syntax, inner) {
                self.raise(error, Some(Guard { kind: GuardKind::Case, text: format!("{}: None", told(syntax, receiver)) }));
            }
            self.exit(node, &place);
        }
        self.place(Some(inner), place.tried());
    }

    fn invocation(&mut self, node: NodeId, place: &Place) {
        let syntax = self.syntax;
        let Some(name) = failure::failing_macro(syntax, node) else { return self.exit(node, place) };
        let Some(mut when) = self.when() else { return };
        when.extend(failure::checked(syntax, node).map(|text| Guard { kind: GuardKind::Unless, text }));
        let message = failure::arguments(syntax, node).map(|list| failure::message(syntax, list)).unwrap_or_default();
        if self.facts.raises.len() < MAX_ITEMS {
            self.facts.raises.push(Raise { exception: format!("{name}!"), message, when, caught: false });
        }
    }

    fn raise(&mut self, error: NodeId, condition: Option<Guard>) {
        let Some(mut when) = self.when().filter(|_| self.facts.raises.len() < MAX_ITEMS) else { return };
        when.extend(condition);
        let (exception, message) = (failure::exception(self.syntax, error), failure::message(self.syntax, error));
        self.facts.raises.push(Raise { exception, message, when, caught: false });
    }

    /// The conditions in force; None in a closure, or when there are too many to tell.
    fn when(&self) -> Option<Vec<Guard>> {
        let told = self.guards.len() <= MAX_GUARDS && self.closure == 0;
        told.then(|| self.guards.iter().map(|(_, guard)| guard.clone()).collect())
    }

    fn exit(&mut self, node: NodeId, place: &Place) {
        let kind = self.syntax.kind(node);
        let value = !matches!(kind, "break_expression" | "continue_expression" | "loop_expression" | "async_block" | "gen_block");
        if place.exit && value {
            self.push_exit(Some(node));
        }
    }

    fn push_exit(&mut self, value: Option<NodeId>) {
        let Some(when) = self.when().filter(|_| self.facts.exits.len() < MAX_ITEMS) else { return };
        let value = value.map(|value| self.syntax.folded(value)).unwrap_or_default();
        self.facts.exits.push(Exit { value, when });
    }

    fn call(&mut self, node: NodeId, place: Place) {
        let syntax = self.syntax;
        let error = failure::error_of(syntax, node);
        let fails = self.errors.remove(&node) || place.exit && error.is_some();
        match error.filter(|_| place.exit) {
            Some(error) => self.raise(error, None),
            None if !fails => self.exit(node, &place),
            None => (),
        }
        let Some(function) = syntax.child(node, "function") else { return };
        let arguments: Vec<NodeId> = syntax.child(node, "arguments").into_iter().flat_map(|list| syntax.parts(list)).collect();
        let wraps = matches!(syntax.text(function), "Ok" | "Err" | "Some");
        let usage = match (fails, wraps) {
            (true, _) => CallUse::Raised,
            (false, true) => CallUse::Used,
            (false, false) => CallUse::Passed,
        };
        for &argument in &arguments {
            self.place(Some(argument), Place::of(usage));
        }
        if wraps || self.facts.calls.len() >= MAX_ITEMS {
            return;
        }
        let Some(callee) = names::callee(syntax, function) else { return };
        let arguments = arguments.into_iter().take(12).map(|argument| names::shortened(syntax.folded(argument))).collect();
        self.facts.calls.push(Call { callee, arguments, usage: place.usage, target: place.target, catches: Vec::new(), when: Vec::new() });
    }

    fn bind_all(&mut self, pattern: Option<NodeId>, of: &str) {
        for name in pattern.into_iter().flat_map(|pattern| names::bound(self.syntax, pattern)) {
            self.bind(name, of);
        }
    }

    /// A name gets a value of type `of`; empty when the code does not say. Two types: unknown.
    fn bind(&mut self, name: &str, of: &str) {
        let of = if of == "Self" { self.around.own_type } else { of };
        let locals = &mut self.facts.locals;
        match locals.iter().position(|local| local.name == name) {
            Some(at) if locals[at].of != of => locals[at].of.clear(),
            None if locals.len() < MAX_ITEMS => locals.push(Local { name: name.to_owned(), of: of.to_owned() }),
            _ => (),
        }
    }
}
