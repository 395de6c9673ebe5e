use tempfile::TempDir;

use super::{built, chunk, commit, ids, query, samples, shop, shop_index};
use crate::index::{Change, Query};

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
    assert!(!hits[0].named);
    assert_eq!(hits[0].record, shop().chunks[1].record);
}

#[test]
fn search_takes_sorts_and_paths() {
    let (_folder, index) = shop_index();
    assert_eq!(ids(&index, &samples("order refused")), ["qa:1"]);
    assert!(ids(&index, &query("order refused")).iter().all(|id| id.contains("::")));
    let in_tests = |path: &str| path.starts_with("tests/");
    assert_eq!(ids(&index, &Query { accepts: Some(&in_tests), ..query("place order") }), ["tests/test_orders.py::test_place"]);
    assert!(ids(&index, &Query { accepts: Some(&|_| false), ..query("place") }).is_empty());
    let sorted = |sorts: &[Vec<u64>]| ids(&index, &Query { sorts, ..query("place the order of a user") });
    assert_eq!(sorted(&[vec![0, 1]]).len(), 5);
    assert_eq!(sorted(&[vec![1, 9]]), ["app/orders.py::OrderService.place", "app/orders.py::OrderService.pay"]);
    assert!(sorted(&[vec![1], vec![0]]).is_empty());
    assert_eq!(ids(&index, &Query { sorts: &[vec![7]], ..samples("order refused") }), ["qa:1"]);
}

#[test]
fn search_reads_chinese() {
    let (_folder, index) = shop_index();
    assert_eq!(ids(&index, &samples("支付订单")), ["qa:2"]);
    assert_eq!(ids(&index, &samples("扣")), ["qa:2"]);
    // The question of a sample leads to its code, which has no such word.
    assert_eq!(ids(&index, &query("支付订单")), ["app/users.py::getUserName"]);
}

#[test]
fn an_earlier_commit_leads_to_what_it_changed() {
    let mut shop = shop();
    shop.commits = vec![
        commit("1", "Grant rebates to regular customers", &["app/orders.py::OrderService.pay", "app/gone.py::Gone"]),
        commit("2", "Rebates", &["app/users.py::getUserName"]),
        commit("3", "", &[]),
    ];
    let folder = TempDir::new().unwrap();
    let index = built(&folder.path().join("index"), &shop);
    let hits = index.lookup().search(&query("a rebate for customers")).unwrap();
    let told: Vec<(&str, &str)> = hits.iter().map(|hit| (hit.id.as_str(), hit.message.as_str())).collect();
    assert_eq!(told[0], ("app/orders.py::OrderService.pay", "Grant rebates to regular customers"));
    // What else stands in the files comes after the chunks themselves.
    assert_eq!(told[1], ("app/users.py::getUserName", "Rebates"));
    assert_eq!(told.len(), 4);
    let mut known = index.lookup().commits().unwrap();
    known.sort();
    assert_eq!(known, ["1", "2", "3"]);
}

#[test]
fn a_favour_brings_up_what_has_no_word() {
    let (_folder, index) = shop_index();
    let favours = [("app/users.py::getUserName".to_string(), 0.4), ("unknown".to_string(), 1.0)];
    assert_eq!(ids(&index, &Query { favours: &favours, ..query("") }), ["app/users.py::getUserName"]);
    assert_eq!(ids(&index, &Query { favours: &favours, ..query("gateway") }).len(), 3);
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

#[test]
fn a_name_in_passing_does_not_win_over_three_words() {
    let folder = TempDir::new().unwrap();
    let chunks = vec![
        chunk("app/cart.py", "Cart.add", "def add(self, line): self.lines.append(line)"),
        chunk("app/totals.py", "total", "def total(order): return refund(order.coupon, support=order.support)"),
        chunk("app/other.py", "other", "def other(order): return order.lines"),
        chunk("app/more.py", "more", "def more(add): return add"),
    ];
    let index = built(&folder.path().join("index"), &Change { chunks, ..Change::default() });
    assert_eq!(ids(&index, &query("add support for a coupon refund"))[0], "app/totals.py::total");
    assert_eq!(ids(&index, &query("add a line"))[0], "app/cart.py::Cart.add");
}

#[test]
fn a_second_view_finds_what_has_no_word() {
    let mut shop = shop();
    for (content, chunk) in (1..).zip(&mut shop.chunks) {
        chunk.content = content;
    }
    let folder = TempDir::new().unwrap();
    let index = built(&folder.path().join("index"), &shop);
    let (first, second) = (shop.chunks[0].id.as_str(), shop.chunks[1].id.as_str());
    let fit = |content: u64| [1, 2].contains(&content).then_some(content as f32);
    let query = |text| Query { second: Some(&fit), ..query(text) };
    assert_eq!(ids(&index, &query("zebra")), [second, first]);
    assert_eq!(ids(&index, &Query { accepts: Some(&|_| false), ..query("zebra") }), Vec::<String>::new());
    assert_eq!(ids(&index, &Query { limit: 1, ..query("zebra") }), [second]);
    assert_eq!(ids(&index, &query(first))[0], first, "what is named stays in front");
}
