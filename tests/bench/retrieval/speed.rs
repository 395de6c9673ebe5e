//! How long a query takes as a process of its own, and how large the index is beside the source that it holds.

use std::path::Path;

use super::corpus;
use crate::{Fault, bare, git, median, read_files, timed, told, tool, update};

const RUNS: usize = 200;

pub(crate) fn run(source: &Path, folder: &Path) -> Result<(), Fault> {
    let clone = bare(source, folder)?;
    update(&clone)?;
    let head = git(&clone, &["rev-parse", "HEAD"])?;
    let functions = corpus::all(&clone, &head)?.len();
    let source: usize = read_files(&clone)?.iter().map(|(_, text)| text.len()).sum();
    let mut index = 0;
    for file in std::fs::read_dir(clone.join("trainset/index"))? {
        index += file?.metadata()?.len();
    }
    println!(
        "index          {:.1} MB for {:.1} MB of source: {:.2} x ({functions} functions)",
        index as f64 / 1e6,
        source as f64 / 1e6,
        index as f64 / source as f64
    );
    let subjects = git(&clone, &["log", &format!("-n{RUNS}"), "--format=%s", "HEAD"])?;
    let mut times = Vec::new();
    for subject in subjects.lines().filter(|subject| !subject.trim().is_empty()) {
        let (time, status) = timed(|| tool(&clone, &["query", "--", subject]).status());
        if status?.code().is_none_or(|code| code > 1) {
            return Err(format!("`{subject}` was not answered").into());
        }
        times.push(time);
    }
    times.sort();
    let p99 = times.get(times.len() * 99 / 100).or(times.last()).copied().unwrap_or_default();
    println!("fresh query    {}, p99 {}, over {} subjects", told(median(&times)), told(p99), times.len());
    Ok(())
}
