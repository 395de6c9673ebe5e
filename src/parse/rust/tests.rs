use std::fmt::Write as _;

use crate::model::{Chunk, ChunkKind, Guard, Import, Predicate};
use crate::parse::agreement::claims;
use crate::parse::{self, Prover};

fn chunks(path: &str, text: &str) -> Vec<Chunk> {
    let mut chunks = parse::chunks(&super::LANGUAGE, path, text).unwrap();
    chunks.sort_by_key(|chunk| (chunk.lines.start, chunk.kind != ChunkKind::Module));
    chunks
}

/// The chunks in short: signature, then what is known of the body.
fn printed(chunks: &[Chunk]) -> String {
    let mut out = String::new();
    for chunk in chunks.iter().filter(|chunk| chunk.kind != ChunkKind::Module) {
        let facts = &chunk.facts;
        let mut line = |text: String| writeln!(out, "{text}").unwrap();
        let when = |guards: &[Guard]| match Guard::joined(guards) {
            text if text.is_empty() => text,
            text => format!(" when {text}"),
        };
        line(format!("{} {:?} {}-{} | {}", chunk.symbol, chunk.kind, chunk.lines.start, chunk.lines.end, chunk.signature));
        if !chunk.doc.is_empty() {
            line(format!("  doc {:?}", chunk.doc));
        }
        facts.decorators.iter().for_each(|text| line(format!("  #[{text}]")));
        facts.bases.iter().for_each(|base| line(format!("  base {base}")));
        facts.attributes.iter().for_each(|field| line(format!("  has {}: {} = {}", field.name, field.annotation, field.value)));
        facts.methods.iter().for_each(|name| line(format!("  method {name}")));
        facts.raises.iter().for_each(|raise| line(format!("  raises {} {:?}{}", raise.exception, raise.message, when(&raise.when))));
        facts.exits.iter().for_each(|exit| line(format!("  returns {}{}", exit.value, when(&exit.when))));
        for call in facts.calls.iter() {
            let target = if call.target.is_empty() { String::new() } else { format!(" to {}", call.target) };
            let tried = if call.tried { "?" } else { "" };
            line(format!("  calls {}{tried} {:?}{target}{}", call.callee, call.usage, when(&call.when)));
        }
        facts.writes.iter().for_each(|write| line(format!("  writes {} = {}{}", write.target, write.value, when(&write.when))));
        facts.refs.iter().for_each(|name| line(format!("  reads {name}")));
        facts.effects.iter().for_each(|effect| line(format!("  reaches {} by {}", effect.on.name(), effect.callee)));
    }
    out
}

#[track_caller]
fn check(text: &str, want: &str) {
    let chunks = chunks("src/shop.rs", text);
    assert_eq!(printed(&chunks).trim(), want.trim());
    assert_eq!(unproved(text, &chunks), Vec::<String>::new());
}

#[track_caller]
fn check_imports(path: &str, text: &str, want: &[&str]) {
    let shown = |import: &Import| format!("{} = {} {}", import.local, import.module, import.symbol).trim_end().to_owned();
    let found: Vec<String> = chunks(path, text)[0].facts.imports.iter().map(shown).collect();
    assert_eq!(found, want);
}

/// The facts that do not prove again from the lines of their chunk alone.
fn unproved(text: &str, chunks: &[Chunk]) -> Vec<String> {
    let starts = parse::line_starts(text);
    let mut out = Vec::new();
    for chunk in chunks.iter().filter(|chunk| chunk.kind != ChunkKind::Module) {
        let prover = Prover::new(&super::LANGUAGE, parse::lines_of(text, &starts, chunk.lines.start, chunk.lines.end).unwrap());
        out.extend(claims(chunk).into_iter().filter(|claim| !prover.proves(claim)).map(|claim| claim.to_string()));
    }
    out
}

#[test]
fn a_function_starts_at_its_documentation() {
    check(
        r#"
use a::b;

/// Places an order.
///
///  - at once
#[inline]
// Not documentation.
pub(crate) async fn place<T: X>(qty: u32, (a, b): (u8, u8)) -> Result<Order, Error> where T: Y {
    todo!()
}
"#,
        r#"
place Function 4-11 | pub(crate) async fn place<T: X>(qty: u32, (a, b): (u8, u8)) -> Result<Order, Error> where T: Y
  doc "Places an order.\n\n- at once"
  #[inline]
  raises todo! ""
"#,
    );
}

#[test]
fn a_method_is_named_after_its_type() {
    check(
        r#"
impl<T: Copy> Order<T> {
    pub fn id(&self) -> u32 { self.id }
}
impl fmt::Display for Order<u8> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result { write!(f, "x") }
}
mod imp {
    impl Stock {
        fn take(mut self) {}
    }
    impl Drop for Stock {
        fn drop(&mut self) {}
    }
}
"#,
        r#"
Order.id Method 3-3 | pub fn id(&self) -> u32
  returns self.id
<Order as Display>.fmt Method 6-6 | fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result
  returns write!(f, "x")
imp.Stock.take Method 10-10 | fn take(mut self)
<imp.Stock as Drop>.drop Method 13-13 | fn drop(&mut self)
"#,
    );
}

#[test]
fn types_have_fields_variants_and_methods() {
    check(
        r#"
#[derive(Debug, Clone)]
pub struct Order<T> {
    /// Counted from 1.
    pub id: u32,
    items: Vec<T>,
}
struct Pair(pub u8, String);
enum Kind { Plain, Sized(u8), Named { of: u8 }, Last = 9 }
/// Stores orders.
pub trait Store: Send + Clone {
    const LIMIT: u32 = 3;
    fn put(&self, order: Order);
    fn all(&self) -> Vec<Order> { Vec::new() }
}
macro_rules! twice { ($a:expr) => { $a * 2 } }
"#,
        r#"
Order Class 2-7 | pub struct Order<T>
  #[derive(Debug, Clone)]
  has id: u32 = 
  has items: Vec<T> = 
Pair Class 8-8 | struct Pair
  has 0: u8 = 
  has 1: String = 
Kind Class 9-9 | enum Kind
  has Plain:  = 
  has Sized:  = (u8)
  has Named:  = { of: u8 }
  has Last:  = 9
Store Class 10-15 | pub trait Store: Send + Clone
  doc "Stores orders."
  base Send
  base Clone
  has LIMIT: u32 = 3
  method put
  method all
Store.all Method 14-14 | fn all(&self) -> Vec<Order>
  returns Vec::new()
  calls Vec::new Returned
twice Function 16-16 | macro_rules! twice
"#,
    );
}

#[test]
fn tests_are_left_out() {
    check(
        r#"
fn kept() {}
#[test]
fn works() {}
#[tokio::test]
async fn works_later() {}
#[cfg(test)]
mod tests { fn helper() {} }
#[cfg(not(test))]
fn kept_too() {}
"#,
        r#"
kept Function 2-2 | fn kept()
kept_too Function 9-10 | fn kept_too()
  #[cfg(not(test))]
"#,
    );
}

#[test]
fn a_nested_function_is_its_own_chunk() {
    check(
        r#"
impl Order {
    fn sum(&self) -> u32 {
        fn twice(a: u32) -> u32 { a * 2 }
        twice(1)
    }
}
"#,
        r#"
Order.sum Method 3-6 | fn sum(&self) -> u32
  returns twice(1)
  calls twice Returned
Order.sum.twice Function 4-4 | fn twice(a: u32) -> u32
  returns a * 2
"#,
    );
}

#[test]
fn errors_are_raises_and_values_are_exits() {
    check(
        r#"
fn place(qty: u32) -> Result<u32, Error> {
    if qty == 0 {
        return Err(Error::Empty);
    } else if qty > 9 {
        return Err(Error::TooMany { qty }.into());
    }
    if qty == 5 { Err(io::Error::new(KIND, "five is out")) } else { Ok(qty) }
}
"#,
        r#"
place Function 2-9 | fn place(qty: u32) -> Result<u32, Error>
  raises Error::Empty "" when qty == 0
  raises Error::TooMany "" when not (qty == 0) and qty > 9
  raises io::Error "five is out" when not (qty == 0) and not (qty > 9) and qty == 5
  returns Ok(qty) when not (qty == 0) and not (qty > 9) and not (qty == 5)
  calls Error::TooMany { qty }.into Raised
  calls io::Error::new Raised
  reads Error::Empty
  reads KIND
"#,
    );
}

#[test]
fn arms_of_a_match_are_conditions() {
    check(
        r#"
fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::A | Kind::B => "ab",
        Kind::C(n) if n > 1 => { log(n); "c" }
        Kind::D => return "d",
        _ => unreachable!("no {kind}"),
    }
}
"#,
        r#"
name Function 2-9 | fn name(kind: Kind) -> &'static str
  raises unreachable! "no {kind}" when case kind: _
  returns "ab" when case kind: Kind::A | Kind::B
  returns "c" when case kind: Kind::C(n) and n > 1
  returns "d" when case kind: Kind::D
  calls log Ignored when case kind: Kind::C(n) and n > 1
  reads Kind::A
  reads Kind::B
  reads Kind::C
  reads Kind::D
"#,
    );
}

#[test]
fn a_missing_value_is_an_error() {
    check(
        r#"
fn find(&self, id: u32) -> Result<u32> {
    let order = self.orders.get(&id).ok_or(Error::Unknown(id))?;
    let stock = stock.first().ok_or_else(|| anyhow!("no stock"))?;
    Err(Error::Late)?;
    Ok(order + stock)
}
"#,
        r#"
find Function 2-7 | fn find(&self, id: u32) -> Result<u32>
  raises Error::Unknown "" when case self.orders.get(&id): None
  raises anyhow! "no stock" when not (…) and case stock.first(): None
  raises Error::Late "" when not (…)
  returns Ok(order + stock) when not (…)
  calls self.orders.get Used
  calls Error::Unknown Passed
  calls self.orders.get(&id).ok_or? Assigned to order
  calls stock.first Used
  calls stock.first().ok_or_else? Assigned to stock when not (…)
  reads Error::Late
"#,
    );
}

#[test]
fn macros_fail_too() {
    check(
        r#"
fn load(path: &Path) -> Result<()> {
    ensure!(path.exists() && n(1, 2) > 0, "no file {}", path.display());
    let Some(name) = path.file_name() else { bail!("no name") };
    while let Some(line) = next() {
        for word in line.split(' ') { if word.is_empty() { anyhow::bail!("empty word") } }
    }
    Ok(())
}
"#,
        r#"
load Function 2-9 | fn load(path: &Path) -> Result<()>
  raises ensure! "no file {}" when not (path.exists() && n(1, 2) > 0)
  raises bail! "no name" when not (…) and not (let Some(name) = path.file_name())
  raises bail! "empty word" when not (…) and while let Some(line) = next() and for word in line.split(' ') and word.is_empty()
  returns Ok(()) when not (…)
  calls path.file_name Assigned to Some(name) when not (…)
  calls next Tested
  calls line.split Used
  calls word.is_empty Tested
"#,
    );
}

#[test]
fn closures_return_for_themselves() {
    check(
        r#"
fn all(xs: &[u8]) -> Vec<u8> {
    let check = |x: &u8| { if *x > 1 { return Err(Error::Big); } keep(x); Ok(()) };
    xs.iter().map(|x| twice(x)).collect::<Vec<_>>()
}
"#,
        r#"
all Function 2-5 | fn all(xs: &[u8]) -> Vec<u8>
  returns xs.iter().map(|x| twice(x)).collect::<Vec<_>>()
  calls keep Ignored
  calls xs.iter Used
  calls twice Used
  calls xs.iter().map Used
  calls xs.iter().map(|x| twice(x)).collect Returned
  reads Error::Big
"#,
    );
}

#[test]
fn a_call_tells_what_becomes_of_its_value() {
    check(
        r#"
async fn run(&self) {
    let _ = self.stock.close();
    let all = fetch(one()).await?;
    total = sum::<u8>(&all);
    if !ready() { stop() }
    flush()?;
    std::mem::drop(all);
    (self.hook)(1);
    done()
}
"#,
        r#"
run Function 2-11 | async fn run(&self)
  calls self.stock.close Ignored
  calls one Passed
  calls fetch? Assigned to all
  calls sum Assigned to total when not (…)
  calls ready Tested
  calls stop Ignored when not (…) and !ready()
  calls flush? Ignored when not (…)
  calls std::mem::drop Ignored when not (…)
  calls done Ignored when not (…)
"#,
    );
}

#[test]
fn long_chains_are_told_by_their_last_name() {
    check(
        r#"
fn names(&self) -> Vec<String> {
    self.orders
        .iter()
        // only the open ones
        .filter(|order| order.open)
        .collect()
}
"#,
        r#"
names Function 2-8 | fn names(&self) -> Vec<String>
  returns self.orders.iter().filter(|order| order.open).collect()
  calls ….iter Used
  calls ….filter Used
  calls ….collect Returned
"#,
    );
}

#[test]
fn text_is_folded_to_one_line() {
    check(
        r##"
fn pair(
    a: HashMap<
        String,
        u8,
    >,
) -> (u8,) {
    put(Point {
        x: 1,
        y: r#"a "b""#,
    });
    (1,)
}
"##,
        r#"
pair Function 2-13 | fn pair(a: HashMap<String, u8>) -> (u8,)
  returns (1,)
  calls put Ignored
"#,
    );
}

#[test]
fn a_result_of_nothing_is_no_exit() {
    check(
        r#"
fn stop(&mut self) -> () {
    if self.stopped { return; }
    self.queue.clear()
}
"#,
        r#"
stop Function 2-5 | fn stop(&mut self) -> ()
  returns  when self.stopped
  calls self.queue.clear Ignored when not (self.stopped)
"#,
    );
}

#[test]
fn what_outlives_the_call_is_a_write() {
    check(
        r#"
impl Order {
    fn pay(&mut self, cart: &mut Cart, mut copy: Cart, count: &mut u32) {
        if cart.total > LIMIT {
            self.status = Status::Paid;
            self.total += cart.total * 2;
        }
        self.items[0].price = 1;
        *self.seen.entry(self.id).or_default() += 1;
        (cart.open) = false;
        *count -= 1;
        copy.total = 0;
        let mut after = self.items.clone();
        after[0] = one();
        let first = after.first_mut();
        first.price = 2;
        for item in after.iter_mut() { item.price = 3; }
        for item in self.items.iter_mut() { item.price = 4; }
        let mut state = self.state.lock().unwrap();
        state.busy = true;
        unsafe { TOTAL = 5; }
        let mut local = 1;
        local = 2;
        self.hooks.each(|hook| hook.ready = true);
    }
}
"#,
        r#"
Order.pay Method 3-25 | fn pay(&mut self, cart: &mut Cart, mut copy: Cart, count: &mut u32)
  calls self.seen.entry Used
  calls self.seen.entry(self.id).or_default Used
  calls self.items.clone Assigned to after
  calls one Assigned to after[0]
  calls after.first_mut Assigned to first
  calls after.iter_mut Used
  calls self.items.iter_mut Used
  calls self.state.lock Used
  calls self.state.lock().unwrap Assigned to state
  calls self.hooks.each Ignored
  writes self.status = Status::Paid when cart.total > LIMIT
  writes self.total = += cart.total * 2 when cart.total > LIMIT
  writes self.items[0].price = 1
  writes *self.seen.entry(self.id).or_default() = += 1
  writes cart.open = false
  writes *count = -= 1
  writes item.price = 4 when for item in self.items.iter_mut()
  writes state.busy = true
  writes TOTAL = 5
  reads LIMIT
  reads Status::Paid
"#,
    );
}

#[test]
fn constants_and_variants_are_read() {
    check(
        r#"
fn rate(kind: Kind) -> u32 {
    const STEP: u32 = 3;
    let all = [0; limits::MAX_ITEMS];
    match kind {
        Kind::Plain => Self::BASE,
        Kind::Sized(n) => n.min(u32::MAX),
        Kind::Named { of, .. } => cost(of).map_err(Fault::Refused),
        other => Kind::sum(Kind::Sized(1)) + crate::limits::LAST + LIMITS[0],
    }
}
"#,
        r#"
rate Function 2-11 | fn rate(kind: Kind) -> u32
  returns Self::BASE when case kind: Kind::Plain
  returns n.min(u32::MAX) when case kind: Kind::Sized(n)
  returns cost(of).map_err(Fault::Refused) when case kind: Kind::Named { of, .. }
  returns Kind::sum(Kind::Sized(1)) + crate::limits::LAST + LIMITS[0] when case kind: other
  calls n.min Returned when case kind: Kind::Sized(n)
  calls cost Used
  calls cost(of).map_err Returned when case kind: Kind::Named { of, .. }
  calls Kind::Sized Passed
  calls Kind::sum Used
  reads limits::MAX_ITEMS
  reads Kind::Plain
  reads Self::BASE
  reads Kind::Sized
  reads u32::MAX
  reads Kind::Named
  reads Fault::Refused
  reads crate::limits::LAST
  reads LIMITS
"#,
    );
}

#[test]
fn constants_are_chunks() {
    check(
        r#"
use std::time::Duration;
/// How long a cart is kept.
#[allow(unused)]
pub const KEPT: Duration = Duration::from_secs(HOURS * 3600);
static mut COUNT: u32 = 0;
const _: () = assert!(HOURS > 0);
mod limits {
    // Not documentation.
    pub(super) const MAX: usize = 1 << 4;
}
impl Order {
    /// Nothing in it.
    pub const EMPTY: Self = Order { items: &[] };
}
impl Kind for Order { const NAME: &str = "order"; }
#[cfg(test)]
const SAMPLE: u32 = 1;
fn all() { const INNER: u32 = 2; }
"#,
        r#"
KEPT Constant 3-5 | pub const KEPT: Duration
  doc "How long a cart is kept."
  #[allow(unused)]
  has KEPT: Duration = Duration::from_secs(HOURS * 3600)
  calls Duration::from_secs Used
  reads HOURS
COUNT Constant 6-6 | static mut COUNT: u32
  has COUNT: u32 = 0
limits.MAX Constant 10-10 | pub(super) const MAX: usize
  has MAX: usize = 1 << 4
Order.EMPTY Constant 13-14 | pub const EMPTY: Self
  doc "Nothing in it."
  has EMPTY: Self = Order { items: &[] }
all Function 19-19 | fn all()
"#,
    );
}

#[test]
fn what_reaches_out_is_told_by_its_well_known_name() {
    check(
        r#"
use std::{env, fs::{self, File}, process::Command};
use tracing::info;
use crate::http::get;
fn load(path: &Path, log: &Log) -> Result<String> {
    info!("loading {path:?}");
    let text = fs::read_to_string(env::var("HOME")?)?;
    let out = Command::new("git").arg("log").output()?;
    File::create(path).and_then(|file| file.sync_all())?;
    get(path);
    log.info("done");
    let lines: Vec<_> = text.lines().map(|line| { println!("{line}"); line }).collect();
    assert_eq!(lines.len(), 1);
    Ok(text)
}
"#,
        r#"
load Function 5-15 | fn load(path: &Path, log: &Log) -> Result<String>
  returns Ok(text) when not (…)
  calls env::var? Passed
  calls fs::read_to_string? Assigned to text
  calls Command::new Used
  calls Command::new("git").arg Used
  calls Command::new("git").arg("log").output? Assigned to out when not (…)
  calls File::create Used
  calls file.sync_all Used
  calls File::create(path).and_then? Ignored when not (…)
  calls get Ignored when not (…)
  calls log.info Ignored when not (…)
  calls text.lines Used
  calls text.lines().map Used
  calls text.lines().map(|line| { println!("{line}"); line }).collect Assigned to lines when not (…)
  reaches log by info!
  reaches output by println!
  reaches environment by env::var
  reaches file by fs::read_to_string
  reaches process by Command::new
  reaches file by File::create
"#,
    );
}

#[test]
fn what_follows_a_way_out_says_so() {
    check(
        r#"
fn sum(xs: &[X]) -> Result<u32> {
    if xs.is_empty() { return Ok(0) } else if xs.len() > 9 { bail!("too many") }
    let Some(first) = xs.first() else { return Ok(1) };
    begin();
    for x in xs {
        let Some(size) = x.size else { continue };
        add(size);
        if x.last { if x.old { break } seal(x) }
        match x.kind { Kind::A => return Ok(2), Kind::B => log(x) }
        also(x);
    }
    each(|x| { x?; keep(x); Ok(()) });
    Ok(first)
}
fn first(xs: &[X]) -> u32 {
    if xs.is_empty() { return 0 }
    loop { if done() { break } step(); }
    for x in xs { match x { Ok(x) => x, Err(_) => continue }; put(x); }
    1
}
"#,
        r#"
sum Function 2-15 | fn sum(xs: &[X]) -> Result<u32>
  raises bail! "too many" when not (xs.is_empty()) and xs.len() > 9
  returns Ok(0) when xs.is_empty()
  returns Ok(1) when not (xs.is_empty()) and not (xs.len() > 9) and not (let Some(first) = xs.first())
  returns Ok(2) when not (xs.is_empty()) and not (xs.len() > 9) and not (…) and for x in xs and case x.kind: Kind::A
  returns Ok(first) when not (xs.is_empty()) and not (xs.len() > 9) and not (…)
  calls xs.is_empty Tested
  calls xs.len Used
  calls xs.first Assigned to Some(first) when not (xs.is_empty()) and not (xs.len() > 9)
  calls begin Ignored when not (xs.is_empty()) and not (xs.len() > 9) and not (…)
  calls add Ignored when not (xs.is_empty()) and not (xs.len() > 9) and not (…) and for x in xs
  calls seal Ignored when not (xs.is_empty()) and not (xs.len() > 9) and not (…) and for x in xs and x.last and not (x.old)
  calls log Ignored when not (xs.is_empty()) and not (xs.len() > 9) and not (…) and for x in xs and case x.kind: Kind::B
  calls also Ignored when not (xs.is_empty()) and not (xs.len() > 9) and not (…) and for x in xs
  calls keep Ignored
  calls each Ignored when not (xs.is_empty()) and not (xs.len() > 9) and not (…)
  reads Kind::A
  reads Kind::B
first Function 16-21 | fn first(xs: &[X]) -> u32
  returns 0 when xs.is_empty()
  returns 1 when not (xs.is_empty())
  calls xs.is_empty Tested
  calls done Tested
  calls step Ignored when not (xs.is_empty()) and not (done())
  calls put Ignored when not (xs.is_empty()) and for x in xs and not (…)
"#,
    );
}

#[test]
fn repeated_names_are_numbered() {
    check(
        r#"
#[cfg(unix)]
fn open() {}
#[cfg(windows)]
fn open() {}
"#,
        r#"
open Function 2-3 | fn open()
  #[cfg(unix)]
open#2 Function 4-5 | fn open()
  #[cfg(windows)]
"#,
    );
}

#[test]
fn use_declarations_become_places() {
    let text = "mod stock;\nuse std::{fs, io::{self, Read as _}};\nuse crate::model::{Order, Kind as K};\nuse super::*;\nuse self::inner::Deep;\npub use stock::Stock;\nuse anyhow;\n";
    check_imports(
        "p/src/shop/mod.rs",
        text,
        &[
            "stock = /p/src/shop/stock",
            "fs = std fs",
            "io = std io",
            "_ = std/io Read",
            "Order = /p/src/model Order",
            "K = /p/src/model Kind",
            "* = /p/src *",
            "Deep = /p/src/shop/inner Deep",
            "Stock = /p/src/shop/stock Stock",
            "anyhow = anyhow",
        ],
    );
    check_imports("tools/gen.rs", "mod a { use super::b::C; }\nuse crate::d;\n", &["C = /tools/gen/b C", "d = /tools d"]);
    check_imports(
        "src/lib.rs",
        "use self::a::{self, B};\nextern crate alloc as memory;\n",
        &["a = /src a", "B = /src/a B", "memory = alloc"],
    );
}

#[test]
fn locals_have_the_type_that_the_code_states() {
    let text = "impl Order { fn f() { let a: u8 = 1; let b = Stock::open(x)?; let c = Self { a }; let d = Kind::A { b }; let e = f(); use crate::x::Y; } }\nstruct S { of: Arc<T> }\n";
    let chunks = chunks("src/a.rs", text);
    let method = chunks.iter().find(|chunk| chunk.name == "f").unwrap();
    let locals: Vec<String> = method.facts.locals.iter().map(|local| format!("{}: {}", local.name, local.of)).collect();
    assert_eq!(locals, ["a: u8", "b: Stock", "c: Order", "d: Kind", "e: "]);
    assert_eq!(method.facts.imports[0].module, "/src/x");
    assert!(chunks[0].facts.imports.is_empty());
    assert_eq!(chunks.iter().find(|chunk| chunk.name == "S").unwrap().facts.locals[0].name, "self.of");
}

#[test]
fn a_wrong_claim_does_not_prove() {
    let code =
        "/// Takes it.\nfn take(n: u8) -> Result<u8> { if n > 1 { bail!(\"x\") } if n == 1 { return Err(E::One) } let a = get()?; Ok(a) }";
    let prover = Prover::new(&super::LANGUAGE, code);
    for (name, args) in [
        ("raises", ["E::One", "n > 1"]),
        ("raises", ["E::Two", "n == 1"]),
        ("raises", ["bail!", ""]),
        ("returns", ["Ok(a)", "n == 1"]),
        ("returns", ["a", ""]),
        ("assigns_call", ["get", "b"]),
    ] {
        let predicate = Predicate::new(name, ["id", args[0], args[1]]);
        assert!(!prover.proves(&predicate), "{predicate}");
    }
    for (name, arg) in
        [("ignores_call", "get"), ("returns_call", "get"), ("documented", "Takes them."), ("decorated", "inline"), ("result", "u8")]
    {
        assert!(!prover.proves(&Predicate::new(name, ["id", arg])), "{name}");
    }
}

#[test]
fn every_fact_of_this_crate_proves_again() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut proved = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let chunks = chunks(&path.to_string_lossy(), &text);
                assert_eq!(unproved(&text, &chunks), Vec::<String>::new(), "{}", path.display());
                proved += chunks.iter().map(|chunk| claims(chunk).len()).sum::<usize>();
            }
        }
    }
    assert!(proved > 1000);
}

#[test]
fn hostile_nesting_takes_no_stack_and_little_time() {
    for (open, middle, close) in
        [("if a {", "f()", "}"), ("{", "", "}"), ("match a { _ => ", "1", "}"), ("(", "1", ")"), ("mod a {", "", "}"), ("g(|| ", "1", ")")]
    {
        let body = format!("{}{middle}{}", open.repeat(3000), close.repeat(3000));
        let text = if open.starts_with("mod") { body } else { format!("fn f() -> u8 {{ {body} }}") };
        let _ = parse::chunks(&super::LANGUAGE, "src/a.rs", &text);
    }
}
