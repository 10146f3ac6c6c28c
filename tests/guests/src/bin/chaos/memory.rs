//! This guest's own memory: tables, caches, and anything in what it doesn't use.

use core::arch::asm;
use core::sync::atomic::Ordering;

use paratia_runtime::mmu;

use crate::script::{Action, Step};
use crate::{RAM_END, tables};

/// Most words that are filled, and message windows at the end of RAM that aren't.
const WORDS: u64 = 4_000;
const LAST_PAGE: usize = 4096;

/// Performs a step on memory.
pub fn perform(step: &Step) {
    let [a, b, ..] = step.values;
    match step.action {
        Action::OwnTables => {
            // Anything, or what almost translates.
            let entry = match step.below(0, 3) {
                0 => a,
                1 => a & !3 | 3,
                _ => a & 0x7F_C000_0000 | 0x401 | b & 0x3C,
            };
            tables::fill(step.below(1, 508), entry);
        }
        Action::FillMemory => fill(step),
        _ => caches(step),
    }
}

fn fill(step: &Step) {
    let start = mmu::image().end.next_multiple_of(4096);
    let end = RAM_END.load(Ordering::Relaxed) as usize - LAST_PAGE;
    let stride = 8 << step.below(2, 10);
    let from = start + (step.below(0, 1 << 20) as usize * 8) % (end - start);
    for address in (from..end)
        .step_by(stride)
        .take(step.below(1, WORDS) as usize)
    {
        let word = core::ptr::with_exposed_provenance_mut::<u64>(address);
        // SAFETY: a word of RAM behind the image, which nothing else uses.
        unsafe { word.write_volatile(step.values[3] | 1) };
    }
}

/// Maintenance, and the caches off and on again.
fn caches(step: &Step) {
    let [_, b, ..] = step.values;
    let own = mmu::image().end as u64 + (b & 0xFFFF);
    // SAFETY: what these do to memory is nothing: the guest's data is in it or in the caches.
    unsafe {
        match step.below(0, 12) {
            0 => asm!("dc isw, {}", in(reg) b & 0xFFFF_FFFE, options(nostack)),
            1 => asm!("dc csw, {}", in(reg) b & 0xFFFF_FFFE, options(nostack)),
            2 => asm!("dc cisw, {}", in(reg) b & 0xFFFF_FFFE, options(nostack)),
            3 => asm!("dc civac, {}", in(reg) own, options(nostack)),
            4 => asm!("dc zva, {}", in(reg) (own + 4096) & !0xFFF, options(nostack)),
            5 => asm!("ic ialluis", "dsb ish", "isb", options(nostack)),
            6 => asm!("tlbi vmalle1", "dsb nsh", "isb", options(nostack)),
            7 => asm!("tlbi vmalle1is", "dsb ish", "isb", options(nostack)),
            8 => asm!("tlbi aside1is, {}", "dsb ish", "isb", in(reg) b, options(nostack)),
            9 => asm!("tlbi vaae1, {}", "dsb nsh", "isb", in(reg) b, options(nostack)),
            10 => asm!("dc civac, {}", in(reg) b, options(nostack)),
            _ => {
                let system_control: u64;
                asm!("mrs {}, sctlr_el1", out(reg) system_control, options(nostack));
                let without = system_control & !(1 << 2 | 1 << 12);
                asm!("msr sctlr_el1, {}", "isb", in(reg) without, options(nostack));
                crate::timers::spin(step.below(1, 200));
                asm!("msr sctlr_el1, {}", "isb", in(reg) system_control, options(nostack));
            }
        }
    }
}
