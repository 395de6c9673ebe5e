//! New objects on their way to one commit.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::tree::{Editor, EntryKind};
use gix::objs::{Data, FindExt, Kind, Tree, WriteTo, compute_hash};

use super::pack::{NewObject, Pack};
use super::path::check_paths;
use super::{Oid, Repository, pack};

/// Blobs are written out when this many bytes of them have gathered.
const GATHER_BYTES: usize = 32 << 20;

/// Collects the objects of one commit. Several threads may write blobs at once.
///
/// Dropped without an [`append`](Writer::append), it leaves at most unreferenced packs, which git
/// collects as it does its own.
pub(crate) struct Writer {
    /// For look-ups; behind a lock because a gix handle may not be shared.
    store: Mutex<gix::Repository>,
    gathered: Mutex<Gathered>,
    pub(super) repository: Mutex<Repository>,
}

#[derive(Default)]
pub(super) struct Gathered {
    /// Invariant: `blob_bytes` is the sum of their lengths.
    blobs: HashMap<ObjectId, NewObject>,
    blob_bytes: usize,
    /// Trees and commits. They stay in memory to the end: a later tree may build on them.
    structure: HashMap<ObjectId, NewObject>,
    /// Blobs that have left `blobs` for a pack.
    packed: HashSet<ObjectId>,
    packs: Vec<Pack>,
}

impl Repository {
    /// A collector for the objects of one commit.
    pub(crate) fn writer(&self) -> Writer {
        Writer { store: Mutex::new(self.raw().clone()), gathered: Mutex::default(), repository: Mutex::new(self.handle()) }
    }
}

impl Writer {
    /// Takes in a blob, unless the repository has it already.
    pub(crate) fn write_blob(&self, data: &[u8]) -> Result<Oid> {
        let (id, known) = {
            let store = lock(&self.store);
            let id = compute_hash(store.object_hash(), Kind::Blob, data).context("could not name a blob")?;
            (id, store.objects.exists_without_refresh(&id))
        };
        if known {
            return Ok(Oid::from(id));
        }
        let full = {
            let mut gathered = lock(&self.gathered);
            gathered.take_blob(id, data);
            (gathered.blob_bytes >= GATHER_BYTES).then(|| gathered.give_blobs())
        };
        // Packing uses the thread pool, and a thread that waits for the pool may be lent another call of
        // this very function: no lock is held here.
        if let Some(blobs) = full {
            self.pack_blobs(blobs)?;
        }
        Ok(Oid::from(id))
    }

    /// The tree that `edits` make of `base` (of nothing, when there is none): each path gets its blob, or
    /// goes. Folders that end up empty go too, and a file takes the place of a folder of its name.
    pub(crate) fn tree(&self, base: Option<Oid>, edits: &[(String, Option<Oid>)]) -> Result<Oid> {
        check_paths(edits)?;
        let store = lock(&self.store).clone();
        let hash = store.object_hash();
        let mut gathered = lock(&self.gathered);
        let mut fresh = Vec::new();
        let root = {
            let view = View { new: &gathered.structure, store: &store };
            let root = match base.map(Oid::raw).filter(|id| !id.is_empty_tree()) {
                None => Tree::default(),
                Some(id) => view.find_tree(&id, &mut Vec::new()).with_context(|| format!("could not read the tree `{id}`"))?.into(),
            };
            // The bare editor does not ask whether the siblings of an edit exist, so it works in a clone
            // without blobs. It does not check names either: that is done above.
            let mut editor = Editor::new(root, &view, hash);
            let unchanged = |path: &String| format!("could not change `{}`", path.escape_debug());
            for (path, _) in edits.iter().filter(|(_, blob)| blob.is_none()) {
                editor.remove_if_leaf(path.split('/').map(BStr::new)).with_context(|| unchanged(path))?;
            }
            for (path, blob) in edits {
                if let Some(blob) = blob {
                    editor.upsert(path.split('/').map(BStr::new), EntryKind::Blob, blob.raw()).with_context(|| unchanged(path))?;
                }
            }
            editor
                .write(|tree| {
                    let object = encode(hash, tree, Kind::Tree)?;
                    let id = object.id;
                    fresh.push(object);
                    Ok::<_, anyhow::Error>(id)
                })
                .context("could not make a tree")?
        };
        for tree in fresh {
            gathered.take_structure(&store, tree);
        }
        Ok(Oid::from(root))
    }

    /// Takes in a commit.
    pub(super) fn write_commit(&self, commit: &gix::objs::Commit) -> Result<ObjectId> {
        let store = lock(&self.store);
        let object = encode(store.object_hash(), commit, Kind::Commit)?;
        let id = object.id;
        lock(&self.gathered).take_structure(&store, object);
        Ok(id)
    }

    /// Writes out all that is left. Returns the packs, which are protected for as long as they are held.
    pub(super) fn flush(&self) -> Result<Vec<Pack>> {
        let store = lock(&self.store).clone();
        let (mut objects, mut packs) = {
            let mut gathered = lock(&self.gathered);
            let mut objects = gathered.give_blobs();
            objects.extend(gathered.structure.drain().map(|(_, object)| object));
            (objects, std::mem::take(&mut gathered.packs))
        };
        if objects.len() < pack::FROM_OBJECTS {
            pack::write_loose(&store, &mut objects)?;
        } else {
            packs.push(pack::write_pack(&store, &mut objects)?);
        }
        Ok(packs)
    }

    fn pack_blobs(&self, mut blobs: Vec<NewObject>) -> Result<()> {
        let store = lock(&self.store).clone();
        let written = pack::write_pack(&store, &mut blobs);
        let mut gathered = lock(&self.gathered);
        match written {
            Ok(pack) => {
                gathered.packs.push(pack);
                Ok(())
            }
            Err(error) => {
                // So that a caller who goes on regardless still never names a blob that is nowhere.
                gathered.take_back(blobs);
                Err(error)
            }
        }
    }
}

impl Gathered {
    fn take_blob(&mut self, id: ObjectId, data: &[u8]) {
        if self.packed.contains(&id) || self.blobs.contains_key(&id) {
            return;
        }
        self.blob_bytes += data.len();
        let data = data.to_vec();
        let kind = Kind::Blob;
        self.blobs.insert(id, NewObject { id, kind, data });
    }

    fn give_blobs(&mut self) -> Vec<NewObject> {
        self.blob_bytes = 0;
        self.packed.extend(self.blobs.keys());
        self.blobs.drain().map(|(_, blob)| blob).collect()
    }

    fn take_back(&mut self, blobs: Vec<NewObject>) {
        for blob in blobs {
            self.packed.remove(&blob.id);
            self.blob_bytes += blob.data.len();
            self.blobs.insert(blob.id, blob);
        }
    }

    fn take_structure(&mut self, store: &gix::Repository, object: NewObject) {
        if !store.objects.exists_without_refresh(&object.id) {
            self.structure.insert(object.id, object);
        }
    }
}

/// The object store together with what has not reached it yet.
struct View<'a> {
    new: &'a HashMap<ObjectId, NewObject>,
    store: &'a gix::Repository,
}

impl gix::objs::Find for View<'_> {
    fn try_find<'b>(&self, id: &gix::oid, buffer: &'b mut Vec<u8>) -> gix::Result<Option<Data<'b>>> {
        match self.new.get(id) {
            None => self.store.objects.try_find(id, buffer),
            Some(object) => {
                buffer.clear();
                buffer.extend_from_slice(&object.data);
                Ok(Some(Data::new(buffer, object.kind, id.kind())))
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn encode(hash: gix::hash::Kind, object: &dyn WriteTo, kind: Kind) -> Result<NewObject> {
    let mut data = Vec::new();
    object.write_to(&mut data).with_context(|| format!("could not write a {kind}"))?;
    let id = compute_hash(hash, kind, &data).with_context(|| format!("could not name a {kind}"))?;
    Ok(NewObject { id, kind, data })
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::{Sandbox, append};

    #[test]
    fn a_path_is_a_file_or_a_folder() {
        let sandbox = Sandbox::new();
        let writer = sandbox.open().writer();
        let blob = writer.write_blob(b"x").unwrap();
        let edits = |pairs: &[(&str, bool)]| -> Vec<_> {
            let edit = |(path, stays): &(&str, bool)| ((*path).to_owned(), stays.then_some(blob));
            pairs.iter().map(edit).collect()
        };
        assert!(writer.tree(None, &edits(&[("a/b/c", true), ("a-b", true), ("a", true)])).is_err());
        let file = writer.tree(None, &edits(&[("a", true)])).unwrap();
        let folder = writer.tree(Some(file), &edits(&[("a/b", true), ("a", false)])).unwrap();
        assert_eq!(folder, writer.tree(None, &edits(&[("a/b", true)])).unwrap());
        assert_eq!(folder, writer.tree(Some(folder), &edits(&[("a", false)])).unwrap());
        assert_eq!(writer.tree(Some(folder), &edits(&[("a/b", false), ("a", true)])).unwrap(), file);
    }

    #[test]
    fn threads_write_together_and_much_is_packed_early() {
        let sandbox = Sandbox::new();
        let repository = sandbox.open();
        let writer = repository.writer();
        let ids: Vec<_> = std::thread::scope(|scope| {
            let write = |thread: u8| {
                let writer = &writer;
                move || -> Vec<_> {
                    let blob = |turn: u8| vec![thread.wrapping_add(turn); 3 << 20];
                    (0..8).map(|turn| writer.write_blob(&blob(turn)).unwrap()).collect()
                }
            };
            let running: Vec<_> = (0..4).map(|thread| scope.spawn(write(thread))).collect();
            running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let packs = || {
            let names = std::fs::read_dir(sandbox.path(".git/objects/pack")).unwrap();
            let mut ends: Vec<_> = names.map(|name| name.unwrap().path().extension().unwrap().to_string_lossy().into_owned()).collect();
            ends.sort();
            ends
        };
        assert_eq!(packs(), ["idx", "keep", "pack"]);
        let edits = ids.iter().enumerate();
        let edits = edits.map(|(at, id)| (format!("f{at}"), Some(*id))).collect();
        let lock = repository.lock().unwrap();
        let appended = writer.append(
            &lock,
            super::super::Append { branch: "dataset", expected: None, base: None, edits, message: "much".to_owned(), seconds: 1 },
        );
        appended.unwrap().unwrap();
        assert_eq!(packs(), ["idx", "pack"]);
        assert_eq!(sandbox.git(&["fsck", "--strict", "--no-dangling"]), "");
    }

    #[test]
    fn a_clone_without_blobs_can_be_written_to() {
        let origin = Sandbox::with(&[("app.py", "a")]);
        append(&origin.open(), &[("qa/a", Some("1")), ("qa/b", Some("2"))]).unwrap();
        origin.git(&["config", "uploadpack.allowFilter", "true"]);
        let url = format!("file://{}", origin.path("").display());
        origin.git(&["clone", "-q", "--bare", "--filter=blob:none", &url, "../thin"]);
        let thin = super::Repository::open(&origin.path("../thin")).unwrap();
        let tip = thin.dataset("dataset").unwrap().unwrap();
        let blob = thin.file(tip.tree, "qa/b").unwrap().unwrap();
        assert_eq!(thin.blob(blob).unwrap(), None);
        append(&thin, &[("qa/a", Some("3"))]).unwrap().unwrap();
        let listed = origin.git_in(&origin.path("../thin"), &["ls-tree", "-r", "--name-only", "dataset"]);
        assert_eq!(listed, "qa/a\nqa/b");
    }
}
