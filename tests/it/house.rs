//! The rules of the house. `src/README.md` is the map; these tests hold the code to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const MAX_LINES: usize = 600;

const VAGUE: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager", "tools", "stuff"];

/// A library or a door to the outside world, and the rooms that may touch it. A `*` stands for any end.
const OWNERS: &[(&str, &[&str])] = &[
    ("gix", &["git"]),
    ("gix_pack", &["git"]),
    ("tree_sitter*", &["parse"]),
    ("tantivy", &["index"]),
    ("rust_stemmers", &["index"]),
    ("tokenizers::*", &["export"]),
    ("minijinja", &["export"]),
    ("reqwest", &["generate"]),
    ("rustls", &["generate"]),
    ("tokio", &["generate", "mcp"]),
    ("rmcp", &["mcp"]),
    ("clap", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("anstream", &["cli"]),
    ("anstyle", &["cli"]),
    ("env::var*", &["config", "cli"]),
    ("SystemTime::now", &["cli"]),
    ("Instant::now", &["cli"]),
    ("print!", &["cli", "mcp"]),
    ("println!", &["cli", "mcp"]),
    ("eprint!", &["cli", "mcp"]),
    ("eprintln!", &["cli", "mcp"]),
];

/// The rooms, and for each the rooms that it may use.
type Map = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_house_is_in_order() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = read_map(&fs::read_to_string(src.join("README.md")).unwrap());
    let mut sources = Vec::new();
    collect(&src, &src, &mut sources);
    let complaints = inspect(&map, &sources);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A source file: its path below `src/`, and what stands in it.
type Source = (String, String);

fn collect(src: &Path, dir: &Path, sources: &mut Vec<Source>) {
    for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(src, &path, sources);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let name: Vec<&str> = path.strip_prefix(src).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
            sources.push((name.join("/"), fs::read_to_string(&path).unwrap()));
        }
    }
    sources.sort();
}

fn read_map(text: &str) -> Map {
    let ticked = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('|').collect::<Vec<_>>())
        .filter(|cells| cells.len() > 3)
        .map(|cells| (ticked(cells[1]).remove(0), ticked(cells[3]).into_iter().collect()))
        .collect()
}

/// Everything that is against the rules.
fn inspect(map: &Map, sources: &[Source]) -> Vec<String> {
    let mut complaints = inspect_map(map, sources);
    for (path, text) in sources {
        let mut complain = |words: String| complaints.push(format!("src/{path}: {words}"));
        let stem = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        let body = without_tests(path, text);
        let lines = body.lines().count();
        if lines > MAX_LINES {
            complain(format!("{lines} lines; split it by noun"));
        }
        if VAGUE.contains(&stem) {
            complain("name it after what it holds".to_owned());
        }
        if stem == "mod" && !text.starts_with("//!") {
            complain("open with `//!`: why this room exists".to_owned());
        }
        let code = bare(body);
        let here = room(path);
        for (name, owners) in OWNERS {
            if !owners.contains(&here) && mentions(&code, name) {
                complain(format!("only {owners:?} may use `{name}`"));
            }
        }
        if code.contains("super::super::") {
            complain("reach another room by `crate::`, not by `super::super::`".to_owned());
        }
        // The doors know their rooms; that the rooms do not know the doors is all that matters.
        let Some(may) = map.get(here).filter(|_| !is_door(path)) else {
            continue;
        };
        for there in rooms_used(&code, path) {
            if there != here && map.contains_key(&there) && !may.contains(&there) {
                complain(format!("`{here}` must not use `{there}`; move the type down to `model`, or the call up to `commands`"));
            }
        }
    }
    complaints
}

/// The map names every room and no other, and its arrows do not go round.
fn inspect_map(map: &Map, sources: &[Source]) -> Vec<String> {
    let rooms: BTreeSet<&str> = sources.iter().filter(|(path, _)| !is_door(path)).map(|(path, _)| room(path)).collect();
    let mut complaints = Vec::new();
    for room in rooms.iter().filter(|room| !map.contains_key(**room)) {
        complaints.push(format!("src/README.md: put `{room}` on the map"));
    }
    for room in map.keys().chain(map.values().flatten()).filter(|room| !rooms.contains(room.as_str())) {
        complaints.push(format!("src/README.md: there is no room `{room}`"));
    }
    // Rooms whose arrows all lead to rooms already put aside are put aside; what stays goes round.
    let mut left = map.clone();
    while let Some(room) = left.iter().find(|(_, may)| !may.iter().any(|there| left.contains_key(there))) {
        let room = room.0.clone();
        left.remove(&room);
    }
    if !left.is_empty() {
        complaints.push(format!("src/README.md: arrows go round among {:?}", left.keys()));
    }
    complaints
}

fn is_door(path: &str) -> bool {
    ["main.rs", "lib.rs"].contains(&path)
}

fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// A file up to its tests; nothing of a file that is all tests.
fn without_tests<'a>(path: &str, text: &'a str) -> &'a str {
    let fixture = path.ends_with("/tests.rs") || path.ends_with("/sandbox.rs") || path.contains("/tests/");
    if fixture {
        return "";
    }
    let start = text.match_indices("#[cfg(test)]").find(|(at, mark)| {
        let after = text[at + mark.len()..].trim_start();
        // `mod tests;` is another file, code may follow it.
        after.starts_with("mod ") && after.lines().next().is_some_and(|line| !line.ends_with(';'))
    });
    start.map_or(text, |(at, _)| &text[..at])
}

/// Code with its comments and the insides of its strings left out.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("r\"") || rest.starts_with("r#") && !out.ends_with(|c: char| c.is_alphanumeric()) {
            raw_string(rest)
        } else if c == '"' {
            string(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\") {
            rest[3..].find('\'').map_or(rest.len(), |end| end + 4)
        } else {
            0
        };
        if skip == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            rest = &rest[skip..];
        }
    }
    out
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// The length of a raw string; 0 for a raw identifier such as `r#type`.
fn raw_string(rest: &str) -> usize {
    let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
    if !rest[1 + hashes..].starts_with('"') {
        return 0;
    }
    let start = hashes + 2;
    let end = format!("\"{}", "#".repeat(hashes));
    rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len())
}

/// Whether a name stands in the code as a whole word or path.
fn mentions(code: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (stem, open) = name.strip_suffix('*').map_or((name, false), |stem| (stem, true));
    code.match_indices(stem).any(|(at, _)| {
        let after = &code[at + stem.len()..];
        // A macro may be named by its path: `std::println!`.
        !code[..at].ends_with(is_word) && (open || stem.ends_with('!') || !after.starts_with(is_word))
    })
}

/// The rooms that code names after `crate::`, or after `super::` at the top of a room.
fn rooms_used(code: &str, path: &str) -> BTreeSet<String> {
    let at_top = !path.contains('/') || path.matches('/').count() == 1 && path.ends_with("/mod.rs");
    let mut rooms = BTreeSet::new();
    for prefix in ["crate::", "git_trainset::"].into_iter().chain(at_top.then_some("super::")) {
        for (at, _) in code.match_indices(prefix) {
            rooms.extend(first_words(&code[at + prefix.len()..]));
        }
    }
    rooms
}

/// The first word of a path, or of each path of a `{…}` list.
fn first_words(rest: &str) -> Vec<String> {
    let word = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(list) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut words = vec![word(list)];
    let mut depth = 1;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => words.push(word(&list[at + 1..])),
            _ => (),
        }
        if depth == 0 {
            break;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{MAX_LINES, bare, inspect, mentions, read_map};

    const MAP: &str = "
| room | why | may use |
|---|---|---|
| `model` | the nouns | |
| `git` | history | `model` |
| `plan` | what is stale | `model` |
";

    const ROOMS: [(&str, &str); 3] = [("git/mod.rs", "//! Git.\n"), ("model.rs", ""), ("plan/mod.rs", "//! Plan.\n")];

    /// What the inspection says of one more file; `want` is a part of each complaint.
    #[track_caller]
    fn check(path: &str, text: &str, want: &[&str]) {
        let mut sources = ROOMS.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec();
        sources.retain(|(known, _)| known != path);
        sources.push((path.to_owned(), text.to_owned()));
        let got = inspect(&read_map(MAP), &sources);
        assert_eq!(got.len(), want.len(), "{got:#?}");
        for (got, want) in got.iter().zip(want) {
            assert!(got.contains(want), "{got} lacks {want}");
        }
    }

    #[test]
    fn arrows_go_one_way() {
        check("plan/make.rs", "use crate::model::Chunk;\n", &[]);
        check("plan/make.rs", "use crate::git::Tree;\n", &["`plan` must not use `git`"]);
        check("plan/make.rs", "use crate::{model::{A, B},\n    git::Tree};\n", &["`plan` must not use `git`"]);
        check("plan/make.rs", "fn f() { crate::git::open() }\n", &["`plan` must not use `git`"]);
        check("plan/mod.rs", "//! Plan.\nuse super::git;\n", &["`plan` must not use `git`"]);
        check("plan/make.rs", "use super::super::git;\n", &["super::super"]);
        check("model.rs", "use crate::plan::Plan;\n", &["`model` must not use `plan`"]);
        check("plan/make.rs", "// use crate::git::Tree;\n/* crate::git */ const A: &str = \"crate::git\";\n", &[]);
        check("plan/make.rs", "#[cfg(test)]\nmod tests {\n    use crate::git::Tree;\n}\n", &[]);
        check("plan/make.rs", "#[cfg(test)]\nmod tests;\nuse crate::git::Tree;\n", &["`plan` must not use `git`"]);
        check("lib.rs", "mod git;\nuse crate::git::Tree;\n", &[]);
    }

    #[test]
    fn every_door_has_one_owner() {
        check("git/tree.rs", "use gix::bstr::BString;\n", &[]);
        check("plan/make.rs", "use gix::bstr::BString;\n", &["may use `gix`"]);
        check("main.rs", "fn main() { println!() }\n", &["may use `println!`"]);
        check("plan/make.rs", "fn f() { tree_sitter_rust::LANGUAGE; std::env::var_os(\"A\"); }\n", &["`tree_sitter*`", "`env::var*`"]);
        check("plan/make.rs", "fn f() { std::time::Instant::now(); eprintln!() }\n", &["`Instant::now`", "`eprintln!`"]);
        check("plan/make.rs", "fn f(gixer: u8, my_gix: u8) { env!(\"A\"); }\n", &[]);
    }

    #[test]
    fn files_are_short_and_named_after_nouns() {
        check("plan/make.rs", &"\n".repeat(MAX_LINES), &[]);
        check("plan/make.rs", &"\n".repeat(MAX_LINES + 1), &["split it by noun"]);
        check("plan/helpers.rs", "", &["name it after what it holds"]);
        check("plan/mod.rs", "mod make;\n", &["why this room exists"]);
    }

    #[test]
    fn the_map_is_true() {
        check("cellar/mod.rs", "//! Dark.\n", &["put `cellar` on the map"]);
        let map = read_map("| `a` | x | `b` |\n| `b` | x | `a` |\n");
        let sources = ["a.rs", "b.rs"].map(|path| (path.to_owned(), String::new()));
        assert_eq!(inspect(&map, &sources).len(), 1);
        assert_eq!(inspect(&read_map("| `a` | x | `c` |\n"), &sources[..1]).len(), 1);
    }

    #[test]
    fn strings_and_comments_are_not_code() {
        assert_eq!(bare("a(\"x \\\" gix\", '\"', r#\"gix \" \"#, b'\\'') // gix\nr#type"), "a(, , , b) \nr#type");
        assert!(mentions("std::println!()", "println!") && !mentions("eprintln!()", "println!"));
        assert!(mentions("use gix;", "gix") && !mentions("gix_pack::x", "gix"));
    }
}
