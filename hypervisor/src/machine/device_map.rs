//! Where a partition sees its emulated devices.

pub use paratia_config::machines::{Place, Places};

use crate::machine::vgic::Frame;

/// An emulated device of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmulatedDevice {
    /// The interrupt controller but for its CPU interface.
    Gic(Frame),
    /// The CPU interface, where the board lends none.
    CpuInterface,
    /// The UART.
    Uart,
    /// The clock.
    Clock,
    /// The watchdog.
    Watchdog,
}

/// The place of an address in the registers of a device.
#[inline]
fn offset(place: &Place, ipa: u64) -> Option<u64> {
    let offset = ipa.wrapping_sub(place.base);
    (offset < place.bytes).then_some(offset)
}

/// The device at a guest-physical address, and the place in its registers.
#[must_use]
pub fn find(places: &Places, ipa: u64) -> Option<(EmulatedDevice, u64)> {
    if let Some((frame, offset)) = find_gic(places, ipa) {
        return Some((EmulatedDevice::Gic(frame), offset));
    }
    let rest = [
        (EmulatedDevice::CpuInterface, &places.cpu_interface),
        (EmulatedDevice::Uart, &places.uart),
        (EmulatedDevice::Clock, &places.clock),
        (EmulatedDevice::Watchdog, &places.watchdog),
    ];
    rest.into_iter()
        .find_map(|(device, place)| Some((device, offset(place, ipa)?)))
}

/// The part of the interrupt controller at a guest-physical address, and the place in it.
#[inline]
#[must_use]
pub fn find_gic(places: &Places, ipa: u64) -> Option<(Frame, u64)> {
    if let Some(offset) = offset(&places.distributor, ipa) {
        return Some((Frame::Distributor, offset));
    }
    let offset = offset(&places.redistributors, ipa)?;
    Some((Frame::Redistributors, offset))
}

#[cfg(test)]
mod tests {
    use paratia_board_support::list;
    use paratia_config::machine::VirtualMachine;

    use super::*;
    use crate::machine::vgic::Model;

    #[test]
    fn a_device_is_found_from_its_first_byte_to_its_last() {
        let board = list::BOARDS[0].facts;
        let machine = VirtualMachine::VIRT.with_vcpus(2);
        let v3 = Places::of(&machine, board, Model::V3, false);
        let frame = EmulatedDevice::Gic(Frame::Redistributors);
        assert_eq!(find(&v3, 0x080A_0000), Some((frame, 0)));
        assert_eq!(find(&v3, 0x080D_FFFF), Some((frame, 0x3_FFFF)));
        assert_eq!(find(&v3, 0x080E_0000), None);
        assert_eq!(find(&v3, 0x0900_0018), Some((EmulatedDevice::Uart, 0x18)));
        assert_eq!(find(&v3, 0x0801_0000), None, "the board's own");
        let v2 = Places::of(&machine, board, Model::V2, true);
        assert_eq!(find(&v2, 0x080A_0000), None, "GICv2 has none");
        assert_eq!(
            find(&v2, 0x0801_1FFF),
            Some((EmulatedDevice::CpuInterface, 0x1FFF))
        );
    }
}
