//! Putting the hooks in, and taking them out again so that every byte is as it was.
//!
//! git from 2.54 on takes hooks from its config, beside those in files. For an older git each event gets a
//! small shim in the folder where git looks for hooks, and what stood there runs first.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;

use super::{EVENTS, others};
use crate::git::Repository;

const SHIM: &str = include_str!("../../../hooks/shim.sh");
const CONFIG: &str = include_str!("../../../hooks/config.sh");
/// By this line we know our own.
const MARK: &str = "# git-trainset shim:";
/// What was there before, beside the shim.
const BEFORE: &str = ".before-trainset";
/// Where other programs put a hook that they find: ours may have gone there.
const ELSEWHERE: [&str; 2] = [".legacy", ".old"];

const CONFIG_SINCE: (u32, u32) = (2, 54);

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    pub event: &'static str,
    pub deed: Deed,
    /// A file, or a key of the config.
    pub place: String,
    #[serde(skip)]
    path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deed {
    /// Write the shim.
    Write,
    /// Put what is there aside; the shim will run it first.
    SetAside,
    /// Set the hook in the repository's config.
    Configure,
    /// Put back what was there before.
    PutBack,
    Remove,
    /// Take the hook out of the repository's config.
    Unconfigure,
}

/// What was planned, and done unless it was a dry run.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Setup {
    pub steps: Vec<Step>,
    /// The program that manages the hooks here; empty where none does.
    pub other: &'static str,
    /// What to add to that program's file.
    pub snippet: &'static str,
    /// What the person should know besides.
    pub note: String,
}

/// Where hooks go, and how.
struct House {
    repository: Repository,
    folder: PathBuf,
    by_config: bool,
}

impl House {
    fn open(folder: &Path) -> anyhow::Result<Self> {
        let repository = Repository::open(folder)?;
        let by_config = repository.git_version()? >= CONFIG_SINCE;
        let folder = hooks_folder(&repository)?;
        Ok(Self { repository, folder, by_config })
    }
}

/// Installs every hook. `program` is called where git finds no `git-trainset`; `anyway` is for a folder
/// outside of the repository, and beside a program that manages hooks.
pub(crate) fn install(folder: &Path, program: &Path, anyway: bool, dry_run: bool) -> anyhow::Result<Setup> {
    let house = House::open(folder)?;
    if house.by_config {
        return configure(&house, dry_run);
    }
    let mut setup = Setup::default();
    let names: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
    let top = house.repository.work_tree();
    if let Some(other) = others::present(top.as_deref(), &house.folder, &names).filter(|_| !anyway) {
        (setup.other, setup.snippet) = (other.name, other.snippet);
        return Ok(setup);
    }
    let common = house.repository.private_dir().parent().map(Path::to_owned).unwrap_or_default();
    let inside = house.folder.starts_with(&common);
    let in_work_tree = !inside && top.as_ref().is_some_and(|top| house.folder.starts_with(top));
    if !inside && !in_work_tree && !anyway {
        bail!(
            "the hooks of this repository lie outside of it: `{}`\nbecause: `core.hooksPath` says so, and others may share them\nmend: `git config core.hooksPath {}` gives it its own; `hook install --anyway` takes that folder",
            house.folder.display(),
            common.join("hooks").display()
        );
    }
    if in_work_tree {
        setup.note = format!("`{}` is part of the work tree: commit the hooks, or leave them out", house.folder.display());
    }
    let shim = shim(program);
    for event in EVENTS {
        let hook = house.folder.join(event.name);
        let step = |deed, path: &Path| Step { event: event.name, deed, place: path.display().to_string(), path: path.to_owned() };
        match read(&hook)? {
            Some(text) if text == shim.as_bytes() => continue,
            Some(text) if !is_ours(&text) => {
                let aside = beside(&hook, BEFORE);
                if fs::symlink_metadata(&aside).is_ok() {
                    bail!(
                        "`{}` is in the way\nbecause: the hook that stands beside it would have to go there\nmend: look which of the two is wanted, and remove the other",
                        aside.display()
                    );
                }
                setup.steps.push(step(Deed::SetAside, &hook));
            }
            _ => (),
        }
        setup.steps.push(step(Deed::Write, &hook));
    }
    if !dry_run && !setup.steps.is_empty() {
        fs::create_dir_all(&house.folder).with_context(|| format!("could not make `{}`", house.folder.display()))?;
        setup.steps.iter().try_for_each(|step| carry_out(&house, step, &shim))?;
    }
    Ok(setup)
}

/// Takes every hook of ours out, wherever it is by now.
pub(crate) fn uninstall(folder: &Path, dry_run: bool) -> anyhow::Result<Setup> {
    let house = House::open(folder)?;
    let mut setup = Setup::default();
    for event in EVENTS {
        let name = config_name(event.name);
        if house.repository.setting(&format!("{name}.command")).is_some() {
            setup.steps.push(Step { event: event.name, deed: Deed::Unconfigure, place: name, path: PathBuf::new() });
        }
        let hook = house.folder.join(event.name);
        let aside = beside(&hook, BEFORE);
        let mut was_there = fs::symlink_metadata(&aside).is_ok();
        let places = [hook.clone()].into_iter().chain(ELSEWHERE.iter().map(|ending| beside(&hook, ending)));
        for place in places {
            if read(&place)?.is_some_and(|text| is_ours(&text)) {
                let deed = if was_there && place == hook { Deed::PutBack } else { Deed::Remove };
                was_there &= deed != Deed::PutBack;
                setup.steps.push(Step { event: event.name, deed, place: place.display().to_string(), path: place });
            }
        }
        if was_there {
            setup.note = format!("`{}` stays: another program's hook took its place meanwhile", aside.display());
        }
    }
    if !dry_run {
        setup.steps.iter().try_for_each(|step| carry_out(&house, step, ""))?;
    }
    Ok(setup)
}

/// How an event is listened to: `shim`, `config`, `by hand`, by a program that manages hooks, or not at all.
pub(super) fn installed(repository: &Repository, event: &str) -> anyhow::Result<(&'static str, String)> {
    let name = config_name(event);
    if repository.setting(&format!("{name}.command")).is_some() {
        return Ok(("config", name));
    }
    let hook = hooks_folder(repository)?.join(event);
    for place in [hook.clone()].into_iter().chain(ELSEWHERE.iter().map(|ending| beside(&hook, ending))) {
        if let Some(text) = read(&place)? {
            if is_ours(&text) {
                return Ok(("shim", place.display().to_string()));
            }
            if String::from_utf8_lossy(&text).contains("git-trainset") {
                return Ok(("by hand", place.display().to_string()));
            }
        }
    }
    let top = repository.work_tree();
    if let (Some(top), Some(other)) = (&top, others::present(top.as_deref(), hook.parent().unwrap_or(&hook), &[event]))
        && others::calls(other, top, event)
    {
        return Ok((other.name, hook.display().to_string()));
    }
    Ok(("", String::new()))
}

fn configure(house: &House, dry_run: bool) -> anyhow::Result<Setup> {
    let mut setup = Setup::default();
    for event in EVENTS {
        let name = config_name(event.name);
        let is = |key: &str, value: &str| house.repository.setting(&format!("{name}.{key}")).as_deref() == Some(value);
        if !is("command", &command(event.name)) || !is("event", event.name) {
            setup.steps.push(Step { event: event.name, deed: Deed::Configure, place: name, path: PathBuf::new() });
        }
    }
    if !dry_run {
        setup.steps.iter().try_for_each(|step| carry_out(house, step, ""))?;
    }
    Ok(setup)
}

fn carry_out(house: &House, step: &Step, shim: &str) -> anyhow::Result<()> {
    let path = &step.path;
    let failed = || format!("could not change `{}`", step.place);
    match step.deed {
        Deed::Write => write(path, shim).with_context(failed),
        Deed::SetAside => fs::rename(path, beside(path, BEFORE)).with_context(failed),
        Deed::PutBack => fs::rename(beside(path, BEFORE), path).with_context(failed),
        Deed::Remove => fs::remove_file(path).with_context(failed),
        Deed::Configure => {
            let set = |key: &str, value: &str| {
                house
                    .repository
                    .ask_git(&["config", "--local", "--replace-all", &format!("{}.{key}", step.place), value])
                    .with_context(failed)
            };
            set("event", step.event)?;
            set("command", &command(step.event)).map(drop)
        }
        Deed::Unconfigure => {
            house.repository.ask_git(&["config", "--local", "--remove-section", &step.place]).map(drop).with_context(failed)
        }
    }
}

/// Whole or not at all: git may look at any moment.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a hook has no folder")?;
    let mut file = tempfile::Builder::new().prefix(".trainset-").tempfile_in(folder)?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    file.persist(path)?;
    Ok(())
}

/// Where git looks for hooks, as an absolute path.
fn hooks_folder(repository: &Repository) -> anyhow::Result<PathBuf> {
    let said = repository.ask_git(&["rev-parse", "--git-path", "hooks"])?;
    let said = PathBuf::from(String::from_utf8(said).context("the path of the hooks is not UTF-8")?);
    let base = repository.work_tree().unwrap_or_else(|| repository.git_dir());
    let folder = base.join(said);
    Ok(folder.canonicalize().unwrap_or(folder))
}

/// A name that is an event's would make git refuse every commit.
fn config_name(event: &str) -> String {
    format!("hook.trainset-{event}")
}

fn command(event: &str) -> String {
    CONFIG.trim_end().replace("@EVENT@", event)
}

fn shim(program: &Path) -> String {
    let quoted = format!("'{}'", program.display().to_string().replace('\'', r"'\''"));
    SHIM.replace("@TOOL@", &quoted)
}

fn is_ours(text: &[u8]) -> bool {
    String::from_utf8_lossy(text).lines().nth(1).is_some_and(|line| line.starts_with(MARK))
}

fn beside(hook: &Path, ending: &str) -> PathBuf {
    let mut name = hook.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A hook; also one that is a link to nowhere.
fn read(hook: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(hook) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(fs::symlink_metadata(hook).ok().map(|_| Vec::new())),
        Err(error) => Err(error).with_context(|| format!("could not read `{}`", hook.display())),
    }
}
