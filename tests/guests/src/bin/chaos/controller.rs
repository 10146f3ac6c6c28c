//! The emulated interrupt controller, in every way that there is.

use core::arch::asm;
use core::sync::atomic::Ordering;

use paratia_runtime::passport::own;

use crate::access::{access, burst};
use crate::fresh::check_not_stale;
use crate::recover::CHAOS_TAKING;
use crate::script::{Action, Step};
use crate::timers;

/// Registers of the distributor (Arm IHI 0069, 12.9): enabled, pending, active, priority, trigger.
const CONTROL: u64 = 0;
const ENABLED: u64 = 0x100;
const PENDING: u64 = 0x200;
const ACTIVE: u64 = 0x300;
const TRIGGER: u64 = 0xC00;
const SEND: u64 = 0xF00;
/// Bytes of it where registers are, and of a redistributor's two frames.
const ROOM: u64 = 0x1000;
const REDISTRIBUTOR: u64 = 0x2_0000;

/// Performs a step at the interrupt controller.
pub fn perform(step: &Step) {
    let [distributor, other] = own().gic_bases;
    let is_v2 = own().gic_version == 2;
    let [_, b, c, ..] = step.values;
    match step.action {
        Action::Distributor => burst(step, distributor, ROOM),
        Action::CpuInterface if is_v2 => burst(step, other, 0x1010),
        Action::CpuInterface => {
            let frame = other + step.below(1, 4) * REDISTRIBUTOR + step.below(2, 2) * 0x1_0000;
            burst(step, frame, ROOM);
        }
        Action::InterfaceRegisters => interface_registers(step),
        Action::InterruptStorm => {
            write(distributor, CONTROL, 3);
            for block in 1..9 {
                write(distributor, TRIGGER + 8 * block, c);
                write(distributor, ENABLED + 4 * block, !0);
                write(distributor, PENDING + 4 * block, !0);
                if b & 1 == 0 {
                    write(distributor, ACTIVE + 4 * block, c);
                }
                check_not_stale();
            }
        }
        Action::SgiStorm => {
            for n in 0..step.below(0, 150) {
                // To all but itself, or to any, or to itself.
                if is_v2 {
                    write(distributor, SEND, (n & 3) << 24 | (b & 0xFF) << 16 | n & 15);
                } else {
                    let to = if c & 1 == 0 { 1 << 40 } else { b & 0xF };
                    // SAFETY: to this partition's own vCPUs.
                    unsafe {
                        asm!("msr icc_sgi1r_el1, {}", in(reg) to | (n & 15) << 24, options(nostack));
                    }
                }
                check_not_stale();
            }
        }
        Action::TakeInterrupts => {
            set_up(distributor, other, is_v2);
            CHAOS_TAKING.store(if c & 3 == 3 { 3 } else { 0 }, Ordering::Relaxed);
            timers::wake_within(step.below(1, 300));
            // SAFETY: the handler takes what comes.
            unsafe { asm!("msr daifclr, #3", options(nostack)) };
            timers::spin(step.below(0, 400));
        }
        _ => {}
    }
}

/// What isn't as after a reset at the distributor: where, and what is there. Before anything is set up.
pub fn not_as_after_reset() -> Option<(u64, u64)> {
    let [distributor, _] = own().gic_bases;
    for offset in [
        CONTROL,
        ENABLED + 4,
        PENDING + 4,
        ACTIVE + 4,
        TRIGGER + 8,
        TRIGGER + 12,
    ] {
        let value = read(distributor, offset);
        // A GICv3 says there that affinity routing is on (ARE) and that security is off (DS).
        let value = if offset == CONTROL { value & 3 } else { value };
        // A device's level may be high.
        if value != 0 && offset != PENDING + 4 {
            return Some((offset, value));
        }
    }
    None
}

fn read(base: u64, offset: u64) -> u64 {
    let register = core::ptr::with_exposed_provenance::<u32>((base + offset) as usize);
    // SAFETY: a register of this partition's emulated distributor.
    u64::from(unsafe { register.read_volatile() })
}

fn write(base: u64, offset: u64, value: u64) {
    access((base + offset) as usize, 2, true, value);
}

/// Lets everything through.
fn set_up(distributor: u64, other: u64, is_v2: bool) {
    write(distributor, CONTROL, 3);
    if is_v2 {
        write(distributor, ENABLED, !0);
        write(other, 4, 0xFF);
        write(other, 0, 1);
        return;
    }
    let own = other + crate::entry::number() as u64 * REDISTRIBUTOR + 0x1_0000;
    write(own, 0x80, !0);
    write(own, ENABLED, !0);
    // SAFETY: this vCPU's own CPU interface.
    unsafe {
        asm!("msr icc_pmr_el1, {}", "msr icc_igrpen1_el1, {}", "isb",
            in(reg) 0xFF_u64, in(reg) 1_u64, options(nostack));
    }
}

/// The system registers of the CPU interface; where there are none, that is a fault.
fn interface_registers(step: &Step) {
    let [_, b, ..] = step.values;
    macro_rules! some {
        ($($number:literal => $register:literal,)*) => {
            // SAFETY: this vCPU's own CPU interface; interrupts are masked.
            unsafe {
                match step.below(0, 24) {
                    $($number => asm!(concat!("msr ", $register, ", {}"), in(reg) b, options(nostack)),)*
                    12 => asm!("mrs {}, icc_iar1_el1", out(reg) _, options(nostack)),
                    13 => asm!("mrs {}, icc_iar0_el1", out(reg) _, options(nostack)),
                    14 => asm!("mrs {}, icc_hppir1_el1", out(reg) _, options(nostack)),
                    15 => asm!("mrs {}, icc_rpr_el1", out(reg) _, options(nostack)),
                    16 => asm!("mrs {0}, icc_iar1_el1", "msr icc_eoir1_el1, {0}", out(reg) _, options(nostack)),
                    17 => asm!("mrs {0}, icc_iar1_el1", "msr icc_dir_el1, {0}", out(reg) _, options(nostack)),
                    _ => asm!("mrs {}, icc_ctlr_el1", out(reg) _, options(nostack)),
                }
            }
        };
    }
    some! {
        0 => "icc_pmr_el1",
        1 => "icc_eoir1_el1",
        2 => "icc_eoir0_el1",
        3 => "icc_dir_el1",
        4 => "icc_ctlr_el1",
        5 => "icc_bpr1_el1",
        6 => "icc_bpr0_el1",
        7 => "icc_igrpen1_el1",
        8 => "icc_igrpen0_el1",
        9 => "icc_ap1r0_el1",
        10 => "icc_ap0r0_el1",
        11 => "icc_sgi1r_el1",
        18 => "icc_sgi0r_el1",
        19 => "icc_asgi1r_el1",
        20 => "icc_sre_el1",
    }
}
