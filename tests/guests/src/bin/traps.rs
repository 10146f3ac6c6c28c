//! One register a life, so that no trap hides the lack of another: `traps case=REGISTER`, the access, and
//! a word if nothing came of it.

#![no_std]
#![no_main]

use core::arch::asm;

use paratia_runtime::abi::{OperatingMode, ReportedError};
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// An access that mustn't go through.
struct Case {
    name: &'static str,
    attempt: fn(),
}

/// Reading one.
macro_rules! read {
    ($name:literal) => {
        Case {
            name: $name,
            // SAFETY: if it isn't refused, it reads.
            attempt: || unsafe { asm!(concat!("mrs {}, ", $name), out(reg) _, options(nostack)) },
        }
    };
}

/// Writing zero to one.
macro_rules! write {
    ($name:literal) => {
        Case {
            name: $name,
            // SAFETY: if it isn't refused, it writes zero, which turns nothing on.
            attempt: || unsafe { asm!(concat!("msr ", $name, ", xzr"), options(nostack)) },
        }
    };
}

/// By the bit that traps them; `tests/traps.rs` has the same list with their encodings.
const CASES: &[Case] = &[
    // MDCR_EL2.TDA.
    read!("mdscr_el1"),
    write!("mdscr_el1"),
    read!("dbgbvr0_el1"),
    read!("dbgbcr1_el1"),
    read!("dbgwvr0_el1"),
    read!("dbgwcr1_el1"),
    read!("mdccsr_el0"),
    // MDCR_EL2.TDOSA.
    write!("oslar_el1"),
    read!("oslsr_el1"),
    read!("osdlr_el1"),
    write!("osdlr_el1"),
    // MDCR_EL2.TDRA.
    read!("mdrar_el1"),
    // MDCR_EL2.TPMCR, TPM.
    read!("pmcr_el0"),
    write!("pmcr_el0"),
    read!("pmcntenset_el0"),
    read!("pmccntr_el0"),
    read!("pmuserenr_el0"),
    write!("pmintenset_el1"),
    // HCR_EL2.TACR.
    read!("actlr_el1"),
    write!("actlr_el1"),
];

/// Whether its physical counter and the countdown of its physical timer, which CNTHCTL_EL2.EL1PCTEN and
/// EL1PCEN trap by being zero and which are emulated, go by the same time as its virtual counter: the CPU's
/// own began before that.
fn is_its_own_clock() -> bool {
    const AHEAD: u64 = 1 << 30;
    let [before, physical, rest, after]: [u64; 4];
    // SAFETY: the timer stays off.
    unsafe {
        asm!("isb", "mrs {before}, cntvct_el0", "mrs {physical}, cntpct_el0",
            "add {rest}, {before}, {ahead}", "msr cntp_cval_el0, {rest}", "isb",
            "mrs {rest}, cntp_tval_el0", "isb", "mrs {after}, cntvct_el0",
            before = out(reg) before, physical = out(reg) physical, rest = out(reg) rest,
            after = out(reg) after, ahead = in(reg) AHEAD, options(nostack));
    }
    let least = AHEAD - (after - before);
    (before..=after).contains(&physical) && (least..=AHEAD).contains(&rest)
}

fn main(context: Context) -> ! {
    let _ = call::set_mode(OperatingMode::Normal);
    let number = usize::try_from(context.restarts).unwrap_or(usize::MAX);
    let Some(case) = CASES.get(number) else {
        println!(
            "traps clock {}",
            if is_its_own_clock() {
                "own"
            } else {
                "another's"
            }
        );
        println!("traps end");
        loop {
            let _ = call::wait_for_window();
        }
    };
    println!("traps case={}", case.name);
    // What it printed is out before it dies.
    let _ = call::wait_for_window();
    (case.attempt)();
    println!("traps case={} went through", case.name);
    call::report_error(ReportedError::Application, [0; 3]);
    unreachable!("a reported error ends the life");
}
