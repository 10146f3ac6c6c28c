use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::machine::xen::memory::tests::{Fake, OWN};

/// A guest's table at the beginning of its RAM, and others behind it.
const TABLE: u64 = 0x4000_0000;
const PAGE: u64 = 0x1000;
/// Where the RAM lies on the board.
const BEHIND: u64 = 0x4000_0000;

fn memory(words: &[(u64, u64)]) -> Fake {
    Fake {
        words: words
            .iter()
            .map(|(ipa, word)| (ipa + BEHIND, *word))
            .collect(),
        ..Fake::default()
    }
}

/// Both halves with 4 KiB granules and 48 bits.
fn stage1() -> Stage1 {
    Stage1 {
        control: MMU,
        translation: 16 | 16 << 16 | 0b10 << 30,
        tables: [TABLE, TABLE],
    }
}

const LEAF: u64 = ACCESSED | 0b11;

/// Four tables of 4 KiB granules that lead from address `0x1000` to a page.
fn four_levels(last: u64) -> [(u64, u64); 4] {
    [
        (TABLE, (TABLE + PAGE) | 0b11),
        (TABLE + PAGE, (TABLE + 2 * PAGE) | 0b11),
        (TABLE + 2 * PAGE, (TABLE + 3 * PAGE) | 0b11),
        (TABLE + 3 * PAGE + 8, last),
    ]
}

#[test]
fn without_translation_an_address_is_itself() {
    let off = Stage1::default();
    let at = |address| off.translate(OWN, &Fake::default(), address, Access::Write);
    assert_eq!(at(0x4000_0123), Some(0x4000_0123));
    assert_eq!(at(1 << 48), None);
}

#[test]
fn four_levels_lead_to_a_page_in_either_half() {
    let memory = memory(&four_levels(0x4005_5000 | LEAF));
    for address in [0x1234, 0xFFFF_0000_0000_1234] {
        let found = stage1().translate(OWN, &memory, address, Access::Write);
        assert_eq!(found, Some(0x4005_5234), "{address:#x}");
    }
    // Neither half, another page, a tag that isn't ignored.
    for address in [0x0001_0000_0000_1234, 0x2234, 0x1200_0000_0000_1234] {
        let found = stage1().translate(OWN, &memory, address, Access::Read);
        assert_eq!(found, None, "{address:#x}");
    }
    let tagged = Stage1 {
        translation: stage1().translation | 1 << TAGS_IGNORED,
        ..stage1()
    };
    let found = tagged.translate(OWN, &memory, 0x1200_0000_0000_1234, Access::Read);
    assert_eq!(found, Some(0x4005_5234));
}

#[test]
fn blocks_and_other_granules_lead_where_they_say() {
    // A block of 1 GiB, and one of 2 MiB.
    let at_1 = memory(&[
        (TABLE, (TABLE + PAGE) | 0b11),
        (TABLE + PAGE + 8, 0x40_0000_0000 | ACCESSED | 0b01),
        (TABLE + PAGE + 16, (TABLE + 2 * PAGE) | 0b11),
        (TABLE + 2 * PAGE, 0x4020_0000 | ACCESSED | 0b01),
    ]);
    let find = |address| stage1().translate(OWN, &at_1, address, Access::Read);
    assert_eq!(find(0x4012_3456), Some(0x40_0012_3456));
    assert_eq!(find(0x8001_2345), Some(0x4021_2345));
    // 64 KiB granules and 42 bits: two levels, of which the first is the second.
    let large = Stage1 {
        translation: 22 | 0b01 << 14,
        ..stage1()
    };
    let tables = memory(&[
        (TABLE, (TABLE + 0x1_0000) | 0b11),
        (TABLE + 0x1_0000 + 8, 0x4007_0000 | LEAF),
    ]);
    let found = large.translate(OWN, &tables, 0x1_2345, Access::Read);
    assert_eq!(found, Some(0x4007_2345));
    // 16 KiB granules and 36 bits.
    let middle = Stage1 {
        translation: 28 | 0b10 << 14,
        ..stage1()
    };
    let tables = memory(&[
        (TABLE + 8, (TABLE + 0x4000) | 0b11),
        (TABLE + 0x4000, 0x4000_8000 | LEAF),
    ]);
    let found = middle.translate(OWN, &tables, 0x200_1234, Access::Read);
    assert_eq!(found, Some(0x4000_9234));
    // No block of 16 or 64 KiB granules lies above the second level.
    let high = Stage1 {
        translation: 16 | 0b10 << 14,
        ..stage1()
    };
    let block = memory(&[(TABLE, 0x4000_0000 | ACCESSED | 0b01)]);
    assert_eq!(high.translate(OWN, &block, 0, Access::Read), None);
}

/// Rights are the guest's own: of the page, of the tables above it, and of what hardware does by itself.
#[test]
fn what_the_guest_may_not_do_is_not_done_for_it() {
    let reads = |stage1: Stage1, last, access| {
        let memory = memory(&four_levels(last));
        stage1.translate(OWN, &memory, 0x1000, access).is_some()
    };
    let with = |bits| Stage1 {
        translation: stage1().translation | bits,
        ..stage1()
    };
    let page = 0x4005_5000 | LEAF;
    let read_only = page | READ_ONLY;
    assert!(reads(stage1(), read_only, Access::Read));
    assert!(!reads(stage1(), read_only, Access::Write));
    assert!(!reads(stage1(), read_only | CLEAN, Access::Write));
    assert!(reads(with(SETS_DIRTY), read_only | CLEAN, Access::Write));
    assert!(!reads(stage1(), page & !ACCESSED, Access::Read));
    assert!(reads(
        with(SETS_ACCESS_FLAG),
        page & !ACCESSED,
        Access::Read
    ));
    assert!(!reads(stage1(), page & !0b10, Access::Read), "no page");
    assert!(!reads(with(DISABLED), page, Access::Read));
    let big = Stage1 {
        control: MMU | BIG_ENDIAN,
        ..stage1()
    };
    assert!(!reads(big, page, Access::Read));

    let mut tables = four_levels(page);
    tables[1].1 |= TABLE_READ_ONLY;
    let memory = memory(&tables);
    let write = |stage1: Stage1| stage1.translate(OWN, &memory, 0x1000, Access::Write);
    assert_eq!(write(stage1()), None);
    assert!(write(with(1 << FLAT_RIGHTS)).is_some());
}

proptest! {
    /// Whatever is in the registers and in the tables, at most four words are read, all of them the guest's own.
    #[test]
    fn no_walk_leaves_the_guests_memory(
        control: u64,
        translation: u64,
        tables: [u64; 2],
        address: u64,
        words: Vec<(u16, u64)>,
    ) {
        let near = |word: u64| if word & 1 != 0 { TABLE | word & 0xF_FFFF } else { word };
        let stage1 = Stage1 { control: control | MMU, translation, tables: tables.map(near) };
        let list: Vec<_> = words
            .iter()
            .map(|(at, word)| (TABLE + u64::from(*at) * 8, near(*word) | 1))
            .collect();
        let memory = memory(&list);
        let _ = stage1.translate(OWN, &memory, address, Access::Read);
        let touched = memory.touched.borrow();
        prop_assert!(touched.len() <= 4);
        for word in touched.iter() {
            prop_assert!(crate::machine::xen::memory::tests::is_own(*word), "{word:#x}");
        }
    }
}
