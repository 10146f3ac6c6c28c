//! Totals since boot. None of them overflows in the life of a board, so nothing that could fail checks it.

/// Adds to a total.
#[inline]
pub const fn add(total: &mut u64, more: u64) {
    *total = total.wrapping_add(more);
}
