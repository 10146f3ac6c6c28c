//! The figures, one after the other.

use core::arch::asm;

use paratia_abi::call::{PSCI_VERSION, VERSION};

use crate::console::{Figure, say};
use crate::place::Place;
use crate::samples::Samples;
use crate::{gic, interrupts, paratia};

/// In the range of Paratia's own calls, and none of them.
const UNKNOWN: u32 = 0xC600_7FFF;
/// Beyond Xen's table of calls; its other way to be asked, by `UNKNOWN`, makes it write to its log.
const XEN_UNKNOWN: u64 = 0x7FFF;
/// Xen's own `xen_version` call with a command that doesn't exist (public/xen.h, public/version.h).
const XEN_VERSION: u64 = 17;
const XEN_BAD_COMMAND: u64 = 0xFF;

/// Ticks from before to after `$instruction`, with arguments in `x0` and `x16`.
macro_rules! call_ticks {
    ($instruction:literal, $x0:expr, $x16:expr) => {{
        let (before, after): (u64, u64);
        // SAFETY: whoever answers the call changes at most x0 to x17 (DEN0028, 2.6).
        unsafe {
            asm!(
                "mrs x20, cntvct_el0", $instruction, "mrs x21, cntvct_el0",
                out("x20") before, out("x21") after,
                inout("x0") $x0 => _, inout("x1") 0_u64 => _, inout("x16") $x16 => _,
                out("x2") _, out("x3") _, out("x4") _, out("x5") _, out("x6") _, out("x7") _,
                out("x8") _, out("x9") _, out("x10") _, out("x11") _, out("x12") _, out("x13") _,
                out("x14") _, out("x15") _, out("x17") _,
            );
        }
        after - before
    }};
}

/// Measures everything, then says it.
pub fn report(place: &Place) -> ! {
    let gic = place.gic();
    gic::enable(gic);
    let begin = || {
        // All samples of a figure lie in one window.
        if matches!(place, Place::Paratia(_)) {
            paratia::wait_for_window();
        }
    };
    let measure = |sample: &dyn Fn() -> u64| {
        begin();
        Some(Samples::take(sample))
    };
    let access = |base: Option<usize>, sample: fn(usize) -> u64| {
        begin();
        base.map(|address| Samples::take(|| sample(address)))
    };
    let distributor = |offset| gic.map(|[base, _]| base + offset);
    let redistributor = |offset| gic.map(|[_, base]| base + offset);
    let smc = !matches!(place, Place::Bare);
    let figures: [Figure; 12] = [
        ("nops-100", measure(&nops)),
        (
            "hvc-psci-version",
            measure(&|| call_ticks!("hvc #0", u64::from(PSCI_VERSION), 0_u64)),
        ),
        ("hvc-own", measure(&|| own(place))),
        ("hvc-unknown", measure(&|| unknown(place))),
        // Without a monitor or a hypervisor nobody answers, and the instruction is undefined.
        (
            "smc-psci-version",
            smc.then(|| measure(&|| call_ticks!("smc #0", u64::from(PSCI_VERSION), 0_u64)))
                .flatten(),
        ),
        (
            "gicd-typer-read",
            access(distributor(gic::GICD_TYPER), read),
        ),
        (
            "gicd-isenabler1-read",
            access(distributor(gic::GICD_ISENABLER1), read),
        ),
        (
            "gicr-isenabler0-read",
            access(redistributor(gic::GICR_ISENABLER0), read),
        ),
        (
            "gicr-isenabler0-write",
            access(redistributor(gic::GICR_ISENABLER0), write),
        ),
        ("timer-spinning", measure(&interrupts::timer_spinning)),
        ("timer-waiting", measure(&interrupts::timer_waiting)),
        ("self-sgi", measure(&interrupts::self_sgi)),
    ];
    begin();
    say(place, &figures);
    end(place)
}

fn nops() -> u64 {
    let (before, after): (u64, u64);
    // SAFETY: reads a counter and does nothing.
    unsafe {
        asm!(
            "mrs {before}, cntvct_el0", ".rept 100", "nop", ".endr", "mrs {after}, cntvct_el0",
            before = out(reg) before, after = out(reg) after, options(nomem, nostack),
        );
    }
    after - before
}

/// A call that nobody knows.
fn unknown(place: &Place) -> u64 {
    match place {
        Place::Xen => call_ticks!("hvc #0xea1", XEN_BAD_COMMAND, XEN_UNKNOWN),
        _ => call_ticks!("hvc #0", u64::from(UNKNOWN), 0_u64),
    }
}

/// The cheapest call of the place's own; the bare machine's firmware refuses Paratia's.
fn own(place: &Place) -> u64 {
    match place {
        Place::Xen => call_ticks!("hvc #0xea1", XEN_BAD_COMMAND, XEN_VERSION),
        _ => call_ticks!("hvc #0", u64::from(VERSION), 0_u64),
    }
}

fn read(address: usize) -> u64 {
    let (before, after): (u64, u64);
    // SAFETY: a register of the interrupt controller, read only.
    unsafe {
        asm!(
            "mrs {before}, cntvct_el0", "ldr {value:w}, [{address}]", "mrs {after}, cntvct_el0",
            before = out(reg) before, after = out(reg) after, value = out(reg) _,
            address = in(reg) address, options(nostack),
        );
    }
    after - before
}

fn write(address: usize) -> u64 {
    let (before, after): (u64, u64);
    // SAFETY: turns on interrupts that are on already.
    unsafe {
        asm!(
            "mrs {before}, cntvct_el0", "str {value:w}, [{address}]", "mrs {after}, cntvct_el0",
            before = out(reg) before, after = out(reg) after, value = in(reg) gic::USED,
            address = in(reg) address, options(nostack),
        );
    }
    after - before
}

fn end(place: &Place) -> ! {
    match place {
        Place::Paratia(_) => paratia::stop(),
        Place::Bare => exit(),
        Place::Xen => loop {
            // SAFETY: sleeps.
            unsafe { asm!("wfi", options(nomem, nostack)) };
        },
    }
}

/// Ends the simulation by semihosting: `SYS_EXIT` with `ADP_Stopped_ApplicationExit` (Arm
/// semihosting specification, 2.0).
fn exit() -> ! {
    let block: [u64; 2] = [0x2_0026, 0];
    // SAFETY: the simulator reads the block and doesn't come back.
    unsafe { asm!("hlt #0xf000", in("x0") 0x18_u64, in("x1") block.as_ptr(), options(noreturn)) };
}
