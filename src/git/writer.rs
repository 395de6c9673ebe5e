//! New objects on their way to one commit.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::tree::{Editor, EntryKind};
use gix::objs::{Data, FindExt, Kind, Tree, WriteTo, compute_hash};

use super::pack::{NewObject, Pack};
use super::path::check_paths;
use super::{Oid, Repository, pack};

/// Blobs are written out when this many bytes of them have gathered.
const GATHER_BYTES: usize = 16 << 20;

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
    /// Invariant: `blob_bytes` is the sum of the bytes that they hold.
    blobs: HashMap<ObjectId, NewObject>,
    blob_bytes: usize,
    /// Trees and commits. They stay in memory to the end: a later tree may build on them.
    structure: HashMap<ObjectId, Structure>,
    /// Blobs that have left `blobs` for a pack.
    packed: HashSet<ObjectId>,
    packs: Vec<Pack>,
    /// Why blobs are nowhere. A caller who goes on regardless must not name them.
    fault: Option<String>,
}

impl Repository {
    /// A collector for the objects of one commit.
    pub(crate) fn writer(&self) -> Writer {
        Writer { store: Mutex::new(self.raw().clone()), gathered: Mutex::default(), repository: Mutex::new(self.handle()) }
    }
}

impl Writer {
    /// Takes in a blob, unless the repository has it already.
    pub(crate) fn write_blob(&self, data: Vec<u8>) -> Result<Oid> {
        let hash = lock(&self.store).object_hash();
        let id = compute_hash(hash, Kind::Blob, &data).context("could not name a blob")?;
        let known = lock(&self.store).objects.exists_without_refresh(&id);
        let (gathered, many) = {
            let gathered = lock(&self.gathered);
            (gathered.has_blob(&id), gathered.blobs.len() >= pack::FROM_OBJECTS)
        };
        if known || gathered {
            return Ok(Oid::from(id));
        }
        let blob = NewObject::plain(id, Kind::Blob, data);
        // So many become a pack in the end: what it needs is less to keep, and is made by the thread at hand.
        let blob = if many { blob.deflate().context("could not deflate a blob")? } else { blob };
        let full = {
            let mut gathered = lock(&self.gathered);
            gathered.take_blob(blob);
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
                    let (id, data) = encode(hash, tree, Kind::Tree)?;
                    fresh.push((id, data));
                    Ok::<_, anyhow::Error>(id)
                })
                .context("could not make a tree")?
        };
        for (id, data) in fresh {
            gathered.take_structure(&store, id, (Kind::Tree, data));
        }
        Ok(Oid::from(root))
    }

    /// Takes in a commit.
    pub(super) fn write_commit(&self, commit: &gix::objs::Commit) -> Result<ObjectId> {
        let store = lock(&self.store);
        let (id, data) = encode(store.object_hash(), commit, Kind::Commit)?;
        lock(&self.gathered).take_structure(&store, id, (Kind::Commit, data));
        Ok(id)
    }

    /// Writes out all that is left. Returns the packs, which are protected for as long as they are held.
    pub(super) fn flush(&self) -> Result<Vec<Pack>> {
        let store = lock(&self.store).clone();
        let (mut objects, mut packs) = {
            let mut gathered = lock(&self.gathered);
            if let Some(fault) = &gathered.fault {
                bail!("some of the objects could not be written: {fault}");
            }
            let mut objects = gathered.give_blobs();
            objects.extend(gathered.structure.drain().map(|(id, (kind, data))| NewObject::plain(id, kind, data)));
            (objects, std::mem::take(&mut gathered.packs))
        };
        if objects.len() < pack::FROM_OBJECTS && objects.iter().all(NewObject::is_plain) {
            pack::write_loose(&store, &mut objects)?;
        } else {
            packs.push(pack::write_pack(&store, objects)?);
        }
        Ok(packs)
    }

    fn pack_blobs(&self, blobs: Vec<NewObject>) -> Result<()> {
        let store = lock(&self.store).clone();
        let written = pack::write_pack(&store, blobs);
        let mut gathered = lock(&self.gathered);
        match written {
            Ok(pack) => gathered.packs.push(pack),
            Err(error) => {
                gathered.fault.get_or_insert_with(|| format!("{error:#}"));
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Gathered {
    fn has_blob(&self, id: &ObjectId) -> bool {
        self.packed.contains(id) || self.blobs.contains_key(id)
    }

    fn take_blob(&mut self, blob: NewObject) {
        // Another thread may have been faster.
        if !self.has_blob(&blob.id) {
            self.blob_bytes += blob.held_bytes();
            self.blobs.insert(blob.id, blob);
        }
    }

    fn give_blobs(&mut self) -> Vec<NewObject> {
        self.blob_bytes = 0;
        self.packed.extend(self.blobs.keys());
        self.blobs.drain().map(|(_, blob)| blob).collect()
    }

    fn take_structure(&mut self, store: &gix::Repository, id: ObjectId, object: Structure) {
        if !store.objects.exists_without_refresh(&id) {
            self.structure.insert(id, object);
        }
    }
}

/// A tree or a commit: its kind and its bytes.
type Structure = (Kind, Vec<u8>);

/// The object store together with what has not reached it yet.
struct View<'a> {
    new: &'a HashMap<ObjectId, Structure>,
    store: &'a gix::Repository,
}

impl gix::objs::Find for View<'_> {
    fn try_find<'b>(&self, id: &gix::oid, buffer: &'b mut Vec<u8>) -> gix::Result<Option<Data<'b>>> {
        match self.new.get(id) {
            None => self.store.objects.try_find(id, buffer),
            Some((kind, data)) => {
                buffer.clear();
                buffer.extend_from_slice(data);
                Ok(Some(Data::new(buffer, *kind, id.kind())))
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn encode(hash: gix::hash::Kind, object: &dyn WriteTo, kind: Kind) -> Result<(ObjectId, Vec<u8>)> {
    let mut data = Vec::new();
    object.write_to(&mut data).with_context(|| format!("could not write a {kind}"))?;
    let id = compute_hash(hash, kind, &data).with_context(|| format!("could not name a {kind}"))?;
    Ok((id, data))
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::{Sandbox, append};

    #[test]
    fn a_path_is_a_file_or_a_folder() {
        let sandbox = Sandbox::new();
        let writer = sandbox.open().writer();
        let blob = writer.write_blob(b"x".to_vec()).unwrap();
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
                    (0..8).map(|turn| writer.write_blob(blob(turn)).unwrap()).collect()
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
