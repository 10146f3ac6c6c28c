//! How many tables a regime needs, without building them.

use super::mapping::{Mapping, Mappings, level_bytes};

/// The exact number of tables for `mappings`: the root, and one below each slot of level 1 and 2
/// that some mapping splits.
#[must_use]
pub(super) const fn count(mappings: &Mappings) -> usize {
    let mappings = mappings.as_slice();
    1 + split_slots(mappings, 1) + split_slots(mappings, 2)
}

const fn split_slots(mappings: &[Mapping], level: u32) -> usize {
    let bytes = level_bytes(level);
    let mut count = 0;
    let mut index = 0;
    while index < mappings.len() {
        let mut slot = mappings[index].input & !(bytes - 1);
        while slot < mappings[index].end() {
            let (earlier, _) = mappings.split_at(index);
            if mappings[index].splits(level, slot) && !any_splits(earlier, level, slot) {
                count += 1;
            }
            slot += bytes;
        }
        index += 1;
    }
    count
}

const fn any_splits(mappings: &[Mapping], level: u32, slot: u64) -> bool {
    let mut index = 0;
    while index < mappings.len() {
        if mappings[index].splits(level, slot) {
            return true;
        }
        index += 1;
    }
    false
}
