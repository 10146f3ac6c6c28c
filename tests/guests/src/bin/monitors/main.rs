//! Performance monitors and debug registers at work, in a partition that was granted them:
//! `monitors case=NAME ...`, and `monitors end`.

#![no_std]
#![no_main]

#[path = "../hidden/caught.rs"]
mod caught;
#[path = "../interrupts/console.rs"]
mod console;
mod counters;
mod debug;
#[path = "../bench/entry.rs"]
mod entry;
#[allow(dead_code, reason = "the guest that asks it everything needs the rest")]
#[path = "../interrupts/gic/mod.rs"]
mod gic;
mod overflow;
#[path = "../bench/panic.rs"]
mod panic;
#[allow(dead_code, reason = "its other calls are those of the costs")]
#[path = "../bench/paratia.rs"]
mod paratia;
#[path = "../hidden/pause.rs"]
mod pause;
#[allow(
    dead_code,
    reason = "the passport is read by the guest that looks at all of its machine"
)]
#[path = "../hidden/place.rs"]
mod place;

use place::Place;

/// From the entry: stack, vectors, `.bss`; `x0` as it was at the first instruction.
extern "C" fn main(handed_over: usize, _: u64) -> ! {
    // SAFETY: the address comes from whoever started us: a passport.
    let place = unsafe { Place::find(handed_over) };
    place.begin_window();
    counters::run(&place);
    place.begin_window();
    debug::run(&place);
    if let Place::Paratia(passport) = &place {
        overflow::run(&place, passport);
    }
    say!(place, "monitors end");
    place.end()
}
