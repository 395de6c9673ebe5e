//! `ask`: a good model proves, a bad one is refused, and nobody is believed.

use serde_json::Value;

use crate::cli::fails;
use crate::llm::server::{Act, Asked, Server};
use crate::llm::small;
use crate::sandbox::{Ran, Sandbox};

const QUESTION: &str = "When does `take` raise `Sold`?";

fn made() -> Sandbox {
    let sandbox = small();
    sandbox.trainset(&["update"]);
    sandbox
}

fn ask(sandbox: &Sandbox, server: &Server, args: &[&str]) -> Ran {
    let url = server.url();
    let mut all = vec!["ask", "--json", "--base-url", &url, "--model", "scripted"];
    all.extend(args);
    sandbox.trainset(&all)
}

/// The id under which the prompt shows `take`.
fn shown(asked: &Asked) -> String {
    let told = asked.told();
    let line = told.lines().find(|line| line.contains("] shop.py::take ")).unwrap_or_else(|| panic!("{told}"));
    line.split(['[', ']']).nth(1).unwrap().to_owned()
}

/// An answer as the training rows have it, with an error and the condition for it.
fn answer(asked: &Asked, error: &str, when: &str) -> String {
    let cite = shown(asked);
    format!(
        "Reasoning:\n1. read: `take` checks what is `wanted` first. [{cite}]\n\nAnswer:\nIt raises `{error}` when `{when}`.\n\nClaims:\n- raises [\"shop.py::take\", \"{error}\", \"{when}\"] [{cite}]"
    )
}

#[test]
fn a_good_model_proves_and_is_asked_once() {
    let sandbox = made();
    let server = Server::new(|asked| Act::Say(answer(asked, "Sold", "wanted > stock")));
    let ran = ask(&sandbox, &server, &[QUESTION]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let answered = ran.json();
    assert!(answered["proved"] == true && answered["claims"][0]["proved"] == true && answered["replies"] == 1, "{answered:#}");
    let asked = &server.asked()[0];
    assert!(asked.body.get("response_format").is_none(), "the form is that of the training rows, and no other");
    // The journal knows the reply.
    assert_eq!(ask(&sandbox, &server, &[QUESTION]).code, 0);
    assert_eq!(server.count(), 1);
    let told = sandbox.trainset(&["ask", "--base-url", &server.url(), "--model", "scripted", QUESTION]);
    assert!(told.code == 0 && told.stdout.contains("proved: 1 of 1 claims") && told.stdout.contains("shop.py:"), "{told:#?}");
}

#[test]
fn the_prompt_is_that_of_the_export() {
    let sandbox = made();
    let server = Server::new(|_| Act::Say("Answer:\nno".to_owned()));
    ask(&sandbox, &server, &[QUESTION]);
    let out = sandbox.root().with_file_name("out");
    sandbox.trainset(&["export", "--out", out.to_str().unwrap()]);
    let first =
        ["train", "validation", "test"].iter().find_map(|split| std::fs::read_to_string(out.join(format!("{split}.jsonl"))).ok()).unwrap();
    let row: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    let asked = &server.asked()[0].body["messages"];
    assert_eq!(asked[0], row["prompt"][0], "the system message is the very same");
    let form = |text: &Value| text.as_str().unwrap().lines().next().map(str::to_owned);
    assert_eq!(form(&asked[1]["content"]), form(&row["prompt"][1]["content"]));
    assert!(asked[1]["content"].as_str().unwrap().ends_with(&format!("\n\nQuestion: {QUESTION}")));
}

#[test]
fn a_bad_model_is_asked_again_and_then_refused() {
    let sandbox = made();
    for (error, when, rule) in [("Gone", "wanted > stock", "claims"), ("Sold", "wanted < stock", "claims")] {
        let server = Server::new(move |asked| Act::Say(answer(asked, error, when)));
        let ran = ask(&sandbox, &server, &["--temperature", if error == "Gone" { "0.1" } else { "0.3" }, QUESTION]);
        assert_eq!(ran.code, 1, "{ran:#?}");
        let answered = ran.json();
        assert!(answered["proved"] == false && answered["replies"] == 2);
        assert!(answered["faults"].as_array().unwrap().iter().any(|fault| fault["rule"] == rule), "{answered:#}");
        assert!(answered["evidence"].to_string().contains("def take"), "the evidence is shown");
        assert!(server.asked()[1].told().contains("The checker refuses this: "));
    }
    for nonsense in [
        "",
        "I do not know.",
        "Answer:\nIt is so.",
        "\u{1b}[2J",
        "Reasoning:\n1. read: x [E9]\nAnswer:\ny [E9]\nClaims:\n- calls [\"a\", \"b\"] [E9]",
    ] {
        let sandbox = made();
        let server = Server::new(move |_| Act::Say(nonsense.to_owned()));
        let ran = ask(&sandbox, &server, &[QUESTION]);
        assert!(ran.code == 1 && ran.json()["proved"] == false && !ran.json()["faults"].as_array().unwrap().is_empty(), "{ran:#?}");
    }
}

#[test]
fn a_second_reply_may_mend_the_first() {
    let sandbox = made();
    let server = Server::new(|asked| match asked.is_repair() {
        true => Act::Say(answer(asked, "Sold", "wanted > stock")),
        false => Act::Say("It raises Sold.".to_owned()),
    });
    let ran = ask(&sandbox, &server, &[QUESTION]);
    assert!(ran.code == 0 && ran.json()["replies"] == 2, "{ran:#?}");
}

#[test]
fn a_design_may_name_what_is_new() {
    let sandbox = made();
    let server = Server::new(|asked| {
        let cite = shown(asked);
        Act::Say(format!(
            "Reasoning:\n1. read: Stock is taken in `take`. [{cite}]\n\nAnswer:\nReserve before taking.\n\nComponents:\n- new `reserve` in `shop.py`: it calls `take` later [{cite}]\n\nClaims:\n- raises [\"shop.py::take\", \"Sold\", \"wanted > stock\"] [{cite}]"
        ))
    });
    let ran = ask(&sandbox, &server, &["--design", "Reserve stock before it is taken"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(server.asked()[0].told().contains("Requirement: Reserve stock"));
}

#[test]
fn where_nobody_answers_it_says_so() {
    let sandbox = made();
    fails(&sandbox.trainset(&["ask", QUESTION]), &["no server is named", "mend: "]);
    let server = Server::new(|_| Act::Status(401, String::new(), r#"{"error":"no key"}"#.to_owned()));
    fails(&ask(&sandbox, &server, &[QUESTION]), &["could not be asked", "no key"]);
    let nothing = ask(&sandbox, &server, &["zzzzqqqq"]);
    assert!(nothing.code == 1 && nothing.json()["faults"][0]["rule"] == "evidence", "{nothing:#?}");
}

/// A model that has learnt the rows by heart: it knows each prompt of the export.
fn learnt(sandbox: &Sandbox) -> Server {
    let out = sandbox.root().with_file_name("learnt");
    sandbox.trainset(&["export", "--force", "--out", out.to_str().unwrap()]);
    let mut known = std::collections::HashMap::new();
    for split in ["train", "validation", "test"] {
        for line in std::fs::read_to_string(out.join(format!("{split}.jsonl"))).unwrap_or_default().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            known.insert(row["prompt"].to_string(), row["completion"][0]["content"].as_str().unwrap().to_owned());
        }
    }
    let all = known;
    Server::new(move |asked| match asked.body["model"].as_str() {
        Some("base") => Act::Say("I think it is fine.".to_owned()),
        _ => Act::Say(all.get(&asked.body["messages"].to_string()).cloned().unwrap_or_default()),
    })
}

#[test]
fn eval_tells_a_model_that_knows_from_one_that_does_not() {
    let sandbox = crate::cli::shop();
    sandbox.trainset(&["update"]);
    let server = learnt(&sandbox);
    let url = server.url();
    let ran = sandbox.trainset(&[
        "eval",
        "--json",
        "--split",
        "train",
        "--limit",
        "1000",
        "--base-url",
        &url,
        "--model",
        "tuned",
        "--against",
        "base",
    ]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let scores = ran.json()["scores"].clone();
    let of = |at: usize, key: &str| scores[at][key].as_u64().unwrap();
    let rows = of(0, "rows");
    assert!(rows > 50, "{scores:#}");
    for model in [0, 1] {
        // The rows put the arguments of a call into the condition of what is called: true, and verbatim nowhere.
        assert!(of(model, "grounded") * 100 >= rows * 95, "the dataset's own answers pass what is asked of others: {:#}", scores[model]);
        assert_eq!((of(model, "formed"), of(model, "cited"), of(model, "found")), (rows, rows, of(model, "facts")));
        assert!(of(model, "denied") + 1 >= of(model, "premises"), "{:#}", scores[model]);
    }
    assert!(of(0, "premises") > 0);
    assert_eq!((of(2, "formed"), of(2, "grounded"), of(2, "found"), of(2, "denied")), (0, 0, 0, 0));
    let told = sandbox.trainset(&["eval", "--split", "train", "--limit", "5", "--base-url", &url, "--model", "tuned"]);
    assert!(told.stdout.contains("| tuned | 100.0 % (5 of 5) |"), "{told:#?}");
    let mixed = sandbox
        .trainset(&["eval", "--json", "--split", "train", "--limit", "60", "--distractors", "--base-url", &url, "--model", "base"])
        .json();
    let own = &mixed["scores"][0];
    assert!(own["cited"] == own["rows"] && own["found"] == own["facts"] && own["rows"] == 60, "cites follow the evidence: {own:#}");
    assert!(server.asked().last().unwrap().told().matches("\n[E").count() > 2);
    fails(&sandbox.trainset(&["eval", "--split", "tset", "--base-url", &url, "--model", "m"]), &["no split `tset`"]);
}
