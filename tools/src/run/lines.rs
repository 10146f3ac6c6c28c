//! What happens in a run as JSON lines in a file, while it happens: whatever ends the run, what was written
//! is there. `docs/log.md` says what each line holds.
//!
//! Lines are written as they come, which is nearly the order of time, since each CPU and each partition has a
//! queue of its own. A run that comes to its end leaves them in the order of time.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use super::Sight;
use crate::catalog::Choice;
use crate::log::jsonl;
use crate::{whole, workspace};

/// Version of the lines' schema: it grows whenever a field gets another meaning or goes away.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Serialize)]
struct Head<'a> {
    time_ticks: u64,
    name: &'a str,
    version: u32,
    board: &'a str,
    system: &'a str,
    partitions: &'a [&'a str],
}

/// A line of a console, or of the hypervisor itself.
#[derive(Serialize)]
struct Console<'a> {
    time_ticks: u64,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_name: Option<&'a str>,
    goes_on: bool,
    text: &'a str,
}

/// A file of JSON lines.
pub struct Lines {
    choice: Choice,
    names: Vec<&'static str>,
    path: PathBuf,
    file: File,
    /// Bytes of the file that are whole lines.
    whole_bytes: u64,
    /// All lines, with the time by which they are in order.
    lines: Vec<(u64, String)>,
    latest_ticks: u64,
    frequency_hz: u64,
    error: Option<io::Error>,
}

impl Lines {
    /// Opens the file, and writes its first line.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn create(path: &Path, choice: &Choice) -> anyhow::Result<Self> {
        let cant_write = || format!("can't write {}", workspace::shown(path));
        let file = File::create(path).with_context(cant_write)?;
        let names = choice.system.partitions.iter().map(|it| it.name).collect();
        let mut lines = Self {
            choice: *choice,
            names,
            path: path.to_owned(),
            file,
            whole_bytes: 0,
            lines: Vec::new(),
            latest_ticks: 0,
            frequency_hz: 0,
            error: None,
        };
        let head = Head {
            time_ticks: 0,
            name: "schema",
            version: VERSION,
            board: choice.board.name,
            system: choice.name,
            partitions: &lines.names,
        };
        let head = serde_json::to_string(&head)?;
        lines.add(0, head);
        match lines.error.take() {
            Some(error) => Err(error).with_context(cant_write),
            None => Ok(lines),
        }
    }

    /// Writes a line for what is seen.
    pub fn take(&mut self, sight: Sight<'_>) {
        match sight {
            Sight::Event(event) => {
                self.frequency_hz = event.integer("frequency_hz").unwrap_or(self.frequency_hz);
                self.latest_ticks = self.latest_ticks.max(event.time_ticks);
                let schedule = &self.choice.system.schedule;
                let end = super::plan::end_of_window(event, schedule, self.frequency_hz);
                let line = jsonl::line(event, &self.names, end);
                self.add(event.time_ticks, line);
            }
            Sight::Console {
                partition,
                line,
                goes_on,
            } => self.console("console", Some(partition), line, goes_on),
            Sight::Hypervisor(line) => self.console("hypervisor", None, line, false),
            Sight::DamagedFrame => self.console("damaged-frame", None, "", false),
        }
    }

    /// A line of text has no time of its own, but follows the events before it.
    fn console(&mut self, name: &str, partition: Option<&str>, text: &str, goes_on: bool) {
        let line = Console {
            time_ticks: self.latest_ticks,
            name,
            partition: partition.and_then(|it| self.choice.system.partition_index(it)),
            partition_name: partition,
            goes_on,
            text,
        };
        let line = serde_json::to_string(&line).unwrap_or_default();
        self.add(self.latest_ticks, line);
    }

    /// Writes a line as a whole or not at all; nothing after the first that couldn't be written.
    fn add(&mut self, ticks: u64, line: String) {
        if self.error.is_some() {
            return;
        }
        let bytes = format!("{line}\n");
        match self.file.write_all(bytes.as_bytes()) {
            Ok(()) => {
                self.whole_bytes += bytes.len() as u64;
                self.lines.push((ticks, line));
            }
            Err(error) => {
                // There is nobody to tell if the half line stays.
                let _ = self.file.set_len(self.whole_bytes);
                self.error = Some(error);
            }
        }
    }

    /// Puts the lines in the order of time.
    ///
    /// # Errors
    /// If not all could be written; those that were stay.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let shown = workspace::shown(&self.path);
        if let Some(error) = self.error {
            let count = self.lines.len();
            return Err(error).with_context(|| {
                format!(
                    "can't write all of {shown}; it has the first {count} lines, make room for more"
                )
            });
        }
        if self.lines.is_sorted_by_key(|(ticks, _)| *ticks) {
            return Ok(());
        }
        self.lines.sort_by_key(|(ticks, _)| *ticks);
        let lines = self.lines.into_iter().map(|(_, line)| line + "\n");
        whole::write(&self.path, lines.collect::<String>())
            .with_context(|| format!("can't put {shown} in the order of time"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::log::Event;

    fn choice() -> Choice {
        crate::catalog::choose("qemu-virt", "cluster").unwrap()
    }

    fn event(lines: &mut Lines, ticks: u64, message: &str) {
        lines.take(Sight::Event(&Event::parse(ticks, message)));
    }

    fn read(path: &Path) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.ends_with('\n'), "{text}");
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn what_was_written_is_there_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let mut lines = Lines::create(&path, &choice()).unwrap();
        event(&mut lines, 0, "boot cpus=2 frequency_hz=62500000");
        event(
            &mut lines,
            9,
            "Heartbeat { partition: 1, sequence: 3, counted: true }",
        );
        lines.take(Sight::Console {
            partition: "vehicle",
            line: "a \"line\"",
            goes_on: false,
        });
        event(&mut lines, 7, "halted partition=2");
        // As if it were killed here.
        let all = read(&path);
        assert_eq!(all.len(), 5);
        assert_eq!(all[0]["name"], "schema");
        assert_eq!(all[0]["version"], VERSION);
        assert_eq!(all[0]["partitions"][0], "vehicle");
        assert_eq!(all[2]["counted"], true);
        assert_eq!(all[2]["partition_name"], "speedometer");
        assert_eq!(all[3]["text"], "a \"line\"");
        assert_eq!(
            (&all[3]["name"], &all[3]["time_ticks"]),
            (&"console".into(), &9.into())
        );
        lines.finish().unwrap();
        let times: Vec<_> = read(&path)
            .iter()
            .map(|it| it["time_ticks"].as_u64().unwrap())
            .collect();
        assert_eq!(times, [0, 0, 7, 9, 9]);
    }

    #[test]
    fn a_file_that_can_not_be_is_said_at_once() {
        let Err(error) = Lines::create(Path::new("/no/such/folder/x.jsonl"), &choice()) else {
            panic!("it was opened");
        };
        assert_eq!(error.to_string(), "can't write /no/such/folder/x.jsonl");
    }

    /// The device that is always full (Linux).
    #[test]
    fn a_full_disk_is_said() {
        let full = Path::new("/dev/full");
        if !full.exists() {
            return;
        }
        let Err(error) = Lines::create(full, &choice()) else {
            panic!("it has room");
        };
        assert!(
            format!("{error:#}").contains("can't write /dev/full: No space left"),
            "{error:#}"
        );
    }

    #[test]
    fn of_a_disk_that_fills_whole_lines_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let mut lines = Lines::create(&path, &choice()).unwrap();
        event(&mut lines, 5, "halted partition=1");
        // From here on nothing can be written.
        lines.file = File::open(&path).unwrap();
        event(&mut lines, 6, "halted partition=2");
        let error = lines.finish().unwrap_err().to_string();
        assert!(
            error.ends_with("events.jsonl; it has the first 2 lines, make room for more"),
            "{error}"
        );
        assert_eq!(read(&path).len(), 2);
    }
}
