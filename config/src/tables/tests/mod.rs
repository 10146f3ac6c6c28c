//! The builder against a reference walker that shares nothing with it.

mod drawn;
mod expected;
mod mappings;
mod refusals;
mod systems;

#[allow(
    dead_code,
    reason = "shared with other tests, each of which uses a part"
)]
#[path = "../../../tests/support/base.rs"]
mod base;
#[path = "../../../tests/support/board.rs"]
mod board;
#[path = "../../../tests/support/drawn.rs"]
mod drawn_systems;
#[path = "../../../tests/support/random.rs"]
mod random;
#[path = "../../../tests/support/walker.rs"]
mod walker;

const PAGE: u64 = 4 << 10;
const TWO_MIB: u64 = 2 << 20;
const ONE_GIB: u64 = 1 << 30;

/// The largest leaf that may map `address`, from `range` of input addresses with `output` behind
/// its start: the largest slot around it that lies in the range and whose output is as aligned.
fn largest_leaf(range: &std::ops::Range<u64>, output: u64, address: u64) -> u64 {
    [ONE_GIB, TWO_MIB]
        .into_iter()
        .find(|bytes| {
            let slot = address / bytes * bytes;
            range.start <= slot
                && slot + bytes <= range.end
                && (slot - range.start + output).is_multiple_of(*bytes)
        })
        .unwrap_or(PAGE)
}

/// Pages of a range worth a look: all of a small one; of a large one those at its ends and on both
/// sides of every boundary of 2 MiB.
fn pages_to_look_at(range: &std::ops::Range<u64>) -> Vec<u64> {
    if range.end - range.start <= 2 * TWO_MIB {
        return (range.start..range.end).step_by(4096).collect();
    }
    let boundaries = (range.start / TWO_MIB + 1..range.end.div_ceil(TWO_MIB))
        .flat_map(|slot| [slot * TWO_MIB - PAGE, slot * TWO_MIB]);
    [range.start, range.end - PAGE]
        .into_iter()
        .chain(boundaries)
        .collect()
}
