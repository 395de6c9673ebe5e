//! What the person who runs the program says in their own git configuration.

use std::path::Path;

use gix::config::Source;
use gix::config::file::Metadata;

use super::Repository;

impl Repository {
    /// Every value of a key, the winning one last, where this person set it: in the files of the
    /// system and of the user, or in the environment of this call.
    ///
    /// What a repository brings along does not count: its `config` and `config.worktree`, and any
    /// file inside of it that the user's own configuration includes. A clone must not be able to
    /// say where code or a key is sent.
    pub(crate) fn preferences(&self, key: &str) -> Vec<String> {
        let snapshot = self.raw().config_snapshot();
        let values = snapshot.plumbing().raw_values_filter(key, |meta| self.is_own(meta)).unwrap_or_default();
        values.into_iter().filter_map(|value| String::from_utf8(value.into()).ok()).collect()
    }

    fn is_own(&self, meta: &Metadata) -> bool {
        match meta.source {
            Source::GitInstallation | Source::System | Source::Git | Source::User => {
                // The user's file itself may lie in a repository of dot files; what it includes may not.
                meta.level == 0 || !meta.path.as_deref().is_some_and(|path| self.holds(path))
            }
            Source::Env | Source::Cli | Source::EnvOverride => true,
            Source::Local | Source::Worktree | Source::Api => false,
        }
    }

    fn holds(&self, path: &Path) -> bool {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let places = [Some(self.common_dir()), self.work_tree().and_then(|top| top.canonicalize().ok())];
        places.into_iter().flatten().any(|place| path.starts_with(place))
    }
}
