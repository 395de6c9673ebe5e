//! The arguments.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ColorChoice, Parser, Subcommand};

use super::asking::{Asking, Embedding};

/// Keeps a fine-tuning dataset in step with a code repository
///
/// On every commit the functions that changed are found, the samples that went stale are made
/// anew and proved against the code, and one commit is appended to the branch `dataset`.
#[derive(Parser)]
#[command(name = "git trainset", bin_name = "git trainset", version, about)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) verb: Verb,

    /// Run as if started in this folder
    #[arg(short = 'C', global = true, value_name = "DIR", default_value = ".", env = "TARGET_REPO_PATH", hide_env_values = true)]
    pub(super) folder: PathBuf,

    /// Print JSON for programs
    #[arg(long, global = true)]
    pub(super) json: bool,

    /// Print less
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Print more: every step and why, every rejected draft
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorChoice,
}

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Bring the dataset and the index in step with the tracked branch
    Update(Update),
    /// Print what an update would do, and why
    Plan(Update),
    /// Find the code or the samples that have to do with some words, and why
    Query(super::query::Query),
    /// Ask a server for vectors of the code, for a second view of `query`
    Embed {
        /// Say how much would be sent, and send nothing
        #[arg(long)]
        dry_run: bool,

        #[command(flatten)]
        embedding: Embedding,
    },
    /// Print what a requirement needs: code, rules, samples, who calls what
    Context(super::context::Context),
    /// Ask the model that was trained on the dataset, and prove what it says
    ///
    /// It is shown code that the index finds, in the form of the training rows; its reply is held to what the rows were
    /// held to. Exit status: 0 proved, 1 not proved, 2 could not be asked.
    Ask(super::ask::Ask),
    /// Propose a design for a requirement, on the code that is there
    Design(super::design::Asked),
    /// Answer agents over the Model Context Protocol, on standard input and output
    Mcp {
        /// Print what to paste into the settings of the common clients, and stop
        #[arg(long)]
        print_config: bool,
    },
    /// List functions that nearly copy each other, and what differs
    Dups(Dups),
    /// Say what the dataset and the index mirror, and what would change
    Status,
    /// Print a sample or a chunk of code by its id
    Show {
        /// As `query --json` and the dataset's rows give it
        id: String,
    },
    /// Prove the claims of a sample now, and show the lines that prove them
    Explain {
        /// As `query --json` and the dataset's rows give it
        id: String,
    },
    /// Print what static analysis says of a file or a symbol: signatures, rules, flows
    Facts {
        /// `PATH` or `PATH::SYMBOL`
        place: String,
    },
    /// Prove every sample again; exit with 1 and a list if one lies
    Verify,
    /// Say what the dataset holds: rows, coverage, claims, duplicates, splits
    Stats,
    /// Put the held-out questions to a model and prove what it says; prints a table in Markdown
    Eval(super::eval::Eval),
    /// Write the dataset in the form that a trainer reads
    ///
    /// Formats: prompt-completion (recommended: TRL trains on the answer alone), messages (TRL, ms-swift, unsloth,
    /// axolotl), alpaca and sharegpt (LLaMA-Factory), openai, dpo (pairs from the branch's history), csv and json
    /// (traces), and the files of earlier tools: traingen, data-factory, auto-code.
    Export(super::export::Export),
    /// Give rows to people and take their verdicts back
    #[command(subcommand)]
    Review(super::review::Verb),
    /// Write a commented `.trainset.toml`
    Init,
    /// Hooks of git: install, uninstall, status
    #[command(subcommand)]
    Hook(super::hook::Verb),
    /// The step of a workflow, with everything that its runner shows
    #[command(subcommand)]
    Ci(super::ci::Verb),
    /// Say what models were asked and answered, and what it cost
    #[command(subcommand)]
    Journal(Journal),
    /// Show what models said that was not believed, and why
    Rejects {
        /// Only samples whose id holds this
        about: Option<String>,

        /// Print at most this many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Write the pages that `git trainset --help` opens
    Manual {
        /// A `man1` folder, such as ~/.local/share/man/man1
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
pub(super) enum Journal {
    /// Print the last replies
    List {
        /// Print at most this many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Sum up tokens and money by model
    Cost,
    /// Forget old replies; what needs them again is asked again
    Prune {
        /// Forget what is older than this many days
        #[arg(long, value_name = "DAYS")]
        older_than: u64,
    },
}

#[derive(clap::Args)]
pub(super) struct Update {
    /// Print the plan and stop
    #[arg(long, env = "DRY_RUN", value_parser = FalseyValueParser::new(), hide_env_values = true)]
    pub(super) dry_run: bool,

    /// Make at most this many samples now; a later run makes the rest
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,

    /// Push the dataset, on top of what others pushed meanwhile
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) push: bool,

    /// The remote to push to, if it is not the branch's own
    #[arg(long, value_name = "NAME", requires = "push")]
    pub(super) remote: Option<String>,

    /// At most this many questions about one chunk of code
    #[arg(long, value_name = "N")]
    pub(super) qa_count: Option<usize>,

    #[command(flatten)]
    pub(super) asking: Asking,
}

#[derive(clap::Args)]
pub(super) struct Dups {
    /// Only what touches this file or folder, as git names it from the top
    #[arg(default_value = "")]
    pub(super) path: String,

    /// Only what the staged change copies
    #[arg(long)]
    pub(super) staged: bool,

    /// Samples that are left out, since another says nearly the same
    #[arg(long, conflicts_with = "staged")]
    pub(super) rows: bool,

    /// Print at most this many groups
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) limit: usize,
}
