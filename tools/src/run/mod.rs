//! One run of a system on a board, from its image to a report.

mod execute;
pub mod image;
pub mod outcome;
mod picture;
pub mod promise;
mod record;
pub mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::catalog::{self, Choice};
use crate::log::Event;
use crate::qemu::{Machine, Time};

pub use image::Patch;
pub use outcome::Outcome;
pub use report::RunReport;

/// What an observer sees while a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum Sight<'a> {
    /// A line on a partition's console.
    Console {
        /// The partition's name.
        partition: &'a str,
        /// The line, without the name.
        line: &'a str,
    },
    /// A line of the hypervisor itself, or one without a speaker.
    Hypervisor(&'a str),
    /// An event.
    Event(&'a Event),
    /// A log frame that couldn't be decoded.
    DamagedFrame,
}

/// A run to be made.
#[derive(Clone)]
pub struct Run {
    choice: Choice,
    image: PathBuf,
    stop_after: Duration,
    arguments: Vec<(String, u64)>,
    patches: Vec<Patch>,
    machine: Machine,
    screenshot: Option<PathBuf>,
    probes: Vec<u64>,
    wall_clock_limit: Option<Duration>,
    interrupt: Arc<AtomicBool>,
}

impl Run {
    /// A run of `system` on `board` as built: 20 s of deterministic time on the board's machine.
    ///
    /// # Errors
    /// If there is no such board or system.
    pub fn new(board: &str, system: &str) -> anyhow::Result<Self> {
        let choice = catalog::choose(board, system)?;
        Ok(Self {
            choice,
            image: crate::workspace::image(choice.board.name, choice.name),
            stop_after: Duration::from_secs(20),
            arguments: Vec::new(),
            patches: Vec::new(),
            machine: Machine::for_board(choice.listed),
            screenshot: None,
            probes: Vec::new(),
            wall_clock_limit: None,
            interrupt: Arc::default(),
        })
    }

    /// The file of the image as built.
    #[must_use]
    pub fn image(&self) -> &Path {
        &self.image
    }

    /// Stops at the first end of a major frame after this much board time.
    #[must_use]
    pub fn stop_after(mut self, time: Duration) -> Self {
        self.stop_after = time;
        self
    }

    /// Hands `value` to a partition at its entry, in `x3`.
    #[must_use]
    pub fn argument(mut self, partition: &str, value: u64) -> Self {
        self.arguments.push((partition.to_owned(), value));
        self
    }

    /// Overwrites bytes of the image's section `section` from `offset`.
    #[must_use]
    pub fn patch(mut self, section: &str, offset: u64, bytes: &[u8]) -> Self {
        self.patches.push(Patch::Write {
            section: section.to_owned(),
            offset,
            bytes: bytes.to_vec(),
        });
        self
    }

    /// Flips bit `bit` (0 to 7) of the byte at `offset` of the image's section `section`.
    #[must_use]
    pub fn flip_bit(mut self, section: &str, offset: u64, bit: u32) -> Self {
        self.patches.push(Patch::Flip {
            section: section.to_owned(),
            offset,
            bit,
        });
        self
    }

    /// Uses a CPU model such as `max`.
    #[must_use]
    pub fn cpu(mut self, model: &str) -> Self {
        model.clone_into(&mut self.machine.cpu);
        self
    }

    /// Gives the machine this many CPUs.
    #[must_use]
    pub fn cpu_count(mut self, count: usize) -> Self {
        self.machine.cpu_count = count;
        self
    }

    /// Gives the machine this much memory.
    #[must_use]
    pub fn memory_mib(mut self, memory_mib: u64) -> Self {
        self.machine.memory_mib = memory_mib;
        self
    }

    /// Gives the machine this version of the interrupt controller.
    #[must_use]
    pub fn gic_version(mut self, version: u32) -> Self {
        self.machine.set_gic_version(version);
        self
    }

    /// Chooses how board time passes.
    #[must_use]
    pub fn time(mut self, time: Time) -> Self {
        self.machine.time = time;
        self
    }

    /// Opens QEMU's window.
    #[must_use]
    pub fn window(mut self, shown: bool) -> Self {
        self.machine.window = shown;
        self
    }

    /// Adds an argument to QEMU's command line.
    #[must_use]
    pub fn qemu_argument(mut self, argument: &str) -> Self {
        self.machine.extra.push(argument.to_owned());
        self
    }

    /// Takes the picture on the display at the end, as PNG.
    #[must_use]
    pub fn screenshot(mut self, file: impl Into<PathBuf>) -> Self {
        self.screenshot = Some(file.into());
        self
    }

    /// Reads the 32-bit word at a physical address at the end, from outside of the board: a device's
    /// register, say. What is read stands in [`RunReport::words`], in the order of the calls.
    #[must_use]
    pub fn probe(mut self, address: u64) -> Self {
        self.probes.push(address);
        self
    }

    /// Limits the time on the wall clock; without it, two minutes and ten times the board time.
    #[must_use]
    pub fn wall_clock_limit(mut self, limit: Duration) -> Self {
        self.wall_clock_limit = Some(limit);
        self
    }

    /// Ends the run as soon as `flag` is true.
    #[must_use]
    pub fn interrupted_by(mut self, flag: Arc<AtomicBool>) -> Self {
        self.interrupt = flag;
        self
    }

    /// Makes the run.
    ///
    /// # Errors
    /// If the image is missing or can't be patched, or QEMU can't be started. What happens on the
    /// board is never an error but the report's [`Outcome`].
    pub fn execute(&self) -> anyhow::Result<RunReport> {
        self.execute_watched(&mut |_| {})
    }

    /// Makes the run and shows everything to `observer` as it happens.
    ///
    /// # Errors
    /// As [`Run::execute`].
    pub fn execute_watched(
        &self,
        observer: &mut dyn FnMut(Sight<'_>),
    ) -> anyhow::Result<RunReport> {
        execute::execute(self, observer)
    }
}
