//! What each translation regime maps: EL2 its own parts and all partitions' memory, a partition
//! what is its own.

use super::attributes::Attributes;
use super::channel_memory;
use super::mapping::{MAX_EL2_MAPPINGS, MAX_STAGE2_MAPPINGS, Mapping, Mappings};
use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::board::{BoardFacts, CpuStart};
use crate::each;
use crate::layout::Layout;
use crate::machine::VirtualGic;
use crate::system::{Partition, RegionKind, System};

/// Stage 1 of EL2, input equal to output. Nothing is both written and executed; the pages below
/// each stack stay unmapped, so that an overflow faults.
#[must_use]
pub(super) const fn el2(system: &System, board: &BoardFacts, layout: &Layout) -> El2 {
    let mut mappings = El2::new();
    own_parts(&mut mappings, layout, system.cpu_count());
    registers(&mut mappings, board);
    partitions_memory(&mut mappings, system);
    channels_memory(&mut mappings, system, board);
    mappings
}

/// The mappings of EL2.
pub type El2 = Mappings<MAX_EL2_MAPPINGS>;
/// The mappings of a partition.
pub type Stage2 = Mappings<MAX_STAGE2_MAPPINGS>;

/// Stage 2 of a partition: its regions, its devices, its channels' memory, its passport, its CPU interface.
#[must_use]
pub(super) const fn stage2(
    system: &System,
    partition: &Partition,
    board: &BoardFacts,
    passport: MemoryRange,
    record: Pa,
) -> Stage2 {
    let mut mappings = Stage2::new();
    mappings.add(Mapping {
        input: partition.passport.0,
        output: passport.base.0,
        size_bytes: PAGE_BYTES,
        attributes: Attributes::STAGE2_PASSPORT,
    });
    if let Some(stolen_time) = partition.machine.stolen_time {
        mappings.add(Mapping {
            input: stolen_time.0,
            output: record.0,
            size_bytes: PAGE_BYTES,
            attributes: Attributes::STAGE2_PASSPORT,
        });
    }
    each! { region in partition.regions => {
        mappings.add(Mapping {
            input: region.ipa.0,
            output: region.pa.0,
            size_bytes: region.size_bytes,
            attributes: match region.kind {
                RegionKind::Ram | RegionKind::Xen | RegionKind::Tender => Attributes::STAGE2_RAM,
                RegionKind::Text => Attributes::STAGE2_TEXT,
                RegionKind::Constant => Attributes::STAGE2_CONSTANT,
                RegionKind::Data => Attributes::STAGE2_DATA,
                RegionKind::FrameBuffer => Attributes::STAGE2_FRAME_BUFFER,
            },
        });
    }}
    let views = channel_memory::views(system, board, partition.name);
    each! { view in &views => {
        mappings.add(Mapping {
            input: view.ipa.0,
            output: view.physical.base.0,
            size_bytes: view.physical.size_bytes,
            attributes: view.attributes(),
        });
    }}
    virtual_cpu_interface(&mut mappings, partition, board);
    partitions_devices(&mut mappings, partition, board);
    mappings
}

/// On a GICv2 with virtualisation extensions, what a guest takes for its CPU interface is the
/// hardware's virtual one, banked by CPU (Arm IHI 0048, 5.1). Elsewhere nothing is mapped there, and
/// the hypervisor answers.
const fn virtual_cpu_interface(mappings: &mut Stage2, partition: &Partition, board: &BoardFacts) {
    let gic = &partition.machine.gic;
    if let Some(range) = board.interrupt_controller.virtual_cpu_interface()
        && gic.version_on(board) == 2
    {
        mappings.add(Mapping {
            input: gic.cpu_interface.0,
            output: range.base.0,
            size_bytes: VirtualGic::CPU_INTERFACE_BYTES,
            attributes: Attributes::STAGE2_DEVICE,
        });
    }
}

const fn own_parts(mappings: &mut El2, layout: &Layout, cpu_count: usize) {
    mappings.add_identity(layout.text, Attributes::EL2_TEXT);
    mappings.add_identity(layout.rodata, Attributes::EL2_CONSTANT);
    mappings.add_identity(layout.tables, Attributes::EL2_CONSTANT);
    mappings.add_identity(layout.passports, Attributes::EL2_CONSTANT);
    mappings.add_identity(layout.records, Attributes::EL2_DATA);
    mappings.add_identity(layout.data, Attributes::EL2_DATA);
    mappings.add_identity(layout.crash, Attributes::EL2_DATA);
    mappings.add_identity(layout.images, Attributes::EL2_CONSTANT);
    each! { cpu below cpu_count => {
        mappings.add_identity(layout.emergency_stack(cpu), Attributes::EL2_DATA);
        mappings.add_identity(layout.stack(cpu), Attributes::EL2_DATA);
    }}
}

const fn registers(mappings: &mut El2, board: &BoardFacts) {
    if let Some(device_tree) = board.device_tree {
        mappings.add_identity(device_tree, Attributes::EL2_CONSTANT);
    }
    mappings.add_identity(board.uart, Attributes::EL2_DEVICE);
    let mut index = 0;
    while let Some((_, range)) = board.interrupt_controller.registers(index) {
        mappings.add_identity(range, Attributes::EL2_DEVICE);
        index += 1;
    }
    if let CpuStart::SpinTable { page, .. } = board.cpu_start {
        // Whoever spins reads it with its caches off, so it is written past ours.
        mappings.add_identity(page, Attributes::EL2_DEVICE);
    }
    each! { range in board.hypervisor_devices => {
        mappings.add_identity(*range, Attributes::EL2_DEVICE);
    }}
}

/// Every region of every partition, to load, scrub and copy messages.
const fn partitions_memory(mappings: &mut El2, system: &System) {
    each! { partition in system.partitions => {
        let regions = partition.regions;
        each! { region in regions => {
            let attributes = match region.kind {
                RegionKind::FrameBuffer => Attributes::EL2_FRAME_BUFFER,
                _ => Attributes::EL2_DATA,
            };
            mappings.add_identity(region.physical(), attributes);
        }}
    }}
}

/// Every channel's own memory, to scrub it: as the type of memory that its ends see.
const fn channels_memory(mappings: &mut El2, system: &System, board: &BoardFacts) {
    each! { index, channel in system.channels => {
        if let Some(memory) = channel.kind.memory() {
            let attributes = if memory.is_cached {
                Attributes::EL2_DATA
            } else {
                Attributes::EL2_FRAME_BUFFER
            };
            mappings.add_identity(channel_memory::of(system, board, index), attributes);
        }
    }}
}

const fn partitions_devices(mappings: &mut Stage2, partition: &Partition, board: &BoardFacts) {
    each! { owned in partition.devices => {
        if let Some(device) = board.device(owned.device) {
            mappings.add(Mapping {
                input: owned.ipa.0,
                output: device.registers.base.0,
                size_bytes: device.registers.size_bytes,
                attributes: Attributes::STAGE2_DEVICE,
            });
        }
    }}
}
