//! After a commit: a run is asked for, and somebody is started who sees to it.
//!
//! A request is a file of its own, so two that come at once do not meet. It goes when its work is done:
//! what a kill interrupts, the next run does.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use super::{Does, OnCommit, log};
use crate::git::{LOCAL_VARIABLES, Repository};

/// Work that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The file that asks for it.
    pub file: PathBuf,
    /// The work tree that it is about, by its git folder: `HEAD` is another one in each.
    pub git_dir: PathBuf,
    pub does: Does,
}

/// Asks for the run that belongs to an event and returns at once. Gives the message of a run that
/// failed, unless the person has seen it.
pub(crate) fn after(folder: &Path, does: Does, arguments: &[OsString], program: &Path) -> anyhow::Result<Option<String>> {
    // The third argument of post-checkout: whether this is a switch, and not a file that was brought back.
    if does == Does::Refresh && arguments.get(2).is_some_and(|flag| flag == "0") {
        return Ok(None);
    }
    let repository = Repository::open(folder)?;
    if OnCommit::read(&repository)? == OnCommit::Off {
        return Ok(None);
    }
    let private_dir = repository.private_dir();
    write(&private_dir, &repository.git_dir(), does)?;
    start(program, &repository)?;
    let fault = log::last(&private_dir, 1).pop().filter(|entry| entry.fault);
    Ok(fault.map(|entry| entry.says).filter(|says| log::first_time(&private_dir, "run", says)))
}

/// All that is asked for and not done, oldest first.
pub(super) fn waiting(private_dir: &Path) -> Vec<Request> {
    let files = fs::read_dir(folder(private_dir)).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<_> = files
        .filter(|file| file.file_name().to_string_lossy().starts_with(PREFIX))
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, read(file.path())?)))
        .collect();
    found.sort_by(|(a, one), (b, two)| (a, &one.file).cmp(&(b, &two.file)));
    found.into_iter().map(|(_, request)| request).collect()
}

const PREFIX: &str = "request-";

fn folder(private_dir: &Path) -> PathBuf {
    private_dir.join("requests")
}

fn write(private_dir: &Path, git_dir: &Path, does: Does) -> anyhow::Result<()> {
    let folder = folder(private_dir);
    let failed = || format!("could not write to `{}`\nmend: make room on the disk and leave to write there", private_dir.display());
    fs::create_dir_all(&folder).with_context(failed)?;
    // Under another name until it is whole.
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&folder).with_context(failed)?;
    let word = if does == Does::Refresh { "refresh\n" } else { "update\n" };
    file.write_all(word.as_bytes()).and_then(|()| file.write_all(&bytes(git_dir))).with_context(failed)?;
    let name = file.path().file_name().map(|name| name.to_string_lossy().replace(".new-", PREFIX)).unwrap_or_default();
    file.persist(folder.join(name)).with_context(failed)?;
    Ok(())
}

fn read(file: PathBuf) -> Option<Request> {
    let text = fs::read(&file).ok()?;
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let does = if &text[..end] == b"refresh" { Does::Refresh } else { Does::Update };
    Some(Request { file, git_dir: path(&text[end + 1..]), does })
}

/// Starts the one who works the requests off; where one is at it already, the new one leaves at once.
///
/// It holds nothing of ours: who waits for the end of git's output would else wait for it, too.
fn start(program: &Path, repository: &Repository) -> anyhow::Result<()> {
    let mut command = Command::new(program);
    command.arg("-C").arg(repository.git_dir()).args(["hook", "work"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir(repository.git_dir());
    for name in LOCAL_VARIABLES {
        command.env_remove(name);
    }
    // Out of reach of a Ctrl-C that is meant for git.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().with_context(|| format!("could not start `{}`", program.display()))?;
    Ok(())
}

#[cfg(unix)]
fn bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(bytes);
    PathBuf::from(name)
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Does, waiting, write};

    #[test]
    fn requests_wait_until_their_files_go() {
        let folder = tempfile::tempdir().unwrap();
        assert!(waiting(folder.path()).is_empty());
        let git_dir = Path::new("/a b/\n/.git");
        write(folder.path(), git_dir, Does::Update).unwrap();
        write(folder.path(), git_dir, Does::Refresh).unwrap();
        let mut asked = waiting(folder.path());
        assert!(asked.iter().all(|request| request.git_dir == git_dir));
        asked.sort_by_key(|request| request.does == Does::Refresh);
        assert_eq!(asked.iter().map(|request| request.does).collect::<Vec<_>>(), [Does::Update, Does::Refresh]);
        std::fs::remove_file(&asked[0].file).unwrap();
        assert_eq!(waiting(folder.path()), asked[1..]);
    }
}
