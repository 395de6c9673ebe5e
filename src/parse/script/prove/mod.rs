//! Proofs of claims from the code of one chunk.
//!
//! Works from the place in question upwards to the definition, where the extraction works
//! downwards with a stack; the two share the syntax tree and nothing else. A file a noun; each
//! answers with the node that proves the claim.

mod absence;
mod calls;
mod conditions;
mod doors;
mod effects;
mod head;
mod members;
mod outcomes;
mod state;
mod transitions;

use super::frame;
use crate::parse::syntax::{NodeId, Syntax};

const TYPES: &[&str] = &["interface_declaration", "enum_declaration", "type_alias_declaration"];
/// What hands back the function that it is given.
const WRAPPERS: &[&str] =
    &["memo", "React.memo", "forwardRef", "React.forwardRef", "observer", "useCallback", "React.useCallback", "asyncHandler", "catchAsync"];

/// The node of the chunk that `syntax` holds alone which fulfils the predicate.
pub(super) fn prove(syntax: &Syntax, name: &str, args: &[&str]) -> Option<NodeId> {
    let chunk = Alone::new(syntax);
    match (name, args) {
        ("documented", [sentence]) => head::documented(&chunk, sentence),
        ("parameter", [name, annotation, default]) => head::parameter(&chunk, name, annotation, default),
        ("default", [name, value]) => head::default(&chunk, name, value),
        ("result", [annotation]) => head::result(&chunk, annotation),
        ("returns", [value, when]) => outcomes::returned(&chunk, value, when),
        ("raises", [exception, when]) => outcomes::raised(&chunk, exception, when),
        ("calls", [callee]) => calls::called(&chunk, callee).next(),
        ("calls_when", [callee, when]) => calls::called_when(&chunk, callee, when),
        ("passes", [callee, argument]) => calls::passed(&chunk, callee, argument).next(),
        ("passes_when", [callee, argument, when]) => calls::passed_when(&chunk, callee, argument, when),
        ("calls_in_order", [first, second]) => calls::in_order(&chunk, first, second),
        ("returns_call", [callee]) => calls::called(&chunk, callee).find(|&call| calls::is_returned(&chunk, call)),
        ("ignores_call", [callee]) => calls::called(&chunk, callee).find(|&call| calls::is_dropped(&chunk, call)),
        ("assigns_call", [callee, target]) => calls::assigned_to(&chunk, callee, target),
        ("handles", [callee, "*"]) => calls::called(&chunk, callee).find_map(|call| calls::handler(&chunk, call)),
        ("writes", [target, value, when]) => state::written(&chunk, target, value, when),
        ("assigns", [target, value, when]) => state::assigned(&chunk, target, value, when),
        ("reads", [name]) => state::read(&chunk, name),
        ("transitions", [field, from, to]) => transitions::moved(&chunk, field, from, to),
        ("effect", [category, callee]) => effects::effect(&chunk, category, callee),
        ("decorated", [decorator]) => head::decorated(&chunk, decorator),
        ("route", [verb, path]) => doors::route(&chunk, verb, path),
        ("command", [decorator]) => doors::command(&chunk, decorator),
        ("base", [base]) => members::bases(&chunk).find(|&item| syntax.folded(item) == *base),
        ("derives", [name]) => members::derives(&chunk, name),
        ("method", [method]) => members::methods(&chunk).find(|&name| members::plain_name(syntax, name) == *method),
        ("attribute", [attribute, value]) => members::attribute(&chunk, attribute, value),
        ("constant", [name, value]) => members::constant(&chunk, name, value),
        ("item", [name, key, value]) => members::item(&chunk, name, key, value),
        ("defined_at", [name]) => members::defined(&chunk, name),
        ("absent", [what, name]) => absence::absent(&chunk, what, name).then_some(chunk.top),
        _ => None,
    }
}

/// The definition that the lines begin with; the root for lines of a module or a constant.
pub(super) fn top(syntax: &Syntax) -> NodeId {
    Alone::new(syntax).top
}

/// Do the lines make sense as they are framed?
pub(super) fn stands_alone(syntax: &Syntax) -> bool {
    let chunk = Alone::new(syntax);
    let first = syntax.parts(0).next().unwrap_or_default();
    let framed = syntax.source().starts_with(frame::CLASS) || syntax.source().starts_with(frame::OBJECT);
    let several = framed && members(syntax, first).filter(|&part| syntax.kind(part) != "decorator").count() != 1;
    let plain = !framed && syntax.kind(first) != "labeled_statement";
    // `total = () => 0` is the field of a class.
    let field = || {
        let inner = syntax.parts(first).next().filter(|&inner| plain && syntax.kind(inner) == "assignment_expression");
        inner.and_then(|inner| syntax.child(inner, "left")).is_some_and(|left| syntax.kind(left) == "identifier")
    };
    !several && (chunk.top != 0 || plain && !field())
}

/// The members of the class, or the entries of the object, that a frame makes.
fn members<'s>(syntax: &'s Syntax, first: NodeId) -> impl Iterator<Item = NodeId> + 's {
    let class = syntax.child(first, "body");
    let object = || syntax.parts(first).next().and_then(|assignment| syntax.child(assignment, "right"));
    class.or_else(object).into_iter().flat_map(|list| syntax.parts(list))
}

/// A chunk, parsed by itself.
struct Alone<'s, 't> {
    syntax: &'s Syntax<'t>,
    /// The definition; 0 where there is none.
    top: NodeId,
    /// The function or the class that it is; the root where it is neither.
    inner: NodeId,
}

impl<'s, 't> Alone<'s, 't> {
    fn new(syntax: &'s Syntax<'t>) -> Self {
        let first = syntax.parts(0).find(|&part| syntax.kind(part) != "decorator").unwrap_or_default();
        let framed = syntax.source().starts_with(frame::CLASS) || syntax.source().starts_with(frame::OBJECT);
        let top = if framed {
            members(syntax, first).find(|&part| syntax.kind(part) != "decorator").filter(|&member| function_in(syntax, member).is_some())
        } else {
            definition(syntax, first)
        };
        let inner = top.and_then(|top| function_in(syntax, top)).or(top).unwrap_or_default();
        Self { syntax, top: top.unwrap_or_default(), inner }
    }

    /// Nodes of the body of the definition, or of all the lines where there is none.
    fn body(&self) -> std::ops::Range<NodeId> {
        if self.top == 0 {
            return 1..self.syntax.len();
        }
        let body = self.syntax.child(self.inner, "body").or(self.syntax.child(self.inner, "value"));
        body.map_or(0..0, |body| body..self.syntax.end(body))
    }

    /// Nodes of the body that belong to the chunk and to no definition inside of it.
    fn own(&self) -> impl Iterator<Item = NodeId> + use<'_, 's, 't> {
        self.body().filter(|&node| self.is_own(node))
    }

    fn own_kind(&self, kind: &'static str) -> impl Iterator<Item = NodeId> + use<'_, 's, 't> {
        self.body().filter(move |&node| self.syntax.kind(node) == kind && self.is_own(node))
    }

    fn is_own(&self, node: NodeId) -> bool {
        let mut above = Some(node);
        while let Some(at) = above.filter(|&at| at != self.inner && at != 0) {
            if bears_a_name(self.syntax, at) {
                return false;
            }
            above = self.syntax.parent(at);
        }
        true
    }

    /// Does it run as part of the definition itself, not of a function that is handed on?
    fn runs(&self, node: NodeId) -> bool {
        let inside = self.syntax.ancestors(node).take_while(|&above| above != self.inner);
        self.is_own(node) && !inside.into_iter().any(|above| is_function(self.syntax, above))
    }

    fn is_class(&self) -> bool {
        matches!(self.syntax.kind(self.inner), "class_declaration" | "abstract_class_declaration" | "class")
    }

    fn is_type(&self) -> bool {
        TYPES.contains(&self.syntax.kind(self.inner))
    }

    fn is_function(&self) -> bool {
        is_function(self.syntax, self.inner)
    }

    /// The name that it goes by.
    fn name(&self) -> Option<NodeId> {
        let syntax = self.syntax;
        let top = self.top;
        match syntax.kind(top) {
            _ if top == 0 => None,
            "assignment_expression" => {
                let left = syntax.child(top, "left")?;
                if syntax.text(left) == "module.exports" { syntax.child(self.inner, "name") } else { syntax.child(left, "property") }
            }
            "export_statement" => {
                syntax.child(self.inner, "name").or_else(|| syntax.children(top).find(|&child| syntax.text(child) == "default"))
            }
            "call_expression" => syntax.child(self.inner, "name"),
            _ => syntax.child(top, "name").or(syntax.child(top, "property")).or(syntax.child(top, "key")),
        }
    }
}

fn is_function(syntax: &Syntax, node: NodeId) -> bool {
    matches!(
        syntax.kind(node),
        "function_declaration"
            | "generator_function_declaration"
            | "function_expression"
            | "generator_function"
            | "arrow_function"
            | "method_definition"
    )
}

/// Is a function or a class a definition of its own inside of the code around it?
fn bears_a_name(syntax: &Syntax, node: NodeId) -> bool {
    let above = || syntax.parent(node).map(|above| syntax.kind(above)).unwrap_or_default();
    match syntax.kind(node) {
        "function_declaration" | "generator_function_declaration" | "class_declaration" | "abstract_class_declaration" | "class" => true,
        "method_definition" => above() == "class_body",
        kind if TYPES.contains(&kind) => true,
        "function_expression" | "generator_function" | "arrow_function" => {
            let holder = syntax.ancestors(node).find(|&above| {
                !matches!(
                    syntax.kind(above),
                    "parenthesized_expression" | "as_expression" | "satisfies_expression" | "arguments" | "call_expression"
                )
            });
            let Some(holder) = holder else { return false };
            let bound = matches!(syntax.kind(holder), "variable_declarator" | "public_field_definition" | "field_definition");
            bound && syntax.child(holder, "value").and_then(|value| unwrapped_function(syntax, value)) == Some(node)
        }
        _ => false,
    }
}

/// The function or class that an expression is, wrappers aside; hostile code nests those without end.
fn unwrapped_function(syntax: &Syntax, value: NodeId) -> Option<NodeId> {
    let mut node = value;
    for _ in 0..4 {
        if is_function(syntax, node) || syntax.kind(node) == "class" {
            return Some(node);
        }
        let wrapped = match syntax.kind(node) {
            "parenthesized_expression" | "as_expression" | "satisfies_expression" => Some(node),
            "call_expression" => {
                let known = syntax.child(node, "function").is_some_and(|function| WRAPPERS.contains(&syntax.text(function)));
                syntax.child(node, "arguments").filter(|&list| known && syntax.kind(list) == "arguments")
            }
            _ => None,
        };
        node = syntax.parts(wrapped?).next()?;
    }
    None
}

/// The function or class that a definition is.
fn function_in(syntax: &Syntax, top: NodeId) -> Option<NodeId> {
    match syntax.kind(top) {
        _ if is_function(syntax, top) => Some(top),
        "class_declaration" | "abstract_class_declaration" => Some(top),
        kind if TYPES.contains(&kind) => Some(top),
        "variable_declarator" | "public_field_definition" | "field_definition" | "pair" => {
            unwrapped_function(syntax, syntax.child(top, "value")?)
        }
        "export_statement" => unwrapped_function(syntax, syntax.child(top, "value")?),
        "assignment_expression" => unwrapped_function(syntax, syntax.child(top, "right")?),
        "call_expression" => {
            let list = syntax.child(top, "arguments").filter(|&list| syntax.kind(list) == "arguments")?;
            unwrapped_function(syntax, syntax.parts(list).last()?)
        }
        _ => None,
    }
}

/// The definition that a statement makes.
fn definition(syntax: &Syntax, statement: NodeId) -> Option<NodeId> {
    let mut node = statement;
    // `export declare function`
    for _ in 0..3 {
        let inner = match syntax.kind(node) {
            "export_statement" => syntax.child(node, "declaration"),
            "ambient_declaration" => syntax.parts(node).next(),
            "expression_statement" => syntax.parts(node).next(),
            "lexical_declaration" | "variable_declaration" => {
                let mut all = syntax.parts(node).filter(|&part| syntax.kind(part) == "variable_declarator");
                all.next().filter(|_| all.next().is_none())
            }
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => break,
        }
    }
    if syntax.kind(node) == "assignment_expression" {
        while let Some(right) = syntax.child(node, "right").filter(|&right| syntax.kind(right) == "assignment_expression") {
            node = right;
        }
        syntax.child(node, "left").filter(|&left| syntax.kind(left) == "member_expression")?;
    }
    if syntax.kind(node) == "call_expression" {
        let named = function_in(syntax, node).is_some_and(|inner| syntax.child(inner, "name").is_some());
        doors::served(syntax, node).filter(|_| !named).or(named.then_some(node))?;
    }
    function_in(syntax, node).map(|_| node)
}

/// The folded text without parentheses around the whole; `…` for a text that is too long.
fn bare(syntax: &Syntax, node: NodeId) -> String {
    let node = unwrapped(syntax, node);
    if syntax.text(node).len() > 2000 { "…".to_owned() } else { syntax.folded(node) }
}

fn unwrapped(syntax: &Syntax, node: NodeId) -> NodeId {
    let mut node = node;
    while syntax.kind(node) == "parenthesized_expression"
        && let Some(inner) = syntax.parts(node).next()
    {
        node = inner;
    }
    node
}

/// What a plain string holds.
fn plain_string<'t>(syntax: &Syntax<'t>, node: NodeId) -> Option<&'t str> {
    let text = syntax.text(node);
    let quoted = match syntax.kind(node) {
        "string" => true,
        "template_string" => !text.contains("${"),
        _ => false,
    };
    text.get(1..text.len().saturating_sub(1)).filter(|_| quoted)
}

/// Is it the text, or a text that begins like it and was cut with `…`?
fn is_text(whole: &str, told: &str) -> bool {
    told.strip_suffix('…').map_or(whole == told, |start| !start.is_empty() && whole.starts_with(start))
}
