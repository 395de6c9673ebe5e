use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{VERSION, built, file, mirror, query, shop, shop_index};
use crate::index::{Bulk, Change, Index, Lookup, Mirror};

#[test]
fn names_what_it_mirrors() {
    let (folder, mut index) = shop_index();
    let at = folder.path().join("index");
    assert_eq!(Index::peek(&at, VERSION), Some(mirror("built")));
    index.apply(Change::default(), mirror("next")).unwrap();
    assert_eq!(index.mirror(), &mirror("next"));
    assert_eq!(Index::peek(&at, VERSION), Some(mirror("next")));
    assert_eq!(Index::open(&at, VERSION).unwrap().unwrap().mirror(), &mirror("next"));
    assert_eq!(Index::peek(&at, "v2"), None);
    assert!(Index::open(&at, "v2").unwrap().is_none());
    assert_eq!(Index::peek(folder.path(), VERSION), None);
    assert!(Index::open(&folder.path().join("nothing"), VERSION).unwrap().is_none());
    let other = Mirror { version: "v2".to_string(), ..mirror("x") };
    assert!(index.apply(Change::default(), other).is_err());
}

#[test]
fn nothing_new_writes_nothing() {
    let (folder, mut index) = shop_index();
    let meta = || fs::metadata(folder.path().join("index/meta.json")).unwrap().modified().unwrap();
    let before = meta();
    index.apply(Change::default(), mirror("built")).unwrap();
    assert_eq!(meta(), before);
}

#[test]
fn damage_is_no_index_or_an_error() {
    let (folder, index) = shop_index();
    let good = folder.path().join("index");
    drop(index);
    let names: Vec<_> = fs::read_dir(&good).unwrap().map(|file| file.unwrap().file_name()).collect();
    let copy = folder.path().join("copy");
    for name in names {
        let content = fs::read(good.join(&name)).unwrap();
        let half = content.len() / 2;
        let mut wrongs = vec![Vec::new(), vec![0; content.len()], b"garbage".to_vec(), vec![0xff; 5_000]];
        wrongs.push(content[..half].to_vec());
        wrongs.push(content[..content.len().saturating_sub(1)].to_vec());
        for step in 1..8 {
            let mut flipped = content.clone();
            if let Some(byte) = flipped.get_mut(content.len() * step / 8) {
                *byte ^= 0x55;
            }
            wrongs.push(flipped);
        }
        for wrong in wrongs {
            let _ = fs::remove_dir_all(&copy);
            fs::create_dir(&copy).unwrap();
            for file in fs::read_dir(&good).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), copy.join(file.file_name())).unwrap();
            }
            fs::write(copy.join(&name), &wrong).unwrap();
            use_it(&copy);
        }
    }
    fs::remove_dir_all(&copy).unwrap();
    fs::write(&copy, "a file").unwrap();
    assert!(Index::open(&copy, VERSION).unwrap().is_none());
    // Whatever it was, a rebuild mends it.
    assert_eq!(built(&copy, &shop()).stats().unwrap().chunks, 5);
}

/// Everything may fail, nothing may panic.
fn use_it(folder: &Path) {
    let Some(mut index) = Index::open(folder, VERSION).unwrap() else {
        return;
    };
    let lookup = index.lookup();
    let mut errors = Vec::new();
    errors.extend(lookup.definitions("place").err());
    errors.extend(lookup.chunks_of("app/orders.py").err());
    errors.extend(lookup.dependents(&[1, 2]).err());
    errors.extend(lookup.callers(7).err());
    errors.extend(lookup.files_with_stem("orders").err());
    errors.extend(lookup.search(&query("order place stock")).err());
    errors.extend(index.stats().err());
    errors.extend(index.apply(shop(), mirror("next")).err());
    for error in errors {
        let error = format!("{error:#}");
        assert!(error.contains("mend: delete"), "{error}");
    }
}

#[test]
fn a_rebuild_leaves_the_old_index_until_it_is_done() {
    let (folder, index) = shop_index();
    let at = folder.path().join("index");
    let bulk = Index::rebuild(&at, VERSION).unwrap();
    bulk.add_file(&file("new.py", "new")).unwrap();
    assert!(Index::rebuild(&at, VERSION).err().unwrap().to_string().contains("another process"));
    assert_eq!(Index::open(&at, VERSION).unwrap().unwrap().stats().unwrap().chunks, 5);
    // As a kill would leave it.
    drop(bulk);
    assert_eq!(Index::open(&at, VERSION).unwrap().unwrap().stats().unwrap().chunks, 5);
    // A child of another test may hold a copy of the lock for the moment before it starts.
    let wait = |_: &anyhow::Error| std::thread::sleep(std::time::Duration::from_millis(10));
    let bulk = (0..500).find_map(|_| Index::rebuild(&at, VERSION).inspect_err(wait).ok()).unwrap();
    bulk.add_file(&file("new.py", "new")).unwrap();
    bulk.add_file(&file("new.py", "new")).unwrap();
    let new = bulk.finish(mirror("new")).unwrap();
    let stats = new.stats().unwrap();
    assert_eq!((stats.chunks, stats.files), (0, 1));
    // Whoever had the old one open keeps it.
    assert_eq!(index.lookup().callers(7).unwrap().len(), 2);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["index"]);
}

#[test]
fn a_second_writer_is_told() {
    let (_folder, mut index) = shop_index();
    let writer: tantivy::IndexWriter = index.files.writer_with_num_threads(1, 15_000_000).unwrap();
    let error = index.apply(shop(), mirror("next")).unwrap_err().to_string();
    assert!(error.starts_with("another process is writing the index"), "{error}");
    drop(writer);
    index.apply(shop(), mirror("next")).unwrap();
}

#[test]
fn a_segment_that_is_mostly_deleted_is_rewritten() {
    let folder = TempDir::new().unwrap();
    let bulk = Index::rebuild(&folder.path().join("index"), VERSION).unwrap();
    for number in 0..6_000 {
        bulk.add_file(&file(&format!("f{number}.py"), "f")).unwrap();
    }
    let mut index = bulk.finish(mirror("0")).unwrap();
    let gone = Change { remove_files: (0..5_900).map(|number| format!("f{number}.py")).collect(), ..Change::default() };
    index.apply(gone, mirror("1")).unwrap();
    let kept: u32 = index.reader.searcher().segment_readers().iter().map(|segment| segment.max_doc()).sum();
    assert!(kept < 2_200, "{kept} documents take room for 100");
    assert_eq!(index.lookup().files_with_stem("f").unwrap().len(), 100);
    assert_eq!(index.mirror(), &mirror("1"));
}

#[test]
fn values_may_cross_threads() {
    fn check<T: Send + Sync>() {}
    check::<Index>();
    check::<Lookup>();
    check::<Bulk>();
}
