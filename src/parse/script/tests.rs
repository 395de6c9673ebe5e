use std::fmt::Write as _;

use crate::model::{Chunk, ChunkKind, Guard, Import};
use crate::parse::agreement::claims;
use crate::parse::{self, Beside, Prover};

fn chunks(path: &str, text: &str) -> Vec<Chunk> {
    let mut chunks = parse::chunks(parse::by_path(path).unwrap(), path, text).unwrap();
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
        facts.decorators.iter().for_each(|text| line(format!("  @{text}")));
        facts.bases.iter().for_each(|base| line(format!("  base {base}")));
        facts.attributes.iter().for_each(|field| line(format!("  has {}: {} = {}", field.name, field.annotation, field.value)));
        facts.methods.iter().for_each(|name| line(format!("  method {name}")));
        facts.raises.iter().for_each(|raise| line(format!("  raises {} {:?}{}", raise.exception, raise.message, when(&raise.when))));
        facts.exits.iter().for_each(|exit| line(format!("  returns {}{}", exit.value, when(&exit.when))));
        for call in facts.calls.iter() {
            let target = if call.target.is_empty() { String::new() } else { format!(" to {}", call.target) };
            let caught = if call.catches.is_empty() { "" } else { " caught" };
            line(format!("  calls {} {:?}{target}{caught}{}", call.callee, call.usage, when(&call.when)));
        }
        facts.writes.iter().for_each(|write| line(format!("  writes {} = {}{}", write.target, write.value, when(&write.when))));
        facts.refs.iter().for_each(|name| line(format!("  reads {name}")));
        facts.effects.iter().for_each(|effect| line(format!("  reaches {} by {}", effect.on.name(), effect.callee)));
    }
    out
}

#[track_caller]
fn check(path: &str, text: &str, want: &str) {
    let chunks = chunks(path, text);
    assert_eq!(printed(&chunks).trim(), want.trim());
    let language = parse::by_path(path).unwrap();
    for chunk in chunks.iter().filter(|chunk| chunk.kind != ChunkKind::Module) {
        let lines: Vec<&str> = text.lines().collect();
        let prover = Prover::new(language, &lines[chunk.lines.start as usize - 1..chunk.lines.end as usize].join("\n"));
        assert!(prover.is_of(&chunk.symbol), "{}", chunk.id);
        for claim in claims(chunk) {
            assert!(prover.proof(&claim, Beside::Nothing).is_some(), "{claim}");
        }
    }
}

#[track_caller]
fn check_imports(path: &str, text: &str, want: &[&str]) {
    let shown = |import: &Import| format!("{} = {} {}", import.local, import.module, import.symbol).trim_end().to_owned();
    let found: Vec<String> = chunks(path, text)[0].facts.imports.iter().map(shown).collect();
    assert_eq!(found, want);
}

#[test]
fn a_function_bears_the_name_that_it_is_bound_to() {
    check(
        "src/a.js",
        "/** Adds up. */\nconst sum = (a, b = 1) => a + b;\n\nmodule.exports = function make() {\n  function inner() { return 1 }\n  return inner;\n};\n\nApp.prototype.use = async function (fn) {\n  await fn(this);\n};\n\nexports.rest = (...all) => {};\n\nconst api = {\n  list() { return sum(1); },\n  deep: {\n    get: () => 2,\n  },\n};\n",
        r#"
sum Function 1-2 | const sum = (a, b = 1)
  doc "Adds up."
  returns a + b
make Function 4-7 | module.exports = function make()
  returns inner
make.inner Function 5-5 | function inner()
  returns 1
App.use Method 9-11 | App.prototype.use = async function (fn)
  calls fn Ignored
rest Function 13-13 | exports.rest = (...all)
api.list Method 16-16 | list()
  returns sum(1)
  calls sum Returned
api.deep.get Method 18-18 | get: ()
  returns 2
"#,
    );
}

#[test]
fn a_class_has_members_of_every_sort() {
    check(
        "src/a.ts",
        "/** An order. */\n@Entity()\nexport default class Order extends Base<Row> implements Priced {\n  static count = 0;\n  private lines?: Line[] = [];\n\n  constructor(private store: Store) {\n    super();\n  }\n\n  /**\n   * The total.\n   * @returns what is due\n   */\n  @Get(':id')\n  get total(): number {\n    return this.lines.reduce((sum, line) => sum + price(line), 0);\n  }\n\n  pay = async () => {\n    await this.store.save(this);\n    Order.count++;\n  };\n}\n",
        r#"
Order Class 1-24 | class Order extends Base<Row> implements Priced
  doc "An order."
  @Entity()
  base Base
  base Priced
  has count:  = 0
  has lines: Line[] = []
  method constructor
  method total
  method pay
Order.constructor Method 7-9 | constructor(private store: Store)
  calls super Ignored
Order.total Method 11-18 | get total(): number
  doc "The total.\n\n@returns what is due"
  @Get(':id')
  returns this.lines.reduce((sum, line) => sum + price(line), 0)
  calls price Used
  calls this.lines.reduce Returned
Order.pay Method 20-23 | pay = async ()
  calls this.store.save Ignored
  writes Order.count = += 1
"#,
    );
}

#[test]
fn types_are_contracts() {
    check(
        "src/a.ts",
        "export interface Line extends Row {\n  sku: string;\n  qty?: number;\n  price(at: Date): number;\n}\n\nenum State {\n  New = 'new',\n  Gone,\n}\n\ntype Draft = {\n  sku: string;\n};\n\nexport const MAX_LINES: number = 9;\n",
        r#"
Line Class 1-5 | interface Line extends Row
  base Row
  has sku: string = 
  has qty: number = 
  method price
State Class 7-10 | enum State
  has New:  = 'new'
  has Gone:  = 
Draft Class 12-14 | type Draft
  has sku: string = 
MAX_LINES Constant 16-16 | MAX_LINES
  has MAX_LINES: number = 9
"#,
    );
}

#[test]
fn conditions_are_told_with_the_ways_out_before_them() {
    check(
        "src/a.js",
        "async function place(order, qty) {\n  if (!qty) return null;\n  for (const line of order.lines) {\n    if (line.gone) continue;\n    line.qty = qty;\n  }\n  try {\n    await save(order);\n  } catch (error) {\n    throw new SaveError(`no ${order.id} here`);\n  }\n  switch (order.state) {\n    case 'new':\n    case OPEN:\n      order.state = PAID;\n      break;\n    default:\n      throw error;\n  }\n  const id = order.id ?? next();\n  queue.push(() => send(order));\n  return id;\n}\n",
        r#"
place Function 1-23 | async function place(order, qty)
  raises SaveError "no {order.id} here" when not (!qty) and except any exception
  raises error "" when not (!qty) and not (…) and case order.state: default
  returns null when !qty
  returns id when not (!qty) and not (…)
  calls save Ignored caught when not (!qty)
  calls SaveError Raised
  calls next Used
  calls send Used
  calls queue.push Ignored when not (!qty) and not (…)
  writes line.qty = qty when not (!qty) and for line in order.lines and not (line.gone)
  writes order.state = PAID when not (!qty) and not (…) and case order.state: 'new' | OPEN
  reads OPEN
  reads PAID
"#,
    );
}

#[test]
fn a_route_names_the_function_that_serves_it() {
    check(
        "src/a.ts",
        "import fs from 'node:fs';\n\n/** Places an order. */\nrouter.post('/orders/:id', auth, async (req, res) => {\n  const at = new Date();\n  fs.writeFileSync(process.env.LOG, at);\n  if (log.on) console.log(at);\n});\n",
        r#"
POST /orders/:id Function 3-8 | router.post('/orders/:id', auth, async (req, res)
  doc "Places an order."
  @router.post('/orders/:id')
  calls Date Assigned to at
  calls fs.writeFileSync Ignored
  calls console.log Ignored when log.on
  reaches environment by process.env
  reaches clock by Date
  reaches file by fs.writeFileSync
  reaches output by console.log
"#,
    );
}

#[test]
fn a_component_is_read_in_its_script_blocks() {
    check(
        "src/A.vue",
        "<script setup lang=\"ts\">\nimport { load } from './load';\n\n/** Saves it. */\nasync function save(id: string) {\n  await load(id);\n}\n</script>\n\n<template>\n  <a @click=\"save(1)\" />\n</template>\n",
        r#"
save Function 4-7 | async function save(id: string)
  doc "Saves it."
  calls load Ignored
"#,
    );
    check(
        "src/B.vue",
        "<script>\nexport default {\n  methods: {\n    close() {\n      this.$emit('close');\n    },\n  },\n};\n</script>\n",
        r#"
default.methods.close Method 4-6 | close()
  calls this.$emit Ignored
"#,
    );
}

#[test]
fn a_function_with_a_name_may_be_handed_to_a_call() {
    check(
        "src/a.js",
        "/**\n * The host\n * Behind a proxy it is another.\n */\ndefineGetter(req, 'host', function host() {\n  return this.get('Host');\n});\n",
        r#"
host Function 1-7 | defineGetter(req, 'host', function host()
  doc "The host\n\nBehind a proxy it is another."
  returns this.get('Host')
  calls this.get Returned
"#,
    );
}

#[test]
fn markup_is_code_too() {
    check(
        "src/a.tsx",
        "export const Row = memo(({ item }: Props) => {\n  const [open, setOpen] = useState(false);\n  const close = () => setOpen(false);\n  if (!item) return null;\n  return <li onClick={() => close()}>{item.name}</li>;\n});\n",
        r#"
Row Function 1-6 | const Row = memo(({ item }: Props)
  returns null when !item
  returns <li onClick={() => close()}>{item.name}</li> when not (!item)
  calls useState Assigned to [open, setOpen]
  calls close Used
Row.close Function 3-3 | const close = ()
  returns setOpen(false)
  calls setOpen Returned
"#,
    );
}

#[test]
fn names_come_in_and_go_out() {
    check_imports(
        "src/shop/a.ts",
        "import d, { e as f, g } from './b';\nimport * as n from '../index.js';\nimport type { T } from '@/types';\nimport x = require('node:fs');\nexport { h as i, k } from './c/index';\nexport * from 'lodash';\nexport default d;\n",
        &[
            "d = /src/shop/b default",
            "f = /src/shop/b e",
            "g = /src/shop/b g",
            "n = /src",
            "T = types T",
            "x = npm/fs",
            "i = /src/shop/c h",
            "k = /src/shop/c k",
            "* = npm/lodash *",
            "default = /src/shop/a d",
        ],
    );
    check_imports(
        "lib/index.js",
        "const a = require('./a'), { b, c: d } = require('../b.js');\nconst e = require('e').f;\nexports = module.exports = make;\nexports.g = require('./g');\nmodule.exports = { h, i: j };\n",
        &["a = /lib/a", "b = /b b", "d = /b c", "e = npm/e f", "default = /lib make", "g = /lib/g", "i = /lib j"],
    );
}

#[test]
fn hostile_nesting_takes_no_stack_and_little_time() {
    for (open, middle, close) in [
        ("if (a) {", "f()", "}"),
        ("{", "", "}"),
        ("switch (a) { case 1: ", "f()", "}"),
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("g(() => ", "1", ")"),
        ("memo(", "() => 1", ")"),
        ("a.b(", "1", ")"),
        ("`${", "1", "}`"),
        ("!", "1", ""),
        ("function f() {", "", "}"),
        ("class A { m() {", "", "}}"),
        ("x = ", "1", ""),
        ("{a: ", "() => 1", "}"),
        ("a ? b : ", "1", ""),
    ] {
        let body = format!("{}{middle}{}", open.repeat(2000), close.repeat(2000));
        for (path, text) in
            [("a.js", format!("function f() {{ {body} }}")), ("a.ts", format!("const f = {body};")), ("a.tsx", body.clone())]
        {
            let _ = parse::chunks(parse::by_path(path).unwrap(), path, &text);
        }
    }
    let cut = "export class A {\n  m(a: string) {\n    return `";
    for end in 0..cut.len() {
        let _ = parse::chunks(&super::TYPESCRIPT, "a.ts", &cut[..end]);
    }
    assert!(parse::chunks(&super::JAVASCRIPT, "a.js", "var a = \u{0}1;\n").is_err());
}
