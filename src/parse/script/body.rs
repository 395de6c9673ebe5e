//! What a body does, read once from top to bottom with the conditions in force on a stack.
//!
//! A function without a name, handed to another, runs when that one says: of it only the calls are told.

use std::collections::{HashMap, HashSet};

use crate::model::{Call, CallUse, Exit, Facts, Guard, GuardKind, Local, Raise};
use crate::parse::script::conditions::{BLOCKS, Conditions, Way};
use crate::parse::script::names::{self, UNTOLD, shortened, told};
use crate::parse::script::{constants, ending, imports, shape};
use crate::parse::syntax::{NodeId, Syntax};

/// More of one sort in one chunk than this is a table, not a rule.
pub(super) const MAX_ITEMS: usize = 300;
/// So deep a body is looked into for its end.
const MAX_DEPTH: usize = 12;

/// What a body is read in.
pub(super) struct Body<'b> {
    pub(super) path: &'b str,
    /// The function whose body it is; None for a file or a value.
    pub(super) function: Option<NodeId>,
    /// Nodes that are chunks of their own.
    pub(super) skip: &'b HashMap<NodeId, usize>,
}

pub(super) struct Walk<'s, 't> {
    pub(super) syntax: &'s Syntax<'t>,
    around: &'s Body<'s>,
    pub(super) conditions: Conditions,
    /// Ends of the `try` bodies around the place whose errors a handler stops.
    tries: Vec<NodeId>,
    tries_ahead: HashSet<NodeId>,
    /// Calls whose arguments are being read, each with its end.
    pending: Vec<(NodeId, Call)>,
    /// End of the outermost function without a name around the place; 0 outside of any.
    closure: NodeId,
    /// Names that the body binds anywhere.
    pub(super) own: HashSet<&'t str>,
    pub(super) facts: Facts,
    substance: u32,
}

/// Facts of the code in `block`, definitions with a name inside of it left out.
pub(super) fn facts(syntax: &Syntax, block: NodeId, around: &Body) -> Facts {
    let mut walk = Walk {
        syntax,
        around,
        conditions: Conditions::default(),
        tries: Vec::new(),
        tries_ahead: HashSet::new(),
        pending: Vec::new(),
        closure: 0,
        own: HashSet::new(),
        facts: Facts::default(),
        substance: 0,
    };
    walk.own = own_names(syntax, around.function.unwrap_or(block));
    walk.open_parameters();
    let expression = around.function.is_some() && syntax.kind(block) != "statement_block";
    if expression {
        walk.push_exit(Some(block));
        walk.facts.statements = 1;
        walk.substance = 1;
    }
    let mut node = block;
    while node < syntax.end(block) {
        if walk.closure <= node {
            walk.closure = 0;
        }
        walk.finish_calls(node);
        walk.conditions.reach(syntax, node);
        walk.tries.retain(|end| *end > node);
        if walk.tries_ahead.remove(&node) {
            walk.tries.push(syntax.end(node));
        }
        let skip = syntax.is_comment(node) || walk.visit(node);
        node = if skip { syntax.end(node) } else { node + 1 };
    }
    walk.finish_calls(node);
    walk.facts.stub = walk.substance == 0;
    walk.facts.ends = around.function.is_some() && ending::runs_past(syntax, block, MAX_DEPTH);
    walk.facts
}

/// Names that code gives a value to or defines, in functions inside of it, too.
fn own_names<'t>(syntax: &Syntax<'t>, from: NodeId) -> HashSet<&'t str> {
    let mut out = HashSet::new();
    if from == 0 {
        return out;
    }
    for node in from..syntax.end(from) {
        let pattern = match syntax.kind(node) {
            "variable_declarator" => syntax.child(node, "name"),
            "for_in_statement" => syntax.child(node, "left").filter(|_| syntax.child(node, "kind").is_some()),
            "catch_clause" => syntax.child(node, "parameter"),
            "formal_parameters" => Some(node),
            "arrow_function" => syntax.child(node, "parameter"),
            "function_declaration" | "generator_function_declaration" | "class_declaration" | "function_expression" => {
                syntax.child(node, "name").filter(|_| node != from)
            }
            _ => None,
        };
        if let Some(pattern) = pattern {
            out.extend(names::bound(syntax, pattern));
            out.extend((syntax.kind(pattern) == "type_identifier").then(|| syntax.text(pattern)));
        }
    }
    out
}

impl Walk<'_, '_> {
    /// Reads one node; true when what is below it is not for this chunk.
    fn visit(&mut self, node: NodeId) -> bool {
        let syntax = self.syntax;
        if !syntax.is_named(node) {
            return false;
        }
        let child = |field| syntax.child(node, field);
        let kind = syntax.kind(node);
        let inner = kind == "class" || shape::is_named(syntax, node) || self.around.skip.contains_key(&node);
        if inner {
            if let Some(name) = child("name").filter(|_| self.around.function.is_some()) {
                self.bind(syntax.text(name), "");
                self.untold();
            }
            return true;
        }
        self.count(node);
        match kind {
            "type_annotation" | "type_arguments" | "type_parameters" | "decorator" | "internal_module" | "function_signature" => {
                return kind != "internal_module";
            }
            _ if shape::is_function(syntax, node) => self.handed_on(node),
            "import_statement" => {
                self.facts.imports.extend(imports::imports(syntax, node, self.around.path));
                return true;
            }
            "export_statement" => {
                self.facts.imports.extend(imports::imports(syntax, node, self.around.path));
                return self.around.function.is_none() && constants::named(syntax, node).is_some();
            }
            "lexical_declaration" | "variable_declaration" => {
                self.facts.imports.extend(imports::imports(syntax, node, self.around.path));
                return self.around.function.is_none() && constants::named(syntax, node).is_some();
            }
            "expression_statement" if syntax.parent(node) == Some(0) => {
                self.facts.imports.extend(imports::imports(syntax, node, self.around.path));
            }
            "if_statement" => self.branch(node),
            "for_statement" | "for_in_statement" | "while_statement" | "do_statement" => self.repeat(node),
            "switch_statement" => self.switch(node),
            "try_statement" => self.attempt(node),
            "return_statement" if self.closure == 0 => {
                self.push_exit(syntax.parts(node).next());
                self.conditions.may_leave(Way::Call);
            }
            "throw_statement" if self.closure == 0 => {
                self.raise(node);
                self.conditions.may_leave(Way::Call);
            }
            "break_statement" | "continue_statement" if self.closure == 0 => self.skip(node),
            "yield_expression" => {
                self.facts.generator |= self.closure == 0;
                self.untold();
            }
            "call_expression" => self.call(node, child("function")),
            "new_expression" => self.call(node, child("constructor")),
            "variable_declarator" => self.declared(node),
            "assignment_expression" | "augmented_assignment_expression" => {
                self.assignment(node);
                self.written(node);
            }
            "update_expression" => self.updated(node),
            "unary_expression" => self.deleted(node),
            "identifier" | "member_expression" => self.reference(node),
            _ => (),
        }
        false
    }

    /// A function without a name begins.
    fn handed_on(&mut self, node: NodeId) {
        if self.closure != 0 {
            return;
        }
        let kinds = |inner| self.syntax.kind(inner);
        if (node..self.syntax.end(node)).any(|inner| matches!(kinds(inner), "assignment_expression" | "augmented_assignment_expression")) {
            self.untold();
        }
        self.closure = self.syntax.end(node);
    }

    fn count(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let kind = syntax.kind(node);
        let operator = || {
            kind == "binary_expression"
                && syntax.child(node, "operator").is_some_and(|operator| matches!(syntax.text(operator), "&&" | "||" | "??"))
        };
        let branches = matches!(
            kind,
            "if_statement"
                | "for_statement"
                | "for_in_statement"
                | "while_statement"
                | "do_statement"
                | "catch_clause"
                | "switch_case"
                | "ternary_expression"
        ) || operator();
        self.facts.branches += branches as u32;
        let above = syntax.parent(node).map_or("", |above| syntax.kind(above));
        let alone = matches!(syntax.field(node), "consequence" | "body") || above == "else_clause";
        let statement = kind.ends_with("_statement") && kind != "empty_statement" || kind.ends_with("_declaration");
        if !statement || !BLOCKS.contains(&above) && !alone {
            return;
        }
        self.facts.statements += 1;
        let text = syntax.text(node);
        let missing = text.starts_with("throw new ") && text.len() < 200 && text.to_ascii_lowercase().contains("not implemented");
        self.substance += !missing as u32;
    }

    /// Something happens here that no other fact tells.
    pub(super) fn untold(&mut self) {
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

    fn branch(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(condition), Some(body)) = (syntax.child(node, "condition"), syntax.child(node, "consequence")) else { return };
        let text = told(syntax, condition);
        self.conditions.on(syntax, body, GuardKind::If, text.clone());
        if let Some(otherwise) = syntax.child(node, "alternative") {
            self.conditions.on(syntax, otherwise, GuardKind::Unless, text);
        }
        if self.closure == 0 && syntax.parent(node).is_some_and(|above| BLOCKS.contains(&syntax.kind(above))) {
            self.ways_out(node);
        }
    }

    /// What comes behind a chain of branches runs only when none left, as far as those before it
    /// all did.
    fn ways_out(&mut self, statement: NodeId) {
        let syntax = self.syntax;
        let mut chain = Some(statement);
        while let Some(branch) = chain {
            let (Some(condition), Some(body)) = (syntax.child(branch, "condition"), syntax.child(branch, "consequence")) else { return };
            let Some(way) = ending::leaving(syntax, body) else { return };
            self.conditions.leaving_block(syntax, statement, body, way, told(syntax, condition));
            let otherwise = syntax.child(branch, "alternative").and_then(|clause| syntax.parts(clause).next());
            chain = otherwise.filter(|&next| syntax.kind(next) == "if_statement");
        }
    }

    fn repeat(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(body) = syntax.child(node, "body") else { return };
        self.conditions.round(body);
        if let (Some(left), Some(right)) = (syntax.child(node, "left"), syntax.child(node, "right")) {
            self.conditions.on(syntax, body, GuardKind::For, format!("{} in {}", told(syntax, left), told(syntax, right)));
            self.bind_all(left);
        } else if let Some(condition) =
            syntax.child(node, "condition").filter(|&condition| syntax.kind(node) != "do_statement" && syntax.is_named(condition))
        {
            let text = told(syntax, condition);
            self.conditions.on(syntax, body, GuardKind::While, text);
        }
    }

    fn switch(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(value), Some(body)) = (syntax.child(node, "value"), syntax.child(node, "body")) else { return };
        self.conditions.switch(body);
        let subject = told(syntax, value);
        let mut labels: Vec<String> = Vec::new();
        let mut falls = false;
        for case in syntax.parts(body) {
            labels.push(syntax.child(case, "value").map_or("default".to_owned(), |value| told(syntax, value)));
            let Some(last) = syntax.children(case).filter(|&part| syntax.field(part) == "body" && !syntax.is_comment(part)).last() else {
                continue;
            };
            let text = if falls { UNTOLD.to_owned() } else { format!("{subject}: {}", labels.join(" | ")) };
            self.conditions.on(syntax, case, GuardKind::Case, text);
            falls = ending::leaving(syntax, last).is_none();
            labels.clear();
        }
    }

    fn attempt(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(handler) = syntax.child(node, "handler") else { return };
        self.tries_ahead.extend(syntax.child(node, "body"));
        if let Some(body) = syntax.child(handler, "body") {
            self.conditions.on(syntax, body, GuardKind::Except, "any exception".to_owned());
        }
        if let Some(pattern) = syntax.child(handler, "parameter") {
            self.bind_all(pattern);
        }
    }

    fn skip(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(way) = ending::leaving(syntax, node) else { return };
        let of_switch = syntax.ancestors(node).find(|&above| {
            let kind = syntax.kind(above);
            kind == "switch_body" || matches!(kind, "for_statement" | "for_in_statement" | "while_statement" | "do_statement")
        });
        match way {
            Way::Loop if of_switch.is_some_and(|above| syntax.kind(above) == "switch_body") => (),
            Way::Loop => self.untold_and(Some(Guard { kind: GuardKind::Skip, text: "break".to_owned() })),
            _ => self.untold(),
        }
        self.conditions.may_leave(way);
    }

    /// The conditions in force; None in a function without a name, or when there are too many to tell.
    pub(super) fn when(&self) -> Option<Vec<Guard>> {
        self.conditions.in_force().filter(|_| self.closure == 0)
    }

    fn raise(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(when), Some(thrown)) = (self.when(), syntax.parts(node).next()) else { return };
        let thrown = names::bare(syntax, thrown);
        let of = match syntax.kind(thrown) {
            "new_expression" => syntax.child(thrown, "constructor"),
            "call_expression" => syntax.child(thrown, "function"),
            _ => Some(thrown),
        };
        let exception = of.map(|of| told(syntax, of)).unwrap_or_default();
        let named = !exception.is_empty() && exception.len() <= 80 && !exception.contains(['{', '…', '`', '"', '\'']);
        if !named || self.facts.raises.len() >= MAX_ITEMS {
            self.untold();
            return;
        }
        let mut arguments = syntax.child(thrown, "arguments").into_iter().flat_map(|list| syntax.parts(list));
        // With more arguments the class decides what the text becomes.
        let only = arguments.next().filter(|_| arguments.next().is_none());
        let message = only.and_then(|text| message(syntax, text)).unwrap_or_default();
        let caught = !self.tries.is_empty();
        self.facts.raises.push(Raise { exception, message, when, caught });
    }

    fn push_exit(&mut self, value: Option<NodeId>) {
        let Some(when) = self.when().filter(|_| self.facts.exits.len() < MAX_ITEMS) else { return };
        let value = value.map(|value| told(self.syntax, value)).unwrap_or_default();
        self.facts.exits.push(Exit { value, when });
    }

    fn call(&mut self, node: NodeId, function: Option<NodeId>) {
        let syntax = self.syntax;
        let Some(function) = function else { return };
        if self.facts.calls.len() + self.pending.len() >= MAX_ITEMS || imports::requires(syntax, node, self.around.path).is_some() {
            return;
        }
        let Some(callee) = names::callee(syntax, function) else { return };
        let list = syntax.child(node, "arguments").into_iter().flat_map(|list| syntax.parts(list));
        let arguments = list.take(12).map(|argument| shortened(told(syntax, argument))).collect();
        let (usage, target) = self.usage(node);
        let catches = if self.tries.is_empty() || self.closure != 0 { Vec::new() } else { vec!["*".to_owned()] };
        let plain = matches!(usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned);
        let when = if plain { self.when().unwrap_or_default() } else { Vec::new() };
        let call = Call { callee, arguments, usage, target, catches, expects: Vec::new(), tried: false, when };
        self.pending.push((syntax.end(node), call));
    }

    fn usage(&self, call: NodeId) -> (CallUse, String) {
        let syntax = self.syntax;
        let mut below = call;
        for above in syntax.ancestors(call) {
            let field = syntax.field(below);
            let usage = match syntax.kind(above) {
                "await_expression" | "parenthesized_expression" | "non_null_expression" | "as_expression" | "satisfies_expression" => {
                    below = above;
                    continue;
                }
                "arguments" => CallUse::Passed,
                _ if self.closure != 0 => CallUse::Used,
                "expression_statement" => CallUse::Ignored,
                "return_statement" => CallUse::Returned,
                "arrow_function" if field == "body" => CallUse::Returned,
                "throw_statement" => CallUse::Raised,
                "variable_declarator" if field == "value" => return self.assigned(syntax.child(above, "name")),
                "assignment_expression" if field == "right" => return self.assigned(syntax.child(above, "left")),
                "if_statement" | "while_statement" | "do_statement" if field == "condition" => CallUse::Tested,
                _ => CallUse::Used,
            };
            return (usage, String::new());
        }
        (CallUse::Used, String::new())
    }

    fn assigned(&self, target: Option<NodeId>) -> (CallUse, String) {
        let text = target.map(|target| shortened(told(self.syntax, target))).unwrap_or_default();
        if text.is_empty() || text == UNTOLD { (CallUse::Used, String::new()) } else { (CallUse::Assigned, text) }
    }

    /// The names that parameters take apart are the body's own.
    fn open_parameters(&mut self) {
        let syntax = self.syntax;
        let list = self.around.function.and_then(|function| syntax.child(function, "parameters"));
        for part in list.into_iter().flat_map(|list| syntax.parts(list)) {
            let pattern = syntax.child(part, "pattern").or(syntax.child(part, "left")).unwrap_or(part);
            if syntax.kind(pattern) != "identifier" {
                self.bind_all(pattern);
            }
        }
    }

    fn declared(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(pattern), value) = (syntax.child(node, "name"), syntax.child(node, "value")) else { return };
        if value.is_some_and(|value| imports::requires(syntax, value, self.around.path).is_some()) {
            return;
        }
        let stated = names::annotation(syntax, node, "type");
        let of = if stated.is_empty() { value.map(|value| names::constructed(syntax, value)).unwrap_or_default() } else { stated };
        match syntax.kind(pattern) {
            "identifier" => self.bind(syntax.text(pattern), &of),
            _ => self.bind_all(pattern),
        }
        if let Some(value) = value {
            self.untold();
            self.bound(pattern, value);
        }
    }

    fn assignment(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(left), Some(right)) = (syntax.child(node, "left"), syntax.child(node, "right")) else { return };
        let of = names::constructed(syntax, right);
        match syntax.kind(left) {
            "identifier" if self.own.contains(syntax.text(left)) => self.bind(syntax.text(left), &of),
            "member_expression" if syntax.text(left).starts_with("this.") && syntax.text(left).matches('.').count() == 1 => {
                let handed = if syntax.kind(right) == "identifier" { syntax.text(right) } else { "" };
                let of = if of.is_empty() { handed.to_owned() } else { of };
                self.bind(syntax.text(left), &of);
            }
            _ => (),
        }
    }

    /// The names that a pattern binds.
    fn bind_all(&mut self, pattern: NodeId) {
        for name in names::bound(self.syntax, pattern) {
            self.bind(name, "");
        }
    }

    /// A name gets a value of type `of`; empty when the code does not say. Two types: unknown.
    fn bind(&mut self, name: &str, of: &str) {
        let locals = &mut self.facts.locals;
        match locals.iter().position(|local| local.name == name) {
            Some(at) if locals[at].of != of => locals[at].of.clear(),
            None if locals.len() < MAX_ITEMS => locals.push(Local { name: name.to_owned(), of: of.to_owned() }),
            _ => (),
        }
    }
}

/// The text of an error, where it is written out: `{x}` for what a template fills in.
fn message(syntax: &Syntax, text: NodeId) -> Option<String> {
    let written = syntax.text(text);
    if !matches!(syntax.kind(text), "string" | "template_string") {
        return None;
    }
    let inner = written.get(1..written.len() - 1)?.replace("${", "{");
    let plain = inner.len() <= 160 && inner.contains(' ') && !inner.contains(['\n', '\r', '\\', '`']);
    plain.then(|| inner.trim().to_owned())
}
