//! Campaigns on real repositories: `cargo bench -- CLONE [--commits N] [--runs N]` for speed,
//! `cargo bench -- mutations CLONE [--claims N] [--alive]` for what the proofs are worth,
//! `cargo bench -- hooks CLONE [--commits N]` for what hooks add to a commit, and
//! `cargo bench -- race [--clones N] [--merges N]` for clones that push at the same time.
//!
//! Clones bare, so the given repository is never written to. Every figure stands beside a
//! reference that is measured in the same run: tree-sitter alone on the same files and threads
//! (and `ctags`, where it is installed) beside the full run, `git diff-tree -r -M` beside an
//! update. At the end law 1 is checked: the dataset after the replay against a rebuild.
//! `cargo bench -- llm …` runs the campaigns of [`llm`], `cargo bench -- retrieval …` that of [`retrieval`] (`cargo bench --
//! history CLONE…` asks it what the last commits asked for),
//! `cargo bench -- near CLONE… [--pairs FILE]` that of [`near`], `cargo bench -- export CLONE [--rows N]` that of [`export`],
//! and `cargo bench -- published DATA [CODE]` that of [`published`].

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod export;
mod hooks;
#[path = "../mutants/mod.rs"]
mod mutants;
mod near;
#[path = "../pairs/mod.rs"]
mod pairs;
mod published;
#[path = "../it/remote.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use all of it, and may stop loudly")]
mod remote;
#[path = "../it/sandbox.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the tests use all of it, and may stop loudly")]
mod sandbox;

use std::collections::HashMap;
mod llm;
mod retrieval;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rayon::prelude::*;

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if args.first().is_some_and(|arg| arg == "llm") {
        return llm::run(&args[1..]);
    }
    if args.first().is_some_and(|arg| arg == "retrieval") {
        return retrieval::run(&args[1..]);
    }
    if args.first().is_some_and(|arg| arg == "export") {
        return export::run(&args[1..]);
    }
    if args.first().is_some_and(|arg| arg == "history") {
        return retrieval::run(&[&["--tasks".to_owned(), "history".to_owned()], &args[1..]].concat());
    }
    if args.first().is_some_and(|arg| arg == "near") {
        return near::run(&args[1..]);
    }
    if args.first().is_some_and(|arg| arg == "published") {
        return published::run(&args[1..]);
    }
    let value = |name: &str, usual: usize| {
        args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1)).map_or(Ok(usual), |text| text.parse())
    };
    let (commits, runs) = (value("--commits", 20)?, value("--runs", 3)?);
    let own = env!("CARGO_MANIFEST_DIR").to_owned();
    if args.first().is_some_and(|arg| arg == "race") {
        let (clones, merges) = (value("--clones", 6)?, value("--merges", 20)?);
        let (time, ()) = timed(|| remote::race(clones, merges));
        println!("race           {clones} clones x {merges} merges in {}: nothing lost, nothing forced", told(time));
        return Ok(());
    }
    let proofs = args.first().is_some_and(|arg| arg == "mutations");
    let latency = args.first().is_some_and(|arg| arg == "hooks");
    let source = args.get((proofs || latency) as usize).filter(|arg| !arg.starts_with("--")).unwrap_or(&own);
    let folder = tempfile::tempdir()?;
    if latency {
        return hooks::latency(Path::new(source), folder.path(), commits);
    }
    if proofs {
        let alive = args.iter().any(|arg| arg == "--alive");
        return mutations(Path::new(source), folder.path(), value("--claims", 2_000)?, alive);
    }
    println!("{source}");
    full(Path::new(source), folder.path(), runs)?;
    replay(Path::new(source), folder.path(), commits)
}

/// The full run, beside tree-sitter alone on the files that it read.
fn full(source: &Path, folder: &Path, runs: usize) -> Result<(), Fault> {
    let mut clone = PathBuf::new();
    let mut times = Vec::new();
    let mut memory = 0;
    for run in 0..runs {
        // A clone of its own each time: objects that are there already are not written again.
        clone = bare(source, &folder.join(format!("full-{run}")))?;
        let (time, peak) = update(&clone)?;
        times.push(time);
        memory = memory.max(peak);
    }
    let files = read_files(&clone)?;
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let alone: Vec<Duration> = (0..runs).map(|_| timed(|| parse_all(&files)).0).collect();
    let reads = median(&alone);
    println!("files          {} ({:.1} MB)", files.len(), bytes as f64 / 1e6);
    println!("tree-sitter    {} alone, the same files, {} threads", told(reads), rayon::current_num_threads());
    if let Some(time) = ctags(&files, folder)? {
        println!("ctags          {}", told(time));
    }
    println!("full update    {}, {:.2} x tree-sitter, peak {} MB", told(median(&times)), ratio(median(&times), reads), memory / 1024);
    let (again, _) = (0..20).map(|_| update(&clone)).collect::<Result<Vec<_>, _>>()?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    println!("no-op update   {}", told(median(&again)));
    let (time, code) = timed(|| tool(&clone, &["verify"]).status().map(|status| status.code()));
    println!("verify         {}, exit {:?}", told(time), code?);
    Ok(())
}

/// One update for each of the last commits, then the same at once.
fn replay(source: &Path, folder: &Path, commits: usize) -> Result<(), Fault> {
    let clone = bare(source, &folder.join("replay"))?;
    let branch = git(&clone, &["symbolic-ref", "HEAD"])?;
    let list = git(&clone, &["rev-list", "--first-parent", &format!("-n{}", commits + 1), "HEAD"])?;
    let list: Vec<&str> = list.lines().rev().collect();
    let (mut times, mut reference, mut idle, mut shares) = (Vec::new(), Vec::new(), 0, Vec::new());
    for (at, commit) in list.iter().enumerate() {
        git(&clone, &["update-ref", &branch, commit])?;
        let (time, output) = timed(|| tool(&clone, &["update", "--json"]).stdout(Stdio::piped()).output());
        let outcome: serde_json::Value = serde_json::from_slice(&output?.stdout)?;
        if at == 0 {
            continue;
        }
        times.push(time);
        reference.push(timed(|| git(&clone, &["diff-tree", "-r", "-M", list[at - 1], commit])).0);
        let count = |verb: &str| outcome["plan"]["counts"][verb].as_f64().unwrap_or_default();
        let made = count("make") + count("remake") + count("move");
        idle += (made == 0.0) as usize;
        shares.push(made / outcome["samples"].as_f64().unwrap_or(1.0).max(1.0));
    }
    if times.is_empty() {
        return Ok(());
    }
    let mut stepwise = git(&clone, &["ls-tree", "-r", "dataset"])?;
    forget(&clone)?;
    update(&clone)?;
    let at_once = git(&clone, &["ls-tree", "-r", "dataset"])?;
    // What commits gave stays: the first of these runs looked further back.
    let known: std::collections::HashSet<&str> = at_once.lines().collect();
    let grows = |line: &&str| known.contains(line) || !line.contains("\thistory/");
    stepwise = stepwise.lines().filter(grows).collect::<Vec<_>>().join("\n");
    times.sort();
    println!("one commit     {}, p90 {}, over {} commits", told(median(&times)), told(times[times.len() * 9 / 10]), times.len());
    println!("git diff-tree  {}", told(median(&reference)));
    println!(
        "no new sample  {:.0} % of the commits; remade a commit: {:.2} % of the samples",
        100.0 * idle as f64 / times.len() as f64,
        100.0 * shares.iter().sum::<f64>() / shares.len() as f64
    );
    println!("law 1          {}", if stepwise == at_once { "equal trees" } else { "DIFFERENT TREES" });
    if stepwise == at_once { Ok(()) } else { Err("step by step is not what all at once gives".into()) }
}

/// Mutants of claims of the dataset, evenly taken, and how many of them the proofs refute.
fn mutations(source: &Path, folder: &Path, wanted: usize, alive: bool) -> Result<(), Fault> {
    let clone = bare(source, &folder.join("mutations"))?;
    update(&clone)?;
    let shards = git(&clone, &["ls-tree", "-r", "--name-only", "dataset", "qa/"])?;
    let mut files: HashMap<String, String> = HashMap::new();
    let mut all = Vec::new();
    for shard in shards.lines() {
        for line in git(&clone, &["cat-file", "blob", &format!("dataset:{shard}")])?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            for evidence in row["evidence"].as_array().into_iter().flatten().filter_map(|evidence| evidence["path"].as_str()) {
                if !files.contains_key(evidence) {
                    let text =
                        Command::new("git").arg("-C").arg(&clone).args(["cat-file", "blob", &format!("HEAD:{evidence}")]).output()?;
                    files.insert(evidence.to_owned(), String::from_utf8_lossy(&text.stdout).into_owned());
                }
            }
            all.extend(mutants::Trial::of_row(&row, |path| files[path].clone()));
        }
    }
    let step = all.len().div_ceil(wanted.max(1)).max(1);
    let mut table = mutants::Table::default();
    for trial in all.iter().step_by(step) {
        if !trial.holds() {
            return Err(format!("not proved: {} of {:?}", trial.predicate, trial.args).into());
        }
        table.try_out(trial);
    }
    println!("{}\n{} claims, every {step}. put to the proof\n{}", source.display(), all.len(), table.words());
    for (name, count) in table.rows().filter(|_| alive) {
        count.alive.iter().for_each(|how| println!("alive: {name}, {how}\n"));
    }
    Ok(())
}

fn bare(source: &Path, to: &Path) -> Result<PathBuf, Fault> {
    git(source, &["clone", "-q", "--bare", "--shared", ".", to.to_str().ok_or("a path is not UTF-8")?])?;
    forget(to)?;
    Ok(to.to_owned())
}

fn forget(clone: &Path) -> Result<(), Fault> {
    git(clone, &["update-ref", "-d", "refs/heads/dataset"])?;
    match std::fs::remove_dir_all(clone.join("trainset")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn git(folder: &Path, args: &[&str]) -> Result<String, Fault> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output()?;
    if !output.status.success() {
        return Err(format!("git {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn tool(clone: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_git-trainset"));
    command.arg("-C").arg(clone).args(args).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Time of an update, and its peak memory in KiB (0 where the system does not say).
fn update(clone: &Path) -> Result<(Duration, u64), Fault> {
    peak(&mut tool(clone, &["update"]))
}

/// How long a command takes, and the most memory that it has at a time, in KiB.
fn peak(command: &mut Command) -> Result<(Duration, u64), Fault> {
    let start = Instant::now();
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        if let Some(status) = child.try_wait()? {
            return if matches!(status.code(), Some(0 | 1)) { Ok((start.elapsed(), peak)) } else { Err("the command failed".into()) };
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// The files that the last update read.
fn read_files(clone: &Path) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let facts = git(clone, &["ls-tree", "-r", "--name-only", "dataset", "facts/"])?;
    let paths: Vec<&str> = facts.lines().filter_map(|path| path.strip_prefix("facts/")?.strip_suffix(".jsonl")).collect();
    paths.iter().map(|path| Ok(((*path).to_owned(), git(clone, &["cat-file", "blob", &format!("HEAD:{path}")])?.into_bytes()))).collect()
}

fn parse_all(files: &[(String, Vec<u8>)]) {
    let failed = Mutex::new(0);
    files.par_iter().for_each(|(path, text)| {
        let mut parser = tree_sitter::Parser::new();
        let language = if path.ends_with(".rs") { tree_sitter_rust::LANGUAGE } else { tree_sitter_python::LANGUAGE };
        let tree = parser.set_language(&language.into()).ok().and_then(|()| parser.parse(text, None));
        if tree.is_none()
            && let Ok(mut failed) = failed.lock()
        {
            *failed += 1;
        }
    });
}

fn ctags(files: &[(String, Vec<u8>)], folder: &Path) -> Result<Option<Duration>, Fault> {
    let root = folder.join("files");
    for (path, text) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().ok_or("a path has no folder")?)?;
        std::fs::write(path, text)?;
    }
    let (time, status) = timed(|| Command::new("ctags").args(["-R", "-f", "/dev/null"]).arg(&root).stderr(Stdio::null()).status());
    Ok(status.ok().filter(|status| status.success()).map(|_| time))
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let answer = work();
    (start.elapsed(), answer)
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ratio(time: Duration, reference: Duration) -> f64 {
    time.as_secs_f64() / reference.as_secs_f64().max(1e-9)
}

fn told(time: Duration) -> String {
    if time.as_secs() >= 1 { format!("{:.2} s", time.as_secs_f64()) } else { format!("{:.1} ms", time.as_secs_f64() * 1e3) }
}
