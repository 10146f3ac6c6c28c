//! The terminal as a keyboard: while a run is interactive, keys go to the partition that has the
//! focus as they are pressed.

use std::io::{self, IsTerminal as _, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use paratia::run::Keyboard;
use paratia_config::{System, xen};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// Ctrl-A: three times switches the focus, as the hypervisor counts too; before `x` it ends the run.
const ESCAPE: u8 = 1;
const SWITCH: u32 = 3;
const END: u8 = b'x';

/// What people are told about keys.
pub(crate) const HELP: &str =
    "Ctrl-A x ends the run, Ctrl-A three times switches to the next partition";

/// The partition for which is typed, among those that hear: by a UART, or Xen's console.
#[derive(Clone, Debug)]
pub(crate) struct Focus {
    names: Vec<&'static str>,
    place: Arc<AtomicUsize>,
}

impl Focus {
    /// On the partition called `first`, or the first that hears; none if no partition does.
    pub(crate) fn new(system: &System, first: Option<&str>) -> Option<Self> {
        let partitions = system.partitions.iter();
        let with_uart = partitions.filter(|partition| xen::hears(partition));
        let names: Vec<&str> = with_uart.map(|partition| partition.name).collect();
        let place = match first {
            Some(first) => names.iter().position(|name| *name == first)?,
            None => 0,
        };
        let place = Arc::new(AtomicUsize::new(place));
        (!names.is_empty()).then_some(Self { names, place })
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        self.names[self.place.load(Ordering::Relaxed) % self.names.len()]
    }

    fn switch(&self) {
        self.place.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether somebody can type and see.
pub(crate) fn are_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The terminal without echo, lines and signals; restored when this is dropped.
pub(crate) struct Raw {
    before: Termios,
}

impl Raw {
    /// Output stays as it was, so that lines end as everywhere.
    pub(crate) fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.local_modes -= LocalModes::ECHO
            | LocalModes::ECHONL
            | LocalModes::ICANON
            | LocalModes::ISIG
            | LocalModes::IEXTEN;
        raw.input_modes -= InputModes::ICRNL
            | InputModes::INLCR
            | InputModes::IGNCR
            | InputModes::IXON
            | InputModes::ISTRIP;
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self { before })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // If the terminal is gone, there is nothing to restore.
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &self.before);
    }
}

/// Hands over keys in a thread of its own, until the program ends. `end` is set when the run is to
/// end: by its keys, or because the terminal is gone.
pub(crate) fn forward(keyboard: Keyboard, focus: Focus, end: Arc<AtomicBool>) {
    thread::spawn(move || {
        let mut keys = Keys::default();
        let mut bytes = [0; 256];
        while let Ok(count @ 1..) = io::stdin().read(&mut bytes) {
            let taken = keys.take(&bytes[..count]);
            keyboard.press(&bytes[..taken.passed]);
            (0..taken.switches).for_each(|_| focus.switch());
            if taken.ends {
                break;
            }
        }
        end.store(true, Ordering::Relaxed);
    });
}

/// What was pressed so far.
#[derive(Debug, Default)]
struct Keys {
    escapes: u32,
}

/// What some keys mean.
#[derive(Debug, PartialEq, Eq)]
struct Taken {
    /// How many of them go to the board.
    passed: usize,
    /// How often the focus moves on.
    switches: usize,
    /// Whether the run is to end.
    ends: bool,
}

impl Keys {
    fn take(&mut self, bytes: &[u8]) -> Taken {
        let mut switches = 0;
        for (place, byte) in bytes.iter().enumerate() {
            let escapes = self.escapes;
            self.escapes = if *byte == ESCAPE { escapes + 1 } else { 0 };
            if *byte == END && escapes > 0 {
                return Taken {
                    passed: place,
                    switches,
                    ends: true,
                };
            }
            if self.escapes == SWITCH {
                self.escapes = 0;
                switches += 1;
            }
        }
        Taken {
            passed: bytes.len(),
            switches,
            ends: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_pass_until_those_that_end_the_run() {
        let mut keys = Keys::default();
        let taken = |passed, switches, ends| Taken {
            passed,
            switches,
            ends,
        };
        assert_eq!(keys.take(b"x\x03ls\r"), taken(5, 0, false));
        assert_eq!(keys.take(b"\x01"), taken(1, 0, false));
        assert_eq!(keys.take(b"\x01\x01a\x01\x01"), taken(5, 1, false));
        assert_eq!(keys.take(b"ax\x01xyz"), taken(3, 0, true));
    }

    #[test]
    fn the_focus_goes_round_partitions_with_a_uart() {
        let system = paratia::catalog::choose("qemu-virt", "test-linux")
            .unwrap()
            .system;
        let focus = Focus::new(system, Some("again")).unwrap();
        assert_eq!(focus.name(), "again");
        focus.switch();
        assert_eq!(focus.name(), "linux");
        let cluster = paratia::catalog::choose("qemu-virt", "cluster")
            .unwrap()
            .system;
        assert!(Focus::new(cluster, None).is_none());
        assert!(Focus::new(system, Some("vehicle")).is_none());
    }
}
