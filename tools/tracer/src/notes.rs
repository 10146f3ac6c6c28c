//! What is noted, a line each, in the order in which it happened:
//!
//! - `exit CPU TIME VECTOR ESR FAR HPFAR ELR X0 X1 X2`: a guest was left by the vector at this offset;
//! - `return CPU TIME VTTBR VMPIDR`: a guest goes on;
//! - `interrupt CPU TIME NUMBER`: the hypervisor takes this interrupt.
//!
//! CPU is what tells it from others, its `TPIDR_EL2`. TIME, nanoseconds from the counter's zero, is decimal,
//! everything else is hexadecimal. The time of what happened is known at the next reading of the counter, so
//! lines wait for that.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use crate::clock::Clock;
use crate::registers::{Exit, Guest};

/// A note whose time isn't known yet.
#[derive(Debug)]
struct Note {
    what: &'static str,
    cpu: u64,
    executed: u64,
    rest: String,
}

/// What is noted.
pub struct Notes<W: Write> {
    out: BufWriter<W>,
    waiting: Vec<Note>,
    error: Option<io::Error>,
}

impl<W: Write> Notes<W> {
    /// Nothing yet.
    pub fn new(out: W) -> Self {
        Self {
            out: BufWriter::new(out),
            waiting: Vec::new(),
            error: None,
        }
    }

    /// A guest was left.
    pub fn exit(&mut self, cpu: u64, executed: u64, vector: u32, exit: &Exit) {
        let values = [
            vector.into(),
            exit.esr,
            exit.far,
            exit.hpfar,
            exit.elr,
            exit.general[0],
            exit.general[1],
            exit.general[2],
        ];
        self.add("exit", cpu, executed, &values);
    }

    /// A guest goes on, once the instruction at hand has run.
    pub fn enter(&mut self, cpu: u64, executed: u64, guest: &Guest) {
        self.add("return", cpu, executed + 1, &[guest.vttbr, guest.vmpidr]);
    }

    /// The hypervisor takes an interrupt.
    pub fn interrupt(&mut self, cpu: u64, executed: u64, number: u64) {
        self.add("interrupt", cpu, executed, &[number]);
    }

    fn add(&mut self, what: &'static str, cpu: u64, executed: u64, values: &[u64]) {
        let mut rest = String::new();
        for value in values {
            // Writing to a string can't fail.
            let _ = write!(rest, " {value:x}");
        }
        self.waiting.push(Note {
            what,
            cpu,
            executed,
            rest,
        });
    }

    /// Writes what waits for its time.
    pub fn settle(&mut self, clock: &Clock) {
        for note in self.waiting.drain(..) {
            let time = clock.time_ns(note.executed);
            let written = writeln!(self.out, "{} {:x} {time}{}", note.what, note.cpu, note.rest);
            if let (Err(error), None) = (written, &self.error) {
                self.error = Some(error);
            }
        }
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// If not all could be written.
    pub fn finish(&mut self, clock: Option<&Clock>) -> io::Result<()> {
        if let Some(clock) = clock {
            self.settle(clock);
        }
        self.error.take().map_or(Ok(()), Err)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_waits_for_its_time() {
        let mut clock = Clock::new(1_000_000_000);
        let mut notes = Notes::new(Vec::new());
        clock.read(10, 1010);
        let guest = Guest {
            vttbr: 1 << 48,
            vmpidr: 0x8000_0001,
        };
        notes.enter(2, 19, &guest);
        notes.interrupt(2, 40, 30);
        clock.read(50, 1050);
        notes.settle(&clock);
        notes.finish(Some(&clock)).unwrap();
        assert_eq!(
            String::from_utf8(notes.out.into_inner().unwrap()).unwrap(),
            "return 2 1020 1000000000000 80000001\ninterrupt 2 1040 1e\n"
        );
    }
}
