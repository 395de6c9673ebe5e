//! A progress bar on stderr, for work that takes long.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

pub(super) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar that shows itself on a terminal only.
    pub(super) fn new(wanted: bool) -> Self {
        let shown = wanted && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{msg:<16} {bar:32} {pos}/{len}") {
            bar.set_style(style);
        }
        if shown {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar }
    }

    pub(super) fn step(&self, what: &str, done: usize, all: usize) {
        if self.bar.is_hidden() {
            return;
        }
        if self.bar.message() != what {
            self.bar.set_message(what.to_owned());
        }
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
