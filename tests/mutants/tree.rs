//! A syntax tree as an array, and edits of the text below it.

use std::sync::LazyLock;

use tree_sitter::{Language, Parser};

static PYTHON: LazyLock<Language> = LazyLock::new(|| tree_sitter_python::LANGUAGE.into());
static JAVA: LazyLock<Language> = LazyLock::new(|| tree_sitter_java::LANGUAGE.into());
static RUST: LazyLock<Language> = LazyLock::new(|| tree_sitter_rust::LANGUAGE.into());

pub(crate) struct Node {
    pub(crate) kind: &'static str,
    pub(crate) field: &'static str,
    pub(crate) named: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) parent: usize,
    pub(crate) last: usize,
}

pub(crate) struct Tree {
    pub(crate) rust: bool,
    pub(crate) java: bool,
    pub(crate) text: String,
    /// Did the parser have to guess?
    pub(crate) broken: bool,
    pub(crate) nodes: Vec<Node>,
    /// White space in front of the text, which is not parsed.
    margin: String,
    /// How much of the text stands around the code for the grammar's sake, in front and behind.
    around: (usize, usize),
}

/// Text for a range of bytes.
pub(crate) type Edit = (usize, usize, String);

impl Tree {
    pub(crate) fn parse(path: &str, code: &str) -> Self {
        let java = path.ends_with(".java");
        // Members stand in a class, and a class may be shown without its end.
        let frames: &[(&str, &str)] =
            if java { &[("", ""), ("class Zz {", "\n}"), ("", "\n}"), ("class Zz {", "\n}}")] } else { &[("", "")] };
        let mut all = frames.iter().map(|(before, behind)| Self::parse_in(path, code, before, behind));
        let first = all.next().unwrap_or_else(|| Self::parse_in(path, code, "", ""));
        if first.broken { all.find(|tree| !tree.broken).unwrap_or(first) } else { first }
    }

    fn parse_in(path: &str, code: &str, before: &str, behind: &str) -> Self {
        let (rust, java) = (path.ends_with(".rs"), path.ends_with(".java"));
        let language: &'static Language = match (rust, java) {
            (true, _) => &RUST,
            (_, true) => &JAVA,
            _ => &PYTHON,
        };
        let bare = code.trim_start();
        let text = format!("{before}{bare}{behind}");
        let mut nodes: Vec<Node> = Vec::new();
        let mut parser = Parser::new();
        let tree = parser.set_language(language).ok().and_then(|()| parser.parse(&text, None));
        if let Some(tree) = &tree {
            let mut cursor = tree.walk();
            let mut open: Vec<usize> = Vec::new();
            'walk: loop {
                let (node, here) = (cursor.node(), nodes.len());
                let (start, end, parent) = (node.start_byte(), node.end_byte(), open.last().copied().unwrap_or(0));
                let field = cursor.field_id().and_then(|id| language.field_name_for_id(id.get())).unwrap_or("");
                let kind = language.node_kind_for_id(node.kind_id()).unwrap_or("");
                nodes.push(Node { kind, field, named: node.is_named(), start, end, parent, last: here + 1 });
                if cursor.goto_first_child() {
                    open.push(here);
                    continue;
                }
                while !cursor.goto_next_sibling() {
                    let Some(above) = open.pop() else { break 'walk };
                    nodes[above].last = nodes.len();
                    cursor.goto_parent();
                }
            }
        }
        let broken = tree.is_none_or(|tree| tree.root_node().has_error());
        let margin = code[..code.len() - bare.len()].to_owned();
        Self { rust, java, broken, margin, around: (before.len(), behind.len()), text, nodes }
    }

    pub(crate) fn text(&self, at: usize) -> &str {
        &self.text[self.nodes[at].start..self.nodes[at].end]
    }

    /// Every node of one of these kinds.
    pub(crate) fn of_kind<'t>(&'t self, kinds: &'t [&str]) -> impl Iterator<Item = usize> + 't {
        (0..self.nodes.len()).filter(move |&at| kinds.contains(&self.nodes[at].kind))
    }

    pub(crate) fn children(&self, at: usize) -> Vec<usize> {
        (at + 1..self.nodes[at].last).filter(|&child| self.nodes[child].parent == at).collect()
    }

    pub(crate) fn parts(&self, at: usize) -> Vec<usize> {
        self.children(at).into_iter().filter(|&child| self.nodes[child].named && !self.nodes[child].kind.contains("comment")).collect()
    }

    pub(crate) fn child(&self, at: usize, field: &str) -> Option<usize> {
        self.children(at).into_iter().find(|&child| self.nodes[child].field == field)
    }

    pub(crate) fn above(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors((at != 0).then(|| self.nodes[at].parent), |&at| (at != 0).then(|| self.nodes[at].parent))
    }

    /// The definition that the text begins with.
    pub(crate) fn top(&self) -> Option<usize> {
        let kinds = [
            "function_definition",
            "class_definition",
            "function_item",
            "struct_item",
            "enum_item",
            "trait_item",
            "macro_definition",
            "class_declaration",
            "interface_declaration",
            "enum_declaration",
            "record_declaration",
            "method_declaration",
            "constructor_declaration",
        ];
        // What stands around the code is none of it.
        let own = |at: usize| self.nodes[at].start >= self.around.0;
        let outside =
            |above: usize| !own(above) || matches!(self.nodes[above].kind, "decorated_definition" | "module" | "source_file" | "program");
        let in_front = |above: usize| outside(above) || self.around.0 > 0 && self.nodes[above].kind == "class_body";
        self.of_kind(&kinds).find(|&at| own(at) && self.above(at).all(in_front))
    }

    /// Where it is written what a call calls.
    pub(crate) fn callee(&self, call: usize) -> Option<(usize, usize)> {
        let whole = |at: usize| (self.nodes[at].start, self.nodes[at].end);
        if self.nodes[call].kind == "method_invocation" {
            let name = self.child(call, "name")?;
            return Some((self.nodes[call].start, self.nodes[name].end));
        }
        let field = match self.nodes[call].kind {
            "object_creation_expression" => "type",
            "explicit_constructor_invocation" => "constructor",
            _ => "function",
        };
        self.child(call, field).or_else(|| self.child(call, "macro")).map(whole)
    }

    /// The statement that an expression is the whole of, else itself.
    pub(crate) fn statement(&self, at: usize) -> usize {
        let above = self.nodes[at].parent;
        if self.java && self.nodes[above].kind == "expression_statement" { above } else { at }
    }

    pub(crate) fn is_leaf(&self, at: usize) -> bool {
        self.nodes[at].last == at + 1
    }

    /// An edit that puts text in the place of a node.
    pub(crate) fn instead(&self, at: usize, text: impl Into<String>) -> Edit {
        (self.nodes[at].start, self.nodes[at].end, text.into())
    }

    /// An edit that puts text in front of and behind a node.
    pub(crate) fn around(&self, at: usize, before: &str, after: &str) -> Edit {
        self.instead(at, format!("{before}{}{after}", self.text(at)))
    }

    /// The code with all edits made, of two that overlap the outer one; None where nothing changes.
    pub(crate) fn edited(&self, mut edits: Vec<Edit>) -> Option<String> {
        edits.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let (mut out, mut from) = (self.margin.clone(), 0);
        for (start, end, text) in &edits {
            if *start >= from {
                out.push_str(&self.text[from..*start]);
                out.push_str(text);
                from = *end;
            }
        }
        out.push_str(&self.text[from..]);
        let (before, behind) = self.around;
        let changed = out != format!("{}{}", self.margin, self.text);
        let code = out.get(self.margin.len() + before..out.len() - behind).unwrap_or_default();
        changed.then(|| format!("{}{code}", self.margin))
    }
}

/// The text without white space and without commas in front of closing brackets: how a claim and
/// the code are compared.
pub(crate) fn norm(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.replace(",)", ")").replace(",]", "]").replace(",}", "}").replace(",>", ">")
}

/// Identifiers of a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// The last name of a path.
pub(crate) fn last(path: &str) -> &str {
    words(path).last().unwrap_or_default()
}
