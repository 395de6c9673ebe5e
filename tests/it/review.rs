//! Reviews by people: what they say stays, whatever the tool does next.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::remote::{Place, Remote};
use crate::sandbox::{File, Files, Ran, Sandbox};

const SHOP: &str = r#"
class Sold(Exception):
    """There is nothing left."""


def take(stock: int, wanted: int) -> int:
    """Take from the stock."""
    if wanted > stock:
        raise Sold(wanted)
    return stock - wanted


def give(stock: int, returned: int) -> int:
    """Put back what was not wanted."""
    if returned < 0:
        raise ValueError("returned")
    return stock + returned
"#;

const ANSWER: &str = "A person says: `take` refuses more than there is.";

struct Desk {
    sandbox: Sandbox,
    /// Where the lines lie that people fill in.
    drawer: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let mut desk = Self { sandbox: Sandbox::new(), drawer: tempfile::tempdir().unwrap() };
        desk.commit(SHOP);
        desk.updates();
        desk
    }

    fn commit(&mut self, shop: &str) {
        let files = [
            ("shop.py", shop),
            ("other.py", "def twice(n: int) -> int:\n    if n > 9:\n        raise ValueError(\"n\")\n    return n * 2\n"),
        ];
        let files: Files = files.into_iter().map(|(path, text)| (path.to_owned(), File::plain(text))).collect();
        self.sandbox.commit("shop", &files);
    }

    #[track_caller]
    fn updates(&self) {
        let ran = self.sandbox.trainset(&["update"]);
        assert_eq!(ran.code, 0, "{ran:#?}");
        self.is_sound();
    }

    #[track_caller]
    fn is_sound(&self) {
        let verify = self.sandbox.trainset(&["verify"]);
        assert_eq!(verify.code, 0, "{verify:#?}");
        // What an update made step by step is what a look at everything gives.
        let tree = self.sandbox.tree_id("dataset");
        std::fs::remove_dir_all(self.sandbox.index_dir()).unwrap();
        let again = self.sandbox.trainset(&["update"]);
        assert_eq!((again.code, self.sandbox.tree_id("dataset")), (0, tree), "{again:#?}");
    }

    /// Rows by their id, as `export` gives them.
    fn sheets(&self) -> BTreeMap<String, Value> {
        let ran = self.sandbox.trainset(&["review", "export"]);
        assert_eq!(ran.code, 0, "{ran:#?}");
        let rows = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect()
    }

    /// The first row about a function.
    fn sheet(&self, function: &str) -> Value {
        let about = format!("qa:shop.py::{function}:");
        self.sheets().into_iter().find(|(id, _)| id.starts_with(&about)).unwrap().1
    }

    fn imports(&self, lines: &[Value]) -> Ran {
        let text: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
        self.imports_text(&text.concat())
    }

    fn imports_text(&self, text: &str) -> Ran {
        let path = self.drawer.path().join("reviews.jsonl");
        std::fs::write(&path, text).unwrap();
        self.sandbox.trainset(&["review", "import", path.to_str().unwrap()])
    }
}

fn filled(mut sheet: Value, verdict: &str) -> Value {
    sheet["verdict"] = verdict.into();
    sheet
}

fn edited(sheet: Value, answer: &str) -> Value {
    let mut sheet = filled(sheet, "edit");
    sheet["answer"] = answer.into();
    sheet
}

#[test]
fn what_people_say_stays() {
    let mut desk = Desk::new();
    let (take, give, other) = (desk.sheet("take"), desk.sheet("give"), desk.sheets().into_iter().next().unwrap().1);
    let untouched = desk.sandbox.untouched();
    let ran = desk.imports(&[edited(take.clone(), ANSWER), filled(give.clone(), "reject"), filled(other.clone(), "accept")]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(ran.stdout.starts_with("1 accepted, 1 rejected, 1 edited, 0 without a verdict"), "{ran:#?}");
    assert_eq!(desk.sandbox.untouched(), untouched);
    let id = |sheet: &Value| sheet["id"].as_str().unwrap().to_owned();
    let states = |desk: &Desk| {
        let sheets = desk.sheets();
        [&take, &give, &other]
            .map(|sheet| sheets.get(&id(sheet)).map(|row| (row["review"].as_str().unwrap().to_owned(), row["answer"].clone())))
    };
    let reviewed = [Some(("edited".to_owned(), ANSWER.into())), None, Some(("accepted".to_owned(), other["answer"].clone()))];
    assert_eq!(states(&desk), reviewed);
    desk.is_sound();
    // The same again is nothing new.
    let tip = desk.sandbox.commit_id("dataset");
    desk.updates();
    assert_eq!(desk.sandbox.commit_id("dataset"), tip);

    // Elsewhere in the file: nothing of it is forgotten.
    desk.commit(&SHOP.replace("Put back what", "Take back what"));
    desk.updates();
    assert_eq!(states(&desk)[0], reviewed[0]);
    // The code beneath the person's words changes: they stay, and are marked.
    desk.commit(&SHOP.replace("wanted > stock", "wanted >= stock").replace("returned < 0", "returned <= 0"));
    desk.updates();
    let [edit, reject, accept] = states(&desk);
    assert_eq!(edit, Some(("stale".to_owned(), ANSWER.into())));
    assert_eq!(accept, reviewed[2]);
    // What was rejected was another state of it.
    assert_eq!(reject.map(|(review, _)| review).as_deref(), Some(""));
    // And back.
    desk.commit(SHOP);
    desk.updates();
    assert_eq!(states(&desk), reviewed);
}

#[test]
fn words_that_went_stale_are_confirmed() {
    let mut desk = Desk::new();
    assert_eq!(desk.imports(&[edited(desk.sheet("take"), ANSWER)]).code, 0);
    desk.commit(&SHOP.replace("wanted > stock", "wanted >= stock"));
    desk.updates();
    let stale = desk.sheet("take");
    assert_eq!(stale["review"], "stale");
    assert_eq!(desk.imports(&[filled(stale, "accept")]).code, 0);
    let sheet = desk.sheet("take");
    assert_eq!((&sheet["review"], &sheet["answer"]), (&"edited".into(), &ANSWER.into()));
    desk.is_sound();
    // The code goes, and comes back: so do the words.
    let id = sheet["id"].as_str().unwrap();
    desk.commit("def other(n: int) -> int:\n    return n\n");
    desk.updates();
    assert!(!desk.sheets().contains_key(id));
    desk.commit(&SHOP.replace("wanted > stock", "wanted >= stock"));
    desk.updates();
    assert_eq!(desk.sheets()[id], sheet);
    // A later word takes the place of an earlier one.
    assert_eq!(desk.imports(&[filled(sheet.clone(), "reject")]).code, 0);
    assert!(!desk.sheets().contains_key(id));
    desk.is_sound();
}

#[test]
fn bad_input_writes_nothing() {
    let desk = Desk::new();
    let sheet = desk.sheet("take");
    let with = |key: &str, value: Value| {
        let mut line = filled(sheet.clone(), "accept");
        line[key] = value;
        line
    };
    let token = format!("gh{}", "p_9f8G7h6J5k4L3m2N1b0V9c8X7z6Q5w4E3r2T");
    let id = sheet["id"].as_str().unwrap();
    let cases: [(String, &str); 10] = [
        ("{\"id\": ".to_owned(), "line 1 is no review: EOF"),
        (json!({"verdict": "accept"}).to_string(), "line 1 is no review: missing field `id`"),
        (json!({"id": id, "verdict": "accept", "votes": 3}).to_string(), "unknown field `votes`"),
        (filled(sheet.clone(), "maybe").to_string(), "its verdict is `maybe`, and not accept, reject or edit"),
        (with("id", "qa:shop.py::steal:errors:en".into()).to_string(), "there is no sample `qa:shop.py::steal:errors:en`"),
        (with("fingerprint", "0123456789abcdef".into()).to_string(), "export it again"),
        (format!("\n{0}\n{0}\n", with("note", "good".into())), "line 3 speaks of the same sample as line 2"),
        (edited(sheet.clone(), "It calls `steal`.").to_string(), "the gate does not let it through: identifiers: `steal`"),
        (edited(sheet.clone(), &format!("Use {token}.")).to_string(), "secrets: a text holds what looks like a token of GitHub"),
        (edited(sheet.clone(), sheet["answer"].as_str().unwrap()).to_string(), "edits nothing"),
    ];
    let before = (desk.sandbox.commit_id("dataset"), desk.sandbox.untouched());
    for (text, wanted) in cases {
        let ran = desk.imports_text(&text);
        assert_eq!(ran.code, 2, "{text}: {ran:#?}");
        for words in [wanted, "was not taken in, and nothing was written", "mend: "] {
            assert!(ran.stderr.contains(words), "no `{words}`: {ran:#?}");
        }
        assert!(!ran.stderr.contains(&token));
        assert!(!desk.sandbox.git_dir().join("trainset/reviews").exists());
        assert_eq!(before.0, desk.sandbox.commit_id("dataset"));
    }
    assert_eq!(desk.sandbox.trainset(&["review", "export", "--kind", "nonsense"]).code, 2);
    assert_eq!(desk.sandbox.trainset(&["review", "import", "no-such-file"]).code, 2);
    // A file that says nothing does nothing.
    let ran = desk.imports(&[sheet]);
    assert!(ran.code == 0 && ran.stdout.contains("1 without a verdict"), "{ran:#?}");
    assert_eq!(before.0, desk.sandbox.commit_id("dataset"));
}

#[test]
fn an_export_is_as_long_as_wanted() {
    let desk = Desk::new();
    let count = |args: &[&str]| desk.sandbox.trainset(&[&["review", "export"], args].concat()).stdout.lines().count();
    let all = count(&[]);
    assert!(all > 2 && count(&["--limit", "2"]) == 2 && count(&["--kind", "errors"]) < all);
    assert_eq!(desk.imports(&[filled(desk.sheet("take"), "accept")]).code, 0);
    assert_eq!((count(&[]), count(&["--open"])), (all, all - 1));
    let out = desk.drawer.path().join("out.jsonl");
    let ran = desk.sandbox.trainset(&["review", "export", "--out", out.to_str().unwrap()]);
    assert!(ran.code == 0 && ran.stdout.contains(&format!("wrote {all} rows")), "{ran:#?}");
    assert_eq!(std::fs::read_to_string(out).unwrap().lines().count(), all);
}

/// Accepts the row of a clone with this number, in the clone alone.
fn accepts(clone: &Place, at: usize) -> String {
    let export = clone.tool(&["review", "export"]);
    let row: Value = serde_json::from_str(export.stdout.lines().nth(at).unwrap()).unwrap();
    let path = clone.folder.join("reviews.jsonl");
    std::fs::write(&path, filled(row.clone(), "accept").to_string()).unwrap();
    let ran = clone.tool(&["review", "import", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    row["id"].as_str().unwrap().to_owned()
}

#[test]
fn reviews_of_two_clones_are_both_kept() {
    let remote = Remote::new();
    let (one, two) = (remote.clone("one"), remote.clone("two"));
    one.pushes();
    two.pushes();
    let ids = [accepts(&one, 0), accepts(&two, 1)];
    assert_eq!(one.pushes()["state"], "pushed");
    assert_eq!(two.pushes()["state"], "pushed");
    assert_eq!(one.pushes()["state"], "up-to-date");
    for place in [&one, &two] {
        let export = place.tool(&["review", "export"]).stdout;
        let rows: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let accepted: Vec<&str> = rows.iter().filter(|row| row["review"] == "accepted").map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(accepted, ids);
        assert_eq!(place.tool(&["verify"]).code, 0);
    }
    // And a clone of today has them, too, whatever is committed next.
    let three = remote.clone("three");
    three.merges("app/more.py", 1);
    three.pushes();
    assert_eq!(three.tool(&["review", "export"]).stdout.matches("\"accepted\"").count(), 2);
}

/// Long enough to be a near-copy as code.
const PACK: &str = r#"
def pack(stock: dict, lines: list, customer: str) -> list:
    """Pack what was ordered."""
    packed = []
    for line in lines:
        if line.quantity <= 0:
            raise ValueError("nothing of it was ordered")
        shelf = stock.get(line.product)
        if shelf is None or shelf.free < line.quantity:
            raise LookupError("too little of it is left")
        shelf.free -= line.quantity
        packed.append((shelf, line.quantity, customer))
    return packed
"#;

#[test]
fn a_verdict_outlives_a_copy_that_comes_before_it() {
    let mut desk = Desk::new();
    let pack =
        |others: &[&str]| -> Files { ["shop.py"].iter().chain(others).map(|path| ((*path).to_owned(), File::plain(PACK))).collect() };
    desk.sandbox.commit("pack", &pack(&[]));
    desk.updates();
    let sheets: Vec<Value> = desk.sheets().into_values().collect();
    let [edit, accept, open] = sheets.as_slice() else { panic!("{sheets:#?}") };
    let ran = desk.imports(&[edited(edit.clone(), "A person says: `pack` takes it off the shelf."), filled(accept.clone(), "accept")]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let states = |desk: &Desk| {
        let now = desk.sheets();
        [edit, accept, open].map(|sheet| now.get(sheet["id"].as_str().unwrap()).map(|row| row["review"].as_str().unwrap().to_owned()))
    };
    let held = [Some("edited".to_owned()), Some("accepted".to_owned())];
    // The copy's samples stand for both; what a person holds to stays all the same.
    desk.sandbox.commit("copy", &pack(&["bay.py"]));
    desk.updates();
    assert_eq!(states(&desk), [held[0].clone(), held[1].clone(), None]);
    assert!(desk.sheets().keys().any(|id| id.starts_with("qa:bay.py::pack:")));
    // In another split it would be seen in both: it waits.
    desk.sandbox.commit("copy elsewhere", &pack(&["depot.py"]));
    desk.updates();
    assert_eq!(states(&desk), [None, None, None]);
    desk.sandbox.commit("no copy", &pack(&[]));
    desk.updates();
    assert_eq!(states(&desk), [held[0].clone(), held[1].clone(), Some(String::new())]);
}
