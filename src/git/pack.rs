//! Objects on disk: a few as loose files, many as one pack.
//!
//! One file an object is cheap for a handful and wasteful for thousands; a pack for every small append
//! would run other open handles out of pack slots. So: loose below [`FROM_OBJECTS`], a pack from there.
//!
//! A pack, its index and their folder are flushed to the disk before the ref moves. Loose objects are not:
//! git leaves them out by default too (`core.fsync`), it would cost several times what the rest of a small
//! append costs, and what could be lost with the power is only what the next run makes again.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use gix::ObjectId;
use gix::objs::{Kind, Write as _};
use gix::tempfile::handle::Writable;
use gix::tempfile::{AutoRemove, ContainingDirectory, Handle};
use gix::zlib::stream::deflate::{Compress, FlushCompress};
use gix_pack::data::Version;
use gix_pack::data::entry::Header;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

/// From how many objects on a pack pays.
pub(super) const FROM_OBJECTS: usize = 200;

/// Written into our `.keep` files, so that one which a killed run left behind can be told from a person's.
const KEEP_NOTE: &[u8] = b"git-trainset\n";

/// Nothing of ours takes longer, so what is older belongs to no running process.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// `git gc` may remove an empty `objects/xx` between the moment it was made and the moment the object is
/// moved into it. git tries again; gix does not.
const LOOSE_TRIES: usize = 20;

/// An object that is not in the store yet.
pub(super) struct NewObject {
    pub(super) id: ObjectId,
    pub(super) kind: Kind,
    pub(super) content: Content,
}

pub(super) enum Content {
    Plain(Vec<u8>),
    /// As it stands in a pack.
    Deflated {
        size: u64,
        bytes: Vec<u8>,
    },
}

impl NewObject {
    pub(super) fn plain(id: ObjectId, kind: Kind, data: Vec<u8>) -> Self {
        Self { id, kind, content: Content::Plain(data) }
    }

    /// The same object as a pack holds it.
    pub(super) fn deflate(self) -> Result<Self> {
        let Content::Plain(data) = &self.content else { return Ok(self) };
        let content = Content::Deflated { size: data.len() as u64, bytes: deflated(data)? };
        Ok(Self { content, ..self })
    }

    pub(super) fn is_plain(&self) -> bool {
        matches!(self.content, Content::Plain(_))
    }

    /// How much memory its content takes.
    pub(super) fn held_bytes(&self) -> usize {
        match &self.content {
            Content::Plain(bytes) | Content::Deflated { bytes, .. } => bytes.len(),
        }
    }
}

thread_local! {
    /// What it takes to deflate is much to set up for one blob.
    static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(gix::zlib::Compression::BEST_SPEED));
}

fn deflated(data: &[u8]) -> Result<Vec<u8>> {
    COMPRESS.with_borrow_mut(|compress| {
        compress.reset();
        let mut out = vec![0; data.len() / 4 + 256];
        loop {
            let (read, written) = (compress.total_in() as usize, compress.total_out() as usize);
            let status = compress.compress(&data[read..], &mut out[written..], FlushCompress::Finish)?;
            if status == gix::zlib::Status::StreamEnd {
                out.truncate(compress.total_out() as usize);
                out.shrink_to_fit();
                return Ok(out);
            }
            out.resize(out.len() * 2, 0);
        }
    })
}

/// A pack that no ref needs yet. While this is held, a `.keep` file saves it from `git repack -d`.
pub(super) struct Pack {
    keep: Option<PathBuf>,
}

impl Drop for Pack {
    fn drop(&mut self) {
        if let Some(keep) = &self.keep {
            // Gone already, or swept later.
            let _ = fs::remove_file(keep);
        }
    }
}

/// Blobs first, then trees, then commits: whoever looks in between never sees an object whose parts are
/// missing.
pub(super) fn write_loose(store: &gix::Repository, objects: &mut [NewObject]) -> Result<()> {
    put_in_order(objects);
    for NewObject { id, kind, content } in objects.iter() {
        let Content::Plain(data) = content else { bail!("an object was deflated already") };
        let mut tries = 1;
        while let Err(error) = store.objects.write_buf_with_known_id(*kind, data, *id) {
            if tries == LOOSE_TRIES || !error.is_not_found() {
                return Err(error).with_context(|| format!("could not write the object `{id}`"));
            }
            tries += 1;
        }
    }
    Ok(())
}

/// All objects in one pack. The order is fixed, so that the same objects make a pack of the same name and a
/// second try after a kill finds the first one's file.
///
/// Pack and index are written by hand: what there is for it reads packs that come from elsewhere, so it takes
/// every object apart again to learn what is known here.
pub(super) fn write_pack(store: &gix::Repository, mut objects: Vec<NewObject>) -> Result<Pack> {
    put_in_order(&mut objects);
    let unwritten = format!("could not write a pack of {} objects", objects.len());
    let hash = store.object_hash();
    let deflated: Result<Vec<NewObject>> = objects.into_par_iter().map(NewObject::deflate).collect();
    let objects = deflated.with_context(|| unwritten.clone())?;
    let dir = store.objects.store_ref().path().join("pack");
    fs::create_dir_all(&dir).with_context(|| unwritten.clone())?;
    place_pack(&dir, &objects, hash).with_context(|| unwritten)
}

fn place_pack(dir: &Path, objects: &[NewObject], hash: gix::hash::Kind) -> Result<Pack> {
    let mut pack = Hashed::new(dir, hash)?;
    let entries = write_entries(&mut pack, objects)?;
    let (pack, checksum) = pack.finish()?;
    let mut index = Hashed::new(dir, hash)?;
    write_index(&mut index, entries, &checksum)?;
    let (index, _) = index.finish()?;

    let path = |extension: &str| dir.join(format!("pack-{checksum}.{extension}"));
    let keep = path("keep");
    // This very pack may have been there before. A kill may have left its `.keep`.
    if !path("idx").exists() {
        fs::write(&keep, KEEP_NOTE)?;
        // A pack is there when its index is.
        pack.persist(path("pack"))?;
        index.persist(path("idx"))?;
    }
    let pack = Pack { keep: Some(keep).filter(|keep| is_ours(keep)) };
    for path in [path("pack"), path("idx")] {
        settle(&path)?;
    }
    sync_folder(dir)?;
    Ok(pack)
}

/// What the index says of an object.
struct Entry {
    id: ObjectId,
    crc: u32,
    offset: u64,
}

fn write_entries(pack: &mut Hashed, objects: &[NewObject]) -> Result<Vec<Entry>> {
    pack.put(&gix_pack::data::header::encode(Version::V2, u32::try_from(objects.len())?))?;
    let mut entries = Vec::with_capacity(objects.len());
    for object in objects {
        let Content::Deflated { size, bytes } = &object.content else { bail!("an object was not deflated") };
        let mut head = Vec::new();
        header(object.kind).write_to(*size, &mut head)?;
        let mut crc = crc32fast::Hasher::new();
        crc.update(&head);
        crc.update(bytes);
        entries.push(Entry { id: object.id, crc: crc.finalize(), offset: pack.written });
        pack.put(&head)?;
        pack.put(bytes)?;
    }
    Ok(entries)
}

/// Version 2 of the format: how many ids begin with at most each byte, then the ids, their checksums and their
/// places. A place beyond 31 bits stands in a table of its own.
fn write_index(index: &mut Hashed, mut entries: Vec<Entry>, pack: &ObjectId) -> Result<()> {
    const FAR: u64 = 1 << 31;
    entries.sort_unstable_by_key(|entry| entry.id);
    index.put(b"\xfftOc\0\0\0\x02")?;
    for first in 0..=u8::MAX {
        let count = entries.partition_point(|entry| entry.id.as_slice()[0] <= first);
        index.put(&u32::try_from(count)?.to_be_bytes())?;
    }
    entries.iter().try_for_each(|entry| index.put(entry.id.as_slice()))?;
    entries.iter().try_for_each(|entry| index.put(&entry.crc.to_be_bytes()))?;
    let mut far: Vec<u64> = Vec::new();
    for entry in &entries {
        let place = if entry.offset < FAR {
            entry.offset
        } else {
            far.push(entry.offset);
            FAR | (far.len() as u64 - 1)
        };
        index.put(&u32::try_from(place)?.to_be_bytes())?;
    }
    far.iter().try_for_each(|offset| index.put(&offset.to_be_bytes()))?;
    index.put(pack.as_slice())
}

fn header(kind: Kind) -> Header {
    match kind {
        Kind::Blob => Header::Blob,
        Kind::Tree => Header::Tree,
        Kind::Commit => Header::Commit,
        Kind::Tag => Header::Tag,
    }
}

/// A file under construction that ends in the hash of all that is before.
struct Hashed {
    file: BufWriter<Handle<Writable>>,
    hasher: gix::hash::Hasher,
    written: u64,
}

impl Hashed {
    fn new(dir: &Path, hash: gix::hash::Kind) -> Result<Self> {
        let file = gix::tempfile::new(dir, ContainingDirectory::Exists, AutoRemove::Tempfile)?;
        Ok(Self { file: BufWriter::with_capacity(256 << 10, file), hasher: gix::hash::hasher(hash), written: 0 })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        Ok(self.file.write_all(bytes)?)
    }

    fn finish(mut self) -> Result<(Handle<Writable>, ObjectId)> {
        let checksum = self.hasher.try_finalize()?;
        self.file.write_all(checksum.as_slice())?;
        Ok((self.file.into_inner()?, checksum))
    }
}

/// Removes what killed runs left among the objects: half-written files, which `git gc` does not know, and
/// our `.keep` files. `now` is what the file system itself takes for the time.
pub(super) fn sweep(store: &gix::Repository, now: SystemTime) {
    let objects = store.objects.store_ref().path().to_owned();
    for dir in [objects.join("pack"), objects] {
        // Tidying is never a reason to fail.
        let Ok(entries) = fs::read_dir(dir) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if (is_half_written(&path) || is_ours(&path)) && is_left_behind(&path, now) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

fn put_in_order(objects: &mut [NewObject]) {
    let rank = |kind: Kind| match kind {
        Kind::Blob => 0,
        Kind::Tree => 1,
        Kind::Commit | Kind::Tag => 2,
    };
    objects.sort_unstable_by_key(|object| (rank(object.kind), object.id));
}

/// gix leaves a pack readable by its owner alone and in the care of the page cache.
fn settle(path: &Path) -> std::io::Result<()> {
    let file = File::open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o444))?;
    }
    file.sync_all()
}

#[cfg(unix)]
fn sync_folder(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn is_ours(keep: &Path) -> bool {
    keep.extension().is_some_and(|extension| extension == "keep") && fs::read(keep).is_ok_and(|note| note == KEEP_NOTE)
}

/// The names that gix gives to files under construction: `.tmp` and six characters.
fn is_half_written(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_prefix(".tmp"))
        .is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_left_behind(path: &Path, now: SystemTime) -> bool {
    fs::symlink_metadata(path)
        .and_then(|about| about.modified())
        .is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age > LEFT_BEHIND))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::PathBuf;
    use std::time::SystemTime;

    use super::super::sandbox::{Sandbox, append};
    use super::{LEFT_BEHIND, sweep};

    fn packs(sandbox: &Sandbox) -> Vec<PathBuf> {
        let names = std::fs::read_dir(sandbox.path(".git/objects/pack")).unwrap();
        names.map(|name| name.unwrap().path()).collect()
    }

    #[test]
    fn three_blobs_stay_loose() {
        let sandbox = Sandbox::new();
        append(&sandbox.open(), &[("a", Some("1")), ("b", Some("2")), ("c", Some("3"))]).unwrap();
        assert!(packs(&sandbox).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn three_hundred_blobs_make_one_pack() {
        use std::os::unix::fs::PermissionsExt;
        let sandbox = Sandbox::new();
        let names: Vec<String> = (0..300).map(|at| format!("{}/{at}", at % 7)).collect();
        let edits: Vec<_> = names.iter().map(|name| (name.as_str(), Some(name.as_str()))).collect();
        append(&sandbox.open(), &edits).unwrap();
        let packs = packs(&sandbox);
        assert_eq!(packs.len(), 2, "{packs:?}");
        for path in packs {
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o444, "{}", path.display());
        }
        assert!(sandbox.git(&["count-objects", "-v"]).starts_with("count: 0\n"));
        assert_eq!(sandbox.git(&["fsck", "--strict", "--no-dangling"]), "");
    }

    #[test]
    fn only_old_leftovers_of_ours_are_swept() {
        let sandbox = Sandbox::new();
        let old = SystemTime::now() - 2 * LEFT_BEHIND;
        let note = "git-trainset\n";
        let files = [
            (".git/objects/.tmpAb12Cd", "", old, false),
            (".git/objects/pack/.tmpAb12Cd", "", old, false),
            (".git/objects/.tmpAb12Ce", "", SystemTime::now(), true),
            (".git/objects/.tmp-mine", "", old, true),
            (".git/objects/pack/pack-1.keep", note, old, false),
            (".git/objects/pack/pack-2.keep", note, SystemTime::now(), true),
            (".git/objects/pack/pack-3.keep", "", old, true),
        ];
        for (name, text, time, _) in files {
            sandbox.write(name, text);
            let file = File::options().write(true).open(sandbox.path(name)).unwrap();
            file.set_modified(time).unwrap();
        }
        sweep(sandbox.open().raw(), SystemTime::now());
        for (name, _, _, stays) in files {
            assert_eq!(sandbox.path(name).exists(), stays, "{name}");
        }
    }
}
