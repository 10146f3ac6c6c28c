//! A breakpoint, a watchpoint and single steps, over the ends of windows.

use core::arch::asm;

use crate::caught::{self, Caught};
use crate::paratia;
use crate::place::Place;
use crate::say;

/// `MDSCR_EL1`: `SS`, `KDE`, `MDE`.
const STEP: u64 = 1;
const KERNEL: u64 = 1 << 13;
const MONITOR: u64 = 1 << 15;
/// `DBGBCR`, `DBGWCR`: on, at EL1; every byte of the address, or those of the word; loads and stores.
const BREAK: u64 = 1 | 0b01 << 1 | 0xF << 5;
const WATCH: u64 = 1 | 0b01 << 1 | 0b11 << 3 | 0xFF << 5;

static WATCHED: u64 = 7;

pub fn run(place: &Place) {
    let caught = caught::during(breakpoint);
    tell(place, "breakpoint", caught);
    let caught = caught::during(watchpoint);
    tell(place, "watchpoint", caught);
    let Caught { count, elr, .. } = caught::during(steps);
    say!(
        place,
        "monitors case=steps count={count} at={:#x}",
        elr & 0xFF_FFFF
    );
}

fn tell(place: &Place, name: &str, Caught { count, esr, .. }: Caught) {
    say!(
        place,
        "monitors case={name} count={count} class={:#x}",
        esr >> 26
    );
}

/// Sets a breakpoint, lets others run, and comes to it. What is caught goes on after it.
fn breakpoint() {
    let place = stopped as *const () as u64;
    // SAFETY: this guest's own debug registers.
    unsafe {
        asm!("msr dbgbvr1_el1, {place}", "msr dbgbcr1_el1, {control}", "msr mdscr_el1, {on}", "isb",
            place = in(reg) place, control = in(reg) BREAK, on = in(reg) MONITOR | KERNEL);
    }
    paratia::wait_for_window();
    // SAFETY: the exception is caught, and goes on at the function's second instruction.
    unsafe { asm!("msr daifclr, #8", "isb", options(nostack)) };
    stopped();
    // SAFETY: this guest's own debug registers.
    unsafe {
        asm!(
            "msr daifset, #8",
            "msr dbgbcr1_el1, xzr",
            "msr mdscr_el1, xzr",
            "isb",
            options(nostack)
        );
    }
}

/// Where the breakpoint is.
#[unsafe(naked)]
extern "C" fn stopped() {
    core::arch::naked_asm!("nop", "ret")
}

/// Sets a watchpoint, lets others run, and reads there.
fn watchpoint() {
    let place = &raw const WATCHED;
    // SAFETY: this guest's own debug registers.
    unsafe {
        asm!("msr dbgwvr1_el1, {place}", "msr dbgwcr1_el1, {control}", "msr mdscr_el1, {on}", "isb",
            place = in(reg) place, control = in(reg) WATCH, on = in(reg) MONITOR | KERNEL);
    }
    paratia::wait_for_window();
    // SAFETY: the exception is caught and goes on after the load, which reads a static; the registers are this
    // guest's own.
    unsafe {
        asm!("msr daifclr, #8", "isb", "ldr {0}, [{place}]", "msr daifset, #8",
            "msr dbgwcr1_el1, xzr", "msr mdscr_el1, xzr", "isb", out(reg) _, place = in(reg) place);
    }
}

/// Three steps over instructions of which the second is trapped.
fn steps() {
    // SAFETY: this guest's own debug registers; the vector ends the stepping after three.
    unsafe {
        asm!("msr mdscr_el1, {on}",
            "adr {x}, 2f",
            "msr elr_el1, {x}",
            "msr spsr_el1, {state}",
            "isb",
            "eret",
            ".balign 256",
            "2: nop",
            "mrs {x}, id_aa64mmfr0_el1",
            "nop",
            "nop",
            "msr daifset, #8",
            x = out(reg) _, on = in(reg) STEP | KERNEL,
            // EL1 on its own stack pointer, debug exceptions alone not masked, a step.
            state = in(reg) 1_u64 << 21 | 0x1C5);
    }
}
