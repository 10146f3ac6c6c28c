//! A partition's source of random numbers: a key that goes one way, by SHA-256.
//!
//! One root gives each partition its key, and is forgotten. What is drawn from a key and the key after it are
//! digests of the same key with different labels, so that
//!
//! - whoever knows what was drawn learns neither the key nor anything else that is drawn from it;
//! - whoever learns a key later can't tell what was drawn before, for the digest can't be turned back;
//! - a partition's key tells nothing of the root, nor of another partition's.
//!
//! Each message is one block of the same length, so that none is another's beginning (NIST SP 800-90C calls
//! such a construction a DRBG with backtracking resistance). What is drawn is as unforeseeable as the root.

use crate::base::sha256::{self, Block, State};

/// Bytes of a key, and of what is drawn at once.
pub const BYTES: usize = 32;

/// A key, or what was drawn from one.
pub type Drawn = [u8; BYTES];

/// Who takes account of blocks in a digest.
pub type Compress = fn(&mut State, &[Block]);

/// What a digest is for: its message ends with this.
#[derive(Clone, Copy)]
enum Label {
    /// The root, of a number that was given for a run.
    Root = 1,
    /// The first key of a partition.
    Partition = 2,
    /// What is drawn; its number says the place in one drawing.
    Drawn = 3,
    /// The next key.
    Next = 4,
    /// The root, of bytes that the board gave.
    Board = 5,
}

/// What all keys of a run come from.
pub struct Root(Drawn);

impl Root {
    /// By a number that makes runs repeatable. It is as secret as the number, which isn't.
    #[must_use]
    pub fn of_number(number: u64, compress: Compress) -> Self {
        Self(one_way(&[0; BYTES], Label::Root, number, compress))
    }

    /// By bytes that the board gave.
    #[must_use]
    pub fn of_board(bytes: &Drawn, compress: Compress) -> Self {
        Self(one_way(bytes, Label::Board, 0, compress))
    }
}

/// A partition's source.
pub struct Source {
    key: Drawn,
}

impl Source {
    /// That of the partition with this index.
    #[must_use]
    pub fn new(root: &Root, partition: u64, compress: Compress) -> Self {
        Self {
            key: one_way(&root.0, Label::Partition, partition, compress),
        }
    }

    /// So many times 32 bytes that nobody was given before; the key that they came from is gone. Takes a block
    /// of SHA-256 for each, and one for the next key.
    pub fn draw<const N: usize>(&mut self, compress: Compress) -> [Drawn; N] {
        let mut number = 0;
        let drawn = [(); N].map(|()| {
            let drawn = one_way(&self.key, Label::Drawn, number, compress);
            number = number.wrapping_add(1);
            drawn
        });
        self.key = one_way(&self.key, Label::Next, 0, compress);
        drawn
    }
}

/// The digest of a key, a label and a number: 48 bytes, one block with their end.
fn one_way(key: &Drawn, label: Label, number: u64, compress: Compress) -> Drawn {
    let mut message = [0; BYTES + 16];
    let (first, rest) = message.split_at_mut(BYTES);
    first.copy_from_slice(key);
    let words = [(label as u64).to_le_bytes(), number.to_le_bytes()];
    for (place, word) in rest.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word);
    }
    sha256::digest(&message, compress)
}

#[cfg(test)]
mod tests;
