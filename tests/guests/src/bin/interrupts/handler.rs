//! What is done with an interrupt that is taken by its vector.

use core::arch::asm;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::gic::Gic;
use crate::{device, log, timer};

/// While this interrupt is handled, interrupts are let through and [`INNER`] is sent.
pub const OUTER: u32 = 1;
/// The one that would preempt.
pub const INNER: u32 = 2;

/// Whether [`OUTER`] is special.
static NESTING: AtomicU32 = AtomicU32::new(0);
/// How often the device's interrupt is taken before its level is lowered.
static LEVELS: AtomicU32 = AtomicU32::new(0);

/// From now on handling [`OUTER`] sends [`INNER`], or not; and the log says where handling ends.
pub fn set_nesting(on: bool) {
    NESTING.store(on.into(), Ordering::Relaxed);
}

/// The device's level is lowered when its interrupt is taken for the `count`-th time.
pub fn lower_level_after(count: u32) {
    LEVELS.store(count, Ordering::Relaxed);
}

/// Called by the vector, with interrupts masked.
pub extern "C" fn handle() {
    let gic = Gic::current();
    let taken = gic.acknowledge();
    let id = gic.id(taken);
    let nesting = NESTING.load(Ordering::Relaxed) != 0;
    log::enter(id);
    match id {
        // Nothing was there any more.
        1020..1024 => return,
        timer::ID => timer::cancel(),
        _ if device::interrupt() == Some(id) => {
            let left = LEVELS.load(Ordering::Relaxed).saturating_sub(1);
            LEVELS.store(left, Ordering::Relaxed);
            if left == 0 {
                device::lower();
            }
        }
        OUTER if nesting => {
            gic.send_to_self(INNER);
            unmask();
            timer::spin();
            mask();
        }
        _ => {}
    }
    if nesting {
        log::leave(id);
    }
    gic.end(taken);
}

/// Lets interrupts through to the vector.
pub fn unmask() {
    // SAFETY: the vector saves what it changes; its handler shares only atomics with the rest.
    unsafe { asm!("msr daifclr, #2", options(nostack)) };
}

/// Holds them back.
pub fn mask() {
    // SAFETY: holding interrupts back changes nothing else.
    unsafe { asm!("msr daifset, #2", options(nostack)) };
}

/// Whether an interrupt is signalled to the CPU (`ISR_EL1.I`), masked or not.
pub fn is_signalled() -> bool {
    let status: u64;
    // SAFETY: reads.
    unsafe { asm!("isb", "mrs {}, isr_el1", out(reg) status, options(nomem, nostack)) };
    status >> 7 & 1 != 0
}
