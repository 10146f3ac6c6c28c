//! Which number each vCPU finds in `MPIDR_EL1`, window after window: `numbers at=WINDOW own=... other=...`.
//!
//! The other one is turned on by the first, if there is one.

#![no_std]
#![no_main]

use core::arch::{asm, naked_asm};
use core::sync::atomic::{AtomicU64, Ordering};

#[path = "hidden/caught.rs"]
#[allow(dead_code, reason = "only its vectors are needed")]
mod caught;
#[path = "interrupts/console.rs"]
mod console;
#[path = "bench/entry.rs"]
mod entry;
#[path = "bench/panic.rs"]
mod panic;
#[allow(dead_code, reason = "its other calls are those of the costs")]
#[path = "bench/paratia.rs"]
mod paratia;
#[path = "hidden/place.rs"]
#[allow(dead_code, reason = "others end")]
mod place;

use paratia_abi::call::WAIT_FOR_WINDOW;
use place::Place;

const CPU_ON: u32 = 0xC400_0003;
/// How many windows get a line.
const LINES: u64 = 8;

/// What the other one has found last; 0 if nothing yet.
static OTHER: AtomicU64 = AtomicU64::new(0);

/// From the entry: stack, vectors, `.bss`; `x0` as it was at the first instruction.
extern "C" fn main(handed_over: usize, _: u64) -> ! {
    // SAFETY: the address comes from whoever started us: a passport.
    let place = unsafe { Place::find(handed_over) };
    let _ = paratia::call(CPU_ON, [1, other as *const () as u64, 0, 0, 0, 0]);
    for at in 0.. {
        if at < LINES {
            let other = OTHER.load(Ordering::Relaxed);
            say!(
                place,
                "numbers at={at} own={:#x} other={other:#x}",
                number()
            );
        }
        paratia::wait_for_window();
    }
    place.end()
}

fn number() -> u64 {
    let number;
    // SAFETY: reads.
    unsafe { asm!("mrs {}, mpidr_el1", out(reg) number, options(nomem, nostack)) };
    number
}

/// The other one: it has no stack, and needs none.
#[unsafe(naked)]
extern "C" fn other() -> ! {
    naked_asm!(
        "adrp x19, {other}",
        "add x19, x19, :lo12:{other}",
        "1: mrs x1, mpidr_el1",
        "str x1, [x19]",
        "mov w0, #{low}",
        "movk w0, #{high}, lsl #16",
        "hvc #0",
        "b 1b",
        other = sym OTHER,
        low = const WAIT_FOR_WINDOW & 0xFFFF,
        high = const WAIT_FOR_WINDOW >> 16,
    )
}
