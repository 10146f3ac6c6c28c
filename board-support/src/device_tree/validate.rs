//! Is this a device tree, whole and well-formed? Every token is looked at, nothing is trusted.
//!
//! What it proves, the reader relies on: the slice is as long as the header says and aligned; blocks
//! lie within it; the reservations have an end; every token, name, property and padding lies within the
//! structure block; names of properties end within the strings; nodes nest, at most [`MAX_DEPTH`] deep;
//! and the last token ends the block and is not the last word of the tree (the reader asserts that more
//! follows).

use paratia_config::address::{MemoryRange, Pa};
use zerocopy::FromBytes as _;

use crate::refusal::{Reason, Refusal};

/// How deep nodes may nest, the root included. QEMU's `virt` needs 6.
pub const MAX_DEPTH: usize = 16;

/// Words of the longest node name with its final zero: 31 characters, as the specification has them
/// (2.2.1), and as many of a unit address with its sign, which it doesn't bound.
const MAX_NAME_WORDS: usize = 16;

/// First word of a tree.
const MAGIC: u32 = 0xD00D_FEED;
/// Bytes of the header.
const HEADER_BYTES: usize = 40;
/// The version of the format that is read here; later ones say whether they are compatible.
const VERSION: usize = 17;

/// The blocks, as [`Reason::TreeBlock`] numbers them.
const RESERVATIONS: u64 = 0;
const STRINGS: u64 = 1;
const STRUCTURE: u64 = 2;

/// Bytes of an entry of the reservations.
const RESERVATION_BYTES: usize = 16;

pub(super) const BEGIN_NODE: u32 = 1;
pub(super) const END_NODE: u32 = 2;
pub(super) const PROPERTY: u32 = 3;
pub(super) const NOP: u32 = 4;
const END: u32 = 9;

/// A tree in which everything is where and as it should be. Holding one proves what this module's doc
/// lists.
#[derive(Clone, Copy)]
pub(super) struct Valid<'a> {
    bytes: &'a [u8],
    structure: usize,
    strings: &'a [u8],
    /// Entries of an address and a size, up to the one that ends them.
    reservations: &'a [u8],
}

impl<'a> Valid<'a> {
    /// All of it.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where in it the structure block starts.
    pub(super) fn structure(&self) -> usize {
        self.structure
    }

    /// The big-endian word at byte `at`, if the tree has one there.
    pub(super) fn word(&self, at: usize) -> Option<u32> {
        word(self.bytes, at)
    }

    /// The strings block.
    pub(super) fn strings(&self) -> &'a [u8] {
        self.strings
    }

    /// What the reservation block keeps from everybody (specification, 5.3).
    pub(super) fn reservations(&self) -> impl Iterator<Item = MemoryRange> + 'a {
        let entries = self.reservations.chunks_exact(RESERVATION_BYTES);
        entries.filter_map(|entry| {
            let (base, size_bytes) = (number(entry, 0)?, number(entry, 8)?);
            Some(MemoryRange::new(Pa(base), size_bytes))
        })
    }

    /// The name of the node that begins with the token at byte `start`, and where the next token is.
    pub(super) fn node_name(&self, start: usize) -> Option<(&'a [u8], usize)> {
        if word(self.bytes, start)? != BEGIN_NODE {
            return None;
        }
        let at = start.checked_add(4)?;
        let text = self.bytes.get(at..)?;
        let length = text
            .iter()
            .take(4 * MAX_NAME_WORDS)
            .position(|it| *it == 0)?;
        // Its zero, and padding to a word.
        let end = at.checked_add(length)?.checked_add(4)? & !3;
        Some((text.get(..length)?, end))
    }
}

/// The tree at the start of `bytes`, exactly as long as it says and well-formed throughout.
pub(super) fn validate(bytes: &[u8]) -> Result<Valid<'_>, Refusal> {
    let address = bytes.as_ptr().addr() as u64;
    if !address.is_multiple_of(8) {
        return Err(Reason::TreeMisaligned.with(address, 0, 0));
    }
    let tree = whole(bytes)?;
    let (version, compatible) = (field(tree, 5)?, field(tree, 6)?);
    if version < VERSION || compatible > VERSION {
        return Err(Reason::TreeVersion.with(version as u64, compatible as u64, 0));
    }
    let reservations = reservations(tree, field(tree, 4)?)?;
    let strings = block(tree, STRINGS, field(tree, 3)?, field(tree, 8)?, 1)?;
    if strings.last() != Some(&0) {
        return Err(Reason::TreeStrings.into());
    }
    let (start, size) = (field(tree, 2)?, field(tree, 9)?);
    // One word more than the block has, because the reader asserts that its end isn't the tree's.
    block(tree, STRUCTURE, start, size.saturating_add(4), 4)?;
    let bytes = block(tree, STRUCTURE, start, size, 4)?;
    // The tree is aligned, and so is the block in it.
    let whole = bytes.get(..size & !3).unwrap_or_default();
    let words =
        <[u32]>::ref_from_bytes(whole).map_err(|_| Reason::TreeMisaligned.with(address, 0, 0))?;
    Structure::new(words, size, strings.len()).walk()?;
    Ok(Valid {
        bytes: tree,
        structure: start,
        strings,
        reservations,
    })
}

/// As much of `bytes` as the header says that the tree has.
fn whole(bytes: &[u8]) -> Result<&[u8], Refusal> {
    let total_size =
        |total_bytes: usize| Reason::TreeSize.with(total_bytes as u64, bytes.len() as u64, 0);
    let magic = word(bytes, 0).ok_or(total_size(0))?;
    if magic != MAGIC {
        return Err(Reason::TreeMissing.with(magic.into(), 0, 0));
    }
    let total_bytes = word(bytes, 4).ok_or(total_size(0))? as usize;
    match bytes.get(..total_bytes) {
        Some(tree) if total_bytes >= HEADER_BYTES => Ok(tree),
        _ => Err(total_size(total_bytes)),
    }
}

/// The reservations from byte `start` on, up to the entry of zeros that ends them.
fn reservations(tree: &[u8], start: usize) -> Result<&[u8], Refusal> {
    block(tree, RESERVATIONS, start, 0, 8)?;
    let rest = tree.get(start..).unwrap_or_default();
    let mut entries = rest.chunks_exact(RESERVATION_BYTES);
    let count =
        entries.position(|entry| number(entry, 0) == Some(0) && number(entry, 8) == Some(0));
    let listed = count.and_then(|count| rest.get(..count.checked_mul(RESERVATION_BYTES)?));
    listed.ok_or(Reason::TreeBlock.with(RESERVATIONS, start as u64, rest.len() as u64))
}

/// The header's field number `index`.
fn field(tree: &[u8], index: usize) -> Result<usize, Refusal> {
    let size = Reason::TreeSize.with(tree.len() as u64, tree.len() as u64, 0);
    word(tree, 4 * index).map(|word| word as usize).ok_or(size)
}

/// A block of the tree that lies behind the header, aligned.
fn block(
    tree: &[u8],
    block: u64,
    offset: usize,
    bytes: usize,
    alignment: usize,
) -> Result<&[u8], Refusal> {
    let fault = Reason::TreeBlock.with(block, offset as u64, bytes as u64);
    let end = offset.checked_add(bytes).ok_or(fault)?;
    if offset < HEADER_BYTES || !offset.is_multiple_of(alignment) {
        return Err(fault);
    }
    tree.get(offset..end).ok_or(fault)
}

/// The big-endian word at byte `at`.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(word.try_into().ok()?))
}

/// The big-endian number of 64 bits at byte `at`.
fn number(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(word(bytes, at)?) << 32 | u64::from(word(bytes, at.checked_add(4)?)?))
}

/// Whether one of a word's bytes is zero: only then does a borrow set the top bit of one that had none
/// set.
const fn ends_text(word: u32) -> bool {
    word.wrapping_sub(0x0101_0101) & !word & 0x8080_8080 != 0
}

/// A walk over the structure block. Each step goes at least a word further, so that it ends.
struct Structure<'a> {
    /// What lies ahead, big-endian.
    rest: &'a [u32],
    /// All words.
    words: usize,
    /// Whether the block has no bytes behind them.
    is_whole: bool,
    strings_bytes: usize,
    depth: usize,
    /// Whether a root has begun.
    rooted: bool,
    /// Whether properties may follow: a node began, and neither it nor a child of it ended.
    in_head: bool,
}

impl<'a> Structure<'a> {
    fn new(words: &'a [u32], bytes: usize, strings_bytes: usize) -> Self {
        Self {
            rest: words,
            words: words.len(),
            is_whole: bytes.is_multiple_of(4),
            strings_bytes,
            depth: 0,
            rooted: false,
            in_head: false,
        }
    }

    fn walk(mut self) -> Result<(), Refusal> {
        loop {
            let token = self.rest;
            let reason = match self.step() {
                Ok(true) => continue,
                Ok(false) => return Ok(()),
                Err(reason) => reason,
            };
            let is_name = reason == Reason::TreeName;
            let ahead = if is_name { self.rest } else { token };
            let offset = 4 * self.words.wrapping_sub(ahead.len()) as u64;
            let value = match token.first() {
                Some(word) if reason == Reason::TreeToken => u32::from_be(*word).into(),
                _ => 0,
            };
            return Err(reason.with(offset, value, 0));
        }
    }

    /// Takes a token: how the walk ends, if it does.
    fn step(&mut self) -> Result<bool, Reason> {
        match self.take_word().ok_or(Reason::TreeUnfinished)? {
            BEGIN_NODE => self.begin_node()?,
            END_NODE => self.end_node()?,
            PROPERTY => self.property()?,
            NOP => {}
            END => return self.end(),
            _ => return Err(Reason::TreeToken),
        }
        Ok(true)
    }

    fn begin_node(&mut self) -> Result<(), Reason> {
        if self.depth == 0 && self.rooted {
            return Err(Reason::TreeNesting);
        }
        if self.depth == MAX_DEPTH {
            return Err(Reason::TreeDepth);
        }
        let head = self.rest.get(..MAX_NAME_WORDS).unwrap_or(self.rest);
        let last = head.iter().position(|word| ends_text(*word));
        let last = last.ok_or(Reason::TreeName)?;
        self.skip(last + 1).ok_or(Reason::TreeName)?;
        self.rooted = true;
        self.in_head = true;
        self.depth += 1;
        Ok(())
    }

    fn end_node(&mut self) -> Result<(), Reason> {
        self.depth = self.depth.checked_sub(1).ok_or(Reason::TreeNesting)?;
        self.in_head = false;
        Ok(())
    }

    fn property(&mut self) -> Result<(), Reason> {
        let fault = Reason::TreeProperty;
        let length = self.take_word().ok_or(fault)? as usize;
        let name = self.take_word().ok_or(fault)? as usize;
        if !self.in_head || name >= self.strings_bytes {
            return Err(fault);
        }
        self.skip(length.div_ceil(4)).ok_or(fault)
    }

    /// At the last token, behind which nothing may be.
    fn end(&self) -> Result<bool, Reason> {
        let is_whole = self.rooted && self.rest.is_empty() && self.is_whole;
        let ended = (self.depth == 0 && is_whole).then_some(false);
        ended.ok_or(Reason::TreeUnfinished)
    }

    #[inline]
    fn take_word(&mut self) -> Option<u32> {
        let (word, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(u32::from_be(*word))
    }

    /// Goes `words` on, if the block has that many.
    #[inline]
    fn skip(&mut self, words: usize) -> Option<()> {
        self.rest = self.rest.get(words..)?;
        Some(())
    }
}
