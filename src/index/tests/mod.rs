//! Tests of the room through its public face.

mod durability;
mod lookup;
mod search;

use std::path::Path;

use tempfile::TempDir;

use super::{Change, ChunkEntry, ChunkText, CommitEntry, FileEntry, Index, Mirror, Query, SampleEntry, What};

const VERSION: &str = "v1";

fn mirror(commit: &str) -> Mirror {
    Mirror { version: VERSION.to_string(), source_commit: commit.to_string(), ..Mirror::default() }
}

fn chunk(path: &str, symbol: &str, body: &str) -> ChunkEntry {
    let name = symbol.rsplit('.').next().unwrap();
    ChunkEntry {
        id: format!("{path}::{symbol}"),
        path: path.to_string(),
        name: name.to_string(),
        sorts: vec![symbol.contains('.').into()],
        record: body.as_bytes().to_vec(),
        text: ChunkText { symbol: symbol.to_string(), doc: String::new(), body: body.to_string() },
        ..ChunkEntry::default()
    }
}

fn sample(id: &str, subject: &str, question: &str, answer: &str) -> SampleEntry {
    SampleEntry {
        id: id.to_string(),
        subject: subject.to_string(),
        path: "a.py".to_string(),
        sorts: vec![7],
        record: id.as_bytes().to_vec(),
        question: question.to_string(),
        answer: answer.to_string(),
    }
}

fn file(path: &str, stem: &str) -> FileEntry {
    FileEntry { path: path.to_string(), stem: stem.to_string(), record: b"spans".to_vec() }
}

fn commit(id: &str, subject: &str, chunks: &[&str]) -> CommitEntry {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_string()).collect();
    let paths: Vec<&str> = chunks.iter().filter_map(|id| Some(id.split_once("::")?.0)).collect();
    CommitEntry { id: id.to_string(), subject: subject.to_string(), chunks: texts(chunks), paths: texts(&paths) }
}

fn query(text: &str) -> Query<'_> {
    Query { text, limit: 10, ..Query::default() }
}

fn samples(text: &str) -> Query<'_> {
    Query { what: What::Samples, ..query(text) }
}

fn ids(index: &Index, query: &Query<'_>) -> Vec<String> {
    let hits = index.lookup().search(query).unwrap();
    hits.into_iter().map(|hit| hit.id).collect()
}

fn built(folder: &Path, change: &Change) -> Index {
    let bulk = Index::rebuild(folder, VERSION).unwrap();
    for chunk in &change.chunks {
        bulk.add_chunk(chunk).unwrap();
    }
    for sample in &change.samples {
        bulk.add_sample(sample).unwrap();
    }
    for file in &change.files {
        bulk.add_file(file).unwrap();
    }
    for commit in &change.commits {
        bulk.add_commit(commit).unwrap();
    }
    bulk.finish(mirror("built")).unwrap()
}

fn shop() -> Change {
    let mut place = chunk(
        "app/orders.py",
        "OrderService.place",
        "def place(self, order):\n    if order.qty > self.stock: raise OutOfStock(order)\n    self.pay(order)",
    );
    place.deps = vec![1, 2, u64::MAX];
    place.edges = vec![7];
    let mut pay = chunk("app/orders.py", "OrderService.pay", "def pay(self, order): gateway.charge(order.total)");
    pay.deps = vec![2];
    let mut user = chunk("app/users.py", "getUserName", "def getUserName(user_id): return db.find(user_id).name");
    user.edges = vec![7, 8];
    let module = chunk("app/orders.py", "", "import gateway");
    let test = chunk("tests/test_orders.py", "test_place", "def test_place(): OrderService().place(order)");
    Change {
        chunks: vec![place, pay, user, module, test],
        samples: vec![
            sample("qa:1", "app/orders.py::OrderService.place", "When is an order refused?", "When the stock is too small."),
            sample("qa:2", "app/users.py::getUserName", "订单如何支付？", "通过网关扣款。"),
        ],
        files: vec![file("app/orders.py", "orders"), file("lib/orders.py", "orders")],
        ..Change::default()
    }
}

fn shop_index() -> (TempDir, Index) {
    let folder = TempDir::new().unwrap();
    let index = built(&folder.path().join("index"), &shop());
    (folder, index)
}
