//! The run as it happens: partitions' consoles and the hypervisor's log, line by line.

use paratia::run::Sight;
use paratia_config::System;

use super::paint::{self, BOLD, DIM, PLAIN, WARNING};
use super::sentence::{self, Weight};

/// The hypervisor's name in front of its lines.
const HYPERVISOR: &str = "paratia";

/// Shows a run as it happens.
pub(crate) struct Console<'a> {
    system: &'a System,
    focus: Option<&'a str>,
    width: usize,
    frequency_hz: u64,
}

impl<'a> Console<'a> {
    /// Shows all partitions' consoles, or only that of `focus`.
    pub(crate) fn new(system: &'a System, focus: Option<&'a str>) -> Self {
        let names = system
            .partitions
            .iter()
            .map(|partition| partition.name.len());
        let width = names.chain([HYPERVISOR.len()]).max().unwrap_or(0);
        Self {
            system,
            focus,
            width,
            frequency_hz: 0,
        }
    }

    /// Shows what is seen, if it is for people.
    pub(crate) fn show(&mut self, sight: Sight<'_>) {
        let width = self.width;
        match sight {
            Sight::Console { partition, line } => {
                if self.focus.is_none_or(|focus| focus == partition) {
                    let index = self.system.partition_index(partition).unwrap_or(0);
                    let colour = paint::partition(index);
                    anstream::println!("{colour}{partition:>width$}|{PLAIN} {}", printable(line));
                }
            }
            Sight::Hypervisor(line) => {
                anstream::println!("{BOLD}{HYPERVISOR:>width$}|{PLAIN} {}", printable(line));
            }
            Sight::DamagedFrame => {
                anstream::println!("{WARNING}{HYPERVISOR:>width$}| a damaged log frame{PLAIN}");
            }
            Sight::Event(event) => {
                self.frequency_hz = event.integer("frequency_hz").unwrap_or(self.frequency_hz);
                if let Some((weight, text)) = sentence::sentence(event, self.system) {
                    self.log(event.time_ticks, weight, &text);
                }
            }
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
}
