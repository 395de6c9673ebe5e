//! Campaigns on the model as generator: `cargo bench -- llm throughput|kill|replay CLONE|real URL MODEL`.
//!
//! `throughput`, `kill` and `replay` bring their own scripted server; `real` is for one that serves a model,
//! see `tests/bench/real/README.md`.

#[allow(dead_code, clippy::unwrap_used, reason = "the tests use all of it, and a campaign may stop loudly")]
#[path = "../it/llm/server.rs"]
mod server;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use self::server::{Act, Server, good};
use super::{Fault, git, told};

pub(crate) fn run(args: &[String]) -> Result<(), Fault> {
    let folder = tempfile::tempdir()?;
    match args.first().map(String::as_str) {
        Some("throughput") => throughput(folder.path()),
        Some("kill") => kill(folder.path()),
        Some("replay") => match args {
            [_, clone] => replay(Path::new(clone), folder.path()),
            _ => Err("llm replay CLONE".into()),
        },
        Some("real") => match args {
            [_, url, model] => real(folder.path(), url, model),
            _ => Err("llm real URL MODEL".into()),
        },
        _ => Err("llm throughput | kill | replay CLONE | real URL MODEL".into()),
    }
}

/// 2,000 requests to a server that takes 200 ms for each and works on 64 at once.
fn throughput(folder: &Path) -> Result<(), Fault> {
    const REQUESTS: usize = 2_000;
    const SLOTS: usize = 64;
    let latency = Duration::from_millis(200);
    let offline = repository(&folder.join("offline"), 1_200)?;
    let (before, _) = (cpu()?, update(&offline, &["update"])?);
    let floor = cpu()? - before;
    println!("offline update {:.0} ms CPU, for comparison", floor * 1e3);
    for (name, concurrency) in [("--concurrency 64", Some("64")), ("adaptive", None)] {
        let clone = repository(&folder.join(name.replace(' ', "-")), 1_200)?;
        let server = Server::new(move |asked| Act::After(latency, Box::new(Act::Say(good(asked)))));
        let url = server.url();
        let requests = REQUESTS.to_string();
        let mut args = vec!["update", "--generator", "llm", "--model", "m", "--base-url", &url, "--budget-requests", &requests];
        args.extend(concurrency.into_iter().flat_map(|number| ["--concurrency", number]));
        let before = cpu()?;
        update(&clone, &args)?;
        let used = cpu()? - before;
        let busy = server.busy.lock().map_err(|_| "the server failed")?;
        let time = busy.time();
        let width = if concurrency.is_some() { SLOTS } else { busy.most };
        println!(
            "{name:<16} {} requests in {}, ideal {}; {:.1} % of {width} slots busy, {:.2} ms CPU a request (server in this process not counted)",
            server.count(),
            told(time),
            told(latency.mul_f64(REQUESTS as f64 / width as f64)),
            100.0 * busy.share(width),
            (used - floor).max(0.0) * 1e3 / REQUESTS as f64,
        );
    }
    Ok(())
}

/// 100 kills at random instants of a run of about 500 requests.
fn kill(folder: &Path) -> Result<(), Fault> {
    const KILLS: u64 = 100;
    const FLIGHT: usize = 4;
    let clone = repository(&folder.join("kill"), 260)?;
    let server = Server::new(|asked| Act::After(Duration::from_millis(20), Box::new(Act::Say(good(asked)))));
    let url = server.url();
    let flight = FLIGHT.to_string();
    let args = ["update", "--generator", "llm", "--model", "m", "--base-url", &url, "--concurrency", &flight];
    let mut answered: HashSet<String> = HashSet::new();
    let (mut random, mut seen, mut again, mut repeated) = (7u64, 0, 0, 0);
    for _ in 0..KILLS {
        let mut run = tool(&clone, &args).spawn()?;
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(40 + (random >> 33) % 260));
        run.kill()?;
        run.wait()?;
        std::thread::sleep(Duration::from_millis(30));
        let asked = server.asked();
        for request in &asked[seen..] {
            again += usize::from(request.again > 0);
            repeated += usize::from(answered.contains(&slot(request)));
        }
        seen = asked.len();
        answered = replies(&clone)?;
    }
    println!("killed         {KILLS} times; {} answered, {} requests sent", answered.len(), server.count());
    update(&clone, &args)?;
    for request in &server.asked()[seen..] {
        again += usize::from(request.again > 0);
        repeated += usize::from(answered.contains(&slot(request)));
    }
    let all = replies(&clone)?;
    let kinds = git(&clone, &["grep", "-c", "\"generator\":\"llm\"", "dataset", "--", "qa/"])?;
    let taken: usize = kinds.lines().filter_map(|line| line.rsplit(':').next()?.parse::<usize>().ok()).sum();
    // What does not exist is told by rule alone: a model is not asked for a false premise.
    let offline = git(&clone, &["grep", "-h", "\"generator\":\"offline\"", "dataset", "--", "qa/"]).unwrap_or_default();
    let (premises, left): (Vec<&str>, Vec<&str>) = offline.lines().partition(|row| row.contains("\"kind\":\"premise\""));
    println!(
        "requests       {} sent for {} samples, {again} came twice (at most {FLIGHT} are on their way at a kill)",
        server.count(),
        all.len()
    );
    println!("asked again    {repeated} that were answered and on record");
    println!("dataset        {taken} samples in the model's words, {} offline beside {} false premises", left.len(), premises.len());
    if repeated == 0 && taken == all.len() && left.is_empty() { Ok(()) } else { Err("law 6 is broken".into()) }
}

/// The last 100 commits of a repository, an update each: as many requests as the plans announced.
fn replay(source: &Path, folder: &Path) -> Result<(), Fault> {
    const COMMITS: usize = 100;
    let clone = super::bare(source, &folder.join("replay"))?;
    let branch = git(&clone, &["symbolic-ref", "HEAD"])?;
    let list = git(&clone, &["rev-list", "--first-parent", &format!("-n{}", COMMITS + 1), "HEAD"])?;
    let server = Server::new(|asked| Act::Say(good(asked)));
    let url = server.url();
    let args = ["update", "--json", "--generator", "llm", "--model", "m", "--base-url", &url, "--concurrency", "16"];
    let (mut announced, mut made, mut known, mut idle) = (0, 0, 0, 0);
    for (at, commit) in list.lines().rev().enumerate() {
        git(&clone, &["update-ref", &branch, commit])?;
        let outcome: Value = serde_json::from_slice(&tool(&clone, &args).stdout(Stdio::piped()).output()?.stdout)?;
        let plan = &outcome["plan"];
        let calls = plan["model_calls"].as_u64().unwrap_or_default();
        announced += calls;
        known += plan["answered"].as_u64().unwrap_or_default();
        let makes = |step: &&Value| {
            let premise = step["id"].as_str().is_some_and(|id| id.contains(":premise:"));
            (step["verb"] == "make" || step["verb"] == "remake") && !premise
        };
        made += plan["steps"].as_array().into_iter().flatten().filter(makes).count() as u64;
        idle += usize::from(at > 0 && calls == 0);
        if server.count() as u64 != announced {
            let rejects = tool(&clone, &["rejects"]).stdout(Stdio::piped()).output()?;
            let why = String::from_utf8_lossy(&rejects.stdout).into_owned();
            return Err(format!("{commit}: {} requests came, {announced} were announced\n{why}", server.count()).into());
        }
    }
    println!("replay         {COMMITS} commits: {announced} requests announced and sent, {idle} commits without one");
    println!("made, remade   {made} samples, {known} of them from replies that were on record");
    if made == announced + known { Ok(()) } else { Err("the requests are not the steps that make".into()) }
}

/// A server that serves a model: are our requests taken, is the schema kept, are errors understood?
fn real(folder: &Path, url: &str, model: &str) -> Result<(), Fault> {
    let clone = repository(&folder.join("real"), 4)?;
    let run = |args: &[&str], key: Option<&str>| -> Result<Value, Fault> {
        let mut command =
            tool(&clone, &["update", "--json", "--generator", "llm", "--base-url", url, "--model", model, "--concurrency", "2"]);
        command.args(args).stdout(Stdio::piped());
        if let Some(key) = key {
            command.env("TRAINSET_API_KEY", key);
        }
        Ok(serde_json::from_slice(&command.output()?.stdout)?)
    };
    let wrong = run(&["--budget-requests", "1"], Some("a-wrong-key"))?;
    println!("wrong key      {}", wrong["asked"]["open"]);
    let start = Instant::now();
    let outcome = run(&["--max-tokens", "1500"], None)?;
    let asked = &outcome["asked"];
    println!(
        "asked          {} replies in {}, {} + {} tokens",
        asked["replies"],
        told(start.elapsed()),
        asked["tokens_in"],
        asked["tokens_out"]
    );
    println!(
        "announced      {} calls, at most {}; bound {} + {} tokens",
        outcome["plan"]["model_calls"], outcome["plan"]["most_calls"], outcome["plan"]["tokens_in"], outcome["plan"]["tokens_out"]
    );
    println!("taken, refused {}, {}; open {}", asked["taken"], asked["refused"], asked["open"]);
    let text = String::from_utf8(tool(&clone, &["journal", "list", "--json", "--limit", "1000"]).stdout(Stdio::piped()).output()?.stdout)?;
    let list: Value = serde_json::from_str(&text)?;
    let replies = list["replies"].as_array().cloned().unwrap_or_default();
    let whole = replies
        .iter()
        .filter(|reply| serde_json::from_str::<Value>(reply["text"].as_str().unwrap_or_default()).is_ok_and(|value| value.is_object()));
    let faults: HashSet<&str> = replies.iter().filter_map(|reply| reply["fault"].as_str()).collect();
    println!("structured     {} of {} replies are JSON objects; faults {faults:?}", whole.count(), replies.len());
    let again = run(&["--max-tokens", "1500"], None)?;
    println!(
        "second run     {} replies, tip {}",
        again["asked"]["replies"].as_u64().unwrap_or_default(),
        if again["tip"] == outcome["tip"] { "stays" } else { "MOVES" }
    );
    Ok(())
}

/// What a request asks for, as the journal names it.
fn slot(asked: &server::Asked) -> String {
    let told = asked.told();
    let subject = told.lines().find_map(|line| line.strip_prefix("Subject: `")).unwrap_or_default();
    let mut parts = subject.split('`');
    let (symbol, path) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
    let kind = told.lines().find_map(|line| line.strip_prefix("Kind: ")).and_then(|line| line.split('.').next()).unwrap_or_default();
    format!("qa:{path}::{symbol}:{kind}:en")
}

/// The samples whose replies are on record.
fn replies(clone: &Path) -> Result<HashSet<String>, Fault> {
    let output = tool(clone, &["journal", "list", "--json", "--limit", "100000"]).stdout(Stdio::piped()).output()?;
    let list: Value = serde_json::from_slice(&output.stdout)?;
    Ok(list["replies"].as_array().into_iter().flatten().filter_map(|reply| reply["slot"].as_str().map(str::to_owned)).collect())
}

/// A repository with so many functions, each with an error and a result of its own.
fn repository(folder: &Path, functions: usize) -> Result<PathBuf, Fault> {
    std::fs::create_dir_all(folder)?;
    git(folder, &["init", "-q", "-b", "main"])?;
    for file in 0..functions.div_ceil(20) {
        let mut text = String::from("\"\"\"Rules.\"\"\"\n");
        for number in file * 20..((file + 1) * 20).min(functions) {
            text.push_str(&format!(
                "\n\ndef rule_{number}(stock: int, wanted_{number}: int) -> int:\n    \"\"\"Take what rule {number} allows from the stock.\"\"\"\n    if wanted_{number} > stock + {number}:\n        raise ValueError(wanted_{number})\n    return stock - wanted_{number}\n"
            ));
        }
        std::fs::write(folder.join(format!("rules_{file}.py")), text)?;
    }
    git(folder, &["add", "."])?;
    git(folder, &["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "rules"])?;
    Ok(folder.to_owned())
}

fn tool(clone: &Path, args: &[&str]) -> Command {
    super::tool(clone, args)
}

fn update(clone: &Path, args: &[&str]) -> Result<(), Fault> {
    match tool(clone, args).status()?.code() {
        Some(0 | 1) => Ok(()),
        code => Err(format!("an update ended with {code:?}").into()),
    }
}

/// Seconds of CPU of all children that ended.
fn cpu() -> Result<f64, Fault> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    Ok((ticks(13) + ticks(14)) / 100.0)
}
