//! The command line: what a person types and gets, with good input and bad.

use std::path::Path;
use std::process::Command;

use crate::sandbox::{File, Files, Ran, Sandbox, walk};

pub(crate) fn shop() -> Sandbox {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos/shop");
    let mut files = Files::new();
    walk(&root, &root, &mut files);
    let mut sandbox = Sandbox::new();
    sandbox.commit("the shop", &files);
    sandbox
}

/// Settings on top of the shop.
fn with_settings(text: &str) -> Sandbox {
    let mut sandbox = shop();
    let mut files = sandbox.files("HEAD");
    files.insert(".trainset.toml".to_owned(), File::plain(text));
    sandbox.commit("settings", &files);
    sandbox
}

#[track_caller]
pub(crate) fn fails(ran: &Ran, wanted: &[&str]) {
    assert_eq!(ran.code, 2, "{ran:#?}");
    assert!(ran.stdout.is_empty(), "{ran:#?}");
    for words in wanted {
        assert!(ran.stderr.contains(words), "no `{words}` in {}", ran.stderr);
    }
}

#[test]
fn errors_say_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let nowhere = Command::new(env!("CARGO_BIN_EXE_git-trainset")).args(["status", "-C"]).arg(empty.path()).output().unwrap();
    fails(&nowhere.into(), &["error: ", "  mend: "]);
    let unborn = Sandbox::new();
    fails(&unborn.trainset(&["update"]), &["there is no commit yet", "mend: commit something"]);
    assert_eq!(unborn.trainset(&["status"]).code, 0);
    let shop = shop();
    fails(&shop.trainset(&["query", "order"]), &["no index yet", "mend: git trainset update"]);
    fails(&shop.trainset(&["verify"]), &["no dataset yet"]);
    fails(&shop.trainset(&["show", "qa:x"]), &["no dataset yet"]);
    fails(&shop.trainset(&["updat"]), &["updat", "update"]);
    fails(&with_settings("qa_cuont = 2\n").trainset(&["update"]), &["unknown key `qa_cuont`", "mend: write `qa_count`"]);
    fails(&with_settings("branch = \"mian\"\n").trainset(&["update"]), &[".trainset.toml tracks `mian`"]);
    fails(&with_settings("kinds = [\"eror\"]\n").trainset(&["plan"]), &["`eror`", "mend: write `errors`"]);
}

#[test]
fn a_checked_out_dataset_is_refused() {
    let sandbox = shop();
    assert_eq!(sandbox.trainset(&["update"]).code, 0);
    assert_eq!(sandbox.git(&["branch", "-f", "side", "dataset"]).code, 0);
    sandbox.checkout("dataset");
    fails(&sandbox.trainset(&["update"]), &["the branch `dataset` is checked out", "mend: "]);
}

#[test]
fn a_dry_run_writes_nothing_and_a_limit_is_made_up_for() {
    let sandbox = shop();
    let plan = sandbox.trainset(&["plan", "--json"]);
    assert_eq!(sandbox.trainset(&["update", "--dry-run", "--json"]).stdout, plan.stdout);
    assert_eq!(sandbox.tree_id("dataset"), None);
    assert!(!sandbox.index_dir().exists());
    let limited = sandbox.trainset(&["update", "--limit", "5", "--json"]).json();
    assert_eq!(limited["samples"], 5);
    assert!(limited["plan"]["counts"]["postpone"].as_u64().unwrap() > 50);
    assert_eq!(sandbox.trainset(&["verify"]).code, 0);
    sandbox.trainset(&["update"]);
    let whole = shop();
    whole.trainset(&["update"]);
    assert_eq!(sandbox.tree_id("dataset"), whole.tree_id("dataset"));
}

#[test]
fn fewer_questions_on_demand() {
    let sandbox = shop();
    let one = sandbox.trainset(&["update", "--qa-count", "1", "--json"]).json();
    let all = sandbox.trainset(&["update", "--json"]).json();
    assert!(one["samples"].as_i64() < all["samples"].as_i64());
    assert_eq!(all["plan"]["counts"]["keep"], one["samples"], "what was made already stays");
}

#[test]
fn a_query_finds_and_show_prints() {
    let sandbox = shop();
    sandbox.trainset(&["update"]);
    let found = sandbox.trainset(&["query", "too", "many", "refunds", "for", "one", "order"]);
    let first = found.stdout.lines().next().unwrap();
    assert!(found.stdout.contains("shop/payments/refunds.py:"), "{}", found.stdout);
    let (place, _) = first.split_once(' ').unwrap();
    assert!(place.rsplit_once(':').unwrap().1.parse::<u32>().unwrap() > 1);
    let hits = sandbox.trainset(&["query", "--json", "--limit", "12", "refund"]).json();
    assert_eq!(hits["hits"].as_array().unwrap().len(), 12);
    assert!(hits["hits"].as_array().unwrap().iter().all(|hit| hit["what"] == "chunk"));
    let samples = sandbox.trainset(&["query", "--json", "--samples", "refund"]).json();
    let sample = samples["hits"][0]["id"].as_str().unwrap().to_owned();
    let shown = sandbox.trainset(&["show", &sample]);
    assert!(shown.code == 0 && shown.stdout.starts_with(&sample) && shown.stdout.contains("\nClaims\n"), "{shown:#?}");
    let chunk = sandbox.trainset(&["show", "shop/payments/refunds.py::refund", "--json"]).json();
    assert_eq!(chunk["symbol"], "refund");
    let near = sandbox.trainset(&["show", "shop/payments/refunds.py::refnd"]);
    fails(&near, &["mend: git trainset show"]);
    assert_eq!(sandbox.trainset(&["query", "zzzzqqqq"]).code, 1);
}

#[test]
fn explain_shows_the_lines_that_prove() {
    let sandbox = shop();
    fails(&sandbox.trainset(&["explain", "qa:x"]), &["no dataset yet"]);
    sandbox.trainset(&["update"]);
    let id = "qa:shop/payments/refunds.py::refund:errors:en";
    let told = sandbox.trainset(&["explain", id]);
    assert!(told.code == 0 && told.stdout.starts_with(id) && !told.stdout.contains("refuted"), "{told:#?}");
    assert!(told.stdout.contains("raises: `refund` raises `RefundError` when `"), "{}", told.stdout);
    let file = String::from_utf8(sandbox.files("HEAD")["shop/payments/refunds.py"].bytes.clone()).unwrap();
    let explained = sandbox.trainset(&["explain", id, "--json"]).json();
    let claims = explained["claims"].as_array().unwrap();
    assert!(!claims.is_empty() && explained["wrong"].is_null() && explained["held"] == false);
    for claim in claims {
        assert_eq!(claim["verdict"], "proved");
        for against in claim["against"].as_array().unwrap().iter().filter(|against| against["path"] == "shop/payments/refunds.py") {
            let line = against["line"].as_u64().unwrap() as usize;
            assert_eq!(file.lines().nth(line - 1).unwrap().trim(), against["code"].as_str().unwrap());
            assert!(claim["predicate"]["name"] != "raises" || against["code"].as_str().unwrap().starts_with("raise "), "{against}");
        }
    }
    fails(&sandbox.trainset(&["explain", "qa:shop/payments/refunds.py::refnd:errors:en"]), &["mend: git trainset explain 'qa:"]);
    fails(&sandbox.trainset(&["explain", "shop/payments/refunds.py::refund"]), &["is a chunk of code", "mend: git trainset show"]);
}

#[test]
fn verify_sees_a_lie() {
    let sandbox = shop();
    sandbox.trainset(&["update"]);
    let shard = sandbox
        .dataset()
        .into_iter()
        .find(|(path, text)| path.starts_with("qa/") && text.windows(12).any(|part| part == b"RefundError`"))
        .unwrap();
    let lie = String::from_utf8(shard.1).unwrap().replace("RefundError", "ReturnError");
    let file = sandbox.git_dir().join("lie");
    std::fs::write(&file, lie).unwrap();
    // Put the altered shard on the branch, the way a person with git could.
    let script = format!(
        "export GIT_INDEX_FILE={0}/lie.index; cd {0} && git --git-dir=. read-tree dataset && \
         git --git-dir=. update-index --cacheinfo 100644,$(git --git-dir=. hash-object -w lie),{1} && \
         git --git-dir=. update-ref refs/heads/dataset $(git --git-dir=. -c user.name=a -c user.email=b commit-tree -p dataset -m lie $(git --git-dir=. write-tree))",
        sandbox.git_dir().display(),
        shard.0
    );
    let done = Command::new("sh").args(["-c", &script]).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let verdict = sandbox.trainset(&["verify"]);
    assert!(verdict.code == 1 && verdict.stdout.contains("wrong qa:"), "{verdict:#?}");
}

#[test]
fn init_writes_the_defaults_once() {
    let sandbox = shop();
    let file = sandbox.root().join(".trainset.toml");
    assert_eq!(sandbox.trainset(&["init"]).code, 0);
    assert!(std::fs::read_to_string(&file).unwrap().contains("qa_count = 3"));
    fails(&sandbox.trainset(&["init"]), &["is there already"]);
    // Not committed yet, it counts all the same.
    std::fs::write(&file, "qa_count = 1\n").unwrap();
    let one = sandbox.trainset(&["update", "--json"]).json();
    let flag = shop().trainset(&["update", "--qa-count", "1", "--json"]).json();
    assert_eq!(one["samples"], flag["samples"]);
}

#[test]
fn bare_worktree_and_folder_are_one_repository() {
    let sandbox = shop();
    sandbox.populate();
    sandbox.trainset(&["update"]);
    let wanted = sandbox.tree_id("dataset");
    let bare = sandbox.root().with_file_name("bare.git");
    let linked = sandbox.root().with_file_name("linked");
    assert_eq!(sandbox.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]).code, 0);
    assert_eq!(sandbox.git(&["worktree", "add", "-q", "-b", "other", linked.to_str().unwrap()]).code, 0);
    let run = |folder: &Path, args: &[&str]| -> Ran {
        sandbox.trainset_command(&[]).args(["-C"]).arg(folder).args(args).output().unwrap().into()
    };
    let at = |folder: &Path, args: &[&str]| -> Ran {
        Command::new(env!("CARGO_BIN_EXE_git-trainset")).arg("-C").arg(folder).args(args).output().unwrap().into()
    };
    assert_eq!(run(&sandbox.root(), &["status"]).code, 2, "-C twice is refused");
    for folder in [bare.as_path(), &linked, &sandbox.root().join("shop/payments")] {
        let ran = at(folder, &["update", "--json"]);
        assert_eq!(ran.code, 0, "{ran:#?}");
        assert_eq!(ran.json()["tip"], ran.json()["before"], "{}", folder.display());
    }
    assert_eq!(sandbox.tree_id("dataset"), wanted);
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let sandbox = shop();
    sandbox.trainset(&["update"]);
    let script =
        format!("{} -C {} plan --json | head -c 1; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_git-trainset"), sandbox.root().display());
    let ran: Ran = Command::new("bash").args(["-c", &script]).output().unwrap().into();
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{"));
}

#[test]
fn an_index_of_another_version_is_made_anew() {
    let sandbox = shop();
    sandbox.trainset(&["update"]);
    let meta = sandbox.index_dir().join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    for damage in [text.replace(env!("CARGO_PKG_VERSION"), "0.0.0"), "garbage".to_owned(), String::new()] {
        std::fs::write(&meta, damage).unwrap();
        let ran = sandbox.trainset(&["update", "--json"]);
        assert_eq!(ran.code, 0, "{ran:#?}");
        assert_eq!(ran.json()["tip"], ran.json()["before"]);
        assert_eq!(sandbox.trainset(&["query", "refund"]).code, 0);
    }
}

#[test]
fn a_dataset_of_another_schema_is_made_anew() {
    let sandbox = shop();
    sandbox.trainset(&["update"]);
    let wanted = sandbox.tree_id("dataset");
    let script = format!(
        "export GIT_INDEX_FILE={0}/old.index; cd {0} && echo '{{\"schema\": 0, \"rows\": \"elsewhere\"}}' > old && git --git-dir=. read-tree --empty && \
         git --git-dir=. update-index --add --cacheinfo 100644,$(git --git-dir=. hash-object -w old),dataset.json && \
         git --git-dir=. update-ref refs/heads/dataset $(git --git-dir=. -c user.name=a -c user.email=b commit-tree -p dataset -m old $(git --git-dir=. write-tree))",
        sandbox.git_dir().display()
    );
    let done = Command::new("sh").args(["-c", &script]).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let ran = sandbox.trainset(&["update", "--json"]);
    assert_eq!(ran.json()["plan"]["reason"], "the dataset has another schema", "{ran:#?}");
    assert_eq!(sandbox.tree_id("dataset"), wanted);
}

#[test]
fn the_dataset_as_numbers() {
    let sandbox = shop();
    sandbox.trainset(&["update"]);
    let stats = sandbox.trainset(&["stats", "--json"]);
    assert_eq!(stats.code, 0, "{stats:#?}");
    let numbers = stats.json();
    let rows = sandbox.trainset(&["verify", "--json"]).json()["samples"].clone();
    assert!(numbers["rows"] == rows && rows.as_u64() > Some(0), "{numbers:#}");
    assert_eq!(numbers["evidence"]["fresh"], numbers["evidence"]["pieces"]);
    assert_eq!(numbers["claims"]["proved"], numbers["claims"]["all"]);
    let sum: u64 = numbers["by"]["kind"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(Some(sum), rows.as_u64());
    let coverage = &numbers["coverage"];
    assert!(coverage["with_samples"].as_u64() <= coverage["that_matter"].as_u64() && coverage["with_samples"].as_u64() > Some(0));
    let told = sandbox.trainset(&["stats"]).stdout;
    for want in ["rows", "functions with samples", "100.0 % read so at the tip", "by kind", "train"] {
        assert!(told.contains(want), "{want}: {told}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_verb() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let ran = Sandbox::new().trainset(&["manual", pages.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    for (page, words) in [
        ("git-trainset.1", "Keeps a fine\\-tuning dataset"),
        ("git-trainset-update.1", "\\-\\-dry\\-run"),
        ("git-trainset-hook-install.1", "NAME"),
    ] {
        let text = std::fs::read_to_string(pages.join(page)).unwrap();
        assert!(text.contains(words), "no `{words}` in {page}:\n{text}");
    }
    std::fs::write(folder.path().join("file"), "").unwrap();
    fails(&Sandbox::new().trainset(&["manual", folder.path().join("file").to_str().unwrap()]), &["cannot make the folder"]);
}
