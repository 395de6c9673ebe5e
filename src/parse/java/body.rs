//! What the body of a method does, read once from top to bottom: conditions in force on a stack, and what becomes of
//! a value handed down to the expression that makes it.
//!
//! Lambdas and types without a name run when others say: of them only the calls are told, without conditions.

use std::collections::{HashMap, HashSet};

use crate::model::{Call, CallUse, Exit, Facts, Guard, GuardKind, Local, Parameter, Raise};
use crate::parse::conditions::Conditions;
use crate::parse::java::extract::TYPES;
use crate::parse::java::failure;
use crate::parse::java::names::{self, told};
use crate::parse::syntax::{NodeId, Syntax};

/// More of one sort in one chunk than this is a table, not a rule.
pub(super) const MAX_ITEMS: usize = 300;
/// So deep a body is looked into for its end.
const MAX_DEPTH: usize = 12;
/// What holds statements in a row.
pub(super) const BLOCKS: &[&str] = &["block", "constructor_body", "switch_block_statement_group"];

/// What a body needs to know of the code around it.
pub(super) struct Body<'b> {
    pub(super) parameters: &'b [Parameter],
    /// Does the method hand back a value?
    pub(super) returns: bool,
    /// The definition that it is the body of.
    pub(super) holder: NodeId,
}

/// What becomes of the value of an expression.
#[derive(Clone, Default)]
struct Place {
    usage: CallUse,
    target: String,
}

/// A `try` whose handlers stop these errors, and the end of what it tries.
struct Try {
    end: NodeId,
    handled: Vec<String>,
}

pub(super) struct Walk<'s, 't> {
    pub(super) syntax: &'s Syntax<'t>,
    conditions: Conditions,
    places: HashMap<NodeId, Place>,
    tries: Vec<Try>,
    tries_ahead: HashMap<NodeId, Try>,
    /// Names of caught errors with their types, each with the end of its handler.
    caught: Vec<(NodeId, String, String)>,
    /// Where the lambda or the type without a name that is being read ends; 0 outside of one.
    closure: NodeId,
    /// Calls whose arguments are being read, each with its end.
    pending: Vec<(NodeId, Call)>,
    /// Names that the body or its parameters bind anywhere.
    pub(super) own: HashSet<&'t str>,
    substance: u32,
    pub(super) facts: Facts,
}

/// Facts of the code in `block`, which may be a value, too.
pub(super) fn facts(syntax: &Syntax, block: NodeId, around: &Body) -> Facts {
    let mut walk = Walk {
        syntax,
        conditions: Conditions::of(BLOCKS),
        places: HashMap::new(),
        tries: Vec::new(),
        tries_ahead: HashMap::new(),
        caught: Vec::new(),
        closure: 0,
        pending: Vec::new(),
        own: bound_names(syntax, around.holder),
        substance: 0,
        facts: Facts::default(),
    };
    let mut node = block;
    while node < syntax.end(block) {
        if walk.closure <= node {
            walk.closure = 0;
        }
        walk.finish_calls(node);
        walk.conditions.reach(syntax, node);
        walk.tries.retain(|tried| tried.end > node);
        walk.tries.extend(walk.tries_ahead.remove(&node));
        walk.caught.retain(|(end, ..)| *end > node);
        let skip = syntax.is_comment(node) || walk.visit(node);
        node = if skip { syntax.end(node) } else { node + 1 };
    }
    walk.finish_calls(node);
    walk.facts.stub = walk.substance == 0;
    walk.facts.ends = !around.returns && failure::runs_past(syntax, block, MAX_DEPTH);
    for parameter in around.parameters {
        // A parameter that is given another value may be of a narrower type; what is stated counts.
        walk.facts.locals.retain(|local| local.name != parameter.name);
    }
    walk.facts
}

/// The names that the parameters, variables, handlers, patterns and lambdas below a node bind.
fn bound_names<'t>(syntax: &Syntax<'t>, holder: NodeId) -> HashSet<&'t str> {
    let mut out = HashSet::new();
    let mut node = holder + 1;
    while node < syntax.end(holder) {
        let here = node;
        node += 1;
        let kind = syntax.kind(here);
        if TYPES.contains(&kind) || kind == "class_body" {
            node = syntax.end(here);
            continue;
        }
        let binds = matches!(
            kind,
            "formal_parameter"
                | "variable_declarator"
                | "catch_formal_parameter"
                | "enhanced_for_statement"
                | "resource"
                | "instanceof_expression"
        );
        let name = syntax.child(here, "name").filter(|_| binds);
        out.extend(name.map(|name| syntax.text(name)));
        if kind == "inferred_parameters" {
            out.extend(syntax.parts(here).map(|name| syntax.text(name)));
        } else if matches!(kind, "type_pattern" | "record_pattern_component") {
            out.extend(syntax.parts(here).last().map(|name| syntax.text(name)));
        } else if kind == "lambda_expression" {
            let one = syntax.child(here, "parameters").filter(|&one| syntax.kind(one) == "identifier");
            out.extend(one.map(|name| syntax.text(name)));
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
        self.count(node);
        let place = self.places.remove(&node).unwrap_or_default();
        let child = |field| syntax.child(node, field);
        match syntax.kind(node) {
            kind if TYPES.contains(&kind) => {
                self.untold();
                return true;
            }
            "annotation" | "marker_annotation" | "type_arguments" => return true,
            "expression_statement" => self.put(syntax.parts(node).next(), CallUse::Ignored, ""),
            "explicit_constructor_invocation" => self.call(node, Place { usage: CallUse::Ignored, target: String::new() }),
            "parenthesized_expression" => self.hand_on(syntax.parts(node).next(), place),
            "cast_expression" => self.hand_on(child("value"), place),
            "unary_expression" if child("operator").is_some_and(|operator| syntax.text(operator) == "!") => {
                self.hand_on(child("operand"), place)
            }
            "if_statement" => self.branch(node),
            "while_statement" | "for_statement" | "do_statement" | "enhanced_for_statement" => self.repeat(node),
            "switch_expression" => self.put(child("condition"), CallUse::Tested, ""),
            "switch_block" => self.cases(node),
            "try_statement" | "try_with_resources_statement" => self.attempt(node),
            "catch_clause" => self.handler(node),
            "throw_statement" => self.raise(node),
            "assert_statement" => self.assertion(node),
            "return_statement" => self.leave(node),
            "break_statement" => self.stop(node),
            "continue_statement" => {
                self.untold();
                let kind = if syntax.parts(node).next().is_some() { GuardKind::Past } else { GuardKind::Skip };
                self.may_leave(kind, false);
            }
            "yield_statement" => self.untold(),
            "local_variable_declaration" | "resource" => self.declaration(node),
            "instanceof_expression" => {
                if let Some(name) = child("name") {
                    let of = child("right").map(|of| syntax.folded(of)).unwrap_or_default();
                    self.bind(syntax.text(name), &of);
                }
            }
            "assignment_expression" => {
                let left = child("left").map(|left| names::shortened(syntax.folded(left))).unwrap_or_default();
                let plain = child("operator").is_some_and(|operator| syntax.text(operator) == "=");
                self.put(child("right"), if plain { CallUse::Assigned } else { CallUse::Used }, &left);
                self.stored(node);
            }
            "update_expression" => self.stored(node),
            "lambda_expression" => {
                let list = child("parameters").into_iter().flat_map(|list| syntax.parts(list));
                for parameter in list.filter(|&part| syntax.kind(part) == "formal_parameter") {
                    let of = syntax.child(parameter, "type").map(|of| syntax.folded(of)).unwrap_or_default();
                    if let Some(name) = syntax.child(parameter, "name") {
                        self.bind(syntax.text(name), &of);
                    }
                }
                self.closure = self.closure.max(syntax.end(node));
            }
            "class_body" => self.closure = self.closure.max(syntax.end(node)),
            "method_invocation" | "object_creation_expression" => self.call(node, place),
            "identifier" | "field_access" => self.reference(node),
            _ => (),
        }
        false
    }

    fn put(&mut self, node: Option<NodeId>, usage: CallUse, target: &str) {
        self.hand_on(node, Place { usage, target: target.to_owned() });
    }

    fn hand_on(&mut self, node: Option<NodeId>, place: Place) {
        if let Some(node) = node {
            self.places.insert(node, place);
        }
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

    fn count(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let kind = syntax.kind(node);
        let lazy =
            || kind == "binary_expression" && syntax.child(node, "operator").is_some_and(|at| matches!(syntax.text(at), "&&" | "||"));
        let branches = matches!(
            kind,
            "if_statement"
                | "while_statement"
                | "for_statement"
                | "do_statement"
                | "enhanced_for_statement"
                | "switch_label"
                | "catch_clause"
                | "ternary_expression"
        ) || lazy();
        self.facts.branches += u32::from(branches);
        let above = syntax.parent(node).map_or("", |above| syntax.kind(above));
        if !BLOCKS.contains(&above) || kind == "switch_label" || TYPES.contains(&kind) {
            return;
        }
        self.facts.statements += 1;
        let missing = kind == "throw_statement" && {
            let thrown = syntax.parts(node).next().and_then(|thrown| failure::exception(syntax, thrown));
            thrown.is_some_and(|of| matches!(of.as_str(), "UnsupportedOperationException" | "NotImplementedException"))
        };
        self.substance += u32::from(!missing);
    }

    fn guard(&mut self, node: NodeId, kind: GuardKind, text: String) {
        self.conditions.on(self.syntax, node, kind, text);
    }

    /// Control may leave here; in a lambda it does not leave the method.
    fn may_leave(&mut self, kind: GuardKind, breaks: bool) {
        if self.closure == 0 {
            self.conditions.may_leave(kind, breaks);
        }
    }

    fn branch(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(condition), Some(body)) = (syntax.child(node, "condition"), syntax.child(node, "consequence")) else { return };
        self.put(Some(condition), CallUse::Tested, "");
        let text = told(syntax, condition);
        self.guard(body, GuardKind::If, text.clone());
        if let Some(otherwise) = syntax.child(node, "alternative") {
            self.guard(otherwise, GuardKind::Unless, text);
        }
        if self.closure == 0 && syntax.parent(node).is_some_and(|above| BLOCKS.contains(&syntax.kind(above))) {
            self.ways_out(node);
        }
    }

    /// What comes behind a chain of branches runs only when none left, as far as those before it all did.
    fn ways_out(&mut self, statement: NodeId) {
        let syntax = self.syntax;
        let mut chain = Some(statement);
        while let Some(branch) = chain {
            let (Some(condition), Some(body)) = (syntax.child(branch, "condition"), syntax.child(branch, "consequence")) else { return };
            let Some(kind) = failure::leaving(syntax, body) else { return };
            self.conditions.leaving_block(syntax, statement, body, kind, told(syntax, condition));
            chain = syntax.child(branch, "alternative").filter(|&next| syntax.kind(next) == "if_statement");
        }
    }

    fn repeat(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(body) = syntax.child(node, "body") else { return };
        self.conditions.round(body, true);
        if let Some(condition) = syntax.child(node, "condition") {
            self.put(Some(condition), CallUse::Tested, "");
            if syntax.kind(node) != "do_statement" {
                self.guard(body, GuardKind::While, told(syntax, condition));
            }
        }
        if let (Some(name), Some(value)) = (syntax.child(node, "name"), syntax.child(node, "value")) {
            self.guard(body, GuardKind::For, format!("{} in {}", syntax.text(name), told(syntax, value)));
            let of = syntax.child(node, "type").map(|of| syntax.folded(of)).filter(|of| of != "var").unwrap_or_default();
            self.bind(syntax.text(name), &of);
        }
    }

    /// `case A: case B:` with what runs behind them. What falls through from the cases before runs for those as well.
    fn cases(&mut self, block: NodeId) {
        let syntax = self.syntax;
        let whole = syntax.parent(block).and_then(|whole| syntax.child(whole, "condition"));
        let subject = whole.map(|subject| told(syntax, subject)).unwrap_or_default();
        let mut labels: Vec<String> = Vec::new();
        for case in syntax.parts(block) {
            labels.extend(syntax.parts(case).filter(|&part| syntax.kind(part) == "switch_label").map(|label| label_text(syntax, label)));
            let rule = syntax.kind(case) == "switch_rule";
            let Some(last) = syntax.parts(case).last() else { continue };
            let runs = if rule { last } else { case };
            self.conditions.round(runs, false);
            self.guard(runs, GuardKind::Case, format!("{subject}: {}", labels.join(", ")));
            if rule || failure::leaving(syntax, last).is_some() {
                labels.clear();
            }
        }
    }

    fn attempt(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let clauses = syntax.parts(node).filter(|&part| syntax.kind(part) == "catch_clause");
        let handled: Vec<String> = clauses.flat_map(|clause| caught_types(syntax, clause)).collect();
        if handled.is_empty() {
            return;
        }
        for tried in [syntax.child(node, "resources"), syntax.child(node, "body")].into_iter().flatten() {
            self.tries_ahead.insert(tried, Try { end: syntax.end(tried), handled: handled.clone() });
        }
    }

    fn handler(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(body) = syntax.child(node, "body") else { return };
        let text = caught_types(syntax, node).join(" | ");
        let parameter = syntax.parts(node).find(|&part| syntax.kind(part) == "catch_formal_parameter");
        if let Some(name) = parameter.and_then(|parameter| syntax.child(parameter, "name")) {
            self.caught.push((syntax.end(node), syntax.text(name).to_owned(), text.clone()));
            self.bind(syntax.text(name), if text.contains('|') { "" } else { &text });
        }
        self.guard(body, GuardKind::Except, text);
    }

    fn stop(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let around =
            |above: &NodeId| matches!(syntax.kind(*above), "switch_block_statement_group" | "switch_rule") || is_loop(syntax, *above);
        let labelled = syntax.parts(node).next().is_some();
        let from_loop = syntax.ancestors(node).find(around).is_some_and(|above| is_loop(syntax, above));
        if labelled || from_loop {
            self.untold_and(Some(Guard { kind: GuardKind::Skip, text: "break".to_owned() }));
        }
        self.may_leave(if labelled { GuardKind::Past } else { GuardKind::Skip }, true);
    }

    fn leave(&mut self, node: NodeId) {
        let value = self.syntax.parts(node).next();
        self.may_leave(GuardKind::Past, false);
        if self.closure != 0 {
            return;
        }
        self.put(value, CallUse::Returned, "");
        let Some(when) = self.when().filter(|_| self.facts.exits.len() < MAX_ITEMS) else { return };
        let value = value.map(|value| told(self.syntax, value)).unwrap_or_default();
        self.facts.exits.push(Exit { value, when });
    }

    fn raise(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let thrown = syntax.parts(node).next();
        self.may_leave(GuardKind::Past, false);
        self.put(thrown, CallUse::Raised, "");
        let Some(thrown) = thrown else { return };
        let alias = || self.caught.iter().rev().find(|(_, name, _)| name == syntax.text(thrown)).map(|(.., of)| of.clone());
        let exception = failure::exception(syntax, thrown).or_else(alias).unwrap_or_else(|| names::shortened(told(syntax, thrown)));
        let Some(when) = self.when().filter(|_| self.facts.raises.len() < MAX_ITEMS) else { return };
        let caught = !self.tries.is_empty();
        self.facts.raises.push(Raise { exception, message: failure::message(syntax, thrown), when, caught });
    }

    fn assertion(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(mut when) = self.when().filter(|_| self.facts.raises.len() < MAX_ITEMS) else { return };
        let Some(condition) = syntax.parts(node).next() else { return };
        when.push(Guard { kind: GuardKind::Unless, text: told(syntax, condition) });
        let message = syntax.parts(node).nth(1).and_then(|text| failure::string(syntax, text)).unwrap_or_default();
        self.facts.raises.push(Raise { exception: "AssertionError".to_owned(), message, when, caught: !self.tries.is_empty() });
    }

    /// The conditions in force; None in a lambda, or when there are too many to tell.
    pub(super) fn when(&self) -> Option<Vec<Guard>> {
        self.conditions.in_force().filter(|_| self.closure == 0)
    }

    fn stored(&mut self, node: NodeId) {
        if !self.written(node) {
            self.untold();
        }
    }

    fn declaration(&mut self, node: NodeId) {
        let syntax = self.syntax;
        self.untold();
        let stated = syntax.child(node, "type").map(|of| syntax.folded(of)).filter(|of| of != "var");
        let parts = || syntax.parts(node).filter(|&part| syntax.kind(part) == "variable_declarator");
        let declared: Vec<NodeId> = if syntax.kind(node) == "resource" { vec![node] } else { parts().collect() };
        for declarator in declared {
            let (Some(name), value) = (syntax.child(declarator, "name"), syntax.child(declarator, "value")) else { continue };
            self.put(value, CallUse::Assigned, syntax.text(name));
            let of = stated.clone().or_else(|| value.map(|value| names::constructed(syntax, value))).unwrap_or_default();
            self.bind(syntax.text(name), &of);
            if let Some(value) = value {
                self.bound(name, value, &told(syntax, value));
            }
        }
    }

    fn call(&mut self, node: NodeId, place: Place) {
        let syntax = self.syntax;
        let arguments: Vec<NodeId> = syntax.child(node, "arguments").into_iter().flat_map(|list| syntax.parts(list)).collect();
        for &argument in &arguments {
            self.put(Some(argument), CallUse::Passed, "");
        }
        let full = self.facts.calls.len() + self.pending.len() >= MAX_ITEMS;
        let Some(callee) = names::callee(syntax, node).filter(|_| !full) else {
            if place.usage == CallUse::Ignored {
                self.untold();
            }
            return;
        };
        let arguments = arguments.into_iter().take(12).map(|argument| names::shortened(syntax.folded(argument))).collect();
        // In a lambda nobody knows when, nor for whom.
        let told = !matches!(place.usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned) || self.closure == 0;
        let Place { usage, target } = if told { place } else { Place::default() };
        let plain = matches!(usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned);
        let when = if plain { self.when().unwrap_or_default() } else { Vec::new() };
        let catches = self.tries.iter().flat_map(|tried| tried.handled.iter().cloned()).collect();
        let call = Call { callee, arguments, usage, target, catches, expects: Vec::new(), tried: false, when };
        self.pending.push((syntax.end(node), call));
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

fn is_loop(syntax: &Syntax, node: NodeId) -> bool {
    matches!(syntax.kind(node), "while_statement" | "for_statement" | "do_statement" | "enhanced_for_statement")
}

/// `PAID` of `case PAID`, `default`.
fn label_text(syntax: &Syntax, label: NodeId) -> String {
    let text = syntax.folded(label);
    text.strip_prefix("case ").unwrap_or(&text).to_owned()
}

/// The types of errors that a handler handles.
fn caught_types(syntax: &Syntax, clause: NodeId) -> Vec<String> {
    let parameter = syntax.parts(clause).find(|&part| syntax.kind(part) == "catch_formal_parameter");
    let stated = parameter.and_then(|parameter| syntax.parts(parameter).find(|&part| syntax.kind(part) == "catch_type"));
    stated.into_iter().flat_map(|stated| syntax.parts(stated)).map(|of| syntax.folded(of)).collect()
}
