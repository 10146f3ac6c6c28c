//! The page that `run --timeline` and `trace --timeline` write.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use paratia::catalog::Choice;
use paratia::run::Sight;
use paratia::trace::notes::Note;
use paratia::trace::{Recorder, Timeline};
use paratia::{whole, workspace};

use crate::present;

/// A page to be written at a run's end.
pub(super) struct Page {
    path: PathBuf,
    recorder: Recorder,
}

impl Page {
    /// A page in this file, of a run of this system.
    pub(super) fn create(path: &Path, choice: &Choice) -> anyhow::Result<Self> {
        whole::is_writable(path)?;
        Ok(Self {
            path: path.to_owned(),
            recorder: Recorder::new(choice),
        })
    }

    /// Hears what is seen.
    pub(super) fn take(&mut self, sight: Sight<'_>) {
        self.recorder.take(sight);
    }

    /// Writes it, with what a tracer has noted if there was one.
    pub(super) fn write(self, choice: &Choice, notes: Option<&[Note]>) -> anyhow::Result<()> {
        let timeline = Timeline::new(choice, self.recorder.moments(), notes);
        write(&self.path, &timeline)
    }
}

/// Writes a run's page.
pub(super) fn write(path: &Path, timeline: &Timeline) -> anyhow::Result<()> {
    whole::write(path, present::timeline::page(timeline))
        .with_context(|| format!("can't write {}", workspace::shown(path)))
}
