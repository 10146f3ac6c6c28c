//! What a program finds in its interrupt controller, GICv2 or GICv3, case by case: one image that
//! runs unchanged bare at EL1, where QEMU's models answer, and in a partition of Paratia, which has
//! to answer the same. A line a case: `interrupts case=NAME result=WHAT WAS SEEN`, and
//! `interrupts end`. The interrupt of this guest's device is printed as `device`: its number is the
//! board's.
//!
//! Nothing is printed that implementations may choose: priorities have five bits here, and binary
//! points leave at most those.

#![no_std]
#![no_main]

mod cases;
mod console;
mod device;
#[path = "../bench/entry.rs"]
mod entry;
mod gic;
mod handler;
mod log;
#[path = "../bench/panic.rs"]
mod panic;
#[allow(dead_code, reason = "its other calls are those of the costs")]
#[path = "../bench/paratia.rs"]
mod paratia;
#[path = "../hidden/place.rs"]
mod place;
mod surroundings;
mod timer;
mod vectors;

use place::Place;

/// From the entry: stack, vectors, `.bss`; `x0` as it was at the first instruction.
extern "C" fn main(handed_over: usize, _run_argument: u64) -> ! {
    // SAFETY: the address comes from whoever started us: a passport, a device tree, or 0.
    let place = unsafe { Place::find(handed_over) };
    place.remember_device();
    match place.gic() {
        Some(gic) => {
            gic.remember();
            say!(
                place,
                "interrupts place={} version={}",
                place.name(),
                gic.version()
            );
            cases::run(&place, gic);
        }
        None => say!(place, "interrupts absent"),
    }
    say!(place, "interrupts end");
    place.end()
}
