//! What calls cost, as a partition sees it: ticks from the instruction before a call to the one
//! after it, the least and the most of many.

#![no_std]
#![no_main]

use core::arch::asm;

use paratia_runtime::abi::call as id;
use paratia_runtime::{Context, call, entry, println};

entry!(main);

/// How often each is measured.
const TIMES: usize = 100;
/// A function id that nobody has.
const UNKNOWN: u32 = id::END + 100;

/// Ticks between two readings of the counter with `$instruction` between them.
macro_rules! ticks {
    ($instruction:literal, $function:expr, $x1:expr, $x2:expr) => {{
        let (before, after): (u64, u64);
        // SAFETY: calls change what the SMC Calling Convention says, and no memory that Rust uses.
        unsafe {
            asm!(
                "isb",
                "mrs {before}, cntvct_el0",
                $instruction,
                "mrs {after}, cntvct_el0",
                before = out(reg) before,
                after = out(reg) after,
                inout("x0") u64::from($function) => _,
                inout("x1") $x1 => _,
                inout("x2") $x2 => _,
                inout("x3") 0_u64 => _,
                out("x4") _, out("x5") _, out("x6") _, out("x7") _, out("x8") _, out("x9") _,
                out("x10") _, out("x11") _, out("x12") _, out("x13") _, out("x14") _, out("x15") _,
                out("x16") _, out("x17") _,
                options(nostack)
            );
        }
        after - before
    }};
}

fn main(_: Context) -> ! {
    report("nothing", || ticks!("nop", 0_u32, 0_u64, 0_u64));
    report("version", || ticks!("hvc #0", id::VERSION, 0_u64, 0_u64));
    report("psci-version", || {
        ticks!("hvc #0", id::PSCI_VERSION, 0_u64, 0_u64)
    });
    report("psci-version-smc", || {
        ticks!("smc #0", id::PSCI_VERSION, 0_u64, 0_u64)
    });
    report("unknown", || ticks!("hvc #0", UNKNOWN, 0_u64, 0_u64));
    report("port-write-64", || {
        ticks!("hvc #0", id::SAMPLING_PORT_WRITE, 0_u64, 64_u64)
    });
    println!("cost done");
    loop {
        let _ = call::wait_for_window();
    }
}

/// Measures at the start of a window, and says the least and the most.
fn report(case: &str, mut measure: impl FnMut() -> u64) {
    let _ = call::wait_for_window();
    let (mut least, mut most) = (u64::MAX, 0);
    for _ in 0..TIMES {
        let ticks = measure();
        least = least.min(ticks);
        most = most.max(ticks);
    }
    println!("case={case} least={least} most={most}");
}
