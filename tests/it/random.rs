//! Law 1 over random histories: whatever the order of edits, the dataset is that of a rebuild.

use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use proptest::{collection, option, prop_assert_eq, sample};

use crate::sandbox::{File, Files, Sandbox};

const PATHS: [&str; 4] = ["app/a.py", "app/b.py", "app/c.py", "lib/a.py"];

/// A folder is held out, so that the splits take part.
const SETTINGS: &str = "[split]\nhold_out = [\"lib/**\"]\n";

const HEADS: [&str; 4] =
    ["", "from app.a import *\n", "from app.b import charge\nimport app.c as other\n", "from lib.a import reserve as charge\n"];

const FUNCTIONS: [&str; 8] = [
    "def reserve(stock, quantity):\n    \"\"\"Reserve units.\"\"\"\n    if quantity > stock.free:\n        raise ValueError('too many')\n    stock.free -= quantity\n    return stock\n",
    "def reserve(stock, quantity):\n    if quantity <= 0:\n        raise KeyError(quantity)\n    if quantity > stock.free:\n        raise ValueError('too many')\n    return charge(stock, quantity)\n",
    "def charge(card, amount):\n    \"\"\"Charge a card.\"\"\"\n    if amount <= 0:\n        raise RuntimeError('nothing to charge')\n    return refund(card, -amount)\n",
    "def charge(card,  amount):\n    # the same again\n    \"\"\"Charge a card.\"\"\"\n    if amount <= 0:\n        raise RuntimeError('nothing to charge')\n    return refund(card, -amount)\n",
    "def refund(card, amount):\n    try:\n        return reserve(card, amount)\n    except ValueError:\n        return None\n",
    "class Till(Desk):\n    def pay(self, card, amount):\n        \"\"\"Pay at the till.\"\"\"\n        if not self.open:\n            raise LookupError('closed')\n        return charge(card, amount)\n",
    "class Desk:\n    def pay(self, card, amount):\n        if amount > 100:\n            raise PermissionError('ask the manager')\n        return other.refund(card, amount)\n",
    "def broken(:\n",
];

/// The text of a file: a head and some functions. None takes the file away.
type Text = Option<(usize, Vec<usize>)>;

fn text(functions: usize) -> impl Strategy<Value = Text> {
    option::weighted(0.9, (0..HEADS.len(), sample::subsequence((0..functions).collect::<Vec<_>>(), 0..5)))
}

fn write(files: &mut Files, all: &[String], at: usize, text: &Text) {
    match text {
        Some((head, functions)) => {
            let functions: Vec<&str> = functions.iter().map(|at| all[*at].as_str()).collect();
            files.insert(PATHS[at].to_owned(), File::plain(format!("{}\n{}", HEADS[*head], functions.join("\n\n"))));
        }
        None => drop(files.remove(PATHS[at])),
    }
}

#[test]
fn any_history_gives_the_dataset_of_a_rebuild() {
    check(&FUNCTIONS.map(str::to_owned), 12);
}

/// Copies of copies: each is near the next, the first is not near the last. Two of the files are in another split than
/// the others.
#[test]
fn any_history_of_near_copies_gives_the_dataset_of_a_rebuild() {
    let copy = |at: usize| {
        let notes: String = (0..at).map(|note| format!("    taken.note({note}, lines)\n")).collect();
        let name = ["reserve", "charge", "refund"][at % 3];
        let steps: String = (0..7)
            .map(|step| {
                format!("    if lines[{step}] > stock.limit:\n        raise ValueError(stock, {step})\n    taken.append(lines[{step}])\n")
            })
            .collect();
        format!("def {name}(stock, lines):\n    taken = stock.take(lines)\n{notes}{steps}    return taken\n")
    };
    let functions: Vec<String> = (0..8).map(copy).chain([FUNCTIONS[4].to_owned()]).collect();
    check(&functions, 12);
}

/// The same words in part: each says nearly what the next says, the first and the last do not. They are too short to be
/// near-copies as code.
#[test]
fn any_history_of_samples_that_repeat_others_gives_the_dataset_of_a_rebuild() {
    let told = |at: usize| {
        let name = ["post", "put", "patch"][at % 3];
        let word = |word: usize| if word < at * 2 { format!("other{word}") } else { format!("word{word}") };
        let words = |of: usize| (0..12).map(|at| word(of * 12 + at)).collect::<Vec<_>>().join(" ");
        let documented: String = (0..6).map(|of| format!("    :param a{of}: {}.\n", words(of))).collect();
        let rest = "a0, a1, a2, a3, a4, a5";
        format!("def {name}({rest}):\n    \"\"\"Send it.\n\n{documented}    \"\"\"\n    return request({rest}, {at})\n")
    };
    let functions: Vec<String> = (0..8).map(told).chain([FUNCTIONS[4].to_owned()]).collect();
    check(&functions, 12);
}

fn check(functions: &[String], cases: u32) {
    let edit = (0..PATHS.len(), text(functions.len()));
    let history = collection::vec((collection::vec(edit, 1..4), any::<bool>()), 1..6);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&history, |history| {
        let (mut stepwise, mut at_once) = (Sandbox::new(), Sandbox::new());
        let mut files = Files::from([(".trainset.toml".to_owned(), File::plain(SETTINGS))]);
        for (edits, update) in history {
            edits.iter().for_each(|(at, text)| write(&mut files, functions, *at, text));
            stepwise.commit("step", &files);
            at_once.commit("step", &files);
            if update {
                updated(&stepwise)?;
            }
        }
        // No file is broken in the end, so nothing may be held.
        files.retain(|_, file| !String::from_utf8_lossy(&file.bytes).contains("def broken(:"));
        stepwise.commit("heal", &files);
        at_once.commit("heal", &files);
        updated(&stepwise)?;
        updated(&at_once)?;
        prop_assert_eq!(stepwise.tree_id("dataset"), at_once.tree_id("dataset"));
        let verdict = at_once.trainset(&["verify"]);
        prop_assert_eq!(verdict.code, 0, "{}", verdict.stdout);
        Ok(())
    });
    told.unwrap_or_else(|fault| panic!("{fault}"));
}

fn updated(sandbox: &Sandbox) -> Result<(), TestCaseError> {
    let ran = sandbox.trainset(&["update"]);
    if [0, 1].contains(&ran.code) { Ok(()) } else { Err(TestCaseError::fail(format!("{ran:#?}"))) }
}
