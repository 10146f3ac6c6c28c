//! Broken trees, some 270,000: none makes the check panic or go on for ever, and an accepted one
//! describes the configured board in the eyes of the oracle.

use paratia_board_support::device_tree::check;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::oracle::describes_the_board;
use crate::trees::{
    BOARD, GICV2_SMP4_1G, GICV3_SMP1_1G, GICV3_SMP2_1G, GICV3_SMP4_1G, GICV3_SMP4_128M, Machine,
    Memory, check_tree, tree_of, word,
};

/// Strings for trees of random structure; a property's name may start anywhere in them.
const STRINGS: &[u8] = b"reg\0compatible\0status\0#address-cells\0device_type\0";

/// Checks what lies in memory; says whether it was accepted, having asked the oracle.
fn try_tree(tree: &[u8]) -> bool {
    let accepted = check(tree, BOARD, 4).is_ok();
    assert!(
        !accepted || describes_the_board(tree, 4),
        "accepted, and yet not the board"
    );
    accepted
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn tree() -> impl Strategy<Value = &'static [u8]> {
    select(vec![
        GICV3_SMP4_1G,
        GICV3_SMP2_1G,
        GICV3_SMP1_1G,
        GICV3_SMP4_128M,
        GICV2_SMP4_1G,
    ])
}

#[test]
fn the_oracle_knows_the_board_from_others() {
    assert!(describes_the_board(GICV3_SMP4_1G, 4));
    assert!(describes_the_board(&Machine::configured().tree(), 4));
    for other in [GICV3_SMP2_1G, GICV3_SMP4_128M, GICV2_SMP4_1G] {
        assert!(!describes_the_board(other, 4));
    }
}

#[test]
fn every_single_bit_flipped() {
    let mut memory = Memory::default();
    let tree = memory.hold(GICV3_SMP4_1G);
    let (mut accepted, mut refused) = (0, 0);
    for bit in 0..8 * tree.len() {
        tree[bit / 8] ^= 1 << (bit % 8);
        if try_tree(tree) {
            accepted += 1;
        } else {
            refused += 1;
        }
        tree[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(accepted + refused, 64_384);
    // Most of the tree describes what isn't compared; that much is, at the least.
    assert!(refused > 15_000, "only {refused} were noticed");
    assert!(accepted > 15_000, "only {accepted} were let through");
}

#[test]
fn every_word_replaced_by_one_that_means_something() {
    let mut memory = Memory::default();
    let tree = memory.hold(GICV3_SMP4_1G);
    for at in (0..tree.len()).step_by(4) {
        let original: [u8; 4] = tree[at..at + 4].try_into().unwrap();
        for value in [
            0,
            1,
            2,
            3,
            4,
            9,
            40,
            0x1000,
            0x7FFF_FFFF,
            0x8000_0000,
            0xFFFF_FFFC,
            u32::MAX,
        ] {
            tree[at..at + 4].copy_from_slice(&value.to_be_bytes());
            try_tree(tree);
        }
        tree[at..at + 4].copy_from_slice(&original);
    }
}

#[test]
fn every_truncation_with_and_without_an_honest_header() {
    let mut memory = Memory::default();
    for length in 0..GICV3_SMP4_1G.len() {
        let tree = memory.hold(&GICV3_SMP4_1G[..length]);
        assert!(!try_tree(tree), "{length} bytes");
        if let Some(size) = tree.get_mut(4..8) {
            size.copy_from_slice(&word(length).to_be_bytes());
            try_tree(tree);
        }
    }
}

proptest! {
    #![proptest_config(config(40_000))]

    #[test]
    fn several_bytes_overwritten(
        tree in tree(),
        bytes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..16),
    ) {
        let mut memory = Memory::default();
        let held = memory.hold(tree);
        for (at, byte) in bytes {
            held[at.index(tree.len())] = byte;
        }
        try_tree(held);
    }

    #[test]
    fn pieces_of_trees_spliced_into_trees(
        into in tree(),
        from in tree(),
        at in any::<prop::sample::Index>(),
        start in any::<prop::sample::Index>(),
        length in 1..512_usize,
        aligned in any::<bool>(),
    ) {
        let mask = if aligned { !3 } else { !0 };
        let mut memory = Memory::default();
        let held = memory.hold(into);
        let piece = &from[start.index(from.len()) & mask..];
        let place = &mut held[at.index(into.len()) & mask..];
        let length = length.min(piece.len()).min(place.len());
        place[..length].copy_from_slice(&piece[..length]);
        try_tree(held);
    }

    #[test]
    fn pieces_inserted_and_removed(
        tree in tree(),
        at in any::<prop::sample::Index>(),
        removed in 0..64_usize,
        inserted in vec(any::<u8>(), 0..64),
    ) {
        let at = at.index(tree.len());
        let rest = &tree[(at + removed).min(tree.len())..];
        let mutated = [&tree[..at], &inserted, rest].concat();
        let mut memory = Memory::default();
        try_tree(memory.hold(&mutated));
    }

    #[test]
    fn structures_of_random_tokens(
        structure in vec(
            prop_oneof![
                8 => select(vec![1_u32, 2, 3, 4, 9]),
                4 => select(vec![0_u32, 4, 8, 12, 15, 22]),
                1 => any::<u32>(),
            ],
            0..64,
        ),
    ) {
        let mut memory = Memory::default();
        try_tree(memory.hold(&tree_of(&structure, STRINGS)));
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn random_bytes(bytes in vec(any::<u8>(), 0..256), magic in any::<bool>()) {
        let mut memory = Memory::default();
        let held = memory.hold(&bytes);
        if let Some(start) = held.get_mut(..4).filter(|_| magic) {
            start.copy_from_slice(&0xD00D_FEED_u32.to_be_bytes());
        }
        prop_assert!(!try_tree(held));
    }

    #[test]
    fn a_machine_is_accepted_exactly_if_it_has_what_is_configured(
        ram_mib in prop_oneof![Just(1024), 1..2048_u64],
        ram_base in prop_oneof![3 => Just(0x4000_0000), 1 => Just(0x8000_0000_u64)],
        cpu_count in 1..8_u32,
        cpus_needed in 1..=4_usize,
        cluster in prop_oneof![3 => Just(0), 1 => Just(0x100_u32)],
        gic in select(vec![Some("arm,gic-v3"), Some("arm,gic-400"), None]),
        uart in prop_oneof![3 => Just(0x0900_0000), 1 => Just(0x0904_0000_u64)],
        psci in select(vec![Some("smc"), Some("smc"), Some("hvc"), None]),
    ) {
        let machine = Machine {
            ram: vec![(ram_base, ram_mib << 20)],
            gic,
            cpus: (0..cpu_count).map(|cpu| cluster + cpu).collect(),
            psci,
            uarts: vec![(uart, 0x1000)],
            ..Machine::configured()
        };
        let expected = ram_base == 0x4000_0000
            && ram_mib >= 1024
            && cluster == 0
            && cpu_count as usize >= cpus_needed
            && gic == Some("arm,gic-v3")
            && uart == 0x0900_0000
            && psci == Some("smc");
        prop_assert_eq!(check_tree(&machine.tree(), cpus_needed).is_ok(), expected);
    }
}
