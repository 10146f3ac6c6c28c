//! Who stands beside the attacker of `tests/chaos`, by `role` in the passport's arguments.
//!
//! A `victim` works, says by heartbeats when a piece of its work is done, and looks whether its memory
//! is as it left it. A `sleeper` sleeps: its CPU does nothing then. A `reader` reads every message and
//! answers it.

#![no_std]
#![no_main]

use core::hint::black_box;

use paratia_runtime::abi::{OperatingMode, ReportedError};
use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::port::{DestinationPort, SourcePort};
use paratia_runtime::{Context, call, entry, mmu, passport};

entry!(main, interrupts = on_interrupt);

/// Pieces of a victim's work in a window, and the steps of each.
const PIECES: u64 = 3;
const STEPS: u64 = 5_000;
/// Words of memory that a victim looks at in a window.
const WORDS: usize = 2_000;

fn on_interrupt(_: IntId) {}

fn main(context: Context) -> ! {
    match passport::argument(context.passport, "role") {
        Some("victim") => work(context),
        Some("reader") => read(context),
        _ => loop {
            interrupt::wait();
        },
    }
}

/// What a victim keeps in the word at an address.
fn pattern(address: usize) -> u64 {
    (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn work(context: Context) -> ! {
    let mut memory = Memory::fill(&context);
    let _ = call::set_mode(OperatingMode::Normal);
    for window in 0.. {
        let _ = call::wait_for_window();
        for piece in 0..PIECES {
            for step in 0..STEPS {
                black_box(step);
            }
            if piece == 1
                && let Some(address) = memory.look()
            {
                call::report_error(ReportedError::Application, [address as u64, 0, 0]);
            }
            let _ = call::heartbeat(window * PIECES + piece);
        }
    }
    unreachable!("windows don't run out");
}

/// The memory behind the image.
struct Memory {
    words: &'static mut [u64],
    next: usize,
}

impl Memory {
    fn fill(context: &Context) -> Self {
        let start = mmu::image().end.next_multiple_of(8);
        let end = usize::try_from(passport::ram(context.passport).end).unwrap_or(start);
        let words = core::ptr::with_exposed_provenance_mut::<u64>(start);
        // SAFETY: whole words of this partition's RAM behind its image, which nothing else uses: it has
        // no ports.
        let words = unsafe { core::slice::from_raw_parts_mut(words, (end - start) / 8) };
        for word in words.iter_mut() {
            *word = pattern(core::ptr::from_mut(word).addr());
        }
        Self { words, next: 0 }
    }

    /// Looks at some of it; where it isn't as it was.
    fn look(&mut self) -> Option<usize> {
        let mut wrong = None;
        for _ in 0..WORDS {
            let word = core::ptr::from_ref(&self.words[self.next]);
            // SAFETY: a reference is readable; volatile, for somebody else may have written there.
            if unsafe { word.read_volatile() } != pattern(word.addr()) {
                wrong = Some(word.addr());
            }
            self.next = (self.next + 1) % self.words.len();
        }
        wrong
    }
}

fn read(context: Context) -> ! {
    let mut flood = DestinationPort::find(context.passport, "flood").expect("a port 'flood'");
    let mut answer = SourcePort::find(context.passport, "answer").expect("a port 'answer'");
    interrupt::enable();
    let _ = flood.enable_interrupt();
    loop {
        let mut message = [0; 512];
        if let Some(received) = flood.read(&mut message) {
            let _ = answer.write(&message[..received.length]);
        }
        interrupt::wait();
    }
}
