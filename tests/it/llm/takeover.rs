//! The model takes slots over, and what is settled stays settled.

use super::server::{Act, Server, good, good_value};
use super::{by_generator, made, rows, shop, small, update};
use crate::sandbox::File;

#[test]
fn good_words_take_every_slot_over_and_are_not_asked_for_again() {
    let sandbox = shop();
    let server = Server::good();
    let dry = update(&sandbox, &server, &["--dry-run", "--json"]).json();
    assert_eq!((server.count(), sandbox.tree_id("dataset")), (0, None), "a dry run asks nobody");
    let ran = update(&sandbox, &server, &["--json"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let outcome = ran.json();
    assert_eq!(outcome["plan"], dry, "the plan is what happens");
    let calls = outcome["plan"]["model_calls"].as_u64().unwrap() as usize;
    assert_eq!(outcome["asked"]["refused"], 0, "{}", sandbox.trainset(&["rejects"]).stdout);
    assert_eq!((server.count(), by_generator(&sandbox, "llm"), by_generator(&sandbox, "offline")), (calls, calls, 0));
    assert!(calls > 50 && dry["tokens_in"].as_u64().unwrap() > 500 * calls as u64);
    let row = &rows(&sandbox)[0];
    assert_eq!(row["model"], "scripted");
    assert!(row["recipe"].as_str().unwrap().starts_with("llm/") && row["claims"][0]["verdict"] == "proved", "{row}");
    assert_eq!(sandbox.trainset(&["verify"]).code, 0);

    // A second run asks nobody and writes nothing; so does an offline one.
    let again = update(&sandbox, &server, &["--json"]).json();
    assert_eq!((&again["tip"], server.count()), (&outcome["tip"], calls));
    let offline = sandbox.trainset(&["update", "--json"]).json();
    assert_eq!(offline["tip"], outcome["tip"]);

    // Neither does one without index, and one without dataset has all answers in the journal.
    std::fs::remove_dir_all(sandbox.index_dir()).unwrap();
    assert_eq!(update(&sandbox, &server, &["--json"]).json()["tip"], outcome["tip"]);
    let tree = sandbox.tree_id("dataset");
    sandbox.git(&["update-ref", "-d", "refs/heads/dataset"]);
    std::fs::remove_dir_all(sandbox.index_dir()).unwrap();
    let rebuilt = update(&sandbox, &server, &["--json"]).json();
    assert_eq!((&rebuilt["plan"]["model_calls"], &rebuilt["plan"]["answered"]), (&0.into(), &calls.into()));
    assert_eq!((sandbox.tree_id("dataset"), server.count()), (tree, calls));
}

#[test]
fn an_offline_dataset_is_the_floor() {
    let sandbox = small();
    sandbox.trainset(&["update"]);
    let floor = rows(&sandbox);
    // Good words for one function, none for the other.
    let server =
        Server::new(|asked| if asked.told().contains("Subject: `take`") { Act::Say(good(asked)) } else { Act::Say("I cannot.".into()) });
    let ran = update(&sandbox, &server, &["--json"]);
    let outcome = ran.json();
    let now = rows(&sandbox);
    assert_eq!(now.len(), floor.len(), "nothing is lost");
    for (was, is) in floor.iter().zip(&now).filter(|(_, is)| is["kind"] != super::OFFLINE) {
        let taken = is["id"].as_str().unwrap().contains("::take:");
        assert_eq!(is["generator"] == "llm", taken);
        if !taken {
            assert_eq!((&was["answer"], &was["claims"]), (&is["answer"], &is["claims"]));
            assert!(is["recipe"].as_str().unwrap().contains(" after llm/"), "{is}");
        }
    }
    let refused = outcome["asked"]["refused"].as_u64().unwrap() as usize;
    assert!(refused > 0);
    // Each refused one was repaired once, and then never again.
    assert_eq!(server.asked().iter().filter(|asked| asked.is_repair()).count(), refused);
    let count = server.count();
    assert_eq!(update(&sandbox, &server, &["--json"]).json()["tip"], outcome["tip"]);
    std::fs::remove_dir_all(sandbox.index_dir()).unwrap();
    assert_eq!(update(&sandbox, &server, &["--json"]).json()["tip"], outcome["tip"]);
    assert_eq!(server.count(), count);
    let ledger = sandbox.trainset(&["rejects"]).stdout;
    assert!(ledger.contains("::give:") && ledger.contains("not a JSON object") && ledger.contains("I cannot."), "{ledger}");
    assert_eq!(sandbox.trainset(&["verify"]).code, 0);
}

#[test]
fn another_model_asks_again_and_a_changed_function_asks_for_itself() {
    let mut sandbox = small();
    let server = Server::good();
    let all = update(&sandbox, &server, &["--json"]).json()["plan"]["model_calls"].as_u64().unwrap() as usize;
    let files = sandbox.files("HEAD");
    let mut edited = files.clone();
    edited.insert("shop.py".to_owned(), File::plain(super::SMALL.replace("returned < 0", "returned < 1")));
    sandbox.commit("an edit", &edited);
    let outcome = update(&sandbox, &server, &["--json"]).json();
    let made = made(&outcome);
    assert_eq!(outcome["plan"]["full"], false, "{outcome}");
    assert!(made > 0 && made < all);
    assert_eq!(server.count(), all + made);
    // Back again: the journal knows.
    sandbox.commit("undo", &files);
    assert_eq!(update(&sandbox, &server, &["--json"]).json()["plan"]["answered"], made);
    assert_eq!(server.count(), all + made);
    update(&sandbox, &server, &["--model", "other"]);
    assert_eq!(server.count(), 2 * all + made);
}

#[test]
fn a_move_takes_the_words_along_and_asks_nobody() {
    let mut sandbox = small();
    let server = Server::good();
    update(&sandbox, &server, &[]);
    let count = server.count();
    let text = super::SMALL.replace("def take(", "def fetch(");
    // Which kinds a chunk is asked for depends on its id: at this place they are the same.
    sandbox.commit("a rename", &[("shelf.py".to_owned(), File::plain(text))].into());
    let outcome = update(&sandbox, &server, &["--json"]).json();
    assert_eq!((&outcome["plan"]["model_calls"], &outcome["plan"]["counts"]["remake"]), (&0.into(), &0.into()), "{outcome}");
    assert!(outcome["plan"]["counts"]["move"].as_u64().unwrap() > 0);
    assert_eq!((server.count(), by_generator(&sandbox, "offline")), (count, 0));
    let moved = rows(&sandbox).into_iter().filter(|row| row["id"].as_str().unwrap().starts_with("qa:shelf.py::fetch:"));
    let moved: Vec<_> = moved.filter(|row| row["kind"] != super::OFFLINE).collect();
    assert!(!moved.is_empty());
    for row in moved {
        let text = row.to_string();
        assert!(text.contains("`fetch`") && !text.contains("take") && !text.contains("shop.py"), "{text}");
    }
    assert_eq!(sandbox.trainset(&["verify"]).code, 0);
    // The same without a model to ask: its words stay.
    sandbox.commit("back", &[("shop.py".to_owned(), File::plain(super::SMALL))].into());
    sandbox.trainset(&["update"]);
    assert_eq!((server.count(), by_generator(&sandbox, "offline")), (count, 0));
}

#[test]
fn one_repair_mends_what_the_gate_finds() {
    let sandbox = small();
    let server = Server::new(|asked| {
        let mut value = good_value(asked);
        if !asked.is_repair() {
            value["answer"][0]["says"] = "It never raises anything.".into();
        }
        Act::Say(value.to_string())
    });
    let outcome = update(&sandbox, &server, &["--json"]).json();
    assert_eq!(outcome["asked"]["refused"], 0, "{outcome}");
    let asked = server.asked();
    let repairs: Vec<_> = asked.iter().filter(|asked| asked.is_repair()).collect();
    assert_eq!(repairs.len() * 2, asked.len());
    assert!(outcome["plan"]["most_calls"].as_u64().unwrap() as usize >= asked.len());
    assert!(repairs[0].told().contains("never raises anything"), "the reply stands before its finding");
}

#[test]
fn uncovered_prose_is_judged_where_that_is_wanted() {
    for (verdict, kept) in
        [(r#"{"supported":[1],"scores":{"correctness":5,"completeness":5,"relevance":5,"clarity":5,"reasoning":5}}"#, true), ("{}", false)]
    {
        let sandbox = small();
        let server = Server::new(move |asked| {
            if asked.told().starts_with("You judge") {
                return Act::Say(verdict.to_owned());
            }
            let mut value = good_value(asked);
            let statements = value["answer"].as_array_mut().unwrap();
            statements.push(serde_json::json!({"says": "The caller keeps the result.", "claims": []}));
            Act::Say(value.to_string())
        });
        update(&sandbox, &server, &["--prose", "judge"]);
        let told = rows(&sandbox).iter().filter(|row| row["answer"].as_str().unwrap().contains("The caller keeps")).count();
        assert_eq!(told > 0, kept);
        let judged = rows(&sandbox).iter().filter(|row| row.to_string().contains("\"verdict\":\"judged\"")).count();
        assert_eq!(judged, told);
        assert_eq!(sandbox.trainset(&["verify"]).code, 0);
    }
}
