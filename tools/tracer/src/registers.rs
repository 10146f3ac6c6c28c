//! What is looked at in the registers.

use paratia_plugin::Registers;

/// Why and where a guest was left.
#[derive(Clone, Copy, Debug)]
pub struct Exit {
    /// `ESR_EL2`.
    pub esr: u64,
    /// `FAR_EL2`.
    pub far: u64,
    /// `HPFAR_EL2`.
    pub hpfar: u64,
    /// `ELR_EL2`.
    pub elr: u64,
    /// `X0` to `X2`.
    pub general: [u64; 3],
}

/// Which guest goes on.
#[derive(Clone, Copy, Debug)]
pub struct Guest {
    /// `VTTBR_EL2`, whose VMID says which partition's memory it has.
    pub vttbr: u64,
    /// `VMPIDR_EL2`, which says which of its vCPUs it is.
    pub vmpidr: u64,
}

/// General register `X0` to `X30`; the zero register is 0.
pub fn general(registers: &mut Registers, number: u32) -> u64 {
    registers.value(&format!("x{number}"))
}

/// The counter's frequency, as firmware has set it.
pub fn frequency_hz(registers: &mut Registers) -> u64 {
    registers.value("cntfrq_el0")
}

impl Exit {
    /// Of a guest that was left right now.
    pub fn of(registers: &mut Registers) -> Self {
        Self {
            esr: registers.value("esr_el2"),
            far: registers.value("far_el2"),
            hpfar: registers.value("hpfar_el2"),
            elr: registers.value("elr_el2"),
            general: [0, 1, 2].map(|number| general(registers, number)),
        }
    }
}

impl Guest {
    /// The one that goes on right now.
    pub fn of(registers: &mut Registers) -> Self {
        Self {
            vttbr: registers.value("vttbr_el2"),
            vmpidr: registers.value("vmpidr_el2"),
        }
    }
}
