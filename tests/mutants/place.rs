//! A claim with the trees of its code, and the mutants made of it so far.

use super::tree::{Edit, Tree, last, norm};
use super::{Mutant, Trial};

pub(crate) struct Place<'t> {
    pub(crate) trial: &'t Trial,
    pub(crate) trees: Vec<Tree>,
    pub(crate) mutants: Vec<Mutant>,
}

impl<'t> Place<'t> {
    pub(crate) fn new(trial: &'t Trial) -> Self {
        let trees = trial.exhibits.iter().map(|exhibit| Tree::parse(&exhibit.path, &exhibit.code)).collect();
        Self { trial, trees, mutants: Vec::new() }
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.trees[0]
    }

    pub(crate) fn rust(&self) -> bool {
        self.tree().rust
    }

    pub(crate) fn java(&self) -> bool {
        self.tree().java
    }

    /// Keeps a mutant of the first piece of code, where the edits change anything.
    pub(crate) fn push(&mut self, how: &'static str, edits: Vec<Edit>) {
        self.push_of(0, how, edits);
    }

    pub(crate) fn push_of(&mut self, at: usize, how: &'static str, edits: Vec<Edit>) {
        if let Some(code) = self.trees[at].edited(edits) {
            self.push_code(at, how, code);
        }
    }

    /// Code that does not parse is no mutant: it would die of that.
    pub(crate) fn push_code(&mut self, at: usize, how: &'static str, code: String) {
        if Tree::parse(&self.trial.exhibits[at].path, &code).broken && !self.trees[at].broken {
            return;
        }
        let mut exhibits = self.trial.exhibits.clone();
        exhibits[at].code = code;
        self.mutants.push(Mutant { how, exhibits });
    }

    /// Another name in every place where `word` is a name, that of the definition itself aside.
    pub(crate) fn rename(&mut self, at: usize, how: &'static str, word: &str) {
        let tree = &self.trees[at];
        let own = tree.top().and_then(|top| tree.child(top, "name"));
        let same = |node: &usize| tree.is_leaf(*node) && tree.text(*node) == word && Some(*node) != own;
        let edits = (0..tree.nodes.len()).filter(same).map(|node| tree.instead(node, format!("zz_{word}"))).collect();
        self.push_of(at, how, edits);
    }

    /// Expressions and statements that read like this.
    pub(crate) fn reading(&self, at: usize, text: &str) -> Vec<usize> {
        let tree = &self.trees[at];
        let wanted = norm(text);
        let fits = |node: &usize| tree.nodes[*node].named && norm(tree.text(*node)) == wanted;
        let all: Vec<usize> = (1..tree.nodes.len()).filter(fits).collect();
        // Of nodes around the same text the outermost.
        let inner = |node: usize| tree.above(node).any(|above| all.contains(&above) && above != 0);
        all.iter().copied().filter(|&node| !inner(node)).collect()
    }

    /// Calls of `callee`; of a macro its invocations.
    pub(crate) fn calls(&self, at: usize, callee: &str) -> Vec<usize> {
        let tree = &self.trees[at];
        let wanted = norm(callee);
        let fits = |&call: &usize| {
            let Some((start, end)) = tree.callee(call) else { return false };
            let stated = match tree.child(call, "function").or_else(|| tree.child(call, "macro")) {
                Some(function) => norm(&without_types(tree, function)) + if tree.nodes[call].kind == "macro_invocation" { "!" } else { "" },
                None if tree.nodes[call].kind == "object_creation_expression" => {
                    norm(&tree.text[start..end]).split('<').next().unwrap_or_default().to_owned()
                }
                None => norm(&tree.text[start..end]),
            };
            match callee.strip_prefix("….") {
                Some(name) => stated.contains('.') && last(&stated) == name,
                None => stated == wanted,
            }
        };
        tree.of_kind(&[
            "call",
            "call_expression",
            "macro_invocation",
            "method_invocation",
            "object_creation_expression",
            "explicit_constructor_invocation",
        ])
        .filter(fits)
        .collect()
    }
}

/// A path without the types that it is given.
pub(crate) fn without_types(tree: &Tree, path: usize) -> String {
    let generic = |node: usize| {
        let arguments = tree.nodes[node].kind == "type_arguments";
        arguments && tree.nodes[tree.nodes[node].parent].kind == "generic_function"
    };
    let mut out = tree.text(path).to_owned();
    for node in (path..tree.nodes[path].last).filter(|&node| generic(node)) {
        out = out.replace(&format!("::{}", tree.text(node)), "");
    }
    out
}
