//! From the definitions that a language finds to chunks: names, spans, fingerprints.

use std::collections::HashMap;

use super::syntax::{NodeId, Syntax};
use super::tokens;
use crate::model::{Chunk, ChunkId, ChunkKind, Facts, Fingerprints, Lines, Sketch, fingerprint};

/// Definitions nested deeper than this belong to the code around them: symbols stay readable
/// and hostile nesting stays linear.
pub(super) const MAX_DEPTH: usize = 8;

/// One definition, as a language's extraction found it. Parents come before their children.
pub(super) struct Definition {
    /// Index of the definition around it.
    pub(super) parent: Option<usize>,
    /// What stands between the parent's symbol and the name, for instance the type of an `impl`.
    pub(super) scope: String,
    pub(super) name: String,
    pub(super) name_node: NodeId,
    pub(super) kind: ChunkKind,
    /// The node itself: `function_definition`, `struct_item`.
    pub(super) node: NodeId,
    /// The nodes that make it, in source order: decorators or attributes, then the node.
    pub(super) roots: Vec<NodeId>,
    /// The first line, documentation comments included.
    pub(super) start_line: u32,
    /// `(long,Order)`: the types of its parameters, where the language tells definitions of one name apart by them.
    pub(super) overload: String,
    pub(super) signature: String,
    pub(super) doc: String,
    /// The docstring, where it is part of the body.
    pub(super) doc_node: Option<NodeId>,
    pub(super) facts: Facts,
}

/// The chunks of a file: one for each definition, one for what is left.
pub(super) fn chunks(syntax: &Syntax, path: &str, module: Definition, mut definitions: Vec<Definition>) -> Vec<Chunk> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut symbols: Vec<String> = Vec::with_capacity(definitions.len());
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    let mut bearers: HashMap<(Option<usize>, &str, &str), usize> = HashMap::new();
    for definition in definitions.iter().filter(|definition| !definition.overload.is_empty()) {
        *bearers.entry((definition.parent, &definition.scope, &definition.name)).or_default() += 1;
    }
    for (at, definition) in definitions.iter().enumerate() {
        children.entry(definition.parent).or_default().push(at);
        let around = container(definition, &symbols);
        let several =
            bearers.get(&(definition.parent, definition.scope.as_str(), definition.name.as_str())).is_some_and(|&count| count > 1);
        let name = if several { format!("{}{}", definition.name, definition.overload) } else { definition.name.clone() };
        let symbol = if around.is_empty() { name } else { format!("{around}.{name}") };
        let count = seen.entry(symbol.clone()).or_default();
        *count += 1;
        symbols.push(if *count == 1 { symbol } else { format!("{symbol}#{count}") });
    }
    let none = Vec::new();
    let mut chunks = Vec::with_capacity(definitions.len() + 1);
    for at in 0..definitions.len() {
        let facts = std::mem::take(&mut definitions[at].facts);
        let (signature, doc) = (std::mem::take(&mut definitions[at].signature), std::mem::take(&mut definitions[at].doc));
        let definition = &definitions[at];
        let inner = match definition.kind {
            ChunkKind::Class => children.get(&Some(at)).unwrap_or(&none),
            _ => &none,
        };
        // A constant of a class is part of its head, and shown with it.
        let inner: Vec<usize> = inner.iter().copied().filter(|&child| definitions[child].kind != ChunkKind::Constant).collect();
        let skip: HashMap<NodeId, usize> =
            inner.iter().flat_map(|&child| definitions[child].roots.iter().map(move |&root| (root, child))).collect();
        let lines = Lines { start: definition.start_line, end: syntax.end_line(definition.node) };
        let first_inner = inner.iter().map(|&child| definitions[child].start_line).min();
        let head = first_inner.map_or(lines.count(), |line| head_lines(syntax, lines, line));
        chunks.push(Chunk {
            id: ChunkId::new(path, &symbols[at]),
            path: path.to_owned(),
            symbol: symbols[at].clone(),
            name: definition.name.clone(),
            container: container(definition, &symbols),
            kind: definition.kind,
            lines,
            head,
            withheld: false,
            fingerprints: Fingerprints {
                raw: fingerprint(syntax.lines(lines.start, lines.end).as_bytes()),
                shape: shape(syntax, definition, &definitions, &skip),
                signature: fingerprint(format!("{signature}\n{}", facts.decorators.join("\n")).as_bytes()),
                doc: fingerprint(doc.as_bytes()),
            },
            signature,
            doc,
            sketch: sketch(syntax, definition, &definitions, &skip),
            facts,
        });
    }
    let skip: HashMap<NodeId, usize> = (0..definitions.len())
        .filter(|&at| definitions[at].parent.is_none())
        .flat_map(|at| definitions[at].roots.iter().map(move |&root| (root, at)))
        .collect();
    chunks.push(module_chunk(syntax, path, module, &definitions, &skip));
    chunks
}

fn module_chunk(syntax: &Syntax, path: &str, module: Definition, definitions: &[Definition], skip: &HashMap<NodeId, usize>) -> Chunk {
    let last = syntax.source().lines().count().max(1) as u32;
    let mut left: Vec<Option<&str>> = syntax.source().lines().map(Some).collect();
    for definition in definitions.iter().filter(|definition| definition.parent.is_none()) {
        let taken = definition.start_line as usize - 1..left.len().min(syntax.end_line(definition.node) as usize);
        left.get_mut(taken).into_iter().for_each(|lines| lines.fill(None));
    }
    let left: Vec<&str> = left.into_iter().flatten().collect();
    Chunk {
        id: ChunkId::module(path),
        path: path.to_owned(),
        symbol: Chunk::MODULE.to_owned(),
        kind: ChunkKind::Module,
        lines: Lines { start: 1, end: last },
        head: last,
        fingerprints: Fingerprints {
            raw: fingerprint(left.join("\n").as_bytes()),
            shape: shape(syntax, &module, definitions, skip),
            signature: fingerprint(b""),
            doc: fingerprint(module.doc.as_bytes()),
        },
        doc: module.doc,
        facts: module.facts,
        ..Chunk::default()
    }
}

fn container(definition: &Definition, symbols: &[String]) -> String {
    let parent = definition.parent.map(|at| symbols[at].as_str()).unwrap_or_default();
    match (parent.is_empty(), definition.scope.is_empty()) {
        (_, true) => parent.to_owned(),
        (true, false) => definition.scope.clone(),
        (false, false) => format!("{parent}.{}", definition.scope),
    }
}

/// Lines of a class before its first method, blank lines at the end left out.
fn head_lines(syntax: &Syntax, lines: Lines, first_inner: u32) -> u32 {
    let mut end = first_inner.saturating_sub(1).max(lines.start);
    while end > lines.start && syntax.lines(end, end).trim().is_empty() {
        end -= 1;
    }
    end + 1 - lines.start
}

/// Hash of the tokens with their place in the tree. Depth matters: a statement that moves out
/// of a branch keeps its tokens and changes its meaning.
fn shape(syntax: &Syntax, definition: &Definition, all: &[Definition], skip: &HashMap<NodeId, usize>) -> String {
    let mut bytes = Vec::new();
    for &root in &definition.roots {
        let mut open: Vec<NodeId> = Vec::new();
        let mut node = root;
        while node < syntax.end(root) {
            while open.last().is_some_and(|&end| end <= node) {
                open.pop();
            }
            let inner = skip.get(&node);
            if let Some(&inner) = inner {
                bytes.extend_from_slice(b"\x01definition ");
                bytes.extend_from_slice(all[inner].name.as_bytes());
            }
            if inner.is_some() || syntax.is_comment(node) || Some(node) == definition.doc_node || node == definition.name_node && node != 0
            {
                node = syntax.end(node);
                continue;
            }
            if syntax.is_leaf(node) {
                bytes.push(2);
                bytes.extend_from_slice(syntax.text(node).as_bytes());
            } else {
                bytes.push(3);
                bytes.extend_from_slice(&syntax.kind_number(node).to_le_bytes());
                bytes.extend_from_slice(&(open.len() as u16).to_le_bytes());
                open.push(syntax.end(node));
            }
            node += 1;
        }
    }
    fingerprint(&bytes)
}

/// The tokens of a function, or of a class without the bodies of its methods. Code inside of a
/// function is part of that.
fn sketch(syntax: &Syntax, definition: &Definition, all: &[Definition], skip: &HashMap<NodeId, usize>) -> Sketch {
    let nested = definition.parent.is_some_and(|parent| all[parent].kind != ChunkKind::Class);
    if nested || matches!(definition.kind, ChunkKind::Constant | ChunkKind::Module) {
        return Sketch::default();
    }
    let head = |node: NodeId| Some(node) == definition.doc_node || node == definition.name_node;
    tokens::sketch(syntax, &definition.roots, |node| head(node) || skip.contains_key(&node))
}

/// A docstring without common indentation, blank ends and trailing white space (PEP 257's rule).
pub(super) fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indent =
        lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let mut out: Vec<&str> = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        out.push(if at == 0 { line.trim() } else { line.get(indent..).unwrap_or_default().trim_end() });
    }
    out.join("\n").trim().to_owned()
}
