//! Seeds in a guest's own copy of its device tree: new ones at each start, although the tree is a constant.

use crate::arch::memory;
use crate::state::entropy;
use crate::state::partition::Partition;

/// What the tree's format has where nothing is meant to be, and the words of a property before its value:
/// token, length and name (Devicetree Specification 0.4, 5.4.1).
const NOTHING: [u8; 4] = 4_u32.to_be_bytes();
const HEADER_BYTES: usize = 12;
const KASLR_BYTES: usize = 8;
const RANDOM_BYTES: usize = 32;

/// Writes new seeds, where the partition's tree has places for them. If no entropy is to be had, nothing is
/// left of these: a seed that anybody knows would be taken for a secret.
///
/// # Safety
/// The partition's memory is loaded, and none of its vCPUs is in a window.
#[inline(never)]
pub unsafe fn write(partition: &mut Partition) {
    let Some(places) = &partition.facts.image.seeds else {
        return;
    };
    let (kaslr, random) = (places.kaslr.0, places.random.0);
    let Some(source) = partition.entropy.iter_mut().flatten().next() else {
        let nothing = [NOTHING; (HEADER_BYTES + RANDOM_BYTES) / 4];
        let nothing = nothing.as_flattened();
        for (value, bytes) in [(kaslr, KASLR_BYTES), (random, RANDOM_BYTES)] {
            let whole = nothing.split_at(HEADER_BYTES.wrapping_add(bytes)).0;
            // SAFETY: a property's header lies before its value, in the same piece, which lies in the partition's
            // RAM; the caller promises that the partition doesn't run.
            unsafe { memory::put(value.wrapping_sub(HEADER_BYTES as u64), whole) };
        }
        return;
    };
    let [first, second] = source.draw(entropy::compress);
    // SAFETY: the values' places were checked to lie in the partition's RAM when they were computed; the caller
    // promises that the partition doesn't run.
    unsafe {
        memory::put(kaslr, first.split_at(KASLR_BYTES).0);
        memory::put(random, &second);
    }
}
