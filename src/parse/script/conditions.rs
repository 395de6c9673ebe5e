//! The conditions in force at a place, while a body is read from top to bottom.
//!
//! What follows a statement runs only where the statement did not end the call or the round of the
//! loop. An `if` that leaves says when it does. Of other ways out only that they are there is told,
//! and once.

use std::collections::HashMap;

use crate::model::{Guard, GuardKind};
use crate::parse::script::names::UNTOLD;
use crate::parse::syntax::{NodeId, Syntax};

/// Code under more conditions than this is not told of: no sentence could hold it.
const MAX_GUARDS: usize = 12;
/// What holds statements.
pub(super) const BLOCKS: &[&str] = &["statement_block", "program", "switch_case", "switch_default", "class_static_block"];

/// How control leaves what is around a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// The call, or a loop that is not the next.
    Call,
    Loop,
    Round,
}

impl Way {
    pub(super) fn guard(self) -> GuardKind {
        if self == Self::Call { GuardKind::Past } else { GuardKind::Skip }
    }
}

#[derive(Default)]
pub(super) struct Conditions {
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
    /// The body of a loop.
    Round,
    /// A `switch`.
    Switch,
}

struct Frame {
    end: NodeId,
    around: Around,
    /// Has a way out of the call been met inside?
    left: bool,
}

impl Conditions {
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
        let block = syntax.parent(node).filter(|&above| BLOCKS.contains(&syntax.kind(above)) && syntax.is_named(node));
        let statement = block.map(|block| Around::Statement(syntax.end(block)));
        let begun = if self.frames_ahead.is_empty() { None } else { self.frames_ahead.remove(&node) };
        let frames = statement.into_iter().chain(begun);
        self.around.extend(frames.map(|around| Frame { end: syntax.end(node), around, left: false }));
    }

    /// A condition on all of a node.
    pub(super) fn on(&mut self, syntax: &Syntax, node: NodeId, kind: GuardKind, text: String) {
        self.ahead.entry(node).or_default().push((syntax.end(node), Guard { kind, text }));
    }

    /// A block of a statement leaves whenever it runs, which is when `text` holds.
    pub(super) fn leaving_block(&mut self, syntax: &Syntax, statement: NodeId, block: NodeId, way: Way, text: String) {
        let (from, block_end) = (syntax.end(statement), syntax.end(syntax.parent(statement).unwrap_or_default()));
        match text.as_str() {
            UNTOLD => self.untold(from, block_end, way.guard()),
            _ if from < block_end => self.ahead.entry(from).or_default().push((block_end, Guard { kind: way.guard(), text })),
            _ => (),
        }
        self.frames_ahead.insert(block, Around::Told);
    }

    /// The body of a loop.
    pub(super) fn round(&mut self, body: NodeId) {
        self.frames_ahead.insert(body, Around::Round);
    }

    /// The body of a `switch`.
    pub(super) fn switch(&mut self, body: NodeId) {
        self.frames_ahead.insert(body, Around::Switch);
    }

    /// Control may leave here.
    pub(super) fn may_leave(&mut self, way: Way) {
        let kind = way.guard();
        let mut told = false;
        for at in (0..self.around.len()).rev() {
            let Frame { end, around, left } = self.around[at];
            let stops = around == Around::Round && way != Way::Call || around == Around::Switch && way == Way::Loop;
            if stops {
                return;
            }
            match around {
                Around::Round | Around::Switch => (),
                Around::Told => told = true,
                // Its own condition says so; what else leaves inside of it does not follow from that.
                Around::Statement(_) if std::mem::take(&mut told) => (),
                // Whatever is around has been told of already.
                Around::Statement(_) if left => return,
                Around::Statement(block_end) => {
                    self.around[at].left = kind == GuardKind::Past;
                    self.untold(end, block_end, kind);
                }
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
            Some((_, guard)) if kind == GuardKind::Past => guard.kind = kind,
            Some(_) => (),
            None => begun.push((block_end, Guard { kind, text: UNTOLD.to_owned() })),
        }
    }

    /// The conditions; None when there are too many to tell.
    pub(super) fn in_force(&self) -> Option<Vec<Guard>> {
        (self.open.len() <= MAX_GUARDS).then(|| self.open.iter().map(|(_, guard)| guard.clone()).collect())
    }
}
