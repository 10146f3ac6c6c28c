//! Counters, in the window and over its end, told to count at every level that there is.

use core::arch::asm;

use crate::paratia;
use crate::pause::spin;
use crate::place::Place;
use crate::say;

/// `NSH`: EL2, too.
const EVERY_LEVEL: u64 = 1 << 27;
/// `INST_RETIRED`.
const INSTRUCTIONS: u64 = 0x08;

/// Counts of cycles and instructions, and ticks that went by.
struct Counted {
    cycles: u64,
    instructions: u64,
    ticks: u64,
}

fn counted(spend: impl FnOnce()) -> Counted {
    let (from, to, cycles, instructions): (u64, u64, u64, u64);
    // SAFETY: these counters are this guest's alone.
    unsafe {
        asm!(
            "msr pmccfiltr_el0, {level}",
            "msr pmselr_el0, xzr", "isb",
            "msr pmxevtyper_el0, {event}",
            "msr pmxevcntr_el0, xzr",
            "msr pmccntr_el0, xzr",
            "msr pmcntenset_el0, {both}",
            "msr pmcr_el0, {on}", "isb",
            "mrs {from}, cntvct_el0",
            level = in(reg) EVERY_LEVEL, event = in(reg) EVERY_LEVEL | INSTRUCTIONS,
            both = in(reg) 1_u64 << 31 | 1, on = in(reg) 1_u64 | 1 << 6, from = out(reg) from,
            options(nostack),
        );
    }
    spend();
    // SAFETY: these counters are this guest's alone.
    unsafe {
        asm!("isb", "mrs {}, cntvct_el0", "msr pmcr_el0, xzr", "isb", "mrs {}, pmccntr_el0",
            "mrs {}, pmxevcntr_el0", out(reg) to, out(reg) cycles, out(reg) instructions,
            options(nostack));
    }
    Counted {
        cycles,
        instructions,
        ticks: to.wrapping_sub(from),
    }
}

pub fn run(place: &Place) {
    let frame = 20_000_000;
    let cases: [(&str, &dyn Fn()); 3] = [
        ("inside", &|| spin(100_000)),
        ("waiting", &|| {
            paratia::wait_for_window();
        }),
        ("spinning", &|| spin(frame)),
    ];
    for (name, spend) in cases {
        place.begin_window();
        let Counted {
            cycles,
            instructions,
            ticks,
        } = counted(spend);
        say!(
            place,
            "monitors case={name} cycles={cycles} instructions={instructions} ticks={ticks}"
        );
    }
}
