//! What firmware gives random numbers to begin with: `/chosen`'s `rng-seed` (`chosen.yaml` of dt-schema).

use super::nodes::is;
use super::validate::{self, BEGIN_NODE, END_NODE, NOP, PROPERTY, Valid};

/// Bytes of a seed that count: those that firmware gives beyond are left alone, and a shorter one is none.
const BYTES: usize = 32;

/// The first 32 bytes of the seed that the device tree at the start of `tree` has, if it is a tree and has one
/// that long.
#[must_use]
pub fn seed(tree: &[u8]) -> Option<[u8; BYTES]> {
    let tree = validate::validate(tree).ok()?;
    let mut at = tree.structure();
    let (mut depth, mut is_chosen) = (0_usize, false);
    // Every token is well-formed, and each is a word at least, so this ends.
    while let Some(token) = tree.word(at) {
        match token {
            BEGIN_NODE => {
                let (name, end) = tree.node_name(at)?;
                is_chosen = depth == 1 && is(name, b"chosen");
                depth = depth.wrapping_add(1);
                at = end;
            }
            END_NODE => {
                is_chosen = false;
                depth = depth.wrapping_sub(1);
                at = at.wrapping_add(4);
            }
            PROPERTY => {
                let (name, value, end) = tree.property(at)?;
                if is_chosen && name.starts_with(b"rng-seed\0") {
                    return value.first_chunk().copied();
                }
                at = end;
            }
            NOP => at = at.wrapping_add(4),
            _ => return None,
        }
    }
    None
}

impl<'a> Valid<'a> {
    /// The property with the token at byte `start`: the strings that begin with its name, its value, and where
    /// the next token is.
    fn property(&self, start: usize) -> Option<(&'a [u8], &'a [u8], usize)> {
        let bytes = self.word(start.checked_add(4)?)? as usize;
        let name = self.word(start.checked_add(8)?)? as usize;
        let at = start.checked_add(12)?;
        let end = at.checked_add(bytes)?;
        let value = self.bytes().get(at..end)?;
        let name = self.strings().get(name..)?;
        Some((name, value, end.checked_next_multiple_of(4)?))
    }
}
