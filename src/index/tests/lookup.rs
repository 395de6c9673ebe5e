use std::collections::{BTreeMap, BTreeSet};

use tempfile::TempDir;

use super::{built, chunk, commit, ids, mirror, query, samples, shop, shop_index};
use crate::index::{Change, ChunkEntry, Index, Lookup};

#[test]
fn looks_up_what_was_added() {
    let (_folder, index) = shop_index();
    let lookup = index.lookup();
    let body = shop().chunks[0].record.clone();
    assert_eq!(lookup.definitions("place").unwrap(), vec![body.clone()]);
    assert!(lookup.definitions("plac").unwrap().is_empty());
    assert!(lookup.definitions("").unwrap().is_empty());
    assert_eq!(lookup.chunk("app/orders.py::OrderService.place").unwrap(), Some(body));
    assert_eq!(lookup.chunk("qa:1").unwrap(), None);
    assert_eq!(lookup.sample("qa:1").unwrap(), Some(b"qa:1".to_vec()));
    assert_eq!(lookup.samples_of("app/users.py::getUserName").unwrap(), ["qa:2"]);
    let there: Vec<String> = lookup.chunks_of("app/orders.py").unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(there, ["app/orders.py::", "app/orders.py::OrderService.pay", "app/orders.py::OrderService.place"]);
    assert_eq!(lookup.dependents(&[2, 99, 2]).unwrap(), ["app/orders.py::OrderService.pay", "app/orders.py::OrderService.place"]);
    assert_eq!(lookup.dependents(&[u64::MAX]).unwrap().len(), 1);
    assert!(lookup.dependents(&[]).unwrap().is_empty());
    assert_eq!(lookup.callers(7).unwrap(), ["app/orders.py::OrderService.place", "app/users.py::getUserName"]);
    assert_eq!(lookup.file("app/orders.py").unwrap(), Some(b"spans".to_vec()));
    assert_eq!(lookup.file("app/users.py").unwrap(), None);
    assert_eq!(lookup.files_with_stem("orders").unwrap(), ["app/orders.py", "lib/orders.py"]);
    let stats = index.stats().unwrap();
    assert_eq!((stats.chunks, stats.samples, stats.files), (5, 2, 2));
    assert!(stats.bytes > 0);
}

#[test]
fn replaces_and_removes() {
    let (_folder, mut index) = shop_index();
    let before = index.lookup();
    let id = "app/orders.py::OrderService.place";
    let mut place = chunk("app/orders.py", "OrderService.place", "def place(self): pass");
    place.deps = vec![5];
    let change = Change {
        remove_chunks: vec!["app/users.py::getUserName".to_string(), "unknown".to_string()],
        remove_samples: vec!["qa:1".to_string()],
        remove_files: vec!["lib/orders.py".to_string()],
        // The last of two with one id counts.
        chunks: vec![chunk("app/orders.py", "OrderService.place", "first"), place],
        ..Change::default()
    };
    index.apply(change, mirror("next")).unwrap();
    let lookup = index.lookup();
    assert_eq!(lookup.chunk(id).unwrap().unwrap(), b"def place(self): pass");
    assert_eq!(lookup.dependents(&[5]).unwrap(), [id]);
    assert_eq!(lookup.dependents(&[1]).unwrap(), [""; 0]);
    assert_eq!(lookup.callers(8).unwrap(), [""; 0]);
    let placed: BTreeSet<(String, String)> = lookup.placed_callers(7).unwrap().into_iter().collect();
    assert_eq!(placed.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), lookup.callers(7).unwrap());
    assert!(placed.iter().all(|(id, path)| id.starts_with(path.as_str()) && path.ends_with(".py")));
    assert_eq!(lookup.sample("qa:1").unwrap(), None);
    assert_eq!(lookup.files_with_stem("orders").unwrap(), ["app/orders.py"]);
    assert!(!ids(&index, &query("gateway user name")).contains(&"app/users.py::getUserName".to_string()));
    let stats = index.stats().unwrap();
    assert_eq!((stats.chunks, stats.samples, stats.files), (4, 1, 1));
    // A snapshot stays what it was.
    assert_eq!(before.dependents(&[1]).unwrap(), [id]);
}

#[test]
fn what_shares_a_band_is_found_once() {
    let banded = |symbol: &str, bands: &[u64]| ChunkEntry { bands: bands.to_vec(), ..chunk("a.py", symbol, symbol) };
    let change = Change { chunks: vec![banded("f", &[1, 2, u64::MAX]), banded("g", &[2, 3]), banded("h", &[])], ..Change::default() };
    let folder = TempDir::new().unwrap();
    let mut index = built(&folder.path().join("index"), &change);
    let found = |index: &Index, bands: &[u64]| {
        let mut ids: Vec<String> = index.lookup().alike(bands).unwrap().into_iter().map(|(id, _)| id).collect();
        ids.sort();
        ids
    };
    assert_eq!(found(&index, &[1, 2]), ["a.py::f", "a.py::g"]);
    assert_eq!(found(&index, &[u64::MAX]), ["a.py::f"]);
    assert!(found(&index, &[4]).is_empty() && found(&index, &[]).is_empty());
    index.apply(Change { remove_chunks: vec!["a.py::f".to_string()], ..Change::default() }, mirror("next")).unwrap();
    assert_eq!(found(&index, &[1, 2]), ["a.py::g"]);
    let mut all = Vec::new();
    let mut keep = |record: &[u8]| {
        all.push(String::from_utf8_lossy(record).into_owned());
        Ok(())
    };
    index.lookup().each_chunk(&mut keep).unwrap();
    all.sort();
    assert_eq!(all, ["g", "h"]);
}

#[test]
fn an_empty_index_works() {
    let folder = TempDir::new().unwrap();
    let mut index = built(&folder.path().join("deep/er/index"), &Change::default());
    assert!(ids(&index, &query("order")).is_empty());
    assert!(index.lookup().dependents(&[1]).unwrap().is_empty());
    index.apply(shop(), mirror("next")).unwrap();
    assert_eq!(index.stats().unwrap().chunks, 5);
}

#[test]
fn keys_of_any_length_are_found() {
    let folder = TempDir::new().unwrap();
    let long = "n".repeat(2_000_000);
    let mut giant = chunk("a.py", &long, &"word ".repeat(500_000));
    giant.record = b"giant".to_vec();
    giant.deps = vec![3];
    let mut index = built(&folder.path().join("index"), &Change::default());
    index.apply(Change { chunks: vec![giant.clone()], ..Change::default() }, mirror("1")).unwrap();
    let lookup = index.lookup();
    assert_eq!(lookup.chunk(&giant.id).unwrap().unwrap(), b"giant");
    assert_eq!(lookup.definitions(&long).unwrap().len(), 1);
    // Known by its head and a hash from here on; both names lead to it.
    let shortened = lookup.dependents(&[3]).unwrap();
    assert_eq!(lookup.chunk(&shortened[0]).unwrap().unwrap(), b"giant");
    index.apply(Change { remove_chunks: vec![giant.id], ..Change::default() }, mirror("2")).unwrap();
    assert_eq!(index.stats().unwrap().chunks, 0);
}

#[test]
fn step_by_step_equals_rebuilt() {
    let folder = TempDir::new().unwrap();
    let mut stepped = built(&folder.path().join("stepped"), &shop());
    let mut now: BTreeMap<String, ChunkEntry> = BTreeMap::new();
    for chunk in shop().chunks {
        now.insert(chunk.id.clone(), chunk);
    }
    let mut messages = Vec::new();
    for step in 0u64..50 {
        let path = format!("gen/f{}.py", step % 7);
        let mut changed = chunk(&path, &format!("f{}", step % 13), &format!("def f(order): stock{} place {step}", step % 5));
        changed.deps = vec![step % 4, 100 + step];
        changed.edges = vec![step % 3];
        let gone: Vec<String> = now.keys().nth(step as usize % 11).filter(|_| step % 4 == 3).cloned().into_iter().collect();
        for id in &gone {
            now.remove(id);
        }
        now.insert(changed.id.clone(), changed.clone());
        let commits = vec![commit(&step.to_string(), &format!("stock {} order", step % 3), &[&changed.id, &format!("{path}::f1")])];
        // The last ten are known.
        let remove_commits = step.checked_sub(10).map(|old| old.to_string()).into_iter().collect();
        let change = Change { remove_chunks: gone, chunks: vec![changed], commits, remove_commits, ..Change::default() };
        messages.extend(change.commits.clone());
        stepped.apply(change, mirror(&step.to_string())).unwrap();
        assert!(stepped.stats().unwrap().segments <= 17);
    }
    let all = Change {
        chunks: now.values().cloned().collect(),
        samples: shop().samples,
        files: shop().files,
        commits: messages.split_off(40),
        ..Change::default()
    };
    let rebuilt = built(&folder.path().join("rebuilt"), &all);
    let (left, right) = (stepped.lookup(), rebuilt.lookup());
    for key in 0..160 {
        assert_eq!(left.dependents(&[key, key + 1]).unwrap(), right.dependents(&[key, key + 1]).unwrap());
        assert_eq!(left.callers(key).unwrap(), right.callers(key).unwrap());
        assert_eq!(left.chunks_of(&format!("gen/f{key}.py")).unwrap(), right.chunks_of(&format!("gen/f{key}.py")).unwrap());
        let records = |lookup: &Lookup| {
            let mut records = lookup.definitions(&format!("f{key}")).unwrap();
            records.sort();
            records
        };
        assert_eq!(records(&left), records(&right));
    }
    for text in ["order stock", "place 3", "f5", "stock4 order place", "refused", "支付"] {
        assert_eq!(left.search(&query(text)).unwrap(), right.search(&query(text)).unwrap(), "{text}");
        assert_eq!(left.search(&samples(text)).unwrap(), right.search(&samples(text)).unwrap(), "{text}");
    }
    assert_eq!(stepped.stats().unwrap().chunks, rebuilt.stats().unwrap().chunks);
}
