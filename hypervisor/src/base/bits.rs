//! Sets of small numbers as the bits of a word.

/// A number as a bit. Any is taken as one below 32, so that nothing that a guest says makes a shift fail.
#[inline]
#[must_use]
pub const fn bit(number: usize) -> u32 {
    1 << (number % 32)
}

/// The positions of the bits that are set, in order: as many steps as there are.
#[inline]
pub fn bits_of(bits: u32) -> impl Iterator<Item = usize> {
    let mut left = bits;
    core::iter::from_fn(move || {
        let index = left.trailing_zeros();
        left &= left.wrapping_sub(1);
        (index < u32::BITS).then_some(index as usize)
    })
}

/// The bits of the lowest `bytes` bytes, of which there are 1, 2, 4 or 8.
#[must_use]
pub const fn low_bytes(bytes: u32) -> u64 {
    u64::MAX.wrapping_shr(64_u32.wrapping_sub(8 * bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_that_is_set_has_its_turn() {
        assert!(bits_of(0).eq([]));
        assert!(bits_of(0x8000_0005).eq([0, 2, 31]));
    }
}
