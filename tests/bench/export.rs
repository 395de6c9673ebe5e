//! How much memory an export takes: a branch with as many rows as are asked for, made of the rows of a clone's dataset
//! again and again, each time under another path.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::{Fault, bare, git, peak, told, tool};

pub(crate) fn run(args: &[String]) -> Result<(), Fault> {
    let source = args.first().filter(|arg| !arg.starts_with("--")).cloned().unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
    let rows = args.iter().position(|arg| arg == "--rows").and_then(|at| args.get(at + 1)).map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let clone = bare(Path::new(&source), &folder.path().join("clone"))?;
    tool(&clone, &["update"]).status()?;
    let made = grow(&clone, rows)?;
    for format in ["prompt-completion", "openai", "data-factory"] {
        let out = folder.path().join(format);
        let (time, peak) = peak(&mut tool(&clone, &["export", "--format", format, "--out", &out.to_string_lossy()]))?;
        println!("{format:18} {made} rows in {}, peak {} MB", told(time), peak / 1024);
        std::fs::remove_dir_all(out)?;
    }
    Ok(())
}

/// One more commit on the branch, with the shards that are there under further names until there are rows enough.
fn grow(clone: &Path, rows: usize) -> Result<usize, Fault> {
    let listed = git(clone, &["ls-tree", "-r", "dataset", "qa/train"])?;
    let mut shards = Vec::new();
    for line in listed.lines() {
        let (head, path) = line.split_once('\t').ok_or("git lists a tree in another form")?;
        let blob = head.rsplit(' ').next().unwrap_or_default().to_owned();
        let count = git(clone, &["cat-file", "blob", &blob])?.lines().count();
        shards.push((blob, path.trim_start_matches("qa/train/").to_owned(), count));
    }
    let once: usize = shards.iter().map(|(_, _, count)| count).sum();
    if once == 0 {
        return Err("the dataset has no rows".into());
    }
    let mut script =
        String::from("commit refs/heads/dataset\ncommitter Ada <ada@example.org> 0 +0000\ndata 0\nfrom refs/heads/dataset^0\n");
    let mut made = once;
    for turn in 0.. {
        if made >= rows {
            break;
        }
        for (blob, path, count) in &shards {
            _ = writeln!(script, "M 100644 {blob} qa/train/copy{turn}/{path}");
            made += count;
        }
    }
    let mut import = std::process::Command::new("git");
    let mut child = import.arg("-C").arg(clone).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("git takes no input")?.write_all(script.as_bytes())?;
    if !child.wait()?.success() {
        return Err("git fast-import failed".into());
    }
    Ok(made)
}
