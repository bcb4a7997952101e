//! A bar on the terminal for whatever takes longer than a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears only on a terminal, and only when the work lasts.
#[derive(Debug)]
pub(crate) struct Progress {
    started: Instant,
    watched: bool,
    bar: RefCell<Option<ProgressBar>>,
}

impl Progress {
    /// Nothing is shown yet.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), watched: std::io::stderr().is_terminal(), bar: RefCell::new(None) }
    }

    /// Says how far a step of the work is.
    pub(crate) fn tell(&self, step: &str, done: u64, total: u64) {
        if !self.watched || self.started.elapsed() < PATIENCE {
            return;
        }
        let mut bar = self.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {percent:>3}%") {
                bar.set_style(style);
            }
            bar
        });
        if bar.message() != step {
            bar.set_message(step.to_owned());
        }
        bar.set_length(total);
        bar.set_position(done);
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
