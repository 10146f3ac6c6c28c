//! The run as it happens: partitions' consoles and the hypervisor's log, line by line.
//!
//! While somebody types, what the partition with the focus prints is the terminal's as it is, control
//! characters and all, so that a shell can edit its line; everything else keeps to lines of its own.

use std::io::{Write as _, stdout};

use paratia::catalog::Choice;
use paratia::run::Sight;
use paratia_config::System;
use paratia_config::console::control_character;
use paratia_config::rules::HYPERVISOR;

use super::paint::{self, BOLD, DIM, PLAIN, WARNING};
use super::sentence::{self, Weight};
use crate::keys::Focus;

/// Shows a run as it happens.
pub(crate) struct Console<'a> {
    choice: &'a Choice,
    system: &'a System,
    focus: Option<&'a str>,
    /// The partition for which is typed.
    typed_for: Option<Focus>,
    /// Whose line is begun on the terminal and goes on: a partition's.
    open: Option<String>,
    width: usize,
    frequency_hz: u64,
}

impl<'a> Console<'a> {
    /// Shows all partitions' consoles, or only that of `focus`.
    pub(crate) fn new(choice: &'a Choice, focus: Option<&'a str>) -> Self {
        let system = choice.system;
        let names = system
            .partitions
            .iter()
            .map(|partition| partition.name.len());
        let width = names.chain([HYPERVISOR.len()]).max().unwrap_or(0);
        Self {
            choice,
            system,
            focus,
            typed_for: None,
            open: None,
            width,
            frequency_hz: 0,
        }
    }

    /// Gives the terminal to the partition for which is typed.
    pub(crate) fn typing(mut self, focus: Focus) -> Self {
        self.typed_for = Some(focus);
        self
    }

    /// Shows what is seen, if it is for people.
    pub(crate) fn show(&mut self, sight: Sight<'_>) {
        let width = self.width;
        match sight {
            Sight::Console {
                partition,
                line,
                goes_on,
            } => {
                let typed_for = self.typed_for.as_ref().map(Focus::name);
                if typed_for.is_some_and(|name| name == partition) {
                    self.pass(partition, line, goes_on);
                } else if self.focus.is_none_or(|focus| focus == partition) {
                    self.line(partition, line, goes_on);
                }
            }
            Sight::Hypervisor(line) => {
                self.close();
                anstream::println!("{BOLD}{HYPERVISOR:>width$}|{PLAIN} {}", printable(line));
            }
            Sight::DamagedFrame => {
                self.close();
                anstream::println!("{WARNING}{HYPERVISOR:>width$}| a damaged log frame{PLAIN}");
            }
            Sight::Event(event) => {
                self.frequency_hz = event.integer("frequency_hz").unwrap_or(self.frequency_hz);
                if let Some((weight, text)) = sentence::sentence(event, self.choice) {
                    self.close();
                    self.log(event.time_ticks, weight, &text);
                }
            }
        }
    }

    /// Shows a partition's line, or another part of it, with its name before it.
    fn line(&mut self, partition: &str, line: &str, goes_on: bool) {
        let width = self.width;
        if self.open.as_deref() != Some(partition) {
            self.close();
            let index = self.system.partition_index(partition).unwrap_or(0);
            let colour = paint::partition(index);
            anstream::print!("{colour}{partition:>width$}|{PLAIN} ");
        }
        anstream::print!("{}", printable(line));
        self.end_part(partition, goes_on);
    }

    /// Gives the terminal what the partition for which is typed has printed.
    fn pass(&mut self, partition: &str, line: &str, goes_on: bool) {
        if self.open.as_deref() != Some(partition) {
            self.close();
        }
        let bytes = as_printed(line);
        let mut out = stdout().lock();
        // Nobody is there to tell if the terminal is gone.
        let _ = out.write_all(&bytes);
        drop(out);
        self.end_part(partition, goes_on);
    }

    fn end_part(&mut self, partition: &str, goes_on: bool) {
        if goes_on {
            self.open = Some(partition.to_owned());
            let _ = stdout().flush();
        } else {
            self.open = None;
            anstream::println!();
        }
    }

    /// Ends the line that somebody has begun, so that another can have one.
    fn close(&mut self) {
        if self.open.take().is_some() {
            anstream::println!();
        }
    }

    fn log(&self, time_ticks: u64, weight: Weight, text: &str) {
        let time = paratia::run::report::duration(time_ticks, self.frequency_hz);
        let seconds = time.as_secs_f64();
        let width = self.width;
        let colour = match weight {
            Weight::Normal => paint::DIM,
            Weight::Warning => WARNING,
            Weight::Bad => paint::BAD,
        };
        anstream::println!(
            "{BOLD}{HYPERVISOR:>width$}|{PLAIN} {DIM}{seconds:9.4} s{PLAIN}  {colour}{text}{PLAIN}"
        );
    }
}

/// A guest's text with control characters in place of their symbols.
fn as_printed(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for symbol in text.chars() {
        match control_character(symbol) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(symbol.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}

/// A guest's text without what could steer the terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|it| {
            if it.is_control() && it != '\t' {
                '\u{FFFD}'
            } else {
                it
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\tc"), "a\u{FFFD}[2Jb\tc");
    }

    #[test]
    fn what_a_shell_prints_comes_back_as_it_was() {
        assert_eq!(
            as_printed("é\u{2408}\u{241B}[J"),
            "é\u{8}\u{1b}[J".as_bytes()
        );
    }
}
