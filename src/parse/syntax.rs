//! A syntax tree as one flat array in source order.
//!
//! Tree-sitter's own nodes are slow to ask and invite recursion, which hostile nesting turns
//! into a stack overflow. Here a subtree is a range of indices, so every question is a loop.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;

use super::Language;

/// Index of a node. The root is 0; a parent comes before its children.
pub(crate) type NodeId = usize;

struct Node {
    kind: u16,
    field: u16,
    start: u32,
    end: u32,
    parent: u32,
    /// One past the last node of the subtree.
    last: u32,
}

/// Why a text has no syntax tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// More bytes than [`Tree::MAX_BYTES`].
    TooLarge,
    /// The parser did too much work for its length: hostile or garbage input.
    TooHard,
}

/// What the parser made of a text. [`Tree::of`] joins the two.
pub(crate) struct Tree {
    language: &'static Language,
    nodes: Vec<Node>,
    line_starts: Vec<u32>,
    broken: bool,
}

impl Tree {
    /// Nesting costs up to 290 bytes of memory a byte of input, so longer files are not parsed.
    pub(crate) const MAX_BYTES: usize = 1 << 20;

    /// The bound on work is a count of the parser's progress reports, not a time: a slow
    /// machine must not find other chunks than a fast one.
    const PATIENCE: usize = 2_000;

    /// Parses `text` whole.
    pub(crate) fn parse(language: &'static Language, text: &str) -> Result<Self, Trouble> {
        if text.len() > Self::MAX_BYTES {
            return Err(Trouble::TooLarge);
        }
        let tree = parse(language, text).ok_or(Trouble::TooHard)?;
        let line_starts = super::line_starts(text);
        Ok(Self { language, nodes: flatten(&tree), line_starts, broken: tree.root_node().has_error() })
    }

    /// The tree with the text that it is of.
    pub(crate) fn of<'t>(&'t self, text: &'t str) -> Syntax<'t> {
        Syntax { language: self.language, text, nodes: &self.nodes, line_starts: &self.line_starts, broken: self.broken }
    }

    /// How much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.nodes[..]) + size_of_val(&self.line_starts[..])
    }
}

/// A text with its syntax tree.
pub(crate) struct Syntax<'t> {
    pub(crate) language: &'static Language,
    text: &'t str,
    nodes: &'t [Node],
    line_starts: &'t [u32],
    broken: bool,
}

impl<'t> Syntax<'t> {
    /// Did the parser have to guess anywhere? What it says of such a file is not trusted.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// The first place that did not parse, as a line counted from 1.
    pub(crate) fn broken_line(&self) -> Option<u32> {
        (0..self.nodes.len()).find(|&node| self.kind(node) == "ERROR").map(|node| self.start_line(node))
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn kind(&self, node: NodeId) -> &'static str {
        self.language.grammar().kind(self.nodes[node].kind)
    }

    pub(crate) fn kind_number(&self, node: NodeId) -> u16 {
        self.nodes[node].kind
    }

    /// The field of its parent that the node stands in; empty for none.
    pub(crate) fn field(&self, node: NodeId) -> &'static str {
        self.language.grammar().field(self.nodes[node].field)
    }

    pub(crate) fn is_named(&self, node: NodeId) -> bool {
        self.language.grammar().is_named(self.nodes[node].kind)
    }

    pub(crate) fn is_leaf(&self, node: NodeId) -> bool {
        self.end(node) == node + 1
    }

    /// One past the last node of the subtree.
    pub(crate) fn end(&self, node: NodeId) -> NodeId {
        self.nodes[node].last as usize
    }

    pub(crate) fn parent(&self, node: NodeId) -> Option<NodeId> {
        (node != 0).then(|| self.nodes[node].parent as usize)
    }

    pub(crate) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.end(node);
        let mut next = node + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.end(child);
            Some(child)
        })
    }

    /// Children that are neither punctuation nor comments.
    pub(crate) fn parts(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(node).filter(|&child| self.is_named(child) && !self.is_comment(child))
    }

    pub(crate) fn child(&self, node: NodeId, field: &str) -> Option<NodeId> {
        self.children(node).find(|&child| self.field(child) == field)
    }

    pub(crate) fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |&above| self.parent(above))
    }

    pub(crate) fn is_comment(&self, node: NodeId) -> bool {
        self.language.comments.contains(&self.kind(node))
    }

    pub(crate) fn start_byte(&self, node: NodeId) -> usize {
        self.nodes[node].start as usize
    }

    pub(crate) fn end_byte(&self, node: NodeId) -> usize {
        self.nodes[node].end as usize
    }

    /// The source text of the node as it stands.
    pub(crate) fn text(&self, node: NodeId) -> &'t str {
        self.text.get(self.start_byte(node)..self.end_byte(node)).unwrap_or_default()
    }

    /// The whole text that was parsed.
    pub(crate) fn source(&self) -> &'t str {
        self.text
    }

    /// The source text on one line: comments gone, white space between tokens folded to one
    /// blank, no blank inside of brackets or before a dot and no comma before a closing bracket.
    pub(crate) fn folded(&self, node: NodeId) -> String {
        let mut out = String::new();
        let mut before = self.start_byte(node);
        let mut after_angle = false;
        let mut next = node;
        while next < self.end(node) {
            let token = next;
            // Grammars hide the quotes of some strings and split comments into parts.
            let whole = self.is_leaf(token)
                || self.is_comment(token)
                || self.kind(token).ends_with("string_literal")
                || matches!(self.kind(token), "string_content" | "format_specifier" | "template_string" | "regex" | "jsx_text");
            next = if whole { self.end(token) } else { token + 1 };
            if !whole || self.is_comment(token) || self.start_byte(token) == self.end_byte(token) {
                continue;
            }
            let text = self.text(token);
            let gap = self.start_byte(token) > before;
            before = self.end_byte(token);
            let around = self.parent(token).unwrap_or_default();
            let angle = matches!(text, "<" | ">") && matches!(self.kind(around), "type_arguments" | "type_parameters");
            let closes = !self.is_named(token) && matches!(text, ")" | "]" | "}") || angle && text == ">";
            let tuple_of_one = || self.kind(around).contains("tuple") && self.parts(around).count() == 1;
            if closes && out.ends_with(',') && !tuple_of_one() {
                out.pop();
            }
            let opened = out.ends_with(['(', '[']) || out.is_empty() || after_angle;
            let member = matches!(text, "." | "?" | "?.")
                && matches!(
                    self.kind(around),
                    "field_expression"
                        | "await_expression"
                        | "try_expression"
                        | "attribute"
                        | "field_access"
                        | "method_invocation"
                        | "member_expression"
                );
            if gap && !opened && !(closes && text != "}") && text != "," && !member {
                out.push(' ');
            }
            if text.contains(['\n', '\r']) {
                // A text of several lines cannot stand on one: it is not told.
                out.push('…');
            } else {
                out.push_str(text);
            }
            after_angle = angle && text == "<";
        }
        out
    }

    /// Does a call end between these nodes: by a `return` or a `raise` outside of inner definitions?
    pub(crate) fn ends_inside(&self, from: NodeId, to: NodeId) -> bool {
        let mut node = from;
        while node < to {
            match self.kind(node) {
                "return_statement" | "raise_statement" => return true,
                "function_definition" | "class_definition" | "lambda" => node = self.end(node),
                _ => node += 1,
            }
        }
        false
    }

    /// Line of the node's first byte, counted from 1.
    pub(crate) fn start_line(&self, node: NodeId) -> u32 {
        self.line_at(self.nodes[node].start)
    }

    /// Line of the node's last byte, counted from 1.
    pub(crate) fn end_line(&self, node: NodeId) -> u32 {
        let Node { start, end, .. } = self.nodes[node];
        self.line_at(end.saturating_sub(1).max(start))
    }

    fn line_at(&self, byte: u32) -> u32 {
        self.line_starts.partition_point(|&start| start <= byte) as u32
    }

    /// The bytes of whole lines, the last line break left out.
    pub(crate) fn lines(&self, start: u32, end: u32) -> &'t str {
        super::lines_of(self.text, self.line_starts, start, end).unwrap_or_default()
    }
}

thread_local! {
    /// A parser for each language, kept with the memory that it gathered: most texts are single
    /// functions, and a new parser costs more than they do.
    static PARSERS: RefCell<HashMap<&'static str, tree_sitter::Parser>> = RefCell::default();
}

/// Parses within the patience that a text of this length deserves; None where it runs out.
fn parse(language: &'static Language, text: &str) -> Option<tree_sitter::Tree> {
    PARSERS.with_borrow_mut(|parsers| {
        let parser = parsers.entry(language.extensions[0]).or_insert_with(tree_sitter::Parser::new);
        if parser.language().is_none() {
            parser.set_language(language.grammar().language()).ok()?;
        }
        let mut patience = Tree::PATIENCE + text.len() / 16;
        let mut wait = |_: &tree_sitter::ParseState| {
            patience = patience.saturating_sub(1);
            if patience == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut wait);
        let bytes = text.as_bytes();
        let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
        // A parse that was given up would be gone on with by the next one.
        parser.reset();
        tree
    })
}

fn flatten(tree: &tree_sitter::Tree) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::with_capacity(tree.root_node().end_byte() / 3 + 16);
    let mut open: Vec<u32> = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let here = nodes.len() as u32;
        nodes.push(Node {
            kind: node.kind_id(),
            field: cursor.field_id().map_or(0, Into::into),
            start: node.start_byte() as u32,
            end: node.end_byte() as u32,
            parent: open.last().copied().unwrap_or_default(),
            last: here + 1,
        });
        if cursor.goto_first_child() {
            open.push(here);
            continue;
        }
        while !cursor.goto_next_sibling() {
            let Some(above) = open.pop() else { return nodes };
            nodes[above as usize].last = nodes.len() as u32;
            cursor.goto_parent();
        }
    }
}
