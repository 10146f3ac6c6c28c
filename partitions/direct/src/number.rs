//! Messages' numbers: a count, below how often the writer was restarted before. So none comes twice, not even
//! in the writer's next life, and what a reader took for the same message is the same.

use paratia_abi::direct::COUNT_BITS;

const COUNT: u64 = (1 << COUNT_BITS) - 1;

/// What comes before the first number of a life after so many restarts.
#[inline]
#[must_use]
pub const fn before_first(restarts: u64) -> u64 {
    restarts << COUNT_BITS
}

/// How many messages of its life have numbers up to this one.
#[inline]
#[must_use]
pub const fn count(number: u64) -> u64 {
    number & COUNT
}

/// Whether both are of the same life of their writer.
#[inline]
#[must_use]
pub const fn is_same_life(one: u64, other: u64) -> bool {
    (one ^ other) >> COUNT_BITS == 0
}

/// What comes before the first number of the life that this one is of.
#[inline]
#[must_use]
pub const fn life(number: u64) -> u64 {
    number & !COUNT
}
