//! Batch files, budgets, and what the journal is asked for.

use serde_json::{Value, json};

use super::server::{Asked, Server, completion, good};
use super::{by_generator, rows, shop, small, update};

/// What a batch service makes of a file of requests.
fn served(requests: &str) -> String {
    let line = |line: &str| {
        let request: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&request["method"], &request["url"]), (&"POST".into(), &"/v1/chat/completions".into()));
        let asked = Asked { again: 0, path: String::new(), headers: Default::default(), body: request["body"].clone() };
        let body: Value = serde_json::from_str(&completion(&good(&asked))).unwrap();
        json!({"id": "r", "custom_id": request["custom_id"], "response": {"status_code": 200, "request_id": "q", "body": body}, "error": null})
            .to_string()
    };
    requests.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_batch_goes_out_and_comes_in() {
    let sandbox = shop();
    let file = sandbox.git_dir().join("requests.jsonl");
    let path = file.to_str().unwrap();
    let out = sandbox.trainset(&["update", "--model", "scripted", "--batch-out", path, "--json"]);
    assert_eq!(out.code, 0, "{out:#?}");
    let requests = std::fs::read_to_string(&file).unwrap();
    assert_eq!(out.json()["asked"]["written"].as_u64().unwrap() as usize, requests.lines().count());
    assert!(by_generator(&sandbox, "offline") > 50, "the floor is there meanwhile");

    let replies = served(&requests);
    // One is late, one is of somebody else, one went wrong.
    let mut lines: Vec<String> = replies.lines().map(str::to_owned).collect();
    let late = lines.remove(0);
    lines[0] = lines[0].replace("\"status_code\":200", "\"status_code\":500");
    lines.push(late.replace("\"custom_id\":\"", "\"custom_id\":\"x"));
    std::fs::write(&file, lines.join("\n")).unwrap();
    let back = sandbox.trainset(&["update", "--model", "scripted", "--batch-in", path, "--json"]).json();
    assert_eq!((&back["asked"]["unused"], by_generator(&sandbox, "offline")), (&2.into(), 2), "{}", back["asked"]);

    let again = sandbox.trainset(&["update", "--model", "scripted", "--batch-out", path, "--json"]).json();
    assert_eq!(again["asked"]["written"], 2);
    std::fs::write(&file, served(&std::fs::read_to_string(&file).unwrap())).unwrap();
    assert_eq!(sandbox.trainset(&["update", "--model", "scripted", "--batch-in", path]).code, 0);
    assert_eq!(by_generator(&sandbox, "offline"), 0);

    // The same samples as from a server, which has nothing left to be asked.
    let server = Server::good();
    let tip = sandbox.commit_id("dataset");
    update(&sandbox, &server, &[]);
    assert_eq!((sandbox.commit_id("dataset"), server.count()), (tip, 0));
    let live = shop();
    update(&live, &server, &[]);
    assert_eq!(live.tree_id("dataset"), sandbox.tree_id("dataset"));
    std::fs::write(&file, "{\"custom_id\": 7}\n").unwrap();
    let sandbox = small();
    let wrong = sandbox.trainset(&["update", "--model", "m", "--batch-in", path]);
    assert!(wrong.code == 2 && wrong.stderr.contains("line 1 of the batch file"), "{wrong:#?}");
}

#[test]
fn a_budget_is_never_exceeded() {
    let sandbox = shop();
    let server = Server::good();
    let ran = update(&sandbox, &server, &["--budget-requests", "7", "--json"]);
    let outcome = ran.json();
    assert_eq!((ran.code, server.count(), by_generator(&sandbox, "llm")), (1, 7, 7), "{}", outcome["asked"]);
    assert_eq!(outcome["plan"]["model_calls"], 7);
    assert!(outcome["asked"]["open"]["the budget of requests is used up"].as_u64().unwrap() > 50, "{}", outcome["asked"]);
    // Each bound is set aside while a request is on its way: 600 tokens are used of far more.
    let tokens = 40_000;
    update(&sandbox, &server, &["--budget-tokens", &tokens.to_string(), "--concurrency", "2"]);
    let used = 600 * (server.count() - 7);
    assert!(used > 600 * 10 && used <= tokens, "{used}");
    let count = server.count();
    let ran = sandbox
        .trainset_command(&["update", "--generator", "llm", "--model", "scripted", "--base-url", &server.url(), "--budget-usd", "0.0001"])
        .env("TRAINSET_PRICE", "1 2")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&ran.stdout).contains("the budget of money is used up"), "{ran:?}");
    assert_eq!(server.count(), count);
    // What the budgets left is made up for.
    update(&sandbox, &server, &[]);
    assert_eq!((by_generator(&sandbox, "offline"), server.count()), (0, by_generator(&sandbox, "llm")));
}

#[test]
fn the_dry_run_bounds_what_is_used_up() {
    let sandbox = shop();
    let server = Server::good();
    let run = |args: &[&str]| {
        let mut command = sandbox.trainset_command(&["update", "--generator", "llm", "--model", "scripted", "--base-url", &server.url()]);
        command.args(args).env("TRAINSET_PRICE", "1 2");
        crate::sandbox::Ran::from(command.output().unwrap())
    };
    let plan = run(&["--dry-run", "--json"]).json();
    let told = run(&["--dry-run"]).stdout;
    assert!(told.contains("with repairs") && told.contains('$'), "{told}");
    let asked = run(&["--json"]).json()["asked"].clone();
    for (bound, used) in [("tokens_in", "tokens_in"), ("tokens_out", "tokens_out"), ("price", "dollars"), ("most_calls", "replies")] {
        assert!(
            plan[bound].as_f64().unwrap() >= asked[used].as_f64().unwrap() && asked[used].as_f64().unwrap() > 0.0,
            "{bound}: {plan} {asked}"
        );
    }
    let costs = sandbox.trainset(&["journal", "cost", "--json"]).json();
    assert_eq!(costs["scripted"]["replies"], asked["replies"]);
    assert!((costs["scripted"]["dollars"].as_f64().unwrap() - asked["dollars"].as_f64().unwrap()).abs() < 1e-9);
}

#[test]
fn the_journal_is_listed_and_pruned() {
    let sandbox = small();
    assert!(sandbox.trainset(&["journal", "cost"]).stdout.contains("no model was asked yet"));
    assert!(sandbox.trainset(&["rejects"]).stdout.contains("0 refused"));
    let server = Server::good();
    update(&sandbox, &server, &[]);
    let list = sandbox.trainset(&["journal", "list", "--limit", "1"]).stdout;
    assert!(list.contains("draft") && list.contains(&format!("{} replies in the journal", server.count())), "{list}");
    assert!(sandbox.trainset(&["journal", "prune", "--older-than", "1"]).stdout.starts_with("0 lines"));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(sandbox.trainset(&["journal", "prune", "--older-than", "0"]).stdout.starts_with(&format!("{} lines", server.count())));
    // The samples stay, and since they are fresh nobody is asked.
    let (count, kept) = (server.count(), rows(&sandbox).len());
    update(&sandbox, &server, &[]);
    assert_eq!((server.count(), rows(&sandbox).len()), (count, kept));
}
