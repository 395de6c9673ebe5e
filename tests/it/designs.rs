//! The designs of the shop: few, of several sorts, each on code that is there, no two alike.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{File, Files, Sandbox, walk};

/// The shop under these settings.
fn shop(settings: &str) -> Sandbox {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/repos/shop");
    let mut files = Files::new();
    walk(&shop, &shop, &mut files);
    files.insert(".trainset.toml".to_owned(), File::plain(settings));
    let mut sandbox = Sandbox::new();
    sandbox.commit("the shop", &files);
    sandbox
}

fn designs(sandbox: &Sandbox) -> Vec<Value> {
    let shards = sandbox.dataset().into_iter().filter(|(path, _)| path.starts_with("design/"));
    let text: String = shards.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_shop_has_designs_of_several_sorts() {
    let sandbox = shop("");
    let update = sandbox.trainset(&["update"]);
    assert_eq!(update.code, 0, "{update:#?}");
    let rows = designs(&sandbox);
    let sorts: BTreeSet<&str> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert!(sorts.len() >= 4, "{sorts:?}");
    for row in &rows {
        let touched = row["design"]["touches"].as_array().unwrap();
        assert!(touched.iter().any(|touch| touch["path"].as_str().unwrap().starts_with("shop/")), "{}", row["id"]);
        assert!((2..=8).contains(&row["evidence"].as_array().unwrap().len()), "{}", row["id"]);
    }
    assert_eq!(sandbox.trainset(&["verify"]).code, 0);
}

#[test]
fn a_requirement_gets_a_proposal() {
    let sandbox = shop("");
    let asked = "Customers can return a part of an order within the refund window.";
    assert_eq!(sandbox.trainset(&["design", asked]).code, 2, "there is no index yet");
    sandbox.trainset(&["update"]);
    let tip = sandbox.commit_id("dataset");
    let told = sandbox.trainset(&["design", asked]);
    assert_eq!(told.code, 0, "{told:#?}");
    for section in ["Components", "Workflow", "Constraints", "Assumptions", "Alternatives", "Risks", "Tests", "Touches"] {
        assert!(told.stdout.contains(&format!("## {section}")), "{}", told.stdout);
    }
    assert!(told.stdout.contains("**changed**") && told.stdout.contains("**new**") && told.stdout.contains("shop/"), "{}", told.stdout);
    let row = sandbox.trainset(&["design", "--format", "json", asked]).json();
    assert_eq!((row["requirement"].as_str(), row["requirement_source"].as_str()), (Some(asked), Some("file")));
    assert!(row["claims"].as_array().unwrap().iter().all(|claim| claim["verdict"] == "proved"), "{row:#}");
    assert_eq!(sandbox.trainset(&["design", "--format", "json", asked]).json(), row);
    let wanted = sandbox.root().join("wanted.jsonl");
    std::fs::write(&wanted, "{\"requirement\": \"Refunds are logged with their reason.\"}\n\"Cancel a paid order.\"\n").unwrap();
    let several = sandbox.trainset(&["design", "--json", "--requirements", wanted.to_str().unwrap()]);
    assert_eq!(several.stdout.lines().count(), 2, "{several:#?}");
    assert_eq!(sandbox.trainset(&["design", "zebra xylophone"]).code, 2);
    assert_eq!(sandbox.commit_id("dataset"), tip, "a proposal writes nothing");
}

#[test]
fn a_setting_leaves_them_out() {
    let sandbox = shop("designs = false\n");
    assert_eq!(sandbox.trainset(&["update"]).code, 0);
    assert!(designs(&sandbox).is_empty());
}
