//! A repository with its settings and the commit that the dataset follows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::check::Secrets;
use crate::commands::{DATASET, TOOL};
use crate::config::{self, EmbeddingFlags, Front, Settings};
use crate::generate::llm::{self, Recipes};
use crate::git::{DatasetTip, Oid, Repository, Tip};
use crate::index::{Index, Mirror};
use crate::store::{MANIFEST, Manifest};

/// Which commit the dataset is to follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Follow {
    /// The tip of the branch that the settings name, or of the one that is checked out.
    #[default]
    Tracked,
    /// What is checked out, whatever its name: on a runner the branch may have none.
    CheckedOut,
}

/// What the command line may override.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub follow: Follow,
    pub qa_count: Option<usize>,
    /// Make at most so many samples now and leave the rest for later.
    pub limit: Option<usize>,
    /// The way to find out whether a model is asked; None for a verb that asks none.
    pub front: Option<Front>,
    /// The way to find out who embeds; None for a verb that needs no vectors.
    pub embedding: Option<(Front, EmbeddingFlags)>,
}

/// A model to ask.
pub(crate) struct Asking {
    pub(crate) settings: Box<llm::Settings>,
    pub(crate) recipes: Recipes,
    /// The requests that are open are written to this file instead of being sent.
    pub(crate) batch_out: Option<PathBuf>,
    /// Replies are taken from this file.
    pub(crate) batch_in: Option<PathBuf>,
}

pub(crate) struct Workspace {
    pub(crate) repository: Repository,
    pub(crate) settings: Settings,
    /// Finds what is to be kept out of the dataset.
    pub(crate) secrets: Arc<Secrets>,
    /// Name of the tracked branch; empty when `HEAD` is detached.
    pub(crate) branch: String,
    pub(crate) source: Option<Tip>,
    pub(crate) limit: Option<usize>,
    pub(crate) asking: Option<Asking>,
    /// Who is asked for vectors.
    pub(crate) embedding: Option<llm::Embedding>,
    /// Something about the settings that the person should know.
    pub(crate) note: String,
}

/// The dataset at one commit of its branch.
pub(crate) struct Dataset {
    pub(crate) commit: Oid,
    pub(crate) tree: Oid,
    /// None when its schema is another version's.
    pub(crate) manifest: Option<Manifest>,
}

impl Workspace {
    /// Opens the repository around `folder` and reads the settings as the tracked branch has
    /// them; a file that is not committed yet counts where the branch has none.
    pub(crate) fn open(folder: &Path, options: &Options) -> anyhow::Result<Self> {
        let repository = Repository::open(folder)?;
        let beside = repository.work_tree().and_then(|top| std::fs::read_to_string(top.join(config::FILE)).ok());
        let head = repository.head_branch()?;
        let checked_out = repository.tip(None)?;
        let first = match (&checked_out, &beside) {
            (Some(tip), beside) => committed(&repository, tip)?.or_else(|| beside.clone()),
            (None, beside) => beside.clone(),
        };
        let mut settings = Settings::read(first.as_deref().unwrap_or_default(), config::FILE)?;
        let tracked = std::mem::take(&mut settings.branch);
        let (branch, source) = match (tracked.is_empty(), head) {
            (false, _) if options.follow == Follow::CheckedOut => (tracked.clone(), checked_out),
            (false, _) => {
                (tracked.clone(), repository.tip(Some(&tracked)).with_context(|| format!("{} tracks `{tracked}`", config::FILE))?)
            }
            (true, head) => (head.unwrap_or_default(), checked_out),
        };
        if branch == DATASET {
            bail!(
                "the branch `{DATASET}` is checked out, which holds the dataset and no source\nmend: check out the branch to follow, or set `branch` in {}",
                config::FILE
            );
        }
        let mut note = String::new();
        if let Some(tip) = &source {
            let own = committed(&repository, tip)?;
            if let (Some(own), Some(beside)) = (&own, &beside)
                && own != beside
            {
                note = format!("{} has changes that are not committed; they count once they are", config::FILE);
            }
            settings = Settings::read(own.or(beside).as_deref().unwrap_or_default(), config::FILE)?;
        }
        settings.branch = tracked;
        let secrets = secrets(&repository, source.as_ref(), &mut settings)?;
        settings.qa_count = options.qa_count.unwrap_or(settings.qa_count);
        let asking = match &options.front {
            None => None,
            Some(front) => match config::asking(front, &|key| repository.preferences(key))? {
                config::Asking::Model(settings) => Some(Asking {
                    recipes: Recipes::new(&settings),
                    settings,
                    batch_out: front.flags.batch_out.clone(),
                    batch_in: front.flags.batch_in.clone(),
                }),
                config::Asking::Offline { note: named } => {
                    note.push_str(if note.is_empty() || named.is_empty() { "" } else { "\n" });
                    note.push_str(&named);
                    None
                }
            },
        };
        let embedding = match &options.embedding {
            Some((front, flags)) => config::embedding(front, flags, &|key| repository.preferences(key))?,
            None => None,
        };
        Ok(Self { repository, settings, secrets, branch, source, limit: options.limit, asking, embedding, note })
    }

    /// What the model that is asked would make; None where none is.
    pub(crate) fn recipes(&self) -> Option<&Recipes> {
        self.asking.as_ref().map(|asking| &asking.recipes)
    }

    /// The commit to follow, or the error that says how to get one.
    pub(crate) fn source(&self) -> anyhow::Result<&Tip> {
        self.source.as_ref().context("there is no commit yet\nmend: commit something, then run it again")
    }

    /// Does the dataset follow what is checked out?
    pub(crate) fn is_tracked(&self) -> anyhow::Result<bool> {
        Ok(self.settings.branch.is_empty() || self.repository.head_branch()?.as_ref() == Some(&self.settings.branch))
    }

    pub(crate) fn dataset(&self) -> anyhow::Result<Option<Dataset>> {
        self.repository.dataset(DATASET)?.map(|tip| self.dataset_of(tip)).transpose()
    }

    /// The dataset as a commit has it; None when the commit is not there.
    pub(crate) fn dataset_at(&self, commit: &str) -> anyhow::Result<Option<Dataset>> {
        let Ok(id) = Oid::parse(commit) else { return Ok(None) };
        self.repository.commit_at(id)?.map(|tip| self.dataset_of(tip)).transpose()
    }

    fn dataset_of(&self, tip: DatasetTip) -> anyhow::Result<Dataset> {
        let bytes = match self.repository.file(tip.tree, MANIFEST)? {
            Some(id) => self.repository.blob(id)?,
            None => None,
        };
        let manifest = bytes.map(|bytes| Manifest::from_bytes(&bytes)).transpose()?.flatten();
        Ok(Dataset { commit: tip.commit, tree: tip.tree, manifest })
    }

    /// Does the dataset mirror today's source under today's settings? Looks at one commit only.
    pub(crate) fn is_current(&self, tip: &DatasetTip) -> bool {
        let source = self.source.as_ref().map(|tip| tip.commit.to_string());
        tip.trailer("Source-Commit") == source.as_deref()
            && tip.trailer("Tool-Version") == Some(TOOL)
            && tip.trailer("Settings") == Some(&self.settings.hash())
            && tip.trailer("Complete") == Some("yes")
            && self.recipes().is_none_or(|recipes| tip.trailer("Asked") == Some(&recipes.id()))
    }

    pub(crate) fn index_folder(&self) -> PathBuf {
        self.repository.private_dir().join("index")
    }

    pub(crate) fn index(&self) -> anyhow::Result<Option<Index>> {
        Index::open(&self.index_folder(), TOOL)
    }

    pub(crate) fn mirror(&self) -> Option<Mirror> {
        Index::peek(&self.index_folder(), TOOL)
    }
}

/// What the settings say about secrets, with the rules that they name: those count as the same commit has them.
fn secrets(repository: &Repository, source: Option<&Tip>, settings: &mut Settings) -> anyhow::Result<Arc<Secrets>> {
    let wanted = &mut settings.secrets;
    if let (false, Some(tip)) = (wanted.rules.is_empty(), source) {
        wanted.rules_text = text(repository, tip, &wanted.rules)?.with_context(|| {
            format!(
                "{} names `{}` for secrets.rules, which is not in {}\nmend: commit the file, or take the line out",
                config::FILE,
                wanted.rules.escape_debug(),
                tip.commit.short()
            )
        })?;
    }
    let found = Secrets::new(&wanted.rules_text, wanted.personal);
    Ok(Arc::new(found.map_err(|says| anyhow::anyhow!("the rules in `{}` cannot be used\nbecause: {says}", wanted.rules.escape_debug()))?))
}

fn committed(repository: &Repository, tip: &Tip) -> anyhow::Result<Option<String>> {
    text(repository, tip, config::FILE)
}

fn text(repository: &Repository, tip: &Tip, path: &str) -> anyhow::Result<Option<String>> {
    let Some(id) = repository.file(tip.tree, path)? else { return Ok(None) };
    let bytes = repository.blob(id)?.unwrap_or_default();
    String::from_utf8(bytes).map(Some).with_context(|| format!("{} is not UTF-8", path.escape_debug()))
}
