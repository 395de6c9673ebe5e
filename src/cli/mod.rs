//! The front door for people: arguments in, words or JSON out.
//!
//! Nothing is decided here. The clock and the terminal are touched in this room alone.

mod args;
mod ask;
mod asking;
mod ci;
mod context;
mod design;
mod dups;
mod eval;
mod explained;
mod export;
mod fault;
mod hook;
mod manual;
mod models;
mod progress;
mod query;
mod review;
mod stats;
mod summary;
mod words;

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use clap::{ColorChoice, Parser};
use serde::Serialize;

use self::args::{Args, Journal, Verb};
use crate::commands::{self, Options, Workspace};
use crate::mcp;

/// Nothing to look at, something to look at, could not be done.
const DONE: u8 = 0;
const LOOK: u8 = 1;
const FAILED: u8 = 2;

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            _ = error.print();
            return if error.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS };
        }
    };
    match args.color {
        ColorChoice::Auto => (),
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
    quiet_panics();
    match answer(&args) {
        Ok((text, code)) => say(&text, code),
        Err(error) => {
            _ = anstream::stderr().write_all(fault::told(&error).as_bytes());
            ExitCode::from(FAILED)
        }
    }
}

/// Writes the answer. A reader that has enough is no fault.
fn say(text: &str, code: u8) -> ExitCode {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::from(code),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(FAILED),
    }
}

/// A damaged index may panic inside its library, which is caught and turned into an error; the
/// message of the panic helps nobody.
fn quiet_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let inside = info.location().is_some_and(|place| place.file().contains("tantivy"));
        if !inside {
            usual(info);
        }
    }));
}

fn answer(args: &Args) -> anyhow::Result<(String, u8)> {
    let start = Instant::now();
    let told = words::Words { verbose: args.verbose, quiet: args.quiet };
    // Settings that are not sound must not keep a hook from being looked at, or taken out.
    if let Verb::Hook(verb) = &args.verb {
        return hook::answer(args, verb, &told);
    }
    if let Verb::Ci(verb) = &args.verb {
        return ci::answer(args, verb, &|_, _, _| ());
    }
    if let Verb::Manual { folder } = &args.verb {
        return Ok((manual::write(folder)?, DONE));
    }
    if let Verb::Mcp { print_config } = &args.verb {
        let folder = std::path::absolute(&args.folder)?;
        if *print_config {
            return Ok((mcp::config(&folder), DONE));
        }
        let options = Options { embedding: Some(asking::Embedding::default().front()), ..Options::default() };
        return mcp::serve(folder, options).map(|()| (String::new(), DONE));
    }
    if let Verb::Update(_) = &args.verb {
        refuse_quarantine()?;
    }
    let options = match &args.verb {
        Verb::Update(update) | Verb::Plan(update) => {
            Options { qa_count: update.qa_count, limit: update.limit, front: Some(update.asking.front()), ..Options::default() }
        }
        Verb::Ask(ask) => Options { front: Some(ask.answering.front()), ..Options::default() },
        Verb::Eval(eval) => Options { front: Some(eval.answering.front()), ..Options::default() },
        Verb::Query(query) => Options { embedding: Some(query.embedding.front()), ..Options::default() },
        Verb::Embed { embedding, .. } => Options { embedding: Some(embedding.front()), ..Options::default() },
        _ => Options::default(),
    };
    let mut workspace = Workspace::open(&args.folder, &options)?;
    let bar = progress::Bar::new(!args.quiet && !args.json);
    let step = |what: &str, done: usize, all: usize| bar.step(what, done, all);
    let (text, code) = match &args.verb {
        Verb::Update(update) if update.push => {
            let remote = workspace.repository.remote(update.remote.as_deref(), &workspace.branch, None)?;
            let pushed = commands::push::run(&workspace, &remote, &step)?;
            let look = pushed.outcome.as_ref().is_some_and(needs_a_look);
            (show(args, &pushed, || told.pushed(&pushed, start.elapsed()))?, if look { LOOK } else { DONE })
        }
        Verb::Update(update) if !update.dry_run => {
            let outcome = commands::update::run(&workspace, &step)?;
            let look = needs_a_look(&outcome);
            (show(args, &outcome, || told.outcome(&outcome, start.elapsed()))?, if look { LOOK } else { DONE })
        }
        Verb::Update(_) | Verb::Plan(_) => {
            let plan = commands::plan::run(&workspace, &step)?;
            let look = !plan.findings.is_empty();
            (show(args, &plan, || told.plan(&plan))?, if look { LOOK } else { DONE })
        }
        Verb::Query(query) => {
            let found = commands::query::run(&workspace, &query.ask()?)?;
            (query.told(args, &found, &told)?, if found.hits.is_empty() { LOOK } else { DONE })
        }
        Verb::Embed { dry_run, .. } => {
            let done = commands::embed::run(&workspace, *dry_run, &step)?;
            (show(args, &done, || told.embedded(&done, *dry_run))?, DONE)
        }
        Verb::Context(context) => {
            let pack = commands::context::run(&workspace, &query::words(&context.words)?, context.budget)?;
            (show(args, &pack, || context::markdown(&pack))?, if pack.skeleton.is_empty() { LOOK } else { DONE })
        }
        Verb::Ask(ask) => {
            let answered = commands::answer::run(&workspace, &query::words(&ask.words)?, ask.design, ask.budget)?;
            (show(args, &answered, || ask::answered(&answered, args.verbose))?, if answered.proved { DONE } else { LOOK })
        }
        Verb::Dups(asked) if asked.rows => {
            let found = commands::repeated::run(&workspace, &asked.path)?;
            let text = show(args, &found, || dups::rows(&found, asked.limit))?;
            (text, if found.groups.is_empty() { DONE } else { LOOK })
        }
        Verb::Design(asked) => {
            let wanted = match &asked.requirements {
                Some(path) => commands::propose::requirements(path)?,
                None => vec![query::words(&asked.words)?],
            };
            let json = args.json || asked.format == design::Format::Json;
            let mut told = Vec::new();
            for requirement in &wanted {
                let proposal = commands::propose::run(&workspace, requirement)?;
                told.push(match json {
                    true if wanted.len() > 1 => serde_json::to_string(&proposal.row)? + "\n",
                    true => serde_json::to_string_pretty(&proposal.row)? + "\n",
                    false => design::markdown(&proposal),
                });
            }
            (told.join(if json { "" } else { "\n" }), DONE)
        }
        Verb::Dups(asked) => {
            let found = match asked.staged {
                true => commands::dups::staged(&mut workspace, &asked.path)?,
                false => commands::dups::run(&workspace, &asked.path, &step)?,
            };
            let text = show(args, &found, || dups::dups(&found, asked.limit, args.verbose, args.quiet))?;
            (text, if found.groups.is_empty() { DONE } else { LOOK })
        }
        Verb::Status => {
            let status = commands::status::run(&workspace, &step)?;
            (show(args, &status, || told.status(&status))?, DONE)
        }
        Verb::Show { id } => {
            let shown = commands::show::run(&workspace, id, "show")?;
            (show(args, &shown, || told.shown(&shown))?, DONE)
        }
        Verb::Explain { id } => {
            let told = commands::explain::run(&workspace, id)?;
            let proved = told.wrong.is_none() && told.claims.iter().all(|claim| claim.verdict == "proved");
            (show(args, &told, || explained::explained(&told))?, if proved { DONE } else { LOOK })
        }
        Verb::Facts { place } => {
            let facts = commands::facts::run(&workspace, place)?;
            (show(args, &facts, || told.facts(&facts))?, DONE)
        }
        Verb::Verify => {
            let verdict = commands::verify::run(&workspace, &step)?;
            (show(args, &verdict, || told.verdict(&verdict))?, if verdict.wrong.is_empty() { DONE } else { LOOK })
        }
        Verb::Eval(eval) => {
            let configured = workspace.asking.as_ref().map(|asking| asking.settings.model.as_str());
            let evaluated = commands::eval::run(&workspace, &eval.wanted(configured), &step)?;
            (show(args, &evaluated, || eval::evaluated(&evaluated))?, DONE)
        }
        Verb::Export(asked) => {
            let exported = commands::export::run(&workspace, &asked.wanted()?, &step)?;
            let text = show(args, &exported, || export::exported(&exported))?;
            (text, if exported.rows == 0 || exported.refused > 0 { LOOK } else { DONE })
        }
        Verb::Review(verb) => review::answer(args, verb, &workspace, &told, &step)?,
        Verb::Stats => {
            let numbers = commands::stats::run(&workspace, &step)?;
            (show(args, &numbers, || stats::stats(&numbers, args.verbose))?, DONE)
        }
        Verb::Init => {
            let path = commands::init::run(&workspace)?;
            (format!("wrote {}\nedit and commit it; the next update follows\n", path.display()), DONE)
        }
        // Answered above.
        Verb::Hook(_) | Verb::Ci(_) | Verb::Mcp { .. } | Verb::Manual { .. } => (String::new(), DONE),
        Verb::Journal(Journal::List { limit }) => {
            let listing = commands::journal::list(&workspace, *limit)?;
            (show(args, &listing, || told.listing(&listing))?, if listing.damaged > 0 { LOOK } else { DONE })
        }
        Verb::Journal(Journal::Cost) => {
            let costs = commands::journal::cost(&workspace)?;
            (show(args, &costs, || told.costs(&costs))?, DONE)
        }
        Verb::Journal(Journal::Prune { older_than }) => {
            let before = asking::now().as_secs().saturating_sub(older_than.saturating_mul(24 * 60 * 60));
            let gone = commands::journal::prune(&workspace, before)?;
            (show(args, &gone, || format!("{gone} lines forgotten\n"))?, DONE)
        }
        Verb::Rejects { about, limit } => {
            let rejects = commands::rejects::run(&workspace, about.as_deref(), *limit)?;
            (show(args, &rejects, || told.rejected(&rejects))?, DONE)
        }
    };
    bar.clear();
    if !workspace.note.is_empty() && !args.quiet {
        for note in workspace.note.lines() {
            _ = writeln!(anstream::stderr(), "note: {}", words::plain(note));
        }
    }
    Ok((text, code))
}

/// In the hooks that receive a push, git keeps new objects apart until it has made up its mind, and no ref may move.
fn refuse_quarantine() -> anyhow::Result<()> {
    if std::env::var_os("GIT_QUARANTINE_PATH").is_some() {
        anyhow::bail!("git is still receiving a push\nmend: call the update from a `post-receive` hook, which runs when the push is done");
    }
    Ok(())
}

fn needs_a_look(outcome: &commands::update::Outcome) -> bool {
    let open = outcome.asked.as_ref().is_some_and(|asked| !asked.open.is_empty() && asked.written == 0);
    !outcome.rejects.is_empty() || !outcome.plan.findings.is_empty() || open
}

/// The same facts to a program or to a person.
fn show<T: Serialize>(args: &Args, value: &T, words: impl FnOnce() -> String) -> anyhow::Result<String> {
    if args.json { Ok(serde_json::to_string_pretty(value)? + "\n") } else { Ok(words()) }
}
