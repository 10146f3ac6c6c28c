//! What each regime is to map, as it follows from a declaration: written without the builder.

use super::PAGE;
use crate::address::{MemoryRange, Pa};
use crate::board::{BoardFacts, CpuStart, InterruptController};
use crate::layout::Layout;
use crate::system::{Partition, RegionKind, System};

/// Attributes as the Arm ARM encodes them (D8.5), put together by hand.
mod bits {
    const SHAREABLE_ACCESSED: u64 = 0b11 << 8 | 1 << 10;
    const NEVER_EXECUTED: u64 = 1 << 54;

    pub const STAGE2_RAM: u64 = 0b11_1111 << 2 | SHAREABLE_ACCESSED;
    pub const STAGE2_FRAME_BUFFER: u64 = 0b11_0101 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
    pub const STAGE2_DEVICE: u64 = 0b11_0001 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
    pub const STAGE2_PASSPORT: u64 = 0b01_1111 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;

    pub const EL2_TEXT: u64 = 0b11_0001 << 2 | SHAREABLE_ACCESSED;
    pub const EL2_CONSTANT: u64 = EL2_TEXT | NEVER_EXECUTED;
    pub const EL2_DATA: u64 = 0b01_0001 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
    pub const EL2_FRAME_BUFFER: u64 = 0b01_0010 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
    pub const EL2_DEVICE: u64 = 0b01_0000 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
}

/// A range of input addresses, its output, its attributes.
pub(super) type Expected = (std::ops::Range<u64>, u64, u64);

/// What a partition reaches.
pub(super) fn stage2_map(partition: &Partition, board: &BoardFacts, passport: Pa) -> Vec<Expected> {
    let mut map: Vec<Expected> = partition
        .regions
        .iter()
        .map(|region| {
            let bits = match region.kind {
                RegionKind::Ram => bits::STAGE2_RAM,
                RegionKind::FrameBuffer => bits::STAGE2_FRAME_BUFFER,
            };
            (region.ipa.0..region.ipa_end().0, region.pa.0, bits)
        })
        .collect();
    for owned in partition.devices {
        let registers = board.device(owned.device).unwrap().registers;
        let range = owned.ipa.0..owned.ipa.0 + registers.size_bytes;
        map.push((range, registers.base.0, bits::STAGE2_DEVICE));
    }
    let page = partition.passport.0..partition.passport.0 + PAGE;
    map.push((page, passport.0, bits::STAGE2_PASSPORT));
    if let InterruptController::GicV2 {
        virtual_cpu_interface: range,
        ..
    } = board.interrupt_controller
    {
        let guests = 0x0801_0000..0x0801_2000;
        map.push((guests, range.base.0, bits::STAGE2_DEVICE));
    }
    map
}

/// What the hypervisor reaches.
pub(super) fn el2_map(system: &System, board: &BoardFacts, layout: &Layout) -> Vec<Expected> {
    let identity = |range: MemoryRange, bits| (range.base.0..range.end().0, range.base.0, bits);
    let controller = match board.interrupt_controller {
        InterruptController::GicV3 {
            distributor,
            redistributors,
        } => vec![distributor, redistributors],
        InterruptController::GicV2 {
            distributor,
            cpu_interface,
            hypervisor_interface,
            ..
        } => vec![distributor, cpu_interface, hypervisor_interface],
        InterruptController::Bcm2836 { local, devices } => vec![local, devices],
    };
    let mut map = vec![
        identity(layout.text, bits::EL2_TEXT),
        identity(layout.rodata, bits::EL2_CONSTANT),
        identity(layout.tables, bits::EL2_CONSTANT),
        identity(layout.passports, bits::EL2_CONSTANT),
        identity(layout.images, bits::EL2_CONSTANT),
        identity(board.device_tree.unwrap(), bits::EL2_CONSTANT),
        identity(layout.data, bits::EL2_DATA),
        identity(layout.crash, bits::EL2_DATA),
        identity(board.uart, bits::EL2_DEVICE),
    ];
    map.extend(
        controller
            .into_iter()
            .map(|range| identity(range, bits::EL2_DEVICE)),
    );
    if let CpuStart::SpinTable { page, .. } = board.cpu_start {
        map.push(identity(page, bits::EL2_DEVICE));
    }
    for cpu in 0..system.cpu_count() {
        map.push(identity(layout.stack(cpu), bits::EL2_DATA));
        map.push(identity(layout.emergency_stack(cpu), bits::EL2_DATA));
    }
    for device in board.hypervisor_devices {
        map.push(identity(*device, bits::EL2_DEVICE));
    }
    for region in system
        .partitions
        .iter()
        .flat_map(|partition| partition.regions)
    {
        let bits = match region.kind {
            RegionKind::Ram => bits::EL2_DATA,
            RegionKind::FrameBuffer => bits::EL2_FRAME_BUFFER,
        };
        map.push(identity(region.physical(), bits));
    }
    map
}
