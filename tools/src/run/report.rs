//! What a run brought: events, consoles, outcome.

use std::path::PathBuf;
use std::time::Duration;

use paratia_config::image::Image;
use paratia_config::{BoardFacts, System};

use super::outcome::Outcome;
use crate::log::{Event, Statistics};

/// What a run brought.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The board.
    pub board: &'static BoardFacts,
    /// The system.
    pub system: &'static System,
    /// The image that ran, as built.
    pub image: PathBuf,
    /// Every event, in order.
    pub events: Vec<Event>,
    /// Every console line, in order: partition, line.
    pub console: Vec<(String, String)>,
    /// Every line of the hypervisor itself, and lines without a speaker.
    pub hypervisor: Vec<String>,
    /// The last lines of text of all speakers, for a message.
    pub last_lines: Vec<String>,
    /// Log frames that couldn't be decoded.
    pub damaged_frames: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// The picture, if one was taken.
    pub screenshot: Option<PathBuf>,
    /// The words that were [probed](super::Run::probe), if the run reached its end.
    pub words: Vec<u32>,
    /// The memory that was [dumped](super::Run::dump), if the run reached its end.
    pub memory: Vec<Vec<u8>>,
    /// Frequency of the system counter, if the hypervisor came so far as to say it.
    pub frequency_hz: Option<u64>,
    /// How long it took on the wall clock.
    pub wall_clock: Duration,
}

impl RunReport {
    /// All events called `name`.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Event> {
        self.events.iter().filter(move |event| event.name == name)
    }

    /// All events called `name` about a partition.
    pub fn about<'a>(
        &'a self,
        name: &'a str,
        partition: &str,
    ) -> impl Iterator<Item = &'a Event> + use<'a> {
        let index = self.system.partition_index(partition);
        self.named(name)
            .filter(move |event| index.is_some() && event.partition() == index)
    }

    /// A partition's counters at the end; `None` if the run didn't come so far.
    #[must_use]
    pub fn statistics(&self, partition: &str) -> Option<Statistics> {
        let own = self.about("statistics", partition).last()?;
        let vcpus = self.about("vcpu-statistics", partition);
        Some(Statistics::gather(own, vcpus))
    }

    /// When a partition was halted for good, by itself or by its health table, since the schedule's epoch.
    #[must_use]
    pub fn halted_at(&self, partition: &str) -> Option<Duration> {
        let verdicts = self.about("verdict", partition);
        let halts = verdicts.filter(|it| it.word("action") == Some("halt"));
        let all = self.about("halted", partition).chain(halts);
        let first = all.map(|it| it.time_ticks).min();
        first.map(|ticks| self.duration(ticks))
    }

    /// The lines on a partition's console.
    pub fn console_of<'a>(&'a self, partition: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self
            .console
            .iter()
            .filter(move |(speaker, _)| speaker == partition);
        lines.map(|(_, line)| line.as_str())
    }

    /// Each partition whose Linux never wrote a byte, as a sentence: it may be no kernel for this machine,
    /// and nothing else would tell.
    #[must_use]
    pub fn silent(&self) -> Vec<String> {
        let partitions = self.system.partitions.iter();
        let linuxes = partitions.filter(|it| matches!(it.image, Image::Linux { .. }));
        let silent = linuxes.filter(|it| self.console_of(it.name).next().is_none());
        silent
            .map(|it| {
                format!(
                    "'{}': its Linux never wrote a byte; see whether its kernel is for this CPU and its \
                     command line names the console, ttyAMA0, or earlycon",
                    it.name
                )
            })
            .collect()
    }

    /// Whether the run reached its end.
    #[must_use]
    pub fn reached_end(&self) -> bool {
        matches!(self.outcome, Outcome::Stopped { .. })
    }

    /// Board time from the schedule's epoch to the stop, in ticks.
    #[must_use]
    pub fn time_ticks(&self) -> Option<u64> {
        match self.outcome {
            Outcome::Stopped { time_ticks } => Some(time_ticks),
            _ => self.events.last().map(|event| event.time_ticks),
        }
    }

    /// Ticks of the system counter as a duration; zero if its frequency isn't known.
    #[must_use]
    pub fn duration(&self, ticks: u64) -> Duration {
        self.frequency_hz
            .map_or(Duration::ZERO, |frequency_hz| duration(ticks, frequency_hz))
    }
}

/// Ticks of a counter as a duration, rounded down to nanoseconds.
#[must_use]
pub fn duration(ticks: u64, frequency_hz: u64) -> Duration {
    let frequency_hz = frequency_hz.max(1);
    let rest = u128::from(ticks % frequency_hz) * 1_000_000_000 / u128::from(frequency_hz);
    Duration::new(ticks / frequency_hz, u32::try_from(rest).unwrap_or(0))
}
