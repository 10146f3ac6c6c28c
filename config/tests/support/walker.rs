//! A reference walker: translates one address as the Arm ARM says, knowing nothing of the builder.
//!
//! Arm ARM DDI 0487, D8.2 (translation process) and D8.3 (descriptor formats), for a 4 KiB granule
//! and 39 bits of input address. All numbers are written out here on purpose.

/// The leaf that an address translates by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The output address for the very input address.
    pub output: u64,
    /// Bytes that the leaf maps: a page, 2 MiB or 1 GiB.
    pub leaf_bytes: u64,
    /// The descriptor without its output address and its type bits.
    pub attributes: u64,
}

/// Walks from the table at physical address `root`; `None` is a translation fault.
///
/// # Panics
/// If a table lies outside the `tables`, which start at physical address `base`, or a descriptor is
/// reserved.
pub fn walk(tables: &[[u64; 512]], base: u64, root: u64, input: u64) -> Option<Leaf> {
    if input >> 39 != 0 {
        return None;
    }
    let mut address = root;
    for (level, shift) in [(1, 30), (2, 21), (3, 12)] {
        assert_eq!(address % 4096, 0, "a table is aligned to its size");
        let table = usize::try_from((address - base) / 4096).unwrap();
        let index = usize::try_from((input >> shift) & 0x1FF).unwrap();
        let descriptor = tables[table][index];
        if descriptor & 1 == 0 {
            return None;
        }
        let points_to_table = descriptor & 2 != 0 && level < 3;
        if points_to_table {
            address = descriptor & 0x0000_FFFF_FFFF_F000;
            continue;
        }
        assert!(
            level < 3 || descriptor & 2 != 0,
            "0b01 is reserved at level 3"
        );
        let leaf_bytes = 1u64 << shift;
        let within = leaf_bytes - 1;
        let output = descriptor & 0x0000_FFFF_FFFF_F000;
        assert_eq!(output & within, 0, "a block is aligned to its size");
        return Some(Leaf {
            output: output | (input & within),
            leaf_bytes,
            attributes: descriptor & !0x0000_FFFF_FFFF_F003,
        });
    }
    unreachable!("level 3 holds no pointers to tables")
}
