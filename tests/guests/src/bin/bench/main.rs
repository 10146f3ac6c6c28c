//! Measures what a virtual machine costs, in instructions: one image that runs unchanged bare at
//! EL1, in a partition of Paratia, and as a Xen domU without a toolstack.
//!
//! It needs a board whose counter ticks once an instruction (QEMU: `-icount shift=0` and a counter
//! of 1 GHz), where a hundred `nop` read 101: the reading itself is in every figure. It collects in
//! memory and speaks at the end, one line a figure: `bench NAME min=.. mean=.. max=..`, or
//! `bench NAME absent`, and `bench end`.

#![no_std]
#![no_main]

mod console;
mod costs;
mod entry;
mod gic;
mod interrupts;
mod panic;
mod paratia;
mod place;
mod roles;
mod samples;

use place::Place;

/// From the entry: stack, vectors, `.bss`; `x0` and `x3` as they were at the first instruction.
extern "C" fn main(handed_over: usize, run_argument: u64) -> ! {
    // SAFETY: the address comes from whoever started us: a passport, a device tree, or 0.
    let place = unsafe { Place::find(handed_over) };
    match &place {
        Place::Paratia(passport) if passport.arguments() != "" => {
            roles::play(&place, passport.arguments(), run_argument)
        }
        _ => costs::report(&place),
    }
}
