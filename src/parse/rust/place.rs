//! What becomes of a value, handed down to the expression that makes it.

use crate::model::CallUse;
use crate::parse::rust::names;

/// What becomes of the value of an expression.
#[derive(Clone, Default)]
pub(super) struct Place {
    pub(super) usage: CallUse,
    pub(super) target: String,
    /// Is the whole value what the function returns?
    pub(super) exit: bool,
    /// Does a `?` stand behind it?
    pub(super) tried: bool,
}

impl Place {
    pub(super) fn of(usage: CallUse) -> Self {
        Self { usage, ..Self::default() }
    }

    pub(super) fn tail(returns: bool) -> Self {
        if returns { Self { usage: CallUse::Returned, exit: true, ..Self::default() } } else { Self::of(CallUse::Ignored) }
    }

    /// The place of a branch: it takes the value further only out of the function or nowhere.
    pub(super) fn branch(&self) -> Self {
        if matches!(self.usage, CallUse::Returned | CallUse::Ignored) { self.clone() } else { Self::default() }
    }

    /// The place of a value that `target` takes; `_` drops it.
    pub(super) fn assigned(target: String) -> Self {
        match target.as_str() {
            "_" => Self::of(CallUse::Ignored),
            names::UNTOLD => Self::default(),
            _ => Self { usage: CallUse::Assigned, target, ..Self::default() },
        }
    }

    /// The place of what stands in front of a `?`: its value may be dropped, its error leaves the function.
    pub(super) fn tried(self) -> Self {
        Self { exit: false, tried: true, ..self }
    }

    /// The same in a closure, which has the error then.
    pub(super) fn tried_in_closure(self) -> Self {
        let usage = if self.usage == CallUse::Ignored { CallUse::Used } else { self.usage };
        Self { usage, exit: false, ..self }
    }
}
