use super::*;

const BASE: u64 = 0x4000_0000;
const PAGE: u64 = 0x7FF;
const BLOCK: u64 = 0x7FD;

/// Tables in a row, with these descriptors in them: table, entry, value.
fn tables(count: usize, descriptors: &[(usize, usize, u64)]) -> Vec<u8> {
    let mut bytes = vec![0; count * 4096];
    for (table, entry, value) in descriptors {
        bytes[table * 4096 + entry * 8..][..8].copy_from_slice(&value.to_le_bytes());
    }
    bytes
}

fn walk(bytes: &[u8]) -> Walk {
    Walk::of(&Tables { base: BASE, bytes }, BASE, Stage::Two)
}

#[test]
fn neighbours_that_say_alike_are_one_mapping() {
    let bytes = tables(
        3,
        &[
            (0, 1, BASE + 0x1003),
            (1, 0, BASE + 0x2003),
            // A page, then a hole, then the last pages and the block behind them.
            (2, 0, 0x8000_0000 | PAGE),
            (2, 510, 0x801F_E000 | PAGE),
            (2, 511, 0x801F_F000 | PAGE),
            (1, 1, 0x8020_0000 | BLOCK),
            // A block that goes on elsewhere.
            (1, 2, 0x9000_0000 | BLOCK),
        ],
    );
    let walk = walk(&bytes);
    assert_eq!(walk.faults, []);
    let found: Vec<_> = walk
        .mappings
        .iter()
        .map(|one| (one.input, one.output, one.bytes))
        .collect();
    assert_eq!(
        found,
        [
            (0x4000_0000, 0x8000_0000, 0x1000),
            (0x401F_E000, 0x801F_E000, 0x20_2000),
            (0x4040_0000, 0x9000_0000, 0x20_0000),
        ]
    );
    assert_eq!(walk.descriptors(), 3 * 512);
}

#[test]
fn the_last_input_address_is_reached() {
    let bytes = tables(1, &[(0, 511, 0xC000_0000 | BLOCK)]);
    assert_eq!(walk(&bytes).mappings[0].end(), 1 << 39);
}

#[test]
fn a_table_that_is_nowhere_or_in_use_is_a_fault() {
    let bytes = tables(
        2,
        &[
            (0, 0, BASE + 0x1003),
            (0, 1, BASE + 0x2003),
            (0, 2, BASE + 0x1003),
            // A loop.
            (1, 0, BASE + 0x1003),
            (1, 7, BASE | 3),
        ],
    );
    let walk = walk(&bytes);
    let kinds: Vec<_> = walk
        .faults
        .iter()
        .map(|fault| (fault.input, fault.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            (0, FaultKind::TableTwice(BASE + 0x1000)),
            (7 << 21, FaultKind::TableTwice(BASE)),
            (1 << 30, FaultKind::NoTable(BASE + 0x2000)),
            (2 << 30, FaultKind::TableTwice(BASE + 0x1000)),
        ]
    );
    assert!(walk.mappings.is_empty());
}

#[test]
fn a_fault_says_which_bits_hold_what() {
    let bytes = tables(1, &[(0, 0, 1 << 52 | BLOCK & !(1 << 10))]);
    let faults = walk(&bytes).faults;
    let words: Vec<String> = faults.iter().map(|fault| fault.kind.to_string()).collect();
    assert_eq!(
        words,
        [
            "bit 10 (AF) holds 0b0, which must be set",
            "bit 52 (Contiguous) holds 0b1, which must be 0",
        ]
    );
}
