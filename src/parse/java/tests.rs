//! What the extraction says of Java, and that the proofs find it.

use crate::model::{Chunk, ChunkKind, Guard};
use crate::parse::{by_path, chunks};

fn of(text: &str) -> Vec<Chunk> {
    let path = "src/main/java/a/A.java";
    chunks(by_path(path).unwrap(), path, text).unwrap()
}

fn named(text: &str, symbol: &str) -> Chunk {
    of(text).into_iter().find(|chunk| chunk.symbol == symbol).unwrap_or_else(|| panic!("no {symbol}"))
}

/// The symbols of a file's chunks, the file's own left out.
#[track_caller]
fn symbols(text: &str, want: &[&str]) {
    let found: Vec<String> = of(text).into_iter().filter(|chunk| chunk.kind != ChunkKind::Module).map(|chunk| chunk.symbol).collect();
    assert_eq!(found, want);
}

#[test]
fn definitions_of_every_sort() {
    symbols(
        "package a;\nclass A { A() {} void f() {} class In { void g() {} } static final int MAX = 1; int no = 2; }\n\
         interface B { int LIMIT = 2; void f(); }\nenum C { X { void h() {} }, Y; void f() {} }\nrecord D(int x) { D { } int f() { return x; } }\n\
         @interface E { int value() default 1; }\n",
        &["A", "A.A", "A.In", "A.In.g", "A.MAX", "A.f", "B", "B.LIMIT", "B.f", "C", "C.f", "D", "D.D", "D.f", "E"],
    );
}

#[test]
fn overloads_are_told_apart_by_what_they_take() {
    symbols(
        "class A { void f(long a) {} void f(java.util.List<String> b, int... c) {} void f() {} void g(int a) {} A(int a) {} A() {} }",
        &["A", "A.A()", "A.A(int)", "A.f()", "A.f(List,int[])", "A.f(long)", "A.g"],
    );
    // The same twice does not compile; the second is numbered.
    symbols("class A { void f(int a) {} void f(int b) {} }", &["A", "A.f(int)", "A.f(int)#2"]);
}

#[test]
fn types_without_a_name_belong_to_the_code_around() {
    symbols(
        "class A { Runnable r = new Runnable() { public void run() { go(); } }; void f() { use(new B() { void g() {} }); } }",
        &["A", "A.f"],
    );
    let text = "class A { void f() { use(new B() { void g() { h(); return; } }); class In { void k() {} } } }";
    symbols(text, &["A", "A.f", "A.f.In", "A.f.In.k"]);
    let facts = named(text, "A.f").facts;
    let callees: Vec<&str> = facts.calls.iter().map(|call| call.callee.as_str()).collect();
    assert_eq!(callees, ["h", "B", "use"]);
    assert!(facts.exits.is_empty() && facts.ends);
}

#[test]
fn heads_and_documentation() {
    let text = "class A {\n    /**\n     * Places it.\n     *\n     * @param id which\n     */\n    @Get(\"/x\")\n    @Override\n    public <T> List<T> place(@Param(\"id\") final long id, T[] rest) throws Sold {\n        return null;\n    }\n}\n";
    let place = named(text, "A.place");
    assert_eq!((place.lines.start, place.lines.end), (2, 11));
    assert_eq!(place.signature, "public <T> List<T> place(@Param(\"id\") final long id, T[] rest) throws Sold");
    assert_eq!(place.doc, "Places it.\n\n@param id which");
    assert_eq!(place.facts.decorators, ["Get(\"/x\")", "Override"]);
    let parameters: Vec<(&str, &str)> = place.facts.parameters.iter().map(|one| (one.name.as_str(), one.annotation.as_str())).collect();
    assert_eq!(parameters, [("id", "long"), ("rest", "T[]")]);
    assert_eq!(place.facts.returns, "List<T>");
    assert_eq!(named("public abstract class B<T> extends a.C<T> implements D, E<T> { }", "B").facts.bases, ["a.C<T>", "D", "E<T>"]);
    let no_doc = named("class A {\n    int a; /** of a */\n    void f() {}\n}\n", "A.f");
    assert_eq!(no_doc.doc, "of a");
}

fn exits(body: &str) -> Vec<String> {
    let text = format!("class A {{ Object f(int a, int b) {{ {body} }} }}");
    let facts = named(&text, "A.f").facts;
    let returned = facts.exits.iter().map(|exit| format!("{} <- {}", exit.value, Guard::joined(&exit.when)));
    let raised = facts.raises.iter().map(|raise| format!("!{} <- {}", raise.exception, Guard::joined(&raise.when)));
    returned.chain(raised).collect()
}

#[test]
fn ways_out_under_their_conditions() {
    assert_eq!(
        exits(
            "if (a > 1) return b; else if (a > 0) { throw new E(\"no\"); } for (int x : xs) { if (x == a) { continue; } g(x); return x; } return null;"
        ),
        [
            "b <- a > 1",
            "x <- not (a > 1) and not (a > 0) and for x in xs and not (x == a)",
            "null <- not (a > 1) and not (a > 0) and not (…)",
            "!E <- not (a > 1) and a > 0"
        ]
    );
    assert_eq!(
        exits("switch (a) { case 1: case 2: return b; case 3: g(); default: return a; }"),
        ["b <- case a: 1, 2", "a <- case a: 3, default"]
    );
    assert_eq!(
        exits("switch (a) { case 1 -> { return b; } default -> throw new E(); } return null;"),
        ["b <- case a: 1", "null <- not (…)", "!E <- case a: default"]
    );
    assert_eq!(exits("while (a > 0) { switch (b) { case 1: break; default: if (a == 3) continue; } h(); } return b;"), ["b <- "]);
    assert_eq!(
        exits("try (R r = open()) { return r; } catch (E | F e) { throw e; } finally { close(); }"),
        ["r <- ", "!E | F <- not (…) and except E | F"].map(|text| text.replace("not (…) and ", ""))
    );
    assert_eq!(exits("Runnable r = () -> { return; }; assert a > b : \"odd\"; return r;"), ["r <- ", "!AssertionError <- not (a > b)"]);
}

#[test]
fn calls_with_what_becomes_of_them() {
    let text = "class A { void f() { a.b(c()); int d = this.e(); d = g(); if (!h()) { return; } k(() -> l()); throw m(); } }";
    let calls = named(text, "A.f").facts.calls;
    let told: Vec<String> =
        calls.iter().map(|call| format!("{} {:?} {} {}", call.callee, call.usage, call.target, Guard::joined(&call.when))).collect();
    assert_eq!(
        told,
        [
            "c Passed  ",
            "a.b Ignored  ",
            "this.e Assigned d ",
            "g Assigned d ",
            "h Tested  ",
            "l Used  ",
            "k Ignored  not (h())".replace("(h())", "(!h())").as_str(),
            "m Raised  "
        ]
    );
}

#[test]
fn what_is_written_and_read() {
    let text = "class A { int n; static final int MAX = Limits.TOP; void f(int a) { n += a; this.n = MAX; int x = 1; x = 2; n++; o.p[1] = State.OPEN; } }";
    let facts = named(text, "A.f").facts;
    let writes: Vec<String> = facts.writes.iter().map(|write| format!("{}|{}", write.target, write.value)).collect();
    assert_eq!(writes, ["n|+= a", "this.n|MAX", "n|+= 1", "o.p[1]|State.OPEN"]);
    assert_eq!(facts.refs, ["MAX", "State.OPEN"]);
    let constant = named(text, "A.MAX");
    assert_eq!(
        (constant.facts.attributes[0].value.as_str(), constant.facts.refs.as_slice()),
        ("Limits.TOP", &["Limits.TOP".to_owned()][..])
    );
}

#[test]
fn imports_lead_to_files() {
    let text = "import a.b.C;\nimport a.b.C.Inner;\nimport a.b.*;\nimport static a.b.C.make;\nimport static a.b.C.*;\nclass A { }\n";
    let module = of(text).into_iter().find(|chunk| chunk.kind == ChunkKind::Module).unwrap();
    let told: Vec<String> = module.facts.imports.iter().map(|one| format!("{} {} {}", one.local, one.module, one.symbol)).collect();
    assert_eq!(told, ["C a/b/C C", "Inner a/b/C C.Inner", "* a/b ", "make a/b/C C.make", "* a/b/C C"]);
}

#[test]
fn hostile_text_ends() {
    let path = "A.java";
    let language = by_path(path).unwrap();
    let nested =
        |open: &str, close: &str, count: usize| format!("class A {{ void f() {{ {} x; {} }} }}", open.repeat(count), close.repeat(count));
    for text in [
        nested("(", ")", 50_000),
        nested("{", "}", 50_000),
        nested("if (a) ", "", 20_000),
        nested("f(", ")", 50_000),
        "class A {".repeat(5_000),
        "class A { void f(".repeat(2_000),
        format!("class A {{ int x = {}1; }}", "1 + ".repeat(50_000)),
        format!("class A {{ String s = \"{}\"; }}", "a".repeat(900_000)),
        "class A { \0 void f() { \0 } }".to_owned(),
        "/**".to_owned(),
        "@".repeat(10_000),
        "\u{feff}class A { }".to_owned(),
        "class A {\r\n    void f() {\r\n        g();\r\n    }\r\n}\r\n".to_owned(),
    ] {
        if let Ok(found) = chunks(language, path, &text) {
            for chunk in found.iter().filter(|chunk| chunk.kind != ChunkKind::Module) {
                let lines: Vec<&str> = text.lines().skip(chunk.lines.start as usize - 1).collect();
                let prover = crate::parse::Prover::new(language, &lines.join("\n"));
                for claim in crate::parse::agreement::claims(chunk).iter().take(20) {
                    let _ = prover.proof(claim, crate::parse::Beside::Nothing);
                }
            }
        }
    }
}
