//! What static analysis says of one chunk, read from its syntax alone.
//!
//! Texts are source text with runs of white space folded to one blank. Nothing here carries a
//! line number: a chunk that only moves keeps its facts.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub parameters: Vec<Parameter>,
    /// The annotated result type; empty without one.
    pub returns: String,
    pub exits: Vec<Exit>,
    /// May control run past the end of the body?
    pub ends: bool,
    /// Conditions, the outermost first, under which something happens that nothing else here
    /// tells: a variable of its own takes a value, a value is yielded, a round of a loop ends. Where
    /// the loop is left for good, `Skip` of `break` is the last of them.
    pub untold: Vec<Vec<Guard>>,
    pub raises: Vec<Raise>,
    /// In the order in which they run where nothing decides: what a call is made on, or takes, is
    /// called before it.
    pub calls: Vec<Call>,
    /// Assignments to what outlives the call: attributes, items of them, names of the module.
    pub writes: Vec<Write>,
    /// Assignments of constants, and of what the environment or a request says, to variables of
    /// its own.
    pub bindings: Vec<Write>,
    /// Variables of its own that take one value and keep it, each with that value: only those that a
    /// condition or a way out speaks of.
    pub meanings: Vec<Write>,
    /// Constants and members that are read, as written: `MAX_ITEMS`, `limits.MAX_ITEMS`,
    /// `OrderState.PAID`.
    pub refs: Vec<String>,
    /// Calls that reach out of the program.
    pub effects: Vec<Effect>,
    pub decorators: Vec<String>,
    /// Of a class: its bases, as written. Of a Rust type: the traits it implements or derives.
    pub bases: Vec<String>,
    /// Of a class: its attributes and fields. Of a module: its constants.
    pub attributes: Vec<Attribute>,
    /// Of a class: the names of its methods, in source order.
    pub methods: Vec<String>,
    pub imports: Vec<Import>,
    /// Variables whose type the code states.
    pub locals: Vec<Local>,
    /// Statements in the body, nested definitions and the docstring left out.
    pub statements: u32,
    /// Branches: conditions, loops, handlers, match arms.
    pub branches: u32,
    /// Does it only pass, raise "not implemented" or hold a docstring?
    pub stub: bool,
    /// Does it yield?
    pub generator: bool,
    /// Does it stand in for what could not be imported: is it defined by a handler?
    pub fallback: bool,
}

impl Facts {
    /// Is it declared and not defined? Control does not even run past the end of a body.
    pub(crate) fn is_bodiless(&self) -> bool {
        self.stub && !self.ends && self.raises.is_empty()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parameter {
    /// As written, with `*` or `**` in front where the language has it.
    pub name: String,
    pub annotation: String,
    pub default: String,
}

/// One way out of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exit {
    /// The returned expression; empty for a bare `return`.
    pub value: String,
    pub when: Vec<Guard>,
}

/// One place where an error starts: `raise` in Python; `Err`, `bail!`, `panic!` in Rust.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Raise {
    /// The exception's type or the error's value, as written, without arguments.
    pub exception: String,
    /// The first literal message; empty without one.
    pub message: String,
    pub when: Vec<Guard>,
    /// Does it stand in a `try` whose handlers may stop it?
    pub caught: bool,
}

impl Raise {
    /// Does it end the program where nobody stops it, whatever its callers return?
    pub(crate) fn panics(&self) -> bool {
        matches!(self.exception.as_str(), "panic!" | "unreachable!" | "assert!" | "todo!" | "unimplemented!")
    }
}

/// A condition under which the code behind it runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Guard {
    pub kind: GuardKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GuardKind {
    /// The condition holds.
    If,
    /// The condition does not hold: an `else` side.
    Unless,
    /// An earlier branch on this condition left the function.
    Past,
    /// An earlier branch on this condition left the round of the loop, or the loop.
    Skip,
    /// A handler runs for these exceptions.
    Except,
    /// A loop runs: `x in xs`.
    For,
    While,
    /// A match arm is taken: `subject: pattern`.
    Case,
}

impl Guard {
    /// The conditions as one expression, the outermost first.
    pub(crate) fn joined(guards: &[Self]) -> String {
        let texts: Vec<String> = guards.iter().map(Self::expression).collect();
        texts.join(" and ")
    }

    fn expression(&self) -> String {
        let text = &self.text;
        match self.kind {
            GuardKind::If => text.clone(),
            GuardKind::Unless | GuardKind::Past | GuardKind::Skip => format!("not ({text})"),
            GuardKind::Except => format!("except {text}"),
            GuardKind::For => format!("for {text}"),
            GuardKind::While => format!("while {text}"),
            GuardKind::Case => format!("case {text}"),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// What is called, as written: `self.stock.reserve`.
    pub callee: String,
    pub arguments: Vec<String>,
    pub usage: CallUse,
    /// The variable that takes the result, where one does.
    pub target: String,
    /// Exceptions that a `try` around the call handles; `*` for all.
    pub catches: Vec<String>,
    /// Of a test: errors that have to come up around the call.
    pub expects: Vec<String>,
    /// Does `?` hand its error on to the caller?
    pub tried: bool,
    /// The conditions in force, where the call is a statement of its own, assigned or returned;
    /// empty also where they are not told, as in a closure.
    pub when: Vec<Guard>,
}

/// An assignment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Write {
    /// As written: `self.status`, `order.total`, `self._items[sku]`.
    pub target: String,
    /// The assigned expression, shortened; `+= step` where the old value counts, `del` where it is taken away.
    pub value: String,
    pub when: Vec<Guard>,
}

/// A call of something well known that reaches out of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Effect {
    pub on: Outside,
    /// What is called, as written; of the environment also what is read.
    pub callee: String,
}

/// What lies outside of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outside {
    #[default]
    File,
    Network,
    Database,
    Environment,
    Process,
    Clock,
    Random,
    Log,
    Output,
}

impl Outside {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Network => "network",
            Self::Database => "database",
            Self::Environment => "environment",
            Self::Process => "process",
            Self::Clock => "clock",
            Self::Random => "random",
            Self::Log => "log",
            Self::Output => "output",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CallUse {
    /// Part of a larger expression.
    #[default]
    Used,
    /// A statement of its own. Where it is tried, its value is dropped and its error is not.
    Ignored,
    Assigned,
    Returned,
    /// The condition of a branch or a loop.
    Tested,
    /// Handed on to another call.
    Passed,
    Raised,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attribute {
    pub name: String,
    pub annotation: String,
    /// The assigned expression, shortened; empty without one.
    pub value: String,
    /// Does it stand behind the first method? The head of its class does not show it.
    pub late: bool,
}

/// A name that a file binds to something elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    /// The bound name; `*` when all names come in.
    pub local: String,
    /// `a/b/c`; with a leading `/` where the place in the repository is certain.
    pub module: String,
    /// The name in that module; empty when the module itself is bound.
    pub symbol: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Local {
    pub name: String,
    /// The type as written: an annotation or the class that is constructed.
    pub of: String,
}
