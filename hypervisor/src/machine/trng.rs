//! Firmware's interface to random numbers (Arm DEN0098, 1.0): what a call asks for, and its answer.

use paratia_abi::call;

use crate::machine::entropy::{Compress, Source};
use crate::machine::vgic::low;

/// Error codes (DEN0098, 2.6), as they stand in `x0`.
pub mod error {
    /// No such function.
    pub const NOT_SUPPORTED: i64 = -1;
    /// A parameter is out of its range.
    pub const INVALID_PARAMETERS: i64 = -2;
    /// There is no entropy.
    pub const NO_ENTROPY: i64 = -3;
}

/// `TRNG_VERSION` 1.0.
const VERSION: u64 = 0x1_0000;
/// Who gives the numbers, as `TRNG_GET_UUID` answers it. The first word isn't [`error::NOT_SUPPORTED`].
const UUID: [u64; 4] = [0x2f1c_73d8, 0x5e0a_4b96, 0x91c7_2e4d, 0xd3a8_66f0];
/// Bits of one answer: three registers, in each of the two forms.
const MOST_BITS_32: u64 = 96;
const MOST_BITS_64: u64 = 192;

/// Whether there is such a call.
#[inline]
#[must_use]
pub const fn is_call(id: u32) -> bool {
    matches!(
        id,
        call::TRNG_VERSION
            | call::TRNG_FEATURES
            | call::TRNG_GET_UUID
            | call::TRNG_RND32
            | call::TRNG_RND64
    )
}

/// The answer to call `id` with parameter `x1` in `x0`-`x3`: from a source, if the board gave a root for it.
/// A call that gives no number leaves nothing in `x1`-`x3`. Takes three blocks of SHA-256 at most.
#[must_use]
pub fn answer(id: u32, x1: u64, source: Option<&mut Source>, compress: Compress) -> [u64; 4] {
    match id {
        call::TRNG_VERSION => [VERSION, 0, 0, 0],
        call::TRNG_FEATURES if is_call(low(x1)) => [0; 4],
        call::TRNG_GET_UUID => UUID,
        call::TRNG_RND32 => numbers::<4>(low(x1).into(), MOST_BITS_32, source, compress),
        call::TRNG_RND64 => numbers::<8>(x1, MOST_BITS_64, source, compress),
        _ => status(error::NOT_SUPPORTED),
    }
}

const fn status(status: i64) -> [u64; 4] {
    [status.cast_unsigned(), 0, 0, 0]
}

/// So many bits, the lowest in the lowest of the last register; those above are zero.
fn numbers<const BYTES: usize>(
    bits: u64,
    most: u64,
    source: Option<&mut Source>,
    compress: Compress,
) -> [u64; 4] {
    if bits == 0 || bits > most {
        return status(error::INVALID_PARAMETERS);
    }
    let Some(source) = source else {
        return status(error::NO_ENTROPY);
    };
    let [drawn] = source.draw(compress);
    let mut answer = [0; 4];
    let [_, registers @ ..] = &mut answer;
    let mut left = bits;
    for (register, bytes) in registers.iter_mut().rev().zip(drawn.chunks_exact(BYTES)) {
        let mut word = [0; 8];
        for (place, byte) in word.iter_mut().zip(bytes) {
            *place = *byte;
        }
        let width = BYTES as u64 * 8;
        *register = u64::from_le_bytes(word) & ones(left);
        left = left.saturating_sub(width);
    }
    answer
}

/// The lowest bits, all from 64 on.
fn ones(bits: u64) -> u64 {
    !u64::MAX.unbounded_shl(low(bits))
}

#[cfg(test)]
mod tests;
