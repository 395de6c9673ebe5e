//! The conditions in force at a place, while a body is read from top to bottom.
//!
//! What follows a statement runs only where the statement did not end the call or the round of the
//! loop. An `if` that leaves says when it does. Of other ways out, a `?` or an arm of a `match` that
//! returns, only that they are there is told, and once.

use std::collections::HashMap;

use crate::model::{Guard, GuardKind};
use crate::parse::syntax::{NodeId, Syntax};

/// What stands for conditions that cannot be told.
pub(super) const UNTOLD: &str = "…";

/// Code under more conditions than this is not told of: no sentence could hold it.
const MAX_GUARDS: usize = 12;

pub(super) struct Conditions {
    /// Kinds of nodes that hold statements in a row.
    blocks: &'static [&'static str],
    /// In force here, the outermost first, each with its end.
    open: Vec<(NodeId, Guard)>,
    /// Those that begin at a node further down.
    ahead: HashMap<NodeId, Vec<(NodeId, Guard)>>,
    /// What is around the place, the outermost first.
    around: Vec<Frame>,
    frames_ahead: HashMap<NodeId, Around>,
}

/// What a way out leaves on its way to the end of the function.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    /// A statement in a block that ends at this node.
    Statement(NodeId),
    /// A block that always leaves, under a condition that is told: its statement says so itself.
    Told,
    /// The body of a loop, or the cases of a branch that a `break` leaves.
    Round { of_loop: bool },
}

struct Frame {
    end: NodeId,
    around: Around,
    /// The widest way out that was met inside.
    left: Option<GuardKind>,
}

impl Conditions {
    pub(super) fn of(blocks: &'static [&'static str]) -> Self {
        Self { blocks, open: Vec::new(), ahead: HashMap::new(), around: Vec::new(), frames_ahead: HashMap::new() }
    }

    /// Reading goes on at `node`.
    pub(super) fn reach(&mut self, syntax: &Syntax, node: NodeId) {
        while self.open.last().is_some_and(|(end, _)| *end <= node) {
            self.open.pop();
        }
        if !self.ahead.is_empty() {
            self.open.extend(self.ahead.remove(&node).unwrap_or_default());
        }
        while self.around.last().is_some_and(|frame| frame.end <= node) {
            self.around.pop();
        }
        let block = syntax.parent(node).filter(|&above| self.blocks.contains(&syntax.kind(above)) && syntax.is_named(node));
        let statement = block.map(|block| Around::Statement(syntax.end(block)));
        let begun = if self.frames_ahead.is_empty() { None } else { self.frames_ahead.remove(&node) };
        let frames = statement.into_iter().chain(begun);
        self.around.extend(frames.map(|around| Frame { end: syntax.end(node), around, left: None }));
    }

    /// A condition on all of a node.
    pub(super) fn on(&mut self, syntax: &Syntax, node: NodeId, kind: GuardKind, text: String) {
        self.ahead.entry(node).or_default().push((syntax.end(node), Guard { kind, text }));
    }

    /// A block of a statement leaves whenever it runs, which is when `text` holds.
    pub(super) fn leaving_block(&mut self, syntax: &Syntax, statement: NodeId, block: NodeId, kind: GuardKind, text: String) {
        let (from, block_end) = (syntax.end(statement), syntax.end(syntax.parent(statement).unwrap_or_default()));
        match text.as_str() {
            UNTOLD => self.untold(from, block_end, kind),
            _ if from < block_end => self.ahead.entry(from).or_default().push((block_end, Guard { kind, text })),
            _ => (),
        }
        self.frames_ahead.insert(block, Around::Told);
    }

    /// The body of a loop, or the cases of a branch that a `break` leaves.
    pub(super) fn round(&mut self, body: NodeId, of_loop: bool) {
        self.frames_ahead.insert(body, Around::Round { of_loop });
    }

    /// Control may leave here: the function by `Past`, the round or the loop by `Skip`. Where it `breaks`, a branch
    /// with cases stops it as well.
    pub(super) fn may_leave(&mut self, kind: GuardKind, breaks: bool) {
        let mut told = false;
        for at in (0..self.around.len()).rev() {
            let Frame { end, around, left } = self.around[at];
            if left == Some(GuardKind::Past) || left == Some(kind) {
                return;
            }
            self.around[at].left = Some(kind);
            match around {
                Around::Round { of_loop } if kind == GuardKind::Skip && (of_loop || breaks) => return,
                Around::Round { .. } => (),
                Around::Told => told = true,
                Around::Statement(_) if std::mem::take(&mut told) => (),
                Around::Statement(block_end) => self.untold(end, block_end, kind),
            }
        }
    }

    /// What follows up to the end of a block runs only where control did not leave before.
    fn untold(&mut self, from: NodeId, block_end: NodeId, kind: GuardKind) {
        let same = |guard: &Guard| guard.text == UNTOLD && matches!(guard.kind, GuardKind::Past | GuardKind::Skip);
        if from >= block_end || self.open.iter().any(|(end, guard)| *end >= block_end && same(guard)) {
            return;
        }
        let begun = self.ahead.entry(from).or_default();
        match begun.iter_mut().find(|(end, guard)| *end == block_end && same(guard)) {
            Some((_, guard)) => guard.kind = kind,
            None => begun.push((block_end, Guard { kind, text: UNTOLD.to_owned() })),
        }
    }

    /// The conditions; None when there are too many to tell.
    pub(super) fn in_force(&self) -> Option<Vec<Guard>> {
        (self.open.len() <= MAX_GUARDS).then(|| self.open.iter().map(|(_, guard)| guard.clone()).collect())
    }
}
