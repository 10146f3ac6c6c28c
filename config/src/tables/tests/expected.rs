//! What each regime is to map, as it follows from a declaration: written without the builder.

use super::PAGE;
use crate::address::{MemoryRange, Pa};
use crate::board::{BoardFacts, CpuStart, InterruptController};
use crate::layout::Layout;
use crate::system::{Channel, ChannelKind, Partition, Port, RegionKind, System};

/// Attributes as the Arm ARM encodes them (D8.5), put together by hand.
mod bits {
    const SHAREABLE_ACCESSED: u64 = 0b11 << 8 | 1 << 10;
    const NEVER_EXECUTED: u64 = 1 << 54;

    pub const STAGE2_RAM: u64 = 0b11_1111 << 2 | SHAREABLE_ACCESSED;
    pub const STAGE2_FRAME_BUFFER: u64 = 0b11_0101 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
    pub const STAGE2_SHARED: [[u64; 2]; 2] = [
        [
            0b01_0101 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED,
            0b11_0101 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED,
        ],
        [
            0b01_1111 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED,
            0b11_1111 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED,
        ],
    ];
    pub const STAGE2_DEVICE: u64 = 0b11_0001 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
    pub const STAGE2_TEXT: u64 = 0b01_1111 << 2 | SHAREABLE_ACCESSED;
    pub const STAGE2_DATA: u64 = 0b11_1111 << 2 | SHAREABLE_ACCESSED | NEVER_EXECUTED;
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
pub(super) fn stage2_map(
    system: &System,
    partition: &Partition,
    board: &BoardFacts,
    passport: Pa,
) -> Vec<Expected> {
    let mut map: Vec<Expected> = partition
        .regions
        .iter()
        .map(|region| {
            let bits = match region.kind {
                RegionKind::Ram | RegionKind::Xen | RegionKind::Tender => bits::STAGE2_RAM,
                RegionKind::Text => bits::STAGE2_TEXT,
                RegionKind::Constant => bits::STAGE2_PASSPORT,
                RegionKind::Data => bits::STAGE2_DATA,
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
    for (channel, base, [written, taken]) in memories(system) {
        let is_cached = usize::from(channel.kind.memory().unwrap().is_cached);
        for (end, port) in ends(channel) {
            if port.partition == partition.name {
                let is_source = usize::from(end == 0);
                let at = port.window.0;
                let bits = bits::STAGE2_SHARED[is_cached];
                map.push((at..at + written, base, bits[is_source]));
                let page = at + written..at + written + taken;
                map.push((page, base + written, bits[1 - is_source]));
            }
        }
    }
    map.retain(|(range, ..)| !range.is_empty());
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

/// The ends of a channel, its source first.
fn ends(channel: &Channel) -> impl Iterator<Item = (usize, &Port)> {
    std::iter::once(&channel.source)
        .chain(channel.destinations)
        .enumerate()
}

/// Direct channels, where the memory of each lies, and the bytes that its source and its reader write.
fn memories(system: &System) -> Vec<(&Channel, u64, [u64; 2])> {
    let regions = system.partitions.iter().flat_map(|it| it.regions);
    let ram = regions.filter(|it| it.kind != RegionKind::FrameBuffer);
    let mut next = ram.map(|it| it.physical().end().0).max().unwrap_or(0);
    let mut all = Vec::new();
    for channel in system.channels {
        let (slots, taken) = match channel.kind {
            ChannelKind::DirectSampling { .. } => (4, 0),
            ChannelKind::DirectQueuing { depth, .. } => (u64::from(depth), PAGE),
            _ => continue,
        };
        let slot = (16 + u64::from(channel.message_bytes)).div_ceil(64) * 64;
        let written = (PAGE + slots * slot).div_ceil(PAGE) * PAGE;
        all.push((channel, next, [written, taken]));
        next += written + taken;
    }
    all
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
            RegionKind::FrameBuffer => bits::EL2_FRAME_BUFFER,
            _ => bits::EL2_DATA,
        };
        map.push(identity(region.physical(), bits));
    }
    for (channel, base, [written, taken]) in memories(system) {
        let bits = if channel.kind.memory().unwrap().is_cached {
            bits::EL2_DATA
        } else {
            bits::EL2_FRAME_BUFFER
        };
        map.push(identity(MemoryRange::new(Pa(base), written + taken), bits));
    }
    map
}
