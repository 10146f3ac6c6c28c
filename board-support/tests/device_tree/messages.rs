//! Trees of the configured board are accepted; one refusal for each way to differ, with its exact
//! message.

use paratia_board_support::device_tree::{BoardChecked, MAX_DEPTH};
use paratia_board_support::words::words;

use crate::trees::{
    GICV2_SMP4_1G, GICV3_SMP1_1G, GICV3_SMP2_1G, GICV3_SMP4_1G, GICV3_SMP4_128M, Machine, Memory,
    check_tree, refusal, tree_of,
};

const GARBLED: &str =
    "board 'qemu-virt' is configured with a device tree but what lies there is none or garbled: ";
const OTHER_TREE: &str = "; start the machine with the device tree of its own";

fn garbled(tree: &[u8]) -> String {
    let message = refusal(tree, 4);
    let fault = message.strip_prefix(GARBLED);
    let fault = fault.and_then(|fault| fault.strip_suffix(OTHER_TREE));
    fault.expect(&message).to_owned()
}

/// QEMU's tree with the header's field number `index` changed.
fn with_header(index: usize, value: u32) -> Vec<u8> {
    let mut tree = GICV3_SMP4_1G.to_vec();
    tree[4 * index..4 * index + 4].copy_from_slice(&value.to_be_bytes());
    tree
}

/// A tree of this structure block.
fn raw(structure: &[u32]) -> Vec<u8> {
    tree_of(structure, b"\0reg\0\0\0\0")
}

#[test]
fn qemus_tree_is_the_configured_board() {
    let found = BoardChecked {
        nodes: 62,
        ram_bytes: 1 << 30,
        cpus: 4,
        register_ranges: 3,
    };
    assert_eq!(check_tree(GICV3_SMP4_1G, 4), Ok(found));
}

#[test]
fn a_system_of_fewer_cpus_runs_on_a_smaller_machine() {
    assert_eq!(check_tree(GICV3_SMP2_1G, 2).unwrap().cpus, 2);
    assert_eq!(check_tree(GICV3_SMP1_1G, 1).unwrap().cpus, 1);
    assert_eq!(check_tree(GICV3_SMP4_1G, 1).unwrap().cpus, 4);
}

#[test]
fn a_tree_with_room_behind_it_is_read_to_its_own_end() {
    let mut padded = with_header(1, 0x10_0000);
    padded.resize(0x10_0000, 0);
    assert!(check_tree(&padded, 4).is_ok());

    let mut followed = GICV3_SMP4_1G.to_vec();
    followed.resize(0x1_0000, 0xA5);
    assert!(check_tree(&followed, 4).is_ok());
}

#[test]
fn a_built_tree_of_the_board_is_accepted() {
    let found = check_tree(&Machine::configured().tree(), 4).unwrap();
    assert_eq!(found.nodes, 12);
}

#[test]
fn more_of_everything_is_accepted() {
    let mut machine = Machine::configured();
    machine.ram.push((0x8000_0000, 1 << 30));
    machine.cpus = vec![7, 3, 2, 1, 0];
    machine.uarts.insert(0, (0x0904_0000, 0x1000));
    assert_eq!(check_tree(&machine.tree(), 4).unwrap().cpus, 5);
}

#[test]
fn ram_in_adjoining_ranges_of_any_order_is_accepted() {
    let mut machine = Machine::configured();
    machine.ram = vec![
        (0x4800_0000, 64 << 20),
        (0x4C00_0000, 832 << 20),
        (0x4000_0000, 128 << 20),
    ];
    assert!(check_tree(&machine.tree(), 4).is_ok());
    machine.ram.swap(0, 1);
    assert!(check_tree(&machine.tree(), 4).is_ok());
}

#[test]
fn less_memory() {
    assert_eq!(
        refusal(GICV3_SMP4_128M, 4),
        "board 'qemu-virt' is configured with 1024 MiB of RAM at 0x4000_0000 but its device tree \
         describes 128 MiB; start the machine with 1024 MiB or configure less"
    );
}

#[test]
fn memory_with_a_hole() {
    let mut machine = Machine::configured();
    machine.ram = vec![(0x4000_0000, 64 << 10), (0x4800_0000, 1 << 30)];
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with 1024 MiB of RAM at 0x4000_0000 but its device tree \
         describes 64 KiB; start the machine with 1024 MiB or configure less"
    );
}

#[test]
fn memory_elsewhere() {
    let mut machine = Machine::configured();
    machine.ram = vec![(0x8000_0000, 1 << 30)];
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with 1024 MiB of RAM at 0x4000_0000 but its device tree \
         describes 1024 MiB of RAM at 0x8000_0000; start the board that was configured or configure \
         this one"
    );
}

#[test]
fn memory_that_is_disabled() {
    let mut machine = Machine::configured();
    machine.ram_status = Some("disabled");
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with 1024 MiB of RAM at 0x4000_0000 but its device tree \
         describes none; start the board that was configured or configure this one"
    );
    machine.ram_status = Some("okay");
    assert!(check_tree(&machine.tree(), 4).is_ok());
}

#[test]
fn another_interrupt_controller() {
    assert_eq!(
        refusal(GICV2_SMP4_1G, 4),
        "board 'qemu-virt' is configured with a GICv3 (arm,gic-v3) but its device tree describes a \
         GICv2 (arm,cortex-a15-gic); start the machine with gic-version=3 or choose another board"
    );
    let mut machine = Machine::configured();
    machine.gic = Some("arm,gic-400");
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with a GICv3 (arm,gic-v3) but its device tree describes a \
         GICv2 (arm,gic-400); start the machine with gic-version=3 or choose another board"
    );
}

#[test]
fn no_interrupt_controller() {
    let mut machine = Machine::configured();
    machine.gic = None;
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with a GICv3 (arm,gic-v3) but its device tree describes \
         no interrupt controller that is known; start the machine with gic-version=3 or choose \
         another board"
    );
}

#[test]
fn distributor_elsewhere() {
    let mut machine = Machine::configured();
    machine.gic_registers[0] = 0x2F00_0000;
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with a GIC distributor at 0x0800_0000..0x0801_0000 but \
         its device tree describes 0x2f00_0000..0x2f01_0000; start the board that was configured \
         or configure this one"
    );
}

#[test]
fn redistributors_elsewhere_or_for_fewer_cpus() {
    let mut machine = Machine::configured();
    machine.gic_registers[3] = 0x2_0000;
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with GIC redistributors at 0x080a_0000..0x0812_0000 but \
         its device tree describes 0x080a_0000..0x080c_0000; start the board that was configured \
         or configure this one"
    );
    machine.gic_registers.truncate(2);
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with GIC redistributors at 0x080a_0000..0x0812_0000 but \
         its device tree describes none; start the board that was configured or configure this one"
    );
}

#[test]
fn fewer_cpus() {
    assert_eq!(
        refusal(GICV3_SMP2_1G, 4),
        "board 'qemu-virt' is configured for a system that uses 4 CPUs but its device tree \
         describes 2; start the machine with 4 or give the system fewer"
    );
}

#[test]
fn more_cpus_than_the_board_is_configured_with() {
    assert_eq!(
        refusal(GICV3_SMP4_1G, 5),
        "board 'qemu-virt' is configured with 4 CPUs but the system uses 5; give the system fewer \
         or choose another board"
    );
}

#[test]
fn cpus_of_other_affinities() {
    let mut machine = Machine::configured();
    machine.cpus = vec![0, 1, 0x100, 0x101];
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with affinity 0x2 for CPU 2 but its device tree describes \
         0x100; start the board that was configured or configure this one"
    );
    assert!(check_tree(&machine.tree(), 2).is_ok());
}

#[test]
fn cpus_started_another_way() {
    let mut machine = Machine::configured();
    machine.psci = Some("hvc");
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured to start CPUs by PSCI through smc but its device tree \
         starts them by hvc; start the machine with virtualization=on or choose another board"
    );
    machine.psci = None;
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured to start CPUs by PSCI through smc but its device tree \
         starts them without PSCI; start the machine with virtualization=on or choose another board"
    );
}

#[test]
fn uart_elsewhere() {
    let mut machine = Machine::configured();
    machine.uarts = vec![(0x1C09_0000, 0x1000), (0x1C0A_0000, 0x1000)];
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with a PL011 at 0x0900_0000..0x0900_1000 but its device \
         tree describes 0x1c09_0000..0x1c09_1000; start the board that was configured or configure \
         this one"
    );
    machine.uarts.clear();
    assert_eq!(
        refusal(&machine.tree(), 4),
        "board 'qemu-virt' is configured with a PL011 at 0x0900_0000..0x0900_1000 but its device \
         tree describes none; start the board that was configured or configure this one"
    );
}

#[test]
fn no_tree() {
    let nothing = "it starts with 0x0000_0000 instead of 0xd00d_feed";
    assert_eq!(garbled(&[0; 4096]), nothing);
    assert_eq!(
        garbled(&[]),
        "its size is given as 0 bytes where 40 to 0 can be"
    );
}

#[test]
fn a_tree_that_is_not_aligned() {
    let mut memory = Memory::default();
    let bytes = memory.hold(&[&[0; 4], GICV3_SMP4_1G].concat());
    let tree = &bytes[4..];
    let address = tree.as_ptr().addr();
    let refused = paratia_board_support::device_tree::check(tree, crate::trees::BOARD, 4);
    let message = words(&refused.unwrap_err(), crate::trees::BOARD);
    let start = format!("{GARBLED}it starts at 0x");
    assert!(message.starts_with(&start), "{message}, at {address:#x}");
    let end = format!(", which is no multiple of 8{OTHER_TREE}");
    assert!(message.ends_with(&end), "{message}");
}

#[test]
fn a_tree_cut_off() {
    assert_eq!(
        garbled(&GICV3_SMP4_1G[..8040]),
        "its size is given as 8048 bytes where 40 to 8040 can be"
    );
    assert_eq!(
        garbled(&with_header(1, 39)),
        "its size is given as 39 bytes where 40 to 8048 can be"
    );
}

#[test]
fn a_tree_of_another_format() {
    assert_eq!(
        garbled(&with_header(5, 16)),
        "its format is version 16, compatible with 16, and version 17 is read"
    );
    assert_eq!(
        garbled(&with_header(6, 18)),
        "its format is version 17, compatible with 18, and version 17 is read"
    );
}

#[test]
fn blocks_outside_of_the_tree() {
    assert_eq!(
        garbled(&with_header(2, 0x42)),
        "its structure block of 7492 bytes at byte 66 lies outside of it or is not aligned"
    );
    assert_eq!(
        garbled(&with_header(3, u32::MAX)),
        "its strings block of 495 bytes at byte 4294967295 lies outside of it or is not aligned"
    );
    assert_eq!(
        garbled(&with_header(4, 0)),
        "its reservation block of 0 bytes at byte 0 lies outside of it or is not aligned"
    );
    assert_eq!(garbled(&with_header(8, 494)), "its strings have no end");
}

#[test]
fn a_structure_that_reaches_the_end_of_the_tree() {
    let mut tree = raw(&[1, 0, 2, 9]);
    assert!(refusal(&tree, 4).contains("describes none;"), "well-formed");
    // The strings move in front of the structure, where the reservations' end was.
    tree[12..16].copy_from_slice(&48_u32.to_be_bytes());
    tree.truncate(72);
    tree[4..8].copy_from_slice(&72_u32.to_be_bytes());
    assert_eq!(
        garbled(&tree),
        "its structure block of 20 bytes at byte 56 lies outside of it or is not aligned"
    );
}

#[test]
fn reservations_without_an_end() {
    let mut tree = raw(&[1, 0, 2, 9]);
    // None of what lies behind them is zero for as long as an entry.
    tree[40..56].fill(1);
    assert!(garbled(&tree).starts_with("its reservation block of "));
}

#[test]
fn memory_that_somebody_else_has_in_use() {
    let mib = 1 << 20;
    let partitions = "board 'qemu-virt' is configured with memory for partitions at \
                      0x4800_0000..0x8000_0000 but its device tree reserves 0x7ff0_0000..0x8010_0000 \
                      for somebody else; leave that out of the board's partition_memory, or start the \
                      machine with a device tree that doesn't reserve it";
    let hypervisor = "board 'qemu-virt' is configured with memory for the hypervisor at \
                      0x4000_0000..0x4800_0000 but its device tree reserves 0x400f_ffff..0x4010_0001 \
                      for somebody else; leave that out of the board's hypervisor_memory, or start \
                      the machine with a device tree that doesn't reserve it";
    let overlaps = [
        ((0x7FF0_0000, 2 * mib), partitions),
        ((0x400F_FFFF, 2), hypervisor),
    ];
    let harmless = [
        (0x3FF0_0000, mib),
        (0x8000_0000, mib),
        (0x4800_0000, 0),
        (0x5000_0000, 0),
        // The tree itself.
        (0x4000_0000, mib),
    ];
    for as_node in [true, false] {
        let tree = |ranges: &[(u64, u64)]| {
            let mut machine = Machine::configured();
            if as_node {
                machine.reserved = ranges.to_vec();
            } else {
                // The builder wants none that is empty.
                machine.reservations = ranges.iter().copied().filter(|it| it.1 > 0).collect();
            }
            machine.tree()
        };
        assert!(check_tree(&tree(&harmless), 4).is_ok());
        for (range, words) in overlaps {
            assert_eq!(refusal(&tree(&[(0x9000_0000, mib), range]), 4), words);
        }
        // The first is said.
        let [(first, words), (second, _)] = overlaps;
        assert_eq!(refusal(&tree(&[first, second]), 4), words);
    }
    let mut machine = Machine::configured();
    machine.reserved = vec![(0x5000_0000, mib)];
    machine.reserved_status = Some("disabled");
    assert!(check_tree(&machine.tree(), 4).is_ok(), "nobody uses it");
}

/// The specification's longest name (2.2.1), with a unit address and without.
#[test]
fn long_names_of_nodes() {
    let name = "a-name-of-thirty-one-characters";
    assert_eq!(name.len(), 31);
    for address in [
        "",
        "@0",
        "@ffffffff00000000",
        "@0123456789abcdef,0123456789abcd",
    ] {
        let mut machine = Machine::configured();
        machine.further = Some(format!("{name}{address}"));
        assert!(check_tree(&machine.tree(), 4).is_ok(), "{address}");
    }
}

#[test]
fn a_structure_that_is_not_one() {
    const A: u32 = u32::from_be_bytes(*b"aaaa");
    // A name of 63 bytes is read, one of 64 isn't.
    let named = |last: &[u32]| [&[1][..], &[A; 15], last, &[2, 9]].concat();
    let longest = named(&[u32::from_be_bytes(*b"aaa\0")]);
    assert!(refusal(&raw(&longest), 4).contains("describes none;"));
    let too_long = named(&[A, 0]);
    for (structure, fault) in [
        (&[7][..], "byte 0 of its structure has the token 0x7"),
        (
            &too_long,
            "the node's name at byte 4 of its structure has no end within 63 bytes",
        ),
        (
            &[1, 0, 3, 0, 8, 2, 9],
            "the property at byte 8 of its structure is misplaced, too long or nameless",
        ),
        (
            &[1, 0, 3, u32::MAX, 1, 2, 9],
            "the property at byte 8 of its structure is misplaced, too long or nameless",
        ),
        (
            &[1, 0, 1, 0, 2, 3, 0, 1, 2, 9],
            "the property at byte 20 of its structure is misplaced, too long or nameless",
        ),
        (&[2, 9], "nodes do not nest at byte 0 of its structure"),
        (
            &[1, 0, 2, 1, 0, 2, 9],
            "nodes do not nest at byte 12 of its structure",
        ),
        (&[9], "its structure does not end at byte 0 as it should"),
        (
            &[1, 0, 9],
            "its structure does not end at byte 8 as it should",
        ),
        (
            &[1, 0, 2],
            "its structure does not end at byte 12 as it should",
        ),
        (
            &[1, 0, 2, 9, 4],
            "its structure does not end at byte 12 as it should",
        ),
    ] {
        assert_eq!(garbled(&raw(structure)), fault, "{structure:?}");
    }
}

#[test]
fn a_tree_as_deep_as_can_be_and_one_deeper() {
    let nested = |depth: usize| {
        let begin = [1, 0].repeat(depth);
        raw(&[begin, vec![2; depth], vec![9]].concat())
    };
    assert!(refusal(&nested(MAX_DEPTH), 4).contains("describes none;"));
    assert_eq!(
        garbled(&nested(MAX_DEPTH + 1)),
        "nodes nest deeper than 16 at byte 128 of its structure"
    );
}
