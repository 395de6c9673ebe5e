//! Vectors of a server as a second view of `query`.

use std::fs;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::server::{Act, Asked, Server};
use super::{SMALL, small};
use crate::sandbox::{File, Ran, Sandbox};

/// A server for which texts about giving back are one thing and all others another.
fn server() -> Server {
    Server::new(|asked| Act::Status(200, String::new(), reply(asked)))
}

fn reply(asked: &Asked) -> String {
    let inputs = asked.body["input"].as_array().unwrap();
    let vector = |text: &Value| if text.as_str().unwrap().contains("give") { [1.0, 0.1] } else { [0.1, 1.0] };
    let data: Vec<Value> = inputs.iter().enumerate().map(|(at, text)| json!({"index": at, "embedding": vector(text)})).collect();
    json!({ "data": data }).to_string()
}

fn run(sandbox: &Sandbox, server: &Server, args: &[&str]) -> Ran {
    let url = server.url();
    sandbox.trainset(&[args, &["--embed-model", "small", "--embed-url", &url]].concat())
}

#[track_caller]
fn symbols(ran: &Ran) -> Vec<String> {
    ran.json()["hits"].as_array().unwrap().iter().map(|hit| hit["symbol"].as_str().unwrap().to_owned()).collect()
}

fn texts(server: &Server) -> Vec<String> {
    let inputs = |asked: Asked| asked.body["input"].as_array().cloned().unwrap_or_default();
    server.asked().into_iter().flat_map(inputs).map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_means_the_same_is_found_and_nothing_is_asked_twice() {
    let mut sandbox = small();
    let server = server();
    sandbox.trainset(&["update"]);
    let early = run(&sandbox, &server, &["query", "--json", "stock"]).json();
    assert!(early["note"].as_str().unwrap().contains("mend: git trainset embed") && early["vectors"] == "", "{early:#}");
    let plan = run(&sandbox, &server, &["embed", "--dry-run", "--json"]).json();
    assert_eq!((plan["made"].as_u64(), server.count()), (Some(3), 0));
    let done = run(&sandbox, &server, &["embed", "--json"]).json();
    assert_eq!((&done["made"], &done["bytes"], server.count()), (&plan["made"], &plan["bytes"], 1));
    assert_eq!(server.asked()[0].path, "/v1/embeddings");
    assert_eq!(run(&sandbox, &server, &["embed", "--json"]).json()["known"], 3);

    // None of these words is in the code.
    let asked = run(&sandbox, &server, &["query", "--json", "forgive"]);
    assert_eq!((symbols(&asked)[0].as_str(), asked.json()["vectors"].as_str()), ("give", Some("small")));
    assert!(symbols(&sandbox.trainset(&["query", "--json", "forgive"])).is_empty(), "words alone find nothing");
    assert_eq!(symbols(&run(&sandbox, &server, &["query", "--json", "take"]))[0], "take", "a name goes first");
    assert_eq!(symbols(&run(&sandbox, &server, &["query", "--json", "--kind", "class", "forgive"])), ["Sold"]);
    assert_eq!(run(&sandbox, &server, &["query", "--json", "forgive"]).stdout, asked.stdout);
    assert_eq!(server.count(), 3, "one request for the code, one for each question");

    // A file that moves and a function that changes.
    let changed = SMALL.replace("returned < 0", "returned < 1");
    sandbox.commit("moved", &[("shop/stock.py".to_owned(), File::plain(changed))].into());
    sandbox.trainset(&["update"]);
    assert_eq!(run(&sandbox, &server, &["embed", "--json"]).json()["made"], 1);
    assert!(texts(&server).last().unwrap().starts_with("give\ndef give"), "{:?}", texts(&server));
}

#[test]
fn a_silent_server_leaves_the_words() {
    let sandbox = small();
    let working = server();
    sandbox.trainset(&["update"]);
    run(&sandbox, &working, &["embed"]);
    for act in [|| Act::Reset, || Act::Status(401, String::new(), "{}".into()), || Act::Status(200, String::new(), "{}".into())] {
        let silent = Server::new(move |_| act());
        let ran = run(&sandbox, &silent, &["query", "--json", "stock"]);
        let told = ran.json();
        assert!(ran.code == 0 && told["note"].as_str().unwrap().starts_with("words alone decided: ") && told["vectors"] == "", "{told:#}");
        assert_eq!(symbols(&ran), symbols(&sandbox.trainset(&["query", "--json", "stock"])));
        assert_eq!(silent.count(), 1, "nobody waits for a second try");
    }
}

#[test]
fn an_answer_that_came_is_kept_when_the_next_does_not() {
    let mut sandbox = Sandbox::new();
    let many: String = (0..40).map(|number| format!("def give_{number}(stock):\n    return stock + {number}\n\n\n")).collect();
    sandbox.commit("many", &[("shop.py".to_owned(), File::plain(many))].into());
    sandbox.trainset(&["update"]);
    let breaking = Server::new(|asked| match asked.body.to_string().contains("give_3(") {
        true => Act::Status(400, String::new(), r#"{"error":{"message":"too long"}}"#.into()),
        false => Act::Status(200, String::new(), reply(asked)),
    });
    let ran = run(&sandbox, &breaking, &["embed"]);
    assert!(ran.code == 2 && ran.stderr.contains("too long") && ran.stderr.contains("those that came are kept"), "{ran:#?}");
    let working = server();
    let rest = run(&sandbox, &working, &["embed", "--json"]).json();
    assert!(rest["known"].as_u64().unwrap() >= 16 && texts(&working).len() as u64 == rest["made"].as_u64().unwrap(), "{rest:#}");
}

#[test]
fn no_secret_is_sent() {
    let mut sandbox = Sandbox::new();
    let token = format!("ghp{}", "_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let text = format!("{SMALL}\n\ndef key():\n    \"\"\"What opens the door.\"\"\"\n    return \"{token}\"\n");
    sandbox.commit("key", &[("shop.py".to_owned(), File::plain(text))].into());
    sandbox.trainset(&["update"]);
    let server = server();
    let done = run(&sandbox, &server, &["embed", "--json"]).json();
    assert_eq!((&done["made"], &done["withheld"]), (&json!(3), &json!(1)));
    run(&sandbox, &server, &["query", &format!("where is {token} used")]);
    assert!(server.count() == 2 && !texts(&server).concat().contains(&token), "{:?}", texts(&server));
}

#[test]
fn a_repository_names_nobody() {
    let sandbox = small();
    let server = server();
    sandbox.trainset(&["update"]);
    let lines = format!("[trainset]\n\tembedModel = m\n\tembedUrl = {}\n", server.url());
    let config = sandbox.git_dir().join("config");
    fs::write(&config, fs::read_to_string(&config).unwrap() + &lines).unwrap();
    let ran = sandbox.trainset(&["embed"]);
    assert!(ran.code == 2 && ran.stderr.contains("mend: set TRAINSET_EMBED_MODEL"), "{ran:#?}");
    sandbox.trainset(&["query", "stock"]);
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);

    let mut command = sandbox.trainset_command(&["embed", "--json"]);
    command.env("TRAINSET_EMBED_MODEL", "m").env("TRAINSET_EMBED_URL", server.url()).env("TRAINSET_EMBED_API_KEY", "k");
    command.env("TRAINSET_API_KEY", "other").env("TRAINSET_HEADERS", "X-Team: red");
    assert_eq!(Ran::from(command.output().unwrap()).json()["made"], 3);
    let headers = &server.asked()[0].headers;
    assert!(headers["authorization"] == "Bearer k" && !headers.contains_key("x-team"), "{headers:?}");
}
