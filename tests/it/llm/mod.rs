//! The model as generator, against a scripted server in this process.

mod bad;
mod batch;
mod embed;
mod kill;
mod replay;
pub(crate) mod server;
mod takeover;
mod trust;

use std::path::Path;

use crate::sandbox::{Files, Ran, Sandbox, walk};
use server::Server;

/// A repository of two functions.
pub(crate) const SMALL: &str = r#"
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

pub(crate) fn small() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.commit("small", &Files::from([("shop.py".to_owned(), crate::sandbox::File::plain(SMALL))]));
    sandbox
}

pub(crate) fn shop() -> Sandbox {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos/shop");
    let mut files = Files::new();
    walk(&root, &root, &mut files);
    let mut sandbox = Sandbox::new();
    sandbox.commit("the shop", &files);
    sandbox
}

/// `update` with a model behind a server, and further arguments.
pub(crate) fn update(sandbox: &Sandbox, server: &Server, args: &[&str]) -> Ran {
    let url = server.url();
    let mut all = vec!["update", "--generator", "llm", "--base-url", &url];
    if !args.contains(&"--model") {
        all.extend(["--model", "scripted"]);
    }
    all.extend(args);
    sandbox.trainset(&all)
}

/// Every row of the dataset.
pub(crate) fn rows(sandbox: &Sandbox) -> Vec<serde_json::Value> {
    let shards = sandbox.dataset().into_iter().filter(|(path, _)| path.starts_with("qa/"));
    shards
        .flat_map(|(_, text)| {
            String::from_utf8(text).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
        })
        .collect()
}

/// A kind that no model is asked for.
const OFFLINE: &str = "premise";

/// Samples of the kinds that a model is asked for, by who wrote them.
pub(crate) fn by_generator(sandbox: &Sandbox, generator: &str) -> usize {
    rows(sandbox).iter().filter(|row| row["generator"] == generator && row["kind"] != OFFLINE).count()
}

/// Steps of an outcome's plan that make a sample of the kinds that a model is asked for.
pub(crate) fn made(outcome: &serde_json::Value) -> usize {
    let makes = |step: &&serde_json::Value| {
        let kind = format!(":{OFFLINE}:");
        let id = step["id"].as_str().unwrap();
        // No model is asked for designs.
        (step["verb"] == "make" || step["verb"] == "remake") && !id.contains(&kind) && !id.starts_with("design:")
    };
    outcome["plan"]["steps"].as_array().unwrap().iter().filter(makes).count()
}
