//! What is hidden from a partition, tried: one image that runs bare at EL1 of a CPU that has nothing
//! of it, and in a partition of Paratia on CPUs that have, where it has to find the same. A line a
//! case: `hidden case=NAME result=WHAT IT WAS`.
//!
//! Then what a partition's machine has beside its CPU: `machine case=NAME ...`. A run argument tries
//! what it has to die of.

#![no_std]
#![no_main]

mod accesses;
mod caught;
#[path = "../interrupts/console.rs"]
mod console;
#[path = "../bench/entry.rs"]
mod entry;
#[allow(dead_code, reason = "the guest that asks it everything needs the rest")]
#[path = "../interrupts/gic/mod.rs"]
mod gic;
mod instructions;
mod machine;
#[path = "../bench/panic.rs"]
mod panic;
#[allow(dead_code, reason = "its other calls are those of the costs")]
#[path = "../bench/paratia.rs"]
mod paratia;
mod pause;
mod place;
mod suspend;
mod walks;

use place::Place;

/// From the entry: stack, vectors, `.bss`; `x0` as it was at the first instruction.
extern "C" fn main(handed_over: usize, run_argument: u64) -> ! {
    // SAFETY: the address comes from whoever started us: a passport, a device tree, or 0.
    let place = unsafe { Place::find(handed_over) };
    if let Place::Paratia(passport) = &place {
        machine::die(passport, run_argument);
        machine::look_at_second_thread_id(&place);
    }
    instructions::run(&place);
    machine::run_anywhere(&place);
    accesses::run(&place);
    walks::run(&place);
    if let Place::Paratia(passport) = &place {
        accesses::run_in_partition(&place);
        machine::run(&place, passport);
        suspend::run(&place, passport);
    }
    say!(place, "hidden end");
    place.end()
}
