//! A chunk with the neighbours that an answer about it may cite.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::facts::entry::{Entry, entry, of_handler};
use crate::facts::passing::{Passing, passing};
use crate::facts::resolve::{Overridden, overridden};
use crate::facts::{Anchor, Reads, World, flow, is_member, offers, sets_member};
use crate::model::{Call, Chunk, ChunkId, ChunkKind, Edge, Lines, Near, Neighbour, Raise, words};
use crate::parse;

/// Code longer than this does not fit into a training example beside its answer.
const MAX_EVIDENCE_LINES: u32 = 160;
/// A class is shown whole up to this length, else by its head.
const MAX_CLASS_LINES: u32 = 60;
const MAX_CALLEES: usize = 24;
const MAX_CALLERS: usize = 4;
const MAX_READERS: usize = 5;
const MAX_HOLDERS: usize = 3;
const MAX_TWINS: usize = 3;
const MAX_SIBLINGS: usize = 6;
const MAX_MEMBERS: usize = 2;
/// Of a class so many methods are looked for in other classes, and so many have to be found.
const MAX_LOOKED_FOR: usize = 5;
const MIN_SHARED: usize = 2;
/// So many callers are looked at to find those.
const MAX_LOOKED_AT: usize = 60;

#[derive(Clone, Debug)]
pub(crate) struct View {
    pub chunk: Arc<Chunk>,
    /// Where it stands among its near-copies.
    pub near: Near,
    /// Definitions that it surely calls and that may be cited beside it, in order of appearance.
    pub callees: Vec<Neighbour>,
    /// What it calls that raises and cannot be shown, as written.
    pub raises_elsewhere: Vec<String>,
    /// Some of its callers.
    pub callers: Vec<Neighbour>,
    /// Are there callers beyond those?
    pub more_callers: bool,
    /// Of a class: its constructor.
    pub constructor: Option<Arc<Chunk>>,
    /// Of a method: its class.
    pub class: Option<Arc<Chunk>>,
    /// How it is reached from outside of the program.
    pub entry: Option<Entry>,
    /// Constants and classes of constants that it reads.
    pub constants: Vec<Neighbour>,
    /// Of a constant, or a class of constants: who reads it. Those that set a member come first.
    pub readers: Vec<Neighbour>,
    /// Are there readers beyond those?
    pub more_readers: bool,
    /// Classes and tables that hold its value.
    pub holders: Vec<Neighbour>,
    /// The steps that its work takes.
    pub flow: Vec<Neighbour>,
    /// Definitions nearby that bear the same name.
    pub twins: Vec<Neighbour>,
    /// What a method overrides, where both may be cited.
    pub overridden: Option<Overridden>,
    /// Other methods of its class.
    pub siblings: Vec<Neighbour>,
    /// Of a class without bases that is shown whole: methods that classes like it have and it
    /// does not.
    pub foreign_methods: Vec<Neighbour>,
    /// The classes of those.
    pub foreign_classes: Vec<Arc<Chunk>>,
    /// Of a class of fields: methods of its own.
    pub members: Vec<Neighbour>,
    /// How many other definitions bear its name.
    pub namesakes: usize,
    /// Tests that call it, where tests are read.
    pub tests: Vec<Neighbour>,
}

/// The lines that stand for a chunk as evidence: all of it, or of a long class its head. None
/// where that is too long or no unit of its own.
pub(crate) fn evidence_lines(chunk: &Chunk) -> Option<Lines> {
    let Lines { start, .. } = chunk.lines;
    let count = match chunk.kind {
        _ if chunk.withheld => return None,
        ChunkKind::Module => return None,
        ChunkKind::Class if chunk.lines.count() > MAX_CLASS_LINES => chunk.head,
        _ => chunk.lines.count(),
    };
    (count <= MAX_EVIDENCE_LINES).then_some(Lines { start, end: start + count - 1 })
}

/// Does an error in this file's language pass through every caller that does not handle it?
pub(crate) fn has_exceptions(path: &str) -> bool {
    parse::by_path(path).is_some_and(|language| language.exceptions)
}

/// What decides who may stand beside a chunk. Both look at the path alone.
#[derive(Clone, Copy)]
pub(crate) struct Borders<'b> {
    pub split: &'b (dyn Fn(&str) -> &'static str + Sync),
    pub is_test: &'b (dyn Fn(&str) -> bool + Sync),
}

/// Collects the neighbours of a chunk; everything looked up is in the reads. Only code of the
/// same split may be cited.
pub(crate) fn view(world: &World, chunk: &Arc<Chunk>, borders: Borders) -> (View, Reads) {
    let mut reads = Reads::default();
    let here = (borders.split)(&chunk.path);
    let citable = |other: &Chunk| (borders.split)(&other.path) == here && evidence_lines(other).is_some() && !(world.near)(&other.id).torn;
    let mut view = View::new(shown_part(chunk));
    view.near = (world.near)(&chunk.id);
    if !is_told(chunk) {
        return (view, reads);
    }
    view.class(world, &mut reads);
    // What a test sets up is no way into the program.
    if (borders.is_test)(&chunk.path) {
        view.entry = None;
    }
    view.callees(world, &citable, &mut reads);
    view.callers(world, &citable, borders, &mut reads);
    view.constants(world, &citable, &mut reads);
    view.readers(world, &citable, borders, &mut reads);
    if chunk.kind == ChunkKind::Class {
        let id = ChunkId::new(&chunk.path, &format!("{}.__init__", chunk.symbol));
        reads.chunk(&id);
        view.constructor = (world.chunk)(&id);
    }
    let flows = view.entry.is_some() || view.callees.iter().filter(|callee| !callee.chunk.facts.stub).count() >= 3;
    if flows && !(borders.is_test)(&chunk.path) {
        view.flow = flow::flow(world, chunk, &citable, &mut reads);
    }
    reads.definitions(&chunk.name);
    view.namesakes = (world.definitions)(&chunk.name).iter().filter(|found| found.id != chunk.id).count();
    view.twins(world, &citable, &mut reads);
    view.siblings(world, &citable, &mut reads);
    view.foreign_methods(world, &citable, &mut reads);
    view.members(world, &citable, &mut reads);
    if !chunk.name.starts_with("__") {
        view.overridden(world, &citable, &mut reads);
    }
    (view, reads)
}

/// May a chunk be the subject of a sample? A look at the chunk alone.
pub(crate) fn is_told(chunk: &Chunk) -> bool {
    let nested = chunk.is_nested() && entry(chunk).is_none();
    chunk.kind != ChunkKind::Module && !nested && evidence_lines(chunk).is_some()
}

/// A class that is shown by its head without the attributes that stand behind its methods.
fn shown_part(chunk: &Arc<Chunk>) -> Arc<Chunk> {
    let whole = evidence_lines(chunk).is_none_or(|lines| lines == chunk.lines);
    if whole || !chunk.facts.attributes.iter().any(|attribute| attribute.late) {
        return chunk.clone();
    }
    let mut shown = (**chunk).clone();
    shown.facts.attributes.retain(|attribute| !attribute.late);
    Arc::new(shown)
}

impl View {
    fn new(chunk: Arc<Chunk>) -> Self {
        Self {
            entry: entry(&chunk),
            chunk,
            near: Near::default(),
            callees: Vec::new(),
            raises_elsewhere: Vec::new(),
            callers: Vec::new(),
            more_callers: false,
            constructor: None,
            class: None,
            constants: Vec::new(),
            readers: Vec::new(),
            more_readers: false,
            holders: Vec::new(),
            flow: Vec::new(),
            twins: Vec::new(),
            overridden: None,
            siblings: Vec::new(),
            foreign_methods: Vec::new(),
            foreign_classes: Vec::new(),
            members: Vec::new(),
            namesakes: 0,
            tests: Vec::new(),
        }
    }

    /// The class of a method, and what that makes of it: frameworks call methods by their name.
    fn class(&mut self, world: &World, reads: &mut Reads) {
        if self.chunk.kind != ChunkKind::Method || self.chunk.container.is_empty() {
            return;
        }
        let id = ChunkId::new(&self.chunk.path, &self.chunk.container);
        reads.chunk(&id);
        let Some(class) = (world.chunk)(&id) else { return };
        self.entry = self.entry.take().or_else(|| of_handler(&self.chunk, &class));
        self.class = Some(class);
    }

    fn callees(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) {
        let chunk = self.chunk.clone();
        for edge in (world.edges)(&chunk.id).iter().filter(|edge| !edge.read) {
            let Some(target) = edge.sure().filter(|target| **target != chunk.id) else { continue };
            if self.callees.len() >= MAX_CALLEES {
                break;
            }
            reads.chunk(target);
            let Some(found) = (world.chunk)(target).filter(|found| !is_same(found, &chunk)) else { continue };
            let calls: Vec<Call> = chunk.facts.calls.iter().filter(|call| call.callee == edge.callee).cloned().collect();
            let Passing { raises, changed } = passing(&chunk, &found, &calls);
            let shown = citable(&found);
            if changed || !shown && !raises.is_empty() {
                self.raises_elsewhere.push(edge.callee.clone());
            }
            if !shown {
                continue;
            }
            match self.callees.iter_mut().find(|known| known.chunk.id == found.id) {
                Some(known) => known.calls.extend(calls),
                None => {
                    let inner_names = inner_names(&found, &raises);
                    self.callees.push(Neighbour { calls, raises, inner_names, ..Neighbour::of(found) });
                }
            }
        }
    }

    /// Up to [`MAX_CALLERS`] callers in the order of their ids, more than two of a file only where
    /// there is room left. The order looks at names alone, so one more caller somewhere rarely
    /// changes who is shown. Tests stand apart.
    fn callers(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, borders: Borders, reads: &mut Reads) {
        let all = (world.callers)(&self.chunk.id);
        let mut spare: Vec<Neighbour> = Vec::new();
        let mut of_file: HashMap<String, usize> = HashMap::new();
        self.more_callers = all.len() > MAX_LOOKED_AT;
        for id in all.iter().filter(|id| **id != self.chunk.id).take(MAX_LOOKED_AT) {
            reads.chunk(id);
            let Some(caller) = (world.chunk)(id).filter(|caller| !is_same(caller, &self.chunk)) else { continue };
            reads.edges(id);
            let edges = (world.edges)(id);
            let written: Vec<&Edge> = edges.iter().filter(|edge| !edge.read && edge.sure() == Some(&self.chunk.id)).collect();
            let calls: Vec<Call> =
                caller.facts.calls.iter().filter(|call| written.iter().any(|edge| edge.callee == call.callee)).cloned().collect();
            if calls.is_empty() {
                continue;
            }
            let fits = !caller.is_nested() && caller.kind != ChunkKind::Constant && citable(&caller);
            if (borders.is_test)(&caller.path) {
                if fits && self.tests.len() < MAX_CALLERS && !(borders.is_test)(&self.chunk.path) {
                    self.tests.push(Neighbour { calls, ..Neighbour::of(caller) });
                }
                continue;
            }
            if self.callers.len() >= MAX_CALLERS || !fits {
                self.more_callers = true;
                continue;
            }
            let in_file = of_file.entry(caller.path.clone()).or_default();
            let list = if *in_file < 2 { &mut self.callers } else { &mut spare };
            *in_file += 1;
            list.push(Neighbour { calls, ..Neighbour::of(caller) });
        }
        let room = MAX_CALLERS - self.callers.len();
        self.more_callers = self.more_callers || spare.len() > room;
        self.callers.extend(spare.into_iter().take(room));
    }

    fn constants(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) {
        for edge in (world.edges)(&self.chunk.id).iter().filter(|edge| edge.read) {
            let Some(target) = edge.sure() else { continue };
            reads.chunk(target);
            let Some(found) = (world.chunk)(target).filter(|found| citable(found)) else { continue };
            let found = shown_part(&found);
            match self.constants.iter().position(|known| known.chunk.id == found.id) {
                Some(at) => self.constants[at].reads.push(edge.callee.clone()),
                None if self.constants.len() < MAX_CALLERS => {
                    self.constants.push(Neighbour { reads: vec![edge.callee.clone()], ..Neighbour::of(found) });
                }
                None => (),
            }
        }
    }

    fn readers(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, borders: Borders, reads: &mut Reads) {
        let members = self.chunk.kind == ChunkKind::Class && self.chunk.facts.attributes.iter().any(is_member);
        if self.chunk.kind != ChunkKind::Constant && !members && !is_enum(&self.chunk) {
            return;
        }
        let all = (world.callers)(&self.chunk.id);
        self.more_readers = all.len() > MAX_LOOKED_AT;
        let (mut setters, mut readers) = (Vec::new(), Vec::new());
        for id in all.iter().filter(|id| **id != self.chunk.id).take(MAX_LOOKED_AT) {
            reads.chunk(id);
            let Some(reader) = (world.chunk)(id) else { continue };
            reads.edges(id);
            let edges = (world.edges)(id);
            let written = edges.iter().filter(|edge| edge.read && edge.sure() == Some(&self.chunk.id));
            let written: Vec<String> = written.map(|edge| edge.callee.clone()).collect();
            if written.is_empty() || (borders.is_test)(&reader.path) {
                continue;
            }
            let holds = matches!(reader.kind, ChunkKind::Class | ChunkKind::Constant);
            let works = matches!(reader.kind, ChunkKind::Function | ChunkKind::Method) && !reader.is_nested();
            if !holds && !works || !citable(&reader) {
                self.more_readers = true;
                continue;
            }
            let sets = works && self.chunk.kind == ChunkKind::Class && sets_member(&reader, &written);
            let list = if holds {
                &mut self.holders
            } else if sets {
                &mut setters
            } else {
                &mut readers
            };
            list.push(Neighbour { reads: written, ..Neighbour::of(reader) });
        }
        setters.append(&mut readers);
        self.readers = setters;
        self.more_readers |= self.readers.len() > MAX_READERS || self.holders.len() > MAX_HOLDERS;
        self.readers.truncate(MAX_READERS);
        self.holders.truncate(MAX_HOLDERS);
    }

    /// Definitions of the same name behind this one in the same folder, of other classes or files.
    fn twins(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) {
        let chunk = &self.chunk;
        let small = chunk.facts.statements < 4 || chunk.name.starts_with("__") || chunk.facts.stub;
        if small || !matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method) {
            return;
        }
        let here = folder(&chunk.path);
        let bearers = (world.definitions)(&chunk.name);
        let near = bearers.iter().filter(|found| found.id > chunk.id && found.kind == chunk.kind && folder(&found.path) == here);
        for found in near.take(MAX_TWINS) {
            reads.chunk(&found.id);
            let Some(found) = (world.chunk)(&found.id).filter(|found| citable(found) && !found.is_nested()) else { continue };
            self.twins.push(Neighbour { contrast: true, ..Neighbour::of(found) });
        }
    }

    /// The first methods of a class of fields that do some work.
    fn members(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) {
        let chunk = self.chunk.clone();
        if !offers(&chunk).iter().any(|(anchor, _)| *anchor == Anchor::Entity) {
            return;
        }
        for name in chunk.facts.methods.iter().filter(|name| !name.starts_with('_')).take(MAX_SIBLINGS) {
            let id = ChunkId::new(&chunk.path, &format!("{}.{name}", chunk.symbol));
            reads.chunk(&id);
            let works = |found: &Arc<Chunk>| found.kind == ChunkKind::Method && found.facts.statements >= 2 && citable(found);
            self.members.extend((world.chunk)(&id).filter(works).map(Neighbour::of));
        }
        self.members.truncate(MAX_MEMBERS);
    }

    /// Methods that a class nearby has beside those that it shares with this one.
    fn foreign_methods(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) {
        let chunk = self.chunk.clone();
        let facts = &chunk.facts;
        let bare = facts.bases.iter().all(|base| base == "object") && facts.decorators.is_empty();
        let whole = evidence_lines(&chunk).is_some_and(|lines| lines == chunk.lines);
        if chunk.kind != ChunkKind::Class || !bare || !whole || !has_exceptions(&chunk.path) {
            return;
        }
        let mut shared: BTreeMap<ChunkId, usize> = BTreeMap::new();
        for name in facts.methods.iter().filter(|name| !name.starts_with("__")).take(MAX_LOOKED_FOR) {
            reads.definitions(name);
            for found in (world.definitions)(name)
                .iter()
                .filter(|found| found.kind == ChunkKind::Method && folder(&found.path) == folder(&chunk.path))
            {
                let class = ChunkId::new(&found.path, &found.container);
                *shared.entry(class).or_default() += (found.container != chunk.symbol || found.path != chunk.path) as usize;
            }
        }
        for class in shared.into_iter().filter(|(_, count)| *count >= MIN_SHARED).map(|(class, _)| class).take(MAX_TWINS) {
            reads.chunk(&class);
            let Some(class) = (world.chunk)(&class).filter(|class| class.kind == ChunkKind::Class) else { continue };
            let missing = |name: &&String| !name.starts_with('_') && !facts.methods.contains(name);
            let Some(name) = class.facts.methods.iter().find(missing) else { continue };
            let id = ChunkId::new(&class.path, &format!("{}.{name}", class.symbol));
            reads.chunk(&id);
            let found = (world.chunk)(&id).filter(|found| citable(found) && found.kind == ChunkKind::Method);
            if let Some(found) = found {
                self.foreign_methods.push(Neighbour { contrast: true, ..Neighbour::of(found) });
                self.foreign_classes.push(class);
            }
        }
    }

    fn overridden(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) {
        let (found, looked_at) = overridden(world, &self.chunk);
        reads.extend(looked_at);
        let Some(found) = found else { return };
        reads.chunk(&found.method.id);
        let method = (world.chunk)(&found.method.id).filter(|method| citable(method));
        self.overridden = method.filter(|_| citable(&found.class)).map(|method| Overridden { method, ..found });
    }

    /// The first methods of its class beside it.
    fn siblings(&mut self, world: &World, citable: &dyn Fn(&Chunk) -> bool, reads: &mut Reads) {
        let Some(class) = self.class.clone() else { return };
        let names = class.facts.methods.iter().filter(|name| **name != self.chunk.name && !name.starts_with("__"));
        for name in names.take(MAX_SIBLINGS) {
            let id = ChunkId::new(&self.chunk.path, &format!("{}.{name}", self.chunk.container));
            reads.chunk(&id);
            let found = (world.chunk)(&id).filter(|found| citable(found) && found.kind == ChunkKind::Method);
            self.siblings.extend(found.map(|found| Neighbour { contrast: true, ..Neighbour::of(found) }));
        }
    }
}

/// Are they one function, as its overloads are? What calls itself is no caller.
fn is_same(one: &Chunk, other: &Chunk) -> bool {
    one.path == other.path && one.container == other.container && one.name == other.name
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Is it a class whose attributes are its members?
pub(crate) fn is_enum(chunk: &Chunk) -> bool {
    let enumerates = |base: &String| {
        let last = base.rsplit('.').next().unwrap_or_default();
        last.ends_with("Enum") || last.ends_with("Flag") || matches!(last, "TextChoices" | "IntegerChoices")
    };
    chunk.kind == ChunkKind::Class && (chunk.facts.bases.iter().any(enumerates) || chunk.signature.contains("enum "))
}

/// Names in the conditions of raises that mean something inside of the function only.
fn inner_names(chunk: &Chunk, raises: &[Raise]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for guard in raises.iter().flat_map(|raise| &raise.when) {
        for word in words(&guard.text) {
            if chunk.facts.locals.iter().any(|local| local.name == word) && !names.iter().any(|name| name == word) {
                names.push(word.to_owned());
            }
        }
    }
    names
}
