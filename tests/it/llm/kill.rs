//! Law 6: a run that is killed asks for nothing again that was answered. The long version is a
//! campaign in `tests/bench`.

use std::process::Stdio;
use std::time::Duration;

use super::server::{Act, Server, good};
use super::{by_generator, shop};

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let sandbox = shop();
    let server = Server::new(|asked| Act::After(Duration::from_millis(8), Box::new(Act::Say(good(asked)))));
    let url = server.url();
    let args = ["update", "--generator", "llm", "--base-url", &url, "--model", "scripted", "--concurrency", "4"];
    for kill in 1..=8u64 {
        let mut run = sandbox.trainset_command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(35 * kill));
        run.kill().ok();
        run.wait().unwrap();
    }
    let ran = sandbox.trainset(&args);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert_eq!(by_generator(&sandbox, "offline"), 0);
    // Only what was on its way at a kill may have come twice: its reply was not read.
    let twice = server.asked().iter().filter(|asked| asked.again > 0).count();
    assert!(twice <= 8 * 4, "{twice} of {}", server.count());
    let answered = sandbox.trainset(&["journal", "list", "--json"]).json()["all"].as_u64().unwrap() as usize;
    assert_eq!(answered, by_generator(&sandbox, "llm"));
    assert!(server.count() <= answered + 8 * 4);
    sandbox.fsck();
}
