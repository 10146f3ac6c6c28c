//! What a guest reads in the CPU's ID registers: the hardware's value, of which only what the guest
//! may use is left.
//!
//! `HCR_EL2.TID3` traps reads of the whole space `S3_0_C0_C1_0` to `S3_0_C0_C7_7` (Arm ARM DDI 0487,
//! `HCR_EL2`, "TID3"). [`value`] answers them from a table of fields that are known and harmless: a
//! field that isn't in it reads as zero, and so does a register without a row. A CPU that is newer
//! than the table therefore shows nothing that nobody has thought about, and of a field that grows,
//! no more than the largest value that the table knows.
//!
//! What is hidden is also trapped (`arch/cpu.rs`) or changes nothing but the guest itself, so that a
//! guest which tries it anyway gets nothing out of it.

mod table;
#[cfg(test)]
mod tests;

use crate::machine::register_names as name;
use paratia_config::each;
use table::ROWS;

/// What a partition was given beside the CPU itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// The performance monitors.
    pub pmu: bool,
    /// Breakpoints, watchpoints and single steps.
    pub debug: bool,
    /// The interrupt controller's CPU interface as system registers: GICv3, not GICv2.
    pub gic_system_registers: bool,
}

/// The ID registers whose hardware value [`value`] depends on, for the others are constants.
pub const HARDWARE: [u16; ROWS.len()] = {
    let mut all = [0; ROWS.len()];
    each! { index, row in ROWS => {
        all[index] = row.encoding;
    }}
    all
};

/// What the guest reads in the register `encoding`, of which the CPU says `hardware`; `None` if it
/// isn't one of the trapped space.
#[must_use]
pub fn value(encoding: u16, hardware: u64, grants: Grants) -> Option<u64> {
    if !is_id_register(encoding) {
        return None;
    }
    let row = ROWS.iter().find(|row| row.encoding == encoding);
    let fields = row.map_or(&[][..], |row| row.fields);
    Some(fields.iter().fold(0, |value, field| {
        let hardware = (hardware >> field.shift() & 0xF).to_le_bytes()[0];
        value | u64::from(field.shown.of(hardware, grants) & 0xF) << field.shift()
    }))
}

/// Whether `HCR_EL2.TID3` traps reads of this register: `CRm` 1 to 7 of `S3_0_C0`.
#[must_use]
pub const fn is_id_register(register: u16) -> bool {
    name::ID_PFR0_EL1 <= register && register <= name::S3_0_C0_C7_7
}

/// A register.
struct IdRegister {
    encoding: u16,
    fields: &'static [Field],
}

/// Four bits of a register. All fields in the table have four.
struct Field {
    /// Arm's name.
    #[cfg_attr(not(test), allow(dead_code, reason = "for the reader and the tests"))]
    name: &'static str,
    /// Its place: the n-th four bits.
    place: u8,
    shown: Shown,
}

impl Field {
    /// Its lowest bit.
    const fn shift(&self) -> u32 {
        (self.place & 0xF) as u32 * 4
    }
}

/// How much of a field a guest sees.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// This, whatever the hardware has.
    Always(u8),
    /// The hardware's, at most this. In fields like that a greater value is more of the same (DDI
    /// 0487, "Principles of the ID scheme for fields in ID registers").
    UpTo(u8),
    /// As [`Shown::UpTo`], but 8 to 15 stand for -8 to -1: less than nothing.
    SignedUpTo(u8),
    /// At most this with debug granted, else this.
    Debug { granted: u8, else_always: u8 },
    /// At most this with the PMU granted, unless it is 15, a PMU of the implementation's own.
    Pmu(u8),
    /// At most this with the interrupt controller's system registers granted.
    SystemRegisters(u8),
}

impl Shown {
    fn of(self, hardware: u8, grants: Grants) -> u8 {
        match self {
            Self::Always(value) => value,
            Self::UpTo(most) => hardware.min(most),
            Self::SignedUpTo(most) if hardware < 8 => hardware.min(most),
            Self::SignedUpTo(_) => hardware,
            Self::Debug { granted, .. } if grants.debug => hardware.min(granted),
            Self::Debug { else_always, .. } => else_always,
            Self::Pmu(most) if grants.pmu && hardware != 0xF => hardware.min(most),
            Self::SystemRegisters(most) if grants.gic_system_registers => hardware.min(most),
            Self::Pmu(_) | Self::SystemRegisters(_) => 0,
        }
    }
}
