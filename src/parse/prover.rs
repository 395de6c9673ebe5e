//! From a claim back to the code that proves it.

use super::language::Frame;
use super::predicate::sort_of;
use super::{Language, Syntax, Tree, pair};
use crate::model::{Chunk, Predicate};

/// Proves claims about one chunk from its code alone: the cited lines, parsed by themselves.
pub(crate) struct Prover {
    code: Box<str>,
    /// The code without the white space in front of it, in the frame that its language wants.
    framed: Option<Box<str>>,
    /// Of that.
    tree: Option<Tree>,
    unfinished: bool,
}

/// What a proof may look at besides the lines of its chunk.
#[derive(Clone, Copy, Default)]
pub(crate) enum Beside<'b> {
    #[default]
    Nothing,
    /// The next line of code behind the chunk's; None at the end of the file.
    Rest(Option<&'b str>),
    /// The second chunk that the claim speaks of.
    Other(&'b Prover),
}

/// Where a claim was proved, as lines of each piece of code, counted from its first as 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub lines: Vec<u32>,
}

impl Prover {
    pub(crate) fn new(language: &'static Language, code: &str) -> Self {
        let bare = code.trim_start();
        let frame = (language.frame)(bare);
        let unfinished = frame.as_ref().is_some_and(|frame| frame.unfinished);
        let framed = frame.map(|Frame { before, behind, .. }| format!("{before}{bare}{behind}").into_boxed_str());
        Self { tree: Tree::parse(language, framed.as_deref().unwrap_or(bare)).ok(), framed, code: code.into(), unfinished }
    }

    /// Is this the code that it was made of?
    pub(crate) fn is_made_of(&self, code: &str) -> bool {
        *self.code == *code
    }

    /// How much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.code.len() + self.framed.as_ref().map_or(0, |framed| framed.len()) + self.tree.as_ref().map_or(0, Tree::bytes)
    }

    pub(super) fn syntax(&self) -> Option<Syntax<'_>> {
        Some(self.tree.as_ref()?.of(self.framed.as_deref().unwrap_or(self.code.trim_start())))
    }

    /// The white space in front of the first line.
    fn margin(&self) -> &str {
        self.code[..self.code.len() - self.code.trim_start().len()].rsplit('\n').next().unwrap_or_default()
    }

    /// Does the code prove a predicate that needs nothing besides?
    pub(crate) fn proves(&self, predicate: &Predicate) -> bool {
        self.proof(predicate, Beside::Nothing).is_some()
    }

    /// The proof of the predicate. The arguments that name chunks are the caller's to match with
    /// the evidence.
    pub(crate) fn proof(&self, predicate: &Predicate, beside: Beside) -> Option<Proof> {
        let sort = sort_of(predicate)?;
        let syntax = &self.syntax()?;
        let args: Vec<&str> = predicate.args.iter().skip(sort.chunks).map(String::as_str).collect();
        match (sort.chunks, beside) {
            (1, Beside::Rest(next)) if sort.whole && !self.is_whole(syntax, next) => None,
            (1, Beside::Nothing) if sort.whole => None,
            (1, _) => {
                let node = (syntax.language.prove)(syntax, sort.name, &args)?;
                Some(Proof { lines: vec![syntax.start_line(node) - 1] })
            }
            (_, Beside::Other(other)) => {
                let other = &other.syntax()?;
                let (here, there) = pair::prove(syntax, other, sort.name, &args)?;
                Some(Proof { lines: vec![syntax.start_line(here) - 1, other.start_line(there) - 1] })
            }
            _ => None,
        }
    }

    /// Is it the code of the chunk with this symbol: does it begin with a definition of its name?
    pub(crate) fn is_of(&self, symbol: &str) -> bool {
        let Some(syntax) = &self.syntax() else { return false };
        let top = (syntax.language.top)(syntax);
        if symbol == Chunk::MODULE {
            return top == 0;
        }
        let name = symbol.rsplit('.').next().unwrap_or_default();
        let name = name.split(['#', '(']).next().unwrap_or_default();
        if top == 0 {
            // A constant is the statement that names it.
            return (syntax.language.prove)(syntax, "defined_at", &[name]).is_some();
        }
        match syntax.child(top, "name") {
            Some(stated) => syntax.text(stated) == name,
            None => (syntax.language.prove)(syntax, "defined_at", &[name]).is_some(),
        }
    }

    /// Does the definition end with the lines? `next` is the line of code behind them.
    fn is_whole(&self, syntax: &Syntax, next: Option<&str>) -> bool {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let goes_on = syntax.language.indented && next.is_some_and(|line| !self.margin().starts_with(&line[..indent(line)]));
        !syntax.is_broken() && !self.unfinished && !goes_on
    }
}
