//! One run of a system on a board, from its image to a report.

mod execute;
pub mod image;
pub mod lines;
pub mod outcome;
mod picture;
pub(crate) mod plan;
pub mod promise;
mod record;
pub mod report;
mod standstill;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use paratia_config::BoardFacts;
use paratia_config::run::CLOCK;

use crate::catalog::{self, Choice};
use crate::log::Event;
use crate::qemu::{Machine, Time};

pub use image::Patch;
pub use lines::Lines;
pub use outcome::Outcome;
pub use record::Record;
pub use report::RunReport;

/// What an observer sees while a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum Sight<'a> {
    /// A line on a partition's console.
    Console {
        /// The partition's name.
        partition: &'a str,
        /// The line, without the name; control characters as their symbols (U+2400 and on).
        line: &'a str,
        /// Whether the line goes on with the partition's next one.
        goes_on: bool,
    },
    /// A line of the hypervisor itself, or one without a speaker.
    Hypervisor(&'a str),
    /// An event.
    Event(&'a Event),
    /// A log frame that couldn't be decoded.
    DamagedFrame,
}

/// Types at the board's UART.
#[derive(Clone, Debug)]
pub struct Keyboard(Sender<Vec<u8>>);

impl Keyboard {
    /// Types these bytes, as soon as the board takes them. After the run's end nobody does.
    pub fn press(&self, bytes: &[u8]) {
        let _ = self.0.send(bytes.to_vec());
    }
}

/// A run to be made.
#[derive(Clone)]
pub struct Run {
    choice: Choice,
    image: PathBuf,
    stop_after: Duration,
    arguments: Vec<(String, u64)>,
    focus: Option<String>,
    seed: Option<u64>,
    clock: u64,
    keys: Option<Arc<Mutex<Receiver<Vec<u8>>>>>,
    patches: Vec<Patch>,
    machine: Machine,
    screenshot: Option<PathBuf>,
    probes: Vec<u64>,
    dumps: Vec<(u64, u64)>,
    start_from: Option<PathBuf>,
    wall_clock_limit: Option<Duration>,
    interrupt: Arc<AtomicBool>,
    may_stand_still: bool,
}

impl Run {
    /// A run of `system` on `board` as built: 20 s of deterministic time on the board's machine.
    ///
    /// # Errors
    /// If there is no such board or system.
    pub fn new(board: &str, system: &str) -> anyhow::Result<Self> {
        Ok(Self::of(catalog::choose(board, system)?))
    }

    /// A run of a system that was chosen, as [`Run::new`].
    #[must_use]
    pub fn of(choice: Choice) -> Self {
        Self {
            choice,
            image: choice.image(),
            stop_after: Duration::from_secs(20),
            arguments: Vec::new(),
            focus: None,
            seed: Some(0),
            clock: CLOCK,
            keys: None,
            patches: Vec::new(),
            machine: Machine::for_system(choice.listed, choice.system),
            screenshot: None,
            probes: Vec::new(),
            dumps: Vec::new(),
            start_from: None,
            wall_clock_limit: None,
            interrupt: Arc::default(),
            may_stand_still: false,
        }
    }

    /// The file of the image as built.
    #[must_use]
    pub fn image(&self) -> &Path {
        &self.image
    }

    /// Takes the image from another file than that of the build.
    #[must_use]
    pub fn image_in(mut self, file: &Path) -> Self {
        file.clone_into(&mut self.image);
        self
    }

    /// The board.
    #[must_use]
    pub fn board(&self) -> &'static BoardFacts {
        self.choice.board
    }

    /// Stops at the first end of a major frame after this much board time; zero never stops.
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

    /// Derives all random numbers that partitions are given from this number, 0 unless it is given; from
    /// what the board has, if it is `None`.
    #[must_use]
    pub fn seed(mut self, seed: Option<u64>) -> Self {
        self.seed = seed;
        self
    }

    /// Lets emulated clocks begin with so many seconds since 1970-01-01T00:00:00Z, rather than with 2026.
    #[must_use]
    pub fn clock(mut self, seconds: u64) -> Self {
        self.clock = seconds;
        self
    }

    /// Types for this partition at first, rather than for the first that has a UART.
    #[must_use]
    pub fn focus(mut self, partition: &str) -> Self {
        self.focus = Some(partition.to_owned());
        self
    }

    /// Connects a keyboard. When what is typed arrives depends on the clock on the wall, so a run
    /// with a keyboard isn't equal to any other.
    #[must_use]
    pub fn keyboard(mut self) -> (Self, Keyboard) {
        let (sender, receiver) = mpsc::channel();
        self.keys = Some(Arc::new(Mutex::new(receiver)));
        (self, Keyboard(sender))
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

    /// Reads `size_bytes` of memory from a physical address on at the end, from outside of the board.
    /// What is read stands in [`RunReport::memory`], in the order of the calls.
    #[must_use]
    pub fn dump(mut self, base: u64, size_bytes: u64) -> Self {
        self.dumps.push((base, size_bytes));
        self
    }

    /// Starts the machine from this very file, such as a card's: nothing is filled in or patched, so
    /// the run has no end of its own.
    #[must_use]
    pub fn start_from(mut self, file: impl Into<PathBuf>) -> Self {
        self.start_from = Some(file.into());
        self
    }

    /// Limits the time on the wall clock; without it, two minutes and ten times the board time.
    #[must_use]
    pub fn wall_clock_limit(mut self, limit: Duration) -> Self {
        self.wall_clock_limit = Some(limit);
        self
    }

    /// The board waits for a debugger on the socket of this name before its first instruction. Board time
    /// may stand still as long as that one wants, so nothing but the debugger limits the run.
    #[must_use]
    pub fn waits_for_debugger(mut self, socket: &Path) -> Self {
        let option = format!("unix:{},server=on,wait=off", socket.display());
        self.machine.extra.extend(["-S", "-gdb"].map(str::to_owned));
        self.machine.extra.push(option);
        self.wall_clock_limit = Some(Duration::MAX);
        self.may_stand_still = true;
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
