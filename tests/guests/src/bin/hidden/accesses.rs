//! How devices are accessed: most significant byte first, eight bytes of a device of words, maintenance
//! of caches where nothing is cached; and calls with an immediate, which are none (DEN0028, 2.9).

use core::arch::asm;

use crate::caught;
use crate::machine::NOTHING;
use crate::place::Place;
use crate::say;

/// The same on QEMU's `virt` machine and in a partition (QEMU 7.2, hw/arm/virt.c, base_memmap).
const DISTRIBUTOR: usize = 0x0800_0000;
const CPU_INTERFACE: usize = 0x0801_0000;
const REDISTRIBUTOR: usize = 0x080A_0000;
const UART: usize = 0x0900_0000;

/// `GICD_TYPER`, `GICD_ISENABLER1`, `GICD_ICENABLER1`, `GICD_IPRIORITYR8`.
const TYPE: usize = DISTRIBUTOR + 0x004;
const ENABLE: usize = DISTRIBUTOR + 0x104;
const DISABLE: usize = DISTRIBUTOR + 0x184;
const PRIORITIES: usize = DISTRIBUTOR + 0x420;
/// `GICR_TYPER`, of 64 bits, and `GICR_IPRIORITYR0`.
const REDISTRIBUTOR_TYPE: usize = REDISTRIBUTOR + 0x008;
const PRIVATE_PRIORITIES: usize = REDISTRIBUTOR + 0x1_0400;
/// `GICC_PMR`.
const MASK: usize = CPU_INTERFACE + 0x004;
/// `UARTFR`; `UARTILPR` and `UARTIBRD`, which are one after the other and hold what is written.
const FLAGS: usize = UART + 0x018;
const LOW_POWER: usize = UART + 0x020;
const DIVISOR: usize = UART + 0x024;

/// One access with the instruction `$access`, which has `{value}` and `{at}`: what is in its register then.
macro_rules! access {
    ($access:literal, $at:expr, $value:expr) => {{
        let mut value: u64 = $value;
        // SAFETY: a register of a device that nobody else here uses.
        unsafe { asm!($access, value = inout(reg) value, at = in(reg) $at, options(nostack)) };
        value
    }};
}

/// The same with `SCTLR_EL1.EE` set: the most significant byte first.
macro_rules! big {
    ($access:literal, $at:expr, $value:expr) => {{
        let mut value: u64 = $value;
        // SAFETY: a register of a device that nobody else here uses; nothing else is accessed in between.
        unsafe {
            asm!("mrs {old}, sctlr_el1", "orr {new}, {old}, #(1 << 25)", "msr sctlr_el1, {new}", "isb",
                $access, "msr sctlr_el1, {old}", "isb",
                value = inout(reg) value, at = in(reg) $at, old = out(reg) _, new = out(reg) _,
                options(nostack));
        }
        value
    }};
}

/// Tries all.
pub fn run(place: &Place) {
    place.begin_window();
    say!(
        place,
        "hidden case=big-endian-distributor result={:?}",
        distributor()
    );
    let own = if has_redistributors() {
        redistributor()
    } else {
        cpu_interface()
    };
    say!(place, "hidden case=big-endian-own result={own:?}");
    place.begin_window();
    say!(place, "hidden case=big-endian-uart result={:?}", uart());
    let wide = eight_bytes();
    say!(place, "hidden case=uart-eight-bytes result={wide:x?}");
    place.begin_window();
    for (name, at) in [("nothing", NOTHING), ("device", UART)] {
        // SAFETY: nothing is cached there.
        let maintained = caught::during(|| unsafe {
            asm!("dc civac, {0}", "dc cvac, {0}", "dc ivac, {0}", "ic ivau, {0}", "dsb sy", "isb",
                in(reg) at);
        });
        say!(place, "hidden case=maintain-{name} result={maintained}");
    }
    place.begin_window();
    let mut after = 0_u64;
    // SAFETY: it is no call, and what it raises is caught: then the instruction after it runs.
    let call = caught::during(|| unsafe {
        asm!("smc #1", "add {0}, {0}, #1", inout(reg) after, inout("x0") -1_i64 => _);
    });
    say!(place, "hidden case=smc-1 result={call}, then {after}");
}

/// What QEMU's machine can't be asked: to its firmware any `HVC` is a call, and its CPU has the registers
/// of its maker, which act on what all partitions share.
pub fn run_in_partition(place: &Place) {
    // SAFETY: L2CTLR_EL1 and CPUECTLR_EL1 are read, or undefined and caught.
    let [shared, extended] = [
        caught::during(|| unsafe { asm!("mrs {}, s3_1_c11_c0_2", out(reg) _) }),
        caught::during(|| unsafe { asm!("mrs {}, s3_1_c15_c2_1", out(reg) _) }),
    ];
    say!(
        place,
        "machine case=makers-registers result={shared}, {extended}"
    );
    let mut after = 0_u64;
    // SAFETY: it is no call, and what it raises is caught: then the instruction after it runs.
    let call = caught::during(|| unsafe {
        asm!("hvc #1", "add {0}, {0}, #1", "hvc #0xea1", "add {0}, {0}, #1",
            inout(reg) after, inout("x0") -1_i64 => _, inout("x16") 17_u64 => _);
    });
    say!(
        place,
        "machine case=hvc-with-immediate result={call}, then {after}"
    );
}

/// `ID_AA64PFR0_EL1.GIC`.
fn has_redistributors() -> bool {
    let features: u64;
    // SAFETY: a constant.
    unsafe { asm!("mrs {}, id_aa64pfr0_el1", out(reg) features) };
    features >> 24 & 0xF != 0
}

/// A constant word, bits of interrupts, bytes of a word; in that order, whether each is right.
fn distributor() -> [bool; 4] {
    let kind = access!("ldr {value:w}, [{at}]", TYPE, 0);
    let reversed = big!("ldr {value:w}, [{at}]", TYPE, 0);
    let _ = big!("str {value:w}, [{at}]", ENABLE, 0x0000_0001);
    let enabled = access!("ldr {value:w}, [{at}]", ENABLE, 0);
    let _ = access!("str {value:w}, [{at}]", DISABLE, 0xFFFF_FFFF);
    let _ = big!("str {value:w}, [{at}]", PRIORITIES, 0x1020_3040);
    let priorities = access!("ldr {value:w}, [{at}]", PRIORITIES, 0);
    let first = big!("ldrb {value:w}, [{at}]", PRIORITIES, 0);
    let _ = access!("str {value:w}, [{at}]", PRIORITIES, 0);
    [
        kind != 0 && reversed == kind.swap_bytes() >> 32,
        enabled == 0x0100_0000,
        priorities == 0x4030_2010,
        first == 0x10,
    ]
}

/// A constant of eight bytes; bytes of a word; a sign that isn't one.
fn redistributor() -> [bool; 3] {
    let kind = access!("ldr {value}, [{at}]", REDISTRIBUTOR_TYPE, 0);
    let reversed = big!("ldr {value}, [{at}]", REDISTRIBUTOR_TYPE, 0);
    let before = access!("ldr {value:w}, [{at}]", PRIVATE_PRIORITIES, 0);
    let _ = big!("str {value:w}, [{at}]", PRIVATE_PRIORITIES, 0x1020_3080);
    let priorities = access!("ldr {value:w}, [{at}]", PRIVATE_PRIORITIES, 0);
    let extended = big!("ldrsw {value}, [{at}]", PRIVATE_PRIORITIES, 0);
    let _ = access!("str {value:w}, [{at}]", PRIVATE_PRIORITIES, before);
    [
        kind != 0 && reversed == kind.swap_bytes(),
        priorities == 0x8030_2010,
        extended == 0x1020_3080,
    ]
}

/// The same number of answers from a controller that has a CPU interface instead.
fn cpu_interface() -> [bool; 3] {
    let before = access!("ldr {value:w}, [{at}]", MASK, 0);
    let _ = big!("str {value:w}, [{at}]", MASK, 0x5000_0000);
    let mask = access!("ldr {value:w}, [{at}]", MASK, 0);
    let reversed = big!("ldr {value:w}, [{at}]", MASK, 0);
    let extended = big!("ldrsw {value}, [{at}]", MASK, 0);
    let _ = access!("str {value:w}, [{at}]", MASK, before);
    [
        mask == 0x50,
        reversed == 0x5000_0000,
        extended == 0x5000_0000,
    ]
}

/// Bytes, halfwords with and without a sign, words and eight bytes.
fn uart() -> [bool; 6] {
    let _ = big!("strh {value:w}, [{at}]", DIVISOR, 0x8012);
    let divisor = access!("ldr {value:w}, [{at}]", DIVISOR, 0);
    let half = big!("ldrh {value:w}, [{at}]", DIVISOR, 0);
    let extended = big!("ldrsh {value}, [{at}]", DIVISOR, 0);
    let byte = big!("ldrb {value:w}, [{at}]", DIVISOR, 0);
    let flags = big!("ldr {value:w}, [{at}]", FLAGS, 0);
    let _ = access!("str {value:w}, [{at}]", LOW_POWER, 0);
    let wide = big!("ldr {value}, [{at}]", LOW_POWER, 0);
    [
        divisor == 0x1280,
        half == 0x8012,
        extended == 0xFFFF_FFFF_FFFF_8012,
        byte == 0x80,
        flags == 0x9000_0000,
        wide == 0x1280_u64.swap_bytes() >> 32,
    ]
}

/// Flags and what isn't there; two registers written and read at once.
fn eight_bytes() -> [u64; 3] {
    let flags = access!("ldr {value}, [{at}]", FLAGS, 0);
    let _ = access!("str {value}, [{at}]", LOW_POWER, 0x4321_0000_0012);
    let divisor = access!("ldr {value:w}, [{at}]", DIVISOR, 0);
    let both = access!("ldr {value}, [{at}]", LOW_POWER, 0);
    [flags, divisor, both]
}
