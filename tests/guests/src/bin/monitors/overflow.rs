//! The interrupt of a counter that overflows: in the window, over its end, and when it goes away.

use core::arch::asm;

use paratia_abi::passport::Passport;

use crate::gic::{Bits, Gic};
use crate::paratia;
use crate::pause::spin;
use crate::place::Place;
use crate::say;

/// PPI 7.
const MONITORS: u32 = 23;
/// `INST_RETIRED`.
const INSTRUCTIONS: u64 = 0x08;
/// From here a counter of 32 bits overflows after a thousand.
const SHORTLY_BEFORE: u64 = 0xFFFF_FFFF - 1_000;
/// Nanoseconds that are surely more than a thousand instructions.
const LONG: u64 = 100_000;

pub fn run(place: &Place, passport: &Passport) {
    let Some(gic) = Gic::of(passport) else {
        return;
    };
    gic.set_up(0xA0);
    gic.enable(MONITORS);
    let taken = || gic.id(gic.acknowledge());

    let tell = |name: &str, taken: [u32; 3]| {
        say!(place, "monitors case={name} taken={taken:?}");
    };
    place.begin_window();
    overflow();
    let first = taken();
    gic.end(first);
    // Its level is still high.
    let again = taken();
    clear();
    gic.end(again);
    tell("overflow", [first, again, taken()]);

    place.begin_window();
    overflow();
    paratia::wait_for_window();
    let first = taken();
    // In hand over the end of the window.
    paratia::wait_for_window();
    let meanwhile = taken();
    clear();
    gic.end(first);
    tell("overflow-over-windows", [first, meanwhile, taken()]);

    place.begin_window();
    overflow();
    let pending = gic.is(Bits::SetPending, MONITORS);
    clear();
    paratia::wait_for_window();
    let after = gic.is(Bits::SetPending, MONITORS);
    tell("overflow-gone", [pending, after, taken()]);
    stop();
}

/// Counts until the counter has overflowed.
fn overflow() {
    // SAFETY: these counters are this guest's alone, and interrupts are masked.
    unsafe {
        asm!(
            "msr pmselr_el0, xzr", "isb",
            "msr pmxevtyper_el0, {event}",
            "msr pmxevcntr_el0, {value}",
            "msr pmintenset_el1, {first}",
            "msr pmcntenset_el0, {first}",
            "msr pmcr_el0, {first}", "isb",
            event = in(reg) INSTRUCTIONS, value = in(reg) SHORTLY_BEFORE, first = in(reg) 1_u64,
            options(nostack),
        );
    }
    spin(LONG);
    // QEMU, counting instructions for time, notices an overflow when a counter is read.
    // SAFETY: reads.
    unsafe { asm!("mrs {}, pmxevcntr_el0", out(reg) _, options(nostack)) };
}

/// The counter's overflow is seen to.
fn clear() {
    // SAFETY: these counters are this guest's alone, and interrupts are masked.
    unsafe { asm!("msr pmovsclr_el0, {}", "isb", in(reg) 1_u64, options(nostack)) };
}

fn stop() {
    // SAFETY: these counters are this guest's alone, and interrupts are masked.
    unsafe {
        asm!("msr pmcr_el0, xzr", "msr pmintenclr_el1, {0}", "msr pmcntenclr_el0, {0}", "isb",
            in(reg) 1_u64, options(nostack));
    }
}
