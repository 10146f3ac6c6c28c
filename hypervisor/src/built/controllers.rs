//! The board's interrupt controller, by the types that its drivers have.

use paratia_board_support::Drivers;
use paratia_board_support::interrupt::{self, Controller, ListForm, VirtualInterface as _};

use crate::base::bits::bits_of;
use crate::built::chosen::SelectedBoard;
use crate::machine::vgic::{FIRST_SHARED, ListRegister};

/// The kind of controller.
pub type BoardController = <SelectedBoard as Drivers>::Interrupts;
/// The devices' interrupts.
pub type Distributor = <BoardController as Controller>::Distributor;
/// A CPU's private interrupts.
pub type PrivateInterrupts = <BoardController as Controller>::PrivateInterrupts;
/// A CPU's way to take interrupts.
pub type CpuInterface = <BoardController as Controller>::CpuInterface;
/// A CPU's way to hand interrupts to guests.
pub type VirtualInterface = <BoardController as Controller>::VirtualInterface;
/// A guest's CPU interface beside its list registers.
pub type VirtualState = <VirtualInterface as interrupt::VirtualInterface>::State;

/// [`VirtualState`] after reset.
pub const RESET: VirtualState = VirtualInterface::RESET;
/// The form of list registers.
pub const FORM: ListForm = VirtualInterface::FORM;
/// List registers that are used; boot refuses a board with fewer, unless it has none.
pub const LIST_REGISTERS: usize = 4;

/// A list register's value, in the board's form.
#[inline]
#[must_use]
pub fn to_value(register: ListRegister) -> u64 {
    match FORM {
        ListForm::V3 | ListForm::None => register.to_v3(),
        ListForm::V2 => ListRegister {
            notify_end: register.notify_end || ends_by_notice(register),
            ..register
        }
        .to_v2()
        .into(),
    }
}

/// Whether the guest's end of an interrupt doesn't end the physical one behind it by itself: the
/// hypervisor is told of it and does. So it is with one whose next turn waits already; and with a
/// device's on a GICv2, of which QEMU's (`gic_complete_irq`) deactivates the physical interrupt but
/// doesn't look whether its level is still high, so that it wouldn't come again.
#[inline]
#[must_use]
pub const fn ends_by_notice(register: ListRegister) -> bool {
    let is_device_on_v2 = matches!(FORM, ListForm::V2) && register.intid >= FIRST_SHARED;
    register.physical.is_some() && (register.notify_end || is_device_on_v2)
}

/// Whether software-generated interrupts can't be disabled: IHI 0048 leaves it to the implementation
/// (4.3.5), and the GIC-400 and QEMU leave them on.
pub const KICKS_STAY_ENABLED: bool = matches!(FORM, ListForm::V2);

/// A list register from its value.
#[inline]
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "GICv2's have 32 bits")]
pub fn from_value(value: u64) -> ListRegister {
    match FORM {
        ListForm::V3 | ListForm::None => ListRegister::from_v3(value),
        ListForm::V2 => ListRegister::from_v2(value as u32),
    }
}

/// The list registers in a set, bit n for the n-th.
pub fn each(listed: u32) -> impl Iterator<Item = usize> {
    bits_of(listed)
}
