//! SHA-256 of bytes that lie in memory as a whole (FIPS 180-4), by whoever does its blocks.

/// A digest in the making: eight words.
pub type State = [u32; 8];
/// What is worked on at a time.
pub type Block = [u8; BLOCK_BYTES];

const BLOCK_BYTES: usize = 64;
/// Where a block's last eight bytes begin: at the end, the message's length.
const LENGTH_AT: usize = BLOCK_BYTES - 8;

/// The first primes, as many as there are rounds.
const PRIMES: [u128; 64] = {
    let mut primes = [2; 64];
    let mut count = 1;
    let mut candidate = 3;
    while count < primes.len() {
        let mut at = 0;
        while at < count && candidate % primes[at] != 0 {
            at += 1;
        }
        if at == count {
            primes[count] = candidate;
            count += 1;
        }
        candidate += 2;
    }
    primes
};

/// The constant of each round: the first 32 bits behind the point of a prime's cube root (FIPS 180-4,
/// 4.2.2).
pub static ROUNDS: [u32; 64] = {
    let mut rounds = [0; 64];
    let mut at = 0;
    while at < rounds.len() {
        rounds[at] = root(PRIMES[at] << 96, 3);
        at += 1;
    }
    rounds
};

/// What a digest begins with: of the first eight primes' square roots the same bits (FIPS 180-4, 5.3.3).
const BEGINNING: State = {
    let mut state = [0; 8];
    let mut at = 0;
    while at < state.len() {
        state[at] = root(PRIMES[at] << 64, 2);
        at += 1;
    }
    state
};

/// The lowest 32 bits of the whole part of a root, which has fewer than 40.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the lowest bits are what is meant"
)]
const fn root(of: u128, power: u32) -> u32 {
    let mut root: u128 = 0;
    let mut bit = 40;
    while bit > 0 {
        bit -= 1;
        let larger = root | 1 << bit;
        if larger.pow(power) <= of {
            root = larger;
        }
    }
    root as u32
}

/// The digest of `bytes`, of whose blocks `compress` takes account one after the other.
#[must_use]
pub fn digest(bytes: &[u8], mut compress: impl FnMut(&mut State, &[Block])) -> [u8; 32] {
    let mut state = BEGINNING;
    let (blocks, rest) = bytes.as_chunks();
    compress(&mut state, blocks);
    // The message's end is a bit, and its length in bits ends a block: the same, if there is room for both.
    let mut last = [[0; BLOCK_BYTES]; 2];
    for (place, byte) in last[0].iter_mut().zip(rest.iter().chain([&0x80])) {
        *place = *byte;
    }
    let length = (bytes.len() as u64).wrapping_mul(8).to_be_bytes();
    let at = usize::from(rest.len() >= LENGTH_AT);
    last[at][LENGTH_AT..].copy_from_slice(&length);
    compress(&mut state, &last[..=at]);
    let mut digest = [0; 32];
    let (words, _) = digest.as_chunks_mut();
    for (place, word) in words.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    digest
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use sha2::block_api::compress256;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn a_digest_is_the_library_s_whatever_the_length() {
        for length in 0..300_u32 {
            let bytes: Vec<u8> = (0..length)
                .map(|byte| (byte * 7 + length).to_le_bytes()[0])
                .collect();
            let expected: [u8; 32] = Sha256::digest(&bytes).into();
            assert_eq!(digest(&bytes, compress256), expected, "{length} bytes");
        }
    }

    #[test]
    fn constants_are_those_of_the_standard() {
        assert_eq!((ROUNDS[0], ROUNDS[63]), (0x428A_2F98, 0xC671_78F2));
        assert_eq!((BEGINNING[0], BEGINNING[7]), (0x6A09_E667, 0x5BE0_CD19));
    }
}
