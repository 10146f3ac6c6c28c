//! The tender of a unikernel of Solo5's: begins with it in one partition, and answers its calls there.
//!
//! At the partition's start it sets the CPU up as Solo5's tender `hvt` promises, and enters the unikernel, on
//! which all else of the partition's time is spent. When that calls, by a store to where nothing is, the
//! hypervisor goes on at [`entry`] instead, still at EL1 and with all registers as they were. What a call asks
//! for is done here by Paratia's own calls and the partition's own memory: no pointer leaves the partition.

#![no_std]
#![no_main]
#![allow(clippy::cast_possible_truncation, reason = "usize has 64 bits")]

mod answer;
mod device;
mod entry;
mod sleep;

use paratia_runtime::interrupt::{self, IntId};
use paratia_runtime::{Context, entry as partition};
use paratia_tender::page::{self, Page};

use answer::Tender;
use sleep::on_timer;

partition!(run, interrupts = on_interrupt);

/// Seconds from 1970 to 2026, when a board's time begins for unikernels unless the run argument says when.
const WALL_CLOCK_START: u64 = 1_767_225_600;

fn run(context: Context) {
    // Masked again at once: a unikernel has none, and the tender looks for its timer's itself.
    interrupt::enable();
    interrupt::disable();
    entry::use_tables_of_unikernel();
    let page = page();
    assert_eq!(
        page.magic,
        page::MAGIC,
        "the tool lays a page for the tender"
    );
    let start = match context.run_argument {
        0 => WALL_CLOCK_START,
        seconds => seconds,
    };
    entry::answer_by(Tender::new(&context, page, start));
    entry::begin_unikernel(page.entry, page.memory_bytes);
}

/// What the tool says.
fn page() -> &'static Page {
    // SAFETY: the tool puts such a page there before the partition's start, in memory that nobody writes; any bytes
    // are one.
    unsafe { &*core::ptr::with_exposed_provenance(page::ADDRESS as usize) }
}

fn on_interrupt(interrupt: IntId) {
    if interrupt == interrupt::timer() {
        on_timer();
    }
}
