//! How many tables a regime needs, without building them.

use super::mapping::{Mapping, Mappings, level_bytes};
use crate::each;
use crate::sorted::sort;

/// The exact number of tables for `mappings`, none of which overlap: the root, and one below each slot
/// of level 1 and 2 that some mapping splits.
#[must_use]
pub(super) const fn count<const N: usize>(mappings: &Mappings<N>) -> usize {
    let mappings = mappings.as_slice();
    let mut order = [0; N];
    sort!(order, mappings.len(), |left, right| mappings[left].input
        < mappings[right].input);
    let order = order.split_at(mappings.len()).0;
    1 + split_slots(mappings, order, 1) + split_slots(mappings, order, 2)
}

/// In the order of input addresses a slot that was counted already is the one counted last.
const fn split_slots(mappings: &[Mapping], order: &[usize], level: u32) -> usize {
    let bytes = level_bytes(level);
    let mut count = 0;
    let mut next = 0;
    each! { index below order.len() => {
        let mapping = &mappings[order[index]];
        let first = mapping.input & !(bytes - 1);
        let last = (mapping.end() - 1) & !(bytes - 1);
        let mut slot = first;
        while slot <= last {
            if slot >= next && mapping.splits(level, slot) {
                count += 1;
                next = slot + bytes;
            }
            // Between its ends a mapping fills each slot, or none if its output is aligned otherwise.
            let is_aligned = mapping.output_at(slot).is_multiple_of(bytes);
            slot = if is_aligned && slot < last {
                last
            } else {
                slot + bytes
            };
        }
    }}
    count
}
