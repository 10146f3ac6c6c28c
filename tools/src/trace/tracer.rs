//! A run with QEMU looking on: the plugin in `tools/tracer`.

use std::fs;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use super::notes::{self, Note};
use super::points;
use crate::plugin::Plugin;
use crate::progress::Progress;
use crate::qemu::Time;
use crate::run::Run;
use crate::whole;

/// The plugin.
const PLUGIN: Plugin = Plugin {
    package: "paratia-tracer",
    name: "tracer",
};

/// Looks at one run.
pub struct Tracer {
    folder: TempDir,
}

impl Tracer {
    /// Builds the plugin.
    ///
    /// # Errors
    /// If it doesn't compile.
    pub fn build(progress: &mut dyn Progress) -> anyhow::Result<()> {
        PLUGIN.build(progress)
    }

    /// The run with a tracer, which notes what happens in it. The plugin is built.
    ///
    /// # Errors
    /// If the image can't be read, or nothing can be written to the folder for temporary files.
    pub fn attach(run: Run) -> anyhow::Result<(Run, Self)> {
        let folder = tempfile::Builder::new().prefix("paratia-").tempdir()?;
        let (file, out) = (folder.path().join("points"), folder.path().join("notes"));
        let image = fs::read(run.image())
            .with_context(|| format!("the image {} isn't there", run.image().display()))?;
        whole::write(&file, points::of(&image, run.board())?)?;
        let option = PLUGIN.option(&[("points", &file), ("out", &out)])?;
        let run = run
            .time(Time::Deterministic)
            .qemu_argument("-plugin")
            .qemu_argument(&option);
        Ok((run, Self { folder }))
    }

    /// What was noted, once the run has ended.
    ///
    /// # Errors
    /// If QEMU didn't load the plugin, or was stopped before it could write.
    pub fn notes(&self) -> anyhow::Result<Vec<Note>> {
        let text = fs::read_to_string(self.folder.path().join("notes"))
            .context("the tracer has left no notes")?;
        ensure!(!text.is_empty(), "the tracer has noted nothing");
        notes::parse(&text)
    }
}
