//! What each translation regime maps: EL2 its own parts and all partitions' memory, a partition
//! what is its own.

use super::attributes::Attributes;
use super::mapping::{Mapping, Mappings};
use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::board::{BoardFacts, CpuStart};
use crate::layout::Layout;
use crate::machine::VirtualGic;
use crate::system::{Partition, RegionKind, System};

/// Stage 1 of EL2, input equal to output. Nothing is both written and executed; the pages below
/// each stack stay unmapped, so that an overflow faults.
#[must_use]
pub(super) const fn el2(system: &System, board: &BoardFacts, layout: &Layout) -> Mappings {
    let mappings = own_parts(layout, system.cpu_count());
    let mappings = registers(mappings, board);
    partitions_memory(mappings, system)
}

/// Stage 2 of a partition: its regions, its devices, its passport, its CPU interface.
#[must_use]
pub(super) const fn stage2(
    partition: &Partition,
    board: &BoardFacts,
    passport: MemoryRange,
    record: Pa,
) -> Mappings {
    let mut mappings = Mappings::new().with(Mapping {
        input: partition.passport.0,
        output: passport.base.0,
        size_bytes: PAGE_BYTES,
        attributes: Attributes::STAGE2_PASSPORT,
    });
    if let Some(stolen_time) = partition.machine.stolen_time {
        mappings = mappings.with(Mapping {
            input: stolen_time.0,
            output: record.0,
            size_bytes: PAGE_BYTES,
            attributes: Attributes::STAGE2_PASSPORT,
        });
    }
    let mut index = 0;
    while index < partition.regions.len() {
        let region = &partition.regions[index];
        mappings = mappings.with(Mapping {
            input: region.ipa.0,
            output: region.pa.0,
            size_bytes: region.size_bytes,
            attributes: match region.kind {
                RegionKind::Ram => Attributes::STAGE2_RAM,
                RegionKind::FrameBuffer => Attributes::STAGE2_FRAME_BUFFER,
            },
        });
        index += 1;
    }
    mappings = virtual_cpu_interface(mappings, partition, board);
    partitions_devices(mappings, partition, board)
}

/// On a GICv2 with virtualisation extensions, what a guest takes for its CPU interface is the
/// hardware's virtual one, banked by CPU (Arm IHI 0048, 5.1). Elsewhere nothing is mapped there, and
/// the hypervisor answers.
const fn virtual_cpu_interface(
    mappings: Mappings,
    partition: &Partition,
    board: &BoardFacts,
) -> Mappings {
    let gic = &partition.machine.gic;
    match board.interrupt_controller.virtual_cpu_interface() {
        Some(range) if gic.version_on(board) == 2 => mappings.with(Mapping {
            input: gic.cpu_interface.0,
            output: range.base.0,
            size_bytes: VirtualGic::CPU_INTERFACE_BYTES,
            attributes: Attributes::STAGE2_DEVICE,
        }),
        _ => mappings,
    }
}

const fn own_parts(layout: &Layout, cpu_count: usize) -> Mappings {
    let mut mappings = Mappings::new()
        .identity(layout.text, Attributes::EL2_TEXT)
        .identity(layout.rodata, Attributes::EL2_CONSTANT)
        .identity(layout.tables, Attributes::EL2_CONSTANT)
        .identity(layout.passports, Attributes::EL2_CONSTANT)
        .identity(layout.records, Attributes::EL2_DATA)
        .identity(layout.data, Attributes::EL2_DATA)
        .identity(layout.crash, Attributes::EL2_DATA)
        .identity(layout.images, Attributes::EL2_CONSTANT);
    let mut cpu = 0;
    while cpu < cpu_count {
        mappings = mappings
            .identity(layout.emergency_stack(cpu), Attributes::EL2_DATA)
            .identity(layout.stack(cpu), Attributes::EL2_DATA);
        cpu += 1;
    }
    mappings
}

const fn registers(mut mappings: Mappings, board: &BoardFacts) -> Mappings {
    if let Some(device_tree) = board.device_tree {
        mappings = mappings.identity(device_tree, Attributes::EL2_CONSTANT);
    }
    mappings = mappings.identity(board.uart, Attributes::EL2_DEVICE);
    let mut index = 0;
    while let Some((_, range)) = board.interrupt_controller.registers(index) {
        mappings = mappings.identity(range, Attributes::EL2_DEVICE);
        index += 1;
    }
    if let CpuStart::SpinTable { page, .. } = board.cpu_start {
        // Whoever spins reads it with its caches off, so it is written past ours.
        mappings = mappings.identity(page, Attributes::EL2_DEVICE);
    }
    let mut index = 0;
    while index < board.hypervisor_devices.len() {
        mappings = mappings.identity(board.hypervisor_devices[index], Attributes::EL2_DEVICE);
        index += 1;
    }
    mappings
}

/// Every region of every partition, to load, scrub and copy messages.
const fn partitions_memory(mut mappings: Mappings, system: &System) -> Mappings {
    let mut partition = 0;
    while partition < system.partitions.len() {
        let regions = system.partitions[partition].regions;
        let mut index = 0;
        while index < regions.len() {
            let attributes = match regions[index].kind {
                RegionKind::Ram => Attributes::EL2_DATA,
                RegionKind::FrameBuffer => Attributes::EL2_FRAME_BUFFER,
            };
            mappings = mappings.identity(regions[index].physical(), attributes);
            index += 1;
        }
        partition += 1;
    }
    mappings
}

const fn partitions_devices(
    mut mappings: Mappings,
    partition: &Partition,
    board: &BoardFacts,
) -> Mappings {
    let mut index = 0;
    while index < partition.devices.len() {
        let owned = &partition.devices[index];
        if let Some(device) = board.device(owned.device) {
            mappings = mappings.with(Mapping {
                input: owned.ipa.0,
                output: device.registers.base.0,
                size_bytes: device.registers.size_bytes,
                attributes: Attributes::STAGE2_DEVICE,
            });
        }
        index += 1;
    }
    mappings
}
