//! Near-copies: which are found, what is said of them, and that they do not cross the splits.

use std::process::Command;

use git_trainset::Print;

use crate::hooks::Hooked;
use crate::pairs::{Draw, Function, Pair, Sort, functions, pairs};
use crate::sandbox::{File, Files, Sandbox};
use crate::story;

const TELL: f64 = 0.8;

const RESERVE: &str = r#"def reserve(stock, lines, customer):
    taken = []
    for line in lines:
        if line.quantity <= 0:
            raise ValueError("nothing of it was ordered")
        shelf = stock.find(line.product)
        if shelf is None or shelf.free < line.quantity:
            raise LookupError("too little of it is left")
        shelf.free -= line.quantity
        taken.append((shelf, line.quantity))
    return taken
"#;

/// The campaign `cargo bench -- near` measures the same on real repositories.
#[test]
fn known_pairs_of_the_shop_are_told_apart() {
    let shop = story::repositories().into_iter().find(|story| story.name == "shop").unwrap();
    let mut sandbox = Sandbox::new();
    shop.steps.iter().for_each(|step| step.play(&mut sandbox).unwrap());
    let files = sandbox.files("HEAD");
    let all: Vec<Function> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".py"))
        .flat_map(|(path, file)| functions(path, std::str::from_utf8(&file.bytes).unwrap()))
        .collect();
    let known = pairs(&all, &mut Draw::new(7));
    let share = |pair: &Pair| {
        let print = |code: &str| Print::of("a.py", code);
        print(&pair.one).zip(print(&pair.other)).map_or(0.0, |(one, other)| one.found(&other))
    };
    for sort in Sort::ALL {
        let of_sort: Vec<&Pair> = known.iter().filter(|pair| pair.sort == sort).collect();
        let found = of_sort.iter().filter(|pair| share(pair) >= TELL).count();
        let (least, most) = match sort {
            Sort::LaidOut | Sort::Renamed => (of_sort.len(), of_sort.len()),
            Sort::Unrelated => (0, 0),
            _ => (of_sort.len() * 8 / 10, of_sort.len()),
        };
        assert!((least..=most).contains(&found), "{}: {found} of {}", sort.name(), of_sort.len());
        assert!(!of_sort.is_empty() || matches!(sort, Sort::OneEdit | Sort::TwoEdits | Sort::ThreeEdits), "no pair is {}", sort.name());
    }
}

/// Two functions whose arguments are told in the same words, too short to be near-copies as code.
fn told_alike(names: [&str; 2]) -> String {
    let of = |name: &str| {
        format!(
            r#"def {name}(url: str, payload: bytes, timeout: int, headers: dict, retries: int, proxy: str) -> int:
    """Send it by {name}.

    :param url: {ADDRESS}.
    :param payload: What is sent along in the body of the message, as a mapping, as text or as bytes.
    :param timeout: After so many seconds without an answer the connection is given up.
    :param headers: What is said of the message beside its body, by names that are written in any case.
    :param retries: How often it is sent again where the other side cannot be reached or is too busy.
    :param proxy: Whom to send it through, where the other side cannot be reached from here.
    """
    return request("{name}", url, payload, timeout)
"#
        )
    };
    names.map(of).join("\n\n")
}

const HEADERS: &str = "What is said of the message beside its body, by names that are written in any case";
const ADDRESS: &str = "The address of the resource, with its scheme, its host and the path below it";

#[test]
fn of_samples_that_say_nearly_the_same_the_first_stands() {
    let mut sandbox = Sandbox::new();
    let commit = |sandbox: &mut Sandbox, text: String| {
        sandbox.commit("step", &Files::from([("app/client.py".to_owned(), File::plain(text))]));
        let plan = sandbox.trainset(&["plan", "--json"]).json();
        assert_eq!(sandbox.trainset(&["update"]).code, 0);
        assert_eq!(sandbox.trainset(&["verify"]).code, 0);
        let rows = sandbox.trainset(&["review", "export", "--kind", "contract"]).stdout;
        let ids = rows.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned());
        (plan, ids.collect::<Vec<_>>())
    };
    let contract = |name: &str| format!("qa:app/client.py::{name}:contract:en");
    let (_, ids) = commit(&mut sandbox, told_alike(["post", "upload"]));
    assert_eq!(ids, [contract("post")]);
    // One that comes before it takes its place, and the plan says why.
    let (plan, ids) = commit(&mut sandbox, told_alike(["deliver", "post"]));
    assert_eq!(ids, [contract("deliver")]);
    let retired = plan["steps"].as_array().unwrap().iter().find(|step| step["id"] == contract("post").as_str());
    let why = format!("it says nearly what `{}` says (duplicate)", contract("deliver"));
    assert_eq!(retired.unwrap()["why"], why.as_str());
    let left_out = sandbox.trainset(&["dups", "--rows", "--json"]);
    let groups = left_out.json()["groups"].as_array().unwrap().clone();
    let group = groups.iter().find(|group| group["of"] == contract("deliver").as_str()).unwrap();
    assert_eq!((left_out.code, &group["repeats"][0]["id"]), (1, &contract("post").into()));
    assert_eq!(group["repeats"][0]["relation"], "duplicate");
    assert_eq!(sandbox.trainset(&["dups", "--rows", "lib"]).code, 0);
    // Told in other words both stand.
    let (_, ids) =
        commit(&mut sandbox, told_alike(["deliver", "post"]).replacen(ADDRESS, "Where it goes", 1).replacen(HEADERS, "More words", 1));
    assert_eq!(ids, [contract("deliver"), contract("post")]);
}

#[test]
fn copies_are_listed_with_what_differs() {
    let mut sandbox = Sandbox::new();
    let copy = RESERVE.replace("reserve", "hold").replace("line.quantity <= 0", "line.quantity < 1");
    let files = [("app/orders.py", RESERVE.to_owned()), ("app/returns.py", copy)];
    let files: Files = files.into_iter().map(|(path, text)| (path.to_owned(), File::plain(text))).collect();
    sandbox.commit("start", &files);
    let none = sandbox.trainset(&["dups"]);
    assert!(none.code == 2 && none.stderr.contains("mend: git trainset update"), "{none:#?}");
    assert_eq!(sandbox.trainset(&["update"]).code, 0);
    let told = sandbox.trainset(&["dups"]);
    assert_eq!(told.code, 1, "{told:#?}");
    let row = told.stdout.lines().find(|line| line.contains('|')).unwrap();
    let columns: Vec<&str> = row.split('|').map(str::trim).collect();
    assert_eq!(columns, ["def reserve(stock, lines, customer):", "def hold(stock, lines, customer):"]);
    assert!(told.stdout.contains("if line.quantity < 1:") && told.stdout.contains("app/returns.py:1"), "{}", told.stdout);
    let json = sandbox.trainset(&["dups", "--json"]).json();
    assert_eq!(json["groups"][0]["of"]["id"], "app/orders.py::reserve");
    assert_eq!(json["groups"][0]["copies"][0]["id"], "app/returns.py::hold");
    assert_eq!(sandbox.trainset(&["dups", "app/returns.py"]).code, 1);
    let elsewhere = sandbox.trainset(&["dups", "app/ret"]);
    assert!(elsewhere.code == 0 && elsewhere.stdout.starts_with("none of 2 functions"), "{elsewhere:#?}");
}

#[test]
fn a_staged_copy_is_told_before_the_commit() {
    let hooked = Hooked::new();
    let write = |path: &str, text: &str| std::fs::write(hooked.sandbox.root().join(path), text).unwrap();
    write("app/shelf.py", RESERVE);
    hooked.plays("git add -A; git commit -qm shelf");
    hooked.settle();
    write("app/returns.py", &RESERVE.replace("customer", "client").replace("reserve", "hold"));
    hooked.plays("git add -A");
    let check = hooked.sandbox.trainset(&["hook", "run", "pre-commit", "--json"]).json();
    let groups = check["groups"].as_array().unwrap();
    let copies = groups.iter().find(|group| group["source"] == "copies").unwrap_or_else(|| panic!("{check:#}"));
    assert_eq!(copies["items"][0]["id"], "app/returns.py::hold");
    assert!(copies["items"][0]["says"].as_str().unwrap().starts_with("nearly copies app/shelf.py::reserve ("), "{copies:#}");
    assert_eq!((&copies["blocks"], &check["blocked"]), (&false.into(), &false.into()));
    let staged = hooked.sandbox.trainset(&["dups", "--staged"]);
    assert!(staged.code == 1 && staged.stdout.contains("app/returns.py:1") && !staged.stdout.contains("place"), "{staged:#?}");
    // What was a copy before is none that comes now.
    hooked.plays("git commit -qm returns");
    hooked.settle();
    write("app/returns.py", &RESERVE.replace("customer", "client").replace("reserve", "hold").replace("<= 0", "< 1"));
    hooked.plays("git add -A");
    let check = hooked.sandbox.trainset(&["hook", "run", "pre-commit", "--json"]).json();
    assert!(!check["groups"].as_array().unwrap().iter().any(|group| group["source"] == "copies"), "{check:#}");
    assert_eq!(hooked.sandbox.trainset(&["dups", "--staged"]).code, 0);
}

/// Rows made where copies cross the splits are put on the branch of a repository whose settings forbid it.
#[test]
fn verify_finds_what_crosses_the_splits() {
    let mut sandbox = Sandbox::new();
    let caller = "\n\ndef close(basket, stock):\n    \"\"\"Close a basket for good.\"\"\"\n    if basket.closed:\n        raise RuntimeError(\"closed\")\n    return reserve(stock, basket.lines, None)\n";
    let settings = "[split]\nvalidation = 0\ntest = 0\nhold_out = [\"held/**\"]\n";
    let mut files: Files = [("app/orders.py", format!("{RESERVE}{caller}")), ("held/orders.py", format!("{RESERVE}{caller}"))]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), File::plain(text)))
        .collect();
    files.insert(".trainset.toml".to_owned(), File::plain(settings));
    sandbox.commit("start", &files);
    assert_eq!(sandbox.trainset(&["update"]).code, 0);
    let sound = sandbox.trainset(&["verify"]);
    assert_eq!(sound.code, 0, "{sound:#?}");
    let rows = sandbox.dataset();
    let shard = &rows["qa/train/app/orders.py.jsonl"];
    let row: serde_json::Value = String::from_utf8_lossy(shard)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|row| row["evidence"][0]["symbol"] == "reserve")
        .unwrap();
    assert_eq!(row["near"], serde_json::json!(["held/orders.py::reserve"]));
    // The same row told of the copy, in the split of the copy.
    let mut copy: serde_json::Value = serde_json::from_str(&row.to_string().replace("app/orders.py", "held/orders.py")).unwrap();
    copy["split"] = "test".into();
    copy["near"] = serde_json::json!([]);
    let mut held: Vec<String> =
        String::from_utf8(rows["qa/test/held/orders.py.jsonl"].clone()).unwrap().lines().map(str::to_owned).collect();
    held.push(copy.to_string());
    held.sort_by_key(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned());
    std::fs::write(sandbox.git_dir().join("altered"), held.join("\n") + "\n").unwrap();
    let script = format!(
        "export GIT_INDEX_FILE={0}/altered.index; cd {0} && git --git-dir=. read-tree dataset && \
         git --git-dir=. update-index --cacheinfo 100644,$(git --git-dir=. hash-object -w altered),qa/test/held/orders.py.jsonl && \
         git --git-dir=. update-ref refs/heads/dataset $(git --git-dir=. -c user.name=a -c user.email=b commit-tree -p dataset -m altered $(git --git-dir=. write-tree))",
        sandbox.git_dir().display(),
    );
    let done = Command::new("sh").args(["-c", &script]).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let verdict = sandbox.trainset(&["verify", "--json"]);
    let wrong = verdict.json()["wrong"].as_array().unwrap().clone();
    for rule in ["near-duplicate", "split"] {
        assert!(wrong.iter().any(|wrong| wrong["rule"] == rule), "{rule}: {wrong:#?}");
    }
}
