//! What a block of statements does, read once from top to bottom with the conditions in force
//! on a stack.

use std::collections::HashMap;

use crate::model::{Call, CallUse, Effect, Exit, Facts, Guard, GuardKind, Import, Local, Outside, Raise};
use crate::parse::python::{ending, extract};
use crate::parse::syntax::{NodeId, Syntax};

/// Code under more conditions than this is not told of: no sentence could hold it.
const MAX_GUARDS: usize = 12;
/// More of one sort in one chunk than this is a table, not a rule.
pub(super) const MAX_ITEMS: usize = 300;

/// Stands for conditions that cannot be told in one expression.
const UNTOLD: &str = "…";

#[derive(Clone)]
enum Context {
    Guard(Guard),
    /// A `try` with handlers for these exceptions.
    Try(Vec<String>),
    /// A `with` in which this error has to come up: `with pytest.raises(ValueError):`.
    Expects(String),
    /// The name that a handler gives to its exception.
    Alias(String, String),
}

pub(super) struct Walk<'s, 't> {
    pub(super) syntax: &'s Syntax<'t>,
    open: Vec<(NodeId, Context)>,
    /// Contexts that begin at a node further down.
    ahead: HashMap<NodeId, Vec<(NodeId, Context)>>,
    /// Calls whose arguments are being read, each with its end.
    pending: Vec<(NodeId, Call)>,
    pub(super) facts: Facts,
    /// Names that the body declares to be the module's.
    pub(super) globals: Vec<String>,
    /// How often each name is bound.
    pub(super) times: HashMap<String, u32>,
    substance: u32,
}

/// Facts of the statements in `block`, nested definitions and the docstring left out.
pub(super) fn facts(syntax: &Syntax, block: NodeId, doc: Option<NodeId>, path: &str) -> Facts {
    let mut walk = Walk {
        syntax,
        open: Vec::new(),
        ahead: HashMap::new(),
        pending: Vec::new(),
        facts: Facts::default(),
        globals: Vec::new(),
        times: HashMap::new(),
        substance: 0,
    };
    let mut node = block + 1;
    while node < syntax.end(block) {
        walk.finish_calls(node);
        walk.open.retain(|(end, _)| *end > node);
        walk.open.extend(walk.ahead.remove(&node).unwrap_or_default());
        let skip = Some(node) == doc || walk.visit(node, path);
        node = if skip { syntax.end(node) } else { node + 1 };
    }
    walk.finish_calls(node);
    walk.keep_meanings();
    walk.facts.stub = walk.substance == 0;
    walk.facts.ends = ending::runs_past(syntax, block, MAX_GUARDS);
    walk.facts
}

impl Walk<'_, '_> {
    /// Reads one node; true when what is below it belongs to another chunk.
    fn visit(&mut self, node: NodeId, path: &str) -> bool {
        let syntax = self.syntax;
        self.count(node);
        match syntax.kind(node) {
            "decorated_definition" | "function_definition" | "class_definition" => {
                if let Some(name) = syntax.child(syntax.child(node, "definition").unwrap_or(node), "name")
                    && syntax.ancestors(node).any(|above| syntax.kind(above) == "function_definition")
                {
                    self.bind(syntax.text(name), "");
                    self.untold();
                }
                return true;
            }
            "lambda" => return true,
            "import_statement" | "import_from_statement" => {
                let found: Vec<Import> = extract::imports(syntax, node, path);
                self.facts.imports.extend(found);
                return true;
            }
            "if_statement" => self.branch(node),
            "with_statement" => {
                self.untold();
                self.may_end(node);
                self.expecting(node);
            }
            "match_statement" => self.may_end(node),
            "for_statement" => self.for_loop(node),
            "while_statement" => {
                self.under(node, "body", GuardKind::While, syntax.child(node, "condition"));
                self.may_end(node);
            }
            "try_statement" => self.try_statement(node),
            "case_clause" => self.case(node),
            "as_pattern" => self.with_target(node),
            "yield" => {
                self.facts.generator = true;
                self.untold();
            }
            "break_statement" => self.untold_and(Some(Guard { kind: GuardKind::Skip, text: "break".to_owned() })),
            "continue_statement" => self.untold(),
            "raise_statement" => self.raise(node),
            "assert_statement" => self.assertion(node),
            "return_statement" => self.exit(node),
            "call" => self.call(node),
            // A chunk of its own.
            "expression_statement" if extract::constant(syntax, node).is_some() => return true,
            "assignment" => {
                self.assignment(node);
                self.written(node);
            }
            "augmented_assignment" => self.written(node),
            "delete_statement" => self.deleted(node),
            "global_statement" => self.global(node),
            "identifier" | "attribute" => self.reference(node),
            "subscript" => self.environment(node),
            "named_expression" => {
                if let Some(name) = syntax.child(node, "name") {
                    self.bind(syntax.text(name), "");
                }
            }
            _ => (),
        }
        false
    }

    fn count(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let kind = syntax.kind(node);
        let branches = matches!(
            kind,
            "if_statement"
                | "elif_clause"
                | "for_statement"
                | "while_statement"
                | "except_clause"
                | "case_clause"
                | "conditional_expression"
                | "boolean_operator"
        );
        self.facts.branches += branches as u32;
        let above = syntax.parent(node).unwrap_or_default();
        let statement = syntax.is_named(node) && !syntax.is_comment(node) && matches!(syntax.kind(above), "block" | "module");
        if !statement || matches!(kind, "decorated_definition" | "function_definition" | "class_definition") {
            return;
        }
        self.facts.statements += 1;
        let text = syntax.text(node);
        let empty = kind == "pass_statement" || text == "..." || text.starts_with("raise NotImplementedError");
        self.substance += !empty as u32;
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

    fn guard(&mut self, from: NodeId, end: NodeId, kind: GuardKind, text: String) {
        self.ahead.entry(from).or_default().push((end, Context::Guard(Guard { kind, text })));
    }

    pub(super) fn condition(&self, node: NodeId) -> String {
        let mut node = node;
        while self.syntax.kind(node) == "parenthesized_expression" {
            match self.syntax.parts(node).next() {
                Some(inner) => node = inner,
                None => break,
            }
        }
        self.syntax.folded(node)
    }

    fn under(&mut self, node: NodeId, field: &str, kind: GuardKind, condition: Option<NodeId>) {
        let (Some(body), Some(condition)) = (self.syntax.child(node, field), condition) else { return };
        let text = self.condition(condition);
        self.guard(body, self.syntax.end(body), kind, text);
    }

    fn branch(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(condition) = syntax.child(node, "condition") else { return };
        let Some(body) = syntax.child(node, "consequence") else { return };
        let first = self.condition(condition);
        self.guard(body, syntax.end(body), GuardKind::If, first.clone());
        let mut chain = vec![(first, body)];
        for side in syntax.children(node).filter(|&child| syntax.field(child) == "alternative") {
            let inner = syntax.child(side, "consequence").or(syntax.child(side, "body"));
            let Some(inner) = inner else { continue };
            for (text, _) in &chain {
                self.guard(inner, syntax.end(inner), GuardKind::Unless, text.clone());
            }
            if let Some(condition) = syntax.child(side, "condition") {
                let text = self.condition(condition);
                self.guard(inner, syntax.end(inner), GuardKind::If, text.clone());
                chain.push((text, inner));
            }
        }
        // What comes behind runs only when no branch left, as far as the branches before it all did.
        let mut told = 0;
        for (text, block) in &chain {
            let Some(kind) = self.leaving(*block) else { break };
            self.behind(node, kind, text.clone());
            told = syntax.end(*block);
        }
        if syntax.ends_inside(told.max(node), syntax.end(node)) {
            self.behind(node, GuardKind::Past, UNTOLD.to_owned());
        }
    }

    /// A condition on all that follows a statement in its block.
    fn behind(&mut self, node: NodeId, kind: GuardKind, text: String) {
        let around = self.syntax.parent(node).unwrap_or_default();
        if self.syntax.end(node) < self.syntax.end(around) {
            self.guard(self.syntax.end(node), self.syntax.end(around), kind, text);
        }
    }

    /// How control leaves a block before its end.
    fn leaving(&self, block: NodeId) -> Option<GuardKind> {
        let last = self.syntax.parts(block).last()?;
        match self.syntax.kind(last) {
            "return_statement" | "raise_statement" => Some(GuardKind::Past),
            "continue_statement" | "break_statement" => Some(GuardKind::Skip),
            _ => None,
        }
    }

    fn for_loop(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let (Some(left), Some(right), Some(body)) = (syntax.child(node, "left"), syntax.child(node, "right"), syntax.child(node, "body"))
        else {
            return;
        };
        let text = format!("{} in {}", syntax.folded(left), syntax.folded(right));
        self.guard(body, syntax.end(body), GuardKind::For, text);
        self.bind_all(left);
        self.may_end(node);
    }

    /// A statement that may end the call on the way: what follows runs when it did not.
    fn may_end(&mut self, node: NodeId) {
        if self.syntax.ends_inside(node, self.syntax.end(node)) {
            self.behind(node, GuardKind::Past, UNTOLD.to_owned());
        }
    }

    fn try_statement(&mut self, node: NodeId) {
        let syntax = self.syntax;
        self.may_end(node);
        let mut handled = Vec::new();
        for clause in syntax.children(node).filter(|&child| syntax.kind(child) == "except_clause") {
            let Some(body) = syntax.parts(clause).find(|&part| syntax.kind(part) == "block") else { continue };
            let value = syntax.child(clause, "value");
            let (kinds, alias) = match value {
                Some(value) if syntax.kind(value) == "as_pattern" => (syntax.parts(value).next(), syntax.child(value, "alias")),
                value => (value, None),
            };
            let text = kinds.map(|kinds| self.condition(kinds)).unwrap_or_default();
            handled.extend(exceptions(&text));
            if let (Some(alias), false) = (alias, text.is_empty()) {
                let alias = Context::Alias(syntax.folded(alias), text.clone());
                self.ahead.entry(body).or_default().push((syntax.end(body), alias));
            }
            let text = if text.is_empty() { "any exception".to_owned() } else { text };
            self.guard(body, syntax.end(body), GuardKind::Except, text);
        }
        if let (Some(body), false) = (syntax.child(node, "body"), handled.is_empty()) {
            self.ahead.entry(body).or_default().push((syntax.end(body), Context::Try(handled)));
        }
    }

    fn case(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(body) = syntax.child(node, "consequence") else { return };
        let subject =
            syntax.ancestors(node).find(|&above| syntax.kind(above) == "match_statement").and_then(|found| syntax.child(found, "subject"));
        let patterns: Vec<String> =
            syntax.parts(node).filter(|&part| syntax.kind(part) == "case_pattern").map(|part| syntax.folded(part)).collect();
        let text = format!("{}: {}", subject.map(|subject| syntax.folded(subject)).unwrap_or_default(), patterns.join(", "));
        self.guard(body, syntax.end(body), GuardKind::Case, text);
        if let Some(guard) = syntax.child(node, "guard").and_then(|clause| syntax.parts(clause).next()) {
            let text = self.condition(guard);
            self.guard(body, syntax.end(body), GuardKind::If, text);
        }
    }

    /// A block that a test expects to fail.
    fn expecting(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(body) = syntax.child(node, "body") else { return };
        for call in (node..body).filter(|&inner| syntax.kind(inner) == "call") {
            let callee = syntax.child(call, "function").map(|function| syntax.folded(function)).unwrap_or_default();
            if !matches!(callee.as_str(), "pytest.raises" | "raises" | "self.assertRaises" | "self.assertRaisesRegex") {
                continue;
            }
            if let Some(error) = syntax.child(call, "arguments").and_then(|list| syntax.parts(list).next()) {
                let expected = Context::Expects(syntax.folded(error));
                self.ahead.entry(body).or_default().push((syntax.end(body), expected));
            }
        }
    }

    fn with_target(&mut self, node: NodeId) {
        if let Some(alias) = self.syntax.child(node, "alias") {
            self.bind_all(alias);
        }
    }

    /// The conditions in force; None when there are too many to tell.
    pub(super) fn when(&self) -> Option<Vec<Guard>> {
        let guards: Vec<Guard> = self
            .open
            .iter()
            .filter_map(|(_, context)| match context {
                Context::Guard(guard) => Some(guard.clone()),
                _ => None,
            })
            .collect();
        (guards.len() <= MAX_GUARDS).then_some(guards)
    }

    fn raise(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(when) = self.when() else { return };
        let raised = syntax.parts(node).find(|&part| syntax.field(part) != "cause");
        let (exception, message) = match raised {
            None => (self.handled().unwrap_or_default(), String::new()),
            Some(raised) if syntax.kind(raised) == "call" => {
                let name = syntax.child(raised, "function").map(|name| syntax.folded(name)).unwrap_or_default();
                let message = syntax.child(raised, "arguments").and_then(|list| self.message(list)).unwrap_or_default();
                (name, message)
            }
            Some(raised) => {
                let name = syntax.folded(raised);
                (self.alias(&name).unwrap_or(name), String::new())
            }
        };
        if exception.is_empty() || self.facts.raises.len() >= MAX_ITEMS {
            return;
        }
        let caught = self.open.iter().any(|(_, context)| matches!(context, Context::Try(_)));
        self.facts.raises.push(Raise { exception, message, when, caught });
    }

    fn assertion(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(mut when) = self.when() else { return };
        let Some(condition) = syntax.parts(node).next() else { return };
        when.push(Guard { kind: GuardKind::Unless, text: self.condition(condition) });
        let message = syntax.parts(node).nth(1).and_then(|text| self.plain_string(text)).unwrap_or_default();
        let caught = self.open.iter().any(|(_, context)| matches!(context, Context::Try(_)));
        if self.facts.raises.len() < MAX_ITEMS {
            self.facts.raises.push(Raise { exception: "AssertionError".to_owned(), message, when, caught });
        }
    }

    /// What the innermost handler handles.
    fn handled(&self) -> Option<String> {
        self.open.iter().rev().find_map(|(_, context)| match context {
            Context::Guard(Guard { kind: GuardKind::Except, text }) => Some(text.clone()),
            _ => None,
        })
    }

    fn alias(&self, name: &str) -> Option<String> {
        self.open.iter().rev().find_map(|(_, context)| match context {
            Context::Alias(alias, of) if alias == name => Some(of.clone()),
            _ => None,
        })
    }

    /// The first argument, where it is a plain string.
    fn message(&self, arguments: NodeId) -> Option<String> {
        let mut all = self.syntax.parts(arguments);
        let first = all.next()?;
        // With more arguments the class decides what the text becomes.
        let text = all.next().is_none().then(|| self.plain_string(first))??;
        text.contains(' ').then_some(text)
    }

    /// A text, where the node is a plain string.
    fn plain_string(&self, first: NodeId) -> Option<String> {
        let syntax = self.syntax;
        let strings: Vec<NodeId> = match syntax.kind(first) {
            "string" => vec![first],
            "concatenated_string" => syntax.parts(first).collect(),
            _ => return None,
        };
        let mut out = String::new();
        for string in strings {
            for part in syntax.children(string) {
                match syntax.kind(part) {
                    "string_content" => out.push_str(syntax.text(part)),
                    "interpolation" => out.push_str(syntax.text(part)),
                    "string_start" if syntax.text(part).to_ascii_lowercase().contains('b') => return None,
                    _ => (),
                }
            }
        }
        let plain = out.len() <= 160 && !out.contains(['\n', '\r', '\\', '`']);
        plain.then(|| out.trim().to_owned())
    }

    fn exit(&mut self, node: NodeId) {
        let Some(when) = self.when() else { return };
        if self.facts.exits.len() < MAX_ITEMS {
            let value = self.syntax.parts(node).next().map(|value| self.condition(value)).unwrap_or_default();
            self.facts.exits.push(Exit { value, when });
        }
    }

    fn call(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(function) = syntax.child(node, "function") else { return };
        if self.facts.calls.len() + self.pending.len() >= MAX_ITEMS {
            return;
        }
        let Some(callee) = dotted(syntax, function) else { return };
        let arguments = syntax
            .child(node, "arguments")
            .into_iter()
            .flat_map(|list| syntax.parts(list))
            .take(12)
            .map(|argument| shortened(syntax.folded(argument)))
            .collect();
        let (usage, target) = self.usage(node);
        let (mut catches, mut expects) = (Vec::new(), Vec::new());
        for (_, context) in &self.open {
            match context {
                Context::Try(handled) => catches.extend(handled.iter().cloned()),
                Context::Expects(error) => expects.push(error.clone()),
                _ => (),
            }
        }
        let plain = matches!(usage, CallUse::Ignored | CallUse::Assigned | CallUse::Returned);
        let when = if plain { self.when().unwrap_or_default() } else { Vec::new() };
        let call = Call { callee, arguments, usage, target, catches, expects, tried: false, when };
        self.pending.push((syntax.end(node), call));
    }

    /// `os.environ["NAME"]` reads the environment without a call.
    fn environment(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let of = syntax.child(node, "value").map(|of| syntax.folded(of)).unwrap_or_default();
        let effect = Effect { on: Outside::Environment, callee: of };
        if effect.callee == "os.environ" && !self.facts.effects.contains(&effect) {
            self.facts.effects.push(effect);
        }
    }

    fn usage(&self, call: NodeId) -> (CallUse, String) {
        let syntax = self.syntax;
        let mut below = call;
        for above in syntax.ancestors(call) {
            let usage = match syntax.kind(above) {
                "await" | "parenthesized_expression" | "not_operator" => {
                    below = above;
                    continue;
                }
                "expression_statement" => CallUse::Ignored,
                "return_statement" => CallUse::Returned,
                "raise_statement" => CallUse::Raised,
                "assignment" if syntax.field(below) == "right" => {
                    let left = syntax.child(above, "left").map(|left| shortened(syntax.folded(left))).unwrap_or_default();
                    return (CallUse::Assigned, left);
                }
                "if_statement" | "elif_clause" | "while_statement" if syntax.field(below) == "condition" => CallUse::Tested,
                "argument_list" | "keyword_argument" => CallUse::Passed,
                _ => CallUse::Used,
            };
            return (usage, String::new());
        }
        (CallUse::Used, String::new())
    }

    fn assignment(&mut self, node: NodeId) {
        let syntax = self.syntax;
        let Some(left) = syntax.child(node, "left") else { return };
        let right = syntax.child(node, "right");
        let constructed = right
            .filter(|&right| syntax.kind(right) == "call")
            .and_then(|right| syntax.child(right, "function"))
            .and_then(|function| dotted(syntax, function));
        let of = match (syntax.child(node, "type"), constructed) {
            (Some(stated), _) => syntax.folded(stated),
            (None, Some(callee)) if callee.rsplit('.').next().is_some_and(|name| name.starts_with(char::is_uppercase)) => callee,
            _ => String::new(),
        };
        match syntax.kind(left) {
            "identifier" => self.bind(syntax.text(left), &of),
            "attribute" if syntax.text(left).starts_with("self.") && syntax.text(left).matches('.').count() == 1 => {
                let handed = right.filter(|&right| syntax.kind(right) == "identifier").map(|right| syntax.text(right)).unwrap_or_default();
                let of = if of.is_empty() { handed.to_owned() } else { of };
                self.bind(syntax.text(left), &of);
            }
            _ => self.bind_all(left),
        }
    }

    /// The names that a pattern binds; what has an attribute or an item set in it is bound already.
    fn bind_all(&mut self, pattern: NodeId) {
        let syntax = self.syntax;
        let mut node = pattern;
        while node < syntax.end(pattern) {
            match syntax.kind(node) {
                "attribute" | "subscript" => node = syntax.end(node),
                kind => {
                    if kind == "identifier" {
                        self.bind(syntax.text(node), "");
                    }
                    node += 1;
                }
            }
        }
    }

    /// A name gets a value of type `of`; empty when the code does not say. Two types: unknown.
    fn bind(&mut self, name: &str, of: &str) {
        *self.times.entry(name.to_owned()).or_default() += 1;
        let locals = &mut self.facts.locals;
        match locals.iter().position(|local| local.name == name) {
            Some(at) if locals[at].of != of => locals[at].of.clear(),
            None if locals.len() < MAX_ITEMS => locals.push(Local { name: name.to_owned(), of: of.to_owned() }),
            _ => (),
        }
    }
}

/// What is called, where it can be written on one short line.
fn dotted(syntax: &Syntax, function: NodeId) -> Option<String> {
    let text = syntax.folded(function);
    if text.len() <= 80 && matches!(syntax.kind(function), "identifier" | "attribute") {
        return Some(text);
    }
    let name = syntax.child(function, "attribute")?;
    Some(format!("….{}", syntax.text(name)))
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// `(A, b.B)` names two exceptions, nothing names all.
fn exceptions(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec!["*".to_owned()];
    }
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    inner.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}
