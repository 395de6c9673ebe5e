//! The README shows what is really made.

use std::path::Path;

use crate::sandbox::{Files, Sandbox, walk};

#[test]
fn the_sample_is_a_real_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = text.split_once("```json\n").unwrap();
    let shown: serde_json::Value = serde_json::from_str(rest.split("```").next().unwrap()).unwrap();
    let shop = root.join("fixtures/repos/shop");
    let mut files = Files::new();
    walk(&shop, &shop, &mut files);
    let mut sandbox = Sandbox::new();
    sandbox.commit("the shop", &files);
    sandbox.trainset(&["update"]);
    let made = sandbox.trainset(&["show", "--json", shown["id"].as_str().unwrap()]).json();
    assert_eq!(shown, made);
}

#[test]
fn every_command_and_setting_is_named() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let help = Sandbox::new().trainset(&["--help"]).stdout;
    let verbs = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for verb in verbs.filter_map(|line| line.split_whitespace().next()).filter(|verb| *verb != "help") {
        assert!(text.contains(&format!("| `{verb}")), "the README does not name `{verb}`");
    }
}
