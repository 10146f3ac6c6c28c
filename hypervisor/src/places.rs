//! Where a partition sees its emulated devices.

use paratia_config::machine::{UART_BYTES, VirtualGic, VirtualMachine};
use paratia_config::{BoardFacts, Ipa};

use crate::vgic::{Frame, Model};

/// An emulated device of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// The interrupt controller but for its CPU interface.
    Gic(Frame),
    /// The CPU interface, where the board lends none.
    CpuInterface,
    /// The UART.
    Uart,
}

/// The registers of a device: none where a partition doesn't have it.
#[derive(Clone, Copy, Debug)]
struct Place {
    base: u64,
    bytes: u64,
}

impl Place {
    const NONE: Self = Self { base: 0, bytes: 0 };

    const fn new(base: Ipa, bytes: u64) -> Self {
        Self {
            base: base.0,
            bytes,
        }
    }

    /// The place of an address in the registers.
    #[inline]
    fn offset(&self, ipa: u64) -> Option<u64> {
        let offset = ipa.wrapping_sub(self.base);
        (offset < self.bytes).then_some(offset)
    }
}

/// All of a partition's.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    distributor: Place,
    redistributors: Place,
    cpu_interface: Place,
    uart: Place,
}

impl Places {
    /// No device at all.
    pub const NONE: Self = Self {
        distributor: Place::NONE,
        redistributors: Place::NONE,
        cpu_interface: Place::NONE,
        uart: Place::NONE,
    };

    /// Those of a declared machine that sees a controller of `model`, with a CPU interface in software
    /// or the board's.
    #[must_use]
    pub const fn of(
        machine: &VirtualMachine,
        board: &BoardFacts,
        model: Model,
        is_software: bool,
    ) -> Self {
        let gic = &machine.gic;
        Self {
            distributor: Place::new(gic.distributor, gic.distributor_bytes(board)),
            redistributors: match model {
                Model::V3 => Place::new(gic.redistributors, machine.redistributors_bytes()),
                Model::V2 => Place::NONE,
            },
            cpu_interface: if is_software {
                Place::new(gic.cpu_interface, VirtualGic::CPU_INTERFACE_BYTES)
            } else {
                Place::NONE
            },
            uart: match machine.uart {
                Some(base) => Place::new(base, UART_BYTES),
                None => Place::NONE,
            },
        }
    }

    /// The device at a guest-physical address, and the place in its registers.
    #[must_use]
    pub fn find(&self, ipa: u64) -> Option<(Device, u64)> {
        if let Some((frame, offset)) = self.find_gic(ipa) {
            return Some((Device::Gic(frame), offset));
        }
        let rest = [
            (Device::CpuInterface, self.cpu_interface),
            (Device::Uart, self.uart),
        ];
        rest.into_iter()
            .find_map(|(device, place)| Some((device, place.offset(ipa)?)))
    }

    /// The part of the interrupt controller at a guest-physical address, and the place in it.
    #[inline]
    #[must_use]
    pub fn find_gic(&self, ipa: u64) -> Option<(Frame, u64)> {
        if let Some(offset) = self.distributor.offset(ipa) {
            return Some((Frame::Distributor, offset));
        }
        let offset = self.redistributors.offset(ipa)?;
        Some((Frame::Redistributors, offset))
    }
}

#[cfg(test)]
mod tests {
    use paratia_board_support::list;

    use super::*;

    #[test]
    fn a_device_is_found_from_its_first_byte_to_its_last() {
        let board = list::BOARDS[0].facts;
        let machine = VirtualMachine::VIRT.with_vcpus(2);
        let v3 = Places::of(&machine, board, Model::V3, false);
        let frame = Device::Gic(Frame::Redistributors);
        assert_eq!(v3.find(0x080A_0000), Some((frame, 0)));
        assert_eq!(v3.find(0x080D_FFFF), Some((frame, 0x3_FFFF)));
        assert_eq!(v3.find(0x080E_0000), None);
        assert_eq!(v3.find(0x0900_0018), Some((Device::Uart, 0x18)));
        assert_eq!(v3.find(0x0801_0000), None, "the board's own");
        let v2 = Places::of(&machine, board, Model::V2, true);
        assert_eq!(v2.find(0x080A_0000), None, "GICv2 has none");
        assert_eq!(v2.find(0x0801_1FFF), Some((Device::CpuInterface, 0x1FFF)));
    }
}
