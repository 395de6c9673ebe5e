use tempfile::TempDir;

use super::{built, chunk, ids, query, shop, shop_index};
use crate::index::{Change, HitKind, Query};

#[test]
fn a_named_definition_goes_first() {
    let (_folder, index) = shop_index();
    let place = "app/orders.py::OrderService.place";
    for text in ["place", "OrderService.place", place, "place()", "  place\n"] {
        assert_eq!(ids(&index, &query(text))[0], place, "{text}");
    }
    assert_eq!(ids(&index, &query("where does `OrderService.pay` charge the stock?"))[0], "app/orders.py::OrderService.pay");
    // Nothing but a stop word.
    let folder = TempDir::new().unwrap();
    let is = built(&folder.path().join("index"), &Change { chunks: vec![chunk("a.py", "is", "def is(): x")], ..Change::default() });
    assert_eq!(ids(&is, &query("is")), ["a.py::is"]);
}

#[test]
fn search_splits_identifiers_and_ignores_stop_words() {
    let (_folder, index) = shop_index();
    assert_eq!(ids(&index, &query("the name of the user"))[0], "app/users.py::getUserName");
    assert_eq!(ids(&index, &query("get_user_name"))[0], "app/users.py::getUserName");
    assert!(ids(&index, &query("what is the of and")).is_empty());
    assert!(ids(&index, &query(" \n ")).is_empty());
    assert!(ids(&index, &Query { limit: 0, ..query("order") }).is_empty());
    let hits = index.lookup().search(&query("Charging through the gateway, zebra")).unwrap();
    assert_eq!(hits[0].id, "app/orders.py::OrderService.pay");
    assert_eq!(hits[0].terms, ["Charging", "gateway"]);
    assert_eq!(hits[0].path, "app/orders.py");
    assert_eq!(hits[0].what, HitKind::Chunk);
    assert_eq!(hits[0].record, shop().chunks[1].record);
}

#[test]
fn search_takes_kinds_and_paths() {
    let (_folder, index) = shop_index();
    let samples = Query { chunks: false, ..query("order refused") };
    assert_eq!(ids(&index, &samples), ["qa:1"]);
    let chunks = Query { samples: false, ..query("order refused") };
    assert!(ids(&index, &chunks).iter().all(|id| id.contains("::")));
    let tests = Query { path: Some("tests/".to_string()), ..query("place order") };
    assert_eq!(ids(&index, &tests), ["tests/test_orders.py::test_place"]);
    let nowhere = Query { path: Some("nowhere/".to_string()), ..query("place") };
    assert!(ids(&index, &nowhere).is_empty());
}

#[test]
fn search_reads_chinese() {
    let (_folder, index) = shop_index();
    assert_eq!(ids(&index, &query("支付订单")), ["qa:2"]);
    assert_eq!(ids(&index, &query("扣")), ["qa:2"]);
}

#[test]
fn a_long_query_is_cut_to_its_rarest_words() {
    let (_folder, index) = shop_index();
    let mut text: String = (0..20_000).map(|number| format!("noise{number} ")).collect();
    text.insert_str(0, "gateway charge ");
    assert_eq!(ids(&index, &query(&text))[0], "app/orders.py::OrderService.pay");
    let _ = ids(&index, &query(&"订".repeat(60_000)));
    let _ = ids(&index, &query(&"\u{0}\u{202e}::..()".repeat(10_000)));
}
