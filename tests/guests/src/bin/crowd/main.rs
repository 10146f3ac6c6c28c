//! Makes exits and switches as long as it can: every interrupt of its controller pending, active, moved
//! and configured anew, messages of the greatest length to all who listen, and all of it once more
//! until the window is over, wherever in it that is.

#![no_std]
#![no_main]

#[allow(
    dead_code,
    reason = "its other registers are those of the interrupt cases"
)]
#[path = "../interrupts/gic/mod.rs"]
mod gic;

use paratia_runtime::port::SourcePort;
use paratia_runtime::{Context, entry, println};

use gic::{Bits, Gic, read, write};

entry!(main);

/// Times that each of the attacks is made before the next one's turn.
const TIMES: usize = 8;
/// Interrupts that are taken, one in the other, before the first is ended.
const NESTED: usize = 32;
/// What is nobody's interrupt.
const NONE: u32 = 1020;
/// Bytes of a message.
const MESSAGE: usize = 512;

fn main(context: Context) -> ! {
    let gic = Gic::of(context.passport).expect("it has an interrupt controller");
    let crowd = Crowd {
        gic,
        interrupts: gic.interrupts(),
    };
    let mut port = SourcePort::find(context.passport, "out").expect("a source port 'out'");
    crowd.gather();
    println!("{} interrupts", crowd.interrupts);
    loop {
        for _ in 0..TIMES {
            crowd.pend_again();
        }
        for _ in 0..TIMES {
            crowd.close_and_open();
        }
        for _ in 0..TIMES {
            crowd.be_in_hand();
        }
        for _ in 0..TIMES {
            crowd.configure();
        }
        for _ in 0..TIMES {
            crowd.look();
        }
        for _ in 0..TIMES {
            crowd.take_and_end();
        }
        for _ in 0..TIMES {
            port.write(&[0x5A; MESSAGE])
                .expect("the channel takes as much");
        }
        crowd.gather();
    }
}

struct Crowd {
    gic: Gic,
    /// How many interrupts there are.
    interrupts: u32,
}

impl Crowd {
    /// The first interrupt of every register with a bit for each.
    fn words(&self) -> impl Iterator<Item = u32> {
        (0..self.interrupts).step_by(32)
    }

    /// All enabled and pending, the last one the most urgent.
    fn gather(&self) {
        self.gic.set_up(0xA0);
        for id in 0..self.interrupts {
            let level = 31 - id * 32 / self.interrupts;
            self.gic.set_priority(id, level.to_le_bytes()[0] << 3);
        }
        for first in self.words() {
            self.gic.write_word(Bits::SetEnable, first, u32::MAX);
            self.gic.write_word(Bits::SetPending, first, u32::MAX);
        }
    }

    fn pend_again(&self) {
        for first in self.words() {
            self.gic.write_word(Bits::SetPending, first, 0);
            self.gic.write_word(Bits::SetPending, first, u32::MAX);
        }
    }

    fn close_and_open(&self) {
        self.gic.set_groups(false);
        self.gic.set_groups(true);
    }

    fn be_in_hand(&self) {
        for register in [Bits::SetActive, Bits::ClearActive] {
            for first in self.words() {
                self.gic.write_word(register, first, u32::MAX);
            }
        }
        for first in self.words() {
            self.gic.write_word(Bits::ClearPending, first, u32::MAX);
            self.gic.write_word(Bits::SetPending, first, u32::MAX);
        }
    }

    fn configure(&self) {
        for edges in [0xAAAA_AAAA, 0] {
            for first in (16..self.interrupts).step_by(16) {
                write(self.gic.configuration_word(first), edges);
            }
        }
        for first in (0..self.interrupts).step_by(4) {
            let register = self.gic.priority_word(first);
            write(register, read(register));
        }
    }

    fn look(&self) {
        for first in self.words() {
            self.gic.is(Bits::SetActive, first);
            self.gic.is(Bits::SetPending, first);
        }
    }

    /// Takes as many as there are levels of priority, while everything is pending, and ends them. They
    /// find no list registers.
    fn take_and_end(&self) {
        let mut taken = [NONE; NESTED];
        for place in &mut taken {
            *place = self.gic.acknowledge();
        }
        for taken in taken.into_iter().rev() {
            if self.gic.id(taken) < NONE {
                self.gic.end(taken);
            }
        }
    }
}
