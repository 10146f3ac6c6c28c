//! The registers that a guest reaches and no trap covers, written down from the Arm ARM (DDI 0487, D24, and
//! D19.2 for those of EL2 that hold a guest's): each must be carried from a guest's exit to its next entry.
//!
//! Everything else that EL1 and EL0 could reach is trapped, constant for all guests, or granted to some
//! (`docs/registers.md`); that those traps are on is asked elsewhere ([`crate::reach`], and the tests of whole
//! images).

use super::value::Register;
use crate::code::word::Encoding;

/// Where a register must be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// On every way.
    Always,
    /// On ways for CPUs that have it: a way carries it wholly or doesn't touch it, and one does carry it.
    WhereItIs,
}

/// System registers: name, encoding, and where they are needed.
const SYSTEM: [(&str, Encoding, Need); 32] = [
    ("ELR_EL2", [3, 4, 4, 0, 1], Need::Always),
    ("SPSR_EL2", [3, 4, 4, 0, 0], Need::Always),
    ("FPCR", [3, 3, 4, 4, 0], Need::Always),
    ("FPSR", [3, 3, 4, 4, 1], Need::Always),
    ("SP_EL0", [3, 0, 4, 1, 0], Need::Always),
    ("SP_EL1", [3, 4, 4, 1, 0], Need::Always),
    ("ELR_EL1", [3, 0, 4, 0, 1], Need::Always),
    ("SPSR_EL1", [3, 0, 4, 0, 0], Need::Always),
    ("SCTLR_EL1", [3, 0, 1, 0, 0], Need::Always),
    ("CPACR_EL1", [3, 0, 1, 0, 2], Need::Always),
    ("TTBR0_EL1", [3, 0, 2, 0, 0], Need::Always),
    ("TTBR1_EL1", [3, 0, 2, 0, 1], Need::Always),
    ("TCR_EL1", [3, 0, 2, 0, 2], Need::Always),
    ("MAIR_EL1", [3, 0, 10, 2, 0], Need::Always),
    ("AMAIR_EL1", [3, 0, 10, 3, 0], Need::Always),
    ("VBAR_EL1", [3, 0, 12, 0, 0], Need::Always),
    ("CONTEXTIDR_EL1", [3, 0, 13, 0, 1], Need::Always),
    ("ESR_EL1", [3, 0, 5, 2, 0], Need::Always),
    ("FAR_EL1", [3, 0, 6, 0, 0], Need::Always),
    ("PAR_EL1", [3, 0, 7, 4, 0], Need::Always),
    ("AFSR0_EL1", [3, 0, 5, 1, 0], Need::Always),
    ("AFSR1_EL1", [3, 0, 5, 1, 1], Need::Always),
    ("TPIDR_EL0", [3, 3, 13, 0, 2], Need::Always),
    ("TPIDRRO_EL0", [3, 3, 13, 0, 3], Need::Always),
    ("TPIDR_EL1", [3, 0, 13, 0, 4], Need::Always),
    ("CSSELR_EL1", [3, 2, 0, 0, 0], Need::Always),
    ("CNTKCTL_EL1", [3, 0, 14, 1, 0], Need::Always),
    ("VMPIDR_EL2", [3, 4, 0, 0, 5], Need::Always),
    ("CNTV_CVAL_EL0", [3, 3, 14, 3, 2], Need::Always),
    ("CNTV_CTL_EL0", [3, 3, 14, 3, 1], Need::Always),
    ("VDISR_EL2", [3, 4, 12, 1, 1], Need::WhereItIs),
    ("TPIDR2_EL0", [3, 3, 13, 0, 5], Need::WhereItIs),
];

/// A GICv3's registers behind which a guest's CPU interface is (Arm IHI 0069, 12.4).
const INTERFACE: [(&str, Encoding); 3] = [
    ("ICH_VMCR_EL2", [3, 4, 12, 11, 7]),
    ("ICH_AP0R0_EL2", [3, 4, 12, 8, 0]),
    ("ICH_AP1R0_EL2", [3, 4, 12, 9, 0]),
];

/// A GICv2's, by their offset in its page (Arm IHI 0048, 5.3): `GICH_VMCR` and `GICH_APR`.
pub const INTERFACE_IN_MEMORY: [(&str, i64); 2] = [("GICH_VMCR", 0x8), ("GICH_APR", 0xF0)];

/// What confines the guest that runs: its stage 2, and its traps.
pub const CONFINING: [(&str, Encoding); 2] =
    [("VTTBR_EL2", [3, 4, 2, 1, 0]), ("HCR_EL2", [3, 4, 1, 1, 0])];

/// The CPU interface that a guest sees, and what of it is in hardware.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interface {
    /// GICv3: system registers.
    #[default]
    SystemRegisters,
    /// GICv2: a page of registers.
    Memory,
    /// Emulated: nothing.
    Emulated,
}

/// All registers that must be carried where the CPU interface is this.
#[must_use]
pub fn carried(interface: Interface) -> Vec<(Register, Need)> {
    let general = (0..31).map(Register::General);
    let vector = (0..32).map(Register::Vector);
    let always = general
        .chain(vector)
        .map(|register| (register, Need::Always));
    let system = SYSTEM.map(|(_, encoding, need)| (Register::System(encoding), need));
    let interface: &[_] = match interface {
        Interface::SystemRegisters => &INTERFACE,
        Interface::Memory | Interface::Emulated => &[],
    };
    let interface = interface.iter();
    let interface = interface.map(|(_, encoding)| (Register::System(*encoding), Need::Always));
    always.chain(system).chain(interface).collect()
}

/// What a register of the table is called.
#[must_use]
pub fn name(encoding: Encoding) -> Option<&'static str> {
    let system = SYSTEM.iter().map(|(name, encoding, _)| (*name, *encoding));
    let mut all = system.chain(INTERFACE).chain(CONFINING);
    all.find(|(_, it)| *it == encoding).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_register_is_there_once() {
        let mut all = carried(Interface::SystemRegisters);
        let count = all.len();
        all.sort_by_key(|(register, _)| *register);
        all.dedup_by_key(|(register, _)| *register);
        assert_eq!((all.len(), count), (98, 98));
    }
}
