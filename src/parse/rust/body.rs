//! What a function body does, read once from top to bottom: conditions in force on a stack,
//! and what becomes of a value handed down to the expression that makes it.

use std::collections::{HashMap, HashSet};

use crate::model::{Call, CallUse, Effect, Exit, Facts, Guard, GuardKind, Import, Local, Outside, Raise};
use crate::parse::conditions::Conditions;
use crate::parse::rust::failure;
use crate::parse::rust::imports::Home;
use crate::parse::rust::names::{self, told};
use crate::parse::rust::place::Place;
use crate::parse::syntax::{NodeId, Syntax};

/// Items that are chunks of their own or hold such.
pub(super) const ITEMS: &[&str] =
    &["function_item", "struct_item", "enum_item", "union_item", "trait_item", "impl_item", "mod_item", "macro_definition"];
/// More of one sort in one chunk than this is a table, not a rule.
pub(super) const MAX_ITEMS: usize = 300;

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

pub(super) struct Walk<'s, 't> {
    pub(super) syntax: &'s Syntax<'t>,
    around: &'s Body<'s>,
    conditions: Conditions,
    places: HashMap<NodeId, Place>,
    /// Errors of `Err(..)` that leave the function.
    errors: HashSet<NodeId>,
    /// Where the closure that is being read ends; 0 outside of one. It does not return or fail for
    /// the function.
    closure: NodeId,
    substance: u32,
    /// Calls whose arguments are being read, each with its end.
    pending: Vec<(NodeId, Call)>,
    /// Variables that hold a value of their own: what is written to them is gone with the call.
    pub(super) owned: Vec<String>,
    pub(super) facts: Facts,
}

/// Facts of the code in `block`, nested items left out.
pub(super) fn facts(syntax: &Syntax, block: NodeId, around: &Body) -> Facts {
    let mut walk = Walk {
        syntax,
        around,
        conditions: Conditions::of(&["block"]),
        places: HashMap::from([(block, if syntax.kind(block) == "block" { Place::tail(around.returns) } else { Place::default() })]),
        errors: HashSet::new(),
        closure: 0,
        substance: 0,
        pending: Vec::new(),
        owned: Vec::new(),
        facts: Facts::default(),
    };
    let parameters = syntax.parent(block).and_then(|function| syntax.child(function, "parameters"));
    for parameter in parameters.into_iter().flat_map(|list| syntax.parts(list)) {
        syntax.parts(parameter).filter(|&part| syntax.kind(part) == "mutable_specifier").for_each(|part| walk.mutable(part));
    }
    let mut node = block;
    while node < syntax.end(block) {
        if walk.closure <= node {
            walk.closure = 0;
        }
        walk.finish_calls(node);
        walk.conditions.reach(syntax, node);
        let skip = syntax.is_comment(node) || around.skip.contains(&node) || walk.visit(node);
        node = if skip { syntax.end(node) } else { node + 1 };
    }
    walk.finish_calls(node);
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
            "break_expression" => {
                self.untold_and(Some(Guard { kind: GuardKind::Skip, text: "break".to_owned() }));
                self.may_leave(GuardKind::Skip);
            }
            "continue_expression" => {
                self.untold();
                self.may_leave(GuardKind::Skip);
            }
            "let_declaration" => {
                self.untold();
                self.declaration(node);
            }
            "let_condition" => {
                self.place(child("value"), Place::of(CallUse::Tested));
                self.bind_all(child("pattern"), "");
                self.inherits(child("pattern"), child("value"));
            }
            "assignment_expression" => {
                let left = child("left").map(|left| told(syntax, left)).unwrap_or_default();
                self.place(child("right"), Place::assigned(left));
                self.stored(node);
            }
            "compound_assignment_expr" => self.stored(node),
            "mutable_specifier" => self.mutable(node),
            "const_item" | "static_item" => {
                // At the top of a file it is a chunk of its own.
                let inside = self.in_a_block(node);
                if let Some(name) = child("name").filter(|_| inside) {
                    self.bind(syntax.text(name), "");
                }
                return !inside;
            }
            "identifier" => {
                self.exit(node, &place);
                self.reference(node);
            }
            "scoped_identifier" | "scoped_type_identifier" => {
                self.exit(node, &place);
                self.reference(node);
                return true;
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

    /// Something happens here that no other fact tells.
    fn untold(&mut self) {
        self.untold_and(None);
    }

    fn untold_and(&mut self, what: Option<Guard>) {
        let Some(mut when) = self.when().filter(|when| !when.is_empty()) else { return };
        when.extend(what);
        let untold = &mut self.facts.untold;
        if untold.last() != Some(&when) && untold.len() < MAX_ITEMS && !untold.contains(&when) {
            untold.push(when);
        }
    }

    /// Calls that end before this node have taken their arguments.
    fn finish_calls(&mut self, node: NodeId) {
        while let Some((_, call)) = self.pending.pop_if(|(end, _)| *end <= node) {
            self.facts.calls.push(call);
        }
    }

    fn stored(&mut self, node: NodeId) {
        let known = self.facts.writes.len();
        self.written(node);
        if self.facts.writes.len() == known {
            self.untold();
        }
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
        self.conditions.on(self.syntax, node, kind, text);
    }

    /// Control may leave here; in a closure it does not leave the function.
    fn may_leave(&mut self, kind: GuardKind) {
        if self.closure == 0 {
            self.conditions.may_leave(kind, true);
        }
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
        }
        if let Some(statement) = syntax.parent(node).filter(|&above| syntax.kind(above) == "expression_statement") {
            self.ways_out(statement, node);
        }
    }

    /// What comes behind a chain of branches runs only when none left, as far as those before it
    /// all did.
    fn ways_out(&mut self, statement: NodeId, branch: NodeId) {
        let syntax = self.syntax;
        let mut chain = Some(branch);
        while let Some(branch) = chain {
            let (Some(condition), Some(body)) = (syntax.child(branch, "condition"), syntax.child(branch, "consequence")) else { return };
            let Some(kind) = syntax.parts(body).last().and_then(|last| failure::leaving(syntax, last)) else { return };
            self.conditions.leaving_block(syntax, statement, body, kind, told(syntax, condition));
            let otherwise = syntax.child(branch, "alternative").and_then(|clause| syntax.parts(clause).next());
            chain = otherwise.filter(|&next| syntax.kind(next) == "if_expression");
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
        let value = whole.and_then(|whole| syntax.child(whole, "value"));
        for part in syntax.parts(pattern).filter(|&part| syntax.field(part) != "condition") {
            self.bind_all(Some(part), "");
            self.inherits(Some(part), value);
        }
    }

    fn repeat(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(body) = syntax.child(node, "body") else { return };
        self.conditions.round(body, true);
        self.place(Some(body), Place::of(CallUse::Ignored));
        if let Some(condition) = syntax.child(node, "condition") {
            let text = told(syntax, condition);
            self.place(Some(condition), Place::of(CallUse::Tested));
            self.guard(body, GuardKind::While, text);
        }
        if let (Some(pattern), Some(value)) = (syntax.child(node, "pattern"), syntax.child(node, "value")) {
            self.guard(body, GuardKind::For, format!("{} in {}", told(syntax, pattern), told(syntax, value)));
            self.bind_all(Some(pattern), "");
            self.inherits(Some(pattern), Some(value));
        }
    }

    fn leave(&mut self, node: NodeId) {
        self.may_leave(GuardKind::Past);
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
        self.inherits(Some(pattern), value);
    }

    fn attempt(&mut self, node: NodeId, place: Place) {
        let syntax = self.syntax;
        self.may_leave(GuardKind::Past);
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
        self.place(Some(inner), if self.closure == 0 { place.tried() } else { place.tried_in_closure() });
    }

    fn invocation(&mut self, node: NodeId, place: &Place) {
        let syntax = self.syntax;
        let Some(name) = failure::failing_macro(syntax, node) else {
            let written = syntax.child(node, "macro").map(|name| syntax.text(name)).unwrap_or_default();
            if self.facts.effects.len() < MAX_ITEMS && names::is_path(written) {
                // What it reaches is found out when the imports of the file are known.
                self.facts.effects.push(Effect { on: Outside::default(), callee: format!("{written}!") });
            }
            if place.usage == CallUse::Ignored {
                self.untold();
            }
            return self.exit(node, place);
        };
        if failure::ends_call(name) {
            self.may_leave(GuardKind::Past);
        }
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
    pub(super) fn when(&self) -> Option<Vec<Guard>> {
        self.conditions.in_force().filter(|_| self.closure == 0)
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
        if wraps || self.facts.calls.len() + self.pending.len() >= MAX_ITEMS {
            return;
        }
        let Some(callee) = names::callee(syntax, function) else {
            if place.usage == CallUse::Ignored {
                self.untold();
            }
            return;
        };
        let arguments = arguments.into_iter().take(12).map(|argument| names::shortened(syntax.folded(argument))).collect();
        self.anchor(function, &callee);
        let Place { usage, target, tried, .. } = place;
        let plain = matches!(usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned);
        let when = if plain { self.when().unwrap_or_default() } else { Vec::new() };
        let call = Call { callee, arguments, usage, target, catches: Vec::new(), expects: Vec::new(), tried, when };
        self.pending.push((syntax.end(node), call));
    }

    /// `crate` and `super` in front of a path are looked up like imports.
    pub(super) fn anchor(&mut self, node: NodeId, path: &str) {
        let Some(import) = self.around.home.anchor(self.syntax, node, path) else { return };
        if !self.facts.imports.contains(&import) {
            self.facts.imports.push(import);
        }
    }

    fn bind_all(&mut self, pattern: Option<NodeId>, of: &str) {
        for name in pattern.into_iter().flat_map(|pattern| names::bound(self.syntax, pattern)) {
            self.bind(name, of);
            self.owned.retain(|owned| owned != name);
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
