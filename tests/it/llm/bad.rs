//! Whatever a server does: nothing is lost, what was answered is not asked again, and the person is
//! told.

use std::time::Duration;

use serde_json::{Value, json};

use super::server::{Act, Asked, Server, completion, good, good_value};
use super::{by_generator, rows, small, update};
use crate::sandbox::{File, Ran};

/// An update against a server that first does `bad`; how it ended, and whether it is all well after
/// another one.
#[track_caller]
fn check(bad: impl Fn(&Asked) -> Option<Act> + Send + Sync + 'static, wanted: &[&str]) -> Ran {
    let sandbox = small();
    let server = Server::new(move |asked| bad(asked).unwrap_or_else(|| Act::Say(good(asked))));
    let ran = sandbox
        .trainset_command(&["update", "--generator", "llm", "--base-url", &server.url(), "--model", "scripted"])
        .env("TRAINSET_TIMEOUT", "0.4")
        .env("TRAINSET_API_KEY", "sk-very-secret-key")
        .output()
        .unwrap();
    let ran = Ran::from(ran);
    assert!(matches!(ran.code, 0 | 1), "{ran:#?}");
    let mut told = ran.stdout.clone() + &ran.stderr + &sandbox.trainset(&["rejects", "--verbose"]).stdout;
    told.push_str(&sandbox.trainset(&["journal", "list", "--verbose"]).stdout);
    for words in wanted {
        assert!(told.contains(words), "no `{words}` in {told}");
    }
    assert!(!told.contains('\u{1b}') && !told.contains("very-secret"), "{told:?}");
    let journal = std::fs::read_to_string(sandbox.git_dir().join("trainset/journal")).unwrap();
    assert!(!journal.contains("very-secret"), "{journal}");
    let floor = small();
    floor.trainset(&["update"]);
    assert_eq!(rows(&sandbox).len(), rows(&floor).len(), "{ran:#?}");
    assert_eq!(sandbox.trainset(&["verify"]).code, 0, "{ran:#?}");
    // What is settled is not asked again.
    let answered = sandbox.trainset(&["journal", "list", "--json"]).json()["all"].clone();
    let before = server.count();
    let again = update(&sandbox, &server, &["--json"]).json();
    let newly = again["asked"]["replies"].as_u64().unwrap_or_default();
    assert_eq!(sandbox.trainset(&["journal", "list", "--json"]).json()["all"].as_u64(), answered.as_u64().map(|all| all + newly));
    if ran.code == 0 {
        assert_eq!(server.count(), before, "{again}");
    }
    ran
}

/// Every slot of the model, when all goes well in the end.
fn ends_well(bad: impl Fn(&Asked) -> Option<Act> + Send + Sync + 'static) {
    let ran = check(bad, &[]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(ran.stdout.contains("was refused 0"), "{}", ran.stdout);
}

fn first(act: fn() -> Act) -> impl Fn(&Asked) -> Option<Act> {
    move |asked| (asked.again == 0).then(act)
}

#[test]
fn a_busy_server_is_asked_again() {
    ends_well(first(|| Act::Status(429, "Retry-After: 0\r\n".into(), "{}".into())));
    ends_well(first(|| Act::Status(429, String::new(), r#"{"error":{"message":"slow down"}}"#.into())));
    ends_well(first(|| Act::Status(503, "Retry-After: 0.05\r\n".into(), String::new())));
}

#[test]
fn a_server_that_breaks_now_and_then_is_asked_again() {
    ends_well(first(|| Act::Status(500, String::new(), r#"{"error":"oops"}"#.into())));
    ends_well(first(|| Act::Reset));
    ends_well(first(|| Act::Cut("x".repeat(3_000))));
    ends_well(first(|| Act::Hang(Duration::from_millis(700))));
    ends_well(first(|| Act::Drip("x".repeat(2_000), 40, Duration::from_millis(60))));
    ends_well(first(|| Act::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>hi<".to_vec())));
}

#[test]
fn a_request_that_breaks_the_server_for_good_is_settled() {
    let breaks =
        |asked: &Asked| asked.told().contains("Subject: `give`").then(|| Act::Status(500, String::new(), r#"{"error":"boom"}"#.into()));
    let ran = check(breaks, &["server: the server breaks over it", "boom"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
}

#[test]
fn what_does_not_fit_is_settled() {
    let long = |asked: &Asked| {
        asked
            .told()
            .contains("Subject: `give`")
            .then(|| Act::Status(400, String::new(), r#"{"error":{"message":"maximum context length is 9"}}"#.into()))
    };
    check(long, &["the server refuses it: 400", "maximum context length is 9"]);
}

#[test]
fn a_wrong_key_or_model_stops_at_once_and_says_so() {
    let sandbox = small();
    for (status, mend) in [(401, "TRAINSET_API_KEY"), (404, "check the model and the address"), (302, "sends us to")] {
        let server = Server::new(move |_| {
            Act::Status(status, "Location: http://127.0.0.1:9/v1\r\n".into(), r#"{"error":{"message":"bad key sk-very-secret"}}"#.into())
        });
        let url = server.url();
        let mut command = sandbox.trainset_command(&["update", "--generator", "llm", "--base-url", &url, "--model", "m"]);
        let ran = Ran::from(command.env("TRAINSET_API_KEY", "sk-very-secret").output().unwrap());
        assert_eq!((ran.code, server.count()), (1, 1), "{ran:#?}");
        assert!(ran.stdout.contains(mend) && ran.stdout.contains("stay offline") && !ran.stdout.contains("very-secret"), "{}", ran.stdout);
        assert_eq!(server.asked()[0].headers["authorization"], "Bearer sk-very-secret");
        assert_eq!(by_generator(&sandbox, "llm"), 0);
        assert!(by_generator(&sandbox, "offline") > 0);
    }
}

#[test]
fn a_server_that_is_not_there_is_told_of() {
    let sandbox = small();
    let ran = sandbox.trainset(&["update", "--generator", "llm", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"]);
    assert!(ran.code == 1 && ran.stdout.contains("no connection"), "{ran:#?}");
    assert!(by_generator(&sandbox, "offline") > 0);
    let server = Server::good();
    assert_eq!(update(&sandbox, &server, &[]).code, 0);
    assert_eq!(by_generator(&sandbox, "offline"), 0);
}

#[test]
fn a_form_that_the_server_does_not_know_is_given_up() {
    for wanted in ["json_schema", "json_object"] {
        ends_well(move |asked| {
            let form = asked.body["response_format"]["type"].as_str().unwrap_or_default().to_owned();
            let refused = form == "json_schema" || form == wanted;
            refused.then(|| Act::Status(422, String::new(), format!(r#"{{"detail":"response_format {form}?"}}"#)))
        });
    }
    ends_well(|asked| {
        let old = asked.body.get("max_tokens").is_some();
        old.then(|| Act::Status(400, String::new(), r#"{"error":{"message":"use 'max_completion_tokens' instead"}}"#.into()))
    });
    ends_well(|asked| Some(Act::Say(format!("<think>hm {{}}</think>Sure:\n```json\n{}\n```\nBye!", good(asked)))));
}

/// A reply that is spoiled in one way, each time it is asked.
#[track_caller]
fn refused(spoil: fn(&mut Value), rule: &str) {
    let bad = move |asked: &Asked| {
        let mut value = good_value(asked);
        spoil(&mut value);
        Some(Act::Say(value.to_string()))
    };
    let ran = check(bad, &[rule]);
    assert!(ran.code == 0 && ran.stdout.contains("took over 0"), "{ran:#?}");
}

#[test]
fn words_that_are_not_believed() {
    refused(|value| value["claims"][0]["args"][1] = "Invented".into(), "is not one of the facts");
    refused(|value| value["claims"][0]["cites"] = json!(["E1:900-950"]), "not by E1:900-950");
    refused(|value| value["question"] = "What of `take`, `give` and `frobnicate`?".into(), "`frobnicate`");
    refused(|value| value["question"] = json!(7), "does not fit");
    refused(|value| value["answer"] = json!([]), "complete: ");
    refused(|value| value["answer"][0]["says"] = "Nothing of that is so, never, for `take` or `give`.".into(), ": ");
    refused(|value| spoil_question(value, " <script>alert(1)</script>"), "markup: ");
    refused(|value| spoil_question(value, " \u{1b}[2J"), "markup: ");
    refused(|value| spoil_question(value, " see https://evil.example"), "markup: ");
    refused(|value| spoil_question(value, &format!(" ghp{}", "_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")), "secrets: ");
    refused(|value| spoil_question(value, " 这个函数在库存不足的时候会发生什么事情以及调用者需要知道什么内容呢"), "language: ");
    refused(|value| spoil_question(value, " and helper_of_mine?"), "quotes: ");
}

fn spoil_question(value: &mut Value, more: &str) {
    let question = format!("{}{more}", value["question"].as_str().unwrap());
    value["question"] = question.into();
}

#[test]
fn replies_that_are_none() {
    check(|_| Some(Act::Say(String::new())), &["the reply is empty"]);
    check(|asked| Some(Act::Say(good(asked)[..40].to_owned())), &["cut off"]);
    check(|_| Some(Act::Say("No \u{1b}[31mthanks.".into())), &["not a JSON object"]);
    check(|_| Some(Act::Say("x".repeat(10 << 20))), &["longer than 2 MiB"]);
    check(|_| Some(Act::Status(200, String::new(), completion("{").replace("\"stop\"", "\"length\""))), &["cut off at the longest reply"]);
}

#[test]
fn code_with_a_key_in_it_is_not_sent() {
    let mut sandbox = small();
    let key = format!("ghp{}", "_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let text = super::SMALL.replace("    return stock - wanted", &format!("    token = \"{key}\"\n    return stock - wanted"));
    sandbox.commit("a key", &[("shop.py".to_owned(), File::plain(text))].into());
    let server = Server::good();
    let ran = update(&sandbox, &server, &[]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(server.count() > 0 && server.asked().iter().all(|asked| !asked.told().contains(&key)));
    let rows: Vec<String> = sandbox.dataset().into_values().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    assert!(rows.iter().all(|text| !text.contains(&key)) && rows.iter().any(|text| text.contains("\"withheld\":true")));
    let count = server.count();
    update(&sandbox, &server, &[]);
    assert_eq!(server.count(), count);
}
