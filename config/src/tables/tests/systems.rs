//! Random systems: what each partition and the hypervisor itself can reach.

use proptest::prelude::*;

use super::board::TestBoard;
use super::expected::{Expected, el2_map, stage2_map};
use super::random;
use super::walker::walk;
use super::{PAGE, TWO_MIB, largest_leaf, pages_to_look_at};
use crate::address::{Ipa, MemoryRange, Pa};
use crate::board::{Board, BoardFacts, CpuStart, InterruptController};
use crate::layout::{Layout, MAX_PARTITIONS};
use crate::machine::GicVersion;
use crate::passport::passports;
use crate::ports::port_table;
use crate::rules::findings;
use crate::system::{DeviceUse, Partition, Region, RegionKind, System};
use crate::systems::cluster::Definition;
use crate::tables::pool::Pool;
use crate::tables::regimes::stage2;
use crate::tables::{Tables, build, fill, layout, stage2_roots, table_count, vttbr};

const BOARD: BoardFacts = TestBoard::FACTS;
/// The same with a GICv2, of which guests see the virtual CPU interface.
const GICV2_BOARD: BoardFacts = BoardFacts {
    interrupt_controller: InterruptController::GicV2 {
        distributor: MemoryRange::new(Pa(0x0800_0000), 0x1000),
        cpu_interface: MemoryRange::new(Pa(0x0801_0000), 0x2000),
        hypervisor_interface: MemoryRange::new(Pa(0x0803_0000), 0x1_0000),
        virtual_cpu_interface: MemoryRange::new(Pa(0x0804_0000), 0x1_0000),
    },
    ..BOARD
};
/// The same without a GIC, and with a spin table.
const BCM2836_BOARD: BoardFacts = BoardFacts {
    interrupt_controller: InterruptController::Bcm2836 {
        local: MemoryRange::new(Pa(0x0800_0000), 0x1000),
        devices: MemoryRange::new(Pa(0x0801_0000), 0x1000),
    },
    cpu_start: CpuStart::SpinTable {
        page: MemoryRange::new(Pa(0), 0x1000),
        first_slot: 0xD8,
    },
    ..BOARD
};
const CLUSTER: System = Definition::<TestBoard>::SYSTEM;
const PASSPORT: Ipa = Ipa(0x10_0000_0000);
const DEVICE: Ipa = Ipa(0x0901_0000);

/// The regime at `root` maps what is expected, by the largest leaves, and nothing beside it.
fn assert_maps(tables: &[[u64; 512]], base: Pa, root: Pa, map: &[Expected]) {
    for (range, output, attributes) in map {
        for input in pages_to_look_at(range) {
            let leaf = walk(tables, base.0, root.0, input)
                .unwrap_or_else(|| panic!("{input:#x} of {range:x?} isn't mapped"));
            assert_eq!(leaf.output, output + (input - range.start), "{input:#x}");
            assert_eq!(leaf.attributes, *attributes, "{input:#x}");
            let largest = largest_leaf(range, *output, input);
            assert_eq!(leaf.leaf_bytes, largest, "{input:#x}");
        }
        for beside in [range.start.wrapping_sub(PAGE), range.end] {
            let expected = map.iter().any(|(range, _, _)| range.contains(&beside));
            let found = walk(tables, base.0, root.0, beside).is_some();
            assert_eq!(found, expected, "{beside:#x} beside {range:x?}");
        }
    }
    let expected: u64 = map
        .iter()
        .map(|(range, _, _)| range.end - range.start)
        .sum();
    assert_eq!(mapped_bytes(tables, base, root, 1), expected);
}

/// Bytes that all leaves below a table map together.
fn mapped_bytes(tables: &[[u64; 512]], base: Pa, table: Pa, level: u32) -> u64 {
    let index = usize::try_from((table.0 - base.0) / PAGE).unwrap();
    tables[index]
        .iter()
        .filter(|descriptor| **descriptor != 0)
        .map(|descriptor| {
            if level < 3 && descriptor & 0b11 == 0b11 {
                let next = Pa(descriptor & 0x0000_FFFF_FFFF_F000);
                mapped_bytes(tables, base, next, level + 1)
            } else {
                1 << (12 + 9 * (3 - level))
            }
        })
        .sum()
}

fn assert_system(system: &System, board: &BoardFacts, tables: &[[u64; 512]], layout: &Layout) {
    let base = layout.tables.base;
    assert_maps(tables, base, base, &el2_map(system, board, layout));
    let roots: [Pa; MAX_PARTITIONS] = stage2_roots(system, board);
    for (index, partition) in system.partitions.iter().enumerate() {
        let root = roots[index];
        let map = stage2_map(system, partition, board, layout.passport(index));
        assert_maps(tables, base, root, &map);
    }
}

#[test]
fn the_cluster_as_a_constant() {
    const COUNT: usize = table_count(&CLUSTER, &BOARD);
    static TABLES: Tables<COUNT> = build(&CLUSTER, &BOARD);
    assert_eq!(COUNT, 17);
    assert_system(&CLUSTER, &BOARD, &TABLES.0, &layout(&CLUSTER, &BOARD));
}

/// Translations of two partitions are never taken for each other's. On QEMU nobody would notice: it
/// forgets all of them whenever a switch writes `TCR_EL1`.
#[test]
fn every_partition_has_a_vmid_of_its_own() {
    let values: [u64; MAX_PARTITIONS] = vttbr(&CLUSTER, &BOARD);
    let roots: [Pa; MAX_PARTITIONS] = stage2_roots(&CLUSTER, &BOARD);
    for (index, (value, root)) in values.iter().zip(roots).enumerate() {
        // Bits 63:48 (Arm ARM DDI 0487, VTTBR_EL2), of which every CPU has the lower eight. 0 is what a
        // CPU may start with.
        let vmid = value >> 48;
        assert!((1..=0xFF).contains(&vmid), "{index}: {vmid}");
        let has_it = |other: &u64| other >> 48 == vmid;
        assert_eq!(values.iter().filter(|other| has_it(other)).count(), 1);
        assert_eq!(value & 0xFFFF_FFFF_FFFF, root.0, "CnP, bit 0, is clear");
    }
}

#[test]
fn below_each_stack_a_page_is_missing() {
    const COUNT: usize = table_count(&CLUSTER, &BOARD);
    static TABLES: Tables<COUNT> = build(&CLUSTER, &BOARD);
    let layout = layout(&CLUSTER, &BOARD);
    let base = layout.tables.base.0;
    for cpu in 0..CLUSTER.cpu_count() {
        for stack in [layout.stack(cpu), layout.emergency_stack(cpu)] {
            let guard = stack.base.0 - 1;
            assert_eq!(walk(&TABLES.0, base, base, guard), None);
            assert!(walk(&TABLES.0, base, base, guard + 1).is_some());
        }
    }
}

/// For one region: pages before it, its size in pages, whether it starts on 2 MiB (both addresses),
/// and whether it is a frame buffer.
type Piece = (u64, u64, bool, bool);

fn piece() -> impl Strategy<Value = Piece> {
    let pages = prop_oneof![
        1u64..64,
        400u64..1600,
        (1u64..5).prop_map(|blocks| blocks * 512)
    ];
    (0u64..700, pages, any::<bool>(), any::<bool>())
}

fn system_of(partitions: &[Vec<Piece>]) -> System {
    let mut pa = BOARD.partition_memory.base.0;
    let mut list = Vec::new();
    for pieces in partitions {
        let mut ipa = 0x4000_0000;
        let mut regions = Vec::new();
        for &(gap, pages, aligned, frame_buffer) in pieces {
            (ipa, pa) = if aligned {
                (
                    u64::next_multiple_of(ipa, TWO_MIB),
                    pa.next_multiple_of(TWO_MIB),
                )
            } else {
                (ipa + gap * PAGE, pa + gap / 3 * PAGE)
            };
            let kind = if frame_buffer {
                RegionKind::FrameBuffer
            } else {
                RegionKind::Ram
            };
            let size_bytes = pages * PAGE;
            regions.push(Region {
                name: "piece",
                ipa: Ipa(ipa),
                pa: Pa(pa),
                size_bytes,
                kind,
            });
            ipa += size_bytes;
            pa += size_bytes;
        }
        let devices: &[DeviceUse] = if list.is_empty() {
            &[DeviceUse {
                device: "rtc",
                ipa: DEVICE,
                trusted: false,
            }]
        } else {
            &[]
        };
        list.push(Partition {
            regions: regions.leak(),
            passport: PASSPORT,
            devices,
            ..CLUSTER.partitions[0]
        });
    }
    System {
        partitions: list.leak(),
        ..CLUSTER
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_regime_maps_what_is_declared_and_nothing_else(
        partitions in prop::collection::vec(prop::collection::vec(piece(), 1..4), 1..6),
        board in prop_oneof![Just(BOARD), Just(GICV2_BOARD), Just(BCM2836_BOARD)],
    ) {
        let system = system_of(&partitions);
        let layout = layout(&system, &board);
        let mut pool = Box::new(Pool::<200>::new(layout.tables.base));
        fill(&mut pool, &system, &board, &layout);
        prop_assert_eq!(pool.used().len(), table_count(&system, &board));
        assert_system(&system, &board, pool.used(), &layout);
    }

    /// The rules leave nothing for the builders to stumble over.
    #[test]
    fn what_the_rules_accept_can_be_built(
        system in random::system(),
        board in prop_oneof![Just(BOARD), random::board()],
    ) {
        let images = [];
        if findings(&system, &board, &images).next().is_none() {
            let layout = layout(&system, &board);
            let mut pool = Box::new(Pool::<200>::new(layout.tables.base));
            fill(&mut pool, &system, &board, &layout);
            prop_assert_eq!(pool.used().len(), table_count(&system, &board));
            let _ = passports::<3>(&system, &board);
            let _ = port_table::<3>(&system);
        }
    }
}

/// A guest with a GICv3 has no CPU interface in memory, and isn't lent the board's.
#[test]
fn a_guest_with_a_gicv3_is_lent_nothing() {
    let lent = |version| {
        let mut partition = CLUSTER.partitions[0];
        partition.machine.gic.version = version;
        let passport = MemoryRange::new(Pa(0x4000_0000), PAGE);
        let mappings = stage2(
            &CLUSTER,
            &partition,
            &GICV2_BOARD,
            passport,
            Pa(0x4000_1000),
        );
        let outputs = mappings.as_slice().iter().map(|mapping| mapping.output);
        outputs.filter(|output| *output == 0x0804_0000).count()
    };
    assert_eq!(lent(GicVersion::AsBoard), 1);
    assert_eq!(lent(GicVersion::V2), 1);
    assert_eq!(lent(GicVersion::V3), 0);
}
