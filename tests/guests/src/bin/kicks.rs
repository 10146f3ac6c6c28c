//! Two vCPUs on two CPUs whose windows never overlap: the first sends the second software-generated
//! interrupts while that is out. `kicks at=WINDOW taken=COUNT`: how many the second has taken by then.

#![no_std]
#![no_main]

use core::arch::naked_asm;
use core::sync::atomic::{AtomicU64, Ordering};

#[path = "interrupts/console.rs"]
mod console;
#[path = "bench/entry.rs"]
mod entry;
#[path = "interrupts/gic/mod.rs"]
#[allow(dead_code, reason = "most is needed by the cases only")]
mod gic;
#[path = "bench/panic.rs"]
mod panic;
#[allow(dead_code, reason = "its other calls are those of the costs")]
#[path = "bench/paratia.rs"]
mod paratia;
#[path = "hidden/place.rs"]
#[allow(dead_code, reason = "others begin windows")]
mod place;
#[path = "interrupts/vectors.rs"]
mod vectors;

use gic::Gic;
use place::Place;

const CPU_ON: u32 = 0xC400_0003;
/// How many windows get a line.
const LINES: u64 = 8;
/// How often the interrupt is sent in each window. It is pending or it isn't, so it is taken once.
const SENT: u32 = 3;
/// The interrupt that is sent.
const SENT_ID: u32 = 1;
/// Its priority.
const PRIORITY: u8 = 0xA0;

/// How many the second vCPU has taken, which alone writes it.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// From the entry: stack, vectors, `.bss`; `x0` as it was at the first instruction.
extern "C" fn main(handed_over: usize, _: u64) -> ! {
    // SAFETY: the address comes from whoever started us: a passport.
    let place = unsafe { Place::find(handed_over) };
    let gic = match &place {
        Place::Paratia(passport) => Gic::of(passport),
        Place::Bare => None,
    };
    let Some(gic) = gic else { place.end() };
    gic.remember();
    let _ = paratia::call(CPU_ON, [1, second as *const () as u64, 0, 0, 0, 0]);
    // Meanwhile the second is ready.
    paratia::wait_for_window();
    for at in 0.. {
        if at < LINES {
            let taken = TAKEN.load(Ordering::Relaxed);
            say!(place, "kicks at={at} taken={taken}");
        }
        for _ in 0..SENT {
            gic.send_to_others(SENT_ID);
        }
        paratia::wait_for_window();
    }
    place.end()
}

/// The second vCPU, which has a stack of its own; MMU off, interrupts masked.
#[unsafe(naked)]
extern "C" fn second() -> ! {
    naked_asm!(
        ".pushsection .bss.kicks, \"aw\", @nobits",
        ".balign 16",
        "1: .skip 16 << 10",
        "2:",
        ".popsection",
        "adrp x4, 2b",
        "add x4, x4, :lo12:2b",
        "mov sp, x4",
        "mov x4, #(3 << 20)", // CPACR_EL1.FPEN: floating point isn't trapped
        "msr cpacr_el1, x4",
        "adrp x4, exception_vectors",
        "add x4, x4, :lo12:exception_vectors",
        "msr vbar_el1, x4",
        "isb",
        "mov x29, xzr",
        "mov x30, xzr",
        "b {take_all}",
        take_all = sym take_all,
    )
}

/// Takes what was sent at each of its windows' starts, and does nothing else in them.
extern "C" fn take_all() -> ! {
    let gic = Gic::current().of_vcpu(1);
    gic.set_up(PRIORITY);
    gic.enable(SENT_ID);
    handler::unmask();
    loop {
        paratia::wait_for_window();
    }
}

/// What is done with an interrupt that is taken by its vector.
mod handler {
    use core::arch::asm;
    use core::sync::atomic::Ordering;

    use crate::gic::Gic;
    use crate::{SENT_ID, TAKEN};

    /// Called by the vector, with interrupts masked.
    pub extern "C" fn handle() {
        let gic = Gic::current();
        let taken = gic.acknowledge();
        if gic.id(taken) == SENT_ID {
            let before = TAKEN.load(Ordering::Relaxed);
            TAKEN.store(before + 1, Ordering::Relaxed);
            gic.end(taken);
        }
    }

    /// Lets interrupts through to the vector.
    pub fn unmask() {
        // SAFETY: the vector saves what it changes; its handler shares only atomics with the rest.
        unsafe { asm!("msr daifclr, #2", options(nostack)) };
    }
}
