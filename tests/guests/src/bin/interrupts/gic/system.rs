//! The CPU interface as system registers (IHI 0069, `ICC_*`).

use core::arch::asm;

/// Reads a register of the interface.
macro_rules! read {
    ($name:literal) => {{
        let value: u64;
        // SAFETY: the interface is this guest's.
        unsafe {
            asm!(concat!("mrs {}, ", $name), "dsb sy", out(reg) value, options(nostack));
        }
        #[allow(clippy::cast_possible_truncation, reason = "32 bits are used")]
        let value = value as u32;
        value
    }};
}

/// Writes one.
macro_rules! write {
    ($name:literal, $value:expr) => {
        // SAFETY: the interface is this guest's.
        unsafe {
            asm!(concat!("msr ", $name, ", {}"), "isb", in(reg) u64::from($value), options(nostack));
        }
    };
}

/// `ICC_CTLR_EL1.EOImode`.
const SPLIT_END: u32 = 1 << 1;

pub fn enable() {
    write!("icc_sre_el1", 7_u32);
}

pub fn set_interface(on: bool) {
    write!("icc_igrpen1_el1", u32::from(on));
}

pub fn set_mask(priority: u8) {
    write!("icc_pmr_el1", priority);
}

pub fn set_binary_point(point: u8) {
    write!("icc_bpr1_el1", point);
}

pub fn set_split_end(on: bool) {
    let rest = read!("icc_ctlr_el1") & !SPLIT_END;
    write!("icc_ctlr_el1", if on { rest | SPLIT_END } else { rest });
}

pub fn acknowledge() -> u32 {
    read!("icc_iar1_el1")
}

pub fn end(taken: u32) {
    write!("icc_eoir1_el1", taken);
}

pub fn deactivate(taken: u32) {
    write!("icc_dir_el1", taken);
}

pub fn running() -> u32 {
    read!("icc_rpr_el1")
}

pub fn highest_pending() -> u32 {
    read!("icc_hppir1_el1")
}

/// To this CPU, or to all others.
pub fn send(id: u32, others: bool) {
    let target = if others { 1 << 40 } else { 1_u64 };
    write!("icc_sgi1r_el1", u64::from(id) << 24 | target);
}
