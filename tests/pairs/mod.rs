//! Pairs of Python functions of which it is known whether one copies the other: laid out anew, renamed, with
//! statements inserted, taken out or changed; and functions of like length that have nothing to do with each other.

use std::collections::HashMap;

use git_trainset::Print;
use tree_sitter::{Node, Parser};

/// A function without indentation, and its statements that fill one line: line and indentation.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) path: String,
    pub(crate) code: String,
    statements: Vec<(usize, String)>,
    tokens: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    LaidOut,
    Renamed,
    OneEdit,
    TwoEdits,
    ThreeEdits,
    Unrelated,
}

impl Sort {
    pub(crate) const ALL: [Self; 6] = [Self::LaidOut, Self::Renamed, Self::OneEdit, Self::TwoEdits, Self::ThreeEdits, Self::Unrelated];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LaidOut => "laid out anew",
            Self::Renamed => "renamed",
            Self::OneEdit => "1 statement",
            Self::TwoEdits => "2 statements",
            Self::ThreeEdits => "3 statements",
            Self::Unrelated => "unrelated",
        }
    }
}

pub(crate) struct Pair {
    pub(crate) sort: Sort,
    pub(crate) one: String,
    pub(crate) other: String,
}

/// Functions with fewer statements of one line are not edited: three edits would leave nothing of them.
const FEWEST_STATEMENTS: usize = 8;

/// Numbers that are the same each time.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// The functions of a file that are long enough to be compared.
pub(crate) fn functions(path: &str, text: &str) -> Vec<Function> {
    let Some(tree) = parse(text) else { return Vec::new() };
    let mut open = vec![tree.root_node()];
    let mut out = Vec::new();
    while let Some(node) = open.pop() {
        if node.kind() == "function_definition" {
            out.extend(function(path, text, node));
        } else {
            let mut cursor = node.walk();
            open.extend(node.children(&mut cursor));
        }
    }
    out
}

fn parse(text: &str) -> Option<tree_sitter::Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok()?;
    parser.parse(text, None).filter(|tree| !tree.root_node().has_error())
}

fn function(path: &str, text: &str, node: Node) -> Option<Function> {
    let lines: Vec<&str> =
        text.lines().skip(node.start_position().row).take(node.end_position().row + 1 - node.start_position().row).collect();
    let indent = " ".repeat(node.start_position().column);
    let code: String = lines.iter().map(|line| line.strip_prefix(&indent).unwrap_or(line).to_owned() + "\n").collect();
    Print::of(path, &code)?;
    let tree = parse(&code)?;
    let body = tree.root_node().child(0)?.child_by_field_name("body")?;
    let mut statements = Vec::new();
    let mut open = vec![body];
    while let Some(node) = open.pop() {
        let simple = matches!(node.kind(), "expression_statement" | "return_statement" | "raise_statement" | "assert_statement");
        let line = code.lines().nth(node.start_position().row).unwrap_or_default();
        let alone = &code[node.byte_range()] == line.trim();
        let doc = node.child(0).is_some_and(|child| child.kind() == "string");
        if simple && alone && !doc {
            statements.push((node.start_position().row, line[..line.len() - line.trim_start().len()].to_owned()));
        }
        let mut cursor = node.walk();
        open.extend(node.children(&mut cursor));
    }
    statements.sort();
    Some(Function { path: path.to_owned(), tokens: leaves(&tree).len(), code, statements })
}

/// The tokens of a text, strings whole.
fn leaves(tree: &tree_sitter::Tree) -> Vec<Node<'_>> {
    let mut out = Vec::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        if node.child_count() == 0 || node.kind() == "string" {
            out.push(node);
        } else {
            let mut cursor = node.walk();
            let children: Vec<Node> = node.children(&mut cursor).collect();
            open.extend(children.into_iter().rev());
        }
    }
    out.retain(|leaf| !leaf.byte_range().is_empty());
    out
}

/// One pair of each sort for each of the functions, as far as it has them.
pub(crate) fn pairs(all: &[Function], draw: &mut Draw) -> Vec<Pair> {
    let mut by_length: Vec<&Function> = all.iter().collect();
    by_length.sort_by_key(|function| function.tokens);
    let mut out = Vec::new();
    for (at, function) in by_length.iter().enumerate() {
        let mut add = |sort: Sort, other: Option<String>| {
            let other = other.filter(|other| parse(other).is_some() && *other != function.code);
            out.extend(other.map(|other| Pair { sort, one: function.code.clone(), other }));
        };
        add(Sort::LaidOut, laid_out(&function.code));
        add(Sort::Renamed, renamed(&function.code));
        for (sort, count) in [(Sort::OneEdit, 1), (Sort::TwoEdits, 2), (Sort::ThreeEdits, 3)] {
            add(sort, edited(function, all, count, draw));
        }
        let near = by_length[(at + 1 + draw.below(20)).min(by_length.len() - 1)];
        if near.path != function.path && near.tokens * 10 < function.tokens * 11 {
            add(Sort::Unrelated, Some(near.code.clone()));
        }
    }
    out
}

/// Comments, double blanks, a line for each argument.
fn laid_out(code: &str) -> Option<String> {
    let tree = parse(code)?;
    let mut out = String::new();
    let (mut end, mut depth) = (0, 0_i32);
    let mut before = "";
    for leaf in leaves(&tree) {
        let gap = &code[end..leaf.start_byte()];
        let text = &code[leaf.byte_range()];
        match gap {
            " " if before == "," && depth > 0 => out.push_str("\n            "),
            " " => out.push_str("  "),
            _ if gap.starts_with('\n') && depth == 0 => {
                out.push_str("  # laid out anew");
                out.push_str(gap);
            }
            _ => out.push_str(gap),
        }
        depth += i32::from(matches!(text, "(" | "[" | "{")) - i32::from(matches!(text, ")" | "]" | "}"));
        out.push_str(text);
        (end, before) = (leaf.end_byte(), text);
    }
    Some(out + "\n")
}

/// Every name but `self` and `cls` is another one.
fn renamed(code: &str) -> Option<String> {
    let tree = parse(code)?;
    let mut names: HashMap<&str, String> = HashMap::new();
    let mut out = String::new();
    let mut end = 0;
    for leaf in leaves(&tree) {
        let text = &code[leaf.byte_range()];
        out.push_str(&code[end..leaf.start_byte()]);
        if leaf.kind() == "identifier" && !matches!(text, "self" | "cls") {
            let number = names.len();
            out.push_str(names.entry(text).or_insert_with(|| format!("other{number}")));
        } else {
            out.push_str(text);
        }
        end = leaf.end_byte();
    }
    Some(out + "\n")
}

/// So many statements inserted, taken out, or changed into one of another function.
fn edited(function: &Function, all: &[Function], count: usize, draw: &mut Draw) -> Option<String> {
    if function.statements.len() < FEWEST_STATEMENTS {
        return None;
    }
    let mut lines: Vec<Vec<String>> = function.code.lines().map(|line| vec![line.to_owned()]).collect();
    let mut left: Vec<usize> = (0..function.statements.len()).collect();
    for _ in 0..count {
        let at = left.swap_remove(draw.below(left.len()));
        let (line, indent) = &function.statements[at];
        let donor = &all[draw.below(all.len())];
        let (foreign, _) = donor.statements.get(draw.below(donor.statements.len()))?;
        let foreign = format!("{indent}{}", donor.code.lines().nth(*foreign)?.trim());
        let beside = |at: usize| function.statements.get(at).is_some_and(|(other, same)| other.abs_diff(*line) == 1 && same == indent);
        match draw.below(3) {
            0 => lines[*line].insert(0, foreign),
            1 if at > 0 && beside(at - 1) || beside(at + 1) => lines[*line].clear(),
            _ => lines[*line] = vec![foreign],
        }
    }
    Some(lines.into_iter().flatten().map(|line| line + "\n").collect())
}
