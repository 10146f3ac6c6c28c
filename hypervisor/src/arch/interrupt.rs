//! The virtual interrupt interface (`ICH_*`, Arm IHI 0069, 12.4): handing interrupts to a guest
//! through list registers.

use super::registers::{read_register, write_register};

/// List registers that are used; boot refuses a board with fewer.
pub const LIST_REGISTERS: usize = 4;

/// List registers that the CPU has.
#[must_use]
pub fn list_registers_found() -> usize {
    (read_register!("ich_vtr_el2") & 0x1F) as usize + 1
}

/// Priority that guests see on every interrupt.
const PRIORITY: u64 = 0xA0;
const STATE_PENDING: u64 = 0b01 << 62;
const STATE_MASK: u64 = 0b11 << 62;
const HARDWARE: u64 = 1 << 61;
const GROUP_1: u64 = 1 << 60;

/// The hypervisor's interface enabled for the guest.
const HCR_ENABLE: u64 = 1;
/// A maintenance interrupt when at most one list register is in use.
const HCR_UNDERFLOW: u64 = 1 << 1;

/// Shows the guest its pending interrupts, from now on.
pub fn enable(underflow: bool) {
    let value = HCR_ENABLE | if underflow { HCR_UNDERFLOW } else { 0 };
    // SAFETY: the list registers hold the state of the guest that runs next.
    unsafe { write_register!("ich_hcr_el2", value) };
}

/// Hides all virtual interrupts: so that a pending one doesn't wake this CPU while no guest runs.
pub fn disable() {
    // SAFETY: only the delivery to guests depends on it, and none runs now.
    unsafe { write_register!("ich_hcr_el2", 0_u64) };
}

/// Whether the guest has a pending interrupt in its list registers.
#[must_use]
pub fn is_pending() -> bool {
    (0..LIST_REGISTERS).any(|index| read_list(index) & STATE_MASK == STATE_PENDING)
}

/// Makes `id` pending for the guest; its end also ends the physical interrupt if `physical`.
/// Whether there was room.
#[must_use]
pub fn inject(id: u32, physical: bool) -> bool {
    let id = u64::from(id);
    let entry = STATE_PENDING
        | GROUP_1
        | PRIORITY << 48
        | if physical { HARDWARE | id << 32 } else { 0 }
        | id;
    for index in 0..LIST_REGISTERS {
        let held = read_list(index);
        if held & STATE_MASK != 0 && held & 0xFFFF_FFFF == id {
            // Pending again while it is being handled; a hardware one can't be.
            write_list(index, held | STATE_PENDING);
            return true;
        }
    }
    for index in 0..LIST_REGISTERS {
        if read_list(index) & STATE_MASK == 0 {
            write_list(index, entry);
            return true;
        }
    }
    false
}

fn read_list(index: usize) -> u64 {
    match index {
        0 => read_register!("ich_lr0_el2"),
        1 => read_register!("ich_lr1_el2"),
        2 => read_register!("ich_lr2_el2"),
        _ => read_register!("ich_lr3_el2"),
    }
}

fn write_list(index: usize, value: u64) {
    // SAFETY: a list register of the guest whose state is loaded on this CPU.
    unsafe {
        match index {
            0 => write_register!("ich_lr0_el2", value),
            1 => write_register!("ich_lr1_el2", value),
            2 => write_register!("ich_lr2_el2", value),
            _ => write_register!("ich_lr3_el2", value),
        }
    }
}
