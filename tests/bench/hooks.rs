//! What hooks add to `git commit`: one-function commits with all of them, with each kind, and with none, in turn.
//!
//! Between two commits the background comes to rest, so what is measured is what a person waits for.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::{Fault, git, median, timed, told, tool};

/// Which hooks run, by the name of a folder of hooks.
const WAYS: [(&str, &[&str]); 4] =
    [("plain", &[]), ("pre-commit", &["pre-commit"]), ("post-commit", &["post-commit"]), ("both", &["pre-commit", "post-commit"])];

pub(crate) fn latency(source: &Path, folder: &Path, commits: usize) -> Result<(), Fault> {
    let clone = folder.join("clone");
    git(source, &["clone", "-q", "--shared", ".", clone.to_str().ok_or("a path is not UTF-8")?])?;
    for (key, value) in [("user.name", "Ada"), ("user.email", "ada@example.org"), ("gc.auto", "0"), ("commit.gpgSign", "false")] {
        git(&clone, &["config", key, value])?;
    }
    tool(&clone, &["update"]).status()?;
    tool(&clone, &["hook", "install", "--anyway"]).status()?;
    let installed = git(&clone, &["rev-parse", "--path-format=absolute", "--git-path", "hooks"])?;
    for (way, hooks) in WAYS {
        let ours = folder.join(way);
        std::fs::create_dir(&ours)?;
        for hook in hooks {
            std::fs::copy(Path::new(&installed).join(hook), ours.join(hook))?;
        }
    }
    let files = git(&clone, &["ls-files", "*.py", "*.rs"])?;
    let files: Vec<&str> = files.lines().filter(|file| edited(&clone.join(file), 0).is_some()).collect();
    if files.is_empty() {
        return Err("no file has a function to edit".into());
    }
    let mut times = [const { Vec::new() }; WAYS.len()];
    for turn in 0..commits {
        let file = files[turn * files.len() / commits.max(1)];
        for at in 0..WAYS.len() {
            // Each way is first as often as the others.
            let which = (turn + at) % WAYS.len();
            let path = clone.join(file);
            std::fs::write(&path, edited(&path, turn * WAYS.len() + which).ok_or("the function went away")?)?;
            let hooks = format!("core.hooksPath={}", folder.join(WAYS[which].0).display());
            let (time, done) = timed(|| git(&clone, &["-c", &hooks, "commit", "-q", "-m", "one function", file]));
            done?;
            times[which].push(time);
            rest(&clone)?;
        }
    }
    let plain = median(&times[0]);
    println!("git commit     {}, median of {commits} one-function commits", told(plain));
    for (at, (way, _)) in WAYS.iter().enumerate().skip(1) {
        let mut sorted = times[at].clone();
        sorted.sort();
        let worst = sorted[sorted.len() * 9 / 10];
        println!("{way:<15}adds {}, p90 {}", told(median(&times[at]).saturating_sub(plain)), told(worst.saturating_sub(plain)));
    }
    let stepwise = {
        tool(&clone, &["update"]).status()?;
        git(&clone, &["rev-parse", "dataset^{tree}"])?
    };
    crate::forget(&clone.join(".git"))?;
    tool(&clone, &["update"]).status()?;
    let at_once = git(&clone, &["rev-parse", "dataset^{tree}"])?;
    println!("law 1          {}", if stepwise == at_once { "equal trees" } else { "DIFFERENT TREES" });
    if stepwise == at_once { Ok(()) } else { Err(format!("{stepwise} is not {at_once}").into()) }
}

/// A file with one more statement before the first `return` of a function.
fn edited(path: &Path, state: usize) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let at = text.match_indices("\n    return ").next()?.0 + 1;
    let statement = if path.extension().is_some_and(|end| end == "rs") { "let _campaign =" } else { "campaign =" };
    let semicolon = if statement.starts_with("let") { ";" } else { "" };
    Some(format!("{}    {statement} {state}{semicolon}\n{}", &text[..at], &text[at..]))
}

/// Waits until the background has nothing to do.
fn rest(clone: &Path) -> Result<(), Fault> {
    loop {
        let output = tool(clone, &["hook", "status", "--json"]).stdout(std::process::Stdio::piped()).output()?;
        let status: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        if status["waiting"] == 0 && status["running"] == false {
            return Ok(());
        }
        sleep(Duration::from_millis(20));
    }
}
